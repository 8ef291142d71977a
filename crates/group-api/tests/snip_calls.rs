//! Every call of snip's contract: the request line and body that go out, and what comes back.
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
    ApiError, Backend, Field, Group, GroupEdit, ListAsk, ListEnd, NewGroup, Outcome, Presence,
    ReadBack, Refusal, Role, Roles, Snip, UndoneStep,
};
use serde_json::json;

const NO_ADD: &str = "People cannot be added on snip through its API: there is no call for it. Invite them in snip itself.";
const ONE: &str = "/api/account/groups/9";

fn get() -> Call {
    expect(&format!("GET {ONE}"))
}

fn patch() -> Call {
    expect(&format!("PATCH {ONE}"))
}

fn list() -> Call {
    expect("GET /api/account/groups")
}

fn snip(description: Option<&str>) -> String {
    snip_group(9, "Test Group", description, &[(1, "owner"), (2, "member")])
}

fn known(description: Option<&str>) -> Group {
    run(Snip.get(&key("9")), &[get().ok(snip(description))]).value()
}

fn not_shown(cause: Option<ApiError>) -> ApiError {
    ApiError::Unconfirmed {
        cause: cause.map(Box::new),
        read: ReadBack::NotShown,
    }
}

#[test]
fn every_list_is_the_one_list_without_a_query() {
    for ask in [
        ListAsk::Plain,
        ListAsk::WithMembers,
        ListAsk::OfPerson(person("1")),
    ] {
        let ran = run(Snip.list(&ask), &[list().ok(snip_list(&[snip(None)]))]);
        assert_eq!(ran.sink.groups, [known(None)]);
        assert_eq!(
            ran.value(),
            ListEnd {
                elements: 1,
                unreadable: 0,
                etag: None,
            }
        );
    }
}

#[test]
fn create_without_a_description_is_one_call() {
    let new = NewGroup {
        display_name: "Test Group".to_owned(),
        // These are not snip's: they stay here.
        internal_name: "test_group".to_owned(),
        photo: "https://photo.jpg".to_owned(),
        add_admin: Some(person("2")),
        description: String::new(),
    };
    let ran = run(
        Snip.create(&new).unwrap(),
        &[expect("POST /api/account/groups")
            .with(json!({"name": "Test Group"}))
            .reply(201, snip(None))],
    );
    assert_eq!(ran.value(), known(None));
}

fn described() -> NewGroup {
    NewGroup {
        display_name: "Test Group".to_owned(),
        description: "About it".to_owned(),
        ..NewGroup::default()
    }
}

fn post() -> Call {
    expect("POST /api/account/groups").with(json!({"name": "Test Group"}))
}

#[test]
fn create_with_a_description_is_two_calls_and_a_read() {
    let ran = run(
        Snip.create(&described()).unwrap(),
        &[
            post().ok(snip(None)),
            patch().with(json!({"description": "About it"})).ok("null"),
            get().ok(snip(Some("About it"))),
        ],
    );
    assert_eq!(ran.value(), known(Some("About it")));
}

