//! Changes to who is in a group, as deltas, and what came of each.

use std::collections::HashMap;

use crate::error::{ApiError, Misread};
use crate::key::{GroupKey, PersonKey};
use crate::model::{Group, Role, Roles};
use group_bytes::sort_by;

/// Grants and revokes in one group. Never a whole list of members: what is not named stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipChange {
    /// The group.
    pub group: GroupKey,
    /// What is to happen to whom; each person once.
    pub steps: Vec<PersonStep>,
}

/// What is to happen to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonStep {
    /// The person.
    pub person: PersonKey,
    /// What.
    pub change: PersonChange,
}

/// What can happen to a person in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonChange {
    /// Comes in, with this role.
    Grant(Role),
    /// Gets back what was taken, unless they are in the group again already.
    Restore(Roles),
    /// Goes out: loses these roles, which are all they were shown with.
    Revoke(Roles),
    /// Changes role, if they still hold what was shown: else nothing is sent for them, since it
    /// could bring back somebody who was removed meanwhile.
    Change {
        /// The roles that were shown.
        from: Roles,
        /// The role to hold afterwards, alone.
        to: Role,
    },
}

impl PersonChange {
    /// The step that takes this one back.
    #[must_use]
    pub fn reversed(&self) -> Option<Self> {
        Some(match self {
            Self::Grant(role) => Self::Revoke(Roles::one(role.clone())),
            Self::Restore(roles) => Self::Revoke(roles.clone()),
            Self::Revoke(roles) => Self::Restore(roles.clone()),
            Self::Change { from, to } => Self::Change {
                from: Roles::one(to.clone()),
                to: from.first()?.clone(),
            },
        })
    }

    /// Whether these roles, read afterwards, show it done, on a system whose roles exclude each
    /// other. What its own system knows better, a backend judges for itself.
    #[must_use]
    pub fn is_shown_by(&self, now: &Roles) -> bool {
        match self {
            Self::Grant(role) => now.contains(role),
            Self::Restore(roles) => roles.iter().all(|role| now.contains(role)),
            Self::Revoke(roles) => !roles.iter().any(|role| now.contains(role)),
            Self::Change { from, to } => {
                now.contains(to) && !from.iter().any(|role| role != to && now.contains(role))
            }
        }
    }

    /// Whether it may be sent given the roles that a fresh read shows, by the same measure.
    #[must_use]
    pub fn still_fits(&self, now: &Roles) -> bool {
        match self {
            Self::Grant(_) | Self::Revoke(_) => true,
            Self::Restore(_) => now.is_empty(),
            Self::Change { from, .. } => now.same_as(from),
        }
    }

    /// Whether the group has to be read before it is sent.
    #[must_use]
    pub const fn needs_fresh_read(&self) -> bool {
        matches!(self, Self::Restore(_) | Self::Change { .. })
    }
}

/// What became of one person's step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A read after it shows it. The note is what the server said of the person all the same.
    Done {
        /// The server's words about this person, if it had any.
        note: Option<String>,
    },
    /// The server refused this person, or the whole call, and a read does not show the change.
    Refused {
        /// Its words.
        words: String,
    },
    /// Not sent: the person no longer holds what was shown.
    Overtaken {
        /// What they hold now; empty if they are not in the group.
        now: Roles,
    },
    /// Accepted without complaint, and a read does not show it.
    NotShown,
    /// Nobody knows: no answer, and no read.
    Unknown(ApiError),
}

/// What became of a [`MembershipChange`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Each person of the change, in its order.
    pub outcomes: Vec<(PersonKey, Outcome)>,
    /// The group as a read afterwards showed it, where there was one.
    pub group: Option<Group>,
}

/// What a person holds in a group, nothing included; `None` where the read did not list its people.
pub(crate) fn roles_now(group: &Group, person: &PersonKey) -> Option<Roles> {
    group.members.listed()?;
    Some(
        group
            .members
            .find(person)
            .map(|member| member.roles.clone())
            .unwrap_or_default(),
    )
}

/// Why a change that needs a fresh read is not sent: the read did not say who is in the group.
pub(crate) fn nobody_listed() -> ApiError {
    ApiError::NotUnderstood(Misread {
        expected: "a group with its people",
        at: "the read before the change, which was not sent".to_owned(),
        excerpt: String::new(),
    })
}

/// Puts outcomes into the order of the change.
pub(crate) fn sort_as(order: &[PersonKey], outcomes: &mut Vec<(PersonKey, Outcome)>) {
    let places: HashMap<&PersonKey, usize> =
        order.iter().rev().zip((0..order.len()).rev()).collect();
    sort_by(outcomes, |(a, _), (b, _)| places.get(a).cmp(&places.get(b)));
}
