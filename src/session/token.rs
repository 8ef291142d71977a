//! A bearer token: checked before it is used, and shown nowhere.

use std::fmt;

/// A token that can stand in a header. Its text cannot be printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why a text cannot be a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// Nothing was given.
    Empty,
    /// It holds spaces, line ends or characters that no header carries.
    Unusable,
}

impl Token {
    /// Takes a token as pasted: white space around it and a leading `Bearer ` are dropped.
    ///
    /// # Errors
    /// [`TokenFault`]; the text itself is never part of it.
    pub fn new(text: &str) -> Result<Self, TokenFault> {
        let text = text.trim();
        let bare = match text.get(..7) {
            Some(word) if word.eq_ignore_ascii_case("bearer ") => {
                text.get(7..).unwrap_or_default().trim()
            }
            _ => text,
        };
        if bare.is_empty() || bare.eq_ignore_ascii_case("bearer") {
            Err(TokenFault::Empty)
        } else if bare.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(bare.to_owned()))
        } else {
            Err(TokenFault::Unusable)
        }
    }

    /// The value of the Authorization header.
    #[must_use]
    pub fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// The text: to be kept in the browser's storage, and to be left out of what is shown.
    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
