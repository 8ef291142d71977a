//! Each component of the kit, in a real browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{focused_id, mount, press, settle, type_into, until};
use group_api::{ApiError, PersonKey};
use leptos::prelude::*;
use muster::components::{
    Alert, Avatar, AvatarOf, Check, Dialog, Doubts, Empty, Failed, Field, FieldKind, Heading, Key,
    Kind, Name, PeopleBox, Search, SortHeader, Sorted, marking, sentence, shown_name,
};
use muster_core::Direction;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlDialogElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_field_is_named_by_its_label_and_described_by_hint_and_fault() {
    let value = RwSignal::new("abc".to_owned());
    let fault = RwSignal::new(None::<String>);
    let edits = RwSignal::new(0);
    let place = mount(move || {
        view! {
            <Field label="Internal name" value=value kind=FieldKind::Name hint="Part of the address" error=fault on_edit=Callback::new(move |()| edits.update(|n| *n += 1)) />
        }
    });
    settle().await;
    let input = place.get("input");
    assert_eq!(
        place.get("label").get_attribute("for").as_deref(),
        Some(input.id().as_str())
    );
    assert_eq!(place.get("label").text_content().unwrap(), "Internal name");
    assert_eq!(input.unchecked_ref::<HtmlInputElement>().value(), "abc");
    let hint_id = input.get_attribute("aria-describedby").unwrap();
    assert_eq!(
        document()
            .get_element_by_id(&hint_id)
            .unwrap()
            .text_content()
            .unwrap(),
        "Part of the address"
    );
    assert_eq!(input.get_attribute("aria-invalid"), None);

    type_into(&input, "a b");
    settle().await;
    assert_eq!(
        (value.get_untracked().as_str(), edits.get_untracked()),
        ("a b", 1)
    );

    fault.set(Some("No spaces.".to_owned()));
    settle().await;
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
    let described: Vec<String> = input
        .get_attribute("aria-describedby")
        .unwrap()
        .split(' ')
        .map(|id| {
            document()
                .get_element_by_id(id)
                .unwrap()
                .text_content()
                .unwrap()
        })
        .collect();
    assert_eq!(described, ["Part of the address", "No spaces."]);
    assert_eq!(value.get_untracked(), "a b", "a fault takes nothing away");
}

#[wasm_bindgen_test]
async fn a_token_field_is_hidden_and_open_to_password_managers() {
    let value = RwSignal::new(String::new());
    let place = mount(move || view! { <Field label="Token" value=value kind=FieldKind::Token /> });
    settle().await;
    let input = place.get("input");
    assert_eq!(input.get_attribute("type").as_deref(), Some("password"));
    assert_eq!(
        input.get_attribute("autocomplete").as_deref(),
        Some("current-password")
    );
}

#[wasm_bindgen_test]
async fn a_check_is_named_by_its_label_alone() {
    let checked = RwSignal::new(false);
    let place = mount(
        move || view! { <Check label="Look only" checked=checked hint="Nothing can be changed." /> },
    );
    settle().await;
    let input = place.get("input");
    assert_eq!(place.get("label").text_content().unwrap(), "Look only");
    input.click();
    settle().await;
    assert!(checked.get_untracked());
    checked.set(false);
    settle().await;
    assert!(!input.unchecked_ref::<HtmlInputElement>().checked());
}

#[wasm_bindgen_test]
async fn a_search_answers_each_key_and_escape_clears_it() {
    let value = RwSignal::new(String::new());
    let place = mount(move || view! { <Search label="Search groups" value=value /> });
    settle().await;
    assert!(place.all("button").is_empty());
    let input = place.get("input");
    type_into(&input, "eu");
    settle().await;
    assert_eq!(value.get_untracked(), "eu");
    assert!(
        !press(&input, "Escape"),
        "the browser's own answer would clear it without a word to us"
    );
    settle().await;
    assert_eq!(value.get_untracked(), "");
    type_into(&input, "x");
    settle().await;
    place.button("Clear search").click();
    settle().await;
    assert_eq!(value.get_untracked(), "");
    assert_eq!(focused_id(), input.id());
}

