use std::sync::Arc;

use group_api::{ApiError, Done, FieldFault, Group, GroupEdit, GroupKey, UndoneStep};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::GroupPage;
use super::editing::{Editing, Typed, saved_as};
use crate::browser;
use crate::components::{Alert, Kind, unique_id};
use crate::format;
use crate::pages::fields::{GroupFieldset, focus_first_fault, label};
use crate::pages::groups::group_href;
use crate::request::Stop;
use crate::router::use_router;
use crate::session::use_session;
use crate::store::{Store, WriteError};

/// Why nothing, or not all, was saved.
#[derive(Clone, Debug, PartialEq)]
enum Failure {
    /// The group could not be read just before, so nothing was sent.
    NotRead(ApiError),
    /// The read just before shows that somebody changed the same fields.
    Clash,
    /// What the sending came to.
    NotSaved(ApiError),
}

/// What came of pressing "Save changes".
enum Outcome {
    AlreadySo,
    Saved(Box<Done<Arc<Group>>>, GroupEdit),
    Faults(Vec<FieldFault>),
    Failed(Failure),
}

/// Reads the group, and sends what differs from what it shows now if nothing clashes. It asks nothing of the page, which may be
/// left meanwhile.
async fn save(store: Store, key: &GroupKey, mut typed: Typed) -> Outcome {
    // What somebody else saved meanwhile is shown and not overwritten. Between this read and the write is a gap that no
    // call of either system closes.
    let group = match store.read(key, &Stop::default()).await {
        Ok(group) => group,
        Err(error) => return Outcome::Failed(Failure::NotRead(error)),
    };
    typed.learn(&group);
    if typed.clashes() {
        return Outcome::Failed(Failure::Clash);
    }
    let edit = typed.edit();
    if edit.is_empty() {
        return Outcome::AlreadySo;
    }
    match store.update(&group, &edit).await {
        Ok(done) => Outcome::Saved(Box::new(done), edit),
        Err(WriteError::Fields(faults)) => Outcome::Faults(faults),
        Err(WriteError::Api(error)) => Outcome::Failed(Failure::NotSaved(error)),
    }
}

/// The words after a save: when, and what is not as it was sent.
fn saved_words(done: &Done<Arc<Group>>) -> String {
    let mut words = format!("Saved {}", format::time_of_day(browser::now()));
    for undone in &done.undone {
        words = match undone.step {
            UndoneStep::FieldAsSent(field) => format!(
                "{words}, but the server shows “{}” otherwise than it was sent",
                label(field)
            ),
            _ => format!("{words}; it could not be read again: {}", undone.why),
        };
    }
    words
}

