//! Staying fresh: what is shown is read again by itself, quietly, without moving what one reads or types.
//!
//! A quiet reading changes rows as its news come and nothing else: what was known stays known until it has ended, and a
//! failure says since when what is shown is old. [`crate::components::Freshness`] decides when, and tells what came of it.

use std::collections::HashSet;

use gloo_timers::future::TimeoutFuture;
use group_api::{ApiError, Group, GroupSink, ListAsk, PlainGroup, Unreadable};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::{Coverage, Directory};

use crate::browser::now;
use crate::pages::group_href;
use crate::request::{Asked, Latest, Ticket};
use crate::store::{MOST_BAD, Store};

/// Why what is shown is old.
#[derive(Clone, Debug, PartialEq)]
pub struct Stale {
    /// When it was last read, in milliseconds since 1970.
    pub since: f64,
    /// Why it could not be read again.
    pub why: ApiError,
}

/// Something that was changed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// What to call it.
    pub name: String,
    /// Its page; none where it is gone.
    pub href: Option<String>,
}

/// What was found to be changed elsewhere, and since when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// When it was last read before, in milliseconds since 1970.
    pub since: f64,
    /// The first of them.
    pub named: Vec<Changed>,
    /// How many there are in all.
    pub count: usize,
    /// The keys of those that are still there.
    keys: Vec<String>,
}

/// How many changed groups are named.
const NAMED: usize = 20;
/// How long after a quiet reading what is on the page is not read out, in milliseconds.
const HUSHED_MS: u32 = 1_000;

/// What is known of how fresh a connection's pages are.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// Counts the occasions to read again what is shown.
    asked: RwSignal<u32>,
    stale: RwSignal<Option<Stale>>,
    news: RwSignal<Option<News>>,
    /// Whether the list is being read quietly: nobody is told that it is, or was.
    quiet: RwSignal<bool>,
    /// How long the last quiet reading took, in milliseconds.
    took: StoredValue<f64>,
}

impl Fresh {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            asked: RwSignal::new(0),
            stale: RwSignal::new(None),
            news: RwSignal::new(None),
            quiet: RwSignal::new(false),
            took: StoredValue::new(0.0),
        }
    }

    /// Whether the list is being read quietly, or just was. Reactive.
    #[must_use]
    pub fn is_quiet(self) -> bool {
        self.quiet.get()
    }

    /// Whether a group was changed elsewhere. Reactive.
    #[must_use]
    pub fn is_news(self, key: &str) -> bool {
        self.news.with(|news| {
            news.as_ref()
                .is_some_and(|news| news.keys.iter().any(|known| known == key))
        })
    }

    /// Somebody reads again, and will look for himself.
    pub fn forget(self) {
        if self.stale.with_untracked(Option::is_some) {
            self.stale.set(None);
        }
        if self.news.with_untracked(Option::is_some) {
            self.news.set(None);
        }
        self.quiet.set(false);
    }

    /// What is old on the page, and since when. Reactive.
    #[must_use]
    pub fn stale(self) -> Option<Stale> {
        self.stale.get()
    }

    /// What was changed elsewhere. Reactive.
    #[must_use]
    pub fn news(self) -> Option<News> {
        self.news.get()
    }

    /// The news were read.
    pub fn dismiss(self) {
        self.news.set(None);
    }

    /// How a quiet reading of what is shown came out: it is fresh now, or old since then.
    pub fn told(self, since: f64, result: Result<(), ApiError>) {
        let stale = match result {
            // Somebody else's reading came first.
            Err(ApiError::Cancelled) => return,
            Err(why) => Some(Stale { since, why }),
            Ok(()) => None,
        };
        self.stale.try_set(stale);
    }

    /// An occasion to read again what is shown.
    pub fn ask(self) {
        self.asked.update(|n| *n = n.wrapping_add(1));
    }

    /// Calls with each occasion, as long as the page is there that does this.
    pub fn on_asked(self, read: impl Fn() + 'static) {
        Effect::new(move |before: Option<()>| {
            self.asked.track();
            if before.is_some() {
                untrack(&read);
            }
        });
    }

    /// How long the last quiet reading took, in milliseconds.
    #[must_use]
    pub fn took(self) -> f64 {
        self.took.get_value()
    }
}

