//! Pasted lists: what is in them whatever they look like, and what becomes of it in a group.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;

use group_api::{Backend, Instabase, KeyFault, Member, MemberKind, PersonKey, Role, Roles, Snip};
use muster_core::paste::{
    Again, Against, Class, FirstLine, Lookup, MailPart, Offer, Pasted, PastedEntry, Review, parse,
    role_of,
};
use proptest::prelude::*;

fn is_role(word: &str) -> bool {
    role_of(Instabase.capabilities(), word).is_some()
}

fn read(text: &str) -> Pasted {
    parse(text, FirstLine::Judge, &is_role)
}

/// Found by fuzzing: an address with doubled quotes and a separator was left out of what is kept.
#[test]
fn what_is_odd_is_kept_too() {
    for text in [
        "Name\tRole\nabob@example,cy\"\";a\nbber\n",
        "Name\na@x\"\";b\nc\n",
        "\"a@x\"\"\"\",;\"\nc\n",
        "Name\tDisplay name\tRole\n{mal <;l\tRoe\nalia\tb\n",
    ] {
        let pasted = read(text);
        let again = read(&pasted.rest(&|_| true));
        let offers = |pasted: &Pasted| -> Vec<Offer> {
            pasted
                .entries
                .iter()
                .map(|entry| entry.offer.clone())
                .collect()
        };
        assert_eq!(offers(&again), offers(&pasted), "{text:?}");
    }
}

/// Found by a property test: a tab in a role was another word when it was read again.
#[test]
fn a_role_is_a_word_in_one_line() {
    for (text, role) in [
        ("Role;user\nuser\t,;ann", "user ,"),
        ("Role;user\n\"a \"\"b\"\"\ncd\";ann", "a 'b' cd"),
    ] {
        let pasted = read(text);
        let roles = |pasted: &Pasted| keys(&pasted.entries);
        assert_eq!(roles(&pasted), [(Ok(key("ann")), Some(role.to_owned()))]);
        assert_eq!(roles(&read(&pasted.rest(&|_| true))), roles(&pasted));
    }
}

/// Who stands in a list, with the part before the `@`, and the role beside each.
fn said(text: &str) -> Vec<(u32, String, Option<String>)> {
    let one = |entry: &PastedEntry| {
        let person = entry.offer.person(MailPart::BeforeAt);
        let name = person.map_or_else(|fault| format!("!{fault:?}"), |key| key.to_string());
        (entry.line, name, entry.role.clone())
    };
    read(text).entries.iter().map(one).collect()
}

fn names(text: &str) -> Vec<String> {
    said(text).into_iter().map(|(_, name, _)| name).collect()
}

#[test]
fn whatever_separates_them() {
    for text in [
        "ann,bo,cy",
        "ann; bo;\tcy",
        "ann\nbo\r\ncy",
        "\u{feff}ann\u{a0}\n\n,, bo\u{200b}\u{2028}\"cy\"\r",
        "ann@x.org bo@x.org  cy@x.org",
        "- ann\n- bo\n- cy",
        "Ann <ann@x.org>, \"O, Bo\" <mailto:bo@x.org>; <cy@x.org>",
    ] {
        assert_eq!(names(text), ["ann", "bo", "cy"], "{text:?}");
    }
}

#[test]
fn a_table_with_a_heading() {
    let text = "Name,E-Mail,Role,Since\r\n\"Doe, Ann\",ann@x.org,Admin,2020\r\n\r\nBo,bo@x.org,,2021\r\n,,Member,\r\n";
    let pasted = read(text);
    let heading = pasted.heading.clone().unwrap();
    assert_eq!((heading.line, heading.people.as_str()), (1, "E-Mail"));
    assert_eq!(heading.unused, ["Since"]);
    let role = |word: &str| Some(word.to_owned());
    assert_eq!(
        said(text),
        [
            (2, "ann".to_owned(), role("Admin")),
            (4, "bo".to_owned(), None),
            // It says a role, and nobody to hold it.
            (5, "!Empty".to_owned(), role("Member")),
        ]
    );
    assert_eq!(pasted.entries[0].label.as_deref(), Some("Doe, Ann"));
    // The same with cells of a spreadsheet; one of them holds two people.
    assert_eq!(
        said("login\trole\n\"ann\nbo\"\tadmins\ncy\tmember"),
        [
            (2, "ann".to_owned(), role("admins")),
            (3, "bo".to_owned(), role("admins")),
            (4, "cy".to_owned(), role("member")),
        ]
    );
}

#[test]
fn a_heading_can_be_a_person_after_all() {
    let text = "user\nann";
    assert_eq!(names(text), ["ann"]);
    let people = parse(text, FirstLine::People, &is_role);
    assert_eq!(people.heading, None);
    assert_eq!(people.entries.len(), 2);
    assert_eq!(people.entries[0].offer, Offer::Name("user".to_owned()));
}

