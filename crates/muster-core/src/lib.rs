//! What Muster knows of a connection's groups, and the rules by which it searches, sorts, merges
//! and retries: pure, without browser, clock or network, and compiled for speed.
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

mod ahead;
mod apart;
mod columns;
mod csv;
mod directory;
mod everybody;
mod first;
mod ground;
mod holdings;
mod idle;
mod mark;
mod natural;
mod order;
pub mod paste;
mod people;
mod policy;
mod query;
mod roster;
mod search;
mod selector;
mod words;
mod worklist;

pub use apart::{Apart, apart};
pub use columns::Row;
pub use csv::csv_line;
pub use directory::{Coverage, Directory};
pub use everybody::{Everybody, Known, PeopleSort};
pub use ground::{Choice, Ground, News};
pub use holdings::{Holding, HoldingSort, select_holdings};
pub use idle::{Absence, IDLE_MINUTES, absence, seconds_left};
pub use mark::Marks;
pub use natural::natural_cmp;
pub use people::{Entry, split_people};
pub use policy::{QUIET_MS, retry_after_ms};
pub use query::{Direction, Only, Query, SortBy};
pub use roster::{MemberSort, Roster};
pub use selector::Selector;
pub use words::{Rank, Words};
pub use worklist::{WorkCounts, WorkList};
