//! Lines that have to be settled or left out.

use group_api::Role;
use leptos::prelude::*;
use muster_changes::bring::{About, Choice, Kind, Problem};

use super::matching::line_of;
use super::state::Importing;
use crate::components::Icon;
use crate::format;

/// How many of each kind are shown.
const SHOWN: usize = 100;

/// What is wrong with lines of a kind.
fn title(kind: Kind, count: usize) -> String {
    let (one, many) = match kind {
        Kind::Quote => (
            "line has a quote that is not closed",
            "lines have a quote that is not closed",
        ),
        Kind::Ragged => (
            "line has other cells than the first",
            "lines have other cells than the first",
        ),
        Kind::NoGroup => ("line names no group", "lines name no group"),
        Kind::Group => ("line waits for its group", "lines wait for their groups"),
        Kind::NoPerson => ("line names nobody", "lines name nobody"),
        Kind::BadPerson => (
            "line names somebody who cannot be",
            "lines name somebody who cannot be",
        ),
        Kind::Role => (
            "line has a role that is none",
            "lines have roles that are none",
        ),
        Kind::Action => (
            "line says neither in nor out",
            "lines say neither in nor out",
        ),
        Kind::Field => (
            "line has a text that its group cannot have",
            "lines have texts that their groups cannot have",
        ),
        Kind::OtherField => (
            "line says something else of its group than an earlier one",
            "lines say something else of their groups than earlier ones",
        ),
        Kind::OtherRole => (
            "line gives somebody another role than an earlier one",
            "lines give people other roles than earlier ones",
        ),
    };
    format!(
        "{} {}",
        format::number(count),
        if count == 1 { one } else { many }
    )
}

/// What taking a line as it stands is called.
const fn taking(kind: Kind) -> &'static str {
    match kind {
        Kind::NoGroup => "Use the group above",
        Kind::OtherField | Kind::OtherRole => "Use this line",
        _ => "Take it as it stands",
    }
}

/// The lines to settle, by what is wrong with them.
#[component]
pub(super) fn Lines(importing: Importing) -> impl IntoView {
    move || {
        let brought = importing.brought.get()?;
        let sections = Kind::ALL
            .into_iter()
            .filter_map(|kind| {
                let of: Vec<&Problem> = brought
                    .problems
                    .iter()
                    .filter(|problem| problem.kind == kind)
                    .collect();
                (!of.is_empty()).then(|| section(importing, kind, &of))
            })
            .collect_view();
        (!brought.problems.is_empty()).then(|| {
            view! {
                <h3>"Lines"</h3>
                {sections}
            }
        })
    }
}

fn section(importing: Importing, kind: Kind, of: &[&Problem]) -> AnyView {
    let count = of.len();
    let items = of
        .iter()
        .take(SHOWN)
        .filter_map(|problem| item(importing, problem))
        .collect_view();
    let title = title(kind, count);
    view! {
        <details class="part" prop:open=true>
            <summary>
                {title.clone()} <Icon name="down" />
            </summary>
            {(count > 1)
                .then(|| {
                    view! {
                        <div class="actions">
                            {kind
                                .can_be_taken()
                                .then(|| {
                                    view! {
                                        <button class="btn btn-small" type="button" on:click=move |_| importing.say_of_kind(kind, Choice::Take)>
                                            {format!("{}: all {}", taking(kind), format::number(count))}
                                        </button>
                                    }
                                })}
                            <button class="btn btn-small" type="button" on:click=move |_| importing.say_of_kind(kind, Choice::LeaveOut)>
                                {format!("Leave out all {}", format::number(count))}
                            </button>
                        </div>
                    }
                })}
            <ul class="outcomes" id=format!("import-lines-{}", kind as u8) aria-label=title tabindex="0">
                {items}
            </ul>
            {(count > SHOWN).then(|| view! { <p class="quiet">{format!("and {} more", format::number(count - SHOWN))}</p> })}
        </details>
    }
    .into_any()
}

fn item(importing: Importing, problem: &Problem) -> Option<AnyView> {
    let table = importing.table.get_untracked()?;
    let layout = importing.layout.get_untracked()?;
    let line = line_of(&table, problem.row);
    let column = problem
        .column
        .map(|at| format!(", column “{}”", layout.title(&table, at)));
    let title = format!("{}{}", capital(&line), column.unwrap_or_default());
    let row = problem.row.to_string();
    let kind = problem.kind;
    let say = {
        let row = StoredValue::new(row);
        move |choice: Choice| importing.say(About::Row, &row.get_value(), Some(choice))
    };
    let first = matches!(kind, Kind::OtherField | Kind::OtherRole);
    Some(
        view! {
            <li data-state="refused">
                <Icon name="x" />
                <div>
                    <strong>{title}</strong>
                    <p>{problem.words.clone()}</p>
                </div>
                <div class="actions">
                    {word_select(importing, problem)}
                    {kind
                        .can_be_taken()
                        .then(|| {
                            view! {
                                <button class="btn btn-small" type="button" aria-label=format!("{}: {line}", taking(kind)) on:click=move |_| say(Choice::Take)>
                                    {taking(kind)}
                                </button>
                            }
                        })}
                    {first
                        .then(|| {
                            view! {
                                <button class="btn btn-small" type="button" aria-label=format!("Use the earlier line instead of {line}") on:click=move |_| say(Choice::First)>
                                    "Use the earlier"
                                </button>
                            }
                        })}
                    <button class="btn btn-small" type="button" aria-label=format!("Leave out {line}") on:click=move |_| say(Choice::LeaveOut)>
                        "Leave out"
                    </button>
                </div>
            </li>
        }
        .into_any(),
    )
}

/// What a word is to mean, wherever it stands.
fn word_select(importing: Importing, problem: &Problem) -> Option<AnyView> {
    let about = match problem.kind {
        Kind::Role => About::Role,
        Kind::Action => About::Action,
        _ => return None,
    };
    let word = StoredValue::new(problem.text.clone());
    let put = move |value: String| {
        let choice = match value.as_str() {
            "" => return,
            "-" => Choice::Keep,
            "x" => Choice::LeaveOut,
            role => Choice::Role(Role::from_wire(role)),
        };
        importing.say(about, &word.get_value(), Some(choice));
    };
    let roles = (about == About::Role).then(|| {
        let roles = importing.store.capabilities().roles.iter();
        roles
            .map(|info| view! { <option value=info.role.as_str()>{info.label}</option> })
            .collect_view()
    });
    let keep = if about == About::Role {
        "roles stay"
    } else {
        "in"
    };
    Some(
        view! {
            <span class="select">
                <select aria-label=format!("“{}” means", problem.text) on:change:target=move |ev| put(ev.target().value())>
                    <option value="">{format!("“{}” means", problem.text)}</option>
                    {roles}
                    <option value="-">{keep}</option>
                    <option value="x">"leave out"</option>
                </select>
                <Icon name="down" />
            </span>
        }
        .into_any(),
    )
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
