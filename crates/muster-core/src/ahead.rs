//! The orders by all columns, worked out before anybody asks for them.

use crate::directory::Directory;
use crate::order::{Sorting, compare, sorted};
use crate::query::{Direction, SortBy};
use crate::selector::{Changed, merge};

const COLUMNS: [SortBy; 5] = [
    SortBy::Key,
    SortBy::Description,
    SortBy::People,
    SortBy::Leads,
    SortBy::Updated,
];

/// The orders by some columns, ascending, each as of some change of the directory.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    known: Vec<(SortBy, u64, Vec<u32>)>,
    /// The one that is being worked out.
    making: Option<(SortBy, u64, Sorting)>,
}

impl Ahead {
    /// Works on for a while. `names` are all rows by name, as of `now`. Says whether there is more to do.
    pub(crate) fn step(&mut self, directory: &Directory, names: &[u32], now: u64) -> bool {
        let has_times = directory.has_times();
        let mut columns = COLUMNS
            .into_iter()
            .filter(|by| *by != SortBy::Updated || has_times);
        let Some(by) = columns.find(|by| self.follow(directory, *by, now).is_none()) else {
            return false;
        };
        let making = self.making.take();
        let still = making.filter(|(made, since, _)| (*made, *since) == (by, now));
        let (_, _, mut sorting) = still.unwrap_or_else(|| (by, now, Sorting::new(by)));
        if sorting.step(directory, names) {
            self.making = Some((by, now, sorting));
        } else {
            self.known.push((by, now, sorting.finish()));
        }
        true
    }

    /// The order by a column, if it is known as of any change that can be followed; it is followed to
    /// `now`, which is the latest.
    #[inline(never)]
    pub(crate) fn follow(&mut self, directory: &Directory, by: SortBy, now: u64) -> Option<&[u32]> {
        let place = self.known.iter().position(|(known, ..)| *known == by)?;
        let (_, seen, rows) = self.known.get_mut(place)?;
        if *seen != now {
            let (Some(news), _) = directory.changes_since(*seen) else {
                self.known.swap_remove(place);
                return None;
            };
            let changed = Changed::new(directory, news);
            let order = (by, Direction::Ascending);
            let fresh = sorted(directory, order, &changed.rows);
            merge(directory, rows, &fresh, &changed, &|a, b| {
                compare(directory, order, a, b)
            });
            *seen = now;
        }
        self.known.get(place).map(|(.., rows)| rows.as_slice())
    }
}
