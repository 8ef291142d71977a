//! What is to happen to each person of a list in a group.

use group_api::{Capabilities, KeyFault, Member, PersonKey, Role, RoleInfo, Roles, fold};

use super::{MailPart, PastedEntry};
use crate::columns::{Index, hash};

/// Names found by what they are. It keeps none itself: who asks says which name a number stands for.
#[derive(Debug, Default)]
pub struct Lookup {
    seed: u64,
    index: Index,
}

impl Lookup {
    /// Over the names of the numbers below `count`. `seed` is any number that outsiders cannot know.
    #[must_use]
    pub fn new<'a>(seed: u64, count: usize, name: &dyn Fn(u32) -> &'a str) -> Self {
        let mut lookup = Self {
            seed,
            index: Index::default(),
        };
        for number in (0..u32::MAX).take(count) {
            lookup.put(number, name);
        }
        lookup
    }

    /// The number of a name.
    #[must_use]
    pub fn find<'a>(&self, wanted: &str, name: &dyn Fn(u32) -> &'a str) -> Option<u32> {
        let hash = hash(self.seed, wanted.as_bytes());
        self.index.find(hash, |number| name(number) == wanted)
    }

    /// Puts a number to it, whose name it does not hold yet.
    pub fn put<'a>(&mut self, number: u32, name: &dyn Fn(u32) -> &'a str) {
        let hash = hash(self.seed, name(number).as_bytes());
        self.index.insert(hash, number);
    }
}

/// What a list is held against.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The roles of the system.
    pub capabilities: &'static Capabilities,
    /// Who is in the group, as last read.
    pub members: &'a [Member],
    /// Everybody known here, and a lookup over their keys.
    pub people: &'a [(PersonKey, String)],
    /// The lookup.
    pub lookup: &'a Lookup,
    /// Which part of an address is the name.
    pub part: MailPart,
    /// The role of those beside whom none stands.
    pub role: &'a Role,
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// Comes in, and was seen in some group before.
    Add,
    /// Comes in, and was never seen: perhaps new, perhaps misspelt.
    Unseen,
    /// Is in already, with these roles.
    In(Roles),
    /// Stands in the list before.
    Twice {
        /// The place of the entry that counts.
        first: usize,
        /// Whether both ask for the same.
        again: Again,
    },
    /// The word beside it is no role that can be given.
    NoSuchRole,
    /// Nobody can be called that.
    Unreadable(KeyFault),
}

/// How one entry repeats another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It asks for the same role.
    SameRole,
    /// It asks for another one, which is not given.
    OtherRole,
}

/// An entry, held against a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Who it is; `None` for what is unreadable.
    pub person: Option<PersonKey>,
    /// The role asked for; `None` where there is no such role.
    pub role: Option<Role>,
    /// What becomes of it.
    pub class: Class,
}

/// How many entries there are of each class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// [`Class::Add`].
    pub add: usize,
    /// [`Class::Unseen`].
    pub unseen: usize,
    /// [`Class::In`].
    pub inside: usize,
    /// [`Class::Twice`].
    pub twice: usize,
    /// [`Class::NoSuchRole`].
    pub no_role: usize,
    /// [`Class::Unreadable`].
    pub unreadable: usize,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.add + self.unseen + self.inside + self.twice + self.no_role + self.unreadable
    }
}

/// A list held against a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// Each entry, in order.
    pub rows: Vec<Reviewed>,
    /// How many of what.
    pub counts: Counts,
}

/// The role that a word means, of those that can be given: its own word, what it is called, what several
/// are called, in any case.
#[must_use]
pub fn role_of(capabilities: &'static Capabilities, word: &str) -> Option<&'static RoleInfo> {
    let word = fold(word.trim());
    capabilities.assignable().find(|info| {
        [info.role.as_str(), info.label, info.plural]
            .iter()
            .any(|name| fold(name) == word)
    })
}

impl Review {
    /// Holds entries against a group.
    #[must_use]
    pub fn new(entries: &[PastedEntry], against: &Against<'_>) -> Self {
        let member = |number: u32| {
            let member = against.members.get(number as usize);
            member.map_or("", |member| member.person.as_str())
        };
        let known = |number: u32| {
            let person = against.people.get(number as usize);
            person.map_or("", |(person, _)| person.as_str())
        };
        let seed = against.lookup.seed;
        let members = Lookup::new(seed, against.members.len(), &member);
        let mut seen = Lookup::new(seed, 0, &|_| "");
        // Few roles are written in many ways, but each is looked up for thousands of people.
        let mut words: Vec<(&str, Option<Role>)> = Vec::new();
        let mut review = Self::default();
        for (number, entry) in (0..).zip(entries) {
            let role = match entry.role.as_deref() {
                None => Some(against.role.clone()),
                Some(word) => match words.iter().find(|(known, _)| *known == word) {
                    Some((_, role)) => role.clone(),
                    None => {
                        let role = role_of(against.capabilities, word);
                        let role = role.map(|info| info.role.clone());
                        if words.len() < 16 {
                            words.push((word, role.clone()));
                        }
                        role
                    }
                },
            };
            let person = entry.offer.person(against.part);
            let class = match &person {
                Err(fault) => Class::Unreadable(*fault),
                Ok(_) if role.is_none() => Class::NoSuchRole,
                Ok(person) => {
                    let key = person.as_str();
                    let before = |number: u32| review.key(number);
                    let first = seen.find(key, &before);
                    let first = first.and_then(|at| Some((at, review.rows.get(at as usize)?)));
                    if let Some((at, first)) = first {
                        Class::Twice {
                            first: at as usize,
                            again: if first.role == role {
                                Again::SameRole
                            } else {
                                Again::OtherRole
                            },
                        }
                    } else if let Some(member) = members
                        .find(key, &member)
                        .and_then(|at| against.members.get(at as usize))
                    {
                        Class::In(member.roles.clone())
                    } else if against.lookup.find(key, &known).is_some() {
                        Class::Add
                    } else {
                        Class::Unseen
                    }
                }
            };
            review.counts.note(&class);
            let counts = matches!(class, Class::Add | Class::Unseen | Class::In(_));
            review.rows.push(Reviewed {
                person: person.ok(),
                role,
                class,
            });
            if counts {
                seen.put(number, &|number| review.key(number));
            }
        }
        review
    }

    /// The key of an entry, or nothing.
    fn key(&self, number: u32) -> &str {
        let row = self.rows.get(number as usize);
        let person = row.and_then(|row| row.person.as_ref());
        person.map_or("", PersonKey::as_str)
    }

    /// The places of the entries of one kind.
    pub fn places(&self, is: impl Fn(&Class) -> bool) -> impl Iterator<Item = usize> {
        (0..)
            .zip(&self.rows)
            .filter(move |(_, row)| is(&row.class))
            .map(|(place, _)| place)
    }
}

impl Counts {
    fn note(&mut self, class: &Class) {
        let count = match class {
            Class::Add => &mut self.add,
            Class::Unseen => &mut self.unseen,
            Class::In(_) => &mut self.inside,
            Class::Twice { .. } => &mut self.twice,
            Class::NoSuchRole => &mut self.no_role,
            Class::Unreadable(_) => &mut self.unreadable,
        };
        *count += 1;
    }
}
