//! How texts from outside are shown: one function looks at each before it is in the page.

use std::borrow::Cow;
use std::cell::Cell;

/// What is to be shown in a text's place; none if it can be shown as it is.
pub type Seen = fn(&str) -> Option<String>;

thread_local! {
    static SEEN: Cell<Option<Seen>> = const { Cell::new(None) };
}

/// Has this function look at every text that is made while the page lives, and at every attribute that is read out or
/// shown. The words of a `view!` itself are the program's own, and not looked at.
pub fn show_texts_by(seen: Seen) {
    SEEN.set(Some(seen));
}

/// A text as it is shown.
#[inline(never)]
pub(crate) fn shown(text: String) -> String {
    SEEN.get().and_then(|seen| seen(&text)).unwrap_or(text)
}

/// The value of an attribute as it is shown, where it is one of those.
pub(crate) fn shown_in<'a>(name: &str, text: &'a str) -> Cow<'a, str> {
    let words = name == "title" || name.starts_with("aria-") || name == "placeholder";
    let seen = SEEN.get().filter(|_| words).and_then(|seen| seen(text));
    seen.map_or(Cow::Borrowed(text), Cow::Owned)
}
