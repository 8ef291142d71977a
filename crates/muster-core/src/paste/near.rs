//! The known name that one which is not known was most probably meant to be.
//!
//! Two names are near if one becomes the other by at most two letters put in, left out, exchanged or
//! swapped with the next. Leaving out at most two letters of each then makes both the same, and their
//! first letters too; so each wanted name is filed under its first letters without any two of them, and
//! every known name asks there once. What it finds is compared whole. Where names begin alike and end
//! differently (`employee_0017`) their last letters are taken instead.

use group_bytes::fold_char;

use super::cells::is_blank;

/// How many first letters a name is filed under.
const FIRST: usize = 8;
/// How many names are compared whole, shared out among those that are wanted: where thousands are alike,
/// the first few will do.
const MOST_COMPARED: usize = 200_000;
/// How many of the wanted ones a known name may meet for each of its beginnings.
const MOST_MET: u32 = 24;
const NONE: u32 = u32::MAX;

/// A name as it is compared: without case, accents and what cannot be seen; a dot, a blank, a line
/// and a dash are the same.
fn letters(name: &str, from: From, buffer: &mut String, out: &mut Vec<char>) {
    out.clear();
    buffer.clear();
    for c in name.trim_matches(is_blank).chars() {
        match c {
            ' ' | '_' | '-' => buffer.push('.'),
            _ if is_blank(c) => {}
            _ => fold_char(c, buffer),
        }
    }
    match from {
        From::Start => out.extend(buffer.chars()),
        From::End => out.extend(buffer.chars().rev()),
    }
}

/// From where names are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Start,
    End,
}

impl From {
    /// The side on which these names differ more.
    fn which(names: &mut dyn Iterator<Item = &str>) -> Self {
        let (mut buffer, mut own) = (String::new(), Vec::new());
        // Of each side, which of 4096 hashes of its letters were seen.
        let mut seen = [[0_u64; 64]; 2];
        for name in names {
            for (from, seen) in [Self::Start, Self::End].into_iter().zip(&mut seen) {
                letters(name, from, &mut buffer, &mut own);
                let hash = spread(summary(&own).0);
                if let Some(word) = seen.get_mut(hash & 63) {
                    *word |= 1 << (hash >> 6 & 63);
                }
            }
        }
        let [start, end] =
            seen.map(|words| words.iter().map(|word| word.count_ones()).sum::<u32>());
        if end > start { Self::End } else { Self::Start }
    }
}

/// A hash of first letters.
const fn spread(first: u64) -> usize {
    let hash = first.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash ^ (hash >> 32)) as usize
}

/// How many letters may differ: in a short name a difference of two is another name.
const fn limit(letters: usize) -> u8 {
    match letters {
        0..=2 => 0,
        3..=4 => 1,
        _ => 2,
    }
}

/// A letter in a byte; never 0.
fn byte(c: char) -> u8 {
    let code = c as u32;
    if code < 0x80 {
        return (code & 0x7f).max(1) as u8;
    }
    0x80 | ((code ^ (code >> 7)) & 0x7f) as u8
}

/// The first letters of a name in a number, the first in its lowest byte, and which letters it has.
fn summary(letters: &[char]) -> (u64, u64) {
    let (mut first, mut set) = (0, 0);
    for (place, c) in letters.iter().enumerate() {
        let byte = byte(*c);
        set |= 1_u64 << (byte & 63);
        if place < FIRST {
            first |= u64::from(byte) << (8 * place);
        }
    }
    (first, set)
}

/// A number without one of its bytes.
const fn without(first: u64, place: usize) -> u64 {
    let low = (1 << (8 * place)) - 1;
    first & low | (first >> 8) & !low
}

/// Calls for the first letters without none, one or two of them, up to `depth`.
fn each_shorter(first: u64, length: usize, depth: u8, each: &mut impl FnMut(u64)) {
    each(first);
    if depth == 0 {
        return;
    }
    let length = length.min(FIRST);
    for one in 0..length {
        let shorter = without(first, one);
        each(shorter);
        if depth > 1 {
            for two in one..length.saturating_sub(1) {
                each(without(shorter, two));
            }
        }
    }
}

