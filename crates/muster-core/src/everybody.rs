//! Everybody who is in some known group: in how many, and how many of them they manage.

use group_bytes::{Keyed, fold_into, sort_keyed};

use crate::directory::Directory;
use crate::natural::{natural_bytes, prefix};
use crate::query::Direction;
use crate::words::{Rank, Words};

/// The columns by which people can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeopleSort {
    /// What they are called.
    Name,
    /// In how many groups they are.
    Groups,
    /// How many they manage.
    Leads,
}

impl PeopleSort {
    /// The word in the page's address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Groups => "groups",
            Self::Leads => "admin",
        }
    }

    /// The column of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Name, Self::Groups, Self::Leads]
            .into_iter()
            .find(|by| by.word() == word)
    }
}

/// One person of [`Everybody`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The number by which [`Directory::person_at`] knows who it is.
    pub number: u32,
    /// In how many known groups.
    pub groups: u32,
    /// How many of those they manage.
    pub leads: u32,
}

/// Everybody, made ready to be searched and sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Everybody {
    /// By name.
    people: Vec<Known>,
    /// Name and, where it is another, key of each, folded; a line each.
    lines: Vec<Box<str>>,
    unsaid: usize,
}

impl Everybody {
    /// Goes over all memberships once.
    #[must_use]
    pub fn new(directory: &Directory) -> Self {
        let end = directory.persons_end() as usize;
        let nobody = Known {
            number: 0,
            groups: 0,
            leads: 0,
        };
        let mut counts = vec![nobody; end];
        // The group in which somebody was met last: who holds two roles is in it once.
        let mut met = vec![0u32; end];
        let lead = directory.lead_place();
        let mut unsaid = 0;
        for row in directory.rows() {
            unsaid += usize::from(row.people().is_none());
            for membership in row.memberships() {
                let person = membership.person() as usize;
                let (Some(count), Some(met)) = (counts.get_mut(person), met.get_mut(person)) else {
                    continue;
                };
                count.groups += u32::from(std::mem::replace(met, row.number + 1) != row.number + 1);
                count.leads += u32::from(Some(membership.role()) == lead);
            }
        }
        let mut line = String::new();
        let mut unsorted: Vec<Option<(Known, Box<str>)>> = Vec::new();
        let mut order: Vec<Keyed> = Vec::new();
        for (number, key, label) in directory.persons() {
            let Some(count) = counts.get(number as usize) else {
                continue;
            };
            line.clear();
            fold_into(label, &mut line);
            order.push(Keyed {
                key: prefix(line.as_bytes()),
                number: u32::try_from(unsorted.len()).unwrap_or(u32::MAX),
            });
            if label != key {
                line.push('\n');
                fold_into(key, &mut line);
            }
            unsorted.push(Some((Known { number, ..*count }, line.as_str().into())));
        }
        let text = |place: u32| {
            let one = unsorted.get(place as usize).and_then(Option::as_ref);
            one.map_or(&[][..], |(_, line)| line.as_bytes())
        };
        sort_keyed(&mut order, &mut |a, b| {
            natural_bytes(text(a), text(b)).then(a.cmp(&b))
        });
        let (people, lines) = order
            .into_iter()
            .filter_map(|keyed| unsorted.get_mut(keyed.number as usize)?.take())
            .unzip();
        Self {
            people,
            lines,
            unsaid,
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Of how many groups nobody knows who is in them.
    #[must_use]
    pub const fn unsaid(&self) -> usize {
        self.unsaid
    }

    /// The person at a place that [`Everybody::select`] gave.
    #[must_use]
    pub fn at(&self, place: u32) -> Option<Known> {
        self.people.get(place as usize).copied()
    }

    /// The places of those who answer the search, in order: without a column the best match first.
    #[must_use]
    pub fn select(&self, search: &str, sort: Option<PeopleSort>, direction: Direction) -> Vec<u32> {
        let words = Words::new(search);
        let mut ranked: [Vec<u32>; Rank::ALL.len()] = Default::default();
        for (place, line) in (0..).zip(&self.lines) {
            let rank = if words.is_empty() || sort.is_some() && words.are_in(line) {
                Some(Rank::Exact)
            } else if sort.is_some() {
                None
            } else {
                let (name, key) = line.split_once('\n').unwrap_or((line, line));
                words.rank(&[name, key], "")
            };
            if let Some(list) = rank.and_then(|rank| ranked.get_mut(rank as usize)) {
                list.push(place);
            }
        }
        let mut found = ranked.concat();
        match sort {
            Some(PeopleSort::Name) if direction == Direction::Descending => found.reverse(),
            None | Some(PeopleSort::Name) => {}
            Some(by) => {
                let count = |place: u32| match (by, self.at(place)) {
                    (PeopleSort::Leads, Some(known)) => known.leads,
                    (_, Some(known)) => known.groups,
                    (_, None) => 0,
                };
                let mut keyed: Vec<Keyed> = found
                    .iter()
                    .map(|place| {
                        let count = u64::from(count(*place));
                        let count = match direction {
                            Direction::Ascending => count,
                            Direction::Descending => !count,
                        };
                        // Where that is equal, as the names come.
                        Keyed {
                            key: [count, u64::from(*place)],
                            number: *place,
                        }
                    })
                    .collect();
                sort_keyed(&mut keyed, &mut |_, _| std::cmp::Ordering::Equal);
                found = keyed.into_iter().map(|keyed| keyed.number).collect();
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use group_api::{
        Backend, Group, GroupKey, Member, MemberKind, Members, PersonKey, Role, Roles, Snip,
    };

    fn directory() -> Directory {
        let member = |id: &str, email: &str, role: &'static str| Member {
            person: PersonKey::new(id).unwrap(),
            label: email.to_owned(),
            kind: MemberKind::User,
            roles: Roles::one(Role::known(role)),
            joined: None,
            emails: vec![],
            is_self: id == "7",
        };
        let group = |key: &str, members| Group {
            key: GroupKey::new(key).unwrap(),
            display_name: "Test Group".to_owned(),
            description: None,
            photo: None,
            created: None,
            updated: None,
            members,
        };
        let mut directory = Directory::new(Snip.capabilities(), 7);
        let (ann, bob, zoe) = ("ann@example.org", "bob@example.org", "zoé@example.org");
        directory.put_read(group(
            "1",
            Members::Listed(vec![member("3", ann, "owner"), member("7", bob, "member")]),
        ));
        directory.put_read(group(
            "2",
            Members::Listed(vec![
                member("7", bob, "owner"),
                member("3", ann, "moderator"),
                member("12", zoe, "member"),
                member("4", "bo", "auditor"),
            ]),
        ));
        directory.put_read(group("3", Members::Listed(vec![member("7", bob, "owner")])));
        directory.put_read(group("5", Members::NotListed));
        directory
    }

    #[test]
    fn everybody_is_counted_once_a_group_and_found_by_name_and_number() {
        let directory = directory();
        let everybody = Everybody::new(&directory);
        assert_eq!((everybody.len(), everybody.unsaid()), (4, 1));
        let shown = |search, sort, direction| -> Vec<(String, u32, u32)> {
            let places = everybody.select(search, sort, direction);
            let one = |place: &u32| {
                let known = everybody.at(*place).unwrap();
                let (_, label) = directory.person_at(known.number);
                (label.to_owned(), known.groups, known.leads)
            };
            places.iter().map(one).collect()
        };
        let (up, down) = (Direction::Ascending, Direction::Descending);
        let of = |name: &str, groups, leads| (format!("{name}@example.org"), groups, leads);
        let (ann, bob, zoe) = (of("ann", 2, 1), of("bob", 3, 2), of("zoé", 1, 0));
        let bo = ("bo".to_owned(), 1, 0);
        assert_eq!(
            shown("", None, up),
            [ann.clone(), bo.clone(), bob.clone(), zoe.clone()]
        );
        assert_eq!(
            shown("", Some(PeopleSort::Name), down),
            [zoe.clone(), bob.clone(), bo.clone(), ann.clone()]
        );
        assert_eq!(
            shown("", Some(PeopleSort::Groups), down),
            [bob.clone(), ann.clone(), bo.clone(), zoe.clone()]
        );
        assert_eq!(
            shown("", Some(PeopleSort::Leads), up),
            [bo.clone(), zoe.clone(), ann, bob.clone()]
        );
        // The name itself before names that begin with it; a number is found too.
        assert_eq!(shown("BO", None, up), [bo.clone(), bob.clone()]);
        assert_eq!(shown("bo", Some(PeopleSort::Groups), down), [bob, bo]);
        assert_eq!(shown("ZOE org", None, up), std::slice::from_ref(&zoe));
        assert_eq!(shown("12", Some(PeopleSort::Name), up), [zoe]);
        assert_eq!(shown("nobody", None, up), []);
        assert_eq!(directory.myself(), Some(&PersonKey::new("7").unwrap()));
        assert_eq!(
            directory.label_of(&PersonKey::new("4").unwrap()),
            Some("bo")
        );
        // A role that the system did not document is kept as it came.
        let number = directory.number_of("2").unwrap();
        let roles = directory.roles_of(number, &PersonKey::new("4").unwrap());
        assert_eq!(roles, Roles::one(Role::from_wire("auditor")));
    }
}
