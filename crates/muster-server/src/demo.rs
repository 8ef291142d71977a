//! `--demo`: an empty database filled with believable people and groups, the same every time.
//!
//! Its tokens are known to everybody. So it is refused on any but a loopback address (see `start`), a database that
//! holds other data is never filled, and one that was filled is never served without `--demo`.

use crate::db::Db;
use crate::db::users::{self, NewUser};
use crate::fault::Fault;
use rusqlite::{Connection, params};
use std::path::Path;

/// Whom to try as: user, token, and what they may do.
pub(crate) const PEOPLE: [(&str, &str, &str); 4] = [
    ("alice", "demo-alice", "site admin"),
    ("bob", "demo-bob", "may manage every group"),
    ("carol", "demo-carol", "admin of some groups"),
    ("dave", "demo-dave", "plain member"),
];

/// The people who stand in most groups; the four to try as come first.
const NAMES: [&str; 45] = [
    "alice", "bob", "carol", "dave", "amelie", "anders", "aylin", "bela", "björn", "chiara",
    "cosima", "daniel", "deniz", "elif", "emil", "esra", "farid", "fiona", "greta", "hamza",
    "hana", "ines", "ivan", "jakub", "jonas", "kaito", "katya", "lea", "liam", "malik", "mara",
    "mateo", "mei", "nadia", "noah", "olga", "omar", "paula", "priya", "quentin", "rosa", "sven",
    "tariq", "yara", "zoe",
];

/// With [`FAMILY`], the many of the one large group.
const GIVEN: [&str; 24] = [
    "ada", "boris", "clara", "dmitri", "eva", "felix", "gita", "hugo", "iris", "jan", "kira",
    "luca", "mina", "nils", "oskar", "petra", "ravi", "sara", "timo", "uma", "vera", "wim",
    "xenia", "yusuf",
];
const FAMILY: [&str; 12] = [
    "adler",
    "brandt",
    "costa",
    "dubois",
    "eriksen",
    "ferrari",
    "garcia",
    "haddad",
    "ito",
    "jansen",
    "kowalski",
    "lindqvist",
];

/// 2025-09-29 09:49:17 UTC, the day the demo's world began.
const BEGAN: i64 = 1_759_139_357;
const HOUR: i64 = 3600;

/// Who is in an Instabase group.
enum Who {
    /// These, by name: admins, members.
    Named(&'static [&'static str], &'static [&'static str]),
    /// So many admins and members, picked by the group's place in the list.
    Some(usize, usize),
    /// Everybody, with one admin.
    All(&'static str),
}
use Who::{All, Named};

/// name, display name, description, photo, people
type Row = (&'static str, &'static str, &'static str, &'static str, Who);

