//! Groups or people side by side: who holds what where, and from there the review that makes them alike.

mod ask;
mod choose;
mod table;

use std::rc::Rc;
use std::sync::Arc;

use group_api::{ApiError, Capabilities, GroupKey, PersonKey};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_changes::Wish;
use muster_changes::compare::{Compared, Show, Sides};
use muster_core::{Coverage, Directory};

use ask::AskDifference;
use choose::Choose;
use table::Table;

use super::groups::group_href;
use super::person::person_href;
use crate::browser;
use crate::components::{
    Alert, Empty, ExportButton, Heading, InPages, Kind, Names, NotRead, Pager, Reread,
    ReviewChanges, Rows, Search, sentence, unique_id,
};
use crate::export::{Content, Offer, Offers, Sheet};
use crate::format;
use crate::fresh::is_worth_another;
use crate::request::{Asked, Latest, Ticket};
use crate::router::use_router;
use crate::session::use_session;
use crate::store::{Store, use_store};

/// How many can stand side by side.
const MOST: usize = 3;

/// The address where groups stand side by side; of one, where the other is asked for.
pub(super) fn compare_groups(store: Store, keys: &[&str]) -> String {
    address(store, "group", keys)
}

/// The same of people.
pub(super) fn compare_people(store: Store, keys: &[&str]) -> String {
    address(store, "person", keys)
}

fn address(store: Store, kind: &str, keys: &[&str]) -> String {
    let pairs: Vec<String> = keys
        .iter()
        .map(|key| format!("{kind}={}", browser::encode(key)))
        .collect();
    store
        .connection()
        .href(&format!("compare?{}", pairs.join("&")))
}

/// What the address names, each once and as many as fit side by side.
fn sides_of_address() -> Sides {
    let some = |name: &str| {
        let mut keys: Vec<String> = Vec::new();
        for key in browser::query_params(name) {
            if !keys.contains(&key) && keys.len() < MOST {
                keys.push(key);
            }
        }
        keys
    };
    let groups = some("group");
    if groups.is_empty() {
        let people = some("person");
        let people: Vec<PersonKey> = people
            .iter()
            .filter_map(|key| PersonKey::new(key).ok())
            .collect();
        if !people.is_empty() {
            return Sides::People(people);
        }
    }
    Sides::Groups(
        groups
            .iter()
            .filter_map(|key| GroupKey::new(key).ok())
            .collect(),
    )
}

/// How the reading of what is compared stands.
#[derive(Clone, Debug, PartialEq)]
enum Reading {
    Under,
    /// Read at this time, in milliseconds since 1970.
    At(f64),
    Failed(ApiError),
}

/// What the page shows and asks.
#[derive(Clone, Copy)]
struct Page {
    store: Store,
    sides: Memo<Arc<Sides>>,
    compared: Memo<Arc<Compared>>,
    reading: RwSignal<Reading>,
    /// Whether the answers about the people leave something open, so that the whole list has to tell.
    by_list: RwSignal<bool>,
    latest: StoredValue<Latest, LocalStorage>,
}

impl Page {
    /// Reads what is compared, each by itself; where a person cannot be asked for, the whole list.
    fn read(self) {
        let ticket = self.latest.with_value(Latest::begin);
        self.store.fresh().forget_stale();
        self.reading.set(Reading::Under);
        spawn_local(async move {
            let result = self.ask(&ticket).await;
            if ticket.is_current() {
                if self.by_list.try_get_untracked() == Some(true) {
                    self.store.load();
                }
                self.reading.try_set(match result {
                    Ok(()) => Reading::At(browser::now()),
                    Err(error) => Reading::Failed(error),
                });
            }
        });
    }

    /// Reads it again although nobody asked for that; what is shown stays until that has ended. What had failed is read as if
    /// somebody had asked.
    fn read_quietly(self) {
        let since = match self.reading.get_untracked() {
            Reading::At(since) => since,
            Reading::Failed(error) if is_worth_another(&error) => return self.read(),
            _ => return,
        };
        let fresh = self.store.fresh();
        let ticket = self
            .latest
            .with_value(|latest| latest.begin_as(Asked::ByItself));
        spawn_local(fresh.quietly(since, async move {
            let result = self.ask(&ticket).await;
            if !ticket.is_current() {
                return Err(ApiError::Cancelled);
            }
            if self.by_list.try_get_untracked() == Some(true) {
                self.store.load_quietly();
            }
            result?;
            self.reading.try_set(Reading::At(browser::now()));
            Ok(())
        }));
    }

