//! Every action against every fault at every step of its conversation, on systems that really do what they are asked.
//!
//! What has to hold in each cell: the conversation ends, within a few requests and without a panic; no write is sent twice; what is
//! called done is done; what is called not done is not, unless it is said to be in doubt; the sentence for the user is one,
//! and holds neither the token nor a character that cannot be seen. The table of docs/reliability.md is what came of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod faults;
mod systems;

use std::collections::BTreeMap;
use std::fmt::Write;

use faults::{Effect, Fault, Says, TOKEN, Wire, faults};
use group_api::{
    ApiError, Backend, Done, Exchange, Group, GroupEdit, GroupKey, GroupSink, Input, Instabase,
    ListAsk, MembershipChange, NewGroup, Outcome, PersonChange, PersonKey, PersonStep, Request,
    Role, Roles, Snip, Step, UndoneStep, Unreadable,
};
use systems::{ById, ByName, Healthy, System};

/// More requests than any conversation needs.
const MOST_REQUESTS: usize = 12;

#[derive(Default)]
struct Sink(Vec<Group>);

impl GroupSink for Sink {
    fn group(&mut self, group: Group, _: &[u8]) {
        self.0.push(group);
    }
    fn unreadable(&mut self, _: Unreadable) {}
}

/// Where a fault strikes.
#[derive(Clone)]
struct Strike {
    /// Which request of the conversation, from 0.
    at: usize,
    fault: Fault,
    /// Whether the server had done what was asked.
    did: bool,
}

/// A line to a system, on which one reply may go wrong.
struct Line<'a> {
    system: &'a mut dyn System,
    strike: Option<Strike>,
    sent: Vec<Request>,
    healthy: Vec<Healthy>,
}

impl Line<'_> {
    fn run<T>(&mut self, mut exchange: Exchange<T>) -> Result<Done<T>, ApiError> {
        exchange.hide(TOKEN);
        let mut sink = Sink::default();
        let mut step = exchange.next(Input::Start);
        loop {
            let request = match step {
                Step::Send(request) => request,
                Step::Done(result) => return result,
            };
            let number = self.sent.len();
            assert!(number < MOST_REQUESTS, "it does not end: {:?}", self.sent);
            self.sent.push(request.clone());
            let struck = self.strike.as_ref().filter(|strike| strike.at == number);
            let wire = match struck {
                None => {
                    let healthy = self.system.answer(&request);
                    let wire = Wire::healthy(&healthy);
                    self.healthy.push(healthy);
                    wire
                }
                Some(strike) => {
                    if strike.did {
                        let _ = self.system.answer(&request);
                    }
                    strike.fault.wire.clone()
                }
            };
            if let Some(head) = wire.head {
                exchange.head(head);
                for bytes in wire.bytes.chunks(wire.piece) {
                    exchange.feed(bytes, &mut sink);
                }
            }
            step = exchange.next(wire.breaks.map_or(Input::Finished, Input::Failed));
        }
    }
}

/// What an action says came of it.
enum Claim {
    /// Done; where the read afterwards failed, as the server said.
    Done,
    /// The main thing is done, and this is not.
    Partly(Vec<UndoneStep>),
    /// What became of the person.
    Person(Outcome),
    /// Not done, or nobody knows.
    Failed(ApiError),
}

impl Claim {
    fn of<T>(result: Result<Done<T>, ApiError>) -> Self {
        match result {
            Err(error) => Self::Failed(error),
            Ok(done) if done.undone.is_empty() => Self::Done,
            Ok(done) => Self::Partly(done.undone.iter().map(|undone| undone.step).collect()),
        }
    }
}

type Truth = Box<dyn Fn(&dyn System) -> bool>;

/// Something that a user does.
struct Action {
    name: &'static str,
    run: Box<dyn Fn(&mut Line<'_>) -> Claim>,
    /// Whether it is done; none for what only reads.
    truth: Option<Truth>,
}

fn read<T: 'static>(name: &'static str, make: impl Fn() -> Exchange<T> + 'static) -> Action {
    Action {
        name,
        run: Box::new(move |line| Claim::of(line.run(make()))),
        truth: None,
    }
}

fn write<T: 'static>(
    name: &'static str,
    make: impl Fn() -> Exchange<T> + 'static,
    truth: impl Fn(&dyn System) -> bool + 'static,
) -> Action {
    Action {
        truth: Some(Box::new(truth)),
        ..read(name, make)
    }
}

