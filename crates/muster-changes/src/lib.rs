//! Changes to many groups at once: from a [`Wish`] (what is to be so) and the [`Present`] state, the [`Plan`] of single
//! steps that lead from one to the other, so that they can be shown, struck, run and proved.
//!
//! Wishes come from files and spreadsheets, from the comparison of groups, and from what was saved earlier.
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

pub mod bring;
pub mod compare;
pub mod file;
mod plan;
pub mod since;
mod wish;

pub use plan::{
    Chosen, Lead, Line, Mark, Place, Plan, Problem, Since, Stage, Struck, Sum, Unable, Warned,
    Warning, Why, plan,
};
pub use wish::{Admins, Group, Holds, Mode, People, Present, Which, Wish, WishedPerson};
