use leptos::prelude::*;

use super::{Icon, unique_id};
use crate::browser;

/// A search field that answers while one types; Escape and the cross clear it.
#[component]
pub fn Search(
    /// Its name: "Search groups".
    label: &'static str,
    /// What is searched for.
    value: RwSignal<String>,
) -> impl IntoView {
    let id = unique_id("search");
    let focus_id = id.clone();
    let clear = move || {
        value.set(String::new());
        browser::focus(&focus_id);
    };
    let is_empty = Memo::new(move |_| value.with(String::is_empty));
    let on_cross = {
        let clear = clear.clone();
        move |_| clear()
    };
    view! {
        <div class="search" role="search">
            <Icon name="search" />
            <input
                id=id
                type="search"
                aria-label=label
                placeholder=label
                autocomplete="off"
                spellcheck="false"
                prop:value=value
                on:input:target=move |ev| value.set(ev.target().value())
                on:keydown=move |ev| {
                    if ev.key() == "Escape" && !value.get_untracked().is_empty() {
                        ev.prevent_default();
                        clear();
                    }
                }
            />
            {move || {
                let on_cross = on_cross.clone();
                (!is_empty.get())
                    .then(|| {
                        view! {
                            <button class="btn btn-quiet btn-icon btn-small" type="button" aria-label="Clear search" on:click=on_cross>
                                <Icon name="x" />
                            </button>
                        }
                    })
            }}
        </div>
    }
}
