use leptos::prelude::*;
use leptos::{Find, Lights};
use muster_core::Marks;

/// Marks what is searched for in texts.
#[must_use]
pub fn marking(search: RwSignal<String>) -> Lights {
    Lights::new(move || -> Find {
        let marks = search.with(|typed| Marks::new(typed));
        Box::new(move |text| marks.find(text))
    })
}
