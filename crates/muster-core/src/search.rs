//! How the rows answer what is typed into the search field, worked out from what was typed before where that tells.

use std::sync::Arc;

use group_api::fold_into;
use memchr::memmem::Finder;

use crate::columns::{Hits, OneOf, Row};
use crate::directory::Directory;
use crate::query::Only;
use crate::words::{Rank, Words, holds};

/// Whether a word searches for people too. Nearly everybody's name holds some letter.
const fn names_people(word: &str) -> bool {
    word.len() >= 3
}

/// How each row answers some words.
#[derive(Debug)]
pub(crate) struct Search {
    words: Words,
    only: Only,
    ranks: Vec<Option<Rank>>,
    /// For each word the people whose names hold it.
    people: Vec<Arc<Vec<bool>>>,
}

impl Search {
    /// Asks it of all rows. `earlier` are searches of the same rows, the latest last.
    #[inline(never)]
    pub(crate) fn new(directory: &Directory, words: Words, only: &Only, earlier: &[Self]) -> Self {
        let mut asked = Asked::new(directory, &words, only, earlier);
        let wider = earlier
            .iter()
            .rev()
            .find(|search| search.only == *only && words.narrow(&search.words, names_people));
        let ranks = match wider {
            Some(wider) => (0..)
                .zip(&wider.ranks)
                .map(|(number, rank)| {
                    (*rank)?;
                    asked.rank(&directory.row(number)?)
                })
                .collect(),
            None => (0..directory.end())
                .map(|number| asked.rank(&directory.row(number)?))
                .collect(),
        };
        let people = asked.people();
        Self {
            words,
            only: only.clone(),
            ranks,
            people,
        }
    }

    pub(crate) fn is_of(&self, words: &Words, only: &Only) -> bool {
        self.words == *words && self.only == *only
    }

    /// Asks it of the rows that changed. It may know nothing of others that were there before.
    pub(crate) fn follow(&mut self, directory: &Directory, news: &[u32]) {
        self.ranks.resize(directory.end() as usize, None);
        let mut asked = Asked::new(directory, &self.words, &self.only, &[]);
        self.people = asked.people();
        for number in news {
            if let Some(rank) = self.ranks.get_mut(*number as usize) {
                *rank = directory.row(*number).and_then(|row| asked.rank(&row));
            }
        }
    }

    /// Those that answer, in this order or, if wished, the best before the others.
    pub(crate) fn pick(&self, order: &[u32], best_first: bool) -> Vec<u32> {
        let rank = |number: u32| self.ranks.get(number as usize).copied().flatten();
        if !best_first {
            return order
                .iter()
                .copied()
                .filter(|number| rank(*number).is_some())
                .collect();
        }
        let mut counts = [0; Rank::ALL.len()];
        for rank in self.ranks.iter().flatten() {
            if let Some(count) = counts.get_mut(*rank as usize) {
                *count += 1;
            }
        }
        // Where the next of each rank stands: behind all that are better.
        let mut found = 0;
        let mut places = counts.map(|count| {
            found += count;
            found - count
        });
        // Whatever has a rank is in every order.
        let mut picked = vec![0; found];
        for number in order {
            let place = rank(*number).and_then(|rank| places.get_mut(rank as usize));
            if let Some(place) = place
                && let Some(room) = picked.get_mut(*place)
            {
                *room = *number;
                *place += 1;
            }
        }
        picked
    }

    /// How the rows answered part of this word, where that was asked for by itself, the latest first: those whose text did
    /// not hold the part do not hold the word.
    fn of_part<'s>(earlier: &'s [Self], only: &Only, word: &str) -> Option<&'s [Option<Rank>]> {
        let tells = |search: &&Self| {
            search.only == *only && search.words.single().is_some_and(|part| holds(word, part))
        };
        let told = earlier.iter().rev().find(tells)?;
        Some(&told.ranks)
    }
}

/// A search, made ready to be asked of many rows.
struct Asked<'a> {
    whole: &'a [u8],
    words: Vec<Word<'a>>,
    /// Only groups that this person is in; `Some(None)`: a person who is in none.
    of: Option<Option<u32>>,
}

struct Word<'a> {
    hits: Hits<'a>,
    /// How the rows answered part of it, where that was asked for by itself.
    part: Option<&'a [Option<Rank>]>,
    /// The people whose names hold it.
    people: OneOf,
}