fn key(text: &str) -> GroupKey {
    GroupKey::new(text).unwrap()
}

fn person(text: &str) -> PersonKey {
    PersonKey::new(text).unwrap()
}

fn roles(word: &'static str) -> Roles {
    Roles::one(Role::known(word))
}

/// One step for one person.
fn step(
    name: &'static str,
    backend: &'static dyn Backend,
    group: &'static str,
    who: &'static str,
    change: PersonChange,
    after: &'static str,
) -> Action {
    Action {
        name,
        run: Box::new(move |line| {
            let change = MembershipChange {
                group: key(group),
                steps: vec![PersonStep {
                    person: person(who),
                    change: change.clone(),
                }],
            };
            match line.run(backend.apply(&change)) {
                Err(error) => Claim::Failed(error),
                Ok(done) => {
                    let [(_, outcome)] = done.value.outcomes.try_into().unwrap();
                    Claim::Person(outcome)
                }
            }
        }),
        truth: Some(Box::new(move |system| system.holds(group, who) == after)),
    }
}

/// The group as a healthy system shows it.
fn group_of(backend: &dyn Backend, system: &mut dyn System, name: &str) -> Group {
    let mut line = Line {
        system,
        strike: None,
        sent: Vec::new(),
        healthy: Vec::new(),
    };
    line.run(backend.get(&key(name))).unwrap().value
}

fn reads(backend: &'static dyn Backend, group: &'static str, who: &'static str) -> Vec<Action> {
    vec![
        read("read the list", move || backend.list(&ListAsk::WithMembers)),
        read("read the list without people", move || {
            backend.list(&ListAsk::Plain)
        }),
        read("read a person's groups", move || {
            backend.list(&ListAsk::OfPerson(person(who)))
        }),
        read("read a group", move || backend.get(&key(group))),
        read("find out whether a group is there", move || {
            backend.presence(&key(group))
        }),
    ]
}

fn on_instabase() -> Vec<Action> {
    let backend: &'static dyn Backend = &Instabase;
    let group = group_of(backend, &mut ByName::seeded(), "eng");
    let edit = move |edit: GroupEdit| backend.update(&group, &edit).unwrap();
    let field = |field: &'static str, value: &'static str| {
        move |system: &dyn System| system.field("eng", field).as_deref() == Some(value)
    };
    let new = NewGroup {
        display_name: "New people".to_owned(),
        internal_name: "new_people".to_owned(),
        description: "Who came".to_owned(),
        ..NewGroup::default()
    };
    let admin = NewGroup {
        add_admin: Some(person("ann")),
        ..new.clone()
    };
    let made = |system: &dyn System| {
        system.field("new_people", "full_name").as_deref() == Some("New people")
    };
    let mut all = reads(backend, "eng", "bob");
    all.extend([
        write(
            "create a group",
            move || backend.create(&new).unwrap(),
            made,
        ),
        write(
            "create a group with me as admin",
            move || backend.create(&admin).unwrap(),
            made,
        ),
        write(
            "change the display name",
            {
                let edit = edit.clone();
                move || {
                    edit(GroupEdit {
                        display_name: Some("Engineers".to_owned()),
                        ..GroupEdit::default()
                    })
                }
            },
            field("full_name", "Engineers"),
        ),
        write(
            "change the description",
            {
                let edit = edit.clone();
                move || {
                    edit(GroupEdit {
                        description: Some("Nobody".to_owned()),
                        ..GroupEdit::default()
                    })
                }
            },
            field("description", "Nobody"),
        ),
        write(
            "change the internal name",
            move || {
                edit(GroupEdit {
                    internal_name: Some("engineers".to_owned()),
                    ..GroupEdit::default()
                })
            },
            |system| system.field("engineers", "full_name").is_some(),
        ),
        write(
            "delete a group",
            move || backend.delete(&key("eng")),
            |system| system.field("eng", "full_name").is_none(),
        ),
        step(
            "add a person",
            backend,
            "eng",
            "cy",
            PersonChange::Grant(Role::known("member")),
            "member",
        ),
        step(
            "remove a person",
            backend,
            "eng",
            "bob",
            PersonChange::Revoke(roles("member")),
            "",
        ),
        step(
            "bring a person back",
            backend,
            "eng",
            "cy",
            PersonChange::Restore(roles("admin")),
            "admin",
        ),
        step(
            "change a role",
            backend,
            "eng",
            "bob",
            PersonChange::Change {
                from: roles("member"),
                to: Role::known("admin"),
            },
            "admin",
        ),
    ]);
    all
}

