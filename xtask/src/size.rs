//! The weight of the first load, and the ledger that remembers it.

use crate::process::capture;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};

/// What the first load may weigh, brotli, in kB of 1000 bytes. A console that is opened from a ticket, on whatever line and
/// machine there is, has to be there at once; rivals bring 290 to 740 kB. Who raises this says in the same commit what
/// could not be had inside it, what it costs, and what was tried. What is not needed at first has its place behind a door
/// (`src/rest.rs`), and comes with the second part.
const LIMIT_KB: f64 = 200.0;

/// What the second part may weigh. It is fetched while one reads the list, so it is waited for only by who opens one of its
/// pages first; but it is paid for on every line.
const LATER_LIMIT_KB: f64 = 400.0;

/// Below this a change of the sum is noise of the compilers and earns no line in the ledger.
const NOISE_KB: f64 = 0.5;

const LEDGER: &str = "docs/size.md";

const LEDGER_HEAD: &str = "\
# The size of the first load

What a browser fetches before the first page stands: html, scripts, styles and wasm. 1 kB is 1000 bytes, brotli at quality 11.
\"Later\" is what it fetches once that page stands. `cargo xtask build` adds a line when one of the sums has changed by more than
0.5 kB, and fails above the limits in `xtask/src/size.rs`.

| after | raw kB | brotli kB | change | later, brotli kB |
|---|---:|---:|---:|---:|
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

    /// Whether a browser needs it before the first page stands, or later; none for what no page needs.
    fn when(&self) -> Option<When> {
        let kinds = [".html", ".js", ".css", ".wasm"];
        if self.file.ends_with("_rest.wasm") || self.file.ends_with("_later.css") {
            return Some(When::Later);
        }
        let needed = self.file != "404.html" && kinds.iter().any(|kind| self.file.ends_with(kind));
        needed.then_some(When::First)
    }
}

/// When a file is fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// Before the first page stands.
    First,
    /// Once it stands, or with the first page that needs it.
    Later,
}

/// The sum of the first load, and of what is fetched later.
pub struct Sum {
    raw: f64,
    brotli: f64,
    later: f64,
}

fn kb(bytes: u64) -> f64 {
    // Far below the 2^52 where this would round.
    bytes as f64 / 1000.0
}

/// Prints the tables of the first load and of what is fetched later, and their sums.
pub fn table(sizes: &[Size]) -> Result<Sum> {
    let of = |when| -> Vec<&Size> {
        let files = sizes.iter();
        files.filter(|size| size.when() == Some(when)).collect()
    };
    let (first, later) = (of(When::First), of(When::Later));
    for kind in [".html", ".js", ".wasm"] {
        ensure!(
            first.iter().any(|size| size.file.ends_with(kind)),
            "the site has no {kind} file"
        );
    }
    let (raw, brotli) = part("first load", &first);
    let (_, later) = part("fetched later", &later);
    println!();
    Ok(Sum { raw, brotli, later })
}

/// Prints some files and their sum, and tells that.
fn part(title: &str, files: &[&Size]) -> (f64, f64) {
    println!("\n{title:<44} {:>10} {:>10}", "raw kB", "brotli kB");
    for size in files {
        let (raw, brotli) = (kb(size.raw), kb(size.brotli));
        println!("{:<44} {raw:>10.1} {brotli:>10.1}", size.file);
    }
    let raw = kb(files.iter().map(|size| size.raw).sum());
    let brotli = kb(files.iter().map(|size| size.brotli).sum());
    println!("{:<44} {raw:>10.1} {brotli:>10.1}", "sum");
    (raw, brotli)
}

/// Fails above the limits.
pub fn within_limit(sum: &Sum) -> Result<()> {
    let limits = [
        ("the first load", sum.brotli, LIMIT_KB),
        ("what is fetched later", sum.later, LATER_LIMIT_KB),
    ];
    for (what, is, limit) in limits {
        ensure!(
            is <= limit,
            "{what} is {is:.1} kB brotli, {:.1} kB above the limit of {limit} kB (docs/size.md)",
            is - limit
        );
    }
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
            let number = |place: usize| cells.get(place).and_then(|cell| cell.parse::<f64>().ok());
            let before =
                number(2).with_context(|| format!("{LEDGER}: no size in the last line: {line}"))?;
            let is_same = |before: f64, now: f64| (now - before).abs() <= NOISE_KB;
            // Lines of the time before anything was fetched later have no such sum.
            if is_same(before, sum.brotli) && is_same(number(4).unwrap_or(0.0), sum.later) {
                return Ok(None);
            }
            format!("{:+.1}", sum.brotli - before)
        }
    };
    let what = what.replace('|', "/");
    Ok(Some(format!(
        "| {what} | {:.1} | {:.1} | {change} | {:.1} |",
        sum.raw, sum.brotli, sum.later
    )))
}

#[cfg(test)]
mod tests {
    use super::{LEDGER_HEAD, Size, Sum, ledger_line, table, within_limit};

    fn line(ledger: &str, brotli: f64, later: f64) -> Option<String> {
        let raw = 300.0;
        let sum = Sum { raw, brotli, later };
        ledger_line(ledger, "Add a page", &sum).ok().flatten()
    }

    #[test]
    fn the_ledger_grows_only_by_changes() {
        let first = line(LEDGER_HEAD, 100.0, 60.0);
        assert_eq!(
            first.as_deref(),
            Some("| Add a page | 300.0 | 100.0 | first | 60.0 |")
        );
        let ledger = format!("{LEDGER_HEAD}{}\n", first.unwrap_or_default());
        assert_eq!(line(&ledger, 100.4, 59.6), None);
        assert_eq!(
            line(&ledger, 103.2, 60.0).as_deref(),
            Some("| Add a page | 300.0 | 103.2 | +3.2 | 60.0 |")
        );
        assert_eq!(
            line(&ledger, 90.0, 60.0).as_deref(),
            Some("| Add a page | 300.0 | 90.0 | -10.0 | 60.0 |")
        );
        assert_eq!(
            line(&ledger, 100.0, 61.0).as_deref(),
            Some("| Add a page | 300.0 | 100.0 | +0.0 | 61.0 |")
        );
    }

    #[test]
    fn a_spoilt_ledger_is_an_error() {
        let spoilt = format!("{LEDGER_HEAD}| x | y | z | w |\n");
        let sum = Sum {
            raw: 1.0,
            brotli: 1.0,
            later: 0.0,
        };
        assert!(ledger_line(&spoilt, "x", &sum).is_err());
    }

    #[test]
    fn the_second_part_is_counted_by_itself_and_both_are_limited() {
        let site = |first: u64, later: u64| {
            let file = |name: &str, brotli| Size {
                file: name.to_owned(),
                raw: 2 * brotli,
                brotli,
            };
            [
                file("index.html", 1_000),
                file("404.html", 1_000),
                file("muster-0123456789abcdef.js", 5_000),
                file("muster-0123456789abcdef_bg.wasm", first),
                file("muster-0123456789abcdef_rest.wasm", later),
                file("favicon-0123456789abcdef.svg", 300),
            ]
        };
        let sum = table(&site(150_000, 70_000));
        assert!(
            sum.as_ref()
                .is_ok_and(|sum| sum.brotli == 156.0 && sum.later == 70.0)
        );
        let within = |first, later| {
            let sum = table(&site(first, later));
            sum.and_then(|sum| within_limit(&sum)).is_ok()
        };
        assert!(within(150_000, 70_000));
        assert!(!within(210_000, 70_000));
        assert!(!within(150_000, 900_000));
    }
}
