//! What has changed since a snapshot, and the way back.

use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use muster_changes::Wish;
use muster_changes::since::{Change, Fate, Line, Since, What};
use muster_core::Coverage;

use super::Page;
use super::loaded::{Loaded, Whose};
use super::table::{Table, cells_of};
use crate::browser;
use crate::components::{
    Alert, Empty, ExportButton, Heading, InPages, Kind, Names, NotRead, Pager, Reread,
    ReviewChanges, Rows, Search,
};
use crate::export::{Content, Offer, Offers, Sheet};
use crate::format;
use crate::session::Access;

/// What a kind of change is called, above how many there are.
const fn label(what: What) -> &'static str {
    match what {
        What::New => "New groups",
        What::Gone => "Gone",
        What::Renamed => "Renamed",
        What::Field => "Fields",
        What::In => "Came in",
        What::Out => "Went out",
        What::Role => "Roles",
    }
}

/// What is being done.
#[derive(Clone)]
enum Step {
    Look,
    /// Reviewing the way back.
    Review(Arc<Wish>),
}

/// What has changed since a snapshot.
#[component]
pub(super) fn ChangedSince(page: Page, loaded: Loaded) -> impl IntoView {
    let store = page.store;
    let capabilities = store.capabilities();
    let title = format!("Changes since {}", loaded.when());
    browser::set_title(&[&title, &store.connection().name]);
    let loaded = StoredValue::new_local(loaded);
    // While the list comes in again, what was compared last stands: half of a list would show groups as gone.
    let since = Memo::new(move |before: Option<&Option<Arc<Since>>>| {
        let known = before.cloned().flatten();
        store.look(|directory| match directory.coverage() {
            Coverage::Full { .. } => {
                let then = loaded.with_value(|loaded| Rc::clone(&loaded.then));
                Some(Arc::new(Since::new(capabilities, &then, directory)))
            }
            _ => known,
        })
    });
    let step = RwSignal::new(Step::Look);
    let back = Callback::new(move |()| step.set(Step::Look));
    move || match step.get() {
        Step::Look => {
            view! { <Look page=page loaded=loaded since=since step=step title=title.clone() /> }
                .into_any()
        }
        Step::Review(wish) => {
            let run = loaded.with_value(|loaded| format!("Go back to {}", loaded.when()));
            view! {
                <main class="page" id="main">
                    <Heading text="Go back to this" />
                    <ReviewChanges store=store wish=(*wish).clone() title=run on_back=back names=Names::Everybody />
                </main>
            }
            .into_any()
        }
    }
}

