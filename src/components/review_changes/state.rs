//! What a review knows, and what it does.

use std::sync::Arc;

use group_api::{ApiError, GroupKey};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_changes::{Admins, Chosen, Mode, Plan, Since, Struck, Wish, plan};
use muster_runs::RunId;

use crate::draft::ReviewDraft;
use crate::format;
use crate::runs::Proposal;
use crate::store::Store;

/// More groups than these are read again by the whole list.
const FEW: usize = 20;

/// How the wish is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Add,
    Exactly,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It is looked at.
    Review,
    /// The groups are read again before anything is sent.
    Reading,
    /// It is applied, or was.
    Run(RunId),
}

/// What a reading after the run shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Proved {
    /// It goes on.
    Reading,
    /// Nothing, because.
    Failed(ApiError),
    /// What remains: what can be done, what was struck, and what cannot be done.
    Rest {
        lines: usize,
        struck: usize,
        problems: usize,
    },
}

/// What is different now, and what was shown before.
type Difference = (Since, Arc<Plan>);

/// What to do when the groups are read.
#[derive(Clone, Debug)]
enum Then {
    /// Send what was chosen of this plan when the button was pressed, if it is still the same.
    Send(Arc<Plan>, Arc<Chosen>),
    Prove,
}

/// A review: a handle that can be copied everywhere.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) store: Store,
    wish: StoredValue<Wish>,
    title: StoredValue<String>,
    pub(super) choice: RwSignal<Choice>,
    pub(super) admins_go: RwSignal<bool>,
    pub(super) struck: RwSignal<Struck>,
    /// What is shown. It changes by nobody's hand but the user's: what somebody else changes meanwhile is told.
    pub(super) plan: RwSignal<Arc<Plan>>,
    /// Whether there was enough to make one.
    pub(super) is_ready: RwSignal<bool>,
    pub(super) chosen: Memo<Arc<Chosen>>,
    /// What was different when the groups were read again, with what was shown before.
    pub(super) since: RwSignal<Option<Arc<Difference>>>,
    pub(super) typed: RwSignal<String>,
    pub(super) fault: RwSignal<Option<String>>,
    pub(super) ticket: RwSignal<String>,
    pub(super) failure: RwSignal<Option<ApiError>>,
    pub(super) doing: RwSignal<Doing>,
    pub(super) proved: RwSignal<Proved>,
    /// Counts the readings: an answer to an older one is dropped.
    reading: StoredValue<u32>,
}

impl State {
    pub(super) fn new(store: Store, wish: Wish, title: String) -> Self {
        let plan = RwSignal::new(Arc::new(Plan::default()));
        let (connection, mark) = (store.connection().id, wish.fingerprint());
        let kept = ReviewDraft::kept(&connection, mark).unwrap_or(ReviewDraft {
            wish: mark,
            mode: Mode::AddMissing,
            struck: Struck::default(),
            ticket: String::new(),
        });
        let struck = RwSignal::new(kept.struck);
        let state = Self {
            store,
            wish: StoredValue::new(wish),
            title: StoredValue::new(title),
            choice: RwSignal::new(match kept.mode {
                Mode::AddMissing => Choice::Add,
                Mode::ExactlySo(_) => Choice::Exactly,
            }),
            admins_go: RwSignal::new(kept.mode == Mode::ExactlySo(Admins::Go)),
            struck,
            plan,
            is_ready: RwSignal::new(false),
            chosen: Memo::new(move |_| {
                Arc::new(plan.with(|plan| struck.with(|struck| plan.chosen(struck))))
            }),
            since: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            fault: RwSignal::new(None),
            ticket: RwSignal::new(kept.ticket),
            failure: RwSignal::new(None),
            doing: RwSignal::new(Doing::Review),
            proved: RwSignal::new(Proved::Reading),
            reading: StoredValue::new(0),
        };
        Effect::new(move |before: Option<()>| {
            state.admins_go.track();
            if before.is_some() {
                state.make_anew();
            }
        });
        // Whoever wants something else while the groups are read again has not agreed to that yet.
        Effect::new(move |before: Option<()>| {
            state.choice.track();
            state.admins_go.track();
            state.struck.track();
            if before.is_some() && state.doing.get_untracked() == Doing::Reading {
                state.stop_reading();
            }
        });
        // What was decided outlives a reload, until it is applied.
        Effect::new(move |before: Option<()>| {
            state.choice.track();
            state.admins_go.track();
            let (struck, ticket) = (state.struck.get(), state.ticket.get());
            if before.is_some() && !matches!(state.doing.get_untracked(), Doing::Run(_)) {
                let draft = ReviewDraft {
                    wish: mark,
                    mode: state.mode(),
                    struck,
                    ticket,
                };
                draft.keep(&connection);
            }
        });
        state
    }

    fn mode(self) -> Mode {
        match (self.choice.get_untracked(), self.admins_go.get_untracked()) {
            (Choice::Add, _) => Mode::AddMissing,
            (Choice::Exactly, false) => Mode::ExactlySo(Admins::Stay),
            (Choice::Exactly, true) => Mode::ExactlySo(Admins::Go),
        }
    }

