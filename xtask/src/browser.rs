//! The headless-browser tests: the app's own crate, compiled to WebAssembly, each test file in a page of Chromium.
//!
//! The runner says "no tests to run" and succeeds where a file holds no test, and runs in Node a file that forgot
//! `run_in_browser`. So each file is run by itself and has to have run something.

use crate::process::{lines, lines_unseen};
use crate::tally::Tally;
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;

/// Runs them all, or those whose name contains the filter.
pub fn run(workspace: &Workspace, filter: Option<&str>) -> Tally {
    eprintln!("\n== headless-browser tests");
    let mut tally = Tally::new("browser");
    if let Err(error) = tests(workspace, filter, &mut tally) {
        tally.step("headless-browser tests", Err(error));
    }
    tally.or_none_ran()
}

fn tests(workspace: &Workspace, filter: Option<&str>, tally: &mut Tally) -> Result<()> {
    tools::wasm_target(workspace)?;
    let chromium = tools::chromium()?;
    let bindgen = tools::wasm_bindgen(workspace)?;
    let mut built = Vec::new();
    let status = lines_unseen(
        workspace
            .cargo([
                "test",
                "--no-run",
                "--package",
                "muster",
                "--target",
                tools::WASM,
            ])
            .arg("--message-format=json-render-diagnostics"),
        |line| built.push(line.to_owned()),
    )?;
    ensure!(
        status.success(),
        "the headless-browser tests do not compile"
    );
    for binary in binaries(&built)? {
        let Binary {
            name,
            file,
            holds_tests,
        } = binary;
        let (mut counted, mut in_browser) = (Tally::new("browser"), false);
        println!("\n{name}");
        let mut command = workspace.command(bindgen.join("wasm-bindgen-test-runner"));
        command
            .arg(&file)
            .args(filter)
            .env("CHROMEDRIVER", &chromium.driver)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
            .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "30");
        // It looks for the options of the browser (webdriver.json) where it runs: in the app's package.
        let status = lines(&mut command, |line| {
            counted.rust_line(line);
            in_browser |= line.starts_with("Running headless tests in");
            if let Some(failed) = line
                .strip_prefix("test ")
                .and_then(|rest| rest.strip_suffix(" ... FAIL"))
            {
                tally.named(format!("{name}: {failed}"));
            }
        })?;
        if !status.success() && counted.failed() == 0 {
            tally.fail(format!(
                "{name}: the runner ended before every test had run ({status})"
            ));
        } else if counted.ran() > 0 && !in_browser {
            tally.fail(format!(
                "{name}: it ran in Node; it lacks wasm_bindgen_test_configure!(run_in_browser)"
            ));
        } else if counted.ran() == 0 && holds_tests && filter.is_none() {
            tally.fail(format!("{name}: no test ran"));
        }
        tally.add(&counted);
    }
    Ok(())
}

/// A compiled test binary.
struct Binary {
    name: String,
    file: std::path::PathBuf,
    /// A file of `tests/` is there for its tests; the library and the program may have none of their own.
    holds_tests: bool,
}

/// The test binaries among what cargo says it has built.
fn binaries(messages: &[String]) -> Result<Vec<Binary>> {
    let mut found = Vec::new();
    for line in messages {
        let message: Value =
            serde_json::from_str(line).context("cargo wrote something else than JSON")?;
        let Some(file) = message.get("executable").and_then(Value::as_str) else {
            continue;
        };
        // The program itself is built along with its tests.
        if message.pointer("/profile/test").and_then(Value::as_bool) != Some(true) {
            continue;
        }
        let target = message.get("target").context("cargo named no target")?;
        let source = target
            .get("src_path")
            .and_then(Value::as_str)
            .context("cargo named no source")?;
        let kinds = target
            .get("kind")
            .and_then(Value::as_array)
            .context("cargo named no kind")?;
        let name = Path::new(source)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let holds_tests = kinds.iter().any(|kind| kind == "test");
        found.push(Binary {
            name: name.into_owned(),
            file: file.into(),
            holds_tests,
        });
    }
    ensure!(
        found.iter().any(|binary| binary.holds_tests),
        "there is no headless-browser test: tests/ holds no *.rs file"
    );
    Ok(found)
}
