//! Tasks and fates as people read them.

use group_api::{Capabilities, Field, PersonChange};

use crate::task::{Fate, LeftOut, Task};

/// What a task does, as it is said before: "add as Member".
#[must_use]
pub fn task_words(capabilities: &Capabilities, task: &Task) -> String {
    match task {
        Task::Person { change, .. } => match change {
            PersonChange::Grant(role) => format!("add as {}", capabilities.label(role)),
            PersonChange::Restore(roles) => {
                format!("bring in as {}", capabilities.labels(roles))
            }
            PersonChange::Revoke(roles) => format!("remove ({})", capabilities.labels(roles)),
            PersonChange::Change { from, to } => format!(
                "change from {} to {}",
                capabilities.labels(from),
                capabilities.label(to)
            ),
        },
        Task::Create { .. } => "create".to_owned(),
        Task::Edit { changed, .. } => {
            let changes: Vec<String> = changed
                .iter()
                .map(|changed| {
                    let field = match changed.field {
                        Field::DisplayName => "display name",
                        Field::InternalName => "internal name",
                        Field::Description => "description",
                        Field::Photo => "photo",
                    };
                    format!("{field} from “{}” to “{}”", changed.from, changed.to)
                })
                .collect();
            format!("change {}", changes.join(", "))
        }
        Task::Delete { .. } => "delete".to_owned(),
        Task::Leave { .. } => "leave".to_owned(),
        Task::Transfer { .. } => "hand over".to_owned(),
    }
}

/// What became of a task: "added as Member", "refused: “User (gru) not found”".
#[must_use]
pub fn fate_words(capabilities: &Capabilities, task: &Task, fate: &Fate) -> String {
    match fate {
        Fate::Waiting => "waiting".to_owned(),
        Fate::Sent => "sending…".to_owned(),
        Fate::Done { note } => {
            let done = done_words(capabilities, task);
            match note {
                Some(note) => format!("{done}; the server also said “{note}”"),
                None => done,
            }
        }
        Fate::Refused { words } => {
            let hint = match task {
                Task::Person {
                    change: PersonChange::Revoke(_),
                    ..
                } => capabilities.refused_removal,
                _ => None,
            };
            let words = format!("refused: “{words}” {}", hint.unwrap_or_default());
            words.trim_end().to_owned()
        }
        Fate::Overtaken { .. } if matches!(task, Task::Edit { .. }) => {
            "nothing was sent: somebody changed this meanwhile".to_owned()
        }
        Fate::Overtaken { now } if now.is_empty() => {
            "nothing was sent: somebody removed this person meanwhile".to_owned()
        }
        Fate::Overtaken { now } => format!(
            "nothing was sent: somebody changed this meanwhile, the role is now {}",
            capabilities.labels(now)
        ),
        Fate::NotShown { why: None } => "not done: a look afterwards does not show it".to_owned(),
        Fate::NotShown { why: Some(why) } => format!("not done: {why}"),
        Fate::Unknown { why, .. } => format!("unknown: {why}"),
        Fate::LeftOut(LeftOut::Stopped) => "not sent: it was stopped before".to_owned(),
        Fate::LeftOut(LeftOut::Behind(_)) => {
            "not sent: what had to be done before was not".to_owned()
        }
    }
}

fn done_words(capabilities: &Capabilities, task: &Task) -> String {
    match task {
        Task::Person { change, .. } => match change {
            PersonChange::Grant(role) => format!("added as {}", capabilities.label(role)),
            PersonChange::Restore(roles) => {
                format!("brought in as {}", capabilities.labels(roles))
            }
            PersonChange::Revoke(_) => "removed".to_owned(),
            PersonChange::Change { to, .. } => {
                format!("role changed to {}", capabilities.label(to))
            }
        },
        Task::Create { .. } => "created".to_owned(),
        Task::Edit { .. } => "changed".to_owned(),
        Task::Delete { .. } => "deleted".to_owned(),
        Task::Leave { .. } => "left".to_owned(),
        Task::Transfer { .. } => "handed over".to_owned(),
    }
}
