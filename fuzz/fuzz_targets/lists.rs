//! The incremental decoder of lists: the same groups and the same faults however the bytes are cut.
//!
//! The first byte chooses the system, the second how many cuts there are; each cut is two bytes; the rest is the reply.
#![no_main]

use group_api::{
    Backend, Group, GroupSink, Head, Input, Instabase, ListAsk, Snip, Step, Unreadable,
};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Default)]
struct All {
    groups: Vec<Group>,
    unreadable: Vec<Unreadable>,
}

impl GroupSink for All {
    fn group(&mut self, group: Group, _: &[u8]) {
        self.groups.push(group);
    }
    fn unreadable(&mut self, bad: Unreadable) {
        self.unreadable.push(bad);
    }
}

fn listed(backend: &dyn Backend, body: &[u8], cuts: &[usize]) -> String {
    let mut exchange = backend.list(&ListAsk::WithMembers);
    let mut all = All::default();
    let _ = exchange.next(Input::Start);
    exchange.head(Head {
        status: 200,
        ..Head::default()
    });
    let mut from = 0;
    for cut in cuts.iter().copied().chain([body.len()]) {
        exchange.feed(body.get(from..cut).unwrap_or_default(), &mut all);
        from = from.max(cut);
    }
    match exchange.next(Input::Finished) {
        Step::Done(result) => format!("{result:?} {all:?}"),
        Step::Send(_) => panic!("a list is one request"),
    }
}

fuzz_target!(|data: &[u8]| {
    let [choice, count, rest @ ..] = data else {
        return;
    };
    let count = usize::from(count % 16) * 2;
    let Some((places, body)) = rest.split_at_checked(count) else {
        return;
    };
    let mut cuts: Vec<usize> = places
        .chunks_exact(2)
        .map(|two| usize::from(u16::from_le_bytes([two[0], two[1]])) % (body.len() + 1))
        .collect();
    cuts.sort_unstable();
    let backend: &dyn Backend = if choice & 1 == 0 { &Instabase } else { &Snip };
    assert_eq!(listed(backend, body, &cuts), listed(backend, body, &[]));
});
