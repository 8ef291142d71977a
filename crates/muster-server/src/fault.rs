//! Why a call was not carried out, before either contract has put it into its own form.

use serde_json::{Map, Value};

/// What kind of refusal it is. Each contract maps these to its own statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No token, or one that is not known.
    BadToken,
    /// The person is known and may not do this.
    NotPermitted,
    /// There is no such thing, or the person may not know of it.
    NotFound,
    /// The name is taken.
    Conflict,
    /// The request itself is wrong.
    Bad,
    /// Some people of a membership call could not be changed; the rest were.
    Partial,
    /// The body is over the limit.
    TooLarge,
    /// The request did not arrive, or was not answered, in time.
    TimedOut,
    /// Too many tokens that are not known came from this address.
    TooMany,
    /// The path is right, the method is not.
    WrongMethod,
    /// The database is busy with somebody else's work.
    Busy,
    /// Something of ours is broken. The cause goes to standard error, not to the caller.
    Internal,
}

/// A refusal: its kind, words for a person, and details where the contract has room for them.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What kind of refusal it is.
    pub kind: Kind,
    /// One sentence for a person.
    pub words: String,
    /// Structured details; for [`Kind::Partial`] the words by username.
    pub details: Option<Map<String, Value>>,
}

impl Fault {
    /// A refusal without details.
    pub fn new(kind: Kind, words: impl Into<String>) -> Self {
        Self {
            kind,
            words: words.into(),
            details: None,
        }
    }

    /// The request is wrong.
    pub fn bad(words: impl Into<String>) -> Self {
        Self::new(Kind::Bad, words)
    }

    /// A fault of our own. The cause is written to standard error and never sent.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        eprintln!("muster-server: internal fault: {cause}");
        Self::new(
            Kind::Internal,
            "The server could not do this: an internal fault.",
        )
    }

    /// Adds one entry to the details.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details
            .get_or_insert_with(Map::new)
            .insert(key.to_owned(), value.into());
        self
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => {
                Self::new(Kind::Busy, "The database is busy. Try again in a moment.")
            }
            Some(DatabaseCorrupt | NotADatabase) => Self::internal(&format_args!(
                "the database is damaged ({error}): stop the server and restore it from a backup"
            )),
            _ => Self::internal(&error),
        }
    }
}

impl From<rusqlite::types::FromSqlError> for Fault {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Self::internal(&error)
    }
}
