//! A program that has failed says so instead of leaving a dead page.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use leptos::prelude::*;
use muster::overlay;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_overlay_says_what_to_do_once_and_has_the_focus() {
    overlay::show();
    overlay::show();
    let found = document().query_selector_all("[role=alertdialog]").unwrap();
    assert_eq!(found.length(), 1);
    let overlay = document()
        .query_selector("[role=alertdialog]")
        .unwrap()
        .unwrap();
    let title = overlay.get_attribute("aria-labelledby").unwrap();
    assert_eq!(
        document()
            .get_element_by_id(&title)
            .unwrap()
            .text_content()
            .as_deref(),
        Some("Muster has stopped")
    );
    assert_eq!(
        document()
            .active_element()
            .unwrap()
            .text_content()
            .as_deref(),
        Some("Load the page again")
    );
    overlay.remove();
}
