//! What can be done with all groups of a person: copied to others, taken away, added to.

use std::sync::Arc;

use group_api::{
    Action, Group, GroupKey, MembershipChange, PersonChange, PersonKey, PersonStep, Role, Roles,
    guards,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use muster_core::Directory;
use muster_runs::{Place, RunId, Task};

use super::group::guard_words;
use crate::components::{
    Dialog, GroupBox, Icon, Keys, PeopleBox, Review, ReviewDialog, RoleSelect, Selection,
    SelectionBar, people_named, plain_role, shown_name, unique_id,
};
use crate::draft::{FormDraft, keep_people};
use crate::format;
use crate::request::Stop;
use crate::runs::Proposal;
use crate::session::Access;
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Nothing,
    /// To whom the groups are to be copied.
    Copy,
    /// Which groups the person is to be added to.
    Add,
    /// Who follows where the person is the last who leads.
    RemoveAll,
    Review(Box<Review>),
}

/// What can be chosen for a person and be kept.
const ADD: &str = "add";
const COPY: &str = "copy";

/// A group of the person, with the roles that they hold in it.
#[derive(Clone, Debug)]
struct Held {
    group: Arc<Group>,
    roles: Roles,
}

/// What the dialogs need to know.
#[derive(Clone, Copy)]
pub(super) struct Of {
    pub(super) store: Store,
    pub(super) person: StoredValue<PersonKey>,
    pub(super) name: Memo<String>,
    /// How many groups they are in.
    pub(super) total: Memo<usize>,
    /// Reads the person's groups again.
    pub(super) read: Callback<()>,
    /// What the last reading showed, as a sentence.
    pub(super) proof: Memo<Option<String>>,
}

impl Of {
    fn held(self) -> Vec<Held> {
        let person = self.person.get_value();
        self.store.peek(|directory| {
            let numbers = directory
                .holdings(&person)
                .into_iter()
                .map(|holding| holding.number);
            let groups = numbers.filter_map(|number| {
                let key = GroupKey::new(directory.row(number)?.key()).ok()?;
                Some(Held {
                    group: directory.get(&key)?,
                    roles: directory.roles_of(number, &person),
                })
            });
            groups.collect()
        })
    }

    fn label(self) -> Option<String> {
        let name = self.name.get_untracked();
        Some(name).filter(|name| self.person.with_value(|person| name != person.as_str()))
    }

    /// Where what was chosen for this person and not sent is kept.
    fn draft(self, what: &str) -> FormDraft {
        let person = self.person.get_value();
        FormDraft::new(
            &self.store.connection().id,
            &format!("person/{person}/{what}"),
        )
    }

    fn task(self, place: usize, change: PersonChange) -> Task {
        Task::Person {
            place,
            person: self.person.get_value(),
            label: self.label(),
            change,
        }
    }
}

/// The buttons of a person's page, the bar of its selection, and what they open.
#[component]
pub(super) fn PersonActions(of: Of, selection: Selection, keys: Keys) -> impl IntoView {
    let store = of.store;
    let asked = RwSignal::new(Asked::Nothing);
    // For what that was chosen whose review is shown.
    let chosen_for = StoredValue::new(None::<&'static str>);
    let looks =
        (store.connection().access == Access::LookOnly).then_some("This connection only looks.");
    let no_add = looks.or(match store.capabilities().add {
        group_api::Support::No(why) => Some(why),
        group_api::Support::Yes => None,
    });
    let review_of = move |what: Option<&'static str>, review: Review| {
        chosen_for.set_value(what);
        asked.set(Asked::Review(Box::new(review)));
    };
    let review = move |review: Review| review_of(None, review);
    let done = Callback::new(move |id: Option<RunId>| {
        asked.set(Asked::Nothing);
        if id.is_some() {
            // It was sent; a review that was given up leaves it for the next time.
            if let Some(what) = chosen_for.get_value() {
                of.draft(what).clear();
            }
            selection.clear();
            of.read.run(());
        }
    });
    let close = Callback::new(move |()| asked.set(Asked::Nothing));
    let selected = move || {
        let keys = selection.keys();
        let held = of.held().into_iter();
        held.filter(|held| keys.contains(held.group.key.as_str()))
            .collect::<Vec<_>>()
    };
    let bar = move || {
        view! {
            <button
                class="btn btn-small"
                type="button"
                disabled=looks.is_some()
                title=looks
                on:click=move |_| review(removal(of, &selected(), &[]))
            >
                "Remove from these groups"
            </button>
        }
        .into_any()
    };
    let none = move || of.total.get() == 0;
    view! {
        <button class="btn" type="button" disabled=no_add.is_some() title=no_add on:click=move |_| asked.set(Asked::Add)>
            "Add to groups"
        </button>
        <button
            class="btn"
            type="button"
            disabled=move || no_add.is_some() || none()
            title=no_add
            on:click=move |_| asked.set(Asked::Copy)
        >
            "Copy groups to…"
        </button>
        <button
            class="btn"
            type="button"
            disabled=move || looks.is_some() || none()
            title=looks
            on:click=move |_| asked.set(Asked::RemoveAll)
        >
            "Remove from all groups…"
        </button>
        <div class="over">
            <SelectionBar selection=selection rows=keys words=("group", "groups") buttons=Callback::new(move |()| bar()) />
        </div>
        {move || match asked.get() {
            Asked::Nothing => ().into_any(),
            Asked::Copy => view! { <CopyGroups of=of on_review=Callback::new(move |review| review_of(Some(COPY), review)) on_close=close /> }.into_any(),
            Asked::Add => view! { <AddToGroups of=of on_review=Callback::new(move |review| review_of(Some(ADD), review)) on_close=close /> }.into_any(),
            Asked::RemoveAll => view! { <RemoveFromAll of=of on_review=Callback::new(review) on_close=close /> }.into_any(),
            Asked::Review(review) => {
                view! { <ReviewDialog store=store review=*review proof=of.proof on_over=of.read on_close=done /> }.into_any()
            }
        }}
    }
}

