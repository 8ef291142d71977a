//! The second step: which column is what, and what it names.

use leptos::prelude::*;
use muster_changes::bring::{Column, FirstRow, Layout, Part, Table};
use muster_changes::file::Extent;
use muster_core::Coverage;
use muster_core::paste::MailPart;

use super::groups::Groups;
use super::lines::Lines;
use super::people::Unseen;
use super::state::{Importing, MATCH, SUM};
use crate::browser;
use crate::components::{Alert, Icon, Kind, unique_id};
use crate::format;

/// How many lines are shown as they came.
const FIRST: usize = 3;

/// Columns, groups, people, problems.
#[component]
pub(super) fn Match(importing: Importing) -> impl IntoView {
    view! {
        <section class="step" aria-labelledby=MATCH>
            <h2 id=MATCH tabindex="-1">
                "2 Match"
            </h2>
            <Preview importing=importing />
            <Columns importing=importing />
            <Known importing=importing />
            <p class="sum" id=SUM role="status" tabindex="-1">
                {move || sum(importing)}
            </p>
            <Groups importing=importing />
            <Lines importing=importing />
            <Unseen importing=importing />
            <GoOn importing=importing />
        </section>
    }
}

/// The first lines, so that one sees what is in which column.
#[component]
fn Preview(importing: Importing) -> impl IntoView {
    move || {
        let (table, layout) = (importing.table.get()?, importing.layout.get()?);
        let columns = table.columns();
        let head = (0..columns)
            .map(|at| view! { <th scope="col">{layout.title(&table, at)}</th> })
            .collect_view();
        let body = (layout.begin()..table.len())
            .take(FIRST)
            .map(|row| {
                let cells = (0..columns)
                    .map(|at| view! { <td>{table.cell(row, at).to_owned()}</td> })
                    .collect_view();
                view! { <tr>{cells}</tr> }
            })
            .collect_view();
        Some(view! {
            <div class="cells" role="region" aria-label="The first lines" tabindex="0">
                <table>
                    <thead>
                        <tr>{head}</tr>
                    </thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        })
    }
}

/// What few have.
const MORE: [Column; 4] = [
    Column::Action,
    Column::Name,
    Column::Description,
    Column::Photo,
];

/// What a column is called, and what stands there if there is none.
const fn words(column: Column) -> (&'static str, &'static str) {
    match column {
        Column::Group => ("Group", "choose a column"),
        Column::Person => ("Person", "none: only groups"),
        Column::Role => ("Role", "keep as it is"),
        Column::Action => ("In or out", "all come in or stay"),
        Column::Name => ("Display name", "keep as it is"),
        Column::Description => ("Description", "keep as it is"),
        Column::Photo => ("Photo URL", "keep as it is"),
        Column::Label => ("Name", "none"),
    }
}

/// Which column is what, by hand where the headings do not tell.
#[component]
fn Columns(importing: Importing) -> impl IntoView {
    let capabilities = importing.store.capabilities();
    let selects = |shown: &[Column]| {
        shown
            .iter()
            .filter(|column| column.is_had(capabilities))
            .map(|column| view! { <ColumnSelect importing=importing column=*column /> })
            .collect_view()
    };
    let usual = selects(&[Column::Group, Column::Person, Column::Role]);
    let more = selects(&MORE);
    let some_more = Memo::new(move |_| {
        importing.layout.with(|layout| {
            let placed = |column: &Column| {
                layout
                    .as_ref()
                    .is_some_and(|layout| layout.place(*column).is_some())
            };
            MORE.iter().any(placed)
        })
    });
    let heading_id = unique_id("heading");
    let is_heading = move || {
        importing.layout.with(|layout| {
            layout
                .as_ref()
                .is_some_and(|layout| layout.first == FirstRow::Heading)
        })
    };
    let first = move |checked: bool| {
        let Some(table) = importing.table.get_untracked() else {
            return;
        };
        let first = if checked {
            FirstRow::Heading
        } else {
            FirstRow::Row
        };
        let layout = importing
            .store
            .peek(|directory| Layout::guess(&table, Some(first), directory, capabilities));
        importing.set_layout(layout);
    };
    view! {
        <div class="columns">{usual} <MailSelect importing=importing /></div>
        <details class="part" prop:open=some_more>
            <summary>
                "More columns" <Icon name="down" />
            </summary>
            <div class="columns">{more}</div>
        </details>
        <div class="check">
            <input
                type="checkbox"
                id=heading_id.clone()
                prop:checked=is_heading
                on:change:target=move |ev| first(ev.target().checked())
            />
            <label for=heading_id>"The first line is a heading"</label>
        </div>
    }
}

