//! Signing out when nobody has done anything for a while, with a warning first.
//!
//! Off until somebody wants it, for a device. When something was done last stands in the device's storage, so that all
//! tabs know the same; each looks at the clock whenever it wakes, and whichever finds the time passed removes the tokens
//! of all.

use std::cell::Cell;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::{Absence, IDLE_MINUTES, absence, seconds_left};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use super::top_bar::connection_of;
use super::{Dialog, Icon, unique_id};
use crate::browser::{self, now};
use crate::router::use_router;
use crate::session::{ConnectionId, Session, idle, use_session};
use crate::store::Stores;

/// How often at most it is written down that something was done, in milliseconds.
const NOTE_EVERY_MS: f64 = 2_000.0;
/// How long at most until the clock is looked at again: a timer does not run while the machine sleeps.
const LOOK_EVERY_MS: f64 = 20_000.0;
/// How often while the end is near.
const LOOK_OFTEN_MS: f64 = 1_000.0;
/// When what is left is said aloud too, in seconds.
const SAID_AT: [u32; 2] = [30, 10];

/// What a person does.
const DEEDS: [&str; 5] = [
    "keydown",
    "pointerdown",
    "pointermove",
    "wheel",
    "touchstart",
];
/// When a page wakes.
const WAKINGS: [&str; 3] = ["visibilitychange", "pageshow", "focus"];

thread_local! {
    static WATCH: Cell<Option<Watch>> = const { Cell::new(None) };
}

/// What watches in this tab: a handle that can be copied everywhere.
#[derive(Clone, Copy)]
struct Watch {
    session: Session,
    stores: Stores,
    /// The connection whose page is shown with its token.
    here: StoredValue<Option<ConnectionId>>,
    /// After how many minutes; none if never.
    minutes: RwSignal<Option<u32>>,
    /// The seconds left, while they are told.
    left: RwSignal<Option<u32>>,
    /// When it was last written down that something was done.
    noted: StoredValue<f64>,
    /// How often was waited: an older wait is over.
    waits: StoredValue<u32>,
}

impl Watch {
    /// How somebody's absence stands, if it matters.
    fn absence(self) -> Option<Absence> {
        let minutes = self.minutes.get_untracked()?;
        self.is_anybody()
            .then(|| absence(minutes, idle::last(), now()))
    }

    /// Looks at the clock, and says when to look again.
    fn look(self) {
        // Somebody wanted this to be done while they are away; their time begins when it is done.
        if self.stores.some_run_moves() {
            self.note();
        }
        match self.absence() {
            None => self.rest(),
            Some(Absence::Short(wait)) => {
                self.left.set(None);
                self.look_after(wait.min(LOOK_EVERY_MS));
            }
            Some(Absence::Told(left)) => {
                self.left.set(Some(seconds_left(left)));
                self.look_after(left.min(LOOK_OFTEN_MS));
            }
            Some(Absence::Over) => self.sign_out(),
        }
    }

    /// Whether there is a token to be removed.
    fn is_anybody(self) -> bool {
        let session = self.session;
        untrack(|| {
            let all = session.connections();
            all.iter().any(|one| session.is_connected(&one.id))
        })
    }

