//! Where the words of a search stand in a text, to be marked there.

use std::ops::Range;

use group_api::{fold, fold_char};

/// The words of a search, as they are looked for in what is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Vec<String>);

impl Marks {
    /// Takes what was typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(fold(typed).split_whitespace().map(str::to_owned).collect())
    }

    /// Where the words stand, case and accents aside: ranges of the text's bytes, in order, none
    /// empty, and none touching another.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        if self.0.is_empty() {
            return Vec::new();
        }
        // Where each character of the text begins, in it and in its folded form.
        let mut folded = String::with_capacity(text.len());
        let mut begins: Vec<(usize, usize)> = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            begins.push((folded.len(), at));
            fold_char(c, &mut folded);
        }
        // The character whose folded form begins at a place or goes on there. An accent folds to
        // nothing and begins where the letter after it does: the last to begin there is the letter.
        let over = |place: usize| begins.partition_point(|(begin, _)| *begin <= place);
        let start = |place: usize| {
            let letter = over(place).checked_sub(1).and_then(|n| begins.get(n));
            letter.map_or((0, 0), |letter| *letter)
        };
        let end = |place: usize| match start(place) {
            _ if place >= folded.len() => text.len(),
            (begin, at) if begin == place => at,
            // A ligature of which the word takes a part is marked whole.
            _ => begins.get(over(place)).map_or(text.len(), |(_, at)| *at),
        };
        // Which bytes are marked: words may overlap.
        let mut marked = vec![false; text.len()];
        for word in &self.0 {
            for (place, _) in folded.match_indices(word.as_str()) {
                let range = start(place).1..end(place + word.len());
                if let Some(bytes) = marked.get_mut(range) {
                    bytes.fill(true);
                }
            }
        }
        let mut marks: Vec<Range<usize>> = Vec::new();
        for (at, _) in marked.iter().enumerate().filter(|(_, marked)| **marked) {
            match marks.last_mut() {
                Some(last) if last.end == at => last.end = at + 1,
                _ => marks.push(at..at + 1),
            }
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(typed: &str, text: &str) -> String {
        let mut out = String::new();
        let mut at = 0;
        for range in Marks::new(typed).find(text) {
            out += &format!("{}[{}]", &text[at..range.start], &text[range.clone()]);
            at = range.end;
        }
        out + &text[at..]
    }

    #[test]
    fn words_are_marked_wherever_they_stand() {
        assert_eq!(marked("", "Sales"), "Sales");
        assert_eq!(marked("  ", "Sales"), "Sales");
        assert_eq!(marked("xyz", "Sales"), "Sales");
        assert_eq!(marked("SA", "Sales, sales"), "[Sa]les, [sa]les");
        assert_eq!(
            marked("eu read", "PE Prod Data EU Read"),
            "PE Prod Data [EU] [Read]"
        );
        assert_eq!(marked("a", ""), "");
    }

    #[test]
    fn accents_and_case_are_no_difference() {
        assert_eq!(marked("equipe", "Équipe Paris"), "[Équipe] Paris");
        assert_eq!(marked("ÉQUIPE", "L'equipe"), "L'[equipe]");
        assert_eq!(marked("e", "e\u{301}te\u{301}"), "[e\u{301}]t[e\u{301}]");
        assert_eq!(marked("t", "e\u{301}te"), "e\u{301}[t]e");
        assert_eq!(marked("te", "\u{301}te"), "\u{301}[te]");
        assert_eq!(marked("東京", "大阪 東京"), "大阪 [東京]");
    }

    #[test]
    fn a_ligature_is_marked_whole() {
        assert_eq!(marked("s", "Straße"), "[S]tra[ß]e");
        assert_eq!(marked("oe", "Œuvre"), "[Œ]uvre");
        assert_eq!(marked("e", "Ærae"), "[Æ]ra[e]");
    }

    #[test]
    fn words_that_overlap_or_touch_are_one_mark() {
        assert_eq!(marked("team eam2", "team2"), "[team2]");
        assert_eq!(marked("te am", "team"), "[team]");
        assert_eq!(marked("aa", "aaa"), "[aa]a");
    }

    proptest! {
        #[test]
        fn marks_are_whole_characters_in_order_and_hold_what_was_searched(
            typed in "[a-zA-Zé ]{0,6}",
            text in "[a-eA-Eß-æéœ\u{300}-\u{303}İ ]{0,30}",
        ) {
            let marks = Marks::new(&typed);
            let mut before = None;
            for range in marks.find(&text) {
                prop_assert!(before.is_none_or(|end| range.start > end));
                let inside = fold(text.get(range.clone()).expect("whole characters"));
                prop_assert!(fold(&typed).split_whitespace().any(|word| inside.contains(word)));
                before = Some(range.end);
            }
            // A text that holds a word has a mark, and no other has one.
            let holds = fold(&typed).split_whitespace().any(|word| fold(&text).contains(word));
            prop_assert_eq!(holds, before.is_some());
        }
    }
}
