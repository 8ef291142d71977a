use leptos::prelude::*;
use muster_core::Direction;

use super::Icon;

/// Whether a table is sorted by a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// By another.
    No,
    /// By this one.
    By(Direction),
}

/// A column's header with a button that sorts by it.
#[component]
pub fn SortHeader(
    /// The column's name.
    #[prop(into)]
    label: String,
    /// The column's class.
    class: &'static str,
    /// Whether the table is sorted by it.
    #[prop(into)]
    sorted: Signal<Sorted>,
    /// Sorts by it, or turns the order round.
    on_sort: Callback<()>,
) -> impl IntoView {
    let state = move || match sorted.get() {
        Sorted::No => None,
        Sorted::By(Direction::Ascending) => Some("ascending"),
        Sorted::By(Direction::Descending) => Some("descending"),
    };
    view! {
        <th role="columnheader" scope="col" class=class aria-sort=state>
            <button class="sort" type="button" on:click=move |_| on_sort.run(())>
                {label}
                <Icon name="up" />
            </button>
        </th>
    }
}
