//! Small questions to the browser that several modules ask.

use std::cell::RefCell;
use std::collections::VecDeque;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise};
use leptos::prelude::{document, window};
use leptos::task::spawn_local;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, MessageChannel, ResizeObserver};

/// Milliseconds since 1970.
#[must_use]
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// A number that nobody can foresee who does not run this page.
#[must_use]
pub fn random() -> u64 {
    // Whole, not negative and below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let number = (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
    number
}

/// Those who wait for a turn, and the channel through which it comes.
struct Turns {
    channel: MessageChannel,
    waiting: VecDeque<Function>,
}

thread_local! {
    static TURNS: RefCell<Option<Turns>> = const { RefCell::new(None) };
}

/// After how many milliseconds a frame is no longer waited for.
const NO_FRAME_MS: i32 = 100;

/// Lets the page do what has waited, and goes on at once: a time-out of nothing takes 4 ms when it
/// is asked for again and again, a message takes no time.
pub async fn turn() {
    let promise = Promise::new(&mut |resolve, _| {
        TURNS.with_borrow_mut(|turns| {
            if turns.is_none() {
                *turns = open_turns();
            }
            match turns {
                Some(turns) => {
                    turns.waiting.push_back(resolve);
                    // Null can be posted.
                    let _ = turns.channel.port2().post_message(&JsValue::NULL);
                }
                // Without channels there are no turns.
                None => drop(resolve.call0(&JsValue::NULL)),
            }
        });
    });
    // It is never rejected.
    let _ = JsFuture::from(promise).await;
}

/// Does something after so many milliseconds; whoever does it looks whether it is still wanted.
pub fn later(ms: u32, act: impl FnOnce() + 'static) {
    gloo_timers::callback::Timeout::new(ms, act).forget();
}

/// Waits until what was changed is painted; not for long in a page that nobody sees, which paints nothing.
pub async fn painted() {
    let promise = Promise::new(&mut |resolve, _| {
        let window = window();
        // Whichever of them cannot be had, the other is enough; with neither there is nothing to wait for.
        let frame = window.request_animation_frame(&resolve);
        let late =
            window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, NO_FRAME_MS);
        if frame.is_err() && late.is_err() {
            drop(resolve.call0(&JsValue::NULL));
        }
    });
    // It is never rejected.
    let _ = JsFuture::from(promise).await;
    // A frame begins with its callbacks; a message comes after it.
    turn().await;
}

fn open_turns() -> Option<Turns> {
    let channel = MessageChannel::new().ok()?;
    let next = Closure::<dyn FnMut()>::new(|| {
        let resolve = TURNS
            .with_borrow_mut(|turns| turns.as_mut().and_then(|turns| turns.waiting.pop_front()));
        if let Some(resolve) = resolve {
            // What waits is a promise: resolving it runs nothing yet.
            let _ = resolve.call0(&JsValue::NULL);
        }
    });
    channel
        .port1()
        .set_onmessage(Some(next.as_ref().unchecked_ref()));
    // The channel lives as long as the page.
    next.forget();
    Some(Turns {
        channel,
        waiting: VecDeque::new(),
    })
}

/// Sets the page's title: what the page is about, from the narrow to the wide, then "Muster".
pub fn set_title(parts: &[&str]) {
    let mut title = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        title.push_str(part);
        title.push_str(" · ");
    }
    title.push_str("Muster");
    let seen = group_api::visible(&title);
    document().set_title(&seen.unwrap_or(title));
}

/// What has the focus.
#[must_use]
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Moves the focus to the element with this id, if it is there.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id)
        && let Ok(element) = element.dyn_into::<HtmlElement>()
    {
        // An element that cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Scrolls to the element with this id, if it is there.
pub fn show(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
    }
}

/// One parameter of the page's address, decoded once (the router decodes twice).
#[must_use]
pub fn query_param(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search)
        .ok()?
        .get(name)
}

/// All parameters of this name of the page's address, in order.
#[must_use]
pub fn query_params(name: &str) -> Vec<String> {
    let search = window().location().search().unwrap_or_default();
    let query = web_sys::UrlSearchParams::new_with_str(&search);
    let all = query.map(|query| query.get_all(name)).unwrap_or_default();
    all.iter().filter_map(|value| value.as_string()).collect()
}

/// Puts parameters into the page's address without a new entry in the history. `None` and empty
/// take a parameter out.
pub fn replace_query(params: &[(&str, Option<&str>)]) {
    let location = window().location();
    let (Ok(search), Ok(path)) = (location.search(), location.pathname()) else {
        return;
    };
    let Ok(query) = web_sys::UrlSearchParams::new_with_str(&search) else {
        return;
    };
    for (name, value) in params {
        match value.filter(|value| !value.is_empty()) {
            Some(value) => query.set(name, value),
            None => query.delete(name),
        }
    }
    let query = String::from(query.to_string());
    let address = if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    };
    let known = format!("{}{search}", location.pathname().unwrap_or_default());
    if address == known {
        return;
    }
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or(wasm_bindgen::JsValue::NULL);
        // A browser refuses when this is called too often; the next change brings the address up.
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

