//! How long it takes to write so many groups as a file, to read them again, and to tell what has changed since, natively:
//! `cargo run --profile native -p muster-changes --example states [PEOPLE A GROUP]`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use group_api::{
    Backend, Group, GroupKey, Instabase, Member, MemberKind, Members, PersonKey, Role, Roles,
};
use muster_changes::file::{self, About, Nth, Reader};
use muster_changes::since::Since;
use muster_core::Directory;

/// A group of so many people; of each `every`th something is other: a description, one in, one out, a role.
fn group(number: usize, people: usize, every: usize) -> Group {
    let other = every > 0 && number.is_multiple_of(every);
    let member = |place: usize| {
        let shifted = if other && place == 3 { 70_001 } else { 0 };
        let who = (number * 31 + place * 7) % 50_000 + shifted;
        let person = PersonKey::new(&format!("user{who:06}")).unwrap();
        let role = if place == 0 || other && place == 5 {
            "admin"
        } else {
            "member"
        };
        Member {
            label: person.to_string(),
            person,
            kind: MemberKind::User,
            roles: Roles::one(Role::known(role)),
            joined: None,
            emails: Vec::new(),
            is_self: false,
        }
    };
    let text = if other {
        "Something else"
    } else {
        "What it is"
    };
    Group {
        key: GroupKey::new(&format!("group_{number:06}")).unwrap(),
        display_name: format!("Group {number}"),
        description: Some(text.to_owned()),
        photo: None,
        created: None,
        updated: None,
        members: Members::Listed((0..people).map(member).collect()),
    }
}

fn state(groups: usize, people: usize, every: usize) -> Directory {
    let mut directory = Directory::new(Instabase.capabilities(), 7);
    for number in 0..groups {
        directory.put_listed(group(number, people, every), b"");
    }
    directory
}

fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let value = what();
    (value, began.elapsed())
}

fn main() {
    let people = std::env::args().nth(1).map_or(20, |n| n.parse().unwrap());
    println!(
        "groups · people each · file MB · write · read · since, nothing changed · 1 % changed · all changed"
    );
    for groups in [1_000, 10_000, 100_000] {
        let then = state(groups, people, 0);
        let (text, write) = timed(|| {
            let mut text = file::head(&About::default());
            for (place, row) in then.rows().enumerate() {
                let group = then.get(&GroupKey::new(row.key()).unwrap()).unwrap();
                let nth = if place == 0 { Nth::First } else { Nth::Later };
                file::group(&mut text, &group, nth);
            }
            text + file::tail()
        });
        let (again, read) = timed(|| {
            let mut again = Directory::new(Instabase.capabilities(), 9);
            let mut reader = Reader::default();
            for piece in text.as_bytes().chunks(64 << 10) {
                reader
                    .feed(piece, &mut |group| again.put_listed(group, b""))
                    .unwrap();
            }
            again
        });
        let capabilities = Instabase.capabilities();
        let mut times = Vec::new();
        for every in [0, 100, 1] {
            let now = state(groups, people, every);
            let (since, took) = timed(|| Since::new(capabilities, &again, &now));
            let changed = if every == 0 {
                0
            } else {
                groups.div_ceil(every)
            };
            assert_eq!(since.groups.len(), changed);
            times.push(format!("{} ms", took.as_millis()));
        }
        println!(
            "{groups} · {people} · {} · {} ms · {} ms · {}",
            text.len() / 1_000_000,
            write.as_millis(),
            read.as_millis(),
            times.join(" · ")
        );
    }
}
