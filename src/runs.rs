//! The runs of one connection: begun, driven, kept and told.
//!
//! `muster_runs::Run` says what is next; this does it. A run belongs to the connection and not to a page: it goes on
//! when its page is left. It is written down before anything of it is sent, and again after each answer, so that another page
//! can look up what was under way when this one was closed. A lock across tabs keeps two of them from driving one run.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use gloo_timers::future::TimeoutFuture;
use group_api::{
    Action, ApiError, Field, Group, GroupEdit, GroupKey, KeyKind, PersonChange, PersonKey,
    Presence, ReadBack, is_plain,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_runs::{
    About, Call, Changed, Hold, Mode, Next, Place, Reply, Run, RunId, Seen, Task, Undo, undo,
};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::browser::{listen, now, random};
use crate::journal;
use crate::kept;
use crate::lock::{self, Held, Sharing};
use crate::request::Stop;
use crate::session::{Keep, Session};
use crate::store::{Store, UNNAMED, WriteError};

/// How long to wait before a server that could not be reached is tried again, in milliseconds.
const FIRST_PAUSE_MS: u32 = 5_000;
const LONGEST_PAUSE_MS: u32 = 60_000;

/// What a run is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Its title: "Remove 12 people from Sales".
    pub title: String,
    /// The number of a ticket, if there is one.
    pub ticket: String,
    /// The groups that it is about.
    pub places: Vec<Place>,
    /// What is to be done, each with the numbers of those that have to be done before.
    pub tasks: Vec<(Task, Vec<usize>)>,
    /// The run that it takes back.
    pub undoes: Option<RunId>,
}

impl Proposal {
    /// The names in it that are not plain, each once: of groups, then of people.
    #[must_use]
    pub fn odd_names(&self) -> Vec<String> {
        let groups = self.places.iter().map(|place| place.name.as_str());
        let people = self.tasks.iter().filter_map(|(task, _)| task.who());
        odd_names(&mut groups.chain(people))
    }
}

/// The same of a run.
#[must_use]
pub fn odd_names_of(run: &Run) -> Vec<String> {
    let groups = run.places.iter().map(|place| place.name.as_str());
    let people = run.items().iter().filter_map(|item| item.task.who());
    odd_names(&mut groups.chain(people))
}

/// Those of some names that are not plain, each once.
#[must_use]
pub fn odd_names(names: &mut dyn Iterator<Item = &str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut odd = Vec::new();
    for name in names {
        if !is_plain(name) && seen.insert(name.to_owned()) {
            odd.push(name.to_owned());
        }
    }
    odd
}

/// Who drives a run.
#[derive(Debug)]
enum Driver {
    /// This tab, as long as it holds the lock; none while it asks for it.
    Here(Option<Held>),
    /// Another tab.
    Elsewhere,
    /// Nobody: everything is settled.
    Nobody,
}

#[derive(Debug)]
struct Kept {
    /// Shared with whoever shows it.
    run: Arc<Run>,
    driver: Driver,
    /// How often it has waited for something: an older wait is over.
    waits: u32,
    pause: u32,
}

/// How a run stands, for whoever shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The run.
    pub run: Arc<Run>,
    /// Whether another tab drives it.
    pub elsewhere: bool,
}

/// Whether what this browser keeps was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Not yet.
    Unread,
    /// It was.
    Read,
    /// The browser keeps nothing: what is known goes with this page.
    None,
}

/// The runs of a connection. A handle that can be copied.
#[derive(Clone, Copy)]
pub struct Runs {
    known: StoredValue<Rc<RefCell<Vec<Kept>>>, LocalStorage>,
    version: RwSignal<u32>,
    memory: RwSignal<Memory>,
    /// Whether somebody looks after them.
    watched: StoredValue<bool>,
    /// Held as long as this page is there, for a connection that is kept for its tabs only.
    tab: StoredValue<Option<Held>, LocalStorage>,
}

impl Default for Runs {
    fn default() -> Self {
        Self {
            known: StoredValue::new_local(Rc::default()),
            version: RwSignal::new(0),
            memory: RwSignal::new(Memory::Unread),
            watched: StoredValue::new(false),
            tab: StoredValue::new_local(None),
        }
    }
}