    /// Asks for each side by itself, and says what failed first. Notes whether that leaves something open that the whole list
    /// has to tell.
    async fn ask(self, ticket: &Ticket) -> Result<(), ApiError> {
        let store = self.store;
        let sides = self.sides.get_untracked();
        let mut result = Ok(());
        match &*sides {
            Sides::Groups(keys) => {
                for key in keys {
                    result = result.and(store.read(key, ticket.stop()).await.map(drop));
                }
            }
            Sides::People(people) => {
                let mut left = !store.capabilities().person_list.is_yes();
                for person in people {
                    if left {
                        break;
                    }
                    match store.read_person(person, ticket.stop()).await {
                        Ok(answer) => left |= answer.left > 0 || answer.unreadable > 0,
                        Err(error) => result = result.and(Err(error)),
                    }
                }
                if ticket.is_current() {
                    self.by_list.try_set(left);
                }
            }
        }
        result
    }

    /// What a side is called.
    fn name(self, side: usize) -> String {
        self.store.look(|directory| {
            self.sides
                .with(|sides| name_of(self.store.capabilities(), directory, sides, side))
        })
    }

    /// Why no side can become like another, as a sentence; none where two of them are known.
    fn why_not(self) -> Option<String> {
        if self.sides.with(|sides| matches!(**sides, Sides::People(_))) {
            let is_read = match self.reading.get() {
                Reading::At(_) if self.by_list.get() => self.store.look(|directory| {
                    matches!(directory.coverage(), Coverage::Full { unreadable: 0, .. })
                }),
                Reading::At(_) => true,
                Reading::Under | Reading::Failed(_) => false,
            };
            return (!is_read).then(|| {
                "Not all of their groups are known: nobody can be made like another.".to_owned()
            });
        }
        let known = self
            .compared
            .with(|compared| compared.sides.len().saturating_sub(compared.unknown.len()));
        (known < 2).then(|| {
            "No group can be made like another: of two of them it has to be known who is in it."
                .to_owned()
        })
    }

    /// Why this side cannot become like another, nor another like it.
    fn why_not_side(self, side: usize) -> Option<String> {
        let known = self.compared.with(|compared| compared.is_known(side));
        (!known).then(|| format!("It is not known who is in {}.", self.name(side)))
    }

    fn href(self, side: usize) -> String {
        self.sides.with(|sides| match &**sides {
            Sides::Groups(keys) => {
                let key = keys
                    .get(side)
                    .map(|key| group_href(self.store, key.as_str()));
                key.unwrap_or_default()
            }
            Sides::People(keys) => {
                let key = keys
                    .get(side)
                    .map(|key| person_href(self.store, key.as_str()));
                key.unwrap_or_default()
            }
        })
    }
}

fn name_of(
    capabilities: &Capabilities,
    directory: &Directory,
    sides: &Sides,
    side: usize,
) -> String {
    match sides {
        Sides::Groups(keys) => {
            let Some(key) = keys.get(side) else {
                return String::new();
            };
            let name = directory
                .row_of(key)
                .map(|row| row.display_name().to_owned());
            let name = name.unwrap_or_else(|| key.to_string());
            // Two of one name have to be told apart.
            let twin = keys.iter().any(|other| {
                let other_name = directory.row_of(other);
                other != key && other_name.is_some_and(|row| row.display_name() == name)
            });
            match (twin, capabilities.key) {
                (false, _) => name,
                (true, group_api::KeyKind::GivenId) => format!("{name} #{key}"),
                (true, group_api::KeyKind::ChosenName) => format!("{name} ({key})"),
            }
        }
        Sides::People(keys) => {
            let Some(key) = keys.get(side) else {
                return String::new();
            };
            let called = |key: &PersonKey| match directory.label_of(key) {
                Some(label) => label.to_owned(),
                None => key.to_string(),
            };
            let name = called(key);
            let mut others = keys.iter().filter(|other| *other != key);
            if others.any(|other| called(other) == name) {
                format!("{name} ({key})")
            } else {
                name
            }
        }
    }
}

