use leptos::prelude::*;

use crate::browser;
use crate::components::{Heading, Icon};
use crate::session::use_session;
use crate::store::Store;

/// Nothing is at this address, and the ways to something.
#[component]
pub fn NotFound(
    /// What is not there, as a sentence.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let session = use_session();
    browser::set_title(&["Nothing here"]);
    let home = use_context::<Store>().map(|store| store.connection().href("groups"));
    let (href, label) = match home {
        Some(href) => (href, "All groups"),
        None if untrack(move || session.connections()).is_empty() => {
            ("/connect".to_owned(), "Connect")
        }
        None => ("/connect".to_owned(), "Connections"),
    };
    view! {
        <main class="page" id="main">
            <div class="empty">
                <Icon name="mark" class="" />
                <Heading text="Nothing here" />
                <p>{what}</p>
                <div class="actions">
                    <a class="btn" href=href>
                        {label}
                    </a>
                </div>
            </div>
        </main>
    }
}
