//! What will become of a list, before anything of it is sent.

use group_api::{KeyFault, PersonKey};
use leptos::prelude::*;
use muster_core::paste::{Again, Class, MailPart, PastedEntry, Reviewed};

use super::list::{List, SHOWN, is_change};
use crate::browser;
use crate::components::{Check, Icon, Name, unique_id};
use crate::format;

/// The counts, then those about whom there is something to say.
#[component]
pub(super) fn Preview(list: List) -> impl IntoView {
    view! {
        <Heading list=list />
        <Mails list=list />
        <p class="sum" role="status">
            {move || sum(list)}
        </p>
        <Faulty list=list />
        <Unseen list=list />
        <Inside list=list />
        <Twice list=list />
    }
}

/// "312 will be added · 9 of them never seen · 4 are in already".
fn sum(list: List) -> String {
    let review = list.review.get();
    let counts = review.counts;
    let known_only = list.known_only.get();
    let add = counts.add + if known_only { 0 } else { counts.unseen };
    let change = review.rows.iter().filter(|row| list.changes(row)).count();
    let unseen = if known_only {
        "never seen here, left out"
    } else {
        "of them never seen here"
    };
    let are = if counts.inside == 1 { "is" } else { "are" };
    let bad = counts.unreadable + counts.no_role;
    let parts = [
        (add, "will be added".to_owned()),
        (counts.unseen, unseen.to_owned()),
        (counts.inside, format!("{are} in already")),
        (change, "of them get another role".to_owned()),
        (counts.twice, "twice".to_owned()),
        (bad, "unreadable".to_owned()),
    ];
    if counts.total() == 0 {
        return String::new();
    }
    let mut sum = String::new();
    for (place, (count, what)) in parts.iter().enumerate() {
        if *count > 0 || place == 0 {
            if place > 0 {
                sum.push_str(" · ");
            }
            sum.push_str(&format!("{} {what}", format::number(*count)));
        }
    }
    sum
}

/// What the first line was taken for.
#[component]
fn Heading(list: List) -> impl IntoView {
    let words = Memo::new(move |_| {
        list.listed.with(|listed| {
            let heading = listed.pasted.heading.as_ref()?;
            let mut words = format!(
                "Line {} is a heading: the people are in “{}”",
                heading.line, heading.people
            );
            if let Some(roles) = &heading.roles {
                words.push_str(&format!(", their roles in “{roles}”"));
            }
            words.push('.');
            if !heading.unused.is_empty() {
                let unused = heading.unused.join("”, “");
                words.push_str(&format!(" Not used: “{unused}”."));
            }
            Some(words)
        })
    });
    // Where it was taken for people, it can be taken for a heading again.
    let shown = Memo::new(move |_| words.with(Option::is_some) || list.no_heading.get());
    move || {
        shown.get().then(|| {
            view! {
                <div class="note">
                    {move || words.get().map(|words| view! { <p>{words}</p> })}
                    <Check label="The first line is no heading" checked=list.no_heading />
                </div>
            }
        })
    }
}

/// Which part of the addresses is the name: asked once.
#[component]
fn Mails(list: List) -> impl IntoView {
    let example = Memo::new(move |_| {
        list.listed.with(|listed| {
            let mail = listed.all.iter().find(|entry| entry.offer.is_mail())?;
            let part = |part| Some(mail.offer.person(part).ok()?.to_string());
            Some((part(MailPart::Whole)?, part(MailPart::BeforeAt)?))
        })
    });
    let name = unique_id("part");
    let has_mails = Memo::new(move |_| example.with(Option::is_some));
    move || {
        let name = name.clone();
        has_mails.get().then(|| {
            let radio = move |part: MailPart, label: &'static str| {
                let id = unique_id("part");
                let hint_id = format!("{id}-hint");
                view! {
                    <div class="check">
                        <input
                            type="radio"
                            name=name.clone()
                            id=id.clone()
                            aria-describedby=hint_id.clone()
                            prop:checked=move || list.part.get() == Some(part)
                            on:change=move |_| list.part.set(Some(part))
                        />
                        <label for=id>{label}</label>
                        <p class="hint" id=hint_id>
                            {move || example.get().map(|(whole, before)| if part == MailPart::Whole { whole } else { before })}
                        </p>
                    </div>
                }
            };
            view! {
                <fieldset class="parts">
                    <legend>"The name is"</legend>
                    {radio(MailPart::Whole, "the whole address")}
                    {radio(MailPart::BeforeAt, "the part before @")}
                </fieldset>
            }
        })
    }
}

