//! `cargo xtask test`: everything, each kind even if another has failed.

use crate::tally::{Tally, report};
use crate::workspace::Workspace;
use crate::{bench, browser, build, check, journeys, native, server, snip};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::ExitCode;

/// Everything.
pub fn run_all(workspace: &Workspace) -> Result<ExitCode> {
    let mut checks = Tally::new("checks");
    check::style(workspace, &mut checks);
    let native = native::run(workspace, &native::ALL, None);
    let browser = browser::run(workspace, None);

    eprintln!("\n== release build and its size");
    let built = build::within_limit(workspace);
    // A site that has grown too heavy fails its check and can still be walked through; none at all cannot.
    let site = built.is_ok() || workspace.dist().join("index.html").is_file();
    checks.step("release build and its size", built);
    let (snip, journeys) = with_server(
        workspace,
        |program| snip::run(workspace, program),
        |program| {
            if site {
                return journeys::run(workspace, program, None);
            }
            let mut none = Tally::new("journeys");
            none.fail("not run: there is no built app");
            none
        },
    );
    let bench = if site {
        bench::smoke(workspace)
    } else {
        let mut none = Tally::new("bench");
        none.fail("not run: there is no built app");
        none
    };
    Ok(report(&[checks, native, browser, snip, journeys, bench]))
}

/// Builds the server and runs both kinds that need it; if there is none, both have failed.
fn with_server(
    workspace: &Workspace,
    snip: impl FnOnce(&PathBuf) -> Tally,
    journeys: impl FnOnce(&PathBuf) -> Tally,
) -> (Tally, Tally) {
    match server::build(workspace) {
        Ok(program) => (snip(&program), journeys(&program)),
        Err(error) => {
            let failed = |kind| {
                let mut tally = Tally::new(kind);
                tally.fail(format!("not run: {error:#}"));
                tally
            };
            (failed("snip client"), failed("journeys"))
        }
    }
}

/// One kind, or those of it whose name contains the filter.
pub fn run_kind(workspace: &Workspace, kind: &str, filter: Option<&str>) -> Result<ExitCode> {
    let tally = match kind {
        "native" => native::run(workspace, &native::ALL, filter),
        "browser" => browser::run(workspace, filter),
        "snip" => snip::run(workspace, &server::build(workspace)?),
        "e2e" => {
            build::site(workspace).context("the journeys need the built app")?;
            journeys::run(workspace, &server::build(workspace)?, filter)
        }
        "bench" => {
            build::site(workspace).context("the bench needs the built app")?;
            bench::smoke(workspace)
        }
        other => bail!("`{other}` is no kind of test: native, browser, snip, e2e, bench"),
    };
    Ok(report(&[tally]))
}