/// What is held, as it stands in a cell.
fn words(capabilities: &Capabilities, roles: Option<&group_api::Roles>) -> String {
    let roles = roles.map(|roles| {
        let labels: Vec<&str> = roles.iter().map(|role| capabilities.label(role)).collect();
        labels.join(", ")
    });
    roles.unwrap_or_default()
}

/// What is being done on the page.
#[derive(Clone)]
enum Step {
    /// Looking.
    Look,
    /// Reviewing a difference, of this title.
    Review(Arc<(Wish, String)>),
}

/// Groups or people side by side, as the address names them.
#[component]
pub fn Compare() -> impl IntoView {
    let router = use_router();
    let store = use_store();
    let sides = Memo::new(move |_| {
        router.track_visits();
        Arc::new(sides_of_address())
    });
    let more = Memo::new(move |_| {
        router.track_visits();
        browser::query_param("more").is_some()
    });
    move || {
        let now = sides.get();
        if now.len() < 2 || more.get() && now.len() < MOST {
            view! { <Choose store=store sides=now /> }.into_any()
        } else {
            view! { <SideBySide store=store sides=sides /> }.into_any()
        }
    }
}

#[component]
fn SideBySide(store: Store, sides: Memo<Arc<Sides>>) -> impl IntoView {
    let session = use_session();
    let connection = store.connection();
    browser::set_title(&["Compare", &connection.name]);
    let compared = Memo::new(move |_| {
        let sides = sides.get();
        Arc::new(store.look(|directory| Compared::new(directory, Sides::clone(&sides))))
    });
    let page = Page {
        store,
        sides,
        compared,
        reading: RwSignal::new(Reading::Under),
        by_list: RwSignal::new(false),
        latest: StoredValue::new_local(Latest::default()),
    };
    store.load_once();
    page.read();
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
    let step = RwSignal::new(Step::Look);
    // A review has read for itself what it is about.
    store.fresh().on_asked(move |asked| {
        if step.with_untracked(|step| matches!(step, Step::Look)) {
            match asked {
                Asked::ByUser => page.read(),
                Asked::ByItself => page.read_quietly(),
            }
        }
    });
    let back = Callback::new(move |()| {
        step.set(Step::Look);
        page.read();
    });
    move || match step.get() {
        Step::Look => view! { <Look page=page step=step /> }.into_any(),
        Step::Review(review) => {
            let (wish, title) = (review.0.clone(), review.1.clone());
            view! {
                <main class="page" id="main">
                    <Heading text="Review the difference" />
                    <ReviewChanges store=store wish=wish title=title on_back=back names=Names::Everybody />
                </main>
            }
            .into_any()
        }
    }
}

