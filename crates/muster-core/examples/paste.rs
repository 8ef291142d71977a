//! What reading a long pasted list costs: `cargo run --profile native -p muster-core --example paste`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::time::Instant;

use group_api::{Backend, Instabase, PersonKey, Role};
use muster_core::paste::{
    Against, Class, FirstLine, Lookup, MailPart, Review, nearest, parse, role_of,
};

const FIRST: [&str; 24] = [
    "alexander",
    "maria",
    "bjorn",
    "chen",
    "david",
    "elisabeth",
    "fatima",
    "giulia",
    "hana",
    "ines",
    "jonas",
    "katarzyna",
    "liam",
    "mateo",
    "nadia",
    "omar",
    "priya",
    "quentin",
    "rosa",
    "sebastian",
    "tatiana",
    "ulrich",
    "victoria",
    "xenia",
];
const LAST: [&str; 20] = [
    "smith",
    "lindqvist",
    "okafor",
    "garcia",
    "nguyen",
    "kowalski",
    "rossi",
    "yamamoto",
    "haddad",
    "fernandez",
    "schmidt",
    "dubois",
    "ivanova",
    "oconnor",
    "silva",
    "petersen",
    "kim",
    "novak",
    "larsen",
    "moreau",
];

fn name(n: usize) -> String {
    let (first, last) = (FIRST[n % 24], LAST[n / 24 % 20]);
    let more = ["", "son", "ova", "berg", "mann", "ides", "ski", "elli"];
    let (end, begin) = (
        more[n / 480 % 8],
        ["", "de.", "van.", "al.", "o.", "mc.", "st."][n / 3840],
    );
    format!("{first}.{begin}{last}{end}")
}

/// What it is, who is known, what is pasted.
type Kind<'a> = (&'a str, &'a [(PersonKey, String)], String);

fn main() {
    let mut people: Vec<_> = (0..25_000)
        .map(|n| (PersonKey::new(&name(n)).unwrap(), name(n)))
        .collect();
    people.sort();
    let is_role = |word: &str| role_of(Instabase.capabilities(), word).is_some();
    let misspelt = |n: usize| {
        let mut name = name(n * 5);
        name.insert(3, 'q');
        name
    };
    let alike: Vec<_> = (0..25_000)
        .map(|n| {
            (
                PersonKey::new(&format!("employee_{n:05}")).unwrap(),
                String::new(),
            )
        })
        .collect();
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    let join =
        |name: &dyn Fn(usize) -> String| (0..5_000).map(|n| name(n) + "\n").collect::<String>();
    // As many as a page shows and asks for at once.
    let few = (0..100).map(|n| misspelt(n * 50) + "\n").collect();
    kinds.push(("a hundred misspelt", &people, few));
    let few = (0..100)
        .map(|n| format!("employee_{}\n", 30_000 + n))
        .collect();
    kinds.push(("a hundred alike", &alike, few));
    kinds.push(("all known", &people, join(&|n| name(n * 5))));
    kinds.push(("all misspelt", &people, join(&misspelt)));
    kinds.push((
        "all unlike",
        &people,
        join(&|n| format!("{:x}", n * 0x9e37_79b9)),
    ));
    kinds.push((
        "all alike",
        &alike,
        join(&|n| format!("employee_{:05}", 30_000 + n)),
    ));
    kinds.push(("a table of addresses", &people, {
        let rows = join(&|n| {
            format!(
                "\"{}, x\",{}@example.org,Admin,2024-01-01",
                name(n * 5),
                misspelt(n)
            )
        });
        format!("Name,E-Mail,Role,Since\n{rows}")
    }));
    for (what, people, text) in kinds {
        let mut best = [f64::MAX; 4];
        let mut found = 0;
        let mut counts = Default::default();
        for _ in 0..9 {
            let began = Instant::now();
            let lookup = Lookup::new(7, people.len(), &|n| people[n as usize].0.as_str());
            let looked = Instant::now();
            let pasted = parse(&text, FirstLine::Judge, &is_role);
            let parsed = Instant::now();
            let review = Review::new(
                &pasted.entries,
                &Against {
                    capabilities: Instabase.capabilities(),
                    members: &[],
                    people,
                    lookup: &lookup,
                    part: MailPart::BeforeAt,
                    role: &Role::known("member"),
                },
            );
            let reviewed = Instant::now();
            let unseen: Vec<&str> = review
                .rows
                .iter()
                .filter(|row| row.class == Class::Unseen)
                .filter_map(|row| Some(row.person.as_ref()?.as_str()))
                .collect();
            let near = nearest(
                &unseen,
                &mut people.iter().map(|(person, _)| person.as_str()),
            );
            let ended = Instant::now();
            found = near.iter().flatten().count();
            counts = review.counts;
            let took = [
                looked - began,
                parsed - looked,
                reviewed - parsed,
                ended - reviewed,
            ];
            for (best, took) in best.iter_mut().zip(took) {
                *best = best.min(took.as_secs_f64() * 1e3);
            }
        }
        let [lookup, parse, review, near] = best;
        println!(
            "{what}: lookup {lookup:.1} ms, parse {parse:.1}, classify {review:.1}, nearest {near:.1}; in all {:.1} ms \
             ({} known, {} never seen, {found} of them near a known one)",
            best.iter().sum::<f64>(),
            counts.add,
            counts.unseen,
        );
    }
}