impl Runs {
    fn with<T>(self, with: impl FnOnce(&mut Vec<Kept>) -> T) -> T {
        self.known.with_value(|known| with(&mut known.borrow_mut()))
    }

    fn with_one<T>(self, id: RunId, with: impl FnOnce(&mut Kept) -> T) -> Option<T> {
        self.with(|known| {
            let kept = known.iter_mut().find(|kept| kept.run.about.id == id)?;
            Some(with(kept))
        })
    }

    fn tell(self) {
        self.version.update(|n| *n = n.wrapping_add(1));
    }

    /// One run. Reactive.
    #[must_use]
    pub fn get(self, id: RunId) -> Option<Told> {
        self.version.track();
        self.with_one(id, |kept| told(kept))
    }

    /// The run by which a person was last changed alone in a group.
    #[must_use]
    pub fn receipt(self, group: &GroupKey, person: &PersonKey) -> Option<RunId> {
        let is_it = |run: &Run| match run.items() {
            [item] => {
                let task = &item.task;
                let place = run.place(task.place());
                place.is_some_and(|place| place.key == *group)
                    && matches!(task, Task::Person { person: known, .. } if known == person)
            }
            _ => false,
        };
        self.with(|known| {
            let kept = known.iter().rev().find(|kept| is_it(&kept.run));
            kept.map(|kept| kept.run.about.id)
        })
    }

    /// Every run that is known, the newest first. Reactive.
    #[must_use]
    pub fn all(self) -> Vec<Told> {
        self.version.track();
        let mut all: Vec<Told> = self.with(|known| known.iter().map(told).collect());
        all.reverse();
        all
    }

    /// How many runs wait for somebody: cut off, or with something that is unknown. Reactive.
    #[must_use]
    pub fn waiting(self) -> usize {
        self.version.track();
        let waits = |kept: &&Kept| {
            let is_ours = !matches!(kept.driver, Driver::Elsewhere);
            is_ours && (!kept.run.is_over() && !drives(kept) || kept.run.counts().unknown > 0)
        };
        self.with(|known| known.iter().filter(waits).count())
    }

    /// The run that this tab drives and that is not over, the newest. Reactive.
    #[must_use]
    pub fn under_way(self) -> Option<Told> {
        self.version.track();
        self.with(|known| known.iter().rev().find(|kept| drives(kept)).map(told))
    }

    /// Whether what the browser keeps was read. Reactive.
    #[must_use]
    pub fn memory(self) -> Memory {
        self.memory.get()
    }

    async fn write(self, id: RunId) {
        let Some(run) = self.with_one(id, |kept| Arc::clone(&kept.run)) else {
            return;
        };
        if journal::put(&run).await.is_err() {
            self.memory.try_set(Memory::None);
        }
    }
}

impl Kept {
    fn run_mut(&mut self) -> &mut Run {
        Arc::make_mut(&mut self.run)
    }
}

fn told(kept: &Kept) -> Told {
    Told {
        run: Arc::clone(&kept.run),
        elsewhere: matches!(kept.driver, Driver::Elsewhere),
    }
}

/// Whether this tab has something of it under way.
fn drives(kept: &Kept) -> bool {
    matches!(kept.driver, Driver::Here(_)) && !kept.run.is_over() && kept.run.mode() != Mode::CutOff
}

fn lock_name(id: RunId) -> String {
    format!("muster-run-{}", id.0)
}

/// The time, in whole milliseconds since 1970.
#[allow(clippy::cast_possible_truncation)] // far below 2^53
fn now_ms() -> i64 {
    now() as i64
}