#[wasm_bindgen_test]
async fn only_the_sorted_column_says_so_and_its_button_sorts() {
    let sorted = RwSignal::new(Sorted::No);
    let place = mount(move || {
        view! {
            <table>
                <thead>
                    <tr>
                        <SortHeader
                            label="People"
                            class="c-num"
                            sorted=sorted
                            on_sort=Callback::new(move |()| sorted.set(Sorted::By(Direction::Descending)))
                        />
                    </tr>
                </thead>
            </table>
        }
    });
    settle().await;
    assert_eq!(place.get("th").get_attribute("aria-sort"), None);
    place.button("People").click();
    settle().await;
    assert_eq!(
        place.get("th").get_attribute("aria-sort").as_deref(),
        Some("descending")
    );
}

#[wasm_bindgen_test]
async fn a_dialog_is_modal_asks_before_it_closes_and_gives_the_focus_back() {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let asked = RwSignal::new(0);
    let sent = RwSignal::new(0);
    let place = mount(move || {
        view! {
            <button id="opener" on:click=move |_| open.set(true)>
                "Open"
            </button>
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <Dialog
                                title="Delete Sales"
                                busy=busy
                                on_submit=Callback::new(move |()| sent.update(|n| *n += 1))
                                on_close=Callback::new(move |()| {
                                    asked.update(|n| *n += 1);
                                    open.set(false);
                                })
                            >
                                <button type="submit">"Go"</button>
                            </Dialog>
                        }
                    })
            }}
        }
    });
    settle().await;
    let opener = place.get("#opener");
    opener.focus().unwrap();
    opener.click();
    settle().await;
    let dialog: HtmlDialogElement = place.get("dialog").unchecked_into();
    assert!(dialog.open());
    assert!(place.find("dialog:modal").is_some());
    let title = dialog.get_attribute("aria-labelledby").unwrap();
    assert_eq!(
        document()
            .get_element_by_id(&title)
            .unwrap()
            .text_content()
            .unwrap(),
        "Delete Sales"
    );

    busy.set(true);
    settle().await;
    let cancel = || {
        let init = web_sys::EventInit::new();
        init.set_cancelable(true);
        dialog
            .dispatch_event(&web_sys::Event::new_with_event_init_dict("cancel", &init).unwrap())
            .unwrap()
    };
    assert!(!cancel(), "Escape may not close it by itself");
    place.button("Go").click();
    settle().await;
    assert_eq!(
        (asked.get_untracked(), sent.get_untracked()),
        (0, 0),
        "nothing while a request runs"
    );
    dialog.close();
    settle().await;
    until("a busy dialog opens again", || dialog.open()).await;

    busy.set(false);
    settle().await;
    place.button("Go").click();
    settle().await;
    assert_eq!(sent.get_untracked(), 1);
    cancel();
    settle().await;
    assert_eq!(asked.get_untracked(), 1);
    assert!(place.find("dialog").is_none());
    assert_eq!(focused_id(), "opener");
}

