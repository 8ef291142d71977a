use std::sync::Arc;

use group_api::{ApiError, Field, KeyKind, ListScope, Timestamp};
use leptos::Lights;
use leptos::prelude::*;
use muster_core::{Coverage, Direction, Directory, Only, Query, Row, SortBy, WorkList};

use super::worklists::list_of_address;
use crate::browser;
use crate::components::{
    Alert, Avatar, AvatarOf, Check, Empty, Failed, Heading, Icon, InPages, Key, Keys, Kind,
    Question, Reread, Rows, Search, SelectMode, Selection, SortHeader, Sorted, marking, pick,
    shown_name,
};
use crate::format;
use crate::rest::{doors, use_rest};
use crate::router::use_router;
use crate::session::{Photos, use_session};
use crate::store::{Store, use_store};

/// How many of those who manage a group are named in its row.
const NAMED: usize = 3;

/// After how long without a group the table shows where they will be, in milliseconds.
const SKELETON_AFTER_MS: u32 = 150;

/// What one row of the table shows. What is equal is not painted again.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shown {
    key: String,
    name: String,
    description: String,
    photo: Option<String>,
    people: Option<u32>,
    /// The names of the first of those who manage it, and how many more there are.
    leads: Option<(String, usize)>,
    updated: Option<Timestamp>,
}

impl Shown {
    fn of(directory: &Directory, row: &Row<'_>) -> Self {
        Self {
            key: row.key().to_owned(),
            name: row.display_name().to_owned(),
            description: row.description().to_owned(),
            photo: Some(row.photo().to_owned()).filter(|photo| !photo.is_empty()),
            people: row.people(),
            leads: directory.leads(row).map(|mut leads| {
                let named: Vec<&str> = leads.by_ref().take(NAMED).collect();
                (named.join(", "), leads.count())
            }),
            updated: row.updated(),
        }
    }
}

/// The groups of the table, by row.
#[derive(Clone, Copy)]
struct Listed {
    store: Store,
    /// The first that answer what was asked just now, while it is not known yet which come behind them.
    first: Memo<Option<Vec<u32>>>,
    /// All that answer; meanwhile those that answer what was asked before.
    places: Memo<Arc<Vec<u32>>>,
    selection: Selection,
    keys: Keys,
}

impl Listed {
    fn number(self, row: usize) -> Option<u32> {
        let first = self
            .first
            .with(|first| first.as_ref().map(|first| first.get(row).copied()));
        first.unwrap_or_else(|| self.places.with(|places| places.get(row).copied()))
    }

    /// The key of the group in a row.
    fn key(self, row: usize) -> Option<String> {
        let number = self.number(row)?;
        self.store
            .peek(|directory| Some(directory.row(number)?.key().to_owned()))
    }

    fn shown(self, row: usize) -> Shown {
        let number = self.number(row);
        let shown = self.store.look(|directory| {
            let row = directory.row(number?)?;
            Some(Shown::of(directory, &row))
        });
        shown.unwrap_or_default()
    }
}

