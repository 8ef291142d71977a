//! A file or cells of a spreadsheet: brought, matched, reviewed.

mod bring;
mod groups;
mod lines;
mod matching;
mod people;
mod state;

use leptos::prelude::*;
use muster_changes::file::Extent;

use crate::browser;
use crate::components::{Heading, Names, ReviewChanges};
use crate::store::use_store;
use bring::Bring;
use matching::Match;
use state::{Importing, REVIEW, Step};

/// A file or cells of a spreadsheet, in three steps on one page; nothing is sent before the last.
#[component]
pub fn Import() -> impl IntoView {
    let store = use_store();
    let connection = store.connection();
    browser::set_title(&["Import", &connection.name]);
    store.load_once();
    let importing = Importing::new(store);
    let shown = Memo::new(
        move |_| match (importing.has_rows.get(), importing.step.get()) {
            (false, _) => Shown::Bring,
            (true, Step::Match) => Shown::Match,
            (true, Step::Review) => Shown::Review,
        },
    );
    let steps = move || match shown.get() {
        Shown::Bring => ().into_any(),
        Shown::Match => view! { <Match importing=importing /> }.into_any(),
        Shown::Review => {
            let wish = importing.wish.get_untracked();
            let names = match importing.holds() {
                Extent::Everybody => Names::Some,
                Extent::Some => Names::Everybody,
            };
            view! {
                <section class="step" aria-labelledby=REVIEW>
                    <h2 id=REVIEW tabindex="-1">
                        "3 Review"
                    </h2>
                    <ReviewChanges
                        store=store
                        wish=wish
                        title=format!("Import {}", importing.name())
                        on_back=Callback::new(move |()| importing.back())
                        names=names
                    />
                </section>
            }
            .into_any()
        }
    };
    view! {
        <main
            class="page import"
            id="main"
            on:dragover=move |ev| ev.prevent_default()
            on:drop=move |ev| {
                ev.prevent_default();
                let files = ev.data_transfer().and_then(|data| data.files());
                if let Some(file) = files.and_then(|files| files.get(0)) {
                    importing.take_file(file);
                }
            }
        >
            <div class="head">
                <Heading text="Import" />
            </div>
            <Bring importing=importing />
            {steps}
        </main>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Bring,
    Match,
    Review,
}
