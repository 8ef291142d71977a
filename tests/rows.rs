//! The rows of long tables, in a real browser: which are in the page, and which stay when others come.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use common::{Place, mount, settle, until};
use leptos::Value;
use leptos::prelude::*;
use muster::components::{InPages, Pager, Question, Rows};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const STYLE: &str = ".slots { display: block; --tall: 20px }
    .slots tbody { display: block; position: relative }
    .slots tr { display: block; height: 20px }
    .slots .window tr { position: absolute }";

#[derive(Clone, Copy)]
struct Names(RwSignal<Vec<String>>);

impl Names {
    fn at(self, row: usize) -> Option<String> {
        self.0.with(|names| names.get(row).cloned())
    }
}

fn numbered(numbers: impl Iterator<Item = usize>) -> Vec<String> {
    numbers.map(|n| format!("n{n}")).collect()
}

/// A table of buttons, its rows 20 pixels high.
fn table(names: RwSignal<Vec<String>>, asked: RwSignal<String>) -> Place {
    table_of(names, asked, None)
}

/// The same whose rows may still be on their way.
fn table_of(
    names: RwSignal<Vec<String>>,
    asked: RwSignal<String>,
    coming: Option<RwSignal<bool>>,
) -> Place {
    window().scroll_to_with_x_and_y(0.0, 0.0);
    window().local_storage().unwrap().unwrap().clear().unwrap();
    muster::browser::replace_query(&[("page", None)]);
    let style = document().create_element("style").unwrap();
    style.set_text_content(Some(STYLE));
    document().head().unwrap().append_child(&style).unwrap();
    mount(move || {
        let count = Memo::new(move |_| names.with(Vec::len));
        let asked = Memo::new(move |_| asked.get());
        let key = Box::new(move |row| Names(names).at(row));
        let rows = match coming {
            Some(coming) => {
                let coming = Memo::new(move |_| coming.get());
                Rows::coming_in(count, Question::new(asked), key, coming)
            }
            None => Rows::new(count, asked, key),
        };
        let slot = move |place: Memo<usize>| {
            let cells = view! { <td><button>{move || Names(names).at(place.get())}</button></td> };
            rows.row(place, Value::None, cells.into_any())
        };
        view! {
            <InPages rows=rows all=count />
            <table class="slots">{rows.body(().into_any(), slot)}</table>
            <Pager rows=rows label="Pages of names" />
        }
    })
}

/// What stands in each row of the page, with the row's place.
fn shown(place: &Place) -> Vec<(usize, String)> {
    place
        .all("tr")
        .iter()
        .map(|row| {
            let index: usize = row.get_attribute("aria-rowindex").unwrap().parse().unwrap();
            (index - 2, row.text_content().unwrap())
        })
        .collect()
}

fn expect_right(place: &Place, names: RwSignal<Vec<String>>) {
    let rows = shown(place);
    assert!(
        rows.windows(2).all(|pair| pair[0].0 < pair[1].0),
        "{rows:?}"
    );
    names.with_untracked(|names| {
        for (row, text) in rows {
            assert_eq!(names[row], text, "row {row}");
        }
    });
}

#[wasm_bindgen_test]
async fn a_short_table_is_whole_and_a_long_one_is_a_window() {
    let names = RwSignal::new(numbered(0..200));
    let place = table(names, RwSignal::default());
    until("all are made", || shown(&place).len() == 200).await;
    expect_right(&place, names);
    assert!(place.find("input").is_none(), "nothing to choose");
    names.set(numbered(0..201));
    settle().await;
    let some = shown(&place).len();
    assert!(some < 100, "{some}");
    assert!(place.find("input").is_some());
    window().scroll_to_with_x_and_y(0.0, 2000.0);
    until("the window follows", || {
        shown(&place).iter().any(|(row, _)| *row == 100)
    })
    .await;
    expect_right(&place, names);
    names.set(numbered(0..50));
    settle().await;
    assert_eq!(shown(&place).len(), 50);
    names.set(vec![]);
    settle().await;
    assert!(shown(&place).is_empty());
}

/// By another size of the text or of the window.
#[wasm_bindgen_test]
async fn rows_that_have_grown_stand_below_each_other() {
    let names = RwSignal::new(numbered(0..1000));
    let place = table(names, RwSignal::default());
    let stands = |high: f64| {
        let body = place.find("tbody").unwrap().get_bounding_client_rect();
        let top = |row: &web_sys::Element| row.get_bounding_client_rect().top() - body.top();
        let rows = place.all("tr");
        rows.len() > 5
            && (body.height() - 1000.0 * high).abs() < 1.0
            && (0_u32..)
                .zip(&rows)
                .all(|(at, row)| (top(row) - f64::from(at) * high).abs() < 0.1)
    };
    until("20 pixels each", || stands(20.0)).await;
    let table = place.find("table").unwrap();
    for (tall, high) in [("30.5px", 30.5), ("18px", 18.0)] {
        table
            .set_attribute("style", &format!("--tall: {tall}"))
            .unwrap();
        until(tall, || stands(high)).await;
    }
}

