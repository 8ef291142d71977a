//! Objects read in one pass, where they have their usual shape: known fields in any order, texts
//! without escapes, lists of people. Anything else answers `None`, and a thorough reader decides.

use crate::word::{HIGH, ONES, is_same_word};

/// What an object usually looks like, by the words of its system.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its texts; all but the first may be null or absent.
    pub texts: [&'static str; 4],
    /// Its lists of people; each may be null or absent.
    pub lists: [&'static str; 2],
    /// How a person stands in them up to the name: `{"type":"user","name":"`.
    pub person: &'static str,
    /// The field that tells what a person is, and what it has to hold.
    pub kind: (&'static str, &'static str),
    /// The field of a person's name.
    pub name: &'static str,
    /// Whether a name can be used; asked of those that are not short and plain.
    pub is_name: fn(&str) -> bool,
}

/// Where a text stands in an element: its first byte and the one behind its last.
pub type Span = (u32, u32);

/// Room for the places of people's names, used again for each object.
#[derive(Debug, Default)]
pub struct Spans {
    /// A list for each of the shape's.
    pub lists: [Vec<Span>; 2],
    /// The names that are not short and plain.
    odd: Vec<Span>,
}

/// An object of the usual shape, borrowed from the bytes it was read from.
#[derive(Clone, Copy, Debug)]
pub struct Usual<'a> {
    /// All of it. Each text and each name in it is UTF-8.
    pub element: &'a [u8],
    /// Its texts; empty where they are null or absent.
    pub texts: [&'a str; 4],
    /// Which lists are there.
    pub listed: [bool; 2],
}

/// Reads the object at the beginning of these bytes; where its people's names stand goes to `spans`.
/// The first text and the names can be used as names.
// Inlined into what calls it, it would be made small as that is.
#[inline(never)]
pub fn usual<'a>(bytes: &'a [u8], shape: &Shape, spans: &mut Spans) -> Option<Usual<'a>> {
    let mut at = Cursor { bytes, at: 0 };
    let mut texts: [Option<Span>; 4] = [None; 4];
    let mut listed: [Option<bool>; 2] = [None; 2];
    let place_of = |names: &[&str], field: &[u8]| {
        names
            .iter()
            .position(|name| is_same(field, name.as_bytes()))
    };
    spans.odd.clear();
    at.expect(b'{')?;
    loop {
        let key = at.text()?;
        at.expect(b':')?;
        let field = at.slice(key)?;
        // A field that comes twice is for the thorough reader.
        if let Some(place) = place_of(&shape.texts, field) {
            let read = if place > 0 && at.null() {
                (0, 0)
            } else {
                at.text()?
            };
            if texts.get_mut(place)?.replace(read).is_some() {
                return None;
            }
        } else {
            let place = place_of(&shape.lists, field)?;
            let list = spans.lists.get_mut(place)?;
            list.clear();
            let is_list = !at.null();
            if is_list {
                at.people(list, &mut spans.odd, shape)?;
            }
            if listed.get_mut(place)?.replace(is_list).is_some() {
                return None;
            }
        }
        match at.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    // The texts are made sure of at once, with what stands between them. Outside of texts nothing was gone past that is not
    // ASCII, and of names all but the plain ones are odd.
    let there = || texts.iter().flatten().filter(|(_, to)| *to > 0);
    let begin = there().map(|(from, _)| *from).min()?;
    let end = there().map(|(_, to)| *to).max()?;
    let all = std::str::from_utf8(at.slice((begin, end))?).ok()?;
    let text = |(from, to): Span| {
        let place = |at: u32| usize::try_from(at.checked_sub(begin)?).ok();
        all.get(place(from)?..place(to)?)
    };
    let is_name = |name: &str| is_plain(name) || (shape.is_name)(name);
    let [first, ..] = texts;
    text(first?).filter(|name| is_name(name))?;
    for span in &spans.odd {
        let name = std::str::from_utf8(at.slice(*span)?).ok()?;
        Some(name).filter(|name| is_name(name))?;
    }
    let mut found = [""; 4];
    for (room, span) in found.iter_mut().zip(texts) {
        if let Some(span) = span.filter(|(_, to)| *to > 0) {
            *room = text(span)?;
        }
    }
    Some(Usual {
        element: bytes.get(..at.at)?,
        texts: found,
        listed: listed.map(|list| list == Some(true)),
    })
}

