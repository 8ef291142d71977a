//! The directory of one connection, with signals for the pages and the verbs they call.
//!
//! Groups live outside the reactive graph; one version signal tells that something changed. A write
//! runs to its end even if its page is left, and what it read afterwards is what is known.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use gloo_timers::future::TimeoutFuture;
use group_api::{
    ApiError, Applied, Backend, Capabilities, Done, Exchange, Field, FieldFault, Group, GroupEdit,
    GroupKey, GroupSink, ListAsk, ListEnd, MembershipChange, NewGroup, NoSink, Pace, PersonChange,
    PersonKey, PlainGroup, Presence, Unreadable, WhoAmI,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::{Coverage, Directory, Query, Selector, WorkCounts};
use muster_runs::{Changed, Hold, Place, Reply, RunId, Task, Was};

use crate::browser::{now, random, screen_height};
use crate::fresh::Fresh;
use crate::request::{Asked, Latest, Stop, Ticket};
use crate::rest::{doors, once_here};
use crate::runs::{Runs, reply_of, reply_of_write};
use crate::session::{Connection, ConnectionId, Session};

/// How long to wait for the first group of the long list before the short one is asked for too.
const PLAIN_LIST_AFTER_MS: u32 = 700;
/// After how many milliseconds a few groups are shown that came first.
const FEW_AFTER_MS: u32 = 150;
/// How often is looked whether a list has ended that somebody waits for, in milliseconds.
const LOOK_EVERY_MS: u32 = 30;
/// How often what has arrived is shown while a list comes in, in milliseconds: so long after the first time, then more
/// seldom each time by this factor, and no more seldom than that. Laying out and painting cannot be timed from here.
const PUBLISH_EVERY_MS: f64 = 120.0;
const MORE_SELDOM: f64 = 1.6;
const PUBLISH_AT_LEAST_MS: f64 = 1_000.0;

/// How long a piece of work is that nobody waits for, how long to pause between two of them, and how
/// long after somebody asked for something; in milliseconds.
const PIECE_MS: f64 = 4.0;
const PAUSE_MS: u32 = 5;
const REST_MS: f64 = 200.0;
/// How much longer to read than it took to show.
const SHARE: f64 = 6.0;
/// How many groups are shown first. Fewer are not shown alone: a short list would come in pieces, and its rows would
/// move under a hand that is about to press. So many make a long table, of which only what is on the screen is laid out.
const FIRST_SHOWN: usize = 201;
/// To ask more groups than this takes longer than a key may. A table of so many is a long one, too: it stays as it is while
/// only its first rows are told.
const MANY: usize = 20_000;
/// No row is less high than this, in pixels.
const LEAST_ROW: f64 = 20.0;

/// The key of a group that is being made and that its system will name.
pub(crate) const UNNAMED: &str = "new";

/// How many elements that could not be understood are kept.
pub(crate) const MOST_BAD: usize = 100;

/// The store of one connection: a handle that can be copied everywhere.
#[derive(Clone, Copy)]
pub struct Store {
    session: Session,
    connection: StoredValue<Connection>,
    directory: StoredValue<Rc<RefCell<Directory>>, LocalStorage>,
    selector: StoredValue<Rc<RefCell<Selector>>, LocalStorage>,
    /// When rows were last asked for.
    asked: StoredValue<f64>,
    works_ahead: StoredValue<bool>,
    version: RwSignal<u32>,
    bad: RwSignal<Vec<Unreadable>>,
    loading: StoredValue<Latest, LocalStorage>,
    /// What the server called the state of the list that is known whole.
    etag: StoredValue<Option<String>>,
    /// What the next page says once, after something was done elsewhere.
    notice: RwSignal<Option<(Option<GroupKey>, String)>>,
    /// A run that was begun elsewhere and is shown on the page of this group, until that is left.
    receipt: RwSignal<Option<(GroupKey, RunId)>>,
    runs: Runs,
    fresh: Fresh,
    /// Counts the beginnings and ends of writes.
    writes: StoredValue<u32>,
}

impl Store {
    fn new(session: Session, connection: Connection) -> Self {
        let capabilities = connection.system.capabilities();
        Self {
            session,
            connection: StoredValue::new(connection),
            directory: StoredValue::new_local(Rc::new(RefCell::new(Directory::new(
                capabilities,
                random(),
            )))),
            selector: StoredValue::new_local(Rc::default()),
            asked: StoredValue::new(0.0),
            works_ahead: StoredValue::new(false),
            version: RwSignal::new(0),
            bad: RwSignal::new(Vec::new()),
            loading: StoredValue::new_local(Latest::default()),
            etag: StoredValue::new(None),
            notice: RwSignal::new(None),
            receipt: RwSignal::new(None),
            runs: Runs::default(),
            fresh: Fresh::new(),
            writes: StoredValue::new(0),
        }
    }

    /// What was done, and what is being done.
    #[must_use]
    pub const fn runs(self) -> Runs {
        self.runs
    }

    /// How fresh what is shown is.
    #[must_use]
    pub const fn fresh(self) -> Fresh {
        self.fresh
    }

    /// The connection.
    #[must_use]
    pub fn connection(self) -> Connection {
        self.connection.get_value()
    }

    /// The adapter of its system.
    #[must_use]
    pub fn backend(self) -> &'static dyn Backend {
        self.connection
            .with_value(|connection| connection.system.backend())
    }

    pub(crate) fn list(self, ask: &ListAsk) -> Exchange<ListEnd> {
        self.connection
            .with_value(|connection| connection.system.list(ask))
    }

    /// What its system can do.
    #[must_use]
    pub fn capabilities(self) -> &'static Capabilities {
        self.connection
            .with_value(|connection| connection.system.capabilities())
    }

    /// Who I am, where the user said so.
    #[must_use]
    pub fn me(self) -> Option<PersonKey> {
        self.connection.with_value(Connection::me)
    }

    /// Looks at the directory. Reactive: called again whenever it changes.
    pub fn look<T>(self, with: impl FnOnce(&Directory) -> T) -> T {
        self.version.track();
        self.peek(with)
    }

    /// Looks at the directory, once.
    pub fn peek<T>(self, with: impl FnOnce(&Directory) -> T) -> T {
        self.directory
            .with_value(|directory| with(&directory.borrow()))
    }

    /// The group as last read. Reactive.
    #[must_use]
    pub fn group(self, key: &GroupKey) -> Option<Arc<Group>> {
        self.look(|directory| directory.get(key))
    }

    /// Has the groups' selector do something, once.
    fn select_with<T>(self, with: impl FnOnce(&mut Selector, &Directory) -> T) -> T {
        self.peek(|directory| {
            self.selector
                .with_value(|selector| with(&mut selector.borrow_mut(), directory))
        })
    }

    /// The rows that a query asks for, in its order. Reactive.
    #[must_use]
    pub fn select(self, query: &Query) -> Arc<Vec<u32>> {
        self.asked.set_value(now());
        self.version.track();
        self.select_with(|selector, directory| selector.select(directory, query))
    }

    /// The first of them, as many as the screen may show, if they can be told before all are asked and there are so many that
    /// this is worth it: whoever types is to see them at once. Reactive.
    pub(crate) fn select_first(self, query: &Query) -> Option<Vec<u32>> {
        self.version.track();
        self.asked.set_value(now());
        self.select_with(|selector, directory| {
            let is_slow = selector.found() >= MANY;
            let most = (screen_height() / LEAST_ROW) as usize + 1;
            is_slow
                .then(|| selector.first(directory, query, most))
                .flatten()
        })
    }

    /// Works ahead as soon as it can.
    pub(crate) fn soon_work_ahead(self) {
        once_here(move || doors::work_ahead(self));
    }

    /// Works on what may be asked for next, a little at a time, while nobody asks for anything.
    pub(crate) fn work_ahead(self) {
        if self.works_ahead.get_value() {
            return;
        }
        self.works_ahead.set_value(true);
        spawn_local(async move {
            loop {
                TimeoutFuture::new(PAUSE_MS).await;
                let began = now();
                if began - self.asked.get_value() < REST_MS {
                    continue;
                }
                while now() - began < PIECE_MS {
                    let more = self.select_with(|selector, directory| {
                        matches!(directory.coverage(), Coverage::Full { .. })
                            && selector.work_ahead(directory)
                    });
                    if !more {
                        self.works_ahead.set_value(false);
                        return;
                    }
                }
            }
        });
    }

    /// How many of all known groups are in each work list. Reactive.
    #[must_use]
    pub fn work(self) -> WorkCounts {
        self.version.track();
        self.select_with(|selector, directory| selector.work(directory))
    }

    /// Elements of the last list that could not be understood, the first hundred. Reactive.
    #[must_use]
    pub fn unreadable(self) -> Vec<Unreadable> {
        self.bad.get()
    }

    /// Says something on the page of this group or, of none, on the list.
    pub fn say(self, on: Option<&GroupKey>, notice: String) {
        self.notice.set(Some((on.cloned(), notice)));
    }

    /// What is to be said there. Reactive.
    #[must_use]
    pub fn notice(self, on: Option<&GroupKey>) -> Option<String> {
        self.notice.with(|notice| {
            let (there, words) = notice.as_ref()?;
            (there.as_ref() == on).then(|| words.clone())
        })
    }

    /// It was read and put away. What is for another page is left to it.
    pub fn hush(self, on: Option<&GroupKey>) {
        if self.notice.with_untracked(|notice| {
            notice
                .as_ref()
                .is_some_and(|(there, _)| there.as_ref() == on)
        }) {
            self.notice.set(None);
        }
    }

    /// Shows a run on the page of a group.
    pub fn show_run(self, on: &GroupKey, run: RunId) {
        self.receipt.set(Some((on.clone(), run)));
    }

    /// The run to be shown on the page of a group. Reactive.
    #[must_use]
    pub fn shown_run(self, on: Option<&GroupKey>) -> Option<RunId> {
        self.receipt.with(|receipt| {
            let (there, run) = receipt.as_ref()?;
            (Some(there) == on).then_some(*run)
        })
    }

    /// The run on this group's page was seen and is put away; what goes on of it goes on.
    pub fn put_run_away(self, on: Option<&GroupKey>) {
        if untrack(|| self.shown_run(on)).is_some() {
            self.receipt.set(None);
        }
    }

    pub(crate) fn change<T>(self, with: impl FnOnce(&mut Directory) -> T) -> T {
        let value = self.take_in(with);
        self.version.update(|n| *n = n.wrapping_add(1));
        value
    }

    /// Takes something into the directory without showing it.
    pub(crate) fn take_in<T>(self, with: impl FnOnce(&mut Directory) -> T) -> T {
        self.directory
            .with_value(|directory| with(&mut directory.borrow_mut()))
    }

    /// The place that asks for the list.
    pub(crate) fn loading<T>(self, with: impl FnOnce(&Latest) -> T) -> T {
        self.loading.with_value(with)
    }

    /// What the server called the state of the list that is known whole. It is handed over: while another list comes in,
    /// what is known is of neither.
    pub(crate) fn take_etag(self) -> Option<String> {
        let etag = self.etag.get_value();
        self.etag.set_value(None);
        etag
    }

    /// The list has ended, with these elements that could not be understood.
    pub(crate) fn ended(self, coverage: Coverage, etag: Option<String>, bad: Vec<Unreadable>) {
        if self.bad.with_untracked(|known| *known != bad) {
            self.bad.set(bad);
        }
        self.etag.set_value(etag);
        self.change(|directory| directory.end_list(coverage));
        self.soon_work_ahead();
    }

    /// The list has not changed since the server called it this.
    pub(crate) fn unchanged(self, before: Coverage, etag: Option<String>) {
        self.etag.set_value(etag);
        self.change(|directory| directory.end_unchanged(before, now()));
        self.soon_work_ahead();
    }

    /// Reads the list unless it was read or is being read.
    pub fn load_once(self) {
        if self.peek(|directory| *directory.coverage() == Coverage::None) {
            self.load();
        }
    }

    /// Reads the list, again if need be. What is known stays until the new list has ended.
    pub fn load(self) {
        self.fresh.forget();
        let ticket = self.loading.with_value(Latest::begin);
        let (is_empty, before) =
            self.peek(|directory| (directory.is_empty(), directory.coverage().clone()));
        let mut exchange = self.list(&ListAsk::WithMembers);
        if let (Coverage::Full { .. }, Some(etag)) = (&before, self.etag.get_value()) {
            exchange.unless(&etag);
        }
        let unreadable_before = self.bad.get_untracked();
        self.bad.set(Vec::new());
        self.change(Directory::begin);
        let sink = Arriving::new(self, ticket.clone(), Counts::Unreadable);
        let first_byte = Rc::clone(&sink.came);
        if is_empty && self.capabilities().plain_list.is_yes() {
            let ticket = ticket.clone();
            spawn_local(async move {
                TimeoutFuture::new(PLAIN_LIST_AFTER_MS).await;
                if !first_byte.get() && ticket.is_current() {
                    let mut sink = Arriving::new(self, ticket.clone(), Counts::GroupsAlone);
                    // Only what it brings counts; how it ends is for the long list to say.
                    let _ = self
                        .run_with(self.list(&ListAsk::Plain), &mut sink, ticket.stop())
                        .await;
                    sink.publish();
                }
            });
        }
        spawn_local(async move {
            let mut sink = sink;
            let result = self.run_with(exchange, &mut sink, ticket.stop()).await;
            sink.came.set(true);
            sink.brought = false;
            if !ticket.is_current() {
                return;
            }
            // The short list may still be on its way: its answer is older news now.
            self.loading.with_value(Latest::cancel);
            let (coverage, etag) = match result {
                Ok(done) => (
                    Coverage::Full {
                        read_at: now(),
                        unreadable: done.value.unreadable,
                    },
                    done.value.etag,
                ),
                Err(ApiError::Unchanged) => {
                    self.bad.set(unreadable_before);
                    self.change(|directory| directory.end_unchanged(before, now()));
                    self.soon_work_ahead();
                    return;
                }
                Err(error) => (Coverage::BrokenOff(error), None),
            };
            self.etag.set_value(etag);
            self.change(|directory| directory.end_list(coverage));
            self.soon_work_ahead();
        });
    }

    /// Reads the list and waits for its end, as long as that is wanted.
    ///
    /// # Errors
    /// Why not all of it could be read.
    pub async fn read_whole(self, wanted: &dyn Fn() -> bool) -> Result<(), ApiError> {
        self.load();
        while wanted() {
            TimeoutFuture::new(LOOK_EVERY_MS).await;
            match self.peek(|directory| directory.coverage().clone()) {
                Coverage::Full { .. } => return Ok(()),
                Coverage::BrokenOff(error) => return Err(error),
                Coverage::None | Coverage::Loading => {}
            }
        }
        Err(ApiError::Cancelled)
    }

    /// Stops reading the list; what has come is kept and marked as incomplete.
    pub fn stop_loading(self) {
        self.loading.with_value(Latest::cancel);
        self.fresh.speak();
        if self.peek(|directory| *directory.coverage() == Coverage::Loading) {
            self.change(|directory| directory.end_list(Coverage::BrokenOff(ApiError::Cancelled)));
        }
    }

    /// Reads one group.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn read(self, key: &GroupKey, stop: &Stop) -> Result<Arc<Group>, ApiError> {
        let done = self
            .run_with(self.backend().get(key), &mut NoSink, stop)
            .await?;
        Ok(self.learn(done.value))
    }

    /// Who I am, where the user said so or the groups tell it. Reactive.
    #[must_use]
    pub fn myself(self) -> Option<PersonKey> {
        match self.capabilities().who_am_i {
            WhoAmI::UserSays => self.me(),
            WhoAmI::RepliesTell => self.look(|directory| directory.myself().cloned()),
        }
    }

    /// Reads the groups of one person. Groups that were believed to hold them and that the answer
    /// does not name are read one by one, as far as they are few; says how many were too many for
    /// that, and how many elements the answer had.
    ///
    /// # Errors
    /// Why not all of it could be read. What came before is known all the same.
    pub async fn read_person(self, person: &PersonKey, stop: &Stop) -> Result<OfPerson, ApiError> {
        let believed = self.peek(|directory| {
            let holdings = directory.holdings(person);
            holdings.into_iter().map(|holding| holding.number).collect()
        });
        let mut sink = AsReads {
            store: self,
            believed,
            shown: now(),
        };
        let asked = ListAsk::OfPerson(person.clone());
        let result = self
            .run_with(self.backend().list(&asked), &mut sink, stop)
            .await;
        self.change(|_| ());
        let end = result?.value;
        let mut answer = OfPerson {
            elements: end.elements,
            unreadable: end.unreadable,
            left: sink.believed.len(),
        };
        if answer.left > FEW {
            return Ok(answer);
        }
        let keys: Vec<GroupKey> = self.peek(|directory| {
            let rows = sink.believed.iter();
            rows.filter_map(|number| GroupKey::new(directory.row(*number)?.key()).ok())
                .collect()
        });
        for key in keys {
            match self.read(&key, stop).await {
                Err(error @ (ApiError::Refused(_) | ApiError::NotFound(_))) => {
                    if self.presence(&key, stop).await? == Presence::There {
                        return Err(error);
                    }
                }
                read => drop(read?),
            }
        }
        answer.left = 0;
        Ok(answer)
    }

    /// Finds out what lies behind a refusal: whether the group is there at all.
    ///
    /// # Errors
    /// Why that could not be found out either.
    pub async fn presence(self, key: &GroupKey, stop: &Stop) -> Result<Presence, ApiError> {
        let done = self
            .run_with(self.backend().presence(key), &mut NoSink, stop)
            .await?;
        if done.value == Presence::Gone {
            self.change(|directory| directory.remove(key));
        }
        Ok(done.value)
    }

    /// Makes a group.
    ///
    /// # Errors
    /// What is wrong with the fields, before anything is sent, or why it was not made.
    pub async fn create(self, new: &NewGroup) -> Result<Done<Arc<Group>>, WriteError> {
        // What breaks the rules is told beside the fields, and is no deed.
        drop(self.backend().create(new).map_err(WriteError::Fields)?);
        let key = GroupKey::new(&new.internal_name).or_else(|_| GroupKey::new(UNNAMED));
        let Ok(key) = key else {
            return self.send_create(new).await;
        };
        let place = Place {
            key,
            name: new.display_name.clone(),
        };
        let task = Task::Create {
            place: 0,
            new: Box::new(new.clone()),
        };
        let title = format!("Create {}", new.display_name);
        let note = self.note(title, place, task).await;
        let result = self.send_create(new).await;
        match &result {
            Ok(done) => self.noted_made(note, &done.value.key),
            Err(error) => self.noted(note, reply_of_write(error.clone())),
        }
        result
    }

    pub(crate) async fn send_create(self, new: &NewGroup) -> Result<Done<Arc<Group>>, WriteError> {
        let exchange = self.backend().create(new).map_err(WriteError::Fields)?;
        self.write_group(exchange).await
    }

    /// Changes a group's fields.
    ///
    /// # Errors
    /// What is wrong with the fields, before anything is sent, or why it was not changed.
    pub async fn update(
        self,
        group: &Group,
        edit: &GroupEdit,
    ) -> Result<Done<Arc<Group>>, WriteError> {
        // What breaks the rules is told beside the fields, and is no deed.
        drop(
            self.backend()
                .update(group, edit)
                .map_err(WriteError::Fields)?,
        );
        let task = Task::Edit {
            place: 0,
            changed: changed(group, edit),
        };
        let title = format!("Change {}", group.display_name);
        let note = self.note(title, Place::of(group), task).await;
        let result = self.send_update(group, edit).await;
        self.noted(
            note,
            match &result {
                Ok(_) => Reply::Done,
                Err(error) => reply_of_write(error.clone()),
            },
        );
        result
    }

    pub(crate) async fn send_update(
        self,
        group: &Group,
        edit: &GroupEdit,
    ) -> Result<Done<Arc<Group>>, WriteError> {
        let exchange = self
            .backend()
            .update(group, edit)
            .map_err(WriteError::Fields)?;
        let done = self.write_group(exchange).await?;
        if done.value.key != group.key {
            self.change(|directory| directory.remove(&group.key));
        }
        Ok(done)
    }

    async fn write_group(self, exchange: Exchange<Group>) -> Result<Done<Arc<Group>>, WriteError> {
        let done = self.run(exchange).await.map_err(WriteError::Api)?;
        Ok(Done {
            value: self.learn(done.value),
            undone: done.undone,
        })
    }

    /// Deletes a group.
    ///
    /// # Errors
    /// Why it is not gone.
    pub async fn delete(self, key: &GroupKey) -> Result<Done<()>, ApiError> {
        let Some(group) = self.peek(|directory| directory.get(key)) else {
            return self.send_delete(key).await;
        };
        let task = Task::Delete {
            place: 0,
            was: Box::new(Was::of(&group)),
        };
        let title = format!("Delete {}", group.display_name);
        let note = self.note(title, Place::of(&group), task).await;
        let result = self.send_delete(key).await;
        self.noted(
            note,
            reply_of(result.as_ref().map(drop).map_err(Clone::clone)),
        );
        result
    }

    pub(crate) async fn send_delete(self, key: &GroupKey) -> Result<Done<()>, ApiError> {
        let done = self.run(self.backend().delete(key)).await?;
        self.change(|directory| directory.remove(key));
        Ok(done)
    }

    /// Changes who is in a group.
    ///
    /// # Errors
    /// Why nothing was changed. What became of each person is in the value.
    pub async fn apply(self, change: &MembershipChange) -> Result<Applied, ApiError> {
        let (Some(group), [step]) = (
            self.peek(|directory| directory.get(&change.group)),
            change.steps.as_slice(),
        ) else {
            return self.send_change(change).await;
        };
        let label = label_of(&group, &step.person);
        let task = Task::Person {
            place: 0,
            person: step.person.clone(),
            label: label.clone(),
            change: step.change.clone(),
        };
        let who = label.unwrap_or_else(|| step.person.to_string());
        let name = &group.display_name;
        let title = match step.change {
            PersonChange::Grant(_) => format!("Add {who} to {name}"),
            PersonChange::Restore(_) => format!("Bring {who} back into {name}"),
            PersonChange::Revoke(_) => format!("Remove {who} from {name}"),
            PersonChange::Change { .. } => format!("Change the role of {who} in {name}"),
        };
        let note = self.note(title, Place::of(&group), task).await;
        let result = self.send_change(change).await;
        self.noted(
            note,
            match &result {
                Ok(applied) => Reply::People(applied.outcomes.clone()),
                Err(error) => Reply::Failed(error.clone()),
            },
        );
        result
    }

    pub(crate) async fn send_change(self, change: &MembershipChange) -> Result<Applied, ApiError> {
        let applied = self.run(self.backend().apply(change)).await?.value;
        if let Some(group) = &applied.group {
            self.learn(group.clone());
        }
        Ok(applied)
    }

    /// Leaves a group.
    ///
    /// # Errors
    /// Why one is still in it.
    pub async fn leave(self, key: &GroupKey) -> Result<Done<()>, ApiError> {
        let note = match self.peek(|directory| directory.get(key)) {
            Some(group) => {
                let title = format!("Leave {}", group.display_name);
                let task = Task::Leave { place: 0 };
                self.note(title, Place::of(&group), task).await
            }
            None => None,
        };
        let result = self
            .run(self.backend().leave(key, self.me().as_ref()))
            .await;
        self.noted(
            note,
            reply_of(result.as_ref().map(drop).map_err(Clone::clone)),
        );
        let done = result?;
        if self.capabilities().scope == group_api::ListScope::OwnGroups {
            self.change(|directory| directory.remove(key));
        }
        Ok(done)
    }

    /// Hands a group over.
    ///
    /// # Errors
    /// Why it was not handed over.
    pub async fn transfer(self, key: &GroupKey, to: &PersonKey) -> Result<(), ApiError> {
        let note = match self.peek(|directory| directory.get(key)) {
            Some(group) => {
                let title = format!("Hand over {}", group.display_name);
                let task = Task::Transfer {
                    place: 0,
                    to: to.clone(),
                    label: label_of(&group, to),
                };
                self.note(title, Place::of(&group), task).await
            }
            None => None,
        };
        let result = self.run(self.backend().transfer(key, to)).await;
        self.noted(
            note,
            reply_of(result.as_ref().map(drop).map_err(Clone::clone)),
        );
        let done = result?;
        self.learn(done.value);
        Ok(())
    }

    /// Runs a conversation that writes; nobody stops it.
    async fn run<T>(self, exchange: Exchange<T>) -> Result<Done<T>, ApiError> {
        let count = |writes: &mut u32| *writes = writes.wrapping_add(1);
        self.writes.update_value(count);
        let result = self.run_with(exchange, &mut NoSink, &Stop::default()).await;
        self.writes.update_value(count);
        result
    }

    /// Reads one group although nobody asked for that. What was read while something was written may be older news: it is
    /// dropped, as if the reading had been cancelled.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn read_quietly(self, key: &GroupKey, stop: &Stop) -> Result<Arc<Group>, ApiError> {
        let before = self.writes.get_value();
        let exchange = self.backend().get(key);
        let done = self.run_with(exchange, &mut NoSink, stop).await?;
        if self.writes.get_value() != before {
            return Err(ApiError::Cancelled);
        }
        Ok(self.learn(done.value))
    }

    pub(crate) async fn run_with<T>(
        self,
        exchange: Exchange<T>,
        sink: &mut dyn GroupSink,
        stop: &Stop,
    ) -> Result<Done<T>, ApiError> {
        let connection = self.connection();
        let client = self.session.client(&connection);
        let result = client.run(exchange, sink, stop).await;
        // What nobody asked for puts no question over the page.
        if result.as_ref().is_err_and(ApiError::wants_token)
            && stop.asked() == Asked::ByUser
            && self.session.is_kept(&connection.id)
        {
            self.session.ask_again(&connection.id);
        }
        result
    }

    fn learn(self, group: Group) -> Arc<Group> {
        let key = group.key.clone();
        self.change(|directory| {
            directory.put_read(group.clone());
            directory.get(&key)
        })
        .unwrap_or_else(|| Arc::new(group))
    }
}

