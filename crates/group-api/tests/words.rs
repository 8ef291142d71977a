//! What errors say: a sentence or two that a person can act on, and never a token.
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
    ApiError, Backend, Exchange, Head, Input, Instabase, ListAsk, Misread, PersonNote, ReadBack,
    Refusal, Snip, Step, excerpt,
};

fn words() -> Option<String> {
    Some("Ask Bob".to_owned())
}

fn misread(excerpt: &str) -> ApiError {
    ApiError::NotUnderstood(Misread {
        expected: "a list of groups",
        at: "line 1, column 1".to_owned(),
        excerpt: excerpt.to_owned(),
    })
}

fn unconfirmed(cause: Option<ApiError>, read: ReadBack) -> ApiError {
    ApiError::Unconfirmed {
        cause: cause.map(Box::new),
        read,
    }
}

fn table() -> Vec<(ApiError, &'static str)> {
    let refused = |words: &str| {
        ApiError::Refused(Refusal {
            words: words.to_owned(),
            people: vec![PersonNote {
                person: person("bob"),
                words: "gone".to_owned(),
            }],
        })
    };
    vec![
        (
            ApiError::NoConnection,
            "The server could not be reached. Check that you are online and that its address is right, then try again.",
        ),
        (
            ApiError::TimedOut { seconds: 15 },
            "The server said nothing for 15 seconds. It may be busy or out of reach; try again.",
        ),
        (ApiError::Cancelled, "This was cancelled."),
        (
            ApiError::NotSignedIn(None),
            "The server does not accept this token. It may have expired: connect again with a new one.",
        ),
        (
            ApiError::NotSignedIn(words()),
            "The server does not accept this token. It may have expired: connect again with a new one. The server says: “Ask Bob”",
        ),
        (
            ApiError::NotPermitted(words()),
            "Your account may not do this. Ask somebody who has the right to. The server says: “Ask Bob”",
        ),
        (
            ApiError::NotFound(None),
            "This is gone, or it is not yours to see. Go back to the list and look again.",
        ),
        (
            ApiError::Conflict(Some(String::new())),
            "Something of that name exists already, or it was changed meanwhile. Look at it again before you go on.",
        ),
        (
            refused("Ask Bob"),
            "The server refused this. It says: “Ask Bob”",
        ),
        (
            refused(""),
            "The server refused this and gave no reason. Check your rights, or connect again.",
        ),
        (
            ApiError::RateLimited { retry_after: None },
            "The server asks for a pause. Wait a little, then try again.",
        ),
        (
            ApiError::RateLimited {
                retry_after: Some(0),
            },
            "The server asks for a pause. Wait a little, then try again.",
        ),
        (
            ApiError::RateLimited {
                retry_after: Some(1),
            },
            "The server asks for a pause. Try again in 1 second.",
        ),
        (
            ApiError::RateLimited {
                retry_after: Some(119),
            },
            "The server asks for a pause. Try again in 119 seconds.",
        ),
        (
            ApiError::RateLimited {
                retry_after: Some(121),
            },
            "The server asks for a pause. Try again in 3 minutes.",
        ),
        (
            ApiError::RateLimited {
                retry_after: Some(86_400),
            },
            "The server asks for a pause. Try again in 24 hours.",
        ),
        (
            ApiError::ServerFault {
                status: 502,
                words: words(),
            },
            "The server failed (HTTP 502). Try again; if it goes on, tell whoever runs it. The server says: “Ask Bob”",
        ),
        (
            misread("<html>"),
            "The reply was not understood: expected a list of groups (line 1, column 1). Check that the address and the system are right. It begins: “<html>”",
        ),
        (
            misread(""),
            "The reply was not understood: expected a list of groups (line 1, column 1). Check that the address and the system are right.",
        ),
        (
            ApiError::Unsupported("snip has no call for it."),
            "snip has no call for it.",
        ),
        (
            ApiError::LookOnly,
            "This connection is set to “Look only”, so nothing was sent. Connect again without it to make changes.",
        ),
        (
            unconfirmed(None, ReadBack::NotShown),
            "The server said that this was done, but a look at it afterwards does not show it. Look again before you repeat it.",
        ),
        (
            unconfirmed(Some(ApiError::NoConnection), ReadBack::NotShown),
            "Not done: the server could not be reached, and a look at the server afterwards does not show the change. Try again.",
        ),
        (
            unconfirmed(None, ReadBack::Impossible),
            "It is not known whether this was done. Look again before you repeat it.",
        ),
        (
            unconfirmed(
                Some(ApiError::TimedOut { seconds: 15 }),
                ReadBack::Impossible,
            ),
            "It is not known whether this was done: the server said nothing for 15 seconds. Look again before you repeat it.",
        ),
        (
            unconfirmed(
                Some(ApiError::ServerFault {
                    status: 500,
                    words: words(),
                }),
                ReadBack::Impossible,
            ),
            "It is not known whether this was done: the server failed (HTTP 500). Look again before you repeat it. The server says: “Ask Bob”",
        ),
        (
            unconfirmed(Some(misread("<html>")), ReadBack::Impossible),
            "It is not known whether this was done: its answer was not understood. Look again before you repeat it.",
        ),
    ]
}