#[test]
fn roles_beside_names_without_a_heading() {
    let role = |word: &str| Some(word.to_owned());
    assert_eq!(
        said("ann\tAdmin\nbo\tmember"),
        [
            (1, "ann".to_owned(), role("Admin")),
            (2, "bo".to_owned(), role("member"))
        ]
    );
    assert_eq!(names("ann\tbo\ncy\tdan"), ["ann", "bo", "cy", "dan"]);
}

fn key(name: &str) -> PersonKey {
    PersonKey::new(name).unwrap()
}

fn member(name: &str, roles: &[&'static str]) -> Member {
    Member {
        person: key(name),
        label: name.to_owned(),
        kind: MemberKind::User,
        roles: roles.iter().map(|role| Role::known(role)).collect(),
        joined: None,
        emails: vec![],
        is_self: false,
    }
}

fn review(entries: &[PastedEntry], members: &[Member], known: &[&str], part: MailPart) -> Review {
    let people: Vec<_> = known
        .iter()
        .map(|name| (key(name), (*name).to_owned()))
        .collect();
    let lookup = Lookup::new(7, people.len(), &|number| {
        people[number as usize].0.as_str()
    });
    Review::new(
        entries,
        &Against {
            capabilities: Instabase.capabilities(),
            members,
            people: &people,
            lookup: &lookup,
            part,
            role: &Role::known("member"),
        },
    )
}

#[test]
fn each_is_in_one_class() {
    let members = [
        member("bo", &["admin", "member"]),
        member("cy", &["member"]),
    ];
    let pasted = read(
        "login,role\nann,\nbo,Member\nann,Admin\nann,member\nnew,\ncy,Boss\n..,\nAnn,\ncy,admin",
    );
    let review = review(
        &pasted.entries,
        &members,
        &["ann", "bo", "cy"],
        MailPart::Whole,
    );
    let classes: Vec<_> = review.rows.iter().map(|row| row.class.clone()).collect();
    let twice = |again| Class::Twice { first: 0, again };
    assert_eq!(
        classes,
        [
            Class::Add,
            Class::In(
                ["admin", "member"]
                    .into_iter()
                    .map(Role::known)
                    .collect::<Roles>()
            ),
            twice(Again::OtherRole),
            twice(Again::SameRole),
            Class::Unseen,
            Class::NoSuchRole,
            Class::Unreadable(KeyFault::Unusable),
            Class::Unseen,
            // What was not taken does not stand in the way of what can be.
            Class::In(Roles::one(Role::known("member"))),
        ]
    );
    assert_eq!(review.counts.total(), 9);
    assert_eq!(review.rows[8].role, Some(Role::known("admin")));
    assert_eq!(
        review
            .places(|class| *class == Class::Unseen)
            .collect::<Vec<_>>(),
        [4, 7]
    );
}

#[test]
fn roles_by_word_and_by_label() {
    let of = |word| role_of(Snip.capabilities(), word).map(|info| info.role.as_str());
    assert_eq!(of(" Moderators "), Some("moderator"));
    assert_eq!(of("MEMBER"), Some("member"));
    // It can only be handed over.
    assert_eq!(of("Owner"), None);
    assert_eq!(of("boss"), None);
}

#[test]
fn another_name_in_the_place_of_one() {
    let text = "ann, \"Lee, Bo\" <bo@x.org>;cy";
    let pasted = read(text);
    assert_eq!(pasted.replaced(text, 1, "bo.lee"), "ann, bo.lee;cy");
    assert_eq!(
        pasted.replaced(text, 2, "a,b"),
        "ann, \"Lee, Bo\" <bo@x.org>;\"a,b\""
    );
    assert_eq!(pasted.replaced(text, 3, "x"), text);
}

#[test]
fn the_likelier_part_of_the_addresses() {
    let pasted = read("ann@x.org, bo@x.org");
    assert_eq!(
        pasted.likely_part(&|name| name == "ann"),
        Some(MailPart::BeforeAt)
    );
    assert_eq!(
        pasted.likely_part(&|name| name == "bo@x.org"),
        Some(MailPart::Whole)
    );
    assert_eq!(pasted.likely_part(&|_| false), None);
}

/// What lists are made of, in any order.
fn rubble() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("\""),
        Just(","),
        Just(";"),
        Just("\t"),
        Just("\n"),
        Just("\r\n"),
        Just("<"),
        Just(">"),
        Just("@"),
        Just(" "),
        Just("\u{feff}"),
        Just("\u{200b}"),
        Just("\u{2028}"),
        Just("user"),
        Just("Role"),
        Just("E-Mail"),
        Just("Admin"),
        Just("ann"),
        Just("bo.lee"),
        Just("x.org"),
        Just("mailto:"),
        Just("\u{7}"),
        Just("'"),
        Just("- "),
        Just("é"),
        Just("."),
        Just("\u{a0}"),
    ];
    let text = prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat());
    prop_oneof![text, any::<String>()]
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, ',' | ';' | '"' | '\'' | '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '-' | '*' | '•' | '·' | '–' | '\u{ad}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn keys(entries: &[PastedEntry]) -> Vec<(Result<PersonKey, KeyFault>, Option<String>)> {
    entries
        .iter()
        .map(|entry| (entry.offer.person(MailPart::BeforeAt), entry.role.clone()))
        .collect()
}

