//! The connections this browser knows, their tokens, and who is asked to connect again.
//!
//! A tab's connection comes from its address and never from here, so that a link or a tab can never
//! act on another system's group of the same key.

mod address;
mod config;
mod connection;
pub(crate) mod idle;
mod json;
pub(crate) mod storage;
mod system;
pub mod theme;
mod token;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

pub use address::{Address, AddressFault, Line, read_address};
pub use config::{Config, DemoPerson, OfferedConnection};
pub use connection::{Access, COLORS, Connection, ConnectionId, Keep, Photos};
pub use system::System;
pub use token::{Token, TokenFault};

use crate::client::Client;
use crate::rest::{doors, once_here};
use storage::{Area, TOKEN};

/// The session: a handle that can be copied everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    connections: RwSignal<Vec<Connection>>,
    /// Counts every change of a token, so that what depends on one looks again.
    tokens: RwSignal<u32>,
    /// Whose token was refused and has to be given again, over the page.
    asking: RwSignal<Option<ConnectionId>>,
    /// Whether the tokens went because nobody was here: the page stays, unseen, until somebody is back.
    left_alone: RwSignal<bool>,
    config: RwSignal<Option<Config>>,
}

impl Session {
    /// Reads what is kept in this browser and listens for what other tabs change.
    #[must_use]
    pub fn open() -> Self {
        let session = Self {
            connections: RwSignal::new(storage::connections()),
            tokens: RwSignal::new(0),
            asking: RwSignal::new(None),
            left_alone: RwSignal::new(false),
            config: RwSignal::new(None),
        };
        let changed = Closure::<dyn FnMut(web_sys::StorageEvent)>::new(
            move |event: web_sys::StorageEvent| {
                let key = event.key();
                if let (Some(storage::GONE), Some(id)) = (key.as_deref(), event.new_value()) {
                    storage::remove(Area::Tab, &format!("{TOKEN}{id}"));
                }
                let ours = key.as_deref().is_none_or(|key| key.starts_with("muster."));
                if ours {
                    session.connections.set(storage::connections());
                    session.tokens.update(|n| *n += 1);
                }
            },
        );
        // A window without event listeners would have no page either.
        let _ =
            window().add_event_listener_with_callback("storage", changed.as_ref().unchecked_ref());
        changed.forget();
        if idle::passed() {
            session.disconnect_all();
        }
        session
    }

    /// The connections, in the order they were made. Reactive.
    #[must_use]
    pub fn connections(self) -> Vec<Connection> {
        self.connections.get()
    }

    /// One connection. Reactive.
    #[must_use]
    pub fn find(self, id: &ConnectionId) -> Option<Connection> {
        self.connections
            .with(|list| list.iter().find(|connection| connection.id == *id).cloned())
    }

    /// Whether it is one of those kept here, and not one that is being tried.
    #[must_use]
    pub fn is_kept(self, id: &ConnectionId) -> bool {
        self.connections
            .with_untracked(|list| list.iter().any(|connection| connection.id == *id))
    }

    /// Whether its pages can be shown: a token is there, or they wait unseen for whoever left them. Reactive.
    #[must_use]
    pub fn is_open(self, id: &ConnectionId) -> bool {
        self.is_connected(id) || self.left_alone.get()
    }

    /// Whether a token is there for it. Reactive.
    #[must_use]
    pub fn is_connected(self, id: &ConnectionId) -> bool {
        self.tokens.track();
        storage::get(&format!("{TOKEN}{id}")).is_some()
    }

    /// Changes whenever a token comes or goes. Reactive.
    pub fn track_tokens(self) {
        self.tokens.track();
    }

    /// A client for a connection, with the token of this moment.
    #[must_use]
    pub fn client(self, connection: &Connection) -> Client {
        let token = storage::get(&format!("{TOKEN}{}", connection.id))
            .and_then(|text| Token::new(&text).ok());
        Client::new(connection.server.clone(), token, connection.access)
    }