/// Where the person is the only one who leads.
fn is_last_lead(store: Store, held: &Held) -> bool {
    let Some(lead) = store.capabilities().lead() else {
        return false;
    };
    let leads = held.group.members.listed().unwrap_or_default().iter();
    held.roles.contains(&lead.role)
        && leads
            .filter(|member| member.roles.contains(&lead.role))
            .count()
            == 1
}

/// Takes the person out of groups; where a successor is named, only when a read has shown that they lead.
fn removal(of: Of, held: &[Held], successors: &[(GroupKey, PersonKey)]) -> Review {
    let store = of.store;
    let capabilities = store.capabilities();
    let person = of.person.get_value();
    let (mut places, mut tasks, mut left, mut facts) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for Held { group, roles } in held {
        let allowed =
            store
                .backend()
                .allowed(store.me().as_ref(), group, &Action::Remove(person.clone()));
        if let Some(why) = allowed.reason() {
            left.push(format!("{}: {why}", group.display_name));
            continue;
        }
        let place = places.len();
        places.push(Place::of(group));
        let successor = successors.iter().find(|(key, _)| *key == group.key);
        let change = PersonChange::Revoke(roles.clone());
        let mut after = None;
        if let (Some((_, heir)), Some(lead)) = (successor, capabilities.lead()) {
            let member = group.members.find(heir);
            let change = match member {
                Some(member) => PersonChange::Change {
                    from: member.roles.clone(),
                    to: lead.role.clone(),
                },
                None => PersonChange::Grant(lead.role.clone()),
            };
            after = Some(tasks.len());
            let label = member
                .map(|member| member.label.clone())
                .filter(|label| label != heir.as_str());
            tasks.push((
                Task::Person {
                    place,
                    person: heir.clone(),
                    label,
                    change,
                },
                Vec::new(),
            ));
        } else {
            let step = PersonStep {
                person: person.clone(),
                change: change.clone(),
            };
            let change = MembershipChange {
                group: group.key.clone(),
                steps: vec![step],
            };
            let found = guards(capabilities, store.me().as_ref(), group, &change);
            facts.extend(
                found
                    .iter()
                    .map(|guard| guard_words(*guard, capabilities, group)),
            );
        }
        tasks.push((of.task(place, change), after.into_iter().collect()));
    }
    if !capabilities.add.is_yes() {
        facts.push(format!(
            "It cannot be taken back from here: nobody can be added on {}.",
            capabilities.system
        ));
    }
    let groups = format::groups(places.len());
    let name = of.name.get_untracked();
    Review {
        go_on: format!("Remove from {groups}"),
        proposal: Proposal {
            title: format!("Remove {name} from {groups}"),
            places,
            tasks,
            ..Proposal::default()
        },
        facts,
        left,
        typed: None,
    }
}

