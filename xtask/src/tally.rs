//! How many ran, of each kind, and how they ended.

use anyhow::Result;
use std::process::ExitCode;

/// The count of one kind of test.
pub struct Tally {
    kind: &'static str,
    passed: u64,
    failed: u64,
    /// One line for each failure that has a name.
    failures: Vec<String>,
}

impl Tally {
    /// Nothing has run yet.
    pub fn new(kind: &'static str) -> Self {
        Self {
            kind,
            passed: 0,
            failed: 0,
            failures: Vec::new(),
        }
    }

    /// So many passed and so many failed; failures are named apart.
    pub fn count(&mut self, passed: u64, failed: u64) {
        self.passed += passed;
        self.failed += failed;
    }

    /// The counts of a part.
    pub fn add(&mut self, part: &Self) {
        self.count(part.passed, part.failed);
        self.failures.extend(part.failures.iter().cloned());
    }

    /// So many passed.
    pub fn pass(&mut self, count: u64) {
        self.passed += count;
    }

    /// One failed, for this reason.
    pub fn fail(&mut self, what: impl Into<String>) {
        self.failed += 1;
        self.failures.push(what.into());
    }

    /// The name of a failure that was counted already.
    pub fn named(&mut self, name: impl Into<String>) {
        self.failures.push(name.into());
    }

    /// One step: it passed, or failed with its error.
    pub fn step(&mut self, name: &str, result: Result<()>) {
        match result {
            Ok(()) => self.pass(1),
            Err(error) => {
                eprintln!("\n{name}: {error:#}\n");
                self.fail(format!("{name}: {error:#}"));
            }
        }
    }

    /// Counts the line with which Rust's test harness closes, `test result: ok. 3 passed; 0 failed; …`.
    pub fn rust_line(&mut self, line: &str) {
        if let Some((passed, failed)) = rust_result(line) {
            self.count(passed, failed);
        }
    }

    /// How many ran.
    pub fn ran(&self) -> u64 {
        self.passed + self.failed
    }

    /// How many failed.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// A run of tests that ran none has shown nothing.
    pub fn or_none_ran(mut self) -> Self {
        if self.ran() == 0 {
            self.fail("no test ran");
        }
        self
    }
}

/// The counts in `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn rust_result(line: &str) -> Option<(u64, u64)> {
    let counts = line.trim().strip_prefix("test result: ")?;
    let counts = counts.split_once(". ")?.1;
    let mut parts = counts.split("; ");
    let mut number = |word: &str| parts.next()?.strip_suffix(word)?.trim().parse().ok();
    Some((number("passed")?, number("failed")?))
}

/// Prints the table and, as the very last line, the sum; fails if anything did.
pub fn report(tallies: &[Tally]) -> ExitCode {
    println!("\n{:<12} {:>7} {:>7} {:>7}", "", "ran", "passed", "failed");
    for tally in tallies {
        let (kind, passed, failed) = (tally.kind, tally.passed, tally.failed);
        println!("{kind:<12} {:>7} {passed:>7} {failed:>7}", tally.ran());
    }
    for tally in tallies.iter().filter(|tally| !tally.failures.is_empty()) {
        println!("\n{} that failed:", tally.kind);
        for failure in &tally.failures {
            // In full it stands above, where it happened.
            let lines = failure.lines().filter(|line| !line.trim().is_empty());
            let short: Vec<String> = lines
                .take(4)
                .map(|line| line.chars().take(300).collect())
                .collect();
            println!("  - {}", short.join("\n    "));
        }
    }
    let passed: u64 = tallies.iter().map(|tally| tally.passed).sum();
    let failed: u64 = tallies.iter().map(|tally| tally.failed).sum();
    println!("\n{passed} passed, {failed} failed");
    if failed == 0 && passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, rust_result};

    #[test]
    fn the_last_line_of_rusts_harness_is_understood() {
        let line =
            "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(rust_result(line), Some((12, 3)));
        assert_eq!(
            rust_result("test result: ok. 1 passed; 0 failed"),
            Some((1, 0))
        );
        assert_eq!(rust_result("running 3 tests"), None);
    }

    #[test]
    fn a_run_of_nothing_fails() {
        assert_eq!(Tally::new("native").or_none_ran().failed(), 1);
    }
}
