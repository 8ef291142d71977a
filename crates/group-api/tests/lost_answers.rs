//! Writes whose answer was lost: what the reads after them prove, and what they leave open.
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
    ApiError, Backend, Exchange, Group, GroupEdit, Instabase, Members, NewGroup, Outcome, ReadBack,
    Snip,
};
use serde_json::json;

const IB: &str = "/api/v1/groups/group/eng_group";
const ONE: &str = "/api/account/groups/9";

/// Answers that leave open whether the write was done, and the error that each becomes.
fn lost() -> Vec<(Call, ApiError)> {
    let misread = |expected, status| {
        ApiError::NotUnderstood(group_api::Misread {
            expected,
            at: format!("HTTP {status}, which sends elsewhere"),
            excerpt: String::new(),
        })
    };
    let nothing = || expect("");
    vec![
        (
            nothing().fails(ApiError::NoConnection),
            ApiError::NoConnection,
        ),
        (
            nothing().fails(ApiError::TimedOut { seconds: 15 }),
            ApiError::TimedOut { seconds: 15 },
        ),
        (nothing().fails(ApiError::Cancelled), ApiError::Cancelled),
        (
            nothing().reply(502, NGINX),
            ApiError::ServerFault {
                status: 502,
                words: None,
            },
        ),
        (
            nothing().reply(302, ""),
            misread("an answer at this address", 302),
        ),
    ]
}

fn unconfirmed(cause: &ApiError, read: ReadBack) -> ApiError {
    ApiError::Unconfirmed {
        cause: Some(Box::new(cause.clone())),
        read,
    }
}

/// What the reads after a lost answer may show.
enum Proof {
    Done,
    Not,
    Open,
}
use Proof::{Done, Not, Open};

/// Runs a write whose answer is lost in every way, with these reads after it.
#[track_caller]
fn proves<T: std::fmt::Debug + PartialEq>(
    write: impl Fn() -> Exchange<T>,
    request: &Call,
    reads: &[Call],
    proof: &Proof,
) {
    for (answer, error) in lost() {
        let mut script = vec![request.clone().answered_like(&answer)];
        script.extend_from_slice(reads);
        let ran = run(write(), &script);
        match proof {
            Done => {
                ran.value();
            }
            Not => assert_eq!(ran.error(), unconfirmed(&error, ReadBack::NotShown)),
            Open => assert_eq!(ran.error(), unconfirmed(&error, ReadBack::Impossible)),
        }
    }
}

fn get() -> Call {
    expect(&format!("GET {IB}"))
}

fn list() -> Call {
    expect("GET /api/v1/groups/list")
}

fn refused() -> String {
    ib_error("Something")
}

#[test]
fn instabase_create() {
    let new = NewGroup {
        display_name: "Engineering".to_owned(),
        internal_name: "eng_group".to_owned(),
        description: "All Instabase Engineers".to_owned(),
        ..NewGroup::default()
    };
    let request = expect(&format!("POST {IB}"))
        .with(json!({"full_name": "Engineering", "description": "All Instabase Engineers"}));
    let check = |reads: &[Call], proof| {
        proves(|| Instabase.create(&new).unwrap(), &request, reads, &proof);
    };
    let ours = ib_group("eng_group", &[], &[]);
    // A group as sent, with nobody in it, is ours; it is read once more for what it is.
    check(&[get().ok(&ours), get().ok(&ours)], Done);
    // As sent, and somebody is in it, or nobody knows who is: it may be ours.
    check(&[get().ok(ib_group("eng_group", &["dru"], &[]))], Open);
    let unlisted = json!({"group": {"name": "eng_group", "full_name": "Engineering", "description": "All Instabase Engineers"}});
    check(&[get().ok(unlisted.to_string())], Open);
    // Another group.
    check(&[get().ok(ours.replace("Engineering", "Sales"))], Not);
    check(&[get().reply(404, "")], Not);
    // A refusal may mean anything: the list proves it.
    check(&[get().ok(refused()), list().ok(ib_list(&["sales"]))], Not);
    check(
        &[get().ok(refused()), list().ok(ib_list(&["eng_group"]))],
        Open,
    );
    check(&[get().ok(refused()), list().ok(refused())], Open);
    check(&[get().fails(ApiError::NoConnection)], Open);
    check(&[get().reply(401, "")], Open);
    check(&[get().ok("<html>")], Open);
}

fn known() -> Group {
    Group {
        display_name: "Engineering".to_owned(),
        description: Some("All Instabase Engineers".to_owned()),
        ..group_of("eng_group", Members::NotListed)
    }
}

