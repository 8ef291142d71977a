use leptos::prelude::*;
use muster_runs::{RunId, Task, task_words};

use super::{Alert, Dialog, Doubts, Field, FieldKind, Icon, Kind, Name, RunView, sentence};
use crate::draft::{FormDraft, keep_text};
use crate::format;
use crate::runs::{Proposal, is_open};
use crate::store::Store;

/// How many lines of what is to be done are listed; the rest is counted.
const LISTED: usize = 300;

/// What is asked before a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// What is to be done.
    pub proposal: Proposal,
    /// What to know before, a paragraph each.
    pub facts: Vec<String>,
    /// What of it will not be done, and why, a line each.
    pub left: Vec<String>,
    /// What the button says that goes on.
    pub go_on: String,
    /// What has to be typed before, where much is lost.
    pub typed: Option<String>,
}

/// Shows what is going to be done before anything is sent, then how it goes, then the receipt.
#[component]
pub fn ReviewDialog(
    /// The store of its connection.
    store: Store,
    /// What is asked.
    review: Review,
    /// It is to be closed; the run that was begun, if one was.
    on_close: Callback<Option<RunId>>,
    /// Called when the run is over.
    #[prop(optional, into)]
    on_over: Option<Callback<()>>,
    /// What a reading afterwards shows besides.
    #[prop(optional, into)]
    proof: MaybeProp<String>,
) -> impl IntoView {
    let title = RwSignal::new(review.proposal.title.clone());
    let names = review.proposal.odd_names();
    // The run that is shown, once one was begun; taking it back shows the one that does so.
    let run = RwSignal::new(None::<RunId>);
    let shown = RwSignal::new(RunId(0));
    let leaving = RwSignal::new(false);
    let begun = move || run.get_untracked().map(|_| shown.get_untracked());
    let ticket = RwSignal::new(String::new());
    // A ticket is for one thing: what is asked next is another.
    let kept = FormDraft::new(
        &store.connection().id,
        &format!("ticket/{}", review.proposal.title),
    );
    keep_text(kept, ticket);
    let close = Callback::new(move |()| {
        let id = begun();
        let open = id.is_some_and(|id| is_open(store, id));
        if open && !leaving.get_untracked() {
            leaving.set(true);
        } else {
            ticket.set(String::new());
            on_close.run(id);
        }
    });
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let wanted = StoredValue::new(review.typed.clone());
    let proposal = StoredValue::new(review.proposal.clone());
    let send = Callback::new(move |()| {
        if run.with_untracked(Option::is_some) {
            return;
        }
        if let Some(wanted) = wanted.get_value()
            && typed.with_untracked(|typed| typed.trim() != wanted)
        {
            fault.set(Some(format!("Type {wanted} to go on.")));
            return;
        }
        let mut proposal = proposal.get_value();
        proposal.ticket = ticket.get_untracked().trim().to_owned();
        ticket.set(String::new());
        let id = store.begin(proposal);
        shown.set(id);
        run.set(Some(id));
    });
    let review = StoredValue::new(review);
    let asked = StoredValue::new(names.clone());
    let begin_view = move || {
        let names = asked.get_value();
        let review = review.get_value();
        let count = review.proposal.tasks.len();
        let loses = review.proposal.tasks.iter().any(|(task, _)| loses(task));
        view! {
            {review.facts.into_iter().map(|fact| view! { <p>{sentence(&fact, &names)}</p> }).collect_view()}
            <Doubts names=names always=true />
            <Lines store=store proposal=review.proposal.clone() />
            {(!review.left.is_empty())
                .then(|| {
                    let title = format!("{} left out", format::number(review.left.len()));
                    view! {
                        <details class="more">
                            <summary>{title}</summary>
                            <ul>{review.left.iter().take(LISTED).map(|line| view! { <li>{line.clone()}</li> }).collect_view()}</ul>
                        </details>
                    }
                })}
            {review
                .typed
                .map(|wanted| {
                    view! {
                        <Field
                            label=format!("Type {wanted} to confirm")
                            value=typed
                            kind=FieldKind::Name
                            error=fault
                            on_edit=Callback::new(move |()| fault.set(None))
                        />
                    }
                })}
            <Field label="Ticket" value=ticket optional=true />
            <div class="actions">
                <button class="btn" type="button" autofocus=loses on:click=move |_| close.run(())>
                    "Cancel"
                </button>
                <button class=if loses { "btn btn-lose" } else { "btn btn-primary" } type="submit" disabled=count == 0>
                    {review.go_on}
                </button>
            </div>
        }
        .into_any()
    };
    let running = move |id: RwSignal<RunId>| {
        Effect::new(move |_| {
            let told = store.runs().get(id.get());
            if let Some(told) = told {
                title.set(told.run.about.title.clone());
            }
        });
        Effect::new(move |before: Option<bool>| {
            let over = store
                .runs()
                .get(id.get())
                .is_some_and(|told| told.run.is_over());
            if let Some(on_over) = on_over
                && over
                && before == Some(false)
            {
                on_over.run(());
            }
            over
        });
        let proved = move || {
            let over = store
                .runs()
                .get(id.get())
                .is_some_and(|told| told.run.is_over());
            proof.get().filter(|_| over)
        };
        view! {
            {move || proved().map(|proof| view! { <p role="status">{proof}</p> })}
            <RunView store=store id=id on_close=close />
            {move || {
                let open = is_open(store, id.get());
                (open && leaving.get())
                    .then(|| {
                        view! {
                            <Alert kind=Kind::Note>
                                <p>"This is still under way. It goes on without this window as long as the page stays open; Activity shows it."</p>
                                <div class="actions">
                                    <button class="btn btn-small" type="button" on:click=move |_| leaving.set(false)>
                                        "Stay"
                                    </button>
                                    <button class="btn btn-small" type="button" on:click=move |_| close.run(())>
                                        "Go on in the background"
                                    </button>
                                </div>
                            </Alert>
                        }
                    })
            }}
        }
        .into_any()
    };
    view! {
        <Dialog title=title names=names on_submit=send on_close=close>
            {move || match run.get() {
                None => begin_view(),
                Some(_) => running(shown),
            }}
        </Dialog>
    }
}

