use std::cell::Cell;

use leptos::html::H1;
use leptos::prelude::*;

use super::shown_name;

thread_local!(static FIRST_PAGE: Cell<bool> = const { Cell::new(true) });

/// The page's heading. After a change of page the focus goes to it, so that a screen reader says
/// where one is; on the first page it stays where the browser put it.
#[component]
pub fn Heading(
    /// What it says.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let node = NodeRef::<H1>::new();
    Effect::new(move |before: Option<()>| {
        if let Some(heading) = node.get()
            && before.is_none()
            && !FIRST_PAGE.replace(false)
        {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            // A heading with a tabindex takes the focus.
            let _ = heading.focus_with_options(&options);
        }
    });
    view! {
        <h1 tabindex="-1" node_ref=node>
            {move || shown_name(text.get(), None)}
        </h1>
    }
}
