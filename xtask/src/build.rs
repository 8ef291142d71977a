//! `cargo xtask build`: the release app, ready to be hosted, and its weight.

use crate::finish::finish;
use crate::process::run as run_command;
use crate::size::{self, Size};
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The command: builds, prints the sizes, keeps the ledger, and fails above the limit.
pub fn run(workspace: &Workspace, note: Option<&str>) -> Result<ExitCode> {
    let sum = size::table(&site(workspace)?)?;
    size::within_limit(&sum)?;
    size::record(workspace, &sum, note)?;
    println!("the site is in {}", workspace.dist().display());
    Ok(ExitCode::SUCCESS)
}

/// The same without the ledger, which a test has no business to write.
pub fn within_limit(workspace: &Workspace) -> Result<()> {
    size::within_limit(&size::table(&site(workspace)?)?)
}

/// Builds `dist/` and tells the sizes of its files.
pub fn site(workspace: &Workspace) -> Result<Vec<Size>> {
    tools::wasm_target(workspace)?;
    let trunk = tools::trunk(workspace)?;
    let bindgen = tools::wasm_bindgen(workspace)?;
    let npm = tools::npm_packages(workspace)?;
    // Trunk is told to stay offline, and cargo with it: what the app needs is fetched before.
    run_command(&mut workspace.cargo(["fetch", "--quiet"]))?;
    let staged = workspace.target.join("site");
    let folders: Vec<&Path> = vec![&npm, &bindgen];
    run_command(
        workspace
            .command(trunk)
            .args(["build", "--release", "--dist"])
            .arg(&staged)
            .env("PATH", tools::path_with(&folders)?)
            .env("TRUNK_SKIP_VERSION_CHECK", "true")
            .env("CARGO_ENCODED_RUSTFLAGS", flags(workspace))
            // Trunk takes nothing but `true` or `false` here and stops at the usual `1`.
            .env_remove("NO_COLOR"),
    )
    .context("trunk could not build the app")?;
    finish(workspace, &staged)
}

/// The compiler's flags: those of whoever builds, and that panics name files without the folders of this machine, which are
/// nobody's business and bytes of the first load.
fn flags(workspace: &Workspace) -> String {
    let given = std::env::var("CARGO_ENCODED_RUSTFLAGS").ok();
    let mut flags: Vec<String> = match (given, std::env::var("RUSTFLAGS")) {
        (Some(given), _) => given.split('\x1f').map(str::to_owned).collect(),
        (None, Ok(given)) => given.split_whitespace().map(str::to_owned).collect(),
        (None, Err(_)) => Vec::new(),
    };
    flags.retain(|flag| !flag.is_empty());
    // Every browser of the last years has it; a long list is searched many bytes at a time.
    flags.push("-Ctarget-feature=+simd128".to_owned());
    // What refers to what: by this the app is cut in two (`split`).
    flags.push("-Clink-arg=--emit-relocs".to_owned());
    let cargo = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = cargo.and_then(|cargo| std::fs::read_dir(cargo.join("registry/src")).ok());
    let registries = registries.into_iter().flatten().flatten();
    let folders = registries
        .map(|entry| entry.path())
        .chain([workspace.root.clone()]);
    flags.extend(folders.map(|folder| format!("--remap-path-prefix={}=", folder.display())));
    flags.join("\x1f")
}
