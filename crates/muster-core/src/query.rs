//! What of the groups is to be shown, and in which order.

use std::cmp::Ordering;

use group_api::PersonKey;

use crate::worklist::WorkList;

/// The columns of the groups table by which it can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// The display name.
    Name,
    /// The internal name or the id.
    Key,
    /// The description.
    Description,
    /// The number of people.
    People,
    /// The first of those who manage the group.
    Leads,
    /// When it was last changed.
    Updated,
}

impl SortBy {
    /// The word in the page's address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Key => "key",
            Self::Description => "description",
            Self::People => "people",
            Self::Leads => "admins",
            Self::Updated => "updated",
        }
    }

    /// The column of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Name,
            Self::Key,
            Self::Description,
            Self::People,
            Self::Leads,
            Self::Updated,
        ]
        .into_iter()
        .find(|by| by.word() == word)
    }
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Smallest, earliest, A first.
    #[default]
    Ascending,
    /// The other way.
    Descending,
}

impl Direction {
    /// An ascending order in this direction.
    #[must_use]
    pub const fn turned(self, order: Ordering) -> Ordering {
        match self {
            Self::Ascending => order,
            Self::Descending => order.reverse(),
        }
    }

    /// The other one.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// A question to the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What is typed in the search field.
    pub search: String,
    /// Only groups that somebody is in.
    pub only: Only,
    /// Only groups of this list.
    pub list: Option<WorkList>,
    /// The column chosen; `None`: best match first, then by display name.
    pub sort: Option<SortBy>,
    /// Its direction.
    pub direction: Direction,
}

/// A filter by membership.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Only {
    /// Every group.
    #[default]
    All,
    /// Groups that this person is in.
    Of(PersonKey),
}
