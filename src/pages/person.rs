//! One person: the groups they are in, and what they hold in each.

use std::rc::Rc;
use std::sync::Arc;

use group_api::{ApiError, Field, GroupKey, KeyKind, ListScope, PersonKey};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::{Lights, Value};
use muster_core::{Coverage, Direction, Directory, Holding, HoldingSort, select_holdings};

use super::NotFound;
use super::compare::compare_people;
use super::exports::key_label;
use super::groups::group_href;
use super::person_bulk::{Of, PersonActions};
use crate::browser;
use crate::components::{
    Alert, Avatar, AvatarOf, Empty, ExportButton, Failed, Heading, InPages, Key, Keys, Kind,
    NotRead, Pager, Reread, Rows, Search, SelectMode, Selection, SortHeader, Sorted, marking, pick,
    shown_name,
};
use crate::export::{Content, Keep, Offer, Offers, SOME_OF_THE_PEOPLE, Sheet, Whole};
use crate::format;
use crate::fresh::is_worth_another;
use crate::request::{Asked, Latest};
use crate::router::use_router;
use crate::session::{Photos, use_session};
use crate::store::{OfPerson, Store, use_store};

/// More groups than this can be searched.
const LONG: usize = 8;

/// The address of a person's page.
#[must_use]
pub fn person_href(store: Store, key: &str) -> String {
    store
        .connection()
        .href(&format!("people/{}", browser::encode(key)))
}

/// How the reading of a person's groups stands.
#[derive(Clone, Debug, PartialEq)]
enum Reading {
    /// Under way; what was known before is shown.
    Under,
    /// Read at this time, in milliseconds since 1970, with so many elements of which so many could
    /// not be understood.
    At {
        read_at: f64,
        elements: u32,
        unreadable: u32,
    },
    /// Failed; what was known before is shown as old.
    Failed(ApiError),
}

/// Where a person's groups are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// A question for this person.
    Asked,
    /// The whole list of groups.
    List,
}

/// What the page shows and does.
#[derive(Clone, Copy)]
struct PersonPage {
    store: Store,
    person: StoredValue<PersonKey>,
    source: RwSignal<Source>,
    /// How the question for this person stands.
    asked: RwSignal<Reading>,
    reading: Memo<Reading>,
    latest: StoredValue<Latest, LocalStorage>,
}

impl PersonPage {
    fn new(store: Store, person: PersonKey) -> Self {
        let source = RwSignal::new(if store.capabilities().person_list.is_yes() {
            Source::Asked
        } else {
            Source::List
        });
        let asked = RwSignal::new(Reading::Under);
        let reading = Memo::new(move |_| match source.get() {
            Source::Asked => asked.get(),
            Source::List => store.look(|directory| match directory.coverage() {
                Coverage::None | Coverage::Loading => Reading::Under,
                Coverage::BrokenOff(error) => Reading::Failed(error.clone()),
                Coverage::Full {
                    read_at,
                    unreadable,
                } => Reading::At {
                    read_at: *read_at,
                    elements: 0,
                    unreadable: *unreadable,
                },
            }),
        });
        Self {
            store,
            person: StoredValue::new(person),
            source,
            asked,
            reading,
            latest: StoredValue::new_local(Latest::default()),
        }
    }

    /// Reads the person's groups; an answer that nobody waits for any more is dropped.
    fn read(self) {
        let store = self.store;
        if !store.capabilities().person_list.is_yes() {
            if store.peek(|directory| *directory.coverage() != Coverage::Loading) {
                store.load();
            }
            return;
        }
        self.source.set(Source::Asked);
        self.asked.set(Reading::Under);
        let ticket = self.latest.with_value(Latest::begin);
        let person = self.person.get_value();
        spawn_local(async move {
            let result = store.read_person(&person, ticket.stop()).await;
            if !ticket.is_current() {
                return;
            }
            let reading = match result {
                Ok(OfPerson { left: 1.., .. }) => {
                    // So many are no longer theirs that the whole list is the shorter way.
                    store.load();
                    self.source.try_set(Source::List);
                    return;
                }
                Ok(OfPerson {
                    elements,
                    unreadable,
                    ..
                }) => Reading::At {
                    read_at: browser::now(),
                    elements,
                    unreadable,
                },
                Err(error) => Reading::Failed(error),
            };
            self.asked.try_set(reading);
        });
    }

