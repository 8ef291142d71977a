//! Pages by address, on the browser's own history.
//!
//! Leptos' router brings a view layer that nothing else here uses; an app with six pages needs this
//! much of it.

use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlAnchorElement, MouseEvent, ScrollRestoration};

use crate::browser;
use crate::session::storage::{self, Area};

/// Before the number of a visit: how far its page was scrolled.
const SCROLL: &str = "muster.scroll.";

/// Where the user is: a handle that can be copied everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Router {
    path: RwSignal<String>,
    /// How often one came to the page where one is.
    visits: RwSignal<u32>,
    scroll: StoredValue<Scroll>,
}

/// Where one is in the history, and where its pages are scrolled to.
#[derive(Clone, Copy, Debug, Default)]
struct Scroll {
    /// Which entry of the history; its state holds the same number.
    entry: f64,
    /// How far to scroll as soon as the page is as long as that.
    wanted: Option<f64>,
    /// How far it was scrolled to come back.
    came_back: f64,
    /// How far it would have been scrolled had it been longer, and until when it may become so, in milliseconds since 1970.
    short_of: Option<(f64, f64)>,
}

/// A page that is shorter than where it was left by no more than this in pixels is scrolled to its end: a line above the
/// list may have gone.
const NEAR: f64 = 100.0;
/// Places that differ by less are one, in pixels: a screen has no fractions of its own.
const SAME: f64 = 2.0;
/// For so long it is scrolled on if it grows, in milliseconds.
const GROWS_MS: f64 = 5_000.0;

impl Router {
    /// Reads the address, follows links of this site, and the browser's back and forward.
    #[must_use]
    pub fn open() -> Self {
        let router = Self {
            path: RwSignal::new(current_path()),
            visits: RwSignal::new(0),
            scroll: StoredValue::new(Scroll::default()),
        };
        if let Ok(history) = window().history() {
            // The browser would do it before the rows are there.
            let _ = history.set_scroll_restoration(ScrollRestoration::Manual);
        }
        router.come_back();
        let moved = Closure::<dyn FnMut()>::new(move || {
            browser::forget_query();
            router.leave();
            router.come_back();
            router.arrive();
        });
        let left = Closure::<dyn FnMut()>::new(move || {
            browser::replace_query_now();
            router.leave();
        });
        let grown = Closure::<dyn FnMut()>::new(move || router.scroll_back());
        // It watches as long as the page lives.
        std::mem::forget(browser::observe_page(&grown));
        // What stands there before the rows may be higher than the page, and gone without its growing.
        browser::listen("scroll", &grown);
        let clicked = Closure::<dyn FnMut(MouseEvent)>::new(move |event: MouseEvent| {
            if let Some(link) = inner_link(&event) {
                event.prevent_default();
                router.go(&link);
            }
        });
        let window = window();
        browser::listen("popstate", &moved);
        browser::listen("pagehide", &left);
        // A window without event listeners would have no page either.
        let _ = window.add_event_listener_with_callback("click", clicked.as_ref().unchecked_ref());
        moved.forget();
        left.forget();
        grown.forget();
        clicked.forget();
        router
    }

    /// Changes when the user comes to the page where they are, with another query perhaps. Reactive.
    pub fn track_visits(self) {
        self.visits.track();
    }

    /// The path of the address. Reactive.
    #[must_use]
    pub fn path(self) -> String {
        self.path.get()
    }

    /// The path's parts, decoded. Reactive.
    #[must_use]
    pub fn parts(self) -> Vec<String> {
        self.path.with(|path| {
            path.split('/')
                .filter(|part| !part.is_empty())
                .map(decode)
                .collect()
        })
    }

    /// One of the path's parts, or nothing. Reactive.
    #[must_use]
    pub fn part(self, place: usize) -> String {
        self.parts().into_iter().nth(place).unwrap_or_default()
    }

    /// Goes to an address of this site, as a new entry of the history.
    pub fn go(self, href: &str) {
        self.enter(href, false);
    }

    /// Goes to an address of this site, in place of the entry where one is.
    pub fn replace(self, href: &str) {
        self.enter(href, true);
    }

    fn enter(self, href: &str, replace: bool) {
        // One comes back to what was last asked for.
        browser::replace_query_now();
        let window = window();
        let Ok(history) = window.history() else {
            return;
        };
        let location = window.location();
        let here = location.pathname().unwrap_or_default()
            + &location.search().unwrap_or_default()
            + &location.hash().unwrap_or_default();
        self.leave();
        let entry = browser::now();
        let state = JsValue::from_f64(entry);
        // A browser refuses when this is called too often; then the page changes without it.
        let entered = if replace {
            history.replace_state_with_url(&state, "", Some(href))
        } else if here == href {
            Ok(())
        } else {
            history.push_state_with_url(&state, "", Some(href))
        };
        let mut scroll = self.scroll.get_value();
        if entered.is_ok() && (replace || here != href) {
            scroll.entry = entry;
        }
        scroll.wanted = None;
        scroll.short_of = None;
        self.scroll.set_value(scroll);
        window.scroll_to_with_x_and_y(0.0, 0.0);
        self.arrive();
    }

