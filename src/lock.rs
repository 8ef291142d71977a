//! Locks across the tabs of a browser: two tabs never drive the same run.
//!
//! Through `Reflect`, for web-sys has the Web Locks API only in builds of its unstable part.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Who else may hold a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody.
    Exclusive,
    /// Whoever shares it too.
    Shared,
}

/// A lock that this tab holds until it is dropped.
#[derive(Debug)]
pub struct Held(Rc<RefCell<Option<Function>>>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            // To keep a promise cannot fail.
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Takes the lock of this name if no tab holds it in a way that excludes this one. A browser without
/// locks gives it.
pub async fn take(name: &str, sharing: Sharing) -> Option<Held> {
    let release = Rc::new(RefCell::new(None::<Function>));
    let navigator = window().navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).unwrap_or_default();
    let request = Reflect::get(&locks, &"request".into()).and_then(JsCast::dyn_into::<Function>);
    let Ok(request) = request else {
        return Some(Held(release));
    };
    let options = Object::new();
    let mode = match sharing {
        Sharing::Exclusive => "exclusive",
        Sharing::Shared => "shared",
    };
    for (key, value) in [("mode", mode.into()), ("ifAvailable", JsValue::TRUE)] {
        // Setting a plain object's own property does not fail.
        let _ = Reflect::set(&options, &key.into(), &value);
    }
    let asked = Promise::new(&mut |answer: Function, _| {
        let (kept, alone) = (Rc::clone(&release), answer.clone());
        // The lock is held until the promise that this gives is kept; without one there is nothing to hold.
        let granted = Closure::once_into_js(move |lock: JsValue| {
            let got = lock.is_truthy();
            let _ = answer.call1(&JsValue::NULL, &got.into());
            Promise::new(&mut |resolve, _| {
                if got {
                    *kept.borrow_mut() = Some(resolve);
                } else {
                    let _ = resolve.call0(&JsValue::NULL);
                }
            })
        });
        let asking = request.call3(&locks, &name.into(), &options, &granted);
        // A page that may not lock is alone with what it keeps.
        let refused = Closure::once_into_js(move || {
            let _ = alone.call1(&JsValue::NULL, &JsValue::TRUE);
        });
        match asking.map(JsCast::dyn_into::<Promise>) {
            Ok(Ok(promise)) => {
                let handler = refused.unchecked_ref::<Function>();
                let _ = Reflect::get(&promise, &"catch".into())
                    .and_then(JsCast::dyn_into::<Function>)
                    .and_then(|catch| catch.call1(&promise, handler));
            }
            _ => {
                let _ = refused.unchecked_ref::<Function>().call0(&JsValue::NULL);
            }
        }
    });
    let got = JsFuture::from(asked).await.is_ok_and(|got| got.is_truthy());
    got.then_some(Held(release))
}