/// The groups of a connection: search, sort, filter, open.
#[component]
pub fn Groups() -> impl IntoView {
    let store = use_store();
    let session = use_session();
    let connection = store.connection();
    browser::set_title(&["Groups", &connection.name]);
    store.load_once();
    // Another page may have read the list, and nobody has asked for its orders since.
    store.soon_work_ahead();

    let search = RwSignal::new(browser::query_param("q").unwrap_or_default());
    let mine = RwSignal::new(browser::query_param("mine").is_some() && store.me().is_some());
    let sort =
        RwSignal::new(browser::query_param("sort").and_then(|word| SortBy::from_word(&word)));
    let direction = RwSignal::new(direction_of_address());
    let list = RwSignal::new(list_of_address(store));
    // The bar's link, or going back, may lead to this page with another question.
    let router = use_router();
    Effect::new(move |before: Option<()>| {
        router.track_visits();
        if before.is_some() {
            search.set(browser::query_param("q").unwrap_or_default());
            mine.set(browser::query_param("mine").is_some() && store.me().is_some());
            sort.set(browser::query_param("sort").and_then(|word| SortBy::from_word(&word)));
            direction.set(direction_of_address());
            list.set(list_of_address(store));
        }
    });
    Effect::new(move |_| {
        let (search, mine, sort, direction) =
            (search.get(), mine.get(), sort.get(), direction.get());
        browser::replace_query_soon(vec![
            ("q", Some(search)),
            ("mine", mine.then(|| "1".to_owned())),
            ("list", list.get().map(|list| list.word().to_owned())),
            ("sort", sort.map(|by| by.word().to_owned())),
            (
                "dir",
                (direction == Direction::Descending).then(|| "desc".to_owned()),
            ),
        ]);
    });

    let words = Memo::new(move |_| {
        // Words and no formatting of values: that alone was a kilobyte.
        let flag = |set: bool| if set { "1" } else { "" };
        let parts = [
            flag(mine.get()),
            list.get().map_or("", WorkList::word),
            sort.get().map_or("", SortBy::word),
            flag(direction.get() == Direction::Descending),
            &search.get(),
        ];
        parts.join(" ")
    });
    let query = Memo::new(move |_| Query {
        search: search.get(),
        only: match store.me().filter(|_| mine.get()) {
            Some(me) => Only::Of(me),
            None => Only::All,
        },
        list: list.get(),
        sort: sort.get(),
        direction: direction.get(),
    });
    let question = Question::new(words);
    let rest = use_rest();
    let first = Memo::new(move |_| {
        let may_wait = question.is_late() && untrack(move || rest.is_here());
        may_wait
            .then(|| query.with(|query| doors::first_groups(store, query)))
            .flatten()
    });
    let places = Memo::new(move |before: Option<&Arc<Vec<u32>>>| {
        match before.filter(|_| first.with(Option::is_some)) {
            Some(before) => Arc::clone(before),
            None => query.with(|query| store.select(query)),
        }
    });
    // Whoever does something to all of them does not wait for a frame. Nothing on the page follows it while one types, for
    // that would ask them all, but the bar of who has selected as many as match: whether these are all selected.
    let all = Memo::new(move |_| query.with(|query| store.select(query)));
    let searching = Memo::new(move |_| !search.with(String::is_empty));
    let coverage = Memo::new(move |_| store.look(|directory| directory.coverage().clone()));
    let known = Memo::new(move |_| store.look(muster_core::Directory::len));
    let matching = Memo::new(move |_| places.with(|places| places.len()));
    let listed = Listed {
        store,
        places,
        first,
        selection: Selection::default(),
        keys: Keys {
            count: Memo::new(move |_| all.with(|all| all.len())),
            told: matching,
            key: Callback::new(move |row| {
                let number = all.with(|all| all.get(row).copied())?;
                store.peek(|directory| Some(directory.row(number)?.key().to_owned()))
            }),
        },
    };
    let some_selected = Memo::new(move |_| {
        let selection = listed.selection;
        selection.selecting.get() || !selection.is_empty()
    });
    let bar = rest.piece(
        move || some_selected.get(),
        move || doors::groups_bar(store, listed.selection, listed.keys, list),
    );
    // Nobody waits for these: they come with the pages that are fetched later.
    let tools = move || {
        rest.is_here()
            .then(|| doors::groups_tools(store, all, matching))
    };
    // They tell of a list that has come in, and have their place before they are there.
    let filters = move || {
        rest.is_here()
            .then(|| doors::work_lists(store, list, coverage))
    };
    // For the first time: what is read again is there.
    let is_first = known.get_untracked() == 0;
    let coming = Memo::new(move |before: Option<&bool>| {
        *before.unwrap_or(&is_first) && matches!(coverage.get(), Coverage::Loading | Coverage::None)
    });
    let rows = Rows::coming_in(
        matching,
        question,
        Box::new(move |row| listed.key(row)),
        coming,
    );
    let clear = Callback::new(move |()| {
        search.set(String::new());
        mine.set(false);
        list.set(None);
    });
    let again = Callback::new(move |()| store.load());
    let connect_again = Callback::new({
        let id = connection.id.clone();
        move |()| session.ask_again(&id)
    });
    let failed = move || {
        match (coverage.get(), known.get()) {
        (Coverage::BrokenOff(error), 0) => view! {
            <Failed title="The groups could not be read" error=error on_again=again on_connect=connect_again />
        }
        .into_any(),
        _ => ().into_any(),
    }
    };
    let has_none = move || match (coverage.get(), known.get()) {
        (Coverage::Full { unreadable, .. }, 0) => unreadable == 0,
        (Coverage::Full { .. } | Coverage::BrokenOff(_), 1..) => matching.get() == 0,
        _ => false,
    };
    // The table itself stays while its rows change; only its absence is decided here.
    let has_table = Memo::new(move |_| match coverage.get() {
        Coverage::Loading | Coverage::None => true,
        _ => matching.get() > 0,
    });
    let mine_hint =
        if connection.user.is_none() && store.capabilities().scope == ListScope::WholeSite {
            Some("Off: this connection does not know your username.".to_owned())
        } else {
            None
        };
    let no_user = connection.user.is_none();
    view! {
        <main class="page" id="main">
            <div class="head">
                <Heading text="Groups" />
                <div class="actions one-line">
                    <SelectMode selection=listed.selection />
                    {tools}
                    <a class="btn btn-primary" href=connection.href("new-group")>
                        <Icon name="plus" />
                        "New group"
                    </a>
                </div>
            </div>
            <Notice store=store />
            <div class="tools">
                <Search label="Search groups" value=search />
                {(store.capabilities().scope == ListScope::WholeSite)
                    .then(|| {
                        view! { <Check label="Only groups I belong to" checked=mine disabled=no_user hint=mine_hint /> }
                    })} <InPages rows=rows all=known /> <Count listed=listed matching=matching known=known coverage=coverage />
            </div>
            <div class="filters">{filters}</div>
            <Remarks store=store known=known coverage=coverage on_again=again />
            {move || has_table.get().then(|| view! { <Table listed=listed rows=rows search=search searching=searching sort=sort direction=direction coverage=coverage /> })}
            {failed}
            {rest.piece(has_none, move || has_none().then(|| doors::no_groups(store, known, clear)).into_any())}
            {bar}
            {rest.piece(move || rows.has_pages(), move || doors::pager(rows))}
        </main>
    }
}

