//! The directory and its selector against a model that does everything the slow way: whatever lists
//! come, cut wherever, whole or broken, with reads and removals in between, both know and show the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use group_api::{
    ApiError, Backend, Group, GroupKey, GroupSink, Head, Input, Instabase, ListAsk, Member,
    MemberKind, Members, PersonKey, PlainGroup, Role, Roles, Step, Unreadable, fold,
};
use muster_core::{
    Coverage, Direction, Directory, Everybody, HoldingSort, Only, Query, Selector, SortBy,
    WorkList, natural_cmp, select_holdings,
};
use proptest::prelude::*;

const NAMES: [&str; 6] = [
    "Team 2",
    "team 10",
    "Équipe Paris",
    "Data",
    "équipe\nB",
    "Zoë",
];
const DESCRIPTIONS: [&str; 4] = ["", "Read access to Paris", "Everything 10", "Everything 9"];
const PEOPLE: [&str; 6] = [
    "ann",
    "bo",
    "cy.team",
    "dänï",
    "eve_with_a_name_of_many_letters",
    "Fay",
];
const SEARCHES: [&str; 15] = [
    "",
    "k",
    "data",
    "key_",
    "t",
    "te",
    "tea",
    "team",
    "team 1",
    "PARIS equipe",
    "eve",
    "dan",
    "key_1",
    "z",
    "nothing",
];

/// A key; one in three differs from itself folded.
fn key_of(number: usize) -> String {
    // Some have a name that others have for a display name, or one that begins like it.
    let odd = ["data", "team", "Teams"];
    if let Some(key) = number.checked_sub(1001).and_then(|place| odd.get(place)) {
        return (*key).to_owned();
    }
    let word = if number % 3 == 1 { "Key" } else { "key" };
    format!("{word}_{number}")
}

/// A group as drawn: which key, and what of it.
#[derive(Clone, Debug)]
struct Drawn {
    key: usize,
    name: usize,
    description: usize,
    admins: Vec<usize>,
    members: Vec<usize>,
    /// How the element is written.
    shape: u8,
}

fn key() -> impl Strategy<Value = usize> {
    (0..11usize).prop_map(|key| if key < 9 { key } else { key + 992 })
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let people = || proptest::collection::vec(0..PEOPLE.len(), 0..4);
    (
        key(),
        0..NAMES.len(),
        0..DESCRIPTIONS.len(),
        people(),
        people(),
        0u8..6,
    )
        .prop_map(|(key, name, description, admins, members, shape)| Drawn {
            key,
            name,
            description,
            admins,
            members,
            shape,
        })
}

impl Drawn {
    fn key(&self) -> String {
        key_of(self.key)
    }

    fn with_members(&self) -> bool {
        self.shape != 1
    }

    fn json(&self) -> String {
        let kind = if self.shape == 2 { "robot" } else { "user" };
        let people = |list: &[usize]| {
            let one = |place: &usize| serde_json(kind, PEOPLE[*place]);
            list.iter().map(one).collect::<Vec<_>>().join(",")
        };
        let text = |text: &str| format!("{text:?}");
        let members = if self.with_members() {
            format!(
                ",\"admins\":[{}],\"members\":[{}]",
                people(&self.admins),
                people(&self.members)
            )
        } else {
            String::new()
        };
        let space = if self.shape == 3 { " \n" } else { "" };
        format!(
            "{{{space}\"name\":{}{space},\"full_name\":{},\"description\":{}{members}}}",
            text(&self.key()),
            text(NAMES[self.name]),
            text(DESCRIPTIONS[self.description]),
        )
    }

