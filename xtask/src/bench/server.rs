//! `cargo xtask bench --server`: muster-server under load.
//!
//! Builds it as it is shipped, fills a database with a generated site, and lets the example `load` call it over HTTP.

use crate::process::{Child, capture, run as run_command};
use crate::server;
use crate::workspace::{Workspace, empty_folder, remove_folder};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// The site that docs/benchmarks-server.md is about. The large group has 20 000 people at every size.
const GROUPS: u32 = 100_000;

const PAGE: &str = "docs/benchmarks-server.md";
const BEGIN: &str = "<!-- from here on written by `cargo xtask bench --server` -->";
const END: &str = "<!-- up to here -->";

/// The command. Any reply that is not what it should be fails it.
pub fn run(workspace: &Workspace, words: &[&str]) -> Result<ExitCode> {
    let groups = match words {
        [] => GROUPS,
        ["--groups", number] => number
            .parse()
            .ok()
            .filter(|&number| number >= 2)
            .with_context(|| format!("--groups {number}: how many, at least 2"))?,
        _ => bail!("cargo xtask bench --server [--groups N]"),
    };
    let program = server::build(workspace)?;
    run_command(&mut workspace.cargo([
        "build",
        "--quiet",
        "--profile",
        "native",
        "--package",
        "muster-server",
        "--example",
        "load",
    ]))?;

    let folder = workspace.target.join("bench-server");
    empty_folder(&folder)?;
    let seen = measure(workspace, &program, &folder, groups);
    remove_folder(&folder)?;
    let seen = seen?;

    let text = report(workspace, &seen)?;
    println!("\n{text}");
    let failed = number(&seen, "failed")?;
    if failed > 0.0 {
        for failure in list(&seen, "failures")? {
            eprintln!("  - {}", failure.as_str().unwrap_or_default());
        }
        eprintln!("{failed} replies were not what they should be: nothing was written");
        return Ok(ExitCode::FAILURE);
    }
    if groups == GROUPS {
        let page = workspace.root.join(PAGE);
        let old = std::fs::read_to_string(&page).with_context(|| format!("cannot read {PAGE}"))?;
        std::fs::write(&page, renewed(&old, &text)?)
            .with_context(|| format!("cannot write {PAGE}"))?;
        eprintln!("written to {PAGE}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Fills a database, runs the load and gives what it saw.
fn measure(workspace: &Workspace, program: &Path, folder: &Path, groups: u32) -> Result<Value> {
    let db = folder.join("site.sqlite");
    let muster = || {
        let mut command = workspace.command(program);
        command.arg("--db").arg(&db);
        command
    };
    eprintln!("a site of {groups} groups");
    run_command(muster().args(["seed", "--groups", &groups.to_string()]))?;
    let token = capture(muster().args(["token", "create", "site.admin"]))?;
    let mut child = Child::start(
        workspace
            .command(workspace.target.join("native/examples/load"))
            .arg("--server")
            .arg(program)
            .arg("--db")
            .arg(&db)
            .args(["--token", token.trim()])
            .stdout(Stdio::piped()),
    )?;
    let mut text = String::new();
    child
        .stdout()?
        .read_to_string(&mut text)
        .context("reading what the load saw")?;
    let status = child.wait()?;
    // It ends with 2 where replies were wrong, and says which.
    ensure!(
        status.success() || status.code() == Some(2),
        "the load broke off ({status})"
    );
    serde_json::from_str(&text).context("the load wrote no JSON")
}

fn number(value: &Value, key: &str) -> Result<f64> {
    value
        .get(key)
        .and_then(Value::as_f64)
        .with_context(|| format!("the load did not tell {key}"))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value
        .get(key)
        .and_then(Value::as_array)
        .with_context(|| format!("the load did not tell {key}"))
}

/// What was measured, where, as the page shows it.
fn report(workspace: &Workspace, seen: &Value) -> Result<String> {
    let site = seen.get("site").context("the load did not tell its site")?;
    let mut text = String::new();
    writeln!(
        text,
        "{} groups, {} memberships, one group of {}; the list with members is {:.1} MB, {:.1} MB compressed.\n\n{}\n",
        grouped(number(site, "groups")?),
        grouped(number(site, "memberships")?),
        grouped(number(site, "large")?),
        number(site, "list_bytes")? / 1e6,
        number(site, "list_brotli_bytes")? / 1e6,
        machine(workspace, seen)?,
    )?;
    text.push_str(
        "| call | clients | writers | a second | p50 ms | p99 ms | first byte p50 / p99 ms | peak MB | failed |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in list(seen, "rows")? {
        let kind = row.get("kind").and_then(Value::as_str);
        let peak = row.get("peak_bytes").and_then(Value::as_f64);
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} / {} | {} | {} |",
            kind.context("the load did not tell what was called")?,
            number(row, "clients")?,
            writers(row)?,
            figure(number(row, "per_second")?),
            figure(number(row, "p50_ms")?),
            figure(number(row, "p99_ms")?),
            figure(number(row, "first_p50_ms")?),
            figure(number(row, "first_p99_ms")?),
            peak.map_or("?".to_owned(), |bytes| format!("{:.0}", bytes / 1e6)),
            number(row, "failed")?,
        )?;
    }
    Ok(text)
}

/// How many wrote meanwhile, and how that went for them.
fn writers(row: &Value) -> Result<String> {
    let count = number(row, "writers")?;
    if count == 0.0 {
        return Ok("–".to_owned());
    }
    Ok(format!(
        "{count}: {}/s, p50 {}, p99 {}",
        figure(number(row, "writes_per_second")?),
        figure(number(row, "write_p50_ms")?),
        figure(number(row, "write_p99_ms")?),
    ))
}

/// Three digits that count, no more.
fn figure(value: f64) -> String {
    match value {
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => grouped(value),
    }
}

/// With a space between thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// The machine and the versions.
fn machine(workspace: &Workspace, seen: &Value) -> Result<String> {
    let proc = |file: &str, key: &str| {
        // Linux alone has these.
        let text = std::fs::read_to_string(format!("/proc/{file}")).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split_once(':')).map_or_else(
            || "unknown".to_owned(),
            |(_, value)| value.trim().to_owned(),
        )
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let rustc = capture(workspace.command(rustc).arg("--version"))?;
    let system = capture(Command::new("uname").arg("-sr"))?;
    let sqlite = seen.get("sqlite").and_then(Value::as_str);
    Ok(format!(
        "{cores} cores ({}), {} of memory, {}, {}, SQLite {}, muster-server {}; load average {} at the end, where \
         the run itself makes about {}.",
        proc("cpuinfo", "model name"),
        proc("meminfo", "MemTotal"),
        system.trim(),
        rustc.trim(),
        sqlite.context("the load did not tell SQLite's version")?,
        env!("CARGO_PKG_VERSION"),
        load.split(' ').next().unwrap_or("unknown"),
        cores + 1,
    ))
}

/// The page with this text between the two marks.
fn renewed(page: &str, text: &str) -> Result<String> {
    let (before, rest) = page
        .split_once(BEGIN)
        .with_context(|| format!("{PAGE} has no line {BEGIN}"))?;
    let (_, after) = rest
        .split_once(END)
        .with_context(|| format!("{PAGE} has no line {END}"))?;
    Ok(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        text.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, figure, renewed};

    #[test]
    fn only_what_stands_between_the_marks_is_renewed() {
        let page = format!("# A\n{BEGIN}\nold\n{END}\nafter\n");
        let once = renewed(&page, "new").ok();
        assert_eq!(once, Some(format!("# A\n{BEGIN}\n\nnew\n\n{END}\nafter\n")));
        let twice = once.as_deref().map(|page| renewed(page, "new").ok());
        assert_eq!(twice, Some(once));
        assert!(renewed("# A\n", "new").is_err());
    }

    #[test]
    fn figures_are_short() {
        let shown = [0.456, 12.34, 123.4, 12_345.6, 1_234_567.0].map(figure);
        assert_eq!(shown, ["0.46", "12.3", "123", "12 346", "1 234 567"]);
    }
}
