use group_api::{Action, Group, Member, MemberKind, Members, PersonChange, PersonStep, Role};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::members::{Table, undo_id};
use super::{Elsewhere, RowState};
use crate::browser;
use crate::components::{Avatar, AvatarOf, Icon, pick, shown_name, unique_id};
use crate::format;
use crate::pages::groups::Time;
use crate::pages::person::person_href;
use crate::store::Store;

/// One member's row: who, which role, since when, and how what was done to them went.
#[component]
pub(super) fn MemberCells(
    table: Table,
    member: Member,
    mark: Memo<Option<RowState>>,
    /// The id of the role's button.
    button_id: StoredValue<String>,
) -> impl IntoView {
    let store = table.page.store;
    let capabilities = store.capabilities();
    let has_times = capabilities.times.is_yes();
    let is_me = member.is_self || store.me().as_ref() == Some(&member.person);
    let email = member.emails.first().cloned();
    let shown_email = email.filter(|email| email.address != member.label);
    let verified = member.emails.first().and_then(|email| email.verified);
    let member = StoredValue::new(member);
    let last = if has_times { "3" } else { "2" };
    // Who is not in the group any more has nothing but what became of them.
    let beside = move |is_gone: bool, state: AnyView| {
        if is_gone {
            return view! {
                <td class="c-state" role="cell" colspan=last>
                    {state}
                </td>
            }
            .into_any();
        }
        view! {
            <td class="c-role" role="cell">
                <RoleCell table=table member=member button_id=button_id saving=false />
                {state}
            </td>
            {has_times.then(|| view! { <Joined member=member /> })}
            <RemoveCell table=table member=member saving=false />
        }
        .into_any()
    };
    let rest = move || match mark.get() {
        Some(RowState::Done {
            at,
            what,
            note,
            undo,
        }) => {
            let words = format!("{what} {}", format::time_of_day(at));
            let removed = what == "removed";
            let state = view! {
                <span class="row-state">
                    <span role="status">{words}</span>
                    {note.map(|note| view! { <span class="quiet">{format!("the server also said: “{note}”")}</span> })}
                    {removed.then(|| receipt(table, member)).flatten()}
                    {undo
                        .map(|undo| {
                            let step = undo.clone();
                            view! {
                                <button
                                    class="link"
                                    type="button"
                                    id=undo_id(&undo.person)
                                    aria-label=move || format!("Undo: {} {what}", member.with_value(|m| m.label.clone()))
                                    on:click=move |_| table.wish_now(&member.get_value(), &step)
                                >
                                    "Undo"
                                </button>
                            }
                        })}
                </span>
            };
            beside(removed, state.into_any())
        }
        Some(RowState::Elsewhere { at, what }) => {
            let words = match &what {
                Elsewhere::Added => "added elsewhere".to_owned(),
                Elsewhere::Removed => "removed elsewhere".to_owned(),
                Elsewhere::Changed { was } => format!("changed elsewhere, was {was}"),
            };
            let state = view! {
                <span class="row-state">
                    <span>{format!("{words} {}", format::time_of_day(at))}</span>
                    <Dismiss table=table member=member />
                </span>
            };
            beside(what == Elsewhere::Removed, state.into_any())
        }
        Some(RowState::NotDone { words, step }) => {
            let label = member.with_value(|m| m.label.clone());
            let again = format!("Retry {label}");
            view! {
                <td class="c-state" role="cell" colspan=last>
                    <span class="row-state">
                        <span role="alert">{words}</span>
                        <button
                            class="link"
                            type="button"
                            id=undo_id(&step.person)
                            aria-label=again
                            on:click=move |_| table.wish_now(&member.get_value(), &step)
                        >
                            "Retry"
                        </button>
                        <Dismiss table=table member=member />
                    </span>
                </td>
            }
            .into_any()
        }
        state => {
            let saving = state.is_some();
            view! {
                <td class="c-role" role="cell">
                    <RoleCell table=table member=member button_id=button_id saving=saving />
                    {saving.then(|| view! { <span class="row-state" role="status">"saving…"</span> })}
                </td>
                {has_times.then(|| view! { <Joined member=member /> })}
                <RemoveCell table=table member=member saving=saving />
            }
            .into_any()
        }
    };
    let (name, key) = member.with_value(|m| (m.label.clone(), m.person.to_string()));
    let kind = member.with_value(|m| match &m.kind {
        MemberKind::User => None,
        MemberKind::Other(kind) => Some(kind.clone()),
    });
    let tick = (verified == Some(true)).then(|| {
        view! {
            <svg class="icon" role="img" aria-label="verified">
                <use_ href="#i-check"></use_>
            </svg>
        }
    });
    let unverified =
        (verified == Some(false)).then(|| view! { <span class="badge">"not verified"</span> });
    view! {
        <td class="c-name" role="cell">
            <span class="who">
                {pick(table.selection, table.keys, key.clone(), &name)}
                <Avatar of=AvatarOf::Person name=name.clone() key=key.clone() photo=None />
                <a class="name" href=person_href(store, &key)>
                    {shown_name(name.clone(), Some(table.found))}
                </a>
                {is_me.then(|| view! { <span class="badge">"you"</span> })}
                {kind.map(|kind| view! { <span class="badge">{kind}</span> })}
                {match shown_email {
                    Some(email) => {
                        view! {
                            <span class="mail">
                                <span>{shown_name(email.address, Some(table.found))}</span>
                                {tick}
                                {unverified}
                            </span>
                        }
                            .into_any()
                    }
                    None => view! { <span class="mail">{tick} {unverified}</span> }.into_any(),
                }}
            </span>
        </td>
        {rest}
    }
}