/// Who types waits for what is in sight, not for the rest of a short table.
#[wasm_bindgen_test]
async fn an_answer_is_made_as_far_as_in_sight_and_then_to_its_end() {
    let (names, asked) = (RwSignal::new(numbered(0..4000)), RwSignal::default());
    let place = table(names, asked);
    settle().await;
    for (question, count) in [("n1", 150), ("n", 4000), ("n2", 190), ("n20", 8)] {
        let before = shown(&place).len();
        asked.set(question.to_owned());
        names.set(numbered(0..count));
        // What follows from it is done; nothing was painted yet.
        gloo_timers::future::TimeoutFuture::new(0).await;
        let some = shown(&place).len();
        assert!(some <= before.max(50), "{question}: {before}, {some}");
        assert!(some > 0, "{question}");
        expect_right(&place, names);
        if count <= 200 {
            until("all are made", || shown(&place).len() == count).await;
            expect_right(&place, names);
        }
    }
    // More that come without a question are made, too.
    names.set(numbered(0..180));
    until("all are made", || shown(&place).len() == 180).await;
    expect_right(&place, names);
    // One from the end goes to the beginning, with the focus.
    let last = place.button("n170");
    last.focus().unwrap();
    settle().await;
    let moved = [numbered(170..171), numbered(0..170), numbered(171..180)].concat();
    names.set(moved);
    settle().await;
    until("all are there", || shown(&place).len() == 180).await;
    expect_right(&place, names);
    assert_eq!(document().active_element().as_ref(), Some(last.as_ref()));
}

/// What comes in by and by costs no more than what is in sight of it, even while it is short.
#[wasm_bindgen_test]
async fn a_short_table_is_made_as_far_as_in_sight_until_all_of_it_is_there() {
    let (names, coming) = (RwSignal::new(vec![]), RwSignal::new(true));
    let place = table_of(names, RwSignal::default(), Some(coming));
    names.set(numbered(0..150));
    settle().await;
    assert!(!shown(&place).is_empty(), "some are there at once");
    until("those in sight are there", || shown(&place).len() > 5).await;
    let some = shown(&place).len();
    assert!(some < 100, "{some}");
    expect_right(&place, names);
    // A few that come in before the others.
    names.set([vec!["a".to_owned()], numbered(0..150)].concat());
    settle().await;
    assert!(shown(&place).len() < 100);
    expect_right(&place, names);
    // However long nothing comes.
    gloo_timers::future::TimeoutFuture::new(150).await;
    assert!(shown(&place).len() < 100);
    coming.set(false);
    until("all are made", || shown(&place).len() == 151).await;
    expect_right(&place, names);
    // Whoever leaps to its end finds all of it there.
    window().scroll_to_with_x_and_y(0.0, 2500.0);
    settle().await;
    assert_eq!(shown(&place).len(), 151);
}

/// Who has the focus keeps it, however far one scrolls away while others come in.
#[wasm_bindgen_test]
async fn a_row_that_was_made_stays_while_others_come_in() {
    let (names, coming) = (RwSignal::new(vec![]), RwSignal::new(true));
    let place = table_of(names, RwSignal::default(), Some(coming));
    names.set(numbered(0..150));
    until("more are made as one scrolls down", || {
        window().scroll_to_with_x_and_y(0.0, 1e5);
        shown(&place).len() > 40
    })
    .await;
    let button = place.all("tr button").pop().unwrap();
    let button: web_sys::HtmlElement = button.unchecked_into();
    let name = button.text_content().unwrap();
    button.focus().unwrap();
    window().scroll_to_with_x_and_y(0.0, 0.0);
    settle().await;
    names.set([vec!["a".to_owned()], numbered(0..150)].concat());
    settle().await;
    let focused = document().active_element().unwrap();
    assert_eq!(focused.text_content().unwrap(), name);
    expect_right(&place, names);
}

/// Whatever comes and goes at once, and wherever the page is scrolled to.
#[wasm_bindgen_test]
async fn each_row_shows_what_belongs_there() {
    let names = RwSignal::new(vec![]);
    let asked = RwSignal::new(String::new());
    let place = table(names, asked);
    let mut seed = 7_usize;
    let mut any = |below: usize| {
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        (seed >> 8) % below
    };
    for step in 0..60 {
        let (from, every) = (any(500), 1 + any(4));
        let to = from + any(4000);
        names.set(numbered((from..to).step_by(every)));
        if any(3) == 0 {
            asked.set(step.to_string());
        }
        if any(3) == 0 {
            #[allow(clippy::cast_precision_loss)]
            window().scroll_to_with_x_and_y(0.0, any(30_000) as f64);
        }
        if any(3) == 0
            && let Some(some) = place.all("button").first()
        {
            some.focus().unwrap();
        }
        settle().await;
        expect_right(&place, names);
    }
}

