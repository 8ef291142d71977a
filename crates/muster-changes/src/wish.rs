//! What is to be so.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use group_api::{Field, GroupKey, NewGroup, PersonKey, Role};
use muster_core::Directory;

use crate::compare::everybody;

/// What is to be so in some groups. A group that is not named is not touched, and none is deleted
/// because it is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The groups, each once.
    pub groups: Vec<Group>,
}

impl Wish {
    /// Names everybody else whom the groups have, to stay as they are: what was wished of some says nothing of the
    /// others, and nobody goes out for not being named.
    pub fn leave_others(&mut self, present: &dyn Present) {
        for group in &mut self.groups {
            let (Which::Known(key), People::Named(named)) = (&group.which, &mut group.people)
            else {
                continue;
            };
            let Some(known) = present.group(key) else {
                continue;
            };
            let there: HashSet<PersonKey> = named.iter().map(|one| one.person.clone()).collect();
            let mut others = everybody(&known);
            others.retain(|one| !there.contains(&one.person));
            named.append(&mut others);
        }
    }

    /// A number that tells it from other wishes, the same wherever and whenever it is worked out (FNV-1a, 64 bits).
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut put = |text: &str| {
            // A byte that no text has stands between two of them.
            for byte in text.bytes().chain([0xff]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for group in &self.groups {
            match &group.which {
                Which::Known(key) => put(key.as_str()),
                Which::New(new) => {
                    put("new");
                    put(&new.internal_name);
                    put(&new.display_name);
                    put(&new.description);
                }
            }
            for (field, value) in &group.fields {
                put(match field {
                    Field::DisplayName => "display name",
                    Field::InternalName => "internal name",
                    Field::Description => "description",
                    Field::Photo => "photo",
                });
                put(value);
            }
            let People::Named(people) = &group.people else {
                put("unsaid");
                continue;
            };
            for person in people {
                put(person.person.as_str());
                put(match &person.holds {
                    Holds::Any => "any",
                    Holds::AsIs => "as is",
                    Holds::Role(role) => role.as_str(),
                    Holds::Nothing => "",
                });
            }
        }
        hash
    }
}

/// What is to be so in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Which group.
    pub which: Which,
    /// Fields that are to have these values, each once; the others stay as they are.
    pub fields: Vec<(Field, String)>,
    /// Who is to be in it.
    pub people: People,
}

/// Which group is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// One that exists.
    Known(GroupKey),
    /// One that is to be made.
    New(NewGroup),
}

/// Who is to be in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum People {
    /// Nothing is said of it.
    Unsaid,
    /// These, each once. In [`Mode::ExactlySo`] nobody else, so that an empty list empties the group.
    Named(Vec<WishedPerson>),
}

/// What is to be so of one person in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishedPerson {
    /// The person.
    pub person: PersonKey,
    /// What to call them, where that is not their key.
    pub label: Option<String>,
    /// What they are to hold.
    pub holds: Holds,
}

/// What a person is to hold in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Whatever they hold now; who is not in it comes in as plain member.
    Any,
    /// Whatever they hold now, and nothing if that is so: nothing happens to them, in either mode.
    AsIs,
    /// This role.
    Role(Role),
    /// Nothing: they go out, in either mode.
    Nothing,
}

/// How a wish is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nobody goes out who is not named as going.
    AddMissing,
    /// In each group named with its people, these people and nobody else.
    ExactlySo(Admins),
}

/// What becomes of the admins that a wish does not name, where it is to be exactly so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admins {
    /// They stay.
    Stay,
    /// They go out, like everybody else who is not named.
    Go,
}

/// What is so, as far as it is known: groups by their keys, with their people.
pub trait Present {
    /// A group, if there is one; with its people, if these were listed.
    fn group(&self, key: &GroupKey) -> Option<Arc<group_api::Group>>;

    /// The groups of a display name. Asked only where groups are not named by keys that people choose.
    fn named(&self, name: &str) -> Vec<GroupKey> {
        let _ = name;
        Vec::new()
    }

    /// Whether a person is in any group, or was seen otherwise.
    fn seen(&self, person: &PersonKey) -> bool {
        let _ = person;
        true
    }

    /// The e-mail address of a person, if it is known.
    fn email(&self, person: &PersonKey) -> Option<String> {
        let _ = person;
        None
    }
}

/// What is known of a connection's groups.
impl Present for Directory {
    fn group(&self, key: &GroupKey) -> Option<Arc<group_api::Group>> {
        self.get(key)
    }

    fn named(&self, name: &str) -> Vec<GroupKey> {
        self.rows()
            .filter(|row| row.display_name() == name)
            .filter_map(|row| GroupKey::new(row.key()).ok())
            .collect()
    }

    fn seen(&self, person: &PersonKey) -> bool {
        self.knows(person)
    }

    fn email(&self, person: &PersonKey) -> Option<String> {
        let label = self.label_of(person)?;
        label.contains('@').then(|| label.to_owned())
    }
}

/// Groups read at one time.
impl Present for BTreeMap<GroupKey, Arc<group_api::Group>> {
    fn group(&self, key: &GroupKey) -> Option<Arc<group_api::Group>> {
        self.get(key).cloned()
    }

    fn named(&self, name: &str) -> Vec<GroupKey> {
        self.values()
            .filter(|group| group.display_name == name)
            .map(|group| group.key.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_told_apart_by_their_fingerprints() {
        let wish = |key: &str, people: &[(&str, Holds)]| Wish {
            groups: vec![Group {
                which: Which::Known(GroupKey::new(key).unwrap()),
                fields: vec![],
                people: People::Named(
                    people
                        .iter()
                        .map(|(person, holds)| WishedPerson {
                            person: PersonKey::new(person).unwrap(),
                            label: None,
                            holds: holds.clone(),
                        })
                        .collect(),
                ),
            }],
        };
        let all = [
            wish("eng", &[]),
            wish("ops", &[]),
            wish("eng", &[("ann", Holds::Any)]),
            wish("eng", &[("ann", Holds::Nothing)]),
            wish("eng", &[("ann", Holds::Role(Role::known("admin")))]),
            wish("eng", &[("ann", Holds::Any), ("bob", Holds::Any)]),
            wish("eng", &[("annany", Holds::Nothing)]),
            Wish::default(),
        ];
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.fingerprint(), one.clone().fingerprint());
            for other in &all[at + 1..] {
                assert_ne!(one.fingerprint(), other.fingerprint(), "{one:?} {other:?}");
            }
        }
    }
}
