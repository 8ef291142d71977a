//! The table of what has changed.

use std::sync::Arc;

use group_api::{Field, Roles};
use leptos::Value;
use leptos::prelude::*;
use muster_changes::since::{Change, Fate, Line, Part, Since};

use super::Page;
use crate::components::{Rows, marking, shown_name};
use crate::format;
pub(super) use crate::pages::exports::key_label;
use crate::pages::groups::group_href;
use crate::pages::person::person_href;
use crate::store::Store;

/// What stands in a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cells {
    /// What kind of change it is.
    pub(super) what: &'static str,
    /// Key and name of the person whom it is about.
    pub(super) person: Option<(String, String)>,
    pub(super) then: String,
    pub(super) now: String,
}

/// What stands in the line of a part of a change.
pub(super) fn cells_of(store: Store, change: &Change, part: Part) -> Option<Cells> {
    let capabilities = store.capabilities();
    let people = |count: Option<usize>| count.map_or_else(|| "there".to_owned(), format::people);
    let roles = |roles: &Roles| {
        let labels: Vec<&str> = roles.iter().map(|role| capabilities.label(role)).collect();
        labels.join(", ")
    };
    Some(match part {
        Part::Whole => match &change.fate {
            Fate::New(count) => Cells {
                what: "New group",
                now: people(*count),
                ..Cells::default()
            },
            Fate::Gone(count) => Cells {
                what: "Gone",
                then: people(*count),
                ..Cells::default()
            },
            Fate::Kept(_) => return None,
        },
        Part::Field(place) => {
            let changed = change.fields.get(place as usize)?;
            Cells {
                what: match changed.field {
                    Field::DisplayName => "Display name",
                    Field::InternalName => "Internal name",
                    Field::Description => "Description",
                    Field::Photo => "Photo URL",
                },
                person: None,
                then: changed.from.clone(),
                now: changed.to.clone(),
            }
        }
        Part::Person(place) => {
            let moved = change.people.get(place as usize)?;
            Cells {
                what: match (moved.then.is_empty(), moved.now.is_empty()) {
                    (true, _) => "came in",
                    (_, true) => "went out",
                    _ => "other role",
                },
                person: Some((moved.person.to_string(), moved.label.clone())),
                then: roles(&moved.then),
                now: roles(&moved.now),
            }
        }
    })
}

/// What one row shows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shown {
    key: String,
    name: String,
    /// Whether it can be opened.
    gone: bool,
    cells: Cells,
}

/// What has changed, line by line.
#[component]
pub(super) fn Table(
    page: Page,
    since: Memo<Option<Arc<Since>>>,
    lines: Memo<Vec<Line>>,
    rows: Rows,
    search: RwSignal<String>,
) -> impl IntoView {
    let store = page.store;
    let count = Memo::new(move |_| lines.with(Vec::len));
    let marks = marking(search);
    let shown = move |place: usize| {
        let line = lines.with(|lines| lines.get(place).copied())?;
        since.with(|since| {
            let change = since.as_ref()?.groups.get(line.group as usize)?;
            Some(Shown {
                key: change.key.to_string(),
                name: change.name.clone(),
                gone: matches!(change.fate, Fate::Gone(_)),
                cells: cells_of(store, change, line.part)?,
            })
        })
    };
    let slot = move |place: Memo<usize>| {
        let shown = Memo::new(move |_| shown(place.get()).unwrap_or_default());
        let cells = move || {
            let shown = shown.get();
            let name = shown_name(shown.name.clone(), Some(marks));
            let group = if shown.gone {
                view! { <span class="name">{name}</span> }.into_any()
            } else {
                view! { <a class="name" href=group_href(store, &shown.key)>{name}</a> }.into_any()
            };
            let what = match shown.cells.person {
                Some((key, label)) => view! {
                    <a href=person_href(store, &key)>{shown_name(label, Some(marks))}</a>
                    " "
                    {shown.cells.what}
                }
                .into_any(),
                None => shown.cells.what.into_any(),
            };
            let cell = move |label: &'static str, text: String| {
                view! {
                    <td class="c-side cut" role="cell">
                        <span class="on-phone quiet">{label}</span>
                        {if text.is_empty() {
                            view! { <span class="quiet"><span aria-hidden="true">"—"</span><span class="sr-only">"nothing"</span></span> }.into_any()
                        } else {
                            text.into_any()
                        }}
                    </td>
                }
            };
            view! {
                <td class="c-name cut" role="cell">
                    {group}
                    " "
                    <code class="quiet">{shown_name(shown.key, Some(marks))}</code>
                </td>
                <td class="c-desc cut" role="cell">
                    {what}
                </td>
                {cell("Then ", shown.cells.then)}
                {cell("Now ", shown.cells.now)}
            }
        };
        rows.row(place, Value::None, cells.into_any())
    };
    view! {
        <table class=move || format!("ledger since{}", rows.class()) role="table" aria-label="Changes" aria-rowcount=move || (count.get() + 1).to_string()>
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <th role="columnheader" scope="col" class="c-name">"Group"</th>
                    <th role="columnheader" scope="col" class="c-desc">"Change"</th>
                    <th role="columnheader" scope="col" class="c-side">"Then"</th>
                    <th role="columnheader" scope="col" class="c-side">"Now"</th>
                </tr>
            </thead>
            {rows.body(().into_any(), slot)}
        </table>
    }
}