#[component]
fn Look(page: Page, step: RwSignal<Step>) -> impl IntoView {
    let store = page.store;
    let is_groups =
        Memo::new(move |_| page.sides.with(|sides| matches!(**sides, Sides::Groups(_))));
    let search = RwSignal::new(String::new());
    let show = RwSignal::new(Show::All);
    let asking = RwSignal::new(false);
    let places = Memo::new(move |_| {
        let show = show.get();
        page.compared
            .with(|compared| search.with(|search| compared.select(show, search)))
    });
    let matching = Memo::new(move |_| places.with(Vec::len));
    // The table itself stays while its rows change.
    let has_table = Memo::new(move |_| matching.get() > 0);
    let total = Memo::new(move |_| page.compared.with(|compared| compared.lines.len()));
    let asked = Memo::new(move |_| format!("{:?} {}", show.get(), search.get()));
    let key = move |row: usize| {
        let place = places.with(|places| places.get(row).copied())?;
        page.compared
            .with(|compared| Some(compared.lines.get(place as usize)?.key.clone()))
    };
    let rows = Rows::new(matching, asked, Box::new(key));
    let under = Memo::new(move |_| {
        let list = store.look(|directory| *directory.coverage() == Coverage::Loading);
        page.reading.get() == Reading::Under || list && !is_groups.get()
    });
    let offers = Callback::new(move |()| offers(page, places));
    let none = Memo::new(move |_| matching.get() == 0);
    let heading = Memo::new(move |_| {
        if is_groups.get() {
            "Compare groups".to_owned()
        } else {
            "Compare people".to_owned()
        }
    });
    let why_not = Memo::new(move |_| page.why_not());
    let why_id = unique_id("why");
    let described = why_id.clone();
    let third = move || {
        page.sides.with(|sides| match &**sides {
            Sides::Groups(keys) if keys.len() < MOST => {
                let keys: Vec<&str> = keys.iter().map(GroupKey::as_str).collect();
                let href = format!("{}&more=1", compare_groups(store, &keys));
                Some(view! { <a class="btn" href=href>"Add a group"</a> })
            }
            _ => None,
        })
    };
    view! {
        <main class="page" id="main">
            <nav class="crumbs" aria-label="Breadcrumb">
                {move || {
                    let (href, words) = if is_groups.get() { ("groups", "Groups") } else { ("people", "People") };
                    view! { <a href=store.connection().href(href)>{words}</a> }
                }}
                " / Compare"
            </nav>
            <div class="head">
                <Heading text=heading />
                <div class="actions">
                    {third} <ExportButton store=store offers=offers disabled=none />
                    <button
                        class="btn btn-primary"
                        type="button"
                        aria-describedby=described
                        disabled=move || why_not.with(Option::is_some)
                        on:click=move |_| asking.set(true)
                    >
                        "Review the difference"
                    </button>
                </div>
            </div>
            <p class="quiet" id=why_id hidden=move || why_not.with(Option::is_none) || under.get()>
                {why_not}
            </p>
            <div class="tools">
                <Search label=if is_groups.get_untracked() { "Search people" } else { "Search groups" } value=search />
                <InPages rows=rows all=total />
                <div class="count end">
                    <span role="status" aria-live=move || store.fresh().is_quiet().then_some("off")>
                        <strong>{move || format::number(matching.get())}</strong>
                        {move || {
                            let read = match page.reading.get() {
                                Reading::At(at) => format!(" · read {}", format::time_of_day(at)),
                                Reading::Under => " · reading…".to_owned(),
                                Reading::Failed(_) => " known here".to_owned(),
                            };
                            format!(" of {}{read}", format::number(total.get()))
                        }}
                    </span>
                    <Reread
                        reading=under
                        on_stop=Callback::new(move |()| {
                            page.latest.with_value(Latest::cancel);
                            page.reading.set(Reading::Failed(ApiError::Cancelled));
                        })
                        on_again=Callback::new(move |()| page.read())
                    />
                </div>
            </div>
            <Shows page=page show=show />
            <Remarks page=page />
            {move || {
                if has_table.get() {
                    view! { <Table page=page places=places rows=rows search=search /> }.into_any()
                } else if under.get() {
                    view! { <p class="quiet" role="status">"Reading…"</p> }.into_any()
                } else if matches!(page.reading.get(), Reading::Failed(_)) && total.get() == 0 {
                    // What stands above says why there is nothing.
                    ().into_any()
                } else if total.get() > 0 {
                    view! {
                        <Empty title="Nothing matches">
                            <div class="actions">
                                <button
                                    class="btn"
                                    type="button"
                                    on:click=move |_| {
                                        search.set(String::new());
                                        show.set(Show::All);
                                    }
                                >
                                    "Clear search"
                                </button>
                            </div>
                        </Empty>
                    }
                        .into_any()
                } else {
                    let words = if is_groups.get() { "Nobody is in any of them." } else { "They are in no group known here." };
                    view! {
                        <Empty title="Nothing to compare">
                            <p>{words}</p>
                        </Empty>
                    }
                        .into_any()
                }
            }}
            <Pager rows=rows label="Pages of the comparison" />
            {move || {
                asking
                    .get()
                    .then(|| {
                        let close = Callback::new(move |()| asking.set(false));
                        let review = Callback::new(move |(wish, title): (Wish, String)| {
                            asking.set(false);
                            step.set(Step::Review(Arc::new((wish, title))));
                        });
                        view! { <AskDifference page=page on_review=review on_close=close /> }
                    })
            }}
        </main>
    }
}

/// What a kind of lines is called.
fn show_words(page: Page, show: Show) -> AnyView {
    let of = |words: &str, side: usize| {
        let name = page.name(side);
        sentence(&format!("{words} {name}"), &[name])
    };
    match show {
        Show::All => "All".into_any(),
        Show::Only(side) => of("Only", side),
        Show::InAll if page.sides.with(|sides| sides.len()) == 2 => "In both".into_any(),
        Show::InAll => "In all".into_any(),
        Show::OtherRole => "Other role".into_any(),
        Show::Missing(side) => of("Missing in", side),
    }
}

