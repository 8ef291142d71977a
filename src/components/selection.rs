use std::collections::HashSet;
use std::sync::Arc;

use leptos::prelude::*;

use super::Icon;
use crate::format;

/// What is selected in a table, by key: it stays whatever is searched, sorted, scrolled to or read again.
#[derive(Clone, Copy)]
pub struct Selection {
    keys: RwSignal<Arc<HashSet<String>>>,
    /// Where the last press was, for a range by shift.
    anchor: StoredValue<Option<String>>,
    /// Whether a finger's press selects: on a phone the boxes are hidden before.
    pub selecting: RwSignal<bool>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            keys: RwSignal::new(Arc::default()),
            anchor: StoredValue::new(None),
            selecting: RwSignal::new(false),
        }
    }
}

/// The rows of a table as a selection sees them.
#[derive(Clone, Copy)]
pub struct Keys {
    /// How many rows there are, for whoever does something to all of them.
    pub count: Memo<usize>,
    /// How many are told to be there: the same, or a moment later where they have to be asked first. Reactive.
    pub told: Memo<usize>,
    /// The key of a row.
    pub key: Callback<usize, Option<String>>,
}

impl Keys {
    fn all(self) -> impl Iterator<Item = String> {
        (0..self.count.get_untracked()).filter_map(move |row| self.key.run(row))
    }
}

impl Selection {
    /// How many are selected. Reactive.
    #[must_use]
    pub fn len(self) -> usize {
        self.keys.with(|keys| keys.len())
    }

    /// Whether nothing is selected. Reactive.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether this one is selected. Reactive.
    #[must_use]
    pub fn has(self, key: &str) -> bool {
        self.keys.with(|keys| keys.contains(key))
    }

    /// What is selected, once.
    #[must_use]
    pub fn keys(self) -> Arc<HashSet<String>> {
        self.keys.get_untracked()
    }

    fn update(self, change: impl FnOnce(&mut HashSet<String>)) {
        self.keys.update(|keys| change(Arc::make_mut(keys)));
    }

    /// The class of a table whose boxes are to be seen on a phone too. Reactive.
    #[must_use]
    pub fn class(self) -> &'static str {
        if self.selecting.get() || !self.is_empty() {
            " selecting"
        } else {
            ""
        }
    }

    /// Lets go of everything.
    pub fn clear(self) {
        self.keys.set(Arc::default());
        self.selecting.set(false);
    }

    /// Lets go of what is no longer there.
    pub fn retain(self, keep: impl Fn(&str) -> bool) {
        if self
            .keys
            .with_untracked(|keys| keys.iter().any(|key| !keep(key)))
        {
            self.update(|keys| keys.retain(|key| keep(key)));
        }
    }

    /// Selects every row of the table.
    pub fn take_all(self, rows: Keys) {
        self.update(|keys| keys.extend(untrack(|| rows.all().collect::<Vec<_>>())));
    }

    /// Whether every row of the table is selected. Reactive.
    #[must_use]
    pub fn has_all(self, rows: Keys) -> bool {
        let enough = self.len() >= rows.told.get();
        // Others may be as many.
        enough && rows.all().all(|key| self.has(&key))
    }

    /// A press on a row's box, ticked now or not; with shift it goes for all from the last press to here.
    fn press(self, rows: Keys, key: &str, ticked: bool, with_range: bool) {
        let mut range = vec![key.to_owned()];
        if let Some(anchor) = self.anchor.get_value().filter(|_| with_range) {
            let all: Vec<String> = untrack(|| rows.all().collect());
            let place = |wanted: &str| all.iter().position(|key| key == wanted);
            if let (Some(a), Some(b)) = (place(&anchor), place(key)) {
                range.extend(
                    all.get(a.min(b)..=a.max(b))
                        .unwrap_or_default()
                        .iter()
                        .cloned(),
                );
            }
        }
        self.anchor.set_value(Some(key.to_owned()));
        self.update(|keys| {
            for key in range {
                if ticked {
                    keys.insert(key);
                } else {
                    keys.remove(&key);
                }
            }
        });
    }
}

/// The box by which a row is selected.
#[must_use]
pub fn pick(selection: Selection, rows: Keys, key: String, name: &str) -> AnyView {
    let shift = StoredValue::new(false);
    let is_ticked = {
        let key = key.clone();
        Memo::new(move |_| selection.has(&key))
    };
    view! {
        <input
            class="pick"
            type="checkbox"
            aria-label=format!("Select {name}")
            prop:checked=is_ticked
            on:click=move |ev: web_sys::MouseEvent| shift.set_value(ev.shift_key())
            on:change:target=move |ev| selection.press(rows, &key, ev.target().checked(), shift.get_value())
        />
    }
    .into_any()
}

/// In place of the filters while something is selected: how many, and what can be done with them.
#[component]
pub fn SelectionBar(
    /// What is selected.
    selection: Selection,
    /// The table's rows.
    rows: Keys,
    /// What one is called, and several: "group", "groups".
    words: (&'static str, &'static str),
    /// The buttons.
    buttons: Callback<(), AnyView>,
) -> impl IntoView {
    let some = Memo::new(move |_| !selection.is_empty());
    let all = Memo::new(move |_| some.get() && selection.has_all(rows));
    move || {
        let selecting = selection.selecting.get();
        (some.get() || selecting).then(|| {
            view! {
                <div class="picked" role="group" aria-label="Selection">
                    <span role="status">
                        <strong>{move || format::number(selection.len())}</strong>
                        " selected"
                    </span>
                    {move || {
                        let count = rows.told.get();
                        (!all.get() && count > 0)
                            .then(|| {
                                let what = if count == 1 { words.0 } else { words.1 };
                                view! {
                                    <button class="link" type="button" on:click=move |_| selection.take_all(rows)>
                                        {format!("Select all {} {what} that match", format::number(count))}
                                    </button>
                                }
                            })
                    }}
                    <div class="actions">{move || some.get().then(|| buttons.run(()))}</div>
                    <button class="btn btn-quiet btn-icon btn-small end" type="button" aria-label="Clear selection" on:click=move |_| selection.clear()>
                        <Icon name="x" />
                    </button>
                </div>
            }
        })
    }
}

/// On a phone: shows the boxes by which rows are selected.
#[component]
pub fn SelectMode(
    /// What is selected.
    selection: Selection,
) -> impl IntoView {
    view! {
        <button
            class="btn select-mode"
            type="button"
            aria-pressed=move || selection.selecting.get().to_string()
            on:click=move |_| {
                if selection.selecting.get_untracked() {
                    selection.clear();
                } else {
                    selection.selecting.set(true);
                }
            }
        >
            "Select"
        </button>
    }
}
