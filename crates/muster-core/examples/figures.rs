//! How long the directory takes for a long list, natively: `cargo run --profile native -p muster-core
//! --example figures [GROUPS]`. What counts is measured in a browser (`cargo xtask bench`); this is
//! for finding out where the time goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use group_api::{
    Backend, Group, GroupSink, Head, Input, Instabase, ListAsk, PlainGroup, Step, Unreadable,
};
use muster_core::{
    Coverage, Direction, Directory, Everybody, PeopleSort, Query, Selector, SortBy, WorkList,
};

struct Into<'a>(&'a mut Directory, u32);

impl GroupSink for Into<'_> {
    fn group(&mut self, group: Group, element: &[u8]) {
        self.1 += 1;
        self.0.put_listed(group, element);
    }
    fn plain(&mut self, group: &PlainGroup<'_>) {
        self.0.put_plain(group);
    }
    fn known(&mut self, bytes: &[u8]) -> Option<usize> {
        self.0.known(bytes)
    }
    fn unreadable(&mut self, _: Unreadable) {}
}

fn list(directory: &mut Directory, body: &[u8]) -> u32 {
    directory.begin();
    let mut exchange = Instabase.list(&ListAsk::WithMembers);
    assert!(matches!(exchange.next(Input::Start), Step::Send(_)));
    exchange.head(Head {
        status: 200,
        ..Head::default()
    });
    let mut into = Into(directory, 0);
    for piece in body.chunks(64 << 10) {
        exchange.feed(piece, &mut into);
    }
    let slow = into.1;
    directory.end_list(Coverage::Full {
        read_at: 0.0,
        unreadable: 0,
    });
    slow
}

fn main() {
    let count: usize = std::env::args()
        .nth(1)
        .map_or(100_000, |word| word.parse().expect("a number of groups"));
    let teams = [
        "Engineering",
        "Sales",
        "Product access",
        "Facilities",
        "Data platform",
        "Équipe",
    ];
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("fits")
    };
    let mut body = String::from("{\"groups\":[");
    for number in 0..count {
        let people = |count: usize, next: &mut dyn FnMut(usize) -> usize| {
            let one = |_| {
                format!(
                    "{{\"type\":\"user\",\"name\":\"user.name{}\"}}",
                    next(25_000)
                )
            };
            (0..count).map(one).collect::<Vec<_>>().join(",")
        };
        let admins = 1 + next(3);
        let members = next(20);
        body.push_str(&format!(
            "{}{{\"name\":\"group_{number}_{}\",\"full_name\":\"{} {} {number}\",\"description\":\"Read access to the folders of {} in region {}\",\"profile_photo_url\":null,\"admins\":[{}],\"members\":[{}]}}",
            if number > 0 { "," } else { "" },
            next(1000),
            teams[next(teams.len())],
            next(500),
            teams[next(teams.len())],
            next(40),
            people(admins, &mut next),
            people(members, &mut next),
        ));
    }
    body.push_str("],\"status\":\"OK\"}");
    let body = body.into_bytes();
    let timed = |what: &str, work: &mut dyn FnMut() -> usize| {
        let began = Instant::now();
        let result = work();
        println!(
            "{what:<40} {:>8.2} ms   {result}",
            began.elapsed().as_secs_f64() * 1e3
        );
    };
    println!("{} groups, {:.1} MB", count, body.len() as f64 / 1e6);
    let mut directory = Directory::new(Instabase.capabilities(), 7);
    timed("first reading (the thorough way)", &mut || {
        list(&mut directory, &body) as usize
    });
    println!("{:.1} MB in columns", directory.bytes() as f64 / 1e6);
    timed("reading the same again", &mut || {
        list(&mut directory, &body) as usize
    });
    let mut selector = Selector::default();
    let select = |selector: &mut Selector, directory: &Directory, search: &str, sort, direction| {
        let query = Query {
            search: search.to_owned(),
            sort,
            direction,
            ..Query::default()
        };
        selector.select(directory, &query).len()
    };
    timed("by name, at first", &mut || {
        select(&mut selector, &directory, "", None, Direction::Ascending)
    });
    for sort in [
        SortBy::Name,
        SortBy::Key,
        SortBy::Description,
        SortBy::People,
        SortBy::Leads,
    ] {
        timed(&format!("by {sort:?}, descending"), &mut || {
            select(
                &mut selector,
                &directory,
                "",
                Some(sort),
                Direction::Descending,
            )
        });
    }
    let mut longest = Duration::ZERO;
    timed("all orders ahead", &mut || {
        let mut steps = 0;
        let mut began = Instant::now();
        while selector.work_ahead(&directory) {
            steps += 1;
            longest = longest.max(began.elapsed());
            began = Instant::now();
        }
        steps
    });
    println!(
        "of that the longest step {:>23.2} ms",
        longest.as_secs_f64() * 1e3
    );
    for sort in [
        SortBy::Key,
        SortBy::Description,
        SortBy::People,
        SortBy::Leads,
    ] {
        for direction in [Direction::Ascending, Direction::Descending] {
            timed(&format!("by {sort:?}, {direction:?}, known"), &mut || {
                select(&mut selector, &directory, "", Some(sort), direction)
            });
        }
    }
    for end in 1..="engineering".len() {
        let search = &"engineering"[..end];
        timed(&format!("search {search:?}"), &mut || {
            select(
                &mut selector,
                &directory,
                search,
                None,
                Direction::Ascending,
            )
        });
    }
    timed("search \"user.name123\"", &mut || {
        select(
            &mut selector,
            &directory,
            "user.name123",
            None,
            Direction::Ascending,
        )
    });
    timed("work lists, and how many are in them", &mut || {
        selector.work(&directory).of(WorkList::OneLead)
    });
    let mut everybody = Everybody::default();
    timed("everybody, counted", &mut || {
        everybody = Everybody::new(&directory);
        everybody.len()
    });
    timed("everybody, searched and by groups", &mut || {
        let sort = Some(PeopleSort::Groups);
        everybody.select("name1", sort, Direction::Descending).len()
    });
    let person = group_api::PersonKey::new("user.name123").expect("a name");
    timed("the groups of one person", &mut || {
        directory.holdings(&person).len()
    });
    timed("search \"engineer\" (asked before)", &mut || {
        select(
            &mut selector,
            &directory,
            "engineer",
            None,
            Direction::Ascending,
        )
    });
    let key = group_api::GroupKey::new(directory.row(5).expect("row").key()).expect("key");
    let mut group = (*directory.get(&key).expect("group")).clone();
    group.display_name.push_str(" changed");
    directory.put_read(group);
    timed("after one change", &mut || {
        select(
            &mut selector,
            &directory,
            "engineer",
            None,
            Direction::Ascending,
        )
    });
}
