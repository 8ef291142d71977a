//! What is seen or known, as a file: made a piece at a time, so that the page answers meanwhile, and handed to the
//! browser in pieces, so that no long text stands in memory twice.

use std::rc::Rc;
use std::sync::Arc;

use group_api::{Group, GroupKey, Member};
use js_sys::Array;
use leptos::prelude::*;
use muster_changes::bring::NOT_KNOWN;
use muster_changes::file::{self, About, Extent, Nth};
use muster_core::{Coverage, csv_line};
use muster_runs::{Run, fate_words};
use web_sys::{Blob, BlobPropertyBag};

use crate::browser;
use crate::format;
use crate::request::Stop;
use crate::store::Store;

/// How long a piece of text is before it is handed to the browser, in bytes.
const PIECE: usize = 1 << 18;
/// How long to work before the page gets its turn, in milliseconds.
const TURN_MS: f64 = 8.0;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For spreadsheets: RFC 4180, guarded against formulas.
    Csv,
    /// For programs, and to be read again whole.
    Json,
}

impl Form {
    /// How the name of such a file ends.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// What it is called where files have a type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv;charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A table, as it is on the screen.
pub struct Sheet {
    /// What stands above its columns.
    pub headings: Vec<String>,
    /// How many lines it has.
    pub count: usize,
    /// The cells of a line; none for a line that is gone meanwhile.
    pub line: Box<dyn Fn(usize) -> Option<Vec<String>>>,
}

/// Groups with their people, one line a membership.
pub struct Whole {
    /// The groups.
    pub keys: Vec<GroupKey>,
    /// Which of the people.
    pub keep: Keep,
}

/// Which people of groups go into a file.
pub enum Keep {
    /// All of them.
    Everybody,
    /// Those of whom this is true: the file says that it is a part.
    Some(Box<dyn Fn(&Member) -> bool>),
}

impl Keep {
    fn has(&self, member: &Member) -> bool {
        match self {
            Self::Everybody => true,
            Self::Some(keep) => keep(member),
        }
    }
}

/// What is to be known before some of the people are exported.
pub const SOME_OF_THE_PEOPLE: &str = "Some of the people only: do not bring it back as the whole.";

/// What goes into a file.
pub enum Content {
    /// A table.
    Sheet(Sheet),
    /// Groups with their people.
    Whole(Whole),
}

impl Content {
    /// How many lines or groups it has.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self {
            Self::Sheet(sheet) => sheet.count,
            Self::Whole(whole) => whole.keys.len(),
        }
    }
}

/// All members of these groups.
#[must_use]
pub fn whole(keys: Vec<GroupKey>) -> Content {
    Content::Whole(Whole {
        keys,
        keep: Keep::Everybody,
    })
}

/// Every known group with its people, in the order of the list.
#[must_use]
pub fn everything(store: Store) -> Content {
    whole(store.peek(|directory| {
        let rows = directory.rows();
        rows.filter_map(|row| GroupKey::new(row.key()).ok())
            .collect()
    }))
}

/// When what is known of all groups was read, in milliseconds since 1970; nothing where it was not read whole, for then it is
/// of several times.
#[must_use]
pub fn list_read_at(store: Store) -> Option<f64> {
    store.peek(|directory| match directory.coverage() {
        Coverage::Full { read_at, .. } => Some(*read_at),
        _ => None,
    })
}

/// What a file says of itself: where it is from, and when that was read, as far as there is one time.
#[must_use]
pub fn about(store: Store, read_at: Option<f64>) -> About {
    let connection = store.connection();
    About {
        connection: connection.name.clone(),
        system: store.capabilities().system.to_owned(),
        server: whole_address(&connection.server),
        read: read_at.map(format::instant_ms).unwrap_or_default(),
        note: String::new(),
        holds: Extent::Everybody,
    }
}

/// An address with its origin, for one that is a path is of this page's.
#[must_use]
pub fn whole_address(server: &str) -> String {
    if server.starts_with('/') {
        let origin = window().location().origin().unwrap_or_default();
        format!("{origin}{server}")
    } else {
        server.to_owned()
    }
}

