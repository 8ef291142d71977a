//! A new group like another: its fields and, if wished, its people and their roles.

use std::sync::Arc;

use group_api::{
    ApiError, Field, Group, GroupKey, Member, MemberKind, PersonChange, PersonKey, Support,
    propose_internal_name,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_runs::{Place, RunId, Task};

use super::fields::GroupFields;
use super::groups::group_href;
use crate::browser;
use crate::components::{Alert, Check, Kind, shown_name};
use crate::format;
use crate::request::Latest;
use crate::runs::Proposal;
use crate::session::use_session;
use crate::store::Store;

/// The group that a new one is to be like.
#[derive(Clone, Copy)]
pub(super) struct Like {
    store: Store,
    key: StoredValue<GroupKey>,
    group: Memo<Option<Arc<Group>>>,
    /// Whether its people are to be put in.
    with_people: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    latest: StoredValue<Latest, LocalStorage>,
}

impl Like {
    /// The group that the address names, if it names one. What is known of it stands in the fields as
    /// soon as it is known, and what a read finds otherwise, unless something was typed there.
    pub(super) fn of_address(
        store: Store,
        fields: GroupFields,
        on_edit: Callback<Field>,
    ) -> Option<Self> {
        let key = GroupKey::new(&browser::query_param("like")?).ok()?;
        let group = {
            let key = key.clone();
            Memo::new(move |_| store.group(&key))
        };
        let like = Self {
            store,
            key: StoredValue::new(key),
            group,
            with_people: RwSignal::new(false),
            failure: RwSignal::new(None),
            latest: StoredValue::new_local(Latest::default()),
        };
        like.read();
        // A refused token was replaced: what failed is read again.
        let session = use_session();
        Effect::new(move |before: Option<()>| {
            session.track_tokens();
            if before.is_some() && like.failure.with_untracked(Option::is_some) {
                like.read();
            }
        });
        on_cleanup(move || {
            like.latest.try_with_value(Latest::cancel);
        });
        Effect::new(move |before: Option<Option<[String; 3]>>| {
            let before = before.flatten();
            let Some(group) = group.get() else {
                return before;
            };
            let texts = taken(&group);
            for (place, (signal, text)) in filled(fields).iter().zip(&texts).enumerate() {
                let put = before.as_ref().and_then(|before| before.get(place));
                let untouched = signal.with_untracked(|now| match put {
                    Some(put) => now == put,
                    None => now.is_empty(),
                });
                if untouched {
                    signal.set(text.clone());
                }
            }
            on_edit.run(Field::DisplayName);
            Some(texts)
        });
        Some(like)
    }

    /// Whether the fields hold what was taken from the group and nothing else. Reactive.
    pub(super) fn is_as_put(self, fields: GroupFields) -> bool {
        let now = filled(fields).map(|signal| signal.get());
        let proposed = propose_internal_name(now.first().map_or("", String::as_str));
        let is_proposed = fields
            .internal_name
            .with(|name| name.is_empty() || *name == proposed);
        is_proposed
            && self
                .group
                .with(|group| group.as_ref().is_some_and(|group| taken(group) == now))
    }

    /// Puts what is taken from the group into the fields.
    pub(super) fn put(self, fields: GroupFields) {
        let Some(group) = self.group.get_untracked() else {
            return;
        };
        for (signal, text) in filled(fields).into_iter().zip(taken(&group)) {
            signal.set(text);
        }
        let name = fields
            .display_name
            .with_untracked(|name| propose_internal_name(name));
        fields.internal_name.set(name);
    }

    /// Reads the group: its people may not be what they were.
    fn read(self) {
        let ticket = self.latest.with_value(Latest::begin);
        let key = self.key.get_value();
        self.failure.set(None);
        spawn_local(async move {
            let result = self.store.read(&key, ticket.stop()).await;
            if ticket.is_current()
                && let Err(error) = result
            {
                self.failure.try_set(Some(error));
            }
        });
    }

    /// Puts the people into the new group, if that is wished: the run that does it. `i_am_in` is who
    /// is its admin already.
    pub(super) fn fill(self, new: &Group, i_am_in: Option<&PersonKey>) -> Option<RunId> {
        let with_people = self.with_people.try_get_untracked().unwrap_or_default();
        let like = self.group.try_get_untracked().flatten();
        let like = like.filter(|_| with_people)?;
        let tasks: Vec<(Task, Vec<usize>)> = people(&like)
            .filter(|member| Some(&member.person) != i_am_in)
            .filter_map(|member| {
                let mut roles = member.roles.iter();
                let change = match (roles.next(), roles.next()) {
                    (Some(role), None) => PersonChange::Grant(role.clone()),
                    _ => PersonChange::Restore(member.roles.clone()),
                };
                let label = member.label != member.person.as_str();
                let task = Task::Person {
                    place: 0,
                    person: member.person.clone(),
                    label: label.then(|| member.label.clone()),
                    change,
                };
                (!member.roles.is_empty()).then_some((task, Vec::new()))
            })
            .collect();
        let title = format!(
            "Add {} to {}, as in {}",
            format::people(tasks.len()),
            new.display_name,
            like.display_name
        );
        (!tasks.is_empty()).then(|| {
            self.store.begin(Proposal {
                title,
                places: vec![Place::of(new)],
                tasks,
                ..Proposal::default()
            })
        })
    }
}

/// What a new group takes from another.
fn taken(group: &Group) -> [String; 3] {
    [
        format!("Copy of {}", group.display_name),
        group.description.clone().unwrap_or_default(),
        group.photo.clone().unwrap_or_default(),
    ]
}

/// The fields that it is put into.
const fn filled(fields: GroupFields) -> [RwSignal<String>; 3] {
    [fields.display_name, fields.description, fields.photo]
}

/// Who of a group can be put into another.
fn people(group: &Group) -> impl Iterator<Item = &Member> {
    let members = group.members.listed().unwrap_or_default();
    members
        .iter()
        .filter(|member| member.kind == MemberKind::User)
}

/// Which group the new one is like.
#[component]
pub(super) fn LikeNote(like: Like) -> impl IntoView {
    move || {
        let key = like.key.get_value();
        let name = like.group.with(|group| {
            group
                .as_ref()
                .map_or_else(|| key.to_string(), |group| group.display_name.clone())
        });
        let fields = like.store.capabilities().fields;
        let what = if fields.contains(&Field::Photo) {
            "Description and photo are taken from it; change what is to be different."
        } else {
            "Its description is taken over; change what is to be different."
        };
        view! {
            <p>"Like " <a href=group_href(like.store, key.as_str())>{shown_name(name, None)}</a> ". " {what}</p>
        }
    }
}

/// Whether its people come along, where people can be added at all.
#[component]
pub(super) fn LikePeople(like: Like) -> impl IntoView {
    let add = like.store.capabilities().add;
    let count = Memo::new(move |_| {
        like.group.with(|group| {
            let group = group.as_ref()?;
            group.members.listed()?;
            Some((people(group).count(), group.members.listed()?.len()))
        })
    });
    let check = move || match (add, count.get()) {
        (Support::No(why), _) => {
            view! { <p class="hint">{format!("Its people cannot come along. {why}")}</p> }
                .into_any()
        }
        (Support::Yes, None) => ().into_any(),
        (Support::Yes, Some((0, _))) => {
            view! { <p class="hint">"Nobody is in it, so nobody comes along."</p> }.into_any()
        }
        (Support::Yes, Some((some, all))) => {
            let label = format!("With its people and their roles ({})", format::people(some));
            let others = match all - some {
                0 => "",
                _ => " What is no person stays behind.",
            };
            let hint = format!(
                "They are put in when the group is made; the next page tells what became of each.{others}"
            );
            view! { <Check label=label checked=like.with_people hint=hint /> }.into_any()
        }
    };
    view! {
        {move || {
            like.failure
                .get()
                .map(|error| {
                    let known = like.group.with(Option::is_some);
                    let what = if known { "This may be old: the group to be like could not be read again. " } else { "The group to be like could not be read. " };
                    view! {
                        <Alert kind=Kind::Bad>
                            <p>
                                <strong>{what}</strong>
                                {error.to_string()}
                            </p>
                            <div class="actions">
                                <button class="btn btn-small" type="button" on:click=move |_| like.read()>
                                    "Try again"
                                </button>
                            </div>
                        </Alert>
                    }
                })
        }}
        {check}
    }
}
