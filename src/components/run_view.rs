use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use group_api::{PersonKey, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_runs::{Counts, Fate, Hold, Item, Mode, Run, RunId, Task, fate_words, report};

use super::{Alert, Field, Icon, Kind, shown_name};
use crate::browser;
use crate::export::{self, Form};
use crate::format;
use crate::pages::person_href;
use crate::request::Stop;
use crate::runs::{Proposal, Told};
use crate::store::Store;

/// How many items are listed of each kind; the rest is counted, and all are in the report.
const LISTED: usize = 200;

/// A date and a time of day: "22 Nov 2026 14:02".
#[must_use]
#[allow(clippy::cast_precision_loss)] // no date that a browser can show needs more than 53 bits
pub fn moment(ms: i64) -> String {
    let day = format::date(Timestamp::from_unix_ms(ms));
    format!("{day} {}", format::time_of_day(ms as f64))
}

/// How a run stands, and when it is over its receipt: what, where, when, as whom, how many, who was
/// refused and why. What can be done about it is beside it: stop, go on, try again, take back, copy.
#[component]
pub fn RunView(
    /// The store of its connection.
    store: Store,
    /// Which run. Taking it back shows the run that does so instead.
    id: RwSignal<RunId>,
    /// Asks to close what it is shown in, where that has no button of its own.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    let told = Memo::new(move |_| store.runs().get(id.get()));
    let known = Memo::new(move |_| told.with(Option::is_some));
    move || {
        if known.get() {
            view! { <Shown store=store id=id told=told on_close=on_close /> }.into_any()
        } else {
            view! { <div class="actions"><Close on_close=on_close /></div> }.into_any()
        }
    }
}

#[component]
fn Close(on_close: Option<Callback<()>>) -> impl IntoView {
    on_close.map(|on_close| {
        view! {
            <button class="btn" type="button" on:click=move |_| on_close.run(())>
                "Close"
            </button>
        }
    })
}

#[component]
fn Shown(
    store: Store,
    id: RwSignal<RunId>,
    told: Memo<Option<Told>>,
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    let of = move |with: fn(&Told) -> String| {
        Memo::new(move |_| told.with(|told| told.as_ref().map(with).unwrap_or_default()))
    };
    let about = of(|told| {
        let about = &told.run.about;
        let mut parts = vec![about.connection_name.clone()];
        if !about.as_whom.is_empty() {
            parts.push(about.as_whom.clone());
        }
        parts.push(moment(about.began));
        parts.join(" · ")
    });
    let counts = Memo::new(move |_| {
        told.with(|told| {
            told.as_ref()
                .map_or_else(Counts::default, |told| told.run.counts())
        })
    });
    let stage = Memo::new(move |_| told.with(|told| told.as_ref().map_or(Stage::Over, Stage::of)));
    view! {
        <p class="quiet">{about}</p>
        {move || stage_view(store, id, stage.get(), told)}
        <Progress counts=counts stage=stage />
        <Outcomes store=store told=told />
        <Actions store=store id=id told=told stage=stage on_close=on_close />
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Held(Hold),
    CutOff,
    Elsewhere,
    Over,
}

impl Stage {
    fn of(told: &Told) -> Self {
        let run = &told.run;
        if run.is_over() {
            Self::Over
        } else if told.elsewhere {
            Self::Elsewhere
        } else if let Some(hold) = run.hold() {
            Self::Held(hold)
        } else if run.mode() == Mode::CutOff && run.counts().unknown == 0 {
            Self::CutOff
        } else {
            Self::Running
        }
    }
}

/// What holds a run, and how it goes on; at its end, the sum.
fn stage_view(
    store: Store,
    id: RwSignal<RunId>,
    stage: Stage,
    told: Memo<Option<Told>>,
) -> Option<AnyView> {
    let button = move |words: &'static str, press: fn(Store, RunId)| {
        view! {
            <button class="btn btn-small" type="button" on:click=move |_| press(store, id.get_untracked())>
                {words}
            </button>
        }
    };
    let (words, actions) = match stage {
        Stage::Running => return None,
        Stage::Over => {
            let (kind, words) = told.with(|told| told.as_ref().map(summary))?;
            return Some(view! { <Alert kind=kind><p>{words}</p></Alert> }.into_any());
        }
        Stage::Elsewhere => (
            "Another tab of this browser is doing this. It can be watched there.".to_owned(),
            None,
        ),
        Stage::Held(Hold::Until(until)) => (
            format!("The server asks for a pause. It goes on by itself at {}.", clock(until)),
            None,
        ),
        Stage::Held(Hold::NoConnection) => (
            "The server cannot be reached. Nothing is lost: it goes on by itself as soon as it can, and what was under way is looked up first.".to_owned(),
            Some(button("Try now", Store::go_on).into_any()),
        ),
        Stage::Held(Hold::Token) => (
            "The server does not take the token any more. It goes on when there is a new one.".to_owned(),
            Some(button("Go on", Store::go_on).into_any()),
        ),
        Stage::CutOff => (
            "This was cut off when its page was closed. What was under way has been looked up; the rest was not sent.".to_owned(),
            Some(view! { {button("Go on", Store::go_on)} {button("Leave the rest", Store::stop_run)} }.into_any()),
        ),
    };
    let actions = actions.map(|actions| view! { <div class="actions">{actions}</div> });
    Some(
        view! {
            <Alert kind=Kind::Note>
                <p>{words}</p>
                {actions}
            </Alert>
        }
        .into_any(),
    )
}

/// The time of day, with seconds.
#[allow(clippy::cast_precision_loss)] // far below 2^53
fn clock(ms: i64) -> String {
    format!("{}:{:02}", format::time_of_day(ms as f64), ms / 1000 % 60)
}

/// What came of it, in a sentence.
fn summary(told: &Told) -> (Kind, String) {
    let counts = told.run.counts();
    #[allow(clippy::cast_precision_loss)] // far below 2^53
    let proved = told.run.about.proved.map(|at| {
        format!(
            ", read back and proved at {}",
            format::time_of_day(at as f64)
        )
    });
    let proved = proved.filter(|_| counts.done > 0).unwrap_or_default();
    if counts.done == counts.all {
        let all = if counts.all == 1 {
            "Done".to_owned()
        } else {
            format!("All {} done", format::number(counts.all))
        };
        return (Kind::Done, format!("{all}{proved}."));
    }
    let mut words = format!(
        "{} of {} done{proved}.",
        format::number(counts.done),
        format::number(counts.all)
    );
    for (count, what) in [
        (counts.refused, "refused"),
        (counts.unknown, "unknown"),
        (counts.not_done, "not done"),
    ] {
        if count > 0 {
            words.push_str(&format!(" {} {what}.", format::number(count)));
        }
    }
    (Kind::Bad, words)
}

#[component]
fn Progress(counts: Memo<Counts>, stage: Memo<Stage>) -> impl IntoView {
    move || {
        let counts = counts.get();
        (stage.get() != Stage::Over).then(|| {
            // What nobody knows was sent, and not read back.
            let settled = counts.all - counts.open - counts.unknown;
            view! {
                <div class="progress">
                    <progress aria-label="Progress" max=counts.all.to_string() value=settled.to_string()></progress>
                    <span role="status">
                        {format!("{} of {} sent and read back", format::number(settled), format::number(counts.all))}
                    </span>
                </div>
            }
        })
    }
}

/// Whether an item is told among those that went wrong.
fn went_wrong(item: &Item) -> bool {
    item.fate.is_settled() && !matches!(item.fate, Fate::Done { .. })
        || matches!(item.fate, Fate::Unknown { .. })
}

#[component]
fn Outcomes(store: Store, told: Memo<Option<Told>>) -> impl IntoView {
    let list = move |wanted: fn(&Item) -> bool, label: &'static str| {
        told.with(|told| {
            let run = &told.as_ref()?.run;
            let all = run.items().iter().filter(|item| wanted(item)).count();
            let lines: Vec<_> = run
                .items()
                .iter()
                .filter(|item| wanted(item))
                .take(LISTED)
                .map(|item| line(store, run, item))
                .collect();
            let more = all.saturating_sub(LISTED);
            (all > 0).then(|| {
                view! {
                    <ul class="outcomes" aria-label=label tabindex="0">
                        {lines}
                        {(more > 0).then(|| view! { <li><p class="quiet">{format!("and {} more; the report has all.", format::number(more))}</p></li> })}
                    </ul>
                }
            })
        })
    };
    view! {
        {move || list(went_wrong, "Not done")}
        {move || list(|item| matches!(item.fate, Fate::Done { .. }), "Done")}
    }
}

