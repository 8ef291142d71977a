//! The difference between what is wished and what is so: shown, struck, applied, proved.

use leptos::prelude::*;
use muster_changes::Wish;

use crate::store::Store;

/// Shows what is going to be changed before anything is sent, then how it goes, then the receipt. A piece of a page,
/// not a dialog.
#[component]
pub fn ReviewChanges(
    /// The store of its connection.
    store: Store,
    /// What is to be so.
    wish: Wish,
    /// What it comes from, for the title of the run: "Import teams.csv".
    title: String,
    /// Back to what it was made from; nothing was sent, or it is over.
    on_back: Callback<()>,
) -> impl IntoView {
    let _ = (store, wish, on_back);
    view! { <h2>{title}</h2> }
}
