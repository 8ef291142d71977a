//! What was brought to be imported.

use muster_core::paste::MailPart;
use serde_json::Value;

use super::{Kept, Slot, part_of};
use crate::session::ConnectionId;

/// What was brought and not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// The file's name, or nothing where cells were pasted.
    pub file: Option<String>,
    /// How the file was read.
    pub encoding: String,
    /// The text.
    pub text: String,
    /// What was decided by hand, as `muster_changes::bring` writes it.
    pub choices: Value,
    /// Which column holds what, if that was said.
    pub layout: Value,
    /// Which part of an address is the name, if that was said.
    pub part: Option<MailPart>,
}

impl Brought {
    fn slot(connection: &ConnectionId) -> Slot {
        Slot::new(connection, "import")
    }

    /// Keeps it for this tab, if it is not too long for that; nothing brought is nothing to keep.
    #[must_use]
    pub fn keep(&self, connection: &ConnectionId) -> Kept {
        let slot = Self::slot(connection);
        if self.text.is_empty() {
            slot.clear();
            return Kept::ForThisTab;
        }
        let part = self.part.map(|part| part == MailPart::Whole);
        slot.keep(&Value::Array(vec![
            Value::from(self.file.as_deref()),
            Value::from(self.encoding.as_str()),
            Value::from(self.text.as_str()),
            self.choices.clone(),
            self.layout.clone(),
            Value::from(part),
        ]))
    }

    /// What is kept for this tab, if something is.
    #[must_use]
    pub fn kept(connection: &ConnectionId) -> Option<Self> {
        let json = Self::slot(connection).read()?;
        let [file, encoding, text, choices, layout, part] = json.as_array()?.as_slice() else {
            return None;
        };
        Some(Self {
            file: file.as_str().map(str::to_owned),
            encoding: encoding.as_str()?.to_owned(),
            text: text.as_str()?.to_owned(),
            choices: choices.clone(),
            layout: layout.clone(),
            part: part.as_bool().map(part_of),
        })
    }
}