/// Makes a file. Says after each piece how much is done; `None` if it was stopped, or if the browser has no room.
pub async fn make(
    store: Store,
    about: &About,
    content: &Content,
    form: Form,
    done: &dyn Fn(usize),
    stop: &Stop,
) -> Option<Blob> {
    let mut text = begin(about, content, form);
    let pieces = Array::new();
    let mut began = browser::now();
    let mut nth = Nth::First;
    for place in 0..content.count() {
        if add(store, about, content, form, place, nth, &mut text) {
            nth = Nth::Later;
        }
        if text.len() > PIECE {
            pieces.push(piece(&text)?.as_ref());
            text.clear();
        }
        if browser::now() - began > TURN_MS {
            done(place);
            browser::turn().await;
            if stop.is_stopped() {
                return None;
            }
            began = browser::now();
        }
    }
    text.push_str(match (form, content) {
        (Form::Csv, _) => "",
        (Form::Json, Content::Whole(_)) => file::tail(),
        (Form::Json, Content::Sheet(_)) => "\n]}\n",
    });
    pieces.push(piece(&text)?.as_ref());
    let options = BlobPropertyBag::new();
    options.set_type(form.media_type());
    Blob::new_with_blob_sequence_and_options(&pieces, &options).ok()
}

fn piece(text: &str) -> Option<Blob> {
    Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()
}

/// What stands before the first line.
fn begin(about: &About, content: &Content, form: Form) -> String {
    match (form, content) {
        (Form::Csv, Content::Whole(_)) => csv_line(&[
            "connection",
            "read",
            "group",
            "group name",
            "person",
            "name",
            "e-mail",
            "role",
            "joined",
        ]),
        (Form::Csv, Content::Sheet(sheet)) => {
            let mut cells = vec!["connection", "read"];
            cells.extend(sheet.headings.iter().map(String::as_str));
            csv_line(&cells)
        }
        (Form::Json, Content::Whole(whole)) => file::head(&About {
            holds: match whole.keep {
                Keep::Everybody => Extent::Everybody,
                Keep::Some(_) => Extent::Some,
            },
            ..about.clone()
        }),
        (Form::Json, Content::Sheet(_)) => {
            let mut text = "{".to_owned();
            for (name, value) in [
                ("connection", &about.connection),
                ("system", &about.system),
                ("read", &about.read),
            ] {
                file::text(&mut text, name);
                text.push(':');
                file::text(&mut text, value);
                text.push(',');
            }
            text.push_str("\"rows\":[");
            text
        }
    }
}

/// Adds a line of a table, or a group; whether there was one.
fn add(
    store: Store,
    about: &About,
    content: &Content,
    form: Form,
    place: usize,
    nth: Nth,
    text: &mut String,
) -> bool {
    match content {
        Content::Sheet(sheet) => {
            let Some(cells) = (sheet.line)(place) else {
                return false;
            };
            match form {
                Form::Csv => {
                    let mut line = vec![about.connection.as_str(), &about.read];
                    line.extend(cells.iter().map(String::as_str));
                    text.push_str(&csv_line(&line));
                }
                Form::Json => {
                    text.push_str(if nth == Nth::First { "\n{" } else { ",\n{" });
                    for (place, (heading, cell)) in sheet.headings.iter().zip(&cells).enumerate() {
                        if place > 0 {
                            text.push(',');
                        }
                        file::text(text, heading);
                        text.push(':');
                        file::text(text, cell);
                    }
                    text.push('}');
                }
            }
            true
        }
        Content::Whole(whole) => {
            let group = whole.keys.get(place);
            let group = group.and_then(|key| store.peek(|directory| directory.get(key)));
            if let Some(group) = &group {
                match form {
                    Form::Csv => memberships(store, about, group, &whole.keep, text),
                    Form::Json => json(group, whole, nth, text),
                }
            }
            group.is_some()
        }
    }
}

fn json(group: &Group, whole: &Whole, nth: Nth, text: &mut String) {
    let members = group.members.listed();
    if members.is_none_or(|members| members.iter().all(|member| whole.keep.has(member))) {
        return file::group(text, group, nth);
    }
    let mut some = group.clone();
    if let group_api::Members::Listed(members) = &mut some.members {
        members.retain(|member| whole.keep.has(member));
    }
    file::group(text, &some, nth);
}

