//! The order of the groups' rows, by any column.

use std::cmp::Ordering;

use group_bytes::{Keyed, fold, sort_keyed};

use crate::columns::Row;
use crate::directory::Directory;
use crate::natural::{natural_bytes, prefix, prefix_at};
use crate::query::{Direction, SortBy};

/// By name, then by key: the order of those that nothing else tells apart, and it leaves none equal.
pub(crate) fn by_name(a: &Row<'_>, b: &Row<'_>) -> Ordering {
    a.prefix()
        .cmp(&b.prefix())
        .then_with(|| natural_bytes(a.folded_name(), b.folded_name()))
        .then_with(|| {
            let ([_, key, _], [_, other_key, _]) = (a.folded_parts(), b.folded_parts());
            natural_bytes(key, other_key).then_with(|| a.key().cmp(b.key()))
        })
}

/// By a column. What is not known or empty comes last, whichever end is first.
pub(crate) fn compare(
    directory: &Directory,
    (by, direction): (SortBy, Direction),
    a: &Row<'_>,
    b: &Row<'_>,
) -> Ordering {
    let (key, other) = (
        key_of(directory, by, direction, a),
        key_of(directory, by, direction, b),
    );
    match (key, other) {
        (Some(key), Some(other)) => key
            .cmp(&other)
            .then_with(|| direction.turned(texts(directory, by, a, b))),
        // None, which is unknown, comes behind.
        (key, other) => other.is_some().cmp(&key.is_some()),
    }
    .then_with(|| by_name(a, b))
}

/// All rows in an order, out of all rows by name.
pub(crate) fn sorted(
    directory: &Directory,
    (by, direction): (SortBy, Direction),
    names: &[u32],
) -> Vec<u32> {
    let ranks = if by == SortBy::Leads {
        ranks_of_people(directory)
    } else {
        Vec::new()
    };
    let key_of = |row: &Row<'_>| match by {
        SortBy::Leads => {
            let rank = *ranks.get(directory.first_lead(row)? as usize)?;
            Some(turned([rank.into(), 0], direction))
        }
        _ => key_of(directory, by, direction, row),
    };
    let mut unknown = Vec::new();
    let mut known = Vec::with_capacity(names.len());
    let mut places = vec![0u32; directory.end() as usize];
    for (place, number) in (0u32..).zip(names) {
        let Some(row) = directory.row(*number) else {
            continue;
        };
        if let Some(room) = places.get_mut(*number as usize) {
            *room = place;
        }
        match key_of(&row) {
            Some(key) => known.push(Keyed {
                key,
                number: *number,
            }),
            None => unknown.push(*number),
        }
    }
    let place = |number: u32| places.get(number as usize).copied().unwrap_or_default();
    if matches!(by, SortBy::Name | SortBy::Key | SortBy::Description) {
        let text = |number: u32| {
            directory
                .row(number)
                .map_or(&[][..], |row| text_of(by, &row))
        };
        let texts = Texts {
            text: &text,
            place: &place,
            direction,
        };
        texts.sort(&mut known, 0);
    } else {
        sort_keyed(&mut known, &mut |a, b| place(a).cmp(&place(b)));
    }
    known
        .into_iter()
        .map(|keyed| keyed.number)
        .chain(unknown)
        .collect()
}

/// Sorting by long texts: by as much of them as a key holds, then what is equal so far by what comes
/// behind. Comparing the texts themselves, each somewhere else in memory, takes several times as long.
struct Texts<'a> {
    text: &'a dyn Fn(u32) -> &'a [u8],
    /// The order of those whose texts are equal.
    place: &'a dyn Fn(u32) -> u32,
    direction: Direction,
}

impl Texts<'_> {
    fn sort(&self, list: &mut [Keyed], level: usize) {
        /// Texts that begin alike for longer are compared.
        const DEEPEST: usize = 6;
        /// So are a few.
        const FEW: usize = 8;
        sort_keyed(list, &mut |_, _| Ordering::Equal);
        for run in list.chunk_by_mut(|a, b| a.key == b.key) {
            let Some(Keyed { number: first, .. }) = run.first().copied() else {
                continue;
            };
            if run.len() > FEW
                && run
                    .iter()
                    .all(|one| (self.text)(one.number) == (self.text)(first))
            {
                for one in &mut *run {
                    one.key = [(self.place)(one.number).into(), 0];
                }
                sort_keyed(run, &mut |_, _| Ordering::Equal);
            } else if run.len() > FEW && level < DEEPEST {
                for one in &mut *run {
                    let behind = prefix_at((self.text)(one.number), level + 1);
                    one.key = turned(behind, self.direction);
                }
                self.sort(run, level + 1);
            } else if run.len() > 1 {
                sort_keyed(run, &mut |a, b| {
                    self.direction
                        .turned(natural_bytes((self.text)(a), (self.text)(b)))
                        .then_with(|| (self.place)(a).cmp(&(self.place)(b)))
                });
            }
        }
    }
}

