//! The documents that the contracts were drawn from, as fixtures: Instabase's JSON as printed, snip's
//! Python values transcribed by the contract's form of dates; every field is mapped.
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
    Backend, Email, Group, GroupEdit, Instabase, ListAsk, ListEnd, Member, MemberKind, Members,
    NewGroup, Outcome, Roles, Snip, Timestamp,
};
use serde_json::Value;

const IB_GET: &str = include_str!("fixtures/instabase_get.json");
const IB_LIST: &str = include_str!("fixtures/instabase_list.json");
const IB_PARTIAL: &str = include_str!("fixtures/instabase_partial_failure.json");
const IB_CREATE: &str = include_str!("fixtures/instabase_create_request.json");
const IB_UPDATE: &str = include_str!("fixtures/instabase_update_request.json");
const IB_MEMBERSHIP: &str = include_str!("fixtures/instabase_membership_request.json");
const SNIP_LIST: &str = include_str!("fixtures/snip_list.json");
const SNIP_CREATE: &str = include_str!("fixtures/snip_create.json");
const SNIP_GET: &str = include_str!("fixtures/snip_get.json");
const SNIP_MODIFY: &str = include_str!("fixtures/snip_modify.json");

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn eng_group() -> Group {
    Group {
        key: key("eng_group"),
        display_name: "Engineering".to_owned(),
        description: Some("All Instabase Engineers".to_owned()),
        photo: Some("https://photo.jpg".to_owned()),
        created: None,
        updated: None,
        members: Members::Listed(vec![
            member("admin", &[ADMIN]),
            member("alice", &[MEMBER]),
            member("bob", &[MEMBER]),
        ]),
    }
}

#[test]
fn instabase_get_sample() {
    let ran = run(
        Instabase.get(&key("eng_group")),
        &[expect("GET /api/v1/groups/group/eng_group").ok(IB_GET)],
    );
    assert_eq!(ran.value(), eng_group());
}

#[test]
fn instabase_list_sample() {
    let ran = run(
        Instabase.list(&ListAsk::WithMembers),
        &[expect("GET /api/v1/groups/list?get_members=true").ok(IB_LIST)],
    );
    let eng = Group {
        description: Some("Instabase Engineers".to_owned()),
        members: Members::Listed(vec![
            member("dru", &[ADMIN]),
            member("fred", &[MEMBER]),
            member("bob", &[MEMBER]),
        ]),
        ..eng_group()
    };
    let sales = Group {
        key: key("sales_group"),
        display_name: "Sales".to_owned(),
        description: Some("Instabase Sales".to_owned()),
        members: Members::Listed(vec![
            member("gru", &[ADMIN]),
            member("stuart", &[MEMBER]),
            member("bob", &[MEMBER]),
        ]),
        ..eng_group()
    };
    assert_eq!(ran.sink.groups, [eng, sales]);
    assert_eq!(ran.sink.unreadable, []);
    assert_eq!(
        ran.value(),
        ListEnd {
            elements: 2,
            unreadable: 0,
            etag: None,
        }
    );
}

#[test]
fn instabase_create_sample() {
    let new = NewGroup {
        display_name: "Engineering".to_owned(),
        internal_name: "eng_group".to_owned(),
        description: "All Instabase Engineers".to_owned(),
        photo: "https://photo.jpg".to_owned(),
        add_admin: None,
    };
    let ran = run(
        Instabase.create(&new).unwrap(),
        &[
            expect("POST /api/v1/groups/group/eng_group")
                .with(json(IB_CREATE))
                .ok(""),
            expect("GET /api/v1/groups/group/eng_group").ok(IB_GET),
        ],
    );
    assert_eq!(ran.value(), eng_group());
}

