//! Runs: what is done to many people or groups at once, one thing at a time or a hundred people a call.
//!
//! A [`Run`] is a state machine without network and clock. Whoever owns these asks it what is
//! [`Run::next`], does that, and tells it what came of it. Each item has its own outcome; what a read has settled is never
//! sent again by itself. A run is written down ([`record`]) before anything of it is sent, so that one that a crash cut off can
//! be looked up and gone on with. Writes of single things are runs of one item: their record is the activity of this browser.
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

pub mod record;
mod report;
mod run;
mod task;
mod undo;
mod words;

pub use report::report;
pub use run::{About, Call, Counts, Hold, Item, Mode, Next, Reply, Run, RunId, Seen};
pub use task::{Changed, Fate, LeftOut, Place, Task, Was, field_of};
pub use undo::{Undo, undo};
pub use words::{fate_words, task_words};
