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
#[inline(never)]
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

/// Rows in an order, out of the same by name.
#[inline(never)]
pub(crate) fn sorted(
    directory: &Directory,
    (by, direction): (SortBy, Direction),
    names: &[u32],
) -> Vec<u32> {
    /// To make all ready for sorting takes longer than to compare so few.
    const FEW: usize = 64;
    if names.len() <= FEW {
        let mut few: Vec<Keyed> = names
            .iter()
            .map(|number| Keyed {
                key: [0; 2],
                number: *number,
            })
            .collect();
        sort_keyed(
            &mut few,
            &mut |a, b| match (directory.row(a), directory.row(b)) {
                (Some(a), Some(b)) => compare(directory, (by, direction), &a, &b),
                _ => Ordering::Equal,
            },
        );
        return few.into_iter().map(|keyed| keyed.number).collect();
    }
    let mut sorting = Sorting::new(by);
    while sorting.step(directory, names) {}
    directed(directory, (by, direction), sorting.finish())
}

/// An ascending order in a direction.
#[inline(never)]
pub(crate) fn directed(
    directory: &Directory,
    (by, direction): (SortBy, Direction),
    mut rows: Vec<u32>,
) -> Vec<u32> {
    if direction == Direction::Ascending {
        return rows;
    }
    // What is not known stays behind, and those that are equal stay in their order.
    let row = |number: u32| directory.row(number);
    let known = rows.partition_point(|number| {
        row(*number).is_some_and(|row| key_of(directory, by, Direction::Ascending, &row).is_some())
    });
    if let Some(known) = rows.get_mut(..known) {
        known.reverse();
        let is_same = |a: &u32, b: &u32| match (row(*a), row(*b)) {
            (Some(a), Some(b)) => is_same(directory, by, &a, &b),
            _ => false,
        };
        known.chunk_by_mut(is_same).for_each(<[u32]>::reverse);
    }
    rows
}

/// Whether nothing in a column tells two rows apart.
fn is_same(directory: &Directory, by: SortBy, a: &Row<'_>, b: &Row<'_>) -> bool {
    match by {
        SortBy::Name | SortBy::Key | SortBy::Description => text_of(by, a) == text_of(by, b),
        SortBy::People => a.people() == b.people(),
        SortBy::Leads => {
            directory.first_lead(a) == directory.first_lead(b)
                || first_lead(directory, a) == first_lead(directory, b)
        }
        SortBy::Updated => a.updated() == b.updated(),
    }
}

/// How many rows are looked at in one step.
const STEP: usize = 1 << 13;

/// The sorting of all rows by a column, ascending, in steps.
///
/// Texts are sorted by as much of them as a key holds, then what is equal so far by what comes behind.
/// Comparing the texts themselves, each somewhere else in memory, takes several times as long.
#[derive(Debug)]
pub(crate) struct Sorting {
    by: SortBy,
    /// How many rows have been looked at.
    looked: usize,
    known: Vec<Keyed>,
    unknown: Vec<u32>,
    /// The place of each row by name: the order of those that are equal.
    places: Vec<u32>,
    /// The place of each person by name, where that counts.
    ranks: Vec<u32>,
    todo: Vec<Part>,
}

/// Rows that nothing tells apart yet.
#[derive(Debug)]
struct Part {
    from: usize,
    to: usize,
    /// How many keys deep they are the same.
    level: usize,
    /// Up to which row the keys of this level stand there.
    keyed: usize,
}

impl Sorting {
    /// Nothing is done yet.
    pub(crate) const fn new(by: SortBy) -> Self {
        Self {
            by,
            looked: 0,
            known: Vec::new(),
            unknown: Vec::new(),
            places: Vec::new(),
            ranks: Vec::new(),
            todo: Vec::new(),
        }
    }

    /// Goes one step on, out of all rows by name, which are the same at each step. Says whether there
    /// is more to do.
    pub(crate) fn step(&mut self, directory: &Directory, names: &[u32]) -> bool {
        if self.looked < names.len() || self.looked == 0 {
            self.look(directory, names);
            return true;
        }
        match self.todo.pop() {
            Some(part) if part.keyed < part.to => {
                self.key(directory, part);
                true
            }
            Some(part) => {
                self.sort(directory, &part);
                true
            }
            None => false,
        }
    }

