//! What to know before and after: what cannot be done, what costs more than it seems, what has changed, what is left.

use std::collections::{BTreeMap, BTreeSet};

use group_api::Guard;
use leptos::prelude::*;
use muster_changes::{Line, Plan, Warning, Why};
use muster_runs::Task;

use super::state::{Proved, State};
use super::words;
use crate::components::{Alert, CopyButton, Doubts, Icon, Kind};
use crate::format;
use crate::runs::odd_names;

/// How many things are listed; the rest is counted.
const LISTED: usize = 200;
/// How many are named in a sentence.
const NAMED: usize = 5;

/// Names in a sentence: "Sales, Ops and 12 more".
fn names(all: &[&str]) -> String {
    let some: Vec<String> = all
        .iter()
        .take(NAMED)
        .map(|name| format!("“{name}”"))
        .collect();
    match all.len().saturating_sub(NAMED) {
        0 => some.join(", "),
        more => format!("{} and {} more", some.join(", "), format::number(more)),
    }
}

fn listed(lines: Vec<String>, label: &'static str) -> impl IntoView {
    let more = lines.len().saturating_sub(LISTED);
    let shown = lines
        .into_iter()
        .take(LISTED)
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    view! {
        <ul class="plain" aria-label=label>
            {shown}
            {(more > 0).then(|| view! { <li class="quiet">{format!("and {} more", format::number(more))}</li> })}
        </ul>
    }
}

/// What is wrong with the names of groups and people that are about to be changed.
#[component]
pub(super) fn Deceptive(state: State) -> impl IntoView {
    let names = Memo::new(move |_| {
        state.plan.with(|plan| {
            let groups = plan.places.iter().map(|place| place.place.name.as_str());
            let people = plan.lines.iter().filter_map(|line| line.task.who());
            odd_names(&mut groups.chain(people))
        })
    });
    // Alone it would not say whose name it is.
    move || view! { <Doubts names=names.get() always=true /> }
}

/// What cannot be done, and for whom.
#[component]
pub(super) fn Problems(state: State) -> impl IntoView {
    let capabilities = state.store.capabilities();
    move || {
        let plan = state.plan.get();
        let problems = &plan.problems;
        if problems.is_empty() {
            return ().into_any();
        }
        // What has one reason stands under it.
        let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for problem in problems {
            let what = match &problem.who {
                Some(who) => {
                    let label = who.label.as_deref().unwrap_or(who.person.as_str());
                    format!("{label} in {}", problem.group)
                }
                None => problem.group.clone(),
            };
            let why = words::why(capabilities, &problem.why);
            reasons.entry(why).or_default().push(what);
        }
        let lines = reasons.into_iter().map(|(why, what)| {
            view! {
                <p class="quiet">{why}</p>
                {listed(what, "Cannot be done")}
            }
        });
        let emails: BTreeSet<&str> = problems
            .iter()
            .filter(|problem| matches!(problem.why, Why::NoAdd(_)))
            .filter_map(|problem| problem.who.as_ref()?.email.as_deref())
            .collect();
        let emails: Vec<&str> = emails.into_iter().collect();
        let (text, some) = (emails.join("\n"), !emails.is_empty());
        let few = problems.len() <= NAMED;
        let lines = lines.collect_view();
        let title = match problems.len() {
            1 => "1 thing cannot be done".to_owned(),
            count => format!("{} things cannot be done", format::number(count)),
        };
        view! {
            <div class="alert" data-kind="warn" role="note">
                <Icon name="warn" />
                <p>
                    <strong>{title}</strong>
                    {(!plan.lines.is_empty()).then_some(". The rest can.")}
                </p>
                <details class="more" prop:open=few>
                    <summary>"Which, and why"</summary>
                    {lines}
                </details>
                {some
                    .then(|| {
                        view! {
                            <div class="actions">
                                <CopyButton label="Copy e-mails" text=Callback::new(move |()| text.clone()) />
                                <span class="quiet">"of those who cannot be added from here, for whoever invites them"</span>
                            </div>
                        }
                    })}
            </div>
        }
        .into_any()
    }
}

/// What somebody else has changed since it was shown.
#[component]
pub(super) fn Changed(state: State) -> impl IntoView {
    let capabilities = state.store.capabilities();
    move || {
        let since = state.since.get()?;
        let (since, before) = &*since;
        let now = state.plan.get();
        let tell = |plan: &Plan, lines: &[usize], what: &str| -> Vec<String> {
            let lines = lines.iter().filter_map(|line| plan.lines.get(*line));
            let tell = |line: &Line| format!("{what}: {}", words::line(capabilities, plan, line));
            lines.map(tell).collect()
        };
        let mut lines = tell(&now, &since.new, "Now");
        lines.extend(tell(before, &since.gone, "No longer"));
        let words = if lines.is_empty() {
            "What has to be known before has changed: see below. Apply again if it is still meant."
        } else {
            "The groups were read again. Look at what is different, and apply again if it is still meant."
        };
        Some(view! {
            <Alert kind=Kind::Bad into_view=true>
                <p>
                    <strong>"Nothing was sent: somebody has changed something meanwhile. "</strong>
                    {words}
                </p>
                {listed(lines, "Different now")}
            </Alert>
        })
    }
}

