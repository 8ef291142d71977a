//! What is brought from elsewhere: the bytes of a file or pasted cells, made a [`crate::Wish`].
//!
//! Bytes become text ([`decode`]), text a [`Table`] ([`read()`]), its columns get a meaning ([`Layout`]), what its cells
//! name is looked up ([`Naming`], [`Near`], [`Matching`]), and each row ends in the wish, as a repetition, left out or as a problem
//! ([`Brought`]), by what was decided by hand ([`Choices`]). Only the last is done again when something is decided.

mod brought;
mod choices;
mod columns;
mod csv;
mod decode;
mod find;
mod json;
mod matching;
mod near;
mod table;

pub use brought::{Brought, Counts, Fate, Part, Problem};
pub use choices::{About, Choice, Choices, Kind};
pub use columns::{Column, FirstRow, Layout, NOT_KNOWN, is_own};
pub use decode::{Encoding, Unfit, decode};
pub use find::{Candidate, Progress};
pub use matching::{Act, GroupText, Matching, Naming, PersonText, Seen};
pub use near::Near;
pub use table::{Made, NoTable, Table, Unit};

/// Reads a text as a table: JSON where it begins as that does, else cells with whatever separates them.
///
/// # Errors
/// Why it is none, as a sentence.
pub fn read(text: &str) -> Result<Table, NoTable> {
    if json::looks_like_json(text) {
        json::read(text)
    } else {
        csv::cut(text)
    }
}