    /// Reads them again although nobody asked for that; what is shown stays until that has ended. What had failed is read as
    /// if somebody had asked.
    fn read_quietly(self) {
        let read_at = match self.reading.get_untracked() {
            Reading::At { read_at, .. } => read_at,
            Reading::Failed(error) if is_worth_another(&error) => return self.read(),
            _ => return,
        };
        if self.source.get_untracked() == Source::List {
            return self.store.load_quietly();
        }
        let (store, fresh) = (self.store, self.store.fresh());
        let ticket = self
            .latest
            .with_value(|latest| latest.begin_as(Asked::ByItself));
        let person = self.person.get_value();
        spawn_local(fresh.quietly(read_at, async move {
            let answer = store.read_person(&person, ticket.stop()).await?;
            if !ticket.is_current() {
                return Err(ApiError::Cancelled);
            }
            // So many are no longer theirs that the whole list is the shorter way.
            if answer.left > 0 {
                store.load_quietly();
            }
            self.asked.try_set(Reading::At {
                read_at: browser::now(),
                elements: answer.elements,
                unreadable: answer.unreadable,
            });
            Ok(())
        }));
    }

    fn stop(self) {
        match self.source.get_untracked() {
            Source::List => self.store.stop_loading(),
            Source::Asked => {
                self.latest.with_value(Latest::cancel);
                self.asked.set(Reading::Failed(ApiError::Cancelled));
            }
        }
    }
}

/// What one row of the table shows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shown {
    key: String,
    name: String,
    photo: Option<String>,
    roles: String,
}

/// The groups of the table, by row.
#[derive(Clone, Copy)]
struct Listed {
    page: PersonPage,
    places: Memo<Arc<Vec<Holding>>>,
}

impl Listed {
    fn number(self, row: usize) -> Option<u32> {
        self.places.with(|places| Some(places.get(row)?.number))
    }

    fn key(self, row: usize) -> Option<String> {
        let number = self.number(row)?;
        let key = |directory: &Directory| Some(directory.row(number)?.key().to_owned());
        self.page.store.peek(key)
    }

    fn shown(self, row: usize) -> Shown {
        let number = self.number(row);
        let capabilities = self.page.store.capabilities();
        let shown = self.page.store.look(|directory| {
            let number = number?;
            let row = directory.row(number)?;
            let held = self
                .page
                .person
                .with_value(|person| directory.roles_of(number, person));
            let roles: Vec<&str> = held.iter().map(|role| capabilities.label(role)).collect();
            Some(Shown {
                key: row.key().to_owned(),
                name: row.display_name().to_owned(),
                photo: Some(row.photo().to_owned()).filter(|photo| !photo.is_empty()),
                roles: roles.join(", "),
            })
        });
        shown.unwrap_or_default()
    }
}

/// The page of the person whom the address names.
#[component]
pub fn Person() -> impl IntoView {
    let router = use_router();
    let store = use_store();
    // Another person's page is another page.
    let person = Memo::new(move |_| PersonKey::new(&router.part(3)).ok());
    move || match person.get() {
        Some(person) => view! { <OnePerson store=store person=person /> }.into_any(),
        None => {
            view! { <NotFound what="There is no person of this name: no name is like that." /> }
                .into_any()
        }
    }
}

