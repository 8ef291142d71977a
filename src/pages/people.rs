//! Everybody known here: search, sort, open, and a way to any name.

use std::rc::Rc;
use std::sync::Arc;

use group_api::{ListScope, PersonKey, Support};
use leptos::prelude::*;
use leptos::{Lights, Value};
use muster_core::{Coverage, Direction, Everybody, Known, PeopleSort};

use super::groups::Remarks;
use super::person::person_href;
use crate::browser;
use crate::components::{
    Avatar, AvatarOf, Empty, ExportButton, Failed, Heading, Icon, InPages, Pager, Reread, Rows,
    Search, SortHeader, Sorted, marking, shown_name, unique_id,
};
use crate::export::{Content, Offer, Offers, Sheet, list_read_at, offer_everything};
use crate::format;
use crate::router::use_router;
use crate::session::use_session;
use crate::store::{Store, use_store};

/// What one row of the table shows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shown {
    key: String,
    label: String,
    groups: u32,
    leads: u32,
}

/// The people of the table, by row.
#[derive(Clone, Copy)]
struct Listed {
    store: Store,
    everybody: Memo<Arc<Everybody>>,
    places: Memo<Vec<u32>>,
}

impl Listed {
    fn known(self, row: usize) -> Option<Known> {
        let place = self.places.with(|places| places.get(row).copied())?;
        self.everybody.with(|everybody| everybody.at(place))
    }

    fn key(self, row: usize) -> Option<String> {
        let known = self.known(row)?;
        let key =
            |directory: &muster_core::Directory| directory.person_at(known.number).0.to_owned();
        Some(self.store.peek(key))
    }

    fn shown(self, row: usize) -> Shown {
        let Some(known) = self.known(row) else {
            return Shown::default();
        };
        self.store.look(|directory| {
            let (key, label) = directory.person_at(known.number);
            Shown {
                key: key.to_owned(),
                label: label.to_owned(),
                groups: known.groups,
                leads: known.leads,
            }
        })
    }
}

fn sort_of_address() -> Option<PeopleSort> {
    PeopleSort::from_word(&browser::query_param("sort")?)
}

fn direction_of_address() -> Direction {
    match browser::query_param("dir").as_deref() {
        Some("desc") => Direction::Descending,
        _ => Direction::Ascending,
    }
}

