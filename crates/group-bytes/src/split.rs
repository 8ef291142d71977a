//! Finding the elements of one JSON array in bytes that arrive in pieces.
//!
//! Only brackets, braces, strings and escapes are looked at, so one bad element spoils itself and
//! not its neighbours, and however the pieces are cut the elements are the same. What stands
//! around the array (an envelope with `status` and `msg`, before it or behind it) is kept aside.

/// Where the array stands in the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayAt {
    /// The reply is the array.
    Root,
    /// It is the value of this key of the object that the reply is.
    Field(&'static str),
}

/// What the splitter found.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// One whole element, as bytes.
    Element(&'a [u8]),
    /// One element was longer than the bound; its bytes were dropped.
    TooLong,
}

/// Takes what is found.
pub trait Found {
    /// Is asked where an element begins: if all of it is in these bytes and it was taken as it
    /// stands there, how long it is. The splitter goes on behind it.
    fn whole(&mut self, _rest: &[u8]) -> Option<usize> {
        None
    }
    /// An element that was not taken whole.
    fn found(&mut self, event: Event<'_>);
}

impl<F: FnMut(Event<'_>)> Found for F {
    fn found(&mut self, event: Event<'_>) {
        self(event);
    }
}

/// The longest element that is kept, in bytes: a group of some 300 000 people.
const LONGEST_ELEMENT: usize = 16 << 20;
/// How much around the array is kept, in bytes.
const LONGEST_ENVELOPE: usize = 64 << 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before or behind the array.
    Around,
    /// In the array, between elements.
    Between,
    /// In an element that is an object, an array or a string.
    InNested,
    /// In an element that is a number or a word.
    InBare,
}

/// The machine: its state is constant but for the element that a cut runs through.
#[derive(Debug)]
pub struct Splitter {
    at: ArrayAt,
    place: Place,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// Of the envelope: whether the last key of depth 1 is the one looked for.
    key: KeyState,
    key_text: Vec<u8>,
    seen_array: bool,
    carry: Vec<u8>,
    too_long: bool,
    envelope: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyState {
    /// A key may begin here.
    Expected,
    /// In a key's text.
    Inside,
    /// Behind a key, before its value.
    Matched(bool),
    /// In a value, or outside of depth 1.
    No,
}

impl Splitter {
    /// A splitter for an array that stands there.
    #[must_use]
    pub fn new(at: ArrayAt) -> Self {
        Self {
            at,
            place: Place::Around,
            depth: 0,
            in_string: false,
            escaped: false,
            key: KeyState::No,
            key_text: Vec::new(),
            seen_array: false,
            carry: Vec::new(),
            too_long: false,
            envelope: Vec::new(),
        }
    }

    /// Takes the next piece and tells `found` of each element that ends in it.
    #[inline(never)]
    pub fn feed(&mut self, piece: &[u8], found: &mut dyn Found) {
        let mut start = 0;
        let mut next = 0;
        while let Some(&byte) = piece.get(next) {
            let i = next;
            next += 1;
            match self.place {
                Place::Around => self.around(byte),
                Place::Between => match byte {
                    b' ' | b'\t' | b'\r' | b'\n' | b',' => {}
                    b']' => {
                        self.place = Place::Around;
                        self.keep(b']');
                    }
                    _ => {
                        let rest = piece.get(i..).unwrap_or_default();
                        if let Some(length) = found.whole(rest) {
                            next = i + length.max(1);
                            continue;
                        }
                        start = i;
                        self.depth = 0;
                        self.in_string = false;
                        self.escaped = false;
                        self.place = if matches!(byte, b'{' | b'[' | b'"') {
                            Place::InNested
                        } else {
                            Place::InBare
                        };
                        if self.place == Place::InNested {
                            // It begins with this byte.
                            next = i;
                        }
                    }
                },
                Place::InNested => {
                    let Some(length) = self.nested(piece.get(i..).unwrap_or_default()) else {
                        break;
                    };
                    next = i + length;
                    self.emit(piece.get(start..next).unwrap_or_default(), found);
                    self.place = Place::Between;
                }
                Place::InBare => {
                    if matches!(byte, b',' | b']') {
                        self.emit(piece.get(start..i).unwrap_or_default(), found);
                        self.place = Place::Between;
                        if byte == b']' {
                            self.place = Place::Around;
                            self.keep(b']');
                        }
                    }
                }
            }
        }
        if matches!(self.place, Place::InNested | Place::InBare) {
            self.hold(piece.get(start..).unwrap_or_default());
        }
    }

