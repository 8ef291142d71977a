//! Building and running muster-server.

use crate::process::{Child, run};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// A server opens one file and one port; one that is silent for so long will not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The line with which it says where it is.
const ANNOUNCEMENT: &str = "listening on ";

/// Builds the server for this machine and tells where it is.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    run(&mut workspace.cargo([
        "build",
        "--quiet",
        "--profile",
        "native",
        "--package",
        "muster-server",
    ]))?;
    Ok(workspace.target.join("native/muster-server"))
}

/// A running server; it ends when this goes.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub address: String,
}

impl Server {
    /// Starts it and waits until it listens.
    pub fn start<A: AsRef<OsStr>>(
        program: &Path,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::piped());
        let mut child = Child::start(&mut command)?;
        let output = BufReader::new(child.stdout()?);
        let (sender, receiver) = channel();
        // It goes on reading to the end, so that the server never waits for a full pipe.
        std::thread::spawn(move || {
            for line in output.lines().map_while(std::io::Result::ok) {
                match line.strip_prefix(ANNOUNCEMENT) {
                    // Nobody waits any more once the start was given up.
                    Some(address) => drop(sender.send(address.trim().to_owned())),
                    None => println!("{line}"),
                }
            }
        });
        match receiver.recv_timeout(PATIENCE) {
            Ok(address) => Ok(Self { child, address }),
            Err(RecvTimeoutError::Timeout) => {
                bail!("muster-server did not say `{ANNOUNCEMENT}…` within {PATIENCE:?}")
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = child.wait()?;
                bail!("muster-server ended before it listened ({status})")
            }
        }
    }

    /// Waits until it ends by itself.
    pub fn wait(mut self) -> Result<()> {
        let status = self.child.wait()?;
        if !status.success() {
            bail!("muster-server ended ({status})");
        }
        Ok(())
    }
}

/// The arguments of a demo server on a fresh database and any free port.
pub fn fresh_demo(database: &Path, quirks: bool) -> Result<Vec<String>> {
    let text = database
        .to_str()
        .context("the target directory's name is no text")?;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{text}{suffix}");
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {file}"));
            }
            _ => {}
        }
    }
    let mut arguments: Vec<String> = ["--demo", "--listen", "127.0.0.1:0", "--db", text]
        .map(str::to_owned)
        .into();
    if quirks {
        arguments.push("--quirks".to_owned());
    }
    Ok(arguments)
}
