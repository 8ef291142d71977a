use group_api::{GroupKey, KeyKind};
use leptos::prelude::*;
use muster_core::{Query, Selector};

use super::{Icon, shown_name, unique_id};
use crate::store::Store;

/// How many groups are suggested.
const MOST: usize = 8;

/// A field for one of the groups known here, found by any part of its name.
#[component]
pub fn GroupBox(
    /// The store of the connection.
    store: Store,
    /// Its label.
    label: &'static str,
    /// The one that was chosen, with its name.
    chosen: RwSignal<Option<(GroupKey, String)>>,
    /// A group that cannot be chosen.
    except: Option<GroupKey>,
    /// What is wrong, if something is.
    error: RwSignal<Option<String>>,
) -> impl IntoView {
    let id = unique_id("group");
    let list_id = format!("{id}-list");
    let error_id = format!("{id}-error");
    let typed = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let marked = RwSignal::new(None::<usize>);
    // Its own: that of the table keeps the table's question.
    let selector = StoredValue::new_local(Selector::default());
    let except = StoredValue::new(except);
    let found = Memo::new(move |_| {
        let search = typed.get();
        if search.trim().is_empty() {
            return Vec::new();
        }
        let query = Query {
            search,
            ..Query::default()
        };
        store.look(|directory| {
            let mut rows = Vec::new();
            selector.update_value(|selector| {
                rows.extend(
                    selector
                        .select(directory, &query)
                        .iter()
                        .copied()
                        .take(MOST + 1),
                );
            });
            rows.into_iter()
                .filter_map(|number| {
                    let row = directory.row(number)?;
                    let key = GroupKey::new(row.key()).ok()?;
                    let is_except = except.with_value(|except| except.as_ref() == Some(&key));
                    (!is_except).then(|| (key, row.display_name().to_owned()))
                })
                .take(MOST)
                .collect()
        })
    });
    let pick = move |group: (GroupKey, String)| {
        typed.set(name_of(store, &group));
        chosen.set(Some(group));
        error.set(None);
        open.set(false);
        marked.set(None);
    };
    let on_key = move |ev: web_sys::KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        match ev.key().as_str() {
            "ArrowDown" | "ArrowUp" if count > 0 => {
                ev.prevent_default();
                open.set(true);
                let down = ev.key() == "ArrowDown";
                marked.update(|marked| {
                    *marked = Some(match *marked {
                        None if down => 0,
                        None => count - 1,
                        Some(at) if down => (at + 1) % count,
                        Some(at) => (at + count - 1) % count,
                    });
                });
            }
            "Enter" if open.get_untracked() && count > 0 => {
                ev.prevent_default();
                let at = marked.get_untracked().unwrap_or(0);
                if let Some(group) = found.with_untracked(|found| found.get(at).cloned()) {
                    pick(group);
                }
            }
            "Escape" if open.get_untracked() => {
                ev.prevent_default();
                ev.stop_propagation();
                open.set(false);
            }
            _ => {}
        }
    };
    let option_id = {
        let id = id.clone();
        move |place: usize| format!("{id}-{place}")
    };
    let options = {
        let option_id = option_id.clone();
        move || {
            found
                .get()
                .into_iter()
                .enumerate()
                .map(|(place, group)| {
                    let (key, name) = (group.0.to_string(), group.1.clone());
                    view! {
                        <li
                            class="item"
                            role="option"
                            id=option_id(place)
                            aria-selected=move || (marked.get() == Some(place)).to_string()
                            data-active=move || (marked.get() == Some(place)).then_some("")
                            on:mousedown=move |ev| {
                                ev.prevent_default();
                                pick(group.clone());
                            }
                        >
                            <strong>{shown_name(name, None)}</strong>
                            <span class="quiet">{shown_name(key, None)}</span>
                        </li>
                    }
                })
                .collect_view()
        }
    };
    let shows = Memo::new(move |_| open.get() && !found.with(Vec::is_empty));
    let active = move || marked.get().filter(|_| shows.get()).map(&option_id);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="combo">
                <input
                    id=id
                    role="combobox"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus=true
                    aria-autocomplete="list"
                    aria-expanded=move || shows.get().to_string()
                    aria-controls=list_id.clone()
                    aria-activedescendant=active
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=error_id.clone()
                    prop:value=typed
                    on:input:target=move |ev| {
                        typed.set(ev.target().value());
                        chosen.set(None);
                        marked.set(None);
                        open.set(true);
                    }
                    on:keydown=on_key
                    on:blur=move |_| open.set(false)
                />
                <ul class="panel" role="listbox" id=list_id aria-label=label hidden=move || !shows.get()>
                    {options}
                </ul>
            </div>
            <p class="error" id=error_id hidden=move || error.with(Option::is_none)>
                <Icon name="stop" />
                {move || error.get()}
            </p>
        </div>
    }
}

fn name_of(store: Store, (key, name): &(GroupKey, String)) -> String {
    match store.capabilities().key {
        KeyKind::GivenId => format!("{name} #{key}"),
        KeyKind::ChosenName => name.clone(),
    }
}
