//! Whatever bytes come: no panic, no endless conversation, no odd request, and the same however the
//! bytes are cut.
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
    ApiError, Backend, Exchange, GroupEdit, GroupKey, Head, Input, Instabase, ListAsk, Method,
    NewGroup, PersonKey, Request, Snip, Step,
};
use proptest::prelude::*;
use proptest::sample::Index;

const SEEDS: [&str; 7] = [
    include_str!("fixtures/instabase_get.json"),
    include_str!("fixtures/instabase_list.json"),
    include_str!("fixtures/instabase_partial_failure.json"),
    include_str!("fixtures/snip_get.json"),
    include_str!("fixtures/snip_list.json"),
    r#"{"message":"No","details":{"a":[1,2]}}"#,
    r#"{"status":"OK"}"#,
];

/// Any bytes, any text of the characters that JSON is made of, or a valid body with bytes changed,
/// dropped, doubled or cut off.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let mutated = (
        0..SEEDS.len(),
        proptest::collection::vec((any::<Index>(), 0u8..5, any::<u8>()), 0..6),
    )
        .prop_map(|(seed, edits)| {
            let mut bytes = SEEDS[seed].as_bytes().to_vec();
            for (at, kind, byte) in edits {
                if bytes.is_empty() {
                    break;
                }
                let at = at.index(bytes.len());
                match kind {
                    0 => bytes[at] = byte,
                    1 => drop(bytes.remove(at)),
                    2 => bytes.insert(at, b"{}[]\",:\\"[usize::from(byte % 8)]),
                    3 => bytes.truncate(at),
                    _ => bytes.extend_from_within(at..),
                }
            }
            bytes
        });
    prop_oneof![
        1 => proptest::collection::vec(any::<u8>(), 0..200),
        2 => r#"[\[\]{},:"\\ u0-9a-z]{0,120}"#.prop_map(String::into_bytes),
        5 => mutated,
    ]
}

fn status() -> impl Strategy<Value = u16> {
    prop_oneof![
        6 => Just(200u16),
        1 => Just(204u16),
        2 => proptest::sample::select(vec![301u16, 400, 401, 403, 404, 409, 412, 418, 429, 500, 502]),
        1 => any::<u16>(),
    ]
}

#[derive(Clone, Debug)]
enum Event {
    Reply(u16, Option<String>, Vec<u8>),
    Fails(u8),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (status(), proptest::option::of("[ -~]{0,12}"), body())
            .prop_map(|(status, retry, body)| Event::Reply(status, retry, body)),
        1 => any::<u8>().prop_map(Event::Fails),
    ]
}

fn failure(which: u8) -> ApiError {
    match which % 4 {
        0 => ApiError::NoConnection,
        1 => ApiError::TimedOut { seconds: 15 },
        2 => ApiError::Cancelled,
        _ => ApiError::LookOnly,
    }
}

fn sane(request: &Request) {
    assert!(request.target.starts_with("/api/"), "{request:?}");
    assert!(
        request
            .target
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&b)),
        "{request:?}"
    );
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    assert!(!query.contains('?'), "{request:?}");
    assert!(
        path.split('/')
            .skip(1)
            .all(|s| !s.is_empty() && s != "." && s != ".."),
        "{request:?}"
    );
    match (&request.body, request.method) {
        (Some(_), Method::Get | Method::Delete) => panic!("{request:?}"),
        (Some(body), _) => {
            let json: serde_json::Value = serde_json::from_slice(body).unwrap();
            assert!(json.is_object(), "{request:?}");
        }
        (None, _) => {}
    }
}

/// Runs a conversation to its end against these answers, the last again and again; every sentence
/// that comes out is said once.
fn survive<T: std::fmt::Debug>(mut exchange: Exchange<T>, events: &[Event], piece: usize) {
    let mut sink = Sink::default();
    let mut step = exchange.next(Input::Start);
    for turn in 0..12 {
        match step {
            Step::Done(result) => {
                if let Err(error) = &result {
                    assert!(!error.to_string().is_empty());
                }
                let bound = 40_000;
                assert!(format!("{result:?}").len() < bound);
                return;
            }
            Step::Send(request) => {
                sane(&request);
                step = match &events[turn.min(events.len() - 1)] {
                    Event::Fails(which) => exchange.next(Input::Failed(failure(*which))),
                    Event::Reply(status, retry_after, body) => {
                        exchange.head(Head {
                            status: *status,
                            retry_after: retry_after.clone(),
                            content_type: None,
                            etag: None,
                        });
                        for bytes in body.chunks(piece) {
                            exchange.feed(bytes, &mut sink);
                        }
                        exchange.next(Input::Finished)
                    }
                };
            }
        }
    }
    panic!("a conversation without end");
}

