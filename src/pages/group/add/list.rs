//! The list of people that is put together: chosen one by one, or pasted; and what becomes of each.

use std::sync::Arc;

use gloo_timers::future::TimeoutFuture;
use group_api::{PersonChange, PersonKey};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::paste::{
    Against, Class, FirstLine, Lookup, MailPart, Pasted, PastedEntry, Review, Reviewed, nearest,
    parse, role_of,
};
use muster_core::{Coverage, Directory};
use muster_runs::{Run, Task};

use super::super::GroupPage;
use crate::browser;
use crate::draft::Draft;

/// A longer text is read when it has not changed for a moment.
const LONG: usize = 4_000;
const MOMENT_MS: u32 = 120;
/// How many entries of each kind are shown.
pub(super) const SHOWN: usize = 100;

/// What is in the list: those chosen one by one, then those of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Listed {
    pub(super) pasted: Pasted,
    pub(super) all: Vec<PastedEntry>,
    /// How many of them were chosen one by one.
    pub(super) chosen: usize,
}

/// The list as signals. A handle that can be copied.
#[derive(Clone, Copy)]
pub(super) struct List {
    pub(super) page: GroupPage,
    pub(super) chosen: RwSignal<Vec<PersonKey>>,
    pub(super) typed: RwSignal<String>,
    /// The text as it stands in its field.
    pub(super) pasted: RwSignal<String>,
    /// The text as it was last read.
    read: RwSignal<String>,
    pub(super) no_heading: RwSignal<bool>,
    pub(super) part: RwSignal<Option<MailPart>>,
    /// The place of the role among those of the system.
    pub(super) role: RwSignal<usize>,
    /// Who is in already and is to get the role that is asked for.
    pub(super) change: RwSignal<Vec<PersonKey>>,
    /// Whether those never seen are left out.
    pub(super) known_only: RwSignal<bool>,
    /// Everybody known here, and a lookup over them.
    pub(super) people: StoredValue<Vec<(PersonKey, String)>>,
    lookup: StoredValue<Lookup>,
    /// Changes when more people are known.
    known: RwSignal<u32>,
    /// Whether the list of groups has been read whole, so that everybody who is in one is known.
    pub(super) is_whole: Memo<bool>,
    pub(super) listed: Memo<Arc<Listed>>,
    pub(super) review: Memo<Arc<Review>>,
}

/// Entries by their place in the list, each with the nearest name that is known.
pub(super) type Near = Arc<Vec<(usize, Option<PersonKey>)>>;

impl List {
    pub(super) fn new(page: GroupPage, draft: Draft, usual_role: usize) -> Self {
        let store = page.store;
        let capabilities = store.capabilities();
        let seed = browser::random();
        let people = StoredValue::new(Vec::new());
        let lookup = StoredValue::new(Lookup::default());
        let known = RwSignal::new(0_u32);
        let chosen = RwSignal::new(draft.chosen);
        let read = RwSignal::new(draft.pasted.clone());
        let no_heading = RwSignal::new(draft.first == FirstLine::People);
        let part = RwSignal::new(draft.part);
        let role = RwSignal::new(draft.role.unwrap_or(usual_role));
        // Everybody is known when the list has been read whole; until then whoever has come.
        let is_whole = Memo::new(move |_| {
            store.look(|directory| matches!(directory.coverage(), Coverage::Full { .. }))
        });
        Effect::new(move |_| {
            is_whole.with(|_| ());
            let all = store.peek(Directory::people);
            lookup.set_value(Lookup::new(seed, all.len(), &|number| key_of(&all, number)));
            people.set_value(all);
            known.update(|n| *n += 1);
        });
        let listed = Memo::new(move |_| {
            let first = if no_heading.get() {
                FirstLine::People
            } else {
                FirstLine::Judge
            };
            let is_role = |word: &str| role_of(capabilities, word).is_some();
            let pasted = read.with(|text| parse(text, first, &is_role));
            let mut all: Vec<_> =
                chosen.with(|chosen| chosen.iter().map(PastedEntry::chosen).collect());
            let chosen = all.len();
            all.extend(pasted.entries.iter().cloned());
            Arc::new(Listed {
                pasted,
                all,
                chosen,
            })
        });
        let review = Memo::new(move |_| {
            known.track();
            let role = capabilities.roles.get(role.get()).map(|info| &info.role);
            let Some(role) = role else {
                return Arc::default();
            };
            let review = page.group.with(|group| {
                let members = group
                    .as_ref()
                    .and_then(|group| group.members.listed())
                    .unwrap_or_default();
                people.with_value(|people| {
                    lookup.with_value(|lookup| {
                        let against = Against {
                            capabilities,
                            members,
                            people,
                            lookup,
                            part: part.get().unwrap_or(MailPart::Whole),
                            role,
                        };
                        listed.with(|listed| Review::new(&listed.all, &against))
                    })
                })
            });
            Arc::new(review)
        });
        let list = Self {
            page,
            chosen,
            typed: RwSignal::new(draft.typed),
            pasted: RwSignal::new(draft.pasted),
            read,
            no_heading,
            part,
            role,
            change: RwSignal::new(Vec::new()),
            known_only: RwSignal::new(false),
            people,
            lookup,
            known,
            is_whole,
            listed,
            review,
        };
        list.read_when_typed();
        list.guess_part();
        list
    }

