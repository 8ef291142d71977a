//! Lists of groups that want a hand, as filters over the groups table.

use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::{Coverage, WorkCounts, WorkList};

use crate::browser;
use crate::format;
use crate::store::Store;

/// The lists that mean something on the system, in order.
fn lists(store: Store) -> impl Iterator<Item = WorkList> {
    let capabilities = store.capabilities();
    WorkList::ALL
        .into_iter()
        .filter(|list| list.means_something(capabilities))
}

/// The list that the address names, if there is one like it here.
pub(super) fn list_of_address(store: Store) -> Option<WorkList> {
    let wanted = WorkList::from_word(&browser::query_param("list")?)?;
    lists(store).find(|list| *list == wanted)
}

/// A button for each list, with how many groups are in it. Pressed, only those are shown.
#[component]
pub fn WorkLists(
    /// The store of the connection.
    store: Store,
    /// The one that is pressed.
    list: RwSignal<Option<WorkList>>,
    /// How much of the groups is known.
    coverage: Memo<Coverage>,
) -> impl IntoView {
    let is_there =
        Memo::new(move |_| !matches!(coverage.get(), Coverage::None | Coverage::Loading));
    // To go through all groups takes a while: whoever waits for the last rows sees them first.
    let may_count = RwSignal::new(is_there.get_untracked());
    Effect::new(move |_| {
        if !is_there.get() {
            may_count.set(false);
            return;
        }
        spawn_local(async move {
            browser::painted().await;
            if is_there.try_get_untracked() == Some(true) {
                may_count.set(true);
            }
        });
    });
    // While a list comes in, what was counted last stands; before that, nothing.
    let counts = Memo::new(move |before: Option<&Option<WorkCounts>>| {
        if may_count.get() {
            Some(store.work())
        } else {
            before.copied().flatten()
        }
    });
    let so_far = Memo::new(move |_| match coverage.get() {
        Coverage::BrokenOff(_) => " so far",
        _ => "",
    });
    let chip = move |one: WorkList| {
        let pressed = move || list.get() == Some(one);
        let count = move || counts.get().map(|counts| counts.of(one));
        let idle = move || count() == Some(0) && !pressed();
        view! {
            <button
                class="toggle"
                type="button"
                aria-pressed=move || pressed().to_string()
                aria-disabled=move || idle().then_some("true")
                on:click=move |_| {
                    if untrack(pressed) {
                        list.set(None);
                    } else if !untrack(idle) {
                        list.set(Some(one));
                    }
                }
            >
                {one.label(store.capabilities())}
                {move || count().map(|count| view! { " " <span>{format::number(count)} {so_far.get()}</span> })}
            </button>
        }
    };
    let unsaid = move || {
        let about_people = lists(store).any(|list| list == WorkList::NoLead);
        let unsaid = counts.get().map_or(0, |counts| counts.unsaid);
        let words = match unsaid {
            1 => "Of 1 group the server does not say who is in it.".to_owned(),
            n => format!(
                "Of {} the server does not say who is in them.",
                format::groups(n)
            ),
        };
        (about_people && unsaid > 0).then(|| view! { <p class="hint">{words}</p> })
    };
    // Of no groups there are no lists.
    let has_some = Memo::new(move |_| {
        let under_way = matches!(coverage.get(), Coverage::None | Coverage::Loading);
        under_way || store.look(|directory| !directory.is_empty())
    });
    move || {
        has_some.get().then(|| {
            view! {
                <div class="toggles" role="group" aria-label="Show only">
                    {lists(store).map(chip).collect_view()}
                    {unsaid}
                </div>
            }
        })
    }
}
