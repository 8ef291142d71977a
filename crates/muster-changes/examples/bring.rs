//! What bringing a long file costs: `cargo run --profile native -p muster-changes --example bring`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::time::Instant;

use group_api::{
    Backend, Group, GroupKey, Instabase, Member, MemberKind, Members, PersonKey, Roles,
};
use muster_changes::bring::{Brought, Choices, Layout, Matching, Near, decode, read};
use muster_core::{Coverage, Directory};

fn person(n: usize) -> String {
    const FIRST: [&str; 8] = [
        "alexander",
        "maria",
        "bjorn",
        "chen",
        "david",
        "elisabeth",
        "fatima",
        "giulia",
    ];
    const LAST: [&str; 8] = [
        "smith",
        "lindqvist",
        "okafor",
        "garcia",
        "nguyen",
        "kowalski",
        "rossi",
        "yamamoto",
    ];
    format!("{}.{}{}", FIRST[n % 8], LAST[n / 8 % 8], n / 64)
}

fn name(n: usize) -> String {
    const WORDS: [&str; 6] = ["Prod", "Data", "EU", "Read", "Écriture", "Ops"];
    format!(
        "PE {} {} {} {n}",
        WORDS[n % 6],
        WORDS[n / 6 % 6],
        WORDS[n / 36 % 6]
    )
}

fn main() {
    let system = &Instabase;
    let roles = system.capabilities().roles;
    let mut directory = Directory::new(system.capabilities(), 7);
    directory.begin();
    for n in 0..100_000 {
        let members = (0..4).map(|at| Member {
            person: PersonKey::new(&person((n * 4 + at) % 25_000)).unwrap(),
            label: person((n * 4 + at) % 25_000),
            kind: MemberKind::User,
            roles: Roles::one(roles[usize::from(at > 0)].role.clone()),
            joined: None,
            emails: Vec::new(),
            is_self: false,
        });
        directory.put_listed(
            Group {
                key: GroupKey::new(&format!("group_{n}")).unwrap(),
                display_name: name(n),
                description: None,
                photo: None,
                created: None,
                updated: None,
                members: Members::Listed(members.collect()),
            },
            b"",
        );
    }
    directory.end_list(Coverage::Full {
        read_at: 0.0,
        unreadable: 0,
    });
    let line = |n: usize, group: String, person: String| {
        format!(
            "{group};{person}@example.org;{};x\r\n",
            ["Admin", "Member", ""][n % 3]
        )
    };
    let texts = [
        (
            "by display name",
            (0..10_000)
                .map(|n| line(n, name(n * 7 % 100_000), person(n * 3 % 25_000)))
                .collect::<String>(),
        ),
        (
            "by internal name",
            (0..10_000)
                .map(|n| line(n, format!("group_{}", n % 2_000), person(n % 25_000)))
                .collect(),
        ),
        (
            "half misspelt",
            (0..10_000)
                .map(|n| {
                    let (mut group, mut person) = (name(n * 7 % 100_000), person(n * 3 % 25_000));
                    if n % 2 == 0 {
                        group.insert(1, 'q');
                        person.insert(4, 'q');
                    }
                    line(n, group, person)
                })
                .collect(),
        ),
    ];
    for (what, rows) in texts {
        let bytes = format!("Team;E-Mail;Role;Note\r\n{rows}").into_bytes();
        let mut best = [f64::MAX; 5];
        let mut came = String::new();
        for _ in 0..7 {
            let mut times = vec![Instant::now()];
            let mut lap = || times.push(Instant::now());
            let (text, _) = decode(&bytes).unwrap();
            let table = read(&text).unwrap();
            lap();
            let layout = Layout::guess(&table, None, &directory, system.capabilities());
            lap();
            let mut matching = Matching::new(&table, &layout, None, &directory, system);
            lap();
            Near::find(&mut matching, &directory);
            lap();
            let brought = Brought::new(&table, &layout, &matching, &Choices::default(), system);
            lap();
            for (best, pair) in best.iter_mut().zip(times.windows(2)) {
                *best = best.min((pair[1] - pair[0]).as_secs_f64() * 1e3);
            }
            came = format!(
                "{:?}, {} to be settled",
                brought.counts,
                brought.wish().err().unwrap_or(0)
            );
        }
        let [table, layout, matching, near, rows] = best;
        println!(
            "{what}: read {table:.1} ms, columns {layout:.1}, names {matching:.1}, near ones {near:.1}, rows {rows:.1}; in all {:.1} ms ({came})",
            best.iter().sum::<f64>()
        );
    }
}