#[test]
fn instabase_update() {
    let edit = GroupEdit {
        description: Some("New words".to_owned()),
        ..GroupEdit::default()
    };
    let request = expect(&format!("PATCH {IB}")).with(json!({"description": "New words"}));
    let check = |reads: &[Call], proof| {
        proves(
            || Instabase.update(&known(), &edit).unwrap(),
            &request,
            reads,
            &proof,
        );
    };
    let before = ib_group("eng_group", &[], &[]);
    let after = before.replace("All Instabase Engineers", "New words");
    check(&[get().ok(&after)], Done);
    check(&[get().ok(&before)], Not);
    check(&[get().reply(404, "")], Not);
    check(&[get().ok(refused()), list().ok(ib_list(&[]))], Not);
    check(
        &[get().ok(refused()), list().ok(ib_list(&["eng_group"]))],
        Open,
    );
    check(&[get().reply(500, "")], Open);
}

#[test]
fn instabase_rename() {
    let edit = GroupEdit {
        internal_name: Some("new_key".to_owned()),
        ..GroupEdit::default()
    };
    let request = expect(&format!("PATCH {IB}")).with(json!({"new_name": "new_key"}));
    let check = |reads: &[Call], proof| {
        proves(
            || Instabase.update(&known(), &edit).unwrap(),
            &request,
            reads,
            &proof,
        );
    };
    let new = || expect("GET /api/v1/groups/group/new_key");
    let there = ib_group("new_key", &["dru"], &[]);
    check(&[new().ok(&there), get().ok(refused())], Done);
    check(&[new().ok(&there), get().reply(404, "")], Done);
    // There was another group of that name all along, and ours still has its own.
    check(
        &[
            new().ok(&there),
            get().ok(ib_group("eng_group", &["dru"], &[])),
        ],
        Not,
    );
    check(
        &[new().ok(&there), get().fails(ApiError::NoConnection)],
        Open,
    );
    check(
        &[new().ok(refused()), list().ok(ib_list(&["eng_group"]))],
        Not,
    );
    check(
        &[new().ok(refused()), list().ok(ib_list(&["new_key"]))],
        Open,
    );
    check(&[new().fails(ApiError::TimedOut { seconds: 15 })], Open);
}

/// On a server that folds names both may be one: the old name cannot prove anything.
#[test]
fn instabase_rename_by_case_alone() {
    let edit = GroupEdit {
        internal_name: Some("Eng_Group".to_owned()),
        ..GroupEdit::default()
    };
    let request = expect(&format!("PATCH {IB}")).with(json!({"new_name": "Eng_Group"}));
    let read = || expect("GET /api/v1/groups/group/Eng_Group");
    let update = || Instabase.update(&known(), &edit).unwrap();
    proves(
        update,
        &request,
        &[read().ok(ib_group("Eng_Group", &[], &[]))],
        &Done,
    );
    proves(
        update,
        &request,
        &[read().ok(ib_group("eng_group", &[], &[]))],
        &Not,
    );
}