#[test]
fn every_error_is_a_sentence_or_two() {
    for (error, sentence) in table() {
        assert_eq!(error.to_string(), sentence, "{error:?}");
        let ours = sentence
            .split(" The server says: “")
            .next()
            .unwrap()
            .split(" It begins: “")
            .next()
            .unwrap();
        assert!(ours.ends_with(['.', '”']), "{ours}");
        assert!(ours.matches(". ").count() <= 1, "{ours}");
        for internal in ["ApiError", "Unconfirmed", "Some(", "None", "::", "\n"] {
            assert!(!sentence.contains(internal), "{sentence}");
        }
    }
}

/// Every cause of an open end reads as half a sentence of ours.
#[test]
fn every_cause_fits_into_its_sentence() {
    for (cause, _) in table() {
        for read in [ReadBack::NotShown, ReadBack::Impossible] {
            let error = unconfirmed(Some(cause.clone()), read);
            let text = error.to_string();
            let ours = text.split(" The server says: “").next().unwrap();
            assert!(ours.ends_with('.'), "{text}");
            assert_eq!(ours.matches(". ").count(), 1, "{text}");
            assert_eq!(error.words(), cause.words());
        }
    }
}

#[test]
fn no_two_kinds_say_the_same() {
    let kinds: Vec<_> = table()
        .into_iter()
        .map(|(error, _)| (std::mem::discriminant(&error), error.to_string()))
        .collect();
    for (a, text_a) in &kinds {
        for (b, text_b) in &kinds {
            assert!(a == b || text_a != text_b, "{text_a}");
        }
    }
}

#[test]
fn doubt_and_tokens_by_kind() {
    for (error, _) in table() {
        let doubt = matches!(
            error,
            ApiError::NoConnection
                | ApiError::TimedOut { .. }
                | ApiError::Cancelled
                | ApiError::ServerFault { .. }
                | ApiError::NotUnderstood(_)
                | ApiError::Unconfirmed { .. }
        );
        assert_eq!(error.leaves_doubt(), doubt, "{error:?}");
        assert_eq!(
            error.wants_token(),
            matches!(error, ApiError::NotSignedIn(_)),
            "{error:?}"
        );
    }
}

#[test]
fn the_servers_words_can_be_had_apart() {
    assert_eq!(ApiError::Conflict(words()).words(), Some("Ask Bob"));
    assert_eq!(ApiError::NoConnection.words(), None);
    assert_eq!(ApiError::Refused(Refusal::default()).words(), None);
    assert_eq!(
        unconfirmed(Some(ApiError::NotPermitted(words())), ReadBack::Impossible).words(),
        Some("Ask Bob")
    );
}

/// Tokens as systems give them out: JWT, hex, UUID, base64url, a word with a prefix.
const TOKENS: [&str; 5] = [
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "8f14e45fceea167a5a36dedd4bea2543",
    "550e8400-e29b-41d4-a716-446655440000",
    "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
];

fn answer<T: std::fmt::Debug>(
    mut exchange: Exchange<T>,
    secret: Option<&str>,
    status: u16,
    body: &str,
) -> String {
    if let Some(secret) = secret {
        exchange.hide(secret);
    }
    let mut sink = Sink::default();
    let mut step = exchange.next(Input::Start);
    loop {
        step = match step {
            Step::Send(_) => {
                exchange.head(Head {
                    status,
                    ..Head::default()
                });
                exchange.feed(body.as_bytes(), &mut sink);
                exchange.next(Input::Finished)
            }
            Step::Done(result) => {
                let shown = result.as_ref().err().map(ToString::to_string);
                return format!("{result:?} {shown:?} {sink:?} {exchange:?}");
            }
        };
    }
}