/// The distance of two names if it is within the limit.
fn distance(mut a: &[char], mut b: &[char], limit: u8) -> Option<u8> {
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        if x != y {
            break;
        }
        (a, b) = (rest_a, rest_b);
    }
    if a.len().abs_diff(b.len()) > usize::from(limit) {
        return None;
    }
    let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) else {
        return u8::try_from(a.len().max(b.len())).ok();
    };
    let limit = limit.checked_sub(1)?;
    let mut best = distance(rest_a, rest_b, limit);
    let mut also = |a: &[char], b: &[char]| {
        // Only what is nearer still counts.
        let limit = match best {
            Some(best) => best.checked_sub(1),
            None => Some(limit),
        };
        best = limit.and_then(|limit| distance(a, b, limit)).or(best);
    };
    also(rest_a, b);
    also(a, rest_b);
    if let ([x2, behind_a @ ..], [y2, behind_b @ ..]) = (rest_a, rest_b)
        && x == y2
        && x2 == y
    {
        also(behind_a, behind_b);
    }
    best.map(|best| best + 1)
}

/// A name that somebody is looked for by.
struct Wanted {
    letters: Vec<char>,
    set: u64,
    limit: u8,
    /// The nearest so far, and its distance.
    found: Option<(u32, u8)>,
    /// The known name it was last compared with.
    last: u32,
    compared: u32,
}

/// Where a wanted name is filed.
struct Filed {
    first: u64,
    wanted: u32,
    next: u32,
}

/// The files: chains by the hash of the first letters.
struct Files {
    heads: Vec<u32>,
    filed: Vec<Filed>,
}

impl Files {
    fn slot(&self, first: u64) -> usize {
        spread(first) & self.heads.len().wrapping_sub(1)
    }

    fn new(wanted: &[Wanted]) -> Self {
        let mut files = Self {
            heads: Vec::new(),
            filed: Vec::new(),
        };
        for (number, one) in (0..).zip(wanted) {
            let (first, _) = summary(&one.letters);
            each_shorter(first, one.letters.len(), one.limit, &mut |first| {
                files.filed.push(Filed {
                    first,
                    wanted: number,
                    next: NONE,
                });
            });
        }
        files.heads = vec![NONE; (files.filed.len() * 2).next_power_of_two()];
        for number in 0..files.filed.len() {
            let Some(first) = files.filed.get(number).map(|filed| filed.first) else {
                break;
            };
            let slot = files.slot(first);
            if let (Some(head), Some(filed)) =
                (files.heads.get_mut(slot), files.filed.get_mut(number))
            {
                filed.next = *head;
                *head = number as u32;
            }
        }
        files
    }
}

