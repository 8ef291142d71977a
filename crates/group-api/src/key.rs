//! Keys of groups and people, as they stand in a request's path or body.

use std::borrow::Borrow;
use std::fmt;

/// What names a group on its system for good or until it is renamed: the internal name on
/// Instabase, the decimal id on snip (contracts: "is the unique key", "The key is `id`").
///
/// Never empty, never `.` or `..` (an address would swallow them), no control characters, at most
/// 400 bytes; what else it may hold is the system's affair.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKey(Box<str>);

/// What names a person on a system: the username on Instabase, the decimal user id on snip.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonKey(Box<str>);

/// Why a text cannot be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// Nothing, or white space alone.
    Empty,
    /// More than 400 bytes.
    TooLong,
    /// A control character, or `.` or `..`, which an address cannot carry.
    Unusable,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::TooLong => "it is longer than 400 bytes",
            Self::Unusable => "it holds characters that no key has",
        })
    }
}

fn checked(text: &str) -> Result<Box<str>, KeyFault> {
    if text.trim().is_empty() {
        return Err(KeyFault::Empty);
    }
    if text.len() > 400 {
        return Err(KeyFault::TooLong);
    }
    if text == "." || text == ".." || text.chars().any(char::is_control) {
        return Err(KeyFault::Unusable);
    }
    Ok(text.into())
}

/// Whether a text can be a key.
pub(crate) fn is_key(text: &str) -> bool {
    checked(text).is_ok()
}

impl GroupKey {
    /// Takes a key as the system or an address gave it.
    ///
    /// # Errors
    /// [`KeyFault`] where no request could carry it.
    pub fn new(text: &str) -> Result<Self, KeyFault> {
        checked(text).map(Self)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key percent-encoded as one segment of a path.
    #[must_use]
    pub fn segment(&self) -> String {
        encode(&self.0)
    }
}

/// A key is found among others by its text alone.
impl Borrow<str> for GroupKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PersonKey {
    /// Takes a person's key as the system or a user gave it.
    ///
    /// # Errors
    /// [`KeyFault`] where no request could carry it.
    pub fn new(text: &str) -> Result<Self, KeyFault> {
        checked(text).map(Self)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            other => {
                let digit = |n: u8| {
                    char::from_digit(u32::from(n), 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase()
                };
                out.push('%');
                out.push(digit(other >> 4));
                out.push(digit(other & 15));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_segment_whatever_it_holds() {
        assert_eq!(GroupKey::new("eng_group").unwrap().segment(), "eng_group");
        assert_eq!(
            GroupKey::new("a/b?c#d é").unwrap().segment(),
            "a%2Fb%3Fc%23d%20%C3%A9"
        );
    }

    #[test]
    fn what_an_address_would_swallow_is_no_key() {
        assert_eq!(GroupKey::new(".."), Err(KeyFault::Unusable));
        assert_eq!(GroupKey::new(" "), Err(KeyFault::Empty));
        assert_eq!(PersonKey::new("a\nb"), Err(KeyFault::Unusable));
        assert_eq!(PersonKey::new(&"x".repeat(401)), Err(KeyFault::TooLong));
    }
}
