//! The first rows of the answer to a search, without asking all of them: those whose name or key begins with it come
//! first, and in the orders by name and by key they stand together.

use std::cmp::Ordering;

use group_bytes::{Keyed, sort_keyed};

use crate::columns::Row;
use crate::directory::Directory;
use crate::natural::natural_bytes;
use crate::order::{by_name, by_names, text_of};
use crate::query::SortBy;
use crate::search::beginning;

/// So many keys at most are looked at.
const MOST_KEYS: usize = 1 << 14;

/// The first `most` rows of the answer to what was typed, folded, the best before the others. `names` and `keys` are all rows
/// by name and by key. None where not so many begin with it, or where they do not stand together: numbers are sorted by
/// their value, so that "team 1" and "team 10" are far apart.
pub(crate) fn first_of(
    directory: &Directory,
    whole: &str,
    names: &[u32],
    keys: &[u32],
    most: usize,
) -> Option<Vec<u32>> {
    if whole.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let begins = |row: &Row<'_>, by| text_of(by, row).starts_with(whole.as_bytes());
    let range = |rows, by| {
        together(directory, rows, &|row| {
            if begins(row, by) {
                Ordering::Equal
            } else {
                natural_bytes(text_of(by, row), whole.as_bytes())
            }
        })
    };
    let with_name = range(names, SortBy::Name);
    let with_key = range(keys, SortBy::Key);
    if with_key.len() > MOST_KEYS || with_name.len() + with_key.len() < most {
        return None;
    }
    // Those whose key is all of it come first in their order; their names may be anything.
    let exact = with_key.iter().copied().take_while(|number| {
        let row = directory.row(*number);
        row.is_some_and(|row| text_of(SortBy::Key, &row) == whole.as_bytes())
    });
    let mut with_key_alone: Vec<u32> = with_key
        .iter()
        .copied()
        .filter(|number| {
            let row = directory.row(*number);
            row.is_some_and(|row| !begins(&row, SortBy::Name))
        })
        .collect();
    by_names(directory, &mut with_key_alone);
    let mut first: Vec<Keyed> = exact
        .chain(with_name.iter().copied().take(most))
        .chain(with_key_alone.iter().copied().take(most))
        .filter_map(|number| {
            let row = directory.row(number)?;
            let rank = beginning(&row, whole.as_bytes())? as u64;
            let key = [rank, row.prefix()];
            Some(Keyed { key, number })
        })
        .collect();
    sort_keyed(
        &mut first,
        &mut |a, b| match (directory.row(a), directory.row(b)) {
            (Some(a), Some(b)) => by_name(&a, &b),
            _ => Ordering::Equal,
        },
    );
    first.dedup_by_key(|one| one.number);
    first.truncate(most);
    (first.len() == most).then(|| first.iter().map(|one| one.number).collect())
}

/// The rows that are `Equal`, which stand together, between those that are less and the others.
fn together<'r>(
    directory: &Directory,
    rows: &'r [u32],
    order: &dyn Fn(&Row<'_>) -> Ordering,
) -> &'r [u32] {
    let up_to = |than: Ordering| {
        move |number: &u32| {
            let row = directory.row(*number);
            row.is_some_and(|row| order(&row) <= than)
        }
    };
    let from = rows.partition_point(up_to(Ordering::Less));
    let to = rows.partition_point(up_to(Ordering::Equal));
    rows.get(from..to).unwrap_or_default()
}
