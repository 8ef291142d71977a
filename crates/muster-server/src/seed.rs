//! A generated site of any size, the same for the same numbers: to try and to measure the server with.
//!
//! Unlike the demo it makes no token, so a database that was filled by it is no less safe than an empty one.

use crate::db::Db;
use crate::db::users::{self, NewUser};
use crate::fault::Fault;
use rusqlite::{Connection, params};
use std::path::Path;

/// How large the site is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Instabase groups, the large one among them.
    pub groups: u32,
    /// People, the site admin among them.
    pub people: u32,
    /// People of the one large group.
    pub large: u32,
    /// Another number, another site.
    pub seed: u64,
}

/// The group that so many people are in.
pub const LARGE_GROUP: &str = "everybody";
/// The site admin of a generated site.
pub const SITE_ADMIN: &str = "site.admin";

const GIVEN: [&str; 40] = [
    "ada", "amelie", "anders", "aylin", "bela", "björn", "boris", "chiara", "clara", "deniz",
    "dmitri", "elif", "emil", "eva", "farid", "felix", "fiona", "gita", "greta", "hana", "hugo",
    "ines", "iris", "jakub", "kaito", "kira", "luca", "mara", "mei", "nadia", "nils", "olga",
    "petra", "priya", "ravi", "sven", "tariq", "vera", "yusuf", "zoe",
];
const FAMILY: [&str; 40] = [
    "adler",
    "andersson",
    "bauer",
    "brandt",
    "chen",
    "costa",
    "demir",
    "dubois",
    "eriksen",
    "ferrari",
    "fischer",
    "garcia",
    "haddad",
    "hoffmann",
    "ito",
    "ivanova",
    "jansen",
    "kaya",
    "kowalski",
    "kumar",
    "lindqvist",
    "lopez",
    "martin",
    "meyer",
    "mueller",
    "nguyen",
    "novak",
    "okafor",
    "patel",
    "pereira",
    "rossi",
    "sato",
    "schmidt",
    "silva",
    "smith",
    "tanaka",
    "vogel",
    "weber",
    "yilmaz",
    "zimmermann",
];
/// In names and in words.
const PLACES: [(&str, &str); 16] = [
    ("berlin", "Berlin"),
    ("sao_paulo", "São Paulo"),
    ("tokyo", "東京"),
    ("paris", "Paris"),
    ("zurich", "Zürich"),
    ("malmo", "Malmö"),
    ("madrid", "Madrid"),
    ("krakow", "Kraków"),
    ("pune", "Pune"),
    ("boston", "Boston"),
    ("austin", "Austin"),
    ("lagos", "Lagos"),
    ("izmir", "İzmir"),
    ("lyon", "Lyon"),
    ("graz", "Graz"),
    ("global", "Global"),
];
const FIELDS: [(&str, &str); 20] = [
    ("eng", "Engineering"),
    ("sales", "Sales"),
    ("support", "Support"),
    ("finance", "Finance"),
    ("legal", "Legal"),
    ("design", "Design"),
    ("data", "Data Science"),
    ("infra", "Infrastructure"),
    ("security", "Security"),
    ("people_ops", "People Operations"),
    ("research", "Research"),
    ("ml", "ML Platform"),
    ("qa", "Quality Assurance"),
    ("invoices", "Invoices"),
    ("claims", "Claims"),
    ("kyc", "Know Your Customer"),
    ("mortgage", "Mortgages"),
    ("oekologie", "Ökologie"),
    ("release", "Release Managers"),
    ("oncall", "On Call"),
];
const KINDS: [(&str, &str); 8] = [
    ("team", "Team"),
    ("read", "Read"),
    ("write", "Write"),
    ("reviewers", "Reviewers"),
    ("project", "Project"),
    ("contractors", "Contractors"),
    ("leads", "Leads"),
    ("testers", "Testers"),
];
const ABOUT: [&str; 7] = [
    "Reviewed every quarter; ask an admin before you add somebody.",
    "Access to the data of production, read only.",
    "Whoever carries the phone this week.",
    "Says \"yes\" or \"no\" within four hours.",
    "Ends in December.",
    "Besprechung donnerstags um 10 Uhr, Büro 2.104.",
    "Papers, prototypes and a reading group on Fridays.",
];

/// 2025-09-29 09:49:17 UTC
const BEGAN: i64 = 1_759_139_357;