impl Word<'_> {
    /// Whether it stands in the text of a row.
    fn is_in(&mut self, row: &Row<'_>) -> bool {
        let part = self.part.and_then(|part| part.get(row.number() as usize));
        !matches!(part, Some(None | Some(Rank::Person))) && row.holds(&mut self.hits)
    }
}

/// The people whose names hold part of a word, if that was asked before, the latest first.
fn holders(searches: &[Search], word: &str) -> Option<Arc<Vec<bool>>> {
    searches.iter().rev().find_map(|search| {
        let mut asked = search.words.iter().zip(&search.people);
        asked
            .find(|(part, _)| names_people(part) && holds(word, part))
            .map(|(_, people)| Arc::clone(people))
    })
}

/// The people whose names hold a word.
#[inline(never)]
fn people_of(directory: &Directory, word: &str, searches: &[Search]) -> Vec<bool> {
    let mut people = Vec::new();
    if !names_people(word) {
        return people;
    }
    let among = holders(searches, word);
    let may_be = |number: u32| match &among {
        Some(among) => among.get(number as usize) == Some(&true),
        None => true,
    };
    let finder = Finder::new(word);
    let mut all = directory.persons_of(may_be);
    let (mut names, mut ends) = (String::new(), Vec::new());
    while fold_some(&mut all, &mut names, &mut ends) {
        let mut whose = ends.iter();
        let mut now = whose.next();
        for hit in finder.find_iter(names.as_bytes()) {
            while now.is_some_and(|(end, _)| *end <= hit) {
                now = whose.next();
            }
            if let Some((_, number)) = now {
                people.resize(people.len().max(*number as usize), false);
                people.truncate(*number as usize);
                people.push(true);
            }
        }
    }
    people
}

/// Folds some names, one a line, and says whose end where; of one by one it would take several times as long to look
/// through them. Says whether there were any.
fn fold_some<'d>(
    all: &mut impl Iterator<Item = (u32, &'d str, &'d str)>,
    names: &mut String,
    ends: &mut Vec<(usize, u32)>,
) -> bool {
    const TOGETHER: usize = 1 << 12;
    names.clear();
    ends.clear();
    for (number, key, label) in all {
        fold_into(label, names);
        names.push('\n');
        if label != key {
            fold_into(key, names);
            names.push('\n');
        }
        ends.push((names.len(), number));
        if names.len() >= TOGETHER {
            break;
        }
    }
    !ends.is_empty()
}

impl<'a> Asked<'a> {
    #[inline(never)]
    fn new(directory: &Directory, words: &'a Words, only: &Only, earlier: &'a [Search]) -> Self {
        let word = |text: &'a str| Word {
            hits: Hits::new(text),
            part: Search::of_part(earlier, only, text),
            people: OneOf::new(people_of(directory, text, earlier)),
        };
        Self {
            whole: words.whole().as_bytes(),
            words: words.iter().map(word).collect(),
            of: match only {
                Only::All => None,
                Only::Of(person) => Some(directory.person(person)),
            },
        }
    }

    fn people(&self) -> Vec<Arc<Vec<bool>>> {
        self.words
            .iter()
            .map(|word| Arc::clone(word.people.people()))
            .collect()
    }

    #[inline(never)]
    fn rank(&mut self, row: &Row<'_>) -> Option<Rank> {
        if let Some(person) = self.of {
            let person = person?;
            row.memberships()
                .iter()
                .find(|membership| membership.person() == person)?;
        }
        let mut by_person = false;
        for word in &mut self.words {
            if !word.is_in(row) {
                by_person = true;
                if !row.has(&mut word.people) {
                    return None;
                }
            }
        }
        if by_person {
            return Some(Rank::Person);
        }
        Some(beginning(row, self.whole).unwrap_or(Rank::Inside))
    }
}

/// How a row answers that whose name or key is or begins with all that was typed, folded; none if neither does.
#[inline]
pub(crate) fn beginning(row: &Row<'_>, whole: &[u8]) -> Option<Rank> {
    // Name and key stand in lines one behind the other.
    let [name, key] = row.folded_from_name_and_key();
    let behind = |line: &[u8]| {
        let behind = line.strip_prefix(whole)?;
        behind.first().copied()
    };
    let behind = [behind(name), behind(key)];
    if behind.contains(&Some(b'\n')) {
        return Some(Rank::Exact);
    }
    let begins = behind.iter().any(Option::is_some);
    begins.then_some(Rank::Prefix)
}
