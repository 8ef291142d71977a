use leptos::html;
use leptos::prelude::*;

use super::{sentence, unique_id};
use crate::browser;

/// A modal dialog on the native element. It is open while it is in the page; the focus goes back to
/// what had it before. Escape asks to close it, and does nothing while a request runs.
#[component]
pub fn Dialog(
    /// Its title, which names it.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it comes by itself and is urgent: the id of what it says.
    #[prop(optional, into)]
    urgent: Option<String>,
    /// Names that stand in the title.
    #[prop(optional, into)]
    names: Vec<String>,
    /// Called when its form is sent, by Enter or by its button.
    on_submit: Callback<()>,
    /// Asks to close it.
    on_close: Callback<()>,
    /// Whether a request runs, so that it has to stay.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = unique_id("dialog");
    let labelled_by = title_id.clone();
    let opener = StoredValue::new_local(browser::focused());
    let open = move || {
        if let Some(dialog) = node.get_untracked()
            && !dialog.open()
        {
            // Fails only for a dialog that is not in the page.
            let _ = dialog.show_modal();
        }
    };
    Effect::new(move |_| {
        node.track();
        open();
    });
    on_cleanup(move || {
        let opener = opener.try_get_value().flatten();
        // Only once the dialog is out of the page: until then nothing else can have the focus.
        leptos::task::spawn_local(async move {
            // When the opener is gone, or the focus went elsewhere, whoever closed the dialog saw to it.
            let lost = browser::focused().is_none_or(|element| element.tag_name() == "BODY");
            if let Some(opener) = opener
                && lost
                && opener.is_connected()
            {
                let _ = opener.focus();
            }
        });
    });
    let ask = move || {
        if !busy.get_untracked() {
            on_close.run(());
        }
    };
    view! {
        <dialog
            node_ref=node
            role=urgent.as_ref().map(|_| "alertdialog")
            aria-labelledby=labelled_by
            aria-describedby=urgent
            on:cancel=move |ev: web_sys::Event| {
                ev.prevent_default();
                ask();
            }
            on:close=move |_| {
                let dialog = node.get_untracked();
                ask();
                // A second Escape closes it whatever the page says: unless it was to be closed, it opens again.
                leptos::task::spawn_local(async move {
                    browser::turn().await;
                    if let Some(dialog) = dialog && dialog.is_connected() && !dialog.open() {
                        let _ = dialog.show_modal();
                    }
                });
            }
        >
            <form
                novalidate
                on:submit=move |ev| {
                    ev.prevent_default();
                    if !busy.get_untracked() {
                        on_submit.run(());
                    }
                }
            >
                <h2 id=title_id>{move || sentence(&title.get(), &names)}</h2>
                {children()}
            </form>
        </dialog>
    }
}
