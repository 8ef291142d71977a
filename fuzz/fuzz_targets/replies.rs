//! Every conversation with both systems, against any replies: it ends within its bound, panics nowhere, and asks for nothing but
//! clean paths.
//!
//! The first byte chooses the system and what is wanted, the second the size of the pieces. The rest are the replies, parted by
//! `\xff`; of each the first byte chooses the status.
#![no_main]

use group_api::{
    ApiError, Backend, Exchange, Group, GroupEdit, GroupKey, GroupSink, Head, Input, Instabase,
    ListAsk, Members, MembershipChange, NewGroup, PersonChange, PersonKey, PersonStep, Roles, Snip,
    Step, Unreadable,
};
use libfuzzer_sys::fuzz_target;

const STATUS: [u16; 12] = [200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 429, 500];

struct Nothing;

impl GroupSink for Nothing {
    fn group(&mut self, _: Group, _: &[u8]) {}
    fn unreadable(&mut self, _: Unreadable) {}
}

fn talk<T: std::fmt::Debug>(mut exchange: Exchange<T>, replies: &[&[u8]], piece: usize) {
    let mut step = exchange.next(Input::Start);
    for turn in 0..16 {
        let request = match step {
            Step::Done(result) => {
                let _ = format!("{result:?}");
                return;
            }
            Step::Send(request) => request,
        };
        assert!(request.target.starts_with("/api/"));
        assert!(request.target.bytes().all(|b| b.is_ascii_graphic()));
        step = match replies.get(turn.min(replies.len().saturating_sub(1))) {
            None | Some([]) => exchange.next(Input::Failed(ApiError::NoConnection)),
            Some([status, body @ ..]) => {
                exchange.head(Head {
                    status: STATUS[usize::from(*status) % STATUS.len()],
                    ..Head::default()
                });
                for bytes in body.chunks(piece) {
                    exchange.feed(bytes, &mut Nothing);
                }
                exchange.next(Input::Finished)
            }
        };
    }
    panic!("a conversation without an end");
}

fuzz_target!(|data: &[u8]| {
    let [choice, piece, rest @ ..] = data else {
        return;
    };
    let replies: Vec<&[u8]> = rest.split(|byte| *byte == 0xff).take(6).collect();
    let piece = usize::from(*piece) + 1;
    let backend: &dyn Backend = if choice & 1 == 0 { &Instabase } else { &Snip };
    let (Ok(key), Ok(who)) = (GroupKey::new("7"), PersonKey::new("12")) else {
        return;
    };
    let roles = backend.capabilities().roles;
    let (Some(high), Some(low)) = (roles.first(), roles.last()) else {
        return;
    };
    let group = Group {
        key: key.clone(),
        display_name: "Seven".to_owned(),
        description: None,
        photo: None,
        created: None,
        updated: None,
        members: Members::NotListed,
    };
    let step = |change: PersonChange| MembershipChange {
        group: key.clone(),
        steps: vec![PersonStep {
            person: who.clone(),
            change,
        }],
    };
    match (choice >> 1) % 11 {
        0 => talk(backend.list(&ListAsk::Plain), &replies, piece),
        1 => talk(backend.list(&ListAsk::WithMembers), &replies, piece),
        2 => talk(
            backend.list(&ListAsk::OfPerson(who.clone())),
            &replies,
            piece,
        ),
        3 => talk(backend.get(&key), &replies, piece),
        4 => talk(backend.presence(&key), &replies, piece),
        5 => {
            let new = NewGroup {
                display_name: "Seven".to_owned(),
                internal_name: "seven".to_owned(),
                description: "x".to_owned(),
                photo: String::new(),
                add_admin: Some(who.clone()),
            };
            if let Ok(exchange) = backend.create(&new) {
                talk(exchange, &replies, piece);
            }
        }
        6 => {
            let edit = GroupEdit {
                description: Some("y".to_owned()),
                ..GroupEdit::default()
            };
            if let Ok(exchange) = backend.update(&group, &edit) {
                talk(exchange, &replies, piece);
            }
        }
        7 => talk(backend.delete(&key), &replies, piece),
        8 => talk(backend.leave(&key, Some(&who)), &replies, piece),
        9 => talk(backend.transfer(&key, &who), &replies, piece),
        _ => {
            let change = step(PersonChange::Grant(high.role.clone()));
            talk(backend.apply(&change), &replies, piece);
            let change = step(PersonChange::Revoke(Roles::one(low.role.clone())));
            talk(backend.apply(&change), &replies, piece);
        }
    }
});
