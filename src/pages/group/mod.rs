//! One group: its frame, its members, its settings.

mod add;
mod bulk;
mod confirm;
mod delete;
mod details;
mod editing;
mod exports;
mod gone;
mod members;
mod row;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;

use group_api::{ApiError, Field, Group, GroupKey, Member, PersonKey, PersonStep, Presence};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_runs::RunId;

pub(super) use confirm::guard_words;
pub(super) use editing::keep_description;
pub use members::GroupMembers;
pub use settings::GroupSettings;

use gone::Gone;

use super::NotFound;
use super::compare::compare_groups;
use super::groups::group_href;
use crate::browser;
use crate::components::{
    Alert, Avatar, AvatarOf, Failed, Heading, Key, Kind, RunView, sentence, shown_name, unique_id,
};
use crate::format;
use crate::fresh::is_worth_another;
use crate::request::{Asked, Latest};
use crate::router::use_router;
use crate::runs::odd_names_of;
use crate::session::{Access, Photos, use_session};
use crate::store::{Store, use_store};

/// How the reading of the group stands.
#[derive(Clone, Debug, PartialEq)]
enum Reading {
    /// Under way; what was known before is shown.
    Under,
    /// Read at this time, in milliseconds since 1970.
    At(f64),
    /// Failed; what was known before is shown as old.
    Failed(ApiError),
    /// The list was read whole, and it is not in it.
    Gone,
}

/// What a row says besides the member.
#[derive(Clone, Debug, PartialEq)]
enum RowState {
    /// The step is on its way.
    Saving,
    /// A read shows it done, at this time.
    Done {
        at: f64,
        what: &'static str,
        note: Option<String>,
        /// The step that takes it back, where there is one.
        undo: Option<PersonStep>,
    },
    /// Somebody else did something, which a reading at this time has shown.
    Elsewhere { at: f64, what: Elsewhere },
    /// It was not done, and why. The step can be tried again.
    NotDone { words: String, step: PersonStep },
}

/// What somebody else did to a member.
#[derive(Clone, Debug, PartialEq)]
enum Elsewhere {
    Added,
    Removed,
    /// Gave them another role; what they were before.
    Changed {
        was: String,
    },
}

/// A row's state, with the member as last seen, so that the row stays when the person is gone.
#[derive(Clone, Debug, PartialEq)]
struct Marked {
    member: Member,
    state: RowState,
}

/// What the pages of one group share.
#[derive(Clone, Copy)]
struct GroupPage {
    store: Store,
    key: Memo<Option<GroupKey>>,
    group: Memo<Option<Arc<Group>>>,
    reading: RwSignal<Reading>,
    latest: StoredValue<Latest, LocalStorage>,
    marks: RwSignal<HashMap<PersonKey, Marked>>,
    /// The key that this page has just given its group.
    renamed: StoredValue<Option<GroupKey>>,
}

impl GroupPage {
    /// Reads the group; an answer that nobody waits for any more is dropped.
    fn read(self) {
        let Some(key) = self.key.get_untracked() else {
            return;
        };
        let ticket = self.latest.with_value(Latest::begin);
        self.store.fresh().forget_stale();
        self.store.fresh().seen(key.as_str());
        self.reading.set(Reading::Under);
        spawn_local(async move {
            let result = self.store.read(&key, ticket.stop()).await;
            // A refusal does not say whether the group is there: the list does.
            let reading = match result {
                Ok(_) => Reading::At(browser::now()),
                Err(error @ (ApiError::Refused(_) | ApiError::NotFound(_))) => {
                    match self.store.presence(&key, ticket.stop()).await {
                        Ok(Presence::Gone) => Reading::Gone,
                        Ok(Presence::There) | Err(_) => Reading::Failed(error),
                    }
                }
                Err(error) => Reading::Failed(error),
            };
            if ticket.is_current() {
                self.reading.try_set(reading);
            }
        });
    }