    fn planned(self) -> Arc<Plan> {
        let me = untrack(|| self.store.myself());
        let mode = self.mode();
        let backend = self.store.backend();
        self.wish.with_value(|wish| {
            self.store
                .peek(|directory| Arc::new(plan(wish, directory, mode, backend, me.as_ref())))
        })
    }

    /// Works out what is to be done.
    pub(super) fn make(self) {
        self.plan.set(self.planned());
    }

    /// The same after the user wants something else: what somebody else did is no news any more.
    fn make_anew(self) {
        if self.is_ready.get_untracked() {
            self.since.set(None);
            self.make();
        }
    }

    pub(super) fn choose(self, choice: Choice) {
        self.choice.set(choice);
        self.make_anew();
    }

    /// Reads again what is to be changed, and sends it if it still is what was shown.
    pub(super) fn apply(self) {
        let (much, keys) = self.chosen.with_untracked(|chosen| {
            let keys = self
                .plan
                .with_untracked(|plan| plan.keys(chosen).cloned().collect::<Vec<GroupKey>>());
            (chosen.sum.much, keys)
        });
        if much > 0
            && self
                .typed
                .with_untracked(|typed| typed.trim() != much.to_string())
        {
            return self
                .fault
                .set(Some(format!("Type {} to go on.", format::number(much))));
        }
        self.doing.set(Doing::Reading);
        self.failure.set(None);
        let agreed = Then::Send(self.plan.get_untracked(), self.chosen.get_untracked());
        self.read(keys, agreed);
    }

    /// Sends nothing after all.
    pub(super) fn stop_reading(self) {
        self.reading.update_value(|reading| *reading += 1);
        self.store.stop_loading();
        self.doing.set(Doing::Review);
    }

    fn read(self, keys: Vec<GroupKey>, then: Then) {
        self.reading.update_value(|reading| *reading += 1);
        let number = self.reading.get_value();
        // Whoever left the page, or said stop, wants nothing sent any more.
        let wanted = move || self.reading.try_get_value() == Some(number);
        spawn_local(async move {
            let mut result = Ok(());
            if keys.len() > FEW {
                result = self.store.read_whole(&wanted).await;
            } else {
                for key in keys {
                    result = self.store.find(&key).await.map(drop);
                    if result.is_err() || !wanted() {
                        break;
                    }
                }
            }
            if wanted() {
                self.was_read(then, result);
            }
        });
    }

    fn was_read(self, then: Then, result: Result<(), ApiError>) {
        match (then, result) {
            (Then::Send(shown, agreed), Ok(())) => self.send(&shown, &agreed),
            (Then::Send(..), Err(error)) => {
                self.failure.set(Some(error));
                self.doing.set(Doing::Review);
            }
            (Then::Prove, Ok(())) => {
                let rest = self.planned();
                let chosen = self.struck.with_untracked(|struck| rest.chosen(struck));
                let lines = chosen.tasks.len();
                self.proved.set(Proved::Rest {
                    lines,
                    struck: rest.lines.len() - lines,
                    problems: rest.problems.len(),
                });
            }
            (Then::Prove, Err(error)) => self.proved.set(Proved::Failed(error)),
        }
    }

    fn send(self, shown: &Arc<Plan>, agreed: &Chosen) {
        let now = self.planned();
        let chosen = self.struck.with_untracked(|struck| now.chosen(struck));
        // Tasks name their groups by their places among those of what is chosen.
        let is_same = chosen.places == agreed.places
            && chosen.tasks == agreed.tasks
            && chosen.warnings == agreed.warnings
            && now.problems == shown.problems;
        if !is_same {
            let since = self
                .struck
                .with_untracked(|struck| now.since(shown, struck));
            self.since.set(Some(Arc::new((since, Arc::clone(shown)))));
            self.plan.set(now);
            self.typed.set(String::new());
            return self.doing.set(Doing::Review);
        }
        self.since.set(None);
        self.proved.set(Proved::Reading);
        ReviewDraft::forget(&self.store.connection().id);
        let id = self.store.begin(Proposal {
            title: self.title.get_value(),
            ticket: self
                .ticket
                .with_untracked(|ticket| ticket.trim().to_owned()),
            places: chosen.places,
            tasks: chosen.tasks,
            undoes: None,
        });
        self.doing.set(Doing::Run(id));
    }

    /// Reads again what a run has changed, and works out what is left to do.
    pub(super) fn prove(self, id: RunId) {
        let Some(told) = untrack(|| self.store.runs().get(id)) else {
            return;
        };
        self.proved.set(Proved::Reading);
        let keys = told.run.places.iter().map(|place| place.key.clone());
        self.read(keys.collect(), Then::Prove);
    }

    /// Back to what remains.
    pub(super) fn again(self) {
        self.since.set(None);
        self.typed.set(String::new());
        self.make();
        self.doing.set(Doing::Review);
    }
}
