//! The server over real HTTP: both contracts, their refusals, files, other origins, upstreams, the command line.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod cli;
mod cors;
mod crash;
mod crowd;
mod hostile;
mod instabase;
mod page;
mod quirks;
mod rights;
mod rules;
mod scale;
mod site;
mod snip;
mod support;
mod upstream;
