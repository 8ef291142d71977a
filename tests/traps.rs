//! What was found to go wrong in the libraries below, so that it is noticed when it comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::cell::Cell;
use std::rc::Rc;

use common::{mount, settle, until};
use gloo_timers::future::TimeoutFuture;
use group_api::{ApiError, Backend, Instabase, NoSink, Snip};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster::browser::{query_param, replace_query};
use muster::client::Client;
use muster::request::{Latest, Stop};
use muster::session::{Access, Token};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Slots that are filled anew keep any order, also where one step sorts, cuts and adds; that is how
/// the tables are made.
#[wasm_bindgen_test]
async fn slots_keep_the_order_whatever_changes_at_once() {
    let items = RwSignal::new(vec![0, 1, 2]);
    let place = mount(move || {
        let slot = move |slot: RwSignal<i32>| view! { <li>{move || items.with(|items| items.get(usize::try_from(slot.get()).unwrap()).copied())}</li> };
        view! {
            <ul>
                {leptos::slots(move || (0..i32::try_from(items.with(Vec::len)).unwrap()).collect(), slot)}
            </ul>
        }
    });
    for next in [
        vec![10, 11, 2, 1, 0],
        vec![2, 10],
        vec![5, 4, 3, 2, 1, 0],
        vec![],
        vec![1, 0],
    ] {
        items.set(next.clone());
        settle().await;
        let shown: Vec<String> = place.texts("li");
        assert_eq!(
            shown,
            next.iter().map(ToString::to_string).collect::<Vec<_>>()
        );
    }
}

/// A window that slides over a list keeps its order and its elements: what stays wanted is not touched,
/// and what is not is used again.
#[wasm_bindgen_test]
async fn slots_slide_over_a_list() {
    let wanted = RwSignal::new(vec![0, 1, 2, 3]);
    let made = RwSignal::new(0);
    let place = mount(move || {
        let slot = move |number: RwSignal<i32>| {
            made.update(|n| *n += 1);
            view! { <li><button>{move || number.get()}</button></li> }
        };
        view! { <ul>{leptos::slots(move || wanted.get(), slot)}</ul> }
    });
    settle().await;
    let numbers = |list: &[i32]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    for next in [
        vec![1, 2, 3, 4],
        vec![3, 4, 5, 6],
        vec![2, 3, 4, 5],
        vec![70, 71, 72, 73],
        vec![2, 70, 71, 73],
        vec![-2, -1, 2, 69],
        vec![2, 3, 4, 9],
        vec![0, 1, 2, 3],
    ] {
        wanted.set(next.clone());
        settle().await;
        assert_eq!(place.texts("li"), numbers(&next));
    }
    assert_eq!(made.get_untracked(), 4, "made once");
    // The focus stays where it is, for what is wanted all the time is not moved.
    let button = place.all("button").remove(2);
    button.focus().unwrap();
    for next in [
        vec![2, 5, 6, 7],
        vec![-5, -4, -3, 2],
        vec![2, 3],
        vec![-1, 2, 8],
    ] {
        wanted.set(next.clone());
        settle().await;
        assert_eq!(place.texts("li"), numbers(&next));
        assert_eq!(document().active_element().as_ref(), Some(button.as_ref()));
        assert_eq!(button.text_content().unwrap(), "2");
    }
    wanted.set(vec![]);
    settle().await;
    assert!(place.all("li").is_empty());
}

/// A text that changes is the same node, a style is set without an attribute, and what is equal is not
/// set again.
#[wasm_bindgen_test]
async fn what_changes_is_changed_in_place() {
    let n = RwSignal::new(0);
    let place = mount(move || {
        view! {
            <p title=move || (n.get() / 10).to_string() style:top=move || format!("{}px", n.get())>
                {move || format!("n {}", n.get() / 10)}
            </p>
        }
    });
    settle().await;
    let line = place.get("p");
    let text = line.first_child().unwrap();
    let seen = std::rc::Rc::new(Cell::new(0));
    let count = Rc::clone(&seen);
    let changed = wasm_bindgen::prelude::Closure::<dyn FnMut(js_sys::Array)>::new(
        move |records: js_sys::Array| count.set(count.get() + records.length()),
    );
    let observer =
        web_sys::MutationObserver::new(wasm_bindgen::JsCast::unchecked_ref(changed.as_ref()))
            .unwrap();
    let all = web_sys::MutationObserverInit::new();
    all.set_subtree(true);
    all.set_child_list(true);
    all.set_attributes(true);
    all.set_character_data(true);
    observer.observe_with_options(&line, &all).unwrap();
    n.set(7);
    settle().await;
    assert_eq!(line.get_attribute("style").as_deref(), Some("top: 7px;"));
    assert_eq!(seen.get(), 1, "the style alone");
    n.set(20);
    settle().await;
    assert_eq!(line.text_content().unwrap(), "n 2");
    assert!(text.is_same_node(line.first_child().as_ref()));
    assert_eq!(seen.get(), 4, "style, title and text");
    observer.disconnect();
}

/// A view that reads a value computed from another, and then that other, hears of its change, also when
/// the computed one stays the same: Leptos' own effects miss it.
#[wasm_bindgen_test]
async fn a_change_is_heard_of_whatever_was_read_first() {
    let n = RwSignal::new(1);
    let place = mount(move || {
        let number = Memo::new(move |_| n.get());
        let positive = Memo::new(move |_| number.get() > 0);
        let again = Memo::new(move |_| positive.get());
        view! { <p>{move || if again.get() { number.get() } else { 0 }}</p> }
    });
    for next in [1, 2, 3, -1, -2, 5] {
        n.set(next);
        settle().await;
        assert_eq!(place.text(), next.max(0).to_string());
    }
}