/// Fills the empty database at `path`. The error is a sentence for a person.
pub fn seed(path: &Path, size: Size) -> Result<(), String> {
    if size.groups == 0 || size.people < 2 || size.large > size.people {
        return Err(
            "A site has a group, two people, and no group with more people than there are."
                .to_owned(),
        );
    }
    let db = Db::open(path)?;
    db.write_now(|tx| {
        let empty: bool = tx.query_row(
            "SELECT NOT EXISTS (SELECT 1 FROM users) AND NOT EXISTS (SELECT 1 FROM groups)",
            [],
            |row| row.get(0),
        )?;
        if !empty {
            return Err(Fault::bad(format!(
                "A site is generated into an empty database only, and {} holds people or groups. \
                 Choose another file with --db.",
                path.display()
            )));
        }
        fill(tx, size)
    })
    .map_err(|fault| fault.words)
}

/// SplitMix64: small, and good enough to pick names with.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let place = self.below(from.len() as u64) as usize;
        from.get(place).copied().unwrap_or_default()
    }
}

fn fill(db: &Connection, size: Size) -> Result<(), Fault> {
    let mut random = Random(size.seed);
    let admin = users::add(
        db,
        &NewUser {
            name: SITE_ADMIN.to_owned(),
            emails: vec![("site.admin@example.com".to_owned(), true)],
            site_admin: true,
            manage_groups: false,
        },
    )?;
    for nth in 1..u64::from(size.people) {
        let name = person(nth - 1);
        let email = format!("{}@example.com", name.replace('ö', "oe"));
        let user = NewUser {
            name,
            emails: vec![(email, random.below(7) > 0)],
            ..NewUser::default()
        };
        users::add(db, &user)?;
    }
    let people = u64::from(size.people);
    let mut join = db.prepare(
        "INSERT INTO memberships (group_id, user_id, role, joined) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
    )?;
    let mut make = db.prepare(
        "INSERT INTO groups (system, name, full_name, description, photo, created, updated)
         VALUES ('instabase', ?1, ?2, nullif(?3, ''), nullif(?4, ''), ?5, ?5)",
    )?;
    for nth in 0..u64::from(size.groups) {
        let created = BEGAN + i64::try_from(nth).unwrap_or(0) * 60;
        if nth == 0 {
            make.execute(params![
                LARGE_GROUP,
                "Everybody",
                "Announcements only, please.",
                "",
                created
            ])?;
            let group = db.last_insert_rowid();
            for user in 0..i64::from(size.large) {
                let role = if user < 3 { "admin" } else { "member" };
                join.execute(params![group, admin + user, role, created])?;
            }
            continue;
        }
        let (place, place_word) = random.pick(&PLACES);
        let (field, field_word) = random.pick(&FIELDS);
        let (kind, kind_word) = random.pick(&KINDS);
        let about = match random.below(4) {
            0 => String::new(),
            1 => random.pick(&ABOUT).to_owned(),
            _ => format!("{field_word} in {place_word}. {}", random.pick(&ABOUT)),
        };
        let photo = match random.below(20) {
            0 => format!("https://photo.example.com/groups/{nth}.jpg"),
            _ => String::new(),
        };
        make.execute(params![
            format!("{field}_{place}_{kind}_{nth}"),
            format!("{field_word} {place_word}, {kind_word} {nth}"),
            about,
            photo,
            created
        ])?;
        let group = db.last_insert_rowid();
        // Many small groups and a few large ones, twelve people on average.
        let count = 1 + (random.below(67) * random.below(68)) / 100;
        let admins = 1 + random.below(3);
        for joined in 0..count {
            let user = admin + i64::try_from(random.below(people)).unwrap_or(0);
            let role = if joined < admins { "admin" } else { "member" };
            join.execute(params![group, user, role, created])?;
        }
    }
    Ok(())
}

/// The nth name: all pairs of given and family name, then the same with numbers.
fn person(nth: u64) -> String {
    let (given, family) = (GIVEN.len() as u64, FAMILY.len() as u64);
    let word = |from: &[&'static str], place: u64| {
        let place = usize::try_from(place).unwrap_or(0);
        from.get(place).copied().unwrap_or_default()
    };
    let pair = nth % (given * family);
    let name = format!(
        "{}.{}",
        word(&GIVEN, pair % given),
        word(&FAMILY, pair / given)
    );
    match nth / (given * family) {
        0 => name,
        again => format!("{name}{}", again + 1),
    }
}