#[component]
fn OnePerson(store: Store, person: PersonKey) -> impl IntoView {
    let session = use_session();
    let connection = store.connection();
    let key = person.to_string();
    let page = PersonPage::new(store, person);
    page.read();
    store.fresh().on_asked(move |asked| match asked {
        Asked::ByUser => page.read(),
        Asked::ByItself => page.read_quietly(),
    });
    // A refused token was replaced: what failed is read again.
    Effect::new(move |before: Option<()>| {
        session.track_tokens();
        if before.is_some() && matches!(page.reading.get_untracked(), Reading::Failed(_)) {
            page.read();
        }
    });
    on_cleanup(move || {
        page.latest.try_with_value(Latest::cancel);
    });
    let name = Memo::new(move |_| {
        let label = |directory: &Directory| {
            page.person.with_value(|person| {
                let label = directory.label_of(person).map(str::to_owned);
                label.unwrap_or_else(|| person.to_string())
            })
        };
        store.look(label)
    });
    let connection_name = connection.name.clone();
    Effect::new(move |_| browser::set_title(&[&name.get(), &connection_name]));
    let is_me = Memo::new(move |_| {
        let me = store.myself();
        page.person.with_value(|person| me.as_ref() == Some(person))
    });
    let holdings = Memo::new(move |_| {
        let of =
            |directory: &Directory| page.person.with_value(|person| directory.holdings(person));
        Arc::new(store.look(of))
    });
    let search = RwSignal::new(browser::query_param("q").unwrap_or_default());
    Effect::new(move |_| browser::replace_query_soon(vec![("q", Some(search.get()))]));
    let sort = RwSignal::new(HoldingSort::Name);
    let direction = RwSignal::new(Direction::Ascending);
    let places = Memo::new(move |_| {
        let (sort, direction) = (sort.get(), direction.get());
        holdings.with(|holdings| {
            search.with(|search| {
                let select = |directory: &Directory| {
                    select_holdings(directory, holdings, search, sort, direction)
                };
                Arc::new(store.peek(select))
            })
        })
    });
    let asked =
        Memo::new(move |_| format!("{:?} {:?} {}", sort.get(), direction.get(), search.get()));
    let total = Memo::new(move |_| holdings.with(|holdings| holdings.len()));
    let matching = Memo::new(move |_| places.with(|places| places.len()));
    let listed = Listed { page, places };
    let rows = Rows::new(matching, asked, Box::new(move |row| listed.key(row)));
    let under = Memo::new(move |_| page.reading.get() == Reading::Under);
    let selection = Selection::default();
    let keys = Keys {
        count: matching,
        told: matching,
        key: Callback::new(move |row| listed.key(row)),
    };
    let proof = Memo::new(move |_| match page.reading.get() {
        Reading::At { read_at, .. } => Some(format!(
            "A read of all groups of {} at {} shows {}.",
            name.get(),
            format::time_of_day(read_at),
            match total.get() {
                0 => "none".to_owned(),
                n => format::groups(n),
            }
        )),
        _ => None,
    });
    let of = Of {
        store,
        person: page.person,
        name,
        total,
        read: Callback::new(move |()| page.read()),
        proof,
    };
    let again = Callback::new(move |()| page.read());
    let connect_again = Callback::new({
        let id = connection.id.clone();
        move |()| session.ask_again(&id)
    });
    let region = move || {
        match (page.reading.get(), total.get(), matching.get()) {
        (Reading::Failed(error), 0, _) => view! {
            <Failed title="The groups of this person could not be read" error=error on_again=again on_connect=connect_again />
        }
        .into_any(),
        // What could not be understood may name them: that is said above.
        (Reading::At { unreadable: 1.., .. }, 0, _) => ().into_any(),
        (Reading::At { elements, .. }, 0, _) => {
            view! { <InNone page=page elements=elements /> }.into_any()
        }
        (_, 1.., 0) => view! {
            <Empty title="No group matches">
                <p>{format!("None of {} has all of these words.", format::groups(total.get()))}</p>
                <div class="actions">
                    <button class="btn" type="button" on:click=move |_| search.set(String::new())>
                        "Clear search"
                    </button>
                </div>
            </Empty>
        }
        .into_any(),
        _ => ().into_any(),
    }
    };
    let has_table = Memo::new(move |_| matching.get() > 0 || total.get() == 0 && under.get());
    let none = Memo::new(move |_| matching.get() == 0);
    view! {
        <main class="page" id="main">
            <nav class="crumbs" aria-label="Breadcrumb">
                <a href=connection.href("people")>"People"</a>
                " / "
                {move || shown_name(name.get(), None)}
            </nav>
            <div class="head">
                <div class="title">
                    {
                        let key = key.clone();
                        move || view! { <Avatar of=AvatarOf::Person name=name.get() key=key.clone() photo=None big=true /> }
                    } <Heading text=name />
                    <span class="marks">
                        <Key key=key />
                        {move || is_me.get().then(|| view! { <span class="badge">"you"</span> })}
                    </span>
                </div>
                <div class="actions">
                    <a class="btn" href=move || page.person.with_value(|person| compare_people(store, &[person.as_str()]))>
                        "Compare with…"
                    </a>
                    <ExportButton store=store offers=Callback::new(move |()| offers(listed)) disabled=none />
                    <PersonActions of=of selection=selection keys=keys />
                </div>
            </div>
            <div class="tools">
                {move || {
                    (total.get() > LONG || !search.with(String::is_empty))
                        .then(|| view! { <Search label="Search this person's groups" value=search /> })
                }}
                <InPages rows=rows all=total />
                <SelectMode selection=selection />
                <div class="count">
                    <span role="status" aria-live=move || store.fresh().is_quiet().then_some("off")>
                        {move || count(store, &page.reading.get(), matching.get(), total.get())}
                    </span>
                    <Reread reading=under on_stop=Callback::new(move |()| page.stop()) on_again=again />
                </div>
            </div>
            <Remarks page=page total=total />
            {move || has_table.get().then(|| view! { <Table listed=listed rows=rows name=name search=search sort=sort direction=direction under=under selection=selection keys=keys /> })}
            {region}
            <Pager rows=rows label="Pages of groups" />
        </main>
    }
}

