//! People that were to be added to a group.

use group_api::{GroupKey, PersonKey};
use muster_core::paste::{FirstLine, MailPart};
use serde_json::Value;

use super::{Slot, part_of};
use crate::session::ConnectionId;

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

    /// Keeps it for this tab, so that a reload does not lose it; an empty one is nothing to keep.
    pub fn keep(&self, connection: &ConnectionId, group: &GroupKey) {
        let slot = slot(connection, group);
        if self.is_empty() {
            return slot.clear();
        }
        let part = self.part.map(|part| part == MailPart::Whole);
        let mut json = vec![
            Value::from(self.typed.as_str()),
            Value::from(self.pasted.as_str()),
            Value::from(self.first == FirstLine::People),
            Value::from(part),
            Value::from(self.role),
        ];
        json.extend(self.chosen.iter().map(|person| person.as_str().into()));
        // Where there is no room for it, it lasts as long as the page.
        let _ = slot.keep(&Value::Array(json));
    }

    /// The one kept for this tab, or an empty one.
    #[must_use]
    pub fn kept(connection: &ConnectionId, group: &GroupKey) -> Self {
        slot(connection, group)
            .read()
            .and_then(|json| read(&json))
            .unwrap_or_default()
    }
}

fn slot(connection: &ConnectionId, group: &GroupKey) -> Slot {
    Slot::new(connection, &format!("add/{group}"))
}

fn read(json: &Value) -> Option<Draft> {
    let [typed, pasted, people, part, role, chosen @ ..] = json.as_array()?.as_slice() else {
        return None;
    };
    Some(Draft {
        chosen: chosen
            .iter()
            .filter_map(|person| PersonKey::new(person.as_str()?).ok())
            .collect(),
        typed: typed.as_str()?.to_owned(),
        pasted: pasted.as_str()?.to_owned(),
        first: if people.as_bool()? {
            FirstLine::People
        } else {
            FirstLine::Judge
        },
        part: part.as_bool().map(part_of),
        role: role.as_u64().and_then(|place| usize::try_from(place).ok()),
    })
}
