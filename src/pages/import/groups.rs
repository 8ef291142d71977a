//! The names of groups that are not one group's alone.

use group_api::KeyKind;
use leptos::prelude::*;
use muster_changes::bring::{About, Candidate, Choice, GroupText, Table};

use super::matching::lines_of;
use super::state::Importing;
use crate::components::{Icon, Name, unique_id};
use crate::format;

/// How many are shown.
const SHOWN: usize = 100;

/// Names that fit several groups or none.
#[component]
pub(super) fn Groups(importing: Importing) -> impl IntoView {
    let asked = move || {
        let matching = importing.matching.get()?;
        let asked: Vec<usize> = (0..)
            .zip(&matching.groups)
            .filter(|(_, group)| group.found.len() != 1)
            .map(|(at, _)| at)
            .collect();
        (!asked.is_empty()).then_some((matching, asked))
    };
    move || {
        let ((matching, asked), table) = (asked()?, importing.table.get()?);
        let all = asked.len();
        let items = asked
            .iter()
            .take(SHOWN)
            .filter_map(|at| Some(item(importing, &table, matching.groups.get(*at)?)))
            .collect_view();
        let missing = matching
            .groups
            .iter()
            .any(|group| group.found.is_empty() && group.new.is_ok());
        let none = matching
            .groups
            .iter()
            .filter(|group| group.found.is_empty())
            .count();
        Some(view! {
            <h3>"Groups"</h3>
            <div class="tools">
                {missing.then(|| view! { <CreateAll importing=importing /> })}
                {(none > 1)
                    .then(|| {
                        view! {
                            <button class="btn btn-small" type="button" on:click=move |_| leave_out(importing)>
                                {format!("Leave out all {} not found", format::number(none))}
                            </button>
                        }
                    })}
            </div>
            <ul class="outcomes" id="import-groups" aria-label="Groups to settle" tabindex="0">
                {items}
            </ul>
            {(all > SHOWN).then(|| view! { <p class="quiet">{format!("and {} more", format::number(all - SHOWN))}</p> })}
        })
    }
}

/// Leaves out those not found of which nothing was said.
fn leave_out(importing: Importing) {
    let Some(matching) = importing.matching.get_untracked() else {
        return;
    };
    importing.decide(|choices| {
        for group in matching
            .groups
            .iter()
            .filter(|group| group.found.is_empty())
        {
            if choices.of(About::Group, &group.text).is_none() {
                choices.say(About::Group, &group.text, Some(Choice::LeaveOut));
            }
        }
    });
}

/// Ticks or unticks the creation of every group that is missing and can be made.
#[component]
fn CreateAll(importing: Importing) -> impl IntoView {
    let id = unique_id("create");
    let can = |group: &&GroupText| group.found.is_empty() && group.new.is_ok();
    let all = move || {
        let Some(matching) = importing.matching.get() else {
            return false;
        };
        importing.choices.with(|choices| {
            let mut groups = matching.groups.iter().filter(can);
            groups
                .all(|group| matches!(choices.of(About::Group, &group.text), Some(Choice::Create)))
        })
    };
    let tick = move |checked: bool| {
        let Some(matching) = importing.matching.get_untracked() else {
            return;
        };
        importing.decide(|choices| {
            for group in matching.groups.iter().filter(can) {
                match (checked, choices.of(About::Group, &group.text)) {
                    (true, None) => choices.say(About::Group, &group.text, Some(Choice::Create)),
                    (false, Some(Choice::Create)) => choices.say(About::Group, &group.text, None),
                    _ => {}
                }
            }
        });
    };
    view! {
        <div class="check">
            <input type="checkbox" id=id.clone() prop:checked=all on:change:target=move |ev| tick(ev.target().checked()) />
            <label for=id>"Create missing groups"</label>
        </div>
    }
}

/// "Sales (sales)", "Sales #12".
fn called(importing: Importing, group: &Candidate) -> String {
    match importing.store.capabilities().key {
        KeyKind::GivenId => format!("{} #{}", group.name, group.key),
        KeyKind::ChosenName => format!("{} ({})", group.name, group.key),
    }
}

