//! What one piece of a pasted list says: a name, an address, a name with its address.

use group_api::{KeyFault, PersonKey};

use super::cells::is_blank;

/// Which part of an e-mail address is the name of the person on the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailPart {
    /// All of it.
    Whole,
    /// What stands before the `@`.
    BeforeAt,
}

/// What a piece offers as the name of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// A name, or something that is to be one.
    Name(String),
    /// An e-mail address, and where its `@` stands.
    Mail {
        /// The address.
        address: String,
        /// The place of its last `@`, in bytes.
        at: usize,
    },
}

impl Offer {
    /// The person it names.
    ///
    /// # Errors
    /// Why nobody can be called that.
    pub fn person(&self, part: MailPart) -> Result<PersonKey, KeyFault> {
        PersonKey::new(match self {
            Self::Name(name) => name,
            Self::Mail { address, at } if part == MailPart::BeforeAt => {
                address.get(..*at).unwrap_or_default()
            }
            Self::Mail { address, .. } => address,
        })
    }

    /// Whether it is an address.
    #[must_use]
    pub const fn is_mail(&self) -> bool {
        matches!(self, Self::Mail { .. })
    }
}

/// What stands around a name and is no part of it.
const QUOTES: [(char, char); 6] = [
    ('"', '"'),
    ('\'', '\''),
    ('“', '”'),
    ('„', '“'),
    ('‘', '’'),
    ('«', '»'),
];

/// Takes away blanks and quotes around a text.
pub(super) fn bare(text: &str) -> &str {
    let mut text = text.trim_matches(is_blank);
    while let Some(inside) = QUOTES.iter().find_map(|(open, close)| {
        let inside = text.strip_prefix(*open)?.strip_suffix(*close)?;
        Some(inside.trim_matches(is_blank))
    }) {
        text = inside;
    }
    // One without the other is left over from a text that was cut.
    text.trim_matches(|c| c == '"' || is_blank(c))
}

/// Takes away whatever stands around a name, marks of a list included, until nothing more does.
fn core(mut text: &str) -> &str {
    loop {
        let inside = bare(unmarked(bare(text)));
        if inside.len() == text.len() {
            return text;
        }
        text = inside;
    }
}

/// Takes away the mark of a line in a list: `-`, `*`, `•`, `3.`, `3)`.
fn unmarked(text: &str) -> &str {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let behind = if digits.len() < text.len() {
        digits.strip_prefix(['.', ')'])
    } else {
        text.strip_prefix(['-', '*', '•', '·', '–'])
    };
    match behind {
        Some(behind) if behind.starts_with(is_blank) => behind.trim_start_matches(is_blank),
        _ => text,
    }
}

/// Reads a piece: what it offers, and what the person is called beside it. `None` if nothing stands
/// there.
pub(super) fn read(piece: &str) -> Option<(Offer, Option<String>)> {
    let text = unmarked(piece.trim_matches(|c| c == '"' || is_blank(c)));
    let (label, name) = match text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    {
        Some((label, name)) => (bare(label), core(name)),
        None => {
            let text = core(text);
            if text.is_empty() {
                return None;
            }
            // `Ann Lee ann@x.org` and `Ann Lee (ann@x.org)`.
            match text.rsplit_once(is_blank) {
                Some((label, last)) => {
                    let address = core(last.trim_matches(['(', ')', '[', ']']));
                    match at_of(address) {
                        Some(_) => (bare(label), address),
                        None => ("", text),
                    }
                }
                None => ("", text),
            }
        }
    };
    // In both, for whatever is offered is written with its quotes doubled.
    let name = unlinked(name).replace("\"\"", "\"");
    let label = Some(label).filter(|label| !label.is_empty());
    let offer = match at_of(&name) {
        Some(at) => Offer::Mail { address: name, at },
        None => Offer::Name(name),
    };
    Some((offer, label.map(|label| label.replace("\"\"", "\""))))
}

/// The address in a link to write to it.
fn unlinked(mut name: &str) -> &str {
    while let Some((scheme, address)) = name.split_once(':')
        && scheme.eq_ignore_ascii_case("mailto")
    {
        name = core(address.split('?').next().unwrap_or_default());
    }
    name
}

