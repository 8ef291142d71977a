use std::collections::HashSet;

use group_api::{MembershipChange, Outcome, PersonChange, PersonKey, PersonStep};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::{Entry, split_people};

use super::GroupPage;
use crate::browser;
use crate::components::{Alert, Dialog, Icon, Kind, PeopleBox, unique_id};
use crate::format;

/// How it went for one person, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    person: PersonKey,
    state: State,
    words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Done,
    /// Was in before, and nothing was sent.
    In,
    Refused,
    Unknown,
}

impl State {
    const fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Done | Self::In => ("done", "check"),
            Self::Refused => ("refused", "x"),
            Self::Unknown => ("unknown", "warn"),
        }
    }
}

fn told(person: PersonKey, outcome: Outcome, role: &str) -> Told {
    let (state, words) = match outcome {
        Outcome::Done { note: None } => (State::Done, format!("added as {role}")),
        Outcome::Done { note: Some(note) } => (
            State::Done,
            format!("added as {role}; the server also said “{note}”"),
        ),
        Outcome::Refused { words } => (State::Refused, format!("refused: “{words}”")),
        Outcome::NotShown => (
            State::Unknown,
            "the server said that it was done, but a look afterwards does not show it".to_owned(),
        ),
        Outcome::Overtaken { .. } => (
            State::Refused,
            "not sent: this person's role was changed meanwhile".to_owned(),
        ),
        Outcome::Unknown(error) => (State::Unknown, error.to_string()),
    };
    Told {
        person,
        state,
        words,
    }
}

