//! What was done, as text to be copied into a ticket.

use group_api::Capabilities;

use crate::run::Run;
use crate::task::Fate;
use crate::words::fate_words;

/// The account of a run: where, as whom, when, how many, and each item. `at` says a time, given in milliseconds since 1970, as
/// people write it.
#[must_use]
pub fn report(capabilities: &Capabilities, run: &Run, at: &dyn Fn(i64) -> String) -> String {
    let about = &run.about;
    let counts = run.counts();
    let mut head = vec![about.connection_name.clone()];
    if !about.as_whom.is_empty() {
        head.push(about.as_whom.clone());
    }
    head.push(at(about.began));
    if !about.ticket.is_empty() {
        head.push(format!("ticket {}", about.ticket));
    }
    let mut lines = vec![about.title.clone(), head.join(" · ")];
    let mut sum = format!("{} of {} done", counts.done, counts.all);
    if let Some(proved) = about.proved.filter(|_| counts.done > 0) {
        sum.push_str(&format!(", read back and proved at {}", at(proved)));
    }
    for (count, word) in [
        (counts.refused, "refused"),
        (counts.unknown, "unknown"),
        (counts.not_done, "not done"),
        (counts.open, "open"),
    ] {
        if count > 0 {
            sum.push_str(&format!(", {count} {word}"));
        }
    }
    lines.push(sum);
    lines.push(String::new());
    // What went wrong is read first.
    let is_done = |fate: &Fate| matches!(fate, Fate::Done { .. });
    for wanted in [false, true] {
        for item in run
            .items()
            .iter()
            .filter(|item| is_done(&item.fate) == wanted)
        {
            let place = run.place(item.task.place());
            let group = place.map_or_else(String::new, |place| {
                if place.name == place.key.as_str() {
                    place.name.clone()
                } else {
                    format!("{} ({})", place.name, place.key)
                }
            });
            let words = fate_words(capabilities, &item.task, &item.fate);
            lines.push(match item.task.who() {
                Some(who) => format!("{who} in {group}: {words}"),
                None => format!("{group}: {words}"),
            });
        }
    }
    lines.join("\n")
}