/// Where the `@` of an address stands, if it is one.
fn at_of(text: &str) -> Option<usize> {
    let at = text.rfind('@')?;
    let is_one = at > 0
        && at + 1 < text.len()
        && !text.contains(|c: char| is_blank(c) || c.is_control() || c == '<' || c == '>');
    is_one.then_some(at)
}

/// A piece that says this again: as it would be typed, and in quotes and brackets as far as need be.
/// `is_said` tells whether a text says it.
pub(super) fn write(
    offer: &Offer,
    label: Option<&str>,
    is_said: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let name = match offer {
        Offer::Name(name) => name,
        Offer::Mail { address, .. } => address,
    };
    let bracketed = |label: &str| format!("{label} <{name}>").trim_start().to_owned();
    let plain = match label {
        Some(label) => bracketed(label),
        None => name.clone(),
    };
    let in_quotes = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let bracketed = bracketed("");
    // Rather without the label than without the person.
    let ways = [
        in_quotes(&plain),
        in_quotes(&bracketed),
        bracketed,
        name.clone(),
        in_quotes(name),
    ];
    std::iter::once(plain).chain(ways).find(|way| is_said(way))
}

/// Whether each word of a piece is an address, so that blanks separate them.
pub(super) fn is_addresses(piece: &str) -> bool {
    let mut words = piece.split(is_blank).filter(|word| !word.is_empty());
    words.next().is_some_and(|word| at_of(word).is_some())
        && words.next().is_some_and(|word| at_of(word).is_some())
        && words.all(|word| at_of(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(piece: &str) -> (String, Option<String>) {
        let (offer, label) = read(piece).unwrap();
        let person = offer.person(MailPart::BeforeAt).unwrap();
        (person.to_string(), label)
    }

    #[test]
    fn names_addresses_and_both() {
        let some = |text: &str| Some(text.to_owned());
        for (piece, person, label) in [
            ("ann", "ann", None),
            (" 'ann lee' ", "ann lee", None),
            ("o'brien", "o'brien", None),
            ("ann@x.org", "ann", None),
            ("mailto:ann@x.org?subject=a", "ann", None),
            ("\"Doe, Ann\" <ann@x.org>", "ann", some("Doe, Ann")),
            ("“Ann” < MAILTO:ann@x.org >", "ann", some("Ann")),
            ("Ann Lee <ann.lee>", "ann.lee", some("Ann Lee")),
            ("<ann@x.org>", "ann", None),
            ("Ann Lee (ann@x.org)", "ann", some("Ann Lee")),
            ("- ann", "ann", None),
            ("12. ann", "ann", None),
            ("12.ann", "12.ann", None),
            ("-ann", "-ann", None),
            ("@ann", "@ann", None),
            ("\"ann", "ann", None),
            ("\"b\"\"o\"", "b\"o", None),
            ("ann@home@x.org", "ann@home", None),
            ("Ann @ work", "Ann @ work", None),
        ] {
            assert_eq!(said(piece), (person.to_owned(), label), "{piece}");
        }
    }

    #[test]
    fn what_says_nothing_is_nothing_and_what_names_nobody_says_why() {
        for piece in ["", " ", "\"\"", "\u{200b}", "\" \""] {
            assert_eq!(read(piece), None, "{piece:?}");
        }
        let fault = |piece: &str| read(piece).unwrap().0.person(MailPart::BeforeAt);
        assert_eq!(fault("Ann <>"), Err(KeyFault::Empty));
        assert_eq!(fault(".."), Err(KeyFault::Unusable));
        assert_eq!(fault(".@x.org"), Err(KeyFault::Unusable));
        assert_eq!(fault("a\u{7}b"), Err(KeyFault::Unusable));
        assert_eq!(fault(&"a".repeat(401)), Err(KeyFault::TooLong));
    }

    #[test]
    fn blanks_separate_addresses_and_nothing_else() {
        assert!(is_addresses("a@x.org  b@x.org"));
        assert!(!is_addresses("a@x.org"));
        assert!(!is_addresses("Ann a@x.org"));
        assert!(!is_addresses("ann lee"));
    }
}
