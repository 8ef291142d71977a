//! Where connections and tokens are kept: on the device, or for this tab.
//!
//! A browser may refuse to keep anything (private windows, full disk). Then a connection lives until
//! the page is left, which is no more than the user loses anyway.

use group_api::json_text;
use leptos::prelude::window;
use serde_json::Value;
use web_sys::Storage;

use super::connection::{Connection, Keep};
use super::json::each;

/// The list of connections.
pub(super) const LIST: &str = "muster.connections";
/// Before a connection's id: its token.
pub(super) const TOKEN: &str = "muster.token.";
/// Set for a moment to tell other tabs whose token is gone.
pub(super) const GONE: &str = "muster.gone";

/// Where something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// Local storage.
    Device,
    /// Session storage: this tab and those opened from it.
    Tab,
}

fn area(area: Area) -> Option<Storage> {
    match area {
        Area::Device => window().local_storage(),
        Area::Tab => window().session_storage(),
    }
    .ok()
    .flatten()
}

/// What is kept under a key, this tab's first.
pub(crate) fn get(key: &str) -> Option<String> {
    [Area::Tab, Area::Device]
        .into_iter()
        .find_map(|place| area(place)?.get_item(key).ok().flatten())
}

pub(crate) fn set(place: Area, key: &str, value: &str) {
    if let Some(storage) = area(place) {
        // See the module's text for what a refusal means.
        let _ = storage.set_item(key, value);
    }
}

/// Keeps something that may be too large for the browser; tells whether it does.
pub(crate) fn fits(place: Area, key: &str, value: &str) -> bool {
    area(place).is_some_and(|storage| storage.set_item(key, value).is_ok())
}

pub(crate) fn remove(place: Area, key: &str) {
    if let Some(storage) = area(place) {
        let _ = storage.remove_item(key);
    }
}

/// The keys of what is kept there.
pub(crate) fn keys(place: Area) -> Vec<String> {
    let Some(storage) = area(place) else {
        return Vec::new();
    };
    let count = storage.length().unwrap_or_default();
    (0..count)
        .filter_map(|place| storage.key(place).ok().flatten())
        .collect()
}

/// The connections of the device, then those of this tab.
pub(super) fn connections() -> Vec<Connection> {
    let read = |place| {
        let text = area(place)?.get_item(LIST).ok().flatten()?;
        // A list that an older or newer Muster wrote in another form is left alone and not shown.
        let json = serde_json::from_slice(text.as_bytes()).ok()?;
        each(&json, Connection::from_json)
    };
    let mut list: Vec<Connection> = read(Area::Device).unwrap_or_default();
    for connection in read(Area::Tab).unwrap_or_default() {
        if !list.iter().any(|known| known.id == connection.id) {
            list.push(connection);
        }
    }
    list
}

/// Keeps each connection where its user wanted it.
pub(super) fn save_connections(list: &[Connection]) {
    for (place, keep) in [
        (Area::Device, Keep::OnThisDevice),
        (Area::Tab, Keep::ForThisTab),
    ] {
        let part = list.iter().filter(|connection| connection.keep == keep);
        let json = Value::Array(part.map(Connection::to_json).collect());
        set(place, LIST, &json_text(&json));
    }
}