#[wasm_bindgen_test]
async fn enter_makes_a_chip_and_never_sends() {
    let chosen = RwSignal::new(Vec::<PersonKey>::new());
    let typed = RwSignal::new(String::new());
    let sent = RwSignal::new(0);
    let key = |name: &str| PersonKey::new(name).unwrap();
    let place = mount(move || {
        let known = StoredValue::new(vec![
            (key("alice"), "alice".to_owned()),
            (key("alan"), "alan".to_owned()),
        ]);
        let members = StoredValue::new(vec![key("alan")]);
        view! {
            <form on:submit=move |ev| {
                ev.prevent_default();
                sent.update(|n| *n += 1);
            }>
                <PeopleBox label="People" chosen=chosen typed=typed known=known members=members error=Signal::derive(|| None) />
            </form>
        }
    });
    settle().await;
    let input = place.get("[role=combobox]");
    assert_eq!(
        input.get_attribute("aria-expanded").as_deref(),
        Some("false")
    );
    type_into(&input, "al");
    settle().await;
    assert_eq!(
        input.get_attribute("aria-expanded").as_deref(),
        Some("true")
    );
    let options = place.texts("[role=option]");
    assert_eq!(options.len(), 3, "{options:?}");
    let in_already = place
        .all("[role=option]")
        .into_iter()
        .find(|o| o.text_content().unwrap().contains("alan"))
        .unwrap();
    assert_eq!(
        in_already.get_attribute("aria-disabled").as_deref(),
        Some("true")
    );

    // The arrows move the mark and leave the focus in the field.
    let alice = options
        .iter()
        .position(|text| text.contains("alice"))
        .unwrap();
    for _ in 0..=alice {
        press(&input, "ArrowDown");
    }
    settle().await;
    let active = input.get_attribute("aria-activedescendant").unwrap();
    assert_eq!(
        document()
            .get_element_by_id(&active)
            .unwrap()
            .get_attribute("aria-selected")
            .as_deref(),
        Some("true")
    );
    assert!(!press(&input, "Enter"));
    settle().await;
    assert_eq!(chosen.get_untracked(), [key("alice")]);
    assert_eq!(typed.get_untracked(), "");

    type_into(&input, "new.person");
    settle().await;
    press(&input, "Enter");
    settle().await;
    assert_eq!(chosen.get_untracked(), [key("alice"), key("new.person")]);
    place.button("Take out alice").click();
    settle().await;
    assert_eq!(chosen.get_untracked(), [key("new.person")]);
    assert_eq!(sent.get_untracked(), 0);
}

#[wasm_bindgen_test]
async fn escape_closes_the_suggestions_then_clears_then_is_left_to_the_dialog() {
    let chosen = RwSignal::new(Vec::<PersonKey>::new());
    let typed = RwSignal::new(String::new());
    let place = mount(move || {
        let known = StoredValue::new(vec![(PersonKey::new("alice").unwrap(), "alice".to_owned())]);
        let members = StoredValue::new(vec![]);
        view! { <PeopleBox label="People" chosen=chosen typed=typed known=known members=members error=Signal::derive(|| None) /> }
    });
    settle().await;
    let input = place.get("[role=combobox]");
    type_into(&input, "ali");
    settle().await;
    assert!(!press(&input, "Escape"));
    settle().await;
    assert_eq!(
        (
            input.get_attribute("aria-expanded").as_deref(),
            typed.get_untracked().as_str()
        ),
        (Some("false"), "ali")
    );
    assert!(!press(&input, "Escape"));
    settle().await;
    assert_eq!(typed.get_untracked(), "");
    assert!(press(&input, "Escape"), "the third is the dialog's");
}

#[wasm_bindgen_test]
async fn a_photo_is_loaded_over_https_alone() {
    for (photo, loads) in [
        (Some("https://photo.invalid/x.jpg"), true),
        (Some("HTTPS://photo.invalid/x.jpg"), true),
        (Some("http://photo.invalid/x.jpg"), false),
        (Some("javascript:alert(1)"), false),
        (Some("data:image/svg+xml,<svg/>"), false),
        (Some("é"), false),
        (None, false),
    ] {
        let place = mount(move || {
            view! { <Avatar of=AvatarOf::Group name="Sales Team".to_owned() key="sales".to_owned() photo=photo.map(str::to_owned) /> }
        });
        // No await in between: a photo that fails to load, as these do, makes way for the initials.
        assert_eq!(place.find("img").is_some(), loads, "{photo:?}");
        if let Some(image) = place.find("img") {
            assert_eq!(
                image.get_attribute("referrerpolicy").as_deref(),
                Some("no-referrer")
            );
        } else {
            assert_eq!(place.text(), "ST");
        }
    }
}

