//! Lists of people as they are typed or pasted: names, addresses, cells of a spreadsheet, a table with
//! a heading; who they are, and what is to happen to each in a group.
//!
//! Nothing that was typed is dropped without a word: each piece becomes an entry, each entry is in
//! exactly one class, and what is left after some entries were done with is a text that reads the same.

mod cells;
mod heading;
mod near;
mod piece;
mod review;

use group_api::PersonKey;

use cells::{Cell, Cut, cells, ends_line, is_blank, line_ends};
use heading::{Table, find_heading, find_roles, rows_of};

pub use heading::{Heading, Over, letters, over};
pub use near::nearest;
pub use piece::{MailPart, Offer};
pub use review::{Again, Against, Class, Counts, Lookup, Review, Reviewed, role_of};

/// What the first line of a pasted text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstLine {
    /// A heading if it looks like one.
    #[default]
    Judge,
    /// People, whatever it looks like.
    People,
}

/// One person of a pasted list, or what stands in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedEntry {
    /// The line where it stands, from 1.
    pub line: u32,
    /// Which piece of that line it is, from 1.
    pub piece: u32,
    /// The text as typed, quotes and all.
    pub typed: String,
    /// Whom it names.
    pub offer: Offer,
    /// What they are called beside that.
    pub label: Option<String>,
    /// The role that stands beside it, as written. Never empty.
    pub role: Option<String>,
    span: (usize, usize),
    stands_for: StandsFor,
}

/// What an entry was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StandsFor {
    /// A piece of the text.
    Piece,
    /// A row of a table that says something and names nobody.
    Row,
}

/// A pasted text, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// The people, in the order of the text.
    pub entries: Vec<PastedEntry>,
    /// The first line, if it was taken for a heading.
    pub heading: Option<Heading>,
    /// What stands over people and roles where entries are put together again.
    titles: Option<(String, Option<String>)>,
}

/// Reads a text. `is_role` says whether a word is a role: a second column of nothing else is one of roles,
/// with or without a heading.
#[must_use]
pub fn parse(text: &str, first: FirstLine, is_role: &dyn Fn(&str) -> bool) -> Pasted {
    let judged = match first {
        FirstLine::Judge => find_heading(text),
        FirstLine::People => None,
    };
    let table = judged.or_else(|| find_roles(text, is_role));
    let Some(table) = table.filter(|table| table.cut != Cut::List || table.heading.is_some())
    else {
        return Pasted {
            entries: list(text, None),
            ..Pasted::default()
        };
    };
    let entries = match table.cut {
        Cut::List => list(text, table.heading.as_ref().map(|(row, _)| *row)),
        Cut::Table(_) => rows(text, &table),
    };
    let titles = table
        .heading
        .as_ref()
        .map(|(_, heading)| (heading.people.clone(), heading.roles.clone()));
    Pasted {
        entries,
        heading: table.heading.map(|(_, heading)| heading),
        titles,
    }
}

/// Reads what stands in one cell: whom it offers, and what they are called beside that. `None` if nothing
/// stands there.
#[must_use]
pub fn read_one(cell: &str) -> Option<(Offer, Option<String>)> {
    piece::read(cell)
}

/// The entries of a list, without its heading.
fn list(text: &str, heading: Option<u32>) -> Vec<PastedEntry> {
    let mut entries = Vec::new();
    for cell in cells(text, Cut::List) {
        if heading.is_none_or(|row| cell.row > row) {
            put(text, &cell, None, None, &mut entries);
        }
    }
    entries
}

/// The entries of a table.
fn rows(text: &str, table: &Table) -> Vec<PastedEntry> {
    let cells = cells(text, table.cut);
    let first = table.heading.as_ref().map_or(0, |(row, _)| row + 1);
    let mut entries = Vec::new();
    for row in rows_of(&cells).filter(|row| row.first().is_some_and(|cell| cell.row >= first)) {
        let said = |place: Option<u32>| {
            let cell = row.iter().find(|cell| Some(cell.place) == place)?;
            let words = piece::bare(text.get(cell.start..cell.end)?);
            (!words.is_empty()).then(|| words.replace("\"\"", "\""))
        };
        // A role is a word: as it stands in one cell of a line, so that it can be written there again.
        let role = said(table.roles).map(|role| in_cell(&role));
        let (role, label) = (role.filter(|role| !role.is_empty()), said(table.labels));
        let before = entries.len();
        if let Some(cell) = row.iter().find(|cell| cell.place == table.people) {
            put(text, cell, role.as_ref(), label.as_ref(), &mut entries);
        }
        if entries.len() > before {
            continue;
        }
        // A row that says something, but not who.
        let (Some(start), Some(end)) = (row.first(), row.last()) else {
            continue;
        };
        let typed = text.get(start.start..end.end).unwrap_or_default();
        if row.iter().any(|cell| cell.end > cell.start) {
            entries.push(PastedEntry {
                line: start.line,
                piece: table.people + 1,
                typed: typed.to_owned(),
                offer: Offer::Name(String::new()),
                label,
                role,
                span: (start.start, end.end),
                stands_for: StandsFor::Row,
            });
        }
    }
    entries
}

