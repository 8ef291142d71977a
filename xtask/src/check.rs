//! `cargo xtask check`: the quick half. The app's own crate makes sense in a browser only, so it is checked for that target,
//! and everything else for this machine.

use crate::native;
use crate::process::run as run_command;
use crate::tally::{Tally, report};
use crate::tools;
use crate::workspace::Workspace;
use anyhow::Result;
use std::process::{Command, ExitCode};

/// The command.
pub fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut checks = Tally::new("checks");
    style(workspace, &mut checks);
    let pure = [
        "--package",
        "group-bytes",
        "--package",
        "group-api",
        "--package",
        "muster-core",
    ];
    Ok(report(&[checks, native::run(workspace, &pure, None)]))
}

/// Formatting and both clippies, one step each.
pub fn style(workspace: &Workspace, checks: &mut Tally) {
    if let Err(error) = tools::lints(workspace) {
        return checks.step("rustfmt and clippy", Err(error));
    }
    let mut step = |name: &str, command: &mut Command| {
        eprintln!("\n== {name}");
        checks.step(name, run_command(command));
    };
    step(
        "formatting",
        &mut workspace.cargo(["fmt", "--all", "--check"]),
    );
    let native = [
        "clippy",
        "--workspace",
        "--exclude",
        "muster",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    step("clippy, this machine", &mut workspace.cargo(native));
    eprintln!("\n== clippy, browser");
    checks.step("clippy, browser", clippy_browser(workspace));
}

fn clippy_browser(workspace: &Workspace) -> Result<()> {
    tools::wasm_target(workspace)?;
    run_command(&mut workspace.cargo([
        "clippy",
        "--package",
        "muster",
        "--all-targets",
        "--target",
        tools::WASM,
        "--",
        "-D",
        "warnings",
    ]))
}
