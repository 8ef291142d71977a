use std::sync::Arc;

use group_api::{
    Action, ApiError, Capabilities, Group, Member, Members, MembershipChange, Outcome,
    PersonChange, PersonKey, PersonStep, ReadBack, Roles, guards,
};
use leptos::Lights;
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::{Direction, MemberSort, Roster};

use super::add::AddMembers;
use super::bulk::MembersBar;
use super::confirm::{Confirm, Question, guard_words};
use super::exports;
use super::row::MemberCells;
use super::{Elsewhere, GroupPage, Marked, Reading, RowState, use_group};
use crate::browser;
use crate::components::{
    Alert, Empty, ExportButton, Icon, InPages, Keys, Kind, Pager, Rows, Search, SelectMode,
    Selection, SortHeader, Sorted, marking, unique_id,
};
use crate::format;
use crate::request::Latest;
use crate::store::Store;

/// What the rows may ask of the table.
#[derive(Clone, Copy)]
pub(super) struct Table {
    pub(super) page: GroupPage,
    /// Whose role form is open.
    pub(super) choosing: RwSignal<Option<PersonKey>>,
    /// A step that waits for an answer.
    asking: RwSignal<Option<(Member, PersonStep, Question)>>,
    rows: Rows,
    /// What it finds in names is marked.
    pub(super) found: Lights,
    pub(super) selection: Selection,
    pub(super) keys: Keys,
    /// The group with nobody in it but me and two who lead it, if there are as many.
    pub(super) alone: Memo<Option<Arc<Group>>>,
}

/// The members of the table, by row.
#[derive(Clone, Copy)]
struct Listed {
    roster: Memo<Option<Arc<Roster>>>,
    places: Memo<Vec<u32>>,
}

impl Listed {
    fn member<T>(self, row: usize, of: fn(&Member) -> T) -> Option<T> {
        let place = self.places.with(|places| places.get(row).copied())?;
        self.roster
            .with(|roster| roster.as_ref()?.member(place).map(of))
    }
}

impl Table {
    /// Does a step, or asks first where it cannot simply be taken back.
    pub(super) fn wish(self, group: &Group, member: &Member, step: PersonStep) {
        let capabilities = self.page.store.capabilities();
        let change = MembershipChange {
            group: group.key.clone(),
            steps: vec![step.clone()],
        };
        let found = guards(capabilities, self.page.store.me().as_ref(), group, &change);
        let removes = matches!(step.change, PersonChange::Revoke(_));
        let for_good = removes && !capabilities.add.is_yes();
        if found.is_empty() && !for_good {
            self.run(member.clone(), step);
            return;
        }
        let mut facts: Vec<String> = found
            .iter()
            .map(|guard| guard_words(*guard, capabilities, group))
            .collect();
        if for_good {
            facts.push(format!(
                "It cannot be taken back from here: nobody can be added on {}. They would have to be invited anew.",
                capabilities.system
            ));
        }
        let names = vec![member.label.clone(), group.display_name.clone()];
        let question = if removes {
            Question {
                title: format!("Remove {}?", member.label),
                names,
                facts,
                keep: format!("Keep {}", member.label),
                go_on: format!("Remove {}", member.label),
            }
        } else {
            Question {
                title: format!("Change the role of {}?", member.label),
                names,
                facts,
                keep: "Leave it as it is".to_owned(),
                go_on: "Change role".to_owned(),
            }
        };
        self.asking.set(Some((member.clone(), step, question)));
    }

    /// Does a step again, or takes one back: what was asked before is not asked again, but what it
    /// means by now is.
    pub(super) fn wish_now(self, member: &Member, step: &PersonStep) {
        let store = self.page.store;
        let guarded = self.page.group.get_untracked().filter(|group| {
            let change = MembershipChange {
                group: group.key.clone(),
                steps: vec![step.clone()],
            };
            !guards(store.capabilities(), store.me().as_ref(), group, &change).is_empty()
        });
        match guarded {
            Some(group) => self.wish(&group, member, step.clone()),
            None => self.run(member.clone(), step.clone()),
        }
    }

