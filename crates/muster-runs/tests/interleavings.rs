//! Any interleaving of answers, losses, pauses, expired tokens, reloads and stops ends, claims only what is so, and sends nothing
//! again that was settled.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};

use group_api::{
    ApiError, Backend, Group, GroupKey, Instabase, Member, MemberKind, Members, Outcome,
    PersonChange, PersonKey, ReadBack, Role, Roles,
};
use muster_runs::{
    About, Call, Fate, LeftOut, Mode, Next, Place, Reply, Run, RunId, Seen, Task, record,
};
use proptest::prelude::*;

const ADMIN: Role = Role::known("admin");
const MEMBER: Role = Role::known("member");

/// What a server holds: the roles of each person in each group. Those whose name begins with `x` it does not know.
#[derive(Clone, Debug, Default)]
struct Server(BTreeMap<(usize, PersonKey), Role>);

impl Server {
    fn roles(&self, place: usize, person: &PersonKey) -> Roles {
        let role = self.0.get(&(place, person.clone()));
        role.cloned().map_or_else(Roles::none, Roles::one)
    }

    fn apply(&mut self, place: usize, person: &PersonKey, change: &PersonChange) {
        if person.as_str().starts_with('x') {
            return;
        }
        let at = (place, person.clone());
        match change {
            PersonChange::Grant(role) | PersonChange::Change { to: role, .. } => {
                self.0.insert(at, role.clone());
            }
            PersonChange::Restore(roles) => {
                self.0.insert(at, roles.first().unwrap().clone());
            }
            PersonChange::Revoke(_) => {
                self.0.remove(&at);
            }
        }
    }

    fn group(&self, place: usize) -> Group {
        let members = self.0.iter().filter(|((at, _), _)| *at == place);
        Group {
            key: key(place),
            display_name: String::new(),
            description: None,
            photo: None,
            created: None,
            updated: None,
            members: Members::Listed(
                members
                    .map(|((_, person), role)| Member {
                        person: person.clone(),
                        label: person.to_string(),
                        kind: MemberKind::User,
                        roles: Roles::one(role.clone()),
                        joined: None,
                        emails: Vec::new(),
                        is_self: false,
                    })
                    .collect(),
            ),
        }
    }

    /// Does a call as a backend does: what no longer fits is not sent, and a read says what came of the rest.
    fn call(&mut self, run: &Run, call: &Call) -> Vec<(PersonKey, Outcome)> {
        let steps = run.change(call).unwrap().steps;
        let outcomes = steps.into_iter().map(|step| {
            let now = self.roles(call.place, &step.person);
            if !step.change.still_fits(&now) {
                return (step.person, Outcome::Overtaken { now });
            }
            self.apply(call.place, &step.person, &step.change);
            let now = self.roles(call.place, &step.person);
            let outcome = if Instabase.is_shown(&step.change, &now) {
                Outcome::Done { note: None }
            } else {
                Outcome::Refused {
                    words: "User not found".to_owned(),
                }
            };
            (step.person, outcome)
        });
        outcomes.collect()
    }
}

fn key(place: usize) -> GroupKey {
    GroupKey::new(&format!("group_{place}")).unwrap()
}

fn about() -> About {
    About {
        id: RunId(u64::MAX - 1),
        title: "Change “people”\nof groups".to_owned(),
        connection: "demo".to_owned(),
        connection_name: "Demo".to_owned(),
        as_whom: "alice".to_owned(),
        ticket: String::new(),
        began: 1_795_000_000_000,
        undoes: None,
        proved: None,
    }
}

/// One thing for each person and group, most of them behind earlier ones.
fn runs() -> impl Strategy<Value = (Run, Server)> {
    let item = (
        0usize..3,
        0usize..40,
        0u8..4,
        prop::collection::vec(0usize..60, 0..3),
        any::<bool>(),
    );
    prop::collection::vec(item, 1..60).prop_map(|items| {
        let mut server = Server::default();
        let mut met = BTreeSet::new();
        let mut tasks = Vec::new();
        for (place, who, what, after, unknown) in items {
            if !met.insert((place, who)) {
                continue;
            }
            let unknown = unknown && what == 0 && who % 5 == 0;
            let name = if unknown { "x" } else { "p" };
            let person = PersonKey::new(&format!("{name}{who}")).unwrap();
            let change = match what {
                0 => PersonChange::Grant(MEMBER),
                1 => PersonChange::Revoke(Roles::one(MEMBER)),
                2 => PersonChange::Restore(Roles::one(ADMIN)),
                _ => PersonChange::Change {
                    from: Roles::one(MEMBER),
                    to: ADMIN,
                },
            };
            // One in three was changed by somebody else since it was shown.
            if matches!(what, 1 | 3) && who % 3 != 0 {
                server.0.insert((place, person.clone()), MEMBER);
            }
            tasks.push((
                Task::Person {
                    place,
                    person,
                    label: None,
                    change,
                },
                after,
            ));
        }
        let places = (0..3).map(|place| Place {
            key: key(place),
            name: format!("Group {place}"),
        });
        (Run::new(about(), places.collect(), tasks), server)
    })
}

