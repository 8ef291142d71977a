use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Icon, shown_name};
use crate::browser;

/// A key, whole, with a button that copies it.
#[component]
pub fn Key(
    /// The key.
    key: String,
    /// The key as it is to be seen, where that is more than its letters.
    #[prop(optional)]
    seen: Option<AnyView>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let text = key.clone();
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            // Where the browser refuses, the icon does not change and the key can be marked by hand.
            if browser::copy(&text).await {
                copied.set(true);
                TimeoutFuture::new(1500).await;
                copied.try_set(false);
            }
        });
    };
    let label = format!("Copy {key}");
    let seen = seen.unwrap_or_else(|| shown_name(key, None));
    view! {
        <span class="key">
            <code>{seen}</code>
            <button class="copy" type="button" aria-label=label on:click=copy>
                {move || if copied.get() { view! { <Icon name="check" /> } } else { view! { <Icon name="copy" /> } }}
            </button>
            <span class="sr-only" role="status">{move || copied.get().then_some("Copied")}</span>
        </span>
    }
}
