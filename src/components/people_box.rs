use group_api::{PersonKey, fold};
use leptos::prelude::*;
use muster_core::{Entry, Rank, Words, split_people};

use super::{Avatar, AvatarOf, Icon, shown_name, unique_id};
use crate::browser;

/// How many suggestions are shown.
const MOST: usize = 8;
/// How many names may be pasted to become chips.
const MOST_CHIPS: usize = 20;

/// Somebody who can be suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Suggestion {
    person: PersonKey,
    label: String,
    already_in: bool,
    as_typed: bool,
}

/// Whether a text is more than a few names: it has many of them, or addresses.
fn is_list(text: &str) -> bool {
    let cuts = text.trim().matches([',', ';', '\t', '\n']).count();
    cuts > MOST_CHIPS || text.contains('<') || cuts > 0 && text.contains('@')
}

/// A field for one or several people: known ones are suggested, any name can be typed or pasted.
/// Enter makes a chip of what is typed or marked, and never sends the form.
#[component]
pub fn PeopleBox(
    /// Its label.
    label: &'static str,
    /// Who was chosen, in order.
    chosen: RwSignal<Vec<PersonKey>>,
    /// What is typed and not yet chosen.
    typed: RwSignal<String>,
    /// Everybody known here: key and name.
    known: StoredValue<Vec<(PersonKey, String)>>,
    /// Who is in the group already.
    members: StoredValue<Vec<PersonKey>>,
    /// What is wrong, if something is.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Takes what is pasted where that is a list too long or too rich to become chips.
    #[prop(optional, into)]
    on_list: Option<Callback<String>>,
) -> impl IntoView {
    let id = unique_id("people");
    let list_id = format!("{id}-list");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let open = RwSignal::new(false);
    let marked = RwSignal::new(None::<usize>);
    let suggestions = Memo::new(move |_| {
        let typed = typed.get();
        let words = Words::new(&typed);
        if words.is_empty() {
            return Vec::new();
        }
        let taken = chosen.get();
        let suggest = |(person, label): &(PersonKey, String)| Suggestion {
            person: person.clone(),
            label: label.clone(),
            already_in: members.with_value(|members| members.contains(person)),
            as_typed: false,
        };
        // The best first, and of each kind in the order in which they are known.
        let mut list: Vec<Suggestion> = known.with_value(|known| {
            let ranked: Vec<_> = known
                .iter()
                .filter(|(person, _)| !taken.contains(person))
                .filter_map(|known| {
                    let (person, label) = known;
                    let rank = words.rank(&[&fold(person.as_str()), &fold(label)], "")?;
                    Some((rank, known))
                })
                .collect();
            let of_rank = |wanted| ranked.iter().filter(move |(rank, _)| *rank == wanted);
            Rank::ALL
                .into_iter()
                .flat_map(of_rank)
                .take(MOST)
                .map(|(_, known)| suggest(known))
                .collect()
        });
        let exact = list
            .iter()
            .any(|suggestion| suggestion.person.as_str() == typed.trim());
        if !exact && let Ok(person) = PersonKey::new(typed.trim()) {
            list.push(Suggestion {
                label: person.as_str().to_owned(),
                person,
                already_in: false,
                as_typed: true,
            });
        }
        list
    });
    let take = move |entries: Vec<Entry>| {
        let mut left = Vec::new();
        chosen.update(|chosen| {
            for entry in entries {
                match entry {
                    Entry::Name(person) => {
                        if !chosen.contains(&person) {
                            chosen.push(person);
                        }
                    }
                    Entry::Unreadable(text) => left.push(text),
                }
            }
        });
        // What cannot be a name stays where it was typed.
        typed.set(left.join(", "));
        marked.set(None);
        open.set(false);
    };
    let pick = move |suggestion: &Suggestion| {
        if !suggestion.already_in {
            take(vec![Entry::Name(suggestion.person.clone())]);
        }
    };
    let option_id = {
        let id = id.clone();
        move |place: usize| format!("{id}-{place}")
    };
    let step = move |by: isize| {
        let count = suggestions.with(Vec::len);
        if count == 0 {
            return;
        }
        open.set(true);
        marked.update(|marked| {
            let last = count - 1;
            *marked = Some(match *marked {
                None if by > 0 => 0,
                None => last,
                Some(at) if by > 0 => {
                    if at >= last {
                        0
                    } else {
                        at + 1
                    }
                }
                Some(0) => last,
                Some(at) => at.min(count) - 1,
            });
        });
    };
    let on_key = move |ev: web_sys::KeyboardEvent| match ev.key().as_str() {
        "Enter" => {
            ev.prevent_default();
            let choice = marked
                .get_untracked()
                .and_then(|at| suggestions.with_untracked(|list| list.get(at).cloned()));
            match choice.filter(|_| open.get_untracked()) {
                Some(suggestion) => pick(&suggestion),
                None => take(split_people(&typed.get_untracked())),
            }
        }
        "ArrowDown" => {
            ev.prevent_default();
            step(1);
        }
        "ArrowUp" => {
            ev.prevent_default();
            step(-1);
        }
        "Escape" => {
            // First the list, then what is typed; only then the dialog around it.
            if open.get_untracked() {
                ev.prevent_default();
                ev.stop_propagation();
                open.set(false);
                marked.set(None);
            } else if !typed.get_untracked().is_empty() {
                ev.prevent_default();
                ev.stop_propagation();
                typed.set(String::new());
            }
        }
        "Backspace" if typed.with_untracked(String::is_empty) => {
            chosen.update(|chosen| {
                chosen.pop();
            });
        }
        _ => {}
    };
    let focus_id = id.clone();
    let chips = move || {
        let focus_id = focus_id.clone();
        chosen
            .get()
            .into_iter()
            .map(|person| {
                let focus_id = focus_id.clone();
                let name = person.to_string();
                view! {
                    <li class="chip">
                        {shown_name(name.clone(), None)}
                        <button
                            class="copy"
                            type="button"
                            aria-label=format!("Take out {name}")
                            on:click=move |_| {
                                chosen.update(|chosen| chosen.retain(|other| *other != person));
                                browser::focus(&focus_id);
                            }
                        >
                            <Icon name="x" />
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    let options = {
        let option_id = option_id.clone();
        move || {
            let option_id = option_id.clone();
            suggestions
                .get()
                .into_iter()
                .enumerate()
                .map(|(place, suggestion)| {
                    let is_marked = move || marked.get() == Some(place);
                    let shown = suggestion.clone();
                    let about = if suggestion.already_in {
                        Some("already in".to_owned())
                    } else {
                        Some(suggestion.person.to_string()).filter(|key| *key != suggestion.label)
                    };
                    view! {
                        <li
                            class="item"
                            role="option"
                            id=option_id(place)
                            aria-selected=move || is_marked().to_string()
                            data-active=move || is_marked().then_some("")
                            aria-disabled=shown.already_in.then_some("true")
                            on:mousedown=move |ev| {
                                ev.prevent_default();
                                pick(&suggestion);
                            }
                        >
                            {if shown.as_typed {
                                view! {
                                    <Icon name="plus" />
                                    {format!("Use “{}” as typed", shown.label)}
                                }
                                    .into_any()
                            } else {
                                view! {
                                    <Avatar of=AvatarOf::Person name=shown.label.clone() key=shown.person.to_string() photo=None />
                                    <strong>{shown_name(shown.label.clone(), None)}</strong>
                                    <span class="quiet">{about.map(|about| shown_name(about, None))}</span>
                                }
                                    .into_any()
                            }}
                        </li>
                    }
                })
                .collect_view()
        }
    };
    let shows_list = Memo::new(move |_| open.get() && !suggestions.with(Vec::is_empty));
    let active = move || marked.get().filter(|_| shows_list.get()).map(&option_id);
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || {
            if error.with(Option::is_some) {
                format!("{hint_id} {error_id}")
            } else {
                hint_id.clone()
            }
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="combo">
                <div class="well">
                    <ul class="chips" aria-label="Chosen">
                        {chips}
                    </ul>
                    <input
                        id=id
                        role="combobox"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        autofocus
                        aria-autocomplete="list"
                        aria-expanded=move || shows_list.get().to_string()
                        aria-controls=list_id.clone()
                        aria-activedescendant=active
                        aria-describedby=described
                        aria-invalid=move || error.with(Option::is_some).then_some("true")
                        prop:value=typed
                        on:input:target=move |ev| {
                            typed.set(ev.target().value());
                            marked.set(None);
                            open.set(true);
                        }
                        on:paste=move |ev| {
                            let text = ev.clipboard_data().and_then(|data| data.get_data("text").ok()).unwrap_or_default();
                            if let Some(on_list) = on_list
                                && is_list(&text)
                            {
                                ev.prevent_default();
                                on_list.run(text);
                                return;
                            }
                            let entries = split_people(&text);
                            if entries.len() > 1 {
                                ev.prevent_default();
                                take(entries);
                            }
                        }
                        on:keydown=on_key
                        on:blur=move |_| open.set(false)
                    />
                </div>
                <ul class="panel" role="listbox" id=list_id aria-label=label hidden=move || !shows_list.get()>
                    {options}
                </ul>
            </div>
            {move || {
                error
                    .get()
                    .map(|text| {
                        view! {
                            <p class="error" id=error_id.clone()>
                                <Icon name="stop" />
                                {text}
                            </p>
                        }
                    })
            }}
            <p class="hint" id=hint_id>
                "One name or several, typed or pasted with commas or one a line. Enter takes a name and sends nothing."
            </p>
        </div>
    }
}

/// Who is meant by what was chosen and what is typed and not yet a chip.
///
/// # Errors
/// What of it cannot be a name, or that nobody is named, as a sentence.
pub fn people_named(chosen: &[PersonKey], typed: &str) -> Result<Vec<PersonKey>, String> {
    let mut people = chosen.to_vec();
    let mut left = Vec::new();
    for entry in split_people(typed) {
        match entry {
            Entry::Name(person) if people.contains(&person) => {}
            Entry::Name(person) => people.push(person),
            Entry::Unreadable(text) => left.push(text),
        }
    }
    if !left.is_empty() {
        let left = left.join(", ");
        Err(format!(
            "“{left}” cannot be a name: it holds characters that no name has."
        ))
    } else if people.is_empty() {
        Err("Name at least one person.".to_owned())
    } else {
        Ok(people)
    }
}
