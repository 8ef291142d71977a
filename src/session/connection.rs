//! One connection: which server, as whom, how it is shown. Never its token.

use std::fmt;

use group_api::{PersonKey, WhoAmI};
use serde_json::{Value, json};

use super::json::{optional, text, word};
use super::system::System;

/// A connection's name in addresses: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// The id for a connection of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let words = group_api::propose_internal_name(name).replace('_', "-");
        Self(if words.is_empty() {
            "connection".to_owned()
        } else {
            words
        })
    }

    /// As it stands in an address.
    #[must_use]
    pub fn from_address(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Until it is forgotten.
    #[default]
    OnThisDevice,
    /// For this tab and those opened from it.
    ForThisTab,
}

/// What it may be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing.
    #[default]
    Full,
    /// Reading; every write is refused here.
    LookOnly,
}

/// Whether photos are loaded, from addresses that others chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Photos {
    /// Initials.
    #[default]
    No,
    /// Photos over https.
    Load,
}

/// The colours a connection can have, by the names on the screen; a connection keeps the index.
pub const COLORS: [&str; 8] = [
    "Blue", "Teal", "Green", "Amber", "Red", "Pink", "Violet", "Graphite",
];

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its name in addresses.
    pub id: ConnectionId,
    /// Its name on the screen.
    pub name: String,
    /// Which system it speaks to.
    pub system: System,
    /// The server's address, or a path on this page's own (`/up/NAME`); no slash at its end.
    pub server: String,
    /// Who I am there, where the system does not tell.
    pub user: Option<String>,
    /// Index into [`COLORS`].
    pub color: u8,
    /// Where it is kept.
    pub keep: Keep,
    /// What it may be used for.
    pub access: Access,
    /// Whether photos are loaded.
    pub photos: Photos,
}

const KEEP: [(&str, Keep); 2] = [
    ("OnThisDevice", Keep::OnThisDevice),
    ("ForThisTab", Keep::ForThisTab),
];
const ACCESS: [(&str, Access); 2] = [("Full", Access::Full), ("LookOnly", Access::LookOnly)];
const PHOTOS: [(&str, Photos); 2] = [("No", Photos::No), ("Load", Photos::Load)];

fn name_of<T: PartialEq>(value: &T, names: &[(&'static str, T)]) -> &'static str {
    names
        .iter()
        .find_map(|(name, known)| (known == value).then_some(*name))
        .unwrap_or_default()
}

impl Connection {
    /// As it is kept.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "id": self.id.0.as_str(),
            "name": self.name.as_str(),
            "system": self.system.word(),
            "server": self.server.as_str(),
            "user": self.user.as_deref(),
            "color": self.color,
            "keep": name_of(&self.keep, &KEEP),
            "access": name_of(&self.access, &ACCESS),
            "photos": name_of(&self.photos, &PHOTOS),
        })
    }

    /// What [`Self::to_json`] made.
    pub(super) fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            id: ConnectionId(text(json.get("id")?)?),
            name: text(json.get("name")?)?,
            system: System::from_json(json.get("system")?)?,
            server: text(json.get("server")?)?,
            user: optional(json.get("user"), text)?,
            color: u8::try_from(json.get("color")?.as_u64()?).ok()?,
            keep: word(json.get("keep")?, &KEEP)?,
            access: word(json.get("access")?, &ACCESS)?,
            photos: word(json.get("photos")?, &PHOTOS)?,
        })
    }

    /// Who I am there, as a key.
    #[must_use]
    pub fn me(&self) -> Option<PersonKey> {
        // Where replies mark my own entry, the name is a label and no key.
        if self.system.capabilities().who_am_i != WhoAmI::UserSays {
            return None;
        }
        PersonKey::new(self.user.as_deref()?).ok()
    }

    /// The address of a page of this connection: `/c/ID/REST`.
    #[must_use]
    pub fn href(&self, rest: &str) -> String {
        format!("/c/{}/{rest}", self.id)
    }
}
