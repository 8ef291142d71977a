//! What the rows of a table name, found in what is known.

use std::borrow::Cow;

use group_api::{
    Backend, Field, GroupKey, KeyFault, KeyKind, NewGroup, PersonKey, Role, fold,
    propose_internal_name,
};
use muster_core::Directory;
use muster_core::paste::{MailPart, Offer, read_one};

use super::columns::{Column, Layout, is_own, roles_of};
use super::find::{Candidate, Names, Progress, Search};
use super::table::{Table, trimmed};

/// No number.
pub(super) const NONE: u32 = u32::MAX;

/// What stands for a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupText {
    /// What stands there.
    pub text: String,
    /// The first row with it.
    pub row: usize,
    /// How many rows have it.
    pub rows: usize,
    /// The groups of that name. One is meant; of several it is asked which.
    pub found: Vec<Candidate>,
    /// The group that was probably meant, where none is named so.
    pub near: Option<Candidate>,
    /// The group that would be made, where none is named so, or why it cannot be.
    pub new: Result<NewGroup, String>,
}

/// What stands for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonText {
    /// What stands there.
    pub text: String,
    /// The first row with it.
    pub row: usize,
    /// How many rows have it.
    pub rows: usize,
    /// Who it is, or why nobody can be called that.
    pub person: Result<PersonKey, KeyFault>,
    /// What they are called beside their key, if that is told.
    pub label: Option<String>,
    /// Whether they are in any known group.
    pub seen: Seen,
}

/// Whether somebody is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// They are in some group.
    Known,
    /// They were never seen; perhaps this person was meant.
    Never(Option<PersonKey>),
}

/// What is to happen to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// They come in, or stay.
    In,
    /// They go out.
    Out,
}

/// What a row names, by numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) row: usize,
    pub(super) group: u32,
    pub(super) person: u32,
    pub(super) role: u32,
    pub(super) action: u32,
}

/// What the rows of a table name.
#[derive(Clone, Debug)]
pub struct Matching {
    /// What stands for groups, each text once.
    pub groups: Vec<GroupText>,
    /// What stands for people, each text once.
    pub people: Vec<PersonText>,
    /// Which part of an address is the name, where addresses stand for people and it is known.
    pub part: Option<MailPart>,
    /// How many people are named by an address.
    pub addresses: usize,
    /// Whether the table was written by Muster.
    pub is_own: bool,
    /// The connection that it was exported from, where it says so.
    pub connection: Option<String>,
    pub(super) roles: Vec<(String, Option<Role>)>,
    pub(super) actions: Vec<(String, Option<Act>)>,
    pub(super) lines: Vec<Line>,
}

const OUT: &[&str] = &[
    "remove",
    "removed",
    "out",
    "delete",
    "deleted",
    "leave",
    "leaver",
    "left",
    "revoke",
    "-",
    "raus",
    "entfernen",
    "no",
];
const IN: &[&str] = &[
    "add", "added", "in", "keep", "stay", "join", "joiner", "grant", "+", "rein", "behalten", "yes",
];

fn act(word: &str) -> Option<Act> {
    let word = fold(word);
    if OUT.contains(&word.as_str()) {
        return Some(Act::Out);
    }
    IN.contains(&word.as_str()).then_some(Act::In)
}

/// How many groups are looked at in a piece.
const PIECE: u32 = 4_000;

/// A table whose names are looked for among the groups that are known, a piece at a time.
#[derive(Debug)]
pub struct Naming<'a> {
    table: &'a Table,
    layout: &'a Layout,
    is_own: bool,
    names: [Names<'a>; 4],
    lines: Vec<Line>,
    search: Search<'a>,
}

