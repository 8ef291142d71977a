//! What others wrote and Muster takes: the list of it (`docs/dependencies.md`), and the rules for it (`deny.toml`).
//!
//! `cargo deny` knows the same rules and takes minutes to be installed; what needs no list of known holes is checked here by
//! tests, with what cargo itself tells.

#[cfg(test)]
mod licence;
mod list;
mod npm;
mod reasons;

use crate::process::capture;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

/// Where the list stands.
const LIST: &str = "docs/dependencies.md";

/// The command: writes the list.
pub fn run(workspace: &Workspace) -> Result<ExitCode> {
    let text = list::text(workspace, &Supply::of(workspace)?)?;
    std::fs::write(workspace.root.join(LIST), text)
        .with_context(|| format!("cannot write {LIST}"))?;
    println!("{LIST} lists what Cargo.lock and the lock files of npm have");
    Ok(ExitCode::SUCCESS)
}

/// One package, as cargo tells of it.
#[derive(Debug, Clone)]
struct Package {
    name: String,
    version: String,
    licence: String,
    /// Where it comes from; none for our own.
    source: Option<String>,
    /// Its `Cargo.toml`.
    manifest: String,
    /// Who takes it.
    takers: BTreeSet<String>,
}

/// Every package of the lock file.
#[derive(Debug)]
struct Supply {
    packages: Vec<Package>,
}

impl Supply {
    /// Asks cargo.
    fn of(workspace: &Workspace) -> Result<Self> {
        let text = capture(&mut workspace.cargo(["metadata", "--format-version=1", "--locked"]))?;
        let data: Value = serde_json::from_str(&text).context("cargo metadata wrote no JSON")?;
        let word = |value: &Value, key: &str| {
            let word = value.get(key).and_then(Value::as_str);
            word.map(str::to_owned)
        };
        let list = |value: &Value, key: &str| -> Vec<Value> {
            let list = value.get(key).and_then(Value::as_array);
            list.cloned().unwrap_or_default()
        };
        let mut packages = BTreeMap::new();
        for one in list(&data, "packages") {
            let id = word(&one, "id").context("a package without an id")?;
            let need =
                |key: &str| word(&one, key).with_context(|| format!("{id} does not say its {key}"));
            let package = Package {
                name: need("name")?,
                version: need("version")?,
                licence: need("license")?,
                source: word(&one, "source"),
                manifest: need("manifest_path")?,
                takers: BTreeSet::new(),
            };
            packages.insert(id, package);
        }
        let names: BTreeMap<String, String> = packages
            .iter()
            .map(|(id, package)| (id.clone(), package.name.clone()))
            .collect();
        let resolve = data.get("resolve").cloned().unwrap_or_default();
        for node in list(&resolve, "nodes") {
            let taker = word(&node, "id").and_then(|id| names.get(&id).cloned());
            for taken in list(&node, "dependencies") {
                let taken = taken.as_str().and_then(|id| packages.get_mut(id));
                if let (Some(taken), Some(taker)) = (taken, &taker) {
                    taken.takers.insert(taker.clone());
                }
            }
        }
        let mut packages: Vec<Package> = packages.into_values().collect();
        let key = |one: &Package| {
            let numbers = one.version.split(['.', '-', '+']);
            let numbers: Vec<u64> = numbers.map_while(|part| part.parse().ok()).collect();
            (one.name.clone(), numbers)
        };
        packages.sort_by_key(key);
        Ok(Self { packages })
    }