/// A line for each person of a group; one without a person where nobody is in it, and one that says so where nobody knows
/// who is: to whoever reads it again, that is not the same.
fn memberships(store: Store, about: &About, group: &Group, keep: &Keep, text: &mut String) {
    let capabilities = store.capabilities();
    let (key, title) = (group.key.as_str(), group.display_name.as_str());
    let mut line = |cells: [&str; 5]| {
        let [person, name, mail, role, joined] = cells;
        text.push_str(&csv_line(&[
            &about.connection,
            &about.read,
            key,
            title,
            person,
            name,
            mail,
            role,
            joined,
        ]));
    };
    let Some(members) = group.members.listed() else {
        return line(["", "", "", NOT_KNOWN, ""]);
    };
    if members.is_empty() {
        line([""; 5]);
    }
    for member in members.iter().filter(|member| keep.has(member)) {
        let roles: Vec<&str> = member
            .roles
            .iter()
            .map(|role| capabilities.label(role))
            .collect();
        let mail = member.emails.first();
        line([
            member.person.as_str(),
            &member.label,
            mail.map_or("", |mail| mail.address.as_str()),
            &roles.join("; "),
            &member.joined.map(format::instant).unwrap_or_default(),
        ]);
    }
}

/// What can be exported from a page: in words, and made when it is asked for.
#[derive(Clone)]
pub struct Offer {
    /// What it is: "14 groups, as on the screen".
    pub words: String,
    /// What is to be known about it.
    pub hint: Option<String>,
    /// Makes it.
    pub content: Rc<dyn Fn() -> Content>,
}

/// All that can be exported from a page.
#[derive(Clone)]
pub struct Offers {
    /// The name of the file, without its ending.
    pub name: String,
    /// When it was read, in milliseconds since 1970; nothing where that is not one time that is known.
    pub read_at: Option<f64>,
    /// What there is to choose from; the first is chosen at first.
    pub offers: Vec<Offer>,
}

/// Everything of the connection, one line a membership, and how much of all there is that is.
#[must_use]
pub fn offer_everything(store: Store) -> Offer {
    let (full, count) = store.peek(|directory| {
        let full = matches!(directory.coverage(), Coverage::Full { unreadable: 0, .. });
        (full, directory.len())
    });
    let groups = format::groups(count);
    Offer {
        words: if full {
            format!("Everything: {groups}, one line a membership")
        } else {
            format!("The {groups} loaded so far, one line a membership")
        },
        hint: (!full).then(|| {
            "The list was not read whole: what has not come is not in the file.".to_owned()
        }),
        content: Rc::new(move || everything(store)),
    }
}

/// What was done, one line an item.
#[must_use]
pub fn runs_content(store: Store, runs: &Rc<Vec<Arc<Run>>>) -> Content {
    let capabilities = store.capabilities();
    let headings = [
        "when",
        "as",
        "ticket",
        "what",
        "group",
        "group name",
        "person",
        "outcome",
    ];
    // Which item of which run stands in a line.
    let lines: Vec<(usize, usize)> = runs
        .iter()
        .enumerate()
        .flat_map(|(run, it)| (0..it.items().len()).map(move |item| (run, item)))
        .collect();
    let runs = Rc::clone(runs);
    Content::Sheet(Sheet {
        headings: headings.map(str::to_owned).into(),
        count: lines.len(),
        line: Box::new(move |place| {
            let (run, item) = *lines.get(place)?;
            let run = runs.get(run)?;
            let item = run.items().get(item)?;
            let place = run.place(item.task.place());
            let about = &run.about;
            #[allow(clippy::cast_precision_loss)] // far below 2^53
            let when = format::instant_ms(about.began as f64);
            Some(vec![
                when,
                about.as_whom.clone(),
                about.ticket.clone(),
                about.title.clone(),
                place.map_or_else(String::new, |place| place.key.to_string()),
                place.map_or_else(String::new, |place| place.name.clone()),
                item.task.who().unwrap_or_default().to_owned(),
                fate_words(capabilities, &item.task, &item.fate),
            ])
        }),
    })
}
