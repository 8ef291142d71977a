//! What is brought from elsewhere: the bytes of a file or pasted cells, made a [`crate::Wish`].
mod csv;
mod decode;
mod json;
mod table;

pub use decode::{Encoding, Unfit, decode};
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