/// What to call somebody of a group, where that is not their key.
#[must_use]
pub fn label_of(group: &Group, person: &PersonKey) -> Option<String> {
    let member = group.members.find(person)?;
    Some(member.label.clone()).filter(|label| label != person.as_str())
}

/// The fields that an edit changes, from what to what.
fn changed(group: &Group, edit: &GroupEdit) -> Vec<Changed> {
    let fields = [
        (Field::DisplayName, Some(group.display_name.as_str())),
        (Field::InternalName, Some(group.key.as_str())),
        (Field::Description, group.description.as_deref()),
        (Field::Photo, group.photo.as_deref()),
    ];
    let changed = fields.into_iter().filter_map(|(field, from)| {
        Some(Changed {
            field,
            from: from.unwrap_or_default().to_owned(),
            to: edit.of(field)?.to_owned(),
        })
    });
    changed.collect()
}

/// Why a write of fields did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// The fields break the contract's rules; nothing was sent.
    Fields(Vec<FieldFault>),
    /// The conversation failed.
    Api(ApiError),
}

/// How many groups are read one by one; more are for the whole list.
const FEW: usize = 20;

/// What a reading of one person's groups came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfPerson {
    /// How many groups the answer held, readable or not.
    pub elements: u32,
    /// How many of those could not be understood.
    pub unreadable: u32,
    /// How many groups are known to hold the person that the answer did not name, and that were too
    /// many to be read one by one.
    pub left: usize,
}

