//! What was decided by hand.

use std::collections::BTreeMap;

use group_api::{GroupKey, PersonKey, Role};
use serde_json::Value;

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

impl Choice {
    fn to_json(&self) -> [Value; 2] {
        let (word, of) = match self {
            Self::LeaveOut => ("out", None),
            Self::Group(key) => ("group", Some(key.as_str())),
            Self::Create => ("create", None),
            Self::Person(key) => ("person", Some(key.as_str())),
            Self::Role(role) => ("role", Some(role.as_str())),
            Self::Keep => ("keep", None),
            Self::Take => ("take", None),
            Self::First => ("first", None),
        };
        [Value::from(word), Value::from(of)]
    }

    fn from_json(json: &[Value]) -> Option<Self> {
        let [word, of] = json else { return None };
        Some(match (word.as_str()?, of.as_str()) {
            ("out", _) => Self::LeaveOut,
            ("create", _) => Self::Create,
            ("keep", _) => Self::Keep,
            ("take", _) => Self::Take,
            ("first", _) => Self::First,
            ("group", Some(key)) => Self::Group(GroupKey::new(key).ok()?),
            ("person", Some(key)) => Self::Person(PersonKey::new(key).ok()?),
            ("role", Some(word)) => Self::Role(Role::from_wire(word)),
            _ => return None,
        })
    }
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

impl About {
    /// Each, in the order of their numbers.
    const ALL: [Self; 5] = [
        Self::Group,
        Self::Person,
        Self::Role,
        Self::Action,
        Self::Row,
    ];
}

impl Kind {
    /// Each, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Quote,
        Self::Ragged,
        Self::NoGroup,
        Self::Group,
        Self::NoPerson,
        Self::BadPerson,
        Self::Role,
        Self::Action,
        Self::Field,
        Self::OtherField,
        Self::OtherRole,
    ];

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

    /// As a value that can be kept.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let said = self.said.iter().map(|((about, what), choice)| {
            let mut one = vec![Value::from(*about as u8), Value::from(what.as_str())];
            one.extend(choice.to_json());
            Value::Array(one)
        });
        let kinds = self.kinds.iter().map(|(kind, choice)| {
            let mut one = vec![Value::from(*kind as u8), Value::Null];
            one.extend(choice.to_json());
            Value::Array(one)
        });
        Value::Array(said.chain(kinds).collect())
    }

    /// What was kept so; what another Muster wrote in another form is left out.
    #[must_use]
    pub fn from_json(json: &Value) -> Self {
        let mut choices = Self::default();
        for one in json.as_array().into_iter().flatten() {
            let [number, what, choice @ ..] = one.as_array().map_or(&[][..], Vec::as_slice) else {
                continue;
            };
            let number = number
                .as_u64()
                .and_then(|number| usize::try_from(number).ok());
            let (Some(number), Some(choice)) = (number, Choice::from_json(choice)) else {
                continue;
            };
            match (what.as_str(), About::ALL.get(number), Kind::ALL.get(number)) {
                (Some(what), Some(about), _) => choices.say(*about, what, Some(choice)),
                (None, _, Some(kind)) => choices.say_of_kind(*kind, Some(choice)),
                _ => {}
            }
        }
        choices
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_kept_whole() {
        let mut choices = Choices::default();
        let every = [
            Choice::LeaveOut,
            Choice::Create,
            Choice::Keep,
            Choice::Take,
            Choice::First,
            Choice::Group(GroupKey::new("a b").unwrap()),
            Choice::Person(PersonKey::new("é").unwrap()),
            Choice::Role(Role::from_wire("admin")),
        ];
        for (number, choice) in every.into_iter().enumerate() {
            let about = About::ALL[number % About::ALL.len()];
            choices.say(about, &format!("what {number}"), Some(choice.clone()));
            choices.say_of_kind(Kind::ALL[number], Some(choice));
        }
        let text = choices.to_json().to_string();
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(Choices::from_json(&json), choices);
        let odd = serde_json::json!([1, [], [99, "x", "out", null], [0, "x", "odd", null], ["x"]]);
        assert!(Choices::from_json(&odd).is_empty());
    }

    #[test]
    fn numbers_are_those_of_the_lists() {
        assert!(
            About::ALL
                .iter()
                .enumerate()
                .all(|(number, about)| *about as usize == number)
        );
        assert!(
            Kind::ALL
                .iter()
                .enumerate()
                .all(|(number, kind)| *kind as usize == number)
        );
    }
}