/// Entries of one kind under a summary that opens; the first hundred, and how many more.
fn section(
    list: List,
    is: fn(&Class) -> bool,
    open: bool,
    summary: impl Fn(usize) -> String + Copy + Send + Sync + 'static,
    body: impl Fn() -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    let count = Memo::new(move |_| list.review.with(|review| review.places(is).count()));
    let some = Memo::new(move |_| count.get() > 0);
    let shown = move || {
        some.get().then(|| {
            view! {
                <details class="part" prop:open=open>
                    <summary>{move || summary(count.get())} <Icon name="down" /></summary>
                    {body}
                    {move || {
                        let more = count.get().saturating_sub(SHOWN);
                        (more > 0).then(|| view! { <p class="quiet">{format!("and {} more", format::number(more))}</p> })
                    }}
                </details>
            }
        })
    };
    shown.into_any()
}

/// The first entries of one kind as lines of a list.
fn lines(
    list: List,
    label: &'static str,
    is: fn(&Class) -> bool,
    line: impl Fn(&PastedEntry, &Reviewed) -> AnyView,
) -> AnyView {
    let (listed, review) = (list.listed.get(), list.review.get());
    let items: Vec<_> = review
        .places(is)
        .take(SHOWN)
        .filter_map(|place| Some(line(listed.all.get(place)?, review.rows.get(place)?)))
        .collect();
    view! { <ul class="outcomes" aria-label=label tabindex="0">{items}</ul> }.into_any()
}

fn item(state: &'static str, icon: &'static str, strong: String, words: String) -> AnyView {
    view! {
        <li data-state=state>
            <Icon name=icon />
            <div>
                <strong>
                    <Name text=strong />
                </strong>
                <p>{words}</p>
            </div>
        </li>
    }
    .into_any()
}

/// "line 7" or "chosen above".
fn stands(entry: &PastedEntry) -> String {
    if entry.line == 0 {
        "chosen above".to_owned()
    } else {
        format!("line {}", entry.line)
    }
}

const fn is_faulty(class: &Class) -> bool {
    matches!(class, Class::Unreadable(_) | Class::NoSuchRole)
}

#[component]
fn Faulty(list: List) -> impl IntoView {
    let roles = list.page.store.capabilities();
    let body = move || {
        lines(list, "Unreadable", is_faulty, |entry, row| {
            let why = match row.class {
                Class::NoSuchRole => {
                    let word = entry.role.as_deref().unwrap_or_default();
                    let roles: Vec<_> = roles.assignable().map(|info| info.label).collect();
                    format!("no role is called “{word}”: use {}", roles.join(" or "))
                }
                Class::Unreadable(KeyFault::Empty) => "nobody is named here".to_owned(),
                Class::Unreadable(KeyFault::Unusable) => {
                    "it holds characters that no name has".to_owned()
                }
                Class::Unreadable(fault) => fault.to_string(),
                _ => String::new(),
            };
            let at = stands(entry);
            item("refused", "x", entry.typed.clone(), format!("{at}: {why}"))
        })
    };
    section(
        list,
        is_faulty,
        true,
        |count| {
            format!(
                "{} unreadable: nothing is sent for them",
                format::number(count)
            )
        },
        body,
    )
}

const fn is_unseen(class: &Class) -> bool {
    matches!(class, Class::Unseen)
}

#[component]
fn Unseen(list: List) -> impl IntoView {
    let near = list.near();
    let id = StoredValue::new(unique_id("unseen"));
    let take = move |place: usize, name: PersonKey| {
        list.replace(place, &name);
        // The button that was pressed is gone with its line.
        request_animation_frame(move || {
            if let Some(id) = id.try_get_value() {
                browser::focus(&id);
            }
        });
    };
    let body = move || {
        let (listed, review) = (list.listed.get(), list.review.get());
        let items = near
            .get()
            .iter()
            .filter_map(|(place, near)| {
                let place = *place;
                let entry = listed.all.get(place)?;
                let person = review.rows.get(place)?.person.as_ref()?.to_string();
                let mut words = stands(entry);
                if let Some(near) = near {
                    words.push_str(&format!(" · did you mean {near}?"));
                }
                let near = near.clone();
                Some(
                    view! {
                        <li data-state="unknown">
                            <Icon name="warn" />
                            <div>
                                <strong>
                                    <Name text=person />
                                </strong>
                                <p>{words}</p>
                            </div>
                            {near
                                .map(|near| {
                                    view! {
                                        <button class="btn btn-small" type="button" on:click=move |_| take(place, near.clone())>
                                            {format!("Use {near}")}
                                        </button>
                                    }
                                })}
                        </li>
                    },
                )
            })
            .collect_view();
        let partly = !list.is_whole.get();
        view! {
            {partly.then(|| view! { <p class="quiet">"Not all groups have been read, so more people may be known than are here."</p> })}
            <Check label="Leave them out" checked=list.known_only />
            <ul class="outcomes" id=id.get_value() aria-label="Never seen" tabindex="0">
                {items}
            </ul>
        }
        .into_any()
    };
    section(
        list,
        is_unseen,
        true,
        |count| {
            format!(
                "{} never seen here: check the spelling",
                format::number(count)
            )
        },
        body,
    )
}