/// Takes a list of some groups as reads of each.
struct AsReads {
    store: Store,
    /// The rows that were believed to be among them and have not come yet.
    believed: Vec<u32>,
    shown: f64,
}

impl GroupSink for AsReads {
    fn group(&mut self, group: Group, element: &[u8]) {
        let number = self.store.directory.with_value(|directory| {
            let mut directory = directory.borrow_mut();
            directory.put_fresh(group, element)
        });
        self.believed.retain(|believed| *believed != number);
    }

    fn unreadable(&mut self, _: Unreadable) {}

    fn piece(&mut self) -> Pace {
        if now() - self.shown > PUBLISH_EVERY_MS {
            self.shown = now();
            self.store.change(|_| ());
        }
        Pace::GoOn
    }
}

/// Puts what a list brings into the directory and shows it now and then.
struct Arriving {
    store: Store,
    ticket: Ticket,
    came: Rc<Cell<bool>>,
    began: f64,
    published: f64,
    /// How long to wait then, in milliseconds.
    pause: f64,
    /// Whether something was brought since.
    brought: bool,
    counts: Counts,
}

/// What of a list is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// Its groups.
    GroupsAlone,
    /// What could not be understood, too.
    Unreadable,
}

impl Arriving {
    fn new(store: Store, ticket: Ticket, counts: Counts) -> Self {
        Self {
            store,
            ticket,
            counts,
            came: Rc::default(),
            began: 0.0,
            published: 0.0,
            pause: 0.0,
            brought: false,
        }
    }

