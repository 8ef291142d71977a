//! When what is shown is read again by itself, and what is said of it: in a corner, over the page and not in it, so that
//! nothing that one reads or types moves.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::Coverage;
use wasm_bindgen::prelude::Closure;

use super::{Icon, unique_id};
use crate::browser::{listen, listen_to_document, now, unlisten, unlisten_to_document};
use crate::format;
use crate::fresh::{News, Stale};
use crate::session::use_session;
use crate::store::Store;

/// How old what is shown has to be to be read again when somebody returns to it, in milliseconds.
const RETURN_MS: f64 = 15_000.0;
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
    /// Time has passed.
    Time,
}

/// Keeps what is shown of a connection fresh, and says what was found.
#[component]
pub fn Freshness(
    /// The store of the connection.
    store: Store,
    /// Whether the page shows the list as a whole.
    shows_list: Memo<bool>,
) -> impl IntoView {
    let session = use_session();
    let fresh = store.fresh();
    let online = RwSignal::new(window().navigator().on_line());
    // When this was last seen to, whatever came of it.
    let seen_to = StoredValue::new(now());
    let jitter = 1.0 + JITTER * (2.0 * js_sys::Math::random() - 1.0);
    let look = move |occasion: Occasion| {
        if document().hidden() || !online.get_untracked() {
            return;
        }
        // Who changes many groups has reads of his own, and his changes are no news.
        if untrack(|| store.runs().under_way()).is_some() {
            return;
        }
        let coverage = store.peek(|directory| directory.coverage().clone());
        let read_at = match coverage {
            Coverage::Full { read_at, .. } if shows_list.get_untracked() => read_at,
            _ => 0.0,
        };
        let age = now() - read_at.max(seen_to.get_value());
        let least = match occasion {
            Occasion::Return => RETURN_MS,
            Occasion::Time => (SHARE * fresh.took()).max(INTERVAL_MS) * jitter,
        };
        if age < least {
            return;
        }
        seen_to.set_value(now());
        if shows_list.get_untracked() {
            store.load_quietly();
        } else {
            fresh.ask();
        }
    };
    let returned =
        StoredValue::new_local(Closure::<dyn FnMut()>::new(move || look(Occasion::Return)));
    let network = StoredValue::new_local(Closure::<dyn FnMut()>::new(move || {
        let is_back = window().navigator().on_line();
        online.set(is_back);
        if is_back {
            look(Occasion::Return);
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
    // Another page is fresh by itself.
    Effect::new(move |_| {
        let _ = shows_list.get();
        seen_to.set_value(now());
    });
    spawn_local(async move {
        loop {
            TimeoutFuture::new(LOOK_MS).await;
            // The page is gone, and this with it.
            if seen_to.try_get_value().is_none() {
                return;
            }
            look(Occasion::Time);
        }
    });
    let again = Callback::new(move |()| {
        seen_to.set_value(now());
        if shows_list.get_untracked() {
            store.load();
        } else {
            fresh.ask();
        }
    });
    let connection = StoredValue::new(store.connection().id);
    view! {
        <div class="fresh" role="status">
            {move || match (online.get(), fresh.stale(), fresh.news()) {
                (false, stale, _) => view! { <Offline since=stale.map(|stale| stale.since).or_else(|| read_at(store)) /> }.into_any(),
                (true, Some(stale), _) => {
                    let ask = Callback::new(move |()| session.ask_again(&connection.get_value()));
                    view! { <Old stale=stale on_again=again on_connect=ask /> }.into_any()
                }
                (true, None, Some(news)) => view! { <Elsewhere news=news on_close=Callback::new(move |()| fresh.dismiss()) /> }.into_any(),
                (true, None, None) => ().into_any(),
            }}
        </div>
    }
}

fn read_at(store: Store) -> Option<f64> {
    store.peek(|directory| match directory.coverage() {
        Coverage::Full { read_at, .. } => Some(*read_at),
        _ => None,
    })
}

#[component]
fn Offline(since: Option<f64>) -> impl IntoView {
    let since = since.map(|at| format!(" What you see was read at {}.", format::time_of_day(at)));
    view! {
        <p>
            <Icon name="warn" />
            "No network. What you type is kept; it is read again when the network is back."
            {since}
        </p>
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
fn Elsewhere(news: News, on_close: Callback<()>) -> impl IntoView {
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
    let named =
        news.named
            .into_iter()
            .map(|changed| match changed.href {
                Some(href) => view! { <li><a href=href>{changed.name}</a></li> }.into_any(),
                None => view! { <li>{changed.name} <span class="quiet">" is gone"</span></li> }
                    .into_any(),
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
