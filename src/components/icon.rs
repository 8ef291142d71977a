use leptos::prelude::*;

/// One of the drawings that stand in the page's sprite, by its name. Decoration: what it means is
/// said by the words beside it.
#[component]
pub fn Icon(
    /// The name: "search", "copy", "check", …
    name: &'static str,
    /// Its class; "icon" unless it is the mark.
    #[prop(optional)]
    class: Option<&'static str>,
) -> impl IntoView {
    view! {
        <svg class=class.unwrap_or("icon") aria-hidden="true">
            <use_ href=format!("#i-{name}")></use_>
        </svg>
    }
}