    /// Puts something into the directory; it is not shown yet.
    fn bring<T: Default>(&mut self, with: impl FnOnce(&mut Directory) -> T) -> T {
        if !self.ticket.is_current() {
            return T::default();
        }
        self.brought = true;
        self.store.take_in(with)
    }

    /// What little has come by then is shown even if the rest takes its time.
    fn show_few_later(&self) {
        let (store, ticket) = (self.store, self.ticket.clone());
        spawn_local(async move {
            TimeoutFuture::new(FEW_AFTER_MS).await;
            if ticket.is_current() && !store.peek(Directory::is_empty) {
                store.change(|_| ());
            }
        });
    }

    fn publish(&mut self) {
        let began = now();
        if std::mem::take(&mut self.brought) && self.ticket.is_current() {
            // What takes long in showing it is done here, where it can be timed.
            self.store
                .select_with(|selector, directory| selector.refresh(directory));
            self.store.change(|_| ());
        }
        self.published = now();
        // The longer the list and the slower the machine, the more it takes to show what has come:
        // most of the time is for reading.
        self.pause = (self.pause * MORE_SELDOM)
            .clamp(PUBLISH_EVERY_MS, PUBLISH_AT_LEAST_MS)
            .max(SHARE * (self.published - began));
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.publish();
    }
}

