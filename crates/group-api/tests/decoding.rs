//! Lenient where the contracts are silent, strict where a wrong guess would mislead.
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
    Backend, Email, Group, Instabase, Member, MemberKind, Members, Role, Snip, Timestamp,
};
use serde_json::{Value, json};

fn ib(group: &Value) -> Group {
    let body = json!({"status": "OK", "group": group}).to_string();
    run(
        Instabase.get(&key("g")),
        &[expect("GET /api/v1/groups/group/g").ok(body)],
    )
    .value()
}

fn snip(group: &Value) -> Group {
    run(
        Snip.get(&key("9")),
        &[expect("GET /api/account/groups/9").ok(group.to_string())],
    )
    .value()
}

fn snip_member(fields: &Value) -> Member {
    let mut member = json!({"user_id": 1, "role": "member"});
    for (field, value) in fields.as_object().unwrap() {
        member[field] = value.clone();
    }
    let group = snip(&json!({"id": 9, "name": "Test", "members": [member]}));
    group.members.listed().unwrap()[0].clone()
}

#[test]
fn absent_null_and_empty_optionals_are_the_same() {
    let bare = group_of("ops", Members::NotListed);
    assert_eq!(ib(&json!({"name": "ops"})), bare);
    assert_eq!(
        ib(
            &json!({"name": "ops", "full_name": null, "description": null, "profile_photo_url": null, "admins": null, "members": null})
        ),
        bare
    );
    assert_eq!(
        ib(&json!({"name": "ops", "full_name": "", "description": "", "profile_photo_url": ""})),
        bare
    );
    let nine = Group {
        display_name: "9".to_owned(),
        ..group_of("9", Members::NotListed)
    };
    assert_eq!(snip(&json!({"id": 9})), nine);
    assert_eq!(
        snip(
            &json!({"id": 9, "name": null, "description": null, "created": null, "last_updated": null, "members": null})
        ),
        nine
    );
    assert_eq!(snip(&json!({"id": 9, "name": "", "description": ""})), nine);
}

#[test]
fn unknown_fields_are_passed_over() {
    let group = ib(&json!({
        "name": "ops", "id": 7, "owner": {"name": "x"}, "tags": [1, null], "admins": [], "members": [
            {"type": "user", "name": "bob", "since": "2020", "email": null}
        ],
    }));
    assert_eq!(roster(&group), ["bob: member"]);
    let member = snip_member(&json!({"avatar": {"x": 1}, "last_login": []}));
    assert_eq!(member.person, person("1"));
}

/// Absent is not empty: with one of the lists missing nobody knows who is in the group.
#[test]
fn one_list_of_people_without_the_other_is_not_who_is_in_it() {
    let people = json!([{"type": "user", "name": "bob"}]);
    for group in [
        json!({"name": "ops", "admins": people}),
        json!({"name": "ops", "members": people}),
        json!({"name": "ops", "members": people, "admins": null}),
    ] {
        assert_eq!(ib(&group).members, Members::NotListed);
    }
    assert_eq!(
        ib(&json!({"name": "ops", "admins": [], "members": []})).members,
        Members::Listed(vec![])
    );
}

#[test]
fn an_admin_who_is_also_listed_as_member_is_one_person_with_both_roles() {
    let group = ib(&json!({
        "name": "ops",
        "admins": [{"type": "user", "name": "gru"}, {"type": "user", "name": "gru"}],
        "members": [{"type": "user", "name": "bob"}, {"type": "user", "name": "gru"}, {"name": "Gru"}],
    }));
    assert_eq!(
        roster(&group),
        ["gru: admin+member", "bob: member", "Gru: member"]
    );
}

#[test]
fn a_member_of_another_type_keeps_its_word() {
    let group = ib(&json!({
        "name": "ops", "admins": [],
        "members": [{"type": "group", "name": "a"}, {"type": null, "name": "b"}, {"type": "", "name": "c"}, {"name": "d"}],
    }));
    let kinds: Vec<_> = group
        .members
        .listed()
        .unwrap()
        .iter()
        .map(|m| m.kind.clone())
        .collect();
    assert_eq!(
        kinds,
        [
            MemberKind::Other("group".to_owned()),
            MemberKind::User,
            MemberKind::User,
            MemberKind::User
        ]
    );
}

#[test]
fn a_role_that_a_later_server_invents_is_kept_as_it_came() {
    let member = snip_member(&json!({"role": "Auditor"}));
    let role = member.roles.first().unwrap().clone();
    assert_eq!(role, Role::from_wire("Auditor"));
    assert_eq!(Snip.capabilities().label(&role), "Auditor");
    assert_eq!(Snip.capabilities().rank(&role), None);
    assert_eq!(Snip.capabilities().label(&MODERATOR), "Moderator");
    assert_eq!(Snip.capabilities().rank(&OWNER), Some(0));
}