const INSTABASE: [Row; 36] = [
    (
        "all_staff",
        "All Staff",
        "Everybody. Announcements only, please.",
        "",
        All("alice"),
    ),
    (
        "eng_group",
        "Engineering",
        "All engineers, in every office.",
        "https://photo.example.com/eng.jpg",
        Named(
            &["alice", "carol"],
            &[
                "bob", "dave", "emil", "fiona", "greta", "jonas", "kaito", "lea", "mei", "priya",
                "tariq",
            ],
        ),
    ),
    (
        "sales_group",
        "Sales",
        "Sales, before and after the contract.",
        "https://photo.example.com/sales.jpg",
        Named(&["bob"], &["alice", "hana", "ines", "mateo", "rosa"]),
    ),
    (
        "prod_data_eu_read",
        "PE Prod Data EU Read",
        "Read access to production data in the EU.",
        "",
        Who::Some(5, 24),
    ),
    (
        "prod_data_eu_read2",
        "PE Prod Data EU Read",
        "",
        "",
        Named(&[], &["dave", "emil", "hana", "lea", "noah", "omar", "zoe"]),
    ),
    (
        "prod_data_us_read",
        "PE Prod Data US Read",
        "Read access to production data in the US.",
        "",
        Who::Some(3, 17),
    ),
    (
        "prod_data_eu_write",
        "PE Prod Data EU Write",
        "Write access to production data in the EU. Reviewed every quarter.",
        "",
        Named(&["carol"], &["emil", "priya"]),
    ),
    (
        "Team_2",
        "Team 2",
        "The second team.",
        "",
        Named(&["carol"], &["dave", "yara", "sven"]),
    ),
    (
        "Team_10",
        "Team 10",
        "The tenth team.",
        "",
        Named(&["carol"], &["mara", "malik"]),
    ),
    (
        "Team_1",
        "Team 1",
        "The first team.",
        "",
        Named(&["anders"], &["dave", "aylin", "bela"]),
    ),
    (
        "oekologie",
        "Ökologie",
        "Arbeitsgruppe Ökologie: Boden, Wasser, Luft.",
        "https://photo.example.com/oekologie.jpg",
        Named(&["cosima"], &["björn", "greta", "sven", "carol"]),
    ),
    (
        "equipe_paris",
        "Équipe Paris",
        "L'équipe du bureau de Paris.",
        "",
        Named(&["amelie", "quentin"], &["chiara", "lea", "zoe", "dave"]),
    ),
    (
        "data_science",
        "Data Science",
        "Models, notebooks and the people who explain them.",
        "https://photo.example.com/data-science.jpg",
        Named(
            &["carol", "priya"],
            &["carol", "bob", "emil", "mei", "nadia"],
        ),
    ),
    (
        "design",
        "Design",
        "Product and brand design.",
        "",
        Who::Some(2, 8),
    ),
    (
        "legal",
        "Legal",
        "Contracts and questions of law.",
        "",
        Who::Some(1, 3),
    ),
    (
        "finance",
        "Finance",
        "Budgets, invoices, travel expenses.",
        "",
        Who::Some(1, 6),
    ),
    (
        "people_ops",
        "People Operations",
        "Hiring, onboarding, leaving.",
        "",
        Who::Some(2, 5),
    ),
    (
        "support_l1",
        "Support, first line",
        "Answers within four hours.",
        "",
        Who::Some(2, 14),
    ),
    (
        "support_l2",
        "Support, second line",
        "Takes what the first line cannot solve.",
        "",
        Who::Some(2, 7),
    ),
    (
        "security",
        "Security",
        "Reports to security@example.com.",
        "",
        Who::Some(2, 4),
    ),
    (
        "sec_oncall",
        "Security on call",
        "Whoever carries the phone this week.",
        "",
        Named(&["farid"], &[]),
    ),
    (
        "release_managers",
        "Release Managers",
        "May press the button.",
        "",
        Named(&["alice"], &["carol", "jonas"]),
    ),
    (
        "contractors_2024",
        "Contractors 2024",
        "Ended in December. Nobody looks after this one.",
        "",
        Named(&[], &["ivan", "olga", "katya"]),
    ),
    (
        "contractors_2025",
        "Contractors 2025",
        "Access until the end of the year.",
        "",
        Who::Some(1, 11),
    ),
    (
        "beta_testers",
        "Beta Testers",
        "Sees features a month early.",
        "",
        Who::Some(1, 20),
    ),
    (
        "movie_night",
        "Movie Night",
        "First Thursday of the month.",
        "",
        Named(&["yara"], &["gru", "alice", "dave", "liam"]),
    ),
    ("new_project", "New Project", "", "", Named(&[], &[])),
    (
        "archive_2019",
        "Archive 2019",
        "Kept for the auditors.",
        "",
        Named(&["alice"], &[]),
    ),
    ("qa_all", "QA", "Quality assurance.", "", Who::Some(1, 9)),
    (
        "research",
        "Research",
        "Papers, prototypes and a reading group on Fridays.",
        "https://photo.example.com/research.jpg",
        Who::Some(3, 12),
    ),
    (
        "ml_platform",
        "ML Platform",
        "Training and serving.",
        "",
        Named(&["carol", "kaito"], &["mei", "nadia", "tariq", "dave"]),
    ),
    (
        "infra",
        "Infrastructure",
        "Machines, networks, backups.",
        "",
        Who::Some(4, 10),
    ),
    (
        "office_berlin",
        "Büro Berlin",
        "Schlüssel, Küche, Fahrräder.",
        "",
        Who::Some(1, 16),
    ),
    (
        "office_sao_paulo",
        "Escritório São Paulo",
        "Chaves, cozinha e bicicletas.",
        "",
        Who::Some(1, 9),
    ),
    (
        "office_tokyo",
        "東京オフィス",
        "東京のみんな。",
        "",
        Who::Some(1, 7),
    ),
    (
        "works_council",
        "Works Council",
        "Elected in March; confidential.",
        "",
        Named(&["rosa"], &["deniz", "paula", "bob"]),
    ),
];

