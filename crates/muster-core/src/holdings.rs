//! The groups of one person, with what they hold in each.

use group_api::{PersonKey, Roles};
use group_bytes::{Keyed, sort_keyed};
use memchr::memmem::Finder;

use crate::directory::Directory;
use crate::natural::natural_bytes;
use crate::order::{by_name, by_names};
use crate::query::Direction;
use crate::words::Words;

/// The columns by which a person's groups can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HoldingSort {
    /// The group's name.
    #[default]
    Name,
    /// Its internal name or id.
    Key,
    /// The highest role that the person holds in it first.
    Role,
}

/// A group that somebody is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The number of the group's row.
    pub number: u32,
    /// Changes whenever anything in that row does.
    pub stamp: u32,
    /// A bit for each of the system's roles that the person holds there.
    roles: u32,
}

impl Directory {
    /// The known groups that a person is in, by name.
    #[must_use]
    pub fn holdings(&self, person: &PersonKey) -> Vec<Holding> {
        let Some(person) = self.person(person) else {
            return Vec::new();
        };
        let held = |number: u32| {
            let row = self.row(number)?;
            let mine = row.memberships().iter();
            let roles = mine
                .filter(|membership| membership.person() == person)
                .fold(0, |roles, membership| roles | 1 << membership.role());
            (roles > 0).then_some(Holding {
                number,
                stamp: row.stamp(),
                roles,
            })
        };
        let mut numbers: Vec<u32> = (0..self.end())
            .filter(|number| held(*number).is_some())
            .collect();
        by_names(self, &mut numbers);
        numbers.into_iter().filter_map(held).collect()
    }

    /// What a person holds in a group, the highest first; nothing if they are not in it, or nobody
    /// knows who is.
    #[must_use]
    pub fn roles_of(&self, number: u32, person: &PersonKey) -> Roles {
        let Some(row) = self.row(number) else {
            return Roles::none();
        };
        if let Some(group) = row.rich() {
            let member = group.members.find(person);
            return member.map_or_else(Roles::none, |member| member.roles.clone());
        }
        let Some(person) = self.person(person) else {
            return Roles::none();
        };
        let places = row
            .memberships()
            .iter()
            .filter(|membership| membership.person() == person);
        places
            .filter_map(|membership| self.role_at(membership.role()).cloned())
            .collect()
    }
}

/// Those of a person's groups, given by name, that answer a search, in order.
#[must_use]
pub fn select_holdings(
    directory: &Directory,
    holdings: &[Holding],
    search: &str,
    sort: HoldingSort,
    direction: Direction,
) -> Vec<Holding> {
    let words = Words::new(search);
    let finders: Vec<Finder<'_>> = words.iter().map(Finder::new).collect();
    let mut keyed: Vec<Keyed> = Vec::new();
    for (place, holding) in (0u32..).zip(holdings) {
        let Some(row) = directory.row(holding.number) else {
            continue;
        };
        let is_in = |finder: &Finder<'_>| finder.find(row.folded()).is_some();
        if !finders.iter().all(is_in) {
            continue;
        }
        // The first role is the highest: the lowest bit.
        let first = match sort {
            HoldingSort::Role => u64::from(holding.roles.trailing_zeros()),
            HoldingSort::Name | HoldingSort::Key => 0,
        };
        let first = match direction {
            Direction::Ascending => first,
            Direction::Descending => !first,
        };
        keyed.push(Keyed {
            key: [first, 0],
            number: place,
        });
    }
    let row = |place: u32| directory.row(holdings.get(place as usize)?.number);
    sort_keyed(&mut keyed, &mut |a, b| {
        let order = match (row(a), row(b)) {
            (Some(a), Some(b)) => match sort {
                HoldingSort::Role => return by_name(&a, &b),
                HoldingSort::Name => by_name(&a, &b),
                HoldingSort::Key => {
                    let ([_, key, _], [_, other, _]) = (a.folded_parts(), b.folded_parts());
                    natural_bytes(key, other).then_with(|| a.key().cmp(b.key()))
                }
            },
            _ => a.cmp(&b),
        };
        direction.turned(order)
    });
    keyed
        .into_iter()
        .filter_map(|keyed| holdings.get(keyed.number as usize).copied())
        .collect()
}
