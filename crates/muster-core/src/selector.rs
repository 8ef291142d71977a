//! What of the groups is shown, in which order: kept up to date by what changed, not worked out anew.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::ahead::Ahead;
use crate::columns::Row;
use crate::directory::Directory;
use crate::first::first_of;
use crate::order::{by_name, by_names, compare, directed, sorted};
use crate::query::{Direction, Only, Query, SortBy};
use crate::search::Search;
use crate::words::Words;
use crate::worklist::{WorkCounts, WorkLists};

/// How many earlier searches are kept, for whoever takes letters back.
const KEPT: usize = 24;

/// One table's view of a directory.
#[derive(Debug)]
pub struct Selector {
    /// How many changes of the directory it knows of.
    seen: u64,
    /// All rows by name.
    names: Vec<u32>,
    /// All rows by the column chosen, where that is another.
    sorted: Option<((SortBy, Direction), Vec<u32>)>,
    ahead: Ahead,
    query: Query,
    /// How each row answers the search, the latest and those before it.
    searches: Vec<Search>,
    selected: Arc<Vec<u32>>,
    /// Which rows are in which work list, if that was asked since anything changed.
    lists: Option<WorkLists>,
}

impl Default for Selector {
    fn default() -> Self {
        Self {
            // Older than any: everything is to be looked at.
            seen: u64::MAX,
            names: Vec::new(),
            sorted: None,
            ahead: Ahead::default(),
            query: Query::default(),
            searches: Vec::new(),
            selected: Arc::default(),
            lists: None,
        }
    }
}

impl Selector {
    /// The rows that a query asks for, in its order.
    pub fn select(&mut self, directory: &Directory, query: &Query) -> Arc<Vec<u32>> {
        let (news, now) = directory.changes_since(self.seen);
        let is_same = news.is_some_and(<[_]>::is_empty);
        if is_same && *query == self.query {
            return Arc::clone(&self.selected);
        }
        if !is_same {
            self.lists = None;
        }
        match news {
            Some([]) => {}
            Some(news) => self.follow(directory, news),
            None => self.begin(directory),
        }
        self.seen = now;
        self.sort(directory, query);
        let words = Words::new(&query.search);
        let all = words.is_empty() && query.only == Only::All;
        if !all {
            self.search(directory, words, &query.only);
        }
        self.query = query.clone();
        let order = self.sorted.as_ref().map_or(&self.names, |(_, rows)| rows);
        let mut selected = match self.searches.last() {
            Some(search) if !all => search.pick(order, query.sort.is_none()),
            _ => order.clone(),
        };
        if let Some(list) = query.list {
            let lists = self.lists(directory);
            selected.retain(|number| lists.holds(list, *number));
        }
        self.selected = Arc::new(selected);
        Arc::clone(&self.selected)
    }

    /// How many rows the latest answer has.
    #[must_use]
    pub fn found(&self) -> usize {
        self.selected.len()
    }

    /// The first rows of the answer to a query, so many, if they can be told before all rows are asked: it was not asked
    /// before, and so many names and keys begin with what was typed. [`Self::select`] tells the others.
    pub fn first(&mut self, directory: &Directory, query: &Query, most: usize) -> Option<Vec<u32>> {
        let words = Words::new(&query.search);
        let is_plain = query.only == Only::All && query.list.is_none() && query.sort.is_none();
        let was_asked = || {
            let mut searches = self.searches.iter();
            searches.any(|search| search.is_of(&words, &query.only))
        };
        if !is_plain || words.is_empty() || directory.changes() != self.seen || was_asked() {
            return None;
        }
        let keys = self.ahead.follow(directory, SortBy::Key, self.seen)?;
        first_of(directory, words.whole(), &self.names, keys, most)
    }

    /// How many of all groups are in each work list.
    pub fn work(&mut self, directory: &Directory) -> WorkCounts {
        let query = self.query.clone();
        self.select(directory, &query);
        self.lists(directory).counts
    }

    fn lists(&mut self, directory: &Directory) -> &WorkLists {
        let Self { lists, names, .. } = self;
        lists.get_or_insert_with(|| WorkLists::new(directory, names))
    }

    /// Takes in what has changed, if anything was ever asked, so that the answer is there when the same
    /// is asked again.
    pub fn refresh(&mut self, directory: &Directory) {
        if self.seen != u64::MAX {
            let query = self.query.clone();
            self.select(directory, &query);
        }
    }

    /// The same as soon as many have changed: to take in all at once what a long list brings takes too long for one task.
    pub fn keep_up(&mut self, directory: &Directory) {
        /// Each time all rows are gone through.
        const MANY: u64 = 10_000;
        if directory.changes().saturating_sub(self.seen) >= MANY {
            self.refresh(directory);
        }
    }