/// Whether something is lost by it.
fn loses(task: &Task) -> bool {
    match task {
        Task::Delete { .. } => true,
        Task::Person { change, .. } => matches!(change, group_api::PersonChange::Revoke(_)),
        _ => false,
    }
}

/// What is to be done, a line each.
#[component]
fn Lines(store: Store, proposal: Proposal) -> impl IntoView {
    let all = proposal.tasks.len();
    let several = proposal.places.len() > 1;
    let lines = proposal
        .tasks
        .iter()
        .take(LISTED)
        .map(|(task, _)| {
            let place = proposal.places.get(task.place());
            let group = place.map(|place| place.name.clone()).unwrap_or_default();
            let (strong, rest) = match task.who() {
                Some(who) => (who.to_owned(), several.then_some(group)),
                None => {
                    let key = place.map(|place| place.key.to_string());
                    (group, key)
                }
            };
            let (state, icon) = if loses(task) { ("refused", "minus") } else { ("done", "plus") };
            view! {
                <li data-state=state>
                    <Icon name=icon />
                    <div>
                        <strong>
                            <Name text=strong />
                        </strong>
                        {rest.map(|rest| view! { <span class="quiet">" · " <Name text=rest /></span> })}
                        <p>{task_words(store.capabilities(), task)}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    let more = all.saturating_sub(LISTED);
    view! {
        <ul class="outcomes" aria-label="What will be done" tabindex="0">
            {lines}
            {(more > 0).then(|| view! { <li><p class="quiet">{format!("and {} more", format::number(more))}</p></li> })}
        </ul>
    }
}
