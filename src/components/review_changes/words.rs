//! What a review says.

use group_api::{Capabilities, Field, Support};
use muster_changes::{Line, Plan, Sum, Why};
use muster_runs::task_words;

use crate::format;

/// How many of what, in a line: "40 groups · +312 · −287 · 14 roles".
pub(super) fn summary(sum: Sum, struck: usize) -> String {
    let mut parts = vec![format::groups(sum.groups)];
    let mut part = |count: usize, before: &str, after: &str| {
        if count > 0 {
            parts.push(format!("{before}{}{after}", format::number(count)));
        }
    };
    part(sum.made, "", " new");
    part(sum.added, "+", "");
    part(sum.removed, "−", "");
    part(
        sum.roles,
        "",
        if sum.roles == 1 { " role" } else { " roles" },
    );
    part(sum.edited, "", " with other fields");
    part(sum.never_seen, "", " never seen");
    part(struck, "", " struck");
    parts.join(" · ")
}

/// A line in words: "bob in Sales: add as Member".
pub(super) fn line(capabilities: &Capabilities, plan: &Plan, line: &Line) -> String {
    let group = plan.place(line).map_or("", |place| &place.place.name);
    let words = task_words(capabilities, &line.task);
    match line.task.who() {
        Some(who) => format!("{who} in {group}: {words}"),
        None => format!("{group}: {words}"),
    }
}

const fn field(field: Field) -> &'static str {
    match field {
        Field::DisplayName => "display name",
        Field::InternalName => "internal name",
        Field::Description => "description",
        Field::Photo => "photo",
    }
}

/// Why something cannot be done.
pub(super) fn why(capabilities: &Capabilities, why: &Why) -> String {
    let system = capabilities.system;
    match why {
        Why::NotFound => "There is no such group, or it is not yours to see.".to_owned(),
        Why::Stays => "They cannot come into every group that they are to come into, so they are not taken out.".to_owned(),
        Why::NotListed => "The server does not say who is in it.".to_owned(),
        Why::NamedTwice => "It is named more than once.".to_owned(),
        Why::Ambiguous(count) => format!(
            "{} have this name: say which by its ID.",
            format::groups(*count)
        ),
        Why::NameTaken(name) => format!("The internal name {name} is taken."),
        Why::TwoValues(of) => format!("Its {} is to be two things.", field(*of)),
        Why::NoField(of) => format!(
            "Cannot on {system}, because a group has no {} there.",
            field(*of)
        ),
        Why::BadField(of, why) => format!("Its {}: {why}", field(*of)),
        Why::TwoRoles => "Named more than once, and not in the same role.".to_owned(),
        Why::NoAdd(why) | Why::NotGiven(_, Support::No(why)) => {
            format!("Cannot on {system}: {why}")
        }
        Why::UnknownRole(role) => format!("Cannot on {system}, because it has no role “{role}”."),
        Why::NotGiven(role, Support::Yes) => format!(
            "Nobody is made {} like this: hand the group over in its settings.",
            capabilities.label(role)
        ),
        Why::NotAPerson(kind) => format!("This is no person but a “{kind}”."),
        Why::NotAllowed(why) => why.clone(),
    }
}
