//! In place of a group that is not there: where it may be now, and what was typed for it.

use group_api::GroupKey;
use leptos::prelude::*;

use super::GroupPage;
use super::editing::{forget, left_behind};
use crate::browser;
use crate::components::{Alert, CopyButton, Heading, Kind};

/// A group that the whole list does not name.
#[component]
pub(super) fn Gone(
    /// What its pages share.
    page: GroupPage,
    /// Its key.
    key: GroupKey,
    /// What it was last called, if it was seen.
    name: Option<String>,
) -> impl IntoView {
    let store = page.store;
    let connection = store.connection();
    browser::set_title(&["Nothing here"]);
    // What is searched for next may have come since.
    store.load_quietly();
    let what = format!(
        "There is no group “{key}” on {}. It may have been renamed or deleted.",
        connection.name
    );
    let all = connection.href("groups");
    // A group that was renamed is still found by what it is called.
    let find = name.map(|name| {
        let href = connection.href(&format!("groups?q={}", browser::encode(&name)));
        view! {
            <a class="btn" href=href>
                {format!("Search for “{name}”")}
            </a>
        }
    });
    let texts = RwSignal::new(left_behind(store, &key));
    let kept = move || {
        let texts_now = texts.get();
        (!texts_now.is_empty()).then(|| {
            let key = key.clone();
            let each = texts_now
                .into_iter()
                .map(|(label, text)| {
                    let copied = text.clone();
                    view! {
                        <div>
                            <dt>{label}</dt>
                            <dd>{text}</dd>
                            <dd class="actions">
                                <CopyButton label="Copy" text=Callback::new(move |()| copied.clone()) />
                            </dd>
                        </div>
                    }
                })
                .collect_view();
            view! {
                <Alert kind=Kind::Note>
                    <p>
                        <strong>"What you typed for it was not sent, and is kept."</strong>
                    </p>
                    <dl class="left">{each}</dl>
                    <div class="actions">
                        <button
                            class="btn btn-small"
                            type="button"
                            on:click=move |_| {
                                forget(store, &key);
                                texts.set(Vec::new());
                            }
                        >
                            "Throw away"
                        </button>
                    </div>
                </Alert>
            }
        })
    };
    view! {
        <main class="page" id="main">
            <div class="empty">
                <Heading text="Nothing here" />
                <p>{what}</p>
                <div class="actions">
                    {find}
                    <a class="btn" href=all>
                        "All groups"
                    </a>
                </div>
            </div>
            {kept}
        </main>
    }
}
