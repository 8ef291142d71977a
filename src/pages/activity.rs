//! What this browser has done on a connection: every write, with what came of it.

use std::rc::Rc;
use std::sync::Arc;

use group_api::fold;
use leptos::Value;
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_runs::{Counts, Run, RunId};

use crate::browser;
use crate::components::{
    Alert, Dialog, Empty, ExportButton, Heading, Icon, InPages, Kind, Pager, Rows, RunView, Search,
    moment, sentence,
};
use crate::export::{Offer, Offers, runs_content};
use crate::format;
use crate::router::use_router;
use crate::runs::{Memory, Told, odd_names_of};
use crate::store::{Store, use_store};

/// Which runs are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    All,
    /// Something of it was refused or not done.
    NotDone,
    /// Something of it is unknown.
    Unknown,
    /// It is not over.
    Open,
}

impl Only {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::All, "all", "Everything"),
        (Self::NotDone, "not-done", "Refused or not done"),
        (Self::Unknown, "unknown", "Unknown"),
        (Self::Open, "open", "Not finished"),
    ];

    fn from_word(word: &str) -> Self {
        let known = Self::ALL.into_iter().find(|(_, known, _)| *known == word);
        known.map_or(Self::All, |(only, ..)| only)
    }

    fn word(self) -> &'static str {
        let known = Self::ALL.into_iter().find(|(only, ..)| *only == self);
        known.map_or("", |(_, word, _)| word)
    }

    const fn fits(self, counts: Counts) -> bool {
        match self {
            Self::All => true,
            Self::NotDone => counts.refused + counts.not_done > 0,
            Self::Unknown => counts.unknown > 0,
            Self::Open => counts.open > 0,
        }
    }
}

/// What came of a run, in a word or two, and how it looks.
fn outcome(told: &Told) -> (String, &'static str, &'static str) {
    let counts = told.run.counts();
    let of = |count: usize, word: &str| {
        if counts.all == 1 {
            word.to_owned()
        } else {
            format!(
                "{} of {} {word}",
                format::number(count),
                format::number(counts.all)
            )
        }
    };
    if counts.unknown > 0 {
        (of(counts.unknown, "unknown"), "unknown", "warn")
    } else if counts.open > 0 {
        (
            format!("{}, not finished", of(counts.done, "done")),
            "unknown",
            "again",
        )
    } else if counts.refused > 0 {
        (of(counts.refused, "refused"), "refused", "x")
    } else if counts.not_done > 0 {
        (of(counts.not_done, "not done"), "refused", "x")
    } else {
        (
            if counts.all == 1 {
                "done".to_owned()
            } else {
                format!("all {} done", format::number(counts.all))
            },
            "done",
            "check",
        )
    }
}

/// Whether a run is about what was searched for.
fn answers(run: &Run, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let mut text = fold(&format!("{} {}", run.about.title, run.about.ticket));
    for place in &run.places {
        text.push_str(&fold(&format!(" {} {}", place.name, place.key)));
    }
    let people = || run.items().iter().filter_map(|item| item.task.who());
    words
        .iter()
        .all(|word| text.contains(word) || people().any(|who| fold(who).contains(word)))
}

