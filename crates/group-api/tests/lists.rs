//! Lists: piece by piece, with bad groups among the good ones, cut off, and with an error behind them.
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
    ApiError, Backend, Exchange, Head, Instabase, ListAsk, ListEnd, Misread, Refusal, Snip,
    Unreadable,
};

const IB_LIST: &str = include_str!("fixtures/instabase_list.json");
const SNIP_LIST: &str = include_str!("fixtures/snip_list.json");

fn ib() -> Exchange<ListEnd> {
    Instabase.list(&ListAsk::WithMembers)
}

fn ib_call() -> Call {
    expect("GET /api/v1/groups/list?get_members=true")
}

fn snip() -> Exchange<ListEnd> {
    Snip.list(&ListAsk::WithMembers)
}

fn snip_call() -> Call {
    expect("GET /api/account/groups")
}

fn keys(sink: &Sink) -> Vec<&str> {
    sink.groups.iter().map(|g| g.key.as_str()).collect()
}

fn bad(sink: &Sink) -> Vec<(u32, Option<&str>)> {
    sink.unreadable
        .iter()
        .map(|u: &Unreadable| (u.index, u.key.as_deref()))
        .collect()
}

fn broke_off(after: u32) -> ApiError {
    ApiError::NotUnderstood(Misread {
        expected: "the rest of the list",
        at: format!("it broke off after {after} groups"),
        excerpt: String::new(),
    })
}

#[test]
fn fed_in_any_pieces_a_list_is_the_same() {
    for piece in [1, 2, 3, 7, 64, 1000] {
        assert_eq!(
            run_cut(ib(), &[ib_call().ok(IB_LIST)], piece),
            run(ib(), &[ib_call().ok(IB_LIST)])
        );
        assert_eq!(
            run_cut(snip(), &[snip_call().ok(SNIP_LIST)], piece),
            run(snip(), &[snip_call().ok(SNIP_LIST)])
        );
    }
}

#[test]
fn one_bad_group_does_not_hide_the_others() {
    let body = r#"{"status":"OK","groups":[
        {"name":"first"},
        {"name":"wrong_name_type","full_name":{"a":[1,"]}"]}},
        null,
        {"full_name":"No key"},
        7,
        {"name":"..","full_name":"Unusable"},
        {"name":"bad_people","admins":[{"type":"user"}],"members":[]},
        {"name":"odd_person","admins":[{"type":"user","name":" "}],"members":[]},
        {"name":"twice","name":"twice"},
        {"name":"lone \ud800","full_name":"x"},
        {"name":"good_key","full_name":"\udc00"},
        "text with \" and ] in it",
        [["deep"]],
        {"name":"last"}
    ]}"#;
    for piece in [usize::MAX, 1] {
        let ran = run_cut(ib(), &[ib_call().ok(body)], piece);
        assert_eq!(keys(&ran.sink), ["first", "last"]);
        assert_eq!(
            bad(&ran.sink),
            [
                (1, Some("wrong_name_type")),
                (2, None),
                (3, None),
                (4, None),
                (5, Some("..")),
                (6, Some("bad_people")),
                (7, Some("odd_person")),
                (8, None),
                (9, None),
                (10, Some("good_key")),
                (11, None),
                (12, None),
            ]
        );
        let why = &ran.sink.unreadable[0].why;
        assert_eq!(why.expected, "a group as Instabase describes it");
        assert_eq!(why.at, "group 2 of the list, line 1, column 38");
        assert_eq!(
            why.excerpt,
            r#"{"name":"wrong_name_type","full_name":{"a":[1,"]}"]}}"#
        );
        assert_eq!(ran.sink.unreadable[4].why.at, "group 6 of the list");
        assert_eq!(
            ran.value(),
            ListEnd {
                elements: 14,
                unreadable: 12,
                etag: None,
            }
        );
    }
}

#[test]
fn one_bad_snip_group_does_not_hide_the_others() {
    let body = r#"[{"id":1,"name":"one"},{"id":2,"name":7},{"name":"no id"},{"id":"3"},
        {"id":4,"members":[{"user_id":1}]},{"id":5,"members":[{"user_id":1,"role":"owner"}]}]"#;
    let ran = run(snip(), &[snip_call().ok(body)]);
    assert_eq!(keys(&ran.sink), ["1", "5"]);
    assert_eq!(
        bad(&ran.sink),
        [
            (1, Some("2")),
            (2, None),
            (3, Some("\"3\"")),
            (4, Some("4"))
        ]
    );
    assert_eq!(
        ran.value(),
        ListEnd {
            elements: 6,
            unreadable: 4,
            etag: None,
        }
    );
}

