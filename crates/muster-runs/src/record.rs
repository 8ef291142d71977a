//! A run as text, to be kept in a browser: written before anything of it is sent, and again after each answer.
//!
//! It holds names, keys, the server's words and no token. A field that a later version of the app adds must be optional, so that
//! what an earlier one wrote can be read.

use group_api::{Field, GroupKey, NewGroup, PersonChange, PersonKey, Role, Roles, json_text};
use serde_json::{Map, Value};

use crate::run::{About, Item, Mode, Run, RunId};
use crate::task::{Changed, Fate, LeftOut, Place, Task, Was};

/// The version of the form. What has another is not read.
const VERSION: u64 = 1;

/// A run as JSON text.
#[must_use]
pub fn write(run: &Run) -> String {
    let about = &run.about;
    let mut json = Map::new();
    let mut put = |name: &str, value: Value| json.insert(name.to_owned(), value);
    put("v", VERSION.into());
    // A number of 64 bits is not one that JSON is sure to keep.
    put("id", about.id.0.to_string().into());
    put("title", text(&about.title));
    put("connection", text(&about.connection));
    put("connectionName", text(&about.connection_name));
    put("as", text(&about.as_whom));
    put("ticket", text(&about.ticket));
    put("began", about.began.into());
    if let Some(undoes) = about.undoes {
        put("undoes", undoes.0.to_string().into());
    }
    if let Some(proved) = about.proved {
        put("proved", proved.into());
    }
    if run.mode == Mode::Stopped {
        put("stopped", Value::Bool(true));
    }
    put(
        "groups",
        list(&run.places, |place| {
            list(&[place.key.as_str(), &place.name], |name| text(name))
        }),
    );
    put(
        "items",
        list(&run.items, |item| {
            let mut json = task(&item.task);
            let after = match item.after.as_slice() {
                [] => None,
                [one] => Some(Value::from(*one)),
                several => Some(list(several, |after| Value::from(*after))),
            };
            if let Some(after) = after {
                json.insert("after".to_owned(), after);
            }
            json.insert("fate".to_owned(), fate(&item.fate));
            Value::Object(json)
        }),
    );
    json_text(&Value::Object(json))
}