/// As in a row that is filled with another group.
#[wasm_bindgen_test]
async fn an_avatar_and_a_key_that_follow_what_they_stand_for_stay_the_same_elements() {
    let name = RwSignal::new("Sales Team".to_owned());
    let place = mount(move || {
        move || {
            let name = name.get();
            let photo = name
                .starts_with('P')
                .then(|| "https://photo.invalid/x.jpg".to_owned());
            view! {
                <Avatar of=AvatarOf::Group name=name.clone() key=name.clone() photo=photo />
                <Key key=name />
            }
        }
    });
    settle().await;
    let initials = || place.get(".avatar").text_content().unwrap();
    let (avatar, code, button) = (place.get(".avatar"), place.get("code"), place.get("button"));
    assert_eq!(initials(), "ST");
    name.set("Movie Night".to_owned());
    settle().await;
    assert_eq!(initials(), "MN");
    assert_eq!(code.text_content().unwrap(), "Movie Night");
    assert_eq!(
        button.get_attribute("aria-label").unwrap(),
        "Copy Movie Night"
    );
    name.set("Photo".to_owned());
    settle().await;
    until("a photo that fails makes way", || initials() == "PH").await;
    name.set("Sales Team".to_owned());
    settle().await;
    assert_eq!(initials(), "ST");
    assert!(avatar.is_connected() && code.is_connected() && button.is_connected());
}

#[wasm_bindgen_test]
async fn a_key_stands_whole_with_a_button_that_copies_it() {
    let key = "a_key_that_is_rather_long_and_stands_here_whole_all_the_same".to_owned();
    let shown = key.clone();
    let place = mount(move || view! { <Key key=shown /> });
    settle().await;
    assert_eq!(place.get("code").text_content().unwrap(), key);
    assert_eq!(
        place.get("button").get_attribute("aria-label").unwrap(),
        format!("Copy {key}")
    );
}

#[wasm_bindgen_test]
async fn failed_and_empty_do_not_look_alike() {
    let tries = RwSignal::new(0);
    let failed = mount(move || {
        view! {
            <Failed
                title="The groups could not be read"
                error=ApiError::NoConnection
                on_again=Callback::new(move |()| tries.update(|n| *n += 1))
            />
        }
    });
    let empty =
        mount(|| view! { <Empty title="No groups yet"><p>"Make the first one."</p></Empty> });
    settle().await;
    assert!(failed.find("[role=alert]").is_some());
    assert!(failed.text().contains(&ApiError::NoConnection.to_string()));
    failed.button("Try again").click();
    assert_eq!(tries.get_untracked(), 1);
    assert!(empty.find("[role=alert]").is_none());
    assert!(empty.find("[role=status]").is_some());
}

#[wasm_bindgen_test]
async fn an_alert_is_spoken_as_what_it_is() {
    for (kind, role) in [
        (Kind::Bad, "alert"),
        (Kind::Note, "note"),
        (Kind::Done, "status"),
    ] {
        let place = mount(move || view! { <Alert kind=kind><p>"Words"</p></Alert> });
        settle().await;
        assert!(place.find(&format!("[role={role}]")).is_some(), "{role}");
    }
}

#[wasm_bindgen_test]
async fn a_later_heading_takes_the_focus() {
    let first = mount(|| view! { <Heading text="One" /> });
    settle().await;
    drop(first);
    let second = mount(|| view! { <Heading text="Two" /> });
    settle().await;
    let focused = document().active_element().unwrap();
    assert_eq!(
        focused.text_content().as_deref(),
        Some("Two"),
        "{}",
        second.text()
    );
}

#[wasm_bindgen_test]
async fn a_plain_name_is_a_text_and_nothing_more() {
    for name in ["Sales", "Équipe Île-de-France", "Zoë O’Brien"] {
        let place = mount(move || view! { <strong><Name text=name /></strong> });
        settle().await;
        let inside = place.get("strong").child_nodes();
        assert_eq!(inside.length(), 1, "{name}");
        assert_eq!(inside.get(0).unwrap().node_type(), web_sys::Node::TEXT_NODE);
        assert_eq!(place.text(), name);
    }
}

