//! `cargo xtask bench`: Muster beside a hand-written page and beside react-admin, over a replay of generated sites.

mod rival;
mod server;
mod smoke;

use crate::process::{capture, run as run_command};
use crate::workspace::Workspace;
use crate::{build, tools};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

pub use smoke::run as smoke;

/// Options that go to the run as they are, each with a value.
const PASSED_ON: [&str; 5] = ["--groups", "--runs", "--only", "--slow", "--slow-runs"];

/// Where the figures are told.
const DOCS: &str = "docs/benchmarks.md";

/// The command.
pub fn run(workspace: &Workspace, words: &[&str]) -> Result<ExitCode> {
    match words {
        ["--server", rest @ ..] => server::run(workspace, rest),
        _ => pages(workspace, words),
    }
}

/// What was asked for.
struct Wish<'a> {
    /// A built site to measure instead of one built now.
    site: Option<PathBuf>,
    /// Contestants, by name; all of them where none is named.
    only: Option<&'a str>,
    passed_on: Vec<&'a str>,
}

impl<'a> Wish<'a> {
    fn read(words: &[&'a str]) -> Result<Self> {
        let mut wish = Self {
            site: None,
            only: None,
            passed_on: Vec::new(),
        };
        let mut words = words.iter();
        while let Some(&option) = words.next() {
            ensure!(
                option == "--site" || PASSED_ON.contains(&option),
                "`{option}` is no option of bench: --site, {}",
                PASSED_ON.join(", ")
            );
            let Some(&value) = words.next() else {
                bail!("{option} takes a value")
            };
            match option {
                // Meant from where xtask was called; everything else runs in the root of the checkout.
                "--site" => wish.site = Some(std::env::current_dir()?.join(value)),
                "--only" => wish.only = Some(value),
                _ => {}
            }
            if option != "--site" {
                wish.passed_on.extend([option, value]);
            }
        }
        Ok(wish)
    }

    fn takes_part(&self, contestant: &str) -> bool {
        self.only
            .is_none_or(|only| only.split(',').any(|name| name == contestant))
    }
}

fn pages(workspace: &Workspace, words: &[&str]) -> Result<ExitCode> {
    let wish = Wish::read(words)?;
    tools::npm_packages(workspace)?;
    let mut command = measure(workspace)?;
    if wish.takes_part("muster") {
        let site = match &wish.site {
            Some(site) => site.clone(),
            None => {
                build::site(workspace)?;
                workspace.dist()
            }
        };
        command.arg("--muster").arg(site);
    }
    if wish.takes_part("react-admin") {
        command
            .arg("--react-admin")
            .arg(rival::react_admin(workspace)?);
    }
    let results = folder(workspace)?.join("results.json");
    command.args(&wish.passed_on).arg("--out").arg(&results);
    run_command(&mut command)?;
    run_command(
        workspace
            .command(tools::node()?)
            .arg("bench/report.mjs")
            .args([&results, Path::new(DOCS)]),
    )?;
    println!("every single figure is in {}", results.display());
    Ok(ExitCode::SUCCESS)
}

/// Where builds and results are kept.
fn folder(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("bench");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

/// The run, without its options.
fn measure(workspace: &Workspace) -> Result<Command> {
    let rustc = capture(workspace.command("rustc").arg("--version"))?;
    let mut command = workspace.command(tools::node()?);
    command
        .arg("bench/measure.mjs")
        .env("CHROMIUM", tools::chromium()?.browser)
        .env("BENCH_RUSTC", rustc.trim());
    // A checkout without its history is measured all the same.
    if let Ok(commit) = capture(
        workspace
            .command("git")
            .args(["describe", "--always", "--dirty"]),
    ) {
        command.env("BENCH_COMMIT", commit.trim());
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::Wish;

    #[test]
    fn options_are_known_or_refused() {
        let wish = Wish::read(&["--groups", "100,2000", "--only", "muster,vanilla"]);
        assert!(wish.as_ref().is_ok_and(|wish| wish.takes_part("muster")));
        assert!(
            wish.as_ref()
                .is_ok_and(|wish| !wish.takes_part("react-admin"))
        );
        assert!(wish.is_ok_and(|wish| wish.passed_on.len() == 4));
        assert!(Wish::read(&["--runs"]).is_err());
        assert!(Wish::read(&["--fast", "yes"]).is_err());
    }
}