fn bodies(token: &str) -> Vec<String> {
    vec![
        format!(r#"{{"status":"ERROR","msg":"Invalid token {token}"}}"#),
        format!(r#"{{"status":"ERROR","msg":"Bad header: Authorization: Bearer {token}."}}"#),
        format!(r#"{{"status":"ERROR","msg":"No","error_details":{{"bob":"token={token}"}}}}"#),
        format!(r#"{{"message":"Token '{token}' expired","details":"{token}"}}"#),
        format!(r#"{{"message":"{}{token}"}}"#, "word ".repeat(119)),
        format!("<html><pre>GET /list\nAuthorization: Bearer {token}</pre>"),
        format!("{}{token}", " ".repeat(1990)),
        format!("{} {token}", "x ".repeat(59)),
        token.to_owned(),
        format!("[{{\"name\":7,\"token\":\"{token}\"}}]"),
        format!("{{\"groups\":[{{\"name\":7,\"token\":\"{token}\"}}]}}"),
        // Two bytes a character, as some proxies write.
        token.chars().flat_map(|c| [c, '\0']).collect(),
    ]
}

fn assert_silent(token: &str, secret: Option<&str>) {
    for body in bodies(token) {
        for status in [200, 302, 400, 401, 403, 404, 409, 429, 500] {
            for backend in [&Instabase as &dyn Backend, &Snip] {
                let change = change("9", vec![revoke("7", MEMBER)]);
                for said in [
                    answer(backend.get(&key("9")), secret, status, &body),
                    answer(backend.list(&ListAsk::Plain), secret, status, &body),
                    answer(backend.delete(&key("9")), secret, status, &body),
                    answer(backend.apply(&change), secret, status, &body),
                ] {
                    // Not even a piece of it that would help to guess the rest.
                    let piece = &token[token.len() - 8..];
                    assert!(!said.contains(piece), "{status} {body}\n{said}");
                    assert!(!said.contains(&token[..8]), "{status} {body}\n{said}");
                }
            }
        }
    }
}

#[test]
fn what_looks_like_a_token_is_in_no_error() {
    for token in TOKENS {
        assert_silent(token, None);
    }
}

/// A token that looks like a word can only be known by whoever sends it.
#[test]
fn the_token_itself_is_hidden_where_it_is_told() {
    for token in ["correct-horse-battery-staple", "opensesame"] {
        for body in bodies(token).into_iter().take(6) {
            for backend in [&Instabase as &dyn Backend, &Snip] {
                for status in [200, 400, 500] {
                    let said = answer(backend.get(&key("9")), Some(token), status, &body);
                    assert!(!said.contains(token), "{said}");
                    let said = answer(backend.list(&ListAsk::Plain), Some(token), status, &body);
                    assert!(!said.contains(token), "{said}");
                }
            }
        }
    }
    let said = answer(
        Snip.get(&key("9")),
        Some("opensesame"),
        400,
        r#"{"message":"Token opensesame, and opensesame, is not known"}"#,
    );
    assert!(said.contains("Token […], and […], is not known"), "{said}");
    // A short one may be part of any word.
    let said = answer(
        Snip.get(&key("9")),
        Some("known"),
        400,
        r#"{"message":"Not known"}"#,
    );
    assert!(said.contains("Not known"), "{said}");
}

#[test]
fn words_and_names_are_not_taken_for_tokens() {
    for words in [
        "Group (pe_prod_data_eu_read_2024) not found",
        "User (sebastian.mustermann@example.org) not found",
        "See https://instabase.example.com/docs/groups/permissions",
        "Donaudampfschifffahrtsgesellschaft",
        "TheQuickBrownFoxJumpsOverIt",
        "Bearer authentication required",
        "There is no Bearer authentication.",
        "a  b",
    ] {
        let ran = run(
            Instabase.get(&key("eng_group")),
            &[expect("GET /api/v1/groups/group/eng_group").ok(ib_error(words))],
        );
        assert_eq!(ran.error().words(), Some(words));
    }
}

#[test]
fn words_are_cut_and_stay_on_their_line() {
    let long = "no ".repeat(400);
    let ran = run(
        Instabase.get(&key("eng_group")),
        &[expect("GET /api/v1/groups/group/eng_group")
            .ok(ib_error(&format!("\r\n\u{202e}{long}\u{7}")))],
    );
    let error = ran.error();
    let words = error.words().unwrap();
    assert_eq!(words.chars().count(), 601);
    assert!(words.starts_with("no no no ") && words.ends_with('…'));
}

#[test]
fn an_excerpt_is_one_short_line() {
    assert_eq!(excerpt(b""), "");
    assert_eq!(excerpt(b" \n\t "), "");
    assert_eq!(excerpt(b"a\n\n  b\tc"), "a b c");
    // White space before a page does not hide the page.
    let page = format!("{}<html>", "\n".repeat(500));
    assert_eq!(excerpt(page.as_bytes()), "<html>");
    let long = excerpt("ab ".repeat(300).as_bytes());
    assert_eq!(long.chars().count(), 121);
    assert_eq!(excerpt(&[0xff, b'a', 0xc3]), "\u{fffd}a\u{fffd}");
    assert_eq!(excerpt("a\u{202e}b\u{0}c".as_bytes()), "abc");
}
