use leptos::prelude::*;
use muster_core::Marks;

/// A text in which what was searched for is marked.
#[must_use]
pub fn marked(text: &str, marks: &Marks) -> AnyView {
    let mut parts = Vec::new();
    let mut at = 0;
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    for range in marks.find(text) {
        parts.push(part(at, range.start).into_any());
        parts.push(view! { <mark>{part(range.start, range.end)}</mark> }.into_any());
        at = range.end;
    }
    parts.push(part(at, text.len()).into_any());
    parts.collect_view()
}
