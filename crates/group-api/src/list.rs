//! A long list received piece by piece: each group handed on as soon as its bytes are there.

use group_bytes::{ArrayAt, Event, Found, Spans, Splitter};

use crate::backend::Presence;
use crate::error::{ApiError, Misread};
use crate::key::GroupKey;
use crate::model::Group;
use crate::plain::PlainGroup;

/// Takes what a list brings, as it comes.
pub trait GroupSink {
    /// One group that was read, and the bytes it was read from.
    fn group(&mut self, group: Group, element: &[u8]);
    /// One group of the usual shape, still in the reply.
    fn plain(&mut self, group: &PlainGroup<'_>) {
        if let Some(owned) = group.to_group() {
            self.group(owned, group.element);
        }
    }
    /// If these bytes begin with an element that was taken in before, byte for byte: how long it is.
    /// It counts as brought once more, and is not read again.
    fn known(&mut self, _bytes: &[u8]) -> Option<usize> {
        None
    }
    /// One element that could not be read; the rest goes on.
    fn unreadable(&mut self, bad: Unreadable);
    /// A piece of the reply was taken in, whether or not it brought a whole group. Says what is to be done before the next.
    fn piece(&mut self) -> Pace {
        Pace::GoOn
    }
}

/// What a sink wants done between two pieces of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Nothing.
    GoOn,
    /// What was brought is to be seen at once: the page gets the time to paint it.
    LetBeSeen,
}

/// A sink for conversations that bring no list.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSink;

impl GroupSink for NoSink {
    fn group(&mut self, _: Group, _: &[u8]) {}
    fn unreadable(&mut self, _: Unreadable) {}
}

/// One element of a list that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its place in the list, from 0.
    pub index: u32,
    /// Its key, where at least that could be read.
    pub key: Option<String>,
    /// What was wrong.
    pub why: Misread,
}

/// How a list ended that came whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEnd {
    /// How many elements it held, readable or not.
    pub elements: u32,
    /// How many of them could not be read.
    pub unreadable: u32,
    /// What the server calls this state of the list (`ETag`), where it says.
    pub etag: Option<String>,
}

/// Reads one element; on failure says why and, if it can, which group it was.
pub(crate) type ReadElement = fn(&[u8]) -> Result<Group, (Option<String>, Misread)>;

/// Reads the element at the beginning of the bytes if it has the usual shape.
pub(crate) type ReadPlain = for<'a> fn(&'a [u8], &'a mut Spans) -> Option<PlainGroup<'a>>;

/// What to receive as a list and how to read its elements.
#[derive(Clone, Debug)]
pub(crate) struct ListShape {
    pub(crate) at: ArrayAt,
    pub(crate) read: ReadElement,
    /// A faster reader for the usual shape, where there is one.
    pub(crate) read_plain: Option<ReadPlain>,
    /// A group to look for while the list goes by.
    pub(crate) watch: Option<GroupKey>,
}

#[derive(Debug)]
pub(crate) struct ListReceiver {
    splitter: Splitter,
    counts: Counts,
}

/// Everything of a receiver but the splitter that feeds it.
#[derive(Debug)]
struct Counts {
    shape: ListShape,
    spans: Spans,
    end: ListEnd,
    seen: bool,
    keyless: u32,
}

/// What is left of a list's reply once its groups were handed on.
#[derive(Debug)]
pub(crate) struct ListRest {
    /// What stood around the array, or the whole body where there was none.
    pub(crate) envelope: Vec<u8>,
    pub(crate) found_array: bool,
    pub(crate) whole: bool,
    pub(crate) end: ListEnd,
    /// Whether the group looked for went by, readable or not.
    pub(crate) seen: bool,
    /// How many elements went by of which not even the key could be read.
    pub(crate) keyless: u32,
}

impl ListRest {
    /// What a list that came whole proves of the group that was looked for. An element without a
    /// key may be that group, so the list does not prove it gone.
    pub(crate) fn presence(&self) -> Result<Presence, ApiError> {
        match (self.seen, self.keyless) {
            (true, _) => Ok(Presence::There),
            (false, 0) => Ok(Presence::Gone),
            (false, count) => Err(ApiError::NotUnderstood(Misread {
                expected: "a list in which every group has its key",
                at: format!("{count} of {} groups have none", self.end.elements),
                excerpt: String::new(),
            })),
        }
    }
}

impl ListReceiver {
    pub(crate) fn new(shape: ListShape) -> Self {
        Self {
            splitter: Splitter::new(shape.at),
            counts: Counts {
                shape,
                spans: Spans::default(),
                end: ListEnd::default(),
                seen: false,
                keyless: 0,
            },
        }
    }

    pub(crate) fn feed(&mut self, piece: &[u8], sink: &mut dyn GroupSink) {
        self.splitter.feed(
            piece,
            &mut Receiving {
                counts: &mut self.counts,
                sink,
            },
        );
    }

    pub(crate) fn finish(self) -> ListRest {
        ListRest {
            found_array: self.splitter.found_array(),
            whole: self.splitter.is_whole(),
            envelope: self.splitter.envelope().to_vec(),
            end: self.counts.end,
            seen: self.counts.seen,
            keyless: self.counts.keyless,
        }
    }
}

struct Receiving<'a> {
    counts: &'a mut Counts,
    sink: &'a mut dyn GroupSink,
}

impl Receiving<'_> {
    fn count(&mut self) -> u32 {
        let index = self.counts.end.elements;
        self.counts.end.elements = index.saturating_add(1);
        index
    }
}

impl Found for Receiving<'_> {
    fn whole(&mut self, rest: &[u8]) -> Option<usize> {
        // A group that is looked for has to be read to be found.
        let known = match self.counts.shape.watch {
            None => self.sink.known(rest),
            Some(_) => None,
        };
        let length = match known {
            Some(length) => length,
            None => {
                let read = self.counts.shape.read_plain?;
                let group = read(rest, &mut self.counts.spans)?;
                let watch = self.counts.shape.watch.as_ref();
                self.counts.seen |= watch.is_some_and(|key| key.as_str() == group.key);
                self.sink.plain(&group);
                group.element.len()
            }
        };
        self.count();
        Some(length)
    }

    fn found(&mut self, event: Event<'_>) {
        let outcome = match event {
            Event::Element(bytes) => (self.counts.shape.read)(bytes).map(|group| (group, bytes)),
            Event::TooLong => Err((
                None,
                Misread {
                    expected: "a group of less than 16 MB",
                    at: String::new(),
                    excerpt: String::new(),
                },
            )),
        };
        let index = self.count();
        let watch = self.counts.shape.watch.as_ref();
        match outcome {
            Ok((group, bytes)) => {
                self.counts.seen |= watch == Some(&group.key);
                self.sink.group(group, bytes);
            }
            Err((key, mut why)) => {
                let end = &mut self.counts.end;
                end.unreadable = end.unreadable.saturating_add(1);
                match &key {
                    Some(key) => {
                        self.counts.seen |= watch.is_some_and(|watch| watch.as_str() == key);
                    }
                    None => self.counts.keyless = self.counts.keyless.saturating_add(1),
                }
                why.at = format!(
                    "group {} of the list{}{}",
                    u64::from(index) + 1,
                    if why.at.is_empty() { "" } else { ", " },
                    why.at
                );
                self.sink.unreadable(Unreadable { index, key, why });
            }
        }
    }
}