impl Default for Fresh {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes in what a quiet reading brings; nothing is shown before it has ended.
struct Quietly {
    store: Store,
    ticket: Ticket,
    bad: Vec<Unreadable>,
}

impl Quietly {
    fn bring<T: Default>(&self, with: impl FnOnce(&mut Directory) -> T) -> T {
        if self.ticket.is_current() {
            self.store.take_in(with)
        } else {
            T::default()
        }
    }
}

impl GroupSink for Quietly {
    fn group(&mut self, group: Group, element: &[u8]) {
        self.bring(|directory| directory.put_listed(group, element));
    }

    fn plain(&mut self, group: &PlainGroup<'_>) {
        self.bring(|directory| directory.put_plain(group));
    }

    fn known(&mut self, bytes: &[u8]) -> Option<usize> {
        self.bring(|directory| directory.known(bytes))
    }

    fn unreadable(&mut self, bad: Unreadable) {
        if self.bad.len() < MOST_BAD {
            self.bad.push(bad);
        }
    }
}

impl Store {
    /// Reads the list again without a word, if it is known whole. What is known stays known until that has ended.
    pub fn load_quietly(self) {
        let before = self.peek(|directory| directory.coverage().clone());
        let Coverage::Full { read_at, .. } = before else {
            return;
        };
        let fresh = self.fresh();
        let ticket = self.loading(|latest| latest.begin_as(Asked::ByItself));
        let mut exchange = self.list(&ListAsk::WithMembers);
        if let Some(etag) = self.etag() {
            exchange.unless(&etag);
        }
        let seen = self.take_in(|directory| {
            directory.begin_quietly();
            directory.changes()
        });
        fresh.quiet.set(true);
        let began = now();
        spawn_local(async move {
            let mut sink = Quietly {
                store: self,
                ticket: ticket.clone(),
                bad: Vec::new(),
            };
            let result = self.run_with(exchange, &mut sink, ticket.stop()).await;
            if !ticket.is_current() {
                return;
            }
            self.loading(Latest::cancel);
            fresh.took.set_value(now() - began);
            let told = match result {
                Ok(done) => {
                    let coverage = Coverage::Full {
                        read_at: now(),
                        unreadable: done.value.unreadable,
                    };
                    self.tell_news(read_at, seen, true);
                    self.ended(coverage, done.value.etag, sink.bad);
                    Ok(())
                }
                Err(ApiError::Unchanged) => {
                    self.change(|directory| directory.end_unchanged(before, now()));
                    Ok(())
                }
                Err(error) => {
                    self.tell_news(read_at, seen, false);
                    // Part of a newer list is in by now, of which the server's word on the older one does not speak.
                    self.broke_off();
                    Err(error)
                }
            };
            fresh.told(read_at, told);
            TimeoutFuture::new(HUSHED_MS).await;
            fresh.quiet.try_set(false);
        });
    }

    /// Notes which groups have changed since so many changes were counted; those, too, that the list did not name, if it
    /// has ended.
    fn tell_news(self, since: f64, seen: u64, has_ended: bool) {
        let fresh = self.fresh();
        let mut news = fresh.news.get_untracked().unwrap_or_else(|| News {
            since,
            ..News::default()
        });
        let count = news.count;
        let mut keys: HashSet<String> = std::mem::take(&mut news.keys).into_iter().collect();
        self.peek(|directory| {
            let gone = has_ended.then(|| directory.not_brought());
            for number in gone.unwrap_or_default() {
                let Some(row) = directory.row(number) else {
                    continue;
                };
                keys.remove(row.key());
                news.count += 1;
                news.named.push(Changed {
                    name: row.display_name().to_owned(),
                    href: None,
                });
            }
            for number in directory.changed_since(seen) {
                let Some(row) = directory.row(number) else {
                    continue;
                };
                if keys.insert(row.key().to_owned()) {
                    news.count += 1;
                    if news.named.len() < NAMED {
                        news.named.push(Changed {
                            name: row.display_name().to_owned(),
                            href: Some(group_href(self, row.key())),
                        });
                    }
                }
            }
        });
        news.named.truncate(NAMED);
        news.keys = keys.into_iter().collect();
        if news.count > count {
            fresh.news.set(Some(news));
        }
    }
}
