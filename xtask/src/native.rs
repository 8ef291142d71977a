//! The tests that run on this machine without a browser.

use crate::process::lines;
use crate::tally::Tally;
use crate::workspace::Workspace;
use anyhow::{Result, ensure};

/// Every crate but the app's.
pub const ALL: [&str; 3] = ["--workspace", "--exclude", "muster"];

/// Runs the tests of these packages, all or those whose name contains the filter.
pub fn run(workspace: &Workspace, packages: &[&str], filter: Option<&str>) -> Tally {
    eprintln!("\n== native tests");
    let mut tally = Tally::new("native");
    if let Err(error) = tests(workspace, packages, filter, &mut tally) {
        tally.step("native tests", Err(error));
    }
    tally.or_none_ran()
}

fn tests(
    workspace: &Workspace,
    packages: &[&str],
    filter: Option<&str>,
    tally: &mut Tally,
) -> Result<()> {
    let mut command = workspace.cargo(["test", "--no-fail-fast"]);
    command.args(packages).args(filter);
    let mut names = Vec::new();
    let status = lines(&mut command, |line| {
        tally.rust_line(line);
        // `test module::name ... FAILED`
        if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            names.push(name.to_owned());
        }
    })?;
    names.into_iter().for_each(|name| tally.named(name));
    // A crate that does not compile, or a test that ends its process, leaves no count.
    ensure!(
        status.success() || tally.failed() > 0,
        "cargo test ended before every test had run ({status})"
    );
    Ok(())
}
