//! A group as most lists bring most groups: texts and names, nothing that needs a value of its own.
//!
//! A list of a hundred thousand groups names more than a million people. Making a string of each
//! costs more than reading them, so a group whose people are names and roles alone is handed on as
//! it stands in the reply; [`PlainGroup::to_group`] makes of it what every other reply becomes.

use std::collections::HashMap;

use group_bytes::{Span, Spans};

use crate::key::{GroupKey, PersonKey};
use crate::model::{Group, Member, MemberKind, Members, Role, Roles};

/// A group borrowed from the reply that holds it. Its key and the names in it are valid keys.
#[derive(Clone, Copy, Debug)]
pub struct PlainGroup<'a> {
    /// The element as it stands in the reply. Each text and each name in it is UTF-8.
    pub element: &'a [u8],
    /// Its key.
    pub key: &'a str,
    /// What to call it, never empty.
    pub display_name: &'a str,
    /// Its description; empty for none.
    pub description: &'a str,
    /// The address of its photo; empty for none.
    pub photo: &'a str,
    /// Who is in it; `None` where the reply does not say.
    pub people: Option<PlainPeople<'a>>,
}

/// The people of a [`PlainGroup`], role by role.
#[derive(Clone, Copy, Debug)]
pub struct PlainPeople<'a> {
    pub(crate) roles: &'static [Role; 2],
    pub(crate) spans: &'a Spans,
}

impl<'a> PlainPeople<'a> {
    /// Each role with where the names of those who hold it stand in the group's element, in the order of the reply: the first
    /// byte of each and the one behind its last. A name may come twice. All names are UTF-8.
    pub fn by_role(self) -> impl Iterator<Item = (&'static Role, &'a [Span])> {
        let lists = self.spans.lists.iter().map(Vec::as_slice);
        self.roles.iter().zip(lists)
    }
}

impl PlainGroup<'_> {
    /// The same group as a value of its own; `None` never, for the keys were checked.
    #[must_use]
    pub fn to_group(&self) -> Option<Group> {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let members = match self.people {
            None => Members::NotListed,
            Some(people) => {
                let mut roll = Roll::default();
                for (role, names) in people.by_role() {
                    for (from, to) in names {
                        let place = usize::try_from(*from).ok()?..usize::try_from(*to).ok()?;
                        let name = std::str::from_utf8(self.element.get(place)?).ok()?;
                        let person = PersonKey::new(name).ok()?;
                        roll.add(person, name, MemberKind::User, role.clone());
                    }
                }
                Members::Listed(roll.members)
            }
        };
        Some(Group {
            key: GroupKey::new(self.key).ok()?,
            display_name: self.display_name.to_owned(),
            description: filled(self.description),
            photo: filled(self.photo),
            created: None,
            updated: None,
            members,
        })
    }
}

/// People gathered from lists that may name somebody more than once: each stands once, with all
/// roles, where the first list named them.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    pub(crate) members: Vec<Member>,
    places: HashMap<PersonKey, usize>,
}

impl Roll {
    pub(crate) fn add(&mut self, person: PersonKey, label: &str, kind: MemberKind, role: Role) {
        let place = *self
            .places
            .entry(person.clone())
            .or_insert(self.members.len());
        match self.members.get_mut(place) {
            Some(member) => member.roles.insert(role),
            None => self.members.push(Member {
                person,
                label: label.to_owned(),
                kind,
                roles: Roles::one(role),
                joined: None,
                emails: Vec::new(),
                is_self: false,
            }),
        }
    }
}