impl<'a> Naming<'a> {
    /// Gathers what a table names.
    #[must_use]
    pub fn new(table: &'a Table, layout: &'a Layout) -> Self {
        let is_own = layout.begin() == 1 && is_own(table);
        let mut names: [Names<'a>; 4] = std::array::from_fn(|_| Names::new());
        let columns = [Column::Group, Column::Person, Column::Role, Column::Action]
            .map(|column| layout.place(column));
        let mut lines = Vec::with_capacity(table.len());
        for row in layout.begin()..table.len() {
            let mut numbers = [NONE; 4];
            for ((names, column), number) in names.iter_mut().zip(columns).zip(&mut numbers) {
                let Some(column) = column else { continue };
                let cell = table.cell(row, column);
                let cell = if is_own { cell } else { trimmed(cell) };
                if !cell.is_empty() {
                    *number = names.put(Cow::Borrowed(cell));
                }
            }
            let [group, person, role, action] = numbers;
            lines.push(Line {
                row,
                group,
                person,
                role,
                action,
            });
        }
        let [groups, ..] = &names;
        // Where cells are keys, each is looked up by itself.
        let wanted = if is_own { &[][..] } else { groups.all() };
        Self {
            search: Search::new(wanted),
            table,
            layout,
            is_own,
            names,
            lines,
        }
    }

    /// Looks at some more groups.
    pub fn look(&mut self, directory: &Directory) -> Progress {
        if self.is_own {
            return Progress::Done;
        }
        self.search.look(directory, PIECE)
    }

    /// What the table names, once all groups were looked at. `part` says which part of an address is the name;
    /// else that is taken which names more people who are known.
    #[must_use]
    pub fn matching(
        self,
        part: Option<MailPart>,
        directory: &Directory,
        system: &dyn Backend,
    ) -> Matching {
        let (table, layout, is_own) = (self.table, self.layout, self.is_own);
        let [groups, people, roles, actions] = &self.names;
        let capabilities = system.capabilities();
        let role = |word: &Cow<'_, str>| {
            let role = roles_of(capabilities, word);
            // What a system calls a role that it does not document, Muster writes as it came.
            let own = || is_own.then(|| Role::from_wire(word));
            (word.to_string(), role.or_else(own))
        };
        let mut matching = Matching {
            groups: match_groups(groups.all(), is_own, &self.search, directory),
            people: people
                .all()
                .iter()
                .map(|text| PersonText::new(text))
                .collect(),
            part,
            addresses: 0,
            is_own,
            connection: connection(table).filter(|_| is_own),
            roles: roles.all().iter().map(role).collect(),
            actions: actions
                .all()
                .iter()
                .map(|word| (word.to_string(), act(word)))
                .collect(),
            lines: self.lines,
        };
        for line in &matching.lines {
            if let Some(group) = matching.groups.get_mut(line.group as usize) {
                if group.rows == 0 {
                    group.row = line.row;
                }
                group.rows += 1;
            }
            if let Some(person) = matching.people.get_mut(line.person as usize) {
                if person.rows == 0 {
                    person.row = line.row;
                    let label = layout
                        .place(Column::Label)
                        .map(|at| trimmed(table.cell(line.row, at)));
                    person.label = label.filter(|label| !label.is_empty()).map(str::to_owned);
                }
                person.rows += 1;
            }
        }
        for group in matching
            .groups
            .iter_mut()
            .filter(|group| group.found.is_empty())
        {
            group.new = new_group(group, table, layout, directory, system);
        }
        matching.match_people(directory, system);
        matching
    }
}

impl Matching {
    /// Holds a table against what is known, all at once.
    #[must_use]
    pub fn new(
        table: &Table,
        layout: &Layout,
        part: Option<MailPart>,
        directory: &Directory,
        system: &dyn Backend,
    ) -> Self {
        let mut naming = Naming::new(table, layout);
        while naming.look(directory) == Progress::More {}
        naming.matching(part, directory, system)
    }

    fn match_people(&mut self, directory: &Directory, system: &dyn Backend) {
        let given = system.capabilities().key == KeyKind::GivenId;
        let known = |key: &PersonKey| directory.knows(key);
        let mut open: Vec<(usize, Offer)> = Vec::new();
        for (at, person) in (0..).zip(&mut self.people) {
            let raw = PersonKey::new(&person.text);
            if self.is_own || raw.as_ref().is_ok_and(known) {
                person.person = raw;
                continue;
            }
            match read_one(&person.text) {
                Some((offer, label)) => {
                    self.addresses += usize::from(offer.is_mail());
                    person.label = label.or_else(|| person.label.take());
                    open.push((at, offer));
                }
                None => person.person = Err(KeyFault::Empty),
            }
        }
        if given {
            // The system knows people by a number, and the table by their addresses.
            let folded: Vec<String> = open.iter().map(|(_, offer)| fold(text_of(offer))).collect();
            let mut names = Names::new();
            let numbers: Vec<u32> = folded
                .iter()
                .map(|text| names.put(Cow::Borrowed(text)))
                .collect();
            let mut found: Vec<Option<PersonKey>> = vec![None; names.all().len()];
            for (key, address) in directory.rows().flat_map(|row| row.addresses()) {
                if let Some(slot) = names
                    .find(&fold(address))
                    .and_then(|at| found.get_mut(at as usize))
                {
                    *slot = Some(key.clone());
                }
            }
            for ((at, offer), number) in open.iter().zip(numbers) {
                let key = found.get(number as usize).cloned().flatten();
                if let Some(person) = self.people.get_mut(*at) {
                    person.person = key.map_or_else(|| PersonKey::new(text_of(offer)), Ok);
                }
            }
            self.addresses = 0;
        } else {
            let count = |part| {
                let mails = open.iter().filter(|(_, offer)| offer.is_mail());
                mails
                    .filter(|(_, offer)| offer.person(part).as_ref().is_ok_and(known))
                    .count()
            };
            if self.part.is_none() && self.addresses > 0 {
                let (whole, before) = (count(MailPart::Whole), count(MailPart::BeforeAt));
                self.part = match whole.cmp(&before) {
                    std::cmp::Ordering::Greater => Some(MailPart::Whole),
                    std::cmp::Ordering::Less => Some(MailPart::BeforeAt),
                    std::cmp::Ordering::Equal => None,
                };
            }
            let part = self.part.unwrap_or(MailPart::Whole);
            for (at, offer) in &open {
                if let Some(person) = self.people.get_mut(*at) {
                    person.person = offer.person(part);
                }
            }
        }
        for person in &mut self.people {
            if let Ok(key) = &person.person
                && known(key)
            {
                person.seen = Seen::Known;
                let label = directory
                    .label_of(key)
                    .filter(|label| *label != key.as_str());
                person.label = label.map(str::to_owned);
            }
        }
    }