    /// Reads the group again although nobody asked for that: what others changed is marked, and nothing else moves. What had
    /// failed is read as if somebody had asked.
    fn read_quietly(self) {
        let since = match self.reading.get_untracked() {
            Reading::At(since) => since,
            Reading::Failed(error) if is_worth_another(&error) => return self.read(),
            _ => return,
        };
        let (Some(key), Some(before)) = (self.key.get_untracked(), self.group.get_untracked())
        else {
            return;
        };
        let is_saving = |marks: &HashMap<PersonKey, Marked>| {
            marks.values().any(|mark| mark.state == RowState::Saving)
        };
        if self.marks.with_untracked(is_saving) {
            return;
        }
        let (store, fresh) = (self.store, self.store.fresh());
        let ticket = self
            .latest
            .with_value(|latest| latest.begin_as(Asked::ByItself));
        spawn_local(fresh.quietly(since, async move {
            // Whether it is gone is found out when somebody asks: what is typed here stays until then.
            let now = store.read_quietly(&key, ticket.stop()).await?;
            if !ticket.is_current() {
                return Err(ApiError::Cancelled);
            }
            self.mark_elsewhere(&before, &now);
            self.reading.try_set(Reading::At(browser::now()));
            Ok(())
        }));
    }

    /// Marks the rows of those whom somebody else has added, removed or given another role; those stay as they are to whom
    /// something was done here.
    fn mark_elsewhere(self, before: &Group, now: &Group) {
        let (Some(before), Some(now)) = (before.members.listed(), now.members.listed()) else {
            return;
        };
        let capabilities = self.store.capabilities();
        let old: HashMap<&PersonKey, &Member> = before
            .iter()
            .map(|member| (&member.person, member))
            .collect();
        let new: HashMap<&PersonKey, &Member> =
            now.iter().map(|member| (&member.person, member)).collect();
        let came = now
            .iter()
            .filter(|member| !old.contains_key(&member.person));
        let went = before
            .iter()
            .filter(|member| !new.contains_key(&member.person));
        let changed = now.iter().filter_map(|member| {
            let was = old.get(&member.person)?;
            let what = Elsewhere::Changed {
                was: capabilities.labels(&was.roles),
            };
            (!was.roles.same_as(&member.roles)).then_some((member, what))
        });
        let each = came
            .map(|member| (member, Elsewhere::Added))
            .chain(went.map(|member| (member, Elsewhere::Removed)))
            .chain(changed);
        let at = browser::now();
        self.marks.try_update(|marks| {
            for (member, what) in each {
                let known = marks.get(&member.person).map(|mark| &mark.state);
                let is_back = match known {
                    None => false,
                    Some(RowState::Elsewhere {
                        what: Elsewhere::Removed,
                        ..
                    }) => what == Elsewhere::Added,
                    Some(RowState::Elsewhere {
                        what: Elsewhere::Added,
                        ..
                    }) => what == Elsewhere::Removed,
                    Some(RowState::Elsewhere { .. }) => false,
                    // What was done here is told until it is dismissed.
                    Some(_) => continue,
                };
                if is_back {
                    marks.remove(&member.person);
                    continue;
                }
                marks.insert(
                    member.person.clone(),
                    Marked {
                        member: member.clone(),
                        state: RowState::Elsewhere { at, what },
                    },
                );
            }
        });
    }

    /// Whether the user is still on this group's pages, so that an answer may take them elsewhere.
    fn is_on(self, key: &GroupKey) -> bool {
        self.key.try_get_untracked().flatten().as_ref() == Some(key)
    }

    /// When the group was last read, in milliseconds since 1970, as far as that is known.
    fn read_at(self) -> Option<f64> {
        match self.reading.get_untracked() {
            Reading::At(at) => Some(at),
            _ => None,
        }
    }

    /// Whether this connection may write at all.
    fn may_write(self) -> bool {
        self.store.connection().access == Access::Full
    }
}

fn use_group() -> GroupPage {
    expect_context::<GroupPage>()
}

