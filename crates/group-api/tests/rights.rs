//! What I may do here, and the steps that ask for a second look.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use common::*;
use group_api::{
    Action, Allowed, Backend, Group, Guard, Instabase, MemberKind, Members, PersonChange, Role,
    Roles, Snip, guards,
};

fn actions(other: &str) -> [Action; 7] {
    [
        Action::Edit,
        Action::Delete,
        Action::Add,
        Action::Remove(person(other)),
        Action::ChangeRole(person(other)),
        Action::Leave,
        Action::Transfer,
    ]
}

/// One letter an action, in the order of [`actions`]: yes, no, ask the server.
fn rights(backend: &dyn Backend, me: Option<&str>, group: &Group) -> String {
    let me = me.map(person);
    actions("4")
        .iter()
        .map(|action| match backend.allowed(me.as_ref(), group, action) {
            Allowed::Yes => 'y',
            Allowed::No(why) => {
                assert!(why.ends_with('.') && why.len() > 15, "{why}");
                'n'
            }
            Allowed::AskServer => '?',
        })
        .collect()
}

fn ib() -> Group {
    group_of(
        "eng_group",
        Members::Listed(vec![
            member("1", &[ADMIN]),
            member("2", &[ADMIN, MEMBER]),
            member("3", &[MEMBER]),
            member("4", &[MEMBER]),
        ]),
    )
}

#[test]
fn on_instabase_only_admins_are_sure_of_their_rights() {
    for (who, me, expected) in [
        ("an admin", Some("1"), "yyyyyyn"),
        ("an admin who is a member too", Some("2"), "yyyyyyn"),
        // A site admin may be a plain member: the server knows.
        ("a member", Some("3"), "??????n"),
        ("an outsider", Some("9"), "?????nn"),
        ("nobody known", None, "?????nn"),
    ] {
        assert_eq!(rights(&Instabase, me, &ib()), expected, "{who}");
    }
    let unlisted = group_of("eng_group", Members::NotListed);
    assert_eq!(rights(&Instabase, Some("1"), &unlisted), "??????n");
    assert_eq!(rights(&Instabase, None, &unlisted), "?????nn");
}

#[test]
fn instabase_says_why_not() {
    let why = |me: Option<&str>, action| {
        let me = me.map(person);
        let allowed = Instabase.allowed(me.as_ref(), &ib(), &action);
        allowed.reason().unwrap().to_owned()
    };
    assert_eq!(
        why(None, Action::Leave),
        "Say who you are first: this connection has no username, and Instabase does not tell."
    );
    assert_eq!(why(Some("9"), Action::Leave), "You are not in this group.");
    assert_eq!(
        why(Some("1"), Action::Transfer),
        "Instabase has no owner to hand a group over: make somebody an admin instead."
    );
}

/// Only users are documented for the membership call.
#[test]
fn what_is_no_user_is_shown_and_not_changed() {
    let mut group = ib();
    if let Members::Listed(members) = &mut group.members {
        members[3].kind = MemberKind::Other("group".to_owned());
    }
    assert_eq!(rights(&Instabase, Some("1"), &group), "yyynnyn");
    assert_eq!(
        Instabase
            .allowed(Some(&person("1")), &group, &Action::Remove(person("4")))
            .reason(),
        Some("This is no user but a “group”: Instabase's API changes the roles of users alone.")
    );
}

/// A snip group as its reply marks me, if it does.
fn snip(me: Option<usize>) -> Group {
    let mut members = vec![
        member("1", &[OWNER]),
        member("2", &[MODERATOR]),
        member("3", &[MEMBER]),
        member("4", &[MEMBER]),
    ];
    if let Some(me) = me {
        members[me].is_self = true;
    }
    group_of("9", Members::Listed(members))
}

#[test]
fn on_snip_the_owner_may_and_the_others_ask() {
    for (who, me, expected) in [
        ("the owner", Some(0), "yynyyny"),
        ("a moderator", Some(1), "??n??yn"),
        ("a member", Some(2), "??n??yn"),
        ("somebody not marked", None, "??n????"),
    ] {
        assert_eq!(rights(&Snip, None, &snip(me)), expected, "{who}");
    }
    let unlisted = group_of("9", Members::NotListed);
    assert_eq!(rights(&Snip, None, &unlisted), "??n????");
}

#[test]
fn nobody_takes_the_owner_out_or_leaves_as_owner() {
    for me in 0..3 {
        for action in [Action::Remove(person("1")), Action::ChangeRole(person("1"))] {
            assert_eq!(
                Snip.allowed(None, &snip(Some(me)), &action).reason(),
                Some("The owner's role moves only by transfer of ownership.")
            );
        }
    }
    assert_eq!(
        Snip.allowed(None, &snip(Some(0)), &Action::Leave).reason(),
        Some("You own this group: transfer it first, then leave.")
    );
    assert_eq!(
        Snip.allowed(None, &snip(Some(2)), &Action::Transfer)
            .reason(),
        Some("Only the owner can transfer a group.")
    );
}