#[component]
fn Look(
    page: Page,
    loaded: StoredValue<Loaded, LocalStorage>,
    since: Memo<Option<Arc<Since>>>,
    step: RwSignal<Step>,
    title: String,
) -> impl IntoView {
    let store = page.store;
    let search = RwSignal::new(String::new());
    let only = RwSignal::new(None::<What>);
    let lines = Memo::new(move |_| {
        let only = only.get();
        since.with(|since| {
            let since = since.as_ref();
            search.with(|search| since.map_or_else(Vec::new, |since| since.select(only, search)))
        })
    });
    let counts = Memo::new(move |_| since.with(|since| since.as_ref().map(|since| since.counts())));
    let total = Memo::new(move |_| counts.get().map_or(0, |counts| counts.iter().sum()));
    let matching = Memo::new(move |_| lines.with(Vec::len));
    // The table itself stays while its rows change.
    let has_table = Memo::new(move |_| matching.get() > 0);
    let asked = Memo::new(move |_| format!("{:?} {}", only.get(), search.get()));
    let key = move |row: usize| {
        let line = lines.with(|lines| lines.get(row).copied())?;
        since.with(|since| {
            let change = since.as_ref()?.groups.get(line.group as usize)?;
            Some(format!("{:?} {}", line.part, change.key))
        })
    };
    let rows = Rows::new(matching, asked, Box::new(key));
    let coverage = Memo::new(move |_| store.look(|directory| directory.coverage().clone()));
    let reading = Memo::new(move |_| matches!(coverage.get(), Coverage::Loading | Coverage::None));
    let none = Memo::new(move |_| matching.get() == 0);
    let offers = Callback::new(move |()| offers(page, loaded, since, lines));
    let chip = move |one: Option<What>| {
        let pressed = move || only.get() == one;
        let count = move || match one {
            None => total.get(),
            Some(one) => {
                let place = What::ALL.iter().position(|what| *what == one);
                let count = counts.get().zip(place);
                count.map_or(0, |(counts, place)| counts.get(place).copied().unwrap_or(0))
            }
        };
        let idle = move || count() == 0 && !pressed();
        view! {
            <button
                class="toggle"
                type="button"
                aria-pressed=move || pressed().to_string()
                aria-disabled=move || idle().then_some("true")
                on:click=move |_| {
                    if !untrack(idle) {
                        only.set(one);
                    }
                }
            >
                {one.map_or("All", label)}
                " "
                <span>{move || format::number(count())}</span>
            </button>
        }
    };
    let saved = loaded.with_value(|loaded| {
        let about = &loaded.about;
        let note = Some(about.note.as_str()).filter(|note| !note.is_empty());
        let groups = format::groups(loaded.then.len());
        let mut parts = vec![about.connection.as_str(), &groups];
        parts.extend(note);
        parts.join(" · ")
    });
    view! {
        <main class="page" id="main">
            <nav class="crumbs" aria-label="Breadcrumb">
                <a
                    href=store.connection().href("snapshots")
                    on:click=move |_| page.close()
                >
                    "Snapshots"
                </a>
                " / "
                {loaded.with_value(Loaded::when)}
            </nav>
            <div class="head">
                <div>
                    <Heading text=title />
                    <p class="lede">{saved}</p>
                </div>
                <div class="actions">
                    <ExportButton store=store offers=offers disabled=none />
                    <GoBack page=page loaded=loaded since=since lines=lines step=step />
                </div>
            </div>
            <Remarks page=page loaded=loaded coverage=coverage />
            <div class="tools">
                <Search label="Search changes" value=search />
                <InPages rows=rows all=total />
                <div class="count end">
                    <span role="status">
                        {move || match (since.with(Option::is_some), coverage.get()) {
                            (true, Coverage::Full { read_at, .. }) => {
                                let of = format!(" of {} · read {}", format::number(total.get()), format::time_of_day(read_at));
                                view! { <strong>{format::number(matching.get())}</strong> {of} }.into_any()
                            }
                            (_, Coverage::BrokenOff(_)) => ().into_any(),
                            (true, _) => "Reading again…".into_any(),
                            (false, _) => "Reading what is so now…".into_any(),
                        }}
                    </span>
                    <Reread
                        reading=reading
                        on_stop=Callback::new(move |()| store.stop_loading())
                        on_again=Callback::new(move |()| store.load())
                    />
                </div>
            </div>
            <div class="toggles" role="group" aria-label="Show only">
                {chip(None)}
                {What::ALL.into_iter().map(|what| chip(Some(what))).collect_view()}
            </div>
            {move || {
                if has_table.get() {
                    view! { <Table page=page since=since lines=lines rows=rows search=search /> }.into_any()
                } else if !since.with(Option::is_some) || total.get() == 0 && !matches!(coverage.get(), Coverage::Full { .. }) {
                    // Of what could not be read nothing is said.
                    ().into_any()
                } else if total.get() == 0 {
                    view! {
                        <Empty title="Nothing has changed">
                            <p>"Every group is as it was, with the same people in the same roles."</p>
                        </Empty>
                    }
                        .into_any()
                } else {
                    view! {
                        <Empty title="No change matches">
                            <div class="actions">
                                <button
                                    class="btn"
                                    type="button"
                                    on:click=move |_| {
                                        search.set(String::new());
                                        only.set(None);
                                    }
                                >
                                    "Clear search"
                                </button>
                            </div>
                        </Empty>
                    }
                        .into_any()
                }
            }}
            <Pager rows=rows label="Pages of changes" />
        </main>
    }
}

/// What has to be known: whose it is, and whether all that is so now is known.
#[component]
fn Remarks(
    page: Page,
    loaded: StoredValue<Loaded, LocalStorage>,
    coverage: Memo<Coverage>,
) -> impl IntoView {
    let other = loaded.with_value(|loaded| {
        let about = &loaded.about;
        let server = if about.server.is_empty() {
            String::new()
        } else {
            format!(" at {}", about.server)
        };
        (loaded.of == Whose::Other).then(|| {
            format!(
                "This snapshot is of another connection: {} ({}{server}). It is compared with {}, and there is no way back from here.",
                about.connection,
                about.system,
                page.store.connection().name
            )
        })
    });
    view! {
        {other
            .map(|words| {
                view! {
                    <Alert kind=Kind::Note>
                        <p>{words}</p>
                    </Alert>
                }
            })}
        {move || match coverage.get() {
            Coverage::BrokenOff(error) => {
                let again = Callback::new(move |()| page.store.load());
                Some(view! { <NotRead means="What is so now could not be read whole: without all of it, nothing can be said of what has changed." error=error on_again=again /> })
            }
            _ => None,
        }}
        {move || match coverage.get() {
            Coverage::Full { unreadable: n @ 1.., .. } => {
                let groups = format::groups(usize::try_from(n).unwrap_or_default());
                let words = format!("{groups} of the list could not be understood now: what stands here as gone may be among them.");
                Some(view! { <Alert kind=Kind::Note><p>{words}</p></Alert> })
            }
            _ => None,
        }}
    }
}

