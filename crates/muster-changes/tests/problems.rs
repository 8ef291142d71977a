//! What cannot be done is named, and what costs more than it seems.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use group_api::{
    Backend, Email, Field, Group, GroupKey, Guard, Instabase, Member, MemberKind, Members,
    NewGroup, PersonKey, Role, Roles, Snip,
};
use muster_changes::{
    Admins, Holds, Mode, People, Plan, Since, Struck, Warning, Which, Why, Wish, WishedPerson, plan,
};
use muster_runs::Task;

fn key(text: &str) -> GroupKey {
    GroupKey::new(text).unwrap()
}

fn person(text: &str) -> PersonKey {
    PersonKey::new(text).unwrap()
}

/// A group of people, each with their role: `ann admin`.
fn group(name: &str, people: &[&str]) -> (GroupKey, Arc<Group>) {
    let members = people.iter().map(|text| {
        let (who, role) = text.split_once(' ').unwrap();
        Member {
            person: person(who),
            label: format!("{who}@acme.org"),
            kind: match role {
                "bot" => MemberKind::Other("service".to_owned()),
                _ => MemberKind::User,
            },
            roles: Roles::one(Role::from_wire(role)),
            joined: None,
            emails: vec![Email {
                address: format!("{who}@acme.org"),
                verified: None,
            }],
            is_self: false,
        }
    });
    let group = Group {
        key: key(name),
        display_name: format!("The {name}"),
        description: None,
        photo: None,
        created: None,
        updated: None,
        members: Members::Listed(members.collect()),
    };
    (key(name), Arc::new(group))
}

fn wished(who: &str, holds: Holds) -> WishedPerson {
    WishedPerson {
        person: person(who),
        label: None,
        holds,
    }
}

fn role(word: &str) -> Holds {
    Holds::Role(Role::from_wire(word))
}

fn known(name: &str, people: Vec<WishedPerson>) -> muster_changes::Group {
    muster_changes::Group {
        which: Which::Known(key(name)),
        fields: Vec::new(),
        people: People::Named(people),
    }
}

fn new(name: &str, display: &str) -> muster_changes::Group {
    muster_changes::Group {
        which: Which::New(NewGroup {
            display_name: display.to_owned(),
            internal_name: name.to_owned(),
            ..NewGroup::default()
        }),
        fields: Vec::new(),
        people: People::Named(vec![wished("ann", Holds::Any)]),
    }
}

fn renamed(name: &str, to: &str) -> muster_changes::Group {
    muster_changes::Group {
        fields: vec![(Field::InternalName, to.to_owned())],
        people: People::Unsaid,
        ..known(name, Vec::new())
    }
}

fn made(
    backend: &dyn Backend,
    groups: &[(GroupKey, Arc<Group>)],
    mode: Mode,
    wish: Vec<muster_changes::Group>,
) -> Plan {
    let present: BTreeMap<_, _> = groups.iter().cloned().collect();
    plan(
        &Wish { groups: wish },
        &present,
        mode,
        backend,
        Some(&person("me")),
    )
}

const EXACTLY: Mode = Mode::ExactlySo(Admins::Go);

fn whys(plan: &Plan) -> Vec<Why> {
    plan.problems
        .iter()
        .map(|problem| problem.why.clone())
        .collect()
}

fn warnings(plan: &Plan) -> Vec<Warning> {
    let chosen = plan.chosen(&Struck::default());
    chosen
        .warnings
        .iter()
        .map(|warned| warned.warning)
        .collect()
}

#[test]
fn what_contradicts_itself_is_named_and_the_rest_is_done() {
    let sales = group("sales", &["ann admin", "bob member"]);
    let plan = made(
        &Instabase,
        &[sales],
        Mode::AddMissing,
        vec![known(
            "sales",
            vec![
                wished("cid", role("admin")),
                wished("dan", role("member")),
                wished("cid", role("member")),
                wished("ann", Holds::Any),
                wished("ann", Holds::Any),
                wished("bob", Holds::Any),
                wished("bob", role("admin")),
            ],
        )],
    );
    assert_eq!(whys(&plan), [Why::TwoRoles]);
    assert_eq!(plan.problems[0].who.as_ref().unwrap().person, person("cid"));
    let who: Vec<_> = plan
        .lines
        .iter()
        .map(|line| line.task.who().unwrap())
        .collect();
    assert_eq!(who, ["bob@acme.org", "dan"]);
}

