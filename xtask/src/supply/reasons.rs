//! What a `Cargo.toml` says each of its dependencies is for: the remark above it, or under the heading of its own table.

use anyhow::{Context, Result};
use toml::{Table, Value};

/// One dependency of one of our packages.
#[derive(Debug)]
pub struct Reason {
    /// What it is called in the registry.
    pub name: String,
    /// What it is for; empty where nothing is said.
    pub reason: String,
    /// When it is needed.
    pub when: When,
    /// Whether it is one of our own.
    pub own: bool,
}

/// When a dependency is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// By what is built.
    Running,
    /// By its tests.
    Testing,
}

/// The dependencies of a `Cargo.toml`, in their order.
pub fn of(text: &str) -> Result<Vec<Reason>> {
    let table: Table = text.parse().context("a Cargo.toml that cannot be read")?;
    let mut found = Vec::new();
    for (section, when) in [
        ("dependencies", When::Running),
        ("dev-dependencies", When::Testing),
    ] {
        let Some(all) = table.get(section).and_then(Value::as_table) else {
            continue;
        };
        for (key, value) in all {
            let package = value.get("package").and_then(Value::as_str);
            found.push(Reason {
                name: package.unwrap_or(key).to_owned(),
                reason: remark(text, section, key),
                when,
                own: value.get("path").is_some(),
            });
        }
    }
    Ok(found)
}

/// The remark that belongs to a key of a section.
fn remark(text: &str, section: &str, key: &str) -> String {
    let mut here = false;
    let mut lines: Vec<&str> = Vec::new();
    let mut rest = text.lines();
    while let Some(line) = rest.next() {
        let line = line.trim();
        if line.strip_prefix(&format!("[{section}.{key}]")).is_some() {
            lines = rest
                .by_ref()
                .map_while(|line| line.trim().strip_prefix('#'))
                .collect();
            break;
        }
        if line.starts_with('[') && !line.ends_with("],") {
            here = line == format!("[{section}]");
            lines.clear();
        } else if let Some(words) = line.strip_prefix('#') {
            lines.push(words);
        } else if here && line.split('=').next().map(str::trim) == Some(key) {
            break;
        } else {
            lines.clear();
        }
    }
    let words: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_remark_above_or_within() {
        let text = "[package]\nname = \"x\"\n\n[dependencies]\n# one\n# line more\na = \"1\"\nb = \"2\"\n# own\nc = { path = \"../c\" }\n\n\
                    [dependencies.d]\n# within\nversion = \"3\"\nfeatures = [\n    \"x\",\n]\n\n[dev-dependencies]\n# tried\na = \"1\"\n";
        let found = of(text).unwrap_or_default();
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.reason.as_str(), one.own))
            .collect();
        assert_eq!(
            told,
            [
                ("a", "one line more", false),
                ("b", "", false),
                ("c", "own", true),
                ("d", "within", false),
                ("a", "tried", false),
            ]
        );
    }
}
