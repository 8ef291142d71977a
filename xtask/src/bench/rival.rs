//! What a user would pick instead, built from npm.

use super::folder;
use crate::process::run;
use crate::tools::{hex, node};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Installs react-admin and builds its page; tells where that is.
pub fn react_admin(workspace: &Workspace) -> Result<PathBuf> {
    node()?;
    let source = workspace.root.join("bench/react-admin");
    packages(&source)?;
    let built = folder(workspace)?.join("react-admin");
    run(workspace
        .command(source.join("node_modules/.bin/vite"))
        .args(["build", "--logLevel", "warn", "--outDir"])
        .arg(&built)
        .current_dir(&source))
    .context("the page of react-admin could not be built")?;
    Ok(built)
}

fn packages(source: &Path) -> Result<()> {
    let lock = std::fs::read(source.join("package-lock.json"))
        .context("cannot read bench/react-admin/package-lock.json")?;
    let wanted = hex(&Sha256::digest(&lock));
    // The lock that was installed is noted beside what it brought, for npm has no quick way to say "nothing to do".
    let note = source.join("node_modules/.installed-lock");
    if std::fs::read_to_string(&note).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    eprintln!("installing react-admin and vite: what Muster is compared with");
    run(std::process::Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(source))
    .context("the npm packages of bench/react-admin could not be installed")?;
    std::fs::write(&note, wanted).with_context(|| format!("cannot write {}", note.display()))
}
