//! What was decided by hand.

use std::collections::BTreeMap;

use group_api::{GroupKey, PersonKey, Role};

/// What a choice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// What stands for a group.
    Group,
    /// What stands for a person.
    Person,
    /// What stands for a role.
    Role,
    /// What stands for coming in or going out.
    Action,
    /// A row, by its number in the table.
    Row,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is left out on purpose.
    LeaveOut,
    /// This group is meant.
    Group(GroupKey),
    /// The group is to be made.
    Create,
    /// This person is meant.
    Person(PersonKey),
    /// This role is meant.
    Role(Role),
    /// Whatever it is, roles stay.
    Keep,
    /// The row counts as it stands: with the cells that it has, with the group of the row above, in place of an
    /// earlier one that says something else.
    Take,
    /// The earlier row counts.
    First,
}

/// What is wrong with a row, without the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A quote is not closed.
    Quote,
    /// It has more cells than the first row, or fewer than are needed.
    Ragged,
    /// It names no group.
    NoGroup,
    /// It names a group of which it is open which is meant.
    Group,
    /// It names nobody.
    NoPerson,
    /// Nobody can be called that.
    BadPerson,
    /// There is no such role.
    Role,
    /// It is not known what is to happen.
    Action,
    /// A field cannot have this value.
    Field,
    /// An earlier row says something else of the group.
    OtherField,
    /// An earlier row says something else of the person in this group.
    OtherRole,
}

impl Kind {
    /// Whether a row that has it can be taken as it stands.
    #[must_use]
    pub const fn can_be_taken(self) -> bool {
        matches!(
            self,
            Self::Quote | Self::Ragged | Self::NoGroup | Self::OtherField | Self::OtherRole
        )
    }
}

/// All that was decided by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    said: BTreeMap<(About, String), Choice>,
    kinds: Vec<(Kind, Choice)>,
}

impl Choices {
    /// Says what becomes of one; `None` takes it back.
    pub fn say(&mut self, about: About, what: &str, choice: Option<Choice>) {
        let key = (about, what.to_owned());
        match choice {
            Some(choice) => drop(self.said.insert(key, choice)),
            None => drop(self.said.remove(&key)),
        }
    }

    /// Says what becomes of all rows that have this and of which nothing else was said.
    pub fn say_of_kind(&mut self, kind: Kind, choice: Option<Choice>) {
        self.kinds.retain(|(other, _)| *other != kind);
        self.kinds.extend(choice.map(|choice| (kind, choice)));
    }

    /// What was said of one.
    #[must_use]
    pub fn of(&self, about: About, what: &str) -> Option<&Choice> {
        self.said.get(&(about, what.to_owned()))
    }

    /// What was said of all rows of a kind.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> Option<&Choice> {
        let said = self.kinds.iter().find(|(other, _)| *other == kind);
        said.map(|(_, choice)| choice)
    }

    /// What was said of rows, by their numbers.
    pub(super) fn of_rows(&self) -> impl Iterator<Item = (usize, &Choice)> {
        let rows = self
            .said
            .iter()
            .filter(|((about, _), _)| *about == About::Row);
        rows.filter_map(|((_, row), choice)| Some((row.parse().ok()?, choice)))
    }

    /// How many things were said.
    #[must_use]
    pub fn len(&self) -> usize {
        self.said.len() + self.kinds.len()
    }

    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
