//! What has changed between a saved state and the present, and the wish to go back.

use std::collections::HashMap;
use std::sync::Arc;

use group_api::{
    Capabilities, Field, Group, GroupKey, KeyKind, Members, NewGroup, PersonKey, Roles, fold,
    sort_by,
};
use muster_core::{Directory, apart, natural_cmp};
use muster_runs::Changed;

use crate::compare::wished;
use crate::wish::{self, Holds, People, Which, Wish};

/// What has changed, group by group, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The groups of which something has.
    pub groups: Vec<Change>,
}

/// What has changed of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its key: now, or then if it is gone.
    pub key: GroupKey,
    /// What it is called: now, or then if it is gone.
    pub name: String,
    /// Whether it was there and is.
    pub fate: Fate,
    /// Which of its fields were changed; the internal name too, where it was renamed.
    pub fields: Vec<Changed>,
    /// Who came, went, or holds something else; nobody of a group that is new or gone.
    pub people: Vec<Moved>,
    folded: String,
}

/// Whether a group was there and is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was not there; so many are in it, where that is known.
    New(Option<usize>),
    /// It is not there any more; so many were in it, where that is known.
    Gone(Option<usize>),
    /// It was there under this key.
    Kept(GroupKey),
}

/// Somebody who came, went, or holds something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Who.
    pub person: PersonKey,
    /// What to call them.
    pub label: String,
    /// What they held; nothing if they were not in it.
    pub then: Roles,
    /// What they hold; nothing if they are not in it.
    pub now: Roles,
}

/// Kinds of change, as they are counted and picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A group is new.
    New,
    /// A group is gone.
    Gone,
    /// A group has another key, or another name where that is what names it.
    Renamed,
    /// Another field of a group was changed.
    Field,
    /// Somebody came in.
    In,
    /// Somebody went out.
    Out,
    /// Somebody holds something else.
    Role,
}

impl What {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Gone,
        Self::Renamed,
        Self::Field,
        Self::In,
        Self::Out,
        Self::Role,
    ];
}

/// One line of what has changed: of which group, and which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The place of the group.
    pub group: u32,
    /// What of it.
    pub part: Part,
}

/// A part of what has changed of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it is new or gone.
    Whole,
    /// The field of this place.
    Field(u32),
    /// The person of this place.
    Person(u32),
}

impl Change {
    /// Of which kind a part is.
    #[must_use]
    pub fn what(&self, part: Part) -> Option<What> {
        Some(match part {
            Part::Whole => match self.fate {
                Fate::New(_) => What::New,
                Fate::Gone(_) => What::Gone,
                Fate::Kept(_) => return None,
            },
            Part::Field(place) => match self.fields.get(place as usize)?.field {
                Field::InternalName | Field::DisplayName => What::Renamed,
                Field::Description | Field::Photo => What::Field,
            },
            Part::Person(place) => {
                let moved = self.people.get(place as usize)?;
                match (moved.then.is_empty(), moved.now.is_empty()) {
                    (true, _) => What::In,
                    (_, true) => What::Out,
                    _ => What::Role,
                }
            }
        })
    }

    fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        let whole = (!matches!(self.fate, Fate::Kept(_))).then_some(Part::Whole);
        let fields = (0..).zip(&self.fields).map(|(place, _)| Part::Field(place));
        let people = (0..)
            .zip(&self.people)
            .map(|(place, _)| Part::Person(place));
        whole.into_iter().chain(fields).chain(people)
    }

    /// Whether each of the words is in the group's names, or in those of the person.
    fn answers(&self, part: Part, words: &[String]) -> bool {
        let person = match part {
            Part::Person(place) => self.people.get(place as usize),
            Part::Whole | Part::Field(_) => None,
        };
        let person = person.map(|moved| fold(&format!("{}\n{}", moved.label, moved.person)));
        let person = person.unwrap_or_default();
        words
            .iter()
            .all(|word| self.folded.contains(word.as_str()) || person.contains(word.as_str()))
    }
}

impl Since {
    /// The difference between two states of a connection. Groups are the same by their keys; where people choose
    /// those, one that is gone and one that is new are taken for the same renamed if nothing else can be meant:
    /// they alone share a display name and most of their people, or they alone have the very same people.
    #[must_use]
    pub fn new(capabilities: &Capabilities, then: &Directory, now: &Directory) -> Self {
        let told = apart(then, now);
        let all = |directory: &Directory, numbers: &[u32]| -> Vec<Arc<Group>> {
            let of = |number: &u32| group_of(directory, *number);
            numbers.iter().filter_map(of).collect()
        };
        let (mut gone, mut new) = (all(then, &told.gone), all(now, &told.new));
        let mut groups = Vec::new();
        if capabilities.key == KeyKind::ChosenName {
            for (was, is) in renamed(&mut gone, &mut new) {
                groups.extend(change(&was, &is));
            }
        }
        for (was, is) in &told.other {
            if let (Some(was), Some(is)) = (group_of(then, *was), group_of(now, *is)) {
                groups.extend(change(&was, &is));
            }
        }
        let count = |group: &Group| group.members.listed().map(<[_]>::len);
        groups.extend(gone.iter().map(|was| whole(was, Fate::Gone(count(was)))));
        groups.extend(new.iter().map(|is| whole(is, Fate::New(count(is)))));
        sort_by(&mut groups, |a, b| {
            natural_cmp(&a.folded, &b.folded).then_with(|| a.key.cmp(&b.key))
        });
        Self { groups }
    }

