//! Groups as columns of numbers and text, not as objects: what a hundred thousand of them cost is
//! their text twice (as it is, and folded for the search), four bytes a membership and some seventy
//! bytes beside it.

mod chunks;
mod hits;
mod index;
mod persons;
mod pool;

use std::collections::HashMap;
use std::sync::Arc;

use group_api::{Group, PersonKey, Timestamp};
use group_bytes::{Keyed, fold_line_into, sort_keyed};
use memchr::memchr;

use crate::natural::prefix;
use chunks::Chunks;
pub(crate) use hits::{Hits, OneOf};
use index::hash_many;
pub(crate) use index::{Index, hash};
pub(crate) use persons::Persons;
use pool::{Address, Pool};

/// A membership: the person's number, and in the upper bits which of the system's roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership(u32);

const ROLE_SHIFT: u32 = 28;

impl Membership {
    pub(crate) const fn new(person: u32, role: u8) -> Self {
        Self((role as u32) << ROLE_SHIFT | (person & ((1 << ROLE_SHIFT) - 1)))
    }

    pub(crate) const fn person(self) -> u32 {
        self.0 & ((1 << ROLE_SHIFT) - 1)
    }

    /// The place of the role in the system's list of roles.
    pub(crate) const fn role(self) -> u8 {
        (self.0 >> ROLE_SHIFT) as u8
    }
}

/// Where the key of a row's group stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum KeyIn {
    /// The row has no group.
    #[default]
    NoGroup,
    /// Before the name, in the text.
    Text,
    /// Behind the name, in the folded text, where it is the same.
    Folded,
}

/// What stands beside a group's text.
#[derive(Clone, Copy, Debug, Default)]
struct Cells {
    /// The beginning of the folded name, for comparing.
    prefix: u64,
    /// The hash of the element it was read from; 0 if it may differ from that by now.
    hash: u64,
    element: u32,
    text: Address,
    folded: Address,
    members: Address,
    key_length: u16,
    listed: bool,
    key: KeyIn,
    name_length: u32,
    description_length: u32,
    photo_length: u32,
    folded_length: u32,
    folded_name: u32,
    memberships: u32,
    people: u32,
    seen_in: u32,
    stamp: u32,
}

impl Cells {
    const fn alive(&self) -> bool {
        !matches!(self.key, KeyIn::NoGroup)
    }

    /// Where the name begins in the text.
    const fn name_at(&self) -> u32 {
        match self.key {
            KeyIn::Text => self.key_length as u32,
            KeyIn::NoGroup | KeyIn::Folded => 0,
        }
    }

    const fn text_length(&self) -> u32 {
        self.name_at() + self.name_length + self.description_length + self.photo_length
    }

    /// The key, as bytes.
    fn key<'a>(&self, text: &'a Pool<u8>, folded: &'a Pool<u8>) -> &'a [u8] {
        let (all, from) = match self.key {
            KeyIn::NoGroup | KeyIn::Text => (text.get(self.text, self.text_length()), 0),
            KeyIn::Folded => (
                folded.get(self.folded, self.folded_length),
                self.folded_name as usize + 1,
            ),
        };
        all.get(from..from + usize::from(self.key_length))
            .unwrap_or_default()
    }
}

/// A group to be put down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) key: &'a str,
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) photo: &'a str,
    /// Who is in it, and how many different people that are; `None` leaves what is known.
    pub(crate) members: Option<(&'a [Membership], u32)>,
    /// The bytes it was read from, where they are all there is to know of it.
    pub(crate) element: Option<&'a [u8]>,
    /// The group as a value, where columns cannot hold all of it.
    pub(crate) rich: Option<&'a Arc<Group>>,
}

/// The groups of a connection, by number. A number stays what it is until its group is removed.
#[derive(Debug)]
pub(crate) struct Columns {
    seed: u64,
    pub(crate) persons: Persons,
    text: Pool<u8>,
    folded: Pool<u8>,
    members: Pool<Membership>,
    rows: Chunks<Cells>,
    keys: Index,
    free: Vec<u32>,
    living: u32,
    rich: HashMap<u32, Arc<Group>>,
    fold: Vec<u8>,
    stamp: u32,
}

/// One group of the columns.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(crate) number: u32,
    cells: &'a Cells,
    columns: &'a Columns,
}