/// Asks who follows where the person is the last who leads.
#[component]
fn RemoveFromAll(of: Of, on_review: Callback<Review>, on_close: Callback<()>) -> impl IntoView {
    let store = of.store;
    let held = of.held();
    let lead = store.capabilities().lead();
    let can_follow = lead.is_some_and(|lead| lead.assignable);
    let lone: Vec<Held> = held
        .iter()
        .filter(|held| can_follow && is_last_lead(store, held))
        .cloned()
        .collect();
    let word = lead.map_or("admin", |lead| lead.label).to_ascii_lowercase();
    let heirs = RwSignal::new(vec![None::<Option<PersonKey>>; lone.len()]);
    let fault = RwSignal::new(None::<String>);
    let held = StoredValue::new(held);
    let keys = StoredValue::new(
        lone.iter()
            .map(|held| held.group.key.clone())
            .collect::<Vec<_>>(),
    );
    let send = Callback::new(move |()| {
        let chosen = heirs.get_untracked();
        if chosen.iter().any(Option::is_none) {
            fault.set(Some("Say for each group who follows.".to_owned()));
            return;
        }
        let successors: Vec<(GroupKey, PersonKey)> = keys.with_value(|keys| {
            let pairs = keys.iter().zip(chosen);
            pairs
                .filter_map(|(key, heir)| Some((key.clone(), heir??)))
                .collect()
        });
        held.with_value(|held| on_review.run(removal(of, held, &successors)));
    });
    let count = held.with_value(Vec::len);
    let fields = lone
        .into_iter()
        .enumerate()
        .map(|(place, Held { group, .. })| {
            let id = unique_id("heir");
            let person = of.person.get_value();
            let others = group.members.listed().unwrap_or_default().iter();
            let others: Vec<(PersonKey, String)> = others
                .filter(|member| member.person != person)
                .map(|member| (member.person.clone(), member.label.clone()))
                .collect();
            let options = others
                .iter()
                .map(|(key, label)| view! { <option value=format!("p{key}")>{label.clone()}</option> })
                .collect_view();
            view! {
                <div class="field">
                    <label for=id.clone()>{format!("Who follows in {}", group.display_name)}</label>
                    <span class="select">
                        <select
                            id=id
                            on:change:target=move |ev| {
                                let value = ev.target().value();
                                fault.set(None);
                                heirs
                                    .update(|heirs| {
                                        if let Some(heir) = heirs.get_mut(place) {
                                            *heir = match value.strip_prefix('p') {
                                                Some(key) => Some(PersonKey::new(key).ok()),
                                                None if value == "nobody" => Some(None),
                                                None => None,
                                            };
                                        }
                                    });
                            }
                        >
                            <option value="">"Choose…"</option>
                            {options}
                            <option value="nobody">{format!("Nobody: leave it without an {word}")}</option>
                        </select>
                        <Icon name="down" />
                    </span>
                </div>
            }
        })
        .collect_view();
    let title = format!("Remove {} from all groups", of.name.get_untracked());
    view! {
        <Dialog title=title on_submit=send on_close=on_close>
            <p>{format!("They are in {} known here. Each is read again afterwards.", format::groups(count))}</p>
            {fields}
            {move || {
                fault
                    .get()
                    .map(|text| {
                        view! {
                            <p class="error" role="alert">
                                <Icon name="stop" />
                                {text}
                            </p>
                        }
                    })
            }}
            <div class="actions">
                <button class="btn" type="button" autofocus on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit">
                    "Review"
                </button>
            </div>
        </Dialog>
    }
}