    /// Sends a step; its row says how it goes.
    pub(super) fn run(self, member: Member, step: PersonStep) {
        let page = self.page;
        let Some(key) = page.key.get_untracked() else {
            return;
        };
        let person = step.person.clone();
        // The page may have gone to another group when the answer comes: that one's rows are not ours.
        let same_group = move |key: &group_api::GroupKey| {
            page.key.try_get_untracked().flatten().as_ref() == Some(key)
        };
        let mark = move |state| {
            page.marks.try_update(|marks| {
                marks.insert(
                    person.clone(),
                    Marked {
                        member: member.clone(),
                        state,
                    },
                )
            });
        };
        mark(RowState::Saving);
        let had_focus = browser::focused().and_then(|element| element.closest("tr").ok().flatten());
        // A changed role may send the row elsewhere in the order.
        if had_focus.is_some() {
            self.rows.keep(Some(step.person.as_str()));
        }
        let focus_id = undo_id(&step.person);
        spawn_local(async move {
            let change = MembershipChange {
                group: key.clone(),
                steps: vec![step.clone()],
            };
            // A read that began before the write would bring older news after it.
            page.latest.try_with_value(Latest::cancel);
            let result = page.store.apply(&change).await;
            if !same_group(&key) {
                return;
            }
            let read_again = result.as_ref().is_ok_and(|applied| applied.group.is_some());
            mark(state_of(page, step, result));
            if read_again {
                page.reading.try_set(Reading::At(browser::now()));
            } else if page.reading.try_get_untracked() == Some(Reading::Under) {
                page.read();
            }
            // The button that was pressed is gone: the focus stays in its row.
            if had_focus.is_some() {
                request_animation_frame(move || {
                    let lost =
                        browser::focused().is_none_or(|element| element.tag_name() == "BODY");
                    if lost {
                        browser::focus(&focus_id);
                    }
                    if same_group(&key) {
                        self.rows.keep(None);
                    }
                });
            }
        });
    }
}

/// The id of what takes the focus in a row whose button is gone.
pub(super) fn undo_id(person: &PersonKey) -> String {
    format!("undo-{}", browser::encode(person.as_str()))
}

/// What a row says after its step.
fn state_of(
    page: GroupPage,
    step: PersonStep,
    result: Result<group_api::Applied, ApiError>,
) -> RowState {
    let capabilities = page.store.capabilities();
    let outcome = match result {
        Ok(applied) => applied
            .outcomes
            .into_iter()
            .find(|(person, _)| *person == step.person)
            .map(|(_, outcome)| outcome),
        Err(error) => {
            return RowState::NotDone {
                words: error.to_string(),
                step,
            };
        }
    };
    match outcome {
        Some(Outcome::Done { note }) => {
            let what = match step.change {
                PersonChange::Revoke(_) => "removed",
                PersonChange::Grant(_) => "added",
                PersonChange::Restore(_) => "back again",
                PersonChange::Change { .. } => "role changed",
            };
            let can_undo = match step.change {
                PersonChange::Revoke(_) => capabilities.add.is_yes(),
                PersonChange::Change { .. } => true,
                PersonChange::Grant(_) | PersonChange::Restore(_) => false,
            };
            let undo = step.change.reversed().filter(|_| can_undo);
            let undo = undo.map(|change| PersonStep {
                person: step.person,
                change,
            });
            RowState::Done {
                at: browser::now(),
                what,
                note,
                undo,
            }
        }
        Some(Outcome::Refused { words }) => {
            let hint = match step.change {
                PersonChange::Revoke(_) => capabilities.refused_removal,
                _ => None,
            };
            let words = format!("refused: “{words}” {}", hint.unwrap_or_default());
            RowState::NotDone {
                words: words.trim_end().to_owned(),
                step,
            }
        }
        Some(Outcome::Overtaken { now }) => RowState::NotDone {
            words: overtaken(capabilities, &now),
            step,
        },
        Some(Outcome::NotShown) => RowState::NotDone {
            words: "the server said that it was done, but a look afterwards does not show it"
                .to_owned(),
            step,
        },
        Some(Outcome::Unknown(error @ ApiError::Unconfirmed { .. })) => RowState::NotDone {
            words: error.to_string(),
            step,
        },
        // Neither the answer nor the look after it came.
        Some(Outcome::Unknown(error)) => RowState::NotDone {
            words: ApiError::Unconfirmed {
                cause: Some(Box::new(error)),
                read: ReadBack::Impossible,
            }
            .to_string(),
            step,
        },
        None => RowState::NotDone {
            words: "unknown: the answer does not name this person".to_owned(),
            step,
        },
    }
}

