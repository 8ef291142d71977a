//! What is brought, held against a directory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use group_api::{
    Backend, Email, Field, Group, GroupKey, Instabase, Member, MemberKind, Members, PersonKey,
    Role, Roles, Snip,
};
use muster_changes::bring::*;
use muster_changes::file::{self, Extent, Nth};
use muster_changes::{Admins, Holds, Mode, People, Which, Wish, plan};
use muster_core::paste::MailPart;
use muster_core::{Coverage, Directory, csv_line};
use proptest::prelude::*;

fn member(system: &dyn Backend, name: &str, role: usize) -> Member {
    Member {
        person: PersonKey::new(name).unwrap(),
        label: name.to_owned(),
        kind: MemberKind::User,
        roles: Roles::one(system.capabilities().roles[role].role.clone()),
        joined: None,
        emails: Vec::new(),
        is_self: false,
    }
}

fn group(key: &str, name: &str, members: Vec<Member>) -> Group {
    Group {
        key: GroupKey::new(key).unwrap(),
        display_name: name.to_owned(),
        description: None,
        photo: None,
        created: None,
        updated: None,
        members: Members::Listed(members),
    }
}

fn directory(system: &'static dyn Backend, groups: Vec<Group>) -> Directory {
    let mut directory = Directory::new(system.capabilities(), 7);
    directory.begin();
    for group in groups {
        directory.put_listed(group, b"");
    }
    directory.end_list(Coverage::Full {
        read_at: 0.0,
        unreadable: 0,
    });
    directory
}

fn usual() -> Directory {
    let of = |name| member(&Instabase, name, 1);
    directory(
        &Instabase,
        vec![
            group(
                "sales",
                "Sales",
                vec![member(&Instabase, "alice", 0), of("bob")],
            ),
            group("eu_read", "Data Read", vec![of("carol")]),
            group("us_read", "Data Read", vec![of("dave")]),
            group("oekologie", "Ökologie", vec![]),
        ],
    )
}

struct All {
    table: Table,
    layout: Layout,
    matching: Matching,
    brought: Brought,
}

fn bring_with(
    text: &str,
    directory: &Directory,
    system: &'static dyn Backend,
    choices: &Choices,
    part: Option<MailPart>,
) -> All {
    let table = read(text).unwrap();
    let layout = Layout::guess(&table, None, directory, system.capabilities());
    let mut matching = Matching::new(&table, &layout, part, directory, system);
    Near::find(&mut matching, directory);
    let brought = Brought::new(&table, &layout, &matching, choices, system);
    All {
        table,
        layout,
        matching,
        brought,
    }
}

fn bring(text: &str, choices: &Choices) -> All {
    bring_with(text, &usual(), &Instabase, choices, None)
}

/// A wish as short texts: "sales: alice admin, bob any".
fn said(wish: &Wish) -> Vec<String> {
    let groups = wish.groups.iter().map(|group| {
        let name = match &group.which {
            Which::Known(key) => key.to_string(),
            Which::New(new) => format!("+{}/{}", new.internal_name, new.display_name),
        };
        let fields: String = group
            .fields
            .iter()
            .map(|(field, value)| format!(" {field:?}={value}"))
            .collect();
        let people = match &group.people {
            People::Unsaid => "unsaid".to_owned(),
            People::Named(people) => {
                let people = people.iter().map(|person| match &person.holds {
                    Holds::Any => format!("{} any", person.person),
                    Holds::AsIs => format!("{} as is", person.person),
                    Holds::Role(role) => format!("{} {role}", person.person),
                    Holds::Nothing => format!("{} out", person.person),
                });
                people.collect::<Vec<_>>().join(", ")
            }
        };
        format!("{name}{fields}: {people}")
    });
    groups.collect()
}

fn wish(text: &str) -> Vec<String> {
    let all = bring(text, &Choices::default());
    said(
        &all.brought
            .wish()
            .unwrap_or_else(|_| panic!("{:?} {:?}", all.brought, all.matching)),
    )
}

