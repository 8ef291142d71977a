//! The part of the app that is fetched after its first page stands.
//!
//! `cargo xtask build` cuts the wasm in two (`xtask/src/split`): what can be reached only through
//! [`doors`] goes into a second file. Here is when that file is fetched, and what stands in the page
//! until it is there. Where the app was not cut (the builds of tests), all of it is here at once.

use std::cell::Cell;

use gloo_timers::future::TimeoutFuture;
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
/// The build takes the functions of this module for the doors, by its name. Who opens one makes sure
/// that what is behind it is here: [`Rest::open`] for a page, [`Rest::piece`] for a piece of one,
/// [`once_here`] for what is to be done some time; or what is behind a door itself.
pub mod doors {
    use std::sync::Arc;

    use group_api::ApiError;
    use leptos::Lights;
    use leptos::prelude::*;
    use muster_core::{Coverage, Query, WorkList};

    use crate::components::{
        Disconnected, Freshness, IdleChoice, IdleWatch, Keys, Pager, Reconnect, Rows, Selection,
        SwitchMenu, UnderWay, marked_name,
    };
    use crate::pages::{
        Activity, Compare, ConnectForm, ConnectMore, GroupFrame, GroupsBar, GroupsTools, Import,
        NewGroupPage, NoGroups, Oddities, People, Person, Snapshots, WorkLists,
    };
    use crate::session::{Connection, ConnectionId, Session};
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

    /// What can be done with the groups as a whole.
    #[inline(never)]
    #[must_use]
    pub fn groups_tools(store: Store, all: Memo<Arc<Vec<u32>>>, matching: Memo<usize>) -> AnyView {
        view! { <GroupsTools store=store all=all matching=matching /> }.into_any()
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
        // This tab hears of a connection that another one forgets.
        Effect::new(move |_| {
            let known: Vec<ConnectionId> = session
                .connections()
                .into_iter()
                .map(|known| known.id)
                .collect();
            crate::draft::sweep(&known);
        });
    }

    /// What was done here.
    #[inline(never)]
    #[must_use]
    pub fn activity() -> AnyView {
        view! { <Activity /> }.into_any()
    }

    /// What is under way on a connection, in the bar.
    #[inline(never)]
    #[must_use]
    pub fn under_way(store: Store) -> AnyView {
        view! { <UnderWay store=store /> }.into_any()
    }

    /// Asks for the token again, over whatever page it is.
    #[inline(never)]
    #[must_use]
    pub fn reconnect() -> AnyView {
        view! { <Reconnect /> }.into_any()
    }

    /// In place of a page whose connection has no token.
    #[inline(never)]
    #[must_use]
    pub fn disconnected(connection: Connection) -> AnyView {
        view! { <Disconnected connection=connection /> }.into_any()
    }

    /// Forgets the runs and the snapshots of a connection.
    #[inline(never)]
    pub fn forget_kept(id: ConnectionId) {
        wasm_bindgen_futures::spawn_local(async move {
            // A browser that keeps nothing has nothing to forget.
            let _ = crate::journal::clear(&id).await;
            let _ = crate::kept::clear(&id).await;
        });
    }

    /// The filters over a list of groups.
    #[inline(never)]
    #[must_use]
    pub fn work_lists(
        store: Store,
        list: RwSignal<Option<WorkList>>,
        coverage: Memo<Coverage>,
    ) -> AnyView {
        view! { <WorkLists store=store list=list coverage=coverage /> }.into_any()
    }

    /// What is in the menu of connections.
    #[inline(never)]
    #[must_use]
    pub fn switch_menu(current: Memo<Option<Connection>>, close: Callback<()>) -> AnyView {
        view! { <SwitchMenu current=current on_close=close /> }.into_any()
    }

    /// Keeps fresh what is shown of a connection.
    #[inline(never)]
    #[must_use]
    pub fn freshness(store: Store, shows_list: Memo<bool>) -> AnyView {
        view! { <Freshness store=store shows_list=shows_list /> }.into_any()
    }

    /// What the page Connect has besides.
    #[inline(never)]
    #[must_use]
    pub fn connect_more(form: ConnectForm) -> AnyView {
        view! { <ConnectMore form=form /> }.into_any()
    }

    /// A file or cells of a spreadsheet, to be looked at and applied.
    #[inline(never)]
    #[must_use]
    pub fn import() -> AnyView {
        view! { <Import /> }.into_any()
    }

    /// Groups or people side by side.
    #[inline(never)]
    #[must_use]
    pub fn compare() -> AnyView {
        view! { <Compare /> }.into_any()
    }

    /// What was so at other times.
    #[inline(never)]
    #[must_use]
    pub fn snapshots() -> AnyView {
        view! { <Snapshots /> }.into_any()
    }

    /// Tells why a try to connect failed, as soon as that is known; until then it is under way.
    #[inline(never)]
    pub fn why_not(
        error: ApiError,
        server: String,
        busy: RwSignal<bool>,
        failure: RwSignal<Option<String>>,
    ) {
        leptos::task::spawn_local(async move {
            let why = crate::pages::why_not(error, &server).await;
            busy.try_set(false);
            failure.try_set(Some(why));
        });
    }

    /// The way from page to page of the groups.
    #[inline(never)]
    #[must_use]
    pub fn pager(rows: Rows) -> AnyView {
        view! { <Pager rows=rows label="Pages of groups" /> }.into_any()
    }