/// Whom a task is about, for the way to their page.
const fn person_of(task: &Task) -> Option<&PersonKey> {
    match task {
        Task::Person { person, .. } | Task::Transfer { to: person, .. } => Some(person),
        _ => None,
    }
}

fn line(store: Store, run: &Run, item: &Item) -> AnyView {
    let (state, icon) = match item.fate {
        Fate::Done { .. } => ("done", "check"),
        Fate::Unknown { .. } => ("unknown", "warn"),
        _ => ("refused", "x"),
    };
    let group = run.place(item.task.place()).map(|place| place.name.clone());
    let group = group.unwrap_or_default();
    let (strong, rest) = match item.task.who() {
        Some(who) => (who.to_owned(), (run.places.len() > 1).then_some(group)),
        None => (group, None),
    };
    let words = fate_words(store.capabilities(), &item.task, &item.fate);
    view! {
        <li data-state=state>
            <Icon name=icon />
            <div>
                <strong>
                    {match person_of(&item.task) {
                        Some(person) => view! { <a href=person_href(store, person.as_str())>{shown_name(strong, None)}</a> }.into_any(),
                        None => shown_name(strong, None),
                    }}
                </strong>
                {rest.map(|group| view! { <span class="quiet">" · " {shown_name(group, None)}</span> })}
                <p>{words}</p>
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn Actions(
    store: Store,
    id: RwSignal<RunId>,
    told: Memo<Option<Told>>,
    stage: Memo<Stage>,
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    let is_over = move || stage.get() == Stage::Over;
    let can_retry = Memo::new(move |_| {
        told.with(|told| {
            let items = told.as_ref().map_or(&[][..], |told| told.run.items());
            items.iter().any(|item| item.fate.may_be_retried())
        })
    });
    let undone = Memo::new(move |_| {
        let id = id.get();
        let all = store.runs().all();
        all.into_iter()
            .any(|told| told.run.about.undoes == Some(id))
    });
    // What it takes back is worked out when it is over, and again when it is pressed.
    let undo = Memo::new(move |_| {
        if stage.get() != Stage::Over || undone.get() {
            return None;
        }
        told.with(|told| {
            let run = &told.as_ref()?.run;
            (run.counts().done > 0).then(|| store.undo_of(run).map(|undo| undo.left.join(" ")))
        })
    });
    let take_back = move |_| {
        let Some(run) = told.with_untracked(|told| told.as_ref().map(|told| told.run.clone()))
        else {
            return;
        };
        if let Ok(undo) = store.undo_of(&run) {
            id.set(store.begin(Proposal {
                title: format!("Undo: {}", run.about.title),
                ticket: run.about.ticket.clone(),
                places: undo.places,
                tasks: undo.tasks,
                undoes: Some(run.about.id),
            }));
        }
    };
    let text = move || {
        told.with_untracked(|told| {
            let told = told.as_ref()?;
            Some(report(store.capabilities(), &told.run, &moment))
        })
        .unwrap_or_default()
    };
    let refused = move || {
        told.with_untracked(|told| {
            let items = told
                .as_ref()
                .map_or(&[][..], |told| told.run.items())
                .iter();
            let names = items
                .filter(|item| went_wrong(item))
                .filter_map(|item| item.task.who());
            names.collect::<Vec<_>>().join("\n")
        })
    };
    let has_refused = Memo::new(move |_| {
        told.with(|told| {
            let items = told.as_ref().map_or(&[][..], |told| told.run.items());
            items
                .iter()
                .any(|item| went_wrong(item) && item.task.who().is_some())
        })
    });
    let ticket = RwSignal::new(
        told.with_untracked(|told| told.as_ref().map(|told| told.run.about.ticket.clone()))
            .unwrap_or_default(),
    );
    view! {
        {move || {
            is_over()
                .then(|| {
                    view! {
                        <Field
                            label="Ticket"
                            value=ticket
                            optional=true
                            on_edit=Callback::new(move |()| store.set_ticket(id.get_untracked(), ticket.get_untracked()))
                        />
                    }
                })
        }}
        {move || undone.get().then(|| view! { <p class="quiet">"This was taken back; see Activity."</p> })}
        {move || match undo.get() {
            Some(Ok(left)) if !left.is_empty() => Some(view! { <p class="quiet">{left}</p> }),
            Some(Err(why)) => Some(view! { <p class="quiet">{format!("No undo: {why}")}</p> }),
            _ => None,
        }}
        <div class="actions">
            {move || {
                matches!(stage.get(), Stage::Running | Stage::Held(_))
                    .then(|| {
                        view! {
                            <button class="btn" type="button" on:click=move |_| store.stop_run(id.get_untracked())>
                                "Stop"
                            </button>
                        }
                    })
            }}
            {move || (is_over() && can_retry.get()).then(|| view! {
                <button class="btn" type="button" on:click=move |_| store.retry_run(id.get_untracked())>
                    "Retry refused"
                </button>
            })}
            {move || matches!(undo.get(), Some(Ok(_))).then(|| view! {
                <button class="btn" type="button" on:click=take_back>
                    "Undo"
                </button>
            })}
            {move || (is_over() && has_refused.get()).then(|| view! { <CopyButton label="Copy refused" text=Callback::new(move |()| refused()) /> })}
            {move || is_over().then(|| view! { <CopyButton label="Copy report" text=Callback::new(move |()| text()) /> })}
            {move || is_over().then(|| view! {
                <button class="btn" type="button" on:click=move |_| save(store, id.get_untracked())>
                    "Save as CSV"
                </button>
            })}
            <Close on_close=on_close />
        </div>
    }
}

/// Hands out a run, one line an item.
fn save(store: Store, id: RunId) {
    let Some(told) = untrack(|| store.runs().get(id)) else {
        return;
    };
    spawn_local(async move {
        let content = export::runs_content(store, &Rc::new(vec![told.run]));
        let about = export::about(store, Some(browser::now()));
        let (form, stop) = (Form::Csv, Stop::default());
        let file = export::make(store, &about, &content, form, &|_| (), &stop).await;
        if let Some(file) = file {
            browser::hand_out("outcome.csv", &file);
        }
    });
}

/// A button that copies a text which is made when it is pressed.
#[component]
pub fn CopyButton(
    /// What stands on it.
    label: &'static str,
    /// The text.
    text: Callback<(), String>,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        let text = text.run(());
        spawn_local(async move {
            copied.set(Some(browser::copy(&text).await));
            TimeoutFuture::new(2500).await;
            copied.try_set(None);
        });
    };
    view! {
        <button class="btn" type="button" on:click=copy>
            <Icon name="copy" />
            {label}
        </button>
        <span class="quiet" role="status">
            {move || copied.get().map(|done| if done { "Copied" } else { "The browser does not allow it: mark the text by hand." })}
        </span>
    }
}
