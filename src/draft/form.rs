//! The texts of a form, by the names of its fields.

use group_api::PersonKey;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::Slot;
use crate::session::ConnectionId;

/// Where the texts of one form are kept.
#[derive(Clone, Debug)]
pub struct FormDraft(Slot);

impl FormDraft {
    /// The draft of a form of this name on a connection.
    #[must_use]
    pub fn new(connection: &ConnectionId, form: &str) -> Self {
        Self(Slot::new(connection, form))
    }

    /// The draft of a form that belongs to no connection.
    #[must_use]
    pub fn of_none(form: &str) -> Self {
        Self::new(&ConnectionId::from_address(""), form)
    }

    /// The texts that are kept, by name; none where nothing is.
    #[must_use]
    pub fn read(&self) -> Vec<(String, String)> {
        let Some(Value::Object(texts)) = self.0.read() else {
            return Vec::new();
        };
        texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text.as_str()?.to_owned())))
            .collect()
    }

    /// Keeps these in place of what was kept; no text is nothing to keep.
    pub fn keep<'a>(&self, texts: impl IntoIterator<Item = (&'a str, String)>) {
        // One by one: to collect them brings a sort of its own for each kind of form.
        let mut kept = Map::new();
        for (name, text) in texts {
            kept.insert(name.to_owned(), Value::from(text));
        }
        if kept.is_empty() {
            return self.clear();
        }
        // Where there is no room for it, it lasts as long as the page.
        let _ = self.0.keep(&Value::Object(kept));
    }

    /// It was sent, or thrown away.
    pub fn clear(&self) {
        self.0.clear();
    }
}

const TEXT: &str = "text";

/// Fills a text with what is kept of it and keeps what is typed from now on; an emptied one is not kept.
pub fn keep_text(draft: FormDraft, text: RwSignal<String>) {
    if let Some((_, kept)) = draft.read().into_iter().find(|(name, _)| name == TEXT) {
        text.set(kept);
    }
    Effect::new(move |_| {
        let text = text.get();
        draft.keep((!text.is_empty()).then_some((TEXT, text)));
    });
}

/// The same of people, those chosen and the one who is being typed.
pub fn keep_people(draft: FormDraft, chosen: RwSignal<Vec<PersonKey>>, typed: RwSignal<String>) {
    if let Some(Value::Array(kept)) = draft.0.read()
        && let Some((text, people)) = kept.split_first()
    {
        typed.set(text.as_str().unwrap_or_default().to_owned());
        let people = people.iter().filter_map(Value::as_str);
        chosen.set(people.filter_map(|key| PersonKey::new(key).ok()).collect());
    }
    Effect::new(move |_| {
        let (typed, chosen) = (typed.get(), chosen.get());
        if typed.is_empty() && chosen.is_empty() {
            return draft.clear();
        }
        let texts = std::iter::once(typed.as_str()).chain(chosen.iter().map(PersonKey::as_str));
        // Where there is no room for it, it lasts as long as the page.
        let _ = draft
            .0
            .keep(&Value::Array(texts.map(Value::from).collect()));
    });
}