/// How long nothing else is to be put into the address before it is, in milliseconds.
const ADDRESS_AFTER_MS: u32 = 100;

type Params = Vec<(&'static str, Option<String>)>;

/// What is to be put into which page's address.
type Soon = (Option<String>, Params);

thread_local! {
    /// The latest of those that wait, and how many there were.
    static SOON: RefCell<(u32, Option<Soon>)> = const { RefCell::new((0, None)) };
}

/// The same after a while, for it takes milliseconds that whoever types waits for; unless the page was
/// left by then.
pub fn replace_query_soon(params: Params) {
    let path = window().location().pathname().ok();
    let turn = SOON.with_borrow_mut(|(turn, soon)| {
        *turn = turn.wrapping_add(1);
        *soon = Some((path, params));
        *turn
    });
    spawn_local(async move {
        TimeoutFuture::new(ADDRESS_AFTER_MS).await;
        if SOON.with_borrow(|(last, _)| *last == turn) {
            replace_query_now();
        }
    });
}

/// Puts into the address what waits for that.
pub fn replace_query_now() {
    let Some((path, params)) = SOON.with_borrow_mut(|(_, soon)| soon.take()) else {
        return;
    };
    if window().location().pathname().ok() == path {
        let params: Vec<_> = params
            .iter()
            .map(|(name, value)| (*name, value.as_deref()))
            .collect();
        replace_query(&params);
    }
}

/// What waits to be put into the address is of an entry of the history that was left.
pub fn forget_query() {
    SOON.with_borrow_mut(|(_, soon)| *soon = None);
}

/// Copies a text; resolves to whether the browser allowed it.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return false;
    }
    wasm_bindgen_futures::JsFuture::from(clipboard.write_text(text))
        .await
        .is_ok()
}

/// The text as one part of an address.
#[must_use]
pub fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// Calls whenever the page's content has grown or shrunk, after it was laid out and before it is
/// painted; and once at first. It ends with the observer.
#[must_use]
pub fn observe_page(changed: &Closure<dyn FnMut()>) -> Option<ResizeObserver> {
    let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok()?;
    observer.observe(document().body()?.as_ref());
    Some(observer)
}

/// How much of the screen's top hides what is scrolled there: the bar and a table's head. In pixels.
#[must_use]
pub fn scroll_padding() -> f64 {
    document()
        .document_element()
        .and_then(|root| window().get_computed_style(&root).ok()?)
        .and_then(|style| style.get_property_value("scroll-padding-top").ok())
        .map(|px| read_number(&px))
        .unwrap_or_default()
}

/// How high the window is, in pixels.
#[must_use]
pub fn screen_height() -> f64 {
    let height = window().inner_height().ok();
    height.and_then(|high| high.as_f64()).unwrap_or_default()
}

/// A number as a text; the browser has the code for it.
#[must_use]
pub fn number_text(number: f64) -> String {
    js_sys::Number::from(number)
        .to_string_with_radix(10)
        .map(String::from)
        .unwrap_or_default()
}

/// The number that a text begins with, or nought.
#[must_use]
pub fn read_number(text: &str) -> f64 {
    let number = js_sys::Number::parse_float(text);
    if number.is_finite() { number } else { 0.0 }
}

/// Listens for an event of the window.
pub fn listen(event: &str, listener: &Closure<dyn FnMut()>) {
    // A window without event listeners would have no page either.
    let _ = window().add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
}

/// Listens no more.
pub fn unlisten(event: &str, listener: &Closure<dyn FnMut()>) {
    // It was added, so it can be removed.
    let _ = window().remove_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
}

/// Listens for an event of the document.
pub fn listen_to_document(event: &str, listener: &Closure<dyn FnMut()>) {
    // A document without event listeners would be no page either.
    let _ = document().add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
}

/// Listens no more.
pub fn unlisten_to_document(event: &str, listener: &Closure<dyn FnMut()>) {
    // It was added, so it can be removed.
    let _ =
        document().remove_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
}

/// The bytes of a file; `None` where the browser cannot read it any more.
pub async fn bytes_of(file: &web_sys::File) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// Hands a text to the user as a file of this name.
pub fn download(name: &str, kind: &str, text: &str) {
    let parts = js_sys::Array::of1(&text.into());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    if let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options) {
        hand_out(name, &blob);
    }
}

/// Hands the user a file of this name.
pub fn hand_out(name: &str, blob: &web_sys::Blob) {
    let Ok(url) = web_sys::Url::create_object_url_with_blob(blob) else {
        return;
    };
    if let Ok(link) = document().create_element("a") {
        // Attributes of these names can be set.
        let _ = link.set_attribute("href", &url);
        let _ = link.set_attribute("download", name);
        if let Ok(link) = link.dyn_into::<HtmlElement>() {
            link.click();
        }
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}