fn guarded(
    backend: &dyn Backend,
    me: Option<&str>,
    group: &Group,
    steps: Vec<group_api::PersonStep>,
) -> Vec<Guard> {
    let me = me.map(person);
    guards(
        backend.capabilities(),
        me.as_ref(),
        group,
        &change(group.key.as_str(), steps),
    )
}

fn take(who: &str, roles: &[Role]) -> group_api::PersonStep {
    step(who, PersonChange::Revoke(roles.iter().cloned().collect()))
}

fn turn(who: &str, from: &[Role], to: Role) -> group_api::PersonStep {
    step(
        who,
        PersonChange::Change {
            from: from.iter().cloned().collect(),
            to,
        },
    )
}

#[test]
fn guards_on_instabase() {
    use Guard::{DemotesMe, RemovesMe, TakesLastLead};
    let both = [ADMIN, MEMBER];
    let ib = ib();
    let sole = group_of(
        "sole",
        Members::Listed(vec![member("1", &[ADMIN]), member("3", &[MEMBER])]),
    );
    let of_both = group_of("of_both", Members::Listed(vec![member("2", &both)]));
    for (what, group, me, steps, expected) in [
        ("others", &ib, Some("1"), vec![take("3", &[MEMBER])], vec![]),
        (
            "myself",
            &ib,
            Some("1"),
            vec![take("1", &[ADMIN])],
            vec![RemovesMe],
        ),
        (
            "myself as a member",
            &ib,
            Some("3"),
            vec![take("3", &[MEMBER])],
            vec![RemovesMe],
        ),
        (
            "nobody known to be me",
            &ib,
            None,
            vec![take("1", &[ADMIN])],
            vec![],
        ),
        (
            "my rank",
            &ib,
            Some("1"),
            vec![turn("1", &[ADMIN], MEMBER)],
            vec![DemotesMe],
        ),
        (
            "another's rank",
            &ib,
            Some("1"),
            vec![turn("2", &both, MEMBER)],
            vec![],
        ),
        (
            "my own rise",
            &ib,
            Some("3"),
            vec![turn("3", &[MEMBER], ADMIN)],
            vec![],
        ),
        (
            "both roles to the lower",
            &ib,
            Some("2"),
            vec![turn("2", &both, MEMBER)],
            vec![DemotesMe],
        ),
        (
            "both roles to the higher",
            &ib,
            Some("2"),
            vec![turn("2", &both, ADMIN)],
            vec![],
        ),
        (
            "both my roles",
            &ib,
            Some("2"),
            vec![take("2", &both)],
            vec![RemovesMe],
        ),
        (
            "the higher of my two roles",
            &ib,
            Some("2"),
            vec![take("2", &[ADMIN])],
            vec![DemotesMe],
        ),
        (
            "the lower of my two roles",
            &ib,
            Some("2"),
            vec![take("2", &[MEMBER])],
            vec![],
        ),
        (
            "the last admin",
            &sole,
            Some("3"),
            vec![take("1", &[ADMIN])],
            vec![TakesLastLead],
        ),
        (
            "the last admin's role",
            &sole,
            None,
            vec![turn("1", &[ADMIN], MEMBER)],
            vec![TakesLastLead],
        ),
        (
            "me, the last admin",
            &sole,
            Some("1"),
            vec![take("1", &[ADMIN])],
            vec![RemovesMe, TakesLastLead],
        ),
        (
            "my role, the last admin's",
            &sole,
            Some("1"),
            vec![turn("1", &[ADMIN], MEMBER)],
            vec![DemotesMe, TakesLastLead],
        ),
        (
            "two admins at once",
            &ib,
            None,
            vec![take("1", &[ADMIN]), take("2", &both)],
            vec![TakesLastLead],
        ),
        (
            "two admins, one by each way",
            &ib,
            None,
            vec![turn("1", &[ADMIN], MEMBER), take("2", &[ADMIN])],
            vec![TakesLastLead],
        ),
        (
            "one of two admins",
            &ib,
            None,
            vec![take("2", &both)],
            vec![],
        ),
        (
            "the last admin with another in place",
            &sole,
            None,
            vec![take("1", &[ADMIN]), grant("8", ADMIN)],
            vec![],
        ),
        (
            "the last admin with a member raised",
            &sole,
            None,
            vec![take("1", &[ADMIN]), turn("3", &[MEMBER], ADMIN)],
            vec![],
        ),
        (
            "the last admin with one brought back",
            &sole,
            None,
            vec![take("1", &[ADMIN]), restore("8", ADMIN)],
            vec![],
        ),
        (
            "the last admin with a member added",
            &sole,
            None,
            vec![take("1", &[ADMIN]), grant("8", MEMBER)],
            vec![TakesLastLead],
        ),
        (
            "a person of both roles, who is the last",
            &of_both,
            None,
            vec![take("2", &[ADMIN])],
            vec![TakesLastLead],
        ),
        (
            "her lower role alone",
            &of_both,
            None,
            vec![take("2", &[MEMBER])],
            vec![],
        ),
        (
            "somebody who is not there",
            &sole,
            Some("9"),
            vec![take("9", &[ADMIN])],
            vec![],
        ),
        (
            "a grant to myself",
            &ib,
            Some("3"),
            vec![grant("3", ADMIN)],
            vec![],
        ),
    ] {
        assert_eq!(guarded(&Instabase, me, group, steps), expected, "{what}");
    }
}

