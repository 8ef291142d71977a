//! What is different in a plan that was made anew.

use std::collections::BTreeMap;

use group_api::PersonKey;
use muster_runs::Task;

use super::{Line, Plan, Struck};

/// What somebody else has changed between two plans of one wish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// Lines of the later plan that the earlier one does not have, or not so.
    pub new: Vec<usize>,
    /// Lines of the earlier plan that the later one does not have, or not so.
    pub gone: Vec<usize>,
}

/// What tells a line from the others: the group's number in the wish, and the person.
type Name<'a> = (usize, Option<&'a PersonKey>);

impl Plan {
    /// What is different from an earlier plan of the same wish, but for what is struck.
    #[must_use]
    pub fn since(&self, before: &Self, struck: &Struck) -> Since {
        let (now, then) = (self.by_name(struck), before.by_name(struck));
        Since {
            new: differs(&now, &then),
            gone: differs(&then, &now),
        }
    }

    fn by_name(&self, struck: &Struck) -> BTreeMap<Name<'_>, (usize, &Line)> {
        let lines = self.lines.iter().enumerate();
        lines
            .filter(|(_, line)| !struck.has(self, line))
            .filter_map(|(number, line)| {
                let person = match &line.task {
                    Task::Person { person, .. } => Some(person),
                    _ => None,
                };
                Some(((self.place(line)?.wished, person), (number, line)))
            })
            .collect()
    }
}

fn differs(
    these: &BTreeMap<Name<'_>, (usize, &Line)>,
    those: &BTreeMap<Name<'_>, (usize, &Line)>,
) -> Vec<usize> {
    these
        .iter()
        .filter(|(name, (_, line))| {
            those
                .get(*name)
                .is_none_or(|(_, other)| other.task.clone().at(0) != line.task.clone().at(0))
        })
        .map(|(_, (number, _))| *number)
        .collect()
}