    /// How many lines there are of each kind, in the order of [`What::ALL`].
    #[must_use]
    pub fn counts(&self) -> [usize; 7] {
        let mut counts = [0; 7];
        for group in &self.groups {
            for what in group.parts().filter_map(|part| group.what(part)) {
                let place = What::ALL.iter().position(|one| *one == what);
                if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                    *count += 1;
                }
            }
        }
        counts
    }

    /// The lines of a kind, or all, that answer a search, group by group.
    #[must_use]
    pub fn select(&self, only: Option<What>, search: &str) -> Vec<Line> {
        let words: Vec<String> = fold(search).split_whitespace().map(str::to_owned).collect();
        let mut lines = Vec::new();
        for (number, group) in (0..).zip(&self.groups) {
            let parts = group.parts().filter(|part| {
                only.is_none_or(|only| group.what(*part) == Some(only))
                    && group.answers(*part, &words)
            });
            lines.extend(parts.map(|part| Line {
                group: number,
                part,
            }));
        }
        lines
    }

    /// The wish that these groups, by their places, be as they were then: changed ones get their fields and people back,
    /// those that are gone are made again, those that are new are left alone. Everybody is named, those who stay as
    /// they are too, so that it means the same however it is applied.
    #[must_use]
    pub fn back(
        &self,
        capabilities: &Capabilities,
        then: &Directory,
        now: &Directory,
        places: &[u32],
    ) -> Wish {
        let back = |place: &u32| {
            let change = self.groups.get(*place as usize)?;
            match &change.fate {
                Fate::New(_) => None,
                Fate::Gone(_) => Some(again(capabilities, &*then.get(&change.key)?)),
                Fate::Kept(key) => Some(as_then(change, &*then.get(key)?, &*now.get(&change.key)?)),
            }
        };
        Wish {
            groups: places.iter().filter_map(back).collect(),
        }
    }
}

fn group_of(directory: &Directory, number: u32) -> Option<Arc<Group>> {
    directory.get(&GroupKey::new(directory.row(number)?.key()).ok()?)
}

fn whole(group: &Group, fate: Fate) -> Change {
    Change {
        key: group.key.clone(),
        name: group.display_name.clone(),
        fate,
        fields: Vec::new(),
        people: Vec::new(),
        folded: fold(&format!("{}\n{}", group.display_name, group.key)),
    }
}

/// What has changed of a group that was and is there; none if nothing has.
fn change(was: &Group, is: &Group) -> Option<Change> {
    let mut change = whole(is, Fate::Kept(was.key.clone()));
    let fields = [
        (Field::InternalName, was.key.as_str(), is.key.as_str()),
        (Field::DisplayName, &was.display_name, &is.display_name),
        (
            Field::Description,
            was.description.as_deref().unwrap_or_default(),
            is.description.as_deref().unwrap_or_default(),
        ),
        (
            Field::Photo,
            was.photo.as_deref().unwrap_or_default(),
            is.photo.as_deref().unwrap_or_default(),
        ),
    ];
    change
        .fields
        .extend(
            fields
                .into_iter()
                .filter(|(_, from, to)| from != to)
                .map(|(field, from, to)| Changed {
                    field,
                    from: from.to_owned(),
                    to: to.to_owned(),
                }),
        );
    if change
        .fields
        .iter()
        .any(|one| one.field == Field::InternalName)
    {
        change.folded.push('\n');
        change.folded.push_str(&fold(was.key.as_str()));
    }
    // What was not said then or is not now is no difference.
    if let (Members::Listed(before), Members::Listed(after)) = (&was.members, &is.members) {
        let places = by_person(before);
        let still = by_person(after);
        for member in after {
            let then = places.get(member.person.as_str());
            let then = then.and_then(|place| before.get(*place));
            let then = then.map_or_else(Roles::none, |member| member.roles.clone());
            if !then.same_as(&member.roles) {
                change.people.push(Moved {
                    person: member.person.clone(),
                    label: member.label.clone(),
                    then,
                    now: member.roles.clone(),
                });
            }
        }
        for member in before {
            if !still.contains_key(member.person.as_str()) {
                change.people.push(Moved {
                    person: member.person.clone(),
                    label: member.label.clone(),
                    then: member.roles.clone(),
                    now: Roles::none(),
                });
            }
        }
    }
    let same = change.fields.is_empty() && change.people.is_empty();
    (!same).then_some(change)
}

fn by_person(members: &[group_api::Member]) -> HashMap<&str, usize> {
    let numbered = members.iter().enumerate();
    numbered
        .map(|(place, member)| (member.person.as_str(), place))
        .collect()
}