fn direction_of_address() -> Direction {
    match browser::query_param("dir").as_deref() {
        Some("desc") => Direction::Descending,
        _ => Direction::Ascending,
    }
}

/// What was done elsewhere and is told here, until the next thing is done.
#[component]
fn Notice(store: Store) -> impl IntoView {
    on_cleanup(move || store.hush(None));
    move || {
        store
            .notice(None)
            .map(|text| view! { <Alert kind=Kind::Done><p>{text}</p></Alert> })
    }
}

/// How many, of how many, when read.
#[component]
fn Count(
    listed: Listed,
    matching: Memo<usize>,
    known: Memo<usize>,
    coverage: Memo<Coverage>,
) -> impl IntoView {
    let store = listed.store;
    let own = store.capabilities().scope == ListScope::OwnGroups;
    let counting = Memo::new(move |_| listed.first.with(Option::is_some));
    let text = move || {
        let (now, all) = (matching.get(), known.get());
        // Nobody is told a number that is not known yet.
        let is_known = !counting.get();
        let number = if is_known {
            format::number(now)
        } else {
            "…".to_owned()
        };
        let of_mine = if own { " you are in" } else { "" };
        match coverage.get() {
            Coverage::None => ("".to_owned(), "Reading…".to_owned()),
            Coverage::Loading if all == 0 => ("".to_owned(), "Reading…".to_owned()),
            Coverage::BrokenOff(_) if all == 0 => Default::default(),
            Coverage::Loading | Coverage::BrokenOff(_) if now == all && is_known => {
                (number, format!(" so far{of_mine}"))
            }
            Coverage::Loading | Coverage::BrokenOff(_) => (
                number,
                format!(" of {} so far{of_mine}", format::number(all)),
            ),
            Coverage::Full { read_at, .. } => (
                number,
                format!(
                    " of {}{of_mine} · read {}",
                    format::number(all),
                    format::time_of_day(read_at)
                ),
            ),
        }
    };
    let reading = Memo::new(move |_| matches!(coverage.get(), Coverage::Loading | Coverage::None));
    view! {
        <div class="count end">
            <span role="status" aria-live=move || (counting.get() || store.fresh().is_quiet()).then_some("off")>
                <strong>{move || text().0}</strong>
                {move || text().1}
            </span>
            <Reread
                reading=reading
                on_stop=Callback::new(move |()| store.stop_loading())
                on_again=Callback::new(move |()| store.load())
            />
        </div>
    }
}

