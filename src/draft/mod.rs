//! What was typed or brought and not sent: kept for this tab, so that a reload, a crash of the tab, a refused token
//! or a failed send loses nothing, until it is sent or thrown away on purpose.
//!
//! Everything here belongs to a connection and goes, in every tab, when that is forgotten. No token is ever in it.

mod form;
mod import;
mod list;
mod review;

pub use form::{FormDraft, keep_people, keep_text};
pub use import::Brought;
pub use list::Draft;
pub use review::ReviewDraft;

use group_api::json_text;
use muster_core::paste::MailPart;
use serde_json::Value;

use crate::session::ConnectionId;
use crate::session::storage::{self, Area};

/// Before the connection, a slash and what is kept.
const PREFIX: &str = "muster.draft.";

/// Whether something is still there after a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is.
    ForThisTab,
    /// The browser has no room for it.
    Not,
}

/// Where one draft is kept.
#[derive(Clone, Debug)]
struct Slot(String);

impl Slot {
    /// The place of what is kept under this name for a connection.
    fn new(connection: &ConnectionId, name: &str) -> Self {
        Self(format!("{PREFIX}{connection}/{name}"))
    }

    fn read(&self) -> Option<Value> {
        serde_json::from_str(&storage::get(&self.0)?).ok()
    }

    fn keep(&self, draft: &Value) -> Kept {
        if storage::fits(Area::Tab, &self.0, &json_text(draft)) {
            Kept::ForThisTab
        } else {
            Kept::Not
        }
    }

    fn clear(&self) {
        storage::remove(Area::Tab, &self.0);
    }
}

/// Lets go of what was typed for connections other than these; what belongs to none stays.
pub fn sweep(known: &[ConnectionId]) {
    for key in storage::keys(Area::Tab) {
        let of = key
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('/'));
        let is_gone = of.is_some_and(|(id, _)| {
            !id.is_empty() && !known.iter().any(|known| known.to_string() == id)
        });
        if is_gone {
            storage::remove(Area::Tab, &key);
        }
    }
}

fn part_of(whole: bool) -> MailPart {
    if whole {
        MailPart::Whole
    } else {
        MailPart::BeforeAt
    }
}