    /// What stands where no group is shown.
    #[inline(never)]
    #[must_use]
    pub fn no_groups(store: Store, known: Memo<usize>, on_clear: Callback<()>) -> AnyView {
        view! { <NoGroups store=store known=known on_clear=on_clear /> }.into_any()
    }

    /// Works on what may be asked for next of the groups.
    #[inline(never)]
    pub fn work_ahead(store: Store) {
        store.work_ahead();
    }

    /// The first groups that a query asks for, if they can be told before all are asked.
    #[inline(never)]
    #[must_use]
    pub fn first_groups(store: Store, query: &Query) -> Option<Vec<u32>> {
        store.select_first(query)
    }

    /// What is odd about a list that was read.
    #[inline(never)]
    #[must_use]
    pub fn oddities(store: Store, unknown_me: Memo<Option<String>>) -> AnyView {
        view! { <Oddities store=store unknown_me=unknown_me /> }.into_any()
    }

    /// A name that is not plain.
    #[inline(never)]
    #[must_use]
    pub fn name(name: String, found: Option<Lights>) -> AnyView {
        marked_name(&name, found)
    }

    /// Signs out when nobody has been here for a while, and warns before.
    #[inline(never)]
    #[must_use]
    pub fn idle_watch() -> AnyView {
        view! { <IdleWatch /> }.into_any()
    }

    /// After how long it does so.
    #[inline(never)]
    #[must_use]
    pub fn idle_choice() -> AnyView {
        view! { <IdleChoice /> }.into_any()
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

/// How often is looked whether it has come, where that is waited for, in milliseconds.
const LOOK_EVERY_MS: u32 = 30;

thread_local! {
    /// For who stands outside of the app's views: an event is not told who they belong to.
    static REST: Cell<Option<Rest>> = const { Cell::new(None) };
}

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
#[derive(Clone, Copy)]
pub struct Rest {
    state: RwSignal<State>,
    /// What is to be done when it is here.
    waiting: StoredValue<Vec<Box<dyn FnOnce()>>, LocalStorage>,
}

impl Rest {
    /// Not fetched yet. To be made by the root component.
    #[must_use]
    pub fn away() -> Self {
        let rest = Self {
            state: RwSignal::new(State::Away),
            waiting: StoredValue::new_local(Vec::new()),
        };
        REST.set(Some(rest));
        rest
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

    /// Fetches it now, and tells whether it is here.
    pub async fn fetched(self) -> bool {
        self.fetch();
        while self.state.try_get_untracked() == Some(State::Coming) {
            TimeoutFuture::new(LOOK_EVERY_MS).await;
        }
        self.state.try_get_untracked() == Some(State::Here)
    }

    fn ask(self, when_idle: bool) {
        let Some(coming) = ask(when_idle) else {
            return self.arrive();
        };
        spawn_local(async move {
            match JsFuture::from(coming).await {
                Ok(_) => {
                    // In a task of its own: to make it ready took one.
                    TimeoutFuture::new(0).await;
                    self.arrive();
                }
                Err(_) if when_idle => {}
                Err(_) => {
                    if self.state.try_get_untracked() == Some(State::Coming) {
                        self.state.set(State::Failed);
                    }
                }
            }
        });
    }

    fn arrive(self) {
        if self.state.try_get_untracked() == Some(State::Here) {
            return;
        }
        self.state.try_set(State::Here);
        let waiting = self.waiting.try_update_value(std::mem::take);
        for then in waiting.into_iter().flatten() {
            then();
        }
    }

    /// A piece of a page that stands already: nothing until it is here, unless somebody waits for it
    /// and it could not be fetched. `wanted` is reactive.
    #[must_use]
    pub fn piece(
        self,
        wanted: impl Fn() -> bool + Send + Sync + 'static,
        door: impl Fn() -> AnyView + 'static,
    ) -> AnyView {
        let wanted = Memo::new(move |_| wanted());
        Effect::new(move |_| {
            if wanted.get() {
                self.fetch();
            }
        });
        let state = Memo::new(move |_| match self.state.get() {
            State::Failed if !wanted.get() => State::Away,
            state => state,
        });
        (move || match state.get() {
            State::Here => door(),
            State::Failed => view! { <NotArrived rest=self /> }.into_any(),
            State::Away | State::Coming => ().into_any(),
        })
        .into_any()
    }

    /// Whether it is here, so that doors can be opened. Reactive.
    #[must_use]
    pub fn is_here(self) -> bool {
        self.state.get() == State::Here
    }

    /// The view behind a door, once it can be opened; until then that it is coming, or that it could not
    /// be fetched, with a way to try again.
    #[must_use]
    pub fn open(self, door: impl Fn() -> AnyView + 'static) -> AnyView {
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

/// Does something as soon as the second part is here; at once where there is no app around it.
pub fn once_here(then: impl FnOnce() + 'static) {
    let waits =
        |rest: &Rest| matches!(rest.state.try_get_untracked(), Some(state) if state != State::Here);
    let Some(rest) = REST.get().filter(waits) else {
        return then();
    };
    let owner = Owner::current().unwrap_or_default();
    let then: Box<dyn FnOnce()> = Box::new(move || owner.with(then));
    rest.waiting.update_value(|waiting| waiting.push(then));
}

/// Whether the second part is here; always where there is no app around it. Reactive.
#[must_use]
pub fn is_here() -> bool {
    REST.get().is_none_or(Rest::is_here)
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
            <NotArrived rest=rest />
        </main>
    }
}

#[component]
fn NotArrived(rest: Rest) -> impl IntoView {
    view! {
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
    }
}