impl<'a> Row<'a> {
    fn text(&self, from: u32, length: u32) -> &'a str {
        let all = self
            .columns
            .text
            .get(self.cells.text, self.cells.text_length());
        all.get(from as usize..(from + length) as usize)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// What names it on its system.
    #[must_use]
    pub fn key(&self) -> &'a str {
        let bytes = self.cells.key(&self.columns.text, &self.columns.folded);
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// What to call it.
    #[must_use]
    pub fn display_name(&self) -> &'a str {
        self.text(self.cells.name_at(), self.cells.name_length)
    }

    /// Its description; empty for none.
    #[must_use]
    pub fn description(&self) -> &'a str {
        let from = self.cells.name_at() + self.cells.name_length;
        self.text(from, self.cells.description_length)
    }

    /// Whether it has none. Its text is not looked at.
    pub(crate) const fn has_no_description(&self) -> bool {
        self.cells.description_length == 0
    }

    /// The address of its photo; empty for none.
    #[must_use]
    pub fn photo(&self) -> &'a str {
        let before = self.cells.name_at() + self.cells.name_length + self.cells.description_length;
        self.text(before, self.cells.photo_length)
    }

    /// How many different people are in it, where that is known.
    #[must_use]
    pub fn people(&self) -> Option<u32> {
        self.cells.listed.then_some(self.cells.people)
    }

    /// When it was last changed, where the system says.
    #[must_use]
    pub fn updated(&self) -> Option<Timestamp> {
        self.rich()?.updated
    }

    /// Changes whenever anything in the row does; of two rows it says nothing.
    #[must_use]
    pub fn stamp(&self) -> u32 {
        self.cells.stamp
    }

    /// The addresses of those in it, where the system tells them.
    pub fn addresses(&self) -> impl Iterator<Item = (&'a PersonKey, &'a str)> + use<'a> {
        let members = self.rich().and_then(|group| group.members.listed());
        members.unwrap_or_default().iter().flat_map(|member| {
            let emails = member.emails.iter();
            emails.map(|email| (&member.person, email.address.as_str()))
        })
    }

    pub(crate) fn rich(&self) -> Option<&'a Arc<Group>> {
        self.columns.rich.get(&self.number)
    }

    pub(crate) fn memberships(&self) -> &'a [Membership] {
        self.columns
            .members
            .get(self.cells.members, self.cells.memberships)
    }

    /// The labels of those who hold one of the system's roles, by its place.
    pub(crate) fn holders(&self, role: Option<u8>) -> impl Iterator<Item = u32> + use<'a> {
        self.memberships()
            .iter()
            .filter(move |membership| Some(membership.role()) == role)
            .map(|membership| membership.person())
    }

    /// Name, key and description, folded, one a line.
    pub(crate) fn folded(&self) -> &'a [u8] {
        self.columns
            .folded
            .get(self.cells.folded, self.cells.folded_length)
    }

    /// The same from the name on, and from the key on.
    pub(crate) fn folded_from_name_and_key(&self) -> [&'a [u8]; 2] {
        let all = self.folded();
        let key = all.get(self.cells.folded_name as usize + 1..);
        [all, key.unwrap_or_default()]
    }

    /// Whether a word stands in name, key or description, folded.
    #[inline]
    pub(crate) fn holds(&self, word: &mut Hits<'_>) -> bool {
        let Cells {
            folded,
            folded_length,
            ..
        } = *self.cells;
        word.are_in(&self.columns.folded, folded, folded_length)
    }

    /// Whether one of these people is in the group.
    #[inline]
    pub(crate) fn has(&self, people: &mut OneOf) -> bool {
        let Cells {
            members,
            memberships,
            ..
        } = *self.cells;
        people.is_in(&self.columns.members, members, memberships)
    }

    /// The name, folded.
    #[inline]
    pub(crate) fn folded_name(&self) -> &'a [u8] {
        self.columns
            .folded
            .get(self.cells.folded, self.cells.folded_name)
    }

    /// Name, key and description, folded.
    pub(crate) fn folded_parts(&self) -> [&'a [u8]; 3] {
        let mut rest = self.folded();
        [(); 3].map(|()| {
            let end = memchr(b'\n', rest).unwrap_or(rest.len());
            let part = rest.get(..end).unwrap_or_default();
            rest = rest.get(end + 1..).unwrap_or_default();
            part
        })
    }

    pub(crate) const fn prefix(&self) -> u64 {
        self.cells.prefix
    }

    pub(crate) const fn seen_in(&self) -> u32 {
        self.cells.seen_in
    }
}

/// What putting a group down changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    Nothing,
    Something,
}

