//! What was typed or brought and not sent when its window was closed.

use group_api::{GroupKey, PersonKey};
use muster_changes::{Admins, Mode, Struck};
use muster_core::paste::{FirstLine, MailPart};
use serde_json::Value;

use crate::session::ConnectionId;
use crate::session::storage::{self, Area};

/// Before the connection and the group: a list that was not sent.
const LIST: &str = "muster.list.";

/// Before the connection: what was brought to be imported.
const IMPORT: &str = "muster.import.";

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

/// Whether something is still there after a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is.
    ForThisTab,
    /// The browser has no room for it.
    Not,
}

impl Brought {
    /// Keeps it for this tab, if it is not too long for that; nothing brought is nothing to keep.
    #[must_use]
    pub fn keep(&self, connection: &ConnectionId) -> Kept {
        let name = format!("{IMPORT}{connection}");
        storage::remove(Area::Tab, &name);
        if self.text.is_empty() {
            return Kept::ForThisTab;
        }
        let part = self.part.map(|part| part == MailPart::Whole);
        let json = Value::Array(vec![
            Value::from(self.file.as_deref()),
            Value::from(self.encoding.as_str()),
            Value::from(self.text.as_str()),
            self.choices.clone(),
            self.layout.clone(),
            Value::from(part),
        ]);
        if storage::fits(Area::Tab, &name, &json.to_string()) {
            Kept::ForThisTab
        } else {
            Kept::Not
        }
    }

    /// What is kept for this tab, if something is.
    #[must_use]
    pub fn kept(connection: &ConnectionId) -> Option<Self> {
        let text = storage::get(&format!("{IMPORT}{connection}"))?;
        let json: Value = serde_json::from_str(&text).ok()?;
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

fn part_of(whole: bool) -> MailPart {
    if whole {
        MailPart::Whole
    } else {
        MailPart::BeforeAt
    }
}

/// Before the connection: how changes were to be applied.
const REVIEW: &str = "muster.review.";

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
        storage::set(
            Area::Tab,
            &format!("{REVIEW}{connection}"),
            &json.to_string(),
        );
    }

    /// What was decided of this wish, if it was kept.
    #[must_use]
    pub fn kept(connection: &ConnectionId, wish: u64) -> Option<Self> {
        let text = storage::get(&format!("{REVIEW}{connection}"))?;
        let json: Value = serde_json::from_str(&text).ok()?;
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
        storage::remove(Area::Tab, &format!("{REVIEW}{connection}"));
    }
}

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
        let name = name(connection, group);
        if self.is_empty() {
            return storage::remove(Area::Tab, &name);
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
        storage::set(Area::Tab, &name, &Value::Array(json).to_string());
    }

    /// The one kept for this tab, or an empty one.
    #[must_use]
    pub fn kept(connection: &ConnectionId, group: &GroupKey) -> Self {
        storage::get(&name(connection, group))
            .and_then(|text| read(&text))
            .unwrap_or_default()
    }
}

fn name(connection: &ConnectionId, group: &GroupKey) -> String {
    format!("{LIST}{connection}/{group}")
}

fn read(text: &str) -> Option<Draft> {
    let json: Value = serde_json::from_str(text).ok()?;
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
