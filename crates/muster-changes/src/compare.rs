//! Two or three groups side by side, or as many people: who holds what where.

use std::collections::HashMap;
use std::sync::Arc;

use group_api::{GroupKey, Member, PersonKey, Roles, fold, sort_by};
use muster_core::{Directory, natural_cmp};

use crate::wish::{Group, Holds, People, Which, Wish, WishedPerson};

/// What is compared: the columns of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sides {
    /// Groups; the lines are people.
    Groups(Vec<GroupKey>),
    /// People; the lines are groups.
    People(Vec<PersonKey>),
}

impl Sides {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Groups(keys) => keys.len(),
            Self::People(keys) => keys.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One line: a person in the groups, or a group of the people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The key of the person or group.
    pub key: String,
    /// What to call them.
    pub name: String,
    /// Key and name, folded, to be searched.
    folded: String,
    /// What is held on each side; nothing where they are not in it.
    pub roles: Vec<Roles>,
}

/// Which lines are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// All.
    #[default]
    All,
    /// Those on one side alone.
    Only(usize),
    /// Those on every side.
    InAll,
    /// Those on every side that hold different roles.
    OtherRole,
    /// Those on some side and not on this one.
    Missing(usize),
}

impl Show {
    /// Those that mean something for so many sides, in order.
    #[must_use]
    pub fn of(sides: usize) -> Vec<Self> {
        let mut shows = vec![Self::All];
        shows.extend((0..sides).map(Self::Only));
        shows.extend([Self::InAll, Self::OtherRole]);
        // Of two, what the one has not is what only the other has.
        if sides > 2 {
            shows.extend((0..sides).map(Self::Missing));
        }
        shows
    }

    /// Whether a line is one of them.
    #[must_use]
    pub fn fits(self, line: &Line) -> bool {
        let mut held = line.roles.iter().map(|roles| !roles.is_empty());
        match self {
            Self::All => true,
            Self::Only(side) => held.enumerate().all(|(at, held)| held == (at == side)),
            Self::InAll => held.all(|held| held),
            Self::OtherRole => held.all(|held| held) && !line.is_alike(),
            Self::Missing(side) => line.roles.get(side).is_some_and(Roles::is_empty),
        }
    }
}

impl Line {
    fn is_alike(&self) -> bool {
        let mut all = self.roles.iter();
        all.next()
            .is_none_or(|first| all.all(|other| other.same_as(first)))
    }

    /// Whether each of the words, folded, is in the key or the name.
    #[must_use]
    pub fn answers(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.folded.contains(word.as_str()))
    }

    /// What is held on a side.
    #[must_use]
    pub fn on(&self, side: usize) -> Option<&Roles> {
        self.roles.get(side).filter(|roles| !roles.is_empty())
    }
}

/// What stands side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The columns.
    pub sides: Sides,
    /// The lines, by name.
    pub lines: Vec<Line>,
    /// The sides of which nothing is known: groups that are gone, or of whom it was not listed who is in them.
    pub unknown: Vec<usize>,
}

impl Compared {
    /// Puts groups or people side by side as far as they are known. A group that is gone or whose people are not listed
    /// has an empty column and is among the unknown: whoever shows it has to say so. Of people it cannot tell how much
    /// of their groups was read; that is for whoever reads them.
    #[must_use]
    pub fn new(directory: &Directory, sides: Sides) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        let mut unknown = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let count = sides.len();
        let mut put = |side: usize, key: &str, name: &str, held: Roles| {
            let place = match places.get(key) {
                Some(place) => *place,
                None => {
                    places.insert(key.to_owned(), lines.len());
                    lines.push(Line {
                        key: key.to_owned(),
                        name: name.to_owned(),
                        folded: fold(&format!("{name}\n{key}")),
                        roles: vec![Roles::none(); count],
                    });
                    lines.len() - 1
                }
            };
            let held_there = lines
                .get_mut(place)
                .and_then(|line| line.roles.get_mut(side));
            if let Some(roles) = held_there {
                *roles = held;
            }
        };
        match &sides {
            Sides::Groups(keys) => {
                for (side, key) in keys.iter().enumerate() {
                    let group = directory.get(key);
                    let members = group.as_deref().and_then(|group| group.members.listed());
                    if members.is_none() {
                        unknown.push(side);
                    }
                    for member in members.unwrap_or_default() {
                        put(
                            side,
                            member.person.as_str(),
                            &member.label,
                            member.roles.clone(),
                        );
                    }
                }
            }
            Sides::People(keys) => {
                for (side, person) in keys.iter().enumerate() {
                    for holding in directory.holdings(person) {
                        if let Some(row) = directory.row(holding.number) {
                            let roles = directory.roles_of(holding.number, person);
                            put(side, row.key(), row.display_name(), roles);
                        }
                    }
                }
            }
        }
        sort_by(&mut lines, |a, b| {
            natural_cmp(&a.folded, &b.folded).then_with(|| a.key.cmp(&b.key))
        });
        Self {
            sides,
            lines,
            unknown,
        }
    }

    /// Whether it is known what is on a side.
    #[must_use]
    pub fn is_known(&self, side: usize) -> bool {
        !self.unknown.contains(&side)
    }

    /// How many lines are of a kind.
    #[must_use]
    pub fn count(&self, show: Show) -> usize {
        self.lines.iter().filter(|line| show.fits(line)).count()
    }

    /// The places of the lines of a kind that answer a search, in order.
    #[must_use]
    pub fn select(&self, show: Show, search: &str) -> Vec<u32> {
        let words: Vec<String> = fold(search).split_whitespace().map(str::to_owned).collect();
        (0..)
            .zip(&self.lines)
            .filter(|(_, line)| show.fits(line) && line.answers(&words))
            .map(|(place, _)| place)
            .collect()
    }
}

