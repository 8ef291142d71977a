//! `cargo xtask serve`: from a checkout to something that can be clicked.

use crate::server::{self, Server};
use crate::workspace::Workspace;
use crate::{build, size};
use anyhow::Result;
use std::ffi::OsString;
use std::net::TcpListener;
use std::process::ExitCode;

const LISTEN: &str = "127.0.0.1:8080";

/// Builds what has changed, starts the server on the demo data and stays until it is interrupted.
pub fn run(workspace: &Workspace, extra: &[&str]) -> Result<ExitCode> {
    size::table(&build::site(workspace)?)?;
    let program = server::build(workspace)?;
    let given = |name: &str| {
        extra
            .iter()
            .any(|word| *word == name || word.starts_with(&format!("{name}=")))
    };
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |name: &str, value: OsString| {
        if !given(name) {
            arguments.extend([name.into(), value]);
        }
    };
    let database = workspace.target.join("demo.sqlite");
    add("--db", database.clone().into());
    add("--site", workspace.dist().into());
    add("--listen", free_address().into());
    if !given("--demo") {
        arguments.push("--demo".into());
    }
    arguments.extend(extra.iter().map(OsString::from));
    let server = Server::start(&program, &workspace.root, arguments)?;
    println!(
        "\n  The demo is running on data of its own ({}; delete it to begin again).\n  \
         Choose a system and try as\n    \
         alice   site admin\n    \
         bob     manages groups\n    \
         carol   admin of some groups\n    \
         dave    plain member\n  \
         Ctrl-C ends the server.\n\n  \
         Muster is at  {}\n",
        database.display(),
        server.address
    );
    server.wait()?;
    Ok(ExitCode::SUCCESS)
}

/// The usual address, or any port where that one is taken.
fn free_address() -> String {
    match TcpListener::bind(LISTEN) {
        Ok(_released) => LISTEN.to_owned(),
        Err(error) => {
            eprintln!("{LISTEN} cannot be used ({error}); taking any free port");
            "127.0.0.1:0".to_owned()
        }
    }
}
