//! What was typed and not sent when its window was closed.

use group_api::PersonKey;
use muster_core::paste::{FirstLine, MailPart};

/// A list of people that were to be added to a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The people chosen one by one.
    pub chosen: Vec<PersonKey>,
    /// What was typed and not yet chosen.
    pub typed: String,
    /// The pasted list, as it stood.
    pub pasted: String,
    /// Whether its first line may be a heading.
    pub first: FirstLine,
    /// Which part of an address is the name, if that was said.
    pub part: Option<MailPart>,
    /// The place of the role among those of the system; `None` for the usual one.
    pub role: Option<usize>,
}

impl Draft {
    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty() && self.typed.trim().is_empty() && self.pasted.trim().is_empty()
    }
}