    /// Reads the text when it changes: a short one at once, a long one in the next pause.
    fn read_when_typed(self) {
        let waits = StoredValue::new(0_u32);
        Effect::new(move |_| {
            let is_long = self.pasted.with(|text| text.len() > LONG);
            let wait = waits.get_value().wrapping_add(1);
            waits.set_value(wait);
            if !is_long {
                return self.read_now();
            }
            spawn_local(async move {
                TimeoutFuture::new(MOMENT_MS).await;
                if waits.try_get_value() == Some(wait) {
                    self.read_now();
                }
            });
        });
    }

    /// Reads the text as it stands now.
    pub(super) fn read_now(self) {
        let text = self.pasted.get_untracked();
        if self.read.with_untracked(|read| *read != text) {
            self.read.set(text);
        }
    }

    /// Takes the part of the addresses that names more people, until somebody says which it is.
    fn guess_part(self) {
        Effect::new(move |_| {
            self.known.track();
            let listed = self.listed.get();
            if self.part.get_untracked().is_some() {
                return;
            }
            let likely = self.people.with_value(|people| {
                self.lookup.with_value(|lookup| {
                    let is_known = |name: &str| {
                        lookup
                            .find(name, &|number| key_of(people, number))
                            .is_some()
                    };
                    listed.pasted.likely_part(&is_known)
                })
            });
            if likely.is_some() {
                self.part.set(likely);
            }
        });
    }

    /// What of it is kept when the window is closed. Reactive.
    pub(super) fn draft(self) -> Draft {
        Draft {
            chosen: self.chosen.get(),
            typed: self.typed.get(),
            pasted: self.read.get(),
            first: if self.no_heading.get() {
                FirstLine::People
            } else {
                FirstLine::Judge
            },
            part: self.part.get(),
            role: Some(self.role.get()),
        }
    }

    /// Empties it.
    pub(super) fn clear(self) {
        self.chosen.set(Vec::new());
        self.typed.set(String::new());
        self.pasted.set(String::new());
        self.change.set(Vec::new());
    }

    /// Whether an entry is in already and its role is to be changed.
    pub(super) fn changes(self, row: &Reviewed) -> bool {
        is_change(row)
            && row
                .person
                .as_ref()
                .is_some_and(|person| self.change.with(|change| change.contains(person)))
    }

    /// What is to be sent: who comes in, and whose role changes.
    pub(super) fn tasks(self) -> Vec<Task> {
        let known_only = self.known_only.get_untracked();
        let review = self.review.get_untracked();
        let task = |row: &Reviewed| {
            let (person, role) = (row.person.clone()?, row.role.clone()?);
            let change = match &row.class {
                Class::Add => PersonChange::Grant(role),
                Class::Unseen if !known_only => PersonChange::Grant(role),
                Class::In(held) if untrack(|| self.changes(row)) => PersonChange::Change {
                    from: held.clone(),
                    to: role,
                },
                _ => return None,
            };
            Some(Task::Person {
                place: 0,
                person,
                label: None,
                change,
            })
        };
        review.rows.iter().filter_map(task).collect()
    }

