//! Everybody once, however many groups name them.

use std::collections::HashMap;

use super::index::{Index, hash, hash_words};
use super::pool::Pool;

/// A name of up to 23 bytes and, as the last byte, its length; of a longer one, its address and length,
/// and `LONG`. Three words of eight bytes, so that two are compared at once.
#[derive(Clone, Copy, Debug)]
struct Entry([u8; 24]);

const LONG: u8 = u8::MAX;

/// A short name as three words, the last byte its length.
#[inline]
fn words(name: &[u8]) -> Option<[u64; 3]> {
    if name.len() > 23 {
        return None;
    }
    let mut words = [0; 3];
    let mut rest = name;
    for word in &mut words {
        match rest.split_first_chunk::<8>() {
            Some((whole, behind)) => {
                *word = u64::from_le_bytes(*whole);
                rest = behind;
            }
            None => {
                for byte in rest.iter().rev() {
                    *word = (*word << 8) | u64::from(*byte);
                }
                rest = &[];
            }
        }
    }
    let [first, second, third] = words;
    Some([first, second, third | ((name.len() as u64) << 56)])
}

/// The people of a connection, by number.
#[derive(Debug)]
pub(crate) struct Persons {
    seed: u64,
    entries: Vec<Entry>,
    /// In how many memberships each is.
    held: Vec<u32>,
    long: Pool<u8>,
    index: Index,
    /// What to call those whose key is not what they are called.
    labels: HashMap<u32, Box<str>>,
    /// Room for the hashes and words of names that are looked up together.
    asked: Vec<(u64, Option<[u64; 3]>)>,
}

impl Persons {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            entries: Vec::new(),
            held: Vec::new(),
            long: Pool::default(),
            index: Index::default(),
            labels: HashMap::new(),
            asked: Vec::new(),
        }
    }

    /// How many were ever seen; their numbers are below it.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// The number of the person with this key, new or known.
    #[inline]
    pub(crate) fn intern(&mut self, key: &str) -> u32 {
        let wanted = words(key.as_bytes());
        let hash = hash_of(self.seed, wanted, key.as_bytes());
        if let Some(number) = self.look_up(hash, wanted, key) {
            return number;
        }
        let entry = Entry::new(wanted, key.as_bytes(), &mut self.long);
        let number = self.len();
        self.entries.push(entry);
        self.held.push(0);
        self.index.insert(hash, number);
        number
    }

    /// The same of several at once, in their order: to wait for the memory once for all is faster than for each.
    pub(crate) fn intern_each<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str> + Clone,
        numbers: &mut Vec<u32>,
    ) {
        /// Enough to wait for together; of a group of thousands no more is kept either.
        const TOGETHER: usize = 64;
        let mut asked = std::mem::take(&mut self.asked);
        let mut left = names;
        numbers.clear();
        loop {
            asked.clear();
            asked.extend(left.clone().take(TOGETHER).map(|name| {
                let wanted = words(name.as_bytes());
                (hash_of(self.seed, wanted, name.as_bytes()), wanted)
            }));
            if asked.is_empty() {
                break;
            }
            let before = numbers.len();
            numbers.extend(
                asked
                    .iter()
                    .map(|(hash, _)| self.index.guess(*hash).unwrap_or(u32::MAX)),
            );
            let guessed = numbers.iter_mut().skip(before);
            // In this order, so that no name is taken that is not asked for.
            for ((number, (_, wanted)), name) in guessed.zip(&asked).zip(left.by_ref()) {
                let entry = self.entries.get(*number as usize);
                let is_it = |wanted| entry.is_some_and(|entry| entry.words() == wanted);
                if !wanted.is_some_and(is_it) {
                    *number = self.intern(name);
                }
            }
        }
        self.asked = asked;
    }

    #[inline]
    fn look_up(&self, hash: u64, wanted: Option<[u64; 3]>, key: &str) -> Option<u32> {
        self.index.find(hash, |number| match wanted {
            Some(wanted) => self
                .entries
                .get(number as usize)
                .is_some_and(|entry| entry.words() == wanted),
            None => self.key(number) == key,
        })
    }

    /// The number of a person with this key, if there ever was one.
    pub(crate) fn find(&self, key: &str) -> Option<u32> {
        let wanted = words(key.as_bytes());
        self.look_up(hash_of(self.seed, wanted, key.as_bytes()), wanted, key)
    }

    /// The key of a person.
    pub(crate) fn key(&self, number: u32) -> &str {
        self.entries
            .get(number as usize)
            .and_then(|entry| std::str::from_utf8(entry.bytes(&self.long)).ok())
            .unwrap_or_default()
    }

    /// What to call a person.
    pub(crate) fn label(&self, number: u32) -> &str {
        self.labels
            .get(&number)
            .map_or_else(|| self.key(number), Box::as_ref)
    }

    /// Notes what a person is called; says whether that is news.
    pub(crate) fn call(&mut self, number: u32, label: &str) -> bool {
        if self.label(number) == label {
            return false;
        }
        if self.key(number) == label {
            self.labels.remove(&number);
        } else {
            self.labels.insert(number, label.into());
        }
        true
    }

    /// A membership begins.
    pub(crate) fn hold(&mut self, number: u32) {
        if let Some(held) = self.held.get_mut(number as usize) {
            *held += 1;
        }
    }

    /// A membership ends.
    pub(crate) fn release(&mut self, number: u32) {
        if let Some(held) = self.held.get_mut(number as usize) {
            *held = held.saturating_sub(1);
        }
    }

    /// Whether a person is in any group.
    pub(crate) fn is_somewhere(&self, number: u32) -> bool {
        self.held.get(number as usize).is_some_and(|held| *held > 0)
    }

    /// How many bytes they take.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.capacity() * (size_of::<Entry>() + 4) + self.long.bytes()
    }
}

