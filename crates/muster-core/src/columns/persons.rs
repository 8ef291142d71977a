//! Everybody once, however many groups name them.

use std::collections::HashMap;

use group_bytes::Span;

use super::Membership;
use super::index::{Index, hash, hash_words};
use super::pool::Pool;

/// All that is asked of a person while groups are gathered and put down, side by side: to wait for one place in memory is
/// what this costs, more than a million times in a long list.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Entry {
    /// A name of up to 23 bytes and, as the last byte, its length; of a longer one, its address and length,
    /// and `LONG`. Three words of eight bytes, so that two are compared at once.
    name: [u8; 24],
    /// In how many memberships the person is.
    held: u32,
    /// In which of the groups that were gathered the person was last seen, and in which roles there, a bit for each.
    seen_in: u16,
    roles: u16,
}

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

/// Which bytes of three words are a name's, by its length. A table, for working it out takes longer than all else of a name.
// It is made by the compiler, which an index that is too high would stop.
#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)]
static KEPT: [[u64; 3]; 24] = {
    let mut table = [[0; 3]; 24];
    let mut length = 0;
    while length < 24 {
        let all = match length {
            0 => 0,
            1..=16 => u128::MAX >> (128 - 8 * length),
            _ => u128::MAX,
        };
        let last = match length {
            0..=16 => 0,
            _ => u64::MAX >> (64 - 8 * (length - 16)),
        };
        table[length] = [all as u64, (all >> 64) as u64, last];
        length += 1;
    }
    table
};

/// A short name that stands in a text as [`words`] makes it; nothing where it is long, or too little comes behind it to read
/// three words at once.
#[inline]
fn words_at(text: &[u8], (from, to): Span) -> Option<[u64; 3]> {
    let length = to.checked_sub(from)?;
    let kept = KEPT.get(length as usize)?;
    let (chunks, _) = text
        .get(from as usize..)?
        .first_chunk::<24>()?
        .as_chunks::<8>();
    let mut words = *kept;
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word &= u64::from_le_bytes(*chunk);
    }
    let [first, second, third] = words;
    Some([first, second, third | (u64::from(length) << 56)])
}

/// The people of a connection, by number.
#[derive(Debug)]
pub(crate) struct Persons {
    seed: u64,
    entries: Vec<Entry>,
    /// The group that is being gathered, counted from 1.
    gathering: u16,
    long: Pool<u8>,
    index: Index,
    /// What to call those whose key is not what they are called.
    labels: HashMap<u32, Box<str>>,
    /// Room for the names that are looked up together: who they probably are, and their words.
    asked: Vec<(u32, Option<[u64; 3]>)>,
}

impl Persons {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            entries: Vec::new(),
            gathering: 0,
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

    /// The number of the person with this key, which is UTF-8, new or known.
    #[inline]
    pub(crate) fn intern(&mut self, key: &[u8]) -> u32 {
        let wanted = words(key);
        let hash = hash_of(self.seed, wanted, key);
        if let Some(number) = self.look_up(hash, wanted, key) {
            return number;
        }
        let entry = Entry::new(wanted, key, &mut self.long);
        let number = self.len();
        self.entries.push(entry);
        self.index.insert(hash, number);
        number
    }

    /// Begins to gather a group: nobody has been seen in it.
    pub(crate) fn begin_group(&mut self) {
        self.gathering = self.gathering.wrapping_add(1);
        if self.gathering == 0 {
            // Of those before, one has the same number.
            self.entries.iter_mut().for_each(|entry| entry.seen_in = 0);
            self.gathering = 1;
        }
    }

    /// Puts a person into the group that is being gathered, if that role was not put there before; 1 if this is the person's
    /// first. There are at most 16 roles.
    #[inline]
    pub(crate) fn gather(&mut self, person: u32, role: u8, gathered: &mut Vec<Membership>) -> u32 {
        let group = self.gathering;
        let Some(entry) = self.entries.get_mut(person as usize) else {
            return 0;
        };
        let is_new = entry.seen_in != group;
        if is_new {
            (entry.seen_in, entry.roles) = (group, 0);
        }
        if entry.roles & (1 << role) == 0 {
            entry.roles |= 1 << role;
            gathered.push(Membership::new(person, role));
        }
        u32::from(is_new)
    }