/// What has to be known about the list as a whole: broken off, partly unreadable, or a username
/// that is in no group.
#[component]
pub(super) fn Remarks(
    store: Store,
    known: Memo<usize>,
    coverage: Memo<Coverage>,
    on_again: Callback<()>,
) -> impl IntoView {
    let broken = move || match coverage.get() {
        Coverage::BrokenOff(error) if known.get() > 0 => Some(error),
        _ => None,
    };
    let unknown_me = Memo::new(move |_| {
        let me = store.me()?;
        let full = matches!(coverage.get(), Coverage::Full { .. });
        let nowhere = full && known.get() > 0 && !store.look(|directory| directory.knows(&me));
        nowhere.then(|| me.to_string())
    });
    view! {
        {move || {
            broken()
                .map(|error| {
                    let why = if error == ApiError::Cancelled { "You stopped it.".to_owned() } else { error.to_string() };
                    view! {
                        <Alert kind=Kind::Bad>
                            <p>
                                <strong>
                                    {format!("The list is not complete: {} so far. ", format::groups(known.get()))}
                                </strong>
                                {why}
                            </p>
                            <div class="actions">
                                <button class="btn btn-small" type="button" on:click=move |_| on_again.run(())>
                                    "Try again"
                                </button>
                            </div>
                        </Alert>
                    }
                })
        }}
        {use_rest()
            .piece(
                move || unknown_me.with(Option::is_some) || !store.unreadable().is_empty(),
                move || doors::oddities(store, unknown_me),
            )}
    }
}

/// What is odd about a list that was read: groups in it that could not be understood, or a username that it does not
/// name.
#[component]
pub fn Oddities(
    /// The store of the connection.
    store: Store,
    /// The username, if the list does not name it.
    unknown_me: Memo<Option<String>>,
) -> impl IntoView {
    view! {
        {move || {
            let bad = store.unreadable();
            (!bad.is_empty())
                .then(|| {
                    let title = format!("{} could not be understood and cannot be shown.", format::groups(bad.len()));
                    let lines = bad
                        .into_iter()
                        .map(|bad| format!("{}{}", bad.key.map(|key| format!("{key}: ")).unwrap_or_default(), bad.why))
                        .collect::<Vec<_>>()
                        .join("\n");
                    view! {
                        <Alert kind=Kind::Note>
                            <p>
                                <strong>{title}</strong>
                            </p>
                            <details class="more">
                                <summary>"Which, and why"</summary>
                                <pre>{lines}</pre>
                            </details>
                        </Alert>
                    }
                })
        }}
        {move || {
            unknown_me
                .get()
                .map(|me| {
                    view! {
                        <Alert kind=Kind::Note>
                            <p>
                                {format!("The username of this connection, “{me}”, is in none of these groups. If that is not so, check its spelling under “Add connection”.")}
                            </p>
                        </Alert>
                    }
                })
        }}
    }
}

/// What stands where no group is shown: none is there, or none matches.
#[component]
pub fn NoGroups(
    /// The store of the connection.
    store: Store,
    /// How many are known.
    known: Memo<usize>,
    /// Lets go of what was asked for.
    on_clear: Callback<()>,
) -> impl IntoView {
    move || {
        match known.get() {
        0 => view! { <NoneYet store=store /> }.into_any(),
        known => view! {
            <Empty title="No group matches">
                <p>{format!("None of {} has all of these words, or all of these filters.", format::groups(known))}</p>
                <div class="actions">
                    <button class="btn" type="button" on:click=move |_| on_clear.run(())>
                        "Clear search"
                    </button>
                </div>
            </Empty>
        }
        .into_any(),
    }
    }
}