/// Everybody who is in some known group.
#[component]
pub fn People() -> impl IntoView {
    let store = use_store();
    let session = use_session();
    let router = use_router();
    let connection = store.connection();
    browser::set_title(&["People", &connection.name]);
    store.load_once();

    let search = RwSignal::new(browser::query_param("q").unwrap_or_default());
    let sort = RwSignal::new(sort_of_address());
    let direction = RwSignal::new(direction_of_address());
    // The bar's link, or going back, may lead to this page with another question.
    Effect::new(move |before: Option<()>| {
        router.track_visits();
        if before.is_some() {
            search.set(browser::query_param("q").unwrap_or_default());
            sort.set(sort_of_address());
            direction.set(direction_of_address());
        }
    });
    Effect::new(move |_| {
        let down = direction.get() == Direction::Descending;
        browser::replace_query_soon(vec![
            ("q", Some(search.get())),
            ("sort", sort.get().map(|by| by.word().to_owned())),
            ("dir", down.then(|| "desc".to_owned())),
        ]);
    });

    let everybody = Memo::new(move |_| Arc::new(store.look(Everybody::new)));
    let places = Memo::new(move |_| {
        let (sort, direction) = (sort.get(), direction.get());
        everybody.with(|everybody| search.with(|search| everybody.select(search, sort, direction)))
    });
    let asked =
        Memo::new(move |_| format!("{:?} {:?} {}", sort.get(), direction.get(), search.get()));
    let coverage = Memo::new(move |_| store.look(|directory| directory.coverage().clone()));
    let groups = Memo::new(move |_| store.look(muster_core::Directory::len));
    let known = Memo::new(move |_| everybody.with(|everybody| everybody.len()));
    let unsaid = Memo::new(move |_| everybody.with(|everybody| everybody.unsaid()));
    let matching = Memo::new(move |_| places.with(Vec::len));
    let listed = Listed {
        store,
        everybody,
        places,
    };
    let rows = Rows::new(matching, asked, Box::new(move |row| listed.key(row)));
    let reading = Memo::new(move |_| matches!(coverage.get(), Coverage::Loading | Coverage::None));
    let again = Callback::new(move |()| store.load());
    let connect_again = Callback::new({
        let id = connection.id.clone();
        move |()| session.ask_again(&id)
    });
    let person_list = store.capabilities().person_list;
    let region = move || {
        match (coverage.get(), known.get(), matching.get()) {
        (Coverage::BrokenOff(error), 0, _) => view! {
            <Failed title="The people could not be read" error=error on_again=again on_connect=connect_again />
        }
        .into_any(),
        (Coverage::Full { unreadable: 0, .. }, 0, _) => view! {
            <Empty title="Nobody is in a group yet">
                <p>"Here stands everybody who is in some group. Make a group, or add the first people to one."</p>
                <div class="actions">
                    <a class="btn" href=store.connection().href("groups")>
                        "Groups"
                    </a>
                </div>
            </Empty>
        }
        .into_any(),
        (_, 1.., 0) if !reading.get() => {
            view! { <NoMatch store=store known=known search=search /> }.into_any()
        }
        _ => ().into_any(),
    }
    };
    let has_table = Memo::new(move |_| reading.get() || matching.get() > 0);
    let offers = Callback::new(move |()| offers(listed));
    let none = Memo::new(move |_| matching.get() == 0);
    view! {
        <main class="page" id="main">
            <div class="head">
                <Heading text="People" />
                <div class="actions">
                    <ExportButton store=store offers=offers disabled=none />
                </div>
            </div>
            <div class="tools">
                <Search label="Search people" value=search />
                {match person_list {
                    Support::Yes => view! { <AnyName store=store /> }.into_any(),
                    Support::No(_) => ().into_any(),
                }}
                <InPages rows=rows all=known />
                <div class="count end">
                    <span role="status" aria-live=move || store.fresh().is_quiet().then_some("off")>
                        {move || count(store, &coverage.get(), matching.get(), known.get(), groups.get())}
                    </span>
                    <Reread reading=reading on_stop=Callback::new(move |()| store.stop_loading()) on_again=again />
                </div>
            </div>
            {match person_list {
                Support::No(why) => view! { <p class="hint">{why}</p> }.into_any(),
                Support::Yes => ().into_any(),
            }}
            <Remarks store=store known=groups coverage=coverage on_again=again />
            {move || {
                let words = match unsaid.get() {
                    1 => "Of 1 group the server does not say who is in it: it is not counted here.".to_owned(),
                    n => format!("Of {} the server does not say who is in them: they are not counted here.", format::groups(n)),
                };
                (unsaid.get() > 0 && !reading.get()).then(|| view! { <p class="hint">{words}</p> })
            }}
            {move || has_table.get().then(|| view! { <Table listed=listed rows=rows search=search sort=sort direction=direction reading=reading /> })}
            {region}
            <Pager rows=rows label="Pages of people" />
        </main>
    }
}

/// What of it can be exported: the people as the table shows them, or all memberships.
fn offers(listed: Listed) -> Offers {
    let store = listed.store;
    let count = listed.places.with_untracked(Vec::len);
    let sheet = move || {
        let rows: Vec<Known> = (0..count)
            .filter_map(|row| untrack(|| listed.known(row)))
            .collect();
        let headings = ["Name", "Person", "Groups", &lead_label(store)].map(str::to_owned);
        Content::Sheet(Sheet {
            headings: headings.into(),
            count,
            line: Box::new(move |row| {
                let known = rows.get(row)?;
                let name = |directory: &muster_core::Directory| {
                    let (key, label) = directory.person_at(known.number);
                    [label.to_owned(), key.to_owned()]
                };
                let mut cells = Vec::from(store.peek(name));
                cells.extend([known.groups, known.leads].map(|count| count.to_string()));
                Some(cells)
            }),
        })
    };
    Offers {
        name: "people".to_owned(),
        read_at: list_read_at(store),
        offers: vec![
            Offer {
                words: format!(
                    "{} on the screen, as the table shows them",
                    format::people(count)
                ),
                hint: None,
                content: Rc::new(sheet),
            },
            offer_everything(store),
        ],
    }
}

