//! The one error type: what went wrong between an intention and its proof.

use std::fmt;

use crate::key::PersonKey;

/// Why something was not done, or cannot be said to be done. Its `Display` is one sentence or two
/// that a person can act on, with the server's words behind them. What looks like a token is left
/// out of those words, and the token itself where it is known: [`crate::Exchange::hide`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// No reply at all: the server is down, the name is wrong, or the browser was not let through.
    NoConnection,
    /// Silence for so many seconds.
    TimedOut {
        /// How long nothing came.
        seconds: u32,
    },
    /// Given up here, by the user or because the page was left.
    Cancelled,
    /// There is nothing newer than what was named ([`crate::Exchange::unless`]): no failure, and
    /// nothing was brought.
    Unchanged,
    /// The server does not take the token (401), with its words if it gave any.
    NotSignedIn(Option<String>),
    /// The token is known and may not do this (403), with the server's words.
    NotPermitted(Option<String>),
    /// The thing is gone or not ours to see (404), with the server's words.
    NotFound(Option<String>),
    /// Something of that name is there already, or it was changed meanwhile (409).
    Conflict(Option<String>),
    /// The server said no in its own words. On Instabase this is any failure at all.
    Refused(Refusal),
    /// Too many requests (429).
    RateLimited {
        /// After how many seconds to try again, if the server said.
        retry_after: Option<u32>,
    },
    /// The server or something before it failed (5xx).
    ServerFault {
        /// The status.
        status: u16,
        /// Its words, if it gave any as JSON.
        words: Option<String>,
    },
    /// A reply came that the contract does not allow.
    NotUnderstood(Misread),
    /// This system has no call for it; the reason in words.
    Unsupported(&'static str),
    /// Held back here: this connection only looks.
    LookOnly,
    /// A write was sent, its answer never came or said nothing useful, and a read could not prove it.
    Unconfirmed {
        /// What came instead of the answer or, where the server said that it was done, instead of
        /// the read after it; `None` where both came.
        cause: Option<Box<ApiError>>,
        /// What the read after it showed.
        read: ReadBack,
    },
}

/// What a read after an unanswered write showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadBack {
    /// It could be read, and the change is not there.
    NotShown,
    /// It could not be read either, or there was nothing to read it by.
    Impossible,
}

/// A server's refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The server's own words, cut at 600 characters; empty where it gave none.
    pub words: String,
    /// What it said of single people.
    pub people: Vec<PersonNote>,
}

/// What a server said of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonNote {
    /// The key under which it stood; the contract's own sample shows that it may not be the person.
    pub person: PersonKey,
    /// The words.
    pub words: String,
}

/// A reply that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// What should have come, in words: "a list of groups".
    pub expected: &'static str,
    /// Where in the body, in words: "group 17 of the list, line 1, column 24", or "the whole reply".
    pub at: String,
    /// The beginning of what came, bounded and without anything that could be a secret; empty where
    /// nothing came or nothing of it would help.
    pub excerpt: String,
}

/// What a list that broke off lacks: the one misreading that a second try may mend.
pub(crate) const REST_OF_LIST: &str = "the rest of the list";

impl ApiError {
    /// What happened as half a sentence, for a sentence about what came of it.
    fn in_brief(&self) -> String {
        match self {
            Self::NoConnection => "the server could not be reached".to_owned(),
            Self::TimedOut { seconds } => format!("the server said nothing for {}", span(*seconds)),
            Self::Cancelled => "it was cancelled".to_owned(),
            Self::Unchanged => "nothing has changed".to_owned(),
            Self::NotSignedIn(_) => "the server does not accept the token".to_owned(),
            Self::NotPermitted(_) => "the server does not permit it".to_owned(),
            Self::NotFound(_) => "the server does not find it".to_owned(),
            Self::Conflict(_) => "it was changed meanwhile".to_owned(),
            Self::Refused(_) => "the server refused it".to_owned(),
            Self::RateLimited { .. } => "the server asks for a pause".to_owned(),
            Self::ServerFault { status, .. } => format!("the server failed (HTTP {status})"),
            Self::NotUnderstood(_) => "its answer was not understood".to_owned(),
            Self::Unsupported(_) | Self::LookOnly | Self::Unconfirmed { .. } => {
                "there was no clear answer".to_owned()
            }
        }
    }

    /// Whether a write that ended like this may have happened all the same.
    #[must_use]
    pub const fn leaves_doubt(&self) -> bool {
        matches!(
            self,
            Self::NoConnection
                | Self::TimedOut { .. }
                | Self::Cancelled
                | Self::ServerFault { .. }
                | Self::NotUnderstood(_)
                | Self::Unconfirmed { .. }
        )
    }