/// The frame of a group's pages: where one is, its name and key, the ways between its pages.
#[component]
pub fn GroupFrame() -> impl IntoView {
    let store = use_store();
    let session = use_session();
    let router = use_router();
    let key = Memo::new(move |_| GroupKey::new(&router.part(3)).ok());
    let group = Memo::new(move |_| store.group(&key.get()?));
    let page = GroupPage {
        store,
        key,
        group,
        reading: RwSignal::new(Reading::Under),
        latest: StoredValue::new_local(Latest::default()),
        marks: RwSignal::new(HashMap::new()),
        renamed: StoredValue::new(None),
    };
    provide_context(page);
    // The group last seen here and what it was called, for when the page is left or the group is gone.
    let seen = StoredValue::new(None::<(GroupKey, String)>);
    Effect::new(move |_| {
        group.with(|group| {
            if let Some(group) = group {
                seen.set_value(Some((group.key.clone(), group.display_name.clone())));
            }
        });
    });
    let entered = StoredValue::new(None::<GroupKey>);
    Effect::new(move |before: Option<Option<GroupKey>>| {
        let key = key.get();
        if key.is_some() {
            entered.set_value(key.clone());
        }
        if before.as_ref() != Some(&key) {
            page.marks.set(HashMap::new());
            page.read();
        }
        key
    });
    Effect::new(move |before: Option<()>| {
        session.track_tokens();
        if before.is_some() && matches!(page.reading.get_untracked(), Reading::Failed(_)) {
            page.read();
        }
    });
    store.fresh().on_asked(move |asked| match asked {
        Asked::ByUser => page.read(),
        Asked::ByItself => page.read_quietly(),
    });
    on_cleanup(move || {
        page.latest.try_with_value(Latest::cancel);
        // By now the address is that of the next page, whose message stays.
        if let Some(key) = entered.try_get_value().flatten() {
            store.hush(Some(&key));
            store.put_run_away(Some(&key));
        }
    });
    // What stands in forms, questions and dialogs belongs to one group; only our own rename of it
    // leaves them standing.
    let identity = Memo::new(move |before: Option<&(u32, Option<GroupKey>)>| {
        let now = key.get();
        match before {
            None => (0, now),
            Some((n, known)) => {
                let renamed = now.is_some() && page.renamed.with_value(|renamed| *renamed == now);
                if renamed {
                    page.renamed.set_value(None);
                }
                let same = *known == now || renamed;
                (if same { *n } else { n.wrapping_add(1) }, now)
            }
        }
    });
    let view = Memo::new(
        move |_| match (page.reading.get(), group.with(Option::is_some)) {
            (Reading::Gone, _) => Shown::Gone,
            (Reading::Failed(error), false) => Shown::Failed(error),
            (_, true) => Shown::Group(identity.get().0),
            (_, false) => Shown::Loading,
        },
    );
    move || match view.get() {
        Shown::Gone => {
            let name = seen
                .get_value()
                .filter(|(seen, _)| Some(seen) == key.get_untracked().as_ref())
                .map(|(_, name)| name);
            match key.get_untracked() {
                Some(key) => view! { <Gone page=page key=key name=name /> }.into_any(),
                None => view! { <NotFound what="There is no group at this address." /> }.into_any(),
            }
        }
        Shown::Failed(error) => {
            let id = store.connection().id;
            let name = key
                .get_untracked()
                .map(|key| key.to_string())
                .unwrap_or_default();
            view! {
                <main class="page" id="main">
                    <Heading text=name />
                    <Failed
                        title="The group could not be read"
                        error=error
                        on_again=Callback::new(move |()| page.read())
                        on_connect=Callback::new(move |()| session.ask_again(&id))
                    />
                </main>
            }
            .into_any()
        }
        Shown::Loading => view! {
            <main class="page" id="main" aria-busy="true">
                <h1>{key.get_untracked().map(|key| shown_name(key.to_string(), None))}</h1>
                <p class="quiet" role="status">
                    "Reading the group…"
                </p>
            </main>
        }
        .into_any(),
        Shown::Group(_) => view! { <Frame page=page /> }.into_any(),
    }
}

/// What was begun elsewhere and is done to this group: how it goes, then its receipt.
#[component]
fn Receipt(page: GroupPage, run: RunId) -> impl IntoView {
    let store = page.store;
    let id = RwSignal::new(run);
    let title = move || {
        store
            .runs()
            .get(id.get())
            .map(|told| (told.run.about.title.clone(), odd_names_of(&told.run)))
    };
    let heading = unique_id("receipt");
    let labelled = heading.clone();
    view! {
        <section class="receipt" aria-labelledby=labelled>
            <h2 id=heading>{move || title().map(|(title, names)| sentence(&title, &names))}</h2>
            <RunView
                store=store
                id=id
                on_close=Callback::new(move |()| store.put_run_away(page.key.get_untracked().as_ref()))
            />
        </section>
    }
}

