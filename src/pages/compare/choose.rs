//! Asks for what the address does not name yet.

use std::sync::Arc;

use group_api::{GroupKey, PersonKey};
use leptos::prelude::*;
use muster_changes::compare::Sides;
use muster_core::Directory;

use super::{MOST, compare_groups, compare_people, name_of};
use crate::browser;
use crate::components::{GroupBox, Heading, PeopleBox, people_named};
use crate::draft::{FormDraft, keep_people};
use crate::router::use_router;
use crate::store::Store;

/// Asks for groups or people to be put beside those that are named.
#[component]
pub(super) fn Choose(store: Store, sides: Arc<Sides>) -> impl IntoView {
    let connection = store.connection();
    browser::set_title(&["Compare", &connection.name]);
    store.load_once();
    let named: Vec<String> = store.peek(|directory| {
        (0..sides.len())
            .map(|side| name_of(store.capabilities(), directory, &sides, side))
            .collect()
    });
    let words = if named.is_empty() {
        "Two or three groups stand side by side: who is in which, in what role.".to_owned()
    } else {
        format!(
            "{} is to stand beside what you choose here.",
            named.join(" and ")
        )
    };
    let form = match &*sides {
        Sides::Groups(keys) => view! { <ChooseGroups store=store keys=keys.clone() /> }.into_any(),
        Sides::People(keys) => view! { <ChoosePeople store=store keys=keys.clone() /> }.into_any(),
    };
    view! {
        <main class="page" id="main">
            <Heading text="Compare" />
            <p class="lede">{words}</p>
            {form}
        </main>
    }
}

#[component]
fn ChooseGroups(store: Store, keys: Vec<GroupKey>) -> impl IntoView {
    let router = use_router();
    let missing = 2_usize.saturating_sub(keys.len()).max(1);
    let except = keys.first().cloned();
    let boxes: Vec<_> = (0..missing)
        .map(|_| {
            (
                RwSignal::new(None::<(GroupKey, String)>),
                RwSignal::new(None::<String>),
            )
        })
        .collect();
    let fields = boxes
        .iter()
        .enumerate()
        .map(|(place, (chosen, error))| {
            let label = match (missing, place) {
                (1, _) => "Compare with",
                (_, 0) => "Group",
                _ => "Compare with",
            };
            view! { <GroupBox store=store label=label chosen=*chosen except=except.clone() error=*error /> }
        })
        .collect_view();
    let send = move || {
        let mut all: Vec<GroupKey> = keys.clone();
        let mut whole = true;
        for (chosen, error) in &boxes {
            match chosen.get_untracked() {
                Some((key, _)) if all.contains(&key) => {
                    error.set(Some(
                        "Choose another one: this stands there already.".to_owned(),
                    ));
                    whole = false;
                }
                Some((key, _)) => all.push(key),
                None => {
                    error.set(Some("Choose a group from the list.".to_owned()));
                    whole = false;
                }
            }
        }
        if whole {
            let all: Vec<&str> = all.iter().take(MOST).map(GroupKey::as_str).collect();
            router.replace(&compare_groups(store, &all));
        }
    };
    view! {
        <form
            class="form"
            aria-label="Compare"
            novalidate
            on:submit=move |ev| {
                ev.prevent_default();
                send();
            }
        >
            {fields}
            <div class="actions">
                <button class="btn btn-primary" type="submit">
                    "Compare"
                </button>
            </div>
        </form>
    }
}

#[component]
fn ChoosePeople(store: Store, keys: Vec<PersonKey>) -> impl IntoView {
    let router = use_router();
    let chosen = RwSignal::new(Vec::<PersonKey>::new());
    let typed = RwSignal::new(String::new());
    let draft = FormDraft::new(&store.connection().id, "compare");
    keep_people(draft.clone(), chosen, typed);
    let fault = RwSignal::new(None::<String>);
    let known = StoredValue::new(Vec::new());
    // Who is known grows while the list comes in.
    Effect::new(move |_| known.set_value(store.look(Directory::people)));
    let members = StoredValue::new(Vec::new());
    let send = move || {
        let people = chosen.with_untracked(|chosen| people_named(chosen, &typed.get_untracked()));
        match people {
            Ok(people) => {
                draft.clear();
                let mut all = keys.clone();
                for person in people {
                    if !all.contains(&person) {
                        all.push(person);
                    }
                }
                if all.len() < 2 {
                    return fault.set(Some(
                        "Name somebody else: this person stands there already.".to_owned(),
                    ));
                }
                let all: Vec<&str> = all.iter().take(MOST).map(PersonKey::as_str).collect();
                router.replace(&compare_people(store, &all));
            }
            Err(words) => fault.set(Some(words)),
        }
    };
    view! {
        <form
            class="form"
            aria-label="Compare"
            novalidate
            on:submit=move |ev| {
                ev.prevent_default();
                send();
            }
        >
            <PeopleBox label="Compare with" chosen=chosen typed=typed known=known members=members error=fault />
            <div class="actions">
                <button class="btn btn-primary" type="submit">
                    "Compare"
                </button>
            </div>
        </form>
    }
}
