//! The lines of a review: by group or by person, searched, struck; windowed where they are many.

use std::sync::Arc;

use group_api::{PersonChange, PersonKey, fold, sort_by};
use leptos::IntoAttributeValue;
use leptos::prelude::*;
use muster_changes::{Line, Plan};
use muster_core::Words;
use muster_runs::{Task, task_words};

use super::state::{Choice, State};
use crate::components::{Icon, InPages, Pager, Rows, Search, shown_name};
use crate::format;

/// What the lines stand under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Group,
    Person,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    /// What the next ones are about, which begin at this place in the order: so many.
    Head { at: usize, lines: usize },
    /// The line at this place in the order.
    Line { at: usize },
}

/// The rows of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Listed {
    plan: Arc<Plan>,
    /// The lines that match, in their order.
    order: Vec<usize>,
    entries: Vec<Entry>,
    /// Whether lines are left out that do not match.
    searched: bool,
}

/// Whom a task is about.
fn person_of(task: &Task) -> Option<&PersonKey> {
    match task {
        Task::Person { person, .. } => Some(person),
        Task::Transfer { to, .. } => Some(to),
        _ => None,
    }
}

impl Listed {
    fn new(plan: Arc<Plan>, by: By, search: &str) -> Self {
        let words = Words::new(search);
        let searched = !words.is_empty();
        let matches = |line: &Line| {
            let place = plan.place(line);
            let name = place.map_or("", |place| &place.place.name);
            let key = place.map_or("", |place| place.place.key.as_str());
            let who = line.task.who().unwrap_or_default();
            let person = person_of(&line.task).map_or("", PersonKey::as_str);
            words.are_in(&fold(&[name, key, who, person].join(" ")))
        };
        let lines = plan.lines.iter().enumerate();
        let mut order: Vec<usize> = lines
            .filter(|(_, line)| !searched || matches(line))
            .map(|(number, _)| number)
            .collect();
        let who = |number: &usize| plan.lines.get(*number).and_then(|line| line.task.who());
        let person = |number: &usize| {
            let line = plan.lines.get(*number)?;
            person_of(&line.task).map(PersonKey::as_str)
        };
        if by == By::Person {
            let by_name = |a: &usize, b: &usize| who(a).cmp(&who(b));
            sort_by(&mut order, |a, b| {
                by_name(a, b).then_with(|| person(a).cmp(&person(b)))
            });
        }
        let same = |a: &usize, b: &usize| match by {
            // Two can be called the same.
            By::Person => person(a) == person(b),
            By::Group => {
                let place = |number: &usize| plan.lines.get(*number).map(|line| line.task.place());
                place(a) == place(b)
            }
        };
        let mut entries = Vec::with_capacity(order.len() + order.len() / 4);
        let mut at = 0;
        for chunk in order.chunk_by(same) {
            entries.push(Entry::Head {
                at,
                lines: chunk.len(),
            });
            entries.extend((at..at + chunk.len()).map(|at| Entry::Line { at }));
            at += chunk.len();
        }
        Self {
            plan: Arc::clone(&plan),
            order,
            entries,
            searched,
        }
    }

    fn line(&self, at: usize) -> Option<&Line> {
        self.plan.lines.get(*self.order.get(at)?)
    }

    /// What names a row whatever else there is.
    fn key(&self, row: usize) -> Option<String> {
        let (at, kind) = match *self.entries.get(row)? {
            Entry::Head { at, .. } => (at, 'h'),
            Entry::Line { at } => (at, 'l'),
        };
        let line = self.line(at)?;
        let wished = self.plan.place(line)?.wished;
        Some(format!(
            "{kind}{wished} {}",
            person_of(&line.task).map_or("", PersonKey::as_str)
        ))
    }
}