/// What costs more than it seems.
#[component]
pub(super) fn Notes(state: State) -> impl IntoView {
    let capabilities = state.store.capabilities();
    let lead = capabilities.lead().map_or("admin", |lead| lead.label);
    let lead = lead.to_ascii_lowercase();
    move || {
        let (plan, chosen) = (state.plan.get(), state.chosen.get());
        let of = |wanted: &dyn Fn(Warning) -> bool| -> Vec<&str> {
            let warned = chosen
                .warnings
                .iter()
                .filter(|warned| wanted(warned.warning));
            warned
                .filter_map(|warned| Some(plan.places.get(warned.place)?.place.name.as_str()))
                .collect()
        };
        let guard = |guard: Guard| of(&|warning| warning == Warning::Guard(guard));
        let mut notes: Vec<String> = Vec::new();
        let groups = guard(Guard::TakesLastLead);
        if !groups.is_empty() {
            notes.push(format!(
                "Takes the last {lead} of {}: {}. After it nobody in it can add or remove people; only somebody with rights over the whole site can help.",
                format::groups(groups.len()),
                names(&groups)
            ));
        }
        let groups = guard(Guard::RemovesMe);
        if !groups.is_empty() {
            notes.push(format!(
                "This takes out yourself: you leave {} and lose what it gives you.",
                names(&groups)
            ));
        }
        let groups = guard(Guard::DemotesMe);
        if !groups.is_empty() {
            notes.push(format!(
                "This is about yourself: you would no longer be {lead} of {}, and might not be able to take that back.",
                names(&groups)
            ));
        }
        let mut much = 0;
        for warned in &chosen.warnings {
            let Warning::Much { removed, of } = warned.warning else {
                continue;
            };
            much += 1;
            if let Some(place) = plan.places.get(warned.place).filter(|_| much <= NAMED) {
                notes.push(format!(
                    "Takes {} of {} ({} %) out of “{}”.",
                    format::number(removed),
                    format::people(of),
                    removed * 100 / of.max(1),
                    place.place.name
                ));
            }
        }
        if much > NAMED {
            notes.push(format!(
                "It takes more than a fifth of the people out of {} more.",
                format::groups(much - NAMED)
            ));
        }
        let groups = of(&|warning| warning == Warning::ThereAlready);
        if !groups.is_empty() {
            notes.push(format!(
                "There already, so not made anew but changed: {}.",
                names(&groups)
            ));
        }
        let strangers: BTreeSet<&str> = plan
            .lines
            .iter()
            .filter(|line| line.never_seen && !state.struck.with(|struck| struck.has(&plan, line)))
            .filter_map(|line| line.task.who())
            .collect();
        if !strangers.is_empty() {
            let strangers: Vec<&str> = strangers.into_iter().collect();
            notes.push(format!(
                "Not seen in any group, so check the spelling: {}.",
                names(&strangers)
            ));
        }
        if chosen.sum.removed > 0 && !capabilities.add.is_yes() {
            notes.push(format!(
                "Who goes cannot be brought back from here: nobody can be added on {}.",
                capabilities.system
            ));
        }
        if chosen
            .tasks
            .iter()
            .any(|(task, _)| matches!(task, Task::Create { .. }))
        {
            notes.push("A new group is not deleted by an undo.".to_owned());
        }
        (!notes.is_empty()).then(|| {
            view! {
                <div class="alert" data-kind="warn" role="note" aria-label="Before it is applied">
                    <Icon name="warn" />
                    <ul class="plain">
                        {notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}
                    </ul>
                </div>
            }
        })
    }
}

/// What a reading after the run shows: that nothing is left, or what.
#[component]
pub(super) fn Proof(state: State) -> impl IntoView {
    move || {
        let (kind, words, more) = match state.proved.get() {
            Proved::Reading => {
                return view! { <p role="status" aria-busy="true">"Reading what is so now…"</p> }
                    .into_any();
            }
            Proved::Failed(error) => (
                Kind::Bad,
                format!("What is so now could not be read: {error}"),
                true,
            ),
            Proved::Rest {
                lines: 0,
                struck,
                problems,
            } => {
                let mut words = "Nothing is left to do".to_owned();
                let rest: Vec<String> = [(struck, "struck"), (problems, "cannot be done")]
                    .into_iter()
                    .filter(|(count, _)| *count > 0)
                    .map(|(count, what)| format!("{} {what}", format::number(count)))
                    .collect();
                if rest.is_empty() {
                    words.push_str(
                        ": the groups were read again, and everything is as it was to be.",
                    );
                } else {
                    words.push_str(&format!(" but what was left out: {}.", rest.join(", ")));
                }
                let kind = if problems > 0 { Kind::Note } else { Kind::Done };
                (kind, words, false)
            }
            Proved::Rest { lines, .. } => (
                Kind::Bad,
                format!(
                    "The groups were read again: {} of it is left to do.",
                    format::number(lines)
                ),
                true,
            ),
        };
        // It is the end of a run, however it came out.
        let role = (kind == Kind::Note).then_some("status");
        view! {
            <Alert kind=kind>
                <p role=role>{words}</p>
                {more
                    .then(|| {
                        view! {
                            <div class="actions">
                                <button class="btn btn-small" type="button" on:click=move |_| state.again()>
                                    "Review what is left"
                                </button>
                            </div>
                        }
                    })}
            </Alert>
        }
        .into_any()
    }
}