/// Lets go of what a row says besides the member.
#[component]
fn Dismiss(table: Table, member: StoredValue<Member>) -> impl IntoView {
    let label = member.with_value(|member| member.label.clone());
    let dismiss = move |_| {
        let person = member.with_value(|member| member.person.clone());
        table.page.marks.update(|marks| {
            marks.remove(&person);
        });
    };
    view! {
        <button class="link" type="button" aria-label=format!("Dismiss what happened to {label}") on:click=dismiss>
            "Dismiss"
        </button>
    }
}

/// The way to the receipt of what was last done to a member.
fn receipt(table: Table, member: StoredValue<Member>) -> Option<AnyView> {
    let store = table.page.store;
    let group = table.page.key.get_untracked()?;
    let id = member.with_value(|member| store.runs().receipt(&group, &member.person))?;
    let href = store.connection().href(&format!("activity?run={}", id.0));
    let label = member.with_value(|member| format!("Receipt: {} removed", member.label));
    Some(
        view! {
            <a class="link" href=href aria-label=label>
                "Receipt"
            </a>
        }
        .into_any(),
    )
}

#[component]
fn Joined(member: StoredValue<Member>) -> impl IntoView {
    view! {
        <td class="c-when quiet" role="cell">
            {member
                .with_value(|m| m.joined)
                .map(|at| {
                    view! {
                        <span class="on-phone">"Joined "</span>
                        <Time at=at />
                    }
                })}
        </td>
    }
}

/// Whether somebody holds the group's highest role.
pub(super) fn leads(store: Store, member: &Member) -> bool {
    let lead = store.capabilities().lead();
    lead.is_some_and(|lead| member.roles.contains(&lead.role))
}

/// What may be done to this member, and if not, why. The rules look at them and at me.
fn forbidden(
    table: Table,
    member: StoredValue<Member>,
    action: fn(group_api::PersonKey) -> Action,
) -> Option<String> {
    let mut group = Group::clone(&*table.alone.get_untracked()?);
    if let Members::Listed(members) = &mut group.members {
        members.push(member.get_value());
    }
    let store = table.page.store;
    if member.with_value(|m| m.kind != MemberKind::User) {
        return Some("This is not a person; it can be changed in the system itself.".to_owned());
    }
    let action = action(member.with_value(|m| m.person.clone()));
    store
        .backend()
        .allowed(store.me().as_ref(), &group, &action)
        .reason()
        .map(str::to_owned)
}