#[test]
fn names_that_are_taken_or_given_twice() {
    let groups = [group("sales", &[]), group("ops", &[]), group("lab", &[])];
    let plan = made(
        &Instabase,
        &groups,
        EXACTLY,
        vec![
            new("team", "Team"),
            new("team", "Other team"),
            renamed("sales", "ops"),
            renamed("ops", "shop"),
            renamed("lab", "shop"),
            known("nobody", Vec::new()),
            new("x", "Too short a name"),
        ],
    );
    let taken = |name: &str| Why::NameTaken(name.to_owned());
    let whys = whys(&plan);
    assert_eq!(
        whys[..6],
        [
            Why::NamedTwice,
            Why::NamedTwice,
            taken("ops"),
            taken("shop"),
            taken("shop"),
            Why::NotFound
        ]
    );
    assert!(
        matches!(&whys[6], Why::BadField(Field::InternalName, why) if why.contains("at least 3"))
    );
    assert!(plan.lines.is_empty());
}

#[test]
fn a_group_to_be_made_that_is_there_is_filled_and_said_to_be() {
    let plan = made(
        &Instabase,
        &[group("team", &["bob admin"])],
        Mode::AddMissing,
        vec![new("team", "")],
    );
    assert!(
        !plan
            .lines
            .iter()
            .any(|line| matches!(line.task, Task::Create { .. }))
    );
    assert_eq!(warnings(&plan), [Warning::ThereAlready]);
    // On a system of numbers it is found by its name; of two nobody knows which.
    let of_name = |groups: &[(GroupKey, Arc<Group>)]| {
        whys(&made(
            &Snip,
            groups,
            Mode::AddMissing,
            vec![new("", "The 7")],
        ))
    };
    assert!(matches!(of_name(&[group("7", &["ann owner"])])[..], []));
    let (other, mut copy) = group("8", &[]);
    Arc::make_mut(&mut copy).display_name = "The 7".to_owned();
    assert_eq!(
        of_name(&[group("7", &[]), (other, copy)]),
        [Why::Ambiguous(2)]
    );
}

#[test]
fn where_nobody_can_be_added_those_who_would_come_are_told_with_their_addresses() {
    let groups = [
        group("7", &["1 owner", "2 moderator", "3 member"]),
        group("8", &["1 owner", "4 member"]),
    ];
    let plan = made(
        &Snip,
        &groups,
        EXACTLY,
        vec![known(
            "7",
            vec![
                wished("3", role("moderator")),
                wished("2", role("owner")),
                wished("eve@acme.org", Holds::Any),
            ],
        )],
    );
    let whys = whys(&plan);
    assert!(
        matches!(&whys[0], Why::NotAllowed(_)),
        "the owner cannot be taken out: {whys:?}"
    );
    assert!(matches!(&whys[1], Why::NotGiven(role, _) if role.as_str() == "owner"));
    assert!(matches!(whys[2], Why::NoAdd(_)));
    let eve = plan.problems[2].who.as_ref().unwrap();
    assert_eq!(eve.email.as_deref(), Some("eve@acme.org"));
    assert_eq!(plan.lines.len(), 1);
}

#[test]
fn what_is_no_person_and_what_is_not_listed_are_left_alone() {
    let (key, mut ops) = group("ops", &["ann admin"]);
    Arc::make_mut(&mut ops).members = Members::NotListed;
    let groups = [group("sales", &["bot bot", "ann admin"]), (key, ops)];
    let wish = vec![
        known("sales", vec![wished("ann", role("boss"))]),
        known("ops", Vec::new()),
    ];
    let plan = made(&Instabase, &groups, EXACTLY, wish);
    assert_eq!(
        whys(&plan),
        [
            Why::UnknownRole(Role::known("boss")),
            Why::NotAPerson("service".to_owned()),
            Why::NotListed
        ]
    );
    assert!(plan.lines.is_empty());
}

