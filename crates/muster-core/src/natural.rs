//! The order of names in which "Team 2" comes before "Team 10".

use std::cmp::Ordering;

use group_bytes::{HIGH, ONES, is_same_word};

/// Compares two folded texts; runs of digits count as numbers of any length. Texts that differ only
/// in leading zeros are ordered by their bytes, so that the order is total.
#[must_use]
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    natural_bytes(a.as_bytes(), b.as_bytes())
}

/// The same of texts as bytes.
pub(crate) fn natural_bytes(a: &[u8], b: &[u8]) -> Ordering {
    // What both begin with says nothing, unless it ends within a number.
    let mut same = common(a, b);
    while same > 0 && a.get(same - 1).is_some_and(u8::is_ascii_digit) {
        same -= 1;
    }
    let mut left = a.get(same..).unwrap_or_default();
    let mut right = b.get(same..).unwrap_or_default();
    loop {
        match (left.split_first(), right.split_first()) {
            (None, None) => return a.cmp(b),
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some((x, _)), Some((y, _))) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (number, rest) = take_number(left);
                let (other, other_rest) = take_number(right);
                let order = number
                    .len()
                    .cmp(&other.len())
                    .then_with(|| number.cmp(other));
                if order != Ordering::Equal {
                    return order;
                }
                (left, right) = (rest, other_rest);
            }
            (Some((x, rest)), Some((y, other_rest))) => {
                if x != y {
                    return x.cmp(y);
                }
                (left, right) = (rest, other_rest);
            }
        }
    }
}

/// The beginning of a text as a number: if two differ, they are in the order of [`natural_cmp`]; if
/// not, the texts have to be compared.
///
/// A run of digits becomes its length, which is a digit too, and the digits.
pub(crate) fn prefix(text: &[u8]) -> [u64; 2] {
    // A digit's distance from the first is less than ten; so may be that of what is not ASCII.
    let has_no_digit = |half: u64| {
        let distance = (half ^ (ONES * u64::from(b'0'))) & !HIGH;
        (distance + ONES * (0x80 - 10)) & HIGH == HIGH
    };
    if let Some((begin, behind)) = text.split_first_chunk::<8>()
        && let Some(end) = behind.first_chunk::<8>()
    {
        let halves = [begin, end].map(|half| u64::from_be_bytes(*half));
        if halves.into_iter().all(has_no_digit) {
            return halves;
        }
    }
    prefix_at(text, 0)
}

/// The same of what comes behind that, `level` times as much: of two with the same before it.
pub(crate) fn prefix_at(text: &[u8], level: usize) -> [u64; 2] {
    let mut out = [0u8; 16];
    let mut room = out.iter_mut();
    let mut before = level * 16;
    let mut put = |byte: u8| {
        if before > 0 {
            before -= 1;
            return true;
        }
        room.next().map(|place| *place = byte).is_some()
    };
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        if !byte.is_ascii_digit() {
            if !put(*byte) {
                break;
            }
            rest = behind;
            continue;
        }
        let (number, behind) = take_number(rest);
        // Of numbers of ten digits and more the length alone is told, so nothing may follow it.
        let Some(length) = u8::try_from(number.len()).ok().filter(|length| *length < 9) else {
            put(b'9');
            break;
        };
        put(b'0' + length);
        if !number.iter().all(|digit| put(*digit)) {
            break;
        }
        rest = behind;
    }
    let (first, second) = out.split_at(8);
    [first, second].map(|half| {
        half.first_chunk::<8>()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes))
    })
}

/// With how many bytes both begin.
fn common(a: &[u8], b: &[u8]) -> usize {
    let ((words, _), (others, _)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let pairs = words.iter().zip(others);
    let whole = pairs.take_while(|(a, b)| is_same_word(a, b)).count() * 8;
    let rest = a.iter().skip(whole).zip(b.iter().skip(whole));
    whole + rest.take_while(|(a, b)| a == b).count()
}

/// The digits at the beginning, without leading zeros, and what follows.
fn take_number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let zeros = digits.iter().take_while(|b| **b == b'0').count();
    (digits.get(zeros..).unwrap_or_default(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_as_numbers() {
        let mut names = vec!["team 10", "team 2", "team", "team 02", "team 1b", "beta"];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(
            names,
            ["beta", "team", "team 1b", "team 02", "team 2", "team 10"]
        );
        assert_eq!(
            natural_cmp("v99999999999999999999999", "v100000000000000000000000"),
            Ordering::Less
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn where_prefixes_differ_they_have_the_order(a in "[a0-2\u{0} ]{0,24}", b in "[a0-2\u{0} ]{0,24}") {
            let order = prefix(a.as_bytes()).cmp(&prefix(b.as_bytes()));
            if order != Ordering::Equal {
                prop_assert_eq!(order, natural_cmp(&a, &b));
            }
        }

        #[test]
        fn a_prefix_is_the_one_of_the_first_level(text in "[ -:a-zé\u{0}]{0,24}", plain in "[a-z ]{10}") {
            for text in [text.clone(), plain + &text] {
                prop_assert_eq!(prefix(text.as_bytes()), prefix_at(text.as_bytes(), 0));
            }
        }

        #[test]
        fn prefixes_behind_equal_ones_go_on(a in "[a0]{0,40}", b in "[a0]{0,40}") {
            let (a, b) = (format!("{}{a}", "x1".repeat(9)), format!("{}{b}", "x1".repeat(9)));
            let order = (0..5)
                .map(|level| prefix_at(a.as_bytes(), level).cmp(&prefix_at(b.as_bytes(), level)))
                .find(|order| *order != Ordering::Equal);
            if let Some(order) = order {
                prop_assert_eq!(order, natural_cmp(&a, &b));
            }
        }

        #[test]
        fn the_order_is_total(a in "[a0-2]{0,6}", b in "[a0-2]{0,6}", c in "[a0-2]{0,6}") {
            prop_assert_eq!(natural_cmp(&a, &b), natural_cmp(&b, &a).reverse());
            prop_assert_eq!(natural_cmp(&a, &b) == Ordering::Equal, a == b);
            if natural_cmp(&a, &b) != Ordering::Greater && natural_cmp(&b, &c) != Ordering::Greater {
                prop_assert_ne!(natural_cmp(&a, &c), Ordering::Greater);
            }
        }
    }
}
