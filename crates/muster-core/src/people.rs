//! Names of people as they are typed or pasted.

use group_api::PersonKey;

/// One name out of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A name that can be sent.
    Name(PersonKey),
    /// Something that cannot be a name, as typed.
    Unreadable(String),
}

/// Splits what was typed or pasted at commas, semicolons, tabs and line ends, each name once, in
/// the order of their first appearance.
#[must_use]
pub fn split_people(typed: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for part in typed.split([',', ';', '\t', '\n', '\r']) {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        let entry =
            PersonKey::new(part).map_or_else(|_| Entry::Unreadable(part.to_owned()), Entry::Name);
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_and_stand_once() {
        let name = |text| Entry::Name(PersonKey::new(text).unwrap());
        assert_eq!(
            split_people(" ann, bo;\tann\r\ncy "),
            [name("ann"), name("bo"), name("cy")]
        );
        assert_eq!(
            split_people("a\u{7}b"),
            [Entry::Unreadable("a\u{7}b".to_owned())]
        );
        assert_eq!(split_people(" ,;\n"), []);
    }
}
