//! Which groups are not the same in two states of a connection.

use crate::columns::Row;
use crate::directory::{Directory, OTHER_ROLE};

/// The groups that are not the same in two states: the numbers of their rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    /// In both, by their keys, and not the same, or too rich for the columns to tell: the row then, the row now.
    pub other: Vec<(u32, u32)>,
    /// Only in the earlier one.
    pub gone: Vec<u32>,
    /// Only in the later one.
    pub new: Vec<u32>,
}

/// Tells two states apart. No group is made of its columns for it, and no name is compared more than once.
#[must_use]
pub fn apart(then: &Directory, now: &Directory) -> Apart {
    // The numbers of those known then, as they are now.
    let people: Vec<u32> = (0..then.persons_end())
        .map(|number| {
            let (key, _) = then.person_at(number);
            now.person_by(key).unwrap_or(u32::MAX)
        })
        .collect();
    let mut told = Apart::default();
    let mut held = vec![(0_u32, 0_u16); now.persons_end() as usize];
    for row in then.rows() {
        match now.number_of(row.key()) {
            None => told.gone.push(row.number()),
            Some(number) => {
                let same = now.row(number).is_some_and(|other| {
                    let fields = row.display_name() == other.display_name()
                        && row.description() == other.description()
                        && row.photo() == other.photo();
                    fields && same_people(&row, &other, &people, &mut held)
                });
                if !same {
                    told.other.push((row.number(), number));
                }
            }
        }
    }
    told.new.extend(
        now.rows()
            .filter(|row| then.number_of(row.key()).is_none())
            .map(|row| row.number()),
    );
    told
}

/// Whether the same people hold the same in both. `held` is who holds what in the row that was looked at last,
/// by number, with that row's own number beside it.
fn same_people(then: &Row<'_>, now: &Row<'_>, people: &[u32], held: &mut [(u32, u16)]) -> bool {
    let (before, after) = (then.memberships(), now.memberships());
    if then.people() != now.people() || before.len() != after.len() {
        return false;
    }
    // One more than the number, for a table of nothing but noughts names nobody.
    let mark = now.number().wrapping_add(1);
    for membership in after {
        if membership.role() == OTHER_ROLE {
            return false;
        }
        if let Some(holds) = held.get_mut(membership.person() as usize) {
            if holds.0 != mark {
                *holds = (mark, 0);
            }
            holds.1 |= 1 << membership.role();
        }
    }
    // None is twice in a row, so that as many of the same are the same.
    before.iter().all(|membership| {
        let person = people.get(membership.person() as usize);
        let holds = person.and_then(|person| held.get(*person as usize));
        membership.role() != OTHER_ROLE
            && holds.is_some_and(|(of, roles)| *of == mark && roles >> membership.role() & 1 == 1)
    })
}