/// What this browser has done.
#[component]
pub fn Activity() -> impl IntoView {
    let store = use_store();
    let connection = store.connection();
    browser::set_title(&["Activity", &connection.name]);
    spawn_local(store.remember());
    let search = RwSignal::new(browser::query_param("q").unwrap_or_default());
    let only = RwSignal::new(Only::from_word(
        &browser::query_param("only").unwrap_or_default(),
    ));
    let open = RwSignal::new(run_of_address());
    let router = use_router();
    Effect::new(move |before: Option<()>| {
        router.track_visits();
        if before.is_some() {
            open.set(run_of_address());
        }
    });
    Effect::new(move |_| {
        browser::replace_query_soon(vec![
            ("q", Some(search.get())),
            (
                "only",
                Some(only.get())
                    .filter(|only| *only != Only::All)
                    .map(|only| only.word().to_owned()),
            ),
            ("run", open.get().map(|id| id.0.to_string())),
        ]);
    });
    let all = Memo::new(move |_| store.runs().all());
    let listed = Memo::new(move |_| {
        let words: Vec<String> = fold(&search.get())
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let only = only.get();
        all.with(|all| {
            let fits = |told: &&Told| only.fits(told.run.counts()) && answers(&told.run, &words);
            all.iter().filter(fits).cloned().collect::<Vec<Told>>()
        })
    });
    let count = Memo::new(move |_| listed.with(Vec::len));
    let total = Memo::new(move |_| all.with(Vec::len));
    let asked = Memo::new(move |_| format!("{} {}", only.get().word(), search.get()));
    let key =
        move |row: usize| listed.with(|listed| Some(listed.get(row)?.run.about.id.0.to_string()));
    let rows = Rows::new(count, asked, Box::new(key));
    let asking = RwSignal::new(false);
    // The table itself stays while its rows change.
    let none = Memo::new(move |_| count.get() == 0);
    let none_at_all = Memo::new(move |_| total.get() == 0);
    view! {
        <main class="page" id="main">
            <div class="head">
                <Heading text="Activity" />
                <div class="actions">
                    <a class="btn" href=connection.href("snapshots")>
                        "Snapshots"
                    </a>
                    <ExportButton
                        store=store
                        offers=Callback::new(move |()| offers(store, listed.get_untracked(), all.get_untracked()))
                        disabled=none
                    />
                    <button class="btn" type="button" disabled=move || total.get() == 0 on:click=move |_| asking.set(true)>
                        "Clear activity"
                    </button>
                </div>
            </div>
            <p class="quiet">
                {format!("Everything that this browser has changed on {}. What others did, and what you did elsewhere, is not in it.", connection.name)}
            </p>
            {move || (store.runs().memory() == Memory::None).then(|| view! {
                <Alert kind=Kind::Note>
                    <p>"This browser does not let Muster keep anything: what stands here goes when the page is closed."</p>
                </Alert>
            })}
            <div class="tools">
                <Search label="Search activity" value=search />
                <span class="select">
                    <select
                        aria-label="Show"
                        on:change:target=move |ev| only.set(Only::from_word(&ev.target().value()))
                    >
                        {Only::ALL
                            .map(|(one, word, label)| {
                                view! {
                                    <option value=word selected=only.get_untracked() == one>
                                        {label}
                                    </option>
                                }
                            })
                            .into_iter()
                            .collect_view()}
                    </select>
                    <Icon name="down" />
                </span>
                <InPages rows=rows all=total />
                <div class="count end">
                    <span role="status">
                        <strong>{move || format::number(count.get())}</strong>
                        {move || format!(" of {}", format::number(total.get()))}
                    </span>
                </div>
            </div>
            {move || match (none_at_all.get(), none.get()) {
                (true, _) if store.runs().memory() == Memory::Unread => view! { <p class="quiet" role="status">"Reading…"</p> }.into_any(),
                (true, _) => {
                    view! {
                        <Empty title="Nothing was changed yet">
                            <p>"Whatever you change from this browser is written down here before it is sent, with what came of it."</p>
                        </Empty>
                    }
                        .into_any()
                }
                (_, true) => {
                    view! {
                        <Empty title="Nothing matches">
                            <div class="actions">
                                <button
                                    class="btn"
                                    type="button"
                                    on:click=move |_| {
                                        search.set(String::new());
                                        only.set(Only::All);
                                    }
                                >
                                    "Clear search"
                                </button>
                            </div>
                        </Empty>
                    }
                        .into_any()
                }
                _ => view! { <Table listed=listed rows=rows open=open /> }.into_any(),
            }}
            <Pager rows=rows label="Pages of activity" />
            {move || {
                open.get()
                    .map(|id| {
                        let names = untrack(|| store.runs().get(id)).map(|told| odd_names_of(&told.run));
                        let id = RwSignal::new(id);
                        let title = Memo::new(move |_| {
                            let told = store.runs().get(id.get());
                            told.map_or_else(|| "Not known in this browser".to_owned(), |told| told.run.about.title.clone())
                        });
                        let close = Callback::new(move |()| open.set(None));
                        view! {
                            <Dialog title=title names=names.unwrap_or_default() on_submit=Callback::new(|()| ()) on_close=close>
                                <RunView store=store id=id on_close=close />
                            </Dialog>
                        }
                    })
            }}
            {move || {
                asking
                    .get()
                    .then(|| {
                        let close = Callback::new(move |()| asking.set(false));
                        let clear = Callback::new(move |()| {
                            asking.set(false);
                            store.clear_activity();
                        });
                        view! {
                            <Dialog title="Clear activity?" on_submit=clear on_close=close>
                                <p>"What is finished is forgotten, and with it every receipt and every Undo. What is not finished stays."</p>
                                <div class="actions">
                                    <button class="btn" type="button" autofocus on:click=move |_| close.run(())>
                                        "Keep it"
                                    </button>
                                    <button class="btn btn-lose" type="submit">
                                        "Clear"
                                    </button>
                                </div>
                            </Dialog>
                        }
                    })
            }}
        </main>
    }
}