fn overtaken(capabilities: &Capabilities, now: &Roles) -> String {
    if now.is_empty() {
        "nothing was sent: somebody removed this person meanwhile".to_owned()
    } else {
        let roles = capabilities.labels(now);
        format!("nothing was sent: somebody changed this meanwhile, the role is now {roles}")
    }
}

/// The members of a group.
#[component]
pub fn GroupMembers() -> impl IntoView {
    let page = use_group();
    let store = page.store;
    let capabilities = store.capabilities();
    let search = RwSignal::new(browser::query_param("q").unwrap_or_default());
    let sort = RwSignal::new(MemberSort::Role);
    let direction = RwSignal::new(Direction::Ascending);
    let adding = RwSignal::new(browser::query_param("add").is_some());
    Effect::new(move |_| browser::replace_query_soon(vec![("q", Some(search.get()))]));
    // Those who were just removed keep their rows, so that what was done can be seen and undone.
    let roster = Memo::new(move |_| {
        let group = page.group.get()?;
        let mut members = group.members.listed()?.to_vec();
        page.marks.with(|marks| {
            for mark in marks.values() {
                if !members
                    .iter()
                    .any(|member| member.person == mark.member.person)
                {
                    members.push(mark.member.clone());
                }
            }
        });
        Some(Arc::new(Roster::new(capabilities, members)))
    });
    let places = Memo::new(move |_| {
        roster.with(|roster| {
            roster.as_ref().map_or_else(Vec::new, |roster| {
                search.with(|search| roster.select(search, sort.get(), direction.get()))
            })
        })
    });
    let asked =
        Memo::new(move |_| format!("{:?} {:?} {}", sort.get(), direction.get(), search.get()));
    let total =
        Memo::new(move |_| roster.with(|roster| roster.as_ref().map_or(0, |roster| roster.len())));
    let matching = Memo::new(move |_| places.with(Vec::len));
    let listed = Listed { roster, places };
    let rows = Rows::new(
        matching,
        asked,
        Box::new(move |row| listed.member(row, |member| member.person.to_string())),
    );
    let table = Table {
        page,
        choosing: RwSignal::new(None),
        asking: RwSignal::new(None),
        rows,
        found: marking(search),
        selection: Selection::default(),
        keys: Keys {
            count: matching,
            told: matching,
            key: Callback::new(move |row| listed.member(row, |member| member.person.to_string())),
        },
        alone: Memo::new(move |_| page.group.with(|group| alone(store, group.as_deref()?))),
    };
    let add_reason = move || {
        let group = page.group.get()?;
        store
            .backend()
            .allowed(store.me().as_ref(), &group, &Action::Add)
            .reason()
            .map(str::to_owned)
    };
    let why_not = Memo::new(move |_| add_reason());
    let count = move || {
        let read = match page.reading.get() {
            Reading::At(at) => format!(" · read {}", format::time_of_day(at)),
            Reading::Under => " · reading…".to_owned(),
            Reading::Failed(_) | Reading::Gone => String::new(),
        };
        let (now, all) = (matching.get(), total.get());
        if now == all {
            (format::number(all), read)
        } else {
            (
                format::number(now),
                format!(" of {}{read}", format::number(all)),
            )
        }
    };
    let offers = Callback::new(move |()| {
        let shown = roster.with_untracked(|roster| {
            let roster = roster.as_ref();
            places.with_untracked(|places| {
                let members = places.iter().filter_map(|place| roster?.member(*place));
                // Rows of those who are not in it any more are no members.
                let group = page.group.get_untracked();
                let is_in = |member: &&Member| {
                    group
                        .as_ref()
                        .is_none_or(|group| group.members.find(&member.person).is_some())
                };
                members.filter(is_in).cloned().collect()
            })
        });
        exports::members(page, " on the screen", shown)
    });
    let none = Memo::new(move |_| matching.get() == 0);
    // The table itself stays while its rows change.
    let has_table =
        Memo::new(move |_| !none.get() || page.reading.get() == Reading::Under && total.get() == 0);
    let unlisted = Memo::new(move |_| {
        page.group
            .with(|group| group.as_ref().is_some_and(|g| g.members.listed().is_none()))
    });
    view! {
        {move || why_not.get().map(|why| view! { <CannotAdd page=page why=why /> })}
        <div class="tools">
            <Search label="Search members" value=search />
            <div class="count">
                <span role="status" aria-live=move || store.fresh().is_quiet().then_some("off")>
                    <strong>{move || count().0}</strong>
                    {move || count().1}
                </span>
                <button class="btn btn-quiet btn-icon btn-small" type="button" aria-label="Read again" on:click=move |_| page.read()>
                    <Icon name="again" />
                </button>
            </div>
            <InPages rows=rows all=total />
            <div class="actions end">
                <SelectMode selection=table.selection />
                <ExportButton store=store offers=offers disabled=none />
                {move || {
                    (why_not.get().is_none())
                        .then(|| {
                            view! {
                                <button class="btn btn-primary" type="button" disabled=!page.may_write() on:click=move |_| adding.set(true)>
                                    <Icon name="plus" />
                                    "Add members"
                                </button>
                            }
                        })
                }}
            </div>
        </div>
        {move || {
            if unlisted.get() && matches!(page.reading.get(), Reading::At(_)) {
                view! {
                    <Alert kind=Kind::Note>
                        <p>"The server does not say who is in this group."</p>
                    </Alert>
                }
                    .into_any()
            } else if total.get() == 0 && matches!(page.reading.get(), Reading::At(_)) {
                view! {
                    <Empty title="Nobody is in this group">
                        <p>
                            {if capabilities.add.is_yes() {
                                "Add the first people; make at least one of them an admin, so that the group can look after itself."
                            } else {
                                "People have to be invited in the system itself."
                            }}
                        </p>
                    </Empty>
                }
                    .into_any()
            } else if matching.get() == 0 && total.get() > 0 {
                view! {
                    <Empty title="No member matches">
                        <p>{format!("None of {} has all of these words in name or e-mail.", format::people(total.get()))}</p>
                        <div class="actions">
                            <button class="btn" type="button" on:click=move |_| search.set(String::new())>
                                "Clear search"
                            </button>
                        </div>
                    </Empty>
                }
                    .into_any()
            } else {
                ().into_any()
            }
        }}
        {move || {
            has_table.get().then(|| view! { <MembersTable table=table listed=listed rows=rows sort=sort direction=direction /> })
        }}
        <MembersBar table=table selection=table.selection keys=table.keys />
        <Pager rows=rows label="Pages of members" />
        {move || {
            table
                .asking
                .get()
                .map(|(member, step, question)| {
                    view! {
                        <Confirm
                            question=question
                            on_yes=Callback::new(move |()| {
                                table.asking.set(None);
                                table.run(member.clone(), step.clone());
                            })
                            on_no=Callback::new(move |()| table.asking.set(None))
                        />
                    }
                })
        }}
        {move || (adding.get() && why_not.get().is_none()).then(|| view! { <AddMembers page=page open=adding /> })}
    }
}