/// Adds people: one or several names, one role, and an outcome for each. It stays until all are in
/// or it is closed; who was refused stays in it.
#[component]
pub(super) fn AddMembers(page: GroupPage, open: RwSignal<bool>) -> impl IntoView {
    let store = page.store;
    let capabilities = store.capabilities();
    let members_now = move || -> Vec<PersonKey> {
        page.group.with_untracked(|group| {
            let members = group
                .as_ref()
                .and_then(|group| group.members.listed())
                .unwrap_or_default();
            members.iter().map(|member| member.person.clone()).collect()
        })
    };
    // A link from a creation that went half way brings who is still to be added, and as what.
    let linked = browser::query_param("add").and_then(|name| PersonKey::new(&name).ok());
    let role = RwSignal::new(if linked.is_some() {
        0
    } else {
        capabilities.roles.len().saturating_sub(1)
    });
    let chosen = RwSignal::new(linked.into_iter().collect::<Vec<_>>());
    let typed = RwSignal::new(String::new());
    let known = StoredValue::new(store.peek(muster_core::Directory::people));
    let members = StoredValue::new(members_now());
    let fault = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<String>);
    let outcomes = RwSignal::new(Vec::<Told>::new());
    let busy = RwSignal::new(false);
    let close = Callback::new(move |()| {
        browser::replace_query(&[("add", None)]);
        open.set(false);
    });
    let send = Callback::new(move |()| {
        // What is typed and not yet a chip is meant too.
        let mut left = Vec::new();
        for entry in split_people(&typed.get_untracked()) {
            match entry {
                Entry::Name(person) => chosen.update(|chosen| {
                    if !chosen.contains(&person) {
                        chosen.push(person);
                    }
                }),
                Entry::Unreadable(text) => left.push(text),
            }
        }
        typed.set(left.join(", "));
        let people = chosen.get_untracked();
        if !left.is_empty() {
            fault.set(Some(
                "What is left here cannot be a name: it holds characters that no name has."
                    .to_owned(),
            ));
            return;
        }
        let Some(info) = capabilities.roles.get(role.get_untracked()) else {
            return;
        };
        let Some(group) = page.group.get_untracked() else {
            return;
        };
        // Who is in already is told so and not sent: to add somebody is never to change a role, which
        // has its own form and its own questions.
        let (in_already, to_send): (Vec<_>, Vec<_>) = people
            .into_iter()
            .partition(|person| group.members.find(person).is_some());
        let told_in: Vec<Told> = in_already
            .iter()
            .filter_map(|person| {
                let roles = &group.members.find(person)?.roles;
                let held: Vec<_> = roles.iter().map(|role| capabilities.label(role)).collect();
                Some(Told {
                    person: person.clone(),
                    state: State::In,
                    words: format!(
                        "already in as {}; a role is changed in the table",
                        held.join(" and ")
                    ),
                })
            })
            .collect();
        if to_send.is_empty() {
            fault.set(Some(match in_already.first() {
                None => "Name at least one person.".to_owned(),
                Some(_) => "All of these are in the group already.".to_owned(),
            }));
            outcomes.set(told_in);
            chosen.set(Vec::new());
            return;
        }
        fault.set(None);
        failure.set(None);
        busy.set(true);
        let steps = to_send
            .into_iter()
            .map(|person| PersonStep {
                person,
                change: PersonChange::Grant(info.role.clone()),
            })
            .collect();
        let change = MembershipChange {
            group: group.key.clone(),
            steps,
        };
        spawn_local(async move {
            let result = store.apply(&change).await;
            busy.try_set(false);
            match result {
                Ok(applied) => {
                    let told: Vec<Told> = applied
                        .outcomes
                        .into_iter()
                        .map(|(person, outcome)| told(person, outcome, info.label))
                        .chain(told_in)
                        .collect();
                    let done: HashSet<PersonKey> = told
                        .iter()
                        .filter(|t| matches!(t.state, State::Done | State::In))
                        .map(|t| t.person.clone())
                        .collect();
                    // Only what succeeded leaves the field.
                    chosen.try_update(|chosen| chosen.retain(|person| !done.contains(person)));
                    outcomes.try_update(|outcomes| {
                        outcomes.retain(|old| !told.iter().any(|new| new.person == old.person));
                        outcomes.extend(told);
                    });
                    members.try_update_value(|members| members.extend(done));
                }
                Err(error) => {
                    failure.try_set(Some(error.to_string()));
                }
            }
        });
    });
    let summary = move || {
        let (done, all) = outcomes.with(|list| {
            let sent = || list.iter().filter(|t| t.state != State::In);
            (
                sent().filter(|t| t.state == State::Done).count(),
                sent().count(),
            )
        });
        (all > 0).then(|| {
            if done == all {
                (
                    Kind::Done,
                    format!(
                        "{} added, and seen in the group afterwards.",
                        format::people(done)
                    ),
                )
            } else {
                (
                    Kind::Bad,
                    format!(
                        "{} of {} added. The others are kept above.",
                        format::number(done),
                        format::people(all)
                    ),
                )
            }
        })
    };
    let role_id = unique_id("role");
    let can_retry = move || {
        outcomes.with(|list| {
            list.iter()
                .any(|t| !matches!(t.state, State::Done | State::In))
        })
    };
    view! {
        <Dialog title="Add members" busy=busy on_submit=send on_close=close>
            <PeopleBox label="People" chosen=chosen typed=typed known=known members=members error=fault />
            <div class="field">
                <label for=role_id.clone()>"Role"</label>
                <span class="select">
                    <select
                        id=role_id
                        on:change:target=move |ev| {
                            if let Ok(place) = ev.target().value().parse() {
                                role.set(place);
                            }
                        }
                    >
                        {capabilities
                            .roles
                            .iter()
                            .enumerate()
                            .filter(|(_, info)| info.assignable)
                            .map(|(place, info)| {
                                view! {
                                    <option value=place.to_string() selected=place == role.get_untracked()>
                                        {info.label}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                    <Icon name="down" />
                </span>
            </div>
            {move || failure.get().map(|text| view! { <Alert kind=Kind::Bad><p>{text} " Nobody was added; the names are kept."</p></Alert> })}
            {move || summary().map(|(kind, text)| view! { <Alert kind=kind><p>{text}</p></Alert> })}
            {move || {
                let list = outcomes.get();
                (!list.is_empty())
                    .then(|| {
                        let items = list
                            .into_iter()
                            .map(|told| {
                                let (state, icon) = told.state.look();
                                view! {
                                    <li data-state=state>
                                        <Icon name=icon />
                                        <div>
                                            <strong>{told.person.to_string()}</strong>
                                            <p>{told.words}</p>
                                        </div>
                                    </li>
                                }
                            })
                            .collect_view();
                        view! {
                            <ul class="outcomes" aria-label="What happened" tabindex="0">
                                {items}
                            </ul>
                        }
                    })
            }}
            <div class="actions">
                <button class="btn" type="button" disabled=busy on:click=move |_| close.run(())>
                    {move || if outcomes.with(Vec::is_empty) { "Cancel" } else { "Close" }}
                </button>
                <button
                    class="btn btn-primary"
                    type="submit"
                    aria-busy=move || busy.get().then_some("true")
                    aria-disabled=move || busy.get().then_some("true")
                >
                    {move || match (busy.get(), can_retry()) {
                        (true, _) => "Adding…",
                        (false, true) => "Retry failed",
                        (false, false) => "Add",
                    }}
                </button>
            </div>
        </Dialog>
    }
}