    /// Keeps a connection and its token. A connection of the same id is replaced.
    pub fn connect(self, connection: Connection, token: &Token) {
        let area = match connection.keep {
            Keep::OnThisDevice => Area::Device,
            Keep::ForThisTab => Area::Tab,
        };
        let key = format!("{TOKEN}{}", connection.id);
        for other in [Area::Device, Area::Tab] {
            storage::remove(other, &key);
        }
        storage::set(area, &key, token.secret());
        self.connections.update(|list| {
            match list.iter_mut().find(|known| known.id == connection.id) {
                Some(known) => *known = connection,
                None => list.push(connection),
            }
        });
        self.save();
        self.stop_asking();
        self.tokens.update(|n| *n += 1);
    }

    /// Gives a known connection a new token.
    pub fn connect_again(self, id: &ConnectionId, token: &Token) {
        if let Some(connection) = self
            .connections
            .with_untracked(|list| list.iter().find(|c| c.id == *id).cloned())
        {
            self.connect(connection, token);
        }
    }

    /// Removes a connection's token here and in every other tab.
    pub fn disconnect(self, id: &ConnectionId) {
        for area in [Area::Device, Area::Tab] {
            storage::remove(area, &format!("{TOKEN}{id}"));
        }
        // Other tabs hear of a change in the device's storage, and of nothing else.
        storage::set(Area::Device, storage::GONE, &id.to_string());
        storage::remove(Area::Device, storage::GONE);
        self.tokens.update(|n| *n += 1);
    }

    /// Removes all tokens, here and in every other tab.
    pub fn disconnect_all(self) {
        for connection in self.connections.get_untracked() {
            self.disconnect(&connection.id);
        }
    }

    /// The tokens go because nobody is here; the page of this connection waits for its user.
    pub fn leave_alone(self, id: &ConnectionId) {
        self.left_alone.set(true);
        self.ask_again(id);
    }

    /// Whether a page waits for its user. Reactive.
    #[must_use]
    pub fn is_left_alone(self) -> bool {
        self.left_alone.get()
    }

    /// Removes a connection and all that belongs to it.
    pub fn forget(self, id: &ConnectionId) {
        self.disconnect(id);
        self.connections
            .update(|list| list.retain(|connection| connection.id != *id));
        self.save();
        let id = id.clone();
        once_here(move || doors::forget_kept(id));
    }

    /// An id for a new connection of this name, which no other has.
    #[must_use]
    pub fn new_id(self, name: &str) -> ConnectionId {
        self.connections.with_untracked(|list| {
            let wanted = ConnectionId::from_name(name);
            let free = |id: &ConnectionId| !list.iter().any(|connection| connection.id == *id);
            if free(&wanted) {
                return wanted;
            }
            (2..)
                .map(|n| ConnectionId::from_name(&format!("{wanted} {n}")))
                .find(free)
                .unwrap_or(wanted)
        })
    }

    /// Whose token has to be given again. Reactive.
    #[must_use]
    pub fn asking(self) -> Option<ConnectionId> {
        self.asking.get()
    }

    /// Opens, over the page, the question for a new token.
    pub fn ask_again(self, id: &ConnectionId) {
        self.asking.set(Some(id.clone()));
    }

    /// Closes it without an answer.
    pub fn stop_asking(self) {
        self.asking.set(None);
        self.left_alone.set(false);
    }

    /// What the host of the page says about connections; `None` until it was read. Reactive.
    #[must_use]
    pub fn config(self) -> Option<Config> {
        self.config.get()
    }

    /// Reads `config.json` beside the page. Without one there is nothing special about this host.
    pub async fn read_config(self) {
        self.config.set(Some(config::read().await));
    }

    fn save(self) {
        self.connections
            .with_untracked(|list| storage::save_connections(list));
    }
}

/// The session, from any component.
#[must_use]
pub fn use_session() -> Session {
    expect_context::<Session>()
}