#[wasm_bindgen_test]
async fn the_row_with_the_focus_keeps_its_element_its_neighbours_and_its_place() {
    let names = RwSignal::new(numbered((0..4000).step_by(2)));
    let place = table(names, RwSignal::default());
    settle().await;
    let one = place.button("n20");
    one.focus().unwrap();
    settle().await;
    window().scroll_to_with_x_and_y(0.0, 20_000.0);
    until("far away", || {
        shown(&place).iter().any(|(row, _)| *row > 900)
    })
    .await;
    // At rest: while one leaps, others stay too.
    until("only its neighbours stay with it", || {
        let rows: Vec<usize> = shown(&place).into_iter().map(|(row, _)| row).collect();
        rows[..3] == [9, 10, 11] && rows[3] > 900
    })
    .await;
    window().scroll_to_with_x_and_y(0.0, 0.0);
    until("back again", || {
        shown(&place).iter().any(|(row, _)| *row == 0)
    })
    .await;
    let top = one.get_bounding_client_rect().top();
    names.set(numbered(0..4000));
    settle().await;
    expect_right(&place, names);
    assert_eq!(one.text_content().unwrap(), "n20");
    assert_eq!(document().active_element().as_ref(), Some(one.as_ref()));
    assert!((one.get_bounding_client_rect().top() - top).abs() < 1.0);
    // It is gone: nobody else takes its place under the focus unseen, and nothing is scrolled.
    names.set(numbered(2000..4000));
    settle().await;
    expect_right(&place, names);
}

#[wasm_bindgen_test]
async fn another_question_starts_at_the_top() {
    let names = RwSignal::new(numbered(0..4000));
    let asked = RwSignal::new(String::new());
    let place = table(names, asked);
    settle().await;
    window().scroll_to_with_x_and_y(0.0, 20_000.0);
    until("far away", || {
        shown(&place).iter().any(|(row, _)| *row > 900)
    })
    .await;
    asked.set("turned".to_owned());
    names.set(numbered((0..4000).rev()));
    settle().await;
    expect_right(&place, names);
    until("the first row", || {
        shown(&place).iter().any(|(row, _)| *row == 0)
    })
    .await;
    assert!(window().scroll_y().unwrap() < 300.0);
    // The same question again moves nothing.
    window().scroll_to_with_x_and_y(0.0, 20_000.0);
    until("far away", || {
        shown(&place).iter().any(|(row, _)| *row > 900)
    })
    .await;
    names.set(numbered((0..4100).rev()));
    settle().await;
    expect_right(&place, names);
    assert!(window().scroll_y().unwrap() > 20_000.0);
}

#[wasm_bindgen_test]
async fn in_pages() {
    let names = RwSignal::new(numbered(0..250));
    let place = table(names, RwSignal::default());
    settle().await;
    place.get("input").click();
    settle().await;
    assert_eq!(shown(&place).len(), 100);
    let status = || place.get("nav [role=status]").text_content().unwrap();
    assert_eq!(status(), "Page 1 of 3");
    place.button("Previous").click();
    settle().await;
    assert_eq!(status(), "Page 1 of 3");
    place.button("Next").click();
    place.button("Next").click();
    settle().await;
    assert_eq!(
        (status().as_str(), shown(&place).len()),
        ("Page 3 of 3", 50)
    );
    assert_eq!(shown(&place)[0], (200, "n200".to_owned()));
    assert_eq!(muster::browser::query_param("page").as_deref(), Some("3"));
    // The page goes with the row that has the focus.
    place.button("n230").focus().unwrap();
    settle().await;
    names.set(numbered(100..350));
    settle().await;
    assert_eq!(status(), "Page 2 of 3");
    assert_eq!(
        document().active_element().unwrap().text_content().unwrap(),
        "n230"
    );
    expect_right(&place, names);
    // A short list has no pages.
    names.set(numbered(0..90));
    settle().await;
    assert!(place.find("nav").is_none());
    assert_eq!(muster::browser::query_param("page"), None);
    names.set(numbered(0..250));
    settle().await;
    place.get("input").click();
    settle().await;
    assert!(place.find("nav").is_none());
}

#[wasm_bindgen_test]
async fn a_question_is_late_until_the_frame_after_the_latest_was_painted() {
    let asked = RwSignal::new("a".to_owned());
    let told = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&told);
    let _place = mount(move || {
        let question = Question::new(Memo::new(move |_| asked.get()));
        Effect::new(move |_| heard.borrow_mut().push(question.is_late()));
    });
    settle().await;
    assert_eq!(*told.borrow(), [false], "nothing else was asked for");
    asked.set("b".to_owned());
    until("it is answered", || told.borrow().len() >= 3).await;
    assert_eq!(*told.borrow(), [false, true, false]);
    // Typed and taken back at once: there is nothing to wait for.
    asked.set("c".to_owned());
    asked.set("b".to_owned());
    settle().await;
    assert_eq!(*told.borrow(), [false, true, false]);
    // Whoever types on waits for the answer to the latest.
    asked.set("c".to_owned());
    leptos::task::tick().await;
    asked.set("d".to_owned());
    until("that is answered too", || told.borrow().len() >= 5).await;
    assert_eq!(*told.borrow(), [false, true, false, true, false]);
}
