//! The difference between what is wished and what is so, as single steps.

mod chosen;
mod group;
mod names;
mod since;

use std::collections::BTreeSet;

use group_api::{Backend, Field, GroupKey, Guard, PersonChange, PersonKey, Role, Support};
use group_bytes::sort_by;
use muster_runs::Task;

pub use chosen::{Chosen, Mark, Struck, Sum, Warned, Warning};
pub use since::Since;

use crate::wish::{Holds, Mode, People, Present, Which, Wish};

/// What has to be done so that a wish comes true, and what of the wish cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The groups in which something is to be done, in the order of the wish.
    pub places: Vec<Place>,
    /// What is to be done, place by place; the place of each task is its number in `places`.
    pub lines: Vec<Line>,
    /// What cannot be done, in the order of the wish.
    pub problems: Vec<Problem>,
}

/// A group in which something is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its number in the wish.
    pub wished: usize,
    /// What names it.
    pub place: muster_runs::Place,
    /// Whether it is there.
    pub stage: Stage,
    /// How many people are in it now.
    pub people: usize,
    /// How many of them manage it.
    pub leads: usize,
}

/// Whether a group that is wished is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It was named as one that exists, and does.
    There,
    /// It was to be made, and one of its name exists: it is taken for it.
    ThereAlready,
    /// It is to be made.
    New,
}

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub task: Task,
    /// What it does to the number of those who manage the group.
    pub lead: Lead,
    /// What it does to oneself.
    pub guard: Option<Guard>,
    /// Whether it brings in somebody whom no group shows.
    pub never_seen: bool,
}

/// What a step does to the number of those who manage a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// Nothing.
    Same,
    /// There is one more.
    Gained,
    /// There is one less.
    Lost,
}

/// Something of the wish that cannot be done. The rest of the wish can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The number of the group in the wish.
    pub wished: usize,
    /// What to call the group.
    pub group: String,
    /// Whom it is about, if it is about one person.
    pub who: Option<Unable>,
    /// Why.
    pub why: Why,
}

/// A person for whom something cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unable {
    /// The person.
    pub person: PersonKey,
    /// What to call them, where that is not their key.
    pub label: Option<String>,
    /// Their e-mail address, if it is known.
    pub email: Option<String>,
}

/// Why something of a wish cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no such group.
    NotFound,
    /// Who is in the group is not known.
    NotListed,
    /// The wish names the group more than once, or two that are to be made under one name.
    NamedTwice,
    /// The group is to be made, and so many have its name.
    Ambiguous(usize),
    /// It is to be renamed to the name of another, or of another that the wish names.
    NameTaken(String),
    /// The field is wished to be two things.
    TwoValues(Field),
    /// The system has no such field.
    NoField(Field),
    /// The field may not be this; the rule, as its backend says it.
    BadField(Field, String),
    /// The wish names the person more than once, and not as the same.
    TwoRoles,
    /// Nobody can be added; the reason, as its backend says it.
    NoAdd(&'static str),
    /// The system has no such role.
    UnknownRole(Role),
    /// The role cannot be given by a change of role; whether the group can be handed over instead.
    NotGiven(Role, Support),
    /// This is no person but something else, by the system's word.
    NotAPerson(String),
    /// It may not be done; the reason, as its backend says it.
    NotAllowed(String),
    /// They were to go, and what the same wish gives them elsewhere cannot be done: a move would end in nothing.
    Stays,
}

/// What has to be done in the present state so that the wish comes true. `me` is who I am, if that is known.
///
/// What was done once is not asked for again: the plan of a wish that has come true is empty.
#[must_use]
pub fn plan(
    wish: &Wish,
    present: &dyn Present,
    mode: Mode,
    backend: &dyn Backend,
    me: Option<&PersonKey>,
) -> Plan {
    let mut plan = Plan::default();
    let names = names::check(wish, present, backend.capabilities());
    let asked = group::Asked {
        present,
        mode,
        backend,
        me,
    };
    for (wished, (group, names)) in wish.groups.iter().zip(names).enumerate() {
        asked.group(&mut plan, wished, group, names);
    }
    plan.keep_who_cannot_arrive(wish);
    plan
}

impl Plan {
    /// Whether nothing is to be done and nothing is wished that cannot be.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.problems.is_empty()
    }

    /// Takes nobody out of a group who is to come into another and cannot.
    fn keep_who_cannot_arrive(&mut self, wish: &Wish) {
        let mut stay: BTreeSet<&PersonKey> = BTreeSet::new();
        for problem in &self.problems {
            let Some(group) = wish.groups.get(problem.wished) else {
                continue;
            };
            let People::Named(people) = &group.people else {
                continue;
            };
            let made = || self.places.iter().any(|of| of.wished == problem.wished);
            let nobody_comes = match problem.why {
                Why::NotFound | Why::NotListed | Why::NamedTwice | Why::Ambiguous(_) => true,
                _ => matches!(group.which, Which::New(_)) && !made(),
            };
            let comes = people
                .iter()
                .filter(|one| matches!(one.holds, Holds::Any | Holds::Role(_)));
            match &problem.who {
                Some(who) => {
                    stay.extend(
                        comes
                            .filter(|one| one.person == who.person)
                            .map(|one| &one.person),
                    );
                }
                None if nobody_comes => stay.extend(comes.map(|one| &one.person)),
                None => {}
            }
        }
        if stay.is_empty() {
            return;
        }
        let (places, problems) = (&self.places, &mut self.problems);
        self.lines.retain(|line| {
            let (
                Task::Person {
                    person,
                    label,
                    change: PersonChange::Revoke(_),
                    ..
                },
                Some(place),
            ) = (&line.task, places.get(line.task.place()))
            else {
                return true;
            };
            if !stay.contains(person) {
                return true;
            }
            problems.push(Problem {
                wished: place.wished,
                group: place.place.name.clone(),
                who: Some(Unable {
                    person: person.clone(),
                    label: label.clone(),
                    email: None,
                }),
                why: Why::Stays,
            });
            false
        });
        sort_by(&mut self.problems, |a, b| a.wished.cmp(&b.wished));
    }

    /// The place of a line.
    #[must_use]
    pub fn place(&self, line: &Line) -> Option<&Place> {
        self.places.get(line.task.place())
    }

    /// The groups of what is chosen that are there: what is to be read again before it is done.
    pub fn keys<'a>(&'a self, chosen: &'a Chosen) -> impl Iterator<Item = &'a GroupKey> {
        // Both are in the order of the wish.
        let mut of_plan = self.places.iter();
        chosen.places.iter().filter_map(move |place| {
            let known = of_plan.find(|known| known.place == *place)?;
            (known.stage != Stage::New).then_some(&place.key)
        })
    }
}
