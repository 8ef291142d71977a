//! What was probably meant where nothing known is named so, found a piece at a time.

use group_api::PersonKey;
use muster_core::Directory;

use super::find::{Candidate, Nearest, Progress};
use super::matching::{Matching, Seen};

/// For how many names a near one is looked for.
const MOST: usize = 100;
/// How many are looked at in a piece.
const PIECE: u32 = 4_000;

/// Looks for known names near to those that nobody and no group has.
#[derive(Debug)]
pub struct Near {
    /// Which of the texts.
    groups: Vec<usize>,
    people: Vec<usize>,
    near_groups: Nearest,
    near_people: Nearest,
    next_group: u32,
    next_person: u32,
}

impl Near {
    /// Gathers what was not found.
    #[must_use]
    pub fn new(matching: &Matching) -> Self {
        let (mut groups, mut people) = (Vec::new(), Vec::new());
        let (mut group_names, mut person_names) = (Vec::new(), Vec::new());
        let all = (0..).zip(&matching.groups);
        for (at, group) in all.filter(|(_, group)| group.found.is_empty()).take(MOST) {
            groups.push(at);
            group_names.push(group.text.clone());
        }
        for (at, person) in (0..).zip(&matching.people) {
            if let (Seen::Never(_), Ok(key)) = (&person.seen, &person.person)
                && people.len() < MOST
            {
                people.push(at);
                person_names.push(key.as_str().to_owned());
            }
        }
        Self {
            groups,
            people,
            near_groups: Nearest::new(group_names),
            near_people: Nearest::new(person_names),
            next_group: 0,
            next_person: 0,
        }
    }

    /// Whether everything was found, so that there is nothing to look for.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        self.near_groups.is_idle() && self.near_people.is_idle()
    }

    /// Looks at some more of what is known.
    pub fn look(&mut self, directory: &Directory) -> Progress {
        if !self.near_groups.is_idle() && self.next_group < directory.end() {
            let end = directory.end().min(self.next_group.saturating_add(PIECE));
            let mut names = Vec::new();
            for row in directory.rows_between(self.next_group..end) {
                names.push((row.number(), row.display_name()));
                if row.key() != row.display_name() {
                    names.push((row.number(), row.key()));
                }
            }
            self.near_groups.look(&names);
            self.next_group = end;
            return Progress::More;
        }
        if !self.near_people.is_idle() && self.next_person < directory.persons_end() {
            let end = self.next_person.saturating_add(2 * PIECE);
            let end = directory.persons_end().min(end);
            let names: Vec<(u32, &str)> = directory.people_between(self.next_person..end).collect();
            self.near_people.look(&names);
            self.next_person = end;
            return Progress::More;
        }
        Progress::Done
    }

    /// Puts down what was found.
    pub fn put(self, matching: &mut Matching, directory: &Directory) {
        for (at, found) in self.groups.iter().zip(self.near_groups.found()) {
            if let (Some(group), Some((number, name))) = (matching.groups.get_mut(*at), found) {
                let near = Candidate::of(directory, number);
                // What was found some time ago may be another group by now.
                group.near = near.filter(|one| one.name == name || one.key.as_str() == name);
            }
        }
        for (at, found) in self.people.iter().zip(self.near_people.found()) {
            if let (Some(person), Some((_, name))) = (matching.people.get_mut(*at), found) {
                person.seen = Seen::Never(PersonKey::new(&name).ok());
            }
        }
    }

    /// All at once.
    pub fn find(matching: &mut Matching, directory: &Directory) {
        let mut near = Self::new(matching);
        while near.look(directory) == Progress::More {}
        near.put(matching, directory);
    }
}
