//! `config.json` beside the page: what its host says about connections.

use leptos::prelude::window;
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::json::{each, optional, text};
use super::system::System;

/// What the host says. Every part may be missing: `{}` is a whole configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Connections offered on the Connect page.
    pub connections: Vec<OfferedConnection>,
    /// Whether others may be added.
    pub add: Option<bool>,
    /// Set where the host is a demo.
    pub demo: Option<Demo>,
    /// Where help is: an address.
    pub help: Option<String>,
}

/// A connection that the host offers; the token is the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedConnection {
    /// Its name.
    pub name: String,
    /// Its system.
    pub system: System,
    /// The server's address, or a path on this host.
    pub server: String,
}

/// A demo's people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demo {
    /// Each of them.
    pub people: Vec<DemoPerson>,
}

/// Somebody to try Muster as. The token is published by the demo itself and opens nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    /// The username.
    pub user: String,
    /// The token.
    pub token: String,
    /// What they may do, in a few words.
    pub about: String,
}

/// Reads the configuration. A host that answers something else has none.
pub(super) async fn read() -> Config {
    fetch().await.unwrap_or_default()
}

async fn fetch() -> Option<Config> {
    let answer = JsFuture::from(window().fetch_with_str("/config.json")).await;
    let response: web_sys::Response = answer.ok()?.unchecked_into();
    if !response.ok() {
        return None;
    }
    let body = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    let json = serde_json::from_slice(&js_sys::Uint8Array::new(&body).to_vec()).ok()?;
    config(&json)
}

fn config(json: &Value) -> Option<Config> {
    let all = json.as_object()?;
    Some(Config {
        connections: match all.get("connections") {
            Some(list) => each(list, offered)?,
            None => Vec::new(),
        },
        add: optional(all.get("add"), Value::as_bool)?,
        demo: optional(all.get("demo"), |demo| {
            let people = each(demo.get("people")?, person)?;
            Some(Demo { people })
        })?,
        help: optional(all.get("help"), text)?,
    })
}

fn offered(json: &Value) -> Option<OfferedConnection> {
    Some(OfferedConnection {
        name: text(json.get("name")?)?,
        system: System::from_json(json.get("system")?)?,
        server: text(json.get("server")?)?,
    })
}

fn person(json: &Value) -> Option<DemoPerson> {
    Some(DemoPerson {
        user: text(json.get("user")?)?,
        token: text(json.get("token")?)?,
        about: text(json.get("about")?)?,
    })
}