#[test]
fn a_group_that_is_made_without_its_description_says_both() {
    let (made, undone) = run(
        Snip.create(&described()).unwrap(),
        &[
            post().ok(snip(None)),
            patch()
                .with(json!({"description": "About it"}))
                .reply(400, r#"{"message":"Too long","details":"description"}"#),
        ],
    )
    .partly();
    assert_eq!(made, known(None));
    assert_eq!(undone.len(), 1);
    assert_eq!(undone[0].step, UndoneStep::Describe);
    assert_eq!(
        undone[0].why,
        ApiError::Refused(Refusal {
            words: "Too long (description)".to_owned(),
            people: vec![]
        })
    );

    let (made, undone) = run(
        Snip.create(&described()).unwrap(),
        &[
            post().ok(snip(None)),
            patch()
                .with(json!({"description": "About it"}))
                .reply(204, ""),
            get().ok(snip(None)),
        ],
    )
    .partly();
    assert_eq!(made, known(None));
    assert_eq!(undone[0].step, UndoneStep::FieldAsSent(Field::Description));
}

/// Here 403 is about the right to make groups, and there is nothing yet that could be gone.
#[test]
fn a_refused_creation_is_not_a_missing_group() {
    let ran = run(
        Snip.create(&described()).unwrap(),
        &[post().reply(403, r#"{"message":"Not for guests"}"#)],
    );
    assert_eq!(
        ran.error(),
        ApiError::NotPermitted(Some("Not for guests".to_owned()))
    );
}

#[test]
fn names_that_break_the_rules_are_never_sent() {
    let new = NewGroup {
        display_name: "ab".to_owned(),
        ..NewGroup::default()
    };
    let faults = Snip.create(&new).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].field, Field::DisplayName);
    assert_eq!(faults[0].why, "Use at least 3 characters; this has 2.");
    let edit = GroupEdit {
        display_name: Some("x".repeat(256)),
        ..GroupEdit::default()
    };
    let faults = Snip.update(&known(None), &edit).unwrap_err();
    assert_eq!(faults[0].why, "Use at most 255 characters; this has 256.");
}

#[test]
fn get_takes_403_and_404_both_as_gone_or_not_yours() {
    for status in [403, 404] {
        let ran = run(
            Snip.get(&key("9")),
            &[get().reply(status, r#"{"message":"No"}"#)],
        );
        assert_eq!(ran.error(), ApiError::NotFound(Some("No".to_owned())));
    }
}

#[test]
fn modify_sends_only_what_changes() {
    let text = |s: &str| Some(s.to_owned());
    for (edit, body, after) in [
        (
            GroupEdit {
                display_name: text("Renamed"),
                ..GroupEdit::default()
            },
            json!({"name": "Renamed"}),
            snip_group(9, "Renamed", Some("Old"), &[(1, "owner"), (2, "member")]),
        ),
        (
            GroupEdit {
                description: text("New"),
                ..GroupEdit::default()
            },
            json!({"description": "New"}),
            snip(Some("New")),
        ),
        (
            GroupEdit {
                description: text(""),
                ..GroupEdit::default()
            },
            json!({"description": ""}),
            snip(None),
        ),
        (
            GroupEdit {
                display_name: text("Renamed"),
                description: text("New"),
                internal_name: text("not_snips"),
                photo: text("https://not.snips"),
            },
            json!({"name": "Renamed", "description": "New"}),
            snip_group(9, "Renamed", Some("New"), &[(1, "owner"), (2, "member")]),
        ),
    ] {
        let expected = run(Snip.get(&key("9")), &[get().ok(&after)]).value();
        let ran = run(
            Snip.update(&known(Some("Old")), &edit).unwrap(),
            // The body of the answer is not to be relied on.
            &[patch().with(body).ok(snip(Some("stale"))), get().ok(&after)],
        );
        assert_eq!(ran.value(), expected);
    }
    let ran = run(
        Snip.update(&known(None), &GroupEdit::default()).unwrap(),
        &[get().ok(snip(None))],
    );
    assert_eq!(ran.value(), known(None));
}

#[test]
fn roles_and_removals_go_in_one_call_after_a_read() {
    let people = [(1, "owner"), (2, "member"), (3, "moderator"), (4, "member")];
    let applied = run(
        Snip.apply(&change(
            "9",
            vec![
                change_role("2", MEMBER, MODERATOR),
                change_role("3", MODERATOR, MEMBER),
                revoke("4", MEMBER),
            ],
        )),
        &[
            get().ok(snip_group(9, "Test Group", None, &people)),
            patch()
                .with(json!({
                    "update_member_roles": [
                        {"user_id": 2, "role": "moderator"},
                        {"user_id": 3, "role": "member"},
                    ],
                    "remove_members": [4],
                }))
                .ok(""),
            get().ok(snip_group(
                9,
                "Test Group",
                None,
                &[(1, "owner"), (2, "moderator"), (3, "member")],
            )),
        ],
    )
    .value();
    let done = || Outcome::Done { note: None };
    assert_eq!(
        applied.outcomes,
        [
            (person("2"), done()),
            (person("3"), done()),
            (person("4"), done())
        ]
    );
    assert_eq!(
        roster(&applied.group.unwrap()),
        ["1: owner", "2: moderator", "3: member"]
    );
}

#[test]
fn removals_alone_are_sent_at_once() {
    let applied = run(
        Snip.apply(&change("9", vec![revoke("2", MEMBER)])),
        &[
            patch().with(json!({"remove_members": [2]})).reply(204, ""),
            get().ok(snip(None)),
        ],
    )
    .value();
    assert_eq!(applied.outcomes, [(person("2"), Outcome::NotShown)]);
}

/// A removal takes the person out, whatever they hold: another role is not "removed".
#[test]
fn a_removal_is_done_only_when_the_person_is_out() {
    let applied = run(
        Snip.apply(&change("9", vec![revoke("2", MEMBER)])),
        &[
            patch().with(json!({"remove_members": [2]})).ok(""),
            get().ok(snip_group(
                9,
                "Test Group",
                None,
                &[(1, "owner"), (2, "moderator")],
            )),
        ],
    )
    .value();
    assert_eq!(applied.outcomes, [(person("2"), Outcome::NotShown)]);
}

#[test]
fn an_overtaken_role_change_is_not_sent() {
    let applied = run(
        Snip.apply(&change(
            "9",
            vec![
                change_role("2", MODERATOR, MEMBER),
                change_role("7", MEMBER, MODERATOR),
            ],
        )),
        &[get().ok(snip(None))],
    )
    .value();
    assert_eq!(
        applied.outcomes,
        [
            (
                person("2"),
                Outcome::Overtaken {
                    now: Roles::one(MEMBER)
                }
            ),
            (person("7"), Outcome::Overtaken { now: Roles::none() }),
        ]
    );
    assert_eq!(applied.group, Some(known(None)));
}

#[test]
fn a_change_is_not_sent_when_the_read_before_it_fails_or_lists_nobody() {
    let apply = || Snip.apply(&change("9", vec![change_role("2", MEMBER, MODERATOR)]));
    let gone = run(apply(), &[get().reply(404, "")]);
    assert_eq!(gone.error(), ApiError::NotFound(None));
    let unlisted = run(apply(), &[get().ok(r#"{"id":9,"name":"Test Group"}"#)]);
    let ApiError::NotUnderstood(misread) = unlisted.error() else {
        panic!("nobody knows what 2 holds");
    };
    assert_eq!(misread.expected, "a group with its people");
}

#[test]
fn what_snip_has_no_call_for_is_refused_here() {
    let applied = run(
        Snip.apply(&change(
            "9",
            vec![
                grant("5", MEMBER),
                restore("6", MEMBER),
                change_role("2", MEMBER, OWNER),
                change_role("2", MEMBER, Role::known("guest")),
                revoke("gru", MEMBER),
            ],
        )),
        &[],
    )
    .value();
    let refused = |words: &str| Outcome::Refused {
        words: words.to_owned(),
    };
    let words: Vec<_> = applied.outcomes.into_iter().map(|(_, o)| o).collect();
    assert_eq!(
        words,
        [
            refused(NO_ADD),
            refused(NO_ADD),
            refused("The owner's role moves only by transfer of ownership."),
            refused("snip has no such role, so nothing was sent."),
            refused("This member has no number that snip could be told."),
        ]
    );
    assert_eq!(applied.group, None);
}

#[test]
fn refused_and_served_people_stand_in_the_order_of_the_change() {
    let applied = run(
        Snip.apply(&change(
            "9",
            vec![revoke("2", MEMBER), grant("5", MEMBER), revoke("3", MEMBER)],
        )),
        &[
            patch()
                .with(json!({"remove_members": [2, 3]}))
                .reply(403, r#"{"message":"Only the owner removes members"}"#),
            get().ok(snip(None)),
        ],
    )
    .value();
    assert_eq!(
        applied.outcomes,
        [
            (
                person("2"),
                Outcome::Refused {
                    words: "Only the owner removes members".to_owned()
                }
            ),
            (
                person("5"),
                Outcome::Refused {
                    words: NO_ADD.to_owned()
                }
            ),
            (person("3"), Outcome::Done { note: None }),
        ]
    );
}

#[test]
fn a_refused_token_or_a_pause_is_the_answer_to_the_whole_change() {
    let apply = || Snip.apply(&change("9", vec![revoke("2", MEMBER)]));
    let call = || patch().with(json!({"remove_members": [2]}));
    assert_eq!(
        run(apply(), &[call().reply(401, r#"{"message":"Bad token"}"#)]).error(),
        ApiError::NotSignedIn(Some("Bad token".to_owned()))
    );
    assert_eq!(
        run(apply(), &[call().reply(429, "")]).error(),
        ApiError::RateLimited { retry_after: None }
    );
}

#[test]
fn transfer_is_proved_by_the_read() {
    let transfer = || Snip.transfer(&key("9"), &person("2"));
    let call = || patch().with(json!({"transfer_ownership": 2}));
    let group = run(
        transfer(),
        &[
            call().ok(""),
            get().ok(snip_group(
                9,
                "Test Group",
                None,
                &[(1, "moderator"), (2, "owner")],
            )),
        ],
    )
    .value();
    assert_eq!(roster(&group), ["1: moderator", "2: owner"]);
    let ran = run(transfer(), &[call().ok(""), get().ok(snip(None))]);
    assert_eq!(ran.error(), not_shown(None));
    let ran = run(
        transfer(),
        &[call().reply(403, r#"{"message":"Only the owner"}"#)],
    );
    assert_eq!(
        ran.error(),
        ApiError::NotPermitted(Some("Only the owner".to_owned()))
    );
    // Somebody else's number cannot be made up.
    let ran = run(Snip.transfer(&key("9"), &person("gru")), &[]);
    assert_eq!(
        ran.error(),
        ApiError::Unsupported("This member has no number that snip could be told.")
    );
}

#[test]
fn a_transfer_read_back_without_people_proves_nothing() {
    let ran = run(
        Snip.transfer(&key("9"), &person("2")),
        &[
            patch().with(json!({"transfer_ownership": 2})).ok(""),
            get().ok(r#"{"id":9,"name":"Test Group"}"#),
        ],
    );
    assert_eq!(
        ran.error(),
        ApiError::Unconfirmed {
            cause: None,
            read: ReadBack::Impossible
        }
    );
}

#[test]
fn delete_and_leave_are_proved_by_the_list() {
    let other = snip_group(10, "Test Group", None, &[(1, "owner")]);
    let delete = || expect(&format!("DELETE {ONE}"));
    let leave = || expect(&format!("POST {ONE}/leave"));
    for (exchange, call) in [
        (Snip.delete(&key("9")), delete()),
        (Snip.leave(&key("9"), None), leave()),
    ] {
        run(
            exchange,
            &[
                call.reply(204, ""),
                list().ok(snip_list(std::slice::from_ref(&other))),
            ],
        )
        .value();
    }
    let both = snip_list(&[other, snip(None)]);
    for (exchange, call) in [
        (Snip.delete(&key("9")), delete()),
        (Snip.leave(&key("9"), Some(&person("1"))), leave()),
    ] {
        let ran = run(exchange, &[call.ok("{}"), list().ok(&both)]);
        assert_eq!(ran.error(), not_shown(None));
    }
    let ran = run(
        Snip.leave(&key("9"), None),
        &[leave().reply(400, r#"{"message":"Transfer it first"}"#)],
    );
    assert_eq!(
        ran.error().to_string(),
        "The server refused this. It says: “Transfer it first”"
    );
    let ((), undone) = run(
        Snip.delete(&key("9")),
        &[delete().ok(""), list().reply(500, "")],
    )
    .partly();
    assert_eq!(undone[0].step, UndoneStep::ReadAgain);
    assert_eq!(
        undone[0].why,
        ApiError::ServerFault {
            status: 500,
            words: None
        }
    );
}

#[test]
fn presence_is_proved_by_the_whole_list() {
    let ask = |id: &str| Snip.presence(&key(id));
    let body = snip_list(&[snip(None)]);
    assert_eq!(run(ask("9"), &[list().ok(&body)]).value(), Presence::There);
    assert_eq!(run(ask("1"), &[list().ok(&body)]).value(), Presence::Gone);
    let bad = r#"[{"id":9,"members":7}]"#;
    assert_eq!(run(ask("9"), &[list().ok(bad)]).value(), Presence::There);
    let ApiError::NotUnderstood(_) = run(ask("9"), &[list().ok("[{},{}]")]).error() else {
        panic!("either may be the one");
    };
}
