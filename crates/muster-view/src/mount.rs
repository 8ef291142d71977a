//! The app in its page.

use any_spawner::Executor;
use leptos::prelude::{Owner, document};

use crate::child::IntoView;
use crate::dom::build;

/// What was put into the page; it is taken out again with this.
#[must_use = "dropping it takes the view out of the page"]
pub struct Mounted {
    owner: Owner,
    state: Option<crate::dom::State>,
}

impl Mounted {
    /// Leaves it there for as long as the page lives.
    pub fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.owner.cleanup();
        if let Some(state) = self.state.take() {
            state.unmount();
        }
    }
}

/// Puts a view into an element, after what is there.
pub fn mount_to<V: IntoView>(parent: web_sys::HtmlElement, make: impl FnOnce() -> V) -> Mounted {
    // It may have been set up before.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let state = owner.with(|| build(make().into_view()));
    state.mount(&parent, None);
    Mounted {
        owner,
        state: Some(state),
    }
}

/// Puts the app into the page's body, for as long as the page lives.
pub fn mount_to_body<V: IntoView>(make: impl FnOnce() -> V) {
    if let Some(body) = document().body() {
        mount_to(body, make).forget();
    }
}
