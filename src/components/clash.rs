use leptos::prelude::*;
use muster_core::Choice;
use wasm_bindgen::JsCast;

use super::{Icon, unique_id};

/// Below a field: what somebody else made of it meanwhile, and which of both is to stand.
#[component]
pub fn Clash(
    /// The field's label.
    label: &'static str,
    /// What the server shows now.
    theirs: String,
    /// Takes the answer.
    on_choose: Callback<Choice>,
) -> impl IntoView {
    let id = unique_id("clash");
    let words_id = format!("{id}-words");
    let described = words_id.clone();
    let choose = move |ev: &web_sys::MouseEvent, choice: Choice| {
        // The question goes away when it is answered: the keyboard goes on in the field it was about.
        let field = ev
            .current_target()
            .and_then(|button| button.dyn_into::<web_sys::Element>().ok())
            .and_then(|button| button.closest("[data-clash]").ok().flatten())
            .and_then(|clash| clash.previous_element_sibling())
            .and_then(|field| field.query_selector("input, textarea").ok().flatten())
            .and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
        on_choose.run(choice);
        if let Some(field) = field {
            // An element that cannot take the focus leaves it where it is.
            let _ = field.focus();
        }
    };
    let is_empty = theirs.trim().is_empty();
    view! {
        <div class="clash" id=id data-clash="" tabindex="-1" role="group" aria-label=format!("{label}: changed meanwhile") aria-describedby=described>
            <p role="alert" id=words_id>
                <Icon name="warn" />
                "Somebody changed this meanwhile. The server shows:"
            </p>
            {if is_empty {
                view! { <p class="theirs quiet">"nothing: it was emptied"</p> }.into_any()
            } else {
                view! { <p class="theirs">{theirs}</p> }.into_any()
            }}
            <div class="actions">
                <button class="btn btn-small" type="button" aria-label=format!("Take theirs: {label}") on:click=move |ev| choose(&ev, Choice::Theirs)>
                    "Take theirs"
                </button>
                <button class="btn btn-small" type="button" aria-label=format!("Keep yours: {label}") on:click=move |ev| choose(&ev, Choice::Mine)>
                    "Keep yours"
                </button>
            </div>
        </div>
    }
}