impl Store {
    /// Begins to watch over runs, once: what earlier pages left, a connection that is back, a new token.
    pub(crate) fn watch_runs(self, session: Session) {
        let runs = self.runs();
        if runs.watched.get_value() {
            return;
        }
        runs.watched.set_value(true);
        if self.connection().keep == Keep::ForThisTab {
            spawn_local(async move {
                let name = tab_lock(&self.connection().id.to_string());
                runs.tab.set_value(lock::take(&name, Sharing::Shared).await);
            });
        }
        spawn_local(async move {
            self.remember().await;
        });
        let back = Closure::<dyn FnMut()>::new(move || self.lift(Hold::NoConnection));
        listen("online", &back);
        let leave = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            if runs.with(|known| known.iter().any(drives)) {
                // The browser asks whether to leave, in its own words.
                event.prevent_default();
            }
        });
        // A window without events would have no page either.
        let _ = window()
            .add_event_listener_with_callback("beforeunload", leave.as_ref().unchecked_ref());
        // The store lives as long as the page.
        back.forget();
        leave.forget();
        Effect::new(move |before: Option<()>| {
            session.track_tokens();
            if before.is_some() {
                self.lift(Hold::Token);
            }
        });
    }

    /// Reads what this browser keeps of the connection's runs, once. What was under way is looked up,
    /// unless another tab does so.
    pub async fn remember(self) {
        let runs = self.runs();
        if runs.memory.get_untracked() != Memory::Unread {
            return;
        }
        runs.memory.set(Memory::Read);
        let Ok(records) = journal::all(&self.connection().id).await else {
            return runs.memory.set(Memory::None);
        };
        let mut open = Vec::new();
        runs.with(|known| {
            let begun = std::mem::take(known);
            for run in records {
                let id = run.about.id;
                if begun.iter().any(|kept| kept.run.about.id == id) {
                    continue;
                }
                if !run.is_over() {
                    open.push(id);
                }
                known.push(kept(run));
            }
            known.extend(begun);
        });
        for id in open {
            self.take_over(id).await;
        }
        runs.tell();
    }

    /// Drives a run that no tab drives.
    async fn take_over(self, id: RunId) {
        let held = lock::take(&lock_name(id), Sharing::Exclusive).await;
        let is_ours = held.is_some();
        self.runs().with_one(id, |kept| {
            kept.driver = if is_ours {
                Driver::Here(held)
            } else {
                Driver::Elsewhere
            };
        });
        if is_ours {
            self.pump(id);
        }
    }

    /// Begins a run.
    pub fn begin(self, proposal: Proposal) -> RunId {
        let run = Run::new(
            self.about(proposal.title, proposal.ticket, proposal.undoes),
            proposal.places,
            proposal.tasks,
        );
        let id = run.about.id;
        self.runs().with(|known| known.push(kept(run)));
        self.runs().tell();
        spawn_local(async move {
            self.runs().write(id).await;
            self.take_over(id).await;
        });
        id
    }

    fn about(self, title: String, ticket: String, undoes: Option<RunId>) -> About {
        let connection = self.connection();
        About {
            id: RunId(random()),
            title,
            connection: connection.id.to_string(),
            connection_name: connection.name.clone(),
            as_whom: self.me().map(|me| me.to_string()).unwrap_or_default(),
            ticket,
            began: now_ms(),
            undoes,
            proved: None,
        }
    }

    /// Writes down a single thing that is about to be sent.
    pub(crate) async fn note(
        self,
        title: String,
        place: Place,
        task: Task,
    ) -> Option<(RunId, Call)> {
        let (run, call) = Run::once(self.about(title, String::new(), None), place, task);
        let id = run.about.id;
        self.runs().with(|known| known.push(kept(run)));
        self.runs().write(id).await;
        let held = lock::take(&lock_name(id), Sharing::Exclusive).await;
        self.runs()
            .with_one(id, |kept| kept.driver = Driver::Here(held));
        Some((id, call?))
    }

    /// Writes down what came of it.
    pub(crate) fn noted(self, note: Option<(RunId, Call)>, reply: Reply) {
        let Some((id, call)) = note else {
            return;
        };
        self.answer(id, call.number, reply);
    }

    /// Writes down that a group was made, and under which key.
    pub(crate) fn noted_made(self, note: Option<(RunId, Call)>, key: &GroupKey) {
        if let Some((id, _)) = &note {
            self.runs().with_one(*id, |kept| {
                if let Some(place) = kept.run_mut().places.first_mut() {
                    place.key = key.clone();
                }
            });
        }
        self.noted(note, Reply::Done);
    }

    /// Does what is next, as far as it can be done now.
    fn pump(self, id: RunId) {
        loop {
            let next = self
                .runs()
                .with_one(id, |kept| kept.run_mut().next(now_ms()));
            match next {
                Some(Next::Call(call)) => {
                    spawn_local(self.send(id, call));
                }
                Some(Next::Look(place)) => {
                    spawn_local(self.look_up(id, place));
                }
                Some(Next::Held(hold)) => {
                    self.wait(id, hold);
                    break;
                }
                Some(Next::Over) => {
                    self.runs()
                        .with_one(id, |kept| kept.driver = Driver::Nobody);
                    break;
                }
                Some(Next::Wait | Next::CutOff) | None => break,
            }
        }
        self.runs().tell();
    }

    async fn send(self, id: RunId, call: Call) {
        // What is not written down is not sent: a page that is closed now is asked later what it did.
        self.runs().write(id).await;
        let asked = self.runs().with_one(id, |kept| {
            let first = call
                .items
                .first()
                .and_then(|first| kept.run.items().get(*first));
            let key = kept.run.place(call.place).map(|place| place.key.clone());
            (
                kept.run.change(&call),
                first.map(|item| item.task.clone()),
                key,
            )
        });
        let reply = match asked {
            Some((Some(change), ..)) => match self.send_change(&change).await {
                Ok(applied) => Reply::People(applied.outcomes),
                Err(error) => Reply::Failed(error),
            },
            Some((None, Some(Task::Delete { .. }), Some(key))) => {
                reply_of(self.send_delete(&key).await.map(|_| ()))
            }
            Some((None, Some(Task::Create { new, .. }), _)) => match self.send_create(&new).await {
                Ok(done) => {
                    self.runs().with_one(id, |kept| {
                        if let Some(place) = kept.run_mut().places.get_mut(call.place) {
                            place.key = done.value.key.clone();
                        }
                    });
                    Reply::Done
                }
                Err(error) => reply_of_write(error),
            },
            Some((None, Some(Task::Edit { changed, .. }), Some(key))) => {
                self.send_edit(&key, &changed).await
            }
            _ => Reply::Failed(ApiError::Cancelled),
        };
        self.answer(id, call.number, reply);
    }

    fn answer(self, id: RunId, call: u32, reply: Reply) {
        self.runs().with_one(id, |kept| {
            kept.run_mut().about.proved = Some(now_ms());
            kept.run_mut().answered(call, reply, now_ms());
            if kept.run.hold() != Some(Hold::NoConnection) {
                kept.pause = FIRST_PAUSE_MS;
            }
        });
        spawn_local(async move {
            self.runs().write(id).await;
            self.pump(id);
        });
    }

    async fn look_up(self, id: RunId, place: usize) {
        let keys = self.runs().with_one(id, |kept| kept.run.keys_of(place));
        let mut found = Ok(None);
        // What a system would have named itself cannot be asked for: it stays unknown.
        let gives_id = self.capabilities().key == KeyKind::GivenId;
        let is_named = |key: &GroupKey| !(gives_id && key.as_str() == UNNAMED);
        let keys: Vec<GroupKey> = keys.into_iter().flatten().filter(is_named).collect();
        let asked = !keys.is_empty();
        for key in keys {
            found = self.find(&key).await;
            if !matches!(found, Ok(None)) {
                break;
            }
        }
        let backend = self.backend();
        self.runs().with_one(id, |kept| {
            let seen = match &found {
                Ok(Some(group)) => Seen::Group(group),
                Ok(None) => Seen::Gone,
                Err(error) => Seen::Failed(error.clone()),
            };
            if asked && found.is_ok() {
                kept.run_mut().about.proved = Some(now_ms());
                kept.pause = FIRST_PAUSE_MS;
            }
            kept.run_mut().looked(backend, place, &seen);
        });
        self.runs().write(id).await;
        self.pump(id);
    }

    /// Reads a group; none if an intact list does not hold it.
    pub(crate) async fn find(self, key: &GroupKey) -> Result<Option<Arc<Group>>, ApiError> {
        match self.read(key, &Stop::default()).await {
            Ok(group) => Ok(Some(group)),
            Err(error @ (ApiError::Refused(_) | ApiError::NotFound(_))) => {
                match self.presence(key, &Stop::default()).await {
                    Ok(Presence::Gone) => Ok(None),
                    Ok(Presence::There) | Err(_) => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Changes fields, unless somebody else has changed them since they were shown.
    async fn send_edit(self, key: &GroupKey, changed: &[Changed]) -> Reply {
        let group = match self.read(key, &Stop::default()).await {
            Ok(group) => group,
            Err(error) => return Reply::Failed(error),
        };
        if changed.iter().all(|changed| changed.is_shown_by(&group)) {
            return Reply::Done;
        }
        let mut edit = GroupEdit::default();
        for changed in changed
            .iter()
            .filter(|changed| !changed.is_shown_by(&group))
        {
            if !changed.still_fits(&group) {
                return Reply::Overtaken;
            }
            let to = Some(changed.to.clone());
            match changed.field {
                Field::DisplayName => edit.display_name = to,
                Field::InternalName => edit.internal_name = to,
                Field::Description => edit.description = to,
                Field::Photo => edit.photo = to,
            }
        }
        match self.send_update(&group, &edit).await {
            // A field that a look afterwards does not show is told as one.
            Ok(done)
                if changed
                    .iter()
                    .all(|changed| changed.is_shown_by(&done.value)) =>
            {
                Reply::Done
            }
            Ok(_) => Reply::Failed(ApiError::Unconfirmed {
                cause: None,
                read: ReadBack::NotShown,
            }),
            Err(error) => reply_of_write(error),
        }
    }

    /// Waits for what holds a run, as far as time can help.
    fn wait(self, id: RunId, hold: Hold) {
        let waited = self.runs().with_one(id, |kept| {
            kept.waits += 1;
            let pause = match hold {
                Hold::Until(until) => u32::try_from(until - now_ms()).unwrap_or(0) + 20,
                Hold::NoConnection => {
                    let pause = kept.pause;
                    kept.pause = (pause * 2).min(LONGEST_PAUSE_MS);
                    pause
                }
                Hold::Token => return None,
            };
            Some((kept.waits, pause))
        });
        let Some(Some((wait, pause))) = waited else {
            return;
        };
        spawn_local(async move {
            TimeoutFuture::new(pause).await;
            let still = self.runs().with_one(id, |kept| {
                let still = kept.waits == wait && kept.run.hold() == Some(hold);
                if still {
                    kept.run_mut().lift();
                }
                still
            });
            if still == Some(true) {
                self.pump(id);
            }
        });
    }

    /// What held runs is over.
    fn lift(self, hold: Hold) {
        let held: Vec<RunId> = self.runs().with(|known| {
            let held = known.iter_mut().filter(|kept| {
                kept.run.hold() == Some(hold) && matches!(kept.driver, Driver::Here(_))
            });
            held.map(|kept| {
                kept.waits += 1;
                kept.run_mut().lift();
                kept.run.about.id
            })
            .collect()
        });
        for id in held {
            self.pump(id);
        }
    }

    fn change_run(self, id: RunId, change: impl FnOnce(&mut Run)) {
        self.runs().with_one(id, |kept| {
            kept.waits += 1;
            kept.pause = FIRST_PAUSE_MS;
            change(kept.run_mut());
        });
        spawn_local(async move {
            self.runs().write(id).await;
            let has_lock = self
                .runs()
                .with_one(id, |kept| matches!(kept.driver, Driver::Here(Some(_))));
            if has_lock == Some(true) {
                self.pump(id);
            } else {
                self.take_over(id).await;
                self.runs().tell();
            }
        });
    }

    /// Goes on with a run that was cut off or is held.
    pub fn go_on(self, id: RunId) {
        self.change_run(id, Run::go_on);
    }

    /// Sends nothing more of a run.
    pub fn stop_run(self, id: RunId) {
        self.change_run(id, Run::stop);
    }

    /// Tries again what was not done.
    pub fn retry_run(self, id: RunId) {
        self.change_run(id, |run| {
            run.retry();
        });
    }

    /// Looks once more for what is unknown.
    pub fn look_again(self, id: RunId) {
        self.change_run(id, Run::look_again);
    }

    /// Gives a run the number of a ticket.
    pub fn set_ticket(self, id: RunId, ticket: String) {
        self.runs()
            .with_one(id, |kept| kept.run_mut().about.ticket = ticket);
        self.runs().tell();
        spawn_local(async move { self.runs().write(id).await });
    }

    /// What takes a run back: the steps, or why there are none.
    ///
    /// # Errors
    /// Why nothing of it can be taken back, as sentences.
    pub fn undo_of(self, run: &Run) -> Result<Undo, String> {
        let mut back = undo(self.capabilities(), run);
        let me = self.me();
        let mut forbidden = None;
        back.tasks.retain(|(task, _)| {
            let Task::Person {
                place,
                person,
                change,
                ..
            } = task
            else {
                return true;
            };
            let group = back.places.get(*place).map(|place| &place.key);
            let Some(group) = group.and_then(|key| self.peek(|directory| directory.get(key)))
            else {
                // A group that is made again first.
                return true;
            };
            let action = match change {
                PersonChange::Grant(_) | PersonChange::Restore(_) => Action::Add,
                PersonChange::Revoke(_) => Action::Remove(person.clone()),
                PersonChange::Change { .. } => Action::ChangeRole(person.clone()),
            };
            let allowed = self.backend().allowed(me.as_ref(), &group, &action);
            let reason = allowed.reason().map(str::to_owned);
            let is_allowed = reason.is_none();
            forbidden = forbidden.take().or(reason);
            is_allowed
        });
        if back.tasks.is_empty() {
            return Err(forbidden.unwrap_or_else(|| back.left.join(" ")));
        }
        Ok(back)
    }

    /// Forgets what is settled, here and in what the browser keeps.
    pub fn clear_activity(self) {
        let gone: Vec<Arc<Run>> = self.runs().with(|known| {
            let (gone, stay): (Vec<Kept>, Vec<Kept>) = std::mem::take(known)
                .into_iter()
                .partition(|kept| kept.run.is_over());
            *known = stay;
            gone.into_iter().map(|kept| kept.run).collect()
        });
        self.runs().tell();
        spawn_local(async move {
            for run in gone {
                if journal::remove(&run).await.is_err() {
                    self.runs().memory.try_set(Memory::None);
                }
            }
        });
    }
}

fn kept(run: Run) -> Kept {
    let driver = if run.is_over() {
        Driver::Nobody
    } else {
        Driver::Here(None)
    };
    Kept {
        run: Arc::new(run),
        driver,
        waits: 0,
        pause: FIRST_PAUSE_MS,
    }
}

/// What came of something that happens to a group.
pub(crate) fn reply_of(result: Result<(), ApiError>) -> Reply {
    match result {
        Ok(()) => Reply::Done,
        Err(error) => Reply::Failed(error),
    }
}

/// Why a write of fields was not done.
pub(crate) fn reply_of_write(error: WriteError) -> Reply {
    match error {
        WriteError::Api(error) => Reply::Failed(error),
        // Nothing was sent; the reasons are told beside the fields.
        WriteError::Fields(faults) => {
            let words = faults
                .into_iter()
                .map(|fault| fault.why)
                .collect::<Vec<_>>();
            Reply::Failed(ApiError::Refused(group_api::Refusal {
                words: words.join(" "),
                people: Vec::new(),
            }))
        }
    }
}

fn tab_lock(connection: &str) -> String {
    format!("muster-tab-{connection}")
}

/// Forgets the runs and the snapshots of connections that were kept for tabs which are all gone.
pub async fn sweep(session: Session) {
    let mut known = journal::connections().await.unwrap_or_default();
    for id in kept::connections().await.unwrap_or_default() {
        if !known.contains(&id) {
            known.push(id);
        }
    }
    for id in known {
        if untrack(|| session.find(&id)).is_some() {
            continue;
        }
        // No tab holds it: all are gone.
        if let Some(held) = lock::take(&tab_lock(&id.to_string()), Sharing::Exclusive).await {
            // What cannot be forgotten now is by the next page.
            let _ = journal::clear(&id).await;
            let _ = kept::clear(&id).await;
            drop(held);
        }
    }
}

/// Whether this tab has something of a run under way. Reactive.
#[must_use]
pub fn is_open(store: Store, id: RunId) -> bool {
    store.runs().version.track();
    store.runs().with_one(id, |kept| drives(kept)) == Some(true)
}