    /// Whether the array was there and ended, and what stood around it is closed too.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.seen_array && self.place == Place::Around && self.envelope_depth() == 0
    }

    /// Whether the array was found at all.
    #[must_use]
    pub const fn found_array(&self) -> bool {
        self.seen_array
    }

    /// What stood around the array, which is left in it as `[]`; cut at 64 KiB.
    #[must_use]
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }

    fn envelope_depth(&self) -> u32 {
        // In the array the machine's depth is that of the element, and the envelope is open.
        if self.place == Place::Around {
            self.depth
        } else {
            1
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.envelope.len() < LONGEST_ENVELOPE {
            self.envelope.push(byte);
        }
        if byte == b']' && self.place == Place::Around {
            // The array has just ended: back at the depth where it stood.
            self.in_string = false;
            self.escaped = false;
            self.depth = u32::from(self.at != ArrayAt::Root);
            self.key = KeyState::No;
        }
    }

    fn around(&mut self, byte: u8) {
        if self.in_string {
            self.push_around(byte);
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.in_string = false;
                if self.key == KeyState::Inside {
                    let wanted = match self.at {
                        ArrayAt::Field(name) => name.as_bytes() == self.key_text.as_slice(),
                        ArrayAt::Root => false,
                    };
                    self.key = KeyState::Matched(wanted);
                }
                return;
            }
            if self.key == KeyState::Inside && self.key_text.len() < 64 {
                self.key_text.push(byte);
            }
            return;
        }
        let opens_array = byte == b'['
            && !self.seen_array
            && match self.at {
                // Behind anything else it is no list, but a page that has a bracket in it.
                ArrayAt::Root => self.envelope.trim_ascii().is_empty(),
                ArrayAt::Field(_) => self.depth == 1 && self.key == KeyState::Matched(true),
            };
        self.push_around(byte);
        if opens_array {
            self.seen_array = true;
            self.place = Place::Between;
            return;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                self.escaped = false;
                if self.depth == 1 && self.key == KeyState::Expected {
                    self.key = KeyState::Inside;
                    self.key_text.clear();
                } else {
                    self.key = KeyState::No;
                }
            }
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                self.key = if byte == b'{' && self.depth == 1 {
                    KeyState::Expected
                } else {
                    KeyState::No
                };
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.key = KeyState::No;
            }
            b',' => {
                self.key = if self.depth == 1 {
                    KeyState::Expected
                } else {
                    KeyState::No
                }
            }
            b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => self.key = KeyState::No,
        }
    }

    fn push_around(&mut self, byte: u8) {
        if self.envelope.len() < LONGEST_ENVELOPE {
            self.envelope.push(byte);
        }
    }

    /// Goes on in a nested element: how many bytes of these are still of it, if it ends in them.
    fn nested(&mut self, bytes: &[u8]) -> Option<usize> {
        // What is asked of each byte stays out of memory.
        let (mut depth, mut in_string, mut escaped) = (self.depth, self.in_string, self.escaped);
        let end = bytes.iter().position(|byte| {
            if in_string {
                if escaped {
                    escaped = false;
                } else if *byte == b'\\' {
                    escaped = true;
                } else if *byte == b'"' {
                    in_string = false;
                    return depth == 0;
                }
                return false;
            }
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => depth = depth.saturating_add(1),
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    return depth == 0;
                }
                _ => {}
            }
            false
        });
        (self.depth, self.in_string, self.escaped) = (depth, in_string, escaped);
        end.map(|at| at + 1)
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.too_long || self.carry.len() + bytes.len() > LONGEST_ELEMENT {
            self.too_long = true;
            self.carry = Vec::new();
        } else {
            self.carry.extend_from_slice(bytes);
        }
    }

    fn emit(&mut self, tail: &[u8], found: &mut dyn Found) {
        if self.too_long || self.carry.len() + tail.len() > LONGEST_ELEMENT {
            found.found(Event::TooLong);
        } else if self.carry.is_empty() {
            found.found(Event::Element(tail));
        } else {
            self.carry.extend_from_slice(tail);
            // It was cut: only now can it be taken whole.
            if found.whole(&self.carry).is_none() {
                found.found(Event::Element(&self.carry));
            }
        }
        self.too_long = false;
        self.carry.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(at: ArrayAt, pieces: &[&[u8]]) -> (Vec<String>, String, bool) {
        let mut splitter = Splitter::new(at);
        let mut out = Vec::new();
        for piece in pieces {
            splitter.feed(piece, &mut |event: Event<'_>| match event {
                Event::Element(bytes) => out.push(String::from_utf8_lossy(bytes).into_owned()),
                Event::TooLong => out.push("too long".to_owned()),
            });
        }
        (
            out,
            String::from_utf8_lossy(splitter.envelope()).into_owned(),
            splitter.is_whole(),
        )
    }

    #[test]
    fn elements_of_a_bare_array() {
        let (elements, envelope, whole) = split(
            ArrayAt::Root,
            &[br#" [ {"a":[1,{"b":"]}\""}]} , 7,"x\\" ,null] "#],
        );
        assert_eq!(
            elements,
            [r#"{"a":[1,{"b":"]}\""}]}"#, "7", r#""x\\""#, "null"]
        );
        assert_eq!(envelope.trim(), "[]");
        assert!(whole);
    }

    #[test]
    fn elements_under_a_key_whatever_stands_around() {
        let body = br#"{"groups2":[1],"x":{"groups":[2]},"y":"groups", "groups" : [{"n":1},{"n":2}],"status":"OK"}"#;
        let (elements, envelope, whole) = split(ArrayAt::Field("groups"), &[body]);
        assert_eq!(elements, [r#"{"n":1}"#, r#"{"n":2}"#]);
        assert!(
            envelope.ends_with(r#""groups" : [],"status":"OK"}"#),
            "{envelope}"
        );
        assert!(whole);
    }

    #[test]
    fn a_body_that_breaks_off_is_not_whole() {
        for body in [
            &br#"{"status":"OK","groups":[{"n":1},{"n""#[..],
            br#"{"groups":[{"n":1}]"#,
            b"",
            b"{}",
            br#"{"groups":null}"#,
        ] {
            assert!(
                !split(ArrayAt::Field("groups"), &[body]).2,
                "{}",
                String::from_utf8_lossy(body)
            );
        }
    }

    #[test]
    fn an_element_too_long_is_dropped_and_the_next_is_found() {
        let long = format!("[\"{}\",1]", "x".repeat(LONGEST_ELEMENT));
        assert_eq!(
            split(ArrayAt::Root, &[long.as_bytes()]).0,
            ["too long", "1"]
        );
        let (a, b) = long.as_bytes().split_at(9);
        assert_eq!(split(ArrayAt::Root, &[a, b]).0, ["too long", "1"]);
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(body in r#"[\[\]{},:"\\ a1groups]{0,80}"#, cuts in proptest::collection::vec(0usize..80, 0..5)) {
            for at in [ArrayAt::Root, ArrayAt::Field("groups")] {
                let bytes = body.as_bytes();
                let mut sorted: Vec<usize> = cuts.iter().map(|c| (*c).min(bytes.len())).collect();
                sorted.sort_unstable();
                let mut pieces = Vec::new();
                let mut from = 0;
                for cut in sorted { pieces.push(&bytes[from..cut]); from = cut; }
                pieces.push(&bytes[from..]);
                prop_assert_eq!(split(at, &pieces), split(at, &[bytes]));
            }
        }

        #[test]
        fn elements_are_those_serde_finds(values in proptest::collection::vec(r#"[ -~]{0,12}"#, 0..8)) {
            let json: Vec<serde_json::Value> = values.iter().map(|v| serde_json::json!({"name": v, "l": [v, 1]})).collect();
            let body = serde_json::json!({"status": "OK", "groups": json}).to_string();
            let (elements, _, whole) = split(ArrayAt::Field("groups"), &[body.as_bytes()]);
            prop_assert!(whole);
            let back: Vec<serde_json::Value> = elements.iter().map(|e| serde_json::from_str(e).unwrap()).collect();
            prop_assert_eq!(back, json);
        }
    }
}
