//! Groups that a wish names twice, and names that are taken.

use std::collections::BTreeMap;
use std::sync::Arc;

use group_api::{Capabilities, Field, GroupKey, KeyKind};

use super::Why;
use crate::wish::{Group, Present, Which, Wish};

/// What is wrong with the names of one group of a wish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Why nothing can be done to it.
    pub(super) group: Option<Why>,
    /// Why it cannot be renamed.
    pub(super) rename: Option<Why>,
}

/// What is wrong with the names of each group of a wish.
pub(super) fn check(wish: &Wish, present: &dyn Present, capabilities: &Capabilities) -> Vec<Names> {
    let mut named: BTreeMap<Name<'_>, usize> = BTreeMap::new();
    let mut renamed: BTreeMap<&str, usize> = BTreeMap::new();
    for group in &wish.groups {
        *named.entry(name(&group.which, capabilities)).or_default() += 1;
        if let Some(to) = rename(group) {
            *renamed.entry(to).or_default() += 1;
        }
    }
    let of = |group: &Group| {
        let name = name(&group.which, capabilities);
        let to = rename(group);
        let is_taken = to.is_some_and(|to| {
            renamed.get(to).is_some_and(|times| *times > 1)
                || named.contains_key(&Name::Key(to))
                || is_another(group, to, present)
        });
        Names {
            group: (named.get(&name).is_some_and(|times| *times > 1)).then_some(Why::NamedTwice),
            rename: to
                .filter(|_| is_taken)
                .map(|to| Why::NameTaken(to.to_owned())),
        }
    };
    wish.groups.iter().map(of).collect()
}

/// Whether the name is that of another group, and not of this one, which has it already.
fn is_another(group: &Group, to: &str, present: &dyn Present) -> bool {
    let there = GroupKey::new(to).is_ok_and(|key| present.group(&key).is_some());
    let is_itself = match &group.which {
        Which::Known(key) => present.group(key).is_none(),
        Which::New(_) => false,
    };
    there && !is_itself
}

/// A group that exists: under the name that it had, or, once it was renamed, under the one that it was to have.
pub(super) fn known(
    group: &Group,
    key: &GroupKey,
    present: &dyn Present,
) -> Option<Arc<group_api::Group>> {
    present.group(key).or_else(|| {
        let to = GroupKey::new(rename(group)?).ok()?;
        present.group(&to)
    })
}

/// What tells a group of a wish from the others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name<'a> {
    Key(&'a str),
    /// Of one that has no key yet.
    Display(&'a str),
}

fn name<'a>(which: &'a Which, capabilities: &Capabilities) -> Name<'a> {
    match which {
        Which::Known(key) => Name::Key(key.as_str()),
        Which::New(new) if capabilities.key == KeyKind::ChosenName => Name::Key(&new.internal_name),
        Which::New(new) => Name::Display(&new.display_name),
    }
}

/// The internal name that a group is to have, where it has another.
fn rename(group: &Group) -> Option<&str> {
    let Which::Known(key) = &group.which else {
        return None;
    };
    let mut fields = group.fields.iter();
    let (_, to) = fields.find(|(field, _)| *field == Field::InternalName)?;
    Some(to.as_str()).filter(|to| *to != key.as_str())
}
