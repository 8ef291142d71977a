//! Which groups and people are meant by what stands in cells.

use std::borrow::Cow;

use group_api::{GroupKey, fold, fold_into};
use muster_core::Directory;
use muster_core::paste::{Lookup, nearest};

use super::table::trimmed;

/// How many groups of one name are told apart.
const MOST_ALIKE: usize = 50;

/// A group that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its key.
    pub key: GroupKey,
    /// What it is called.
    pub name: String,
}

impl Candidate {
    pub(super) fn of(directory: &Directory, number: u32) -> Option<Self> {
        let row = directory.row(number)?;
        Some(Self {
            key: GroupKey::new(row.key()).ok()?,
            name: row.display_name().to_owned(),
        })
    }
}

/// Whether there is more to do of what is done a piece at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is.
    More,
    /// There is not.
    Done,
}

/// Texts, each kept once, by number.
#[derive(Debug)]
pub(super) struct Names<'a> {
    names: Vec<Cow<'a, str>>,
    lookup: Lookup,
}

impl<'a> Names<'a> {
    pub(super) fn new() -> Self {
        Self {
            names: Vec::new(),
            lookup: Lookup::new(0, 0, &|_| ""),
        }
    }

    /// The number of a text, new or not.
    pub(super) fn put(&mut self, name: Cow<'a, str>) -> u32 {
        if let Some(number) = self.find(&name) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name);
        let names = &self.names;
        self.lookup.put(number, &|number| name_at(names, number));
        number
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let of = |number| name_at(&self.names, number);
        self.lookup.find(name, &of)
    }

    pub(super) fn all(&self) -> &[Cow<'a, str>] {
        &self.names
    }
}

fn name_at<'a>(names: &'a [Cow<'_, str>], number: u32) -> &'a str {
    names.get(number as usize).map_or("", |name| name)
}

/// Looks for the groups of some names: as they stand, else without regard to case and accents.
#[derive(Debug)]
pub(super) struct Search<'a> {
    exact: Names<'a>,
    exact_of: Vec<u32>,
    folded: Names<'a>,
    folded_of: Vec<u32>,
    by_text: Vec<Vec<u32>>,
    by_fold: Vec<Vec<u32>>,
    /// The number of the next group.
    next: u32,
}

impl<'a> Search<'a> {
    pub(super) fn new(wanted: &[Cow<'a, str>]) -> Self {
        let (mut exact, mut folded) = (Names::new(), Names::new());
        let exact_of = wanted
            .iter()
            .map(|text| exact.put(cut(text.clone())))
            .collect();
        let texts = exact.all().iter();
        let folded_of = texts
            .map(|text| folded.put(Cow::Owned(fold(text))))
            .collect();
        Self {
            by_text: vec![Vec::new(); exact.all().len()],
            by_fold: vec![Vec::new(); folded.all().len()],
            exact,
            exact_of,
            folded,
            folded_of,
            next: 0,
        }
    }

    /// Goes over so many groups.
    pub(super) fn look(&mut self, directory: &Directory, groups: u32) -> Progress {
        let end = directory.end().min(self.next.saturating_add(groups));
        let mut buffer = String::new();
        for row in directory.rows_between(self.next..end) {
            for name in [row.key(), row.display_name()] {
                let name = trimmed(name);
                note(&mut self.by_text, self.exact.find(name), row.number());
                buffer.clear();
                fold_into(name, &mut buffer);
                note(&mut self.by_fold, self.folded.find(&buffer), row.number());
            }
        }
        self.next = end;
        if end < directory.end() {
            Progress::More
        } else {
            Progress::Done
        }
    }

    /// For each text the numbers of the groups.
    pub(super) fn found(&self) -> Vec<Vec<u32>> {
        let of = |number: &u32| {
            let at = *number as usize;
            let alike = self.by_text.get(at).filter(|list| !list.is_empty());
            let folded = || self.by_fold.get(*self.folded_of.get(at)? as usize);
            alike.or_else(folded).cloned().unwrap_or_default()
        };
        self.exact_of.iter().map(of).collect()
    }
}

/// A text without what cannot be seen around it.
fn cut(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(trimmed(text)),
        Cow::Owned(text) => Cow::Owned(trimmed(&text).to_owned()),
    }
}

fn note(lists: &mut [Vec<u32>], at: Option<u32>, number: u32) {
    if let Some(list) = at.and_then(|at| lists.get_mut(at as usize))
        && list.len() < MOST_ALIKE
        && list.last() != Some(&number)
    {
        list.push(number);
    }
}

/// For each text the numbers of the groups that are named so.
pub(super) fn find(wanted: &[&str], directory: &Directory) -> Vec<Vec<u32>> {
    let wanted: Vec<Cow<'_, str>> = wanted.iter().map(|text| Cow::Borrowed(*text)).collect();
    let mut search = Search::new(&wanted);
    while search.look(directory, u32::MAX) == Progress::More {}
    search.found()
}

/// The names that are near some others, which are looked at some at a time.
#[derive(Debug, Default)]
pub(super) struct Nearest {
    wanted: Vec<String>,
    best: Vec<Vec<(u32, String)>>,
}

impl Nearest {
    pub(super) fn new(wanted: Vec<String>) -> Self {
        Self {
            best: vec![Vec::new(); wanted.len()],
            wanted,
        }
    }

    /// Whether nothing is wanted.
    pub(super) const fn is_idle(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Notes for each text the nearest of these.
    pub(super) fn look(&mut self, names: &[(u32, &str)]) {
        let wanted: Vec<&str> = self.wanted.iter().map(String::as_str).collect();
        let found = nearest(&wanted, &mut names.iter().map(|(_, name)| *name));
        for (list, found) in self.best.iter_mut().zip(found) {
            let found = found.and_then(|at| names.get(at));
            list.extend(found.map(|(number, name)| (*number, (*name).to_owned())));
        }
    }

    /// For each text the nearest of all, and what it was called.
    pub(super) fn found(self) -> Vec<Option<(u32, String)>> {
        let of = |(text, mut list): (&String, Vec<(u32, String)>)| {
            let at = nearest(&[text], &mut list.iter().map(|(_, name)| name.as_str()));
            let at = at.first().copied().flatten()?;
            (at < list.len()).then(|| list.swap_remove(at))
        };
        self.wanted.iter().zip(self.best).map(of).collect()
    }
}