/// The place of each person by name; those of one name have one place.
fn ranks_of_people(directory: &Directory) -> Vec<u32> {
    let mut ranks = Vec::new();
    let mut labels = Vec::new();
    let mut people: Vec<Keyed> = directory
        .persons()
        .map(|(number, _, label)| {
            let label = fold(label);
            ranks.resize(ranks.len().max(number as usize + 1), 0);
            let key = prefix(label.as_bytes());
            labels.resize(ranks.len(), String::new());
            if let Some(room) = labels.last_mut() {
                *room = label;
            }
            Keyed { key, number }
        })
        .collect();
    let label = |number: u32| {
        labels
            .get(number as usize)
            .map_or(&[][..], |label| label.as_bytes())
    };
    sort_keyed(&mut people, &mut |a, b| natural_bytes(label(a), label(b)));
    let mut rank = 0;
    let mut before: &[u8] = b"";
    for person in &people {
        rank += u32::from(before != label(person.number));
        before = label(person.number);
        if let Some(room) = ranks.get_mut(person.number as usize) {
            *room = rank;
        }
    }
    ranks
}

/// All rows by name.
pub(crate) fn by_names(directory: &Directory, rows: &mut Vec<u32>) {
    let mut list: Vec<Keyed> = rows
        .iter()
        .filter_map(|number| {
            let row = directory.row(*number)?;
            Some(Keyed {
                key: prefix(row.folded_name()),
                number: *number,
            })
        })
        .collect();
    sort_keyed(
        &mut list,
        &mut |a, b| match (directory.row(a), directory.row(b)) {
            (Some(a), Some(b)) => by_name(&a, &b),
            _ => Ordering::Equal,
        },
    );
    rows.clear();
    rows.extend(list.into_iter().map(|keyed| keyed.number));
}

/// What stands for a row in a column, as far as numbers can; nothing where it is not known.
fn key_of(
    directory: &Directory,
    by: SortBy,
    direction: Direction,
    row: &Row<'_>,
) -> Option<[u64; 2]> {
    let [name, key, description] = row.folded_parts();
    let ascending = match by {
        SortBy::Name => prefix(name),
        SortBy::Key => prefix(key),
        SortBy::Description => prefix(Some(description).filter(|text| !text.is_empty())?),
        SortBy::People => [row.people()?.into(), 0],
        SortBy::Leads => prefix(first_lead(directory, row)?.as_bytes()),
        // Times before 1970 come before those after it.
        SortBy::Updated => [row.updated()?.unix_ms().cast_unsigned() ^ (1 << 63), 0],
    };
    Some(turned(ascending, direction))
}

fn turned(key: [u64; 2], direction: Direction) -> [u64; 2] {
    match direction {
        Direction::Ascending => key,
        Direction::Descending => key.map(|half| !half),
    }
}

/// The folded text of a column that has one.
fn text_of<'a>(by: SortBy, row: &Row<'a>) -> &'a [u8] {
    let [name, key, description] = row.folded_parts();
    match by {
        SortBy::Name => name,
        SortBy::Key => key,
        SortBy::Description => description,
        SortBy::People | SortBy::Leads | SortBy::Updated => &[],
    }
}

/// Compares the texts of a column, ascending.
fn texts(directory: &Directory, by: SortBy, a: &Row<'_>, b: &Row<'_>) -> Ordering {
    match by {
        SortBy::Name | SortBy::Key | SortBy::Description => {
            natural_bytes(text_of(by, a), text_of(by, b))
        }
        SortBy::Leads => natural_bytes(
            first_lead(directory, a).unwrap_or_default().as_bytes(),
            first_lead(directory, b).unwrap_or_default().as_bytes(),
        ),
        SortBy::People | SortBy::Updated => Ordering::Equal,
    }
}

fn first_lead(directory: &Directory, row: &Row<'_>) -> Option<String> {
    Some(fold(directory.leads(row)?.next()?))
}