fn item(importing: Importing, table: &Table, group: &GroupText) -> AnyView {
    let text = group.text.clone();
    let choice = importing
        .choices
        .with(|choices| choices.of(About::Group, &text).cloned());
    let lines = lines_of(table, group.row, group.rows);
    let about = match (&choice, group.found.len(), &group.near) {
        (Some(Choice::LeaveOut), ..) => "left out".to_owned(),
        (Some(Choice::Create), ..) => match &group.new {
            Ok(new) if !new.internal_name.is_empty() => {
                format!("will be created as {}", new.internal_name)
            }
            _ => "will be created".to_owned(),
        },
        (Some(Choice::Group(key)), ..) => {
            let near = group
                .near
                .iter()
                .chain(&group.found)
                .find(|one| one.key == *key);
            format!(
                "means {}",
                near.map_or_else(|| key.to_string(), |one| called(importing, one))
            )
        }
        (_, 0, Some(near)) => format!("not found · did you mean {}?", called(importing, near)),
        (_, 0, None) => "not found".to_owned(),
        (_, count, _) => format!("fits {count} groups: which one?"),
    };
    let why = match (&choice, &group.new) {
        (None, Err(why)) if !why.is_empty() => format!(" · cannot be created: {why}"),
        _ => String::new(),
    };
    let state = match choice {
        None => "unknown",
        Some(_) => "done",
    };
    let icon = match choice {
        None => "warn",
        Some(Choice::LeaveOut) => "minus",
        Some(_) => "check",
    };
    let say = {
        let text = StoredValue::new(text.clone());
        move |choice: Option<Choice>| importing.say(About::Group, &text.get_value(), choice)
    };
    let ways = if group.found.is_empty() {
        missing(importing, group, choice, say)
    } else {
        several(importing, group, choice, say)
    };
    view! {
        <li data-state=state>
            <Icon name=icon />
            <div>
                <strong>
                    <Name text=text />
                </strong>
                <p>{format!("{lines} · {about}{why}")}</p>
            </div>
            {ways}
        </li>
    }
    .into_any()
}

/// A select among the groups of that name.
fn several(
    importing: Importing,
    group: &GroupText,
    choice: Option<Choice>,
    say: impl Fn(Option<Choice>) + Copy + 'static,
) -> AnyView {
    let found = StoredValue::new(group.found.clone());
    let put = move |value: String| {
        let chosen = value.parse::<usize>().ok();
        let key = chosen.and_then(|at| found.with_value(|found| Some(found.get(at)?.key.clone())));
        say(match (key, value.as_str()) {
            (Some(key), _) => Some(Choice::Group(key)),
            (None, "out") => Some(Choice::LeaveOut),
            _ => None,
        });
    };
    let options = (0_usize..)
        .zip(&group.found)
        .map(|(at, one)| {
            let own = matches!(&choice, Some(Choice::Group(key)) if *key == one.key);
            view! {
                <option value=at.to_string() prop:selected=own>
                    {called(importing, one)}
                </option>
            }
        })
        .collect_view();
    let out = choice == Some(Choice::LeaveOut);
    view! {
        <span class="select">
            <select aria-label=format!("Group for {}", group.text) on:change:target=move |ev| put(ev.target().value())>
                <option value="" prop:selected=choice.is_none()>
                    "choose"
                </option>
                {options}
                <option value="out" prop:selected=out>
                    "Leave out"
                </option>
            </select>
            <Icon name="down" />
        </span>
    }
    .into_any()
}

/// What can be done where no group has that name.
fn missing(
    importing: Importing,
    group: &GroupText,
    choice: Option<Choice>,
    say: impl Fn(Option<Choice>) + Copy + 'static,
) -> AnyView {
    let id = unique_id("create");
    let near = group.near.clone().filter(|_| choice.is_none());
    let can = group.new.is_ok() && matches!(choice, None | Some(Choice::Create));
    let ticked = choice == Some(Choice::Create);
    let text = group.text.clone();
    let settled = matches!(choice, Some(Choice::LeaveOut | Choice::Group(_)));
    view! {
        <div class="actions">
            {near
                .map(|near| {
                    let label = format!("Use {}", called(importing, &near));
                    view! {
                        <button class="btn btn-small" type="button" on:click=move |_| say(Some(Choice::Group(near.key.clone())))>
                            {label}
                        </button>
                    }
                })}
            {can
                .then(|| {
                    view! {
                        <span class="tick">
                            <input
                                type="checkbox"
                                id=id.clone()
                                aria-label=format!("Create {text}")
                                prop:checked=ticked
                                on:change:target=move |ev| say(ev.target().checked().then_some(Choice::Create))
                            />
                            <label for=id>"Create"</label>
                        </span>
                    }
                })}
            {choice
                .is_none()
                .then(|| {
                    view! {
                        <button class="btn btn-small" type="button" aria-label=format!("Leave out {}", group.text) on:click=move |_| say(Some(Choice::LeaveOut))>
                            "Leave out"
                        </button>
                    }
                })}
            {settled
                .then(|| {
                    view! {
                        <button class="btn btn-small" type="button" aria-label=format!("Choose again for {}", group.text) on:click=move |_| say(None)>
                            "Choose again"
                        </button>
                    }
                })}
        </div>
    }
    .into_any()
}