/// Puts what a cell says to the entries: nobody, one, or one for each line or address in it.
fn put(
    text: &str,
    cell: &Cell,
    role: Option<&String>,
    label: Option<&String>,
    entries: &mut Vec<PastedEntry>,
) {
    let inside = text.get(cell.start..cell.end).unwrap_or_default();
    let mut add = |span: (usize, usize)| {
        let typed = text.get(span.0..span.1).unwrap_or_default();
        let Some((offer, own)) = piece::read(typed) else {
            return;
        };
        let before = text.get(cell.start..span.0).unwrap_or_default();
        entries.push(PastedEntry {
            line: cell.line + line_ends(before),
            piece: cell.place + 1,
            typed: typed.to_owned(),
            offer,
            label: own.or_else(|| label.cloned()),
            role: role.cloned(),
            span,
            stands_for: StandsFor::Piece,
        });
    };
    if inside.contains(ends_line) {
        words(cell.start, inside, ends_line).for_each(add);
    } else if piece::is_addresses(inside) {
        words(cell.start, inside, is_blank).for_each(add);
    } else if cell.end > cell.start {
        add((cell.start, cell.end));
    }
}

/// Where the parts of a text stand that are cut at some characters; blanks around them are left out.
fn words(
    start: usize,
    text: &str,
    cuts: fn(char) -> bool,
) -> impl Iterator<Item = (usize, usize)> + '_ {
    text.split(cuts).filter_map(move |part| {
        let word = part.trim_matches(is_blank);
        // Both are parts of the same text.
        let at = start + (word.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        (!word.is_empty()).then_some((at, at + word.len()))
    })
}

impl PastedEntry {
    /// A piece that says the same; as it was typed, should nothing else.
    fn written(&self) -> String {
        write(&self.offer, self.label.as_deref()).unwrap_or_else(|| self.typed.clone())
    }

    /// Somebody who was chosen and not pasted: stands in no line.
    #[must_use]
    pub fn chosen(person: &PersonKey) -> Self {
        Self {
            line: 0,
            piece: 0,
            typed: person.to_string(),
            offer: Offer::Name(person.to_string()),
            label: None,
            role: None,
            span: (0, 0),
            stands_for: StandsFor::Piece,
        }
    }
}

impl Pasted {
    /// What is left when only some entries are kept: one a line, with roles where there are any. Read
    /// again the same way it gives the kept entries.
    #[must_use]
    pub fn rest(&self, keep: &dyn Fn(usize) -> bool) -> String {
        let kept: Vec<&PastedEntry> = (0..)
            .zip(&self.entries)
            .filter(|(place, _)| keep(*place))
            .map(|(_, entry)| entry)
            .collect();
        if kept.is_empty() {
            return String::new();
        }
        let is_table = kept
            .iter()
            .any(|entry| entry.role.is_some() || entry.stands_for == StandsFor::Row);
        let mut text = String::new();
        for entry in kept {
            let role = entry.role.as_deref().unwrap_or_default();
            if entry.stands_for == StandsFor::Piece {
                text.push_str(&entry.written());
            }
            if is_table {
                text.push('\t');
                text.push_str(&in_cell(role));
            }
            if entry.stands_for == StandsFor::Row && role.is_empty() {
                text.push('\t');
                text.push_str(&in_cell(&entry.typed));
            }
            text.push('\n');
        }
        // Without its heading, what now stands first could be taken for one.
        let (people, roles) = match &self.titles {
            Some((people, roles)) => (people.as_str(), roles.as_deref()),
            None if is_table || find_heading(&text).is_some() => ("Name", None),
            None => return text,
        };
        // Words alone, so that the separators of this text are the only ones.
        let title = |words: &str| in_cell(&words.replace([',', ';'], " "));
        let heading = if is_table {
            format!("{}\t{}\n", title(people), title(roles.unwrap_or("Role")))
        } else {
            format!("{}\n", title(people))
        };
        heading + &text
    }

    /// The text with another name in the place of an entry.
    #[must_use]
    pub fn replaced(&self, text: &str, entry: usize, name: &str) -> String {
        let Some(&PastedEntry {
            span: (start, end), ..
        }) = self.entries.get(entry)
        else {
            return text.to_owned();
        };
        let (before, behind) = (text.get(..start), text.get(end..));
        match (before, behind) {
            (Some(before), Some(behind)) => {
                let written = write(&Offer::Name(name.to_owned()), None);
                let name = written.as_deref().unwrap_or(name);
                format!("{before}{name}{behind}")
            }
            _ => text.to_owned(),
        }
    }

    /// Which part of the addresses names more people that are known; `None` if neither does.
    #[must_use]
    pub fn likely_part(&self, is_known: &dyn Fn(&str) -> bool) -> Option<MailPart> {
        let count = |part| {
            self.entries
                .iter()
                .filter(|entry| entry.offer.is_mail())
                .filter_map(|entry| entry.offer.person(part).ok())
                .filter(|person| is_known(person.as_str()))
                .count()
        };
        let (whole, before) = (count(MailPart::Whole), count(MailPart::BeforeAt));
        match whole.cmp(&before) {
            std::cmp::Ordering::Greater => Some(MailPart::Whole),
            std::cmp::Ordering::Less => Some(MailPart::BeforeAt),
            std::cmp::Ordering::Equal => None,
        }
    }
}

/// A piece of a list that says this.
fn write(offer: &Offer, label: Option<&str>) -> Option<String> {
    let is_said = |text: &str| match list(text, None).as_slice() {
        [one] => one.offer == *offer,
        _ => false,
    };
    piece::write(offer, label, &is_said)
}

/// A text in one cell of a line.
fn in_cell(text: &str) -> String {
    let flat: String = text
        .chars()
        .map(|c| match c {
            '"' => '\'',
            '\t' => ' ',
            _ if ends_line(c) => ' ',
            _ => c,
        })
        .collect();
    flat.trim_matches(is_blank).to_owned()
}
