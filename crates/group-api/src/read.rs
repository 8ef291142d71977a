//! What the replies of every system have in common: statuses, words, the shape of JSON.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{ApiError, Misread, PersonNote, Refusal, clean_words, excerpt};
use crate::exchange::Reply;
use crate::http::json_text;
use crate::key::PersonKey;

/// Turns a status that is not a success into an error, with the words its JSON body gives.
pub(crate) fn check_status(reply: &Reply) -> Result<(), ApiError> {
    let status = reply.head.status;
    let words = words_of(&reply.body);
    Err(match status {
        200..=299 => return Ok(()),
        401 => ApiError::NotSignedIn(words),
        403 => ApiError::NotPermitted(words),
        404 | 410 => ApiError::NotFound(words),
        409 | 412 => ApiError::Conflict(words),
        429 => ApiError::RateLimited {
            retry_after: reply
                .head
                .retry_after
                .as_deref()
                .and_then(|text| text.trim().parse().ok()),
        },
        400 | 402 | 405..=499 => {
            let words = words.unwrap_or_else(|| format!("HTTP {status}"));
            ApiError::Refused(Refusal {
                words,
                people: people_of(&reply.body),
            })
        }
        500.. => ApiError::ServerFault { status, words },
        _ => ApiError::NotUnderstood(Misread {
            expected: "an answer at this address",
            at: format!("HTTP {status}, which sends elsewhere"),
            excerpt: excerpt(&reply.body),
        }),
    })
}

/// The words of an error's body, where it is JSON that has some: Instabase's `msg`, snip's
/// `message`. Its `details` is "any": a text is added, anything else is left out.
pub(crate) fn words_of(body: &[u8]) -> Option<String> {
    let answer = object(body)?;
    let text = |name| answer.get(name).and_then(Value::as_str).map(clean_words);
    let main = text("msg").or(text("message")).filter(|w| !w.is_empty())?;
    Some(
        match text("details").filter(|d| !d.is_empty() && *d != main) {
            Some(details) => format!("{main} ({details})"),
            None => main,
        },
    )
}

/// An object of JSON, whatever is in it: for what is looked at, and not relied on.
fn object(body: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// What an error's body says of single people: Instabase's `error_details`, in the order of their
/// keys. What is no object is left out; in it a value that is no text is shown as JSON.
pub(crate) fn people_of(body: &[u8]) -> Vec<PersonNote> {
    let answer = object(body).unwrap_or_default();
    // Only looked at: to take something out of a map is three kilobytes of balancing trees.
    let Some(Value::Object(details)) = answer.get("error_details") else {
        return Vec::new();
    };
    let note = |(key, value): (&String, &Value)| {
        let words = value
            .as_str()
            .map_or_else(|| json_text(value), str::to_owned);
        Some(PersonNote {
            person: PersonKey::new(key).ok()?,
            words: clean_words(&words),
        })
    };
    details.iter().filter_map(note).collect()
}

/// Decodes a body that has to be there.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8], expected: &'static str) -> Result<T, Misread> {
    serde_json::from_slice(body).map_err(|error| misread(&error, body, expected))
}

/// Says where JSON stopped making sense.
pub(crate) fn misread(error: &serde_json::Error, body: &[u8], expected: &'static str) -> Misread {
    let at = match error.line() {
        _ if body.trim_ascii().is_empty() => "the reply was empty".to_owned(),
        0 => "the whole reply".to_owned(),
        line => format!("line {line}, column {}", error.column()),
    };
    Misread {
        expected,
        at,
        excerpt: excerpt(body),
    }
}

/// An optional text: absent, null and empty are the same.
pub(crate) fn filled(text: Option<String>) -> Option<String> {
    text.filter(|t| !t.is_empty())
}
