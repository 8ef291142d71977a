//! Pasted lists: every piece becomes an entry, and what is left of a list reads as the list did.
#![no_main]

use libfuzzer_sys::fuzz_target;
use muster_core::paste::{FirstLine, MailPart, parse};

fuzz_target!(|text: &str| {
    let is_role = |word: &str| ["admin", "member"].contains(&word.to_lowercase().as_str());
    for first in [FirstLine::Judge, FirstLine::People] {
        let read = parse(text, first, &is_role);
        for (place, entry) in read.entries.iter().enumerate() {
            let _ = read.replaced(text, place, "somebody");
            assert!(entry.role.as_deref() != Some(""), "{entry:?}");
        }
        let rest = read.rest(&|_| true);
        let again = parse(&rest, FirstLine::Judge, &is_role);
        // Whom it names; an unknown word for a role may have its quotes changed.
        let people = |pasted: &muster_core::paste::Pasted| -> Vec<_> {
            let entries = pasted.entries.iter();
            entries
                .map(|entry| entry.offer.person(MailPart::Whole).map_err(|_| ()))
                .collect()
        };
        assert_eq!(people(&again), people(&read), "{text:?} → {rest:?}");
    }
});
