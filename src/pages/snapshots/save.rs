//! Saves what is so now.

use std::rc::Rc;

use group_api::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::{Coverage, Everybody};

use super::list::file_name;
use super::{Page, Shelf};
use crate::browser;
use crate::components::{Alert, Dialog, Field, Kind, Radios};
use crate::draft::{FormDraft, keep_text};
use crate::export::{self, Form};
use crate::format;
use crate::kept;
use crate::pack;
use crate::request::Stop;

/// What can be wrong.
const NO_ROOM: &str = "This browser has no room for it, or does not let Muster keep anything. Save it as a file instead.";
const CHANGED: &str = "The groups were being read again meanwhile, so that this would be half of the one and half of the other. Nothing was saved: try again.";

/// Asks for a name, and where it is to be kept.
#[component]
pub(super) fn Save(page: Page) -> impl IntoView {
    let store = page.store;
    let note = RwSignal::new(String::new());
    keep_text(FormDraft::new(&store.connection().id, "snapshot"), note);
    let place = RwSignal::new(usize::from(page.shelf.get_untracked() == Shelf::None));
    let under = RwSignal::new(None::<(usize, usize)>);
    let fault = RwSignal::new(None::<&'static str>);
    let busy = Signal::derive(move || under.get().is_some());
    let stop = StoredValue::new_local(Stop::default());
    on_cleanup(move || {
        stop.try_with_value(Stop::stop);
    });
    let coverage = Memo::new(move |_| store.look(|directory| directory.coverage().clone()));
    let full = Memo::new(move |_| matches!(coverage.get(), Coverage::Full { unreadable: 0, .. }));
    let close = Callback::new(move |()| {
        note.set(String::new());
        page.saving.set(false);
    });
    let send = Callback::new(move |()| {
        if !full.get_untracked() {
            return;
        }
        let (note, place) = (note.get_untracked(), place.get_untracked());
        let stop = stop.with_value(Stop::part);
        fault.set(None);
        under.set(Some((0, 0)));
        spawn_local(async move {
            let done = |now: usize, all: usize| {
                under.try_set(Some((now, all)));
            };
            let result = save(page, note.trim(), place == 0, &done, &stop).await;
            if stop.is_stopped() {
                return;
            }
            under.try_set(None);
            match result {
                Ok(()) => close.run(()),
                Err(why) => fault.try_set(Some(why)),
            }
        });
    });
    let state = move || {
        match coverage.get() {
        Coverage::Full { read_at, unreadable: 0 } => {
            let groups = format::groups(store.look(muster_core::Directory::len));
            view! { <p class="quiet">{format!("{groups}, read at {}.", format::time_of_day(read_at))}</p> }.into_any()
        }
        Coverage::Full { unreadable, .. } => {
            let groups = format::groups(usize::try_from(unreadable).unwrap_or_default());
            let words = format!("{groups} could not be understood: a snapshot without them would show them as gone.");
            view! { <NotWhole page=page words=words /> }.into_any()
        }
        Coverage::None | Coverage::Loading => {
            view! { <p class="quiet" role="status">"Reading the groups: a snapshot needs all of them…"</p> }.into_any()
        }
        Coverage::BrokenOff(error) => {
            let why = if error == ApiError::Cancelled { "You stopped it.".to_owned() } else { error.to_string() };
            let words = format!("The list of groups was not read whole, and a snapshot needs all of them. {why}");
            view! { <NotWhole page=page words=words /> }.into_any()
        }
    }
    };
    view! {
        <Dialog title="Save a snapshot" on_submit=send on_close=close busy=busy>
            {state}
            <Field label="Name" value=note optional=true autofocus=true hint="For example: before the move to new teams." />
            <Radios
                legend="Where"
                options=vec![
                    ("In this browser".to_owned(), Some("Only here, until it is deleted or the connection is forgotten.".to_owned())),
                    ("As a file".to_owned(), Some("Names and addresses of people are in it: keep it where they may be.".to_owned())),
                ]
                chosen=place
            />
            <p class="quiet" role="status">
                {move || {
                    under
                        .get()
                        .filter(|(_, all)| *all > 0)
                        .map(|(now, all)| format!("Saving: {} of {}", format::number(now), format::number(all)))
                }}
            </p>
            {move || {
                fault
                    .get()
                    .map(|why| {
                        view! {
                            <Alert kind=Kind::Bad>
                                <p>{why}</p>
                            </Alert>
                        }
                    })
            }}
            <div class="actions">
                <button
                    class="btn"
                    type="button"
                    on:click=move |_| {
                        stop.with_value(Stop::stop);
                        close.run(());
                    }
                >
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit" disabled=move || busy.get() || !full.get()>
                    "Save"
                </button>
            </div>
        </Dialog>
    }
}

/// Not all groups are known.
#[component]
fn NotWhole(page: Page, words: String) -> impl IntoView {
    view! {
        <Alert kind=Kind::Bad>
            <p>{words}</p>
            <div class="actions">
                <button class="btn btn-small" type="button" on:click=move |_| page.store.load()>
                    "Try again"
                </button>
            </div>
        </Alert>
    }
}

/// Saves every group as it is known.
async fn save(
    page: Page,
    note: &str,
    here: bool,
    done: &dyn Fn(usize, usize),
    stop: &Stop,
) -> Result<(), &'static str> {
    let store = page.store;
    // While the list is read again by itself, what is known is part of it old and part of it new.
    store.fresh().settled().await;
    let state = || store.peek(|directory| (directory.coverage().clone(), directory.changes()));
    let before = state();
    let content = export::everything(store);
    let all = content.count();
    let mut about = export::about(store, export::list_read_at(store));
    note.clone_into(&mut about.note);
    let people = store.peek(|directory| Everybody::new(directory).len());
    let file = export::make(
        store,
        &about,
        &content,
        Form::Json,
        &|now| done(now, all),
        stop,
    )
    .await;
    if stop.is_stopped() {
        return Ok(());
    }
    let file = file.ok_or(NO_ROOM)?;
    if state() != before {
        return Err(CHANGED);
    }
    if !here {
        browser::hand_out(&file_name(&about), &file);
        return Ok(());
    }
    let file = pack::packed(&file).await.map_or(Rc::new(file), Rc::new);
    let id = store.connection().id;
    kept::put(&id, &about, all, people, &file)
        .await
        .map_err(|_| NO_ROOM)?;
    page.look().await;
    Ok(())
}
