//! The state machine of a run.

use group_api::{
    ApiError, Backend, Field, Group, GroupKey, KeyKind, MembershipChange, Outcome, PersonChange,
    PersonKey, PersonStep, ReadBack, Roles,
};

use crate::task::{Fate, LeftOut, Place, Task};

/// How many people go into one call.
const PEOPLE_A_CALL: usize = 100;
/// How many calls may be under way at once, each in another group.
const AT_ONCE: usize = 4;
/// How long to pause where a server asks for it and does not say how long, in milliseconds.
const PAUSE_MS: i64 = 5_000;

/// What a run is known by, in this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// What stands above a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its number.
    pub id: RunId,
    /// What it does, as a title: "Remove 12 people from Sales".
    pub title: String,
    /// The id of its connection.
    pub connection: String,
    /// What the connection is called.
    pub connection_name: String,
    /// As whom, where that is known; else empty.
    pub as_whom: String,
    /// A ticket's number, if one was given; else empty.
    pub ticket: String,
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// The run that it takes back.
    pub undoes: Option<RunId>,
    /// When a read last proved something of it, in milliseconds since 1970.
    pub proved: Option<i64>,
}

/// One thing of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is to be done.
    pub task: Task,
    /// The numbers of the items that have to be done before, each an earlier one.
    pub after: Vec<usize>,
    /// What became of it.
    pub fate: Fate,
}

/// Whether a run is going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    Going,
    /// The page was closed in the middle of it. What was under way is looked up; nothing more is sent
    /// before somebody says so.
    CutOff,
    /// Somebody stopped it: what was not sent is left out.
    Stopped,
}

/// Why nothing is sent for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The server asks for a pause until then, in milliseconds since 1970.
    Until(i64),
    /// The server cannot be reached.
    NoConnection,
    /// The server does not take the token.
    Token,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send this.
    Call(Call),
    /// Read this group, to see what became of what is unknown there.
    Look(usize),
    /// Nothing before something that is under way has come back.
    Wait,
    /// Nothing before what holds it is over.
    Held(Hold),
    /// Nothing is sent before somebody says that it is to go on.
    CutOff,
    /// Everything is settled.
    Over,
}

/// Something to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its number in this run.
    pub number: u32,
    /// The group that it goes to.
    pub place: usize,
    /// The items in it: several people, or one thing that happens to the group.
    pub items: Vec<usize>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// What became of each person, in the order of the call's items.
    People(Vec<(PersonKey, Outcome)>),
    /// What happened to the group is done.
    Done,
    /// It was not sent: the group is not as it was shown any more.
    Overtaken,
    /// Why nothing was done, or why nobody knows.
    Failed(ApiError),
}

/// What a look at a group found.
#[derive(Clone, Debug)]
pub enum Seen<'a> {
    /// The group.
    Group(&'a Group),
    /// The list was read whole, and it is not in it.
    Gone,
    /// Nothing, because.
    Failed(ApiError),
}

/// How many items became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub all: usize,
    /// Done.
    pub done: usize,
    /// Refused by the server.
    pub refused: usize,
    /// Nobody knows.
    pub unknown: usize,
    /// Not done for another reason: stopped, overtaken, not shown.
    pub not_done: usize,
    /// Waiting or under way.
    pub open: usize,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What stands above it.
    pub about: About,
    /// The groups that it is about.
    pub places: Vec<Place>,
    pub(crate) items: Vec<Item>,
    pub(crate) mode: Mode,
    hold: Option<Hold>,
    under_way: Vec<Call>,
    looking: Vec<usize>,
    calls: u32,
}

impl Run {
    /// A run of these tasks; each names the numbers of the earlier ones that have to be done before.
    #[must_use]
    pub fn new(about: About, places: Vec<Place>, tasks: Vec<(Task, Vec<usize>)>) -> Self {
        let items = tasks
            .into_iter()
            .enumerate()
            .map(|(number, (task, mut after))| {
                // Only earlier ones: there are no circles.
                after.retain(|after| *after < number);
                Item {
                    task,
                    after,
                    fate: Fate::Waiting,
                }
            });
        Self::of(about, places, items.collect(), Mode::Going)
    }

