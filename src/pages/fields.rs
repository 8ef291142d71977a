//! The fields of a group, as New group and Settings both show them.

use group_api::{Backend, Field as GroupField, FieldFault};
use leptos::prelude::*;

use muster_core::Choice;

use crate::components::{Clash, Field, FieldKind};

/// What stands in the fields, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct GroupFields {
    /// Display name.
    pub display_name: RwSignal<String>,
    /// Internal name.
    pub internal_name: RwSignal<String>,
    /// Description.
    pub description: RwSignal<String>,
    /// Address of the photo.
    pub photo: RwSignal<String>,
    /// What is wrong, beside which field.
    pub faults: RwSignal<Vec<FieldFault>>,
    /// What the server shows by now where somebody changed the same field.
    pub theirs: RwSignal<Vec<(GroupField, String)>>,
    /// The fields that were changed elsewhere and follow that.
    pub news: RwSignal<Vec<GroupField>>,
}

impl GroupFields {
    /// Empty fields.
    #[must_use]
    pub fn new() -> Self {
        Self {
            display_name: RwSignal::default(),
            internal_name: RwSignal::default(),
            description: RwSignal::default(),
            photo: RwSignal::default(),
            faults: RwSignal::default(),
            theirs: RwSignal::default(),
            news: RwSignal::default(),
        }
    }

    /// What stands in a field.
    #[must_use]
    pub const fn of(self, field: GroupField) -> RwSignal<String> {
        match field {
            GroupField::DisplayName => self.display_name,
            GroupField::InternalName => self.internal_name,
            GroupField::Description => self.description,
            GroupField::Photo => self.photo,
        }
    }

    /// Notes that a field follows what was changed elsewhere.
    pub fn tell_news(self, field: GroupField) {
        if self.news.with_untracked(|news| !news.contains(&field)) {
            self.news.update(|news| news.push(field));
        }
    }

    /// Takes a field's fault away, for it is being mended; and what was new in it, for it is being typed in.
    pub fn mend(self, field: GroupField) {
        if self
            .faults
            .with_untracked(|faults| faults.iter().any(|fault| fault.field == field))
        {
            self.faults
                .update(|faults| faults.retain(|fault| fault.field != field));
        }
        if self.news.with_untracked(|news| news.contains(&field)) {
            self.news
                .update(|news| news.retain(|known| *known != field));
        }
    }
}

impl Default for GroupFields {
    fn default() -> Self {
        Self::new()
    }
}

/// The label of a field.
#[must_use]
pub const fn label(field: GroupField) -> &'static str {
    match field {
        GroupField::DisplayName => "Display name",
        GroupField::InternalName => "Internal name",
        GroupField::Description => "Description",
        GroupField::Photo => "Photo URL",
    }
}

/// The fields that a system has, in the order of its form.
#[component]
pub fn GroupFieldset(
    /// The values.
    fields: GroupFields,
    /// The system.
    backend: &'static dyn Backend,
    /// What to know of the internal name here.
    key_hint: &'static str,
    /// Called when the user edits a field.
    on_edit: Callback<GroupField>,
    /// Called with the answer to which text is to stand, where others may change the group meanwhile.
    #[prop(optional)]
    on_settle: Option<Callback<(GroupField, Choice)>>,
) -> impl IntoView {
    backend
        .capabilities()
        .fields
        .iter()
        .map(|field| {
            let field = *field;
            let kind = match field {
                GroupField::DisplayName => FieldKind::Line,
                GroupField::InternalName => FieldKind::Name,
                GroupField::Description => FieldKind::Text,
                GroupField::Photo => FieldKind::Address,
            };
            let about = match field {
                GroupField::InternalName => Some(key_hint),
                GroupField::Photo => Some("Shown only where a connection loads photos."),
                GroupField::DisplayName | GroupField::Description => None,
            };
            let hint = Signal::derive(move || {
                let is_news = fields.news.with(|news| news.contains(&field));
                let news =
                    is_news.then_some("Changed meanwhile: this is what the server shows now.");
                let words: Vec<&str> = news.into_iter().chain(about).collect();
                (!words.is_empty()).then(|| words.join(" "))
            });
            let clash = move || {
                let theirs = fields.theirs.with(|theirs| {
                    let theirs = theirs.iter().find(|(clashing, _)| *clashing == field);
                    theirs.map(|(_, text)| text.clone())
                });
                theirs.zip(on_settle).map(|(theirs, on_settle)| {
                    let on_choose = Callback::new(move |choice| on_settle.run((field, choice)));
                    view! { <Clash label=label(field) theirs=theirs on_choose=on_choose /> }
                })
            };
            let error = Signal::derive(move || {
                fields.faults.with(|faults| {
                    faults
                        .iter()
                        .find(|fault| fault.field == field)
                        .map(|fault| fault.why.clone())
                })
            });
            view! {
                <Field
                    label=label(field)
                    value=fields.of(field)
                    kind=kind
                    hint=hint
                    error=error
                    optional=matches!(field, GroupField::Photo | GroupField::Description)
                    on_edit=Callback::new(move |()| {
                        fields.mend(field);
                        on_edit.run(field);
                    })
                />
                {clash}
            }
        })
        .collect_view()
}

/// Moves the focus to the first field that has a fault, or to the first question.
pub fn focus_first_fault() {
    let first = document()
        .query_selector("[aria-invalid='true'], [data-clash]")
        .ok()
        .flatten();
    if let Some(id) = first.map(|element| element.id()) {
        crate::browser::focus(&id);
    }
}
