//! The embedded server as a program.

use clap::Parser as _;
use muster_server::cli::{Cli, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("muster-server: {words}");
            ExitCode::FAILURE
        }
    }
}
