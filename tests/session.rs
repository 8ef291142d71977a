//! Connections, tokens and addresses, with the browser's own storage.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::until;
use leptos::prelude::*;
use muster::session::{
    Access, AddressFault, Connection, ConnectionId, Keep, Photos, Session, System, Token,
    TokenFault, read_address,
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn connection(id: &str, keep: Keep) -> Connection {
    Connection {
        id: ConnectionId::from_address(id),
        name: id.to_owned(),
        system: System::Instabase,
        server: "https://groups.example.com".to_owned(),
        user: Some("alice".to_owned()),
        color: 3,
        keep,
        access: Access::Full,
        photos: Photos::No,
    }
}

fn stored(key: &str) -> (Option<String>, Option<String>) {
    let device = window()
        .local_storage()
        .unwrap()
        .unwrap()
        .get_item(key)
        .unwrap();
    let tab = window()
        .session_storage()
        .unwrap()
        .unwrap()
        .get_item(key)
        .unwrap();
    (device, tab)
}

#[wasm_bindgen_test]
fn a_server_is_read_out_of_whatever_was_pasted() {
    for (pasted, system, server) in [
        (
            "https://acme.example.com",
            System::Instabase,
            "https://acme.example.com",
        ),
        (
            "acme.example.com/",
            System::Instabase,
            "https://acme.example.com",
        ),
        (
            " https://acme.example.com/api/v1/groups/list?get_members=true ",
            System::Instabase,
            "https://acme.example.com",
        ),
        (
            "https://acme.example.com/base/api/v1/groups/group/x",
            System::Instabase,
            "https://acme.example.com/base",
        ),
        (
            "https://lab.example.org/api/account/groups/3#x",
            System::Snip,
            "https://lab.example.org",
        ),
        (
            "http://127.0.0.1:8080",
            System::Snip,
            "http://127.0.0.1:8080",
        ),
    ] {
        let address = read_address(pasted, system).unwrap();
        assert_eq!(address.server, server, "{pasted}");
        assert!(
            address.will_call.starts_with(server) && address.will_call.contains("/api/"),
            "{}",
            address.will_call
        );
    }
    let own = read_address("/up/acme", System::Instabase).unwrap();
    assert_eq!(
        own.server,
        format!("{}/up/acme", window().location().origin().unwrap())
    );
}

#[wasm_bindgen_test]
fn what_is_no_server_is_refused_with_its_reason() {
    for (pasted, fault) in [
        ("  ", AddressFault::Empty),
        ("https://", AddressFault::Unreadable),
        ("ftp://acme.example.com", AddressFault::NotHttp),
        (
            "javascript://acme.example.com/%0aalert(1)",
            AddressFault::NotHttp,
        ),
        (
            "https://ann:secret@acme.example.com",
            AddressFault::HoldsCredentials,
        ),
    ] {
        assert_eq!(
            read_address(pasted, System::Instabase),
            Err(fault),
            "{pasted}"
        );
    }
}

#[wasm_bindgen_test]
fn a_token_is_checked_before_it_is_used_and_never_printed() {
    assert_eq!(Token::new("  \n"), Err(TokenFault::Empty));
    assert_eq!(Token::new("Bearer "), Err(TokenFault::Empty));
    assert_eq!(Token::new("two words"), Err(TokenFault::Unusable));
    assert_eq!(Token::new("tök"), Err(TokenFault::Unusable));
    let token = Token::new(" bearer abc.DEF-123 ").unwrap();
    assert_eq!(token.header(), "Bearer abc.DEF-123");
    assert!(!format!("{token:?}").contains("abc"));
}

#[wasm_bindgen_test]
fn a_token_is_kept_where_its_user_wants_it_and_disconnecting_removes_it() {
    let owner = Owner::new();
    owner.set();
    let session = Session::open();
    let token = Token::new("secret-of-the-device").unwrap();
    for (id, keep) in [("kept", Keep::OnThisDevice), ("passing", Keep::ForThisTab)] {
        session.connect(connection(id, keep), &token);
        let (device, tab) = stored(&format!("muster.token.{id}"));
        assert_eq!(
            (device.is_some(), tab.is_some()),
            (keep == Keep::OnThisDevice, keep == Keep::ForThisTab)
        );
        let (device, tab) = stored("muster.connections");
        assert!(
            !device.unwrap_or_default().contains("secret")
                && !tab.unwrap_or_default().contains("secret")
        );
        assert!(untrack(
            || session.is_connected(&ConnectionId::from_address(id))
        ));
    }
    let again = Session::open();
    assert!(
        untrack(|| again.find(&ConnectionId::from_address("passing"))).is_some(),
        "a reload finds both"
    );
    for id in ["kept", "passing"] {
        let key = ConnectionId::from_address(id);
        session.disconnect(&key);
        assert_eq!(stored(&format!("muster.token.{id}")), (None, None));
        assert!(
            untrack(|| session.find(&key)).is_some(),
            "the connection itself stays"
        );
        session.forget(&key);
        assert!(untrack(|| session.find(&key)).is_none());
    }
}

#[wasm_bindgen_test]
async fn what_another_tab_does_is_heard() {
    let owner = Owner::new();
    owner.set();
    let session = Session::open();
    let id = ConnectionId::from_address("shared");
    session.connect(
        connection("shared", Keep::ForThisTab),
        &Token::new("secret-of-the-tab").unwrap(),
    );
    let init = web_sys::StorageEventInit::new();
    init.set_key(Some("muster.gone"));
    init.set_new_value(Some("shared"));
    let event = web_sys::StorageEvent::new_with_event_init_dict("storage", &init).unwrap();
    window().dispatch_event(&event).unwrap();
    until("the token of this tab is gone too", || {
        !untrack(|| session.is_connected(&id))
    })
    .await;
    session.forget(&id);
}

#[wasm_bindgen_test]
fn two_connections_of_one_name_have_two_addresses() {
    let owner = Owner::new();
    owner.set();
    let session = Session::open();
    let first = session.new_id("Acme Prod");
    assert_eq!(first.to_string(), "acme-prod");
    let mut known = connection("acme-prod", Keep::ForThisTab);
    known.name = "Acme Prod".to_owned();
    session.connect(known, &Token::new("x").unwrap());
    assert_eq!(session.new_id("Acme Prod").to_string(), "acme-prod-2");
    session.forget(&first);
    assert_eq!(ConnectionId::from_name("Привет").to_string(), "connection");
}
