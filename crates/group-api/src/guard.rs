//! Steps that cost more than they seem to: they ask for a second act, in words.

use crate::capability::{Capabilities, RoleHolding};
use crate::change::{MembershipChange, PersonChange};
use crate::key::PersonKey;
use crate::model::{Group, Role};

/// Why a step deserves a second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// I would leave the group.
    RemovesMe,
    /// I would give up the role that lets me manage the group.
    DemotesMe,
    /// Nobody would be left who manages the group.
    TakesLastLead,
}

/// The guards that a change meets, given the group as last read and who I am, if that is known.
#[must_use]
pub fn guards(
    capabilities: &Capabilities,
    me: Option<&PersonKey>,
    group: &Group,
    change: &MembershipChange,
) -> Vec<Guard> {
    let mut found = Vec::new();
    let (Some(members), Some(lead)) = (group.members.listed(), capabilities.lead()) else {
        return found;
    };
    let lead = &lead.role;
    let is_me = |person: &PersonKey| {
        me == Some(person) || group.members.find(person).is_some_and(|m| m.is_self)
    };
    for step in &change.steps {
        let Some(member) = group.members.find(&step.person) else {
            continue;
        };
        if !is_me(&step.person) {
            continue;
        }
        let highest = |roles: &mut dyn Iterator<Item = &Role>| {
            roles.filter_map(|role| capabilities.rank(role)).min()
        };
        let now = highest(&mut member.roles.iter());
        // What is not ranked may be lower: better asked once too often.
        let lower = |after: Option<usize>| after.is_none() || now.is_none() || after > now;
        match &step.change {
            // On a system of one role a person, to take it is to take the person out.
            PersonChange::Revoke(taken) => {
                let mut left = member.roles.iter().filter(|role| !taken.contains(role));
                if capabilities.holding == RoleHolding::One || left.clone().next().is_none() {
                    found.push(Guard::RemovesMe);
                } else if lower(highest(&mut left)) {
                    found.push(Guard::DemotesMe);
                }
            }
            PersonChange::Change { to, .. } if lower(capabilities.rank(to)) => {
                found.push(Guard::DemotesMe);
            }
            _ => {}
        }
    }
    let leads_after = |member: &&crate::model::Member| match change
        .steps
        .iter()
        .find(|step| step.person == member.person)
        .map(|step| &step.change)
    {
        Some(PersonChange::Revoke(roles)) => member.roles.contains(lead) && !roles.contains(lead),
        Some(PersonChange::Change { to, .. }) => to == lead,
        _ => member.roles.contains(lead),
    };
    let granted = change.steps.iter().any(|step| match &step.change {
        PersonChange::Grant(role) => role == lead,
        PersonChange::Restore(roles) => roles.contains(lead),
        _ => false,
    });
    let had_lead = members.iter().any(|member| member.roles.contains(lead));
    if had_lead && !granted && !members.iter().any(|member| leads_after(&member)) {
        found.push(Guard::TakesLastLead);
    }
    found
}
