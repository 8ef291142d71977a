use leptos::prelude::*;

use super::unique_id;

/// A choice of one among a few.
#[component]
pub fn Radios(
    /// What is chosen.
    legend: &'static str,
    /// What there is, and what is to be known about it.
    options: Vec<(String, Option<String>)>,
    /// The place of the one that is chosen.
    chosen: RwSignal<usize>,
) -> impl IntoView {
    let name = unique_id("choice");
    let radio = move |(place, (label, hint)): (usize, (String, Option<String>))| {
        let id = unique_id("choice");
        let hint_id = format!("{id}-hint");
        let described = hint.is_some().then(|| hint_id.clone());
        view! {
            <div class="check">
                <input
                    type="radio"
                    name=name.clone()
                    id=id.clone()
                    aria-describedby=described
                    prop:checked=move || chosen.get() == place
                    on:change=move |_| chosen.set(place)
                />
                <label for=id>{label}</label>
                {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            </div>
        }
    };
    view! {
        <fieldset class="parts">
            <legend>{legend}</legend>
            {options.into_iter().enumerate().map(radio).collect_view()}
        </fieldset>
    }
}