    /// Those that others wrote.
    fn taken(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|one| one.source.is_some())
    }

    /// Our own.
    fn own(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|one| one.source.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::{LIST, Supply, licence, list, npm, reasons};
    use crate::workspace::Workspace;
    use anyhow::{Context, Result, ensure};
    use std::collections::{BTreeMap, BTreeSet};
    use toml::{Table, Value};

    /// The texts of a list in `deny.toml`, by its path.
    fn rule(rules: &Table, section: &str, key: &str) -> Vec<Value> {
        let list = rules.get(section).and_then(|section| section.get(key));
        list.and_then(Value::as_array).cloned().unwrap_or_default()
    }

    fn rules(workspace: &Workspace) -> Result<Table> {
        let text = std::fs::read_to_string(workspace.root.join("deny.toml"))?;
        text.parse().context("deny.toml cannot be read")
    }

    #[test]
    fn every_licence_and_every_source_is_one_that_is_allowed() -> Result<()> {
        let workspace = Workspace::find()?;
        let (rules, supply) = (rules(&workspace)?, Supply::of(&workspace)?);
        let allowed = rule(&rules, "licenses", "allow");
        let allowed: BTreeSet<&str> = allowed.iter().filter_map(Value::as_str).collect();
        let registries = rule(&rules, "sources", "allow-registry");
        let registries: BTreeSet<&str> = registries.iter().filter_map(Value::as_str).collect();
        let mut used = BTreeSet::new();
        for package in supply.taken() {
            let licences = licence::of(&package.licence).with_context(|| {
                format!("{}: what licence is {:?}?", package.name, package.licence)
            })?;
            used.extend(licences.names());
            ensure!(
                licences.allowed(&allowed),
                "{} {} comes under {}, which deny.toml does not allow",
                package.name,
                package.version,
                package.licence
            );
            let source = package.source.as_deref().unwrap_or_default();
            let registry = source.strip_prefix("registry+").unwrap_or(source);
            ensure!(
                registries.contains(registry),
                "{} comes from {source}, which deny.toml does not allow",
                package.name
            );
        }
        let idle: Vec<_> = allowed
            .iter()
            .filter(|name| !used.contains(**name))
            .collect();
        ensure!(
            idle.is_empty(),
            "deny.toml allows what nothing needs: {idle:?}"
        );
        Ok(())
    }

    #[test]
    fn a_crate_in_two_versions_is_named_with_its_reason() -> Result<()> {
        let workspace = Workspace::find()?;
        let (rules, supply) = (rules(&workspace)?, Supply::of(&workspace)?);
        let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for package in supply.taken() {
            let known = versions.entry(&package.name).or_default();
            known.push(&package.version);
        }
        let mut doubled: BTreeSet<String> = BTreeSet::new();
        for (name, versions) in &versions {
            // The newest is the one that is wanted.
            let older = versions.iter().take(versions.len() - 1);
            doubled.extend(older.map(|version| format!("{name}@{version}")));
        }
        let skip = rule(&rules, "bans", "skip");
        let mut known = BTreeSet::new();
        for one in &skip {
            let text = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
            ensure!(
                !text("reason").is_empty(),
                "deny.toml: {one:?} has no reason"
            );
            known.insert(text("crate").to_owned());
        }
        ensure!(
            doubled == known,
            "in two versions and not in deny.toml: {:?}; there and no more doubled: {:?}",
            doubled.difference(&known),
            known.difference(&doubled)
        );
        Ok(())
    }

    #[test]
    fn every_dependency_says_what_it_is_for_and_the_list_is_up_to_date() -> Result<()> {
        let workspace = Workspace::find()?;
        let supply = Supply::of(&workspace)?;
        for package in supply.own() {
            for one in reasons::of(&std::fs::read_to_string(&package.manifest)?)? {
                ensure!(
                    !one.reason.is_empty(),
                    "{}: {} says nothing of what it is for",
                    package.name,
                    one.name
                );
            }
        }
        let text = std::fs::read_to_string(workspace.root.join(LIST)).unwrap_or_default();
        ensure!(
            text == list::text(&workspace, &supply)?,
            "{LIST} is old: `cargo xtask dependencies` writes it"
        );
        Ok(())
    }

    #[test]
    fn what_comes_from_npm_is_held_to_its_hash_and_names_no_address() -> Result<()> {
        let workspace = Workspace::find()?;
        for folder in npm::FOLDERS {
            let locked = npm::locked(&workspace.root.join(folder))?;
            ensure!(!locked.is_empty(), "{folder} locks nothing");
        }
        Ok(())
    }
}