#[component]
fn ColumnSelect(importing: Importing, column: Column) -> impl IntoView {
    let id = unique_id("column");
    let (label, none) = words(column);
    let options = move || {
        let (table, layout) = (importing.table.get()?, importing.layout.get()?);
        let place = layout.place(column);
        let option = |at: usize, title: String| view! { <option value=at.to_string() prop:selected=place == Some(at)>{title}</option> };
        let options = (0..table.columns())
            .map(|at| option(at, layout.title(&table, at)))
            .collect_view();
        Some(view! {
            <option value="" prop:selected=place.is_none()>{none}</option>
            {options}
        })
    };
    let put = move |value: String| {
        let Some(mut layout) = importing.layout.get_untracked() else {
            return;
        };
        layout.put(column, value.parse().ok());
        importing.set_layout(layout);
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <span class="select">
                <select id=id on:change:target=move |ev| put(ev.target().value())>
                    {options}
                </select>
                <Icon name="down" />
            </span>
        </div>
    }
}

/// Which part of an address is the name, where addresses stand for people.
#[component]
fn MailSelect(importing: Importing) -> impl IntoView {
    let id = StoredValue::new(unique_id("part"));
    let asked = Memo::new(move |_| {
        importing.matching.with(|matching| {
            matching
                .as_ref()
                .is_some_and(|matching| matching.addresses > 0)
        })
    });
    let part = Memo::new(move |_| {
        importing
            .matching
            .with(|matching| matching.as_ref().and_then(|matching| matching.part))
    });
    let put = move |value: String| {
        importing.set_part(match value.as_str() {
            "whole" => Some(MailPart::Whole),
            "before" => Some(MailPart::BeforeAt),
            _ => None,
        });
    };
    let example = move || {
        importing.matching.with(|matching| {
            let text = matching.as_ref()?.some_addresses().next()?.to_owned();
            Some(format!("such as {text}"))
        })
    };
    move || {
        asked.get().then(|| {
            let option = move |value: &'static str, own: Option<MailPart>, words: &'static str| {
                view! {
                    <option value=value prop:selected=move || part.get() == own>
                        {words}
                    </option>
                }
            };
            let id = id.get_value();
            view! {
                <div class="field">
                    <label for=id.clone()>"Of an address use"</label>
                    <span class="select">
                        <select id=id.clone() aria-describedby=format!("{id}-hint") on:change:target=move |ev| put(ev.target().value())>
                            {option("", None, "choose")}
                            {option("before", Some(MailPart::BeforeAt), "part before @")}
                            {option("whole", Some(MailPart::Whole), "whole address")}
                        </select>
                        <Icon name="down" />
                    </span>
                    <p class="hint" id=format!("{id}-hint")>
                        {example}
                    </p>
                </div>
            }
        })
    }
}

/// What has to be known about what this is held against.
#[component]
fn Known(importing: Importing) -> impl IntoView {
    let store = importing.store;
    let elsewhere = Memo::new(move |_| {
        let own = store.connection().name;
        let said = importing
            .matching
            .with(|matching| matching.as_ref()?.connection.clone());
        said.filter(|said| *said != own)
    });
    let many = move || format::groups(store.look(muster_core::Directory::len));
    view! {
        {move || {
            elsewhere
                .get()
                .map(|name| {
                    view! {
                        <Alert kind=Kind::Note>
                            <p>{format!("It was exported from “{name}”, which is another connection. Groups and people there may be others of the same name here.")}</p>
                        </Alert>
                    }
                })
        }}
        {move || {
            importing
                .table
                .with(|table| table.as_ref().is_some_and(|table| table.holds == Extent::Some))
                .then(|| {
                    view! {
                        <Alert kind=Kind::Note>
                            <p>"This file holds some of the people of each group only. Everybody else stays as they are."</p>
                        </Alert>
                    }
                })
        }}
        {move || match importing.coverage.get() {
            Coverage::Full { unreadable: 0, .. } => None,
            Coverage::Full { unreadable, .. } => {
                let bad = format::groups(usize::try_from(unreadable).unwrap_or_default());
                Some(
                    view! {
                        <Alert kind=Kind::Note>
                            <p>{format!("{bad} of the list could not be understood: what you brought is not held against that, and it is not found here.")}</p>
                        </Alert>
                    }
                        .into_any(),
                )
            }
            Coverage::None | Coverage::Loading => {
                Some(
                    view! {
                        <Alert kind=Kind::Note>
                            <p>{move || format!("The groups are being read. This is held against the {} that have come so far.", many())}</p>
                        </Alert>
                    }
                        .into_any(),
                )
            }
            Coverage::BrokenOff(error) => {
                Some(
                    view! {
                        <Alert kind=Kind::Bad>
                            <p>
                                <strong>{format!("Not all groups could be read. This is held against the {} loaded. ", many())}</strong>
                                {error.to_string()}
                            </p>
                            <div class="actions">
                                <button class="btn btn-small" type="button" on:click=move |_| store.load()>
                                    "Try again"
                                </button>
                            </div>
                        </Alert>
                    }
                        .into_any(),
                )
            }
        }}
    }
}