#[test]
fn a_person_listed_twice_is_one_person() {
    let group = snip(&json!({"id": 9, "members": [
        {"user_id": 1, "role": "owner"}, {"user_id": 2, "role": "member"}, {"user_id": 1, "role": "member"},
    ]}));
    assert_eq!(roster(&group), ["1: owner+member", "2: member"]);
}

#[test]
fn the_address_to_show_is_that_of_the_primary_credential() {
    let email = |address: &str, verified| Email {
        address: address.to_owned(),
        verified,
    };
    let member = snip_member(&json!({
        "primary_credential_id": 22, "credential_ids": [11, 22, 33],
        "emails": ["a@x", "b@x", "c@x"], "emails_verified": [true, false, null],
        "credential_types": ["password", "sso", "carrier pigeon"],
    }));
    assert_eq!(member.label, "b@x");
    assert_eq!(
        member.emails,
        [
            email("b@x", Some(false)),
            email("a@x", Some(true)),
            email("c@x", None)
        ]
    );
}

#[test]
fn lists_that_do_not_run_in_parallel_mislead_nobody() {
    let email = |address: &str, verified| Email {
        address: address.to_owned(),
        verified,
    };
    for (fields, label, emails) in [
        (json!({}), "user 1", vec![]),
        (
            json!({"emails": null, "emails_verified": null}),
            "user 1",
            vec![],
        ),
        (json!({"emails": [null, ""]}), "user 1", vec![]),
        // Without the primary's place the first address is shown.
        (
            json!({"primary_credential_id": 99, "credential_ids": [11], "emails": ["a@x", "b@x"], "emails_verified": [true]}),
            "a@x",
            vec![email("a@x", Some(true)), email("b@x", None)],
        ),
        // Nothing equals nothing: no credential is not the primary one.
        (
            json!({"primary_credential_id": null, "credential_ids": [11, null], "emails": ["a@x", "b@x"]}),
            "a@x",
            vec![email("a@x", None), email("b@x", None)],
        ),
        // An empty address does not shift the others.
        (
            json!({"primary_credential_id": 2, "credential_ids": [1, 2], "emails": ["", "b@x"], "emails_verified": [true, false]}),
            "b@x",
            vec![email("b@x", Some(false))],
        ),
    ] {
        let member = snip_member(&fields);
        assert_eq!(
            (member.label.as_str(), &member.emails),
            (label, &emails),
            "{fields}"
        );
    }
}

#[test]
fn only_self_true_is_me() {
    for (value, me) in [
        (json!(true), true),
        (json!(false), false),
        (Value::Null, false),
    ] {
        assert_eq!(snip_member(&json!({"self": value})).is_self, me);
    }
    assert!(!snip_member(&json!({})).is_self);
}

/// A time in another form is not shown; it spoils neither the group nor the member.
#[test]
fn times_in_every_form_and_in_none() {
    for (text, ms) in [
        (json!("2025-10-14T13:08:20.000Z"), Some(1_760_447_300_000)),
        (json!("2025-10-14T13:08:20Z"), Some(1_760_447_300_000)),
        (json!("2025-10-14t13:08:20.5z"), Some(1_760_447_300_500)),
        (
            json!("2025-10-14 15:08:20.123456+02:00"),
            Some(1_760_447_300_123),
        ),
        (json!("2025-10-14T13:08:20-00:00"), Some(1_760_447_300_000)),
        (json!("2025-10-14T13:08:20"), None),
        (json!("14.10.2025"), None),
        (json!("yesterday"), None),
        (json!(""), None),
        (json!(1_760_447_300), None),
        (json!({"$date": 1}), None),
        (json!(["2025-10-14T13:08:20Z"]), None),
        (json!("2025-02-30T00:00:00Z"), None),
        (json!("９９99-10-14T13:08:20Z"), None),
        (Value::Null, None),
    ] {
        let group = snip(
            &json!({"id": 9, "created": text, "last_updated": text, "members": [
                {"user_id": 1, "role": "owner", "joined_at": text}
            ]}),
        );
        let expected = ms.map(Timestamp::from_unix_ms);
        assert_eq!(group.created, expected, "{text}");
        assert_eq!(group.updated, expected, "{text}");
        assert_eq!(
            group.members.listed().unwrap()[0].joined,
            expected,
            "{text}"
        );
    }
}

#[test]
fn texts_of_a_group_are_kept_as_they_came() {
    let odd = "  <b>Ünï</b>\u{202e}\n\"\\ 🦀 ";
    let group = ib(
        &json!({"name": "ops", "full_name": odd, "description": odd, "profile_photo_url": "javascript:alert(1)"}),
    );
    assert_eq!(group.display_name, odd);
    assert_eq!(group.description.as_deref(), Some(odd));
    assert_eq!(group.photo.as_deref(), Some("javascript:alert(1)"));
}