#[test]
fn instabase_update_sample() {
    let edit = GroupEdit {
        display_name: Some("A New Group".to_owned()),
        internal_name: Some("new_group_name".to_owned()),
        description: Some("A new description for Instabase Eng".to_owned()),
        photo: None,
    };
    let after = IB_GET
        .replace("eng_group", "new_group_name")
        .replace("\"Engineering\"", "\"A New Group\"")
        .replace(
            "All Instabase Engineers",
            "A new description for Instabase Eng",
        );
    let ran = run(
        Instabase.update(&eng_group(), &edit).unwrap(),
        &[
            expect("PATCH /api/v1/groups/group/eng_group")
                .with(json(IB_UPDATE))
                .ok(r#"{"status":"OK"}"#),
            expect("GET /api/v1/groups/group/new_group_name").ok(after),
        ],
    );
    let group = ran.value();
    assert_eq!(group.key, key("new_group_name"));
    assert_eq!(group.display_name, "A New Group");
    assert_eq!(
        group.description.as_deref(),
        Some("A new description for Instabase Eng")
    );
    assert_eq!(group.photo.as_deref(), Some("https://photo.jpg"));
    assert_eq!(group.members, eng_group().members);
}

/// The page's membership call and the page's answer to it. Its `error_details` speak of gru under
/// stuart's key: what counts is the read, and the words stand beside whom they name.
#[test]
fn instabase_partial_failure_sample() {
    let ran = run(
        Instabase.apply(&change(
            "eng_group",
            vec![
                grant("gru", ADMIN),
                revoke("stuart", ADMIN),
                revoke("fred", MEMBER),
                grant("bob", MEMBER),
            ],
        )),
        &[
            expect("POST /api/v1/groups/group/eng_group/members")
                .with(json(IB_MEMBERSHIP))
                .ok(IB_PARTIAL),
            // gru and fred do not exist; stuart was taken out all the same.
            expect("GET /api/v1/groups/group/eng_group").ok(ib_group(
                "eng_group",
                &["dru"],
                &["fred", "bob"],
            )),
        ],
    );
    let applied = ran.value();
    assert_eq!(
        applied.outcomes,
        [
            (
                person("gru"),
                Outcome::Refused {
                    words: "Failed to add all members. (fred: User (fred) not found; stuart: User (gru) not found)"
                        .to_owned()
                }
            ),
            (
                person("stuart"),
                Outcome::Done {
                    note: Some("User (gru) not found".to_owned())
                }
            ),
            (
                person("fred"),
                Outcome::Refused {
                    words: "User (fred) not found".to_owned()
                }
            ),
            (person("bob"), Outcome::Done { note: None }),
        ]
    );
    assert_eq!(
        roster(&applied.group.unwrap()),
        ["dru: admin", "fred: member", "bob: member"]
    );
}

/// One group of the snip document: its one member is its owner and the token's own user.
fn snip_seed(
    id: i64,
    name: &str,
    description: Option<&str>,
    created: &str,
    updated: &str,
) -> Group {
    Group {
        key: key(&id.to_string()),
        display_name: name.to_owned(),
        description: description.map(str::to_owned),
        photo: None,
        created: Some(Timestamp::parse(created).unwrap()),
        updated: Some(Timestamp::parse(updated).unwrap()),
        members: Members::Listed(vec![Member {
            person: person("1"),
            label: "sebastian@mohrenclan.de".to_owned(),
            kind: MemberKind::User,
            roles: Roles::one(OWNER),
            joined: Some(Timestamp::parse(created).unwrap()),
            emails: vec![Email {
                address: "sebastian@mohrenclan.de".to_owned(),
                verified: Some(true),
            }],
            is_self: true,
        }]),
    }
}

#[test]
fn snip_list_sample() {
    let ran = run(
        Snip.list(&ListAsk::WithMembers),
        &[expect("GET /api/account/groups").ok(SNIP_LIST)],
    );
    let test_group = |id, at: &str| snip_seed(id, "Test Group", None, at, at);
    let first = "2025-09-29T09:49:17.000Z";
    assert_eq!(
        ran.sink.groups,
        [
            snip_seed(2, "whatagroup", Some("fooasdasdassda"), first, first),
            test_group(3, "2025-10-14T12:46:51.000Z"),
            test_group(4, "2025-10-14T12:56:19.000Z"),
            test_group(5, "2025-10-14T12:57:09.000Z"),
            test_group(7, "2025-10-14T12:59:30.000Z"),
        ]
    );
    assert_eq!(
        ran.value(),
        ListEnd {
            elements: 5,
            unreadable: 0,
            etag: None,
        }
    );
}

/// The instants themselves, so that a mistake in reading times is not hidden by making it twice.
#[test]
fn snip_times_are_the_instants_that_the_document_prints() {
    let ran = run(
        Snip.list(&ListAsk::Plain),
        &[expect("GET /api/account/groups").ok(SNIP_LIST)],
    );
    let created: Vec<_> = ran
        .sink
        .groups
        .iter()
        .map(|g| g.created.unwrap().unix_ms())
        .collect();
    assert_eq!(
        created,
        [
            1_759_139_357_000,
            1_760_446_011_000,
            1_760_446_579_000,
            1_760_446_629_000,
            1_760_446_770_000
        ]
    );
}

#[test]
fn snip_create_get_and_modify_samples() {
    let made = "2025-10-14T13:08:20.000Z";
    let new = NewGroup {
        display_name: "Test Group".to_owned(),
        ..NewGroup::default()
    };
    let group = run(
        Snip.create(&new).unwrap(),
        &[expect("POST /api/account/groups")
            .with(serde_json::json!({"name": "Test Group"}))
            .reply(201, SNIP_CREATE)],
    )
    .value();
    assert_eq!(group, snip_seed(9, "Test Group", None, made, made));

    let read = run(
        Snip.get(&key("9")),
        &[expect("GET /api/account/groups/9").ok(SNIP_GET)],
    )
    .value();
    assert_eq!(read, group);

    let edit = GroupEdit {
        display_name: Some("Modified Test Group".to_owned()),
        ..GroupEdit::default()
    };
    let modified = run(
        Snip.update(&group, &edit).unwrap(),
        &[
            expect("PATCH /api/account/groups/9")
                .with(serde_json::json!({"name": "Modified Test Group"}))
                .ok(SNIP_MODIFY),
            expect("GET /api/account/groups/9").ok(SNIP_MODIFY),
        ],
    )
    .value();
    let later = "2025-10-14T13:13:03.000Z";
    assert_eq!(
        modified,
        snip_seed(9, "Modified Test Group", None, made, later)
    );
}
