//! Reading the list again without a word: what is known stays known until that has ended, and what changed can be told.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use group_api::{Backend, Group, GroupKey, Instabase, Members};
use muster_core::{Coverage, Directory};

const FULL: Coverage = Coverage::Full {
    read_at: 1.0,
    unreadable: 0,
};

fn group(key: &str, description: &str) -> Group {
    Group {
        key: GroupKey::new(key).expect("a key"),
        display_name: key.to_owned(),
        description: Some(description.to_owned()),
        photo: None,
        created: None,
        updated: None,
        members: Members::Listed(Vec::new()),
    }
}

fn put(directory: &mut Directory, group: Group) {
    let element = format!("{} {:?}", group.key, group.description);
    directory.put_listed(group, element.as_bytes());
}

fn known() -> Directory {
    let mut directory = Directory::new(Instabase.capabilities(), 7);
    directory.begin();
    for key in ["sales", "legal", "ops"] {
        put(&mut directory, group(key, "As it was."));
    }
    directory.end_list(FULL);
    directory
}

/// The keys of the rows that changed, each once.
fn changed(directory: &Directory, since: u64) -> Vec<String> {
    let mut keys: Vec<String> = directory
        .changed_since(since)
        .into_iter()
        .filter_map(|number| Some(directory.row(number)?.key().to_owned()))
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

#[test]
fn what_was_known_whole_is_until_the_list_has_ended() {
    let mut directory = known();
    let since = directory.changes();
    directory.begin_quietly();
    assert_eq!(directory.coverage(), &FULL);
    put(&mut directory, group("legal", "Changed."));
    put(&mut directory, group("new_one", "New."));
    put(&mut directory, group("ops", "As it was."));
    assert_eq!(directory.len(), 4);
    assert_eq!(directory.coverage(), &FULL);
    let missing: Vec<&str> = directory
        .not_brought()
        .into_iter()
        .filter_map(|number| Some(directory.row(number)?.key()))
        .collect();
    assert_eq!(missing, ["sales"]);
    assert_eq!(changed(&directory, since), ["legal", "new_one"]);
    let now = Coverage::Full {
        read_at: 2.0,
        unreadable: 0,
    };
    directory.end_list(now.clone());
    assert_eq!(directory.coverage(), &now);
    assert_eq!(directory.number_of("sales"), None);
    assert_eq!(directory.len(), 3);
}

#[test]
fn a_list_that_breaks_off_takes_nothing_away() {
    let mut directory = known();
    directory.begin_quietly();
    put(&mut directory, group("legal", "Changed."));
    // Nobody says that it has ended: what was known is known, as old as it was.
    assert_eq!(directory.coverage(), &FULL);
    assert_eq!(directory.len(), 3);
    let legal = directory
        .number_of("legal")
        .and_then(|number| directory.row(number));
    assert_eq!(
        legal.map(|row| row.description().to_owned()),
        Some("Changed.".to_owned())
    );
    // The next one that ends is whole again.
    directory.begin_quietly();
    for key in ["sales", "legal"] {
        put(&mut directory, group(key, "As it was."));
    }
    directory.end_list(FULL);
    assert_eq!(directory.len(), 2);
}

#[test]
fn what_did_not_change_is_no_news() {
    let mut directory = known();
    let since = directory.changes();
    directory.begin_quietly();
    for key in ["sales", "legal", "ops"] {
        put(&mut directory, group(key, "As it was."));
    }
    assert!(directory.changed_since(since).is_empty());
    assert!(directory.not_brought().is_empty());
}
