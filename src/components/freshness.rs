//! When what is shown is read again by itself, and what is said of it: in a corner, over the page and not in it, so that
//! nothing that one reads or types moves.

use gloo_timers::future::TimeoutFuture;
use group_api::{ApiError, ListScope};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::Coverage;
use wasm_bindgen::prelude::Closure;

use super::{Icon, unique_id};
use crate::browser::{self, listen, listen_to_document, now, unlisten, unlisten_to_document};
use crate::format;
use crate::fresh::{News, Stale, is_worth_another};
use crate::request::Asked;
use crate::router::use_router;
use crate::session::use_session;
use crate::store::Store;

/// How old what is shown has to be to be read again when somebody returns to it, in milliseconds.
const RETURN_MS: f64 = 15_000.0;
/// How old a list has to be to be read again when somebody comes to it from another page, in milliseconds.
const ENTER_MS: f64 = 60_000.0;
/// How old it has to be to be read again while somebody looks at it; never before a hundred times as long as reading it
/// took, so that one page takes a server's hundredth at most.
const INTERVAL_MS: f64 = 120_000.0;
const SHARE: f64 = 100.0;
/// How much the interval differs from page to page, so that a thousand of them do not ask at once.
const JITTER: f64 = 0.2;
/// How often is looked whether it is time, in milliseconds: a machine that slept has not counted.
const LOOK_MS: u32 = 10_000;

/// What calls for a look at how old the page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occasion {
    /// Somebody has come back, or the network has.
    Return,
    /// Somebody has come from another page.
    Enter,
    /// Time has passed.
    Time,
}

/// What decides when a page is read again.
#[derive(Clone, Copy)]
struct Watch {
    store: Store,
    shows_list: Memo<bool>,
    online: RwSignal<bool>,
    /// When the page was last entered or seen to, whatever came of it.
    seen_to: StoredValue<f64>,
    jitter: f64,
}

impl Watch {
    fn look(self, occasion: Occasion) {
        let (store, fresh) = (self.store, self.store.fresh());
        if document().hidden() || !self.online.get_untracked() {
            return;
        }
        // Who changes many groups has reads of his own, and his changes are no news.
        if untrack(|| store.runs().under_way()).is_some() {
            return;
        }
        let shows_list = self.shows_list.get_untracked();
        let coverage = store.peek(|directory| directory.coverage().clone());
        let read_at = match coverage {
            Coverage::Full { read_at, .. } if shows_list => read_at,
            _ => 0.0,
        };
        // A list is as old as it is, wherever one was meanwhile; every other page was read when it was entered.
        let age = now() - read_at.max(self.seen_to.get_value());
        let least = match occasion {
            Occasion::Return => RETURN_MS,
            Occasion::Enter => ENTER_MS,
            Occasion::Time => (SHARE * fresh.took()).max(INTERVAL_MS) * self.jitter,
        };
        if age < least.max(pause_asked_for(fresh.stale_now())) {
            return;
        }
        self.seen_to.set_value(now());
        match coverage {
            Coverage::BrokenOff(error) if shows_list && is_worth_another(&error) => store.load(),
            _ if shows_list => store.load_quietly(),
            _ => fresh.ask(Asked::ByItself),
        }
    }
}

/// How long a server wants to be left alone, in milliseconds.
fn pause_asked_for(stale: Option<Stale>) -> f64 {
    match stale.map(|stale| stale.why) {
        Some(ApiError::RateLimited {
            retry_after: Some(seconds),
        }) => f64::from(seconds) * 1_000.0,
        _ => 0.0,
    }
}

