//! Names as others chose them, with what deceives in them made visible.

use group_api::{Deceit, code_of, doubt, is_plain, runs, unseen_words};
use leptos::Lights;
use leptos::prelude::*;

use super::Icon;
use crate::format;
use crate::rest;

/// How many of the names that deceive are told; the rest is counted.
const TOLD: usize = 5;

/// A name: a plain one is a text and nothing more. In any other it is marked what cannot be seen, what turns directions
/// and which letters are of another script, and it stands by itself: it orders nothing around it.
#[component]
pub fn Name(
    /// The name.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    shown_name(text, None)
}

/// The same, with what is searched for highlighted in it.
#[must_use]
pub fn shown_name(name: String, found: Option<Lights>) -> AnyView {
    if is_plain(&name) {
        return part(name, found);
    }
    // What marks comes with the pages that are fetched later. Until then the view layer makes visible what cannot be seen.
    (move || {
        if rest::is_here() {
            rest::doors::name(name.clone(), found)
        } else {
            part(name.clone(), found)
        }
    })
    .into_any()
}

fn part(text: String, found: Option<Lights>) -> AnyView {
    match found {
        Some(found) => found.text(text),
        None => text.into_any(),
    }
}

/// A name that is not plain, marked.
#[must_use]
pub fn marked_name(name: &str, found: Option<Lights>) -> AnyView {
    let piece = |run: &group_api::Run<'_>| match run.deceit {
        None => part(run.text.to_owned(), found),
        Some(Deceit::Unseen(c)) => {
            let (code, words) = (code_of(c), unseen_words(c));
            let label = format!("{code} {words}");
            view! {
                <span class="unseen" role="img" aria-label=label title=words>
                    {code}
                </span>
            }
            .into_any()
        }
        Some(Deceit::Letters(script)) => {
            let label = format!("{} {}", script.label(), run.text);
            view! {
                <span class="foreign" role="img" aria-label=label title=script.label()>
                    {part(run.text.to_owned(), found)}
                </span>
            }
            .into_any()
        }
    };
    let pieces = runs(name).iter().map(piece).collect_view();
    view! { <bdi>{pieces}</bdi> }.into_any()
}

/// A sentence with names in it, each as [`Name`] shows it.
#[must_use]
pub fn sentence(text: &str, names: &[String]) -> AnyView {
    let odd = || names.iter().filter(|name| !is_plain(name));
    let mut pieces = Vec::new();
    let mut left = text;
    loop {
        let found = odd().filter_map(|name| Some((left.find(name.as_str())?, name)));
        // The first, and of those that begin there the longest: one name may begin with another.
        let Some((at, name)) = found.min_by_key(|(at, name)| (*at, usize::MAX - name.len())) else {
            break;
        };
        pieces.push(left.get(..at).unwrap_or_default().to_owned().into_any());
        pieces.push(marked_name(name, None));
        left = left.get(at + name.len()..).unwrap_or_default();
    }
    if pieces.is_empty() {
        return text.to_owned().into_any();
    }
    pieces.push(left.to_owned().into_any());
    pieces.into_any()
}

/// What is wrong with names on which something is about to be done; nothing where nothing is.
#[component]
pub fn Doubts(
    /// The names.
    names: Vec<String>,
    /// Whether each is told with its name even where it is the only one.
    #[prop(optional)]
    always: bool,
) -> impl IntoView {
    let mut told: Vec<(String, String)> = Vec::new();
    let several = always || names.len() > 1;
    for name in names {
        if let Some(doubt) = doubt(&name)
            && !told.iter().any(|(known, _)| *known == name)
        {
            told.push((name, doubt));
        }
    }
    let more = told.len().saturating_sub(TOLD);
    let line = |(name, doubt): (String, String)| {
        view! {
            <p class="doubt">
                <Icon name="warn" />
                <span>
                    {several.then(|| view! { <strong>{marked_name(&name, None)}</strong> ": " })}
                    {format!("{} name {doubt}.", if several { "this" } else { "This" })}
                </span>
            </p>
        }
    };
    view! {
        {told.into_iter().take(TOLD).map(line).collect_view()}
        {(more > 0)
            .then(|| view! { <p class="doubt"><Icon name="warn" /><span>{format!("The same holds of {} more.", format::number(more))}</span></p> })}
    }
}