/// How one side is to become like another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It gets what it lacks; nothing is taken away and no role changed.
    AddMissing,
    /// It holds the same and nothing else.
    Exactly,
}

/// The wish that one side become like another. It names everybody whom it is about, those who stay as they are too,
/// so that it means the same however it is applied. Nothing where both are alike already, and nothing where one of them is
/// not known: what nobody knows is not empty.
#[must_use]
pub fn wish(
    compared: &Compared,
    directory: &Directory,
    from: usize,
    to: usize,
    how: Likeness,
) -> Wish {
    let hold = |line: &Line| holds(line.on(from), line.on(to), how);
    let differs = |line: &&Line| hold(line).is_some_and(|holds| holds != Holds::Any);
    if from == to || !compared.is_known(from) || !compared.is_known(to) {
        return Wish::default();
    }
    if !compared.lines.iter().any(|line| differs(&line)) {
        return Wish::default();
    }
    let groups = match &compared.sides {
        Sides::Groups(keys) => {
            let named = compared.lines.iter().filter_map(|line| {
                Some(WishedPerson {
                    person: PersonKey::new(&line.key).ok()?,
                    label: Some(line.name.clone()).filter(|name| *name != line.key),
                    holds: hold(line)?,
                })
            });
            let named = People::Named(named.collect());
            keys.get(to)
                .map(|key| group(key.clone(), named))
                .into_iter()
                .collect()
        }
        Sides::People(keys) => {
            let of = |line: &Line| {
                let person = keys.get(to)?;
                let key = GroupKey::new(&line.key).ok()?;
                let known = directory.get(&key)?;
                let mut people = everybody(&known);
                people.retain(|one| one.person != *person);
                people.push(WishedPerson {
                    person: person.clone(),
                    label: directory
                        .label_of(person)
                        .map(str::to_owned)
                        .filter(|label| label != person.as_str()),
                    holds: hold(line)?,
                });
                Some(group(key, People::Named(people)))
            };
            compared
                .lines
                .iter()
                .filter(differs)
                .filter_map(of)
                .collect()
        }
    };
    Wish { groups }
}

/// What is to be held where this is held on the other side; nothing to say where neither holds anything.
fn holds(there: Option<&Roles>, here: Option<&Roles>, how: Likeness) -> Option<Holds> {
    Some(match (there, here, how) {
        (None, None, _) => return None,
        (Some(there), Some(here), Likeness::Exactly) if there.same_as(here) => Holds::Any,
        (Some(there), None, _) | (Some(there), Some(_), Likeness::Exactly) => there
            .first()
            .map_or(Holds::Any, |role| Holds::Role(role.clone())),
        (None, Some(_), Likeness::Exactly) => Holds::Nothing,
        (_, Some(_), Likeness::AddMissing) => Holds::Any,
    })
}

/// Everybody of a group, to stay as they are.
pub(crate) fn everybody(group: &Arc<group_api::Group>) -> Vec<WishedPerson> {
    let members = group.members.listed().unwrap_or_default().iter();
    members.map(|member| wished(member, Holds::Any)).collect()
}

pub(crate) fn wished(member: &Member, holds: Holds) -> WishedPerson {
    WishedPerson {
        person: member.person.clone(),
        label: Some(member.label.clone()).filter(|label| label != member.person.as_str()),
        holds,
    }
}

fn group(key: GroupKey, people: People) -> Group {
    Group {
        which: Which::Known(key),
        fields: Vec::new(),
        people,
    }
}
