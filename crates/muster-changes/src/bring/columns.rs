//! Which column holds what.

use group_api::{Capabilities, Field, GroupKey, PersonKey};
use muster_core::Directory;
use muster_core::paste::{Over, letters, over, role_of};

use serde_json::Value;

use super::find::find;
use super::table::{Made, Table, trimmed};

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The person.
    Person,
    /// The group, by its key or its display name.
    Group,
    /// The role.
    Role,
    /// The display name that the group is to have.
    Name,
    /// The description that it is to have.
    Description,
    /// The address of the photo that it is to have.
    Photo,
    /// Whether the person comes in or goes out.
    Action,
    /// What the person is called beside their key.
    Label,
}

impl Column {
    /// Each of them, in the order of [`Column`].
    pub const ALL: [Self; 8] = [
        Self::Person,
        Self::Group,
        Self::Role,
        Self::Name,
        Self::Description,
        Self::Photo,
        Self::Action,
        Self::Label,
    ];

    /// The field of a group that it holds.
    #[must_use]
    pub const fn field(self) -> Option<Field> {
        match self {
            Self::Name => Some(Field::DisplayName),
            Self::Description => Some(Field::Description),
            Self::Photo => Some(Field::Photo),
            _ => None,
        }
    }

    /// Whether a system has what it holds.
    #[must_use]
    pub fn is_had(self, capabilities: &Capabilities) -> bool {
        self.field()
            .is_none_or(|field| capabilities.has_field(field))
    }
}

/// What the first row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstRow {
    /// What stands over the columns.
    Heading,
    /// A row like the others.
    Row,
}

/// Which column holds what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The first row.
    pub first: FirstRow,
    places: [Option<u32>; Column::ALL.len()],
}

/// The surest first: what names a group on its system, then what may be its key or its name.
const GROUPS: [&[&str]; 3] = [
    KEYS,
    &[
        "group", "groups", "gruppe", "gruppen", "groupe", "groupes", "grupo", "grupos",
    ],
    &[
        "team",
        "teams",
        "newteam",
        "newgroup",
        "teamid",
        "neuesteam",
        "neuegruppe",
        "equipe",
        "equipo",
    ],
];
const KEYS: &[&str] = &[
    "internalname",
    "groupinternalname",
    "groupid",
    "groupkey",
    "gid",
];
/// Words that stand over people, and in lists of groups over how many there are.
const COUNTS: &[&str] = &["people", "members", "users"];
const NAMES: &[&str] = &[
    "groupname",
    "groupdisplayname",
    "displaynameofgroup",
    "teamname",
    "gruppenname",
    "nomdugroupe",
];
const DESCRIPTIONS: &[&str] = &[
    "description",
    "groupdescription",
    "beschreibung",
    "descripcion",
];
const PHOTOS: &[&str] = &[
    "photo",
    "photourl",
    "groupphoto",
    "picture",
    "image",
    "foto",
    "bild",
];
const ACTIONS: &[&str] = &["action", "change", "operation", "aktion", "accion"];

impl Layout {
    /// Nothing is known of any column.
    #[must_use]
    pub const fn empty(first: FirstRow) -> Self {
        Self {
            first,
            places: [None; Column::ALL.len()],
        }
    }

    /// The place of the column that holds it.
    #[must_use]
    pub fn place(&self, column: Column) -> Option<usize> {
        Some(self.places.get(column as usize).copied().flatten()? as usize)
    }

    /// Says which column holds it, or that none does. A column holds one thing: what it held before is held by
    /// none then.
    pub fn put(&mut self, column: Column, place: Option<usize>) {
        let place = place.and_then(|place| u32::try_from(place).ok());
        if place.is_some() {
            self.places
                .iter_mut()
                .filter(|other| **other == place)
                .for_each(|other| *other = None);
        }
        if let Some(slot) = self.places.get_mut(column as usize) {
            *slot = place;
        }
    }