    /// A single thing that is sent at once, and never again by itself: what keeps it from being sent is
    /// told where it was asked for.
    #[must_use]
    pub fn once(about: About, place: Place, task: Task) -> (Self, Option<Call>) {
        let mut run = Self::new(about, vec![place], vec![(task, Vec::new())]);
        let call = run.next_call();
        run.mode = Mode::Stopped;
        (run, call)
    }

    pub(crate) const fn of(about: About, places: Vec<Place>, items: Vec<Item>, mode: Mode) -> Self {
        Self {
            about,
            places,
            items,
            mode,
            hold: None,
            under_way: Vec::new(),
            looking: Vec::new(),
            calls: 0,
        }
    }

    /// Its items, in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Whether it is going on.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// What holds it, if something does.
    #[must_use]
    pub const fn hold(&self) -> Option<Hold> {
        self.hold
    }

    /// The group at a place.
    #[must_use]
    pub fn place(&self, place: usize) -> Option<&Place> {
        self.places.get(place)
    }

    /// How many items became what.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            all: self.items.len(),
            ..Counts::default()
        };
        for item in &self.items {
            let count = match item.fate {
                Fate::Done { .. } => &mut counts.done,
                Fate::Refused { .. } => &mut counts.refused,
                Fate::Unknown { .. } => &mut counts.unknown,
                Fate::Overtaken { .. } | Fate::NotShown { .. } | Fate::LeftOut(_) => {
                    &mut counts.not_done
                }
                Fate::Waiting | Fate::Sent => &mut counts.open,
            };
            *count += 1;
        }
        counts
    }

    /// Whether nothing more comes of it by itself.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.items.iter().all(|item| item.fate.is_settled())
    }

    /// What to do next, at this time in milliseconds since 1970. What it gives to send or to read is
    /// taken for under way.
    pub fn next(&mut self, now: i64) -> Next {
        match self.hold {
            Some(Hold::Until(until)) if until <= now => self.hold = None,
            Some(hold)
                if self.under_way.is_empty() && self.looking.is_empty() && !self.is_over() =>
            {
                return Next::Held(hold);
            }
            Some(_) => {
                return if self.is_over() {
                    Next::Over
                } else {
                    Next::Wait
                };
            }
            None => {}
        }
        self.leave_out();
        if let Some(place) = self.to_look_up() {
            self.looking.push(place);
            return Next::Look(place);
        }
        if self.mode == Mode::Going
            && self.under_way.len() < AT_ONCE
            && let Some(call) = self.next_call()
        {
            return Next::Call(call);
        }
        if !self.under_way.is_empty() || !self.looking.is_empty() {
            Next::Wait
        } else if self.is_over() {
            Next::Over
        } else {
            Next::CutOff
        }
    }

    /// Leaves out what waits in vain.
    fn leave_out(&mut self) {
        // An item comes after those that it waits for: once through is enough.
        for number in 0..self.items.len() {
            let Some(item) = self.items.get(number) else {
                continue;
            };
            if item.fate != Fate::Waiting {
                continue;
            }
            let why = if self.mode == Mode::Stopped {
                Some(LeftOut::Stopped)
            } else {
                item.after
                    .iter()
                    .find(|after| {
                        self.items
                            .get(**after)
                            .is_none_or(|before| before.fate.is_settled() && !is_done(&before.fate))
                    })
                    .map(|after| LeftOut::Behind(*after))
            };
            if let Some(why) = why {
                self.set(number, Fate::LeftOut(why));
            }
        }
    }

    /// A group with something unknown that was not looked up, and where nothing is under way.
    fn to_look_up(&self) -> Option<usize> {
        self.items
            .iter()
            .filter(|item| matches!(item.fate, Fate::Unknown { looked: false, .. }))
            .map(|item| item.task.place())
            .find(|place| self.is_free(*place))
    }

    fn is_free(&self, place: usize) -> bool {
        !self.looking.contains(&place) && !self.under_way.iter().any(|call| call.place == place)
    }

    fn is_ready(&self, item: &Item) -> bool {
        item.fate == Fate::Waiting
            && item.after.iter().all(|after| {
                self.items
                    .get(*after)
                    .is_some_and(|before| is_done(&before.fate))
            })
    }

    fn next_call(&mut self) -> Option<Call> {
        let first = self
            .items
            .iter()
            .position(|item| self.is_ready(item) && self.is_free(item.task.place()))?;
        let place = self.items.get(first)?.task.place();
        let mut numbers = vec![first];
        if let Some(Task::Person { person, .. }) = self.items.get(first).map(|item| &item.task) {
            let mut people = vec![person];
            for (number, item) in self.items.iter().enumerate().skip(first + 1) {
                if numbers.len() == PEOPLE_A_CALL {
                    break;
                }
                match &item.task {
                    // What happens to the group itself keeps its turn.
                    task if task.place() != place => {}
                    Task::Person { person, .. } if self.is_ready(item) => {
                        // Each person once a call.
                        if !people.contains(&person) {
                            people.push(person);
                            numbers.push(number);
                        }
                    }
                    Task::Person { .. } => {}
                    _ => break,
                }
            }
        }
        for number in &numbers {
            self.set(*number, Fate::Sent);
        }
        self.calls += 1;
        let call = Call {
            number: self.calls,
            place,
            items: numbers,
        };
        self.under_way.push(call.clone());
        Some(call)
    }

    /// The change that a call of people sends; none where it is about the group itself.
    #[must_use]
    pub fn change(&self, call: &Call) -> Option<MembershipChange> {
        let steps = call
            .items
            .iter()
            .map(|number| match &self.items.get(*number)?.task {
                Task::Person { person, change, .. } => Some(PersonStep {
                    person: person.clone(),
                    change: change.clone(),
                }),
                _ => None,
            });
        Some(MembershipChange {
            group: self.places.get(call.place)?.key.clone(),
            steps: steps.collect::<Option<_>>()?,
        })
    }

    /// Tells what came of a call, at this time in milliseconds since 1970.
    pub fn answered(&mut self, number: u32, reply: Reply, now: i64) {
        let Some(at) = self.under_way.iter().position(|call| call.number == number) else {
            return;
        };
        let call = self.under_way.remove(at);
        match reply {
            Reply::Done => self.set_all(&call.items, &Fate::Done { note: None }),
            Reply::Overtaken => {
                let now = Roles::none();
                self.set_all(&call.items, &Fate::Overtaken { now });
            }
            Reply::People(outcomes) => {
                for item in call.items {
                    let Some(Task::Person { person, .. }) =
                        self.items.get(item).map(|item| &item.task)
                    else {
                        continue;
                    };
                    let outcome = outcomes.iter().find(|(known, _)| known == person);
                    let fate = match outcome {
                        Some((_, outcome)) => self.fate_of(outcome),
                        None => Fate::Unknown {
                            why: "the answer does not name this person".to_owned(),
                            looked: false,
                        },
                    };
                    self.set(item, fate);
                }
            }
            Reply::Failed(error) => self.failed(&call, &error, now),
        }
    }

    /// What an outcome makes of an item. A lost connection holds the others.
    fn fate_of(&mut self, outcome: &Outcome) -> Fate {
        match outcome {
            Outcome::Done { note } => Fate::Done { note: note.clone() },
            Outcome::Refused { words } => Fate::Refused {
                words: words.clone(),
            },
            Outcome::Overtaken { now } => Fate::Overtaken { now: now.clone() },
            Outcome::NotShown => Fate::NotShown { why: None },
            Outcome::Unknown(error) => {
                if is_shown_undone(error) {
                    return not_shown(error);
                }
                if is_lost(error) {
                    self.hold = Some(Hold::NoConnection);
                }
                Fate::Unknown {
                    why: error.to_string(),
                    looked: false,
                }
            }
        }
    }

    fn failed(&mut self, call: &Call, error: &ApiError, now: i64) {
        let first = call.items.first().and_then(|first| self.items.get(*first));
        let is_read_first = first.is_some_and(|item| is_read_first(&item.task));
        let again = match error {
            ApiError::RateLimited { retry_after } => {
                let pause = retry_after.map_or(PAUSE_MS, |seconds| i64::from(seconds) * 1000);
                Some(Hold::Until(now + pause))
            }
            ApiError::NotSignedIn(_) => Some(Hold::Token),
            // Of these nothing is sent before a read; what else happens to a group may have happened.
            ApiError::NoConnection | ApiError::TimedOut { .. } if is_read_first => {
                Some(Hold::NoConnection)
            }
            _ => None,
        };
        if self.mode == Mode::Stopped && again.is_some() {
            let words = error.to_string();
            return self.set_all(&call.items, &Fate::Refused { words });
        }
        if let Some(hold) = again {
            self.hold = Some(hold);
            return self.set_all(&call.items, &Fate::Waiting);
        }
        let fate = if is_shown_undone(error) {
            not_shown(error)
        } else if error.leaves_doubt() {
            if is_lost(error) {
                self.hold = Some(Hold::NoConnection);
            }
            Fate::Unknown {
                why: error.to_string(),
                looked: false,
            }
        } else {
            Fate::Refused {
                words: error
                    .words()
                    .map_or_else(|| error.to_string(), str::to_owned),
            }
        };
        self.set_all(&call.items, &fate);
    }

    /// Tells what a look at a group found.
    pub fn looked(&mut self, backend: &dyn Backend, place: usize, seen: &Seen<'_>) {
        self.looking.retain(|other| *other != place);
        if let Seen::Failed(error) = seen {
            let hold = match error {
                ApiError::NotSignedIn(_) => Some(Hold::Token),
                ApiError::NoConnection | ApiError::TimedOut { .. } => Some(Hold::NoConnection),
                _ => None,
            };
            if hold.is_some() {
                self.hold = hold;
                return;
            }
        }
        for number in 0..self.items.len() {
            let Some(item) = self.items.get(number) else {
                continue;
            };
            let Fate::Unknown { why, looked: false } = &item.fate else {
                continue;
            };
            if item.task.place() != place {
                continue;
            }
            let fate = match is_shown(backend, &item.task, seen) {
                Some(true) => Fate::Done { note: None },
                // It was not done, and whoever began it still wants it.
                Some(false) if self.mode != Mode::Stopped && is_read_first(&item.task) => {
                    Fate::Waiting
                }
                Some(false) => Fate::NotShown { why: None },
                None => Fate::Unknown {
                    why: match seen {
                        Seen::Failed(error) => error.to_string(),
                        _ => why.clone(),
                    },
                    looked: true,
                },
            };
            self.set(number, fate);
        }
    }

    /// The connection is back, the token is renewed, or somebody says that it is to go on.
    pub fn go_on(&mut self) {
        self.hold = None;
        if self.mode == Mode::CutOff {
            self.mode = Mode::Going;
        }
    }

    /// The connection is back or the token renewed; what was cut off stays so.
    pub const fn lift(&mut self) {
        self.hold = None;
    }

    /// Sends nothing more; what is under way comes to its end.
    pub fn stop(&mut self) {
        self.mode = Mode::Stopped;
        if !matches!(self.hold, Some(Hold::NoConnection | Hold::Token)) {
            self.hold = None;
        }
        self.leave_out();
    }

    /// Looks once more for what could not be found out.
    pub fn look_again(&mut self) {
        self.hold = None;
        for item in &mut self.items {
            if let Fate::Unknown { looked, .. } = &mut item.fate {
                *looked = false;
            }
        }
    }

    /// Tries again what was refused, not shown, stopped or never found out. Gives how many those are.
    pub fn retry(&mut self) -> usize {
        let mut again = 0;
        for number in 0..self.items.len() {
            let Some(item) = self.items.get_mut(number) else {
                continue;
            };
            match &mut item.fate {
                // It may have happened: it is looked up first, and sent only if it has not.
                Fate::Unknown { looked, .. } => *looked = false,
                fate if fate.may_be_retried() => *fate = Fate::Waiting,
                // What was behind it gets its chance with it.
                fate @ Fate::LeftOut(LeftOut::Behind(_)) => *fate = Fate::Waiting,
                _ => continue,
            }
            again += 1;
        }
        self.mode = Mode::Going;
        self.hold = None;
        again
    }

    fn set(&mut self, number: usize, fate: Fate) {
        let Some(item) = self.items.get_mut(number) else {
            return;
        };
        // What comes after a rename goes to the new name.
        if is_done(&fate)
            && let Some(key) = new_key(&item.task)
            && let Some(place) = self.places.get_mut(item.task.place())
        {
            place.key = key;
        }
        item.fate = fate;
    }

    /// The keys that a group may be found under: its own, and the one that it has if what is unknown of it
    /// was done after all.
    #[must_use]
    pub fn keys_of(&self, place: usize) -> Vec<GroupKey> {
        let own = self.places.get(place).map(|place| place.key.clone());
        let unknown = self
            .items
            .iter()
            .filter(|item| item.task.place() == place && matches!(item.fate, Fate::Unknown { .. }));
        own.into_iter()
            .chain(unknown.filter_map(|item| new_key(&item.task)))
            .collect()
    }

    fn set_all(&mut self, numbers: &[usize], fate: &Fate) {
        for number in numbers {
            self.set(*number, fate.clone());
        }
    }
}

