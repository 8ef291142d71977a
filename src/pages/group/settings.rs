use group_api::{Action, KeyKind, MembershipChange, PersonChange, PersonKey, PersonStep, guards};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::confirm::{Confirm, Question, guard_words};
use super::delete::DeleteGroup;
use super::details::Details;
use super::{GroupPage, use_group};
use crate::components::{Icon, unique_id};
use crate::format;
use crate::pages::new_group::LookOnlyNote;
use crate::router::use_router;

/// A group's fields, and the ways out of it.
#[component]
pub fn GroupSettings() -> impl IntoView {
    let page = use_group();
    view! {
        {(!page.may_write()).then(|| view! { <LookOnlyNote /> })}
        <Details page=page />
        <Leave page=page />
        <Transfer page=page />
        <Delete page=page />
    }
}

/// A section with one step that asks first.
#[component]
fn Step(
    title: &'static str,
    #[prop(into)] about: Signal<String>,
    children: Children,
) -> impl IntoView {
    let id = unique_id("section");
    let heading_id = id.clone();
    view! {
        <section class="section" aria-labelledby=id.clone()>
            <header>
                <h2 id=heading_id>{title}</h2>
                <p>{move || about.get()}</p>
            </header>
            <div class="form">{children()}</div>
        </section>
    }
}

fn reason(page: GroupPage, action: &Action) -> Option<String> {
    let group = page.group.get()?;
    page.store
        .backend()
        .allowed(page.store.me().as_ref(), &group, action)
        .reason()
        .map(str::to_owned)
}

#[component]
fn Leave(page: GroupPage) -> impl IntoView {
    let store = page.store;
    let capabilities = store.capabilities();
    let router = use_router();
    let asking = RwSignal::new(None::<Question>);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let why_not = Memo::new(move |_| reason(page, &Action::Leave));
    let ask = move |_| {
        let Some(group) = page.group.get_untracked() else {
            return;
        };
        let me = store.me();
        let mine = group.members.listed().and_then(|members| {
            members
                .iter()
                .find(|member| member.is_self || Some(&member.person) == me.as_ref())
                .cloned()
        });
        let mut facts =
            vec!["You lose what the group gives you, and cannot take it back yourself.".to_owned()];
        if let Some(mine) = mine {
            let step = PersonStep {
                person: mine.person.clone(),
                change: PersonChange::Revoke(mine.roles),
            };
            let change = MembershipChange {
                group: group.key.clone(),
                steps: vec![step],
            };
            let guards = guards(capabilities, me.as_ref(), &group, &change);
            facts.extend(
                guards
                    .into_iter()
                    .filter(|guard| *guard == group_api::Guard::TakesLastLead)
                    .map(|guard| guard_words(guard, capabilities, &group)),
            );
        }
        failure.set(None);
        asking.set(Some(Question {
            title: format!("Leave {}?", group.display_name),
            names: vec![group.display_name.clone()],
            facts,
            keep: "Stay".to_owned(),
            go_on: "Leave group".to_owned(),
        }));
    };
    let go = Callback::new(move |()| {
        let Some(group) = page.group.get_untracked() else {
            return;
        };
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = store.leave(&group.key).await;
            busy.try_set(false);
            match result {
                Ok(_) => {
                    asking.try_set(None);
                    store.say(None, format!("You left “{}”.", group.display_name));
                    let href = store.connection().href("groups");
                    store.load();
                    if page.is_on(&group.key) {
                        router.go(&href);
                    }
                }
                Err(error) => {
                    failure.try_set(Some(error.to_string()));
                }
            }
        });
    });
    view! {
        <Step
            title="Leave group"
            about=Signal::derive(move || why_not.get().unwrap_or_else(|| "You lose what the group gives you.".to_owned()))
        >
            <div class="actions">
                <button class="btn" type="button" disabled=move || why_not.get().is_some() || !page.may_write() on:click=ask>
                    "Leave group"
                </button>
            </div>
        </Step>
        {move || {
            asking
                .get()
                .map(|question| {
                    view! {
                        <Confirm
                            question=question
                            busy=busy
                            failure=failure
                            on_yes=go
                            on_no=Callback::new(move |()| asking.set(None))
                        />
                    }
                })
        }}
    }
}