    /// The same of several names at once, UTF-8, which stand there in some text, in their order: to wait for the memory once
    /// for all is faster than for each. Says of how many people these are the first.
    pub(crate) fn gather_each(
        &mut self,
        text: &[u8],
        names: &[Span],
        role: u8,
        gathered: &mut Vec<Membership>,
    ) -> u32 {
        /// Enough to wait for together; of a group of thousands no more is kept either.
        const TOGETHER: usize = 64;
        let mut asked = std::mem::take(&mut self.asked);
        let mut people = 0;
        for names in names.chunks(TOGETHER) {
            asked.clear();
            asked.extend(names.iter().map(|name| {
                let wanted = words_at(text, *name);
                let guess =
                    wanted.and_then(|wanted| self.index.guess(hash_words(self.seed, wanted)));
                (guess.unwrap_or(u32::MAX), wanted)
            }));
            // In this order, so that numbers are given in the order of the names.
            for ((guess, wanted), (from, to)) in asked.iter().zip(names) {
                let entry = self.entries.get(*guess as usize);
                let is_it = |wanted| entry.is_some_and(|entry| entry.is_called(wanted));
                let person = if wanted.is_some_and(is_it) {
                    *guess
                } else {
                    let Some(name) = text.get(*from as usize..*to as usize) else {
                        continue;
                    };
                    self.intern(name)
                };
                people += self.gather(person, role, gathered);
            }
        }
        self.asked = asked;
        people
    }

    #[inline]
    fn look_up(&self, hash: u64, wanted: Option<[u64; 3]>, key: &[u8]) -> Option<u32> {
        self.index.find(hash, |number| match wanted {
            Some(wanted) => self
                .entries
                .get(number as usize)
                .is_some_and(|entry| entry.is_called(wanted)),
            None => self
                .entries
                .get(number as usize)
                .is_some_and(|entry| entry.bytes(&self.long) == key),
        })
    }

    /// The number of a person with this key, if there ever was one.
    pub(crate) fn find(&self, key: &str) -> Option<u32> {
        let key = key.as_bytes();
        let wanted = words(key);
        self.look_up(hash_of(self.seed, wanted, key), wanted, key)
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
        if let Some(entry) = self.entries.get_mut(number as usize) {
            entry.held += 1;
        }
    }

    /// A membership ends.
    pub(crate) fn release(&mut self, number: u32) {
        if let Some(entry) = self.entries.get_mut(number as usize) {
            entry.held = entry.held.saturating_sub(1);
        }
    }

    /// Whether a person is in any group.
    pub(crate) fn is_somewhere(&self, number: u32) -> bool {
        self.entries
            .get(number as usize)
            .is_some_and(|entry| entry.held > 0)
    }

