use leptos::prelude::*;

use super::unique_id;

/// A checkbox with its label and, below, what it means.
#[component]
pub fn Check(
    /// The label.
    #[prop(into)]
    label: String,
    /// Whether it is ticked.
    checked: RwSignal<bool>,
    /// What it means, or why it is off.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// Whether it cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("check");
    let hint_id = format!("{id}-hint");
    let described = {
        let hint_id = hint_id.clone();
        move || hint.get().map(|_| hint_id.clone())
    };
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=id.clone()
                aria-describedby=described
                disabled=disabled
                prop:checked=checked
                on:change:target=move |ev| checked.set(ev.target().checked())
            />
            <label for=id>{label}</label>
            {move || hint.get().map(|text| view! { <p class="hint" id=hint_id.clone()>{text}</p> })}
        </div>
    }
}
