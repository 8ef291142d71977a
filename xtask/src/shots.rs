//! `cargo xtask shots`: the screenshots of the documentation, from the running app.

use crate::process::run as run_command;
use crate::workspace::Workspace;
use crate::{build, server, tools};
use anyhow::Result;
use std::process::ExitCode;

/// Builds and takes them; the arguments (a folder, names) go to the script.
pub fn run(workspace: &Workspace, arguments: &[&str]) -> Result<ExitCode> {
    build::site(workspace)?;
    let program = server::build(workspace)?;
    let chromium = tools::chromium()?;
    run_command(
        workspace
            .command(tools::node()?)
            .arg("tests/e2e/shots.mjs")
            .args(arguments)
            // It runs in the root of the checkout; a folder is meant from where xtask was called.
            .env("MUSTER_CALLED_IN", std::env::current_dir()?)
            .env("MUSTER_SERVER", program)
            .env("MUSTER_SITE", workspace.dist())
            .env("CHROMIUM", chromium.browser),
    )?;
    Ok(ExitCode::SUCCESS)
}