/// The groups were handed on already; the list is refused all the same, and does not count as read.
#[test]
fn an_error_behind_the_array_refuses_the_list() {
    for body in [
        r#"{"groups":[{"name":"one"}],"status":"ERROR","msg":"Timed out inside"}"#,
        r#"{"status":"error","groups":[{"name":"one"}],"msg":"Timed out inside"}"#,
    ] {
        let ran = run(ib(), &[ib_call().ok(body)]);
        assert_eq!(keys(&ran.sink), ["one"]);
        assert_eq!(
            ran.error(),
            ApiError::Refused(Refusal {
                words: "Timed out inside".to_owned(),
                people: vec![]
            })
        );
    }
}

#[test]
fn a_list_that_breaks_off_brings_what_came_and_says_so() {
    let body = r#"{"status":"OK","groups":[{"name":"one"},{"name":"two"},{"name":"three"}]}"#;
    for (cut, groups) in [
        (body.len() - 1, 3),
        (body.len() - 2, 3),
        (body.len() - 3, 2),
        (50, 1),
        (26, 0),
        (25, 0),
    ] {
        let ran = run(ib(), &[ib_call().ok(&body[..cut])]);
        assert_eq!(ran.sink.groups.len(), groups, "cut at {cut}");
        assert_eq!(ran.error(), broke_off(u32::try_from(groups).unwrap()));
    }
    let ran = run(snip(), &[snip_call().ok(r#"[{"id":1},{"id":2}"#)]);
    assert_eq!(keys(&ran.sink), ["1", "2"]);
    let error = ran.error();
    assert_eq!(error, broke_off(2));
    assert_eq!(
        error.to_string(),
        "The reply was not understood: expected the rest of the list (it broke off after 2 groups). Try again."
    );
}

#[test]
fn a_connection_that_breaks_keeps_its_own_error() {
    let ran = run(ib(), &[ib_call().fails(ApiError::NoConnection)]);
    assert_eq!(ran.error(), ApiError::NoConnection);
}

#[test]
fn what_is_not_a_list_is_an_error_and_not_an_empty_list() {
    for body in [
        r#"{"status":"OK"}"#,
        r#"{"status":"OK","groups":null}"#,
        r#"{"status":"OK","groups":{}}"#,
        r#"{"status":"OK","groups":"[]"}"#,
        r#"{"status":"OK","groups":{"groups":[{"name":"one"}]}}"#,
        r#"{"status":"OK","Groups":[{"name":"one"}]}"#,
        r#"{"status":"OK","other":{"groups":[{"name":"one"}]}}"#,
        r#"{"status":"OK","group":{"name":"one"}}"#,
    ] {
        let ran = run(ib(), &[ib_call().ok(body)]);
        assert_eq!(ran.sink, Sink::default(), "{body}");
        assert_eq!(
            ran.error(),
            ApiError::NotUnderstood(Misread {
                expected: "a list of groups under “groups”",
                at: "the whole reply".to_owned(),
                excerpt: body.to_owned(),
            })
        );
    }
    for body in [
        "null",
        "{}",
        "7",
        r#"{"groups":[{"id":1}]}"#,
        r#""[]""#,
        r#"{"message":"No"}"#,
        "<script>var groups=[{\"id\":1}];</script>",
        "x[{\"id\":1}]",
    ] {
        let ran = run(snip(), &[snip_call().ok(body)]);
        assert_eq!(ran.sink, Sink::default(), "{body}");
        assert_eq!(
            ran.error(),
            ApiError::NotUnderstood(Misread {
                expected: "a list of groups",
                at: "the whole reply".to_owned(),
                excerpt: body.to_owned(),
            })
        );
    }
}

#[test]
fn garbage_behind_a_list_is_not_understood() {
    for tail in ["x", "}", "[]", "{\"status\":\"OK\"}", "<!-- proxied -->"] {
        let ran = run(ib(), &[ib_call().ok(format!("{IB_LIST}{tail}"))]);
        assert!(
            matches!(ran.error(), ApiError::NotUnderstood(_)),
            "Instabase, {tail}"
        );
        let ran = run(snip(), &[snip_call().ok(format!("{SNIP_LIST}{tail}"))]);
        assert!(
            matches!(ran.error(), ApiError::NotUnderstood(_)),
            "snip, {tail}"
        );
    }
    // White space is nothing.
    let ran = run(snip(), &[snip_call().ok(format!("\r\n {SNIP_LIST}\n"))]);
    assert_eq!(ran.value().elements, 5);
}

#[test]
fn unknown_fields_around_the_list_are_nothing() {
    let body = r#"{"version":{"groups":[9],"a":"}"},"ids":[[1],[2]],"status":"OK","groups":[{"name":"one"}],"next":null,"total":1}"#;
    let ran = run(ib(), &[ib_call().ok(body)]);
    assert_eq!(keys(&ran.sink), ["one"]);
    assert_eq!(ran.value().elements, 1);
}

#[test]
fn an_empty_list_is_a_list() {
    let none = ListEnd {
        elements: 0,
        unreadable: 0,
        etag: None,
    };
    for body in [r#"{"status":"OK","groups":[]}"#, "{\"groups\" : [ \n ] }"] {
        assert_eq!(run(ib(), &[ib_call().ok(body)]).value(), none);
    }
    assert_eq!(run(snip(), &[snip_call().ok(" [ ] ")]).value(), none);
}

#[test]
fn nesting_ten_thousand_deep_spoils_one_group_at_most() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    // In a field that nobody reads it is passed over; where something is read it is refused.
    let body = format!(
        r#"{{"status":"OK","groups":[{{"name":"one","x":{deep}}},{{"name":"two","admins":{deep}}},{{"name":"three"}},{deep},{{"name":"four","y":{objects}}}]}}"#
    );
    let ran = run(ib(), &[ib_call().ok(&body)]);
    assert_eq!(keys(&ran.sink), ["one", "three", "four"]);
    assert_eq!(bad(&ran.sink), [(1, Some("two")), (3, None)]);

    let body = format!(r#"[{{"id":1,"created":{deep}}},{{"id":2,"x":{objects}}},{{"id":{deep}}}]"#);
    let ran = run(snip(), &[snip_call().ok(&body)]);
    assert_eq!(keys(&ran.sink), ["2"]);
    assert_eq!(bad(&ran.sink), [(0, Some("1")), (2, None)]);

    let ran = run(ib(), &[ib_call().ok(&deep)]);
    assert!(matches!(ran.error(), ApiError::NotUnderstood(_)));
    let ran = run(
        ib(),
        &[ib_call().ok(format!(r#"{{"status":"ERROR","msg":{deep}}}"#))],
    );
    assert!(matches!(ran.error(), ApiError::Refused(_)));
}

#[test]
fn twenty_thousand_groups_come_through() {
    let names: Vec<String> = (0..20_000).map(|n| format!("group_{n:05}")).collect();
    let body = ib_list(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let ran = run_cut(ib(), &[ib_call().ok(body)], 1 << 14);
    assert_eq!(keys(&ran.sink), names);
    assert_eq!(ran.value().elements, 20_000);
}

#[test]
fn a_list_that_has_not_changed_is_not_sent_again() {
    let tagged = Head {
        etag: Some("W/\"7\"".to_owned()),
        ..head(200)
    };
    let ran = run(ib(), &[ib_call().reply_head(tagged, ib_list(&["one"]))]);
    let etag = ran.value().etag.unwrap();
    assert_eq!(etag, "W/\"7\"");

    let asked = || {
        let mut exchange = ib();
        exchange.unless(&etag);
        exchange
    };
    assert_eq!(first_request(asked()).if_none_match, Some(etag.clone()));
    assert_eq!(first_request(ib()).if_none_match, None);
    let ran = run(asked(), &[ib_call().reply(304, "")]);
    assert_eq!(ran.error(), ApiError::Unchanged);
    // Whoever did not ask for it is not told "nothing new".
    let ran = run(ib(), &[ib_call().reply(304, "")]);
    assert!(matches!(ran.error(), ApiError::NotUnderstood(_)));
    // And a list that did change is read.
    let ran = run(asked(), &[ib_call().ok(ib_list(&["one", "two"]))]);
    assert_eq!(keys(&ran.sink), ["one", "two"]);
}
