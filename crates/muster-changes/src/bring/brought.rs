//! The rows of a table, each in the wish, a repetition, left out or a problem.

use std::borrow::Cow;
use std::collections::BTreeSet;

use group_api::{Backend, Field, NewGroup, PersonKey, Role};
use group_bytes::{Keyed, sort_keyed};

use super::choices::{About, Choice, Choices, Kind};
use super::columns::{self, Column, FirstRow, Layout};
use super::find::Names;
use super::matching::{Act, Line, Matching, NONE};
use super::table::{Table, Unit, trimmed};
use crate::{Group, Holds, People, Which, Wish, WishedPerson};

/// Something that has to be settled or left out before anything goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The row's number in the table.
    pub row: usize,
    /// The line it begins in, or the number of the entry.
    pub line: u32,
    /// The place of the column that it is about.
    pub column: Option<usize>,
    /// What kind it is of.
    pub kind: Kind,
    /// What is wrong, as a sentence.
    pub words: String,
    /// What stands in the cell, where that can be chosen for.
    pub text: String,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the wish.
    Wished,
    /// It says what an earlier one said.
    Twice,
    /// It is left out on purpose.
    LeftOut,
    /// It is open.
    Open(Kind),
}

/// How many there are of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows.
    pub rows: usize,
    /// Known groups that are named.
    pub groups: usize,
    /// Groups that are to be made.
    pub new: usize,
    /// People in groups, once each.
    pub people: usize,
    /// Rows that repeat another.
    pub twice: usize,
    /// Rows that are left out.
    pub left_out: usize,
}

/// A table, with what becomes of each of its rows.
#[derive(Clone, Debug, Default)]
pub struct Brought {
    /// What has to be settled, in the order of the rows; without those of which only the group is open.
    pub problems: Vec<Problem>,
    /// The numbers of the texts for groups that have to be settled.
    pub groups: Vec<usize>,
    /// Whether it is still to be said which part of an address is the name.
    pub part: Part,
    /// How many of what.
    pub counts: Counts,
    fates: Vec<Fate>,
    wish: Wish,
}

/// Whether it is known which part of an address is the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// It is, or there are no addresses.
    #[default]
    Settled,
    /// It has to be said.
    Open,
}

/// A group, while its rows are gathered.
struct Target {
    which: Which,
    /// Each with the row that says it.
    fields: Vec<(Field, String, usize)>,
    people: Vec<WishedPerson>,
    /// Whom rows name that were left out.
    spared: BTreeSet<PersonKey>,
    says_people: bool,
    /// How many rows name it, and how many of them count.
    rows: usize,
    kept: usize,
}

/// What becomes of the rows of one text for a group.
#[derive(Clone, Copy)]
enum Meant {
    Target(usize),
    LeftOut,
    Open,
}

struct Membership {
    target: usize,
    person: u32,
    line: usize,
    holds: Holds,
    counts: bool,
}

struct Builder<'a> {
    table: &'a Table,
    layout: &'a Layout,
    matching: &'a Matching,
    choices: &'a Choices,
    system: &'a dyn Backend,
    by_row: Vec<Option<&'a Choice>>,
    targets: Vec<Target>,
    brought: Brought,
}

impl Brought {
    /// Goes over the rows of a table with what was found and what was chosen.
    #[must_use]
    pub fn new(
        table: &Table,
        layout: &Layout,
        matching: &Matching,
        choices: &Choices,
        system: &dyn Backend,
    ) -> Self {
        let mut by_row = vec![None; table.len()];
        for (row, choice) in choices.of_rows() {
            if let Some(slot) = by_row.get_mut(row) {
                *slot = Some(choice);
            }
        }
        let builder = Builder {
            table,
            layout,
            matching,
            choices,
            system,
            by_row,
            targets: Vec::new(),
            brought: Self {
                part: if matching.addresses > 0 && matching.part.is_none() {
                    Part::Open
                } else {
                    Part::Settled
                },
                ..Self::default()
            },
        };
        builder.build()
    }

    /// What becomes of each row, in their order, without the heading.
    #[must_use]
    pub fn fates(&self) -> &[Fate] {
        &self.fates
    }

    /// How many things have to be settled or left out before it goes on.
    #[must_use]
    pub fn open(&self) -> usize {
        self.problems.len() + self.groups.len() + usize::from(self.part == Part::Open)
    }

    /// Whether nothing is wished of any group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wish.groups.is_empty()
    }

    /// What is to be so.
    ///
    /// # Errors
    /// How many things have to be settled or left out first.
    pub fn wish(&self) -> Result<Wish, usize> {
        match self.open() {
            0 => Ok(self.wish.clone()),
            open => Err(open),
        }
    }
}

