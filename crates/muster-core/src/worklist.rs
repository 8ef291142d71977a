//! Lists of groups that want a hand: who leads them, who is in them, what they are called.

use group_api::{Capabilities, Field};

use crate::columns::Row;
use crate::directory::Directory;

/// A list of groups that want a hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkList {
    /// Nobody manages them.
    NoLead,
    /// One person alone manages them.
    OneLead,
    /// Nobody is in them.
    Empty,
    /// Another group is called the same, case and accents aside.
    SameName,
    /// They have no description.
    NoDescription,
}

impl WorkList {
    /// All of them, in the order of the screen.
    pub const ALL: [Self; 5] = [
        Self::NoLead,
        Self::OneLead,
        Self::Empty,
        Self::SameName,
        Self::NoDescription,
    ];

    /// The word in the page's address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoLead => "no-admin",
            Self::OneLead => "one-admin",
            Self::Empty => "empty",
            Self::SameName => "same-name",
            Self::NoDescription => "no-description",
        }
    }

    /// The list of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.word() == word)
    }

    /// What it is called on the screen, in the system's own words.
    #[must_use]
    pub fn label(self, capabilities: &Capabilities) -> String {
        let lead = || {
            let lead = capabilities.lead().map_or("admin", |lead| lead.label);
            lead.to_ascii_lowercase()
        };
        match self {
            Self::NoLead => format!("No {}", lead()),
            Self::OneLead => format!("One {}", lead()),
            Self::Empty => "Empty".to_owned(),
            Self::SameName => "Same name".to_owned(),
            Self::NoDescription => "No description".to_owned(),
        }
    }

    /// Whether a system's groups can be in it and out of it. A highest role that is only ever handed
    /// over is held by one person in every group.
    #[must_use]
    pub fn means_something(self, capabilities: &Capabilities) -> bool {
        match self {
            Self::NoLead | Self::OneLead | Self::Empty => {
                capabilities.lead().is_some_and(|lead| lead.assignable)
            }
            Self::SameName => true,
            Self::NoDescription => capabilities.has_field(Field::Description),
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// How many groups are in each list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkCounts {
    counts: [usize; WorkList::ALL.len()],
    /// Groups of which nobody knows who is in them: they are in none of the lists that are about that.
    pub unsaid: usize,
}

impl WorkCounts {
    /// How many groups are in a list.
    #[must_use]
    pub fn of(&self, list: WorkList) -> usize {
        self.counts.get(list as usize).copied().unwrap_or_default()
    }
}

/// Which groups are in which list.
#[derive(Debug, Default)]
pub(crate) struct WorkLists {
    /// A bit for each list that a row is in.
    rows: Vec<u8>,
    pub(crate) counts: WorkCounts,
}

impl WorkLists {
    /// Looks at every row once for itself and, `names` being all rows by name, once beside its
    /// neighbour.
    pub(crate) fn new(directory: &Directory, names: &[u32]) -> Self {
        let mut rows = vec![0; directory.end() as usize];
        let mut unsaid = 0;
        for row in directory.rows() {
            if row.people().is_none() {
                unsaid += 1;
            }
            if let Some(bits) = rows.get_mut(row.number as usize) {
                *bits = alone(directory, &row);
            }
        }
        let mut before: Option<Row<'_>> = None;
        for row in names.iter().filter_map(|number| directory.row(*number)) {
            // Those of one name stand one behind the other.
            if let Some(before) = before.filter(|before| before.folded_name() == row.folded_name())
            {
                for number in [before.number, row.number] {
                    if let Some(bits) = rows.get_mut(number as usize) {
                        *bits |= WorkList::SameName.bit();
                    }
                }
            }
            before = Some(row);
        }
        let mut counts = [0; WorkList::ALL.len()];
        for bits in rows.iter().filter(|bits| **bits > 0) {
            for (list, count) in WorkList::ALL.iter().zip(&mut counts) {
                *count += usize::from(bits & list.bit() > 0);
            }
        }
        Self {
            rows,
            counts: WorkCounts { counts, unsaid },
        }
    }

    /// Whether a row is in a list.
    pub(crate) fn holds(&self, list: WorkList, number: u32) -> bool {
        self.rows
            .get(number as usize)
            .is_some_and(|bits| bits & list.bit() > 0)
    }
}

/// The lists that a row is in for itself.
fn alone(directory: &Directory, row: &Row<'_>) -> u8 {
    let mut bits = 0;
    if let Some(people) = row.people() {
        if people == 0 {
            bits |= WorkList::Empty.bit();
        }
        match directory.some_leads(row) {
            0 => bits |= WorkList::NoLead.bit(),
            1 => bits |= WorkList::OneLead.bit(),
            _ => {}
        }
    }
    if row.has_no_description() {
        bits |= WorkList::NoDescription.bit();
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use group_api::{Backend, Instabase, Snip};

    #[test]
    fn words_lead_back_and_labels_are_the_systems_own() {
        for list in WorkList::ALL {
            assert_eq!(WorkList::from_word(list.word()), Some(list));
        }
        assert_eq!(WorkList::from_word("nothing"), None);
        let labels = |capabilities: &Capabilities| -> Vec<String> {
            WorkList::ALL
                .into_iter()
                .filter(|list| list.means_something(capabilities))
                .map(|list| list.label(capabilities))
                .collect()
        };
        assert_eq!(
            labels(Instabase.capabilities()),
            [
                "No admin",
                "One admin",
                "Empty",
                "Same name",
                "No description"
            ]
        );
        assert_eq!(labels(Snip.capabilities()), ["Same name", "No description"]);
    }
}