    fn group(&self) -> Group {
        let mut list: Vec<Member> = Vec::new();
        for (word, people) in [("admin", &self.admins), ("member", &self.members)] {
            for place in people {
                let person = PersonKey::new(PEOPLE[*place]).unwrap();
                match list.iter_mut().find(|member| member.person == person) {
                    Some(member) => member.roles.insert(Role::known(word)),
                    None => list.push(Member {
                        person,
                        label: PEOPLE[*place].to_owned(),
                        kind: if self.shape == 2 {
                            MemberKind::Other("robot".to_owned())
                        } else {
                            MemberKind::User
                        },
                        roles: Roles::one(Role::known(word)),
                        joined: None,
                        emails: vec![],
                        is_self: false,
                    }),
                }
            }
        }
        Group {
            key: GroupKey::new(&self.key()).unwrap(),
            display_name: NAMES[self.name].to_owned(),
            description: Some(DESCRIPTIONS[self.description].to_owned()).filter(|d| !d.is_empty()),
            photo: None,
            created: None,
            updated: None,
            members: if self.with_members() {
                Members::Listed(list)
            } else {
                Members::NotListed
            },
        }
    }
}

fn serde_json(kind: &str, name: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"name\":{name:?}}}")
}

#[derive(Clone, Debug)]
enum Act {
    /// A list, cut into pieces of so many bytes, whole or broken off; in between, another act.
    List(Vec<Drawn>, usize, bool, Option<Box<Act>>),
    /// The list of last time once more, with this one group other than it was.
    Again(Option<Drawn>),
    Read(Drawn),
    Remove(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let single = prop_oneof![drawn().prop_map(Act::Read), key().prop_map(Act::Remove),];
    prop_oneof![
        4 => (proptest::collection::vec(drawn(), 0..9), 1..400usize, any::<bool>(), proptest::option::of(single.clone()))
            .prop_map(|(list, cut, whole, between)| Act::List(list, cut, whole, between.map(Box::new))),
        3 => proptest::option::of(drawn()).prop_map(Act::Again),
        3 => single,
    ]
}

/// Everything the slow way.
#[derive(Default)]
struct Model {
    groups: BTreeMap<String, Group>,
    fresher: BTreeSet<String>,
}

impl Model {
    fn put(&mut self, mut group: Group) {
        let key = group.key.as_str().to_owned();
        if group.members == Members::NotListed
            && let Some(known) = self.groups.get(&key)
        {
            group.members = known.members.clone();
        }
        self.groups.insert(key, group);
    }