/// The places of the groups, each once, of which something can be taken back.
fn back_places(since: &Since, lines: &[Line]) -> Vec<u32> {
    let mut places: Vec<u32> = Vec::new();
    for line in lines {
        let change = since.groups.get(line.group as usize);
        let can = change.is_some_and(|change| !matches!(change.fate, Fate::New(_)));
        if can && places.last() != Some(&line.group) {
            places.push(line.group);
        }
    }
    places
}

/// The button that leads back, for the groups of which something is shown.
#[component]
fn GoBack(
    page: Page,
    loaded: StoredValue<Loaded, LocalStorage>,
    since: Memo<Option<Arc<Since>>>,
    lines: Memo<Vec<Line>>,
    step: RwSignal<Step>,
) -> impl IntoView {
    let store = page.store;
    let places = Memo::new(move |_| {
        since.with(|since| {
            let since = since.as_ref();
            since.map_or_else(Vec::new, |since| {
                lines.with(|lines| back_places(since, lines))
            })
        })
    });
    let all = Memo::new(move |_| {
        since.with(|since| {
            since.as_ref().map_or(0, |since| {
                let can = |change: &&Change| !matches!(change.fate, Fate::New(_));
                since.groups.iter().filter(can).count()
            })
        })
    });
    let looks = store.connection().access == Access::LookOnly;
    let other = loaded.with_value(|loaded| loaded.of == Whose::Other);
    let why_not = move || {
        if other {
            Some("It is of another connection.")
        } else if looks {
            Some("This connection only looks.")
        } else {
            None
        }
    };
    let press = move |_| {
        let Some(since) = since.get_untracked() else {
            return;
        };
        let then = loaded.with_value(|loaded| Rc::clone(&loaded.then));
        let places = places.get_untracked();
        let wish = store.peek(|now| since.back(store.capabilities(), &then, now, &places));
        step.set(Step::Review(Arc::new(wish)));
    };
    view! {
        <button
            class="btn btn-primary"
            type="button"
            disabled=move || why_not().is_some() || places.with(Vec::is_empty)
            title=why_not
            on:click=press
        >
            {move || {
                let shown = places.with(Vec::len);
                if shown == all.get() { "Go back to this…".to_owned() } else { format!("Go back in {}…", format::groups(shown)) }
            }}
        </button>
    }
}

/// What of it can be exported.
fn offers(
    page: Page,
    loaded: StoredValue<Loaded, LocalStorage>,
    since: Memo<Option<Arc<Since>>>,
    lines: Memo<Vec<Line>>,
) -> Offers {
    let store = page.store;
    let since = since.get_untracked().unwrap_or_default();
    let shown = Rc::new(lines.get_untracked());
    let then = loaded.with_value(Loaded::when);
    let words = format!("{} changes on the screen", format::number(shown.len()));
    let content = move || {
        let (since, shown) = (Arc::clone(&since), Rc::clone(&shown));
        let headings = [
            "Group",
            super::table::key_label(store),
            "Change",
            "Person",
            "Then",
            "Now",
        ];
        Content::Sheet(Sheet {
            headings: headings.map(str::to_owned).into(),
            count: shown.len(),
            line: Box::new(move |place| {
                let line = shown.get(place)?;
                let change = since.groups.get(line.group as usize)?;
                let cells = cells_of(store, change, line.part)?;
                Some(vec![
                    change.name.clone(),
                    change.key.to_string(),
                    cells.what.to_owned(),
                    cells.person.map_or_else(String::new, |(key, _)| key),
                    cells.then,
                    cells.now,
                ])
            }),
        })
    };
    Offers {
        name: format!("changes since {then}").replace(':', "-"),
        read_at: crate::export::list_read_at(store),
        offers: vec![Offer {
            words,
            hint: None,
            content: Rc::new(content),
        }],
    }
}
