//! Starting other programs so that none is left behind.
//!
//! Each child leads a process group of its own (cargo, test runners and browsers' drivers have children themselves). The
//! group is ended when its handle goes, and all of them when xtask is interrupted.

#[cfg(not(unix))]
compile_error!("xtask ends process groups, which only Unix has: on Windows use WSL");

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

static RUNNING: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

fn running() -> MutexGuard<'static, BTreeSet<i32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a process may take to end in good order.
const GRACE: Duration = Duration::from_secs(3);

/// From now on Ctrl-C (and SIGTERM, SIGHUP) ends every child before xtask itself.
pub fn end_all_on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {
        // Held to the end: nothing new can be started meanwhile.
        let groups = running();
        for &group in groups.iter() {
            signal(group, Signal::SIGTERM);
        }
        let start = Instant::now();
        while start.elapsed() < GRACE && groups.iter().any(|&group| alive(group)) {
            sleep(Duration::from_millis(20));
        }
        for &group in groups.iter() {
            signal(group, Signal::SIGKILL);
        }
        std::process::exit(130);
    })
    .context("cannot listen for Ctrl-C")
}

/// The only failure is that the group has ended already, which is what was wanted.
fn signal(group: i32, signal: Signal) {
    let _ended = killpg(Pid::from_raw(group), signal);
}

fn alive(group: i32) -> bool {
    killpg(Pid::from_raw(group), None).is_ok()
}

/// A running program; its whole group ends when this goes.
pub struct Child {
    child: std::process::Child,
    group: i32,
    waited: bool,
}

impl Child {
    /// Starts a program with nothing on its standard input.
    pub fn start(command: &mut Command) -> Result<Self> {
        // The list is held across the start, so that an interrupt cannot fall between the two.
        let mut groups = running();
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", words(command)))?;
        let group = i32::try_from(child.id()).context("a process id beyond the system's own")?;
        groups.insert(group);
        Ok(Self {
            child,
            group,
            waited: false,
        })
    }

    /// Its standard output, if that was asked for and not taken yet.
    pub fn stdout(&mut self) -> Result<std::process::ChildStdout> {
        self.child.stdout.take().context("no standard output")
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait().context("cannot wait for a program")?;
        self.waited = true;
        Ok(status)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        signal(self.group, Signal::SIGTERM);
        let start = Instant::now();
        while !self.waited && start.elapsed() < GRACE {
            // An error here means that there is no such child any more.
            self.waited = !matches!(self.child.try_wait(), Ok(None));
            if !self.waited {
                sleep(Duration::from_millis(20));
            }
        }
        signal(self.group, Signal::SIGKILL);
        if !self.waited {
            let _reaped = self.child.wait();
        }
        running().remove(&self.group);
    }
}

/// Runs a program to its end, its output on ours.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    Child::start(command)?.wait()
}

/// Runs a program that has to succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("{} failed ({status})", words(command));
    }
    Ok(())
}

/// Runs a program that may ask the person at the terminal something (sudo's password).
pub fn run_in_foreground(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", words(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", words(command));
    }
    Ok(())
}

/// Runs a program, shows its standard output as it comes and hands each line over.
pub fn lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<ExitStatus> {
    lines_unseen(command, |line| {
        println!("{line}");
        each(line);
    })
}

/// Runs a program and hands over each line of its standard output.
pub fn lines_unseen(command: &mut Command, mut each: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = Child::start(command.stdout(Stdio::piped()))?;
    let mut output = BufReader::new(child.stdout()?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = output.read_until(b'\n', &mut line);
        if read.with_context(|| format!("reading from {}", words(command)))? == 0 {
            return child.wait();
        }
        each(String::from_utf8_lossy(&line).trim_end());
    }
}

/// The standard output of a program that is quick and has to succeed.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("cannot start {}", words(command)))?;
    if !output.status.success() {
        bail!(
            "{} failed ({}): {}",
            words(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote no text", words(command)))
}

/// A command as one would type it.
pub fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut text = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
