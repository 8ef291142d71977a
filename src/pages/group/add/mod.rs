//! Adding people: chosen one by one or pasted as a list, looked at before anything is sent, and an outcome
//! for each.

mod list;
mod preview;

use group_api::{Group, MembershipChange, PersonKey, PersonStep, guards};
use leptos::prelude::*;
use muster_core::{Entry, split_people};
use muster_runs::{Place, RunId, Task};

use super::confirm::{Confirm, Question, guard_words};
use super::{GroupPage, Reading};
use crate::browser;
use crate::components::{
    Alert, Dialog, Field, FieldKind, Icon, Kind, PeopleBox, RunView, unique_id,
};
use crate::draft::Draft;
use crate::format;
use crate::runs::{Proposal, is_open};
use list::{List, done_of};
use preview::Preview;

/// What stands ready to be sent.
#[derive(Clone, Debug, PartialEq)]
struct Ready {
    proposal: Proposal,
    /// Who is in already and stays as they are.
    as_they_are: Vec<PersonKey>,
}

/// Adds people to a group. What was refused stays in the list, and what was not sent is kept when it is closed.
#[component]
pub(super) fn AddMembers(page: GroupPage, open: RwSignal<bool>) -> impl IntoView {
    let store = page.store;
    let capabilities = store.capabilities();
    // A link from a creation that went half way brings who is still to be added, and as what.
    let linked = browser::query_param("add").and_then(|name| PersonKey::new(&name).ok());
    let connection = store.connection().id;
    let group = page.key.get_untracked();
    let kept = group.as_ref().map(|key| Draft::kept(&connection, key));
    let mut draft = kept.unwrap_or_default();
    let was_kept = RwSignal::new(!draft.is_empty());
    if let Some(linked) = linked {
        draft.role = Some(0);
        if !draft.chosen.contains(&linked) {
            draft.chosen.push(linked);
        }
    }
    let list = List::new(page, draft, capabilities.roles.len().saturating_sub(1));
    let members = StoredValue::new(Vec::new());
    Effect::new(move |_| {
        members.set_value(page.group.with(|group| {
            let listed = group.as_ref().and_then(|group| group.members.listed());
            let listed = listed.unwrap_or_default().iter();
            listed.map(|member| member.person.clone()).collect()
        }));
    });
    let fault = RwSignal::new(None::<String>);
    // What was wrong is mended, or something else is.
    Effect::new(move |_| {
        list.listed.with(|_| ());
        list.part.track();
        list.change.track();
        fault.set(None);
    });
    let asking = RwSignal::new(None::<(Question, Ready)>);
    let run = RwSignal::new(None::<RwSignal<RunId>>);
    let leaving = RwSignal::new(false);
    let busy = Memo::new(move |_| run.get().is_some_and(|id| is_open(store, id.get())));
    // However the page is left, what was put together is kept.
    Effect::new(move |_| {
        let draft = list.draft();
        if let Some(key) = &group {
            draft.keep(&connection, key);
        }
    });
    let leave = Callback::new(move |()| {
        browser::replace_query(&[("add", None)]);
        open.set(false);
    });
    // While something is under way it takes an answer to close it, not one more press of Escape.
    let close = Callback::new(move |()| {
        if busy.get_untracked() {
            leaving.set(true);
        } else {
            leave.run(());
        }
    });
    let settled = StoredValue::new(Vec::<PersonKey>::new());
    let begin = move |ready: Ready| {
        leaving.set(false);
        was_kept.set(false);
        settled.set_value(ready.as_they_are);
        run.set(Some(RwSignal::new(store.begin(ready.proposal))));
    };
    take_out_when_over(list, run, settled);
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        match ready(list) {
            Err(words) => fault.set(Some(words)),
            Ok((ready, None)) => begin(ready),
            Ok((ready, Some(question))) => asking.set(Some((question, ready))),
        }
    };
    let role_id = unique_id("role");
    let run_id = unique_id("run");
    // How it goes, and how it went, comes into sight below what is left.
    let seen = run_id.clone();
    Effect::new(move |before: Option<bool>| {
        let busy = busy.get();
        if busy || before == Some(true) {
            let seen = seen.clone();
            request_animation_frame(move || browser::show(&seen));
        }
        busy
    });
    view! {
        <Dialog title="Add members" on_submit=Callback::new(|()| ()) on_close=close>
            {move || {
                was_kept
                    .get()
                    .then(|| {
                        view! {
                            <Alert kind=Kind::Note>
                                <p>"This was kept when the window was closed."</p>
                                <div class="actions">
                                    <button
                                        class="btn btn-small"
                                        type="button"
                                        on:click=move |_| {
                                            list.clear();
                                            was_kept.set(false);
                                        }
                                    >
                                        "Start anew"
                                    </button>
                                </div>
                            </Alert>
                        }
                    })
            }}
            <PeopleBox
                label="People"
                chosen=list.chosen
                typed=list.typed
                known=list.people
                members=members
                error=fault
                on_list=Callback::new(move |text: String| {
                    list.pasted
                        .update(|pasted| {
                            if !pasted.is_empty() && !pasted.ends_with('\n') {
                                pasted.push('\n');
                            }
                            pasted.push_str(&text);
                        });
                })
            />
            <Field
                label="Paste a list"
                value=list.pasted
                kind=FieldKind::List
                hint="Names or e-mails, one a line or with commas, semicolons or tabs between; cells of a spreadsheet; a CSV with a heading."
            />
            <div class="field">
                <label for=role_id.clone()>"Role"</label>
                <span class="select">
                    <select
                        id=role_id
                        on:change:target=move |ev| {
                            if let Ok(place) = ev.target().value().parse() {
                                list.role.set(place);
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
                                    <option value=place.to_string() selected=place == list.role.get_untracked()>
                                        {info.label}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                    <Icon name="down" />
                </span>
                {move || {
                    let has_roles = list.listed.with(|listed| listed.all.iter().any(|entry| entry.role.is_some()));
                    has_roles.then(|| view! { <p class="hint">"For those beside whom no role stands in the list."</p> })
                }}
            </div>
            {move || (!busy.get()).then(|| view! { <Preview list=list /> })}
            <div class="run" id=run_id.clone()>
                {move || run.get().map(|id| view! { <RunView store=store id=id /> })}
            </div>
            {move || {
                (busy.get() && leaving.get())
                    .then(|| {
                        view! {
                            <Alert kind=Kind::Note>
                                <p>"This is still under way. It goes on without this window as long as the page stays open; Activity shows it."</p>
                                <div class="actions">
                                    <button class="btn btn-small" type="button" on:click=move |_| leaving.set(false)>
                                        "Stay"
                                    </button>
                                    <button class="btn btn-small" type="button" on:click=move |_| leave.run(())>
                                        "Go on in the background"
                                    </button>
                                </div>
                            </Alert>
                        }
                    })
            }}
            <div class="actions stay">
                <button class="btn" type="button" on:click=move |_| close.run(())>
                    {move || if run.get().is_some() { "Close" } else { "Cancel" }}
                </button>
                <button
                    class="btn btn-primary"
                    type="button"
                    aria-busy=move || busy.get().then_some("true")
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| send()
                >
                    {move || if busy.get() { "Adding…" } else { "Add" }}
                </button>
            </div>
            {move || {
                asking
                    .get()
                    .map(|(question, ready)| {
                        view! {
                            <Confirm
                                question=question
                                on_yes=Callback::new(move |()| {
                                    asking.set(None);
                                    begin(ready.clone());
                                })
                                on_no=Callback::new(move |()| asking.set(None))
                            />
                        }
                    })
            }}
        </Dialog>
    }
}

/// When a run is over, those who are done with leave the list; who was refused stays in it.
fn take_out_when_over(
    list: List,
    run: RwSignal<Option<RwSignal<RunId>>>,
    settled: StoredValue<Vec<PersonKey>>,
) {
    let store = list.page.store;
    let over = Memo::new(move |_| {
        let id = run.get()?.get();
        let told = store.runs().get(id)?;
        // Tried again, it is over once more, with more done.
        told.run
            .is_over()
            .then(|| (id, told.run.counts().done, told.run.about.proved))
    });
    Effect::new(move |_| {
        let Some((id, _, proved)) = over.get() else {
            return;
        };
        let Some(told) = untrack(|| store.runs().get(id)) else {
            return;
        };
        let mut done = done_of(&told.run);
        settled.update_value(|settled| done.append(settled));
        list.take_out(&done);
        if let (Some(at), Reading::At(_)) = (proved, list.page.reading.get_untracked()) {
            #[allow(clippy::cast_precision_loss)] // far below 2^53
            list.page.reading.set(Reading::At(at as f64));
        }
    });
}

/// Puts together what is to be sent, and what has to be asked before.
///
/// # Errors
/// Why nothing can be sent yet, as a sentence.
fn ready(list: List) -> Result<(Ready, Option<Question>), String> {
    // What is typed and not yet a chip is meant too.
    let mut left = Vec::new();
    for entry in split_people(&list.typed.get_untracked()) {
        match entry {
            Entry::Name(person) => list.chosen.update(|chosen| {
                if !chosen.contains(&person) {
                    chosen.push(person);
                }
            }),
            Entry::Unreadable(text) => left.push(text),
        }
    }
    list.typed.set(left.join(", "));
    list.read_now();
    if !left.is_empty() {
        return Err(
            "What is left here cannot be a name: it holds characters that no name has.".to_owned(),
        );
    }
    let has_mails = list
        .listed
        .with_untracked(|listed| listed.all.iter().any(|entry| entry.offer.is_mail()));
    if has_mails && list.part.get_untracked().is_none() {
        return Err("Say which part of the e-mail addresses is the name.".to_owned());
    }
    let tasks = list.tasks();
    let counts = list.review.with_untracked(|review| review.counts);
    if tasks.is_empty() {
        return Err(match counts.total() {
            0 => "Name at least one person.",
            all if all == counts.inside + counts.twice => "All of these are in the group already.",
            _ => "There is nobody here who can be added.",
        }
        .to_owned());
    }
    let Some(group) = list.page.group.get_untracked() else {
        return Err("The group is not known.".to_owned());
    };
    let question = question(list, &group, &tasks);
    let all = tasks.len();
    let changes = all - comings(&tasks);
    let name = &group.display_name;
    let title = match (all - changes, changes) {
        (0, changes) => format!("Change the role of {} in {name}", format::people(changes)),
        (add, 0) => format!("Add {} to {name}", format::people(add)),
        (add, changes) => format!(
            "Add {} to {name}, change the role of {}",
            format::people(add),
            format::people(changes)
        ),
    };
    let ready = Ready {
        proposal: Proposal {
            title,
            places: vec![Place::of(&group)],
            tasks: tasks.into_iter().map(|task| (task, Vec::new())).collect(),
            ..Proposal::default()
        },
        as_they_are: list.as_they_are(),
    };
    Ok((ready, question))
}

/// How many of the tasks bring somebody in.
fn comings(tasks: &[Task]) -> usize {
    let comes = |task: &&Task| {
        matches!(
            task,
            Task::Person {
                change: group_api::PersonChange::Grant(_),
                ..
            }
        )
    };
    tasks.iter().filter(comes).count()
}

/// What deserves a second look: a change of role by which one loses one's own, or the last admin.
fn question(list: List, group: &Group, tasks: &[Task]) -> Option<Question> {
    let store = list.page.store;
    let capabilities = store.capabilities();
    if comings(tasks) == tasks.len() {
        return None;
    }
    let steps = tasks.iter().filter_map(|task| match task {
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
    let found = guards(capabilities, store.me().as_ref(), group, &change);
    let facts: Vec<String> = found
        .iter()
        .map(|guard| guard_words(*guard, capabilities, group))
        .collect();
    (!facts.is_empty()).then(|| Question {
        title: "Change these roles?".to_owned(),
        names: vec![group.display_name.clone()],
        facts,
        keep: "Leave it as it is".to_owned(),
        go_on: "Change roles".to_owned(),
    })
}