/// Whether a name is short and plain, as nearly all are.
fn is_plain(name: &str) -> bool {
    (1..=400).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_graphic())
        && name != "."
        && name != ".."
}

/// Marks quotes, backslashes and control characters, at their highest bits; above a true mark there may be false ones.
#[inline]
const fn marks(word: u64) -> u64 {
    // What is subtracted from a byte that is smaller goes through to the highest bit.
    let quotes = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
    let backslashes = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    let controls = word.wrapping_sub(ONES * 0x20);
    (quotes | backslashes | controls) & !word & HIGH
}

/// Marks all that is not plain in the same way: what [`marks`] does, spaces, and what is no ASCII that is seen.
#[inline]
const fn odd_marks(word: u64) -> u64 {
    let quotes = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
    let backslashes = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    let blanks = word.wrapping_sub(ONES * 0x21);
    // The last of ASCII, which is not seen, becomes the first behind it.
    let beyond = word | word.wrapping_add(ONES);
    (quotes | backslashes | blanks | beyond) & HIGH
}

/// Whether two texts are the same, without a call.
#[inline]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && begins_with(a, b)
}

/// Whether some bytes begin with others.
#[inline]
fn begins_with(bytes: &[u8], with: &[u8]) -> bool {
    let Some(bytes) = bytes.get(..with.len()) else {
        return false;
    };
    let same = |(a, b)| is_same_word(a, b);
    match bytes.last_chunk().zip(with.last_chunk()) {
        // The last eight say what is left behind the whole ones, and some of them again.
        Some(last) => {
            let ((words, _), (wanted, _)) = (bytes.as_chunks::<8>(), with.as_chunks::<8>());
            words.iter().zip(wanted).all(same) && same(last)
        }
        None => bytes.iter().zip(with).all(|(a, b)| a == b),
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    /// Goes past `null`, if that is what comes.
    fn null(&mut self) -> bool {
        let before = self.at;
        if self.next() == Some(b'n')
            && self.bytes.get(self.at..self.at + 3) == Some(b"ull".as_slice())
        {
            self.at += 3;
            return true;
        }
        self.at = before;
        false
    }

    fn slice(&self, (from, to): Span) -> Option<&'a [u8]> {
        self.bytes
            .get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)
    }

    /// A text in quotes, without escapes.
    fn text(&mut self) -> Option<Span> {
        self.expect(b'"')?;
        self.up_to_quote()
    }

    /// The text up to the closing quote, eight bytes at a time.
    #[inline(never)]
    fn up_to_quote(&mut self) -> Option<Span> {
        let from = self.at;
        let mut rest = self.bytes.get(from..)?;
        while let Some((word, behind)) = rest.split_first_chunk::<8>() {
            // The lowest mark is always a true one.
            let marks = marks(u64::from_le_bytes(*word));
            if marks != 0 {
                let at = self.bytes.len() - rest.len() + (marks.trailing_zeros() >> 3) as usize;
                return self.close(from, at);
            }
            rest = behind;
        }
        let tail = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
        self.close(from, self.bytes.len() - rest.len() + tail)
    }

    /// Ends a text where a byte stands that texts do not hold as it is, if that is a quote.
    #[inline]
    fn close(&mut self, from: usize, to: usize) -> Option<Span> {
        if self.bytes.get(to) != Some(&b'"') {
            return None;
        }
        self.at = to + 1;
        Some((u32::try_from(from).ok()?, u32::try_from(to).ok()?))
    }

    /// A name up to the closing quote: where it stands, and whether it is short and plain beyond doubt. Most are done with after
    /// two words of eight bytes, looked at once.
    #[inline]
    fn name(&mut self) -> Option<(Span, bool)> {
        let from = self.at;
        for step in 0..3 {
            let start = from + 8 * step;
            let Some(word) = self.bytes.get(start..).and_then(<[u8]>::first_chunk::<8>) else {
                break;
            };
            let marks = odd_marks(u64::from_le_bytes(*word));
            if marks == 0 {
                continue;
            }
            let to = start + (marks.trailing_zeros() >> 3) as usize;
            if self.bytes.get(to) != Some(&b'"') {
                break;
            }
            // A dot or two are no name.
            return Some((self.close(from, to)?, to - from > 2));
        }
        Some((self.up_to_quote()?, false))
    }

    /// A list of people.
    fn people(&mut self, list: &mut Vec<Span>, odd: &mut Vec<Span>, shape: &Shape) -> Option<()> {
        self.expect(b'[')?;
        let before = self.at;
        if self.next()? == b']' {
            return Some(());
        }
        self.at = before;
        loop {
            let (name, is_plain) = self.person(shape)?;
            list.push(name);
            if !is_plain {
                odd.push(name);
            }
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A person of the usual kind: where the name stands, and whether it is plain beyond doubt.
    #[inline]
    fn person(&mut self, shape: &Shape) -> Option<(Span, bool)> {
        let usual = shape.person.as_bytes();
        if begins_with(self.bytes.get(self.at..)?, usual) {
            self.at += usual.len();
            let name = self.name()?;
            self.expect(b'}')?;
            return Some(name);
        }
        self.spaced_person(shape).map(|name| (name, false))
    }

    /// The same, however it is spaced and in whatever order its fields stand.
    #[cold]
    #[inline(never)]
    fn spaced_person(&mut self, shape: &Shape) -> Option<Span> {
        let (mut kind, mut name) = (None, None);
        self.expect(b'{')?;
        loop {
            let key = self.text()?;
            self.expect(b':')?;
            let field = self.slice(key)?;
            let place = if field == shape.kind.0.as_bytes() {
                &mut kind
            } else if field == shape.name.as_bytes() {
                &mut name
            } else {
                return None;
            };
            if place.replace(self.text()?).is_some() {
                return None;
            }
            match self.next()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        if self.slice(kind?)? != shape.kind.1.as_bytes() {
            return None;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const SHAPE: Shape = Shape {
        texts: ["name", "full_name", "description", "photo"],
        lists: ["admins", "members"],
        person: r#"{"type":"user","name":""#,
        kind: ("type", "user"),
        name: "name",
        is_name: |name| !name.is_empty() && name != "." && name != ".." && !name.contains('\t'),
    };

    /// Its texts and the names of its people, as the reader finds them.
    type Read = ([String; 4], [Vec<String>; 2]);

    fn read(bytes: &[u8]) -> Option<Read> {
        let mut spans = Spans::default();
        let found = usual(bytes, &SHAPE, &mut spans)?;
        let names = |place: usize| {
            let list = if found.listed[place] {
                spans.lists[place].as_slice()
            } else {
                &[]
            };
            let name = |(from, to): &Span| {
                let name = &found.element[*from as usize..*to as usize];
                String::from_utf8(name.to_vec()).unwrap()
            };
            list.iter().map(name).collect()
        };
        Some((found.texts.map(str::to_owned), [names(0), names(1)]))
    }

    /// The same, read by the thorough way.
    fn thorough(text: &str) -> Read {
        let value: Value = serde_json::from_str(text).unwrap();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let names = |list: &str| {
            let people = value[list].as_array().into_iter().flatten();
            people
                .map(|one| one["name"].as_str().unwrap().to_owned())
                .collect()
        };
        (SHAPE.texts.map(text), ["admins", "members"].map(names))
    }

    #[test]
    fn names_of_every_length_and_what_stands_behind_them() {
        for length in 0..40 {
            for last in ["a", " ", "é", "\u{7f}", "."] {
                let name = format!("{}{last}", "x".repeat(length));
                let text =
                    json!({"name": "g", "admins": [{"type": "user", "name": name}], "members": []})
                        .to_string();
                // Fields of an object are sorted: the person does not stand as usual, and is read all the same.
                assert_eq!(
                    read(text.as_bytes()),
                    Some(thorough(&text)).filter(|_| (SHAPE.is_name)(&name)),
                    "{text}"
                );
                let text = format!(
                    r#"{{"name":"g","admins":[{{"type":"user","name":"{name}"}}],"members":[]}}"#
                );
                assert_eq!(
                    read(text.as_bytes()),
                    Some(thorough(&text)).filter(|_| (SHAPE.is_name)(&name)),
                    "{text}"
                );
                for cut in 0..text.len() {
                    assert_eq!(read(&text.as_bytes()[..cut]), None, "{text} cut at {cut}");
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_for_the_thorough_reader() {
        // Texts before, between and behind the lists, a person who does not stand as usual, and a long name.
        let text = br#"{"name":"??","admins":[{"type":"user","name":"ann????????????????????"},{"name":"????","type":"user"}],
            "full_name":"???","members":[{"type":"user","name":"?????????????????????????????????"},{"type":"user","name":"?"}],
            "description":"?????????","photo":"??"}"#;
        let (texts, people) = read(text).unwrap();
        assert_eq!((texts.len(), people.map(|list| list.len())), (4, [2, 2]));
        for (at, _) in text.iter().enumerate().filter(|(_, byte)| **byte == b'?') {
            for byte in [0xff, 0xc3, 0x80] {
                let mut other = text.to_vec();
                other[at] = byte;
                assert_eq!(read(&other), None, "{byte:x} at {at}");
            }
        }
    }

    #[test]
    fn bytes_begin_with_others_where_none_differs() {
        let bytes: Vec<u8> = (0..40).collect();
        for length in 0..=40 {
            let mut with = bytes[..length].to_vec();
            assert!(begins_with(&bytes, &with) && is_same(&bytes[..length], &with));
            assert!(!is_same(&bytes, &with) || length == 40);
            for at in 0..length {
                with[at] ^= 1;
                assert!(!begins_with(&bytes, &with), "{at} of {length}");
                with[at] ^= 1;
            }
            with.push(99);
            assert!(!begins_with(&bytes, &with));
        }
    }

    #[test]
    fn every_byte_is_marked_as_it_is_whatever_stands_behind_it() {
        let stops = |byte: u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let is_odd = |byte: u8| stops(byte) || !byte.is_ascii_graphic();
        for (byte, behind) in (0..=u8::MAX).flat_map(|a| (0..=u8::MAX).map(move |b| (a, b))) {
            for at in 0..7 {
                let mut word = [b'a'; 8];
                [word[at], word[at + 1]] = [byte, behind];
                let first = |marks: u64| (marks.trailing_zeros() >> 3) as usize;
                let expected = |is: &dyn Fn(u8) -> bool| {
                    let place = word.iter().position(|byte| is(*byte));
                    place.unwrap_or(8)
                };
                let marked = u64::from_le_bytes(word);
                let found = (first(marks(marked)), first(odd_marks(marked)));
                assert_eq!(found, (expected(&stops), expected(&is_odd)), "{word:x?}");
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_for_the_thorough_reader() {
        for name in [r"a\u0062", r"a\\b", "a\tb", "a\u{1}b", "", ".", ".."] {
            for name in [name.to_owned(), format!("{name}{name}{name}")] {
                if name == "......" || name == "..." {
                    continue;
                }
                let text =
                    format!(r#"{{"name":"g","admins":[{{"type":"user","name":"{name}"}}]}}"#);
                assert_eq!(read(text.as_bytes()), None, "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn as_the_thorough_reader_does(
            names in proptest::collection::vec("[a-z .é\u{7f}@_-]{1,30}", 0..6),
            texts in proptest::array::uniform3("[ -!#-\\[\\]-~éß]{0,20}"),
            spaced in any::<bool>(),
        ) {
            let space = if spaced { " " } else { "" };
            let people = |names: &[String]| {
                let one = |name: &String| format!(r#"{{"type":{space}"user","name":"{name}"}}"#);
                names.iter().map(one).collect::<Vec<_>>().join(",")
            };
            let (admins, members) = names.split_at(names.len() / 2);
            let [full, about, photo] = texts;
            let text = format!(
                r#"{{"name":"group","full_name":"{full}","description":"{about}","photo":"{photo}","admins":[{}],"members":[{}]}}"#,
                people(admins), people(members),
            );
            let all_names = names.iter().all(|name| (SHAPE.is_name)(name));
            prop_assert_eq!(read(text.as_bytes()), all_names.then(|| thorough(&text)));
        }
    }
}
