//! A review as a file: what would be changed, what was struck, and what cannot be done.

use std::rc::Rc;

use leptos::prelude::*;
use muster_runs::task_words;

use super::state::State;
use super::words;
use crate::components::ExportButton;
use crate::export::{Content, Offer, Offers, Sheet, list_read_at};
use crate::format;

/// Saves what is reviewed.
#[component]
pub(super) fn ExportReview(state: State) -> impl IntoView {
    let offers = Callback::new(move |()| offers(state));
    view! { <ExportButton store=state.store offers=offers /> }
}

fn offers(state: State) -> Offers {
    let capabilities = state.store.capabilities();
    let plan = state.plan.get_untracked();
    let lines = plan.lines.len() + plan.problems.len();
    let content = move || {
        let (plan, struck) = (state.plan.get_untracked(), state.struck.get_untracked());
        let headings = ["group", "group name", "person", "change", "state"];
        Content::Sheet(Sheet {
            headings: headings.map(str::to_owned).into(),
            count: plan.lines.len() + plan.problems.len(),
            line: Box::new(move |at| {
                let Some(line) = plan.lines.get(at) else {
                    let problem = plan.problems.get(at.checked_sub(plan.lines.len())?)?;
                    let who = problem.who.as_ref();
                    return Some(vec![
                        problem.group.clone(),
                        String::new(),
                        who.map_or_else(String::new, |who| who.person.to_string()),
                        words::why(capabilities, &problem.why),
                        "cannot be done".to_owned(),
                    ]);
                };
                let place = plan.place(line).map(|place| &place.place);
                let state = if struck.has(&plan, line) {
                    "left out"
                } else {
                    "to be done"
                };
                Some(vec![
                    place.map_or_else(String::new, |place| place.key.to_string()),
                    place.map_or_else(String::new, |place| place.name.clone()),
                    line.task.who().unwrap_or_default().to_owned(),
                    task_words(capabilities, &line.task),
                    state.to_owned(),
                ])
            }),
        })
    };
    Offers {
        name: "review".to_owned(),
        read_at: list_read_at(state.store),
        offers: vec![Offer {
            words: format!("What is reviewed, {} lines", format::number(lines)),
            hint: None,
            content: Rc::new(content),
        }],
    }
}
