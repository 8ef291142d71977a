//! What comes from npm: tools of building, testing and measuring. None of it is in the app.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;

/// The folders that have a lock file.
pub const FOLDERS: [&str; 2] = ["tests/e2e", "bench/react-admin"];

/// A package of a lock file.
#[derive(Debug)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Everything that a folder's lock file has. One that names an address, or is without a hash of what comes, is an error:
/// whatever registry npm is told to ask, what comes is held to its hash.
pub fn locked(folder: &Path) -> Result<Vec<Locked>> {
    let data = json(&folder.join("package-lock.json"))?;
    let packages = data.get("packages").and_then(Value::as_object);
    let mut found = Vec::new();
    for (path, one) in packages.into_iter().flatten() {
        let word = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
        let Some((_, name)) = path.rsplit_once("node_modules/") else {
            continue;
        };
        ensure!(
            word("resolved").is_empty() && word("integrity").starts_with("sha512-"),
            "{}: {name} names an address ({:?}), or has no integrity",
            folder.display(),
            word("resolved")
        );
        found.push(Locked {
            name: name.to_owned(),
            version: word("version").to_owned(),
        });
    }
    Ok(found)
}

/// What a folder asks for by itself, with its reason.
pub fn asked(folder: &Path) -> Result<Vec<(String, String)>> {
    let data = json(&folder.join("package.json"))?;
    let reasons = data.get("reasons").and_then(Value::as_object);
    let mut found = Vec::new();
    for section in ["dependencies", "devDependencies"] {
        let all = data.get(section).and_then(Value::as_object);
        for name in all.into_iter().flatten().map(|(name, _)| name) {
            let reason = reasons
                .and_then(|all| all.get(name))
                .and_then(Value::as_str);
            let reason =
                reason.with_context(|| format!("{}: no reason for {name}", folder.display()))?;
            found.push((name.clone(), reason.to_owned()));
        }
    }
    Ok(found)
}

fn json(path: &Path) -> Result<Value> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}