/// What of a person's groups can be exported: as the table shows them, or as memberships.
fn offers(listed: Listed) -> Offers {
    let page = listed.page;
    let store = page.store;
    let person = page.person.get_value();
    let places = listed.places.get_untracked();
    let count = format::groups(places.len());
    let capabilities = store.capabilities();
    let who = person.clone();
    let rows = Arc::clone(&places);
    let sheet = move || {
        let (rows, who) = (Arc::clone(&rows), who.clone());
        Content::Sheet(Sheet {
            headings: ["Group", key_label(store), "Role"]
                .map(str::to_owned)
                .into(),
            count: rows.len(),
            line: Box::new(move |place| {
                let number = rows.get(place)?.number;
                store.peek(|directory| {
                    let row = directory.row(number)?;
                    let held = directory.roles_of(number, &who);
                    let roles: Vec<&str> =
                        held.iter().map(|role| capabilities.label(role)).collect();
                    Some(vec![
                        row.display_name().to_owned(),
                        row.key().to_owned(),
                        roles.join("; "),
                    ])
                })
            }),
        })
    };
    let name = format!("groups of {person}");
    let memberships = move || {
        let person = person.clone();
        Content::Whole(Whole {
            keys: store.peek(|directory| {
                let rows = places
                    .iter()
                    .filter_map(|place| directory.row(place.number));
                rows.filter_map(|row| GroupKey::new(row.key()).ok())
                    .collect()
            }),
            keep: Keep::Some(Box::new(move |member| member.person == person)),
        })
    };
    let offer = |words: &str, hint: Option<&str>, content| Offer {
        words: format!("{count} on the screen, {words}"),
        hint: hint.map(str::to_owned),
        content,
    };
    let read_at = match page.reading.get_untracked() {
        Reading::At { read_at, .. } => Some(read_at),
        Reading::Under | Reading::Failed(_) => None,
    };
    Offers {
        name,
        read_at,
        offers: vec![
            offer(
                "one line a membership",
                Some(SOME_OF_THE_PEOPLE),
                Rc::new(memberships),
            ),
            offer("as the table shows them", None, Rc::new(sheet)),
        ],
    }
}

/// How many groups, of how many, when read.
fn count(store: Store, reading: &Reading, now: usize, all: usize) -> AnyView {
    let own = match store.capabilities().scope {
        ListScope::OwnGroups => " of those you are in",
        ListScope::WholeSite => "",
    };
    let unit = if all == 1 { "group" } else { "groups" };
    let read = match reading {
        Reading::Under if all == 0 => return "Reading…".into_any(),
        Reading::Failed(_) if all == 0 => return ().into_any(),
        Reading::Under => " so far · reading…".to_owned(),
        Reading::Failed(_) => " known here".to_owned(),
        Reading::At { read_at, .. } => format!(" · read {}", format::time_of_day(*read_at)),
    };
    let of = if now == all {
        String::new()
    } else {
        format!(" of {}", format::number(all))
    };
    view! {
        <strong>{format::number(now)}</strong>
        {format!("{of} {unit}{own}{read}")}
    }
    .into_any()
}