/// The search, the switch, and the table.
#[component]
pub(super) fn Lines(state: State) -> impl IntoView {
    let by = RwSignal::new(By::Group);
    let search = RwSignal::new(String::new());
    let listed = Memo::new(move |_| {
        let by = by.get();
        let plan = state.plan.get();
        search.with(|search| Arc::new(Listed::new(plan, by, search)))
    });
    let count = Memo::new(move |_| listed.with(|listed| listed.entries.len()));
    let all = Memo::new(move |_| state.plan.with(|plan| plan.lines.len()));
    let matching = Memo::new(move |_| listed.with(|listed| listed.order.len()));
    let asked = Memo::new(move |_| {
        let by = matches!(by.get(), By::Person);
        let exactly = state.choice.get() == Choice::Exactly;
        format!("{by} {exactly} {}", search.get())
    });
    let key = move |row: usize| listed.with(|listed| listed.key(row));
    let rows = Rows::new(count, asked, Box::new(key));
    let toggle = move |this: By, words: &'static str| {
        view! {
            <button class="toggle" type="button" aria-pressed=move || (by.get() == this).to_string() on:click=move |_| by.set(this)>
                {words}
            </button>
        }
    };
    let slot = move |place: Memo<usize>| {
        let entry =
            Memo::new(move |_| listed.with(|listed| listed.entries.get(place.get()).copied()));
        let word = move || {
            let listed = listed.get();
            match entry.get()? {
                Entry::Head { .. } => Some("head"),
                Entry::Line { at } => {
                    let line = listed.line(at)?;
                    let struck = state.struck.with(|struck| struck.has(&listed.plan, line));
                    Some(if struck { "struck" } else { sign(line) })
                }
            }
        };
        let cells = move || {
            let listed = listed.get();
            match entry.get() {
                Some(Entry::Head { at, lines }) => head(state, by.get(), listed, at, lines),
                Some(Entry::Line { at }) => cells(state, by.get(), listed, at),
                None => ().into_any(),
            }
        };
        rows.row(place, word.into_attribute_value(), cells.into_any())
    };
    view! {
        <div class="tools">
            <Search label="Search changes" value=search />
            <div class="toggles" role="group" aria-label="Order">
                {toggle(By::Group, "By group")}
                {toggle(By::Person, "By person")}
            </div>
            <InPages rows=rows all=count />
            <div class="count end">
                <span role="status">
                    <strong>{move || format::number(matching.get())}</strong>
                    {move || format!(" of {}", format::number(all.get()))}
                </span>
            </div>
        </div>
        <table class=move || format!("ledger steps{}", rows.class()) role="table" aria-label="Changes" aria-rowcount=move || (count.get() + 1).to_string()>
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <th role="columnheader" class="c-name">
                        {move || if by.get() == By::Group { "Group, and who" } else { "Person, and where" }}
                    </th>
                    <th role="columnheader" class="c-what">
                        "Change"
                    </th>
                </tr>
            </thead>
            {rows.body(().into_any(), slot)}
        </table>
        {move || (matching.get() == 0).then(|| view! { <p class="quiet">"No change has all of these words."</p> })}
        <Pager rows=rows label="Pages of changes" />
    }
}

const fn sign(line: &Line) -> &'static str {
    match &line.task {
        Task::Create { .. } => "plus",
        Task::Person { change, .. } => match change {
            PersonChange::Grant(_) | PersonChange::Restore(_) => "plus",
            PersonChange::Revoke(_) => "minus",
            PersonChange::Change { .. } => "other",
        },
        _ => "other",
    }
}

fn tick(
    label: String,
    ticked: impl Fn() -> bool + 'static + Send + Sync,
    press: impl Fn(bool) + 'static,
) -> AnyView {
    let ticked = Memo::new(move |_| ticked());
    view! {
        <input
            class="tick"
            type="checkbox"
            aria-label=label
            prop:checked=ticked
            on:change:target=move |ev| press(ev.target().checked())
        />
    }
    .into_any()
}