    /// As a value that can be kept.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let first = Value::from(self.first == FirstRow::Heading);
        let places = self.places.iter().map(|place| Value::from(*place));
        Value::Array(std::iter::once(first).chain(places).collect())
    }

    /// What was kept so; `None` if it is none.
    #[must_use]
    pub fn from_json(json: &Value) -> Option<Self> {
        let [first, kept @ ..] = json.as_array()?.as_slice() else {
            return None;
        };
        let first = if first.as_bool()? {
            FirstRow::Heading
        } else {
            FirstRow::Row
        };
        let mut layout = Self::empty(first);
        for (column, place) in Column::ALL.into_iter().zip(kept) {
            let place = place.as_u64().and_then(|place| usize::try_from(place).ok());
            layout.put(column, place);
        }
        Some(layout)
    }

    /// The number of the first row that says something.
    #[must_use]
    pub const fn begin(&self) -> usize {
        match self.first {
            FirstRow::Heading => 1,
            FirstRow::Row => 0,
        }
    }

    /// What stands over a column, or which one it is.
    #[must_use]
    pub fn title(&self, table: &Table, place: usize) -> String {
        let title = match self.first {
            FirstRow::Heading => trimmed(table.cell(0, place)),
            FirstRow::Row => "",
        };
        if title.is_empty() {
            format!("Column {}", place + 1)
        } else {
            title.to_owned()
        }
    }

    /// Guesses from the headings and, where they do not tell, from what stands below.
    #[must_use]
    pub fn guess(
        table: &Table,
        told: Option<FirstRow>,
        directory: &Directory,
        capabilities: &'static Capabilities,
    ) -> Self {
        let titles: Vec<String> = (0..table.width(0))
            .map(|at| letters(table.cell(0, at)))
            .collect();
        let at = |words: &[&str]| {
            titles
                .iter()
                .position(|title| words.contains(&title.as_str()))
        };
        let key = at(KEYS);
        let group = GROUPS.iter().find_map(|words| at(words));
        // Beside a key, what is called a group or a display name is the group's name.
        let of_key = key.and_then(|_| at(&["displayname", "group"]));
        let name = at(NAMES).or(of_key);
        let rank = |rank: usize| {
            (0..).zip(&titles).find_map(|(at, title)| {
                let is_so = over(title) == Some(Over::People(rank)) && Some(at) != of_key;
                (is_so && !counts(table, at, title)).then_some(at)
            })
        };
        let role = titles
            .iter()
            .position(|title| over(title) == Some(Over::Roles));
        let people = (0..3).find_map(rank);
        let looks_so = (group.or(name).is_some() || people.is_some() || role.is_some())
            && !(0..table.width(0)).any(|at| table.cell(0, at).contains('@'));
        let first = told.unwrap_or(if looks_so {
            FirstRow::Heading
        } else {
            FirstRow::Row
        });
        let mut layout = Self::empty(first);
        if first == FirstRow::Heading {
            if is_own(table) {
                layout.own(&titles);
            } else {
                layout.put(Column::Name, name);
                layout.put(Column::Group, group.or(name));
                layout.put(Column::Role, role);
                layout.put(Column::Description, at(DESCRIPTIONS));
                layout.put(Column::Photo, at(PHOTOS));
                layout.put(Column::Action, at(ACTIONS));
                layout.put(Column::Person, people);
                layout.put(Column::Label, rank(2).filter(|at| Some(*at) != people));
            }
        }
        layout.look_below(table, directory, capabilities);
        if told.is_none()
            && first == FirstRow::Row
            && layout.stands_over(table, directory, capabilities)
        {
            layout.first = FirstRow::Heading;
        }
        for column in Column::ALL {
            if !column.is_had(capabilities) {
                layout.put(column, None);
            }
        }
        layout
    }

    /// The headings of [`crate`]'s own exports.
    fn own(&mut self, titles: &[String]) {
        let words = [
            (Column::Group, "group"),
            (Column::Name, "groupname"),
            (Column::Description, "description"),
            (Column::Photo, "photo"),
            (Column::Person, "person"),
            (Column::Label, "name"),
            (Column::Role, "role"),
        ];
        for (column, word) in words {
            self.put(column, titles.iter().position(|title| title == word));
        }
    }

    /// Whether the first row, in words that tell nothing, is unlike those below, of which groups and people are
    /// known.
    fn stands_over(
        &self,
        table: &Table,
        directory: &Directory,
        capabilities: &'static Capabilities,
    ) -> bool {
        let cell = |column| self.place(column).map(|at| trimmed(table.cell(0, at)));
        let (Some(group), Some(person)) = (cell(Column::Group), cell(Column::Person)) else {
            return false;
        };
        let is_known = PersonKey::new(person).is_ok_and(|key| directory.knows(&key));
        let is_group = find(&[group], directory)
            .iter()
            .any(|found| !found.is_empty());
        let is_role = cell(Column::Role).is_some_and(|word| roles_of(capabilities, word).is_some());
        let is_said = !group.is_empty() && !person.is_empty() && !person.contains('@');
        table.len() > 1 && is_said && !is_known && !is_group && !is_role
    }

    /// What the first rows hold: known people, known groups, nothing but roles.
    fn look_below(
        &mut self,
        table: &Table,
        directory: &Directory,
        capabilities: &'static Capabilities,
    ) {
        let missing: Vec<Column> = [Column::Role, Column::Group, Column::Person]
            .into_iter()
            .filter(|column| self.place(*column).is_none())
            .collect();
        if missing.is_empty() {
            return;
        }
        let rows = self.begin()..table.len().min(self.begin() + 50);
        let cells: Vec<(usize, &str)> = rows
            .flat_map(|row| (0..table.width(row).min(20)).map(move |at| (at, row)))
            .map(|(at, row)| (at, trimmed(table.cell(row, at))))
            .filter(|(_, cell)| !cell.is_empty())
            .collect();
        let texts: Vec<&str> = cells.iter().map(|(_, cell)| *cell).collect();
        // Going over all groups is left out where it tells nothing.
        let found = if missing.contains(&Column::Group) {
            find(&texts, directory)
        } else {
            Vec::new()
        };
        let known = |cell: &str| {
            let name = cell.split_once('@').map_or(cell, |(name, _)| name);
            [cell, name]
                .iter()
                .any(|name| PersonKey::new(name).is_ok_and(|key| directory.knows(&key)))
        };
        for column in missing {
            let is = |number: usize, cell: &str| match column {
                Column::Role => roles_of(capabilities, cell).is_some(),
                Column::Group => {
                    found.get(number).is_some_and(|found| !found.is_empty())
                        || GroupKey::new(cell).is_ok_and(|key| directory.row_of(&key).is_some())
                }
                _ => known(cell) || cell.contains('@'),
            };
            let best = (0..20)
                .filter(|at| {
                    !self
                        .places
                        .iter()
                        .flatten()
                        .any(|taken| *taken as usize == *at)
                })
                .filter_map(|at| {
                    let own = (0..).zip(&cells).filter(|(_, (place, _))| *place == at);
                    let (mut all, mut so) = (0, 0);
                    for (number, (_, cell)) in own {
                        all += 1;
                        so += usize::from(is(number, cell));
                    }
                    // A role column holds nothing else; of names some are new.
                    let enough = if column == Column::Role {
                        so == all || so > 1 && so + 1 == all
                    } else {
                        so * 3 >= all
                    };
                    (so > 0 && enough).then_some((so, usize::MAX - at))
                })
                .max();
            if let Some((_, at)) = best {
                self.put(column, Some(usize::MAX - at));
            }
        }
    }
}

