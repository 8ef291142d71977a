//! How long it takes to work out 100 000 differences in so many groups, natively: `cargo run --profile native -p
//! muster-changes --example plan [DIFFERENCES]`. Half of them come in, a quarter goes, a quarter changes role.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use group_api::{
    Backend, Group, GroupKey, Instabase, Member, MemberKind, Members, PersonKey, Role, Roles,
};
use muster_changes::{Admins, Holds, Mode, People, Struck, Which, Wish, WishedPerson, plan};
use muster_core::Directory;

const ADMIN: Role = Role::known("admin");
const MEMBER: Role = Role::known("member");
/// How many are in each group and stay as they are.
const STAY: usize = 8;

fn person(number: usize) -> PersonKey {
    PersonKey::new(&format!("user{number:06}")).unwrap()
}

fn member(number: usize, role: Role) -> Member {
    let person = person(number);
    Member {
        label: person.to_string(),
        person,
        kind: MemberKind::User,
        roles: Roles::one(role),
        joined: None,
        emails: Vec::new(),
        is_self: false,
    }
}

/// So many groups with so many differences between what is so and what is wished, spread evenly.
fn made(groups: usize, differences: usize) -> (Directory, Wish) {
    let mut directory = Directory::new(Instabase.capabilities(), 7);
    let mut wish = Wish::default();
    let mut left = differences;
    for number in 0..groups {
        let here = left / (groups - number);
        left -= here;
        let (come, go) = (here.div_ceil(2), here / 4);
        let change = here - come - go;
        let key = GroupKey::new(&format!("group_{number:06}")).unwrap();
        let at = |n: usize| (number * 31 + n * 7) % 50_000;
        let mut members = vec![member(50_000 + number % 100, ADMIN)];
        members.extend((0..STAY + go + change).map(|n| member(at(n), MEMBER)));
        let wished = |member: &Member, role: &Role| WishedPerson {
            person: member.person.clone(),
            label: None,
            holds: Holds::Role(role.clone()),
        };
        let mut people: Vec<WishedPerson> = members
            .iter()
            .take(1 + STAY)
            .map(|member| wished(member, &member.roles.first().unwrap().clone()))
            .collect();
        people.extend(
            members
                .iter()
                .skip(1 + STAY + go)
                .map(|member| wished(member, &ADMIN)),
        );
        people.extend((0..come).map(|n| WishedPerson {
            person: person(at(STAY + go + change + n)),
            label: None,
            holds: Holds::Any,
        }));
        wish.groups.push(muster_changes::Group {
            which: Which::Known(key.clone()),
            fields: Vec::new(),
            people: People::Named(people),
        });
        directory.put_read(Group {
            key,
            display_name: format!("Group {number}"),
            description: None,
            photo: None,
            created: None,
            updated: None,
            members: Members::Listed(members),
        });
    }
    (directory, wish)
}

/// The most memory this process has had, in megabytes, where the system tells.
fn most_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<usize>().ok()? / 1024)
}

fn best<T>(what: impl Fn() -> T) -> (Duration, T) {
    let mut best: Option<(Duration, T)> = None;
    for _ in 0..5 {
        let began = Instant::now();
        let made = what();
        let took = began.elapsed();
        if best.as_ref().is_none_or(|(known, _)| took < *known) {
            best = Some((took, made));
        }
    }
    best.unwrap()
}

fn main() {
    let wanted = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let differences: usize = wanted.unwrap_or(100_000);
    println!("groups     differences  plan       order      nothing to do  most memory");
    for groups in [1_000, 10_000, 100_000] {
        let (mut directory, wish) = made(groups, differences);
        let mode = Mode::ExactlySo(Admins::Stay);
        let (took, made) = best(|| plan(&wish, &directory, mode, &Instabase, None));
        let (ordered, chosen) = best(|| made.chosen(&Struck::default()));
        let before = most_memory().unwrap_or_default();
        assert!(made.problems.is_empty());
        assert_eq!(chosen.tasks.len(), made.lines.len());
        let lines = made.lines.len();
        // The same wish where it has come true.
        for group in &wish.groups {
            let (Which::Known(key), People::Named(people)) = (&group.which, &group.people) else {
                continue;
            };
            let members = people.iter().map(|wished| {
                let role = match &wished.holds {
                    Holds::Role(role) => role.clone(),
                    _ => MEMBER,
                };
                Member {
                    roles: Roles::one(role),
                    ..member(wished.person.as_str()[4..].parse().unwrap(), MEMBER)
                }
            });
            let now = Group::clone(&directory.get(key).unwrap());
            directory.put_read(Group {
                members: Members::Listed(members.collect()),
                ..now
            });
        }
        let (nothing, empty) = best(|| plan(&wish, &directory, mode, &Instabase, None));
        assert!(empty.is_empty(), "{:?}", Arc::new(empty));
        println!(
            "{groups:<10} {lines:<12} {took:<10.1?} {ordered:<10.1?} {nothing:<14.1?} {before} MB"
        );
    }
}
