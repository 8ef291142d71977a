//! Files of groups, comparisons, and what has changed since: what holds for all of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};

use group_api::{
    Backend, Capabilities, Email, Field, Group, GroupKey, Instabase, Member, MemberKind, Members,
    PersonKey, Role, Roles, Snip, Timestamp,
};
use muster_changes::compare::{self, Compared, Likeness, Show, Sides};
use muster_changes::file::{self, About, Extent, Fault, Nth, Reader};
use muster_changes::since::{Fate, Since, What};
use muster_changes::{Holds, People, Which, Wish};
use muster_core::Directory;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// Groups as `key → (name, description, person → role)`.
type State = BTreeMap<String, (String, String, BTreeMap<String, &'static str>)>;

fn group(
    key: &str,
    name: &str,
    description: &str,
    people: &BTreeMap<String, &'static str>,
) -> Group {
    let member = |(person, role): (&String, &&'static str)| Member {
        person: PersonKey::new(person).unwrap(),
        label: person.clone(),
        kind: MemberKind::User,
        roles: Roles::one(Role::known(role)),
        joined: None,
        emails: Vec::new(),
        is_self: false,
    };
    Group {
        key: GroupKey::new(key).unwrap(),
        display_name: name.to_owned(),
        description: Some(description.to_owned()).filter(|text| !text.is_empty()),
        photo: None,
        created: None,
        updated: None,
        members: Members::Listed(people.iter().map(member).collect()),
    }
}

fn directory(capabilities: &'static Capabilities, state: &State) -> Directory {
    let mut directory = Directory::new(capabilities, 7);
    for (key, (name, description, people)) in state {
        directory.put_listed(group(key, name, description, people), b"");
    }
    directory
}

fn state_of(directory: &Directory) -> State {
    let groups = directory.rows().map(|row| {
        let group = directory.get(&GroupKey::new(row.key()).unwrap()).unwrap();
        let people = group.members.listed().unwrap().iter().map(|member| {
            let role = match member.roles.first().unwrap().as_str() {
                "admin" => "admin",
                _ => "member",
            };
            (member.person.to_string(), role)
        });
        let fields = (
            group.display_name.clone(),
            group.description.clone().unwrap_or_default(),
            people.collect(),
        );
        (group.key.to_string(), fields)
    });
    groups.collect()
}

/// What becomes of a state when a wish is done to the letter: nobody goes out who is not named as going, or in the other
/// mode, everybody who is not named.
fn done(wish: &Wish, state: &State, exactly: bool) -> State {
    let mut state = state.clone();
    for wished in &wish.groups {
        let key = match &wished.which {
            Which::Known(key) => key.to_string(),
            Which::New(new) => {
                let fields = (
                    new.display_name.clone(),
                    new.description.clone(),
                    BTreeMap::new(),
                );
                let before = state.insert(new.internal_name.clone(), fields);
                assert!(before.is_none(), "{} is there", new.internal_name);
                new.internal_name.clone()
            }
        };
        let mut group = state.remove(&key).expect("a known group is there");
        let mut key = key;
        for (field, value) in &wished.fields {
            match field {
                Field::DisplayName => group.0.clone_from(value),
                Field::Description => group.1.clone_from(value),
                Field::InternalName => key.clone_from(value),
                Field::Photo => panic!("no photos here"),
            }
        }
        if let People::Named(people) = &wished.people {
            let named: BTreeSet<&str> = people.iter().map(|one| one.person.as_str()).collect();
            assert_eq!(named.len(), people.len(), "each once");
            if exactly {
                group.2.retain(|person, _| named.contains(person.as_str()));
            }
            for one in people {
                let person = one.person.to_string();
                match &one.holds {
                    Holds::Any => {
                        group.2.entry(person).or_insert("member");
                    }
                    Holds::Role(role) => {
                        let role = if role.as_str() == "admin" {
                            "admin"
                        } else {
                            "member"
                        };
                        group.2.insert(person, role);
                    }
                    Holds::AsIs => {}
                    Holds::Nothing => {
                        group.2.remove(&person);
                    }
                }
            }
        }
        state.insert(key, group);
    }
    state
}

fn states() -> impl Strategy<Value = State> {
    let people = || btree_map("[a-f]", prop_oneof![Just("admin"), Just("member")], 0..5);
    btree_map("[k-p]", ("[A-C]{1,2}", "[x-y]?", people()), 0..6)
}

proptest! {
    #[test]
    fn a_state_has_not_changed_since_itself(state in states()) {
        for capabilities in [Instabase.capabilities(), Snip.capabilities()] {
            let (one, other) = (directory(capabilities, &state), directory(capabilities, &state));
            prop_assert_eq!(Since::new(capabilities, &one, &other), Since::default());
        }
    }

    #[test]
    fn going_back_leads_back_and_leaves_new_groups_alone(then in states(), now in states()) {
        let capabilities = Instabase.capabilities();
        let (before, after) = (directory(capabilities, &then), directory(capabilities, &now));
        let since = Since::new(capabilities, &before, &after);
        let all: Vec<u32> = (0..).take(since.groups.len()).collect();
        let wish = since.back(capabilities, &before, &after, &all);
        let mut expected = then.clone();
        for change in &since.groups {
            if let Fate::New(_) = change.fate {
                expected.insert(change.key.to_string(), now[change.key.as_str()].clone());
            }
        }
        // A name that another group has by now has to be free first: the planner's affair, not the wish's.
        let names: BTreeSet<&String> = then.keys().collect();
        let clashes = since.groups.iter().any(|change| {
            matches!(&change.fate, Fate::Kept(key) if *key != change.key && names.contains(&change.key.to_string()))
        });
        if !clashes {
            for exactly in [false, true] {
                prop_assert_eq!(done(&wish, &now, exactly), expected.clone(), "exactly: {}", exactly);
            }
        }
        // And what was gone back in shows nothing to go back to.
        let back = directory(capabilities, &expected);
        let left = Since::new(capabilities, &before, &back);
        prop_assert!(left.groups.iter().all(|change| matches!(change.fate, Fate::New(_))));
    }

    #[test]
    fn the_lines_are_those_that_are_counted_and_all_are_found(then in states(), now in states()) {
        let capabilities = Instabase.capabilities();
        let (before, after) = (directory(capabilities, &then), directory(capabilities, &now));
        let since = Since::new(capabilities, &before, &after);
        let counts = since.counts();
        for (what, count) in What::ALL.into_iter().zip(counts) {
            prop_assert_eq!(since.select(Some(what), "").len(), count);
        }
        prop_assert_eq!(since.select(None, "").len(), counts.iter().sum::<usize>());
        for line in since.select(None, "") {
            let name = &since.groups[line.group as usize].name;
            prop_assert!(since.select(None, &name.to_lowercase()).contains(&line));
        }
    }

    #[test]
    fn one_group_becomes_like_another(state in states(), from in 0_usize..6, to in 0_usize..6) {
        let capabilities = Instabase.capabilities();
        let known = directory(capabilities, &state);
        let keys: Vec<&String> = state.keys().collect();
        if let (Some(from), Some(to)) = (keys.get(from), keys.get(to)) && from != to {
            let sides = Sides::Groups(vec![GroupKey::new(from).unwrap(), GroupKey::new(to).unwrap()]);
            let compared = Compared::new(&known, sides);
            let like = compare::wish(&compared, &known, 0, 1, Likeness::Exactly);
            let more = compare::wish(&compared, &known, 0, 1, Likeness::AddMissing);
            for exactly in [false, true] {
                let mut expected = state.clone();
                expected.get_mut(*to).unwrap().2 = state[*from].2.clone();
                prop_assert_eq!(done(&like, &state, exactly), expected);
                let mut expected = state.clone();
                for (person, role) in &state[*from].2 {
                    expected.get_mut(*to).unwrap().2.entry(person.clone()).or_insert(role);
                }
                prop_assert_eq!(done(&more, &state, exactly), expected);
            }
            let alike = directory(capabilities, &done(&like, &state, false));
            let compared = Compared::new(&alike, compared.sides);
            for how in [Likeness::Exactly, Likeness::AddMissing] {
                prop_assert_eq!(compare::wish(&compared, &alike, 0, 1, how), Wish::default());
            }
        }
    }

    #[test]
    fn nothing_becomes_like_what_nobody_knows(state in states(), from in 0_usize..6, to in 0_usize..6, gone: bool) {
        let capabilities = Instabase.capabilities();
        let mut known = directory(capabilities, &state);
        let keys: Vec<&String> = state.keys().collect();
        if let (Some(from), Some(to)) = (keys.get(from), keys.get(to)) && from != to {
            let from = if gone {
                GroupKey::new("nowhere").unwrap()
            } else {
                let key = GroupKey::new(from).unwrap();
                let mut unsaid = Group::clone(&known.get(&key).unwrap());
                unsaid.members = Members::NotListed;
                known = Directory::new(capabilities, 7);
                for (other, (name, description, people)) in &state {
                    if *other != key.as_str() {
                        known.put_listed(group(other, name, description, people), b"");
                    }
                }
                known.put_listed(unsaid, b"");
                key
            };
            let compared = Compared::new(&known, Sides::Groups(vec![from, GroupKey::new(to).unwrap()]));
            prop_assert!(!compared.is_known(0) && compared.is_known(1));
            for how in [Likeness::Exactly, Likeness::AddMissing] {
                for (from, to) in [(0, 1), (1, 0)] {
                    prop_assert_eq!(compare::wish(&compared, &known, from, to, how), Wish::default());
                }
            }
        }
    }

    #[test]
    fn one_person_gets_what_another_has(state in states(), from in "[a-f]", to in "[a-f]") {
        prop_assume!(from != to);
        let capabilities = Instabase.capabilities();
        let known = directory(capabilities, &state);
        let sides = Sides::People(vec![PersonKey::new(&from).unwrap(), PersonKey::new(&to).unwrap()]);
        let compared = Compared::new(&known, sides);
        for exactly in [false, true] {
            let like = compare::wish(&compared, &known, 0, 1, Likeness::Exactly);
            let mut expected = state.clone();
            for (_, _, people) in expected.values_mut() {
                match people.get(&from).copied() {
                    Some(role) => people.insert(to.clone(), role),
                    None => people.remove(&to),
                };
            }
            prop_assert_eq!(done(&like, &state, exactly), expected);
            let more = compare::wish(&compared, &known, 0, 1, Likeness::AddMissing);
            let mut expected = state.clone();
            for (_, _, people) in expected.values_mut() {
                if let Some(role) = people.get(&from).copied() {
                    people.entry(to.clone()).or_insert(role);
                }
            }
            prop_assert_eq!(done(&more, &state, exactly), expected);
        }
    }

    #[test]
    fn every_line_of_a_comparison_is_of_some_kind(state in states(), count in 2_usize..4) {
        let known = directory(Instabase.capabilities(), &state);
        let keys: Vec<GroupKey> = state.keys().take(count).map(|key| GroupKey::new(key).unwrap()).collect();
        let compared = Compared::new(&known, Sides::Groups(keys.clone()));
        let people: BTreeSet<&String> = keys.iter().flat_map(|key| state[key.as_str()].2.keys()).collect();
        prop_assert_eq!(compared.lines.len(), people.len());
        for line in &compared.lines {
            for (side, key) in keys.iter().enumerate() {
                let held = state[key.as_str()].2.get(&line.key).map(|role| Roles::one(Role::known(role)));
                prop_assert_eq!(line.on(side).cloned(), held);
            }
        }
        // Those on one side alone, on some, and on all are all there are.
        let only: usize = (0..keys.len()).map(|side| compared.count(Show::Only(side))).sum();
        if keys.len() == 2 {
            prop_assert_eq!(only + compared.count(Show::InAll), compared.lines.len());
        }
        prop_assert!(compared.count(Show::OtherRole) <= compared.count(Show::InAll));
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        Just("\u{0}\u{1f}\"\\/\n\r\t\u{2028}é😀".to_owned())
    ]
}

/// What is said of a member: what to call them, roles, since when, an address.
type Fields = (String, Vec<String>, Option<i64>, Option<String>);

fn any_group() -> impl Strategy<Value = Group> {
    let key = "[^\\p{Cc}\\s.]{1,8}";
    let role = prop_oneof![
        Just("admin".to_owned()),
        Just("member".to_owned()),
        any_text()
    ];
    let joined = proptest::option::of(-62_167_219_200_000_i64..253_402_300_800_000);
    let member = (
        any_text(),
        vec(role, 1..3),
        joined,
        proptest::option::of(any_text()),
    );
    let members = proptest::option::of(btree_map(key, member, 0..4));
    let fields = (
        any_text(),
        proptest::option::of(any_text()),
        proptest::option::of(any_text()),
    );
    (key, fields, members).prop_map(|(key, (name, description, photo), members)| Group {
        key: GroupKey::new(&key).unwrap(),
        display_name: name,
        description,
        photo,
        created: None,
        updated: None,
        members: members.map_or(Members::NotListed, |members| {
            let member = |(person, (label, roles, joined, email)): (String, Fields)| Member {
                person: PersonKey::new(&person).unwrap(),
                label,
                kind: MemberKind::User,
                roles: roles.iter().map(|role| Role::from_wire(role)).collect(),
                joined: joined.map(Timestamp::from_unix_ms),
                emails: email
                    .into_iter()
                    .map(|address| Email {
                        address,
                        verified: None,
                    })
                    .collect(),
                is_self: false,
            };
            Members::Listed(members.into_iter().map(member).collect())
        }),
    })
}

fn about() -> About {
    About {
        connection: "acme \"prod\"".to_owned(),
        system: "Instabase".to_owned(),
        server: "https://acme.example".to_owned(),
        read: "2026-11-22T14:02:00.000Z".to_owned(),
        note: "before the move\n".to_owned(),
        holds: Extent::Everybody,
    }
}

fn written(about: &About, groups: &[Group]) -> String {
    let mut text = file::head(about);
    for (place, group) in groups.iter().enumerate() {
        file::group(
            &mut text,
            group,
            if place == 0 { Nth::First } else { Nth::Later },
        );
    }
    text + file::tail()
}

/// What is read of a file that comes in pieces of this length.
fn read(bytes: &[u8], piece: usize) -> Result<(About, Vec<Group>), Fault> {
    let (mut reader, mut groups) = (Reader::default(), Vec::new());
    for piece in bytes.chunks(piece) {
        reader.feed(piece, &mut |group| groups.push(group))?;
    }
    Ok((reader.finish()?, groups))
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_however_it_is_cut(groups in vec(any_group(), 0..5), piece in 1_usize..50) {
        let mut keys = BTreeSet::new();
        let groups: Vec<Group> = groups.into_iter().filter(|group| keys.insert(group.key.clone())).collect();
        let text = written(&about(), &groups);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        prop_assert_eq!(read(text.as_bytes(), piece), Ok((about(), groups.clone())));
        let part = About { holds: Extent::Some, ..about() };
        let text = written(&part, &groups);
        prop_assert_eq!(read(text.as_bytes(), piece), Ok((part, groups)));
    }

    #[test]
    fn a_part_of_a_file_is_none(groups in vec(any_group(), 1..4), at in 0.0_f64..1.0) {
        let mut keys = BTreeSet::new();
        let groups: Vec<Group> = groups.into_iter().filter(|group| keys.insert(group.key.clone())).collect();
        let text = written(&about(), &groups);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let end = ((text.trim_end().len() - 1) as f64 * at) as usize;
        prop_assert!(read(&text.as_bytes()[..end], 64).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200), piece in 1_usize..20) {
        prop_assert!(read(&bytes, piece).is_err());
    }

    #[test]
    fn nor_a_file_in_which_some_are_others(groups in vec(any_group(), 1..3), changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = written(&about(), &groups).into_bytes();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(&bytes, 16);
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let fault = |text: &str| read(text.as_bytes(), 7).unwrap_err().to_string();
    assert_eq!(
        fault("connection,read,group"),
        "This is not a file of groups that Muster wrote."
    );
    assert_eq!(
        fault("[]"),
        "This is not a file of groups that Muster wrote."
    );
    assert_eq!(
        fault("{\"groups\":[]}"),
        "This is not a file of groups that Muster wrote."
    );
    assert_eq!(
        fault("{\"muster\":1}"),
        "This is not a file of groups that Muster wrote."
    );
    assert_eq!(
        fault("{\"muster\":2,\"groups\":[]}"),
        "This file is of a later form (2): a newer Muster reads it."
    );
    assert_eq!(
        fault("{\"muster\":1,\"connection\":7,\"groups\":[]}"),
        "This file is damaged: at its beginning “connection” is missing or is no text."
    );
    assert_eq!(
        fault("{\"muster\":1,\"groups\":[\n{\"key\":\"a\""),
        "This file is not complete: it ends in the middle."
    );
    let of = |group: &str| {
        fault(&format!(
            "{{\"muster\":1,\"groups\":[{{\"key\":\"a\",\"display_name\":\"A\",\"people\":[]}},{group}]}}"
        ))
    };
    assert_eq!(
        of("7"),
        "This file is damaged: group 2: it has no key that can be one."
    );
    assert_eq!(
        of("{\"key\":\"a\",\"display_name\":\"A\",\"people\":null}"),
        "This file is damaged: group 2 (“a”): it stands there twice."
    );
    assert_eq!(
        of("{\"key\":\"b\",\"display_name\":\"A\"}"),
        "This file is damaged: group 2 (“b”): it does not say who is in it."
    );
    assert_eq!(
        of("{\"key\":\"b\",\"display_name\":\"B\",\"people\":[{\"person\":\"x\",\"roles\":[]}]}"),
        "This file is damaged: group 2 (“b”): a role in it is no text, or somebody holds none."
    );
}

#[test]
fn a_renamed_group_is_told_from_one_that_went_and_one_that_came() {
    let people = |names: &[&str]| {
        names
            .iter()
            .map(|name| ((*name).to_owned(), "member"))
            .collect::<BTreeMap<_, _>>()
    };
    let state = |groups: &[(&str, &str, &[&str])]| {
        let one = |(key, name, names): &(&str, &str, &[&str])| {
            (
                (*key).to_owned(),
                ((*name).to_owned(), String::new(), people(names)),
            )
        };
        groups.iter().map(one).collect::<State>()
    };
    let capabilities = Instabase.capabilities();
    let since = |then: &State, now: &State| {
        Since::new(
            capabilities,
            &directory(capabilities, then),
            &directory(capabilities, now),
        )
    };
    // The same display name and most of the people.
    let then = state(&[("sales", "Sales", &["a", "b", "c"])]);
    let now = state(&[("sales_eu", "Sales", &["a", "b", "d"])]);
    let told = since(&then, &now);
    assert_eq!(told.groups.len(), 1);
    assert_eq!(
        told.groups[0].fate,
        Fate::Kept(GroupKey::new("sales").unwrap())
    );
    assert_eq!(told.counts(), [0, 0, 1, 0, 1, 1, 0]);
    // The very same people, under other names.
    let now = state(&[("vendite", "Vendite", &["a", "b", "c"])]);
    assert_eq!(since(&then, &now).counts(), [0, 0, 2, 0, 0, 0, 0]);
    // Two that could be meant: nobody guesses.
    let now = state(&[
        ("x", "Sales", &["a", "b", "c"]),
        ("y", "Sales", &["a", "b", "c"]),
    ]);
    assert_eq!(since(&then, &now).counts(), [2, 1, 0, 0, 0, 0, 0]);
    // Other people under the same name are another group.
    let now = state(&[("sales_2", "Sales", &["x", "y", "z"])]);
    assert_eq!(since(&then, &now).counts(), [1, 1, 0, 0, 0, 0, 0]);
    assert_eq!(directory(capabilities, &then).len(), 1);
    assert_eq!(state_of(&directory(capabilities, &then)), then);
}

#[test]
fn what_somebody_did_not_say_is_no_difference() {
    let capabilities = Instabase.capabilities();
    let people: BTreeMap<String, &'static str> = [("a".to_owned(), "admin")].into();
    let listed = group("sales", "Sales", "", &people);
    let mut unsaid = listed.clone();
    unsaid.members = Members::NotListed;
    let state = |group: Group| {
        let mut directory = Directory::new(capabilities, 7);
        directory.put_listed(group, b"");
        directory
    };
    assert_eq!(
        Since::new(capabilities, &state(unsaid.clone()), &state(listed.clone())),
        Since::default()
    );
    assert_eq!(
        Since::new(capabilities, &state(listed), &state(unsaid)),
        Since::default()
    );
}