const fn is_done(fate: &Fate) -> bool {
    matches!(fate, Fate::Done { .. })
}

/// The key that a group has once this is done, if that changes it.
fn new_key(task: &Task) -> Option<GroupKey> {
    let Task::Edit { changed, .. } = task else {
        return None;
    };
    let name = changed
        .iter()
        .find(|changed| changed.field == Field::InternalName)?;
    GroupKey::new(&name.to).ok()
}

/// Whether a read comes before it, so that it can be asked for again without harm.
const fn is_read_first(task: &Task) -> bool {
    matches!(task, Task::Person { .. } | Task::Edit { .. })
}

/// Whether the connection is what failed.
fn is_lost(error: &ApiError) -> bool {
    match error {
        ApiError::NoConnection | ApiError::TimedOut { .. } => true,
        ApiError::Unconfirmed {
            cause: Some(cause),
            read: ReadBack::Impossible,
        } => is_lost(cause),
        _ => false,
    }
}

/// A read after it has shown that it is not so: how the call itself ended, in the error's words.
fn not_shown(error: &ApiError) -> Fate {
    let words = error.to_string();
    let words = words.strip_prefix("Not done: ").unwrap_or(&words);
    Fate::NotShown {
        why: Some(words.to_owned()),
    }
}

/// Whether a read after it has shown that it is not so.
const fn is_shown_undone(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Unconfirmed {
            read: ReadBack::NotShown,
            ..
        }
    )
}