    fn select(&self, query: &Query) -> Vec<String> {
        let whole = fold(query.search.trim());
        let mut found: Vec<(u8, &Group)> = Vec::new();
        for group in self.groups.values() {
            if let Only::Of(person) = &query.only
                && group.members.find(person).is_none()
            {
                continue;
            }
            if query.list.is_some_and(|list| !self.is_in(list, group)) {
                continue;
            }
            let line = |text: &str| fold(text).replace('\n', " ");
            let name = line(&group.display_name);
            let key = line(group.key.as_str());
            let description = line(group.description.as_deref().unwrap_or_default());
            let mut by_person = false;
            let all = whole.split_whitespace().all(|word| {
                [&name, &key, &description]
                    .iter()
                    .any(|text| text.contains(word))
                    || {
                        by_person = true;
                        let members = group.members.listed().unwrap_or_default();
                        word.len() >= 3 && members.iter().any(|m| fold(&m.label).contains(word))
                    }
            });
            if all {
                let rank = if by_person {
                    3
                } else if name == whole || key == whole {
                    0
                } else if name.starts_with(&whole) || key.starts_with(&whole) {
                    1
                } else {
                    2
                };
                found.push((rank, group));
            }
        }
        found.sort_by(|(rank, a), (other, b)| {
            match query.sort {
                None if whole.is_empty() => Ordering::Equal,
                None => rank.cmp(other),
                Some(by) => compare(by, query.direction, a, b),
            }
            .then_with(|| natural_cmp(&lines(&a.display_name), &lines(&b.display_name)))
            .then_with(|| natural_cmp(&fold(a.key.as_str()), &fold(b.key.as_str())))
        });
        found
            .iter()
            .map(|(_, group)| group.key.to_string())
            .collect()
    }
}

impl Model {
    fn is_in(&self, list: WorkList, group: &Group) -> bool {
        let members = group.members.listed();
        let leads = members.map(|members| {
            let leads = |member: &&Member| member.roles.contains(&Role::known("admin"));
            members.iter().filter(leads).count()
        });
        let name = |group: &Group| lines(&group.display_name);
        match list {
            WorkList::NoLead => leads == Some(0),
            WorkList::OneLead => leads == Some(1),
            WorkList::Empty => members.is_some_and(<[Member]>::is_empty),
            WorkList::SameName => {
                let same = |other: &&Group| name(other) == name(group);
                self.groups.values().filter(same).count() > 1
            }
            WorkList::NoDescription => group.description.is_none(),
        }
    }
}

fn lines(text: &str) -> String {
    fold(text).replace('\n', " ")
}

fn compare(by: SortBy, direction: Direction, a: &Group, b: &Group) -> Ordering {
    let admin = |group: &Group| {
        let members = group.members.listed()?;
        let first = members
            .iter()
            .find(|member| member.roles.contains(&Role::known("admin")))?;
        Some(fold(&first.label))
    };
    let texts = |a: Option<String>, b: Option<String>| match (a, b) {
        (Some(a), Some(b)) => direction.turned(natural_cmp(&a, &b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    match by {
        SortBy::Name => texts(Some(lines(&a.display_name)), Some(lines(&b.display_name))),
        SortBy::Key => texts(Some(fold(a.key.as_str())), Some(fold(b.key.as_str()))),
        SortBy::Description => texts(
            a.description.as_deref().map(fold),
            b.description.as_deref().map(fold),
        ),
        SortBy::Leads => texts(admin(a), admin(b)),
        SortBy::People => match (a.members.listed(), b.members.listed()) {
            (Some(a), Some(b)) => direction.turned(a.len().cmp(&b.len())),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
        SortBy::Updated => Ordering::Equal,
    }
}

/// Takes a list into both.
struct Both<'a> {
    directory: &'a mut Directory,
    /// How many elements were not read because they were known.
    skipped: usize,
}

impl GroupSink for Both<'_> {
    fn group(&mut self, group: Group, element: &[u8]) {
        self.directory.put_listed(group, element);
    }
    fn plain(&mut self, group: &PlainGroup<'_>) {
        self.directory.put_plain(group);
    }
    fn known(&mut self, bytes: &[u8]) -> Option<usize> {
        let known = self.directory.known(bytes);
        self.skipped += usize::from(known.is_some());
        known
    }
    fn unreadable(&mut self, bad: Unreadable) {
        panic!("{bad:?}");
    }
}

struct World {
    directory: Directory,
    model: Model,
    selector: Selector,
    last: Vec<Drawn>,
    /// How often the first rows were told before all were asked.
    firsts: usize,
}

impl World {
    fn list(&mut self, list: &[Drawn], cut: usize, whole: bool, between: Option<&Act>) -> usize {
        let elements: Vec<String> = list.iter().map(Drawn::json).collect();
        let body = format!("{{\"groups\":[{}],\"status\":\"OK\"}}", elements.join(","));
        self.directory.begin();
        self.model.fresher.clear();
        let mut exchange = Instabase.list(&ListAsk::WithMembers);
        assert!(matches!(exchange.next(Input::Start), Step::Send(_)));
        exchange.head(Head {
            status: 200,
            ..Head::default()
        });
        let mut between = between;
        let mut skipped = 0;
        for piece in body.as_bytes().chunks(cut) {
            if let Some(act) = between.take() {
                self.act(act);
            }
            let mut both = Both {
                directory: &mut self.directory,
                skipped: 0,
            };
            exchange.feed(piece, &mut both);
            skipped += both.skipped;
        }
        for drawn in list {
            if !self.model.fresher.contains(&drawn.key()) {
                self.model.put(drawn.group());
            }
        }
        if whole {
            let brought: BTreeSet<String> = list.iter().map(Drawn::key).collect();
            let Model { groups, fresher } = &mut self.model;
            groups.retain(|key, _| brought.contains(key) || fresher.contains(key));
            self.directory.end_list(Coverage::Full {
                read_at: 1.0,
                unreadable: 0,
            });
        } else {
            self.directory
                .end_list(Coverage::BrokenOff(ApiError::NoConnection));
        }
        self.last = list.to_vec();
        skipped
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::List(list, cut, whole, between) => {
                let _skipped = self.list(list, *cut, *whole, between.as_deref());
            }
            Act::Again(other) => {
                let mut list = self.last.clone();
                if let Some(other) = other
                    && let Some(place) = list.iter().position(|one| one.key == other.key)
                {
                    list[place] = other.clone();
                }
                let _skipped = self.list(&list, 1 << 16, true, None);
            }
            Act::Read(drawn) => {
                self.directory.put_read(drawn.group());
                self.model.put(drawn.group());
                self.model.fresher.insert(drawn.key());
            }
            Act::Remove(key) => {
                let key = key_of(*key);
                self.directory.remove(&GroupKey::new(&key).unwrap());
                self.model.groups.remove(&key);
                self.model.fresher.insert(key);
            }
        }
    }

    fn check(&mut self, query: &Query) {
        let show = |directory: &Directory, rows: &[u32]| -> Vec<String> {
            let key = |number: &u32| directory.row(*number).unwrap().key().to_owned();
            rows.iter().map(key).collect()
        };
        let expected = self.model.select(query);
        // What is told before all rows are asked is the beginning of what is told then.
        for most in [1, 2, 4] {
            if let Some(first) = self.selector.first(&self.directory, query, most) {
                let first = show(&self.directory, &first);
                assert_eq!(first.len(), most, "{query:?}");
                assert_eq!(first[..], expected[..most], "{query:?}");
                self.firsts += 1;
            }
        }
        let rows = self.selector.select(&self.directory, query);
        assert_eq!(show(&self.directory, &rows), expected, "{query:?}");
        let anew = Selector::default().select(&self.directory, query);
        assert_eq!(show(&self.directory, &anew), expected, "anew, {query:?}");
    }

    fn check_people(&self) {
        let everybody = Everybody::new(&self.directory);
        let places = everybody.select("", None, Direction::Ascending);
        let mut shown: Vec<(String, usize, usize)> = Vec::new();
        for place in places {
            let known = everybody.at(place).unwrap();
            let (key, _) = self.directory.person_at(known.number);
            shown.push((key.to_owned(), known.groups as usize, known.leads as usize));
        }
        let mut expected = Vec::new();
        for name in PEOPLE {
            let person = PersonKey::new(name).unwrap();
            let admin = Role::known("admin");
            let found = |group: &&Group| group.members.find(&person).is_some();
            let leads = |group: &&Group| {
                let member = group.members.find(&person);
                member.is_some_and(|member| member.roles.contains(&admin))
            };
            let groups = || self.model.groups.values().filter(found);
            if groups().count() > 0 {
                expected.push((
                    name.to_owned(),
                    groups().count(),
                    groups().filter(leads).count(),
                ));
            }
            self.check_holdings(&person, groups().collect());
        }
        expected.sort_by(|(a, ..), (b, ..)| natural_cmp(&fold(a), &fold(b)));
        assert_eq!(shown, expected);
        assert_eq!(everybody.len(), expected.len());
    }

    fn check_holdings(&self, person: &PersonKey, mut groups: Vec<&Group>) {
        let holdings = self.directory.holdings(person);
        let roles = |group: &Group| group.members.find(person).unwrap().roles.clone();
        let by_name = |a: &&Group, b: &&Group| {
            natural_cmp(&lines(&a.display_name), &lines(&b.display_name))
                .then_with(|| natural_cmp(&fold(a.key.as_str()), &fold(b.key.as_str())))
        };
        let rank = |group: &Group| usize::from(!roles(group).contains(&Role::known("admin")));
        for sort in [HoldingSort::Name, HoldingSort::Key, HoldingSort::Role] {
            groups.sort_by(|a, b| match sort {
                HoldingSort::Name => by_name(a, b),
                HoldingSort::Key => natural_cmp(&fold(a.key.as_str()), &fold(b.key.as_str())),
                HoldingSort::Role => rank(a).cmp(&rank(b)).then_with(|| by_name(a, b)),
            });
            let up = Direction::Ascending;
            for search in ["", "paris"] {
                let words = |group: &&&Group| {
                    let text = format!(
                        "{} {}",
                        lines(&group.display_name),
                        fold(group.description.as_deref().unwrap_or_default())
                    );
                    text.contains(search)
                };
                let expected: Vec<(String, Roles)> = groups
                    .iter()
                    .filter(words)
                    .map(|group| (group.key.to_string(), roles(group)))
                    .collect();
                let shown = select_holdings(&self.directory, &holdings, search, sort, up);
                let of = |number: u32| {
                    let key = self.directory.row(number).unwrap().key().to_owned();
                    (key, self.directory.roles_of(number, person))
                };
                let shown: Vec<_> = shown.iter().map(|one| of(one.number)).collect();
                let same = shown
                    .iter()
                    .zip(&expected)
                    .all(|((a, held), (b, roles))| a == b && held.same_as(roles));
                assert!(
                    same && shown.len() == expected.len(),
                    "{person} {sort:?}: {shown:?} is not {expected:?}"
                );
            }
        }
    }

    fn check_work(&mut self) {
        let counts = self.selector.work(&self.directory);
        let model = &self.model;
        for list in WorkList::ALL {
            let in_it = |group: &&Group| model.is_in(list, group);
            let expected = model.groups.values().filter(in_it).count();
            assert_eq!(counts.of(list), expected, "{list:?}");
        }
        let unsaid = |group: &&Group| group.members == Members::NotListed;
        assert_eq!(counts.unsaid, model.groups.values().filter(unsaid).count());
        assert_eq!(Selector::default().work(&self.directory), counts);
    }

    fn check_all(&self) {
        assert_eq!(self.directory.len(), self.model.groups.len());
        for (key, group) in &self.model.groups {
            let key = GroupKey::new(key).unwrap();
            let known = self.directory.get(&key).unwrap();
            assert_eq!(*known, *group);
            let row = self.directory.row_of(&key).unwrap();
            assert_eq!(row.display_name(), group.display_name);
            let people = group.members.listed().map(<[Member]>::len);
            assert_eq!(row.people().map(|n| n as usize), people);
            assert!(Arc::ptr_eq(&known, &self.directory.get(&key).unwrap()));
        }
        for name in PEOPLE {
            let person = PersonKey::new(name).unwrap();
            let is_known = self
                .model
                .groups
                .values()
                .any(|group| group.members.find(&person).is_some());
            assert_eq!(self.directory.knows(&person), is_known, "{name}");
        }
    }
}

fn query() -> impl Strategy<Value = Query> {
    let sorts = [
        None,
        Some(SortBy::Name),
        Some(SortBy::Key),
        Some(SortBy::Description),
        Some(SortBy::People),
        Some(SortBy::Leads),
    ];
    (
        0..SEARCHES.len(),
        0..sorts.len(),
        any::<bool>(),
        proptest::option::of(0..PEOPLE.len()),
        proptest::option::of(0..WorkList::ALL.len()),
    )
        .prop_map(move |(search, sort, down, of, list)| Query {
            search: SEARCHES[search].to_owned(),
            only: match of.filter(|place| *place < 2) {
                Some(place) => Only::Of(PersonKey::new(PEOPLE[place]).unwrap()),
                None => Only::All,
            },
            list: list.map(|place| WorkList::ALL[place]),
            sort: sorts[sort],
            direction: if down {
                Direction::Descending
            } else {
                Direction::Ascending
            },
        })
}

fn world() -> World {
    World {
        directory: Directory::new(Instabase.capabilities(), 7),
        model: Model::default(),
        selector: Selector::default(),
        last: Vec::new(),
        firsts: 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn whatever_happens_both_show_the_same(
        steps in proptest::collection::vec(
            (act(), proptest::collection::vec(query(), 0..3), any::<bool>(), 0..24_u32),
            1..12,
        )
    ) {
        let mut world = world();
        for (act, queries, work, ahead) in steps {
            world.act(&act);
            world.check_all();
            if work {
                world.check_people();
                world.check_work();
            }
            // Whatever part of the orders is worked out ahead, and however long ago, they are right.
            for _ in 0..ahead {
                world.selector.work_ahead(&world.directory);
            }
            for query in queries {
                world.check(&query);
            }
        }
    }
}

fn groups(count: usize) -> Vec<Drawn> {
    let one = |key: usize| Drawn {
        key,
        name: key % NAMES.len(),
        description: key % DESCRIPTIONS.len(),
        admins: vec![key % PEOPLE.len()],
        members: vec![(key + 1) % PEOPLE.len(), (key + 2) % PEOPLE.len()],
        shape: if key % 50 == 3 { 2 } else { 0 },
    };
    (0..count).map(one).collect()
}

#[test]
fn what_has_not_changed_is_not_read_again_and_takes_no_room() {
    let mut world = world();
    let mut list = groups(3000);
    assert_eq!(world.list(&list, 1 << 16, true, None), 0);
    let room = world.directory.bytes();
    let query = Query::default();
    let rows = world.selector.select(&world.directory, &query);
    for cut in [1 << 16, 1000, 777] {
        assert_eq!(world.list(&list, cut, true, None), 3000);
        assert_eq!(world.directory.bytes(), room);
        // Nothing is even worked out again.
        let again = world.selector.select(&world.directory, &query);
        assert!(Arc::ptr_eq(&rows, &again));
    }
    let mut steps = 0;
    while world.selector.work_ahead(&world.directory) {
        steps += 1;
    }
    assert!(steps > 8, "{steps} steps");
    check_orders(&mut world);
    // One changed, one new, one gone: those alone are read.
    list[17].name = 5;
    list.remove(100);
    let mut new = list[5].clone();
    new.key = 9000;
    list.insert(200, new);
    assert_eq!(world.list(&list, 1 << 16, true, None), 2998);
    world.check_all();
    world.check(&query);
    check_orders(&mut world);
    assert!(!world.selector.work_ahead(&world.directory));
    check_orders(&mut world);
}

fn check_orders(world: &mut World) {
    for sort in [
        SortBy::Name,
        SortBy::Key,
        SortBy::Description,
        SortBy::People,
        SortBy::Leads,
    ] {
        for direction in [Direction::Ascending, Direction::Descending] {
            world.check(&Query {
                sort: Some(sort),
                direction,
                ..Query::default()
            });
        }
    }
}

#[test]
fn the_first_rows_are_told_before_all_are_asked() {
    let mut world = world();
    let mut list = groups(300);
    // Names and keys that are all of what is typed, and keys that begin like others' names.
    list[7].key = 1001;
    list[8].key = 1002;
    world.list(&list, 1 << 16, true, None);
    let typed = |search: &str| Query {
        search: search.to_owned(),
        ..Query::default()
    };
    let nothing = Query::default();
    let told = |world: &mut World, query: &Query| {
        let before = world.firsts;
        world.check(query);
        world.firsts - before
    };
    assert_eq!(
        told(&mut world, &typed("t")),
        0,
        "not before the keys are in order"
    );
    world.check(&nothing);
    while world.selector.work_ahead(&world.directory) {}
    for search in ["te", "k", "data", "équipe", "Zoë ", "team"] {
        assert_eq!(told(&mut world, &typed(search)), 3, "{search}");
        assert_eq!(told(&mut world, &typed(search)), 0, "{search} was asked");
        world.check(&nothing);
    }
    for search in ["", "team 1", "aris", "1"] {
        assert_eq!(told(&mut world, &typed(search)), 0, "{search}");
    }
    // Of what changed, too, as soon as it was taken in.
    list[9].name = 3;
    list[10].key = 1003;
    world.list(&list, 1 << 16, true, None);
    assert_eq!(told(&mut world, &typed("dat")), 0, "not taken in");
    assert_eq!(told(&mut world, &typed("da")), 3);
}

#[test]
fn room_is_won_back_however_often_everything_changes() {
    let mut world = world();
    let mut list = groups(4000);
    world.list(&list, 1 << 16, true, None);
    let room = world.directory.bytes();
    for turn in 0..12 {
        for drawn in &mut list {
            drawn.description = (drawn.description + 1) % DESCRIPTIONS.len();
            drawn.members = (0..(drawn.key + turn) % 9)
                .map(|n| n % PEOPLE.len())
                .collect();
        }
        world.list(&list, 1 << 16, true, None);
    }
    world.check_all();
    assert!(
        world.directory.bytes() < room * 2,
        "{room} bytes became {}",
        world.directory.bytes()
    );
}
