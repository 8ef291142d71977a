//! What stands over the page when the program itself has failed.
//!
//! A panic in WebAssembly cannot be caught by an error boundary: the program is over. So the page
//! is told to show a static overlay which says so and what to do, instead of buttons that are dead.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::text;

/// Installs the hooks for panics and for errors of scripts.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        show();
    }));
    let on_error = Closure::<dyn FnMut(web_sys::ErrorEvent)>::new(|event: web_sys::ErrorEvent| {
        // Scripts that others put into the page, and the browser's remark on a slow layout, are not ours.
        let origin = window().location().origin().unwrap_or_default();
        let file = event.filename();
        let foreign = !file.is_empty() && !file.starts_with(&origin);
        if !foreign && !event.message().starts_with("ResizeObserver") {
            show();
        }
    });
    // A window without event listeners would have no page either.
    let _ = window().add_event_listener_with_callback("error", on_error.as_ref().unchecked_ref());
    on_error.forget();
}

/// Shows the overlay, once. Only plain DOM calls: nothing of the app can be relied on any more.
pub fn show() {
    let document = document();
    if document.get_element_by_id("overlay").is_some() {
        return;
    }
    let (Ok(overlay), Some(body)) = (document.create_element("dialog"), document.body()) else {
        return;
    };
    // Each call can only fail on a document that is being torn down.
    let _ = overlay.set_attribute("id", "overlay");
    let _ = overlay.set_attribute("class", "overlay");
    let _ = overlay.set_attribute("role", "alertdialog");
    let _ = overlay.set_attribute("aria-modal", "true");
    let _ = overlay.set_attribute("aria-labelledby", "overlay-title");
    let append = |parent: &web_sys::Element, tag: &str, words: &str| {
        let child = document.create_element(tag).ok()?;
        child.set_text_content(Some(words));
        parent.append_child(&child).ok()?;
        Some(child)
    };
    let Some(card) = append(&overlay, "div", "") else {
        return;
    };
    let _ = card.set_attribute("class", "box");
    if let Some(title) = append(&card, "h2", text::OVERLAY_TITLE) {
        let _ = title.set_attribute("id", "overlay-title");
    }
    append(&card, "p", text::OVERLAY_TEXT);
    let Some(button) = append(&card, "button", text::OVERLAY_BUTTON) else {
        return;
    };
    let _ = button.set_attribute("class", "btn btn-primary");
    let _ = button.set_attribute("type", "button");
    let reload = Closure::<dyn FnMut()>::new(|| {
        // Where reloading is refused the user's own key for it is left.
        let _ = window().location().reload();
    });
    let _ = button.add_event_listener_with_callback("click", reload.as_ref().unchecked_ref());
    reload.forget();
    let _ = body.append_child(&overlay);
    // A dialog of the app may be open: only another modal one can be reached above it.
    if let Some(dialog) = overlay.dyn_ref::<web_sys::HtmlDialogElement>() {
        let stay = Closure::<dyn FnMut(web_sys::Event)>::new(|event: web_sys::Event| {
            event.prevent_default()
        });
        let _ = dialog.add_event_listener_with_callback("cancel", stay.as_ref().unchecked_ref());
        stay.forget();
        let _ = dialog.show_modal();
    }
    if let Ok(button) = button.dyn_into::<web_sys::HtmlElement>() {
        let _ = button.focus();
    }
}
