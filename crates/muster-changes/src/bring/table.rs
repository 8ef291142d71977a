//! Rows of cells, whatever they were written in.

use std::fmt;

use crate::file::Extent;

/// The most lines that are read.
pub const MOST_ROWS: usize = 100_000;
/// The most cells of a line.
pub const MOST_COLUMNS: usize = 200;

/// What the rows of a table are called where one is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Lines of a text.
    Line,
    /// Elements of a list.
    Entry,
}

/// Who wrote a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Anybody.
    Elsewhere,
    /// Muster: its cells are keys and are taken as they stand.
    Here,
}

/// Why a text is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTable {
    /// Nothing is in it.
    Empty,
    /// More than [`MOST_ROWS`].
    TooLong,
    /// A line of more than [`MOST_COLUMNS`] cells.
    TooWide(u32),
    /// It begins as JSON does and is none, because: with line and column.
    BrokenJson(String),
    /// JSON, but not a list of objects and no file of groups.
    OtherJson,
    /// A file of a Muster that came later.
    Newer,
}

impl fmt::Display for NoTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("There is nothing in it."),
            Self::TooLong => write!(f, "It has more than {} lines. Bring it in several parts.", group(MOST_ROWS)),
            Self::TooWide(line) => write!(f, "Line {line} has more than {MOST_COLUMNS} cells."),
            Self::BrokenJson(why) => write!(f, "It begins as JSON does, but cannot be read as such: {why}."),
            Self::OtherJson => f.write_str(
                "This is JSON, but neither a list of objects with the same names in each nor a file that Muster saved.",
            ),
            Self::Newer => f.write_str("A newer Muster saved this file. Load this page again to get that one, or export as CSV there."),
        }
    }
}

/// A number with its thousands apart.
fn group(number: usize) -> String {
    format!("{} {:03}", number / 1000, number % 1000)
}

/// One row: where its cells begin, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    line: u32,
    first: u32,
    /// The place of a cell whose quote is not closed.
    quote: Option<u32>,
}

/// Rows of cells. Rows in which nothing stands are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<u32>,
    rows: Vec<Row>,
    /// What its rows are called.
    pub unit: Unit,
    /// Who wrote it.
    pub made: Made,
    /// The connection that it was read from, where Muster wrote it.
    pub from: Option<String>,
    /// Of whom it speaks, where Muster wrote it.
    pub holds: Extent,
}

impl Table {
    pub(super) const fn new(unit: Unit) -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            rows: Vec::new(),
            unit,
            made: Made::Elsewhere,
            from: None,
            holds: Extent::Everybody,
        }
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The line in which a row begins, or the number of the entry; from 1.
    #[must_use]
    pub fn line(&self, row: usize) -> u32 {
        self.rows.get(row).map_or(0, |row| row.line)
    }

    /// How many cells a row has.
    #[must_use]
    pub fn width(&self, row: usize) -> usize {
        let (first, end) = self.cells(row);
        end - first
    }

    /// How many cells the widest of the first rows has.
    #[must_use]
    pub fn columns(&self) -> usize {
        (0..self.len().min(1000))
            .map(|row| self.width(row))
            .max()
            .unwrap_or(0)
    }

    /// What stands in a cell: empty beyond the row's end.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let (first, end) = self.cells(row);
        let at = first + column;
        if at >= end {
            return "";
        }
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |end| *end as usize);
        let end = self.ends.get(at).map_or(0, |end| *end as usize);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The place of a cell of this row whose quote is not closed.
    #[must_use]
    pub fn open_quote(&self, row: usize) -> Option<u32> {
        self.rows.get(row)?.quote
    }

    fn cells(&self, row: usize) -> (usize, usize) {
        let at = |row: usize| {
            self.rows
                .get(row)
                .map_or(self.ends.len(), |row| row.first as usize)
        };
        (at(row), at(row + 1))
    }

    /// Begins a row.
    pub(super) fn row(&mut self, line: u32) {
        let first = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.rows.push(Row {
            line,
            first,
            quote: None,
        });
    }

    /// Notes that the quote of the next cell is not closed.
    pub(super) fn note_quote(&mut self) {
        let cells = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        if let Some(row) = self.rows.last_mut() {
            row.quote.get_or_insert(cells - row.first);
        }
    }

    /// Puts a cell to the row, without the guard that keeps a spreadsheet from running it.
    pub(super) fn push(&mut self, cell: &str) {
        self.push_as_is(unguarded(cell));
    }

    /// Puts a cell to the row.
    pub(super) fn push_as_is(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// How many cells the row has so far.
    pub(super) fn so_far(&self) -> usize {
        self.rows
            .last()
            .map_or(0, |row| self.ends.len() - row.first as usize)
    }

    /// Ends a row: one in which nothing stands is taken away again.
    pub(super) fn end_row(&mut self) {
        let Some(row) = self.rows.last() else { return };
        let first = row.first as usize;
        let start = first
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |end| *end as usize);
        if is_blank(self.text.get(start..).unwrap_or_default()) {
            self.text.truncate(start);
            self.ends.truncate(first);
            self.rows.pop();
        }
    }
}

/// Whether nothing can be seen of a text.
pub(super) fn is_blank(text: &str) -> bool {
    trimmed(text).is_empty()
}

/// A text without what cannot be seen around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
            )
    })
}

/// Takes off the apostrophe that [`muster_core::csv_line`] puts before what a spreadsheet would run.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'']) => rest,
        _ => cell,
    }
}