impl GroupSink for Arriving {
    fn group(&mut self, group: Group, element: &[u8]) {
        self.bring(|directory| directory.put_listed(group, element));
    }

    fn plain(&mut self, group: &PlainGroup<'_>) {
        self.bring(|directory| directory.put_plain(group));
    }

    fn known(&mut self, bytes: &[u8]) -> Option<usize> {
        let brought = self.brought;
        let known = self.bring(|directory| directory.known(bytes));
        // What is known already is no news.
        self.brought = brought;
        known
    }

    fn piece(&mut self) -> Pace {
        if !self.came.replace(true) {
            self.began = now();
            self.show_few_later();
        }
        let is_new = now() - self.began < f64::from(FEW_AFTER_MS);
        if is_new && self.published == 0.0 && self.store.peek(Directory::len) < FIRST_SHOWN {
            return Pace::GoOn;
        }
        if !self.brought {
            return Pace::GoOn;
        }
        if now() - self.published <= self.pause {
            self.store
                .select_with(|selector, directory| selector.keep_up(directory));
            return Pace::GoOn;
        }
        let is_first = self.published == 0.0;
        self.publish();
        if is_first {
            Pace::LetBeSeen
        } else {
            Pace::GoOn
        }
    }

    fn unreadable(&mut self, bad: Unreadable) {
        // The short list holds the same ones once more.
        if self.counts == Counts::Unreadable && self.ticket.is_current() {
            self.store.bad.update(|list| {
                if list.len() < MOST_BAD {
                    list.push(bad);
                }
            });
        }
    }
}