/// id, name, description, owner, moderators, members. Ids have gaps, as after deletions.
type Notebook = (
    i64,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const SNIP: [Notebook; 9] = [
    (
        2,
        "whatagroup",
        Some("Measurements at the beamline, and who takes them."),
        "carol",
        &["dave"],
        &["alice", "bob", "emil", "mei"],
    ),
    (3, "Test Group", None, "carol", &[], &[]),
    (4, "Test Group", None, "carol", &["bob"], &["dave"]),
    (
        5,
        "Test Group",
        Some("The one with a description."),
        "alice",
        &[],
        &["carol"],
    ),
    (
        7,
        "Röntgenphysik",
        Some("Lab notebook of the X-ray group."),
        "bob",
        &["carol", "sven"],
        &["alice", "dave", "greta", "jonas", "lea", "olga"],
    ),
    (8, "Team 10", None, "alice", &["anders"], &["bob", "dave"]),
    (
        12,
        "Team 2",
        Some("Shared notebooks of team 2."),
        "dave",
        &["carol"],
        &["alice", "yara"],
    ),
    (
        13,
        "Laser lab, room 2.104",
        Some("Book the table before you use it."),
        "bob",
        &[],
        &["dave", "hana", "omar"],
    ),
    (
        21,
        "Tomographie à contraste de phase",
        None,
        "carol",
        &["amelie", "bob"],
        &["quentin", "priya"],
    ),
];

/// Brings database and `--demo` together: fills an empty one, and refuses what must not be mixed.
pub(crate) fn settle(db: &Db, path: &Path, demo: bool) -> Result<(), String> {
    let shown = path.display();
    let (filled, empty) = db
        .read_now(|db| {
            let filled: bool = db.query_row("SELECT demo FROM meta", [], |row| row.get(0))?;
            let empty: bool = db.query_row(
                "SELECT NOT EXISTS (SELECT 1 FROM users) AND NOT EXISTS (SELECT 1 FROM groups)",
                [],
                |row| row.get(0),
            )?;
            Ok((filled, empty))
        })
        .map_err(|fault| fault.words)?;
    match (demo, filled, empty) {
        (true, false, true) => db.write_now(|tx| fill(tx)).map_err(|fault| fault.words),
        (true, false, false) => Err(format!(
            "--demo fills an empty database only, and {shown} holds people or groups. Choose another file with --db."
        )),
        (false, true, _) => Err(format!(
            "{shown} was filled by --demo and has tokens that everybody knows. Start with --demo, or choose \
             another file with --db."
        )),
        _ => Ok(()),
    }
}

fn person(db: &Connection, place: usize, name: &str) -> Result<(), Fault> {
    let plain = name.replace('ö', "oe");
    let mut emails = vec![(format!("{plain}@example.com"), place % 7 != 6)];
    if name == "dave" || place % 11 == 2 {
        emails.push((format!("{plain}@lab.example.org"), name != "dave"));
    }
    let user = NewUser {
        name: name.to_owned(),
        emails,
        site_admin: name == "alice",
        manage_groups: name == "bob",
    };
    users::add(db, &user).map(drop)
}

fn join(db: &Connection, group: i64, user: &str, role: &str, joined: i64) -> Result<(), Fault> {
    // By name and whether or not the account still exists: one who left stands in a group.
    db.prepare_cached(
        "INSERT INTO memberships (group_id, user_id, role, joined)
         SELECT ?1, id, ?3, ?4 FROM users WHERE name = ?2",
    )?
    .execute(params![group, user, role, joined])?;
    Ok(())
}

fn fill(db: &Connection) -> Result<(), Fault> {
    for (place, name) in NAMES.iter().enumerate() {
        person(db, place, name)?;
    }
    let mut staff: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    for family in FAMILY {
        for given in GIVEN {
            staff.push(format!("{given}.{family}"));
        }
    }
    // 45 and 288 people; the large group has 320 of them.
    for (place, name) in staff.iter().enumerate().skip(NAMES.len()) {
        person(db, place, name)?;
    }
    person(db, 0, "gru")?;

    let mut age = 0_i64;
    for (id, name, description, owner, moderators, members) in SNIP {
        age += 1;
        let created = BEGAN + age * 53 * HOUR;
        db.execute(
            "INSERT INTO groups (id, system, name, description, created, updated)
             VALUES (?1, 'snip', ?2, ?3, ?4, ?5)",
            params![id, name, description, created, created + age * 7 * HOUR],
        )?;
        let everyone = std::iter::once((owner, "owner"))
            .chain(moderators.iter().map(|user| (*user, "moderator")))
            .chain(members.iter().map(|user| (*user, "member")));
        for (later, (user, role)) in (0_i64..).zip(everyone) {
            join(db, id, user, role, created + later * 5 * HOUR)?;
        }
    }

    for (place, (name, full_name, description, photo, who)) in INSTABASE.into_iter().enumerate() {
        age += 1;
        let created = BEGAN + age * 29 * HOUR;
        db.execute(
            "INSERT INTO groups (system, name, full_name, description, photo, created, updated)
             VALUES ('instabase', ?1, ?2, nullif(?3, ''), nullif(?4, ''), ?5, ?5)",
            params![name, full_name, description, photo, created],
        )?;
        let group = db.last_insert_rowid();
        match who {
            Named(admins, members) => {
                for user in admins {
                    join(db, group, user, "admin", created)?;
                }
                for user in members {
                    join(db, group, user, "member", created)?;
                }
            }
            Who::Some(admins, members) => {
                // Every third of 41 people, round and round: nobody comes twice. The four to try as are left out,
                // so that what they are in stands above.
                let pool = NAMES.iter().skip(PEOPLE.len());
                let picked = pool
                    .clone()
                    .cycle()
                    .skip(place * 7 % 41)
                    .step_by(3)
                    .take(admins + members);
                for (nth, user) in picked.enumerate() {
                    let role = if nth < admins { "admin" } else { "member" };
                    join(db, group, user, role, created)?;
                }
            }
            All(admin) => {
                join(db, group, admin, "admin", created)?;
                for user in staff.iter().filter(|user| *user != admin).take(320) {
                    join(db, group, user, "member", created)?;
                }
            }
        }
    }

    for (user, token, _) in PEOPLE {
        users::add_token(db, user, token)?;
    }
    users::remove(db, "gru")?;
    db.execute("UPDATE meta SET demo = 1", [])?;
    Ok(())
}