fn problems(text: &str) -> Vec<(u32, Option<usize>, Kind)> {
    let all = bring(text, &Choices::default());
    assert!(all.brought.wish().is_err());
    all.brought
        .problems
        .iter()
        .map(|one| (one.line, one.column, one.kind))
        .collect()
}

#[test]
fn columns_are_known_by_their_headings() {
    assert_eq!(
        wish("New team;E-Mail;Rolle\r\nSales;bob@x.org;Admin\r\nÖKOLOGIE;alice@x.org;\r\n"),
        ["sales: bob admin", "oekologie: alice any"]
    );
    assert_eq!(
        wish("user,group,action\nbob,sales,remove\nalice,sales,add\n"),
        ["sales: bob out, alice any"]
    );
    assert_eq!(
        wish("group\tdescription\nsales\tWho sells\n"),
        ["sales Description=Who sells: unsaid"]
    );
    assert_eq!(
        wish(r#"[{"team":"Sales","user":"bob","role":"members"}]"#),
        ["sales: bob member"]
    );
}

#[test]
fn a_list_of_groups_says_how_many_people_there_are_and_not_who() {
    let text = "connection,read,Display name,Internal name,Description,People,Admins\nacme,now,Sales,sales,Who sells,2,1\n";
    assert_eq!(
        wish(text),
        ["sales DisplayName=Sales Description=Who sells: unsaid"]
    );
}

#[test]
fn a_file_of_groups_says_where_it_is_from_and_of_whom_nothing_is_known() {
    let mut unsaid = group("sales", "Sales", vec![]);
    unsaid.members = Members::NotListed;
    let text = saved(&[unsaid, group("eu_read", "Data Read", vec![])]);
    let all = bring(&text, &Choices::default());
    assert_eq!(all.matching.connection.as_deref(), Some("acme"));
    assert_eq!(
        said(&all.brought.wish().unwrap()),
        [
            "sales DisplayName=Sales: unsaid",
            "eu_read DisplayName=Data Read: "
        ]
    );
    let mut unsaid = group("sales", "Sales", vec![]);
    unsaid.members = Members::NotListed;
    let text = exported(&Instabase, &[unsaid, group("eu_read", "Data Read", vec![])]);
    let (short, semicolons) = (text.replace(",,,,(not known),", ""), text.replace(',', ";"));
    assert_ne!(short, text);
    for text in [text, short, semicolons] {
        let all = bring(&text, &Choices::default());
        assert_eq!(
            said(&all.brought.wish().unwrap()),
            [
                "sales DisplayName=Sales: unsaid",
                "eu_read DisplayName=Data Read: "
            ]
        );
    }
}

#[test]
fn a_file_of_some_of_the_people_says_so_and_nobody_else_goes() {
    let bob = group("sales", "Sales", vec![member(&Instabase, "bob", 0)]);
    let none = group("eu_read", "Data Read", vec![]);
    let whole = saved(&[bob, none]);
    assert_eq!(read(&whole).unwrap().holds, Extent::Everybody);
    let text = whole.replacen(",\"groups\"", ",\"part\":true,\"groups\"", 1);
    let all = bring(&text, &Choices::default());
    assert_eq!(read(&text).unwrap().holds, Extent::Some);
    let mut wish = all.brought.wish().unwrap();
    let now = usual();
    wish.leave_others(&now);
    for one in &wish.groups {
        let (Which::Known(key), People::Named(named)) = (&one.which, &one.people) else {
            panic!("{one:?}");
        };
        let known = now.get(key).unwrap();
        for there in known.members.listed().unwrap() {
            let times = named.iter().filter(|one| one.person == there.person);
            assert_eq!(times.count(), 1, "{there:?}");
        }
    }
}

#[test]
fn and_by_what_stands_below_where_there_is_no_heading() {
    assert_eq!(
        wish("alice\tAdmin\tSales\nbob\tMember\tSales\n"),
        ["sales: alice admin, bob member"]
    );
    assert_eq!(
        wish("Wer;Wo\nbob@x.org;Sales\nalice@x.org;Sales\n"),
        ["sales: bob any, alice any"]
    );
}

#[test]
fn a_name_of_several_groups_is_asked_and_a_near_one_suggested() {
    let text = "group,person\nData Read,alice\nSlaes,bob\nQuite new,bob\n";
    let all = bring(text, &Choices::default());
    assert_eq!(all.brought.wish(), Err(3));
    let [several, near, new] = all.matching.groups.as_slice() else {
        panic!()
    };
    let keys: Vec<_> = several
        .found
        .iter()
        .map(|one| one.key.to_string())
        .collect();
    assert_eq!(keys, ["eu_read", "us_read"]);
    assert_eq!(near.near.as_ref().unwrap().name, "Sales");
    assert_eq!(new.near, None);
    assert_eq!(new.new.as_ref().unwrap().internal_name, "quite_new");
    let mut choices = Choices::default();
    choices.say(
        About::Group,
        "Data Read",
        Some(Choice::Group(several.found[1].key.clone())),
    );
    choices.say(
        About::Group,
        "Slaes",
        Some(Choice::Group(near.near.clone().unwrap().key)),
    );
    choices.say(About::Group, "Quite new", Some(Choice::Create));
    let all = bring(text, &choices);
    assert_eq!(
        said(&all.brought.wish().unwrap()),
        [
            "us_read: alice any",
            "sales: bob any",
            "+quite_new/Quite new: bob any"
        ]
    );
    choices.say(About::Group, "Quite new", Some(Choice::LeaveOut));
    let all = bring(text, &choices);
    assert_eq!(all.brought.wish().unwrap().groups.len(), 2);
    assert_eq!(all.brought.counts.left_out, 1);
}

#[test]
fn a_group_is_made_only_where_its_name_is_allowed() {
    let all = bring("group,person\nXY,alice\nEU read,bob\n", &Choices::default());
    assert!(
        all.matching.groups[0]
            .new
            .as_ref()
            .unwrap_err()
            .contains("at least 3")
    );
    assert!(
        all.matching.groups[1]
            .new
            .as_ref()
            .unwrap_err()
            .contains("another group has")
    );
    let mut choices = Choices::default();
    choices.say(About::Group, "XY", Some(Choice::Create));
    assert_eq!(
        bring("group,person\nXY,alice\n", &choices).brought.wish(),
        Err(1)
    );
}

#[test]
fn what_is_wrong_is_named_by_line_and_column() {
    let text = "group,person,role\nsales,bob,boss\nsales,\"carol,admin\nsales,dave,member,x\n,erin,member\nsales,,member\nsales,.,member\n";
    assert_eq!(
        problems(text),
        [
            (2, Some(2), Kind::Role),
            (3, Some(1), Kind::Quote),
            (4, Some(3), Kind::Ragged),
            (5, Some(0), Kind::NoGroup),
            (6, Some(1), Kind::NoPerson),
            (7, Some(1), Kind::BadPerson),
        ]
    );
    let mut choices = Choices::default();
    choices.say(
        About::Role,
        "boss",
        Some(Choice::Role(Role::known("admin"))),
    );
    choices.say(About::Row, "2", Some(Choice::LeaveOut));
    choices.say_of_kind(Kind::Ragged, Some(Choice::Take));
    choices.say_of_kind(Kind::NoGroup, Some(Choice::Take));
    choices.say_of_kind(Kind::NoPerson, Some(Choice::LeaveOut));
    choices.say_of_kind(Kind::BadPerson, Some(Choice::LeaveOut));
    let all = bring(text, &choices);
    assert_eq!(
        said(&all.brought.wish().unwrap()),
        ["sales: bob admin, dave member, erin member, carol as is"]
    );
    assert_eq!(all.brought.counts.left_out, 3);
}

#[test]
fn a_group_to_be_made_is_not_taken_for_one_whose_number_is_its_name() {
    let directory = directory(&Snip, vec![group("2024", "Sales", vec![])]);
    let mut choices = Choices::default();
    choices.say(About::Group, "Team", Some(Choice::Create));
    let text = "group,group name,e-mail\nSales,,a@x.org\nTeam,2024,a@x.org\n";
    let all = bring_with(text, &directory, &Snip, &choices, None);
    assert_eq!(
        said(&all.brought.wish().unwrap()),
        ["2024: a@x.org any", "+/2024: a@x.org any"]
    );
}

#[test]
fn the_same_twice_counts_once_and_two_roles_are_asked() {
    let text = "group,person,role\nsales,bob,member\nSales,bob,\nsales,bob@x.org,Members\n";
    let all = bring(text, &Choices::default());
    assert_eq!(said(&all.brought.wish().unwrap()), ["sales: bob member"]);
    assert_eq!(
        (all.brought.counts.twice, all.brought.counts.people),
        (2, 1)
    );
    let text = "group,person,role\nsales,bob,member\nsales,alice,member\nsales,bob,admin\n";
    assert_eq!(problems(text), [(4, Some(1), Kind::OtherRole)]);
    assert!(
        bring(text, &Choices::default()).brought.problems[0]
            .words
            .starts_with("Line 2 ")
    );
    for (choice, role, twice, out) in [
        (Choice::Take, "admin", 1, 0),
        (Choice::First, "member", 1, 0),
        (Choice::LeaveOut, "member", 0, 1),
    ] {
        let mut choices = Choices::default();
        choices.say(About::Row, "3", Some(choice));
        let all = bring(text, &choices);
        let mut wanted = ["bob ".to_owned() + role, "alice member".to_owned()];
        if role == "admin" {
            wanted.reverse();
        }
        assert_eq!(
            said(&all.brought.wish().unwrap()),
            ["sales: ".to_owned() + &wanted.join(", ")]
        );
        assert_eq!(
            (all.brought.counts.twice, all.brought.counts.left_out),
            (twice, out)
        );
    }
}

#[test]
fn who_stands_on_a_line_that_is_left_out_is_left_as_they_are() {
    let text = "group,user,role\nsales,alice,admin\nsales,bob,Guest\n";
    let mut choices = Choices::default();
    choices.say_of_kind(Kind::Role, Some(Choice::LeaveOut));
    let by_kind = bring(text, &choices);
    let mut choices = Choices::default();
    choices.say(About::Row, "2", Some(Choice::LeaveOut));
    let by_row = bring(text, &choices);
    for all in [by_kind, by_row] {
        assert_eq!(all.brought.counts.people, 1);
        let wish = all.brought.wish().unwrap();
        assert_eq!(said(&wish), ["sales: alice admin, bob as is"]);
        let mode = Mode::ExactlySo(Admins::Go);
        let plan = plan(&wish, &usual(), mode, &Instabase, None);
        assert!(plan.is_empty(), "{plan:?}");
    }
}

#[test]
fn a_group_has_one_description() {
    let text = "group,description\nsales,one\nsales,one\nSales,two\n";
    assert_eq!(problems(text), [(4, Some(1), Kind::OtherField)]);
    let mut choices = Choices::default();
    choices.say(About::Row, "3", Some(Choice::Take));
    assert_eq!(
        said(&bring(text, &choices).brought.wish().unwrap()),
        ["sales Description=two: unsaid"]
    );
}

#[test]
fn which_part_of_an_address_is_asked_only_where_nothing_tells() {
    let text = "group,mail\nsales,zoe@x.org\n";
    assert_eq!(bring(text, &Choices::default()).brought.part, Part::Open);
    let all = bring_with(
        text,
        &usual(),
        &Instabase,
        &Choices::default(),
        Some(MailPart::Whole),
    );
    assert_eq!(said(&all.brought.wish().unwrap()), ["sales: zoe@x.org any"]);
    assert_eq!(all.matching.never_seen(), 1);
}

#[test]
fn people_are_known_by_their_addresses_where_a_system_gives_them_numbers() {
    let mut ann = member(&Snip, "17", 2);
    ann.label = "ann@x.org".into();
    ann.emails = vec![Email {
        address: "Ann@x.org".into(),
        verified: None,
    }];
    let directory = directory(
        &Snip,
        vec![group("5", "Sales", vec![ann]), group("6", "Sales", vec![])],
    );
    let all = bring_with(
        "group,e-mail,role,photo\n5,ann@X.org,Moderator,x\n6,new@x.org,Owner,x\n",
        &directory,
        &Snip,
        &Choices::default(),
        None,
    );
    assert_eq!(
        said(&all.brought.wish().unwrap()),
        ["5: 17 moderator", "6: new@x.org owner"]
    );
    assert_eq!(all.layout.place(Column::Photo), None);
}

/// What an export writes of these groups.
fn exported(system: &dyn Backend, groups: &[Group]) -> String {
    let mut text = csv_line(&[
        "connection",
        "read",
        "group",
        "group name",
        "person",
        "name",
        "e-mail",
        "role",
        "joined",
    ]);
    for group in groups {
        let (key, name) = (group.key.as_str(), group.display_name.as_str());
        let Some(members) = group.members.listed() else {
            text.push_str(&csv_line(&[
                "acme", "now", key, name, "", "", "", NOT_KNOWN, "",
            ]));
            continue;
        };
        if members.is_empty() {
            text.push_str(&csv_line(&["acme", "now", key, name, "", "", "", "", ""]));
        }
        for member in members {
            let roles: Vec<&str> = member
                .roles
                .iter()
                .map(|role| system.capabilities().label(role))
                .collect();
            text.push_str(&csv_line(&[
                "acme",
                "now",
                key,
                name,
                member.person.as_str(),
                &member.label,
                "a@x.org",
                &roles.join("; "),
                "",
            ]));
        }
    }
    text
}

/// The file of the same groups.
fn saved(groups: &[Group]) -> String {
    let mut text = file::head(&file::About {
        connection: "acme".to_owned(),
        ..file::About::default()
    });
    for (place, group) in groups.iter().enumerate() {
        let nth = if place == 0 { Nth::First } else { Nth::Later };
        file::group(&mut text, group, nth);
    }
    text + file::tail()
}

fn wished_of(groups: &[Group]) -> Vec<String> {
    let of = |group: &Group| {
        let people: Vec<_> = group
            .members
            .listed()
            .unwrap()
            .iter()
            .map(|member| format!("{} {}", member.person, member.roles.first().unwrap()))
            .collect();
        format!(
            "{} DisplayName={}: {}",
            group.key,
            group.display_name,
            people.join(", ")
        )
    };
    groups.iter().map(of).collect()
}

prop_compose! {
    fn some_groups()(
        groups in prop::collection::btree_map(
            "[a-c=+'@\", ;é-]{1,4}".prop_filter("a key", |key| GroupKey::new(key).is_ok()),
            ("[a-b='\",; é]{0,5}x", prop::collection::btree_map("[a-c=+'@\", ;é.-]{1,4}", 0..2_usize, 0..5)),
            1..6,
        )
    ) -> Vec<Group> {
        groups
            .into_iter()
            .map(|(key, (name, people))| {
                let people = people.into_iter().filter(|(name, _)| PersonKey::new(name).is_ok());
                group(&key, &name, people.map(|(name, role)| member(&Instabase, &name, role)).collect())
            })
            .collect()
    }
}

proptest! {
    #[test]
    fn what_was_exported_is_brought_as_it_was(groups in some_groups()) {
        let directory = directory(&Instabase, groups.clone());
        for text in [exported(&Instabase, &groups), saved(&groups)] {
            let all = bring_with(&text, &directory, &Instabase, &Choices::default(), None);
            let wish = all.brought.wish();
            prop_assert!(wish.is_ok(), "{:?}", all.brought.problems);
            prop_assert_eq!(said(&wish.unwrap()), wished_of(&groups));
        }
    }

    #[test]
    fn every_row_is_in_the_wish_a_repetition_left_out_or_a_problem(
        rows in prop::collection::vec(
            ("sales|Sales|SALES|Data Read|nowhere|new one|", "bob|alice|bob@x.org|zed@y|\\.|\"q|", "admin|Member|boss|", "x|"),
            0..12,
        ),
        separator in "[,;\t]",
        out in prop::collection::vec(0..14_usize, 0..3),
        taken in any::<bool>(),
        created in any::<bool>(),
    ) {
        let mut text = ["group", "person", "role\n"].join(&separator);
        for (group, person, role, more) in &rows {
            text += &[group.as_str(), person, role].join(&separator);
            if !more.is_empty() {
                text += &format!("{separator}{more}");
            }
            text.push('\n');
        }
        let mut choices = Choices::default();
        for row in &out {
            choices.say(About::Row, &row.to_string(), Some(Choice::LeaveOut));
        }
        if taken {
            for kind in [Kind::Quote, Kind::Ragged, Kind::NoGroup, Kind::OtherRole] {
                choices.say_of_kind(kind, Some(Choice::Take));
            }
        }
        if created {
            choices.say(About::Group, "new one", Some(Choice::Create));
            choices.say(About::Group, "nowhere", Some(Choice::LeaveOut));
        }
        let all = bring(&text, &choices);
        let fates = all.brought.fates();
        prop_assert_eq!(fates.len(), all.table.len() - all.layout.begin());
        let open = fates.iter().filter(|fate| matches!(fate, Fate::Open(kind) if *kind != Kind::Group)).count();
        prop_assert_eq!(open, all.brought.problems.len());
        let waits = fates.iter().any(|fate| matches!(fate, Fate::Open(Kind::Group)));
        prop_assert!(!waits || !all.brought.groups.is_empty());
        if let Ok(wish) = all.brought.wish() {
            let people: usize = wish.groups.iter().map(|group| match &group.people {
                People::Unsaid => 0,
                People::Named(people) => people.iter().filter(|one| one.holds != Holds::AsIs).count(),
            }).sum();
            let wished = fates.iter().filter(|fate| **fate == Fate::Wished).count();
            prop_assert!(people <= wished);
            prop_assert_eq!(people, all.brought.counts.people);
            for group in &wish.groups {
                prop_assert!(group.fields.iter().all(|(field, _)| *field != Field::InternalName));
                let People::Named(people) = &group.people else { continue };
                let mut keys: Vec<_> = people.iter().map(|person| person.person.as_str()).collect();
                keys.sort_unstable();
                keys.dedup();
                prop_assert_eq!(keys.len(), people.len());
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), text in "[a-c\",;@\t\n'=\\[{:}]{0,80}") {
        for bytes in [bytes, text.into_bytes()] {
            let Ok((text, _)) = decode(&bytes) else { continue };
            if let Ok(table) = read(&text) {
                for system in [&Instabase as &'static dyn Backend, &Snip] {
                    let directory = usual();
                    let mut layout = Layout::guess(&table, None, &directory, system.capabilities());
                    layout.put(Column::Person, Some(1));
                    layout.put(Column::Group, Some(0));
                    let mut matching = Matching::new(&table, &layout, None, &directory, system);
                    Near::find(&mut matching, &directory);
                    let brought = Brought::new(&table, &layout, &matching, &Choices::default(), system);
                    prop_assert_eq!(brought.fates().len(), table.len() - layout.begin());
                }
            }
        }
    }
}
