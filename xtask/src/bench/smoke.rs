//! The bench as a test: small sites, one run, no times asserted. Every page has to show the right rows and every figure has to
//! be obtained, so that the bench cannot rot.

use super::{DOCS, folder, measure};
use crate::process::{capture, lines_unseen};
use crate::tally::Tally;
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Runs Muster, as it is built in `dist/`, and the hand-written page.
pub fn run(workspace: &Workspace) -> Tally {
    eprintln!("\n== bench");
    let mut tally = Tally::new("bench");
    if let Err(error) = pages(workspace, &mut tally) {
        tally.step("bench", Err(error));
    }
    tally.or_none_ran()
}

fn pages(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    tools::npm_packages(workspace)?;
    let results = folder(workspace)?.join("smoke.json");
    let mut command = measure(workspace)?;
    command
        .args([
            "--smoke",
            "--only",
            "muster,vanilla",
            "--groups",
            "100,2000",
        ])
        .args(["--runs", "1", "--slow", "1", "--muster"])
        .arg(workspace.dist())
        .arg("--out")
        .arg(&results);
    let mut bad = None;
    let status = lines_unseen(&mut command, |line| match outcome(line) {
        Ok((_, None)) => tally.pass(1),
        Ok((name, Some(error))) => tally.fail(format!("{name}: {error}")),
        Err(error) => bad = Some(error),
    })?;
    if let Some(error) = bad {
        return Err(error);
    }
    ensure!(
        status.success() || tally.failed() > 0,
        "the bench ended before all was measured ({status})"
    );
    // So small a run is told and not written down.
    let told = capture(
        workspace
            .command(tools::node()?)
            .arg("bench/report.mjs")
            .arg(&results)
            .arg(DOCS),
    );
    tally.step("the bench's report", told.map(drop));
    Ok(())
}

/// The name of a page that was measured, and why it failed if it did.
fn outcome(line: &str) -> Result<(String, Option<String>)> {
    let told: Value =
        serde_json::from_str(line).with_context(|| format!("the bench says: {line}"))?;
    let word = |key: &str| told.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = word("name").context("the bench names no page")?;
    match word("outcome").as_deref() {
        Some("passed") => Ok((name, None)),
        _ => Ok((name, Some(word("error").unwrap_or_default()))),
    }
}

#[cfg(test)]
mod tests {
    use super::outcome;

    #[test]
    fn a_line_says_what_passed_and_what_did_not() {
        let passed = outcome(r#"{"name":"vanilla, 100 groups","outcome":"passed"}"#);
        assert!(passed.is_ok_and(|(name, error)| name.starts_with("vanilla") && error.is_none()));
        let failed = outcome(r#"{"name":"x","outcome":"failed","error":"no rows"}"#);
        assert!(failed.is_ok_and(|(_, error)| error.as_deref() == Some("no rows")));
        assert!(outcome("Segmentation fault").is_err());
    }
}