    /// Whether the connection's token is what has to be mended.
    #[must_use]
    pub const fn wants_token(&self) -> bool {
        matches!(self, Self::NotSignedIn(_))
    }

    /// The server's own words in it, if any.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::NotSignedIn(words)
            | Self::NotPermitted(words)
            | Self::NotFound(words)
            | Self::Conflict(words) => words.as_deref(),
            Self::ServerFault { words, .. } => words.as_deref(),
            Self::Refused(refusal) if !refusal.words.is_empty() => Some(&refusal.words),
            Self::Unconfirmed {
                cause: Some(cause), ..
            } => cause.words(),
            _ => None,
        }
    }
}

/// A span of time as people say it.
fn span(seconds: u32) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds.div_ceil(60), "minute"),
        7200.. => (seconds.div_ceil(3600), "hour"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Appends the server's words, quoted, behind a sentence of ours.
fn quoted(f: &mut fmt::Formatter<'_>, sentence: &str, words: Option<&str>) -> fmt::Result {
    f.write_str(sentence)?;
    match words {
        Some(words) if !words.is_empty() => write!(f, " The server says: “{words}”"),
        _ => Ok(()),
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoConnection => f.write_str(
                "The server could not be reached. Check that you are online and that its address is right, then try again.",
            ),
            Self::TimedOut { seconds } => {
                write!(f, "The server said nothing for {}. It may be busy or out of reach; try again.", span(*seconds))
            }
            Self::Cancelled => f.write_str("This was cancelled."),
            Self::Unchanged => f.write_str("Nothing has changed."),
            Self::NotSignedIn(words) => quoted(
                f,
                "The server does not accept this token. It may have expired: connect again with a new one.",
                words.as_deref(),
            ),
            Self::NotPermitted(words) => {
                quoted(f, "Your account may not do this. Ask somebody who has the right to.", words.as_deref())
            }
            Self::NotFound(words) => {
                quoted(f, "This is gone, or it is not yours to see. Go back to the list and look again.", words.as_deref())
            }
            Self::Conflict(words) => quoted(
                f,
                "Something of that name exists already, or it was changed meanwhile. Look at it again before you go on.",
                words.as_deref(),
            ),
            Self::Refused(refusal) if refusal.words.is_empty() => {
                f.write_str("The server refused this and gave no reason. Check your rights, or connect again.")
            }
            Self::Refused(refusal) => write!(f, "The server refused this. It says: “{}”", refusal.words),
            Self::RateLimited { retry_after: Some(seconds @ 1..) } => {
                write!(f, "The server asks for a pause. Try again in {}.", span(*seconds))
            }
            Self::RateLimited { retry_after: Some(0) | None } => {
                f.write_str("The server asks for a pause. Wait a little, then try again.")
            }
            Self::ServerFault { status, words } => quoted(
                f,
                &format!("The server failed (HTTP {status}). Try again; if it goes on, tell whoever runs it."),
                words.as_deref(),
            ),
            Self::NotUnderstood(misread) => misread.fmt(f),
            Self::Unsupported(reason) => f.write_str(reason),
            Self::LookOnly => f.write_str(
                "This connection is set to “Look only”, so nothing was sent. Connect again without it to make changes.",
            ),
            Self::Unconfirmed { cause, read } => {
                let sentence = match (read, cause.as_deref().map(Self::in_brief)) {
                    (ReadBack::NotShown, Some(cause)) => {
                        format!("Not done: {cause}, and a look at the server afterwards does not show the change. Try again.")
                    }
                    (ReadBack::NotShown, None) => {
                        "The server said that this was done, but a look at it afterwards does not show it. Look again before you repeat it.".to_owned()
                    }
                    (ReadBack::Impossible, Some(cause)) => {
                        format!("It is not known whether this was done: {cause}. Look again before you repeat it.")
                    }
                    (ReadBack::Impossible, None) => {
                        "It is not known whether this was done. Look again before you repeat it.".to_owned()
                    }
                };
                quoted(f, &sentence, self.words())
            }
        }
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = if self.expected == REST_OF_LIST {
            "Try again."
        } else {
            "Check that the address and the system are right."
        };
        write!(
            f,
            "The reply was not understood: expected {} ({}). {advice}",
            self.expected, self.at
        )?;
        if self.excerpt.is_empty() {
            return Ok(());
        }
        write!(f, " It begins: “{}”", self.excerpt)
    }
}

impl std::error::Error for ApiError {}

/// A server's words on one line: cut at 600 characters, without characters that would disturb the
/// line they stand in (control characters and those that change the direction of what follows), and
/// without what looks like a token, for a server may echo what it was sent.
pub(crate) fn clean_words(words: &str) -> String {
    // More than is kept, so that a token that the bound would cut is seen whole.
    let (line, _) = redacted(words.chars().take(4000), looks_secret);
    bounded(line.trim(), 600)
}