impl Columns {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            persons: Persons::new(seed),
            text: Pool::default(),
            folded: Pool::default(),
            members: Pool::default(),
            rows: Chunks::default(),
            keys: Index::default(),
            free: Vec::new(),
            living: 0,
            rich: HashMap::new(),
            fold: Vec::new(),
            stamp: 0,
        }
    }

    /// How many groups there are.
    pub(crate) const fn living(&self) -> u32 {
        self.living
    }

    /// Every number is below it.
    pub(crate) fn end(&self) -> u32 {
        self.rows.len()
    }

    /// The group of a number.
    #[inline]
    pub(crate) fn row(&self, number: u32) -> Option<Row<'_>> {
        let cells = self.rows.get(number).filter(|cells| cells.alive())?;
        Some(Row {
            number,
            cells,
            columns: self,
        })
    }

    /// Each group, in the order of their numbers.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let numbered = (0..).zip(self.rows.iter());
        numbered
            .filter(|(_, cells)| cells.alive())
            .map(|(number, cells)| Row {
                number,
                cells,
                columns: self,
            })
    }

    /// The number of a group.
    pub(crate) fn find(&self, key: &str) -> Option<u32> {
        self.find_by(hash(self.seed, key.as_bytes()), key)
    }

    fn find_by(&self, hash: u64, key: &str) -> Option<u32> {
        self.keys.find(hash, |number| {
            let cells = self.rows.get(number);
            let is_it = |cells: &Cells| cells.key(&self.text, &self.folded) == key.as_bytes();
            cells.is_some_and(|cells| cells.alive() && is_it(cells))
        })
    }

    /// The length of the element at the beginning of these bytes if the group was read from just
    /// such bytes and has not changed since.
    pub(crate) fn same(&self, number: u32, bytes: &[u8]) -> Option<usize> {
        let cells = self
            .rows
            .get(number)
            .filter(|cells| cells.alive() && cells.element > 0)?;
        let length = cells.element as usize;
        let element = bytes.get(..length)?;
        (hash_many(self.seed, element) == cells.hash).then_some(length)
    }

    /// A list has brought the group.
    pub(crate) fn see(&mut self, number: u32, reading: u32) {
        if let Some(cells) = self.rows.get_mut(number) {
            cells.seen_in = reading;
        }
    }

    /// The number of the next group behind this one.
    pub(crate) fn after(&self, number: u32) -> u32 {
        let mut next = number.saturating_add(1);
        while self.rows.get(next).is_some_and(|cells| !cells.alive()) {
            next += 1;
        }
        next
    }

    /// Puts a group down, in place of what was known of it.
    pub(crate) fn put(&mut self, parts: Parts<'_>, reading: u32) -> (u32, Put) {
        let hash_of_key = hash(self.seed, parts.key.as_bytes());
        let known = self.find_by(hash_of_key, parts.key);
        let old = known.and_then(|number| self.rows.get(number)).copied();
        let same = known.is_some_and(|number| self.holds(number, &parts));
        let number = match known {
            Some(number) => number,
            None => self.new_row(hash_of_key),
        };
        let mut cells = old.unwrap_or_default();
        cells.seen_in = reading;
        (cells.hash, cells.element) = match parts.element {
            Some(bytes) => (
                hash_many(self.seed, bytes),
                u32::try_from(bytes.len()).unwrap_or(0),
            ),
            None => (0, 0),
        };
        if !same {
            self.fill(number, &mut cells, &parts);
        }
        if let Some(row) = self.rows.get_mut(number) {
            *row = cells;
        }
        (number, if same { Put::Nothing } else { Put::Something })
    }

    /// A row for a group that is not known, to be filled; its key is in the index.
    fn new_row(&mut self, hash_of_key: u64) -> u32 {
        let number = match self.free.pop() {
            Some(number) => number,
            None => self.rows.push(Cells::default()),
        };
        self.living += 1;
        self.keys.insert(hash_of_key, number);
        number
    }

    fn holds(&self, number: u32, parts: &Parts<'_>) -> bool {
        self.row(number).is_some_and(|row| {
            row.display_name() == parts.name
                && row.description() == parts.description
                && row.photo() == parts.photo
                && row.rich() == parts.rich
                && parts
                    .members
                    .is_none_or(|(members, _)| row.cells.listed && row.memberships() == members)
        })
    }

    fn fill(&mut self, number: u32, cells: &mut Cells, parts: &Parts<'_>) {
        self.stamp = self.stamp.wrapping_add(1);
        cells.stamp = self.stamp;
        let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        // Lines keep the parts apart.
        let Self { fold, .. } = self;
        fold.clear();
        fold_line_into(parts.name, fold);
        let name_length = fold.len();
        fold.push(b'\n');
        fold_line_into(parts.key, fold);
        let key = fold.get(name_length + 1..);
        let is_folded = key == Some(parts.key.as_bytes());
        fold.push(b'\n');
        fold_line_into(parts.description, fold);
        let name = fold.get(..name_length).unwrap_or_default();
        cells.folded_name = length(name_length);
        [cells.prefix, _] = prefix(name);
        let before = cells.text_length();
        let in_text;
        (cells.key, in_text) = if is_folded {
            (KeyIn::Folded, "")
        } else {
            (KeyIn::Text, parts.key)
        };
        cells.text = self.text.replace(
            cells.text,
            before,
            &[
                in_text.as_bytes(),
                parts.name.as_bytes(),
                parts.description.as_bytes(),
                parts.photo.as_bytes(),
            ],
        );
        // Keys are of at most 400 bytes.
        cells.key_length = u16::try_from(parts.key.len()).unwrap_or(u16::MAX);
        cells.name_length = length(parts.name.len());
        cells.description_length = length(parts.description.len());
        cells.photo_length = length(parts.photo.len());
        cells.folded = self
            .folded
            .replace(cells.folded, cells.folded_length, &[&self.fold]);
        cells.folded_length = length(self.fold.len());

        if let Some((members, people)) = parts.members {
            for membership in members {
                self.persons.hold(membership.person());
            }
            for membership in self.members.get(cells.members, cells.memberships) {
                self.persons.release(membership.person());
            }
            cells.members = self
                .members
                .replace(cells.members, cells.memberships, &[members]);
            cells.memberships = u32::try_from(members.len()).unwrap_or(u32::MAX);
            cells.people = people;
            cells.listed = true;
        }
        match parts.rich {
            Some(group) => drop(self.rich.insert(number, Arc::clone(group))),
            // To look for it costs something, and of most systems there is none.
            None if self.rich.is_empty() => {}
            None => drop(self.rich.remove(&number)),
        }
    }

    /// Takes a group away. Its number may be given to another.
    pub(crate) fn remove(&mut self, number: u32) {
        let Some(row) = self.row(number) else { return };
        let hash = hash(self.seed, row.key().as_bytes());
        let cells = *row.cells;
        self.keys.remove(hash, number);
        for membership in self.members.get(cells.members, cells.memberships) {
            self.persons.release(membership.person());
        }
        self.text.give_up(cells.text_length());
        self.folded.give_up(cells.folded_length);
        self.members.give_up(cells.memberships);
        self.rich.remove(&number);
        if let Some(cells) = self.rows.get_mut(number) {
            *cells = Cells::default();
        }
        self.free.push(number);
        self.living = self.living.saturating_sub(1);
    }

    /// Wins back what was given up, if that is worth it.
    pub(crate) fn tidy(&mut self) {
        if self.text.is_loose() {
            let slices = self.in_order(|cells| (cells.text, cells.text_length()));
            self.pack(slices, |columns| &mut columns.text, |cells| &mut cells.text);
        }
        if self.folded.is_loose() {
            let slices = self.in_order(|cells| (cells.folded, cells.folded_length));
            self.pack(
                slices,
                |columns| &mut columns.folded,
                |cells| &mut cells.folded,
            );
        }
        if self.members.is_loose() {
            let slices = self.in_order(|cells| (cells.members, cells.memberships));
            self.pack(
                slices,
                |columns| &mut columns.members,
                |cells| &mut cells.members,
            );
        }
    }

    /// The slices in use by address: address, length, row.
    fn in_order(&self, slice: fn(&Cells) -> (Address, u32)) -> Vec<Keyed> {
        let mut slices: Vec<Keyed> = self
            .rows()
            .map(|row| {
                let (at, length) = slice(row.cells);
                Keyed {
                    key: [at.into(), length.into()],
                    number: row.number,
                }
            })
            .filter(|keyed| keyed.key[1] > 0)
            .collect();
        sort_keyed(&mut slices, &mut |_, _| std::cmp::Ordering::Equal);
        slices
    }

    fn pack<T: Copy>(
        &mut self,
        slices: Vec<Keyed>,
        pool: fn(&mut Self) -> &mut Pool<T>,
        place: fn(&mut Cells) -> &mut Address,
    ) {
        // Both were numbers of 32 bits.
        #[allow(clippy::cast_possible_truncation)]
        let mut moved: Vec<(Address, u32)> = slices
            .iter()
            .map(|keyed| (keyed.key[0] as u32, keyed.key[1] as u32))
            .collect();
        pool(self).pack(moved.iter_mut().map(|(at, length)| (at, *length)));
        for (keyed, (at, _)) in slices.iter().zip(moved) {
            if let Some(cells) = self.rows.get_mut(keyed.number) {
                *place(cells) = at;
            }
        }
    }

    /// The rows that no list of this reading has brought.
    pub(crate) fn unseen(&self, reading: u32) -> Vec<u32> {
        self.rows()
            .filter(|row| row.seen_in() != reading)
            .map(|row| row.number)
            .collect()
    }

    /// How many bytes the columns take.
    pub(crate) fn bytes(&self) -> usize {
        self.text.bytes()
            + self.folded.bytes()
            + self.members.bytes()
            + self.rows.len() as usize * size_of::<Cells>()
            + self.persons.bytes()
    }
}