/// What is in a view that was removed does not run once more, after the signals it reads are gone:
/// its effects were told of the same change, and come later.
#[wasm_bindgen_test]
async fn a_view_that_was_removed_reads_nothing_more() {
    #[component]
    fn Page(n: RwSignal<u32>) -> impl IntoView {
        let double = Memo::new(move |_| n.get() * 2);
        view! { <p>{move || view! { <b>{move || double.get() + n.get()}</b> }}</p> }
    }
    let n = RwSignal::new(0_u32);
    let place = mount(move || move || (n.get() == 0).then(|| view! { <Page n=n /> }));
    settle().await;
    assert_eq!(place.text(), "0");
    n.set(1);
    settle().await;
    assert_eq!(place.text(), "");
    n.set(0);
    settle().await;
    assert_eq!(place.text(), "0");
}

/// The router would decode twice and make `A` of it.
#[wasm_bindgen_test]
fn a_parameter_of_the_address_is_decoded_once() {
    replace_query(&[("q", Some("%41 & é")), ("sort", None)]);
    assert_eq!(query_param("q").as_deref(), Some("%41 & é"));
    replace_query(&[("q", Some("")), ("dir", Some("desc"))]);
    assert_eq!(
        (query_param("q"), query_param("dir").as_deref()),
        (None, Some("desc"))
    );
    replace_query(&[("dir", None)]);
}

/// An answer that comes late does not overwrite a newer one.
#[wasm_bindgen_test]
async fn a_stale_answer_is_dropped() {
    let latest = Latest::default();
    let shown = Rc::new(Cell::new(0));
    for (answer, delay) in [(1, 60), (2, 5)] {
        let ticket = latest.begin();
        let shown = Rc::clone(&shown);
        spawn_local(async move {
            TimeoutFuture::new(delay).await;
            if ticket.is_current() {
                shown.set(answer);
            }
        });
    }
    until("the newer answer came", || shown.get() == 2).await;
    TimeoutFuture::new(100).await;
    assert_eq!(shown.get(), 2);
}

#[wasm_bindgen_test]
fn a_new_question_aborts_the_one_before_and_leaving_aborts_the_last() {
    let latest = Latest::default();
    let first = latest.begin();
    let signal = first.stop().signal().unwrap();
    assert!(first.is_current() && !signal.aborted());
    let second = latest.begin();
    assert!(!first.is_current() && signal.aborted());
    assert!(second.is_current());
    latest.cancel();
    assert!(!second.is_current() && second.stop().signal().unwrap().aborted());
    let third = latest.begin();
    drop(latest);
    assert!(!third.is_current(), "nobody waits any more");
}

#[wasm_bindgen_test]
fn a_part_stops_with_the_whole_and_alone() {
    let whole = Stop::default();
    let (one, other) = (whole.part(), whole.part());
    one.stop();
    assert!(one.is_stopped() && !whole.is_stopped() && !other.is_stopped());
    whole.stop();
    assert!(other.is_stopped() && other.signal().unwrap().aborted());
    assert!(
        whole.part().is_stopped(),
        "a part of what is stopped is stopped"
    );
}

fn client(access: Access) -> Client {
    let token = Token::new("a-token-of-no-use").unwrap();
    Client::new(window().location().origin().unwrap(), Some(token), access)
}

/// A real request, over real HTTP, to the server that serves the test: it knows no such path.
#[wasm_bindgen_test]
async fn what_a_server_answers_becomes_an_error_of_its_kind() {
    let key = group_api::GroupKey::new("sales").unwrap();
    let result = client(Access::Full)
        .run(Instabase.get(&key), &mut NoSink, &Stop::default())
        .await;
    assert!(matches!(result, Err(ApiError::NotFound(_))), "{result:?}");
}

#[wasm_bindgen_test]
async fn what_was_stopped_is_cancelled_and_not_sent() {
    let stop = Stop::default();
    stop.stop();
    let key = group_api::GroupKey::new("sales").unwrap();
    let result = client(Access::Full)
        .run(Instabase.get(&key), &mut NoSink, &stop)
        .await;
    assert_eq!(result.err(), Some(ApiError::Cancelled));
}

#[wasm_bindgen_test]
async fn a_connection_that_only_looks_sends_no_write() {
    let key = group_api::GroupKey::new("2").unwrap();
    for exchange in [Instabase.delete(&key), Snip.delete(&key)] {
        let result = client(Access::LookOnly)
            .run(exchange, &mut NoSink, &Stop::default())
            .await;
        assert_eq!(result.err(), Some(ApiError::LookOnly));
    }
}

#[wasm_bindgen_test]
async fn without_a_token_nothing_is_sent() {
    let key = group_api::GroupKey::new("sales").unwrap();
    let client = Client::new(window().location().origin().unwrap(), None, Access::Full);
    let result = client
        .run(Instabase.get(&key), &mut NoSink, &Stop::default())
        .await;
    assert_eq!(result.err(), Some(ApiError::NotSignedIn(None)));
}

/// Nobody listens there.
#[wasm_bindgen_test]
async fn a_server_that_is_not_there_is_no_connection() {
    let key = group_api::GroupKey::new("sales").unwrap();
    let token = Token::new("a-token-of-no-use").unwrap();
    let client = Client::new("http://127.0.0.1:1".to_owned(), Some(token), Access::Full);
    let result = client
        .run(Instabase.get(&key), &mut NoSink, &Stop::default())
        .await;
    assert_eq!(result.err(), Some(ApiError::NoConnection));
}