const fn is_in(class: &Class) -> bool {
    matches!(class, Class::In(_))
}

#[component]
fn Inside(list: List) -> impl IntoView {
    let capabilities = list.page.store.capabilities();
    let changeable = Memo::new(move |_| {
        let review = list.review.get();
        let rows = review.rows.iter().filter(|row| is_change(row));
        rows.filter_map(|row| row.person.clone())
            .collect::<Vec<_>>()
    });
    let all = RwSignal::new(false);
    Effect::new(move |before: Option<bool>| {
        let all = all.get();
        if before.is_some_and(|before| before != all) {
            list.change.set(if all {
                changeable.get_untracked()
            } else {
                Vec::new()
            });
        }
        all
    });
    let body = move || {
        let items = lines(list, "In already", is_in, |entry, row| {
            let Class::In(held) = &row.class else {
                return ().into_any();
            };
            let held: Vec<_> = held.iter().map(|role| capabilities.label(role)).collect();
            let words = format!("in as {} · {}", held.join(" and "), stands(entry));
            let person = row.person.clone();
            let name = person.as_ref().map(ToString::to_string).unwrap_or_default();
            let asked = row
                .role
                .as_ref()
                .map(|role| capabilities.label(role).to_owned());
            let change = person
                .zip(asked)
                .filter(|_| is_change(row))
                .map(|(person, role)| {
                    let id = unique_id("change");
                    let label = format!("Make {role}");
                    let aria = format!("Make {person} {role}");
                    let other = person.clone();
                    let is_ticked = move || list.change.with(|change| change.contains(&other));
                    view! {
                        <span class="tick">
                            <input
                                type="checkbox"
                                id=id.clone()
                                aria-label=aria
                                prop:checked=is_ticked
                                on:change:target=move |ev| {
                                    let is_ticked = ev.target().checked();
                                    list.change
                                        .update(|change| {
                                            change.retain(|other| *other != person);
                                            if is_ticked {
                                                change.push(person.clone());
                                            }
                                        });
                                }
                            />
                            <label for=id>{label}</label>
                        </span>
                    }
                });
            view! {
                <li data-state="done">
                    <Icon name="check" />
                    <div>
                        <strong>
                            <Name text=name />
                        </strong>
                        <p>{words}</p>
                    </div>
                    {change}
                </li>
            }
            .into_any()
        });
        let several = changeable.with(|changeable| changeable.len() > 1);
        view! {
            {several.then(|| view! { <Check label="Change the role of all of them" checked=all /> })}
            {items}
        }
        .into_any()
    };
    section(
        list,
        is_in,
        false,
        move |count| {
            let are = if count == 1 { "is" } else { "are" };
            let change = changeable.with(Vec::len);
            let more = if change == 0 {
                String::new()
            } else {
                format!(", {} in another role", format::number(change))
            };
            format!("{} {are} in already{more}", format::number(count))
        },
        body,
    )
}

const fn is_twice(class: &Class) -> bool {
    matches!(class, Class::Twice { .. })
}

#[component]
fn Twice(list: List) -> impl IntoView {
    let body = move || {
        lines(list, "Twice", is_twice, |entry, row| {
            let Class::Twice { first, again } = row.class else {
                return ().into_any();
            };
            let before = list
                .listed
                .with_untracked(|listed| listed.all.get(first).map(stands).unwrap_or_default());
            let mut words = format!("{}, and before: {before}", stands(entry));
            if again == Again::OtherRole {
                words.push_str(" in another role, which counts");
            }
            item("done", "info", entry.typed.clone(), words)
        })
    };
    section(
        list,
        is_twice,
        false,
        |count| format!("{} twice: added once", format::number(count)),
        body,
    )
}
