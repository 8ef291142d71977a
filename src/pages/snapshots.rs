//! What was so at other times, and what has changed since.

use leptos::prelude::*;

use crate::components::Heading;

/// What was so at other times, and what has changed since.
#[component]
pub fn Snapshots() -> impl IntoView {
    view! {
        <main id="main" class="page">
            <Heading text="Snapshots" />
        </main>
    }
}
