//! What every kind of bad answer becomes, in every conversation of both systems.
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
    ApiError, Backend, Exchange, Group, GroupEdit, Head, Input, Instabase, ListAsk, Members,
    Misread, NewGroup, NoSink, Refusal, Snip, Step,
};

/// How a conversation ends whose every request is answered with this.
fn ends<T>(mut exchange: Exchange<T>, head: &Head, body: &[u8]) -> Option<ApiError> {
    let mut step = exchange.next(Input::Start);
    for _ in 0..20 {
        match step {
            Step::Done(result) => return result.err(),
            Step::Send(_) => {
                exchange.head(head.clone());
                exchange.feed(body, &mut NoSink);
                step = exchange.next(Input::Finished);
            }
        }
    }
    panic!("a conversation without end");
}

fn new_group() -> NewGroup {
    NewGroup {
        display_name: "Engineering".to_owned(),
        internal_name: "eng_group".to_owned(),
        ..NewGroup::default()
    }
}

fn edit() -> GroupEdit {
    GroupEdit {
        description: Some("New".to_owned()),
        ..GroupEdit::default()
    }
}

fn known() -> Group {
    group_of("9", Members::NotListed)
}

/// Every conversation that is over with its first answer when that is a refusal.
fn first_refusal_ends(
    backend: &dyn Backend,
    head: &Head,
    body: &[u8],
) -> Vec<(&'static str, Option<ApiError>)> {
    let me = person("1");
    vec![
        (
            "list",
            ends(backend.list(&ListAsk::WithMembers), head, body),
        ),
        (
            "plain list",
            ends(backend.list(&ListAsk::Plain), head, body),
        ),
        (
            "list of a person",
            ends(backend.list(&ListAsk::OfPerson(me.clone())), head, body),
        ),
        ("get", ends(backend.get(&key("9")), head, body)),
        ("presence", ends(backend.presence(&key("9")), head, body)),
        (
            "create",
            ends(backend.create(&new_group()).unwrap(), head, body),
        ),
        (
            "update",
            ends(backend.update(&known(), &edit()).unwrap(), head, body),
        ),
        ("delete", ends(backend.delete(&key("9")), head, body)),
        (
            "leave",
            ends(backend.leave(&key("9"), Some(&me)), head, body),
        ),
        (
            "role change",
            ends(
                backend.apply(&change("9", vec![change_role("1", MEMBER, MODERATOR)])),
                head,
                body,
            ),
        ),
    ]
}

fn refused(words: &str) -> ApiError {
    ApiError::Refused(Refusal {
        words: words.to_owned(),
        people: vec![],
    })
}

#[test]
fn an_error_in_http_200_is_refused_with_its_words_everywhere() {
    for status in ["ERROR", "error", "Error", "FAILED", ""] {
        let body = serde_json::json!({"status": status, "msg": "Group (9) is locked"}).to_string();
        for (what, error) in first_refusal_ends(&Instabase, &head(200), body.as_bytes()) {
            // The role is not Instabase's, so that call is not sent.
            if what != "role change" {
                assert_eq!(
                    error,
                    Some(refused("Group (9) is locked")),
                    "{what}, {status:?}"
                );
            }
        }
    }
}

#[test]
fn a_role_change_on_instabase_is_refused_by_the_read_before_it() {
    let apply = Instabase.apply(&change("9", vec![change_role("1", MEMBER, ADMIN)]));
    let ran = run(
        apply,
        &[expect("GET /api/v1/groups/group/9").ok(ib_error("Token expired"))],
    );
    assert_eq!(ran.error(), refused("Token expired"));
}