#[derive(Clone, PartialEq)]
enum Shown {
    Loading,
    Failed(ApiError),
    Gone,
    /// The group, and which one it is: another one's page is another page.
    Group(u32),
}

#[component]
fn Frame(page: GroupPage) -> impl IntoView {
    let store = page.store;
    let connection = store.connection();
    let capabilities = store.capabilities();
    let router = use_router();
    let in_settings = Memo::new(move |_| router.parts().len() > 4);
    let name = Memo::new(move |_| {
        page.group.with(|group| {
            group
                .as_ref()
                .map(|g| g.display_name.clone())
                .unwrap_or_default()
        })
    });
    let count = Memo::new(move |_| {
        page.group
            .with(|group| Some(group.as_ref()?.members.listed()?.len()))
    });
    let connection_name = connection.name.clone();
    Effect::new(move |_| {
        let part = if in_settings.get() { "Settings" } else { "" };
        browser::set_title(&[part, &name.get(), &connection_name]);
    });
    let loads_photos = connection.photos == Photos::Load && capabilities.has_field(Field::Photo);
    let title = move || {
        let group = page.group.get()?;
        let photo = group.photo.clone().filter(|_| loads_photos);
        Some(view! {
            <Avatar of=AvatarOf::Group name=group.display_name.clone() key=group.key.to_string() photo=photo big=true />
        })
    };
    let base = Memo::new(move |_| {
        page.key
            .get()
            .map(|key| group_href(store, key.as_str()))
            .unwrap_or_default()
    });
    let like = move || {
        let key = page.key.get().map(|key| browser::encode(key.as_str()));
        store
            .connection()
            .href(&format!("new-group?like={}", key.unwrap_or_default()))
    };
    let compare = move || {
        let key = page.key.get().map(|key| key.to_string());
        compare_groups(store, &[&key.unwrap_or_default()])
    };
    view! {
        <main class="page" id="main">
            <nav class="crumbs" aria-label="Breadcrumb">
                <a href=connection.href("groups")>"Groups"</a>
                " / "
                {move || shown_name(name.get(), None)}
            </nav>
            <div class="head">
                <div class="title">
                    {title} <Heading text=name />
                    {move || page.group.get().map(|group| view! { <Key key=group.key.to_string() /> })}
                    {move || page.group.get().and_then(|group| group.description.clone()).map(|text| view! { <p class="lede">{text}</p> })}
                </div>
                <div class="actions">
                    <a class="btn btn-small" href=compare>
                        "Compare with…"
                    </a>
                    {page
                        .may_write()
                        .then(|| {
                            view! {
                                <a class="btn btn-small" href=like>
                                    "New group like this"
                                </a>
                            }
                        })}
                </div>
            </div>
            {move || store.notice(page.key.get().as_ref()).map(|text| view! { <Alert kind=Kind::Done><p>{text}</p></Alert> })}
            {move || store.shown_run(page.key.get().as_ref()).map(|run| view! { <Receipt page=page run=run /> })}
            {move || match page.reading.get() {
                Reading::Failed(error) => {
                    Some(
                        view! {
                            <Alert kind=Kind::Bad>
                                <p>
                                    <strong>"This may be old: the group could not be read again. "</strong>
                                    {error.to_string()}
                                </p>
                                <div class="actions">
                                    <button class="btn btn-small" type="button" on:click=move |_| page.read()>
                                        "Try again"
                                    </button>
                                </div>
                            </Alert>
                        },
                    )
                }
                _ => None,
            }}
            <nav class="tabs" aria-label="Group">
                <a href=base aria-current=move || (!in_settings.get()).then_some("page")>
                    "Members "
                    {move || count.get().map(|count| view! { <span aria-hidden="true">{format::number(count)}</span> })}
                </a>
                <a href=move || format!("{}/settings", base.get()) aria-current=move || in_settings.get().then_some("page")>
                    "Settings"
                </a>
            </nav>
            {move || if in_settings.get() { view! { <GroupSettings /> }.into_any() } else { view! { <GroupMembers /> }.into_any() }}
        </main>
    }
}
