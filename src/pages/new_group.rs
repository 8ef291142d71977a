use group_api::{Field as GroupField, KeyKind, NewGroup, UndoneStep, propose_internal_name};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::fields::{GroupFields, GroupFieldset, focus_first_fault};
use super::groups::group_href;
use super::like::{Like, LikeNote, LikePeople};
use crate::browser;
use crate::components::{Alert, Check, Heading, Icon, Kind};
use crate::router::use_router;
use crate::session::Access;
use crate::store::{WriteError, use_store};

/// A new group.
#[component]
pub fn NewGroupPage() -> impl IntoView {
    let store = use_store();
    let connection = store.connection();
    let capabilities = store.capabilities();
    browser::set_title(&["New group", &connection.name]);
    let router = use_router();
    // Gone when the user has left the page meanwhile: then nobody is taken anywhere.
    let here = StoredValue::new(());
    let fields = GroupFields::new();
    let chooses_key = capabilities.key == KeyKind::ChosenName;
    let follows = RwSignal::new(chooses_key);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let me = store.me();
    let can_add_me = chooses_key && capabilities.add.is_yes();
    let add_me = RwSignal::new(can_add_me && me.is_some());
    let add_hint = me.as_ref().map_or_else(
        || "Off: this connection does not know your username.".to_owned(),
        |me| format!("As {me}. Without it the group begins with nobody in it."),
    );
    let on_edit = Callback::new(move |field| match field {
        GroupField::DisplayName if follows.get_untracked() => {
            fields
                .internal_name
                .set(propose_internal_name(&fields.display_name.get_untracked()));
            fields.mend(GroupField::InternalName);
        }
        // Emptied by hand it may be proposed again.
        GroupField::InternalName => {
            follows.set(fields.internal_name.with_untracked(String::is_empty))
        }
        _ => {}
    });
    let like = Like::of_address(store, fields, on_edit);
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        let new = NewGroup {
            display_name: fields.display_name.get_untracked().trim().to_owned(),
            internal_name: fields.internal_name.get_untracked().trim().to_owned(),
            description: fields.description.get_untracked().trim().to_owned(),
            photo: fields.photo.get_untracked().trim().to_owned(),
            add_admin: store.me().filter(|_| add_me.get_untracked()),
        };
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = store.create(&new).await;
            busy.try_set(false);
            match result {
                Ok(done) => {
                    let group = done.value;
                    let i_am_in = new.add_admin.clone().filter(|_| {
                        !done
                            .undone
                            .iter()
                            .any(|undone| undone.step == UndoneStep::AddAdmin)
                    });
                    if let Some(run) = like.and_then(|like| like.fill(&group, i_am_in.as_ref())) {
                        store.show_run(&group.key, run);
                    }
                    let mut notice = format!("“{}” was made.", group.display_name);
                    for undone in &done.undone {
                        let what = match undone.step {
                            UndoneStep::AddAdmin => {
                                "You were not made an admin of it; “Add members” tries that again."
                            }
                            UndoneStep::Describe => {
                                "Its description was not set; “Settings” has it to send again."
                            }
                            UndoneStep::ReadAgain => {
                                "It could not be read again, so what you see is what was sent."
                            }
                            UndoneStep::FieldAsSent(_) => {
                                "The server shows one of its fields otherwise than it was sent."
                            }
                        };
                        notice = format!("{notice} {what} {}", undone.why);
                    }
                    let half = done.undone.iter().find_map(|undone| match undone.step {
                        UndoneStep::AddAdmin => {
                            new.add_admin.as_ref().map(|me| ("add", me.to_string()))
                        }
                        UndoneStep::Describe => Some(("description", new.description.clone())),
                        _ => None,
                    });
                    store.say(Some(&group.key), notice);
                    let href = group_href(store, group.key.as_str());
                    let href = match half {
                        // What is left to do stands ready on the page where it is done.
                        Some(("add", me)) => format!("{href}?add={}", browser::encode(&me)),
                        Some((_, text)) => {
                            store.keep_description(&group.key, text);
                            format!("{href}/settings")
                        }
                        None => href,
                    };
                    if here.try_get_value().is_some() {
                        router.go(&href);
                    }
                }
                Err(WriteError::Fields(faults)) => {
                    fields.faults.try_set(faults);
                    request_animation_frame(focus_first_fault);
                }
                Err(WriteError::Api(error)) => {
                    failure.try_set(Some(error.to_string()));
                }
            }
        });
    };
    let cancel = connection.href("groups");
    view! {
        <main class="page" id="main">
            <nav class="crumbs" aria-label="Breadcrumb">
                <a href=cancel.clone()>"Groups"</a>
                " / New group"
            </nav>
            <div class="section">
                <header>
                    <Heading text="New group" />
                    <p>{capabilities.who_may_create}</p>
                    {like.map(|like| view! { <LikeNote like=like /> })}
                </header>
                <form
                    class="form"
                    aria-label="New group"
                    novalidate
                    on:submit=move |ev| {
                        ev.prevent_default();
                        send();
                    }
                >
                    {(connection.access == Access::LookOnly).then(|| view! { <LookOnlyNote /> })}
                    {move || {
                        failure
                            .get()
                            .map(|text| {
                                view! {
                                    <Alert kind=Kind::Bad into_view=true>
                                        <p>{text} " What you typed is kept."</p>
                                    </Alert>
                                }
                            })
                    }}
                    <GroupFieldset
                        fields=fields
                        backend=store.backend()
                        key_hint="Proposed from the display name. It becomes part of the group's address."
                        on_edit=on_edit
                    />
                    {can_add_me
                        .then(|| {
                            view! { <Check label="Add me as a group admin" checked=add_me disabled=me.is_none() hint=add_hint /> }
                        })}
                    {like.map(|like| view! { <LikePeople like=like /> })}
                    <div class="actions">
                        <button
                            class="btn btn-primary"
                            type="submit"
                            aria-busy=move || busy.get().then_some("true")
                            aria-disabled=move || busy.get().then_some("true")
                        >
                            {move || if busy.get() { "Creating…" } else { "Create group" }}
                        </button>
                        <a class="btn btn-quiet" href=cancel>
                            "Cancel"
                        </a>
                    </div>
                </form>
            </div>
        </main>
    }
}

/// Why nothing can be sent from here.
#[component]
pub fn LookOnlyNote() -> impl IntoView {
    view! {
        <div class="alert" role="note">
            <Icon name="info" />
            <p>"This connection only looks: nothing you send from here leaves the browser."</p>
        </div>
    }
}
