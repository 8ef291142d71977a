//! Muster: an admin console for groups of users that runs wholly in the browser.
//!
//! `pages` ask, `store` (the directory of a connection, with its verbs) answers through signals,
//! `client` alone touches the network, `session` keeps the connections and their tokens. Data goes
//! one way; `docs/architecture.md` has the plan.
#![forbid(unsafe_code)]
#![cfg_attr(target_arch = "wasm32", allow(clippy::future_not_send))]

pub mod app;
pub mod browser;
pub mod client;
pub mod components;
pub mod draft;
pub mod export;
pub mod format;
pub mod fresh;
pub mod idb;
pub mod journal;
pub mod kept;
pub mod lock;
pub mod overlay;
pub mod pack;
pub mod pages;
pub mod request;
pub mod rest;
pub mod router;
pub mod runs;
pub mod session;
pub mod store;
pub mod text;

/// Puts the app into the page's body.
pub fn start() {
    overlay::install();
    leptos::show_texts_by(group_api::visible);
    session::theme::apply_saved();
    // In a task of its own: to make the program ready took one.
    browser::later(0, || leptos::mount::mount_to_body(app::App));
}