    /// The rows in their order, when there is no more to do.
    pub(crate) fn finish(self) -> Vec<u32> {
        let known = self.known.iter().map(|keyed| keyed.number);
        // There is room for as many.
        let mut rows = self.places;
        rows.clear();
        rows.extend(known.chain(self.unknown));
        rows.shrink_to_fit();
        rows
    }

    #[inline(never)]
    fn look(&mut self, directory: &Directory, names: &[u32]) {
        if self.looked == 0 {
            // What this takes meanwhile is given back before more is taken.
            if self.by == SortBy::Leads {
                self.ranks = ranks_of_people(directory);
            }
            self.known.reserve_exact(names.len());
            self.places.resize(directory.end() as usize, 0);
        }
        let key_of = |row: &Row<'_>| match self.by {
            SortBy::Leads => {
                let rank = *self.ranks.get(directory.first_lead(row)? as usize)?;
                Some([rank.into(), 0])
            }
            by => key_of(directory, by, Direction::Ascending, row),
        };
        for number in names.iter().skip(self.looked).take(STEP) {
            let Some(row) = directory.row(*number) else {
                continue;
            };
            if let Some(room) = self.places.get_mut(*number as usize) {
                *room = u32::try_from(self.known.len() + self.unknown.len()).unwrap_or(u32::MAX);
            }
            match key_of(&row) {
                Some(key) => self.known.push(Keyed {
                    key,
                    number: *number,
                }),
                None => self.unknown.push(*number),
            }
        }
        // Of no rows, too, each is looked at once.
        self.looked += STEP;
        if self.looked >= names.len() {
            self.todo.push(Part {
                from: 0,
                to: self.known.len(),
                level: 0,
                keyed: self.known.len(),
            });
        }
    }

    /// Gets some keys of rows ready.
    #[inline(never)]
    fn key(&mut self, directory: &Directory, mut part: Part) {
        let to = part.to.min(part.keyed + STEP);
        for one in self.known.get_mut(part.keyed..to).unwrap_or_default() {
            if let Some(row) = directory.row(one.number) {
                one.key = prefix_at(text_of(self.by, &row), part.level);
            }
        }
        part.keyed = to;
        self.todo.push(part);
    }

    #[inline(never)]
    fn sort(&mut self, directory: &Directory, part: &Part) {
        /// Texts that begin alike for longer are compared.
        const DEEPEST: usize = 6;
        /// So are a few.
        const FEW: usize = 8;
        let Some(list) = self.known.get_mut(part.from..part.to) else {
            return;
        };
        let (by, places) = (self.by, &self.places);
        let place = |number: u32| places.get(number as usize).copied().unwrap_or_default();
        if !matches!(by, SortBy::Name | SortBy::Key | SortBy::Description) {
            sort_keyed(list, &mut |a, b| place(a).cmp(&place(b)));
            return;
        }
        let text = |number: u32| {
            let row = directory.row(number);
            row.map_or(&[][..], |row| text_of(by, &row))
        };
        sort_keyed(list, &mut |_, _| Ordering::Equal);
        let mut at = part.from;
        for run in list.chunk_by_mut(|a, b| a.key == b.key) {
            let begin = at;
            at += run.len();
            let Some(Keyed { number: first, .. }) = run.first().copied() else {
                continue;
            };
            if run.len() > FEW && run.iter().all(|one| text(one.number) == text(first)) {
                for one in &mut *run {
                    one.key = [place(one.number).into(), 0];
                }
                sort_keyed(run, &mut |_, _| Ordering::Equal);
            } else if run.len() > FEW && part.level < DEEPEST {
                self.todo.push(Part {
                    from: begin,
                    to: at,
                    level: part.level + 1,
                    keyed: begin,
                });
            } else if run.len() > 1 {
                sort_keyed(run, &mut |a, b| {
                    natural_bytes(text(a), text(b)).then_with(|| place(a).cmp(&place(b)))
                });
            }
        }
    }
}

/// The place of each person by name; those of one name have one place.
#[inline(never)]
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
pub(crate) fn text_of<'a>(by: SortBy, row: &Row<'a>) -> &'a [u8] {
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
