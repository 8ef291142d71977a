//! Why a server gave no answer: to a page every failed fetch looks the same, so more is asked.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use group_api::ApiError;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    RequestCache, RequestCredentials, RequestInit, RequestMode, SecurityPolicyViolationEvent,
};

/// Whether a server is the one that this page came from, which a page may always read.
fn is_own(server: &str) -> bool {
    let origin = window().location().origin().unwrap_or_default();
    server
        .strip_prefix(&origin)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a second look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Something answers there, and does not let this page read it (CORS).
    ForbidsThisPage,
    /// Something answers at the same host, and broke off when it was asked for groups.
    BreaksOff,
    /// Nothing answers.
    Unreachable,
    /// This page's own policy forbids to ask.
    BlockedHere,
}

impl Found {
    /// What it means and what to do, as sentences.
    #[must_use]
    pub fn sentence(self, server: &str) -> String {
        let page = window().location().origin().unwrap_or_default();
        match self {
            Self::ForbidsThisPage => format!(
                "{server} answers, but does not let pages from {page} read its answers (CORS). Whoever runs it can allow this \
                 origin, or whoever hosts this page can pass it on with “muster-server --upstream”."
            ),
            Self::BreaksOff => format!(
                "{server} answers, but broke off when it was asked for its groups. Try again; if that stays so, whoever runs it has to look."
            ),
            Self::Unreachable => {
                format!(
                    "Nothing answers at {server}. Check the address, and that you are online or in the right network."
                )
            }
            Self::BlockedHere => format!(
                "This page may not talk to {server}: the policy it was delivered with does not list it. Whoever hosts this page can add it."
            ),
        }
    }
}

/// Why a try to connect failed, in words, with what to do.
pub async fn why_not(error: ApiError, server: &str) -> String {
    match error {
        ApiError::NoConnection => look_again(server).await.sentence(server),
        error @ ApiError::Refused(_) => {
            format!("{error} It may be the token: this system answers so to a wrong one too.")
        }
        ApiError::NotSignedIn(words) => {
            let words = words.map(|words| format!(" It says: “{words}”"));
            format!(
                "The server does not accept this token. Copy it again, whole, or make a new one.{}",
                words.unwrap_or_default()
            )
        }
        error => error.to_string(),
    }
}

/// Looks again at a server that gave no answer: without the token, and without reading what comes.
pub async fn look_again(server: &str) -> Found {
    let blocked = Rc::new(Cell::new(false));
    let seen = Rc::clone(&blocked);
    let listener = Closure::<dyn FnMut(SecurityPolicyViolationEvent)>::new(move |_| seen.set(true));
    let document = document();
    // A document that takes no listener only makes the answer coarser.
    let _ = document.add_event_listener_with_callback(
        "securitypolicyviolation",
        listener.as_ref().unchecked_ref(),
    );
    let init = RequestInit::new();
    init.set_method("GET");
    init.set_mode(RequestMode::NoCors);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    let answers = JsFuture::from(window().fetch_with_str_and_init(&format!("{server}/"), &init))
        .await
        .is_ok();
    // The report of a violation comes as a task of its own.
    TimeoutFuture::new(0).await;
    let _ = document.remove_event_listener_with_callback(
        "securitypolicyviolation",
        listener.as_ref().unchecked_ref(),
    );
    if blocked.get() {
        Found::BlockedHere
    } else if answers && is_own(server) {
        Found::BreaksOff
    } else if answers {
        Found::ForbidsThisPage
    } else {
        Found::Unreachable
    }
}
