//! The journeys: a person's way through the built app, in a real Chromium, against a real server.

use crate::process::status;
use crate::tally::Tally;
use crate::tools;
use crate::workspace::{Workspace, empty_folder};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Runs all files; a filter chooses files by a part of their name, or else single journeys by a part of theirs.
pub fn run(workspace: &Workspace, server: &Path, filter: Option<&str>) -> Tally {
    eprintln!("\n== journeys");
    let mut tally = Tally::new("journeys");
    if let Err(error) = journeys(workspace, server, filter, &mut tally) {
        tally.step("journeys", Err(error));
    }
    tally.or_none_ran()
}

fn journeys(
    workspace: &Workspace,
    server: &Path,
    filter: Option<&str>,
    tally: &mut Tally,
) -> Result<()> {
    tools::npm_packages(workspace)?;
    let chromium = tools::chromium()?;
    let folder = workspace.journeys();
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).context("cannot read tests/e2e")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.insert(name);
        }
    }
    ensure!(!files.is_empty(), "tests/e2e holds no *.test.mjs");
    let mut by_name = None;
    if let Some(filter) = filter {
        if files.iter().any(|file| file.contains(filter)) {
            files.retain(|file| file.contains(filter));
        } else {
            by_name = Some(filter);
        }
    }
    // What an interrupted run left behind goes with the next one.
    let scratch = workspace.target.join("journeys");
    empty_folder(&scratch)?;
    let results = scratch.join("results.jsonl");
    let mut command = workspace.command(tools::node()?);
    command
        .current_dir(&folder)
        .args(["--test", "--test-concurrency=2"])
        // Each journey has a limit of its own; this one is for a file that never ends.
        .arg("--test-timeout=1200000")
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .arg("--test-reporter=./harness/reporter.mjs")
        .arg(format!("--test-reporter-destination={}", results.display()));
    if let Some(name) = by_name {
        command.arg(format!("--test-name-pattern={}", literal(name)));
    }
    let status = status(
        command
            .args(&files)
            .env("MUSTER_SERVER", server)
            .env("MUSTER_SITE", workspace.dist())
            .env("MUSTER_TMP", &scratch)
            .env("CHROMIUM", &chromium.browser),
    )?;
    let text = std::fs::read_to_string(&results).context("the journeys left no results")?;
    let mut silent = files;
    for line in text.lines() {
        let result: Value =
            serde_json::from_str(line).context("the results of the journeys are no JSON")?;
        let word = |key: &str| result.get(key).and_then(Value::as_str).unwrap_or_default();
        silent.remove(word("file"));
        match word("outcome") {
            "passed" => tally.pass(1),
            "skipped" => {}
            _ => tally.fail(format!("{}: {}", word("name"), word("error"))),
        }
    }
    if by_name.is_none() {
        for file in silent {
            tally.fail(format!("{file}: it ran no journey"));
        }
    }
    ensure!(
        status.success() || tally.failed() > 0,
        "the journeys ended before all had run ({status})"
    );
    Ok(())
}

/// A pattern that matches just these letters.
fn literal(text: &str) -> String {
    let escaped = text.chars().flat_map(|letter| {
        let special = !letter.is_alphanumeric() && letter != ' ';
        special.then_some('\\').into_iter().chain([letter])
    });
    escaped.collect()
}
