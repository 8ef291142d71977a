use leptos::prelude::*;

use super::Icon;

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
    /// What it says, in paragraphs; buttons in a `div.actions`.
    children: Children,
) -> impl IntoView {
    let (role, icon, word) = match kind {
        Kind::Bad => ("alert", "stop", Some("bad")),
        Kind::Note => ("note", "info", None),
        Kind::Done => ("status", "check", Some("good")),
    };
    view! {
        <div class="alert" data-kind=word role=role>
            <Icon name=icon />
            {children()}
        </div>
    }
}