#[test]
fn ok_counts_in_any_case_and_without_a_status() {
    for status in [
        r#""status":"OK","#,
        r#""status":"ok","#,
        r#""status":null,"#,
        "",
    ] {
        let body = format!(r#"{{{status}"group":{{"name":"eng_group"}}}}"#);
        let ran = run(
            Instabase.get(&key("eng_group")),
            &[expect("GET /api/v1/groups/group/eng_group").ok(body)],
        );
        assert_eq!(ran.value(), group_of("eng_group", Members::NotListed));
    }
}

#[test]
fn a_refusal_without_words_or_with_odd_ones_is_still_one() {
    for (body, words) in [
        (r#"{"status":"ERROR"}"#, ""),
        (r#"{"status":"ERROR","msg":null}"#, ""),
        (r#"{"status":"ERROR","msg":{"code":7}}"#, ""),
        (r#"{"status":"ERROR","msg":"\ud800"}"#, ""),
        (
            r#"{"status":"ERROR","message":"By another key"}"#,
            "By another key",
        ),
        (
            r#"{"status":"ERROR","msg":"line one\nline two\u0007\u202e!"}"#,
            "line one line two!",
        ),
        (r#"{"status":"ERROR","msg":"No","extra":[1,{"a":2}]}"#, "No"),
    ] {
        let ran = run(
            Instabase.get(&key("eng_group")),
            &[expect("GET /api/v1/groups/group/eng_group").ok(body)],
        );
        assert_eq!(ran.error(), refused(words), "{body}");
    }
}

/// The same statuses for both systems, with each one's own words.
#[test]
fn every_status_has_its_kind() {
    let words = || Some("No, \"you\"".to_owned());
    let fault = |status| ApiError::ServerFault {
        status,
        words: Some("No, \"you\"".to_owned()),
    };
    for (status, kind) in [
        (400, refused("No, \"you\"")),
        (401, ApiError::NotSignedIn(words())),
        (403, ApiError::NotPermitted(words())),
        (404, ApiError::NotFound(words())),
        (409, ApiError::Conflict(words())),
        (410, ApiError::NotFound(words())),
        (412, ApiError::Conflict(words())),
        (418, refused("No, \"you\"")),
        (422, refused("No, \"you\"")),
        (429, ApiError::RateLimited { retry_after: None }),
        (500, fault(500)),
        (502, fault(502)),
        (503, fault(503)),
        (599, fault(599)),
    ] {
        for (backend, body) in [
            (
                &Instabase as &dyn Backend,
                r#"{"status":"ERROR","msg":"No, \"you\""}"#,
            ),
            (
                &Snip as &dyn Backend,
                r#"{"message":"No, \"you\"","details":{"any":1}}"#,
            ),
        ] {
            let list = ends(
                backend.list(&ListAsk::Plain),
                &head(status),
                body.as_bytes(),
            );
            assert_eq!(list, Some(kind.clone()), "list, {status}");
            let get = ends(backend.get(&key("9")), &head(status), body.as_bytes());
            if status == 403 && backend.capabilities().system == "snip" {
                assert_eq!(get, Some(ApiError::NotFound(words())));
            } else {
                assert_eq!(get, Some(kind.clone()), "get, {status}");
            }
        }
    }
}

#[test]
fn statuses_without_words_say_what_is_known() {
    for body in [
        "",
        NGINX,
        "null",
        "[]",
        "\"no\"",
        "{\"message\":\"\"}",
        "{\"message\":",
    ] {
        for backend in [&Instabase as &dyn Backend, &Snip] {
            let list = |status| {
                ends(
                    backend.list(&ListAsk::Plain),
                    &head(status),
                    body.as_bytes(),
                )
            };
            assert_eq!(list(400), Some(refused("HTTP 400")), "{body}");
            assert_eq!(list(418), Some(refused("HTTP 418")), "{body}");
            assert_eq!(list(401), Some(ApiError::NotSignedIn(None)));
            assert_eq!(list(404), Some(ApiError::NotFound(None)));
            assert_eq!(
                list(502),
                Some(ApiError::ServerFault {
                    status: 502,
                    words: None
                })
            );
        }
    }
}

#[test]
fn details_that_are_a_text_stand_behind_the_message() {
    for (body, words) in [
        (
            r#"{"message":"Bad request","details":"name is too short"}"#,
            "Bad request (name is too short)",
        ),
        (
            r#"{"message":"Bad request","details":"Bad request"}"#,
            "Bad request",
        ),
        (
            r#"{"message":"Bad request","details":["a"]}"#,
            "Bad request",
        ),
        (r#"{"message":"Bad request","details":null}"#, "Bad request"),
    ] {
        let error = ends(Snip.list(&ListAsk::Plain), &head(400), body.as_bytes());
        assert_eq!(error, Some(refused(words)));
    }
}

#[test]
fn a_pause_is_as_long_as_the_server_says_in_seconds() {
    for (header, seconds) in [
        (None, None),
        (Some("7"), Some(7)),
        (Some(" 120 "), Some(120)),
        (Some("0"), Some(0)),
        (Some(""), None),
        (Some("soon"), None),
        (Some("-5"), None),
        (Some("1.5"), None),
        (Some("99999999999"), None),
        (Some("Wed, 21 Oct 2026 07:28:00 GMT"), None),
    ] {
        let head = Head {
            status: 429,
            retry_after: header.map(str::to_owned),
            content_type: None,
            etag: None,
        };
        for backend in [&Instabase as &dyn Backend, &Snip] {
            assert_eq!(
                ends(
                    backend.get(&key("9")),
                    &head,
                    b"{\"message\":\"slow down\"}"
                ),
                Some(ApiError::RateLimited {
                    retry_after: seconds
                }),
                "{header:?}"
            );
        }
    }
}

#[test]
fn a_redirect_is_not_followed_and_not_a_success() {
    for status in [301, 302, 307, 304, 100, 0] {
        for backend in [&Instabase as &dyn Backend, &Snip] {
            assert_eq!(
                ends(
                    backend.list(&ListAsk::Plain),
                    &head(status),
                    b"<a href=\"/login\">"
                ),
                Some(ApiError::NotUnderstood(Misread {
                    expected: "an answer at this address",
                    at: format!("HTTP {status}, which sends elsewhere"),
                    excerpt: "<a href=\"/login\">".to_owned(),
                }))
            );
        }
    }
}

fn misread(error: Option<ApiError>) -> Misread {
    match error {
        Some(ApiError::NotUnderstood(misread)) => misread,
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_that_bring_no_json_are_not_understood() {
    for (body, at, excerpt) in [
        ("", "the reply was empty", ""),
        ("  \n", "the reply was empty", ""),
        ("<html>no</html>", "line 1, column 1", "<html>no</html>"),
        (
            "{\"status\":\"OK\",",
            "line 1, column 15",
            "{\"status\":\"OK\",",
        ),
    ] {
        let found = misread(ends(Instabase.get(&key("9")), &head(200), body.as_bytes()));
        assert_eq!((found.at.as_str(), found.excerpt.as_str()), (at, excerpt));
        assert_eq!(found.expected, "an answer with a “status”");
        let found = misread(ends(Snip.get(&key("9")), &head(200), body.as_bytes()));
        assert_eq!((found.at.as_str(), found.excerpt.as_str()), (at, excerpt));
        assert_eq!(found.expected, "a group as snip describes it");
        // The list has its own way of reading.
        let found = misread(ends(
            Instabase.list(&ListAsk::Plain),
            &head(200),
            body.as_bytes(),
        ));
        assert_eq!((found.at.as_str(), found.excerpt.as_str()), (at, excerpt));
        let found = misread(ends(
            Snip.list(&ListAsk::Plain),
            &head(200),
            body.as_bytes(),
        ));
        assert_eq!(
            (found.expected, found.excerpt.as_str()),
            ("a list of groups", excerpt.trim())
        );
    }
}

#[test]
fn reads_of_another_shape_are_not_understood() {
    for body in ["null", "7", "\"OK\"", "[]", "[{}]"] {
        let _ = misread(ends(Instabase.get(&key("9")), &head(200), body.as_bytes()));
        let _ = misread(ends(
            Instabase.list(&ListAsk::Plain),
            &head(200),
            body.as_bytes(),
        ));
    }
    for body in [
        r#"{"status":"OK"}"#,
        r#"{"status":"OK","group":null}"#,
        r#"{"status":"OK","group":[]}"#,
        r#"{"status":"OK","group":{"full_name":"No key"}}"#,
    ] {
        let found = misread(ends(Instabase.get(&key("9")), &head(200), body.as_bytes()));
        assert_eq!(
            found.expected, "a “group” as Instabase describes it",
            "{body}"
        );
    }
    let odd_name = r#"{"status":"OK","group":{"name":".."}}"#;
    let found = misread(ends(
        Instabase.get(&key("9")),
        &head(200),
        odd_name.as_bytes(),
    ));
    assert_eq!(
        found.expected,
        "a group whose “name” can stand in an address"
    );
    for body in [
        "null",
        "7",
        "[]",
        "{}",
        r#"{"id":"9"}"#,
        r#"{"id":9.5}"#,
        r#"{"id":99999999999999999999}"#,
    ] {
        let found = misread(ends(Snip.get(&key("9")), &head(200), body.as_bytes()));
        assert_eq!(found.expected, "a group as snip describes it", "{body}");
    }
}

/// Bodies of writes are not documented: nothing at all is an answer, and the read is the proof.
#[test]
fn an_empty_body_after_a_write_is_an_answer() {
    for (status, body) in [
        (200, ""),
        (200, " \n"),
        (204, ""),
        (201, "{}"),
        (200, r#"{"status":"ok"}"#),
    ] {
        let ran = run(
            Instabase.apply(&change("eng_group", vec![grant("u", MEMBER)])),
            &[
                expect("POST /api/v1/groups/group/eng_group/members")
                    .with(serde_json::json!({"member": {"u": true}}))
                    .reply(status, body),
                expect("GET /api/v1/groups/group/eng_group").ok(ib_group("eng_group", &[], &[])),
            ],
        );
        let outcomes = ran.value().outcomes;
        assert_eq!(outcomes, [(person("u"), group_api::Outcome::NotShown)]);
    }
}

#[test]
fn a_page_after_a_write_is_no_answer() {
    let ran = run(
        Snip.delete(&key("9")),
        &[
            expect("DELETE /api/account/groups/9").ok(NGINX),
            expect("GET /api/account/groups").fails(ApiError::NoConnection),
        ],
    );
    let ApiError::Unconfirmed { cause, read } = ran.error() else {
        panic!("nobody knows what became of it");
    };
    assert_eq!(read, group_api::ReadBack::Impossible);
    assert_eq!(misread(cause.map(|c| *c)).expected, "an answer in JSON");
}

#[test]
fn a_body_of_ten_megabytes_of_garbage_is_a_short_error() {
    let garbage: Vec<u8> = (0..10_000_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    for backend in [&Instabase as &dyn Backend, &Snip] {
        for error in [
            ends(backend.get(&key("9")), &head(200), &garbage),
            ends(backend.list(&ListAsk::Plain), &head(200), &garbage),
        ] {
            let found = misread(error);
            assert!(found.to_string().chars().count() < 400, "{found}");
        }
        assert_eq!(
            ends(backend.get(&key("9")), &head(500), &garbage),
            Some(ApiError::ServerFault {
                status: 500,
                words: None
            })
        );
    }
}

/// A conversation that is over stays over, whatever is fed to it.
#[test]
fn after_the_end_nothing_more_comes() {
    let mut exchange = Snip.get(&key("9"));
    assert!(matches!(exchange.next(Input::Start), Step::Send(_)));
    assert!(matches!(
        exchange.next(Input::Failed(ApiError::NoConnection)),
        Step::Done(Err(ApiError::NoConnection))
    ));
    exchange.head(head(200));
    exchange.feed(b"{}", &mut NoSink);
    assert!(matches!(
        exchange.next(Input::Finished),
        Step::Done(Err(ApiError::Cancelled))
    ));
}

/// A reader that sends a read again reports the new head: what came of the first reply is dropped.
#[test]
fn a_second_head_begins_the_reply_anew() {
    let mut exchange = Instabase.get(&key("eng_group"));
    let _ = exchange.next(Input::Start);
    exchange.head(head(502));
    exchange.feed(NGINX.as_bytes(), &mut NoSink);
    exchange.head(head(200));
    exchange.feed(ib_group("eng_group", &["dru"], &[]).as_bytes(), &mut NoSink);
    let Step::Done(Ok(done)) = exchange.next(Input::Finished) else {
        panic!("the second reply is the answer");
    };
    assert_eq!(roster(&done.value), ["dru: admin"]);
}
