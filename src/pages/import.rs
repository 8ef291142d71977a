//! A file or cells of a spreadsheet: brought, matched, reviewed.

use leptos::prelude::*;

use crate::components::Heading;

/// A file or cells of a spreadsheet: brought, matched, reviewed.
#[component]
pub fn Import() -> impl IntoView {
    view! {
        <main id="main" class="page">
            <Heading text="Import" />
        </main>
    }
}