impl Builder<'_> {
    fn build(mut self) -> Brought {
        let meant = self.targets_of_texts();
        let (people, numbers, labels) = self.people();
        let mut memberships: Vec<Membership> = Vec::new();
        let mut above = NONE;
        for (at, line) in self.matching.lines.iter().enumerate() {
            let group = if line.group == NONE {
                above
            } else {
                line.group
            };
            let fate = match self.read(at, line, group, &meant, &people, &numbers) {
                Ok(Some(membership)) => {
                    memberships.push(membership);
                    Fate::Wished
                }
                Ok(None) => Fate::Wished,
                Err(fate) => fate,
            };
            if fate == Fate::LeftOut {
                self.spare(line, group, &meant, &people, &numbers);
            }
            above = group;
            self.brought.fates.push(fate);
        }
        self.once_each(&mut memberships);
        for membership in memberships.into_iter().filter(|one| one.counts) {
            let person = people.get(membership.person as usize);
            if let (Some(target), Some(person)) = (self.targets.get_mut(membership.target), person)
            {
                target.people.push(WishedPerson {
                    person: person.clone(),
                    label: labels.get(membership.person as usize).cloned().flatten(),
                    holds: membership.holds,
                });
            }
        }
        self.finish()
    }

    /// Of whom a row speaks that was left out: whatever the others say of the group, it says nothing of them.
    fn spare(
        &mut self,
        line: &Line,
        group: u32,
        meant: &[Meant],
        people: &[PersonKey],
        numbers: &[u32],
    ) {
        let Some(Meant::Target(target)) = meant.get(group as usize) else {
            return;
        };
        let number = numbers.get(line.person as usize);
        let person = number.and_then(|number| people.get(*number as usize));
        if let (Some(target), Some(person)) = (self.targets.get_mut(*target), person) {
            target.spared.insert(person.clone());
        }
    }

    /// Which group each text means, one target for each group.
    fn targets_of_texts(&mut self) -> Vec<Meant> {
        let mut names = Names::new();
        let mut meant = Vec::new();
        for (at, group) in self.matching.groups.iter().enumerate() {
            let choice = self.choices.of(About::Group, &group.text);
            let which = match (choice, group.found.as_slice(), &group.new) {
                (Some(Choice::LeaveOut), ..) => Err(Meant::LeftOut),
                (Some(Choice::Group(key)), ..) => Ok(Which::Known(key.clone())),
                (_, [one], _) => Ok(Which::Known(one.key.clone())),
                (Some(Choice::Create), [], Ok(new)) => Ok(Which::New(new.clone())),
                _ => Err(Meant::Open),
            };
            meant.push(match which {
                Err(meant) => {
                    if matches!(meant, Meant::Open) {
                        self.brought.groups.push(at);
                    }
                    meant
                }
                Ok(which) => {
                    // Keys hold no control characters, so that no group to be made is taken for a known one.
                    let number = names.put(Cow::Owned(match &which {
                        Which::Known(key) => key.to_string(),
                        Which::New(new) if new.internal_name.is_empty() => {
                            format!("\n{}", new.display_name)
                        }
                        Which::New(new) => format!("\n{}", new.internal_name),
                    }));
                    let number = number as usize;
                    if number == self.targets.len() {
                        self.targets.push(Target {
                            which,
                            fields: Vec::new(),
                            people: Vec::new(),
                            spared: BTreeSet::new(),
                            says_people: false,
                            rows: 0,
                            kept: 0,
                        });
                    }
                    if let Some(target) = self.targets.get_mut(number) {
                        target.rows += group.rows;
                    }
                    Meant::Target(number)
                }
            });
        }
        meant
    }

    /// Everybody named, each once; who each text names; what they are called.
    fn people(&self) -> (Vec<PersonKey>, Vec<u32>, Vec<Option<String>>) {
        let mut names = Names::new();
        let (mut people, mut labels) = (Vec::new(), Vec::new());
        let chosen: Vec<Option<&PersonKey>> = self
            .matching
            .people
            .iter()
            .map(
                |person| match self.choices.of(About::Person, &person.text) {
                    Some(Choice::Person(key)) => Some(key),
                    Some(Choice::LeaveOut) => None,
                    _ => person.person.as_ref().ok(),
                },
            )
            .collect();
        let numbers = self.matching.people.iter().zip(&chosen).map(|(text, key)| {
            let Some(key) = key else { return NONE };
            let number = names.put(Cow::Borrowed(key.as_str()));
            if number as usize == people.len() {
                people.push((*key).clone());
                labels.push(text.label.clone());
            }
            number
        });
        let numbers = numbers.collect();
        (people, numbers, labels)
    }

    /// Reads one row: who is to hold what in which group, nothing where it speaks of the group alone.
    fn read(
        &mut self,
        at: usize,
        line: &Line,
        group: u32,
        meant: &[Meant],
        people: &[PersonKey],
        numbers: &[u32],
    ) -> Result<Option<Membership>, Fate> {
        let own = self.by_row.get(line.row).copied().flatten();
        if own == Some(&Choice::LeaveOut) {
            return Err(Fate::LeftOut);
        }
        if let Some(column) = self.table.open_quote(line.row) {
            self.settle(line, Kind::Quote, Some(column as usize), String::new())?;
        }
        self.shape(line)?;
        if line.group == NONE {
            let words = if group == NONE {
                "No group stands here."
            } else {
                "No group stands here. It may be meant for the group of the line above."
            };
            let taken = self.settle(
                line,
                Kind::NoGroup,
                self.layout.place(Column::Group),
                words.to_owned(),
            );
            taken?;
        }
        let target = match meant.get(group as usize) {
            Some(Meant::Target(target)) => *target,
            Some(Meant::LeftOut) => return Err(Fate::LeftOut),
            Some(Meant::Open) => return Err(Fate::Open(Kind::Group)),
            // Even taken as it stands it names no group, for none stands above.
            None => {
                return Err(self.open(
                    line,
                    Kind::NoGroup,
                    self.layout.place(Column::Group),
                    "No group stands here.".to_owned(),
                    String::new(),
                ));
            }
        };
        let person = match self.matching.people.get(line.person as usize) {
            None => NONE,
            Some(text) => match (numbers.get(line.person as usize), &text.person) {
                (Some(number), _) if (*number as usize) < people.len() => *number,
                (_, Err(fault))
                    if self.choices.of(About::Person, &text.text) != Some(&Choice::LeaveOut) =>
                {
                    let words = format!("“{}” cannot be a person: {fault}.", text.text);
                    self.settle(
                        line,
                        Kind::BadPerson,
                        self.layout.place(Column::Person),
                        words,
                    )?;
                    return Err(Fate::LeftOut);
                }
                _ => return Err(Fate::LeftOut),
            },
        };
        let holds = if person == NONE {
            Holds::Any
        } else {
            self.holds(line)?
        };
        let says_fields = self.fields(line, target)?;
        let Some(gathered) = self.targets.get_mut(target) else {
            return Err(Fate::LeftOut);
        };
        gathered.kept += 1;
        if person == NONE {
            let Some(column) = self.layout.place(Column::Person) else {
                return Ok(None);
            };
            if self.matching.is_own && gathered.rows == 1 {
                // So Muster writes a group in which nobody is; where it does not know, it says so or the row ends before.
                gathered.says_people = column < self.table.width(line.row)
                    && !columns::says_not_known(self.table, line.row);
                return Ok(None);
            }
            if says_fields || gathered.rows == 1 {
                return Ok(None);
            }
            gathered.kept -= 1;
            let words = "Nobody is named here.".to_owned();
            self.settle(line, Kind::NoPerson, Some(column), words)?;
            return Ok(None);
        }
        gathered.says_people = true;
        Ok(Some(Membership {
            target,
            person,
            line: at,
            holds,
            counts: true,
        }))
    }

    /// Whether a row has the cells it should have.
    fn shape(&mut self, line: &Line) -> Result<(), Fate> {
        let (width, cells) = (self.table.width(0), self.table.width(line.row));
        if self.matching.is_own && cells < width {
            return Ok(());
        }
        let needed = Column::ALL
            .iter()
            .filter_map(|column| self.layout.place(*column))
            .max()
            .map_or(0, |at| at + 1);
        let more = (width..cells).any(|at| !trimmed(self.table.cell(line.row, at)).is_empty());
        let first = match self.layout.first {
            FirstRow::Heading => "the heading",
            FirstRow::Row => "the first one",
        };
        let lacks = cells < needed && cells < width;
        if !more && !lacks {
            return Ok(());
        }
        let has = if cells == 1 {
            "1 cell".to_owned()
        } else {
            format!("{cells} cells")
        };
        let words =
            format!("It has {has}, {first} has {width}: something may stand in the wrong column.");
        self.settle(line, Kind::Ragged, Some(cells.min(width)), words)
    }

    /// What the row's person is to hold.
    fn holds(&mut self, line: &Line) -> Result<Holds, Fate> {
        if let Some((word, act)) = self.matching.actions.get(line.action as usize) {
            let act = match (act, self.choices.of(About::Action, word)) {
                (_, Some(Choice::LeaveOut)) => return Err(Fate::LeftOut),
                (None, Some(Choice::Keep)) => Some(Act::In),
                (act, _) => *act,
            };
            match act {
                Some(Act::Out) => return Ok(Holds::Nothing),
                Some(Act::In) => {}
                None => {
                    let words = format!(
                        "“{word}” says neither that somebody comes in nor that they go out."
                    );
                    let place = self.layout.place(Column::Action);
                    return Err(self.settle_word(line, Kind::Action, place, words, word));
                }
            }
        }
        let Some((word, role)) = self.matching.roles.get(line.role as usize) else {
            return Ok(Holds::Any);
        };
        match (role, self.choices.of(About::Role, word)) {
            (_, Some(Choice::LeaveOut)) => Err(Fate::LeftOut),
            (_, Some(Choice::Keep)) => Ok(Holds::Any),
            (_, Some(Choice::Role(role))) | (Some(role), _) => Ok(Holds::Role(Role::clone(role))),
            (None, _) => {
                let words = format!("“{word}” is no role here.");
                let place = self.layout.place(Column::Role);
                Err(self.settle_word(line, Kind::Role, place, words, word))
            }
        }
    }

    /// Takes what a row says of its group's fields; tells whether it says anything.
    fn fields(&mut self, line: &Line, target: usize) -> Result<bool, Fate> {
        let mut says = false;
        for column in [Column::Name, Column::Description, Column::Photo] {
            let (Some(field), Some(place)) = (column.field(), self.layout.place(column)) else {
                continue;
            };
            let cell = self.table.cell(line.row, place);
            let cell = if self.matching.is_own {
                cell
            } else {
                trimmed(cell)
            };
            if cell.is_empty() {
                continue;
            }
            let known = self
                .targets
                .get(target)
                .and_then(|target| target.fields.iter().find(|(known, ..)| *known == field));
            let first = match known {
                Some((_, value, _)) if value == cell => {
                    says = true;
                    continue;
                }
                Some((_, _, row)) => Some(*row),
                None => None,
            };
            if let Err(why) = self.system.check(field, cell) {
                self.settle(line, Kind::Field, Some(place), why)?;
                continue;
            }
            let mut takes = true;
            if let Some(first) = first {
                let words = format!("{} says something else of this group.", self.named(first));
                self.settle(line, Kind::OtherField, Some(place), words)?;
                takes = self.said(line, Kind::OtherField) == Some(&Choice::Take);
            }
            if takes && let Some(target) = self.targets.get_mut(target) {
                target.fields.retain(|(other, ..)| *other != field);
                target.fields.push((field, cell.to_owned(), line.row));
            }
            says = true;
        }
        Ok(says)
    }

    /// Of the rows that speak of one person in one group, one counts.
    fn once_each(&mut self, memberships: &mut [Membership]) {
        let mut order: Vec<Keyed> = (0..)
            .zip(memberships.iter())
            .map(|(number, one)| Keyed {
                key: [
                    (one.target as u64) << 32 | u64::from(one.person),
                    one.line as u64,
                ],
                number,
            })
            .collect();
        sort_keyed(&mut order, &mut |a, b| a.cmp(&b));
        let mut first: Option<(u64, usize)> = None;
        for keyed in order {
            let here = keyed.number as usize;
            let Some((_, counting)) = first.filter(|(key, _)| Some(key) == keyed.key.first())
            else {
                first = keyed.key.first().map(|key| (*key, here));
                continue;
            };
            let (Some(one), Some(other)) = (memberships.get(counting), memberships.get(here))
            else {
                continue;
            };
            let Some(line) = self.matching.lines.get(other.line).copied() else {
                continue;
            };
            let mut fate = Fate::Twice;
            let mut takes = one.holds == Holds::Any && matches!(other.holds, Holds::Role(_));
            let agree = one.holds == other.holds
                || takes
                || other.holds == Holds::Any && one.holds != Holds::Nothing;
            let (one, other) = (one.line, other.line);
            if !agree {
                let row = self.matching.lines.get(one).map_or(0, |line| line.row);
                let words = format!(
                    "{} says something else of the same person in the same group.",
                    self.named(row)
                );
                match self.settle(
                    &line,
                    Kind::OtherRole,
                    self.layout.place(Column::Person),
                    words,
                ) {
                    Err(open) => fate = open,
                    Ok(()) => takes = self.said(&line, Kind::OtherRole) == Some(&Choice::Take),
                }
            }
            let (wins, loses) = if takes {
                (here, counting)
            } else {
                (counting, here)
            };
            if let Some(lost) = memberships.get_mut(loses) {
                lost.counts = false;
            }
            let (lost, kept) = if takes { (one, other) } else { (other, one) };
            if let Some(slot) = self.brought.fates.get_mut(lost) {
                *slot = fate;
            }
            if let Some(slot) = self.brought.fates.get_mut(kept)
                && takes
            {
                *slot = Fate::Wished;
            }
            first = first.map(|(key, _)| (key, wins));
        }
    }

    fn finish(mut self) -> Brought {
        let mut brought = std::mem::take(&mut self.brought);
        group_bytes::sort_by(&mut brought.problems, |a, b| a.row.cmp(&b.row));
        let counts = &mut brought.counts;
        counts.rows = brought.fates.len();
        for fate in &brought.fates {
            match fate {
                Fate::Twice => counts.twice += 1,
                Fate::LeftOut => counts.left_out += 1,
                Fate::Wished | Fate::Open(_) => {}
            }
        }
        for mut target in self.targets.into_iter().filter(|target| target.kept > 0) {
            let mut fields: Vec<(Field, String)> = target
                .fields
                .into_iter()
                .map(|(field, value, _)| (field, value))
                .collect();
            let which = match target.which {
                Which::New(new) => Which::New(filled(new, std::mem::take(&mut fields))),
                known => known,
            };
            let people = if target.says_people {
                counts.people += target.people.len();
                for named in &target.people {
                    target.spared.remove(&named.person);
                }
                let spared = target.spared.into_iter().map(|person| WishedPerson {
                    person,
                    label: None,
                    holds: Holds::AsIs,
                });
                target.people.extend(spared);
                People::Named(target.people)
            } else {
                People::Unsaid
            };
            match which {
                Which::New(_) => counts.new += 1,
                Which::Known(_) => counts.groups += 1,
            }
            brought.wish.groups.push(Group {
                which,
                fields,
                people,
            });
        }
        brought
    }

    /// What a row is called in a sentence.
    fn named(&self, row: usize) -> String {
        let unit = match self.table.unit {
            Unit::Line => "Line",
            Unit::Entry => "Entry",
        };
        format!("{unit} {}", self.table.line(row))
    }

    /// What was said of a row that has this.
    fn said(&self, line: &Line, kind: Kind) -> Option<&Choice> {
        let own = self.by_row.get(line.row).copied().flatten();
        own.or_else(|| self.choices.of_kind(kind))
    }

    /// Whether a row that has this goes on.
    fn settle(
        &mut self,
        line: &Line,
        kind: Kind,
        column: Option<usize>,
        words: String,
    ) -> Result<(), Fate> {
        match self.said(line, kind) {
            Some(Choice::LeaveOut) => Err(Fate::LeftOut),
            Some(Choice::Take | Choice::First) if kind.can_be_taken() => Ok(()),
            _ => {
                let text = column
                    .map_or("", |column| self.table.cell(line.row, column))
                    .to_owned();
                Err(self.open(line, kind, column, words, text))
            }
        }
    }

    /// The same of a word that can be chosen for.
    fn settle_word(
        &mut self,
        line: &Line,
        kind: Kind,
        column: Option<usize>,
        words: String,
        word: &str,
    ) -> Fate {
        match self.said(line, kind) {
            Some(Choice::LeaveOut) => Fate::LeftOut,
            _ => self.open(line, kind, column, words, word.to_owned()),
        }
    }

    fn open(
        &mut self,
        line: &Line,
        kind: Kind,
        column: Option<usize>,
        words: String,
        text: String,
    ) -> Fate {
        let words = if kind == Kind::Quote {
            "A quote is opened here and not closed before the end of the cell.".to_owned()
        } else {
            words
        };
        self.brought.problems.push(Problem {
            row: line.row,
            line: self.table.line(line.row),
            column,
            kind,
            words,
            text,
        });
        Fate::Open(kind)
    }
}

/// Puts what rows say of its fields to a group that is to be made.
fn filled(mut new: NewGroup, fields: Vec<(Field, String)>) -> NewGroup {
    for (field, value) in fields {
        match field {
            Field::DisplayName => new.display_name = value,
            Field::Description => new.description = value,
            Field::Photo => new.photo = value,
            Field::InternalName => {}
        }
    }
    new
}