/// A session with a run: what is under way, and a watch on what is sent.
struct World {
    run: Run,
    server: Server,
    calls: Vec<Call>,
    looks: Vec<usize>,
    now: i64,
}

impl World {
    /// Takes what is to be done next; false if there is nothing to take.
    fn step(&mut self) -> bool {
        let before = self.run.clone();
        match self.run.next(self.now) {
            Next::Call(call) => {
                for number in &call.items {
                    assert_eq!(
                        before.items()[*number].fate,
                        Fate::Waiting,
                        "only what waits is sent"
                    );
                }
                assert!(call.items.len() <= 100);
                assert!(
                    !self.calls.iter().any(|other| other.place == call.place),
                    "one call a group"
                );
                self.calls.push(call);
                true
            }
            Next::Look(place) => {
                self.looks.push(place);
                true
            }
            Next::Wait | Next::Held(_) | Next::CutOff | Next::Over => false,
        }
    }

    fn settled(&self) -> Vec<Option<Fate>> {
        let settled = |fate: &Fate| Some(fate.clone()).filter(Fate::is_settled);
        self.run
            .items()
            .iter()
            .map(|item| settled(&item.fate))
            .collect()
    }

    fn event(&mut self, event: u8) {
        let lost = || ApiError::Unconfirmed {
            cause: Some(Box::new(ApiError::NoConnection)),
            read: ReadBack::Impossible,
        };
        let before = self.settled();
        match event {
            // Steps weigh most.
            0..=7 => {
                self.step();
            }
            8..=13 if !self.calls.is_empty() => {
                let call = self.calls.remove(0);
                let reply = match event {
                    8 | 9 => Reply::People(self.server.call(&self.run, &call)),
                    // The answer is lost, after or before it was done.
                    10 | 11 => {
                        let people = self.run.change(&call).unwrap().steps;
                        if event == 10 {
                            self.server.call(&self.run, &call);
                        }
                        let unknown =
                            |step: group_api::PersonStep| (step.person, Outcome::Unknown(lost()));
                        Reply::People(people.into_iter().map(unknown).collect())
                    }
                    12 => Reply::Failed(ApiError::RateLimited {
                        retry_after: Some(3),
                    }),
                    _ => Reply::Failed(ApiError::NotSignedIn(None)),
                };
                self.run.answered(call.number, reply, self.now);
            }
            14 if !self.looks.is_empty() => {
                let place = self.looks.remove(0);
                let group = self.server.group(place);
                self.run.looked(&Instabase, place, &Seen::Group(&group));
            }
            15 if !self.looks.is_empty() => {
                let place = self.looks.remove(0);
                self.run
                    .looked(&Instabase, place, &Seen::Failed(ApiError::NoConnection));
            }
            16 => self.now += 2_000,
            17 => self.run.lift(),
            // The page is closed and opened again: what was under way arrives, or does not.
            18 | 19 => {
                for (n, call) in self.calls.drain(..).enumerate() {
                    if n % 2 == usize::from(event - 18) {
                        self.server.call(&self.run, &call);
                    }
                }
                self.looks.clear();
                self.run = record::read(&record::write(&self.run)).unwrap();
            }
            20 => self.run.go_on(),
            _ => {}
        }
        for (before, now) in before.iter().zip(self.settled()) {
            if let Some(before) = before {
                assert_eq!(Some(before), now.as_ref(), "what is settled stays so");
            }
        }
    }

    /// From here on all goes well.
    fn finish(&mut self) {
        for _ in 0..2_000 {
            if self.step() {
                continue;
            }
            if !self.calls.is_empty() {
                self.event(8);
            } else if !self.looks.is_empty() {
                self.event(14);
            } else if self.run.is_over() {
                return;
            } else {
                self.now += 10_000;
                self.run.go_on();
            }
        }
        panic!("it does not end: {:?}", self.run);
    }

