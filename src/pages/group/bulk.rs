//! What can be done with several members at once.

use std::sync::Arc;

use group_api::{
    Action, Group, GroupKey, Member, MemberKind, Members, MembershipChange, PersonChange,
    PersonStep, Role, Roles, guards,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_runs::{Fate, Place, RunId, Task};

use super::confirm::guard_words;
use super::exports;
use super::members::Table;
use crate::components::{
    Dialog, ExportButton, GroupBox, Keys, Review, ReviewDialog, RoleSelect, Selection,
    SelectionBar, plain_role,
};
use crate::format;
use crate::request::Stop;
use crate::runs::Proposal;
use crate::store::Store;

/// What is being asked for.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Nothing,
    /// Which role.
    Role,
    /// Into which group, and whether they stay here.
    Group(Stay),
    /// Whether this is what is meant.
    Review(Box<Review>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stay {
    /// A copy: they stay.
    Here,
    /// A move: who has arrived there goes.
    No,
}

/// The bar of the members' table while some are selected.
#[component]
pub(super) fn MembersBar(table: Table, selection: Selection, keys: Keys) -> impl IntoView {
    let page = table.page;
    let store = page.store;
    let capabilities = store.capabilities();
    let asked = RwSignal::new(Asked::Nothing);
    let selected = move || -> Option<(Arc<Group>, Vec<Member>)> {
        let group = page.group.get_untracked()?;
        let keys = selection.keys();
        let members = group.members.listed()?.iter();
        let members = members
            .filter(|member| keys.contains(member.person.as_str()))
            .cloned()
            .collect();
        Some((group, members))
    };
    let review = move |make: &dyn Fn(&Group, &[Member]) -> Review| {
        if let Some((group, members)) = selected() {
            asked.set(Asked::Review(Box::new(make(&group, &members))));
        }
    };
    let done = Callback::new(move |id: Option<RunId>| {
        asked.set(Asked::Nothing);
        // Only what succeeded leaves the selection.
        if let Some(told) = id.and_then(|id| untrack(|| store.runs().get(id))) {
            let done: Vec<String> = told
                .run
                .items()
                .iter()
                .filter(|item| matches!(item.fate, Fate::Done { .. }))
                .filter_map(|item| match &item.task {
                    Task::Person { person, .. } => Some(person.to_string()),
                    _ => None,
                })
                .collect();
            selection.retain(|key| !done.iter().any(|done| done == key));
        }
    });
    let button = move |words: &'static str, why_not: Option<String>, press: Callback<()>| {
        let off = why_not.is_some();
        view! {
            <button class="btn btn-small" type="button" disabled=off title=why_not on:click=move |_| press.run(())>
                {words}
            </button>
        }
    };
    let why_not = move |needs_add: bool| -> Option<String> {
        let group = page.group.get()?;
        if !page.may_write() {
            return Some("This connection only looks.".to_owned());
        }
        if needs_add && let group_api::Support::No(why) = capabilities.add {
            return Some(why.to_owned());
        }
        let me = store.me();
        let nobody = group_api::PersonKey::new("0").ok()?;
        let allowed = store
            .backend()
            .allowed(me.as_ref(), &group, &Action::Remove(nobody));
        allowed.reason().map(str::to_owned)
    };
    let offers = Callback::new(move |()| {
        let members = selected().map(|(_, members)| members);
        exports::members(page, " selected", members.unwrap_or_default())
    });
    let buttons = move || {
        view! {
            {button("Change role", why_not(false), Callback::new(move |()| asked.set(Asked::Role)))}
            {button("Copy to group", why_not(true), Callback::new(move |()| asked.set(Asked::Group(Stay::Here))))}
            {button("Move to group", why_not(true), Callback::new(move |()| asked.set(Asked::Group(Stay::No))))}
            <ExportButton store=store offers=offers class="btn btn-small" />
            {button("Remove", why_not(false), Callback::new(move |()| review(&|group, members| removal(table, group, members))))}
        }
        .into_any()
    };
    view! {
        <SelectionBar selection=selection rows=keys words=("member", "members") buttons=Callback::new(move |()| buttons()) />
        {move || match asked.get() {
            Asked::Nothing => ().into_any(),
            Asked::Role => {
                view! {
                    <ChooseRole
                        store=store
                        count=selection.len()
                        on_choose=Callback::new(move |role: Role| review(&|group, members| role_change(table, group, members, &role)))
                        on_close=Callback::new(move |()| asked.set(Asked::Nothing))
                    />
                }
                    .into_any()
            }
            Asked::Group(stay) => {
                view! {
                    <ChooseGroup
                        store=store
                        stay=stay
                        count=selection.len()
                        except=page.key.get_untracked()
                        on_choose=Callback::new(move |(there, role): (Arc<Group>, Role)| {
                            review(&|group, members| transfer(table, group, members, &there, &role, stay));
                        })
                        on_close=Callback::new(move |()| asked.set(Asked::Nothing))
                    />
                }
                    .into_any()
            }
            Asked::Review(review) => view! { <ReviewDialog store=store review=*review on_close=done /> }.into_any(),
        }}
    }
}

/// The task for one of the members.
fn task(place: usize, member: &Member, change: PersonChange) -> Task {
    Task::Person {
        place,
        person: member.person.clone(),
        label: Some(member.label.clone()).filter(|label| label != member.person.as_str()),
        change,
    }
}

/// Why nothing can be done to this member, if that is known.
fn forbidden(table: Table, member: &Member, action: &Action) -> Option<String> {
    if member.kind != MemberKind::User {
        return Some("is not a person".to_owned());
    }
    let mut group = Group::clone(&*table.alone.get_untracked()?);
    if let Members::Listed(members) = &mut group.members {
        members.push(member.clone());
    }
    let store = table.page.store;
    let allowed = store.backend().allowed(store.me().as_ref(), &group, action);
    allowed.reason().map(str::to_owned)
}

/// What the steps cost more than they seem to.
fn warnings(store: Store, group: &Group, tasks: &[(Task, Vec<usize>)]) -> Vec<String> {
    let steps = tasks.iter().filter_map(|(task, _)| match task {
        Task::Person { person, change, .. } => Some(PersonStep {
            person: person.clone(),
            change: change.clone(),
        }),
        _ => None,
    });
    let change = MembershipChange {
        group: group.key.clone(),
        steps: steps.collect(),
    };
    let capabilities = store.capabilities();
    let found = guards(capabilities, store.me().as_ref(), group, &change);
    found
        .iter()
        .map(|guard| guard_words(*guard, capabilities, group))
        .collect()
}

fn removal(table: Table, group: &Group, members: &[Member]) -> Review {
    let store = table.page.store;
    let (mut tasks, mut left) = (Vec::new(), Vec::new());
    for member in members {
        match forbidden(table, member, &Action::Remove(member.person.clone())) {
            Some(why) => left.push(format!("{}: {why}", member.label)),
            None => tasks.push((
                task(0, member, PersonChange::Revoke(member.roles.clone())),
                Vec::new(),
            )),
        }
    }
    let mut facts = warnings(store, group, &tasks);
    if !store.capabilities().add.is_yes() {
        facts.push(format!(
            "It cannot be taken back from here: nobody can be added on {}.",
            store.capabilities().system
        ));
    }
    let people = format::people(tasks.len());
    Review {
        proposal: Proposal {
            title: format!("Remove {people} from {}", group.display_name),
            places: vec![Place::of(group)],
            tasks,
            ..Proposal::default()
        },
        facts,
        left,
        go_on: format!("Remove {people}"),
        typed: None,
    }
}

fn role_change(table: Table, group: &Group, members: &[Member], role: &Role) -> Review {
    let store = table.page.store;
    let label = store.capabilities().label(role).to_owned();
    let (mut tasks, mut left) = (Vec::new(), Vec::new());
    for member in members {
        if member.roles.same_as(&Roles::one(role.clone())) {
            left.push(format!("{}: is {label} already", member.label));
            continue;
        }
        match forbidden(table, member, &Action::ChangeRole(member.person.clone())) {
            Some(why) => left.push(format!("{}: {why}", member.label)),
            None => {
                let change = PersonChange::Change {
                    from: member.roles.clone(),
                    to: role.clone(),
                };
                tasks.push((task(0, member, change), Vec::new()));
            }
        }
    }
    let people = format::people(tasks.len());
    Review {
        facts: warnings(store, group, &tasks),
        proposal: Proposal {
            title: format!(
                "Change the role of {people} in {} to {label}",
                group.display_name
            ),
            places: vec![Place::of(group)],
            tasks,
            ..Proposal::default()
        },
        left,
        go_on: format!("Change {people}"),
        typed: None,
    }
}

fn transfer(
    table: Table,
    group: &Group,
    members: &[Member],
    there: &Group,
    role: &Role,
    stay: Stay,
) -> Review {
    let store = table.page.store;
    let (mut tasks, mut left) = (Vec::new(), Vec::new());
    for member in members {
        if member.kind != MemberKind::User {
            left.push(format!("{}: is not a person", member.label));
            continue;
        }
        let arrives = there.members.find(&member.person).is_none().then(|| {
            tasks.push((
                task(1, member, PersonChange::Grant(role.clone())),
                Vec::new(),
            ));
            tasks.len() - 1
        });
        if stay == Stay::No {
            // Who is not shown there by a read is not taken out here.
            tasks.push((
                task(0, member, PersonChange::Revoke(member.roles.clone())),
                arrives.into_iter().collect(),
            ));
        } else if arrives.is_none() {
            left.push(format!(
                "{}: is in {} already",
                member.label, there.display_name
            ));
        }
    }
    let revokes: Vec<_> = tasks
        .iter()
        .filter(|(task, _)| task.place() == 0)
        .cloned()
        .collect();
    let people = format::people(members.len());
    let (verb, to) = match stay {
        Stay::Here => ("Copy", "to"),
        Stay::No => ("Move", "to"),
    };
    Review {
        facts: warnings(store, group, &revokes),
        proposal: Proposal {
            title: format!("{verb} {people} {to} {}", there.display_name),
            places: vec![Place::of(group), Place::of(there)],
            tasks,
            ..Proposal::default()
        },
        left,
        go_on: format!("{verb} {people}"),
        typed: None,
    }
}

#[component]
fn ChooseRole(
    store: Store,
    count: usize,
    on_choose: Callback<Role>,
    on_close: Callback<()>,
) -> impl IntoView {
    let capabilities = store.capabilities();
    let role = RwSignal::new(plain_role(capabilities));
    view! {
        <Dialog
            title=format!("Change the role of {}", format::people(count))
            on_submit=Callback::new(move |()| on_choose.run(role.get_untracked()))
            on_close=on_close
        >
            <RoleSelect capabilities=capabilities role=role />
            <div class="actions">
                <button class="btn" type="button" on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit">
                    "Review"
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn ChooseGroup(
    store: Store,
    stay: Stay,
    count: usize,
    except: Option<GroupKey>,
    on_choose: Callback<(Arc<Group>, Role)>,
    on_close: Callback<()>,
) -> impl IntoView {
    let capabilities = store.capabilities();
    let role = RwSignal::new(plain_role(capabilities));
    let chosen = RwSignal::new(None::<(GroupKey, String)>);
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    store.load_once();
    let (title, hint) = match stay {
        Stay::Here => (
            format!("Copy {} to a group", format::people(count)),
            "They stay in this group too.",
        ),
        Stay::No => (
            format!("Move {} to a group", format::people(count)),
            "Each is taken out here only when a read has shown that they are in the other group.",
        ),
    };
    let send = Callback::new(move |()| {
        let Some((key, _)) = chosen.get_untracked() else {
            fault.set(Some(
                "Choose one of the groups that are suggested.".to_owned(),
            ));
            return;
        };
        busy.set(true);
        spawn_local(async move {
            // Who is in it already is what a read of this moment shows.
            let read = store.read(&key, &Stop::default()).await;
            busy.try_set(false);
            match read {
                Ok(group) => on_choose.run((group, role.get_untracked())),
                Err(error) => {
                    fault.try_set(Some(error.to_string()));
                }
            }
        });
    });
    view! {
        <Dialog title=title busy=busy on_submit=send on_close=on_close>
            <p>{hint}</p>
            <GroupBox store=store label="Group" chosen=chosen except=except error=fault />
            <RoleSelect capabilities=capabilities role=role />
            <div class="actions">
                <button class="btn" type="button" disabled=busy on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit" aria-disabled=move || busy.get().then_some("true")>
                    {move || if busy.get() { "Reading…" } else { "Review" }}
                </button>
            </div>
        </Dialog>
    }
}