#[test]
fn the_last_admin_goes_after_the_next_has_come_and_else_it_is_said() {
    let sales = || {
        group(
            "sales",
            &[
                "ann admin",
                "bob admin",
                "cid member",
                "d1 member",
                "d2 member",
            ],
        )
    };
    let members = |more: Vec<WishedPerson>| {
        let stay = ["cid", "d1", "d2"].map(|who| wished(who, Holds::Any));
        vec![known("sales", stay.into_iter().chain(more).collect())]
    };
    let plan = made(
        &Instabase,
        &[sales()],
        EXACTLY,
        members(vec![wished("ann", role("member"))]),
    );
    let much = Warning::Much { removed: 1, of: 5 };
    assert!(
        !warnings(&plan).contains(&much),
        "a fifth is not more than a fifth"
    );
    assert_eq!(warnings(&plan), [Warning::Guard(Guard::TakesLastLead)]);
    let plan = made(
        &Instabase,
        &[sales()],
        EXACTLY,
        members(vec![
            wished("ann", role("member")),
            wished("new", role("admin")),
        ]),
    );
    assert!(warnings(&plan).is_empty());
    let chosen = plan.chosen(&Struck::default());
    let who: Vec<_> = chosen
        .tasks
        .iter()
        .map(|(task, after)| (task.who().unwrap(), after.clone()))
        .collect();
    assert_eq!(
        who,
        [
            ("new", vec![]),
            ("ann@acme.org", vec![0]),
            ("bob@acme.org", vec![0])
        ]
    );
    // Without the one who comes it is as before.
    let mut struck = Struck::default();
    struck.line(
        &plan,
        plan.lines
            .iter()
            .find(|line| line.task.who() == Some("new"))
            .unwrap(),
        true,
    );
    let chosen = plan.chosen(&struck);
    assert_eq!(
        chosen.warnings[0].warning,
        Warning::Guard(Guard::TakesLastLead)
    );
    assert!(chosen.tasks.iter().all(|(_, after)| after.is_empty()));
}

#[test]
fn oneself_and_more_than_a_fifth_are_told() {
    let sales = group(
        "sales",
        &["me admin", "bob admin", "cid member", "dan member"],
    );
    let plan = made(
        &Instabase,
        std::slice::from_ref(&sales),
        EXACTLY,
        vec![known("sales", vec![wished("bob", Holds::Any)])],
    );
    assert_eq!(
        warnings(&plan),
        [
            Warning::Guard(Guard::RemovesMe),
            Warning::Much { removed: 3, of: 4 }
        ]
    );
    assert_eq!(plan.chosen(&Struck::default()).sum.much, 3);
    let plan = made(
        &Instabase,
        &[sales],
        Mode::AddMissing,
        vec![known("sales", vec![wished("me", role("member"))])],
    );
    assert_eq!(warnings(&plan), [Warning::Guard(Guard::DemotesMe)]);
}

#[test]
fn a_group_struck_stays_so_in_the_other_mode_and_one_of_its_lines_can_stand_again() {
    let groups = [
        group("sales", &["ann admin", "bob member"]),
        group("ops", &["ann admin"]),
    ];
    let wish = || {
        vec![
            known(
                "sales",
                vec![wished("cid", Holds::Any), wished("dan", Holds::Any)],
            ),
            known("ops", vec![wished("cid", Holds::Any)]),
        ]
    };
    let add = made(&Instabase, &groups, Mode::AddMissing, wish());
    let mut struck = Struck::default();
    struck.group(0, true);
    assert_eq!(add.chosen(&struck).sum.added, 1);
    let exactly = made(&Instabase, &groups, Mode::ExactlySo(Admins::Stay), wish());
    assert_eq!(
        (
            exactly.chosen(&struck).sum.added,
            exactly.chosen(&struck).sum.removed
        ),
        (1, 0)
    );
    let bob = exactly
        .lines
        .iter()
        .find(|line| line.task.who() == Some("bob@acme.org"))
        .unwrap();
    struck.line(&exactly, bob, false);
    assert_eq!(
        (
            exactly.chosen(&struck).sum.added,
            exactly.chosen(&struck).sum.removed
        ),
        (1, 1)
    );
    // Nobody comes into a group that is not made.
    let plan = made(&Instabase, &[], Mode::AddMissing, vec![new("team", "Team")]);
    let mut struck = Struck::default();
    struck.line(&plan, &plan.lines[0], true);
    assert!(plan.chosen(&struck).tasks.is_empty());
}