    /// Works on what may be asked next, for some milliseconds, if anything was ever asked. Says whether
    /// there is more to do.
    pub fn work_ahead(&mut self, directory: &Directory) -> bool {
        self.refresh(directory);
        self.seen != u64::MAX && self.ahead.step(directory, &self.names, self.seen)
    }

    fn begin(&mut self, directory: &Directory) {
        self.sorted = None;
        self.ahead = Ahead::default();
        self.searches.clear();
        self.names = directory.rows().map(|row| row.number).collect();
        by_names(directory, &mut self.names);
    }

    /// Takes in what changed: out of its old place, into its new one.
    fn follow(&mut self, directory: &Directory, news: &[u32]) {
        let changed = Changed::new(directory, news);
        merge(
            directory,
            &mut self.names,
            &changed.rows,
            &changed,
            &by_name,
        );
        if let Some((by, rows)) = &mut self.sorted {
            let by = *by;
            let fresh = sorted(directory, by, &changed.rows);
            merge(directory, rows, &fresh, &changed, &|a, b| {
                compare(directory, by, a, b)
            });
        }
        // What was asked before is forgotten; the latest question is asked of the new rows alone.
        if let Some(mut latest) = self.searches.pop() {
            self.searches.clear();
            latest.follow(directory, news);
            self.searches.push(latest);
        }
    }

    fn sort(&mut self, directory: &Directory, query: &Query) {
        let wanted = query
            .sort
            .map(|by| (by, query.direction))
            .filter(|wanted| *wanted != (SortBy::Name, Direction::Ascending));
        if self.sorted.as_ref().map(|(by, _)| *by) != wanted {
            self.sorted = wanted.map(|order| {
                let known = self.ahead.follow(directory, order.0, self.seen);
                let rows = match known {
                    Some(rows) => directed(directory, order, rows.to_vec()),
                    None => sorted(directory, order, &self.names),
                };
                (order, rows)
            });
        }
    }

    /// Makes the words the latest search: one asked before, or a narrower one than the latest, or anew.
    fn search(&mut self, directory: &Directory, words: Words, only: &Only) {
        let asked_before = self
            .searches
            .iter()
            .position(|search| search.is_of(&words, only));
        if let Some(place) = asked_before {
            // Later ones are kept too: letters are taken back and typed again.
            let search = self.searches.remove(place);
            self.searches.push(search);
            return;
        }
        let search = Search::new(directory, words, only, &self.searches);
        if self.searches.len() >= KEPT {
            self.searches.remove(0);
        }
        self.searches.push(search);
    }
}

/// What of the rows has changed.
pub(crate) struct Changed {
    /// Whether a row did, by number.
    marks: Vec<bool>,
    /// Those that are there, by name.
    pub(crate) rows: Vec<u32>,
}

impl Changed {
    #[inline(never)]
    pub(crate) fn new(directory: &Directory, news: &[u32]) -> Self {
        let mut marks = vec![false; directory.end() as usize];
        let mut rows = Vec::new();
        for number in news {
            if let Some(mark) = marks.get_mut(*number as usize)
                && !std::mem::replace(mark, true)
                && directory.row(*number).is_some()
            {
                rows.push(*number);
            }
        }
        by_names(directory, &mut rows);
        Self { marks, rows }
    }

    fn has(&self, number: u32) -> bool {
        self.marks.get(number as usize) == Some(&true)
    }
}

/// Takes the changed rows out of a list and puts those of `fresh`, which are in its order, in.
#[inline(never)]
pub(crate) fn merge(
    directory: &Directory,
    list: &mut Vec<u32>,
    fresh: &[u32],
    changed: &Changed,
    order: &dyn Fn(&Row<'_>, &Row<'_>) -> Ordering,
) {
    let old = std::mem::take(list);
    list.reserve_exact(old.len() + fresh.len());
    let mut stays = old
        .into_iter()
        .filter(|number| !changed.has(*number))
        .collect::<Vec<_>>();
    if fresh.len() * 16 < stays.len() {
        // Few into many: each finds its place by halving.
        let mut from = 0;
        for number in fresh {
            let Some(row) = directory.row(*number) else {
                continue;
            };
            let behind = stays.get(from..).unwrap_or_default();
            let to = from
                + behind.partition_point(|other| {
                    directory
                        .row(*other)
                        .is_some_and(|other| order(&other, &row) == Ordering::Less)
                });
            list.extend_from_slice(stays.get(from..to).unwrap_or_default());
            list.push(*number);
            from = to;
        }
        list.extend_from_slice(stays.get(from..).unwrap_or_default());
        return;
    }
    let mut fresh = fresh.iter().copied().peekable();
    for number in stays.drain(..) {
        if let Some(row) = directory.row(number) {
            while let Some(other) = fresh.peek().and_then(|other| directory.row(*other)) {
                if order(&other, &row) != Ordering::Less {
                    break;
                }
                list.extend(fresh.next());
            }
        }
        list.push(number);
    }
    list.extend(fresh);
}
