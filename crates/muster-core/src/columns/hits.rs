//! Which rows hold a word, or somebody: their texts lie one behind the other in memory, and so do their
//! memberships, so one look ahead answers for all rows up to the next place where it stands.

use std::sync::Arc;

use memchr::memchr;
use memchr::memmem::Finder;

use super::Membership;
use super::pool::{Address, Pool, page_of};

/// How far behind what is a row's own is looked. Where rows lie in another order than they are asked for, as much
/// is looked through in vain for each.
const AHEAD: u32 = 1024;

/// What the latest look found.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// From here on it begins nowhere before `next`, all in the page of `from`.
    from: Address,
    next: Address,
    /// Whether it begins at `next`; else nothing is known from there on.
    begins: bool,
}

impl Known {
    /// Whether something of `size` entries stands in the slice that begins there and is so long.
    #[inline]
    fn is_in<T: Copy>(
        &mut self,
        pool: &Pool<T>,
        (at, length): (Address, u32),
        size: u32,
        find: impl FnOnce(&[T]) -> Option<usize>,
    ) -> bool {
        let Some(room) = length.checked_sub(size) else {
            return false;
        };
        let last = at.saturating_add(room);
        let is_known = page_of(at) == page_of(self.from)
            && self.from <= at
            && (last < self.next || (at <= self.next && self.begins));
        if !is_known {
            let ahead = pool.ahead(at, length.saturating_add(AHEAD));
            let found = find(ahead);
            // Behind the last place where the whole of it would have found room, nothing is known.
            let behind = (ahead.len() + 1).saturating_sub(size as usize);
            let to = u32::try_from(found.unwrap_or(behind)).unwrap_or(u32::MAX);
            *self = Self {
                from: at,
                next: at.saturating_add(to),
                begins: found.is_some(),
            };
        }
        self.begins && self.next <= last
    }
}

/// A word that is looked for in the texts of rows.
#[derive(Clone, Debug)]
pub(crate) struct Hits<'w> {
    word: &'w [u8],
    finder: Finder<'w>,
    known: Known,
}

impl<'w> Hits<'w> {
    pub(crate) fn new(word: &'w str) -> Self {
        Self {
            word: word.as_bytes(),
            finder: Finder::new(word),
            known: Known::default(),
        }
    }

    /// Whether it stands in the text that begins there and is so long.
    #[inline]
    pub(crate) fn are_in(&mut self, texts: &Pool<u8>, at: Address, length: u32) -> bool {
        if let [letter] = self.word {
            // Hardly a text has none of it: there is nothing to look ahead for.
            return memchr(*letter, texts.get(at, length)).is_some();
        }
        let size = u32::try_from(self.word.len()).unwrap_or(u32::MAX);
        let Self { finder, known, .. } = self;
        known.is_in(texts, (at, length), size, |ahead| finder.find(ahead))
    }
}

/// People, one of whom is looked for in rows.
#[derive(Clone, Debug)]
pub(crate) struct OneOf {
    /// Whether somebody is one of them, by number, as far as the last who is.
    people: Arc<Vec<bool>>,
    known: Known,
}

impl OneOf {
    pub(crate) fn new(people: Vec<bool>) -> Self {
        Self {
            people: Arc::new(people),
            known: Known::default(),
        }
    }

    pub(crate) const fn people(&self) -> &Arc<Vec<bool>> {
        &self.people
    }

    /// Whether one of them has one of the memberships that begin there and are so many.
    #[inline]
    pub(crate) fn is_in(&mut self, all: &Pool<Membership>, at: Address, length: u32) -> bool {
        if self.people.is_empty() {
            return false;
        }
        let Self { people, known } = self;
        let people = people.as_slice();
        let is_one = |one: &Membership| people.get(one.person() as usize) == Some(&true);
        known.is_in(all, (at, length), 1, |ahead| ahead.iter().position(is_one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_word_across_two_texts_is_in_neither() {
        let mut texts = Pool::default();
        let slices = ["legal te", "am", "team"].map(|text| (texts.push(&[text.as_bytes()]), text));
        let mut hits = Hits::new("team");
        let found = slices.map(|(at, text)| hits.are_in(&texts, at, text.len() as u32));
        assert_eq!(found, [false, false, true]);
    }

    #[test]
    fn a_text_longer_than_a_page_says_nothing_of_the_next_page() {
        let mut texts = Pool::default();
        let long = "x".repeat(70_000);
        let first = texts.push(&[long.as_bytes()]);
        let second = texts.push(&[b"team"]);
        let mut hits = Hits::new("team");
        assert!(!hits.are_in(&texts, first, 70_000));
        assert!(hits.are_in(&texts, second, 4));
    }

    #[test]
    fn nobody_is_in_no_memberships() {
        let mut all = Pool::default();
        let at = all.push(&[&[Membership::new(2, 0), Membership::new(0, 1)]]);
        let is_in = |people: &[bool], length| OneOf::new(people.to_vec()).is_in(&all, at, length);
        assert!(is_in(&[true], 2));
        assert!(!is_in(&[true], 1));
        assert!(!is_in(&[true], 0));
        assert!(is_in(&[false, false, true], 1));
        assert!(!is_in(&[false, true], 2));
        assert!(!is_in(&[], 2));
    }

    proptest! {
        /// As if each text were looked through by itself, in whatever order.
        #[test]
        fn each_text_is_answered_for_itself(
            word in "[ab]{1,3}|ab\n?a",
            texts in proptest::collection::vec("[abc]{0,9}|[abc]{1000,1100}|c{66000}ab", 1..40),
            order in proptest::collection::vec(any::<prop::sample::Index>(), 0..60),
        ) {
            let mut pool = Pool::default();
            let kept: Vec<(Address, &str)> = texts.iter().map(|text| (pool.push(&[text.as_bytes()]), text.as_str())).collect();
            let mut hits = Hits::new(&word);
            let asked = kept.iter().chain(order.iter().map(|index| index.get(&kept)));
            for (at, text) in asked {
                prop_assert_eq!(hits.are_in(&pool, *at, text.len() as u32), text.contains(&word), "{:?}", text);
            }
        }
    }
}