    /// Who is in already and stays as they are, and is done with when the rest is sent.
    pub(super) fn as_they_are(self) -> Vec<PersonKey> {
        let review = self.review.get_untracked();
        let rows = review.rows.iter();
        rows.filter(|row| matches!(row.class, Class::In(_)) && !untrack(|| self.changes(row)))
            .filter_map(|row| row.person.clone())
            .collect()
    }

    /// Takes out those who are done with. What stands in the list besides them stays.
    pub(super) fn take_out(self, done: &[PersonKey]) {
        let key = |number: u32| done.get(number as usize).map_or("", PersonKey::as_str);
        let lookup = Lookup::new(browser::random(), done.len(), &key);
        let is_done = |person: &PersonKey| lookup.find(person.as_str(), &key).is_some();
        self.read_now();
        let listed = self.listed.get_untracked();
        let part = self.part.get_untracked().unwrap_or(MailPart::Whole);
        if self
            .chosen
            .with_untracked(|chosen| chosen.iter().any(is_done))
        {
            self.chosen
                .update(|chosen| chosen.retain(|person| !is_done(person)));
        }
        let keep: Vec<bool> = listed
            .pasted
            .entries
            .iter()
            .map(|entry| {
                !entry
                    .offer
                    .person(part)
                    .is_ok_and(|person| is_done(&person))
            })
            .collect();
        if keep.contains(&false) {
            let stays = |place: usize| keep.get(place).copied().unwrap_or(true);
            self.pasted.set(listed.pasted.rest(&stays));
            self.read_now();
        }
        self.change
            .update(|change| change.retain(|person| !is_done(person)));
    }

    /// Puts another name in the place of an entry.
    pub(super) fn replace(self, place: usize, name: &PersonKey) {
        let listed = self.listed.get_untracked();
        let is_read = self
            .pasted
            .with_untracked(|text| self.read.with_untracked(|read| read == text));
        if let Some(entry) = place.checked_sub(listed.chosen) {
            // Where it stood may be elsewhere by now.
            if is_read {
                let text = self
                    .pasted
                    .with_untracked(|text| listed.pasted.replaced(text, entry, name.as_str()));
                self.pasted.set(text);
            }
            self.read_now();
        } else {
            self.chosen.update(|chosen| {
                let has = chosen.contains(name);
                if let Some(person) = chosen.get_mut(place) {
                    if has {
                        chosen.remove(place);
                    } else {
                        *person = name.clone();
                    }
                }
            });
        }
    }

    /// For the first of those never seen that are shown, the nearest known name.
    pub(super) fn near(self) -> Memo<Near> {
        Memo::new(move |_| {
            self.known.track();
            let review = self.review.get();
            let places: Vec<usize> = review
                .places(|class| *class == Class::Unseen)
                .take(SHOWN)
                .collect();
            let names: Vec<&str> = places
                .iter()
                .map(|place| {
                    let person = review.rows.get(*place).and_then(|row| row.person.as_ref());
                    person.map_or("", PersonKey::as_str)
                })
                .collect();
            if names.is_empty() {
                return Arc::default();
            }
            let found = self.people.with_value(|people| {
                let mut known = people.iter().map(|(person, _)| person.as_str());
                let near = nearest(&names, &mut known);
                let near = near
                    .into_iter()
                    .map(|near| Some(people.get(near?)?.0.clone()));
                near.collect::<Vec<_>>()
            });
            Arc::new(places.into_iter().zip(found).collect())
        })
    }
}

/// Whether an entry is in already, in another role than is asked for. Of several held the highest counts:
/// some systems list their admins among the members too.
pub(super) fn is_change(row: &Reviewed) -> bool {
    match (&row.class, &row.role) {
        (Class::In(held), Some(role)) => held.first() != Some(role),
        _ => false,
    }
}

fn key_of(people: &[(PersonKey, String)], number: u32) -> &str {
    people
        .get(number as usize)
        .map_or("", |(person, _)| person.as_str())
}

/// Who got what a run was to give them.
pub(super) fn done_of(run: &Run) -> Vec<PersonKey> {
    let items = run.items().iter();
    items
        .filter(|item| matches!(item.fate, muster_runs::Fate::Done { .. }))
        .filter_map(|item| match &item.task {
            Task::Person {
                person,
                change: PersonChange::Grant(_) | PersonChange::Change { .. },
                ..
            } => Some(person.clone()),
            _ => None,
        })
        .collect()
}
