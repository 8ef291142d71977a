//! A group's fields while they are typed in: against what the server shows, which others may change too, and
//! kept for the tab until they are saved or given up.

use group_api::{Field as GroupField, Group, GroupEdit, GroupKey};
use leptos::prelude::*;
use muster_core::{Choice, Ground, News};

use crate::draft::{Draft, FormDraft};
use crate::pages::fields::{GroupFields, label};
use crate::session::ConnectionId;
use crate::store::Store;

/// The fields of one group under edit.
#[derive(Clone, Copy)]
pub(super) struct Editing {
    pub(super) fields: GroupFields,
    all: &'static [GroupField],
    /// One for each field; none before the group was first seen.
    grounds: RwSignal<Vec<Ground>>,
    /// Which group it is: what is read of another is none of theirs.
    of: StoredValue<Option<GroupKey>>,
}

/// What stood in the fields at one moment. A save goes by this: it runs to its end even if its page is left.
#[derive(Clone, Debug)]
pub(super) struct Typed(Vec<(GroupField, String, Ground)>);

impl Typed {
    /// Takes in what the server shows of the group now.
    pub(super) fn learn(&mut self, group: &Group) {
        for (field, typed, ground) in &mut self.0 {
            if let News::Fill(now) = ground.learn(typed, &read_field(group, *field)) {
                *typed = now;
            }
        }
    }

    /// Whether something waits for an answer.
    pub(super) fn clashes(&self) -> bool {
        self.0
            .iter()
            .any(|(_, _, ground)| ground.theirs().is_some())
    }

    /// What is to be sent.
    pub(super) fn edit(&self) -> GroupEdit {
        let mut edit = GroupEdit::default();
        for (field, typed, ground) in &self.0 {
            edit.set(*field, ground.edit(typed));
        }
        edit
    }
}

/// What stands in a field of the group as last read.
fn read_field(group: &Group, field: GroupField) -> String {
    match field {
        // Where the system has no display name of its own, the field is empty and not the key.
        GroupField::DisplayName => group.display_name.clone(),
        GroupField::InternalName => group.key.to_string(),
        GroupField::Description => group.description.clone().unwrap_or_default(),
        GroupField::Photo => group.photo.clone().unwrap_or_default(),
    }
}

/// Where what was typed in the settings of a group is kept.
fn draft(connection: &ConnectionId, key: &GroupKey) -> FormDraft {
    FormDraft::new(connection, &format!("settings/{key}"))
}

/// The name under which is kept what a field was filled with.
fn was(field: GroupField) -> String {
    format!("{} was", label(field))
}

/// Keeps a description that could not be set when its group was made: the settings have it ready to be sent again.
pub(in crate::pages) fn keep_description(store: Store, group: &Group, text: String) {
    let field = GroupField::Description;
    draft(&store.connection().id, &group.key).keep([
        (label(field), text),
        (was(field).as_str(), read_field(group, field)),
    ]);
}

impl Editing {
    /// Empty fields, for the group that is learned next.
    pub(super) fn new(all: &'static [GroupField]) -> Self {
        Self {
            fields: GroupFields::new(),
            all,
            grounds: RwSignal::new(Vec::new()),
            of: StoredValue::new(None),
        }
    }

    /// Whether the page is still there that shows it.
    pub(super) fn is_there(self) -> bool {
        self.grounds.try_with_untracked(|_| ()).is_some()
    }

    /// What stands in the fields now.
    pub(super) fn typed(self) -> Typed {
        let grounds = self.grounds.get_untracked();
        let each = self.each().zip(grounds);
        Typed(
            each.map(|((_, field), ground)| (field, self.fields.of(field).get_untracked(), ground))
                .collect(),
        )
    }

    /// Whether it is the fields of this group.
    pub(super) fn is_of(self, key: &GroupKey) -> bool {
        self.of.with_value(|of| of.as_ref() == Some(key))
    }

    /// The fields with their places.
    fn each(self) -> impl Iterator<Item = (usize, GroupField)> {
        self.all.iter().copied().enumerate()
    }

    /// Fills the fields with a group seen for the first time, and with what was kept of what was typed. Says whether
    /// something was.
    pub(super) fn fill(self, store: Store, group: &Group) -> bool {
        let kept = draft(&store.connection().id, &group.key).read();
        let find = |name: &str| {
            kept.iter()
                .find(|(known, _)| known == name)
                .map(|(_, text)| text.clone())
        };
        let grounds = self.each().map(|(_, field)| {
            let now = read_field(group, field);
            match (find(label(field)), find(&was(field))) {
                (Some(typed), Some(was)) => {
                    self.fields.of(field).set(typed);
                    Ground::new(was)
                }
                _ => {
                    self.fields.of(field).set(now.clone());
                    Ground::new(now)
                }
            }
        });
        self.grounds.set(grounds.collect());
        self.of.set_value(Some(group.key.clone()));
        !kept.is_empty()
    }

    /// Whether a group was seen.
    pub(super) fn is_filled(self) -> bool {
        self.grounds.with_untracked(|grounds| !grounds.is_empty())
    }

