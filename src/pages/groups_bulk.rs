//! What can be done with several groups at once.

use std::collections::HashSet;
use std::sync::Arc;

use group_api::{
    Action, Group, MembershipChange, PersonChange, PersonKey, PersonStep, Role, guards,
};
use leptos::prelude::*;
use muster_core::{Directory, WorkList};
use muster_runs::{Fate, Place, RunId, Task, Was};

use super::compare::compare_groups;
use super::exports::selected_groups;
use super::group::guard_words;
use crate::components::{
    Dialog, ExportButton, Keys, PeopleBox, Review, ReviewDialog, RoleSelect, Selection,
    SelectionBar, people_named, plain_role,
};
use crate::draft::{FormDraft, keep_people};
use crate::format;
use crate::router::use_router;
use crate::runs::Proposal;
use crate::session::Access;
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Nothing,
    /// Whom to add to them.
    Add,
    /// Whom to remove from them.
    Remove,
    /// Whether this is what is meant.
    Review(Box<Review>),
}

/// What is to become of people in several groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Add,
    Remove,
}

/// Where those are kept who were chosen for it and not sent.
fn draft(store: Store, what: What) -> FormDraft {
    let form = match what {
        What::Add => "groups/add",
        What::Remove => "groups/remove",
    };
    FormDraft::new(&store.connection().id, form)
}

/// The bar of the groups' table while some are selected.
#[component]
pub fn GroupsBar(
    /// The store of the connection.
    store: Store,
    /// What is selected.
    selection: Selection,
    /// The table's rows.
    keys: Keys,
    /// The list that the groups are from: to add people to groups without an admin is to add admins.
    list: RwSignal<Option<WorkList>>,
) -> impl IntoView {
    let capabilities = store.capabilities();
    let router = use_router();
    let asked = RwSignal::new(Asked::Nothing);
    // For what the people were chosen whose review is shown.
    let chosen_for = StoredValue::new(None::<What>);
    let selected = move || -> Vec<Arc<Group>> {
        let wanted = selection.keys();
        store.peek(|directory| {
            let rows = directory.rows().filter(|row| wanted.contains(row.key()));
            let keys = rows.filter_map(|row| group_api::GroupKey::new(row.key()).ok());
            keys.filter_map(|key| directory.get(&key)).collect()
        })
    };
    let review = move |review: Review| asked.set(Asked::Review(Box::new(review)));
    let done = Callback::new(move |id: Option<RunId>| {
        asked.set(Asked::Nothing);
        let Some(told) = id.and_then(|id| untrack(|| store.runs().get(id))) else {
            return;
        };
        // They were sent; a review that was given up leaves them for the next time.
        if let Some(what) = chosen_for.get_value() {
            draft(store, what).clear();
        }
        // A group of which everything succeeded leaves the selection.
        let run = &told.run;
        let stays: HashSet<usize> = run
            .items()
            .iter()
            .filter(|item| !matches!(item.fate, Fate::Done { .. }))
            .map(|item| item.task.place())
            .collect();
        let places = run.places.iter().enumerate();
        let gone: HashSet<&str> = places
            .filter(|(place, _)| !stays.contains(place))
            .map(|(_, place)| place.key.as_str())
            .collect();
        selection.retain(|key| !gone.contains(key));
    });
    let button = move |words: &'static str, why_not: Option<&'static str>, press: Callback<()>| {
        let off = why_not.is_some();
        view! {
            <button class="btn btn-small" type="button" disabled=off title=why_not on:click=move |_| press.run(())>
                {words}
            </button>
        }
    };
    let looks =
        (store.connection().access == Access::LookOnly).then_some("This connection only looks.");
    let no_add = looks.or(match capabilities.add {
        group_api::Support::No(why) => Some(why),
        group_api::Support::Yes => None,
    });
    let offers = Callback::new(move |()| {
        let wanted = selection.keys();
        let numbers = store.peek(|directory| {
            let rows = directory.rows().filter(|row| wanted.contains(row.key()));
            rows.map(|row| row.number()).collect()
        });
        selected_groups(store, numbers)
    });
    // Two or three can stand side by side.
    let compare = move || {
        let why_not =
            (!(2..=3).contains(&selection.len())).then_some("Select two or three groups.");
        let press = Callback::new(move |()| {
            let keys = selection.keys();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            router.go(&compare_groups(store, &keys));
        });
        button("Compare", why_not, press)
    };
    let buttons = move || {
        view! {
            {compare}
            {button("Add people", no_add, Callback::new(move |()| asked.set(Asked::Add)))}
            {button("Remove people", looks, Callback::new(move |()| asked.set(Asked::Remove)))}
            <ExportButton store=store offers=offers class="btn btn-small" />
            {button("Delete", looks, Callback::new(move |()| {
                chosen_for.set_value(None);
                review(deletion(store, &selected()));
            }))}
        }
        .into_any()
    };
    let first_role = move || {
        let wants_lead = matches!(
            list.get_untracked(),
            Some(WorkList::NoLead | WorkList::OneLead)
        );
        let lead = capabilities
            .lead()
            .filter(|lead| wants_lead && lead.assignable);
        lead.map_or_else(|| plain_role(capabilities), |lead| lead.role.clone())
    };
    view! {
        <SelectionBar selection=selection rows=keys words=("group", "groups") buttons=Callback::new(move |()| buttons()) />
        {move || {
            let close = Callback::new(move |()| asked.set(Asked::Nothing));
            match asked.get() {
                Asked::Nothing => ().into_any(),
                Asked::Add => {
                    let choose = Callback::new(move |(people, role): (Vec<PersonKey>, Option<Role>)| {
                        chosen_for.set_value(Some(What::Add));
                        if let Some(role) = role {
                            review(addition(store, &selected(), &people, &role));
                        }
                    });
                    view! { <ChoosePeople store=store what=What::Add count=selection.len() role=Some(first_role()) on_choose=choose on_close=close /> }.into_any()
                }
                Asked::Remove => {
                    let choose = Callback::new(move |(people, _): (Vec<PersonKey>, Option<Role>)| {
                        chosen_for.set_value(Some(What::Remove));
                        review(removal(store, &selected(), &people));
                    });
                    view! { <ChoosePeople store=store what=What::Remove count=selection.len() role=None on_choose=choose on_close=close /> }.into_any()
                }
                Asked::Review(review) => view! { <ReviewDialog store=store review=*review on_close=done /> }.into_any(),
            }
        }}
    }
}