/// Takes out of those that are gone and those that are new the pairs that are one group renamed.
fn renamed(gone: &mut Vec<Arc<Group>>, new: &mut Vec<Arc<Group>>) -> Vec<(Arc<Group>, Arc<Group>)> {
    let by_name = pairs(
        gone,
        new,
        |group| Some(group.display_name.clone()),
        shares_most,
    );
    let by_people = pairs(gone, new, people_of, |_, _| true);
    by_name.into_iter().chain(by_people).collect()
}

/// The pairs that alone have the same mark, and fit; they are taken out.
fn pairs(
    gone: &mut Vec<Arc<Group>>,
    new: &mut Vec<Arc<Group>>,
    mark: fn(&Group) -> Option<String>,
    fit: fn(&Group, &Group) -> bool,
) -> Vec<(Arc<Group>, Arc<Group>)> {
    let marked = |groups: &[Arc<Group>]| {
        // The place of whoever has it alone.
        let mut places: HashMap<String, Option<usize>> = HashMap::new();
        for (place, group) in groups.iter().enumerate() {
            if let Some(mark) = mark(group) {
                let known = places.contains_key(&mark);
                places.insert(mark, (!known).then_some(place));
            }
        }
        places
    };
    let (then, now) = (marked(gone), marked(new));
    let mut taken: Vec<Option<usize>> = vec![None; gone.len()];
    for (mark, place) in then {
        let other = now.get(&mark).copied().flatten();
        if let (Some(place), Some(other)) = (place, other)
            && let (Some(was), Some(is)) = (gone.get(place), new.get(other))
            && fit(was, is)
            && let Some(slot) = taken.get_mut(place)
        {
            *slot = Some(other);
        }
    }
    let mut pairs = Vec::new();
    let mut used = vec![false; new.len()];
    let mut left = Vec::new();
    for (was, other) in std::mem::take(gone).into_iter().zip(taken) {
        match other.and_then(|other| Some((other, Arc::clone(new.get(other)?)))) {
            Some((other, is)) => {
                if let Some(used) = used.get_mut(other) {
                    *used = true;
                }
                pairs.push((was, is));
            }
            None => left.push(was),
        }
    }
    *gone = left;
    let mut used = used.into_iter();
    new.retain(|_| used.next() != Some(true));
    pairs
}

/// Whether at least half of the smaller group's people are in the other, too; nobody is in a group that is empty.
fn shares_most(was: &Group, is: &Group) -> bool {
    let (before, after) = (
        was.members.listed().unwrap_or_default(),
        is.members.listed().unwrap_or_default(),
    );
    let known = by_person(before);
    let shared = after
        .iter()
        .filter(|member| known.contains_key(member.person.as_str()))
        .count();
    shared * 2 >= before.len().min(after.len())
}

/// Everybody of a group of several, as a text that no other people have.
fn people_of(group: &Group) -> Option<String> {
    let members = group.members.listed()?;
    let mut keys: Vec<&str> = members
        .iter()
        .map(|member| member.person.as_str())
        .collect();
    sort_by(&mut keys, |a, b| a.cmp(b));
    // No key holds a line end.
    (keys.len() > 1).then(|| keys.join("\n"))
}

/// A group that is gone, to be made again as it was.
fn again(capabilities: &Capabilities, was: &Group) -> wish::Group {
    let internal_name = match capabilities.key {
        KeyKind::ChosenName => was.key.to_string(),
        KeyKind::GivenId => String::new(),
    };
    wish::Group {
        which: Which::New(NewGroup {
            display_name: was.display_name.clone(),
            internal_name,
            description: was.description.clone().unwrap_or_default(),
            photo: was.photo.clone().unwrap_or_default(),
            add_admin: None,
        }),
        fields: Vec::new(),
        people: match was.members.listed() {
            None => People::Unsaid,
            Some(members) => People::Named(
                members
                    .iter()
                    .map(|one| wished(one, role(&one.roles)))
                    .collect(),
            ),
        },
    }
}

/// A changed group, to be as it was.
fn as_then(change: &Change, was: &Group, is: &Group) -> wish::Group {
    let fields = change.fields.iter();
    let people = match (was.members.listed(), is.members.listed()) {
        (Some(before), Some(after)) if !change.people.is_empty() => {
            let (then, now) = (by_person(before), by_person(after));
            let stays = |member: &group_api::Member| {
                let held = now.get(member.person.as_str());
                let held = held.and_then(|place| after.get(*place));
                match held {
                    Some(held) if held.roles.same_as(&member.roles) => Holds::Any,
                    _ => role(&member.roles),
                }
            };
            let goes = after
                .iter()
                .filter(|member| !then.contains_key(member.person.as_str()));
            let all = before
                .iter()
                .map(|member| wished(member, stays(member)))
                .chain(goes.map(|member| wished(member, Holds::Nothing)));
            People::Named(all.collect())
        }
        _ => People::Unsaid,
    };
    wish::Group {
        which: Which::Known(is.key.clone()),
        fields: fields.map(|one| (one.field, one.from.clone())).collect(),
        people,
    }
}

fn role(roles: &Roles) -> Holds {
    roles
        .first()
        .map_or(Holds::Any, |role| Holds::Role(role.clone()))
}
