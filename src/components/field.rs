use leptos::prelude::*;

use super::{Icon, unique_id};

/// What a field takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Line,
    /// Several lines.
    Text,
    /// A list of names, one a line.
    List,
    /// An address.
    Address,
    /// A token: hidden, and offered to password managers.
    Token,
    /// A user name, offered to password managers.
    Username,
    /// A name or key that no spell checker should touch.
    Name,
}

/// A field with its label, a hint, and what is wrong with what stands in it.
#[component]
pub fn Field(
    /// The label, by which it is found.
    #[prop(into)]
    label: Signal<String>,
    /// What stands in it.
    value: RwSignal<String>,
    /// What it takes.
    #[prop(optional)]
    kind: FieldKind,
    /// What to know before typing.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong, if something is.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// An example.
    #[prop(optional, into)]
    placeholder: MaybeProp<String>,
    /// Whether it may be left empty although others may not.
    #[prop(optional)]
    optional: bool,
    /// Whether it has the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// Called after each change by the user.
    #[prop(optional, into)]
    on_edit: Option<Callback<()>>,
) -> impl IntoView {
    let id = unique_id("field");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || {
            let hint = hint.get().map(|_| hint_id.clone());
            let error = error.get().map(|_| error_id.clone());
            match (hint, error) {
                (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
                (hint, error) => hint.or(error),
            }
        }
    };
    let edited = move |text: String| {
        value.set(text);
        if let Some(on_edit) = on_edit {
            on_edit.run(());
        }
    };
    let invalid = move || error.get().map(|_| "true");
    let control = if matches!(kind, FieldKind::Text | FieldKind::List) {
        view! {
            <textarea
                id=id.clone()
                rows=if kind == FieldKind::List { "5" } else { "3" }
                autocapitalize=(kind == FieldKind::List).then_some("off")
                spellcheck=(kind != FieldKind::List).to_string()
                aria-describedby=described
                aria-invalid=invalid
                prop:value=value
                on:input:target=move |ev| edited(ev.target().value())
            ></textarea>
        }
        .into_any()
    } else {
        let (input_type, complete) = match kind {
            FieldKind::Token => ("password", "current-password"),
            FieldKind::Username => ("text", "username"),
            _ => ("text", "off"),
        };
        let keyboard = if kind == FieldKind::Address {
            "url"
        } else {
            "text"
        };
        view! {
            <input
                id=id.clone()
                type=input_type
                inputmode=keyboard
                autocomplete=complete
                autocapitalize="off"
                spellcheck=(kind == FieldKind::Line).to_string()
                autofocus=autofocus
                placeholder=move || placeholder.get()
                aria-describedby=described
                aria-invalid=invalid
                prop:value=value
                on:input:target=move |ev| edited(ev.target().value())
            />
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label for=id>
                {move || label.get()}
                {optional.then(|| view! { " " <span class="optional" aria-hidden="true">"optional"</span> })}
            </label>
            {control}
            {move || {
                error
                    .get()
                    .map(|text| {
                        view! {
                            <p class="error" id=error_id.clone()>
                                <Icon name="stop" />
                                {text}
                            </p>
                        }
                    })
            }}
            {move || hint.get().map(|text| view! { <p class="hint" id=hint_id.clone()>{text}</p> })}
        </div>
    }
}
