//! What is typed into a search field, as words that have to be found.

use group_api::fold;

/// Whether a text holds a word. One copy of it: written out wherever it is asked, it makes the app a kilobyte longer.
#[inline(never)]
pub(crate) fn holds(text: &str, word: &str) -> bool {
    text.contains(word)
}

/// How well a text answers a search: exact before prefix before inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A name is what was typed.
    Exact,
    /// A name begins with it.
    Prefix,
    /// It stands somewhere.
    Inside,
    /// Some of it stands in the name of somebody who is in the group.
    Person,
}

impl Rank {
    /// All of them, the best first.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Prefix, Self::Inside, Self::Person];
}

/// The words of a search, folded; in any order, each anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    whole: String,
    words: Vec<String>,
}

impl Words {
    /// Takes what was typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let whole = fold(typed.trim());
        let words = whole.split_whitespace().map(str::to_owned).collect();
        Self { whole, words }
    }

    /// All that was typed, folded.
    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }

    /// The word, folded, if it is one alone.
    pub(crate) fn single(&self) -> Option<&str> {
        match self.words.as_slice() {
            [word] => Some(word),
            _ => None,
        }
    }

    /// Each word, folded.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// Whether whatever answers these words answers the others too. `names` says whether a word
    /// searches for people.
    pub(crate) fn narrow(&self, others: &Self, names: fn(&str) -> bool) -> bool {
        let is_found = |other: &String| {
            // A longer word that people are searched for answers more than a shorter one may.
            self.words
                .iter()
                .any(|word| holds(word, other) && (names(other) || !names(word)))
        };
        others.words.iter().all(is_found)
    }

    /// Whether nothing was typed, so that everything matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether each of them stands in a folded text.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        self.words.iter().all(|word| holds(text, word))
    }

    /// Ranks a thing by its folded names and its other folded text; `None` if a word is nowhere.
    #[must_use]
    pub fn rank(&self, names: &[&str], rest: &str) -> Option<Rank> {
        let found = |word: &String| names.iter().any(|name| holds(name, word)) || holds(rest, word);
        if !self.words.iter().all(found) {
            return None;
        }
        Some(if names.contains(&self.whole.as_str()) {
            Rank::Exact
        } else if names.iter().any(|name| name.starts_with(&self.whole)) {
            Rank::Prefix
        } else {
            Rank::Inside
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_order_anywhere() {
        let words = Words::new("  READ  eu ");
        assert_eq!(
            words.rank(&["pe prod data eu read"], ""),
            Some(Rank::Inside)
        );
        assert_eq!(
            words.rank(&["prod"], "read access to eu data"),
            Some(Rank::Inside)
        );
        assert_eq!(words.rank(&["eu write"], ""), None);
    }

    #[test]
    fn exact_before_prefix_before_inside() {
        let words = Words::new("Équipe");
        assert_eq!(words.rank(&["equipe"], ""), Some(Rank::Exact));
        assert_eq!(words.rank(&["x", "equipe paris"], ""), Some(Rank::Prefix));
        assert_eq!(words.rank(&["grande equipe"], ""), Some(Rank::Inside));
        assert!(Rank::Exact < Rank::Prefix && Rank::Prefix < Rank::Inside);
    }
}