/// The run of a text that [`write`] made; none if it is another text. What was under way when it was
/// written is unknown now, and what waited waits for somebody to say that it is to go on.
#[must_use]
pub fn read(text: &str) -> Option<Run> {
    let json: Value = serde_json::from_str(text).ok()?;
    if json.get("v")?.as_u64()? != VERSION {
        return None;
    }
    let word = |name: &str| Some(json.get(name)?.as_str()?.to_owned());
    let id = |text: &str| text.parse().ok().map(RunId);
    let about = About {
        id: id(&word("id")?)?,
        title: word("title")?,
        connection: word("connection")?,
        connection_name: word("connectionName")?,
        as_whom: word("as")?,
        ticket: word("ticket")?,
        began: json.get("began")?.as_i64()?,
        undoes: word("undoes").and_then(|text| id(&text)),
        proved: json.get("proved").and_then(Value::as_i64),
    };
    let places = each(json.get("groups")?, |place| {
        Some(Place {
            key: GroupKey::new(place.get(0)?.as_str()?).ok()?,
            name: place.get(1)?.as_str()?.to_owned(),
        })
    })?;
    let items: Vec<Item> = each(json.get("items")?, |item| {
        Some(Item {
            task: read_task(item)?,
            after: match item.get("after") {
                None => Vec::new(),
                // One alone stands without brackets, which is how every one once stood.
                Some(after) if after.is_array() => each(after, number)?,
                Some(after) => vec![number(after)?],
            },
            fate: match read_fate(item.get("fate")?)? {
                Fate::Sent => Fate::Unknown {
                    why: "It was under way when the page was closed.".to_owned(),
                    looked: false,
                },
                fate => fate,
            },
        })
    })?;
    let fits = items.iter().enumerate().all(|(at, item)| {
        item.task.place() < places.len() && item.after.iter().all(|after| *after < at)
    });
    let mode = if json.get("stopped").is_some() {
        Mode::Stopped
    } else {
        Mode::CutOff
    };
    fits.then(|| Run::of(about, places, items, mode))
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn list<T>(items: &[T], one: impl Fn(&T) -> Value) -> Value {
    Value::Array(items.iter().map(one).collect())
}

fn each<T>(json: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    json.as_array()?.iter().map(read).collect()
}

fn number(json: &Value) -> Option<usize> {
    usize::try_from(json.as_u64()?).ok()
}

fn roles(roles: &Roles) -> Value {
    Value::Array(roles.iter().map(|role| text(role.as_str())).collect())
}

fn read_roles(json: &Value) -> Option<Roles> {
    let roles = each(json, |role| Some(Role::from_wire(role.as_str()?)))?;
    Some(roles.into_iter().collect())
}

const FIELDS: [(Field, &str); 4] = [
    (Field::DisplayName, "display"),
    (Field::InternalName, "internal"),
    (Field::Description, "description"),
    (Field::Photo, "photo"),
];

fn task(task: &Task) -> Map<String, Value> {
    let mut json = Map::new();
    json.insert("g".to_owned(), task.place().into());
    let mut put = |name: &str, value: Value| json.insert(name.to_owned(), value);
    match task {
        Task::Person {
            person,
            label,
            change,
            ..
        } => {
            put("p", text(person.as_str()));
            if let Some(label) = label {
                put("label", text(label));
            }
            match change {
                PersonChange::Grant(role) => put("grant", text(role.as_str())),
                PersonChange::Restore(taken) => put("restore", roles(taken)),
                PersonChange::Revoke(taken) => put("revoke", roles(taken)),
                PersonChange::Change { from, to } => {
                    put("from", roles(from));
                    put("to", text(to.as_str()))
                }
            };
        }
        Task::Create { new, .. } => {
            let fields = [
                new.display_name.as_str(),
                &new.internal_name,
                &new.description,
                &new.photo,
                new.add_admin.as_ref().map_or("", PersonKey::as_str),
            ];
            put("create", list(&fields, |field| text(field)));
        }
        Task::Edit { changed, .. } => {
            put(
                "edit",
                list(changed, |changed| {
                    let field = FIELDS.iter().find(|(field, _)| *field == changed.field);
                    let word = field.map_or("", |(_, word)| word);
                    list(&[word, &changed.from, &changed.to], |part| text(part))
                }),
            );
        }
        Task::Delete { was, .. } => {
            put(
                "delete",
                list(&[&was.description, &was.photo], |part| text(part)),
            );
            put(
                "people",
                list(&was.people, |(person, held)| {
                    Value::Array(vec![text(person.as_str()), roles(held)])
                }),
            );
        }
        Task::Leave { .. } => {
            put("leave", Value::Bool(true));
        }
        Task::Transfer { to, label, .. } => {
            put("transfer", text(to.as_str()));
            if let Some(label) = label {
                put("label", text(label));
            }
        }
    }
    json
}

fn read_task(json: &Value) -> Option<Task> {
    let place = number(json.get("g")?)?;
    let part = |list: &Value, at: usize| Some(list.get(at)?.as_str()?.to_owned());
    let person = |json: &Value| PersonKey::new(json.as_str()?).ok();
    let label = json.get("label").and_then(Value::as_str).map(str::to_owned);
    if let Some(key) = json.get("p") {
        let role = |name: &str| Some(Role::from_wire(json.get(name)?.as_str()?));
        let held = |name: &str| read_roles(json.get(name)?);
        let change = if let Some(role) = role("grant") {
            PersonChange::Grant(role)
        } else if let Some(taken) = held("restore") {
            PersonChange::Restore(taken)
        } else if let Some(taken) = held("revoke") {
            PersonChange::Revoke(taken)
        } else {
            PersonChange::Change {
                from: held("from")?,
                to: role("to")?,
            }
        };
        return Some(Task::Person {
            place,
            person: person(key)?,
            label,
            change,
        });
    }
    if let Some(fields) = json.get("create") {
        return Some(Task::Create {
            place,
            new: Box::new(NewGroup {
                display_name: part(fields, 0)?,
                internal_name: part(fields, 1)?,
                description: part(fields, 2)?,
                photo: part(fields, 3)?,
                add_admin: fields.get(4).and_then(person),
            }),
        });
    }
    if let Some(changed) = json.get("edit") {
        let changed = each(changed, |changed| {
            let word = part(changed, 0)?;
            let (field, _) = FIELDS.iter().find(|(_, known)| *known == word)?;
            Some(Changed {
                field: *field,
                from: part(changed, 1)?,
                to: part(changed, 2)?,
            })
        })?;
        return Some(Task::Edit { place, changed });
    }
    if let Some(was) = json.get("delete") {
        let people = each(json.get("people")?, |entry| {
            Some((person(entry.get(0)?)?, read_roles(entry.get(1)?)?))
        })?;
        return Some(Task::Delete {
            place,
            was: Box::new(Was {
                description: part(was, 0)?,
                photo: part(was, 1)?,
                people,
            }),
        });
    }
    if let Some(to) = json.get("transfer") {
        return Some(Task::Transfer {
            place,
            to: person(to)?,
            label,
        });
    }
    json.get("leave").map(|_| Task::Leave { place })
}

fn fate(fate: &Fate) -> Value {
    let (word, more) = match fate {
        Fate::Waiting => ("waiting", None),
        Fate::Sent => ("sent", None),
        Fate::Done { note } => ("done", note.as_deref().map(text)),
        Fate::Refused { words } => ("refused", Some(text(words))),
        Fate::Overtaken { now } => ("overtaken", Some(roles(now))),
        Fate::NotShown { why } => ("not shown", why.as_deref().map(text)),
        Fate::Unknown { why, looked: false } => ("unknown", Some(text(why))),
        Fate::Unknown { why, looked: true } => ("unknowable", Some(text(why))),
        Fate::LeftOut(LeftOut::Stopped) => ("stopped", None),
        Fate::LeftOut(LeftOut::Behind(number)) => ("behind", Some((*number).into())),
    };
    let mut json = vec![text(word)];
    json.extend(more);
    Value::Array(json)
}

fn read_fate(json: &Value) -> Option<Fate> {
    let more = json.get(1);
    let words = || Some(more?.as_str()?.to_owned());
    Some(match json.get(0)?.as_str()? {
        "waiting" => Fate::Waiting,
        "sent" => Fate::Sent,
        "done" => Fate::Done { note: words() },
        "refused" => Fate::Refused { words: words()? },
        "overtaken" => Fate::Overtaken {
            now: read_roles(more?)?,
        },
        "not shown" => Fate::NotShown { why: words() },
        "unknown" => Fate::Unknown {
            why: words()?,
            looked: false,
        },
        "unknowable" => Fate::Unknown {
            why: words()?,
            looked: true,
        },
        "stopped" => Fate::LeftOut(LeftOut::Stopped),
        "behind" => Fate::LeftOut(LeftOut::Behind(number(more?)?)),
        _ => return None,
    })
}
