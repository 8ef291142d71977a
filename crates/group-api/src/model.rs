//! Groups, members and roles, as every system's replies become.

use std::borrow::Cow;
use std::fmt;

use crate::capability::Field;
use crate::key::{GroupKey, PersonKey};
use crate::time::Timestamp;

/// A role by the system's own word on the wire (`admin`, `owner`, …). Which roles there are, and
/// what they are called on the screen, is data: [`crate::Capabilities::roles`]. A role that a later
/// server invents is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Role(Cow<'static, str>);

impl Role {
    /// A role known to a backend.
    #[must_use]
    pub const fn known(word: &'static str) -> Self {
        Self(Cow::Borrowed(word))
    }

    /// A role as a reply named it.
    #[must_use]
    pub fn from_wire(word: &str) -> Self {
        Self(Cow::Owned(word.to_owned()))
    }

    /// The word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The roles one person holds in one group: none twice, in the order the backend ranks them. Most
/// systems allow one; Instabase does not say that a person cannot hold both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// No role.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One role.
    #[must_use]
    pub fn one(role: Role) -> Self {
        Self(vec![role])
    }

    /// Adds a role, once.
    pub fn insert(&mut self, role: Role) {
        if !self.0.contains(&role) {
            self.0.push(role);
        }
    }

    /// Whether the role is among them.
    #[must_use]
    pub fn contains(&self, role: &Role) -> bool {
        self.0.contains(role)
    }

    /// Whether both hold the same roles, in any order.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|role| other.contains(role))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The highest of them by the backend's rank.
    #[must_use]
    pub fn first(&self) -> Option<&Role> {
        self.0.first()
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Role> {
        self.0.iter()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(iter: I) -> Self {
        let mut roles = Self::none();
        for role in iter {
            roles.insert(role);
        }
        roles
    }
}

/// An e-mail address of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// The address as the system gave it.
    pub address: String,
    /// Whether the system says it was verified; `None` where it does not say.
    pub verified: Option<bool>,
}

/// What a member is. Instabase marks each with a `type`; only `user` is documented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A person.
    User,
    /// Something else, by the system's word. It is shown, and not offered for change.
    Other(String),
}

/// One person in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person's key.
    pub person: PersonKey,
    /// What to call them: the username, or on a system without names the e-mail to show.
    pub label: String,
    /// What they are.
    pub kind: MemberKind,
    /// The roles held here, at least one.
    pub roles: Roles,
    /// Since when, where the system says.
    pub joined: Option<Timestamp>,
    /// Their addresses, the one to show first.
    pub emails: Vec<Email>,
    /// Whether the system says that this is the token's own user. `false` also where it does not say.
    pub is_self: bool,
}

/// Who is in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    /// The reply did not say. Not the same as nobody.
    NotListed,
    /// Everybody, each person once.
    Listed(Vec<Member>),
}

impl Members {
    /// The people, where they are known.
    #[must_use]
    pub fn listed(&self) -> Option<&[Member]> {
        match self {
            Self::NotListed => None,
            Self::Listed(members) => Some(members),
        }
    }

    /// One person, where the list is known and they are in it.
    #[must_use]
    pub fn find(&self, person: &PersonKey) -> Option<&Member> {
        self.listed()?
            .iter()
            .find(|member| member.person == *person)
    }
}

/// A group of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What names it on its system.
    pub key: GroupKey,
    /// What to call it; several groups may share one. Where a system leaves it empty, the key.
    pub display_name: String,
    /// Its description, where there is one.
    pub description: Option<String>,
    /// The address of its photo, where there is one. Any text: whoever shows it checks it.
    pub photo: Option<String>,
    /// When it was made, where the system says.
    pub created: Option<Timestamp>,
    /// When it was last changed, where the system says.
    pub updated: Option<Timestamp>,
    /// Who is in it.
    pub members: Members,
}

/// A group to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewGroup {
    /// The display name (snip: the name).
    pub display_name: String,
    /// The internal name, on systems where people choose it; else empty.
    pub internal_name: String,
    /// The description; empty for none.
    pub description: String,
    /// The photo's address; empty for none.
    pub photo: String,
    /// Whom to make an admin of it at once, by a call of its own.
    pub add_admin: Option<PersonKey>,
}

/// Changes to a group's fields. `None` leaves a field as it is; an empty text clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupEdit {
    /// New display name (snip: name).
    pub display_name: Option<String>,
    /// New internal name, which is the group's key and address.
    pub internal_name: Option<String>,
    /// New description.
    pub description: Option<String>,
    /// New address of the photo.
    pub photo: Option<String>,
}

impl GroupEdit {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What it makes of a field; `None` leaves it as it is.
    #[must_use]
    pub fn of(&self, field: Field) -> Option<&str> {
        match field {
            Field::DisplayName => self.display_name.as_deref(),
            Field::InternalName => self.internal_name.as_deref(),
            Field::Description => self.description.as_deref(),
            Field::Photo => self.photo.as_deref(),
        }
    }

    /// Says what is to become of a field.
    pub fn set(&mut self, field: Field, text: Option<String>) {
        let place = match field {
            Field::DisplayName => &mut self.display_name,
            Field::InternalName => &mut self.internal_name,
            Field::Description => &mut self.description,
            Field::Photo => &mut self.photo,
        };
        *place = text;
    }
}