#[component]
fn Transfer(page: GroupPage) -> impl IntoView {
    let store = page.store;
    let capabilities = store.capabilities();
    // A system without owners has nothing to hand over, and no section for it.
    if !capabilities.transfer.is_yes() {
        return ().into_any();
    }
    let chosen = RwSignal::new(None::<PersonKey>);
    let asking = RwSignal::new(None::<Question>);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let said = RwSignal::new(None::<String>);
    let fault = RwSignal::new(false);
    let why_not = Memo::new(move |_| reason(page, &Action::Transfer));
    let others = Memo::new(move |_| {
        let lead = capabilities.lead().map(|lead| lead.role.clone());
        page.group.with(|group| {
            let members = group
                .as_ref()
                .and_then(|group| group.members.listed())
                .unwrap_or_default();
            let can = members
                .iter()
                .filter(|m| !lead.as_ref().is_some_and(|lead| m.roles.contains(lead)));
            can.map(|member| (member.person.clone(), member.label.clone()))
                .collect::<Vec<_>>()
        })
    });
    let name_of = move |person: &PersonKey| {
        others.with_untracked(|others| {
            others
                .iter()
                .find(|(key, _)| key == person)
                .map(|(_, label)| label.clone())
                .unwrap_or_default()
        })
    };
    let ask = move |_| {
        let Some(group) = page.group.get_untracked() else {
            return;
        };
        let Some(person) = chosen.get_untracked() else {
            fault.set(true);
            return;
        };
        let name = name_of(&person);
        failure.set(None);
        said.set(None);
        asking.set(Some(Question {
            title: format!("Hand “{}” to {name}?", group.display_name),
            names: vec![group.display_name.clone(), name.clone()],
            facts: vec![
                format!("{name} becomes the owner and decides from then on who is in the group."),
                "You cannot take it back yourself. What you are in the group afterwards, the server decides.".to_owned(),
            ],
            keep: "Keep it".to_owned(),
            go_on: "Transfer ownership".to_owned(),
        }));
    };
    let go = Callback::new(move |()| {
        let (Some(group), Some(person)) = (page.group.get_untracked(), chosen.get_untracked())
        else {
            return;
        };
        let name = name_of(&person);
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = store.transfer(&group.key, &person).await;
            busy.try_set(false);
            match result {
                Ok(()) => {
                    asking.try_set(None);
                    chosen.try_set(None);
                    said.try_set(Some(format!("{name} owns the group now.")));
                }
                Err(error) => {
                    failure.try_set(Some(error.to_string()));
                }
            }
        });
    });
    let id = unique_id("owner");
    let error_id = format!("{id}-error");
    let about = Signal::derive(move || {
        why_not.get().unwrap_or_else(|| {
            if others.with(Vec::is_empty) {
                "There is nobody else in the group to hand it to.".to_owned()
            } else {
                "You cannot take it back yourself.".to_owned()
            }
        })
    });
    let off = Memo::new(move |_| {
        why_not.get().is_some() || others.with(Vec::is_empty) || !page.may_write()
    });
    view! {
        <Step title="Transfer ownership" about=about>
            <div class="field">
                <label for=id.clone()>"New owner"</label>
                <span class="select">
                    <select
                        id=id
                        disabled=off
                        aria-invalid=move || fault.get().then_some("true")
                        aria-describedby=error_id.clone()
                        on:change:target=move |ev| {
                            fault.set(false);
                            chosen.set(PersonKey::new(&ev.target().value()).ok());
                        }
                    >
                        <option value="">"Choose a member"</option>
                        {move || {
                            others
                                .get()
                                .into_iter()
                                .map(|(person, label)| view! { <option value=person.to_string()>{label}</option> })
                                .collect_view()
                        }}
                    </select>
                    <Icon name="down" />
                </span>
                <p class="error" id=error_id hidden=move || !fault.get()>
                    <Icon name="stop" />
                    "Choose who gets the group."
                </p>
            </div>
            <div class="actions">
                <button class="btn" type="button" disabled=off on:click=ask>
                    "Transfer ownership"
                </button>
                <span class="count" role="status">
                    {move || said.get()}
                </span>
            </div>
        </Step>
        {move || {
            asking
                .get()
                .map(|question| {
                    view! {
                        <Confirm
                            question=question
                            busy=busy
                            failure=failure
                            on_yes=go
                            on_no=Callback::new(move |()| asking.set(None))
                        />
                    }
                })
        }}
    }
    .into_any()
}

#[component]
fn Delete(page: GroupPage) -> impl IntoView {
    let open = RwSignal::new(false);
    let why_not = Memo::new(move |_| reason(page, &Action::Delete));
    let about = Signal::derive(move || {
        if let Some(why) = why_not.get() {
            return why;
        }
        let people = page.group.with(|group| {
            group
                .as_ref()
                .and_then(|group| group.members.listed())
                .map(<[_]>::len)
        });
        let lose = people.map(|n| {
            format!(
                "{} {} it. ",
                format::people(n),
                if n == 1 { "loses" } else { "lose" }
            )
        });
        format!(
            "{}What it opens elsewhere, Muster cannot see.",
            lose.unwrap_or_default()
        )
    });
    let keyed = page.store.capabilities().key == KeyKind::ChosenName;
    view! {
        <Step title="Delete group" about=about>
            <div class="actions">
                <button
                    class="btn btn-danger"
                    type="button"
                    disabled=move || why_not.get().is_some() || !page.may_write()
                    on:click=move |_| open.set(true)
                >
                    "Delete group"
                </button>
                {keyed.then(|| view! { <span class="quiet">"You will be asked for its internal name."</span> })}
            </div>
        </Step>
        {move || {
            open.get()
                .then(|| page.group.get_untracked())
                .flatten()
                .map(|group| view! { <DeleteGroup page=page group=group open=open /> })
        }}
    }
}