    /// The first known people of this table whose names are addresses, to show what the choice of a part means.
    pub fn some_addresses(&self) -> impl Iterator<Item = &str> {
        self.people
            .iter()
            .map(|person| person.text.as_str())
            .filter(|text| text.contains('@'))
            .take(3)
    }

    /// How many people were never seen.
    #[must_use]
    pub fn never_seen(&self) -> usize {
        let never = self
            .people
            .iter()
            .filter(|person| person.person.is_ok() && person.seen != Seen::Known);
        never.count()
    }
}

impl PersonText {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            row: 0,
            rows: 0,
            person: Err(KeyFault::Empty),
            label: None,
            seen: Seen::Never(None),
        }
    }
}

fn text_of(offer: &Offer) -> &str {
    match offer {
        Offer::Name(name) => name,
        Offer::Mail { address, .. } => address,
    }
}

fn connection(table: &Table) -> Option<String> {
    if table.from.is_some() {
        return table.from.clone();
    }
    let at = (0..table.width(0)).find(|at| table.cell(0, *at) == "connection")?;
    Some(table.cell(1, at).to_owned()).filter(|name| !name.is_empty())
}

fn match_groups(
    texts: &[Cow<'_, str>],
    is_own: bool,
    search: &Search<'_>,
    directory: &Directory,
) -> Vec<GroupText> {
    let found = if is_own {
        let of = |text: &Cow<'_, str>| directory.number_of(text).into_iter().collect();
        texts.iter().map(of).collect()
    } else {
        search.found()
    };
    let of = |(text, found): (&Cow<'_, str>, Vec<u32>)| {
        let wanted = fold(trimmed(text));
        // What was found some time ago may be another group by now.
        let is_still = |one: &Candidate| {
            [one.key.as_str(), &one.name]
                .iter()
                .any(|name| fold(trimmed(name)) == wanted)
        };
        let found = found.into_iter();
        GroupText {
            text: text.to_string(),
            row: 0,
            rows: 0,
            found: found
                .filter_map(|number| Candidate::of(directory, number))
                .filter(is_still)
                .collect(),
            near: None,
            new: Err(String::new()),
        }
    };
    texts.iter().zip(found).map(of).collect()
}

/// The group that is made for a text, with what its first row says of it.
fn new_group(
    group: &GroupText,
    table: &Table,
    layout: &Layout,
    directory: &Directory,
    system: &dyn Backend,
) -> Result<NewGroup, String> {
    let cell = |column| {
        layout
            .place(column)
            .map_or("", |at| trimmed(table.cell(group.row, at)))
    };
    let text = trimmed(&group.text);
    let name = Some(cell(Column::Name))
        .filter(|name| !name.is_empty())
        .unwrap_or(text);
    let mut new = NewGroup {
        display_name: name.to_owned(),
        ..NewGroup::default()
    };
    if system.capabilities().has_field(Field::InternalName) {
        new.internal_name = match system.check(Field::InternalName, text) {
            Ok(()) => text.to_owned(),
            Err(_) => propose_internal_name(text),
        };
        system.check(Field::InternalName, &new.internal_name)?;
        if GroupKey::new(&new.internal_name).is_ok_and(|key| directory.row_of(&key).is_some()) {
            return Err(format!(
                "Its internal name would be “{}”, which another group has.",
                new.internal_name
            ));
        }
    }
    system.check(Field::DisplayName, &new.display_name)?;
    Ok(new)
}
