//! What is to be done to one thing, and what became of it.

use group_api::{Field, Group, GroupKey, NewGroup, PersonChange, PersonKey, Roles};

/// A group that a run is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What names it on its system.
    pub key: GroupKey,
    /// What it was called when the run began.
    pub name: String,
}

impl Place {
    /// The place of a group.
    #[must_use]
    pub fn of(group: &Group) -> Self {
        Self {
            key: group.key.clone(),
            name: group.display_name.clone(),
        }
    }
}

/// What a deleted group was, as far as it can be made again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Was {
    /// Its description, empty for none.
    pub description: String,
    /// The address of its photo, empty for none.
    pub photo: String,
    /// Who was in it, in which roles.
    pub people: Vec<(PersonKey, Roles)>,
}

impl Was {
    /// What a group is now.
    #[must_use]
    pub fn of(group: &Group) -> Self {
        let members = group.members.listed().unwrap_or_default().iter();
        Self {
            description: group.description.clone().unwrap_or_default(),
            photo: group.photo.clone().unwrap_or_default(),
            people: members
                .map(|member| (member.person.clone(), member.roles.clone()))
                .collect(),
        }
    }
}

/// A field that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub field: Field,
    /// What it was.
    pub from: String,
    /// What it is to be.
    pub to: String,
}

impl Changed {
    /// Whether the group shows it.
    #[must_use]
    pub fn is_shown_by(&self, group: &Group) -> bool {
        field_of(group, self.field) == self.to
    }

    /// Whether the group is still as it was when this was shown.
    #[must_use]
    pub fn still_fits(&self, group: &Group) -> bool {
        field_of(group, self.field) == self.from
    }
}

/// What a field of a group is; empty where it has none.
#[must_use]
pub fn field_of(group: &Group, field: Field) -> &str {
    match field {
        Field::DisplayName => &group.display_name,
        Field::InternalName => group.key.as_str(),
        Field::Description => group.description.as_deref().unwrap_or_default(),
        Field::Photo => group.photo.as_deref().unwrap_or_default(),
    }
}

/// What is to be done to one thing. Groups are named by their place in the run's list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Something happens to a person in a group.
    Person {
        /// The group.
        place: usize,
        /// The person.
        person: PersonKey,
        /// What to call them, where that is not their key.
        label: Option<String>,
        /// What happens.
        change: PersonChange,
    },
    /// A group is made.
    Create {
        /// The group, under the key that it is to have.
        place: usize,
        /// Its fields.
        new: Box<NewGroup>,
    },
    /// Fields of a group are changed.
    Edit {
        /// The group, under the key that it had.
        place: usize,
        /// Which fields, from what to what.
        changed: Vec<Changed>,
    },
    /// A group is deleted.
    Delete {
        /// The group.
        place: usize,
        /// What it was.
        was: Box<Was>,
    },
    /// One leaves a group oneself.
    Leave {
        /// The group.
        place: usize,
    },
    /// A group is handed over.
    Transfer {
        /// The group.
        place: usize,
        /// To whom.
        to: PersonKey,
        /// What to call them, where that is not their key.
        label: Option<String>,
    },
}

impl Task {
    /// The place of its group in the run's list.
    #[must_use]
    pub const fn place(&self) -> usize {
        match self {
            Self::Person { place, .. }
            | Self::Create { place, .. }
            | Self::Edit { place, .. }
            | Self::Delete { place, .. }
            | Self::Leave { place }
            | Self::Transfer { place, .. } => *place,
        }
    }

    /// The same, in the group at another place.
    #[must_use]
    pub fn at(mut self, at: usize) -> Self {
        match &mut self {
            Self::Person { place, .. }
            | Self::Create { place, .. }
            | Self::Edit { place, .. }
            | Self::Delete { place, .. }
            | Self::Leave { place }
            | Self::Transfer { place, .. } => *place = at,
        }
        self
    }

    /// What to call the person it happens to, if it happens to one.
    #[must_use]
    pub fn who(&self) -> Option<&str> {
        match self {
            Self::Person { person, label, .. } => Some(label.as_deref().unwrap_or(person.as_str())),
            Self::Transfer { to, label, .. } => Some(label.as_deref().unwrap_or(to.as_str())),
            _ => None,
        }
    }
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing yet.
    Waiting,
    /// It is being sent.
    Sent,
    /// A read after it shows it.
    Done {
        /// What the server said of it all the same.
        note: Option<String>,
    },
    /// The server refused it.
    Refused {
        /// Its words.
        words: String,
    },
    /// Nothing was sent: what was shown is no longer so.
    Overtaken {
        /// What the person holds now.
        now: Roles,
    },
    /// It was sent, and a read afterwards does not show it.
    NotShown {
        /// How the call itself ended, if that was no success.
        why: Option<String>,
    },
    /// Nobody knows, until a read tells.
    Unknown {
        /// Why.
        why: String,
        /// Whether a read that would tell was tried, and could not.
        looked: bool,
    },
    /// Nothing was sent.
    LeftOut(LeftOut),
}

impl Fate {
    /// Whether nothing more will come of it by itself.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        !matches!(
            self,
            Self::Waiting | Self::Sent | Self::Unknown { looked: false, .. }
        )
    }

    /// Whether it was not done, and may be tried again.
    #[must_use]
    pub const fn may_be_retried(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. }
                | Self::NotShown { .. }
                | Self::Unknown { looked: true, .. }
                | Self::LeftOut(LeftOut::Stopped)
        )
    }
}

/// Why an item was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// The run was stopped before it.
    Stopped,
    /// The item of this number, which had to be done before, was not.
    Behind(usize),
}