/// Why nothing of this kind can be done to the group, if that is known.
fn forbidden(store: Store, group: &Group, action: &Action) -> Option<String> {
    let allowed = store.backend().allowed(store.me().as_ref(), group, action);
    allowed
        .reason()
        .map(|why| format!("{}: {why}", group.display_name))
}

fn addition(store: Store, groups: &[Arc<Group>], people: &[PersonKey], role: &Role) -> Review {
    let capabilities = store.capabilities();
    let (mut places, mut tasks, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for group in groups {
        if let Some(why) = forbidden(store, group, &Action::Add) {
            left.push(why);
            continue;
        }
        let place = places.len();
        places.push(Place::of(group));
        for person in people {
            match group.members.find(person) {
                Some(member) => {
                    left.push(format!(
                        "{}: {} is in as {} already",
                        group.display_name,
                        member.label,
                        capabilities.labels(&member.roles)
                    ));
                }
                None => tasks.push((
                    Task::Person {
                        place,
                        person: person.clone(),
                        label: None,
                        change: PersonChange::Grant(role.clone()),
                    },
                    Vec::new(),
                )),
            }
        }
    }
    let title = format!(
        "Add {} to {}",
        format::people(people.len()),
        format::groups(places.len())
    );
    Review {
        go_on: format!("Add as {}", capabilities.label(role)),
        proposal: Proposal {
            title,
            places,
            tasks,
            ..Proposal::default()
        },
        left,
        ..Review::default()
    }
}

fn removal(store: Store, groups: &[Arc<Group>], people: &[PersonKey]) -> Review {
    let capabilities = store.capabilities();
    let (mut places, mut tasks, mut left, mut facts) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for group in groups {
        let place = places.len();
        let mut steps = Vec::new();
        for person in people {
            let Some(member) = group.members.find(person) else {
                continue;
            };
            if let Some(why) = forbidden(store, group, &Action::Remove(person.clone())) {
                left.push(format!("{}, {why}", member.label));
                continue;
            }
            let change = PersonChange::Revoke(member.roles.clone());
            tasks.push((
                Task::Person {
                    place,
                    person: person.clone(),
                    label: Some(member.label.clone()).filter(|label| label != person.as_str()),
                    change: change.clone(),
                },
                Vec::new(),
            ));
            steps.push(PersonStep {
                person: person.clone(),
                change,
            });
        }
        if steps.is_empty() {
            left.push(format!("{}: none of them is in it", group.display_name));
            continue;
        }
        places.push(Place::of(group));
        let change = MembershipChange {
            group: group.key.clone(),
            steps,
        };
        let found = guards(capabilities, store.me().as_ref(), group, &change);
        facts.extend(
            found
                .iter()
                .map(|guard| guard_words(*guard, capabilities, group)),
        );
    }
    if !capabilities.add.is_yes() {
        facts.push(format!(
            "It cannot be taken back from here: nobody can be added on {}.",
            capabilities.system
        ));
    }
    let title = format!(
        "Remove {} from {}",
        format::people(people.len()),
        format::groups(places.len())
    );
    Review {
        go_on: "Remove".to_owned(),
        proposal: Proposal {
            title,
            places,
            tasks,
            ..Proposal::default()
        },
        facts,
        left,
        typed: None,
    }
}

fn deletion(store: Store, groups: &[Arc<Group>]) -> Review {
    let (mut places, mut tasks, mut left) = (Vec::new(), Vec::new(), Vec::new());
    let mut people = 0;
    for group in groups {
        if let Some(why) = forbidden(store, group, &Action::Delete) {
            left.push(why);
            continue;
        }
        let was = Was::of(group);
        people += was.people.len();
        let place = places.len();
        places.push(Place::of(group));
        tasks.push((
            Task::Delete {
                place,
                was: Box::new(was),
            },
            Vec::new(),
        ));
    }
    let count = format::groups(places.len());
    Review {
        facts: vec![format!(
            "{} lose {count}, counted once for each. What these groups open elsewhere, Muster cannot see.",
            format::people(people)
        )],
        left,
        go_on: format!("Delete {count}"),
        typed: Some(places.len().to_string()),
        proposal: Proposal {
            title: format!("Delete {count}"),
            places,
            tasks,
            ..Proposal::default()
        },
    }
}

/// Asks for people, and for the role that they are to have where they are to be added.
#[component]
fn ChoosePeople(
    store: Store,
    what: What,
    count: usize,
    role: Option<Role>,
    on_choose: Callback<(Vec<PersonKey>, Option<Role>)>,
    on_close: Callback<()>,
) -> impl IntoView {
    let capabilities = store.capabilities();
    let chosen = RwSignal::new(Vec::<PersonKey>::new());
    let typed = RwSignal::new(String::new());
    keep_people(draft(store, what), chosen, typed);
    let fault = RwSignal::new(None::<String>);
    let known = StoredValue::new(store.peek(Directory::people));
    let members = StoredValue::new(Vec::new());
    let groups = format::groups(count);
    let title = match what {
        What::Add => format!("Add people to {groups}"),
        What::Remove => format!("Remove people from {groups}"),
    };
    let give_up = Callback::new(move |()| {
        chosen.set(Vec::new());
        typed.set(String::new());
        draft(store, what).clear();
        on_close.run(());
    });
    let role = role.map(RwSignal::new);
    let send = Callback::new(move |()| {
        let people = chosen.with_untracked(|chosen| people_named(chosen, &typed.get_untracked()));
        match people {
            Ok(people) => on_choose.run((people, role.map(|role| role.get_untracked()))),
            Err(words) => fault.set(Some(words)),
        }
    });
    view! {
        <Dialog title=title on_submit=send on_close=give_up>
            <PeopleBox label="People" chosen=chosen typed=typed known=known members=members error=fault />
            {role.map(|role| view! { <RoleSelect capabilities=capabilities role=role /> })}
            <div class="actions">
                <button class="btn" type="button" on:click=move |_| give_up.run(())>
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit">
                    "Review"
                </button>
            </div>
        </Dialog>
    }
}