/// The row above those of a group or of a person.
fn head(state: State, by: By, listed: Arc<Listed>, at: usize, lines: usize) -> AnyView {
    let Some(line) = listed.line(at) else {
        return ().into_any();
    };
    let place = listed.plan.place(line);
    let (name, key) = match (by, place) {
        (By::Group, Some(place)) => (place.place.name.as_str(), Some(place.place.key.to_string())),
        _ => match &line.task {
            Task::Person { person, .. } => {
                let who = line.task.who().unwrap_or_default();
                (who, Some(person.to_string()).filter(|key| key != who))
            }
            _ => ("The groups themselves", None),
        },
    };
    let key = key.filter(|key| key != name);
    let what = if listed.searched {
        "All that match of"
    } else {
        "All of"
    };
    let label = format!("{what} {name}");
    let count = match lines {
        1 => "1 change".to_owned(),
        lines => format!("{} changes", format::number(lines)),
    };
    let name = name.to_owned();
    let wished = place.map(|place| place.wished);
    let whole = wished.filter(|_| by == By::Group && !listed.searched);
    let stands = {
        let listed = Arc::clone(&listed);
        move || {
            state.struck.with(|struck| {
                let mut lines = (at..at + lines).filter_map(|at| listed.line(at));
                lines.all(|line| !struck.has(&listed.plan, line))
            })
        }
    };
    let press = move |stand: bool| {
        state.struck.update(|struck| match whole {
            Some(wished) => struck.group(wished, !stand),
            None => {
                for line in (at..at + lines).filter_map(|at| listed.line(at)) {
                    struck.line(&listed.plan, line, !stand);
                }
            }
        });
    };
    view! {
        <td class="c-name" role="cell">
            <span class="who">
                {tick(label, stands, press)}
                <strong class="name">{shown_name(name, None)}</strong>
                {key.map(|key| view! { <code class="quiet">{shown_name(key, None)}</code> })}
            </span>
        </td>
        <td class="c-what quiet" role="cell">
            {count}
        </td>
    }
    .into_any()
}

/// The row of one line.
fn cells(state: State, by: By, listed: Arc<Listed>, at: usize) -> AnyView {
    let Some(line) = listed.line(at) else {
        return ().into_any();
    };
    let capabilities = state.store.capabilities();
    let group = listed
        .plan
        .place(line)
        .map_or("", |place| &place.place.name);
    let who = line.task.who();
    let what = task_words(capabilities, &line.task);
    let label = match who {
        Some(who) => format!("{who} in {group}: {what}"),
        None => format!("{group}: {what}"),
    };
    let name = match (by, who) {
        (By::Group, Some(who)) => who.to_owned(),
        (By::Group, None) => "The group itself".to_owned(),
        (By::Person, _) => group.to_owned(),
    };
    let icon = match sign(line) {
        "plus" => "plus",
        "minus" => "minus",
        _ => "again",
    };
    let key = match &line.task {
        Task::Person {
            person,
            label: Some(_),
            ..
        } if by == By::Group => Some(person.to_string()),
        _ => None,
    };
    let (never_seen, is_me) = (line.never_seen, line.guard.is_some());
    let (here, there) = (Arc::clone(&listed), listed);
    let stands = move || {
        here.line(at)
            .is_some_and(|line| !state.struck.with(|struck| struck.has(&here.plan, line)))
    };
    let press = move |stand: bool| {
        if let Some(line) = there.line(at) {
            state
                .struck
                .update(|struck| struck.line(&there.plan, line, !stand));
        }
    };
    view! {
        <td class="c-name" role="cell">
            <span class="who">
                {tick(label, stands, press)}
                <span class="name">{shown_name(name, None)}</span>
                {key.map(|key| view! { <code class="quiet">{shown_name(key, None)}</code> })}
                {is_me.then(|| view! { <span class="badge">"you"</span> })}
                {never_seen.then(|| view! { <span class="badge">"never seen"</span> })}
            </span>
        </td>
        <td class="c-what" role="cell">
            <Icon name=icon />
            <span class="cut">{what}</span>
        </td>
    }
    .into_any()
}
