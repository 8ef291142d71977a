//! Which groups and people are meant by what stands in cells.

use group_api::{GroupKey, PersonKey, fold, fold_into};
use muster_core::Directory;
use muster_core::paste::{Lookup, nearest};

use super::table::trimmed;

/// How many groups of one name are told apart.
const MOST_ALIKE: usize = 50;
/// How many names are held against what is missing at once.
const AT_ONCE: usize = 20_000;

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

/// Texts, each kept once, by number.
#[derive(Debug)]
pub(super) struct Names<'a> {
    names: Vec<&'a str>,
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
    pub(super) fn put(&mut self, name: &'a str) -> u32 {
        let of = |number: u32| self.names.get(number as usize).copied().unwrap_or_default();
        if let Some(number) = self.lookup.find(name, &of) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name);
        let of = |number: u32| self.names.get(number as usize).copied().unwrap_or_default();
        self.lookup.put(number, &of);
        number
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let of = |number: u32| self.names.get(number as usize).copied().unwrap_or_default();
        self.lookup.find(name, &of)
    }

    pub(super) fn all(&self) -> &[&'a str] {
        &self.names
    }
}

/// For each text the numbers of the groups that are named so: as it stands if there is any, else without
/// regard to case and accents.
pub(super) fn find(wanted: &[&str], directory: &Directory) -> Vec<Vec<u32>> {
    let mut exact = Names::new();
    let exact_of: Vec<u32> = wanted.iter().map(|text| exact.put(trimmed(text))).collect();
    let folds: Vec<String> = exact.all().iter().map(|text| fold(text)).collect();
    let mut folded = Names::new();
    let folded_of: Vec<u32> = folds.iter().map(|text| folded.put(text)).collect();
    let mut by_text: Vec<Vec<u32>> = vec![Vec::new(); exact.all().len()];
    let mut by_fold: Vec<Vec<u32>> = vec![Vec::new(); folded.all().len()];
    let put = |lists: &mut Vec<Vec<u32>>, at: Option<u32>, number: u32| {
        if let Some(list) = at.and_then(|at| lists.get_mut(at as usize))
            && list.len() < MOST_ALIKE
            && list.last() != Some(&number)
        {
            list.push(number);
        }
    };
    let mut buffer = String::new();
    for row in directory.rows() {
        for name in [row.key(), row.display_name()] {
            put(&mut by_text, exact.find(trimmed(name)), row.number());
            buffer.clear();
            fold_into(trimmed(name), &mut buffer);
            put(&mut by_fold, folded.find(&buffer), row.number());
        }
    }
    let of = |number: &u32| {
        let alike = by_text
            .get(*number as usize)
            .filter(|list| !list.is_empty());
        let place = folded_of.get(*number as usize);
        alike
            .or_else(|| by_fold.get(*place? as usize))
            .cloned()
            .unwrap_or_default()
    };
    exact_of.iter().map(of).collect()
}

/// For each text the group that was probably meant, by one of its names.
pub(super) fn near(wanted: &[&str], directory: &Directory) -> Vec<Option<u32>> {
    // Some names at a time, and then those that were nearest among each other.
    let mut best: Vec<Vec<(u32, &str)>> = vec![Vec::new(); wanted.len()];
    let mut chunk: Vec<(u32, &str)> = Vec::with_capacity(AT_ONCE);
    for row in directory.rows() {
        chunk.push((row.number(), row.display_name()));
        if row.key() != row.display_name() {
            chunk.push((row.number(), row.key()));
        }
        if chunk.len() >= AT_ONCE {
            settle(wanted, &mut chunk, &mut best);
        }
    }
    settle(wanted, &mut chunk, &mut best);
    let nearest_of = |(text, list): (&&str, &Vec<(u32, &str)>)| {
        let at = nearest(&[*text], &mut list.iter().map(|(_, name)| *name));
        Some(list.get(at.first().copied().flatten()?)?.0)
    };
    wanted.iter().zip(&best).map(nearest_of).collect()
}

/// Notes of each text the name among these that is nearest to it.
fn settle<'a>(wanted: &[&str], chunk: &mut Vec<(u32, &'a str)>, best: &mut [Vec<(u32, &'a str)>]) {
    let found = nearest(wanted, &mut chunk.iter().map(|(_, name)| *name));
    for (list, found) in best.iter_mut().zip(found) {
        list.extend(found.and_then(|at| chunk.get(at)).copied());
    }
    chunk.clear();
}

/// For each text the known person who was probably meant.
pub(super) fn near_people(wanted: &[&str], directory: &Directory) -> Vec<Option<PersonKey>> {
    let people = directory.people();
    let found = nearest(
        wanted,
        &mut people.iter().map(|(person, _)| person.as_str()),
    );
    found
        .into_iter()
        .map(|at| Some(people.get(at?)?.0.clone()))
        .collect()
}