#[test]
fn instabase_delete() {
    let request = expect(&format!("DELETE {IB}"));
    let check = |reads: &[Call], proof| {
        proves(
            || Instabase.delete(&key("eng_group")),
            &request,
            reads,
            &proof,
        );
    };
    check(&[list().ok(ib_list(&["sales"]))], Done);
    check(&[list().ok(ib_list(&["sales", "eng_group"]))], Not);
    check(&[list().ok(refused())], Open);
    check(&[list().ok(r#"{"status":"OK","groups":[{"name":"#)], Open);
    check(&[list().ok(r#"{"status":"OK","groups":[{}]}"#)], Open);
    check(&[list().fails(ApiError::NoConnection)], Open);
    check(&[list().ok("")], Open);
}

#[test]
fn instabase_leave() {
    let me = person("gru");
    let request = expect(&format!("POST {IB}/members"))
        .with(json!({"admin": {"gru": false}, "member": {"gru": false}}));
    let check = |reads: &[Call], proof| {
        proves(
            || Instabase.leave(&key("eng_group"), Some(&me)),
            &request,
            reads,
            &proof,
        );
    };
    check(&[get().ok(ib_group("eng_group", &["dru"], &[]))], Done);
    check(&[get().ok(ib_group("eng_group", &["gru"], &[]))], Not);
    check(&[get().ok(ib_group("eng_group", &[], &["gru"]))], Not);
    check(
        &[get().ok(r#"{"status":"OK","group":{"name":"eng_group"}}"#)],
        Open,
    );
    check(&[get().fails(ApiError::NoConnection)], Open);
    check(&[get().ok(refused())], Open);
}

#[test]
fn instabase_apply() {
    let request = || {
        expect(&format!("POST {IB}/members"))
            .with(json!({"member": {"served": true, "missed": true}}))
    };
    let apply = || {
        Instabase.apply(&change(
            "eng_group",
            vec![grant("served", MEMBER), grant("missed", MEMBER)],
        ))
    };
    for (answer, error) in lost() {
        let applied = run(
            apply(),
            &[
                request().answered_like(&answer),
                get().ok(ib_group("eng_group", &[], &["served"])),
            ],
        )
        .value();
        assert_eq!(
            applied.outcomes,
            [
                (person("served"), Outcome::Done { note: None }),
                (
                    person("missed"),
                    Outcome::Unknown(ApiError::Unconfirmed {
                        cause: Some(Box::new(error.clone())),
                        read: ReadBack::NotShown,
                    })
                ),
            ]
        );
        for read in [
            get().fails(ApiError::NoConnection),
            get().ok(refused()),
            get().ok(r#"{"group":{"name":"eng_group"}}"#),
        ] {
            let applied = run(apply(), &[request().answered_like(&answer), read]).value();
            for (_, outcome) in applied.outcomes {
                assert_eq!(outcome, Outcome::Unknown(error.clone()));
            }
        }
    }
}

/// The server took it, and nobody could look: not done, not refused, not known.
#[test]
fn an_accepted_change_that_cannot_be_read_is_unknown() {
    let unknown = Outcome::Unknown(unconfirmed(&ApiError::NoConnection, ReadBack::Impossible));
    let applied = run(
        Instabase.apply(&change("eng_group", vec![grant("u", MEMBER)])),
        &[
            expect(&format!("POST {IB}/members"))
                .with(json!({"member": {"u": true}}))
                .ok(""),
            get().fails(ApiError::NoConnection),
        ],
    )
    .value();
    assert_eq!(applied.outcomes, [(person("u"), unknown.clone())]);
    let applied = run(
        Snip.apply(&change("9", vec![revoke("2", MEMBER)])),
        &[
            snip_patch().with(json!({"remove_members": [2]})).ok(""),
            snip_get().fails(ApiError::NoConnection),
        ],
    )
    .value();
    assert_eq!(applied.outcomes, [(person("2"), unknown)]);
}

/// The contract's partial failure names its people under wrong keys: without a read nobody can say
/// who was served.
#[test]
fn a_partial_failure_without_a_read_leaves_everybody_open() {
    let partial = include_str!("fixtures/instabase_partial_failure.json");
    let applied = run(
        Instabase.apply(&change(
            "eng_group",
            vec![grant("bob", MEMBER), revoke("stuart", ADMIN)],
        )),
        &[
            expect(&format!("POST {IB}/members"))
                .with(json!({"admin": {"stuart": false}, "member": {"bob": true}}))
                .ok(partial),
            get().fails(ApiError::NoConnection),
        ],
    )
    .value();
    for (_, outcome) in applied.outcomes {
        let Outcome::Unknown(ApiError::Refused(refusal)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(refusal.words, "Failed to add all members.");
        assert_eq!(refusal.people.len(), 2);
    }
}

fn snip_get() -> Call {
    expect(&format!("GET {ONE}"))
}

fn snip_patch() -> Call {
    expect(&format!("PATCH {ONE}"))
}

fn own_list() -> Call {
    expect("GET /api/account/groups")
}

fn snip(description: Option<&str>, people: &[(i64, &str)]) -> String {
    snip_group(9, "Test Group", description, people)
}

const PEOPLE: [(i64, &str); 2] = [(1, "owner"), (2, "member")];

/// Names repeat and the id was in the answer: no read can tell whether a group is the one.
#[test]
fn snip_create() {
    let new = NewGroup {
        display_name: "Test Group".to_owned(),
        description: "About it".to_owned(),
        ..NewGroup::default()
    };
    let request = expect("POST /api/account/groups").with(json!({"name": "Test Group"}));
    proves(|| Snip.create(&new).unwrap(), &request, &[], &Open);
    // An answer without the group is as good as none.
    let ran = run(Snip.create(&new).unwrap(), &[request.reply(201, "{}")]);
    let ApiError::Unconfirmed { cause, read } = ran.error() else {
        panic!("its id is unknown");
    };
    assert_eq!(read, ReadBack::Impossible);
    assert!(matches!(cause.as_deref(), Some(ApiError::NotUnderstood(_))));
}

#[test]
fn snip_update() {
    let group = run(Snip.get(&key("9")), &[snip_get().ok(snip(None, &PEOPLE))]).value();
    let edit = GroupEdit {
        display_name: Some("Renamed".to_owned()),
        description: Some("New".to_owned()),
        ..GroupEdit::default()
    };
    let request = snip_patch().with(json!({"name": "Renamed", "description": "New"}));
    let check = |reads: &[Call], proof| {
        proves(
            || Snip.update(&group, &edit).unwrap(),
            &request,
            reads,
            &proof,
        );
    };
    let half = snip(Some("New"), &PEOPLE);
    check(
        &[snip_get().ok(half.replace("Test Group", "Renamed"))],
        Done,
    );
    check(&[snip_get().ok(&half)], Not);
    check(&[snip_get().ok(snip(None, &PEOPLE))], Not);
    check(&[snip_get().reply(404, "")], Open);
    check(&[snip_get().fails(ApiError::NoConnection)], Open);
}

#[test]
fn snip_delete_and_leave() {
    let other = snip_group(10, "Test Group", None, &PEOPLE);
    let ours = snip(None, &PEOPLE);
    let delete = expect(&format!("DELETE {ONE}"));
    let leave = expect(&format!("POST {ONE}/leave"));
    let check = |reads: &[Call], proof: Proof| {
        proves(|| Snip.delete(&key("9")), &delete, reads, &proof);
        proves(|| Snip.leave(&key("9"), None), &leave, reads, &proof);
    };
    check(
        &[own_list().ok(snip_list(std::slice::from_ref(&other)))],
        Done,
    );
    check(&[own_list().ok(snip_list(&[other, ours]))], Not);
    check(&[own_list().fails(ApiError::NoConnection)], Open);
    check(&[own_list().ok("[{\"id\":10},")], Open);
    check(&[own_list().ok("[{\"name\":\"no id\"}]")], Open);
    check(&[own_list().reply(401, "")], Open);
}

#[test]
fn snip_transfer() {
    let request = snip_patch().with(json!({"transfer_ownership": 2}));
    let check = |reads: &[Call], proof| {
        proves(
            || Snip.transfer(&key("9"), &person("2")),
            &request,
            reads,
            &proof,
        );
    };
    check(
        &[snip_get().ok(snip(None, &[(1, "member"), (2, "owner")]))],
        Done,
    );
    check(&[snip_get().ok(snip(None, &PEOPLE))], Not);
    check(&[snip_get().ok(snip(None, &[(1, "owner")]))], Not);
    check(&[snip_get().ok(r#"{"id":9}"#)], Open);
    check(&[snip_get().reply(404, "")], Open);
    check(&[snip_get().fails(ApiError::NoConnection)], Open);
}

#[test]
fn snip_apply() {
    let request = || {
        snip_patch().with(json!({
            "update_member_roles": [{"user_id": 2, "role": "moderator"}],
            "remove_members": [3],
        }))
    };
    let people = [(1, "owner"), (2, "member"), (3, "member")];
    let before = || snip_get().ok(snip(None, &people));
    let apply = || {
        Snip.apply(&change(
            "9",
            vec![change_role("2", MEMBER, MODERATOR), revoke("3", MEMBER)],
        ))
    };
    for (answer, error) in lost() {
        let applied = run(
            apply(),
            &[
                before(),
                request().answered_like(&answer),
                snip_get().ok(snip(None, &[(1, "owner"), (2, "moderator"), (3, "member")])),
            ],
        )
        .value();
        assert_eq!(
            applied.outcomes,
            [
                (person("2"), Outcome::Done { note: None }),
                (
                    person("3"),
                    Outcome::Unknown(ApiError::Unconfirmed {
                        cause: Some(Box::new(error.clone())),
                        read: ReadBack::NotShown,
                    })
                ),
            ]
        );
        let applied = run(
            apply(),
            &[
                before(),
                request().answered_like(&answer),
                snip_get().reply(503, ""),
            ],
        )
        .value();
        assert_eq!(applied.group, None);
        for (_, outcome) in applied.outcomes {
            assert_eq!(outcome, Outcome::Unknown(error.clone()));
        }
    }
}

/// What was held back or refused was not done, and no read is needed to say so.
#[test]
fn what_was_surely_not_done_is_not_looked_for() {
    for error in [
        ApiError::LookOnly,
        ApiError::NotSignedIn(None),
        ApiError::NotPermitted(None),
        ApiError::Conflict(None),
        ApiError::RateLimited { retry_after: None },
    ] {
        let delete = run(
            Instabase.delete(&key("eng_group")),
            &[expect(&format!("DELETE {IB}")).fails(error.clone())],
        );
        assert_eq!(delete.error(), error);
        let transfer = run(
            Snip.transfer(&key("9"), &person("2")),
            &[snip_patch()
                .with(json!({"transfer_ownership": 2}))
                .fails(error.clone())],
        );
        assert_eq!(transfer.error(), error);
    }
}
