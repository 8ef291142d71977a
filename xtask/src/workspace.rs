//! Where things are: the checkout and its target directory.

use crate::process;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout that xtask was called in.
pub struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target directory, wherever the environment put it.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub fn find() -> Result<Self> {
        let text = process::capture(Command::new(cargo()).args([
            "metadata",
            "--no-deps",
            "--format-version=1",
        ]))
        .context("cargo could not describe the workspace")?;
        let data: serde_json::Value =
            serde_json::from_str(&text).context("cargo metadata wrote no JSON")?;
        let path = |key: &str| -> Result<PathBuf> {
            let text = data.get(key).and_then(serde_json::Value::as_str);
            Ok(PathBuf::from(text.with_context(|| {
                format!("cargo metadata says no {key}")
            })?))
        };
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
        })
    }

    /// Where tools are installed that the machine does not have.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The finished site.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The folder of the journeys and of everything from npm.
    pub fn journeys(&self) -> PathBuf {
        self.root.join("tests/e2e")
    }

    /// A command that runs in the root of the checkout.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Cargo, in the root of the checkout.
    pub fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = self.command(cargo());
        command.args(arguments);
        command
    }
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// An empty folder at this place, whatever was there before.
pub fn empty_folder(path: &Path) -> Result<()> {
    remove_folder(path)?;
    std::fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))
}

/// Removes a folder and everything in it, if it is there.
pub fn remove_folder(path: &Path) -> Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