/// The group's fields, with what was typed and not saved.
#[component]
pub(super) fn Details(page: GroupPage) -> impl IntoView {
    let store = page.store;
    let backend = store.backend();
    let router = use_router();
    let editing = Editing::new(backend.capabilities().fields);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let said = RwSignal::new(None::<String>);
    let was_kept = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(group) = page.group.get() else {
            return;
        };
        if editing.is_filled() {
            // Another group has another form.
            if editing.is_of(&group.key) {
                editing.learn(&group, true);
            }
        } else {
            was_kept.set(editing.fill(store, &group));
            editing.learn(&group, false);
        }
    });
    let touched = Memo::new(move |_| !editing.edit().is_empty());
    let connection = store.connection().id;
    Effect::new(move |_| {
        // The key of a group that was renamed here follows a moment later.
        let key = page
            .group
            .with(|group| group.as_ref().map(|group| group.key.clone()));
        if let Some(key) = key.filter(|key| editing.is_of(key)) {
            editing.keep(&connection, &key);
        }
    });
    // A question that was answered, or that answered itself, is no failure any more.
    Effect::new(move |_| {
        let waits = editing.fields.theirs.with(|theirs| !theirs.is_empty());
        if !waits && failure.get_untracked() == Some(Failure::Clash) {
            failure.set(None);
        }
    });
    let send = move || {
        let Some(group) = page.group.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        if editing.clashes() {
            failure.set(Some(Failure::Clash));
            focus_first_fault();
            return;
        }
        if !touched.get_untracked() {
            said.set(Some("Nothing was changed, so nothing was sent.".to_owned()));
            return;
        }
        busy.set(true);
        failure.set(None);
        said.set(None);
        let typed = editing.typed();
        spawn_local(async move {
            let outcome = save(store, &group.key, typed).await;
            if let Outcome::Saved(done, _) = &outcome {
                saved_as(store, &group.key, &done.value.key);
            }
            if !editing.is_there() {
                return;
            }
            busy.set(false);
            match outcome {
                Outcome::AlreadySo => {
                    said.try_set(Some(
                        "The server shows this already, so nothing was sent.".to_owned(),
                    ));
                }
                Outcome::Saved(done, sent) => {
                    was_kept.try_set(false);
                    let words = saved_words(&done);
                    editing.saved(&sent, &done.value);
                    said.try_set(Some(words.clone()));
                    if done.value.key != group.key {
                        page.renamed.set_value(Some(done.value.key.clone()));
                        store.say(
                            Some(&done.value.key),
                            format!("{words}. The page lives at its new address now."),
                        );
                        let href =
                            format!("{}/settings", group_href(store, done.value.key.as_str()));
                        if page.is_on(&group.key) {
                            router.replace(&href);
                        }
                    }
                }
                Outcome::Faults(faults) => {
                    editing.fields.faults.try_set(faults);
                    request_animation_frame(focus_first_fault);
                }
                Outcome::Failed(why) => {
                    // Whether it is gone is for the page to find out.
                    if matches!(
                        why,
                        Failure::NotRead(ApiError::Refused(_) | ApiError::NotFound(_))
                    ) && page.is_on(&group.key)
                    {
                        page.read();
                    }
                    let clashes = why == Failure::Clash;
                    if clashes && let Some(now) = page.group.get_untracked() {
                        editing.learn(&now, true);
                    }
                    failure.try_set(Some(why));
                    if clashes {
                        request_animation_frame(focus_first_fault);
                    }
                }
            }
        });
    };
    let give_up = move |_| {
        editing.give_up();
        was_kept.set(false);
        failure.set(None);
        said.set(Some("What you typed was thrown away.".to_owned()));
    };
    let id = unique_id("details");
    let heading_id = id.clone();
    view! {
        <section class="section" aria-labelledby=id.clone()>
            <header>
                <h2 id=heading_id>"Details"</h2>
                <p>{backend.capabilities().who_may_change}</p>
            </header>
            <form
                class="form"
                aria-label="Details"
                novalidate
                on:submit=move |ev| {
                    ev.prevent_default();
                    send();
                }
            >
                {move || failure.get().map(|why| view! { <WhyNotSaved store=store why=why /> })}
                {move || {
                    (was_kept.get() && touched.get())
                        .then(|| {
                            view! {
                                <Alert kind=Kind::Note>
                                    <p>"What you typed here before was kept. It has not been saved."</p>
                                </Alert>
                            }
                        })
                }}
                <GroupFieldset
                    fields=editing.fields
                    backend=backend
                    key_hint="Changing this changes the group's address; links to it stop working."
                    on_edit=Callback::new(move |_| said.set(None))
                    on_settle=Callback::new(move |(field, choice)| editing.settle(field, choice))
                />
                <div class="actions">
                    <button
                        class="btn btn-primary"
                        type="submit"
                        disabled=!page.may_write()
                        aria-busy=move || busy.get().then_some("true")
                        aria-disabled=move || busy.get().then_some("true")
                    >
                        {move || if busy.get() { "Saving…" } else { "Save changes" }}
                    </button>
                    {move || {
                        (touched.get() && !busy.get())
                            .then(|| {
                                view! {
                                    <button class="btn btn-quiet" type="button" on:click=give_up>
                                        "Throw away"
                                    </button>
                                }
                            })
                    }}
                    <span class="count" role="status">
                        {move || said.get()}
                    </span>
                </div>
            </form>
        </section>
    }
}

#[component]
fn WhyNotSaved(store: Store, why: Failure) -> impl IntoView {
    let session = use_session();
    let connection = store.connection().id;
    let (words, error) = match why {
        Failure::Clash => (
            "Nothing was saved yet: somebody changed the same. Choose below what is to stand, then save again.".to_owned(),
            None,
        ),
        Failure::NotRead(error) => (
            format!("Nothing was sent, for the group could not be read just before: {error} What you typed is kept."),
            Some(error),
        ),
        Failure::NotSaved(error) => (format!("{error} What you typed is kept."), Some(error)),
    };
    let may_be_token = matches!(
        error,
        Some(ApiError::Refused(_) | ApiError::NotPermitted(_))
    );
    view! {
        <Alert kind=Kind::Bad into_view=true>
            <p>{words}</p>
            {may_be_token
                .then(|| {
                    view! {
                        <div class="actions">
                            <button class="btn btn-small" type="button" on:click=move |_| session.ask_again(&connection)>
                                "Connect again"
                            </button>
                        </div>
                    }
                })}
        </Alert>
    }
}
