//! The difference between what is wished and what is so: shown, struck, applied, proved.

mod export;
mod lines;
mod notes;
mod state;
mod words;

use leptos::prelude::*;
use muster_changes::Wish;
use muster_core::{Coverage, Directory};
use muster_runs::RunId;

use self::export::ExportReview;
use self::lines::Lines;
use self::notes::{Changed, Deceptive, Notes, Problems, Proof};
use self::state::{Choice, Doing, State};
use super::{Alert, Check, Failed, Field, FieldKind, Kind, RunView, unique_id};
use crate::browser;
use crate::format;
use crate::session::{Access, use_session};
use crate::store::Store;

/// Shows what is going to be changed before anything is sent, then how it goes, then the receipt. A piece of a page,
/// not a dialog; the page has a heading above it.
#[component]
pub fn ReviewChanges(
    /// The store of its connection.
    store: Store,
    /// What is to be so.
    wish: Wish,
    /// What it comes from, for the title of the run: "Import teams.csv".
    title: String,
    /// Back to what it was made from; nothing was sent, or it is over.
    on_back: Callback<()>,
    /// Whom the wish names.
    #[prop(optional)]
    names: Names,
) -> impl IntoView {
    let state = State::new(store, wish, title.clone());
    store.load_once();
    let known = Memo::new(move |_| {
        store.look(|directory| match directory.coverage() {
            Coverage::Full { .. } => Known::Whole,
            Coverage::None | Coverage::Loading => Known::Coming,
            Coverage::BrokenOff(_) => Known::Broken,
        })
    });
    // What is shown stays as it was shown; only the first time it waits for the whole list.
    Effect::new(move |_| {
        if known.get() == Known::Whole && !state.is_ready.get_untracked() {
            state.make();
            state.is_ready.set(true);
        }
    });
    // A list that is read again must not make any of these anew.
    let shown = Memo::new(move |_| match (state.is_ready.get(), state.doing.get()) {
        (_, Doing::Run(id)) => Shown::Running(id),
        (true, _) => Shown::Reviewing,
        (false, _) if known.get() == Known::Broken => Shown::Unread,
        (false, _) => Shown::Coming,
    });
    let stage = move || match shown.get() {
        Shown::Running(id) => view! { <Running state=state id=id on_back=on_back /> }.into_any(),
        Shown::Reviewing => {
            view! { <Reviewing state=state names=names on_back=on_back /> }.into_any()
        }
        Shown::Unread => view! { <Unread store=store /> }.into_any(),
        Shown::Coming => {
            let so_far = move || format::groups(store.look(Directory::len));
            view! { <p role="status" aria-busy="true">{move || format!("Reading… {} so far. Everything has to be known before it can be compared.", so_far())}</p> }
                .into_any()
        }
    };
    view! {
        <section class="changes" aria-label="Review changes">
            <p class="quiet">{title}</p>
            {stage}
        </section>
    }
}

/// Whom a wish names of the groups that it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// Some: what is to become of the others is asked.
    #[default]
    Some,
    /// Everybody, those who go and those who stay as they are too: there are no others.
    Everybody,
}

/// What there is to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Coming,
    Unread,
    Reviewing,
    Running(RunId),
}

/// How much is known of what is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Coming,
    Broken,
    Whole,
}

#[component]
fn Unread(store: Store) -> impl IntoView {
    let session = use_session();
    let id = store.connection().id;
    let error = store.peek(|directory| match directory.coverage() {
        Coverage::BrokenOff(error) => Some(error.clone()),
        _ => None,
    });
    let again = Callback::new(move |()| store.load());
    let connect = Callback::new(move |()| session.ask_again(&id));
    error.map(|error| {
        view! { <Failed title="The groups could not be read" error=error on_again=again on_connect=connect /> }
    })
}

/// What is going to be done, before anything is sent.
#[component]
fn Reviewing(state: State, names: Names, on_back: Callback<()>) -> impl IntoView {
    let nothing = Memo::new(move |_| state.plan.with(|plan| plan.is_empty()));
    let some = Memo::new(move |_| state.plan.with(|plan| !plan.lines.is_empty()));
    let sum = move || state.chosen.with(|chosen| chosen.sum);
    let summary = move || {
        let struck = state.plan.with(|plan| plan.lines.len())
            - state.chosen.with(|chosen| chosen.tasks.len());
        words::summary(sum(), struck)
    };
    view! {
        {(names == Names::Some).then(|| view! { <How state=state /> })}
        {move || {
            nothing
                .get()
                .then(|| {
                    view! {
                        <Alert kind=Kind::Done>
                            <p>
                                <strong>"Nothing is left to do. "</strong>
                                "Everything named is so already."
                            </p>
                        </Alert>
                    }
                })
        }}
        <p class="sum" role="status">{move || some.get().then(summary)}</p>
        <Changed state=state />
        <Deceptive state=state />
        <Problems state=state />
        <Notes state=state />
        <Apply state=state some=some on_back=on_back />
        // Below: they may be ten thousand, and nobody would find the button after them.
        {move || some.get().then(|| view! { <Lines state=state /> })}
    }
}