#[test]
fn guards_on_snip() {
    use Guard::{DemotesMe, RemovesMe, TakesLastLead};
    for (what, me, steps, expected) in [
        ("others", 1, vec![take("3", &[MEMBER])], vec![]),
        ("myself", 1, vec![take("2", &[MODERATOR])], vec![RemovesMe]),
        // A removal takes out whoever it names, whatever role was shown.
        (
            "myself by an old role",
            1,
            vec![take("2", &[MEMBER])],
            vec![RemovesMe],
        ),
        (
            "my rank",
            1,
            vec![turn("2", &[MODERATOR], MEMBER)],
            vec![DemotesMe],
        ),
        ("my rise", 2, vec![turn("3", &[MEMBER], MODERATOR)], vec![]),
        (
            "the owner",
            1,
            vec![take("1", &[OWNER])],
            vec![TakesLastLead],
        ),
        (
            "me, the owner",
            0,
            vec![turn("1", &[OWNER], MODERATOR)],
            vec![DemotesMe, TakesLastLead],
        ),
    ] {
        assert_eq!(
            guarded(&Snip, None, &snip(Some(me)), steps),
            expected,
            "{what}"
        );
    }
}

#[test]
fn a_group_without_a_lead_or_a_list_has_none_to_lose() {
    let leaderless = group_of("g", Members::Listed(vec![member("3", &[MEMBER])]));
    let unlisted = group_of("g", Members::NotListed);
    for group in [leaderless, unlisted] {
        let found = guarded(&Instabase, None, &group, vec![take("3", &[MEMBER])]);
        assert_eq!(found, []);
    }
}

/// Better asked once too often.
#[test]
fn a_role_that_nobody_ranked_may_be_higher_or_lower() {
    let odd = Role::from_wire("auditor");
    let mut me = member("5", std::slice::from_ref(&odd));
    me.is_self = true;
    let group = group_of("9", Members::Listed(vec![member("1", &[OWNER]), me]));
    let from_odd = vec![turn("5", std::slice::from_ref(&odd), MEMBER)];
    assert_eq!(guarded(&Snip, None, &group, from_odd), [Guard::DemotesMe]);
    let to_odd = vec![turn("2", &[MODERATOR], odd)];
    assert_eq!(
        guarded(&Snip, None, &snip(Some(1)), to_odd),
        [Guard::DemotesMe]
    );
}

#[test]
fn a_step_taken_back_is_its_opposite() {
    let both: Roles = [ADMIN, MEMBER].into_iter().collect();
    for (step, back) in [
        (
            PersonChange::Grant(ADMIN),
            Some(PersonChange::Revoke(Roles::one(ADMIN))),
        ),
        (
            PersonChange::Revoke(both.clone()),
            Some(PersonChange::Restore(both.clone())),
        ),
        (
            PersonChange::Restore(both.clone()),
            Some(PersonChange::Revoke(both.clone())),
        ),
        (
            PersonChange::Change {
                from: Roles::one(MEMBER),
                to: ADMIN,
            },
            Some(PersonChange::Change {
                from: Roles::one(ADMIN),
                to: MEMBER,
            }),
        ),
        (
            PersonChange::Change {
                from: Roles::none(),
                to: ADMIN,
            },
            None,
        ),
    ] {
        assert_eq!(step.reversed(), back);
    }
}

/// What each system can do at all, as the contracts and `honest.md` have it.
#[test]
fn capabilities_of_both() {
    let words = |backend: &dyn Backend| {
        let c = backend.capabilities();
        let roles: Vec<_> = c
            .roles
            .iter()
            .map(|r| (r.role.as_str(), r.assignable))
            .collect();
        let can =
            [c.add, c.leave, c.transfer, c.times, c.plain_list].map(group_api::Support::is_yes);
        (roles, can, c.fields.len())
    };
    assert_eq!(
        words(&Instabase),
        (
            vec![("admin", true), ("member", true)],
            [true, true, false, false, true],
            4
        )
    );
    assert_eq!(
        words(&Snip),
        (
            vec![("owner", false), ("moderator", true), ("member", true)],
            [false, true, true, true, false],
            2
        )
    );
    let assignable: Vec<_> = Snip.capabilities().assignable().map(|r| r.label).collect();
    assert_eq!(assignable, ["Moderator", "Member"]);
    assert_eq!(Snip.capabilities().lead().unwrap().role, OWNER);
    assert_eq!(Instabase.capabilities().lead().unwrap().role, ADMIN);
}
