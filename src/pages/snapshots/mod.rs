//! What was so at other times: saved, kept or opened from a file, and what has changed since.

mod list;
mod loaded;
mod save;
mod since;
mod table;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{Blob, HtmlInputElement};

use list::List;
use loaded::{Loaded, load};
use save::Save;
use since::ChangedSince;

use crate::browser;
use crate::components::{Alert, Heading, Kind};
use crate::kept::{self, Kept};
use crate::request::{Latest, Ticket};
use crate::router::use_router;
use crate::store::{Store, use_store};

/// What this browser keeps.
#[derive(Clone, Debug, PartialEq)]
enum Shelf {
    Unread,
    /// The latest first.
    Of(Vec<Kept>),
    /// The browser keeps nothing.
    None,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
enum Shown {
    /// The list.
    List,
    /// A snapshot is being read, of this name.
    Opening(String),
    /// One was read: the so-many-th.
    Open(u32),
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Page {
    store: Store,
    shelf: RwSignal<Shelf>,
    shown: RwSignal<Shown>,
    /// The snapshot that was read last.
    loaded: StoredValue<Option<Loaded>, LocalStorage>,
    count: StoredValue<u32>,
    latest: StoredValue<Latest, LocalStorage>,
    /// Why something was not opened or not forgotten.
    fault: RwSignal<Option<String>>,
    saving: RwSignal<bool>,
}

impl Page {
    /// Reads what is kept.
    async fn look(self) {
        let kept = kept::all(&self.store.connection().id).await;
        self.shelf.try_set(kept.map_or(Shelf::None, Shelf::Of));
    }

    /// Opens one that is kept.
    fn open_kept(self, kept: Kept) {
        let ticket = self.begin(&list::name(&kept));
        browser::replace_query(&[("open", Some(kept.id()))]);
        spawn_local(async move {
            match kept::file(&kept).await {
                Ok(Some(file)) => self.open(file, ticket).await,
                Ok(None) | Err(_) => self.fail("The browser has lost this snapshot.".to_owned()),
            }
        });
    }

    /// Opens a file.
    fn open_file(self, name: &str, file: Blob) {
        let ticket = self.begin(name);
        spawn_local(self.open(file, ticket));
    }

    fn begin(self, name: &str) -> Ticket {
        self.fault.set(None);
        self.shown.set(Shown::Opening(name.to_owned()));
        self.latest.with_value(Latest::begin)
    }

    async fn open(self, file: Blob, ticket: Ticket) {
        let result = load(self.store, &file, ticket.stop()).await;
        if !ticket.is_current() {
            return;
        }
        match result {
            Ok(loaded) => {
                let count = self.count.try_get_value().unwrap_or_default() + 1;
                self.count.set_value(count);
                self.loaded.set_value(Some(loaded));
                self.shown.try_set(Shown::Open(count));
            }
            Err(why) => self.fail(why),
        }
    }

    fn fail(self, why: String) {
        self.fault.try_set(Some(why));
        self.close();
    }

    /// Back to the list.
    fn close(self) {
        self.latest.try_with_value(Latest::cancel);
        browser::replace_query(&[("open", None)]);
        self.shown.try_set(Shown::List);
        self.loaded.try_update_value(|loaded| *loaded = None);
    }
}

/// What was so at other times, and what has changed since.
#[component]
pub fn Snapshots() -> impl IntoView {
    let store = use_store();
    let router = use_router();
    let connection = store.connection();
    browser::set_title(&["Snapshots", &connection.name]);
    store.load_once();
    let page = Page {
        store,
        shelf: RwSignal::new(Shelf::Unread),
        shown: RwSignal::new(Shown::List),
        loaded: StoredValue::new_local(None),
        count: StoredValue::new(0),
        latest: StoredValue::new_local(Latest::default()),
        fault: RwSignal::new(None),
        saving: RwSignal::new(false),
    };
    on_cleanup(move || {
        page.latest.try_with_value(Latest::cancel);
    });
    spawn_local(async move {
        page.look().await;
        // The address may name one that is kept.
        let wanted = browser::query_param("open");
        let kept = page.shelf.try_get_untracked();
        if let (Some(wanted), Some(Shelf::Of(kept))) = (wanted, kept)
            && let Some(kept) = kept.into_iter().find(|kept| kept.id() == wanted)
        {
            page.open_kept(kept);
        }
    });
    // The bar's links, or going back, lead to the list again.
    Effect::new(move |before: Option<()>| {
        router.track_visits();
        if before.is_some() && browser::query_param("open").is_none() {
            page.close();
        }
    });
    move || match page.shown.get() {
        Shown::List => view! { <Shelved page=page /> }.into_any(),
        Shown::Opening(name) => view! {
            <main class="page" id="main" aria-busy="true">
                <Heading text=name />
                <p class="quiet" role="status">
                    "Reading the snapshot…"
                </p>
                <div class="actions">
                    <button class="btn" type="button" on:click=move |_| page.close()>
                        "Cancel"
                    </button>
                </div>
            </main>
        }
        .into_any(),
        Shown::Open(_) => match page.loaded.get_value() {
            Some(loaded) => view! { <ChangedSince page=page loaded=loaded /> }.into_any(),
            None => ().into_any(),
        },
    }
}

#[component]
fn Shelved(page: Page) -> impl IntoView {
    let connection = page.store.connection();
    let chosen = move |input: HtmlInputElement| {
        let file = input.files().and_then(|files| files.get(0));
        if let Some(file) = file {
            page.open_file(&file.name(), file.into());
        }
        // The same file can be chosen again.
        input.set_value("");
    };
    view! {
        <main class="page" id="main">
            <nav class="crumbs" aria-label="Breadcrumb">
                <a href=connection.href("groups")>"Groups"</a>
                " / Snapshots"
            </nav>
            <div class="head">
                <Heading text="Snapshots" />
                <div class="actions">
                    <label class="btn file">
                        "Open a file"
                        <input class="sr-only" type="file" on:change:target=move |ev| chosen(ev.target()) />
                    </label>
                    <button class="btn btn-primary" type="button" on:click=move |_| page.saving.set(true)>
                        "Save a snapshot"
                    </button>
                </div>
            </div>
            <p class="lede">
                {format!("{} keeps no history that can be asked for. Save what is so now, and see later what has changed since.", page.store.capabilities().system)}
            </p>
            {move || {
                page.fault
                    .get()
                    .map(|why| {
                        view! {
                            <Alert kind=Kind::Bad into_view=true>
                                <p>{why}</p>
                            </Alert>
                        }
                    })
            }}
            <List page=page />
            {move || page.saving.get().then(|| view! { <Save page=page /> })}
        </main>
    }
}
