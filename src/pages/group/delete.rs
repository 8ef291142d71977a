use std::sync::Arc;

use group_api::{Group, KeyKind, is_plain, visible};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::Coverage;

use super::GroupPage;
use super::editing::forget;
use crate::components::{Alert, Dialog, Doubts, Field, FieldKind, Key, Kind};
use crate::format;
use crate::router::use_router;

/// What has to be typed to delete a group: the internal name; where names are not keys the name,
/// with the id behind it if another group is called the same.
fn key_to_type(page: GroupPage, group: &Group) -> String {
    match page.store.capabilities().key {
        KeyKind::ChosenName => group.key.to_string(),
        KeyKind::GivenId
            // Unless the whole list is known, another group may have the name.
            if page.store.peek(|directory| {
                !matches!(directory.coverage(), Coverage::Full { .. })
                    || directory.shares_its_name(group)
            }) =>
        {
            format!("{} #{}", group.display_name, group.key)
        }
        KeyKind::GivenId => group.display_name.clone(),
    }
}

/// Whether what was typed is the key, as it is or as it is shown. A field takes no line ends, and nobody sees the spaces
/// around it.
fn is_typed(typed: &str, key: &str) -> bool {
    let bare = |text: &str| text.trim().replace(['\r', '\n'], "");
    let shown = visible(key);
    bare(typed) == bare(key) || shown.is_some_and(|shown| bare(typed) == bare(&shown))
}

/// Deletes the group, after its key was typed.
#[component]
pub(super) fn DeleteGroup(
    page: GroupPage,
    group: Arc<Group>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let store = page.store;
    let router = use_router();
    let key = key_to_type(page, &group);
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let capabilities = store.capabilities();
    let loss = match group.members.listed() {
        Some([]) => "Nobody is in it.".to_owned(),
        Some(members) => {
            let lead = capabilities.lead();
            let leads = members
                .iter()
                .filter(|m| lead.is_some_and(|lead| m.roles.contains(&lead.role)))
                .count();
            let label = lead
                .map_or(
                    "admins",
                    |lead| if leads == 1 { lead.label } else { lead.plural },
                )
                .to_ascii_lowercase();
            let verb = if members.len() == 1 { "loses" } else { "lose" };
            format!(
                "{} {verb} it, {} of them {label}.",
                format::people(members.len()),
                format::number(leads)
            )
        }
        None => {
            "How many people lose it is not known: the server does not say who is in it.".to_owned()
        }
    };
    let wanted = StoredValue::new(key.clone());
    let matches = Memo::new(move |_| wanted.with_value(|key| is_typed(&typed.get(), key)));
    let names = vec![group.display_name.clone()];
    // What cannot be typed can be copied, and what is seen in its place can be typed.
    let odd_key =
        (!is_plain(&key)).then(|| view! { <p>"To be typed: " <Key key=key.clone() /></p> });
    let target = StoredValue::new((group.key.clone(), group.display_name.clone()));
    let send = Callback::new(move |()| {
        if !matches.get_untracked() {
            fault.set(Some(wanted.with_value(|key| {
                format!("Type {key}, just as it stands above.")
            })));
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let (key, name) = target.get_value();
            let result = store.delete(&key).await;
            busy.try_set(false);
            match result {
                Ok(done) => {
                    let doubt = done
                        .undone
                        .first()
                        .map(|undone| format!(" A look afterwards failed: {}", undone.why));
                    let capabilities = store.capabilities();
                    let again =
                        capabilities.add.is_yes() && capabilities.key == KeyKind::ChosenName;
                    let again = if again {
                        " Activity can make it again, with its people."
                    } else {
                        ""
                    };
                    let notice =
                        format!("“{name}” was deleted.{again}{}", doubt.unwrap_or_default());
                    store.say(None, notice);
                    forget(store, &key);
                    let href = store.connection().href("groups");
                    if page.is_on(&key) {
                        router.go(&href);
                    }
                }
                Err(error) => {
                    failure.try_set(Some(error.to_string()));
                }
            }
        });
    });
    view! {
        <Dialog
            title=format!("Delete {}", group.display_name)
            names=names.clone()
            busy=busy
            on_submit=send
            on_close=Callback::new(move |()| open.set(false))
        >
            <Doubts names=names />
            <ul class="facts">
                <li>{loss}</li>
                <li>"What it opens elsewhere, Muster cannot see."</li>
                <li>"It cannot be brought back from here."</li>
            </ul>
            {move || failure.get().map(|text| view! { <Alert kind=Kind::Bad><p>{text}</p></Alert> })}
            {odd_key}
            <Field
                label=format!("Type {key} to confirm")
                value=typed
                kind=FieldKind::Name
                error=fault
                on_edit=Callback::new(move |()| fault.set(None))
            />
            <div class="actions">
                <button class="btn" type="button" autofocus disabled=busy on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    class="btn btn-lose"
                    type="submit"
                    aria-busy=move || busy.get().then_some("true")
                    aria-disabled=move || (!matches.get() || busy.get()).then_some("true")
                >
                    {move || if busy.get() { "Deleting…" } else { "Delete group" }}
                </button>
            </div>
        </Dialog>
    }
}