proptest! {
    #[test]
    fn any_text_is_read_and_each_piece_is_counted_once(
        text in rubble(),
        inside in prop::collection::vec(prop::sample::select(vec!["ann", "bo.lee", "user", "Role"]), 0..3),
    ) {
        for first in [FirstLine::Judge, FirstLine::People] {
            let pasted = parse(&text, first, &is_role);
            let members: Vec<_> = inside.iter().map(|name| member(name, &["admin"])).collect();
            let found = review(&pasted.entries, &members, &["ann"], MailPart::BeforeAt);
            prop_assert_eq!(found.rows.len(), pasted.entries.len());
            prop_assert_eq!(found.counts.total(), pasted.entries.len());
            for row in &found.rows {
                if let Class::Twice { first, .. } = row.class {
                    prop_assert_eq!(&found.rows[first].person, &row.person);
                    let is_first = !matches!(found.rows[first].class, Class::Twice { .. });
                    prop_assert!(is_first);
                }
                prop_assert_eq!(row.person.is_none(), matches!(row.class, Class::Unreadable(_)));
            }
            let lines = text.chars().filter(|c| is_separator(*c)).count();
            for entry in &pasted.entries {
                prop_assert!(entry.line >= 1 && entry.line as usize <= lines + text.matches(char::is_control).count() + 1);
                prop_assert!(text.contains(&entry.typed));
            }
        }
    }

    #[test]
    fn nothing_typed_vanishes(text in rubble()) {
        let pasted = parse(&text, FirstLine::People, &|_| false);
        let mut left = text.as_str();
        for entry in &pasted.entries {
            let (before, behind) = left.split_once(entry.typed.as_str()).expect("in the order of the text");
            prop_assert!(before.chars().all(is_separator), "{before:?} before {:?} in {text:?}", entry.typed);
            left = behind;
        }
        prop_assert!(left.chars().all(is_separator), "{left:?} behind in {text:?}");
    }

    #[test]
    fn separators_make_no_difference(
        list in prop::collection::vec("[a-z][a-z0-9._é]{0,9}|[a-z]{1,5}@[a-z]{1,5}[.]org", 1..20),
        separators in prop::collection::vec(prop::sample::select(vec![",", ";", "\t", "\n", "\r\n", " , ", ";\n", "\r", ",\u{a0}"]), 20),
    ) {
        let mut text = String::new();
        for (name, separator) in list.iter().zip(&separators) {
            text.push_str(name);
            text.push_str(separator);
        }
        let found = parse(&text, FirstLine::People, &|_| false);
        let whole: Vec<_> = found.entries.iter().map(|entry| entry.offer.person(MailPart::Whole).unwrap()).collect();
        let expected: Vec<_> = list.iter().map(|name| key(name)).collect();
        prop_assert_eq!(whole, expected);
    }

    #[test]
    fn what_is_kept_reads_the_same_again(text in rubble(), keep in any::<u64>()) {
        let pasted = read(&text);
        let keeps = |place: usize| keep >> (place % 64) & 1 == 1;
        let rest = pasted.rest(&keeps);
        let kept: Vec<_> = pasted.entries.iter().enumerate().filter(|(place, _)| keeps(*place)).map(|(_, entry)| entry.clone()).collect();
        let again = read(&rest);
        prop_assert_eq!(keys(&again.entries), keys(&kept), "{:?}", rest);
        // And once more it changes nothing.
        let more = again.rest(&|_| true);
        prop_assert_eq!(keys(&read(&more).entries), keys(&kept), "{:?}", more);
    }

    #[test]
    fn a_table_gives_the_people_of_its_column(
        rows in prop::collection::vec(("[a-z][a-z0-9.]{0,8}", "[A-Za-z0-9, ]{0,8}", prop::sample::select(vec!["", "Admin", "member"])), 1..12),
        at in 0_usize..3,
        separator in prop::sample::select(vec![',', ';', '\t']),
    ) {
        let line = |person: &str, other: &str, role: &str| {
            let mut cells = [other, role, ""];
            cells.rotate_right(at);
            let place = (at + 2) % 3;
            cells[place] = person;
            cells.map(|cell| if cell.contains(separator) { format!("\"{cell}\"") } else { cell.to_owned() }).join(&separator.to_string())
        };
        let mut text = line("User name", "Remarks", "Role");
        for (person, other, role) in &rows {
            text.push_str("\r\n");
            text.push_str(&line(person, other, role));
        }
        let expected: Vec<_> = rows.iter().map(|(person, _, role)| {
            (Ok(key(person)), Some((*role).to_owned()).filter(|role| !role.is_empty()))
        }).collect();
        let pasted = read(&text);
        prop_assert_eq!(keys(&pasted.entries), expected);
        let distinct: BTreeSet<_> = rows.iter().map(|(person, _, _)| person).collect();
        let found = review(&pasted.entries, &[], &[], MailPart::Whole);
        prop_assert_eq!(found.counts.unseen, distinct.len());
        prop_assert_eq!(found.counts.twice, rows.len() - distinct.len());
    }
}
