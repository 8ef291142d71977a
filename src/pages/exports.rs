//! What of the tables of groups and people can be exported, and the tools beside the groups' heading.

use std::rc::Rc;
use std::sync::Arc;

use group_api::{GroupKey, KeyKind};
use leptos::prelude::*;
use muster_core::Directory;

use crate::components::ExportButton;
use crate::export::{self, Content, Offer, Offers, Sheet, list_read_at, offer_everything, whole};
use crate::format;
use crate::store::Store;

/// What is called the key of a group on this system.
pub(super) fn key_label(store: Store) -> &'static str {
    match store.capabilities().key {
        KeyKind::ChosenName => "Internal name",
        KeyKind::GivenId => "ID",
    }
}

/// Groups as their table shows them, each by its row's number.
fn groups_sheet(store: Store, numbers: Arc<Vec<u32>>) -> Content {
    let capabilities = store.capabilities();
    let lead = capabilities.lead().map_or("Admins", |lead| lead.plural);
    let has_times = capabilities.times.is_yes();
    let mut headings = vec![
        "Display name",
        key_label(store),
        "Description",
        "People",
        lead,
    ];
    headings.extend(has_times.then_some("Updated"));
    let line = move |directory: &Directory, number: u32| {
        let row = directory.row(number)?;
        let leads: Vec<&str> = directory.leads(&row)?.collect();
        let people = row.people().map(|people| people.to_string());
        let mut cells = vec![
            row.display_name().to_owned(),
            row.key().to_owned(),
            row.description().to_owned(),
            people.unwrap_or_default(),
            leads.join("; "),
        ];
        if has_times {
            cells.push(row.updated().map(format::instant).unwrap_or_default());
        }
        Some(cells)
    };
    Content::Sheet(Sheet {
        headings: headings.into_iter().map(str::to_owned).collect(),
        count: numbers.len(),
        line: Box::new(move |place| {
            let number = *numbers.get(place)?;
            store.peek(|directory| line(directory, number))
        }),
    })
}

/// The groups of these rows: as they stand there, or with their people.
fn some_groups(store: Store, words: &str, numbers: &Arc<Vec<u32>>) -> [Offer; 2] {
    let count = format::groups(numbers.len());
    let (sheet, all) = (Arc::clone(numbers), Arc::clone(numbers));
    [
        Offer {
            words: format!("{count}{words}, as the table shows them"),
            hint: None,
            content: Rc::new(move || groups_sheet(store, Arc::clone(&sheet))),
        },
        Offer {
            words: format!("{count}{words}, one line a membership"),
            hint: None,
            content: Rc::new(move || {
                whole(store.peek(|directory| {
                    let rows = all.iter().filter_map(|number| directory.row(*number));
                    rows.filter_map(|row| GroupKey::new(row.key()).ok())
                        .collect()
                }))
            }),
        },
    ]
}

/// What of selected groups can be exported.
pub(super) fn selected_groups(store: Store, numbers: Vec<u32>) -> Offers {
    Offers {
        name: "groups".to_owned(),
        read_at: list_read_at(store),
        offers: some_groups(store, " selected", &Arc::new(numbers)).into(),
    }
}

/// What can be done with the groups as a whole.
#[component]
pub fn GroupsTools(
    /// The store of the connection.
    store: Store,
    /// The groups that match, for who asks once: they may not have been asked yet.
    all: Memo<Arc<Vec<u32>>>,
    /// How many are shown.
    matching: Memo<usize>,
) -> impl IntoView {
    let offers = Callback::new(move |()| {
        let shown = all.get_untracked();
        let mut offers = Vec::from(some_groups(store, " on the screen", &shown));
        if shown.len() != store.peek(Directory::len) {
            offers.push(offer_everything(store));
        } else if let (Some(last), all) = (offers.last_mut(), offer_everything(store)) {
            // All of them are shown: the same, in their order.
            last.words = all.words;
            last.hint = all.hint;
        }
        Offers {
            name: "groups".to_owned(),
            read_at: export::list_read_at(store),
            offers,
        }
    });
    let none = Memo::new(move |_| matching.get() == 0);
    view! {
        <span class="late">
            <a class="btn" href=store.connection().href("import")>
                "Import…"
            </a>
            <a class="btn" href=store.connection().href("snapshots")>
                "Snapshots"
            </a>
            <ExportButton store=store offers=offers disabled=none />
        </span>
    }
}
