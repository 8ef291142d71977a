//! The first step: a file or cells.

use leptos::prelude::*;

use super::state::{BRING, Importing, Step};
use crate::components::{Alert, Kind, unique_id};
use crate::draft::Kept;
use crate::format;

/// What can be brought, or what was.
#[component]
pub(super) fn Bring(importing: Importing) -> impl IntoView {
    let body = move || {
        if importing.has_rows.get() {
            view! { <Was importing=importing /> }.into_any()
        } else {
            view! { <Ask importing=importing /> }.into_any()
        }
    };
    view! {
        <section class="step" aria-labelledby=BRING>
            <h2 id=BRING tabindex="-1">
                "1 Bring"
            </h2>
            {body}
        </section>
    }
}

/// What was brought, and how to bring something else.
#[component]
fn Was(importing: Importing) -> impl IntoView {
    let about = move || {
        let rows = importing
            .table
            .with(|table| table.as_ref().map_or(0, |table| table.len()));
        importing.source.with(|source| {
            let lines = if rows == 1 {
                "1 line".to_owned()
            } else {
                format!("{} lines", format::number(rows))
            };
            let read = if source.encoding.is_empty() {
                String::new()
            } else {
                format!(" · read as {}", source.encoding)
            };
            format!("{lines}{read}")
        })
    };
    view! {
        <Fault importing=importing />
        <p class="brought">
            <strong>{move || importing.source.with(|source| source.file.clone()).unwrap_or_else(|| "Pasted cells".to_owned())}</strong>
            <span class="quiet">{about}</span>
            {move || {
                (importing.step.get() == Step::Match)
                    .then(|| {
                        view! {
                            <button class="btn btn-small" type="button" on:click=move |_| importing.put_away()>
                                "Bring something else"
                            </button>
                        }
                    })
            }}
        </p>
        {move || {
            (importing.kept.get() == Kept::Not)
                .then(|| {
                    view! {
                        <Alert kind=Kind::Note>
                            <p>"It is too large to be kept in this tab: after a reload it has to be brought again."</p>
                        </Alert>
                    }
                })
        }}
    }
}

#[component]
fn Ask(importing: Importing) -> impl IntoView {
    let file_id = unique_id("file");
    let cells_id = unique_id("cells");
    let hint_id = format!("{cells_id}-hint");
    view! {
        <Fault importing=importing />
        <div class="drop">
            <div class="field">
                <label for=file_id.clone()>"Choose a file"</label>
                <input
                    type="file"
                    id=file_id.clone()
                    aria-describedby=format!("{file_id}-hint")
                    on:change:target=move |ev| {
                        if let Some(file) = ev.target().files().and_then(|files| files.get(0)) {
                            importing.take_file(file);
                        }
                        // The same file can be chosen again.
                        ev.target().set_value("");
                    }
                />
                <p class="hint" id=format!("{file_id}-hint")>
                    "CSV or JSON, a line for each person in a group; or drop it anywhere on this page. Of a workbook (.xlsx), copy the cells and paste them here."
                </p>
            </div>
            <form
                class="field"
                on:submit=move |ev| {
                    ev.prevent_default();
                    importing.take_cells();
                }
            >
                <label for=cells_id.clone()>"Paste cells"</label>
                <textarea
                    id=cells_id
                    rows="6"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=hint_id.clone()
                    prop:value=importing.typed
                    on:input:target=move |ev| importing.typed.set(ev.target().value())
                ></textarea>
                <p class="hint" id=hint_id>
                    "With their headings, if they have some. Nothing is sent before you have reviewed it."
                </p>
                <div class="actions">
                    <button class="btn btn-primary" type="submit">
                        "Read cells"
                    </button>
                </div>
            </form>
        </div>
    }
}

/// Why nothing could be made of what was brought last.
#[component]
fn Fault(importing: Importing) -> impl IntoView {
    move || {
        importing.fault.get().map(|why| {
            view! {
                <Alert kind=Kind::Bad into_view=true>
                    <p>{why}</p>
                </Alert>
            }
        })
    }
}
