//! `docs/dependencies.md`: everything that others wrote and Muster takes, and what for.

use super::reasons::{self, When};
use super::{Package, Supply, npm};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const HEAD: &str = "# What others wrote

Written by `cargo xtask dependencies` from the lock files, and held to them by a test. The rules (licences, sources, no crate in two
versions without a reason) are in `deny.toml`; `cargo xtask test native supply` holds to them, and `cargo deny check` asks for
known holes besides.
";

/// The whole document.
pub fn text(workspace: &Workspace, supply: &Supply) -> Result<String> {
    let mut text = String::from(HEAD);
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for package in supply.own() {
        let wanted = reasons::of(&std::fs::read_to_string(&package.manifest)?)?;
        asked.extend(wanted.iter().map(|one| one.name.clone()));
        section(&mut text, supply, package, &wanted)?;
    }
    let brought: Vec<&Package> = supply
        .taken()
        .filter(|one| !asked.contains(&one.name))
        .collect();
    write!(
        text,
        "\n## What these bring with them\n\n{} packages; not all of them are built on every system.\n\n| package | licence | brought by |\n|---|---|---|\n",
        brought.len()
    )?;
    for one in brought {
        let takers: Vec<&str> = one.takers.iter().map(String::as_str).collect();
        writeln!(
            text,
            "| {} {} | {} | {} |",
            one.name,
            one.version,
            one.licence,
            takers.join(", ")
        )?;
    }
    for folder in npm::FOLDERS {
        npm_section(&mut text, workspace, folder)?;
    }
    Ok(text)
}

fn section(
    text: &mut String,
    supply: &Supply,
    package: &Package,
    wanted: &[reasons::Reason],
) -> Result<()> {
    if wanted.iter().all(|one| one.own) {
        return Ok(());
    }
    write!(
        text,
        "\n## {}\n\n| package | licence | for |\n|---|---|---|\n",
        package.name
    )?;
    // One line a package, also where tests want it with more features.
    let mut lines: BTreeMap<(&str, When), &str> = BTreeMap::new();
    for one in wanted.iter().filter(|one| !one.own) {
        lines.insert((&one.name, one.when), &one.reason);
    }
    for ((name, when), reason) in lines {
        let taken = supply
            .taken()
            .filter(|one| one.name == name && one.takers.contains(&package.name));
        let (mut versions, mut licence) = (Vec::new(), "");
        for one in taken {
            versions.push(one.version.as_str());
            licence = &one.licence;
        }
        let tests = match when {
            When::Running => "",
            When::Testing => "in tests: ",
        };
        writeln!(
            text,
            "| {name} {} | {licence} | {tests}{reason} |",
            versions.join(", ")
        )?;
    }
    Ok(())
}

fn npm_section(text: &mut String, workspace: &Workspace, folder: &str) -> Result<()> {
    let place = workspace.root.join(folder);
    let locked = npm::locked(&place)?;
    write!(
        text,
        "\n## npm, in {folder}\n\nNothing of it is in the app. {} packages with what they bring.\n\n| package | for |\n|---|---|\n",
        locked.len()
    )?;
    for (name, reason) in npm::asked(&place)? {
        let known = locked.iter().find(|one| one.name == name);
        let version = &known
            .with_context(|| format!("{name} is not locked"))?
            .version;
        writeln!(text, "| {name} {version} | {reason} |")?;
    }
    Ok(())
}
