//! What of a plan is chosen: its order, and what to know before it is done.

use std::collections::{BTreeMap, BTreeSet};

use group_api::{Guard, PersonChange, PersonKey};
use muster_runs::Task;
use serde_json::Value;

use super::{Lead, Line, Plan, Stage};

/// What is struck. It outlives the plan: a line keeps its mark in the plan of another mode or of another moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Struck(BTreeSet<Mark>);

/// What tells a line from the others of any plan of one wish. Groups are their numbers in the wish.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Everything in a group, in this plan or another.
    Group(usize),
    /// Its making, or its fields.
    Fields(usize),
    /// What happens to a person in it.
    Person(usize, PersonKey),
}

/// What is to be done of a plan, in an order in which it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The groups that it is about.
    pub places: Vec<muster_runs::Place>,
    /// The tasks, each with the numbers of those that have to be done before.
    pub tasks: Vec<(Task, Vec<usize>)>,
    /// What to know before.
    pub warnings: Vec<Warned>,
    /// How many of what.
    pub sum: Sum,
}

/// How many of what is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Groups in which something is done.
    pub groups: usize,
    /// Groups that are made.
    pub made: usize,
    /// Groups whose fields change.
    pub edited: usize,
    /// Comings, counted in each group.
    pub added: usize,
    /// Goings, counted in each group.
    pub removed: usize,
    /// Changes of role.
    pub roles: usize,
    /// People who come in and whom no group shows, each once.
    pub never_seen: usize,
    /// The goings of the groups that lose more than a fifth of their people.
    pub much: usize,
}

/// Something to know of a group before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warned {
    /// The group, as its number in [`Plan::places`].
    pub place: usize,
    /// What.
    pub warning: Warning,
}

/// Why a group deserves a second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Of oneself, or of the last who manages it.
    Guard(Guard),
    /// More than a fifth of its people go.
    Much {
        /// How many go.
        removed: usize,
        /// Of how many.
        of: usize,
    },
    /// It was to be made, and one of its name is there: that one is changed.
    ThereAlready,
}

impl Struck {
    /// As JSON, to be kept beside the wish: a group by its number, its fields `[number]`, a person `[number, key]`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let marks = self.0.iter().map(|mark| match mark {
            Mark::Group(group) => Value::from(*group),
            Mark::Fields(group) => Value::from(vec![*group]),
            Mark::Person(group, person) => {
                Value::Array(vec![(*group).into(), person.as_str().into()])
            }
        });
        Value::Array(marks.collect())
    }

    /// What [`Struck::to_json`] wrote; none if it is something else.
    #[must_use]
    pub fn from_json(json: &Value) -> Option<Self> {
        let number = |json: &Value| usize::try_from(json.as_u64()?).ok();
        let mark = |json: &Value| match json.as_array().map(Vec::as_slice) {
            None => number(json).map(Mark::Group),
            Some([group]) => number(group).map(Mark::Fields),
            Some([group, person]) => Some(Mark::Person(
                number(group)?,
                PersonKey::new(person.as_str()?).ok()?,
            )),
            Some(_) => None,
        };
        let marks: Option<_> = json.as_array()?.iter().map(mark).collect();
        marks.map(Self)
    }

    /// Whether a line is struck.
    #[must_use]
    pub fn has(&self, plan: &Plan, line: &Line) -> bool {
        let Some(place) = plan.place(line) else {
            return false;
        };
        let of = |mark: Mark| self.0.contains(&mark);
        of(Mark::Group(place.wished))
            || of(mark(line, place.wished))
            // Who would come into a group that is not made does not come.
            || place.stage == Stage::New && of(Mark::Fields(place.wished))
    }

    /// Whether everything of a group is struck, in any plan.
    #[must_use]
    pub fn has_group(&self, wished: usize) -> bool {
        self.0.contains(&Mark::Group(wished))
    }

    /// Strikes everything of a group, or lets all of it stand again.
    pub fn group(&mut self, wished: usize, strike: bool) {
        // What was struck before in it is no longer told from the rest.
        self.0.retain(|mark| match mark {
            Mark::Group(group) | Mark::Fields(group) | Mark::Person(group, _) => *group != wished,
        });
        if strike {
            self.0.insert(Mark::Group(wished));
        }
    }

    /// Strikes a line, or lets it stand again. In a group that was struck as a whole, the others of its lines
    /// that this plan shows stay struck.
    pub fn line(&mut self, plan: &Plan, line: &Line, strike: bool) {
        let Some(place) = plan.place(line) else {
            return;
        };
        let wished = place.wished;
        if strike {
            self.0.insert(mark(line, wished));
            return;
        }
        if self.0.remove(&Mark::Group(wished)) {
            let others = plan
                .lines
                .iter()
                .filter(|other| other.task.place() == line.task.place() && *other != line);
            self.0.extend(others.map(|other| mark(other, wished)));
        }
        if place.stage == Stage::New {
            // Nobody comes into a group that is not made.
            self.0.remove(&Mark::Fields(wished));
        }
        self.0.remove(&mark(line, wished));
    }

    /// Whether nothing is struck.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn mark(line: &Line, wished: usize) -> Mark {
    match &line.task {
        Task::Person { person, .. } => Mark::Person(wished, person.clone()),
        _ => Mark::Fields(wished),
    }
}

