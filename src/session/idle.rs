//! What the browser keeps of when something was done last, and after how long without anything it forgets the tokens.
//!
//! The keys do not begin with `muster.`: at each change of one that does, all tabs look at connections and tokens anew.

use super::storage::{Area, get, remove, set};
use crate::browser::{now, number_text, read_number};

/// After how many minutes.
pub(crate) const LIMIT: &str = "muster-idle";
/// When something was done last in any tab, in milliseconds since 1970.
pub(crate) const LAST: &str = "muster-active";
/// In its place, to tell other tabs that the time is over.
pub(crate) const OVER: &str = "0";

/// After how many minutes the tokens are forgotten; none if never.
pub(crate) fn minutes() -> Option<u32> {
    get(LIMIT)?.parse().ok()
}

/// When something was done last.
pub(crate) fn last() -> f64 {
    get(LAST).map_or(0.0, |text| read_number(&text))
}

/// Something was done.
pub(crate) fn note(at: f64) {
    set(Area::Device, LAST, &number_text(at));
}

/// Tells other tabs that the time is over.
pub(crate) fn tell_over() {
    set(Area::Device, LAST, OVER);
}

/// Keeps the choice.
pub(crate) fn choose(minutes: Option<u32>) {
    match minutes {
        Some(minutes) => set(Area::Device, LIMIT, &minutes.to_string()),
        None => remove(Area::Device, LIMIT),
    }
}

/// Whether the time has passed while no page was open. It is told once.
pub(super) fn passed() -> bool {
    let now = now();
    // Whoever looks while pages are open knows more exactly.
    let passed = minutes().is_some_and(|minutes| now - last() > f64::from(minutes) * 60_000.0);
    if passed {
        note(now);
    }
    passed
}
