//! Objects read in one pass, where they have their usual shape: known fields in any order, texts
//! without escapes, lists of people. Anything else answers `None`, and a thorough reader decides.

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
}

/// An object of the usual shape, borrowed from the bytes it was read from.
#[derive(Clone, Copy, Debug)]
pub struct Usual<'a> {
    /// All of it.
    pub element: &'a str,
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
    let place_of =
        |names: &[&str], field: &[u8]| names.iter().position(|name| name.as_bytes() == field);
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
                at.people(list, shape)?;
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
    let element = std::str::from_utf8(bytes.get(..at.at)?).ok()?;
    let text =
        |(from, to): Span| element.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?);
    let is_name = |name: &str| is_plain(name) || (shape.is_name)(name);
    let [first, ..] = texts;
    text(first?).filter(|name| is_name(name))?;
    for (spans, is_list) in spans.lists.iter().zip(listed) {
        if is_list == Some(true) {
            for span in spans {
                text(*span).filter(|name| is_name(name))?;
            }
        }
    }
    let mut found = [""; 4];
    for (room, span) in found.iter_mut().zip(texts) {
        *room = text(span.unwrap_or_default())?;
    }
    Some(Usual {
        element,
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
    fn up_to_quote(&mut self) -> Option<Span> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
        let from = self.at;
        let mut rest = self.bytes.get(from..)?;
        while let Some((word, behind)) = rest.split_first_chunk::<8>() {
            let word = u64::from_le_bytes(*word);
            // Quotes, backslashes and control characters; the lowest mark is always a true one.
            let marks = zeros(word ^ (ONES * 0x22))
                | zeros(word ^ (ONES * 0x5c))
                | (word.wrapping_sub(ONES * 0x20) & !word & HIGH);
            if marks != 0 {
                break;
            }
            rest = behind;
        }
        let tail = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
        if rest.get(tail) != Some(&b'"') {
            return None;
        }
        let to = self.bytes.len() - rest.len() + tail;
        self.at = to + 1;
        Some((u32::try_from(from).ok()?, u32::try_from(to).ok()?))
    }

    /// A list of people.
    fn people(&mut self, list: &mut Vec<Span>, shape: &Shape) -> Option<()> {
        self.expect(b'[')?;
        let before = self.at;
        if self.next()? == b']' {
            return Some(());
        }
        self.at = before;
        loop {
            list.push(self.person(shape)?);
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A person of the usual kind: where the name stands.
    fn person(&mut self, shape: &Shape) -> Option<Span> {
        let usual = shape.person.as_bytes();
        if self.bytes.get(self.at..self.at + usual.len()) == Some(usual) {
            self.at += usual.len();
            let name = self.up_to_quote()?;
            self.expect(b'}')?;
            return Some(name);
        }
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
