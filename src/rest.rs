//! The part of the app that is fetched after its first page stands.
//!
//! `cargo xtask build` cuts the wasm in two (`xtask/src/split`): what can be reached only through
//! [`doors`] goes into a second file. Here is when that file is fetched, and what stands in the page
//! until it is there. Where the app was not cut (the builds of tests), all of it is here at once.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser;
use crate::components::{Alert, Heading, Kind};

/// The ways into the second part. Every page that is not needed at first has one here, and nothing
/// else may call that page: what is called past these doors stays in the first part, and makes the
/// first load as much bigger.
///
/// The build takes the functions of this module for the doors, by its name. Each is opened by
/// [`Rest::open`] only.
pub mod doors {
    use leptos::prelude::*;

    use muster_core::WorkList;

    use crate::components::{Keys, Selection};
    use crate::pages::{Activity, GroupFrame, GroupsBar, NewGroupPage, People, Person};
    use crate::session::Session;
    use crate::store::Store;

    /// One group.
    #[inline(never)]
    #[must_use]
    pub fn group() -> AnyView {
        view! { <GroupFrame /> }.into_any()
    }

    /// Everybody known here.
    #[inline(never)]
    #[must_use]
    pub fn people() -> AnyView {
        view! { <People /> }.into_any()
    }

    /// One person, known or not.
    #[inline(never)]
    #[must_use]
    pub fn person() -> AnyView {
        view! { <Person /> }.into_any()
    }

    /// What can be done with several groups.
    #[inline(never)]
    #[must_use]
    pub fn groups_bar(
        store: Store,
        selection: Selection,
        keys: Keys,
        list: RwSignal<Option<WorkList>>,
    ) -> AnyView {
        view! { <GroupsBar store=store selection=selection keys=keys list=list /> }.into_any()
    }

    /// Looks after what earlier pages left under way, and after what this one does.
    #[inline(never)]
    pub fn watch_runs(store: Store, session: Session) {
        store.watch_runs(session);
    }

    /// Forgets what belongs to connections that are gone.
    #[inline(never)]
    pub fn sweep(session: Session) {
        leptos::task::spawn_local(crate::runs::sweep(session));
    }

    /// What was done here.
    #[inline(never)]
    #[must_use]
    pub fn activity() -> AnyView {
        view! { <Activity /> }.into_any()
    }

    /// A new group.
    #[inline(never)]
    #[must_use]
    pub fn new_group() -> AnyView {
        view! { <NewGroupPage /> }.into_any()
    }
}

/// The function that the built script holds ready: `true` lets it wait until the page is idle.
const FETCH: &str = "__muster_rest";

/// How the second part stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nobody has asked for it yet, or the page is not waiting for it.
    #[default]
    Away,
    /// On its way.
    Coming,
    /// Here, for as long as the page lives.
    Here,
    /// Somebody waits for it, and it could not be fetched.
    Failed,
}

/// The second part: a handle that can be copied everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    state: RwSignal<State>,
}

impl Rest {
    /// Not fetched yet. To be made by the root component.
    #[must_use]
    pub fn away() -> Self {
        Self {
            state: RwSignal::new(State::Away),
        }
    }

    /// Fetches it as soon as the page is idle, for it will be needed. That it cannot be fetched is no
    /// news then: whoever needs it tries again.
    pub fn fetch_ahead(self) {
        if self.state.get_untracked() == State::Away {
            self.ask(true);
        }
    }

    /// Fetches it now.
    fn fetch(self) {
        if self.state.get_untracked() != State::Here {
            self.state.set(State::Coming);
            self.ask(false);
        }
    }

    fn ask(self, when_idle: bool) {
        let Some(coming) = ask(when_idle) else {
            return self.state.set(State::Here);
        };
        spawn_local(async move {
            let came = JsFuture::from(coming).await;
            self.state.try_update(|state| match (came, *state) {
                (Ok(_), _) => *state = State::Here,
                (Err(_), State::Coming) if !when_idle => *state = State::Failed,
                (Err(_), _) => {}
            });
        });
    }

    /// Whether it is here, so that doors can be opened. Reactive.
    #[must_use]
    pub fn is_here(self) -> bool {
        self.state.get() == State::Here
    }

    /// A door that takes something along, or makes no page. To be gone through only when all
    /// [`Rest::is_here`].
    #[must_use]
    pub fn through<Door>(door: Door) -> Door {
        // The optimiser would else put what is behind it in its place.
        std::hint::black_box(door)
    }

    /// The view behind a door, once it can be opened; until then that it is coming, or that it could not
    /// be fetched, with a way to try again.
    #[must_use]
    pub fn open(self, door: fn() -> AnyView) -> AnyView {
        self.fetch();
        let state = Memo::new(move |_| self.state.get());
        (move || match state.get() {
            State::Here => door(),
            State::Failed => view! { <Unfetched rest=self /> }.into_any(),
            State::Away | State::Coming => view! { <Coming /> }.into_any(),
        })
        .into_any()
    }
}

/// The second part, for whoever has pages in it.
#[must_use]
pub fn use_rest() -> Rest {
    expect_context::<Rest>()
}

/// Asks the script for the second part. None where there is none.
fn ask(when_idle: bool) -> Option<Promise> {
    let fetch = Reflect::get(&js_sys::global(), &JsValue::from_str(FETCH)).ok()?;
    let fetch: Function = fetch.dyn_into().ok()?;
    let coming = fetch.call1(&JsValue::NULL, &JsValue::from_bool(when_idle));
    coming.ok()?.dyn_into().ok()
}

#[component]
fn Coming() -> impl IntoView {
    view! {
        <main class="page" id="main" aria-busy="true">
            <p class="quiet" role="status">
                "Loading the page…"
            </p>
        </main>
    }
}

#[component]
fn Unfetched(rest: Rest) -> impl IntoView {
    browser::set_title(&["Not loaded"]);
    view! {
        <main class="page" id="main">
            <Heading text="This page could not be loaded" />
            <Alert kind=Kind::Bad>
                <p>
                    "A part of Muster did not arrive. Check that you are online, then try again. If that does not help, reload: a newer Muster may have taken this one’s place."
                </p>
                <div class="actions">
                    <button class="btn" type="button" on:click=move |_| rest.fetch()>
                        "Try again"
                    </button>
                </div>
            </Alert>
        </main>
    }
}
