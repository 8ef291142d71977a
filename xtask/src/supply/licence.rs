//! Licences as packages name them: `(MIT OR Apache-2.0) AND Unicode-3.0`, and `MIT/Apache-2.0` as it was once written.

use std::collections::BTreeSet;

/// What a package may be taken under.
#[derive(Debug, PartialEq, Eq)]
pub enum Licence {
    /// One, by its SPDX name, with its exception.
    One(String),
    /// All of these at once.
    All(Vec<Licence>),
    /// Any of these, at one's choice.
    Any(Vec<Licence>),
}

/// Reads an expression; nothing where it is none.
#[must_use]
pub fn of(text: &str) -> Option<Licence> {
    let spaced = text
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut words = words.as_slice();
    let licence = any(&mut words)?;
    words.is_empty().then_some(licence)
}

fn any(words: &mut &[&str]) -> Option<Licence> {
    let mut list = vec![all(words)?];
    while let ["OR", rest @ ..] = words {
        *words = rest;
        list.push(all(words)?);
    }
    Some(one_or(list, Licence::Any))
}

fn all(words: &mut &[&str]) -> Option<Licence> {
    let mut list = vec![one(words)?];
    while let ["AND", rest @ ..] = words {
        *words = rest;
        list.push(one(words)?);
    }
    Some(one_or(list, Licence::All))
}

fn one(words: &mut &[&str]) -> Option<Licence> {
    match words {
        ["(", rest @ ..] => {
            *words = rest;
            let within = any(words)?;
            let [")", rest @ ..] = words else { return None };
            *words = rest;
            Some(within)
        }
        [")" | "OR" | "AND" | "WITH", ..] | [] => None,
        [name, "WITH", exception, rest @ ..] => {
            *words = rest;
            Some(Licence::One(format!("{name} WITH {exception}")))
        }
        [name, rest @ ..] => {
            *words = rest;
            Some(Licence::One((*name).to_owned()))
        }
    }
}

fn one_or(mut list: Vec<Licence>, join: fn(Vec<Licence>) -> Licence) -> Licence {
    match list.pop() {
        Some(only) if list.is_empty() => only,
        Some(last) => {
            list.push(last);
            join(list)
        }
        None => join(list),
    }
}

impl Licence {
    /// Whether what is allowed is enough to take it.
    pub fn allowed(&self, allowed: &BTreeSet<&str>) -> bool {
        match self {
            Self::One(name) => allowed.contains(name.as_str()),
            Self::All(list) => list.iter().all(|one| one.allowed(allowed)),
            Self::Any(list) => list.iter().any(|one| one.allowed(allowed)),
        }
    }

    /// Every licence that it names.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name.clone()],
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::names).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_allowed() {
        let allowed = BTreeSet::from(["MIT", "Apache-2.0 WITH LLVM-exception", "ISC"]);
        for (text, may) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("GPL-3.0/MIT", true),
            ("MIT AND GPL-3.0", false),
            ("MIT AND ISC", true),
            ("(GPL-3.0 OR ISC) AND MIT", true),
            ("GPL-3.0 OR ISC AND MIT", true),
            ("ISC AND GPL-3.0 OR LGPL-2.1", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
        ] {
            let licence = of(text);
            assert_eq!(
                licence.map(|one| one.allowed(&allowed)),
                Some(may),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_expression() {
        for text in [
            "", "OR", "MIT OR", "MIT ISC", "(MIT", "MIT)", "MIT WITH", "AND MIT",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