/// Whether a column says how many there are and not who.
fn counts(table: &Table, at: usize, title: &str) -> bool {
    let is_number = |cell: &str| cell.bytes().all(|byte| byte.is_ascii_digit());
    let rows = 1..table.len().min(50);
    COUNTS.contains(&title)
        && !rows.is_empty()
        && rows
            .into_iter()
            .all(|row| is_number(trimmed(table.cell(row, at))))
}

/// What Muster writes for a role in the line of a group of which nobody knows who is in it.
pub const NOT_KNOWN: &str = "(not known)";

/// Whether a row of a table that Muster wrote says that nobody knows who is in its group. It is a word, for a spreadsheet
/// fills up what is left out.
pub(super) fn says_not_known(table: &Table, row: usize) -> bool {
    let role = (0..table.width(0)).find(|at| table.cell(0, *at) == "role");
    role.is_some_and(|at| trimmed(table.cell(row, at)) == NOT_KNOWN)
}

/// Whether a table was written by Muster, so that its cells are keys.
#[must_use]
pub fn is_own(table: &Table) -> bool {
    let has = |wanted: &str| (0..table.width(0)).any(|at| table.cell(0, at) == wanted);
    table.made == Made::Here
        || [
            "connection",
            "read",
            "group",
            "group name",
            "person",
            "role",
        ]
        .into_iter()
        .all(has)
}

/// The role that a cell means; of several that a person holds, the highest.
pub(super) fn roles_of(capabilities: &'static Capabilities, cell: &str) -> Option<group_api::Role> {
    let mut best: Option<(usize, group_api::Role)> = None;
    for word in cell.split(';') {
        let role = role_of(capabilities, word).map(|info| &info.role);
        // A role that cannot be given can still be held.
        let role = role.or_else(|| {
            let held = capabilities.roles.iter().filter(|info| !info.assignable);
            let mut held = held.filter(|info| {
                [info.role.as_str(), info.label]
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(word.trim()))
            });
            held.next().map(|info| &info.role)
        })?;
        let rank = capabilities.rank(role).unwrap_or(usize::MAX);
        if best.as_ref().is_none_or(|(other, _)| rank < *other) {
            best = Some((rank, role.clone()));
        }
    }
    Some(best?.1)
}