#[component]
fn NoneYet(store: Store) -> impl IntoView {
    let connection = store.connection();
    let own = store.capabilities().scope == ListScope::OwnGroups;
    let why = if own {
        "You are in no group yet. Make one, or have somebody invite you to theirs."
    } else {
        "This system has no groups yet. Make the first one."
    };
    view! {
        <Empty title="No groups yet">
            <p>{why}</p>
            <div class="actions">
                <a class="btn" href=connection.href("new-group")>
                    "New group"
                </a>
            </div>
        </Empty>
    }
}

#[component]
fn Table(
    listed: Listed,
    rows: Rows,
    search: RwSignal<String>,
    searching: Memo<bool>,
    sort: RwSignal<Option<SortBy>>,
    direction: RwSignal<Direction>,
    coverage: Memo<Coverage>,
) -> impl IntoView {
    let store = listed.store;
    let capabilities = store.capabilities();
    let sort_by = move |by: SortBy| {
        Callback::new(move |()| {
            if sort.get_untracked().unwrap_or(SortBy::Name) == by
                && (sort.get_untracked().is_some() || !searching.get_untracked())
            {
                sort.set(Some(by));
                direction.update(|direction| *direction = direction.reversed());
            } else {
                direction.set(if by == SortBy::Updated || by == SortBy::People {
                    Direction::Descending
                } else {
                    Direction::Ascending
                });
                sort.set(Some(by));
            }
        })
    };
    let sorted = move |by: SortBy| {
        Signal::derive(move || {
            // Without a search the order that nobody chose is that of the names.
            let by_default = sort.get().is_none() && by == SortBy::Name && !searching.get();
            if by_default || sort.get() == Some(by) {
                Sorted::By(direction.get())
            } else {
                Sorted::No
            }
        })
    };
    let key_label = match capabilities.key {
        KeyKind::ChosenName => "Internal name",
        KeyKind::GivenId => "ID",
    };
    let lead_label = capabilities.lead().map_or("Admins", |lead| lead.plural);
    let has_times = capabilities.times.is_yes();
    let count = Memo::new(move |_| listed.places.with(|places| places.len()));
    let marks = marking(search);
    let slot = move |place: Memo<usize>| {
        let shown = Memo::new(move |before: Option<&Shown>| match before {
            Some(before) if rows.may_wait(place.get()) => before.clone(),
            _ => listed.shown(place.get()),
        });
        let cells = move || {
            view! { <Cells listed=listed shown=shown.get() marks=marks lead_label=lead_label /> }
        };
        let news = move || {
            let is_news = shown.with(|shown| store.fresh().is_news(&shown.key));
            is_news.then_some("news")
        };
        rows.row(place, news.into_attribute_value(), cells.into_any())
    };
    // A list that comes at once needs nothing in its place, and to make that would keep it waiting.
    let waited = RwSignal::new(false);
    browser::later(SKELETON_AFTER_MS, move || {
        waited.try_set(true);
    });
    let skeleton = move || {
        (waited.get() && count.get() == 0).then(|| {
            (0..8)
                .map(|_| {
                    view! {
                        <tr role="row" aria-hidden="true">
                            <td class="c-name" role="cell">
                                <span class="who">
                                    <span class="avatar of-group skel"></span>
                                    <span class="skel"></span>
                                </span>
                            </td>
                            <td class="c-key" role="cell">
                                <span class="skel"></span>
                            </td>
                            <td class="c-desc" role="cell">
                                <span class="skel"></span>
                            </td>
                            <td class="c-num num" role="cell">
                                <span class="skel"></span>
                            </td>
                            <td class="c-admins" role="cell">
                                <span class="skel"></span>
                            </td>
                            {has_times.then(|| view! { <td class="c-when" role="cell"></td> })}
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <table
            class=move || {
                let timed = if has_times { " timed" } else { "" };
                format!("ledger groups{timed}{}{}", rows.class(), listed.selection.class())
            }
            role="table"
            aria-label="Groups"
            aria-rowcount=move || (count.get() + 1).to_string()
            aria-busy=move || matches!(coverage.get(), Coverage::Loading).then_some("true")
        >
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <SortHeader label="Display name" class="c-name" sorted=sorted(SortBy::Name) on_sort=sort_by(SortBy::Name) />
                    <SortHeader label=key_label class="c-key" sorted=sorted(SortBy::Key) on_sort=sort_by(SortBy::Key) />
                    <SortHeader
                        label="Description"
                        class="c-desc"
                        sorted=sorted(SortBy::Description)
                        on_sort=sort_by(SortBy::Description)
                    />
                    <SortHeader label="People" class="c-num num" sorted=sorted(SortBy::People) on_sort=sort_by(SortBy::People) />
                    <SortHeader label=lead_label class="c-admins" sorted=sorted(SortBy::Leads) on_sort=sort_by(SortBy::Leads) />
                    {has_times
                        .then(|| {
                            view! {
                                <SortHeader label="Updated" class="c-when" sorted=sorted(SortBy::Updated) on_sort=sort_by(SortBy::Updated) />
                            }
                        })}
                </tr>
            </thead>
            {rows.body(skeleton.into_any(), slot)}
        </table>
    }
}

/// The address of a group's page.
#[must_use]
pub fn group_href(store: Store, key: &str) -> String {
    store
        .connection()
        .href(&format!("groups/{}", browser::encode(key)))
}

/// What is seen of a group. The elements are made once for each row on the screen: with another group
/// only the texts and attributes change that differ.
#[component]
fn Cells(listed: Listed, shown: Shown, marks: Lights, lead_label: &'static str) -> impl IntoView {
    let store = listed.store;
    let connection = store.connection();
    let capabilities = store.capabilities();
    let photo = shown
        .photo
        .filter(|_| connection.photos == Photos::Load && capabilities.has_field(Field::Photo));
    let (people, unit) = match shown.people {
        None => ("…".to_owned(), ""),
        Some(n) => {
            let n = usize::try_from(n).unwrap_or_default();
            (
                format::number(n),
                if n == 1 { " person" } else { " people" },
            )
        }
    };
    let nobody = matches!(&shown.leads, Some((named, _)) if named.is_empty());
    let (leads, more) = match shown.leads {
        None => (String::new(), "not said".to_owned()),
        Some((named, 0)) => (named, String::new()),
        Some((named, more)) => (named, format!(" +{}", format::number(more))),
    };
    let href = connection.href(&format!("groups/{}", browser::encode(&shown.key)));
    view! {
        <td class="c-name" role="cell">
            <span class="who">
                {pick(listed.selection, listed.keys, shown.key.clone(), &shown.name)}
                <Avatar of=AvatarOf::Group name=shown.name.clone() key=shown.key.clone() photo=photo />
                <a class="name" href=href>
                    {shown_name(shown.name.clone(), Some(marks))}
                </a>
            </span>
        </td>
        <td class="c-key" role="cell">
            <Key seen=shown_name(shown.key.clone(), Some(marks)) key=shown.key />
        </td>
        <td class="c-desc cut" role="cell">
            {marks.text(shown.description.clone())}
        </td>
        <td class="c-num num" role="cell">
            {people}
            <span class="on-phone">{unit.to_owned()}</span>
        </td>
        <td class="c-admins cut" role="cell">
            <span class="on-phone quiet">{lead_label} " "</span>
            {leads}
            <span class="quiet">{more}</span>
            {nobody
                .then(|| {
                    view! {
                        <span class="warn">
                            <Icon name="warn" />
                            "none"
                        </span>
                    }
                })}
        </td>
        {capabilities
            .times
            .is_yes()
            .then(|| {
                view! {
                    <td class="c-when quiet" role="cell">
                        <span class="on-phone">"Updated "</span>
                        {shown.updated.map(|at| view! { <Time at=at /> })}
                    </td>
                }
            })}
    }
}

/// A date, with the exact instant for whoever asks.
#[component]
pub fn Time(at: Timestamp) -> impl IntoView {
    let instant = format::instant(at);
    view! {
        <time datetime=instant.clone() title=instant>
            {format::date(at)}
        </time>
    }
}