fn on_snip() -> Vec<Action> {
    let backend: &'static dyn Backend = &Snip;
    let group = group_of(backend, &mut ById::seeded(), "9");
    let edit = move |edit: GroupEdit| backend.update(&group, &edit).unwrap();
    let field = |field: &'static str, value: &'static str| {
        move |system: &dyn System| system.field("9", field).as_deref() == Some(value)
    };
    let new = NewGroup {
        display_name: "New people".to_owned(),
        ..NewGroup::default()
    };
    let described = NewGroup {
        description: "Who came".to_owned(),
        ..new.clone()
    };
    let made = |system: &dyn System| system.field("New people", "name").is_some();
    let mut all = reads(backend, "9", "3");
    all.extend([
        write(
            "create a group",
            move || backend.create(&new).unwrap(),
            made,
        ),
        write(
            "create a group with a description",
            move || backend.create(&described).unwrap(),
            made,
        ),
        write(
            "change the name",
            {
                let edit = edit.clone();
                move || {
                    edit(GroupEdit {
                        display_name: Some("Engineers".to_owned()),
                        ..GroupEdit::default()
                    })
                }
            },
            field("name", "Engineers"),
        ),
        write(
            "change the description",
            move || {
                edit(GroupEdit {
                    description: Some("Nobody".to_owned()),
                    ..GroupEdit::default()
                })
            },
            field("description", "Nobody"),
        ),
        write(
            "delete a group",
            move || backend.delete(&key("9")),
            |system| system.field("9", "name").is_none(),
        ),
        step(
            "remove a person",
            backend,
            "9",
            "3",
            PersonChange::Revoke(roles("member")),
            "",
        ),
        step(
            "change a role",
            backend,
            "9",
            "3",
            PersonChange::Change {
                from: roles("member"),
                to: Role::known("moderator"),
            },
            "moderator",
        ),
        write(
            "leave a group",
            move || backend.leave(&key("7"), None),
            |system| system.holds("7", "1").is_empty(),
        ),
        write(
            "hand a group over",
            move || backend.transfer(&key("9"), &person("2")),
            |system| system.holds("9", "2") == "owner",
        ),
    ]);
    all
}