/// Which groups the person is to be added to.
#[component]
fn AddToGroups(of: Of, on_review: Callback<Review>, on_close: Callback<()>) -> impl IntoView {
    let store = of.store;
    let capabilities = store.capabilities();
    store.load_once();
    let role = RwSignal::new(plain_role(capabilities));
    let chosen = RwSignal::new(None::<(GroupKey, String)>);
    let groups = RwSignal::new(Vec::<(GroupKey, String)>::new());
    let draft = of.draft(ADD);
    let kept = draft.read().into_iter();
    groups.set(
        kept.filter_map(|(key, name)| Some((GroupKey::new(&key).ok()?, name)))
            .collect(),
    );
    let keeping = draft.clone();
    Effect::new(move |_| {
        groups.with(|groups| {
            keeping.keep(
                groups
                    .iter()
                    .map(|(key, name)| (key.as_str(), name.clone())),
            )
        });
    });
    let give_up = Callback::new(move |()| {
        groups.set(Vec::new());
        draft.clear();
        on_close.run(());
    });
    let fault = RwSignal::new(None::<String>);
    // What is chosen becomes a chip, and the field is free for the next.
    Effect::new(move |_| {
        if let Some(group) = chosen.get() {
            groups.update(|groups| {
                if !groups.contains(&group) {
                    groups.push(group);
                }
            });
            chosen.set(None);
        }
    });
    let send = Callback::new(move |()| {
        let keys = groups.get_untracked();
        if keys.is_empty() {
            fault.set(Some(
                "Choose at least one of the groups that are suggested.".to_owned(),
            ));
            return;
        }
        let role = role.get_untracked();
        let person = of.person.get_value();
        let (mut places, mut tasks, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for (key, _) in keys {
            let Some(group) = store.peek(|directory| directory.get(&key)) else {
                continue;
            };
            let allowed = store
                .backend()
                .allowed(store.me().as_ref(), &group, &Action::Add);
            if let Some(member) = group.members.find(&person) {
                left.push(format!(
                    "{}: is in as {} already",
                    group.display_name,
                    capabilities.labels(&member.roles)
                ));
            } else if let Some(why) = allowed.reason() {
                left.push(format!("{}: {why}", group.display_name));
            } else {
                tasks.push((
                    of.task(places.len(), PersonChange::Grant(role.clone())),
                    Vec::new(),
                ));
                places.push(Place::of(&group));
            }
        }
        let count = format::groups(places.len());
        on_review.run(Review {
            go_on: format!("Add to {count}"),
            proposal: Proposal {
                title: format!("Add {} to {count}", of.name.get_untracked()),
                places,
                tasks,
                ..Proposal::default()
            },
            left,
            ..Review::default()
        });
    });
    view! {
        <Dialog title=format!("Add {} to groups", of.name.get_untracked()) names=vec![of.name.get_untracked()] on_submit=send on_close=give_up>
            <GroupBox store=store label="Group" chosen=chosen except=None error=fault />
            <ul class="chosen" aria-label="Chosen groups">
                {move || {
                    groups
                        .get()
                        .into_iter()
                        .map(|(key, name)| {
                            let label = format!("Take out {name}");
                            view! {
                                <li class="chip">
                                    {shown_name(name, None)}
                                    <button
                                        class="copy"
                                        type="button"
                                        aria-label=label
                                        on:click=move |_| groups.update(|groups| groups.retain(|(other, _)| *other != key))
                                    >
                                        <Icon name="x" />
                                    </button>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
            <RoleSelect capabilities=capabilities role=role />
            <div class="actions">
                <button class="btn" type="button" on:click=move |_| give_up.run(())>
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit">
                    "Review"
                </button>
            </div>
        </Dialog>
    }
}

/// One of the person's groups as a line to tick.
#[derive(Clone, Debug)]
struct Line {
    held: Held,
    wanted: RwSignal<bool>,
    /// Whether the others are to lead it too, where the person does.
    leads: Option<RwSignal<bool>>,
}

/// Copies the person's groups to others: only ever adds, as plain members unless more is asked for.
#[component]
fn CopyGroups(of: Of, on_review: Callback<Review>, on_close: Callback<()>) -> impl IntoView {
    let store = of.store;
    let capabilities = store.capabilities();
    let chosen = RwSignal::new(Vec::<PersonKey>::new());
    let typed = RwSignal::new(String::new());
    keep_people(of.draft(COPY), chosen, typed);
    let give_up = Callback::new(move |()| {
        chosen.set(Vec::new());
        typed.set(String::new());
        of.draft(COPY).clear();
        on_close.run(());
    });
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let known = StoredValue::new(store.peek(Directory::people));
    let members = StoredValue::new(vec![of.person.get_value()]);
    let lead = capabilities.lead().filter(|lead| lead.assignable);
    let lines: Vec<Line> = of
        .held()
        .into_iter()
        .map(|held| Line {
            wanted: RwSignal::new(true),
            leads: lead
                .filter(|lead| held.roles.contains(&lead.role))
                .map(|_| RwSignal::new(false)),
            held,
        })
        .collect();
    let lines = StoredValue::new(lines);
    let send = Callback::new(move |()| {
        let named = chosen.with_untracked(|chosen| people_named(chosen, &typed.get_untracked()));
        let mut people = match named {
            Ok(people) => people,
            Err(words) => return fault.set(Some(words)),
        };
        people.retain(|person| *person != of.person.get_value());
        if people.is_empty() {
            return fault.set(Some("Name at least one other person.".to_owned()));
        }
        let wanted: Vec<(Arc<Group>, Role)> = lines.with_value(|lines| {
            let wanted = lines.iter().filter(|line| line.wanted.get_untracked());
            let role = |line: &Line| match (lead, line.leads) {
                (Some(lead), Some(leads)) if leads.get_untracked() => lead.role.clone(),
                _ => plain_role(capabilities),
            };
            wanted
                .map(|line| (Arc::clone(&line.held.group), role(line)))
                .collect()
        });
        if wanted.is_empty() {
            fault.set(Some("Tick at least one group.".to_owned()));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            // What they are in by now is read afresh where the system can be asked; else the list tells.
            if capabilities.person_list.is_yes() {
                for person in &people {
                    if let Err(error) = store.read_person(person, &Stop::default()).await {
                        busy.try_set(false);
                        fault.try_set(Some(format!(
                            "The groups of {person} could not be read: {error}"
                        )));
                        return;
                    }
                }
            }
            busy.try_set(false);
            on_review.run(copies(of, &people, &wanted));
        });
    });
    let list = lines.with_value(|lines| {
        let one = |line: &Line| {
            let (id, lead_id) = (unique_id("copy"), unique_id("lead"));
            let (wanted, name) = (line.wanted, line.held.group.display_name.clone());
            let key = line.held.group.key.to_string();
            let as_lead = line.leads.zip(lead).map(|(leads, lead)| {
                let label = format!("as {} too", lead.label);
                view! {
                    <span class="check">
                        <input
                            type="checkbox"
                            id=lead_id.clone()
                            prop:checked=leads
                            on:change:target=move |ev| leads.set(ev.target().checked())
                        />
                        <label for=lead_id>{label}</label>
                    </span>
                }
            });
            view! {
                <li>
                    <span class="check">
                        <input type="checkbox" id=id.clone() prop:checked=wanted on:change:target=move |ev| wanted.set(ev.target().checked()) />
                        <label for=id>
                            {shown_name(name, None)}
                            " "
                            <span class="quiet">{shown_name(key, None)}</span>
                        </label>
                    </span>
                    {as_lead}
                </li>
            }
        };
        lines.iter().map(one).collect_view()
    });
    view! {
        <Dialog title=format!("Copy the groups of {}", of.name.get_untracked()) names=vec![of.name.get_untracked()] busy=busy on_submit=send on_close=give_up>
            <PeopleBox label="To" chosen=chosen typed=typed known=known members=members error=fault />
            <p class="quiet">
                "They are added as plain members unless you ask for more. One group is tried first for each of them: where the server refuses the person there, the others are not tried."
            </p>
            <ul class="ticks" aria-label="Groups" tabindex="0">
                {list}
            </ul>
            <div class="actions">
                <button class="btn" type="button" disabled=busy on:click=move |_| give_up.run(())>
                    "Cancel"
                </button>
                <button class="btn btn-primary" type="submit" aria-disabled=move || busy.get().then_some("true")>
                    {move || if busy.get() { "Reading…" } else { "Review" }}
                </button>
            </div>
        </Dialog>
    }
}

fn copies(of: Of, people: &[PersonKey], wanted: &[(Arc<Group>, Role)]) -> Review {
    let store = of.store;
    let capabilities = store.capabilities();
    let places: Vec<Place> = wanted.iter().map(|(group, _)| Place::of(group)).collect();
    let (mut tasks, mut left) = (Vec::new(), Vec::new());
    for person in people {
        let mut first = None;
        for (place, (group, role)) in wanted.iter().enumerate() {
            let now = store.peek(|directory| directory.get(&group.key));
            let member = now.as_ref().and_then(|group| group.members.find(person));
            let allowed = store
                .backend()
                .allowed(store.me().as_ref(), group, &Action::Add);
            if let Some(member) = member {
                left.push(format!(
                    "{}: {} is in as {} already",
                    group.display_name,
                    member.label,
                    capabilities.labels(&member.roles)
                ));
            } else if let Some(why) = allowed.reason() {
                left.push(format!("{}: {why}", group.display_name));
            } else {
                let number = tasks.len();
                let task = Task::Person {
                    place,
                    person: person.clone(),
                    label: None,
                    change: PersonChange::Grant(role.clone()),
                };
                tasks.push((task, first.into_iter().collect()));
                first = first.or(Some(number));
            }
        }
    }
    let title = format!(
        "Copy {} of {} to {}",
        format::groups(places.len()),
        of.name.get_untracked(),
        format::people(people.len())
    );
    Review {
        go_on: "Copy groups".to_owned(),
        proposal: Proposal {
            title,
            places,
            tasks,
            ..Proposal::default()
        },
        left,
        ..Review::default()
    }
}