/// How many, of how many, out of which groups, when read.
fn count(store: Store, coverage: &Coverage, now: usize, all: usize, groups: usize) -> AnyView {
    let whole = match store.capabilities().scope {
        ListScope::OwnGroups => " in the groups you are in",
        ListScope::WholeSite => "",
    };
    let loaded = || match store.capabilities().scope {
        ListScope::OwnGroups => format!(
            " in the {} loaded so far, of those you are in",
            format::groups(groups)
        ),
        ListScope::WholeSite => format!(" in the {} loaded so far", format::groups(groups)),
    };
    let rest = match coverage {
        Coverage::None => return "Reading…".into_any(),
        Coverage::Loading | Coverage::BrokenOff(_) if groups == 0 => {
            let words = if *coverage == Coverage::Loading {
                "Reading…"
            } else {
                ""
            };
            return words.into_any();
        }
        Coverage::Loading | Coverage::BrokenOff(_) => loaded(),
        Coverage::Full { read_at, .. } => {
            format!("{whole} · read {}", format::time_of_day(*read_at))
        }
    };
    view! {
        <strong>{format::number(now)}</strong>
        {format!(" of {}{rest}", format::number(all))}
    }
    .into_any()
}

/// What is typed is nobody's name here.
#[component]
fn NoMatch(store: Store, known: Memo<usize>, search: RwSignal<String>) -> impl IntoView {
    let typed = move || PersonKey::new(search.get().trim()).ok();
    let anyway = move || {
        let person = typed().filter(|_| store.capabilities().person_list.is_yes())?;
        let href = person_href(store, person.as_str());
        Some(view! { <a class="btn" href=href>{format!("Open “{person}”")}</a> })
    };
    view! {
        <Empty title="Nobody matches">
            <p>{move || format!("None of {} has all of these words in the name.", format::people(known.get()))}</p>
            <div class="actions">
                <button class="btn" type="button" on:click=move |_| search.set(String::new())>
                    "Clear search"
                </button>
                {anyway}
            </div>
        </Empty>
    }
}

