//! What this browser keeps of the runs of a connection, across reloads: their records, in IndexedDB.
//!
//! A browser may refuse to keep anything. Then a run is known as long as its page, and Activity says so.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise};
use leptos::prelude::window;
use muster_runs::{Run, record};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransactionMode};

use crate::session::ConnectionId;

const DATABASE: &str = "muster";
const RUNS: &str = "runs";
/// How many runs of a connection are kept; the oldest go first.
const MOST: u32 = 1_000;

thread_local! {
    static OPEN: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}

/// What a request brings.
async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let mut heard = None;
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        let done = request.clone();
        let succeed = Closure::<dyn FnMut()>::new(move || {
            let _ = resolve.call1(&JsValue::NULL, &done.result().unwrap_or(JsValue::NULL));
        });
        let fail = Closure::<dyn FnMut()>::new(move || {
            let _ = reject.call0(&JsValue::NULL);
        });
        request.set_onsuccess(Some(succeed.as_ref().unchecked_ref()));
        request.set_onerror(Some(fail.as_ref().unchecked_ref()));
        heard = Some((succeed, fail));
    });
    let result = JsFuture::from(promise).await;
    drop(heard);
    result
}

async fn database() -> Result<IdbDatabase, JsValue> {
    if let Some(open) = OPEN.with_borrow(Clone::clone) {
        return Ok(open);
    }
    let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
    let request = factory.open_with_u32(DATABASE, 1)?;
    let opening = request.clone();
    let upgrade = Closure::once_into_js(move || {
        if let Ok(database) = opening.result() {
            // It can only fail where it is there already.
            let _ = database
                .unchecked_into::<IdbDatabase>()
                .create_object_store(RUNS);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let database: IdbDatabase = settled(&request).await?.unchecked_into();
    OPEN.with_borrow_mut(|open| *open = Some(database.clone()));
    Ok(database)
}

async fn store(mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
    database()
        .await?
        .transaction_with_str_and_mode(RUNS, mode)?
        .object_store(RUNS)
}

/// The keys of a connection's runs: an id of a connection holds no slash, and `0` comes next after it.
fn range(connection: &str) -> Result<JsValue, JsValue> {
    let bound = |end: char| JsValue::from(format!("{connection}{end}"));
    IdbKeyRange::bound(&bound('/'), &bound('0')).map(Into::into)
}

/// The key of a run: those of a connection stand together, the oldest first.
fn key(run: &Run) -> JsValue {
    let about = &run.about;
    format!("{}/{:015}/{}", about.connection, about.began, about.id.0).into()
}

/// Writes a run down.
///
/// # Errors
/// The browser keeps nothing.
pub async fn put(run: &Run) -> Result<(), JsValue> {
    let store = store(IdbTransactionMode::Readwrite).await?;
    settled(&store.put_with_key(&record::write(run).into(), &key(run))?).await?;
    Ok(())
}

/// Every run of a connection that can be read, the oldest first. What is more than is kept goes.
///
/// # Errors
/// The browser keeps nothing.
pub async fn all(connection: &ConnectionId) -> Result<Vec<Run>, JsValue> {
    let range = range(&connection.to_string())?;
    let texts = settled(
        &store(IdbTransactionMode::Readonly)
            .await?
            .get_all_with_key(&range)?,
    )
    .await?;
    let texts: Array = texts.unchecked_into();
    if texts.length() > MOST {
        let store = store(IdbTransactionMode::Readwrite).await?;
        let request = store.get_all_keys_with_key_and_limit(&range, texts.length() - MOST)?;
        let keys: Array = settled(&request).await?.unchecked_into();
        for key in keys.iter() {
            store.delete(&key)?;
        }
    }
    let runs = texts
        .iter()
        .filter_map(|text| record::read(&text.as_string()?));
    Ok(runs.collect())
}

/// Forgets a run.
///
/// # Errors
/// The browser keeps nothing.
pub async fn remove(run: &Run) -> Result<(), JsValue> {
    let store = store(IdbTransactionMode::Readwrite).await?;
    settled(&store.delete(&key(run))?).await?;
    Ok(())
}

/// Forgets every run of a connection.
///
/// # Errors
/// The browser keeps nothing.
pub async fn clear(connection: &ConnectionId) -> Result<(), JsValue> {
    let store = store(IdbTransactionMode::Readwrite).await?;
    settled(&store.delete(&range(&connection.to_string())?)?).await?;
    Ok(())
}

/// The connections of which runs are kept.
///
/// # Errors
/// The browser keeps nothing.
pub async fn connections() -> Result<Vec<ConnectionId>, JsValue> {
    let store = store(IdbTransactionMode::Readonly).await?;
    let keys: Array = settled(&store.get_all_keys()?).await?.unchecked_into();
    let mut known = Vec::new();
    for key in keys.iter() {
        let id = key.as_string().unwrap_or_default();
        let id = ConnectionId::from_address(id.split('/').next().unwrap_or_default());
        if !known.contains(&id) {
            known.push(id);
        }
    }
    Ok(known)
}
