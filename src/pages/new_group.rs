use group_api::{Field as GroupField, KeyKind, NewGroup, UndoneStep, propose_internal_name};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::fields::{GroupFields, GroupFieldset, focus_first_fault, label};
use super::group::keep_description;
use super::groups::group_href;
use super::like::{Like, LikeNote, LikePeople};
use crate::browser;
use crate::components::{Alert, Check, Heading, Icon, Kind};
use crate::draft::FormDraft;
use crate::router::use_router;
use crate::session::{Access, ConnectionId};
use crate::store::{WriteError, use_store};

/// Beside the fields, in what is kept of what was typed.
const ADD_ME: &str = "Add me";
const YES: &str = "yes";

/// Where what was typed of a new group is kept; of one like another apart.
fn draft_of(connection: &ConnectionId) -> FormDraft {
    let like = browser::query_param("like").unwrap_or_default();
    FormDraft::new(connection, &format!("new-group/{like}"))
}

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
    // What was typed comes before what is taken from another group, which leaves it as it is.
    let draft = draft_of(&connection.id);
    let kept = draft.read();
    let was_kept = RwSignal::new(!kept.is_empty());
    let all = capabilities.fields;
    for (name, text) in kept {
        match all.iter().find(|field| label(**field) == name) {
            Some(field) => fields.of(*field).set(text),
            None => add_me.set(can_add_me && text == YES),
        }
    }
    // A name that is not the one that would be proposed was typed by hand.
    follows.set(
        chooses_key
            && fields.internal_name.with_untracked(|name| {
                name.is_empty()
                    || *name == propose_internal_name(&fields.display_name.get_untracked())
            }),
    );
    let like = Like::of_address(store, fields, on_edit);
    let (keeping, draft) = (draft.clone(), StoredValue::new(draft));
    Effect::new(move |_| {
        let texts: Vec<String> = all.iter().map(|field| fields.of(*field).get()).collect();
        let wants = if add_me.get() { YES } else { "no" };
        // What was only taken from another group is there again anyway.
        let is_taken = like.is_some_and(|like| like.is_as_put(fields));
        if is_taken || texts.iter().all(String::is_empty) {
            return keeping.clear();
        }
        let named = all.iter().map(|field| label(*field)).zip(texts);
        keeping.keep(named.chain([(ADD_ME, wants.to_owned())]));
    });
    let start_anew = Callback::new(move |()| {
        for field in all {
            fields.of(*field).set(String::new());
        }
        fields.faults.set(Vec::new());
        follows.set(chooses_key);
        was_kept.set(false);
        if let Some(like) = like {
            like.put(fields);
        }
    });
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
        let sent = draft.get_value();
        spawn_local(async move {
            let result = store.create(&new).await;
            busy.try_set(false);
            match result {
                Ok(done) => {
                    sent.clear();
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
                            keep_description(store, &group, text);
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
                    {move || was_kept.get().then(|| view! { <WasKept on_anew=start_anew /> })}
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
                        <a class="btn btn-quiet" href=cancel on:click=move |_| draft.with_value(FormDraft::clear)>
                            "Cancel"
                        </a>
                    </div>
                </form>
            </div>
        </main>
    }
}

/// What stands in the form was typed before.
#[component]
fn WasKept(on_anew: Callback<()>) -> impl IntoView {
    view! {
        <Alert kind=Kind::Note>
            <p>"What you typed here before was kept. No group has been made of it."</p>
            <div class="actions">
                <button class="btn btn-small" type="button" on:click=move |_| on_anew.run(())>
                    "Start anew"
                </button>
            </div>
        </Alert>
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
