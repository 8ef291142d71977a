//! The snapshots that this browser keeps.

use leptos::Value;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::loaded::when;
use super::{Page, Shelf};
use crate::browser;
use crate::components::{Alert, Dialog, Empty, InPages, Kind, Pager, Rows, moment};
use crate::format;
use crate::kept::{self, Kept};

/// What a snapshot is called: what was noted, or when it was read.
pub(super) fn name(kept: &Kept) -> String {
    if kept.about.note.is_empty() {
        when(&kept.about)
    } else {
        kept.about.note.clone()
    }
}

/// How large a file is: "12 kB".
fn size(bytes: usize) -> String {
    match bytes {
        0..=1023 => format!("{bytes} B"),
        1024..=1_048_575 => format!("{} kB", format::number(bytes.div_ceil(1024))),
        _ => format!("{} MB", format::number(bytes.div_ceil(1_048_576))),
    }
}

/// Every snapshot that is kept, the latest first, and what can be done with it.
#[component]
pub(super) fn List(page: Page) -> impl IntoView {
    let all = Memo::new(move |_| match page.shelf.get() {
        Shelf::Of(kept) => kept,
        Shelf::Unread | Shelf::None => Vec::new(),
    });
    let count = Memo::new(move |_| all.with(Vec::len));
    let key = move |row: usize| all.with(|all| Some(all.get(row)?.id().to_owned()));
    let rows = Rows::new(count, Memo::new(|_| String::new()), Box::new(key));
    let forgetting = RwSignal::new(None::<Kept>);
    let region = move || {
        match page.shelf.get() {
        Shelf::Unread => view! { <p class="quiet" role="status">"Reading…"</p> }.into_any(),
        Shelf::None => view! {
            <Alert kind=Kind::Note>
                <p>
                    "This browser does not let Muster keep anything. A snapshot can be saved as a file, and opened again from there."
                </p>
            </Alert>
        }
        .into_any(),
        Shelf::Of(kept) if kept.is_empty() => view! {
            <Empty title="No snapshot is kept here">
                <p>"A snapshot holds every group with its fields and people, as they were read at one time. It stays in this browser, or in a file of yours."</p>
            </Empty>
        }
        .into_any(),
        Shelf::Of(_) => view! { <Table page=page all=all rows=rows forgetting=forgetting /> }.into_any(),
    }
    };
    view! {
        {region}
        <InPages rows=rows all=count />
        <Pager rows=rows label="Pages of snapshots" />
        {move || {
            forgetting
                .get()
                .map(|kept| {
                    let close = Callback::new(move |()| forgetting.set(None));
                    let title = format!("Delete the snapshot “{}”?", name(&kept));
                    let forget = Callback::new(move |()| {
                        let kept = kept.clone();
                        forgetting.set(None);
                        spawn_local(async move {
                            if kept::remove(&kept).await.is_err() {
                                page.fault.try_set(Some("The browser did not delete it.".to_owned()));
                            }
                            page.look().await;
                        });
                    });
                    view! {
                        <Dialog title=title on_submit=forget on_close=close>
                            <p>"It cannot be brought back. Nothing changes on the server."</p>
                            <div class="actions">
                                <button class="btn" type="button" autofocus on:click=move |_| close.run(())>
                                    "Keep it"
                                </button>
                                <button class="btn btn-lose" type="submit">
                                    "Delete"
                                </button>
                            </div>
                        </Dialog>
                    }
                })
        }}
    }
}

#[component]
fn Table(
    page: Page,
    all: Memo<Vec<Kept>>,
    rows: Rows,
    forgetting: RwSignal<Option<Kept>>,
) -> impl IntoView {
    let count = Memo::new(move |_| all.with(Vec::len));
    let slot = move |place: Memo<usize>| {
        let kept = Memo::new(move |_| all.with(|all| all.get(place.get()).cloned()));
        let cells = move || {
            kept.get()
                .map(|kept| view! { <Cells page=page kept=kept forgetting=forgetting /> })
        };
        rows.row(place, Value::None, cells.into_any())
    };
    view! {
        <table class=move || format!("ledger shelf{}", rows.class()) role="table" aria-label="Snapshots" aria-rowcount=move || (count.get() + 1).to_string()>
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <th role="columnheader" scope="col" class="c-name">"Snapshot"</th>
                    <th role="columnheader" scope="col" class="c-when">"Saved"</th>
                    <th role="columnheader" scope="col" class="c-num num">"Groups"</th>
                    <th role="columnheader" scope="col" class="c-num num">"People"</th>
                    <th role="columnheader" scope="col" class="c-num num">"Size"</th>
                    <th role="columnheader" scope="col" class="c-act"><span class="sr-only">"What can be done"</span></th>
                </tr>
            </thead>
            {rows.body(().into_any(), slot)}
        </table>
    }
}

#[component]
fn Cells(page: Page, kept: Kept, forgetting: RwSignal<Option<Kept>>) -> impl IntoView {
    let called = name(&kept);
    let (open, save, forget) = (kept.clone(), kept.clone(), kept.clone());
    let number = |n: usize, one: &'static str, many: &'static str| {
        view! {
            {format::number(n)}
            <span class="on-phone">{if n == 1 { one } else { many }}</span>
        }
    };
    view! {
        <td class="c-name" role="cell">
            <button class="link name" type="button" on:click=move |_| page.open_kept(open.clone())>
                {called.clone()}
            </button>
        </td>
        <td class="c-when quiet" role="cell">
            {moment(kept.saved_at)}
        </td>
        <td class="c-num num" role="cell">
            {number(kept.groups, " group", " groups")}
        </td>
        <td class="c-num num" role="cell">
            {number(kept.people, " person", " people")}
        </td>
        <td class="c-num num quiet" role="cell">
            {size(kept.size)}
        </td>
        <td class="c-act" role="cell">
            <button
                class="btn btn-small btn-quiet"
                type="button"
                aria-label=format!("Save as file: {called}")
                on:click=move |_| save_as_file(page, save.clone())
            >
                "Save as file"
            </button>
            <button
                class="btn btn-small btn-quiet"
                type="button"
                aria-label=format!("Delete {called}")
                on:click=move |_| forgetting.set(Some(forget.clone()))
            >
                "Delete"
            </button>
        </td>
    }
}

/// The name of a snapshot's file: what it is of, and when that was read.
pub(super) fn file_name(about: &muster_changes::file::About) -> String {
    let read = about
        .read
        .get(..16)
        .unwrap_or(&about.read)
        .replace(':', "-");
    format!("{} {read}.muster.json", about.connection)
}

fn save_as_file(page: Page, kept: Kept) {
    spawn_local(async move {
        let file = kept::file(&kept).await.ok().flatten();
        let Some(file) = file else {
            page.fault
                .try_set(Some("The browser has lost this snapshot.".to_owned()));
            return;
        };
        // As text, which any program reads; packed, where that cannot be had.
        match crate::pack::unpacked(&file).await {
            Some(text) => browser::hand_out(&file_name(&kept.about), &text),
            None => browser::hand_out(&format!("{}.gz", file_name(&kept.about)), &file),
        }
    });
}
