//! The weight of the first load, and the ledger that remembers it.

use crate::process::capture;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};

/// What the first load may weigh, brotli, in kB of 1000 bytes. A console that is opened from a ticket, on whatever line and
/// machine there is, has to be there at once; rivals bring 290 to 740 kB. Who raises this says in the same commit what
/// could not be had inside it, what it costs, and what was tried.
///
/// The goal is 200, and 240 with everything that is planned. The first whole app came to 408 kB and was brought to 223; lists of
/// a hundred thousand cost 35 on top. docs/size.md says what for and what was tried. The rest is view code, to be shared
/// between pages. Until that is done this keeps it from growing.
const LIMIT_KB: f64 = 261.0;

/// Below this a change of the sum is noise of the compilers and earns no line in the ledger.
const NOISE_KB: f64 = 0.5;

const LEDGER: &str = "docs/size.md";

const LEDGER_HEAD: &str = "\
# The size of the first load

What a browser fetches before the first page stands: html, scripts, styles and wasm. 1 kB is 1000 bytes, brotli at quality 11.
`cargo xtask build` adds a line when the sum has changed by more than 0.5 kB, and fails above the limit in `xtask/src/size.rs`.

| after | raw kB | brotli kB | change |
|---|---:|---:|---:|
";

/// One file of the site.
pub struct Size {
    /// Its path below `dist/`.
    pub file: String,
    /// Bytes as they are.
    pub raw: u64,
    /// Bytes as they are sent.
    pub brotli: u64,
}

impl Size {
    /// From the compressor's report.
    pub fn all_from_json(text: &str) -> Result<Vec<Self>> {
        let list: Vec<serde_json::Value> =
            serde_json::from_str(text).context("the compressor wrote no list")?;
        list.iter()
            .map(|entry| {
                let number = |key: &str| entry.get(key).and_then(serde_json::Value::as_u64);
                let file = entry.get("file").and_then(serde_json::Value::as_str);
                let size = file.zip(number("raw")).zip(number("brotli"));
                let ((file, raw), brotli) = size.context("the compressor left a size out")?;
                Ok(Self {
                    file: file.to_owned(),
                    raw,
                    brotli,
                })
            })
            .collect()
    }

    /// Whether a browser needs it before the first page stands.
    fn is_first_load(&self) -> bool {
        let kinds = [".html", ".js", ".css", ".wasm"];
        self.file != "404.html" && kinds.iter().any(|kind| self.file.ends_with(kind))
    }
}

/// The sum of the first load.
pub struct Sum {
    raw: f64,
    brotli: f64,
}

fn kb(bytes: u64) -> f64 {
    // Far below the 2^52 where this would round.
    bytes as f64 / 1000.0
}

/// Prints the table of the first load and its sum.
pub fn table(sizes: &[Size]) -> Result<Sum> {
    let first: Vec<&Size> = sizes.iter().filter(|size| size.is_first_load()).collect();
    for kind in [".html", ".js", ".wasm"] {
        ensure!(
            first.iter().any(|size| size.file.ends_with(kind)),
            "the site has no {kind} file"
        );
    }
    println!(
        "\n{:<44} {:>10} {:>10}",
        "first load", "raw kB", "brotli kB"
    );
    for size in &first {
        println!(
            "{:<44} {:>10.1} {:>10.1}",
            size.file,
            kb(size.raw),
            kb(size.brotli)
        );
    }
    let sum = Sum {
        raw: kb(first.iter().map(|size| size.raw).sum()),
        brotli: kb(first.iter().map(|size| size.brotli).sum()),
    };
    println!("{:<44} {:>10.1} {:>10.1}\n", "sum", sum.raw, sum.brotli);
    Ok(sum)
}

/// Fails above the limit.
pub fn within_limit(sum: &Sum) -> Result<()> {
    ensure!(
        sum.brotli <= LIMIT_KB,
        "the first load is {:.1} kB brotli, {:.1} kB above the limit of {LIMIT_KB} kB",
        sum.brotli,
        sum.brotli - LIMIT_KB
    );
    Ok(())
}

/// Adds a line to the ledger if the sum has changed.
pub fn record(workspace: &Workspace, sum: &Sum, note: Option<&str>) -> Result<()> {
    let path = workspace.root.join(LEDGER);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => LEDGER_HEAD.to_owned(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {LEDGER}")),
    };
    let what = match note {
        Some(note) => note.to_owned(),
        None => capture(workspace.command("git").args(["log", "-1", "--format=%s"]))
            .context("the ledger names the last commit; give a --note where there is none")?,
    };
    let Some(line) = ledger_line(&text, what.trim(), sum)? else {
        return Ok(());
    };
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, format!("{text}{newline}{line}\n"))
        .with_context(|| format!("cannot write {LEDGER}"))?;
    println!("{LEDGER}: {line}");
    Ok(())
}

/// The line to add, or none if the last one still tells the truth.
fn ledger_line(ledger: &str, what: &str, sum: &Sum) -> Result<Option<String>> {
    let last = ledger.lines().rfind(|line| line.starts_with('|'));
    let last = last.filter(|line| !line.starts_with("|---"));
    let change = match last {
        None => "first".to_owned(),
        Some(line) => {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let before = cells
                .iter()
                .rev()
                .nth(1)
                .and_then(|cell| cell.parse::<f64>().ok());
            let before =
                before.with_context(|| format!("{LEDGER}: no size in the last line: {line}"))?;
            if (sum.brotli - before).abs() <= NOISE_KB {
                return Ok(None);
            }
            format!("{:+.1}", sum.brotli - before)
        }
    };
    let what = what.replace('|', "/");
    Ok(Some(format!(
        "| {what} | {:.1} | {:.1} | {change} |",
        sum.raw, sum.brotli
    )))
}

#[cfg(test)]
mod tests {
    use super::{LEDGER_HEAD, Sum, ledger_line};

    fn line(ledger: &str, brotli: f64) -> Option<String> {
        ledger_line(ledger, "Add a page", &Sum { raw: 300.0, brotli })
            .ok()
            .flatten()
    }

    #[test]
    fn the_ledger_grows_only_by_changes() {
        let first = line(LEDGER_HEAD, 100.0);
        assert_eq!(
            first.as_deref(),
            Some("| Add a page | 300.0 | 100.0 | first |")
        );
        let ledger = format!("{LEDGER_HEAD}{}\n", first.unwrap_or_default());
        assert_eq!(line(&ledger, 100.4), None);
        assert_eq!(
            line(&ledger, 103.2).as_deref(),
            Some("| Add a page | 300.0 | 103.2 | +3.2 |")
        );
        assert_eq!(
            line(&ledger, 90.0).as_deref(),
            Some("| Add a page | 300.0 | 90.0 | -10.0 |")
        );
    }

    #[test]
    fn a_spoilt_ledger_is_an_error() {
        let spoilt = format!("{LEDGER_HEAD}| x | y | z | w |\n");
        assert!(
            ledger_line(
                &spoilt,
                "x",
                &Sum {
                    raw: 1.0,
                    brotli: 1.0
                }
            )
            .is_err()
        );
    }
}
