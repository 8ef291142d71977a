//! Finding a number by the text it stands for, without keeping the text twice.

/// Which entries hold nothing.
const EMPTY: u32 = u32::MAX;
const REMOVED: u32 = u32::MAX - 1;

/// A hash of some bytes. Any change of one word changes it. The seed keeps texts from colliding everywhere alike; it is no
/// secret hash: two changes that cancel each other out half of the time can be made on purpose.
#[inline]
pub(crate) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut state = seed ^ bytes.len() as u64;
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        state = mix(state, u64::from_le_bytes(*word));
        rest = behind;
    }
    let mut last = 0;
    for byte in rest {
        last = (last << 8) | u64::from(*byte);
    }
    mix(state, last)
}

/// Such a hash of many bytes: four at once, for each step waits for the one before it.
#[inline(never)]
pub(crate) fn hash_many(seed: u64, bytes: &[u8]) -> u64 {
    let (blocks, rest) = bytes.as_chunks::<32>();
    let mut lanes = [0, 1, 2, 3].map(|lane| seed ^ lane);
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let state = lanes.into_iter().fold(bytes.len() as u64, mix);
    hash(state, rest)
}

/// The same of something that is always three words.
#[inline]
pub(crate) fn hash_words(seed: u64, words: [u64; 3]) -> u64 {
    words.into_iter().fold(seed, mix)
}

#[inline]
const fn mix(state: u64, word: u64) -> u64 {
    let state = (state.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state ^ (state >> 32)
}

/// A table of numbers, open and probed one by one; who asks says what a number stands for.
///
/// Half of a hash says where its number stands, and is kept beside it: the table grows without asking what its numbers
/// stand for, which lies anywhere in memory and would take many times as long.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Half of the hash, and the number.
    slots: Vec<(u32, u32)>,
    used: usize,
}

impl Index {
    /// The number whose text has this hash, as far as `is` confirms it.
    #[inline]
    pub(crate) fn find(&self, hash: u64, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let tag = tag(hash);
        for slot in self.probe(tag) {
            match self.slots.get(slot) {
                Some((_, EMPTY)) | None => return None,
                Some((known, number)) if *known == tag && *number != REMOVED && is(*number) => {
                    return Some(*number);
                }
                Some(_) => {}
            }
        }
        None
    }

    /// The number that probably has this hash, if one does. Asked of many hashes, one answer does not wait for the other.
    #[inline]
    pub(crate) fn guess(&self, hash: u64) -> Option<u32> {
        self.find(hash, |_| true)
    }

    /// Adds a number that is not in it.
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        self.put(tag(hash), number);
    }

    /// Makes room for as many again as are in it.
    #[inline(never)]
    fn grow(&mut self) {
        let mut there = std::mem::take(&mut self.slots);
        there.retain(|(_, number)| *number < REMOVED);
        let room = ((there.len() + 1) * 2).next_power_of_two().max(16);
        self.slots.resize(room, (0, EMPTY));
        self.used = 0;
        for (tag, number) in there {
            self.put(tag, number);
        }
    }

    fn put(&mut self, tag: u32, number: u32) {
        for slot in self.probe(tag) {
            if let Some(slot) = self.slots.get_mut(slot)
                && slot.1 == EMPTY
            {
                *slot = (tag, number);
                self.used += 1;
                return;
            }
        }
    }

    /// Takes a number out.
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        for slot in self.probe(tag(hash)) {
            match self.slots.get_mut(slot) {
                Some((_, known)) if *known == number => {
                    *known = REMOVED;
                    return;
                }
                Some((_, EMPTY)) | None => return,
                Some(_) => {}
            }
        }
    }

    fn probe(&self, tag: u32) -> impl Iterator<Item = usize> + use<> {
        let size = self.slots.len();
        // The size is a power of two, or nothing.
        let first = tag as usize;
        (0..size).map(move |step| (first.wrapping_add(step)) & (size - 1))
    }
}

/// The lower half, in which both are mixed.
#[allow(clippy::cast_possible_truncation)]
const fn tag(hash: u64) -> u32 {
    hash as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn the_seed_and_every_byte_count() {
        let text = b"{\"name\":\"eng_group\"}";
        assert_ne!(hash(1, text), hash(2, text));
        for at in 0..text.len() {
            let mut other = *text;
            other[at] ^= 1;
            assert_ne!(hash(1, text), hash(1, &other), "{at}");
        }
        assert_ne!(hash(1, b"a"), hash(1, b"a\0"));
        let long = [b'x'; 200];
        for at in 0..long.len() {
            let mut other = long;
            other[at] ^= 1;
            assert_ne!(hash_many(1, &long), hash_many(1, &other), "{at}");
        }
        let mut swapped: Vec<u8> = (0..200).collect();
        let straight = swapped.clone();
        swapped.swap(0, 8);
        assert_ne!(hash_many(1, &straight), hash_many(1, &swapped));
        assert_ne!(hash_many(1, &straight), hash_many(2, &straight));
    }

    proptest! {
        #[test]
        fn as_a_map_does(steps in proptest::collection::vec((0u32..40, any::<bool>()), 1..300)) {
            // Few hashes, so that they collide.
            let hash_of = |number: u32| u64::from(number % 5);
            let (mut index, mut map) = (Index::default(), HashMap::new());
            for (number, put) in steps {
                if put && map.insert(number, ()).is_none() {
                    index.insert(hash_of(number), number);
                } else if !put && map.remove(&number).is_some() {
                    index.remove(hash_of(number), number);
                }
                for number in 0..40 {
                    prop_assert_eq!(
                        index.find(hash_of(number), |other| other == number),
                        map.contains_key(&number).then_some(number)
                    );
                }
            }
        }
    }
}
