//! People who were never seen: perhaps new, perhaps misspelt.

use leptos::prelude::*;
use muster_changes::bring::{About, Choice, PersonText, Seen, Table};

use super::matching::lines_of;
use super::state::Importing;
use crate::components::{Icon, Name};
use crate::format;

/// How many are shown.
const SHOWN: usize = 100;

/// Those never seen, with the known name that was perhaps meant.
#[component]
pub(super) fn Unseen(importing: Importing) -> impl IntoView {
    move || {
        let (matching, table) = (importing.matching.get()?, importing.table.get()?);
        let unseen: Vec<&PersonText> = matching
            .people
            .iter()
            .filter(|person| person.person.is_ok() && person.seen != Seen::Known)
            .collect();
        let count = unseen.len();
        let items = unseen
            .iter()
            .take(SHOWN)
            .map(|person| item(importing, &table, person))
            .collect_view();
        (count > 0).then(|| {
            view! {
                <details class="part" prop:open=true>
                    <summary>
                        {format!("{} never seen: check the spelling", format::number(count))} <Icon name="down" />
                    </summary>
                    <div class="actions">
                        {(count > 1)
                            .then(|| {
                                view! {
                                    <button class="btn btn-small" type="button" on:click=move |_| leave_out(importing)>
                                        {format!("Leave out all {} never seen", format::number(count))}
                                    </button>
                                }
                            })}
                    </div>
                    <ul class="outcomes" id="import-unseen" aria-label="Never seen" tabindex="0">
                        {items}
                    </ul>
                    {(count > SHOWN).then(|| view! { <p class="quiet">{format!("and {} more", format::number(count - SHOWN))}</p> })}
                </details>
            }
        })
    }
}

fn leave_out(importing: Importing) {
    let Some(matching) = importing.matching.get_untracked() else {
        return;
    };
    importing.decide(|choices| {
        for person in matching
            .people
            .iter()
            .filter(|person| person.person.is_ok() && person.seen != Seen::Known)
        {
            if choices.of(About::Person, &person.text).is_none() {
                choices.say(About::Person, &person.text, Some(Choice::LeaveOut));
            }
        }
    });
}

fn item(importing: Importing, table: &Table, person: &PersonText) -> AnyView {
    let text = person.text.clone();
    let choice = importing
        .choices
        .with(|choices| choices.of(About::Person, &text).cloned());
    let near = match &person.seen {
        Seen::Never(near) => near.clone().filter(|_| choice.is_none()),
        Seen::Known => None,
    };
    let key = person
        .person
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let counts = if key == text {
        String::new()
    } else {
        format!(" · taken for {key}")
    };
    let about = match (&choice, &near) {
        (Some(Choice::LeaveOut), _) => "left out".to_owned(),
        (Some(Choice::Person(key)), _) => format!("means {key}"),
        (_, Some(near)) => format!("never seen · did you mean {near}?"),
        _ => "never seen".to_owned(),
    };
    let lines = lines_of(table, person.row, person.rows);
    let say = {
        let text = StoredValue::new(text.clone());
        move |choice: Option<Choice>| importing.say(About::Person, &text.get_value(), choice)
    };
    let settled = choice.is_some();
    view! {
        <li data-state=if settled { "done" } else { "unknown" }>
            <Icon name=if settled { "check" } else { "warn" } />
            <div>
                <strong>
                    <Name text=text.clone() />
                </strong>
                <p>{format!("{lines}{counts} · {about}")}</p>
            </div>
            <div class="actions">
                {near
                    .map(|near| {
                        view! {
                            <button class="btn btn-small" type="button" on:click=move |_| say(Some(Choice::Person(near.clone())))>
                                {format!("Use {near}")}
                            </button>
                        }
                    })}
                {if settled {
                    view! {
                        <button class="btn btn-small" type="button" aria-label=format!("Choose again for {text}") on:click=move |_| say(None)>
                            "Choose again"
                        </button>
                    }
                } else {
                    view! {
                        <button class="btn btn-small" type="button" aria-label=format!("Leave out {text}") on:click=move |_| say(Some(Choice::LeaveOut))>
                            "Leave out"
                        </button>
                    }
                }}
            </div>
        </li>
    }
    .into_any()
}