/// Keeps what is shown of a connection fresh, and says what was found.
#[component]
pub fn Freshness(
    /// The store of the connection.
    store: Store,
    /// Whether the page shows the list as a whole.
    shows_list: Memo<bool>,
) -> impl IntoView {
    let (session, router) = (use_session(), use_router());
    let fresh = store.fresh();
    let watch = Watch {
        store,
        shows_list,
        online: RwSignal::new(window().navigator().on_line()),
        seen_to: StoredValue::new(now()),
        jitter: 1.0 + JITTER * (2.0 * js_sys::Math::random() - 1.0),
    };
    let online = watch.online;
    let returned = StoredValue::new_local(Closure::<dyn FnMut()>::new(move || {
        watch.look(Occasion::Return)
    }));
    let network = StoredValue::new_local(Closure::<dyn FnMut()>::new(move || {
        let is_back = window().navigator().on_line();
        online.set(is_back);
        if is_back {
            watch.look(Occasion::Return);
        }
    }));
    returned.with_value(|returned| {
        listen("focus", returned);
        listen_to_document("visibilitychange", returned);
    });
    network.with_value(|network| {
        listen("online", network);
        listen("offline", network);
    });
    on_cleanup(move || {
        returned.try_with_value(|returned| {
            unlisten("focus", returned);
            unlisten_to_document("visibilitychange", returned);
        });
        network.try_with_value(|network| {
            unlisten("online", network);
            unlisten("offline", network);
        });
    });
    // What was old is not shown on another page.
    Effect::new(move |before: Option<()>| {
        let _ = router.path();
        if before.is_none() {
            return;
        }
        fresh.forget_stale();
        if shows_list.get_untracked() {
            watch.seen_to.set_value(0.0);
            watch.look(Occasion::Enter);
        } else {
            watch.seen_to.set_value(now());
        }
    });
    spawn_local(async move {
        loop {
            TimeoutFuture::new(LOOK_MS).await;
            // The page is gone, and this with it.
            if watch.seen_to.try_get_value().is_none() {
                return;
            }
            watch.look(Occasion::Time);
        }
    });
    let again = Callback::new(move |()| {
        watch.seen_to.set_value(now());
        fresh.forget_stale();
        if shows_list.get_untracked() {
            store.load();
        } else {
            fresh.ask(Asked::ByUser);
        }
        browser::focus(CORNER);
    });
    // A refused token was replaced: what it kept from being read again is.
    Effect::new(move |before: Option<()>| {
        session.track_tokens();
        if before.is_some() && fresh.stale_now().is_some() {
            again.run(());
        }
    });
    let close = Callback::new(move |()| {
        fresh.dismiss();
        browser::focus(CORNER);
    });
    let unsaid = RwSignal::new(true);
    Effect::new(move |_| {
        let _ = online.get();
        unsaid.set(true);
    });
    let hear = Callback::new(move |()| {
        unsaid.set(false);
        browser::focus(CORNER);
    });
    let connection = StoredValue::new(store.connection().id);
    view! {
        <div class="fresh" role="status" id=CORNER tabindex="-1">
            {move || match (online.get(), fresh.stale(), fresh.news()) {
                (false, ..) if unsaid.get() => view! { <Offline since=since(store, shows_list) on_close=hear /> }.into_any(),
                (true, Some(stale), _) => {
                    let ask = Callback::new(move |()| session.ask_again(&connection.get_value()));
                    view! { <Old stale=stale on_again=again on_connect=ask /> }.into_any()
                }
                (true, None, Some(news)) => {
                    let own = store.capabilities().scope == ListScope::OwnGroups;
                    view! { <Elsewhere news=news own=own on_close=close /> }.into_any()
                }
                _ => ().into_any(),
            }}
        </div>
    }
}

/// The corner's own id: what had the focus in it may be gone.
const CORNER: &str = "fresh";

/// When the list that is shown was read.
fn since(store: Store, shows_list: Memo<bool>) -> Option<f64> {
    let read_at = store.peek(|directory| match directory.coverage() {
        Coverage::Full { read_at, .. } => Some(*read_at),
        _ => None,
    });
    read_at.filter(|_| shows_list.get_untracked())
}

#[component]
fn Offline(since: Option<f64>, on_close: Callback<()>) -> impl IntoView {
    let since = since.map(|at| format!(" What you see was read at {}.", format::time_of_day(at)));
    view! {
        <p>
            <Icon name="warn" />
            "No network. What you type is kept; it is read again when the network is back."
            {since}
        </p>
        <div class="actions">
            <button class="btn btn-small" type="button" on:click=move |_| on_close.run(())>
                "Dismiss"
            </button>
        </div>
    }
}

#[component]
fn Old(stale: Stale, on_again: Callback<()>, on_connect: Callback<()>) -> impl IntoView {
    let wants_token = stale.why.wants_token();
    let words = format!(
        "This is as it was at {}. Reading it again failed: {}",
        format::time_of_day(stale.since),
        stale.why
    );
    view! {
        <p>
            <Icon name="warn" />
            {words}
        </p>
        <div class="actions">
            {wants_token
                .then(|| {
                    view! {
                        <button class="btn btn-small" type="button" on:click=move |_| on_connect.run(())>
                            "Connect again"
                        </button>
                    }
                })}
            <button class="btn btn-small" type="button" on:click=move |_| on_again.run(())>
                "Try again"
            </button>
        </div>
    }
}

#[component]
fn Elsewhere(
    news: News,
    /// Whether the list holds one's own groups alone.
    own: bool,
    on_close: Callback<()>,
) -> impl IntoView {
    let gone = if own {
        " is not in your list any more"
    } else {
        " is gone"
    };
    let (count, since) = (news.count, format::time_of_day(news.since));
    let words = if count == 1 {
        format!("1 group was changed elsewhere since {since}.")
    } else {
        format!(
            "{} were changed elsewhere since {since}.",
            format::groups(count)
        )
    };
    let more = count - news.named.len().min(count);
    let id = unique_id("news");
    let named = news
        .named
        .into_iter()
        .map(|changed| match changed.href {
            Some(href) => view! { <li><a href=href>{changed.name}</a></li> }.into_any(),
            None => view! { <li>{changed.name} <span class="quiet">{gone}</span></li> }.into_any(),
        })
        .collect_view();
    view! {
        <p id=id.clone()>
            <Icon name="info" />
            {words}
        </p>
        <details class="more">
            <summary>"Which"</summary>
            <ul aria-labelledby=id>
                {named}
                {(more > 0).then(|| view! { <li class="quiet">{format!("and {} more", format::number(more))}</li> })}
            </ul>
        </details>
        <div class="actions">
            <button class="btn btn-small" type="button" on:click=move |_| on_close.run(())>
                "Dismiss"
            </button>
        </div>
    }
}
