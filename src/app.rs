//! The root: session and stores, the bar, the routes.

use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::Coverage;

use crate::browser::turn;
use crate::components::TopBar;
use crate::pages::{Connect, Groups, NotFound};
use crate::rest::{Rest, doors, use_rest};
use crate::router::{Router, use_router};
use crate::session::{ConnectionId, Session, use_session};
use crate::store::Stores;

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::open();
    let router = Router::open();
    provide_context(router);
    provide_context(session);
    provide_context(Stores::new(session));
    let rest = Rest::away();
    provide_context(rest);
    load_ahead();
    spawn_local(session.read_config());
    // The page is made while the server answers, in a task of its own: starting is long enough on a slow machine.
    let asked = RwSignal::new(false);
    spawn_local(async move {
        turn().await;
        asked.set(true);
    });
    move || {
        asked.get().then(|| {
            if let Some(boot) = document().get_element_by_id("boot") {
                boot.remove();
            }
            view! { <Frame /> }
        })
    }
}

/// Asks for the list that the address shows before anything is made to show it in.
fn load_ahead() {
    let (session, router) = (use_session(), use_router());
    let stores = expect_context::<Stores>();
    let parts = untrack(|| router.parts());
    if Place::of(&parts) != Place::InConnection || Inner::of(&parts) != Some(Inner::Groups) {
        return;
    }
    let id = ConnectionId::from_address(&router.part(1));
    if let Some(connection) = untrack(|| session.find(&id))
        && untrack(|| session.is_connected(&id))
    {
        stores.of(&connection).load_once();
    }
}

/// What is on every page: the bar, and the page itself.
#[component]
fn Frame() -> impl IntoView {
    let (session, router, rest) = (use_session(), use_router(), use_rest());
    Effect::new(move |swept: Option<bool>| {
        let here = rest.is_here();
        if here && swept != Some(true) {
            doors::sweep(session);
        }
        here
    });
    let place = Memo::new(move |_| Place::of(&router.parts()));
    // The bar and the page each in a task of its own.
    let has_bar = RwSignal::new(false);
    spawn_local(async move {
        turn().await;
        has_bar.set(true);
    });
    view! {
        <a
            class="skip btn"
            href="#main"
            rel="external"
            on:click=move |ev| {
                // The page's base would make another address of it.
                ev.prevent_default();
                if let Some(main) = document().get_element_by_id("main") {
                    // An attribute of a name that is well formed can be set.
                    let _ = main.set_attribute("tabindex", "-1");
                    crate::browser::focus("main");
                }
            }
        >
            "Skip to content"
        </a>
        {rest.piece(|| false, doors::idle_watch)}
        <TopBar />
        {move || has_bar.get().then(|| match place.get() {
            Place::Home => view! { <Home /> }.into_any(),
            Place::Connect => {
                rest.fetch_ahead();
                view! { <Connect /> }.into_any()
            }
            Place::InConnection => view! { <InConnection /> }.into_any(),
            Place::Nowhere => view! { <Nowhere /> }.into_any(),
        })}
        {rest.piece(move || session.asking().is_some(), doors::reconnect)}
    }
}

/// The page that an address means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Home,
    Connect,
    InConnection,
    Nowhere,
}

impl Place {
    fn of(parts: &[String]) -> Self {
        match parts {
            [] => Self::Home,
            [first] if first == "connect" => Self::Connect,
            [first, _, ..] if first == "c" && Inner::of(parts).is_some() => Self::InConnection,
            _ => Self::Nowhere,
        }
    }
}

/// The page within a connection that an address means: `/c/ID/…`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inner {
    Nowhere,
    Groups,
    Group,
    NewGroup,
    Activity,
    People,
    Person,
    Import,
    Compare,
    Snapshots,
}

impl Inner {
    fn of(parts: &[String]) -> Option<Self> {
        let rest: Vec<&str> = parts.iter().skip(2).map(String::as_str).collect();
        match rest.as_slice() {
            [] => Some(Self::Nowhere),
            ["groups"] => Some(Self::Groups),
            ["groups", _] | ["groups", _, "settings"] => Some(Self::Group),
            ["new-group"] => Some(Self::NewGroup),
            ["activity"] => Some(Self::Activity),
            ["people"] => Some(Self::People),
            ["people", _] => Some(Self::Person),
            ["import"] => Some(Self::Import),
            ["compare"] => Some(Self::Compare),
            ["snapshots"] => Some(Self::Snapshots),
            _ => None,
        }
    }
}

#[component]
fn Nowhere() -> impl IntoView {
    view! { <NotFound what="There is no page at this address." /> }
}

/// The first page: the groups of the connection last made that has a token, or Connect.
#[component]
fn Home() -> impl IntoView {
    let session = use_session();
    let router = use_router();
    let known = untrack(move || {
        session
            .connections()
            .into_iter()
            .rev()
            .find(|connection| session.is_connected(&connection.id))
    });
    let target = known.map_or_else(
        || "/connect".to_owned(),
        |connection| connection.href("groups"),
    );
    // After this page is there, for it is what the address is read for.
    request_animation_frame(move || router.replace(&target));
}

/// What the pages of one connection have in common: that it is known here and has a token.
#[component]
fn InConnection() -> impl IntoView {
    let session = use_session();
    let router = use_router();
    let stores = expect_context::<Stores>();
    let rest = use_rest();
    let id = Memo::new(move |_| ConnectionId::from_address(&router.part(1)));
    let connection = Memo::new(move |_| session.find(&id.get()));
    let connected = Memo::new(move |_| session.is_open(&id.get()));
    let inner = Memo::new(move |_| Inner::of(&router.parts()));
    let shows_list = Memo::new(move |_| matches!(inner.get(), Some(Inner::Groups | Inner::People)));
    move || {
        match connection.get() {
        None => view! { <NotFound what="This link belongs to a connection that this browser does not know." /> }.into_any(),
        Some(connection) if connected.get() => {
            let store = stores.of(&connection);
            provide_context(store);
            // A refused token was replaced: a list that broke off is read again, whatever page it is for.
            Effect::new(move |before: Option<()>| {
                session.track_tokens();
                if before.is_some()
                    && store.peek(|directory| matches!(directory.coverage(), Coverage::BrokenOff(_)))
                {
                    store.load();
                }
            });
            // What most people do next is to open a group.
            Effect::new(move |_| {
                let coverage = store.look(|directory| directory.coverage().clone());
                if matches!(coverage, Coverage::Full { .. } | Coverage::BrokenOff(_)) {
                    rest.fetch_ahead();
                }
            });
            Effect::new(move |_| {
                if rest.is_here() {
                    stores.lasting(|| doors::watch_runs(store, session));
                }
            });
            let page = move || match inner.get() {
                Some(Inner::Groups) => view! { <Groups /> }.into_any(),
                Some(Inner::Group) => rest.open(doors::group),
                Some(Inner::Activity) => rest.open(doors::activity),
                Some(Inner::NewGroup) => rest.open(doors::new_group),
                Some(Inner::People) => rest.open(doors::people),
                Some(Inner::Person) => rest.open(doors::person),
                Some(Inner::Import) => rest.open(doors::import),
                Some(Inner::Compare) => rest.open(doors::compare),
                Some(Inner::Snapshots) => rest.open(doors::snapshots),
                Some(Inner::Nowhere) | None => view! { <Nowhere /> }.into_any(),
            };
            let fresh = move || rest.is_here().then(|| doors::freshness(store, shows_list));
            view! { {page} {fresh} }.into_any()
        }
        Some(connection) => rest.open(move || doors::disconnected(connection.clone())),
    }
    }
}