/// How the wish is to be understood.
#[component]
fn How(state: State) -> impl IntoView {
    let name = unique_id("mode");
    let radio = |choice: Choice, label: &'static str, hint: &'static str| {
        let id = format!("{name}-{label}");
        view! {
            <div class="check">
                <input
                    type="radio"
                    name=name.clone()
                    id=id.clone()
                    prop:checked=move || state.choice.get() == choice
                    on:change=move |_| state.choose(choice)
                />
                <label for=id>{label}</label>
                <p class="hint">{hint}</p>
            </div>
        }
    };
    let capabilities = state.store.capabilities();
    let lead = capabilities.lead();
    let leads = lead.map_or("admins", |lead| lead.plural);
    let can_go = lead.is_some_and(|lead| lead.assignable);
    let label = format!("Take out {} who are not named, too", leads.to_lowercase());
    view! {
        <fieldset class="parts">
            <legend>"What is to become of those who are not named?"</legend>
            {radio(Choice::Add, "Add what is missing", "They stay: nobody goes out who is not named as going.")}
            {radio(
                Choice::Exactly,
                "Make it exactly so",
                "They go out of the groups that are named with their people. Groups that are not named are not touched, and none is deleted.",
            )}
            {move || (state.choice.get() == Choice::Exactly && can_go).then(|| view! { <Check label=label.clone() checked=state.admins_go /> })}
        </fieldset>
    }
}

/// The number that has to be typed, the ticket, and the button.
#[component]
fn Apply(state: State, some: Memo<bool>, on_back: Callback<()>) -> impl IntoView {
    let store = state.store;
    let count = Memo::new(move |_| state.chosen.with(|chosen| chosen.tasks.len()));
    let much = Memo::new(move |_| state.chosen.with(|chosen| chosen.sum.much));
    let reading = Memo::new(move |_| state.doing.get() == Doing::Reading);
    let looks = store.connection().access == Access::LookOnly;
    let go = move || {
        if !reading.get_untracked() && count.get_untracked() > 0 {
            state.apply();
        }
    };
    let words = move || match (reading.get(), count.get()) {
        (true, _) => "Reading the groups again…".to_owned(),
        (_, 1) => "Apply 1 change".to_owned(),
        (_, count) => format!("Apply {} changes", format::number(count)),
    };
    view! {
        <form
            class="apply"
            aria-label="Apply"
            novalidate
            on:submit=move |ev| {
                ev.prevent_default();
                go();
            }
        >
            {move || {
                (much.get() > 0)
                    .then(|| {
                        view! {
                            <Field
                                label=format!("Type {} to go on", much.get())
                                value=state.typed
                                kind=FieldKind::Name
                                error=state.fault
                                on_edit=Callback::new(move |()| state.fault.set(None))
                            />
                        }
                    })
            }}
            {move || some.get().then(|| view! { <Field label="Ticket" value=state.ticket optional=true /> })}
            {move || {
                state
                    .failure
                    .get()
                    .map(|why| {
                        view! {
                            <Alert kind=Kind::Bad into_view=true>
                                <p>
                                    <strong>"Nothing was sent. "</strong>
                                    {format!("The groups could not be read again: {why}")}
                                </p>
                            </Alert>
                        }
                    })
            }}
            {looks.then(|| view! { <p class="hint">"This connection only looks: nothing can be applied."</p> })}
            <div class="actions">
                <button class="btn" type="button" on:click=move |_| if reading.get_untracked() { state.stop_reading() } else { on_back.run(()) }>
                    {move || if reading.get() { "Stop" } else { "Back" }}
                </button>
                {move || some.get().then(|| view! { <ExportReview state=state /> })}
                {move || {
                    some.get()
                        .then(|| {
                            let loses = move || state.chosen.with(|chosen| chosen.sum.removed > 0);
                            view! {
                                <button
                                    class=move || if loses() { "btn btn-lose" } else { "btn btn-primary" }
                                    type="submit"
                                    disabled=move || looks || count.get() == 0
                                    aria-disabled=move || reading.get().then_some("true")
                                >
                                    {words}
                                </button>
                            }
                        })
                }}
            </div>
        </form>
    }
}

/// How it goes, and when it is over what a reading shows.
#[component]
fn Running(state: State, id: RunId, on_back: Callback<()>) -> impl IntoView {
    let store = state.store;
    // Taking it back shows the run that does so.
    let shown = RwSignal::new(id);
    let over = Memo::new(move |_| {
        let told = store.runs().get(shown.get());
        told.is_some_and(|told| told.run.is_over())
    });
    Effect::new(move |before: Option<bool>| {
        let over = over.get();
        // Trying again makes it go on; what then is so is read again. What takes it back says for itself what it did.
        if over && before != Some(true) && shown.get_untracked() == id {
            state.prove(id);
        }
        over
    });
    // The button that was pressed is gone, and with it the focus.
    let here = unique_id("run");
    let focus_id = here.clone();
    request_animation_frame(move || browser::focus(&focus_id));
    view! {
        {move || (over.get() && shown.get() == id).then(|| view! { <Proof state=state /> })}
        <div class="receipt" id=here tabindex="-1" role="group" aria-label="How it goes">
            <RunView store=store id=shown />
        </div>
        {move || {
            over.get()
                .then(|| {
                    view! {
                        <div class="actions">
                            <button class="btn" type="button" on:click=move |_| on_back.run(())>
                                "Back"
                            </button>
                        </div>
                    }
                })
        }}
    }
}