    /// Takes in what the server shows of the group now. What nobody typed in follows, and is told as news if it is.
    pub(super) fn learn(self, group: &Group, is_news: bool) {
        let mut grounds = self.grounds.get_untracked();
        for ((_, field), ground) in self.each().zip(&mut grounds) {
            let value = self.fields.of(field);
            if let News::Fill(now) = ground.learn(&value.get_untracked(), &read_field(group, field))
            {
                value.set(now);
                if is_news {
                    self.fields.tell_news(field);
                }
            }
        }
        self.show(grounds);
    }

    /// What was sent has come back, as the server shows it now; what was typed meanwhile stays.
    pub(super) fn saved(self, sent: &GroupEdit, group: &Group) {
        let mut grounds = self.grounds.get_untracked();
        for ((_, field), ground) in self.each().zip(&mut grounds) {
            let now = read_field(group, field);
            match sent.of(field) {
                // The server shows it otherwise than it was sent: what was typed stays, to be sent again or thrown away.
                Some(sent) if sent.trim() != now.trim() => {
                    *ground = Ground::new(now);
                    continue;
                }
                Some(sent) => *ground = Ground::new(sent.to_owned()),
                None => {}
            }
            let value = self.fields.of(field);
            if let News::Fill(now) = ground.learn(&value.get_untracked(), &read_field(group, field))
            {
                value.set(now);
            }
        }
        self.fields.news.set(Vec::new());
        self.of.set_value(Some(group.key.clone()));
        self.show(grounds);
    }

    /// Answers what is to stand in a field.
    pub(super) fn settle(self, field: GroupField, choice: Choice) {
        let mut grounds = self.grounds.get_untracked();
        for ((_, _), ground) in self
            .each()
            .zip(&mut grounds)
            .filter(|((_, one), _)| *one == field)
        {
            if let Some(theirs) = ground.settle(choice) {
                self.fields.of(field).set(theirs);
            }
        }
        self.show(grounds);
    }

    /// Gives up what was typed.
    pub(super) fn give_up(self) {
        let grounds = self.grounds.get_untracked();
        let grounds = self.each().zip(grounds).map(|((_, field), ground)| {
            let now = ground.theirs().unwrap_or(ground.shown()).to_owned();
            self.fields.of(field).set(now.clone());
            Ground::new(now)
        });
        self.fields.faults.set(Vec::new());
        self.show(grounds.collect());
    }

    fn show(self, grounds: Vec<Ground>) {
        let theirs = self.each().zip(&grounds);
        let theirs =
            theirs.filter_map(|((_, field), ground)| Some((field, ground.theirs()?.to_owned())));
        self.fields.theirs.set(theirs.collect());
        self.grounds.set(grounds);
    }

    /// Whether something waits for an answer.
    pub(super) fn clashes(self) -> bool {
        self.grounds
            .with_untracked(|grounds| grounds.iter().any(|ground| ground.theirs().is_some()))
    }

    /// What is to be sent. Reactive.
    pub(super) fn edit(self) -> GroupEdit {
        let mut edit = GroupEdit::default();
        self.grounds.with(|grounds| {
            for ((_, field), ground) in self.each().zip(grounds) {
                edit.set(field, ground.edit(&self.fields.of(field).get()));
            }
        });
        edit
    }

    /// Keeps what is typed for this tab. Reactive.
    pub(super) fn keep(self, connection: &ConnectionId, key: &GroupKey) {
        let mut texts = Vec::new();
        self.grounds.with(|grounds| {
            for ((_, field), ground) in self.each().zip(grounds) {
                let typed = self.fields.of(field).get();
                if ground.is_touched(&typed) {
                    texts.push((label(field).to_owned(), typed));
                    texts.push((was(field), ground.shown().to_owned()));
                }
            }
        });
        draft(connection, key).keep(
            texts
                .iter()
                .map(|(name, text)| (name.as_str(), text.clone())),
        );
    }
}

/// What was typed for a group and not sent, by what it is: it can still be copied.
pub(super) fn left_behind(store: Store, key: &GroupKey) -> Vec<(&'static str, String)> {
    let connection = store.connection().id;
    let kept = draft(&connection, key).read();
    let text = |field: &GroupField| {
        let (_, text) = kept.iter().find(|(name, _)| name == label(*field))?;
        Some((label(*field), text.clone()))
    };
    let mut texts: Vec<_> = store
        .capabilities()
        .fields
        .iter()
        .filter_map(text)
        .collect();
    let list = Draft::kept(&connection, key);
    let people = list.chosen.iter().map(|person| person.as_str());
    let lines: Vec<&str> = people
        .chain([list.typed.as_str(), list.pasted.as_str()])
        .filter(|line| !line.trim().is_empty())
        .collect();
    if !lines.is_empty() {
        texts.push(("People to add", lines.join("\n")));
    }
    texts
}

/// Lets go of what was typed for a group.
pub(super) fn forget(store: Store, key: &GroupKey) {
    let connection = store.connection().id;
    draft(&connection, key).clear();
    Draft::default().keep(&connection, key);
}

/// What was typed of a group was saved, and lives under this key now: people who were to be added move with it.
pub(super) fn saved_as(store: Store, before: &GroupKey, now: &GroupKey) {
    let connection = store.connection().id;
    draft(&connection, before).clear();
    if before != now {
        Draft::kept(&connection, before).keep(&connection, now);
        Draft::default().keep(&connection, before);
    }
}