/// The role, with the form to change it where that can be tried.
#[component]
fn RoleCell(
    table: Table,
    member: StoredValue<Member>,
    button_id: StoredValue<String>,
    saving: bool,
) -> impl IntoView {
    let capabilities = table.page.store.capabilities();
    let person = member.with_value(|m| m.person.clone());
    let label = member.with_value(|m| m.label.clone());
    let held = member.with_value(|m| m.roles.clone());
    let words = held
        .iter()
        .map(|role| capabilities.label(role))
        .collect::<Vec<_>>()
        .join(", ");
    let why_not = forbidden(table, member, Action::ChangeRole);
    let store = table.page.store;
    let is_last = member.with_value(|member| leads(store, member))
        && table.alone.with(|alone| {
            let alone = alone.as_ref().and_then(|alone| alone.members.listed());
            let held = alone.unwrap_or_default().iter();
            held.filter(|member| leads(store, member)).count() == 1
        });
    // The owner is always one: to say that it is the last would be noise.
    let warns = is_last && capabilities.lead().is_some_and(|lead| lead.assignable);
    let last = capabilities
        .lead()
        .map(|lead| format!("last {}", lead.label.to_ascii_lowercase()))
        .unwrap_or_default();
    let warning = warns.then(|| {
        view! {
            <span class="warn">
                <Icon name="warn" />
                {last}
            </span>
        }
    });
    if why_not.is_some() || !table.page.may_write() {
        return view! {
            <span title=why_not>{words}</span>
            {warning}
        }
        .into_any();
    }
    let held_words = words.clone();
    let open = {
        let person = person.clone();
        Memo::new(move |_| {
            table
                .choosing
                .with(|choosing| choosing.as_ref() == Some(&person))
        })
    };
    let button_id = button_id.get_value();
    let toggle = move |_| {
        let person = person.clone();
        table.choosing.update(|choosing| {
            *choosing = if choosing.as_ref() == Some(&person) {
                None
            } else {
                Some(person)
            }
        });
    };
    let form_id = button_id.clone();
    view! {
        <span class="role">
        <label for=button_id.clone()>{words}</label>
        <button
            class="btn btn-quiet btn-icon btn-small"
            type="button"
            id=button_id
            title="Change role"
            aria-label=format!("Role of {label}")
            aria-description=held_words
            aria-expanded=move || open.get().to_string()
            disabled=saving
            on:click=toggle
            on:keydown=move |ev| {
                // The form has the focus a frame after it opened, and may have given it back.
                if ev.key() == "Escape" && open.get_untracked() {
                    ev.prevent_default();
                    table.choosing.set(None);
                }
            }
        >
            <Icon name="down" />
        </button>
        </span>
        {warning}
        {move || {
            open.get().then(|| view! { <RoleForm table=table member=member opener=form_id.clone() /> })
        }}
    }
    .into_any()
}

/// What holding a role means, where the contract says.
fn role_hint(role: &Role, is_lead: bool) -> Option<&'static str> {
    if is_lead {
        Some("Adds and removes people, changes the group.")
    } else {
        (role.as_str() == "member").then_some("Has what the group gives.")
    }
}

