//! What takes a run back.

use group_api::{Capabilities, KeyKind, NewGroup, PersonChange};

use crate::run::Run;
use crate::task::{Fate, Place, Task, Was};

/// What takes a run back, as far as it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undo {
    /// The groups that it is about.
    pub places: Vec<Place>,
    /// The tasks, each with the numbers of those that have to be done before.
    pub tasks: Vec<(Task, Vec<usize>)>,
    /// What of the run cannot be taken back, a sentence each.
    pub left: Vec<&'static str>,
}

/// What takes back what a run has done. Each step is a difference, and none of them is sent where a
/// fresh read shows that somebody else has changed the same since: see [`PersonChange::still_fits`].
#[must_use]
pub fn undo(capabilities: &Capabilities, run: &Run) -> Undo {
    let mut undo = Undo {
        places: run.places.clone(),
        ..Undo::default()
    };
    let can_add = capabilities.add.is_yes();
    // For each item, the steps that come before the one that takes it back.
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); run.items().len()];
    // The last first: what was made before something else is taken back after it.
    for (number, item) in run.items().iter().enumerate().rev() {
        if !matches!(item.fate, Fate::Done { .. }) {
            continue;
        }
        let next = undo.tasks.len();
        match &item.task {
            Task::Person {
                place,
                person,
                label,
                change,
            } => {
                let back = change.reversed();
                let adds = matches!(back, Some(PersonChange::Restore(_)));
                match back {
                    Some(change) if can_add || !adds => undo.tasks.push((
                        Task::Person {
                            place: *place,
                            person: person.clone(),
                            label: label.clone(),
                            change,
                        },
                        before
                            .get_mut(number)
                            .map(std::mem::take)
                            .unwrap_or_default(),
                    )),
                    _ => undo
                        .leave("Nobody can be added here: who was removed has to be invited anew."),
                }
            }
            Task::Delete { place, was } => {
                if can_add && capabilities.key == KeyKind::ChosenName {
                    make_again(&mut undo, *place, was);
                } else {
                    undo.leave("A deleted group cannot be made again with its people.");
                }
            }
            Task::Create { .. } => {
                undo.leave("A new group is not deleted by an undo: delete it in its settings.")
            }
            Task::Edit { .. } => undo.leave("Fields are changed back in the group's settings."),
            Task::Leave { .. } => {
                undo.leave("Who has left a group cannot come back by themselves.")
            }
            Task::Transfer { .. } => {
                undo.leave("A group that was handed over can only be handed back by its new owner.")
            }
        }
        // Nobody is taken out of where they came to before they are back where they were.
        if undo.tasks.len() > next
            && let Task::Person {
                change: PersonChange::Revoke(_) | PersonChange::Change { .. },
                ..
            } = item.task
        {
            for after in &item.after {
                if let Some(before) = before.get_mut(*after) {
                    before.push(next);
                }
            }
        }
    }
    undo
}

impl Undo {
    fn leave(&mut self, why: &'static str) {
        if !self.left.contains(&why) {
            self.left.push(why);
        }
    }
}

/// Makes a group again with its people, each in the roles they held.
fn make_again(undo: &mut Undo, place: usize, was: &Was) {
    let Some(Place { key, name }) = undo.places.get(place) else {
        return;
    };
    let new = NewGroup {
        display_name: name.clone(),
        internal_name: key.as_str().to_owned(),
        description: was.description.clone(),
        photo: was.photo.clone(),
        add_admin: None,
    };
    let made = undo.tasks.len();
    let new = Box::new(new);
    undo.tasks.push((Task::Create { place, new }, Vec::new()));
    undo.tasks.extend(was.people.iter().map(|(person, roles)| {
        (
            Task::Person {
                place,
                person: person.clone(),
                label: None,
                change: PersonChange::Restore(roles.clone()),
            },
            vec![made],
        )
    }));
    undo.leave("What the group opened elsewhere does not come back with it, and to its system it is another group.");
}