    /// Everything claimed is so.
    fn check(&self) {
        for item in self.run.items() {
            let Task::Person {
                place,
                person,
                change,
                ..
            } = &item.task
            else {
                continue;
            };
            let now = self.server.roles(*place, person);
            let shown = Instabase.is_shown(change, &now);
            let mut before = item
                .after
                .iter()
                .map(|after| &self.run.items()[*after].fate);
            let in_turn = before.all(|fate| matches!(fate, Fate::Done { .. }));
            match &item.fate {
                Fate::Done { .. } => assert!(shown, "{item:?}: {now:?}"),
                Fate::Refused { .. } => assert!(person.as_str().starts_with('x')),
                Fate::Overtaken { now: told } => assert_eq!(*told, now),
                Fate::LeftOut(LeftOut::Behind(_)) => assert!(!in_turn),
                Fate::LeftOut(LeftOut::Stopped) => assert_eq!(self.run.mode(), Mode::Stopped),
                fate => panic!("not settled: {fate:?}"),
            }
            if matches!(item.fate, Fate::Done { .. }) {
                assert!(in_turn, "in its turn");
            }
        }
        let counts = self.run.counts();
        let sum = counts.done + counts.refused + counts.unknown + counts.not_done + counts.open;
        assert_eq!(sum, counts.all);
    }
}

fn world((run, server): (Run, Server)) -> World {
    World {
        run,
        server,
        calls: Vec::new(),
        looks: Vec::new(),
        now: 0,
    }
}

proptest! {
    #[test]
    fn every_interleaving_ends_and_claims_only_what_is_so(
        start in runs(),
        events in prop::collection::vec(0u8..21, 0..200),
    ) {
        let mut world = world(start);
        for event in events {
            world.event(event);
        }
        world.finish();
        world.check();
    }

    #[test]
    fn stopped_anywhere_it_sends_nothing_more(
        start in runs(),
        events in prop::collection::vec(0u8..18, 0..40),
    ) {
        let mut world = world(start);
        for event in events {
            world.event(event);
        }
        world.run.stop();
        let under_way = world.calls.len();
        for _ in 0..200 {
            world.step();
            prop_assert!(world.calls.len() <= under_way, "nothing new is sent");
            world.event(if world.calls.is_empty() { 14 } else { 8 });
            world.now += 10_000;
            world.run.lift();
        }
        prop_assert!(world.run.is_over());
        for item in world.run.items() {
            if let (Task::Person { place, person, change, .. }, Fate::Done { .. }) = (&item.task, &item.fate) {
                prop_assert!(Instabase.is_shown(change, &world.server.roles(*place, person)));
            }
        }
    }

    #[test]
    fn what_was_refused_is_tried_again_alone(start in runs()) {
        let mut world = world(start);
        world.finish();
        let done: Vec<bool> = world.run.items().iter().map(|item| matches!(item.fate, Fate::Done { .. })).collect();
        world.run.retry();
        for (item, done) in world.run.items().iter().zip(&done) {
            prop_assert_eq!(matches!(item.fate, Fate::Done { .. }), *done);
        }
        world.finish();
        world.check();
    }

    #[test]
    fn what_is_taken_back_is_as_before(start in runs()) {
        let (_, before) = start.clone();
        let mut world = world(start);
        world.finish();
        let undo = muster_runs::undo(Instabase.capabilities(), &world.run);
        let done = world.run.counts().done;
        prop_assert_eq!(undo.tasks.len(), done);
        // Grants of those who were in already, and a second role for who has one, are no change that can be told from one.
        let told = world.run.items().iter().all(|item| match &item.task {
            Task::Person { place, person, change: PersonChange::Grant(_), .. } => {
                before.roles(*place, person).is_empty()
            }
            Task::Person { place, person, change: PersonChange::Revoke(_), .. } => {
                !before.roles(*place, person).is_empty()
            }
            _ => true,
        });
        if told {
            world.run = Run::new(about(), undo.places, undo.tasks);
            world.finish();
            prop_assert_eq!(world.server.0, before.0);
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written(start in runs(), events in prop::collection::vec(0u8..18, 0..60)) {
        let mut world = world(start);
        for event in events {
            world.event(event);
        }
        let text = record::write(&world.run);
        let again = record::read(&text).unwrap();
        prop_assert_eq!(&again.about, &world.run.about);
        for (was, now) in world.run.items().iter().zip(again.items()) {
            prop_assert_eq!(&was.task, &now.task);
            if was.fate == Fate::Sent {
                let is_unknown = matches!(now.fate, Fate::Unknown { looked: false, .. });
                prop_assert!(is_unknown);
            } else {
                prop_assert_eq!(&was.fate, &now.fate);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_not(text in "\\PC*") {
        prop_assert!(record::read(&text).is_none());
    }
}