    /// Keeps how far the page that is left was scrolled.
    fn leave(self) {
        // One that has not been scrolled back yet is left where it was.
        let Scroll { entry, wanted, .. } = self.scroll.get_value();
        if wanted.is_none() {
            let scroll = window().scroll_y().unwrap_or_default();
            storage::set(Area::Tab, &scroll_key(entry), &browser::number_text(scroll));
        }
    }

    /// Finds out which entry of the history one is at, and where its page was left.
    fn come_back(self) {
        let window = window();
        let Ok(history) = window.history() else {
            return;
        };
        let known = history.state().ok().and_then(|state| state.as_f64());
        let entry = known.unwrap_or_else(browser::now);
        if known.is_none() {
            // As above.
            let _ = history.replace_state(&JsValue::from_f64(entry), "");
        }
        let wanted = storage::get(&scroll_key(entry)).map(|kept| browser::read_number(&kept));
        window.scroll_to_with_x_and_y(0.0, 0.0);
        self.scroll.set_value(Scroll {
            entry,
            wanted: wanted.filter(|scroll| *scroll > 0.0),
            ..Scroll::default()
        });
        // The page may be as long as it was already.
        request_animation_frame(move || self.scroll_back());
    }

    /// Scrolls to where the page was left, if it is long enough by now. Whoever has scrolled meanwhile
    /// stays where they are.
    fn scroll_back(self) {
        let mut scroll = self.scroll.get_value();
        let in_time = |(goal, until)| (browser::now() < until).then_some(goal);
        let Some(goal) = scroll.wanted.or(scroll.short_of.and_then(in_time)) else {
            return;
        };
        let window = window();
        let here = window.scroll_y().unwrap_or_default();
        let height = document()
            .document_element()
            .map_or(0, |root| root.scroll_height());
        let most = f64::from(height) - browser::screen_height();
        // A page that became shorter was scrolled by that, and not by anybody.
        let put = scroll.came_back.min(most);
        if (here - put).abs() >= SAME {
            scroll.wanted = None;
            scroll.short_of = None;
        } else if most + NEAR >= goal {
            if scroll.wanted.take().is_some() {
                scroll.short_of = Some((goal, browser::now() + GROWS_MS));
            }
            scroll.came_back = goal.min(most);
            window.scroll_to_with_x_and_y(0.0, scroll.came_back);
        } else {
            scroll.came_back = put;
        }
        self.scroll.set_value(scroll);
    }

    /// Whether the page is still to be scrolled to where it was left.
    #[must_use]
    pub fn is_to_scroll(self) -> bool {
        self.scroll.get_value().wanted.is_some()
    }

    /// Whether the page is scrolled to where it was come back to, and not further by the user.
    #[must_use]
    pub fn came_back_to(self, scroll: f64) -> bool {
        (self.scroll.get_value().came_back - scroll).abs() < SAME
    }

    fn arrive(self) {
        let path = current_path();
        // A change of the query alone is no change of page.
        if self.path.with_untracked(|known| *known != path) {
            self.path.set(path);
        } else {
            self.visits.update(|n| *n = n.wrapping_add(1));
        }
    }
}

fn scroll_key(entry: f64) -> String {
    SCROLL.to_owned() + &browser::number_text(entry)
}

fn current_path() -> String {
    window().location().pathname().unwrap_or_default()
}

fn decode(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_owned(), String::from)
}

/// The address, from its path on, of the link that a click follows within this site; none where the
/// browser is to follow it.
fn inner_link(event: &MouseEvent) -> Option<String> {
    let modified = event.meta_key() || event.alt_key() || event.ctrl_key() || event.shift_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let clicked: web_sys::Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = clicked.closest("a[href]").ok()??.dyn_into().ok()?;
    let rel = link.get_attribute("rel").unwrap_or_default();
    let origin = window().location().origin().ok()?;
    let elsewhere = !link.target().is_empty()
        || link.has_attribute("download")
        || rel.split_ascii_whitespace().any(|word| word == "external")
        || link.origin() != origin;
    (!elsewhere).then(|| link.pathname() + &link.search() + &link.hash())
}

/// Where the user is, from any component.
#[must_use]
pub fn use_router() -> Router {
    expect_context::<Router>()
}