/// For each wanted name the place of the nearest known one, if one is near; of several the nearest, and of
/// those the first. What the comparison costs is limited, so that among thousands of known names that are
/// all alike a nearer one may be missed.
#[must_use]
#[allow(clippy::cast_possible_truncation)] // nobody pastes 2^32 names
pub fn nearest(wanted: &[&str], known: &mut dyn Iterator<Item = &str>) -> Vec<Option<usize>> {
    let from = From::which(&mut wanted.iter().copied());
    let most = (MOST_COMPARED / wanted.len().max(1)).clamp(8, 2000) as u32;
    let mut buffer = String::new();
    let mut wanted: Vec<Wanted> = wanted
        .iter()
        .map(|name| {
            let mut own = Vec::new();
            letters(name, from, &mut buffer, &mut own);
            Wanted {
                set: summary(&own).1,
                limit: limit(own.len()),
                letters: own,
                found: None,
                last: NONE,
                compared: 0,
            }
        })
        .collect();
    let mut files = Files::new(&wanted);
    let mut name = Vec::new();
    for (number, known) in (0..NONE).zip(known) {
        if wanted.is_empty() {
            break;
        }
        letters(known, from, &mut buffer, &mut name);
        let (first, set) = summary(&name);
        each_shorter(first, name.len(), 2, &mut |first| {
            let slot = files.slot(first);
            let mut before = NONE;
            let mut at = files.heads.get(slot).copied().unwrap_or(NONE);
            let mut met = 0;
            while let Some(filed) = files.filed.get(at as usize)
                && met < MOST_MET
            {
                met += 1;
                let (next, here) = (filed.next, at);
                let fits = filed.first == first;
                let Some(one) = wanted.get_mut(filed.wanted as usize) else {
                    break;
                };
                at = next;
                if one.found.is_some_and(|(_, far)| far == 0) || one.compared >= most {
                    // It has what it can have, and is in nobody's way any more.
                    if before == NONE {
                        if let Some(head) = files.heads.get_mut(slot) {
                            *head = next;
                        }
                    } else if let Some(filed) = files.filed.get_mut(before as usize) {
                        filed.next = next;
                    }
                    continue;
                }
                before = here;
                if !fits || one.last == number {
                    continue;
                }
                one.last = number;
                let within = match one.found {
                    Some((_, far)) => far.saturating_sub(1),
                    None => one.limit,
                };
                if one.letters.len().abs_diff(name.len()) > usize::from(within)
                    || (one.set ^ set).count_ones() > 2 * u32::from(within)
                {
                    continue;
                }
                one.compared += 1;
                if let Some(far) = distance(&one.letters, &name, within) {
                    one.found = Some((number, far));
                }
            }
        });
    }
    wanted
        .iter()
        .map(|one| Some(one.found?.0 as usize))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(wanted: &str, known: &[&str]) -> Option<usize> {
        nearest(&[wanted], &mut known.iter().copied())[0]
    }

    #[test]
    fn did_you_mean() {
        let known = ["alice", "ann.lee", "bob", "björn", "carol.smith", "иван"];
        let of = |wanted| near(wanted, &known).map(|place| known[place]);
        assert_eq!(of("Alice"), Some("alice"));
        assert_eq!(of("alcie"), Some("alice"));
        assert_eq!(of("Ann Lee"), Some("ann.lee"));
        assert_eq!(of("annlee"), Some("ann.lee"));
        assert_eq!(of("bjorn"), Some("björn"));
        assert_eq!(of("Karol.Smyth"), Some("carol.smith"));
        assert_eq!(of("ивна"), Some("иван"));
        assert_eq!(of("a\u{200b}lice"), Some("alice"));
        assert_eq!(of("bo"), None);
        assert_eq!(of("boc"), Some("bob"));
        assert_eq!(of("zed"), None);
        assert_eq!(of(""), None);
        assert_eq!(near("x", &[]), None);
    }

    #[test]
    fn the_nearest_and_of_those_the_first() {
        assert_eq!(near("maria", &["marta", "mario", "maria1"]), Some(0));
        assert_eq!(near("maria", &["martha", "mariq"]), Some(1));
        assert_eq!(near("maria", &["mari", "MARIA"]), Some(1));
    }

    /// The distance the slow way: a table of all beginnings.
    fn slowly(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let change = usize::from(a[i - 1] != b[j - 1]);
                    let mut best = (table[i - 1][j] + 1)
                        .min(table[i][j - 1] + 1)
                        .min(table[i - 1][j - 1] + change);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(table[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        table[a.len()][b.len()]
    }

    fn letters_of(name: &str) -> Vec<char> {
        let mut out = Vec::new();
        letters(name, From::Start, &mut String::new(), &mut out);
        out
    }

    proptest! {
        #[test]
        fn as_the_slow_way_finds(
            wanted in prop::collection::vec("[ab.é]{0,11}|[abc]{9,14}", 1..6),
            known in prop::collection::vec("[ab.é]{0,11}|[abc]{9,14}", 0..30),
        ) {
            let names: Vec<&str> = wanted.iter().map(String::as_str).collect();
            let found = nearest(
                &names,
                &mut known.iter().map(String::as_str),
            );
            for (one, found) in wanted.iter().zip(found) {
                let one = letters_of(one);
                let best = known
                    .iter()
                    .enumerate()
                    .map(|(place, name)| (slowly(&one, &letters_of(name)), place))
                    .filter(|(far, _)| *far <= usize::from(limit(one.len())))
                    .min();
                prop_assert_eq!(found, best.map(|(_, place)| place));
            }
        }
    }
}