/// Whether what was seen shows a task done; none where it does not tell.
fn is_shown(backend: &dyn Backend, task: &Task, seen: &Seen<'_>) -> Option<bool> {
    let group = match (task, seen) {
        (_, Seen::Failed(_)) => return None,
        // Under which key it was made is what is not known.
        (Task::Create { .. }, _) if backend.capabilities().key == KeyKind::GivenId => return None,
        (Task::Delete { .. }, Seen::Gone) => return Some(true),
        (Task::Delete { .. }, Seen::Group(_)) => return Some(false),
        (Task::Create { .. }, Seen::Gone) => return Some(false),
        (Task::Create { .. }, Seen::Group(_)) => return Some(true),
        // In a group that is gone nobody is.
        (
            Task::Person {
                change: PersonChange::Revoke(_),
                ..
            }
            | Task::Leave { .. },
            Seen::Gone,
        ) => {
            return Some(true);
        }
        (_, Seen::Gone) => return None,
        (_, Seen::Group(group)) => *group,
    };
    let roles = |person: &PersonKey| {
        group.members.listed()?;
        let member = group.members.find(person);
        Some(member.map_or_else(Roles::none, |member| member.roles.clone()))
    };
    match task {
        Task::Person { person, change, .. } => Some(backend.is_shown(change, &roles(person)?)),
        Task::Transfer { to, .. } => {
            let lead = backend.capabilities().lead()?;
            Some(roles(to)?.contains(&lead.role))
        }
        Task::Edit { changed, .. } => {
            Some(changed.iter().all(|changed| changed.is_shown_by(group)))
        }
        Task::Leave { .. } | Task::Create { .. } | Task::Delete { .. } => None,
    }
}
