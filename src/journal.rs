//! What this browser keeps of the runs of a connection, across reloads: their records, in IndexedDB.
//!
//! A browser may refuse to keep anything. Then a run is known as long as its page, and Activity says so.

use js_sys::Array;
use muster_runs::{Run, record};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbObjectStore, IdbTransactionMode};

use crate::idb::{self, Base, settled};
use crate::session::ConnectionId;

const RUNS: &str = "runs";
static BASE: Base = Base {
    name: "muster",
    stores: &[RUNS],
};
/// How many runs of a connection are kept; the oldest go first.
const MOST: u32 = 1_000;

async fn store(mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
    idb::open(&BASE)
        .await?
        .transaction_with_str_and_mode(RUNS, mode)?
        .object_store(RUNS)
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
    let range = idb::of_connection(connection)?;
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
    settled(&store.delete(&idb::of_connection(connection)?)?).await?;
    Ok(())
}

/// The connections of which runs are kept.
///
/// # Errors
/// The browser keeps nothing.
pub async fn connections() -> Result<Vec<ConnectionId>, JsValue> {
    let store = store(IdbTransactionMode::Readonly).await?;
    idb::connections(&store).await
}
