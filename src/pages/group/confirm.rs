//! Questions that come before a step which cannot simply be taken back.

use group_api::{Capabilities, Group, Guard};
use leptos::prelude::*;

use crate::components::{Dialog, Doubts, sentence};

/// A question: what it is about, what will be lost, and the two answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// The dialog's title.
    pub(super) title: String,
    /// The names in it, group's and person's.
    pub(super) names: Vec<String>,
    /// What to know, a paragraph each.
    pub(super) facts: Vec<String>,
    /// The answer that changes nothing.
    pub(super) keep: String,
    /// The answer that goes on.
    pub(super) go_on: String,
}

/// What a guard says, in words.
pub(in crate::pages) fn guard_words(
    guard: Guard,
    capabilities: &Capabilities,
    group: &Group,
) -> String {
    let lead = capabilities
        .lead()
        .map_or("admin", |lead| lead.label)
        .to_ascii_lowercase();
    match guard {
        Guard::RemovesMe => format!(
            "This is you: you leave “{}” and lose what it gives you.",
            group.display_name
        ),
        Guard::DemotesMe => {
            format!(
                "This is you: you would no longer be {lead} here, and might not be able to take that back yourself."
            )
        }
        Guard::TakesLastLead => format!(
            "This is the last {lead}: after it nobody in “{}” can add or remove people; only somebody with rights over the whole site can help.",
            group.display_name
        ),
    }
}

/// Asks the question. The answer that changes nothing has the focus.
#[component]
pub(super) fn Confirm(
    /// What is asked.
    question: Question,
    /// Whether the answer is being carried out.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What went wrong when it was.
    #[prop(optional, into)]
    failure: Signal<Option<String>>,
    /// The answer that goes on.
    on_yes: Callback<()>,
    /// The answer that changes nothing.
    on_no: Callback<()>,
) -> impl IntoView {
    use crate::components::{Alert, Kind};
    let Question {
        title,
        names,
        facts,
        keep,
        go_on,
    } = question;
    view! {
        <Dialog title=title names=names.clone() busy=busy on_submit=Callback::new(|()| ()) on_close=on_no>
            <Doubts names=names.clone() />
            {facts.into_iter().map(|fact| view! { <p>{sentence(&fact, &names)}</p> }).collect_view()}
            {move || failure.get().map(|text| view! { <Alert kind=Kind::Bad><p>{text}</p></Alert> })}
            <div class="actions">
                <button class="btn" type="button" autofocus disabled=busy on:click=move |_| on_no.run(())>
                    <span>{sentence(&keep, &names)}</span>
                </button>
                <button
                    class="btn btn-lose"
                    type="button"
                    aria-busy=move || busy.get().then_some("true")
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| {
                        if !busy.get_untracked() {
                            on_yes.run(());
                        }
                    }
                >
                    <span>{sentence(&go_on, &names)}</span>
                </button>
            </div>
        </Dialog>
    }
}
