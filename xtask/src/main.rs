//! `cargo xtask`: builds, serves, checks and tests Muster, and installs what that takes.
#![forbid(unsafe_code)]

mod bench;
mod browser;
mod build;
mod check;
mod finish;
mod journeys;
mod native;
mod policy;
mod process;
mod serve;
mod server;
mod shots;
mod size;
mod slim;
mod snip;
mod split;
mod supply;
mod tally;
mod test;
mod tools;
mod workspace;

use anyhow::{Result, bail};
use std::process::ExitCode;
use workspace::Workspace;

const USAGE: &str = "\
cargo xtask serve [-- ARGS]    build the app and the demo server, start it and print the address
                               (ARGS go to muster-server)
cargo xtask test [KIND [FILTER]]
                               run everything, or one kind: native, browser, snip, e2e, bench
cargo xtask check              the quick half: formatting, clippy, the tests of the pure crates
cargo xtask build [--note TEXT]
                               build the release app into dist/, print and record its size
cargo xtask policy [DIR]        write the policy of a built site (dist) anew, from its config.json
cargo xtask dependencies        write docs/dependencies.md: what others wrote, and what for
cargo xtask bench [--groups 100,10000,100000] [--runs 5] [--only muster,vanilla,streaming,react-admin]
                  [--slow 4] [--slow-runs 3] [--site DIR]
                               measure the app beside others; a whole run goes to docs/benchmarks.md
                               (--site: a site built elsewhere; --slow 1: without the slowed runs)
cargo xtask bench --server [--groups N]
                               put load on muster-server and write docs/benchmarks-server.md
                               (another size is only printed)
cargo xtask shots [DIR [NAME…]]
                               take the screenshots of docs/screenshots (or into DIR; only those named)";

fn main() -> ExitCode {
    match command() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let [] | ["help" | "--help" | "-h"] = words.as_slice() {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    process::end_all_on_interrupt()?;
    let workspace = Workspace::find()?;
    match words.as_slice() {
        ["serve", rest @ ..] => serve::run(&workspace, after_dashes(rest)),
        ["check"] => check::run(&workspace),
        ["build"] => build::run(&workspace, None),
        ["build", "--note", note] => build::run(&workspace, Some(note)),
        ["dependencies"] => supply::run(&workspace),
        ["policy"] => policy::run(&workspace.dist()),
        ["policy", folder] => policy::run(std::path::Path::new(folder)),
        ["bench", rest @ ..] => bench::run(&workspace, rest),
        ["test"] => test::run_all(&workspace),
        ["test", kind] => test::run_kind(&workspace, kind, None),
        ["test", kind, filter] => test::run_kind(&workspace, kind, Some(filter)),
        ["shots", rest @ ..] => shots::run(&workspace, rest),
        _ => bail!("`{}` is no command of xtask\n\n{USAGE}", words.join(" ")),
    }
}

/// `cargo xtask serve -- --quirks` and `cargo xtask serve --quirks` mean the same.
fn after_dashes<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    match words {
        ["--", rest @ ..] => rest,
        all => all,
    }
}