/// What is wrong with a cell.
fn held(
    action: &Action,
    claim: &Claim,
    line: &Line<'_>,
    strike: Option<&Strike>,
) -> Result<(), String> {
    let mut writes: Vec<&Request> = line
        .sent
        .iter()
        .filter(|sent| !sent.method.is_read())
        .collect();
    let count = writes.len();
    writes.dedup();
    if writes.len() < count {
        return Err("a write was sent twice".to_owned());
    }
    let failed = |error: &ApiError| {
        let words = error.to_string();
        if words.trim().is_empty() || words.len() > 2_000 {
            return Err(format!("{} bytes of words", words.len()));
        }
        if words.contains(TOKEN) {
            return Err("the token is in the words".to_owned());
        }
        if let Some(odd) = words.chars().find(|c| {
            c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        }) {
            return Err(format!("{odd:?} is in the words"));
        }
        Ok(())
    };
    let done = action.truth.as_ref().map(|truth| truth(&*line.system));
    let is_content = strike.is_some_and(|strike| strike.fault.says == Says::Other);
    let hit_a_read = strike.is_some_and(|strike| {
        line.sent
            .get(strike.at)
            .is_some_and(|sent| sent.method.is_read())
    });
    // A read that says something else than what is so can prove a lie: nobody can tell.
    let may_be_misled = is_content && hit_a_read;
    match claim {
        Claim::Failed(error) => {
            failed(error)?;
            if done == Some(true) && !error.leaves_doubt() && !may_be_misled {
                return Err(format!("it was done, and is called not done: {error:?}"));
            }
        }
        Claim::Done if done == Some(false) && !may_be_misled => {
            return Err("it is called done and is not".to_owned());
        }
        // Accepted, and a read does not show it or there was none: that is said.
        Claim::Partly(undone)
            if done == Some(false)
                && !may_be_misled
                && !undone.iter().any(|step| {
                    matches!(step, UndoneStep::ReadAgain | UndoneStep::FieldAsSent(_))
                }) =>
        {
            return Err("it is called done but for a part, and is not".to_owned());
        }
        Claim::Done | Claim::Partly(_) => {}
        Claim::Person(outcome) => match (outcome, done) {
            (Outcome::Done { .. }, Some(false)) if !may_be_misled => {
                return Err("the person is called done and is not".to_owned());
            }
            (
                Outcome::Refused { .. } | Outcome::NotShown | Outcome::Overtaken { .. },
                Some(true),
            ) if !may_be_misled => {
                return Err(format!(
                    "the person was changed, and is called not: {outcome:?}"
                ));
            }
            (Outcome::Unknown(error), _) => failed(error)?,
            _ => {}
        },
    }
    let unharmed = strike.is_none_or(|strike| strike.fault.says == Says::All && strike.did);
    if unharmed && !matches!(claim, Claim::Done | Claim::Person(Outcome::Done { .. })) {
        return Err("nothing was wrong, and it is not done".to_owned());
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Tally {
    tried: usize,
    held: usize,
}

/// Tries an action with each fault at each of its requests; tells what did not hold.
fn try_out(
    system: &dyn Fn() -> Box<dyn System>,
    action: &Action,
    table: &mut BTreeMap<(&'static str, &'static str), Tally>,
    broken: &mut Vec<String>,
) {
    let cell = |strike: Option<Strike>| {
        let mut system = system();
        let mut line = Line {
            system: &mut *system,
            strike: strike.clone(),
            sent: Vec::new(),
            healthy: Vec::new(),
        };
        let claim = (action.run)(&mut line);
        let verdict = held(action, &claim, &line, strike.as_ref());
        (verdict, line.healthy, line.sent)
    };
    let (verdict, healthy, sent) = cell(None);
    verdict.unwrap_or_else(|why| panic!("{}, unharmed: {why}: {sent:?}", action.name));
    for (at, (healthy, request)) in healthy.iter().zip(&sent).enumerate() {
        for fault in faults(healthy) {
            let may_have_done = fault.effect == Effect::Either && !request.method.is_read();
            let ways: &[bool] = match fault.says {
                Says::All => &[true],
                // It speaks of what it did.
                Says::Other if !request.method.is_read() => &[true],
                _ if may_have_done => &[false, true],
                _ => &[false],
            };
            for &did in ways {
                let strike = Strike {
                    at,
                    fault: fault.clone(),
                    did,
                };
                let (verdict, _, sent) = cell(Some(strike));
                let tally = table.entry((fault.kind, action.name)).or_default();
                tally.tried += 1;
                match verdict {
                    Ok(()) => tally.held += 1,
                    Err(why) => broken.push(format!(
                        "{} / {} ({}) at request {} of {:?}, {}: {why}",
                        action.name,
                        fault.kind,
                        fault.which,
                        at + 1,
                        sent.iter()
                            .map(|sent| format!("{} {}", sent.method.as_str(), sent.target))
                            .collect::<Vec<_>>(),
                        if did { "done" } else { "not done" },
                    )),
                }
            }
        }
    }
}

fn matrix(system: &dyn Fn() -> Box<dyn System>, actions: &[Action]) -> String {
    let (mut table, mut broken) = (BTreeMap::new(), Vec::new());
    for action in actions {
        try_out(system, action, &mut table, &mut broken);
    }
    assert!(
        broken.is_empty(),
        "{} cells did not hold, of which:\n{}",
        broken.len(),
        broken
            .iter()
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
    let mut rows: BTreeMap<&str, Tally> = BTreeMap::new();
    for ((kind, _), tally) in &table {
        let row = rows.entry(kind).or_default();
        row.tried += tally.tried;
        row.held += tally.held;
    }
    let mut text = String::new();
    let sum = Tally {
        tried: rows.values().map(|row| row.tried).sum(),
        held: rows.values().map(|row| row.held).sum(),
    };
    for (kind, tally) in rows.into_iter().chain([("**together**", sum)]) {
        writeln!(text, "| {kind} | {} | {} |", tally.tried, tally.held).unwrap();
    }
    text
}

/// What came of it stands in the documentation as it is.
fn is_documented(system: &str, table: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reliability.md");
    let text = std::fs::read_to_string(path).unwrap();
    let wanted = format!("| {system} | cells tried | cells held |\n| --- | ---: | ---: |\n{table}");
    assert!(
        text.contains(&wanted),
        "docs/reliability.md should say:\n\n{wanted}"
    );
}

#[test]
fn instabase() {
    let table = matrix(&|| Box::new(ByName::seeded()), &on_instabase());
    is_documented("Instabase", &table);
}

#[test]
fn snip() {
    let table = matrix(&|| Box::new(ById::seeded()), &on_snip());
    is_documented("snip", &table);
}