/// "38 groups found · 2 names fit several · 312 people".
fn sum(importing: Importing) -> String {
    let (Some(matching), Some(brought)) = (importing.matching.get(), importing.brought.get())
    else {
        return "Looking…".to_owned();
    };
    let open = |several: bool| {
        let open = brought
            .groups
            .iter()
            .filter_map(|at| matching.groups.get(*at));
        open.filter(|group| group.found.is_empty() != several)
            .count()
    };
    let counts = brought.counts;
    let plural = |count: usize, one: &str, many: &str| {
        if count == 1 {
            one.to_owned()
        } else {
            many.to_owned()
        }
    };
    let parts = [
        (
            counts.groups,
            plural(counts.groups, "group found", "groups found"),
        ),
        (
            counts.new,
            plural(counts.new, "group to be created", "groups to be created"),
        ),
        (
            open(true),
            plural(
                open(true),
                "name fits several groups",
                "names fit several groups",
            ),
        ),
        (open(false), "not found".to_owned()),
        (
            counts.people,
            plural(counts.people, "person in a group", "people in groups"),
        ),
        (matching.never_seen(), "never seen".to_owned()),
        (
            counts.twice,
            plural(
                counts.twice,
                "line says the same again",
                "lines say the same again",
            ),
        ),
        (counts.left_out, "left out".to_owned()),
        (
            brought.problems.len(),
            plural(brought.problems.len(), "line to settle", "lines to settle"),
        ),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{} {words}", format::number(*count)))
        .collect();
    if said.is_empty() {
        "Nothing is found in it.".to_owned()
    } else {
        said.join(" · ")
    }
}

/// What keeps it from going on, as a sentence.
fn obstacle(importing: Importing) -> Option<String> {
    let (Some(layout), Some(brought)) = (importing.layout.get(), importing.brought.get()) else {
        return Some("What was brought is still being looked at.".to_owned());
    };
    if layout.place(Column::Group).is_none() {
        return Some("Choose the column of the group.".to_owned());
    }
    if brought.part == Part::Open {
        return Some("Choose which part of an address is the name.".to_owned());
    }
    match brought.open() {
        0 if brought.is_empty() => return Some("Nothing is left to be reviewed.".to_owned()),
        0 => {}
        1 => return Some("One thing has to be settled or left out first.".to_owned()),
        open => {
            return Some(format!(
                "{} things have to be settled or left out first.",
                format::number(open)
            ));
        }
    }
    match importing.coverage.get() {
        Coverage::Full { .. } => None,
        Coverage::BrokenOff(_) => {
            Some("Not all groups have been read. Try again above.".to_owned())
        }
        Coverage::None | Coverage::Loading => Some("The groups are still being read.".to_owned()),
    }
}

#[component]
fn GoOn(importing: Importing) -> impl IntoView {
    let id = unique_id("go-on");
    let why = Memo::new(move |_| obstacle(importing));
    let some_said = Memo::new(move |_| importing.choices.with(|choices| !choices.is_empty()));
    let go_on = {
        let id = id.clone();
        move |_| {
            if why.get_untracked().is_some() {
                browser::show(&id);
                return;
            }
            if let Some(Ok(wish)) = importing
                .brought
                .get_untracked()
                .map(|brought| brought.wish())
            {
                importing.review(wish);
            }
        }
    };
    view! {
        <div class="go-on">
            <p class="quiet" id=id.clone() role="status">
                {move || why.get()}
            </p>
            <div class="actions">
                <button
                    class="btn btn-primary"
                    type="button"
                    aria-disabled=move || why.with(Option::is_some).then_some("true")
                    aria-describedby=id
                    on:click=go_on
                >
                    "Review changes"
                </button>
                {move || {
                    some_said
                        .get()
                        .then(|| {
                            view! {
                                <button class="btn" type="button" on:click=move |_| importing.decide(|choices| *choices = Default::default())>
                                    "Take back all choices"
                                </button>
                            }
                        })
                }}
            </div>
        </div>
    }
}

/// "Line 4" or "Entry 4".
pub(super) fn line_of(table: &Table, row: usize) -> String {
    let unit = match table.unit {
        muster_changes::bring::Unit::Line => "line",
        muster_changes::bring::Unit::Entry => "entry",
    };
    format!("{unit} {}", table.line(row))
}

/// "line 4" or "line 4 and 3 more".
pub(super) fn lines_of(table: &Table, row: usize, rows: usize) -> String {
    match rows {
        0 | 1 => line_of(table, row),
        _ => format!(
            "{} and {} more",
            line_of(table, row),
            format::number(rows - 1)
        ),
    }
}
