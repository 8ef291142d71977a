//! The table in which they stand side by side.

use leptos::Value;
use leptos::prelude::*;
use muster_changes::compare::Sides;

use super::{Page, words};
use crate::components::{Avatar, AvatarOf, Rows, marking, shown_name};
use crate::pages::groups::group_href;
use crate::pages::person::person_href;

/// What one row shows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shown {
    key: String,
    name: String,
    /// What is held on each side; nothing where they are not in it.
    held: Vec<String>,
    alike: bool,
}

/// Who holds what where.
#[component]
pub(super) fn Table(
    page: Page,
    places: Memo<Vec<u32>>,
    rows: Rows,
    search: RwSignal<String>,
) -> impl IntoView {
    let store = page.store;
    let capabilities = store.capabilities();
    let is_groups = page
        .sides
        .with_untracked(|sides| matches!(**sides, Sides::Groups(_)));
    let sides = page.sides.with_untracked(|sides| sides.len());
    let count = Memo::new(move |_| places.with(Vec::len));
    let marks = marking(search);
    let shown = move |place: usize| {
        let place = places.with(|places| places.get(place).copied())?;
        page.compared.with(|compared| {
            let line = compared.lines.get(place as usize)?;
            let held: Vec<String> = (0..sides)
                .map(|side| words(capabilities, line.on(side)))
                .collect();
            Some(Shown {
                key: line.key.clone(),
                name: line.name.clone(),
                alike: held.iter().all(|words| Some(words) == held.first()),
                held,
            })
        })
    };
    let slot = move |place: Memo<usize>| {
        let shown = Memo::new(move |_| shown(place.get()).unwrap_or_default());
        let cells = move || {
            let shown = shown.get();
            let (of, href) = if is_groups {
                (AvatarOf::Person, person_href(store, &shown.key))
            } else {
                (AvatarOf::Group, group_href(store, &shown.key))
            };
            let other_key =
                (shown.key != shown.name).then(|| shown_name(shown.key.clone(), Some(marks)));
            let alike = shown.alike;
            let cell = move |(side, held): (usize, String)| {
                let on_phone = page.name(side);
                let class = if alike { "c-side" } else { "c-side differs" };
                view! {
                    <td class=class role="cell">
                        <span class="on-phone quiet">{shown_name(on_phone, None)} " "</span>
                        {if held.is_empty() {
                            view! { <span class="quiet"><span aria-hidden="true">"—"</span><span class="sr-only">"not in it"</span></span> }.into_any()
                        } else {
                            held.into_any()
                        }}
                    </td>
                }
            };
            view! {
                <td class="c-name" role="cell">
                    <span class="who">
                        <Avatar of=of name=shown.name.clone() key=shown.key.clone() photo=None />
                        <a class="name" href=href>
                            {shown_name(shown.name.clone(), Some(marks))}
                        </a>
                        {other_key.map(|key| view! { <code class="quiet">{key}</code> })}
                    </span>
                </td>
                {shown.held.into_iter().enumerate().map(cell).collect_view()}
            }
        };
        rows.row(place, Value::None, cells.into_any())
    };
    let heading = move |side: usize| {
        view! {
            <th role="columnheader" scope="col" class="c-side">
                <a href=move || page.href(side)>{move || shown_name(page.name(side), None)}</a>
            </th>
        }
    };
    view! {
        <table
            class=move || format!("ledger compare of-{sides}{}", rows.class())
            role="table"
            aria-label="Comparison"
            aria-rowcount=move || (count.get() + 1).to_string()
        >
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <th role="columnheader" scope="col" class="c-name">
                        {if is_groups { "Person" } else { "Group" }}
                    </th>
                    {(0..sides).map(heading).collect_view()}
                </tr>
            </thead>
            {rows.body(().into_any(), slot)}
        </table>
    }
}