    /// How many bytes they take.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.long.bytes()
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
        let mut name = [0; 24];
        let all = words.iter().flat_map(|word| word.to_le_bytes());
        for (room, byte) in name.iter_mut().zip(all) {
            *room = byte;
        }
        Self {
            name,
            held: 0,
            seen_in: 0,
            roles: 0,
        }
    }

    #[inline]
    fn words(&self) -> [u64; 3] {
        let (chunks, _) = self.name.as_chunks::<8>();
        let mut words = [0; 3];
        for (word, chunk) in words.iter_mut().zip(chunks) {
            *word = u64::from_le_bytes(*chunk);
        }
        words
    }

    /// Whether these are the words of the name. To compare them as arrays is a call in a browser.
    #[inline]
    fn is_called(&self, wanted: [u64; 3]) -> bool {
        let [a, b, c] = self.words();
        let [x, y, z] = wanted;
        (a ^ x) | (b ^ y) | (c ^ z) == 0
    }

    #[inline]
    fn bytes<'a>(&'a self, long: &'a Pool<u8>) -> &'a [u8] {
        let [.., length] = self.name;
        if length != LONG {
            return self.name.get(..usize::from(length)).unwrap_or_default();
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

    /// Who of these is put into a group, which may have been begun before, and how many are new in it.
    fn gather(
        persons: &mut Persons,
        names: &[&str],
        role: u8,
        begins: bool,
    ) -> (Vec<Membership>, u32) {
        let mut text = String::new();
        let spans: Vec<Span> = names
            .iter()
            .map(|name| {
                let from = u32::try_from(text.len() + 1).unwrap();
                text.push_str(&format!("\"{name}\""));
                (from, from + u32::try_from(name.len()).unwrap())
            })
            .collect();
        if begins {
            persons.begin_group();
        }
        let mut gathered = Vec::new();
        let people = persons.gather_each(text.as_bytes(), &spans, role, &mut gathered);
        (gathered, people)
    }

    #[test]
    fn words_are_the_same_wherever_a_name_stands() {
        let text: Vec<u8> = (b'!'..=b'~').collect();
        for length in 0..30 {
            for from in 0..60 {
                let span = (from, from + length);
                let name = &text[from as usize..(from + length) as usize];
                assert_eq!(words_at(&text, span), words(name));
                // Where too little comes behind it, it is not read, or read as it is.
                for end in from + length..text.len() as u32 {
                    let read = words_at(&text[..end as usize], span);
                    assert!(read.is_none() || read == words(name));
                }
            }
        }
    }

    #[test]
    fn each_is_there_once_whatever_the_length() {
        let mut persons = Persons::new(7);
        let names: Vec<String> = (0..3000)
            .map(|n| format!("{}{n}", "é".repeat(n % 40)))
            .collect();
        let numbers: Vec<u32> = names
            .iter()
            .map(|name| persons.intern(name.as_bytes()))
            .collect();
        assert_eq!(persons.len(), 3000);
        let (known, new) = names.split_at(2000);
        let mut others = Persons::new(9);
        let mut again = |names: &mut dyn Iterator<Item = &String>| {
            let names: Vec<&str> = names.map(String::as_str).collect();
            let (gathered, people) = gather(&mut others, &names, 3, true);
            assert_eq!(people as usize, gathered.len());
            assert!(gathered.iter().all(|one| one.role() == 3));
            gathered.iter().map(|one| one.person()).collect::<Vec<_>>()
        };
        assert_eq!(again(&mut known.iter()), numbers[..2000]);
        // Known ones and new ones, and one that is named twice stands there once.
        assert_eq!(again(&mut names.iter().chain(new)), numbers);
        for (name, number) in names.iter().zip(numbers) {
            assert_eq!(persons.key(number), name);
            assert_eq!(persons.intern(name.as_bytes()), number);
            assert_eq!(persons.find(name), Some(number));
        }
        assert_eq!(persons.find("nobody"), None);
    }

    #[test]
    fn who_was_in_a_group_before_is_new_in_the_next_however_many_there_were() {
        let mut persons = Persons::new(7);
        let (first, people) = gather(&mut persons, &["ann", "bo", "ann"], 0, true);
        assert_eq!((first.len(), people), (2, 2));
        let (second, people) = gather(&mut persons, &["bo", "cy"], 1, false);
        assert_eq!(
            (second.len(), people),
            (2, 1),
            "Bo is in it in another role"
        );
        // Until a group has the number of the first, which named her.
        for _ in 0..u16::MAX {
            let (gathered, people) = gather(&mut persons, &["bo"], 0, true);
            assert_eq!((gathered.len(), people), (1, 1));
        }
        // And whom no group has named.
        for name in ["ann", "dan"] {
            let (gathered, people) = gather(&mut persons, &[name], 0, false);
            assert_eq!((gathered.len(), people), (1, 1), "{name}");
        }
    }

    #[test]
    fn a_label_is_kept_only_where_it_differs() {
        let mut persons = Persons::new(7);
        let one = persons.intern(b"17");
        assert!(persons.call(one, "ann@example.org"));
        assert!(!persons.call(one, "ann@example.org"));
        assert_eq!(persons.label(one), "ann@example.org");
        assert!(persons.call(one, "17"));
        assert_eq!(persons.label(one), "17");
    }
}
