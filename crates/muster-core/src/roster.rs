//! The members of one group as its table shows them.

use group_api::{Capabilities, Member};
use group_bytes::{Keyed, fold, fold_into, sort_keyed};
use memchr::memmem::Finder;

use crate::natural::{natural_bytes, prefix};
use crate::query::Direction;
use crate::words::Words;

/// The columns by which members can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberSort {
    /// The highest role first, then by name.
    #[default]
    Role,
    /// The name.
    Name,
    /// When they joined.
    Joined,
}

/// The members of one group, made ready to be searched and sorted.
#[derive(Debug)]
pub struct Roster {
    members: Vec<Member>,
    /// Label, key and addresses of each, folded, one a line.
    folded: Vec<String>,
    /// The place of each one's highest role.
    ranks: Vec<usize>,
    /// Their places by name.
    names: Vec<u32>,
}

impl PartialEq for Roster {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members
    }
}

impl Roster {
    /// Makes a roster of members.
    #[must_use]
    pub fn new(capabilities: &Capabilities, members: Vec<Member>) -> Self {
        let folded: Vec<String> = members
            .iter()
            .map(|member| {
                let mut line = fold(&member.label);
                let key = member.person.as_str();
                for more in [key]
                    .into_iter()
                    .chain(member.emails.iter().map(|email| email.address.as_str()))
                    .filter(|more| *more != member.label)
                {
                    line.push('\n');
                    fold_into(more, &mut line);
                }
                line
            })
            .collect();
        let rank = |member: &Member| {
            let first = member.roles.first();
            first.and_then(|role| capabilities.rank(role))
        };
        let label = |place: u32| {
            let line = folded.get(place as usize).map_or("", String::as_str);
            line.split('\n').next().unwrap_or_default().as_bytes()
        };
        let person = |place: u32| members.get(place as usize).map(|member| &member.person);
        let mut names: Vec<Keyed> = (0..)
            .zip(&members)
            .map(|(number, _)| Keyed {
                key: prefix(label(number)),
                number,
            })
            .collect();
        sort_keyed(&mut names, &mut |a, b| {
            natural_bytes(label(a), label(b)).then_with(|| person(a).cmp(&person(b)))
        });
        Self {
            names: names.into_iter().map(|keyed| keyed.number).collect(),
            ranks: members
                .iter()
                .map(|member| rank(member).unwrap_or(usize::MAX))
                .collect(),
            folded,
            members,
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The member at a place that [`Roster::select`] gave.
    #[must_use]
    pub fn member(&self, place: u32) -> Option<&Member> {
        self.members.get(place as usize)
    }

    /// The places of those who answer the search, in order.
    #[must_use]
    pub fn select(&self, search: &str, sort: MemberSort, direction: Direction) -> Vec<u32> {
        let words = Words::new(search);
        let finders: Vec<Finder<'_>> = words.iter().map(Finder::new).collect();
        let answers = |place: u32| {
            let line = self.folded.get(place as usize).map_or("", String::as_str);
            finders
                .iter()
                .all(|finder| finder.find(line.as_bytes()).is_some())
        };
        let mut found: Vec<u32> = self
            .names
            .iter()
            .copied()
            .filter(|place| answers(*place))
            .collect();
        match sort {
            MemberSort::Name if direction == Direction::Descending => found.reverse(),
            MemberSort::Name => {}
            MemberSort::Role | MemberSort::Joined => {
                // By number first, and where that is equal as the names come.
                let key = |place: u32| {
                    let key = match sort {
                        MemberSort::Joined => {
                            let joined = self.member(place)?.joined?;
                            joined.unix_ms().cast_unsigned() ^ (1 << 63)
                        }
                        _ => *self.ranks.get(place as usize)? as u64,
                    };
                    Some(match direction {
                        Direction::Ascending => [0, key],
                        Direction::Descending => [0, !key],
                    })
                };
                let mut keyed: Vec<Keyed> = (0..)
                    .zip(&found)
                    .map(|(number, place)| Keyed {
                        // What is not known comes last.
                        key: key(*place).unwrap_or([1, 0]),
                        number,
                    })
                    .collect();
                sort_keyed(&mut keyed, &mut |a, b| a.cmp(&b));
                found = keyed
                    .into_iter()
                    .filter_map(|keyed| found.get(keyed.number as usize).copied())
                    .collect();
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use group_api::{Backend, Email, MemberKind, PersonKey, Role, Roles, Snip, Timestamp};

    fn member(id: &str, email: &str, role: &'static str, joined: i64) -> Member {
        Member {
            person: PersonKey::new(id).unwrap(),
            label: email.to_owned(),
            kind: MemberKind::User,
            roles: Roles::one(Role::known(role)),
            joined: Some(Timestamp::from_unix_ms(joined)),
            emails: vec![Email {
                address: email.to_owned(),
                verified: None,
            }],
            is_self: false,
        }
    }

    #[test]
    fn roles_first_then_names_and_addresses_are_searched() {
        let members = [
            member("1", "zoe@example.org", "member", 3),
            member("2", "bob@example.org", "moderator", 1),
            member("3", "ann@example.com", "member", 2),
            member("4", "new@example.com", "auditor", 0),
        ];
        let capabilities = Snip.capabilities();
        let roster = Roster::new(capabilities, members.to_vec());
        let of = |search, sort| roster.select(search, sort, Direction::Ascending);
        assert_eq!(of("", MemberSort::Role), [1, 2, 0, 3]);
        assert_eq!(of("", MemberSort::Name), [2, 1, 3, 0]);
        assert_eq!(of("", MemberSort::Joined), [3, 1, 2, 0]);
        assert_eq!(of("example.com", MemberSort::Name), [2, 3]);
        assert_eq!(of("nobody", MemberSort::Name), [0u32; 0]);
        assert_eq!(
            roster.select("", MemberSort::Role, Direction::Descending),
            [3, 2, 0, 1]
        );
    }
}
