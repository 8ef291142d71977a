//! What was decided in a review of changes.

use muster_changes::{Admins, Mode, Struck};
use serde_json::Value;

use super::Slot;
use crate::session::ConnectionId;

/// What was decided in a review of changes that was not applied.
#[derive(Clone, Debug)]
pub struct ReviewDraft {
    /// The fingerprint of what is wished.
    pub wish: u64,
    /// How it was to be understood.
    pub mode: Mode,
    /// What was struck.
    pub struck: Struck,
    /// The ticket, as typed.
    pub ticket: String,
}

impl ReviewDraft {
    fn slot(connection: &ConnectionId) -> Slot {
        Slot::new(connection, "review")
    }

    /// Keeps it for this tab, in the place of an earlier one.
    pub fn keep(&self, connection: &ConnectionId) {
        let json = Value::Array(vec![
            // A number of JSON is not as long.
            self.wish.to_string().into(),
            match self.mode {
                Mode::AddMissing => 0,
                Mode::ExactlySo(Admins::Stay) => 1,
                Mode::ExactlySo(Admins::Go) => 2,
            }
            .into(),
            self.struck.to_json(),
            self.ticket.as_str().into(),
        ]);
        // Where there is no room for it, it lasts as long as the page.
        let _ = Self::slot(connection).keep(&json);
    }

    /// What was decided of this wish, if it was kept.
    #[must_use]
    pub fn kept(connection: &ConnectionId, wish: u64) -> Option<Self> {
        let json = Self::slot(connection).read()?;
        let [of, mode, struck, ticket] = json.as_array()?.as_slice() else {
            return None;
        };
        if of.as_str()? != wish.to_string() {
            return None;
        }
        Some(Self {
            wish,
            mode: match mode.as_u64()? {
                0 => Mode::AddMissing,
                1 => Mode::ExactlySo(Admins::Stay),
                _ => Mode::ExactlySo(Admins::Go),
            },
            struck: Struck::from_json(struck)?,
            ticket: ticket.as_str()?.to_owned(),
        })
    }

    /// Forgets it: it was applied.
    pub fn forget(connection: &ConnectionId) {
        Self::slot(connection).clear();
    }
}
