use leptos::prelude::*;

use super::{Icon, unique_id};
use crate::browser;

/// How much a message weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something was refused or failed; stays until it is mended.
    Bad,
    /// Something to know.
    Note,
    /// Something was done.
    Done,
}

/// A message that stands in the page beside what it is about.
#[component]
pub fn Alert(
    /// How much it weighs.
    kind: Kind,
    /// Whether the page is scrolled to it when it comes: it answers a press at the end of a long form.
    #[prop(optional)]
    into_view: bool,
    /// What it says, in paragraphs; buttons in a `div.actions`.
    children: Children,
) -> impl IntoView {
    let (role, icon, word) = match kind {
        Kind::Bad => ("alert", "stop", Some("bad")),
        Kind::Note => ("note", "info", None),
        Kind::Done => ("status", "check", Some("good")),
    };
    let id = unique_id("alert");
    if into_view {
        let id = id.clone();
        request_animation_frame(move || browser::show(&id));
    }
    view! {
        <div class="alert" id=id data-kind=word role=role>
            <Icon name=icon />
            {children()}
        </div>
    }
}