#[test]
fn what_somebody_else_has_changed_meanwhile_is_told() {
    let wish = || {
        vec![
            known(
                "lab",
                vec![wished("ann", Holds::Any), wished("cid", Holds::Any)],
            ),
            known(
                "sales",
                vec![wished("ann", role("admin")), wished("cid", Holds::Any)],
            ),
        ]
    };
    let lab = group("lab", &["ann admin", "cid member"]);
    let before = [lab.clone(), group("sales", &["ann member", "bob member"])];
    let then = made(&Instabase, &before, EXACTLY, wish());
    assert_eq!(then.since(&then, &Struck::default()), Since::default());
    // In the first group somebody was taken out, in the other one somebody came in, and bob and cid have changed places.
    let after = [
        group("lab", &["ann admin"]),
        group("sales", &["ann member", "cid member", "dan member"]),
    ];
    let now = made(&Instabase, &after, EXACTLY, wish());
    let since = now.since(&then, &Struck::default());
    let names = |plan: &Plan, lines: &[usize]| {
        let names = lines
            .iter()
            .map(|line| plan.lines[*line].task.who().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&now, &since.new), ["cid", "dan@acme.org"]);
    assert_eq!(names(&then, &since.gone), ["bob@acme.org", "cid"]);
    // What is struck is nobody's news.
    let mut struck = Struck::default();
    struck.group(1, true);
    assert_eq!(names(&now, &now.since(&then, &struck).new), ["cid"]);
}

#[test]
fn who_cannot_come_where_they_are_to_come_is_taken_out_of_nowhere() {
    let groups = [
        group("7", &["1 owner", "2 moderator", "3 member"]),
        group("8", &["1 owner", "4 member"]),
    ];
    let go = |who: &str| wished(who, Holds::Nothing);
    let moves = |to: muster_changes::Group| vec![known("7", vec![go("2"), go("3")]), to];
    // Nobody can be added on snip; there is no such group.
    for to in [
        known("8", vec![wished("3", Holds::Any)]),
        known("99", vec![wished("3", Holds::Any)]),
    ] {
        let plan = made(&Snip, &groups, Mode::AddMissing, moves(to));
        let stays = plan.problems.iter().find(|one| one.why == Why::Stays);
        let stays = stays.unwrap();
        assert_eq!(stays.wished, 0);
        assert_eq!(stays.who.as_ref().unwrap().person, person("3"));
        let [line] = plan.lines.as_slice() else {
            panic!("{:?}", plan.lines)
        };
        assert!(matches!(&line.task, Task::Person { person: who, .. } if *who == person("2")));
    }
    // Who is there already has arrived.
    let there = moves(known("8", vec![wished("4", Holds::Any)]));
    let plan = made(&Snip, &groups, Mode::AddMissing, there);
    assert_eq!(plan.lines.len(), 2);
    assert!(plan.problems.is_empty());
}

#[test]
fn a_group_that_was_renamed_as_wished_is_found_under_its_new_name() {
    let wish = || {
        let mut one = renamed("ops", "operations");
        one.people = People::Named(vec![wished("bob", Holds::Any)]);
        vec![one]
    };
    let before = [group("ops", &["ann admin"])];
    let plan = made(&Instabase, &before, Mode::AddMissing, wish());
    assert_eq!(plan.lines.len(), 2, "{plan:?}");
    let after = [group("operations", &["ann admin", "bob member"])];
    let plan = made(&Instabase, &after, Mode::AddMissing, wish());
    assert!(plan.is_empty(), "{plan:?}");
    // As long as it has its old name, the new one is another's.
    let both = [
        group("ops", &["ann admin"]),
        group("operations", &["bob member"]),
    ];
    let plan = made(&Instabase, &both, Mode::AddMissing, wish());
    assert!(matches!(whys(&plan)[..], [Why::NameTaken(_)]), "{plan:?}");
}
