//! What goes over every byte of a long list: finding the elements of an array in bytes that arrive in
//! pieces, reading those of the usual shape in one pass, folding text for comparison, sorting.
//!
//! It knows no system and no group, has no dependencies, and is a crate of its own because it is compiled for speed where
//! most of the app is compiled to be small.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod fold;
mod sort;
mod split;
mod usual;
mod word;

pub use fold::{fold, fold_char, fold_into, fold_line_into};
pub use sort::{Keyed, sort_by, sort_keyed};
pub use split::{ArrayAt, Event, Found, Splitter};
pub use usual::{Shape, Span, Spans, Usual, usual};
pub use word::{HIGH, ONES, is_same_word};