/// Opens the page of any name: somebody who has just joined is in no group yet.
#[component]
fn AnyName(store: Store) -> impl IntoView {
    let router = use_router();
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let id = unique_id("name");
    let error_id = format!("{id}-error");
    let described = {
        let error_id = error_id.clone();
        move || fault.with(Option::is_some).then(|| error_id.clone())
    };
    let focus_id = id.clone();
    let open = move || match PersonKey::new(typed.get_untracked().trim()) {
        Ok(person) => router.go(&person_href(store, person.as_str())),
        Err(why) => {
            fault.set(Some(format!("That cannot be a name: {why}.")));
            browser::focus(&focus_id);
        }
    };
    view! {
        <form
            class="any-name"
            aria-label="Open a person"
            novalidate
            on:submit=move |ev| {
                ev.prevent_default();
                open();
            }
        >
            <input
                type="text"
                id=id
                aria-label="Any name"
                placeholder="Any name"
                title="Known here or not: somebody who has just joined is in no group yet."
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=described
                prop:value=typed
                on:input:target=move |ev| {
                    typed.set(ev.target().value());
                    fault.set(None);
                }
            />
            <button class="btn" type="submit">
                "Open"
            </button>
            {move || {
                fault
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
        </form>
    }
}

/// What the column of those whom a person manages is called: "Admin of".
fn lead_label(store: Store) -> String {
    let lead = store
        .capabilities()
        .lead()
        .map_or("Admin", |lead| lead.label);
    format!("{lead} of")
}

#[component]
fn Table(
    listed: Listed,
    rows: Rows,
    search: RwSignal<String>,
    sort: RwSignal<Option<PeopleSort>>,
    direction: RwSignal<Direction>,
    reading: Memo<bool>,
) -> impl IntoView {
    let store = listed.store;
    // Without a search the order that nobody chose is that of the names.
    let by_now = move || {
        let by_default = search.with(String::is_empty).then_some(PeopleSort::Name);
        sort.get().or(by_default)
    };
    let sort_by = move |by: PeopleSort| {
        Callback::new(move |()| {
            if untrack(by_now) == Some(by) {
                direction.update(|direction| *direction = direction.reversed());
            } else {
                direction.set(match by {
                    PeopleSort::Name => Direction::Ascending,
                    PeopleSort::Groups | PeopleSort::Leads => Direction::Descending,
                });
            }
            sort.set(Some(by));
        })
    };
    let sorted = move |by: PeopleSort| {
        Signal::derive(move || {
            if by_now() == Some(by) {
                Sorted::By(direction.get())
            } else {
                Sorted::No
            }
        })
    };
    let count = Memo::new(move |_| listed.places.with(Vec::len));
    let me = Memo::new(move |_| store.myself());
    let marks = marking(search);
    let slot = move |place: Memo<usize>| {
        let shown = Memo::new(move |_| listed.shown(place.get()));
        let cells = move || {
            view! { <Cells store=store me=me shown=shown.get() marks=marks /> }
        };
        rows.row(place, Value::None, cells.into_any())
    };
    let skeleton = move || {
        (count.get() == 0).then(|| {
            (0..8)
                .map(|_| {
                    view! {
                        <tr role="row" aria-hidden="true">
                            <td class="c-name" role="cell">
                                <span class="who">
                                    <span class="avatar skel"></span>
                                    <span class="skel"></span>
                                </span>
                            </td>
                            <td class="c-num num" role="cell">
                                <span class="skel"></span>
                            </td>
                            <td class="c-num num" role="cell">
                                <span class="skel"></span>
                            </td>
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <table
            class=move || format!("ledger people{}", rows.class())
            role="table"
            aria-label="People"
            aria-rowcount=move || (count.get() + 1).to_string()
            aria-busy=move || reading.get().then_some("true")
        >
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <SortHeader label="Person" class="c-name" sorted=sorted(PeopleSort::Name) on_sort=sort_by(PeopleSort::Name) />
                    <SortHeader label="Groups" class="c-num num" sorted=sorted(PeopleSort::Groups) on_sort=sort_by(PeopleSort::Groups) />
                    <SortHeader
                        label=lead_label(store)
                        class="c-num num"
                        sorted=sorted(PeopleSort::Leads)
                        on_sort=sort_by(PeopleSort::Leads)
                    />
                </tr>
            </thead>
            {rows.body(skeleton.into_any(), slot)}
        </table>
    }
}

/// What is seen of a person.
#[component]
fn Cells(store: Store, me: Memo<Option<PersonKey>>, shown: Shown, marks: Lights) -> impl IntoView {
    let whole = |n: u32| usize::try_from(n).unwrap_or_default();
    let is_me = me.with(|me| me.as_ref().is_some_and(|me| me.as_str() == shown.key));
    let other_key = (shown.key != shown.label).then(|| shown_name(shown.key.clone(), Some(marks)));
    let unit = if shown.groups == 1 {
        " group"
    } else {
        " groups"
    };
    let lead_word = lead_label(store);
    view! {
        <td class="c-name" role="cell">
            <span class="who">
                <Avatar of=AvatarOf::Person name=shown.label.clone() key=shown.key.clone() photo=None />
                <a class="name" href=person_href(store, &shown.key)>
                    {shown_name(shown.label.clone(), Some(marks))}
                </a>
                {is_me.then(|| view! { <span class="badge">"you"</span> })}
                {other_key.map(|key| view! { <code class="quiet">{key}</code> })}
            </span>
        </td>
        <td class="c-num num" role="cell">
            {format::number(whole(shown.groups))}
            <span class="on-phone">{unit}</span>
        </td>
        <td class=if shown.leads == 0 { "c-num num quiet" } else { "c-num num" } role="cell">
            <span class="on-phone quiet">{lead_word} " "</span>
            {format::number(whole(shown.leads))}
        </td>
    }
}
