//! What the page Connect has besides, once more of the app is here: a warning of lines that others read, and what was typed
//! and not sent, the token never among it.

use leptos::prelude::*;

use super::connect::Form;
use crate::browser;
use crate::components::{Alert, Kind};
use crate::draft::FormDraft;
use crate::session::{Line, System, read_address, use_session};

const SYSTEM: &str = "system";
const SERVER: &str = "server";
const USER: &str = "user";
const NAME: &str = "name";
const REMEMBER: &str = "remember";
const LOOK_ONLY: &str = "look only";
const PHOTOS: &str = "photos";
const COLOR: &str = "color";
const YES: &str = "yes";

/// Warns before a token goes where others can read it, and keeps what is typed.
#[component]
pub fn ConnectMore(form: Form) -> impl IntoView {
    keep(form);
    let is_open = Memo::new(move |_| {
        let address = read_address(&form.server.get(), form.system.get());
        address.is_ok_and(|address| address.line == Line::Open)
    });
    move || {
        is_open.get().then(|| {
            view! {
                <Alert kind=Kind::Bad>
                    <p>
                        <strong>"This address is not encrypted. "</strong>
                        "Whoever is between this browser and the server can read your token and do with it what you can. Use its https address, if it has one."
                    </p>
                </Alert>
            }
        })
    }
}

/// Fills the form with what is kept, where nothing was typed by now, and keeps what is typed until a connection is made.
fn keep(form: Form) {
    let session = use_session();
    let draft = FormDraft::of_none("connect");
    let kept = StoredValue::new(draft.read());
    let find = move |name: &str| {
        kept.with_value(|kept| {
            kept.iter()
                .find(|(known, _)| known == name)
                .map(|(_, text)| text.clone())
        })
    };
    if browser::query_param("system").is_none()
        && let Some(system) = find(SYSTEM).and_then(|word| System::from_word(&word))
    {
        form.system.set(system);
    }
    let fill = move |text: RwSignal<String>, name| {
        if text.with_untracked(String::is_empty)
            && let Some(kept) = find(name)
        {
            text.set(kept);
        }
    };
    fill(form.user, USER);
    fill(form.name, NAME);
    // A link names another server, and what it fills in nobody has typed.
    let linked = browser::query_param("server").is_some();
    // A server that cannot be seen in a field is not brought back into it.
    let filled = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(config) = session.config()
            && !filled.get_untracked()
        {
            if config.add != Some(false) && !linked {
                fill(form.server, SERVER);
            }
            filled.set(true);
        }
    });
    let choices = [
        (REMEMBER, form.remember, true),
        (LOOK_ONLY, form.look_only, false),
        (PHOTOS, form.photos, false),
    ];
    for (name, choice, at_first) in choices {
        // What was chosen before this came is newer.
        if choice.get_untracked() == at_first
            && let Some(kept) = find(name)
        {
            choice.set(kept == YES);
        }
    }
    if let Some(color) = find(COLOR).and_then(|color| color.parse().ok()) {
        form.color.set(color);
    }
    Effect::new(move |_| {
        if form.made.get() {
            return draft.clear();
        }
        if !filled.get() {
            return;
        }
        let typed = [
            (
                SERVER,
                if linked {
                    String::new()
                } else {
                    form.server.get()
                },
            ),
            (USER, form.user.get()),
            (NAME, form.name.get()),
        ];
        let is_empty = typed.iter().all(|(_, text)| text.trim().is_empty());
        let chosen = choices
            .map(|(name, choice, _)| (name, if choice.get() { YES } else { "no" }.to_owned()));
        let rest = [
            (SYSTEM, form.system.get().label().to_owned()),
            (COLOR, form.color.get().to_string()),
        ];
        let texts = typed.into_iter().chain(chosen).chain(rest);
        draft.keep(texts.filter(|_| !is_empty));
    });
}
