//! Sorting by one instance of the sort: a browser downloads every instance, 4 kB each before
//! compression.

use std::cmp::Ordering;

/// What is sorted: a number that stands for something, and what it is sorted by as far as numbers can
/// say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// The order, as numbers.
    pub key: [u64; 2],
    /// What it is.
    pub number: u32,
}

/// Sorts by the keys; of two with equal keys `tie` says which comes first. What it calls equal comes
/// in any order.
#[inline(never)]
pub fn sort_keyed(list: &mut [Keyed], tie: &mut dyn FnMut(u32, u32) -> Ordering) {
    list.sort_unstable_by(|a, b| a.key.cmp(&b.key).then_with(|| tie(a.number, b.number)));
}

/// Sorts a list; what compares equal keeps its order. As [`slice::sort_by`].
pub fn sort_by<T>(list: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order: Vec<Keyed> = (0..)
        .zip(list.iter())
        .map(|(number, _)| Keyed {
            key: [0; 2],
            number,
        })
        .collect();
    sort_keyed(&mut order, &mut |a, b| {
        let things = (list.get(a as usize), list.get(b as usize));
        let order = match things {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        };
        // No two are equal, so that the smaller of the library's sorts is stable too.
        order.then(a.cmp(&b))
    });
    let mut unsorted: Vec<Option<T>> = std::mem::take(list).into_iter().map(Some).collect();
    list.extend(
        order
            .into_iter()
            .filter_map(|keyed| unsorted.get_mut(keyed.number as usize)?.take()),
    );
}

#[cfg(test)]
mod tests {
    use super::sort_by;

    #[test]
    fn sorted_as_the_standard_library_does_and_equals_keep_their_order() {
        let mut list: Vec<(u32, u32)> = (0..500).map(|n| ((n * 7919) % 13, n)).collect();
        let mut expected = list.clone();
        expected.sort_by_key(|(key, _)| *key);
        sort_by(&mut list, |(a, _), (b, _)| a.cmp(b));
        assert_eq!(list, expected);
        let mut none: Vec<u8> = Vec::new();
        sort_by(&mut none, Ord::cmp);
        assert!(none.is_empty());
    }
}