    /// There is nothing to look at.
    fn rest(self) {
        self.left.set(None);
        self.waits.update_value(|n| *n = n.wrapping_add(1));
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // some seconds
    fn look_after(self, ms: f64) {
        self.waits.update_value(|n| *n = n.wrapping_add(1));
        let turn = self.waits.get_value();
        spawn_local(async move {
            TimeoutFuture::new(ms.ceil() as u32).await;
            if self.waits.try_get_value() == Some(turn) {
                self.look();
            }
        });
    }

    /// Something was done here. Once it is told that the time is short, only an answer counts.
    fn done(self) {
        let fresh = (0.0..NOTE_EVERY_MS).contains(&(now() - self.noted.get_value()));
        if fresh || self.left.get_untracked().is_some() {
            return;
        }
        match self.absence() {
            Some(Absence::Short(_)) => self.note(),
            // The first thing after a long sleep comes before any timer.
            Some(_) => self.look(),
            None => {}
        }
    }

    fn note(self) {
        let at = now();
        if !(0.0..NOTE_EVERY_MS).contains(&(at - self.noted.get_value())) {
            self.noted.set_value(at);
            idle::note(at);
        }
    }

    /// Their time begins now.
    fn begin(self) {
        self.noted.set_value(0.0);
        self.note();
        self.look();
    }

    /// They are still here, if they say so in time.
    fn stay(self) {
        match self.absence() {
            Some(Absence::Over) => self.sign_out(),
            _ => self.begin(),
        }
    }

    /// Removes all tokens in all tabs.
    fn sign_out(self) {
        idle::tell_over();
        self.leave();
        self.session.disconnect_all();
    }

    /// The page stays as it is, unseen, so that what was typed is there when they are back.
    fn leave(self) {
        self.rest();
        if let Some(here) = self.here.get_value() {
            self.session.leave_alone(&here);
        }
    }

    fn choose(self, minutes: Option<u32>) {
        idle::choose(minutes);
        self.minutes.set(minutes);
        self.begin();
    }
}

/// Watches, and warns.
#[component]
pub fn IdleWatch() -> impl IntoView {
    let session = use_session();
    let watch = Watch {
        session,
        stores: expect_context::<Stores>(),
        here: StoredValue::new(None),
        minutes: RwSignal::new(idle::minutes()),
        left: RwSignal::new(None),
        noted: StoredValue::new(0.0),
        waits: StoredValue::new(0),
    };
    WATCH.set(Some(watch));
    // It lives as long as the page: so do its listeners.
    let done = Closure::<dyn FnMut()>::new(move || watch.done());
    for deed in DEEDS {
        browser::listen(deed, &done);
    }
    done.forget();
    let woke = Closure::<dyn FnMut()>::new(move || watch.look());
    for waking in WAKINGS {
        browser::listen(waking, &woke);
    }
    woke.forget();
    let told =
        Closure::<dyn FnMut(web_sys::StorageEvent)>::new(move |event: web_sys::StorageEvent| {
            match event.key().as_deref() {
                // It comes before what tells that the tokens are gone.
                Some(idle::LAST) if event.new_value().as_deref() == Some(idle::OVER) => {
                    watch.sign_out();
                }
                Some(idle::LAST) => watch.look(),
                Some(idle::LIMIT) => {
                    watch.minutes.set(idle::minutes());
                    watch.look();
                }
                _ => {}
            }
        });
    // A window without event listeners would have no page either.
    let _ = window().add_event_listener_with_callback("storage", told.as_ref().unchecked_ref());
    told.forget();
    // Opening the page is something done, and so is giving a token.
    Effect::new(move |before: Option<bool>| {
        session.track_tokens();
        let is_anybody = watch.is_anybody();
        if is_anybody && before != Some(true) {
            watch.begin();
        } else {
            watch.look();
        }
        is_anybody
    });
    // As it was when that was last heard of: other tabs take tokens away before this one is told.
    let router = use_router();
    Effect::new(move |_| {
        let here = connection_of(&router.path()).filter(|id| session.is_connected(id));
        watch.here.set_value(here);
    });
    // A token may be given in another tab.
    Effect::new(move |_| {
        let asked = session.asking().filter(|_| session.is_left_alone());
        if asked.is_some_and(|id| session.is_connected(&id)) {
            session.stop_asking();
        }
    });
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            // An attribute of a name that is well formed can be set and removed.
            let _ = if session.is_left_alone() {
                root.set_attribute("data-left", "")
            } else {
                root.remove_attribute("data-left")
            };
        }
    });
    let warned = Memo::new(move |_| watch.left.get().is_some());
    move || warned.get().then(|| view! { <Warning watch=watch /> })
}

#[component]
fn Warning(watch: Watch) -> impl IntoView {
    let left = move || watch.left.get().unwrap_or_default();
    let said = Memo::new(move |_| SAID_AT.into_iter().filter(|at| left() <= *at).min());
    let stay = Callback::new(move |()| watch.stay());
    let id = unique_id("idle");
    view! {
        <Dialog title="Are you still there?" urgent=id.clone() on_submit=stay on_close=stay>
            <p id=id>
                {move || format!("You will be signed out in {} seconds for want of activity. ", left())}
                "What you typed stays, and you can connect again over it."
            </p>
            <p class="sr-only" role="status">
                {move || said.get().map(|seconds| format!("{seconds} seconds left."))}
            </p>
            <div class="actions">
                <button
                    class="btn"
                    type="button"
                    on:click=move |_| watch.sign_out()
                >
                    "Disconnect now"
                </button>
                <button class="btn btn-primary" type="submit" autofocus>
                    "Stay connected"
                </button>
            </div>
        </Dialog>
    }
}

/// After how long a device signs out by itself.
#[component]
pub fn IdleChoice() -> impl IntoView {
    let (id, hint) = (unique_id("idle"), unique_id("idle"));
    let chosen = move || {
        WATCH
            .get()
            .and_then(|watch| watch.minutes.get())
            .unwrap_or(0)
    };
    let option = move |minutes: u32| {
        let words = match minutes {
            0 => "Never".to_owned(),
            minutes => format!("{minutes} minutes without activity"),
        };
        view! {
            <option value=minutes.to_string() selected=untrack(chosen) == minutes>
                {words}
            </option>
        }
    };
    view! {
        <div class="field idle">
            <label for=id.clone()>"Sign out on this device after"</label>
            <span class="select">
                <select
                    id=id
                    aria-describedby=hint.clone()
                    prop:value=move || chosen().to_string()
                    on:change:target=move |ev| {
                        let minutes = ev.target().value().parse().ok().filter(|minutes| *minutes > 0);
                        if let Some(watch) = WATCH.get() {
                            watch.choose(minutes);
                        }
                    }
                >
                    {option(0)}
                    {IDLE_MINUTES.map(option).collect_view()}
                </select>
                <Icon name="down" />
            </span>
            <p class="hint" id=hint>
                "The tokens of all connections here are removed then, in every tab. A minute before you are asked; what is being done for you is waited for."
            </p>
        </div>
    }
}
