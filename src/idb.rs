//! What the databases of this browser have in common: opening them, waiting for what is asked, and keys of
//! which those of one connection stand together.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise};
use leptos::prelude::window;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
};

use crate::session::ConnectionId;

/// A database. What is of another kind has another, so that none has to be changed for another's sake
/// while an older page has it open.
#[derive(Debug)]
pub struct Base {
    /// Its name in the browser.
    pub name: &'static str,
    /// What is in it; the version is always the first.
    pub stores: &'static [&'static str],
}

thread_local! {
    static OPEN: RefCell<Vec<(&'static str, IdbDatabase)>> = const { RefCell::new(Vec::new()) };
}

/// Waits until one of two functions is called; if it is the first, for this value.
async fn either(
    value: &dyn Fn() -> JsValue,
    listen: &dyn Fn(&Function, &Function),
) -> Result<JsValue, JsValue> {
    let mut heard = None;
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        let succeed = Closure::<dyn FnMut()>::new(move || {
            let _ = resolve.call0(&JsValue::NULL);
        });
        let fail = Closure::<dyn FnMut()>::new(move || {
            let _ = reject.call0(&JsValue::NULL);
        });
        listen(
            succeed.as_ref().unchecked_ref(),
            fail.as_ref().unchecked_ref(),
        );
        heard = Some((succeed, fail));
    });
    let result = JsFuture::from(promise).await;
    drop(heard);
    result.map(|_| value())
}

/// What a request brings.
///
/// # Errors
/// The browser could not do it.
pub async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let value = || request.result().unwrap_or(JsValue::NULL);
    let listen = |succeed: &Function, fail: &Function| {
        request.set_onsuccess(Some(succeed));
        request.set_onerror(Some(fail));
    };
    either(&value, &listen).await
}

/// Waits until all of a transaction is written down.
///
/// # Errors
/// Nothing of it is: there is no room, say.
pub async fn committed(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let listen = |succeed: &Function, fail: &Function| {
        transaction.set_oncomplete(Some(succeed));
        transaction.set_onabort(Some(fail));
    };
    either(&|| JsValue::NULL, &listen).await.map(drop)
}

/// A database, made if it is not there yet.
///
/// # Errors
/// The browser keeps nothing.
pub async fn open(base: &'static Base) -> Result<IdbDatabase, JsValue> {
    let known = OPEN.with_borrow(|open| {
        let mut open = open.iter();
        open.find(|(name, _)| *name == base.name)
            .map(|(_, database)| database.clone())
    });
    if let Some(open) = known {
        return Ok(open);
    }
    let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
    let request: IdbOpenDbRequest = factory.open_with_u32(base.name, 1)?;
    let opening = request.clone();
    let upgrade = Closure::once_into_js(move || {
        if let Ok(database) = opening.result() {
            let database: IdbDatabase = database.unchecked_into();
            for store in base.stores {
                // It can only fail where it is there already.
                let _ = database.create_object_store(store);
            }
        }
    });
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let database: IdbDatabase = settled(&request).await?.unchecked_into();
    // A later Muster in another tab may want another form of it: this page lets go, and opens it again if it can.
    let given_up = database.clone();
    let close = Closure::<dyn FnMut()>::new(move || {
        given_up.close();
        OPEN.with_borrow_mut(|open| open.retain(|(name, _)| *name != base.name));
    });
    database.set_onversionchange(Some(close.as_ref().unchecked_ref()));
    // It lives as long as the page.
    close.forget();
    OPEN.with_borrow_mut(|open| open.push((base.name, database.clone())));
    Ok(database)
}

/// The keys of what belongs to a connection: an id of one holds no slash, and `0` comes next after it.
///
/// # Errors
/// None that a browser would have.
pub fn of_connection(connection: &ConnectionId) -> Result<JsValue, JsValue> {
    let bound = |end: char| JsValue::from(format!("{connection}{end}"));
    IdbKeyRange::bound(&bound('/'), &bound('0')).map(Into::into)
}

/// The connections to which something in a store belongs.
///
/// # Errors
/// The browser keeps nothing.
pub async fn connections(store: &IdbObjectStore) -> Result<Vec<ConnectionId>, JsValue> {
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