/// The stores of all connections in use. They outlive the pages.
#[derive(Clone, Copy)]
pub struct Stores {
    session: Session,
    owner: StoredValue<Owner>,
    known: StoredValue<Vec<(ConnectionId, Store)>, LocalStorage>,
}

impl Stores {
    /// None yet. To be made by the root component.
    #[must_use]
    pub fn new(session: Session) -> Self {
        let owner = Owner::current().unwrap_or_default();
        Self {
            session,
            owner: StoredValue::new(owner),
            known: StoredValue::new_local(Vec::new()),
        }
    }

    /// The store of a connection; a new one if the connection was changed.
    #[must_use]
    pub fn of(self, connection: &Connection) -> Store {
        let known = self.known.with_value(|known| {
            known
                .iter()
                .find(|(id, _)| *id == connection.id)
                .map(|(_, store)| *store)
        });
        if let Some(store) = known.filter(|store| store.connection() == *connection) {
            return store;
        }
        let store = self
            .owner
            .with_value(|owner| owner.with(|| Store::new(self.session, connection.clone())));
        self.known.update_value(|known| {
            known.retain(|(id, _)| *id != connection.id);
            known.push((connection.id.clone(), store));
        });
        store
    }

    /// Does something that lasts as long as the stores and not as long as a page.
    pub fn lasting(self, what: impl FnOnce()) {
        self.owner.with_value(|owner| owner.with(what));
    }

    /// Whether something is being done on any of them, and not held by something that may last.
    #[must_use]
    pub fn some_run_moves(self) -> bool {
        let moves = |(_, store): &(ConnectionId, Store)| {
            let told = untrack(|| store.runs().under_way());
            told.is_some_and(|told| {
                !matches!(told.run.hold(), Some(Hold::NoConnection | Hold::Token))
            })
        };
        self.known.with_value(|known| known.iter().any(moves))
    }

    /// Lets go of what is known of a connection.
    pub fn drop(self, id: &ConnectionId) {
        self.known.update_value(|known| {
            for (_, store) in known.extract_if(.., |(known, _)| known == id) {
                store.stop_loading();
            }
        });
    }
}

/// The store of the connection whose page this is.
#[must_use]
pub fn use_store() -> Store {
    expect_context::<Store>()
}