/// A button for each kind of lines, with how many there are.
#[component]
fn Shows(page: Page, show: RwSignal<Show>) -> impl IntoView {
    let chip = move |one: Show| {
        let pressed = move || show.get() == one;
        let count = Memo::new(move |_| page.compared.with(|compared| compared.count(one)));
        let idle = move || count.get() == 0 && !pressed();
        view! {
            <button
                class="toggle"
                type="button"
                aria-pressed=move || pressed().to_string()
                aria-disabled=move || idle().then_some("true")
                on:click=move |_| {
                    if !untrack(idle) {
                        show.set(one);
                    }
                }
            >
                {move || show_words(page, one)}
                " "
                <span>{move || format::number(count.get())}</span>
            </button>
        }
    };
    let count = page.sides.with_untracked(|sides| sides.len());
    view! {
        <div class="toggles" role="group" aria-label="Show only">
            {Show::of(count).into_iter().map(chip).collect_view()}
        </div>
    }
}

/// What has to be known about what stands there.
#[component]
fn Remarks(page: Page) -> impl IntoView {
    let store = page.store;
    let unsaid = Memo::new(move |_| {
        store.look(|directory| {
            page.sides.with(|sides| match &**sides {
                Sides::Groups(keys) => {
                    let side = |(side, key): (usize, &GroupKey)| {
                        let row = directory.row_of(key);
                        row.and_then(|row| row.people())
                            .is_none()
                            .then(|| name_of(store.capabilities(), directory, sides, side))
                    };
                    keys.iter()
                        .enumerate()
                        .filter_map(side)
                        .collect::<Vec<_>>()
                        .join(", ")
                }
                Sides::People(_) => String::new(),
            })
        })
    });
    view! {
        {move || match page.reading.get() {
            Reading::Failed(error) => {
                let again = Callback::new(move |()| page.read());
                Some(view! { <NotRead means="This may be old: not all of it could be read." error=error on_again=again /> })
            }
            _ => None,
        }}
        {move || {
            let names = unsaid.get();
            (!names.is_empty() && page.reading.get() != Reading::Under)
                .then(|| {
                    view! {
                        <Alert kind=Kind::Note>
                            <p>{format!("It is not known who is in {names}: that column is empty.")}</p>
                        </Alert>
                    }
                })
        }}
    }
}

/// What of it can be exported.
fn offers(page: Page, places: Memo<Vec<u32>>) -> Offers {
    let store = page.store;
    let capabilities = store.capabilities();
    let compared = page.compared.get_untracked();
    let count = compared.sides.len();
    let (first, kind) = match compared.sides {
        Sides::Groups(_) => (["Person", "Name"], "people"),
        Sides::People(_) => ([super::exports::key_label(store), "Group"], "groups"),
    };
    let mut headings: Vec<String> = first.map(str::to_owned).into();
    headings.extend((0..count).map(|side| untrack(|| page.name(side))));
    let offer = |words: String, places: Vec<u32>| {
        let (compared, places, headings) =
            (Arc::clone(&compared), Rc::new(places), headings.clone());
        Offer {
            words,
            hint: None,
            content: Rc::new(move || {
                let (compared, places) = (Arc::clone(&compared), Rc::clone(&places));
                Content::Sheet(Sheet {
                    headings: headings.clone(),
                    count: places.len(),
                    line: Box::new(move |row| {
                        let line = compared.lines.get(*places.get(row)? as usize)?;
                        let mut cells = vec![line.key.clone(), line.name.clone()];
                        cells.extend((0..count).map(|side| words_of(capabilities, line, side)));
                        Some(cells)
                    }),
                })
            }),
        }
    };
    let shown = places.get_untracked();
    let all = compared.lines.len();
    let mut offers = vec![];
    if shown.len() < all {
        let words = format!("The {} {kind} on the screen", format::number(shown.len()));
        offers.push(offer(words, shown));
    }
    let words = format!("All {} {kind}", format::number(all));
    offers.push(offer(words, (0..).take(all).collect()));
    Offers {
        name: "comparison".to_owned(),
        read_at: match page.reading.get_untracked() {
            Reading::At(at) => Some(at),
            Reading::Under | Reading::Failed(_) => None,
        },
        offers,
    }
}

fn words_of(
    capabilities: &Capabilities,
    line: &muster_changes::compare::Line,
    side: usize,
) -> String {
    words(capabilities, line.on(side))
}
