//! Snapshots that this browser keeps: what they say of themselves apart from their files, so that a list of them
//! reads no file.
//!
//! They have a database of their own: the one of the runs keeps its form, and no tab that has it open is in the way.

use group_api::json_text;
use js_sys::Array;
use muster_changes::file::{About, Extent};
use serde_json::{Map, Value};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, IdbTransaction, IdbTransactionMode};

use crate::browser;
use crate::idb::{self, Base, committed, settled};
use crate::session::ConnectionId;

const ABOUT: &str = "about";
const FILES: &str = "files";
static BASE: Base = Base {
    name: "muster-snapshots",
    stores: &[ABOUT, FILES],
};

/// A snapshot that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its key: connection, time and chance.
    key: String,
    /// What its file says of itself.
    pub about: About,
    /// When it was saved, in milliseconds since 1970.
    pub saved_at: i64,
    /// How many groups are in it.
    pub groups: usize,
    /// How many different people.
    pub people: usize,
    /// How many bytes its file takes here.
    pub size: usize,
}

impl Kept {
    /// What names it in an address of its connection.
    #[must_use]
    pub fn id(&self) -> &str {
        let id = self.key.split_once('/').map(|(_, id)| id);
        id.unwrap_or_default()
    }

    fn to_text(&self) -> String {
        let mut json = Map::new();
        let about = &self.about;
        for (name, text) in [
            ("connection", &about.connection),
            ("system", &about.system),
            ("server", &about.server),
            ("read", &about.read),
            ("note", &about.note),
        ] {
            json.insert(name.to_owned(), Value::String(text.clone()));
        }
        for (name, count) in [
            ("groups", self.groups),
            ("people", self.people),
            ("size", self.size),
        ] {
            json.insert(name.to_owned(), count.into());
        }
        json_text(&Value::Object(json))
    }

    /// None where the text is not one of ours.
    fn read(key: String, text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        let word = |name: &str| Some(json.get(name)?.as_str()?.to_owned());
        let count = |name: &str| usize::try_from(json.get(name)?.as_u64()?).ok();
        Some(Self {
            about: About {
                connection: word("connection")?,
                system: word("system")?,
                server: word("server")?,
                read: word("read")?,
                note: word("note")?,
                // Only what is whole is kept.
                holds: Extent::Everybody,
            },
            saved_at: key.split('/').nth(1)?.parse().ok()?,
            groups: count("groups")?,
            people: count("people")?,
            size: count("size")?,
            key,
        })
    }
}

async fn transaction(mode: IdbTransactionMode) -> Result<IdbTransaction, JsValue> {
    let both = Array::of2(&ABOUT.into(), &FILES.into());
    let database = idb::open(&BASE).await?;
    database.transaction_with_str_sequence_and_mode(&both, mode)
}

/// Keeps a snapshot of a connection.
///
/// # Errors
/// The browser keeps nothing, or has no room for it: then nothing of it is kept.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and not negative
pub async fn put(
    connection: &ConnectionId,
    about: &About,
    groups: usize,
    people: usize,
    file: &Blob,
) -> Result<Kept, JsValue> {
    let saved_at = browser::now() as i64;
    let kept = Kept {
        key: format!("{connection}/{saved_at:015}/{}", browser::random()),
        about: about.clone(),
        saved_at,
        groups,
        people,
        size: file.size() as usize,
    };
    let transaction = transaction(IdbTransactionMode::Readwrite).await?;
    let key = JsValue::from_str(&kept.key);
    let about = transaction.object_store(ABOUT)?;
    about.put_with_key(&kept.to_text().into(), &key)?;
    transaction.object_store(FILES)?.put_with_key(file, &key)?;
    committed(&transaction).await?;
    Ok(kept)
}

/// The snapshots of a connection, the latest first.
///
/// # Errors
/// The browser keeps nothing.
pub async fn all(connection: &ConnectionId) -> Result<Vec<Kept>, JsValue> {
    let range = idb::of_connection(connection)?;
    let transaction = transaction(IdbTransactionMode::Readonly).await?;
    let store = transaction.object_store(ABOUT)?;
    let keys: Array = settled(&store.get_all_keys_with_key(&range)?)
        .await?
        .unchecked_into();
    // Asked as soon as that was answered: a transaction ends when nothing is asked of it any more.
    let texts: Array = settled(&store.get_all_with_key(&range)?)
        .await?
        .unchecked_into();
    let mut kept: Vec<Kept> = keys
        .iter()
        .zip(texts.iter())
        .filter_map(|(key, text)| Kept::read(key.as_string()?, &text.as_string()?))
        .collect();
    kept.reverse();
    Ok(kept)
}

/// The file of a snapshot; none if it is gone.
///
/// # Errors
/// The browser keeps nothing.
pub async fn file(kept: &Kept) -> Result<Option<Blob>, JsValue> {
    let transaction = transaction(IdbTransactionMode::Readonly).await?;
    let files = transaction.object_store(FILES)?;
    let request = files.get(&JsValue::from_str(&kept.key))?;
    Ok(settled(&request).await?.dyn_into::<Blob>().ok())
}

/// Forgets a snapshot.
///
/// # Errors
/// The browser keeps nothing.
pub async fn remove(kept: &Kept) -> Result<(), JsValue> {
    forget(&JsValue::from_str(&kept.key)).await
}

/// Forgets every snapshot of a connection.
///
/// # Errors
/// The browser keeps nothing.
pub async fn clear(connection: &ConnectionId) -> Result<(), JsValue> {
    forget(&idb::of_connection(connection)?).await
}

async fn forget(which: &JsValue) -> Result<(), JsValue> {
    let transaction = transaction(IdbTransactionMode::Readwrite).await?;
    transaction.object_store(ABOUT)?.delete(which)?;
    transaction.object_store(FILES)?.delete(which)?;
    committed(&transaction).await
}

/// The connections of which snapshots are kept.
///
/// # Errors
/// The browser keeps nothing.
pub async fn connections() -> Result<Vec<ConnectionId>, JsValue> {
    let transaction = transaction(IdbTransactionMode::Readonly).await?;
    idb::connections(&transaction.object_store(ABOUT)?).await
}