/// The beginning of a body for an error's text: at most 120 characters on one line, with every run
/// of 20 or more characters that could be a token left out, for a server may echo what it was sent.
#[must_use]
pub fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..2000).unwrap_or(body));
    let could_be_secret =
        |run: &str, after_bearer: bool| run.len() >= 20 || looks_secret(run, after_bearer);
    let (line, last_run) = redacted(text.chars(), could_be_secret);
    // A run that the bound cuts may be the beginning of a token.
    let sure = if body.len() > 2000 {
        last_run
    } else {
        line.len()
    };
    let mut out = String::new();
    for c in line.get(..sure).unwrap_or_default().trim().chars() {
        if !(c == ' ' && out.ends_with(' ')) {
            out.push(c);
        }
    }
    bounded(&out, 120)
}

fn bounded(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The text on one line, with the runs that could be tokens left out, and where its last run begins.
fn redacted(
    text: impl Iterator<Item = char>,
    is_secret: impl Fn(&str, bool) -> bool,
) -> (String, usize) {
    let mut out = String::new();
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        let before = out.trim_end();
        let after_bearer = before.len() < out.len()
            && before
                .get(before.len().saturating_sub(6)..)
                .is_some_and(|word| word.eq_ignore_ascii_case("bearer"));
        out.push_str(if is_secret(run, after_bearer) {
            "[…]"
        } else {
            run
        });
        run.clear();
    };
    for c in text {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '/' | '=') {
            run.push(c);
        } else if c.is_whitespace() {
            flush(&mut run, &mut out);
            out.push(' ');
        } else if harmless(c) {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    let last_run = out.len();
    flush(&mut run, &mut out);
    (out, last_run)
}

/// Whether a run of the characters that tokens are made of is more likely one than a word or a
/// name: what is random changes between letters, digits and capitals at every other character.
fn looks_secret(run: &str, after_bearer: bool) -> bool {
    let word = run.trim_end_matches('.');
    if after_bearer && word.len() >= 8 && !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return true;
    }
    let bytes = run.as_bytes();
    // A number in hexadecimal, with or without the hyphens of a UUID.
    let mut numbers = run.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
    if numbers.any(|number| number.len() >= 32) {
        return true;
    }
    let changes = bytes
        .iter()
        .zip(bytes.iter().skip(1))
        .filter(|(a, b)| {
            a.is_ascii_lowercase() && b.is_ascii_uppercase()
                || a.is_ascii_alphabetic() && b.is_ascii_digit()
                || a.is_ascii_digit() && b.is_ascii_alphabetic()
        })
        .count();
    bytes.len() >= 20 && changes * 4 >= bytes.len()
}

fn harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_excerpt_is_short_and_keeps_no_token() {
        assert_eq!(
            excerpt(b"<html>\n  <body>Bad   gateway"),
            "<html> <body>Bad gateway"
        );
        assert_eq!(
            excerpt(b"{\"msg\":\"bad token eyJhbGciOiJIUzI1NiJ9.abc\"}"),
            "{\"msg\":\"bad token […]\"}"
        );
        let cut = format!("{} {}", "a b ".repeat(28), "secret-secret-secret-secret");
        assert!(!excerpt(cut.as_bytes()).contains("secret"));
    }

    #[test]
    fn words_are_bounded_and_keep_their_direction() {
        assert_eq!(clean_words("no\u{202e}pe\n"), "nope");
        assert_eq!(clean_words("one\ntwo\u{2028}three"), "one two three");
        let long = clean_words(&"x".repeat(601));
        assert_eq!(long.chars().count(), 601);
        assert!(long.ends_with('…'));
        assert!(!clean_words(&"x".repeat(600)).ends_with('…'));
    }

    #[test]
    fn every_error_says_what_to_do() {
        let refused = ApiError::Refused(Refusal {
            words: "Group (x) not found".to_owned(),
            people: vec![],
        });
        assert_eq!(
            refused.to_string(),
            "The server refused this. It says: “Group (x) not found”"
        );
        let unknown = ApiError::Unconfirmed {
            cause: Some(Box::new(ApiError::NoConnection)),
            read: ReadBack::Impossible,
        };
        assert!(
            unknown
                .to_string()
                .starts_with("It is not known whether this was done: the server")
        );
        assert!(
            ApiError::RateLimited {
                retry_after: Some(7)
            }
            .to_string()
            .contains("7 seconds")
        );
    }

    proptest! {
        #[test]
        fn an_excerpt_is_bounded(body in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(excerpt(&body).chars().count() <= 240);
        }
    }
}