fn every_conversation(group: &str, who: &str, text: &str, events: &[Event], piece: usize) {
    let (key, who) = (key(group), person(who));
    let new = NewGroup {
        display_name: format!("abc{text}"),
        internal_name: "abc_1".to_owned(),
        description: text.to_owned(),
        photo: String::new(),
        add_admin: Some(who.clone()),
    };
    let edit = GroupEdit {
        display_name: Some(format!("abc{text}")),
        internal_name: Some("new_name".to_owned()),
        description: Some(text.to_owned()),
        photo: Some(String::new()),
    };
    let group = group_of(key.as_str(), group_api::Members::NotListed);
    for backend in [&Instabase as &dyn Backend, &Snip] {
        let roles: Vec<_> = backend
            .capabilities()
            .roles
            .iter()
            .map(|r| r.role.clone())
            .collect();
        let (high, low) = (roles[0].clone(), roles[roles.len() - 1].clone());
        let steps = vec![
            grant(who.as_str(), high.clone()),
            change_role("1", low.clone(), roles[roles.len() - 2].clone()),
            restore("2", low.clone()),
            revoke("3", high),
        ];
        let blunt = vec![revoke(who.as_str(), low), revoke("1", MODERATOR)];
        for ask in [
            ListAsk::Plain,
            ListAsk::WithMembers,
            ListAsk::OfPerson(who.clone()),
        ] {
            survive(backend.list(&ask), events, piece);
        }
        survive(backend.get(&key), events, piece);
        survive(backend.presence(&key), events, piece);
        survive(backend.create(&new).unwrap(), events, piece);
        survive(backend.update(&group, &edit).unwrap(), events, piece);
        survive(backend.delete(&key), events, piece);
        survive(backend.leave(&key, Some(&who)), events, piece);
        survive(backend.transfer(&key, &who), events, piece);
        survive(backend.apply(&change(key.as_str(), steps)), events, piece);
        survive(backend.apply(&change(key.as_str(), blunt)), events, piece);
    }
}

/// What a list brings from these bytes in these pieces.
fn listed(backend: &dyn Backend, body: &[u8], cuts: &[Index]) -> String {
    let mut exchange = backend.list(&ListAsk::WithMembers);
    let mut sink = Sink::default();
    assert!(matches!(exchange.next(Input::Start), Step::Send(_)));
    exchange.head(head(200));
    let mut places: Vec<usize> = cuts.iter().map(|i| i.index(body.len() + 1)).collect();
    places.sort_unstable();
    let mut from = 0;
    for place in places {
        exchange.feed(&body[from..place], &mut sink);
        from = place;
    }
    exchange.feed(&body[from..], &mut sink);
    let Step::Done(result) = exchange.next(Input::Finished) else {
        panic!("a list is one request");
    };
    format!("{result:?} {sink:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_comes_makes_a_conversation_panic(
        group in "[1-9][0-9]{0,18}",
        who in "[a-z1-9]{1,8}",
        text in ".{0,20}",
        events in proptest::collection::vec(event(), 1..5),
        piece in 1usize..60,
    ) {
        every_conversation(&group, &who, &text, &events, piece);
    }

    #[test]
    fn any_key_makes_a_clean_request(group in any::<String>(), who in any::<String>(), text in any::<String>()) {
        if let (Ok(_), Ok(_)) = (GroupKey::new(&group), PersonKey::new(&who)) {
            let text: String = text.chars().take(200).collect();
            every_conversation(&group, &who, &text, &[Event::Fails(0), Event::Reply(200, None, b"{}".to_vec())], 7);
        }
    }

    #[test]
    fn cuts_do_not_change_what_a_list_brings(body in body(), cuts in proptest::collection::vec(any::<Index>(), 0..8)) {
        for backend in [&Instabase as &dyn Backend, &Snip] {
            prop_assert_eq!(listed(backend, &body, &cuts), listed(backend, &body, &[]));
        }
    }

    /// What goes out in a body is read by the other side as it was typed.
    #[test]
    fn bodies_carry_any_text(text in any::<String>()) {
        let edit = GroupEdit { description: Some(text.chars().take(5000).collect()), ..GroupEdit::default() };
        let group = group_of("9", group_api::Members::NotListed);
        for backend in [&Instabase as &dyn Backend, &Snip] {
            let request = first_request(backend.update(&group, &edit).unwrap());
            let body: serde_json::Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
            prop_assert_eq!(body, serde_json::json!({"description": edit.description}));
        }
    }

    /// A group that one side writes is the group that the other reads.
    #[test]
    fn a_group_survives_its_list(name in "[A-Za-z0-9_]{3,100}", display in ".{1,40}", people in proptest::collection::btree_set("[a-z]{1,6}", 0..6)) {
        let people: Vec<&str> = people.iter().map(String::as_str).collect();
        let (admins, members) = people.split_at(people.len() / 2);
        let body = ib_group(&name, admins, members).replace("\"Engineering\"", &serde_json::json!(display).to_string());
        let group = run(Instabase.get(&key(&name)), &[expect(&format!("GET /api/v1/groups/group/{name}")).ok(body)]).value();
        prop_assert_eq!(group.key.as_str(), name);
        prop_assert_eq!(&group.display_name, &display);
        let expected: Vec<String> = admins.iter().map(|p| format!("{p}: admin")).chain(members.iter().map(|p| format!("{p}: member"))).collect();
        prop_assert_eq!(roster(&group), expected);
    }
}