/// The hash of a name, by its words where it is short.
#[inline]
fn hash_of(seed: u64, words: Option<[u64; 3]>, name: &[u8]) -> u64 {
    match words {
        Some(words) => hash_words(seed, words),
        None => hash(seed, name),
    }
}

impl Entry {
    fn new(words: Option<[u64; 3]>, name: &[u8], long: &mut Pool<u8>) -> Self {
        let words = words.unwrap_or_else(|| {
            let at = long.push(&[name]);
            [u64::from(at), name.len() as u64, u64::from(LONG) << 56]
        });
        let mut bytes = [0; 24];
        let all = words.iter().flat_map(|word| word.to_le_bytes());
        for (room, byte) in bytes.iter_mut().zip(all) {
            *room = byte;
        }
        Self(bytes)
    }

    #[inline]
    fn words(&self) -> [u64; 3] {
        let (chunks, _) = self.0.as_chunks::<8>();
        let mut words = [0; 3];
        for (word, chunk) in words.iter_mut().zip(chunks) {
            *word = u64::from_le_bytes(*chunk);
        }
        words
    }

    #[inline]
    fn bytes<'a>(&'a self, long: &'a Pool<u8>) -> &'a [u8] {
        let [.., length] = self.0;
        if length != LONG {
            return self.0.get(..usize::from(length)).unwrap_or_default();
        }
        let [at, length, _] = self.words();
        // Both were numbers of 32 bits.
        #[allow(clippy::cast_possible_truncation)]
        long.get(at as u32, length as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_there_once_whatever_the_length() {
        let mut persons = Persons::new(7);
        let names: Vec<String> = (0..3000)
            .map(|n| format!("{}{n}", "é".repeat(n % 40)))
            .collect();
        let numbers: Vec<u32> = names.iter().map(|name| persons.intern(name)).collect();
        assert_eq!(persons.len(), 3000);
        let mut again = Vec::new();
        let (known, new) = names.split_at(2000);
        let mut others = Persons::new(9);
        others.intern_each(known.iter().map(String::as_str), &mut again);
        assert_eq!(again, numbers[..2000]);
        // Known ones and new ones, and one that is new twice.
        let mixed = names.iter().chain(new).map(String::as_str);
        others.intern_each(mixed, &mut again);
        assert_eq!(again[..3000], numbers);
        assert_eq!(again[3000..], numbers[2000..]);
        for (name, number) in names.iter().zip(numbers) {
            assert_eq!(persons.key(number), name);
            assert_eq!(persons.intern(name), number);
            assert_eq!(persons.find(name), Some(number));
        }
        assert_eq!(persons.find("nobody"), None);
    }

    #[test]
    fn a_label_is_kept_only_where_it_differs() {
        let mut persons = Persons::new(7);
        let one = persons.intern("17");
        assert!(persons.call(one, "ann@example.org"));
        assert!(!persons.call(one, "ann@example.org"));
        assert_eq!(persons.label(one), "ann@example.org");
        assert!(persons.call(one, "17"));
        assert_eq!(persons.label(one), "17");
    }
}
