//! Staying fresh: what is shown is read again by itself, quietly, without moving what one reads or types.
//!
//! What a quiet reading brings is shown when it has ended and changes the rows that changed; what was known stays known until then,
//! and a failure says since when what is shown is old. [`crate::components::Freshness`] decides when, and tells what came of it.

use std::collections::HashSet;

use gloo_timers::future::TimeoutFuture;
use group_api::{ApiError, Group, GroupSink, ListAsk, PlainGroup, Unreadable};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::{Coverage, Directory};

use crate::browser::{later, now};
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

/// A group that was changed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    key: String,
    /// What to call it.
    pub name: String,
    /// Its page; none where the list does not name it any more.
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
    /// The keys of those that are still there, sorted.
    keys: Vec<String>,
}

/// How many changed groups are named.
const NAMED: usize = 20;
/// How often is looked whether a quiet reading has ended, in milliseconds.
const LOOK_MS: u32 = 30;
/// How long after a quiet reading what is on the page is not read out, in milliseconds.
const HUSHED_MS: u32 = 1_000;

/// Whether what failed may be asked for again by itself: nobody stopped it, and no question for a token would come of it.
#[must_use]
pub fn is_worth_another(error: &ApiError) -> bool {
    *error != ApiError::Cancelled && !error.wants_token()
}

/// What is known of how fresh a connection's pages are.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// Counts the occasions to read again what is shown, with the last one's account.
    asked: RwSignal<(u32, Asked)>,
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
            asked: RwSignal::new((0, Asked::ByItself)),
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

    /// The list is read again by somebody, who will look for himself.
    pub fn forget(self) {
        self.forget_stale();
        if self.news.with_untracked(Option::is_some) {
            self.news.set(None);
        }
        self.speak();
    }

    /// What was old is not shown any more, or is being read.
    pub fn forget_stale(self) {
        if self.stale.with_untracked(Option::is_some) {
            self.stale.set(None);
        }
    }

    /// What is said on the page is read out again.
    pub fn speak(self) {
        if self.quiet.get_untracked() {
            self.quiet.set(false);
        }
    }

    /// What changes on the page now is not read out; what comes after the reading is, a moment later.
    fn hush(self) {
        self.quiet.set(true);
    }

    fn speak_soon(self) {
        later(HUSHED_MS, move || {
            self.quiet.try_set(false);
        });
    }

    /// A group is looked at: what is new in it is no news any more.
    pub fn seen(self, key: &str) {
        let is_news = untrack(|| self.is_news(key));
        if is_news {
            self.news.update(|news| {
                if let Some(all) = news {
                    all.keys.retain(|known| known != key);
                    all.named.retain(|changed| changed.key != key);
                    all.count = all.count.saturating_sub(1);
                }
                if news.as_ref().is_some_and(|news| news.count == 0) {
                    *news = None;
                }
            });
        }
    }

    /// Waits until no quiet reading is under way.
    pub async fn settled(self) {
        while self.quiet.try_get_untracked() == Some(true) {
            TimeoutFuture::new(LOOK_MS).await;
        }
    }

    /// What is old on the page, and since when. Reactive.
    #[must_use]
    pub fn stale(self) -> Option<Stale> {
        self.stale.get()
    }

    /// The same, once.
    #[must_use]
    pub fn stale_now(self) -> Option<Stale> {
        self.stale.get_untracked()
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

    /// An occasion to read again what is shown, on somebody's account.
    pub fn ask(self, asked: Asked) {
        self.asked.update(|(n, last)| {
            *n = n.wrapping_add(1);
            *last = asked;
        });
    }

    /// Calls with each occasion, as long as the page is there that does this.
    pub fn on_asked(self, read: impl Fn(Asked) + 'static) {
        Effect::new(move |before: Option<()>| {
            let (_, asked) = self.asked.get();
            if before.is_some() {
                untrack(|| read(asked));
            }
        });
    }

    /// Does a quiet reading of what is shown: what changes by it is not read out. Tells how it came out, since when else.
    pub async fn quietly(self, since: f64, reading: impl Future<Output = Result<(), ApiError>>) {
        self.hush();
        let result = reading.await;
        self.told(since, result);
        self.speak_soon();
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

/// How a list ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// What it does not name is not there.
    Whole,
    /// It broke off, or some of it could not be understood: what it does not name may be there.
    InPart,
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
        let etag = self.take_etag();
        if let Some(etag) = &etag {
            exchange.unless(etag);
        }
        let seen = self.take_in(|directory| {
            directory.begin_quietly();
            directory.changes()
        });
        let began = now();
        spawn_local(fresh.quietly(read_at, async move {
            let mut sink = Quietly {
                store: self,
                ticket: ticket.clone(),
                bad: Vec::new(),
            };
            let result = self.run_with(exchange, &mut sink, ticket.stop()).await;
            if !ticket.is_current() {
                return Err(ApiError::Cancelled);
            }
            self.loading(Latest::cancel);
            fresh.took.set_value(now() - began);
            match result {
                Ok(done) => {
                    let coverage = Coverage::Full {
                        read_at: now(),
                        unreadable: done.value.unreadable,
                    };
                    let ended = if done.value.unreadable == 0 {
                        Ended::Whole
                    } else {
                        Ended::InPart
                    };
                    self.tell_news(read_at, seen, ended);
                    self.ended(coverage, done.value.etag, sink.bad);
                    Ok(())
                }
                Err(ApiError::Unchanged) => {
                    self.unchanged(before, etag);
                    Ok(())
                }
                Err(error) => {
                    self.tell_news(read_at, seen, Ended::InPart);
                    self.change(|_| ());
                    Err(error)
                }
            }
        }));
    }

    /// Notes which groups have changed since so many changes were counted; those, too, that the list did not name, if that tells
    /// that they are gone. What was written or read by itself meanwhile is no news.
    fn tell_news(self, since: f64, seen: u64, ended: Ended) {
        let fresh = self.fresh();
        let mut news = fresh.news.get_untracked().unwrap_or_else(|| News {
            since,
            ..News::default()
        });
        let count = news.count;
        let mut keys: HashSet<String> = std::mem::take(&mut news.keys).into_iter().collect();
        self.peek(|directory| {
            let gone = (ended == Ended::Whole).then(|| directory.not_brought());
            for number in gone.unwrap_or_default() {
                let Some(row) = directory.row(number) else {
                    continue;
                };
                if keys.remove(row.key()) {
                    news.named.retain(|changed| changed.key != row.key());
                } else {
                    news.count += 1;
                }
                news.named.insert(
                    0,
                    Changed {
                        key: row.key().to_owned(),
                        name: row.display_name().to_owned(),
                        href: None,
                    },
                );
            }
            for number in directory.changed_since(seen) {
                let row = directory.row(number);
                let Some(row) = row.filter(|row| !directory.is_fresher(row.key())) else {
                    continue;
                };
                if keys.insert(row.key().to_owned()) {
                    news.count += 1;
                    if news.named.len() < NAMED {
                        news.named.push(Changed {
                            key: row.key().to_owned(),
                            name: row.display_name().to_owned(),
                            href: Some(group_href(self, row.key())),
                        });
                    }
                }
            }
        });
        news.named.truncate(NAMED);
        news.keys = keys.into_iter().collect();
        news.keys.sort_unstable();
        let is_more = news.count > count;
        if is_more || count > 0 {
            fresh.news.set(Some(news));
        }
    }
}