#[component]
fn RoleForm(table: Table, member: StoredValue<Member>, opener: String) -> impl IntoView {
    let capabilities = table.page.store.capabilities();
    let held = member.with_value(|m| m.roles.clone());
    let choice = RwSignal::new(held.first().cloned());
    let name = unique_id("roles");
    let opener = StoredValue::new(opener);
    let close = move || {
        table.choosing.set(None);
        opener.with_value(|id| browser::focus(id));
    };
    let send = move || {
        let (Some(to), Some(group)) = (choice.get_untracked(), table.page.group.get_untracked())
        else {
            return;
        };
        close();
        let member = member.get_value();
        let alone = member.roles.contains(&to) && member.roles.iter().count() == 1;
        if alone {
            return;
        }
        let change = PersonChange::Change {
            from: member.roles.clone(),
            to,
        };
        let step = PersonStep {
            person: member.person.clone(),
            change,
        };
        table.wish(&group, &member, step);
    };
    let radios = capabilities
        .assignable()
        .enumerate()
        .map(|(place, info)| {
            let id = format!("{name}-{place}");
            let checked = held.first() == Some(&info.role);
            let is_lead = capabilities.lead() == Some(info);
            view! {
                <div class="check">
                    <input
                        type="radio"
                        name=name.clone()
                        id=id.clone()
                        checked=checked
                        autofocus=checked
                        on:change=move |_| choice.set(Some(info.role.clone()))
                    />
                    <label for=id>{info.label}</label>
                    {role_hint(&info.role, is_lead).map(|hint| view! { <p class="hint">{hint}</p> })}
                </div>
            }
        })
        .collect_view();
    // The form opens by a press: the keyboard goes on inside it.
    let first = format!("{name}-0");
    request_animation_frame(move || {
        let checked = document()
            .query_selector(&format!(
                "input[id^='{}']:checked",
                first.trim_end_matches("-0")
            ))
            .ok()
            .flatten();
        let id = checked.map_or(first, |element| element.id());
        browser::focus(&id);
    });
    let label = member.with_value(|m| m.label.clone());
    view! {
        <form
            class="panel"
            tabindex="-1"
            aria-label=format!("Role of {label}")
            on:focusout=move |ev: web_sys::FocusEvent| {
                let form = ev.current_target().and_then(|form| form.dyn_into::<web_sys::Node>().ok());
                let next = ev.related_target().and_then(|next| next.dyn_into::<web_sys::Node>().ok());
                // The button that opened it closes it by itself.
                let to_opener = next
                    .as_ref()
                    .and_then(|next| next.dyn_ref::<web_sys::Element>())
                    .is_some_and(|next| opener.with_value(|id| next.id() == *id));
                if !to_opener && form.is_some_and(|form| !form.contains(next.as_ref())) {
                    table.choosing.set(None);
                }
            }
            on:submit=move |ev| {
                ev.prevent_default();
                send();
            }
            on:keydown=move |ev| {
                if ev.key() == "Escape" {
                    ev.prevent_default();
                    close();
                }
            }
        >
            <fieldset class="checks">
                <legend class="sr-only">"Role"</legend>
                {radios}
            </fieldset>
            <div class="actions">
                <button class="btn btn-small btn-primary" type="submit">
                    "Change role"
                </button>
                <button class="btn btn-small btn-quiet" type="button" on:click=move |_| close()>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}

#[component]
fn RemoveCell(table: Table, member: StoredValue<Member>, saving: bool) -> impl IntoView {
    let why_not = forbidden(table, member, Action::Remove);
    if why_not.is_some() || !table.page.may_write() {
        return view! { <td class="c-act" role="cell"></td> }.into_any();
    }
    let label = member.with_value(|m| m.label.clone());
    let remove = move |_| {
        let Some(group) = table.page.group.get_untracked() else {
            return;
        };
        let member = member.get_value();
        let step = PersonStep {
            person: member.person.clone(),
            change: PersonChange::Revoke(member.roles.clone()),
        };
        table.wish(&group, &member, step);
    };
    view! {
        <td class="c-act" role="cell">
            <button class="btn btn-quiet btn-small" type="button" aria-label=format!("Remove {label}") disabled=saving on:click=remove>
                "Remove"
            </button>
        </td>
    }
    .into_any()
}