/// Why nobody can be added here, and what to do instead.
#[component]
fn CannotAdd(page: GroupPage, why: String) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let emails = Memo::new(move |_| {
        page.group.with(|group| {
            let members = group
                .as_ref()
                .and_then(|group| group.members.listed())
                .unwrap_or_default();
            members
                .iter()
                .filter_map(|member| Some(member.emails.first()?.address.clone()))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class="alert" role="note">
            <Icon name="info" />
            <p>{why} " For an invitation or a message to everybody here, copy their addresses."</p>
            <div class="actions">
                <button
                    class="btn btn-small"
                    type="button"
                    disabled=move || emails.with(Vec::is_empty)
                    on:click=move |_| {
                        spawn_local(async move {
                            let text = emails.get_untracked().join(", ");
                            copied.try_set(Some(browser::copy(&text).await));
                        });
                    }
                >
                    "Copy e-mail addresses"
                </button>
                <span role="status">
                    {move || match copied.get() {
                        Some(true) => format!("{} copied", emails.with(Vec::len)),
                        Some(false) => "The browser did not allow it.".to_owned(),
                        None => String::new(),
                    }}
                </span>
            </div>
        </div>
    }
}

/// The group with nobody in it but me and two who hold its highest role: enough for the rules, and for
/// whether somebody is the last to hold it.
fn alone(store: Store, group: &Group) -> Option<Arc<Group>> {
    let members = group.members.listed().unwrap_or_default();
    let me = store.me();
    let mine = |member: &&Member| member.is_self || me.as_ref() == Some(&member.person);
    let leads = |member: &&Member| super::row::leads(store, member);
    let some = members.iter().find(mine).into_iter().chain(
        members
            .iter()
            .filter(|member| leads(member) && !mine(member))
            .take(2),
    );
    Some(Arc::new(Group {
        key: group.key.clone(),
        display_name: group.display_name.clone(),
        description: None,
        photo: None,
        created: None,
        updated: None,
        members: Members::Listed(some.cloned().collect()),
    }))
}

#[component]
fn MembersTable(
    table: Table,
    listed: Listed,
    rows: Rows,
    sort: RwSignal<MemberSort>,
    direction: RwSignal<Direction>,
) -> impl IntoView {
    let has_times = table.page.store.capabilities().times.is_yes();
    let sort_by = move |by: MemberSort| {
        Callback::new(move |()| {
            if sort.get_untracked() == by {
                direction.update(|direction| *direction = direction.reversed());
            } else {
                direction.set(Direction::Ascending);
                sort.set(by);
            }
        })
    };
    let sorted = move |by: MemberSort| {
        Signal::derive(move || {
            if sort.get() == by {
                Sorted::By(direction.get())
            } else {
                Sorted::No
            }
        })
    };
    let count = Memo::new(move |_| listed.places.with(Vec::len));
    let slot = move |place: Memo<usize>| {
        let member = Memo::new(move |_| listed.member(place.get(), Member::clone));
        let mark = Memo::new(move |_| {
            let person = member.with(|member| member.as_ref().map(|m| m.person.clone()))?;
            table
                .page
                .marks
                .with(|marks| marks.get(&person).map(|mark| mark.state.clone()))
        });
        let word = move || match mark.get()? {
            RowState::Saving => Some("saving"),
            RowState::Done {
                what: "removed", ..
            } => Some("removed"),
            RowState::Done { .. } => Some("done"),
            RowState::Elsewhere {
                what: Elsewhere::Removed,
                ..
            } => Some("removed"),
            RowState::Elsewhere { .. } => Some("news"),
            RowState::NotDone { .. } => Some("refused"),
        };
        let button_id = StoredValue::new(unique_id("role"));
        let cells = move || {
            member.get().map(|member| {
                view! { <MemberCells table=table member=member mark=mark button_id=button_id /> }
            })
        };
        rows.row(place, word.into_attribute_value(), cells.into_any())
    };
    view! {
        <table
            class=move || {
                let timed = if has_times { " timed" } else { "" };
                format!("ledger members{timed}{}{}", rows.class(), table.selection.class())
            }
            role="table"
            aria-label="Members"
            aria-rowcount=move || (count.get() + 1).to_string()>
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <SortHeader label="Member" class="c-name" sorted=sorted(MemberSort::Name) on_sort=sort_by(MemberSort::Name) />
                    <SortHeader label="Role" class="c-role" sorted=sorted(MemberSort::Role) on_sort=sort_by(MemberSort::Role) />
                    {has_times
                        .then(|| {
                            view! {
                                <SortHeader
                                    label="Joined"
                                    class="c-when"
                                    sorted=sorted(MemberSort::Joined)
                                    on_sort=sort_by(MemberSort::Joined)
                                />
                            }
                        })} <th role="columnheader" scope="col" class="c-act">
                        <span class="sr-only">"Remove"</span>
                    </th>
                </tr>
            </thead>
            {rows.body(().into_any(), slot)}
        </table>
    }
}