fn run_of_address() -> Option<RunId> {
    browser::query_param("run")?.parse().ok().map(RunId)
}

#[component]
fn Table(listed: Memo<Vec<Told>>, rows: Rows, open: RwSignal<Option<RunId>>) -> impl IntoView {
    let count = Memo::new(move |_| listed.with(Vec::len));
    let slot = move |place: Memo<usize>| {
        let told = Memo::new(move |_| listed.with(|listed| listed.get(place.get()).cloned()));
        let cells = move || {
            told.get().map(|told| {
                let about = &told.run.about;
                let id = about.id;
                let (words, state, icon) = outcome(&told);
                let ticket = Some(about.ticket.clone()).filter(|ticket| !ticket.is_empty());
                view! {
                    <td class="c-when quiet" role="cell">
                        {moment(about.began)}
                    </td>
                    <td class="c-name" role="cell">
                        <button class="link name" type="button" on:click=move |_| open.set(Some(id))>
                            {sentence(&about.title, &odd_names_of(&told.run))}
                        </button>
                    </td>
                    <td class="c-role" role="cell">
                        <span class="outcome" data-state=state>
                            <Icon name=icon />
                            {words}
                        </span>
                    </td>
                    <td class="c-key quiet" role="cell">
                        {ticket}
                    </td>
                }
            })
        };
        rows.row(place, Value::None, cells.into_any())
    };
    view! {
        <table class=move || format!("ledger activity{}", rows.class()) role="table" aria-label="Activity" aria-rowcount=move || (count.get() + 1).to_string()>
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <th role="columnheader" scope="col" class="c-when">"When"</th>
                    <th role="columnheader" scope="col" class="c-name">"What"</th>
                    <th role="columnheader" scope="col" class="c-role">"Outcome"</th>
                    <th role="columnheader" scope="col" class="c-key">"Ticket"</th>
                </tr>
            </thead>
            {rows.body(().into_any(), slot)}
        </table>
    }
}

/// What of it can be exported, one line an item.
fn offers(store: Store, shown: Vec<Told>, all: Vec<Told>) -> Offers {
    let offer = |words: &str, told: Vec<Told>| {
        let runs: Rc<Vec<Arc<Run>>> = Rc::new(told.into_iter().map(|told| told.run).collect());
        Offer {
            words: format!("{words}: {}", format::number(runs.len())),
            hint: None,
            content: Rc::new(move || runs_content(store, &runs)),
        }
    };
    let some = shown.len() < all.len();
    let mut offers = vec![offer("What is on the screen", shown)];
    if some {
        offers.push(offer("Everything kept here", all));
    }
    Offers {
        name: "activity".to_owned(),
        read_at: Some(browser::now()),
        offers,
    }
}
