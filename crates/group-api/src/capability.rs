//! What a system can do at all, as data, and what I may do here.

use crate::key::PersonKey;
use crate::model::{Group, Role, Roles};

/// A field of a group that people edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The display name; on snip the name.
    DisplayName,
    /// The internal name, which is the key.
    InternalName,
    /// The description.
    Description,
    /// The address of the photo.
    Photo,
}

/// Whether a system can do a thing, and if not, the reason as a sentence for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It can.
    Yes,
    /// It cannot, because.
    No(&'static str),
}

impl Support {
    /// Whether it can.
    #[must_use]
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// Whether a person holds one role in a group or may hold several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleHolding {
    /// One at a time.
    One,
    /// A set; the first in rank is the one that counts.
    Set,
}

/// What names a group on this system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A name that people choose and may change.
    ChosenName,
    /// A number that the system gives; names may repeat.
    GivenId,
}

/// Which groups the list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListScope {
    /// Every group of the site.
    WholeSite,
    /// Only those that the token's own user is in.
    OwnGroups,
}

/// How the app learns who I am.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoAmI {
    /// Not from the system: the user says.
    UserSays,
    /// Replies mark my own entry.
    RepliesTell,
}

/// A role that a system knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleInfo {
    /// The role.
    pub role: Role,
    /// What one of them is called on the screen.
    pub label: &'static str,
    /// What several are called.
    pub plural: &'static str,
    /// Whether it can be given by a change of role (snip's owner only by transfer).
    pub assignable: bool,
}

/// What a system can do. Everything that differs between systems and that a page needs is here.
#[derive(Debug)]
pub struct Capabilities {
    /// What the system is called.
    pub system: &'static str,
    /// Its roles, highest first. The first is the one that manages a group.
    pub roles: &'static [RoleInfo],
    /// Whether a person holds one or several.
    pub holding: RoleHolding,
    /// What names a group.
    pub key: KeyKind,
    /// The fields that can be edited, in the order of a form.
    pub fields: &'static [Field],
    /// Which groups the list holds.
    pub scope: ListScope,
    /// How I am known.
    pub who_am_i: WhoAmI,
    /// Adding people, and with it the undo of a removal.
    pub add: Support,
    /// Leaving a group by oneself.
    pub leave: Support,
    /// Handing a group over.
    pub transfer: Support,
    /// Whether replies say when a group was changed and when people joined.
    pub times: Support,
    /// Whether the list can be had without its people, and then sooner.
    pub plain_list: Support,
    /// Whether the groups of one person can be asked for, by any name, known here or not.
    pub person_list: Support,
    /// What may lie behind a refused removal, where the system cannot say it itself.
    pub refused_removal: Option<&'static str>,
    /// The path of the list, to show what will be called.
    pub list_path: &'static str,
    /// Where the system gives out tokens, as a sentence.
    pub token_hint: &'static str,
    /// The rule for changing a group, for messages: who may.
    pub who_may_change: &'static str,
    /// The rule for making one.
    pub who_may_create: &'static str,
}

impl Capabilities {
    /// The role that manages a group: "Admins", "Owner".
    #[must_use]
    pub fn lead(&self) -> Option<&RoleInfo> {
        self.roles.first()
    }

    /// The place of a role, 0 the highest; `None` for a role this system did not document.
    #[must_use]
    pub fn rank(&self, role: &Role) -> Option<usize> {
        self.roles.iter().position(|info| info.role == *role)
    }

    /// What a role is called on the screen: the system's label, or the word as it came.
    #[must_use]
    pub fn label<'a>(&self, role: &'a Role) -> &'a str {
        self.roles
            .iter()
            .find(|info| info.role == *role)
            .map_or(role.as_str(), |info| info.label)
    }

    /// What several roles of one person are called, as they stand in a sentence: "Admin and Member".
    #[must_use]
    pub fn labels(&self, roles: &Roles) -> String {
        let labels: Vec<&str> = roles.iter().map(|role| self.label(role)).collect();
        labels.join(" and ")
    }

    /// The roles that a change of role can give.
    pub fn assignable(&self) -> impl Iterator<Item = &'static RoleInfo> {
        self.roles.iter().filter(|info| info.assignable)
    }

    /// Whether the form has this field.
    #[must_use]
    pub fn has_field(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }
}

/// Something that can be done to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Change its fields.
    Edit,
    /// Delete it.
    Delete,
    /// Put people in.
    Add,
    /// Take this person out.
    Remove(PersonKey),
    /// Change this person's role.
    ChangeRole(PersonKey),
    /// Take oneself out.
    Leave,
    /// Hand it over.
    Transfer,
}

/// Whether I may do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// The documentation says so.
    Yes,
    /// It cannot be done, because: a sentence for the page.
    No(String),
    /// Only the server can tell; it is offered, and a refusal is shown.
    AskServer,
}

impl Allowed {
    /// The reason against it.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::No(why) => Some(why),
            Self::Yes | Self::AskServer => None,
        }
    }
}

/// My entry in a group: the one replies mark, or the one under my username.
pub(crate) fn my_entry<'a>(
    me: Option<&PersonKey>,
    group: &'a Group,
) -> Option<&'a crate::model::Member> {
    group
        .members
        .listed()?
        .iter()
        .find(|member| member.is_self || me == Some(&member.person))
}
