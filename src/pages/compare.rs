//! Groups or people side by side.

use leptos::prelude::*;

use crate::components::Heading;

/// Groups or people side by side.
#[component]
pub fn Compare() -> impl IntoView {
    view! {
        <main id="main" class="page">
            <Heading text="Compare" />
        </main>
    }
}
