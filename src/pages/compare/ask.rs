//! Asks which side is to become like which, and makes the wish of it.

use leptos::prelude::*;
use muster_changes::Wish;
use muster_changes::compare::{Likeness, wish};

use super::Page;
use crate::components::{Alert, Dialog, Icon, Kind, Radios, unique_id};

/// Asks what the difference is to be reviewed for.
#[component]
pub(super) fn AskDifference(
    page: Page,
    on_review: Callback<(Wish, String)>,
    on_close: Callback<()>,
) -> impl IntoView {
    let sides = page.sides.with_untracked(|sides| sides.len());
    let (to, from) = (RwSignal::new(1_usize), RwSignal::new(0_usize));
    let how = RwSignal::new(0);
    let nothing = RwSignal::new(false);
    Effect::new(move |_| {
        for choice in [to, from, how] {
            choice.track();
        }
        nothing.set(false);
    });
    let why_not = Memo::new(move |_| {
        page.why_not()
            .or_else(|| page.why_not_side(from.get()))
            .or_else(|| page.why_not_side(to.get()))
    });
    let send = Callback::new(move |()| {
        if why_not.with_untracked(Option::is_some) {
            return;
        }
        let (to, from) = (to.get_untracked(), from.get_untracked());
        let how = if how.get_untracked() == 0 {
            Likeness::AddMissing
        } else {
            Likeness::Exactly
        };
        let compared = page.compared.get_untracked();
        let wish = page
            .store
            .peek(|directory| wish(&compared, directory, from, to, how));
        if wish.groups.is_empty() {
            return nothing.set(true);
        }
        let (to, from) = untrack(|| (page.name(to), page.name(from)));
        let title = match how {
            Likeness::AddMissing => format!("Add to {to} what {from} has"),
            Likeness::Exactly => format!("Make {to} like {from}"),
        };
        on_review.run((wish, title));
    });
    let side = move |label: &'static str, chosen: RwSignal<usize>| {
        let id = unique_id("side");
        let option = move |side: usize| {
            view! {
                <option value=side.to_string() selected=chosen.get_untracked() == side>
                    {page.name(side)}
                </option>
            }
        };
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <span class="select">
                    <select id=id on:change:target=move |ev| chosen.set(ev.target().value().parse().unwrap_or_default())>
                        {(0..sides).map(option).collect_view()}
                    </select>
                    <Icon name="down" />
                </span>
            </div>
        }
    };
    view! {
        <Dialog title="Review the difference" on_submit=send on_close=on_close>
            {side("Change", to)}
            {side("To be like", from)}
            <Radios
                legend="How"
                options=vec![
                    ("Add what is missing".to_owned(), Some("Nothing is taken away, and no role is changed.".to_owned())),
                    ("Make it the same".to_owned(), Some("What the other does not have goes, and roles become the same.".to_owned())),
                ]
                chosen=how
            />
            <p class="hint">"Nothing is sent yet: next you see each change."</p>
            {move || {
                why_not
                    .get()
                    .map(|why| {
                        view! {
                            <Alert kind=Kind::Note>
                                <p>{why}</p>
                            </Alert>
                        }
                    })
            }}
            {move || {
                nothing
                    .get()
                    .then(|| {
                        let words = if to.get() == from.get() { "Choose two that are not the same." } else { "There is nothing to change: it has all of that already." };
                        view! {
                            <Alert kind=Kind::Note>
                                <p>{words}</p>
                            </Alert>
                        }
                    })
            }}
            <div class="actions">
                <button class="btn" type="button" on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit" disabled=move || why_not.with(Option::is_some)>
                    "Review"
                </button>
            </div>
        </Dialog>
    }
}