/// What has to be known about the reading: failed or broken off, or partly unreadable.
#[component]
fn Remarks(page: PersonPage, total: Memo<usize>) -> impl IntoView {
    move || match page.reading.get() {
        Reading::Failed(error) if total.get() > 0 => {
            let again = Callback::new(move |()| page.read());
            view! { <NotRead means="This may be old, and there may be more: the groups could not all be read." error=error on_again=again /> }
            .into_any()
        }
        Reading::At {
            unreadable: n @ 1..,
            ..
        } => {
            let groups = format::groups(usize::try_from(n).unwrap_or_default());
            view! {
                <Alert kind=Kind::Note>
                    <p>{format!("{groups} of the answer could not be understood and cannot be shown.")}</p>
                </Alert>
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

/// Nobody of this name is in a group.
#[component]
fn InNone(
    page: PersonPage,
    /// How many groups the server answered with all the same.
    elements: u32,
) -> impl IntoView {
    let store = page.store;
    let capabilities = store.capabilities();
    let person = page.person.get_value();
    let was_seen = store.peek(|directory| directory.label_of(&person).map(str::to_owned));
    let (title, why) = match (&was_seen, capabilities.scope) {
        _ if elements > 0 => (
            "In no group known here",
            format!(
                "The server answered with {}, but none of them names “{person}”: check the spelling, capital letters too.",
                format::groups(usize::try_from(elements).unwrap_or_default())
            ),
        ),
        (Some(label), _) => (
            "In no group known here any more",
            format!("“{label}” was seen in a group before, and is in none by now."),
        ),
        (None, ListScope::WholeSite) => (
            "In no group known here",
            format!(
                "“{person}” was not seen in any group: check the spelling. Somebody who has just joined is in no group yet."
            ),
        ),
        (None, ListScope::OwnGroups) => (
            "In no group known here",
            format!(
                "“{person}” was not seen in any of the groups you are in. People in other groups cannot be seen from here."
            ),
        ),
    };
    let next = if capabilities.add.is_yes() {
        "To put them in, open a group and use “Add members”."
    } else {
        "People have to be invited in the system itself."
    };
    let search = format!("people?q={}", browser::encode(person.as_str()));
    view! {
        <Empty title=title>
            <p>{why}</p>
            <p>{next}</p>
            <div class="actions">
                <a class="btn" href=store.connection().href(&search)>
                    "Search people"
                </a>
                <a class="btn" href=store.connection().href("groups")>
                    "Groups"
                </a>
            </div>
        </Empty>
    }
}

#[component]
fn Table(
    listed: Listed,
    rows: Rows,
    name: Memo<String>,
    search: RwSignal<String>,
    sort: RwSignal<HoldingSort>,
    direction: RwSignal<Direction>,
    under: Memo<bool>,
    selection: Selection,
    keys: Keys,
) -> impl IntoView {
    let store = listed.page.store;
    let sort_by = move |by: HoldingSort| {
        Callback::new(move |()| {
            if sort.get_untracked() == by {
                direction.update(|direction| *direction = direction.reversed());
            } else {
                direction.set(Direction::Ascending);
                sort.set(by);
            }
        })
    };
    let sorted = move |by: HoldingSort| {
        Signal::derive(move || {
            if sort.get() == by {
                Sorted::By(direction.get())
            } else {
                Sorted::No
            }
        })
    };
    let key_label = match store.capabilities().key {
        KeyKind::ChosenName => "Internal name",
        KeyKind::GivenId => "ID",
    };
    let count = Memo::new(move |_| listed.places.with(|places| places.len()));
    let marks = marking(search);
    let slot = move |place: Memo<usize>| {
        let shown = Memo::new(move |_| listed.shown(place.get()));
        let cells = move || {
            view! { <Cells store=store shown=shown.get() marks=marks selection=selection keys=keys /> }
        };
        rows.row(place, Value::None, cells.into_any())
    };
    let skeleton = move || {
        (count.get() == 0).then(|| {
            (0..4)
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
                            <td class="c-role" role="cell">
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
            class=move || format!("ledger holdings{}{}", rows.class(), selection.class())
            role="table"
            aria-label=move || format!("Groups of {}", name.get())
            aria-rowcount=move || (count.get() + 1).to_string()
            aria-busy=move || under.get().then_some("true")
        >
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <SortHeader label="Group" class="c-name" sorted=sorted(HoldingSort::Name) on_sort=sort_by(HoldingSort::Name) />
                    <SortHeader label=key_label class="c-key" sorted=sorted(HoldingSort::Key) on_sort=sort_by(HoldingSort::Key) />
                    <SortHeader label="Role" class="c-role" sorted=sorted(HoldingSort::Role) on_sort=sort_by(HoldingSort::Role) />
                </tr>
            </thead>
            {rows.body(skeleton.into_any(), slot)}
        </table>
    }
}

/// What is seen of a group and of what the person holds in it.
#[component]
fn Cells(
    store: Store,
    shown: Shown,
    marks: Lights,
    selection: Selection,
    keys: Keys,
) -> impl IntoView {
    let loads =
        store.connection().photos == Photos::Load && store.capabilities().has_field(Field::Photo);
    let photo = shown.photo.filter(|_| loads);
    view! {
        <td class="c-name" role="cell">
            <span class="who">
                {pick(selection, keys, shown.key.clone(), &shown.name)}
                <Avatar of=AvatarOf::Group name=shown.name.clone() key=shown.key.clone() photo=photo />
                <a class="name" href=group_href(store, &shown.key)>
                    {shown_name(shown.name.clone(), Some(marks))}
                </a>
            </span>
        </td>
        <td class="c-key" role="cell">
            <Key seen=shown_name(shown.key.clone(), Some(marks)) key=shown.key />
        </td>
        <td class="c-role" role="cell">
            {shown.roles}
        </td>
    }
}