/// How early something can be done: what others wait for comes before them.
fn rank(line: &Line) -> usize {
    match &line.task {
        Task::Create { .. } => 0,
        Task::Person { change, .. } => match change {
            PersonChange::Grant(_) | PersonChange::Restore(_) => 1,
            PersonChange::Change { .. } if line.lead != Lead::Lost => 2,
            PersonChange::Change { .. } => 3,
            PersonChange::Revoke(_) => 4,
        },
        // A rename changes the address of its group, so that it is best done when nobody asks for the old one.
        _ => 5,
    }
}
const RANKS: usize = 6;

/// What the chosen lines do to one group.
#[derive(Clone, Default)]
struct Effect {
    chosen: usize,
    removed: usize,
    gained: usize,
    lost: usize,
    /// The number of the task that makes it.
    made: Option<usize>,
    /// The number of the first task that brings in somebody who manages it.
    successor: Option<usize>,
    /// Its number among the places of the run.
    place: usize,
    guard: Option<Guard>,
}

impl Plan {
    /// What is left of it without what is struck: each task with what has to be done before it, and what to know
    /// before.
    #[must_use]
    pub fn chosen(&self, struck: &Struck) -> Chosen {
        let mut chosen = Chosen::default();
        let mut effects = vec![Effect::default(); self.places.len()];
        let mut ranked: [Vec<&Line>; RANKS] = Default::default();
        let mut goers: BTreeSet<&PersonKey> = BTreeSet::new();
        let mut strangers: BTreeSet<&PersonKey> = BTreeSet::new();
        let all_stand = struck.is_empty();
        for line in &self.lines {
            if !all_stand && struck.has(self, line) {
                continue;
            }
            let Some(effect) = effects.get_mut(line.task.place()) else {
                continue;
            };
            effect.chosen += 1;
            effect.guard = effect.guard.or(line.guard);
            match line.lead {
                Lead::Gained => effect.gained += 1,
                Lead::Lost => effect.lost += 1,
                Lead::Same => {}
            }
            let sum = &mut chosen.sum;
            match &line.task {
                Task::Create { .. } => sum.made += 1,
                Task::Person { person, change, .. } => match change {
                    PersonChange::Grant(_) | PersonChange::Restore(_) => {
                        sum.added += 1;
                        if line.never_seen {
                            strangers.insert(person);
                        }
                    }
                    PersonChange::Change { .. } => sum.roles += 1,
                    PersonChange::Revoke(_) => {
                        sum.removed += 1;
                        effect.removed += 1;
                        goers.insert(person);
                    }
                },
                _ => sum.edited += 1,
            }
            if let Some(rank) = ranked.get_mut(rank(line)) {
                rank.push(line);
            }
        }
        chosen.sum.never_seen = strangers.len();
        for (number, (place, effect)) in self.places.iter().zip(&mut effects).enumerate() {
            if effect.chosen == 0 {
                continue;
            }
            effect.place = chosen.places.len();
            chosen.places.push(place.place.clone());
            let takes_all = place.leads > 0 && effect.lost >= place.leads;
            let much = effect.removed * 5 > place.people;
            if much {
                chosen.sum.much += effect.removed;
            }
            let warnings = [
                (place.stage == Stage::ThereAlready).then_some(Warning::ThereAlready),
                effect.guard.map(Warning::Guard),
                (takes_all && effect.gained == 0).then_some(Warning::Guard(Guard::TakesLastLead)),
                much.then_some(Warning::Much {
                    removed: effect.removed,
                    of: place.people,
                }),
            ];
            chosen
                .warnings
                .extend(warnings.into_iter().flatten().map(|warning| Warned {
                    place: number,
                    warning,
                }));
        }
        chosen.sum.groups = chosen.places.len();
        // What somebody who goes somewhere is given elsewhere: each with its number.
        let mut given: BTreeMap<&PersonKey, Vec<usize>> = BTreeMap::new();
        for line in ranked.iter().flatten() {
            let (number, place) = (chosen.tasks.len(), line.task.place());
            let Some((effect, leads)) = effects
                .get_mut(place)
                .zip(self.places.get(place).map(|place| place.leads))
            else {
                continue;
            };
            let mut after: Vec<usize> = effect.made.into_iter().collect();
            match &line.task {
                Task::Create { .. } => effect.made = Some(number),
                Task::Person { person, change, .. } => {
                    if line.lead == Lead::Gained {
                        effect.successor = effect.successor.or(Some(number));
                    }
                    if line.lead == Lead::Lost && effect.lost >= leads {
                        after.extend(effect.successor);
                    }
                    if matches!(change, PersonChange::Revoke(_)) {
                        let given = given.get(person);
                        after.extend(given.into_iter().flatten());
                    } else if goers.contains(person) {
                        given.entry(person).or_default().push(number);
                    }
                }
                _ => {}
            }
            chosen
                .tasks
                .push((line.task.clone().at(effect.place), after));
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_struck_is_read_as_it_was_kept(
            marks in prop::collection::vec((0_usize..2_000, 0_u8..3, "[a-zü\"\\\\]{1,8}"), 0..20),
        ) {
            let marks = marks.into_iter().map(|(group, kind, name)| match kind {
                0 => Mark::Group(group),
                1 => Mark::Fields(group),
                _ => Mark::Person(group, PersonKey::new(&name).unwrap()),
            });
            let struck = Struck(marks.collect());
            let text = struck.to_json().to_string();
            let read = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(Struck::from_json(&read), Some(struck));
        }

        #[test]
        fn what_is_something_else_is_no_mark(text in "[\\[\\]{}0-9,\"a-]{0,20}") {
            if let Ok(json) = serde_json::from_str(&text) {
                drop(Struck::from_json(&json));
            }
        }
    }
}