#[wasm_bindgen_test]
async fn what_deceives_in_a_name_is_marked_and_read_out() {
    let place = mount(|| {
        view! {
            <p>"Before " <Name text="Sa\u{202e}l\u{430}s" /> " after"</p>
        }
    });
    settle().await;
    assert_eq!(place.text(), "Before SaU+202El\u{430}s after");
    let (unseen, foreign) = (place.get("bdi > .unseen"), place.get("bdi > .foreign"));
    for (mark, label) in [
        (&unseen, "U+202E right-to-left override"),
        (&foreign, "Cyrillic \u{430}"),
    ] {
        assert_eq!(mark.get_attribute("role").as_deref(), Some("img"));
        assert_eq!(mark.get_attribute("aria-label").as_deref(), Some(label));
    }
    assert_eq!(foreign.text_content().as_deref(), Some("\u{430}"));

    // Ordinary in its script: it stands by itself, and nothing in it is marked.
    let place = mount(|| view! { <Name text="שלום" /> });
    settle().await;
    assert_eq!(place.get("bdi").text_content().as_deref(), Some("שלום"));
    assert!(place.all("bdi > *").is_empty());
}

#[wasm_bindgen_test]
async fn a_name_that_changes_is_marked_anew() {
    let name = RwSignal::new("Sales".to_owned());
    let search = RwSignal::new("ale".to_owned());
    let place = mount(move || {
        let found = marking(search);
        view! { <p>{move || shown_name(name.get(), Some(found))}</p> }
    });
    settle().await;
    let text = place.get("p").first_child().unwrap();
    name.set("Sale".to_owned());
    settle().await;
    assert!(
        place
            .get("p")
            .first_child()
            .unwrap()
            .is_same_node(Some(&text))
    );
    name.set("S\u{430}le".to_owned());
    settle().await;
    assert_eq!(place.texts(".foreign"), ["\u{430}"]);
    name.set("Sales".to_owned());
    settle().await;
    assert!(place.all("bdi").is_empty());
    assert_eq!(place.text(), "Sales");
}

#[wasm_bindgen_test]
async fn a_sentence_shows_each_name_in_it_marked() {
    let names = [
        "a\u{200b}".to_owned(),
        "a\u{200b}b".to_owned(),
        "plain".to_owned(),
    ];
    let text = "Hand “a\u{200b}b” to a\u{200b}, not plain?";
    let place = mount(move || view! { <p>{sentence(text, &names)}</p> });
    settle().await;
    assert_eq!(place.texts("bdi"), ["aU+200Bb", "aU+200B"]);
    assert_eq!(place.text(), "Hand “aU+200Bb” to aU+200B, not plain?");
}

#[wasm_bindgen_test]
async fn doubts_are_said_once_for_each_name_that_has_some() {
    let place = mount(|| view! { <Doubts names=vec!["Sales".to_owned()] /> });
    settle().await;
    assert_eq!(place.text(), "");
    let place = mount(|| view! { <Doubts names=vec!["Sa\u{ad}les".to_owned()] /> });
    settle().await;
    assert_eq!(
        place.text(),
        "This name holds characters that cannot be seen (U+00AD soft hyphen)."
    );
    let place = mount(|| {
        let names = (0..8).map(|n| format!("{n}\u{ad}"));
        view! { <Doubts names=names.chain(["0\u{ad}".to_owned(), "Sales".to_owned()]).collect() /> }
    });
    settle().await;
    assert_eq!(place.all("p").len(), 6);
    assert!(place.text().starts_with("0U+00AD: this name holds"));
    assert!(place.text().ends_with("The same holds of 3 more."));
}

#[wasm_bindgen_test]
async fn no_text_of_the_page_turns_directions() {
    leptos::show_texts_by(group_api::visible);
    let place = mount(|| {
        let label = format!("Remove {}", "a\u{202e}b");
        view! {
            <button aria-label=label.clone() title=label data-raw="a\u{202e}b">
                {format!("Remove {}", "a\u{202e}b")}
            </button>
        }
    });
    settle().await;
    let button = place.button("Remove a[U+202E]b");
    assert_eq!(button.text_content().unwrap().trim(), "Remove a[U+202E]b");
    assert_eq!(
        button.get_attribute("title").as_deref(),
        Some("Remove a[U+202E]b")
    );
    assert_eq!(
        button.get_attribute("data-raw").as_deref(),
        Some("a\u{202e}b"),
        "what nobody reads stays"
    );
}
