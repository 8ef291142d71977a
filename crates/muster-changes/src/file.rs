//! Muster's own file of groups: JSON, written and read a group at a time.
//!
//! ```json
//! {"muster":1,"connection":"acme","system":"Instabase","server":"https://…","read":"2026-11-22T14:02:00.000Z","groups":[
//! {"key":"sales","display_name":"Sales","description":"…","photo":"…","people":[
//!  {"person":"ann","name":"Ann","email":"ann@example.com","roles":["admin"],"joined":"2026-01-05T09:00:00.000Z"}]}]}
//! ```
//!
//! `"part":true` stands before the groups where only some of their people were written. What there is not is left out; `people` is null where the system did not say who is in the group. Fields that a
//! later version adds are passed over; a later form has another number.

use std::collections::HashSet;
use std::fmt;

use group_api::{
    Email, Group, GroupKey, Member, MemberKind, Members, PersonKey, Role, Roles, Timestamp,
};
use group_bytes::{ArrayAt, Event, Splitter};
use serde_json::Value;

/// The version of the form.
const VERSION: u64 = 1;

/// What a file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The name of the connection that it was read from.
    pub connection: String,
    /// What its system is called.
    pub system: String,
    /// The address of its server; empty where the file does not say.
    pub server: String,
    /// When it was read, in RFC 3339.
    pub read: String,
    /// What it was called when it was saved, and what was noted; empty for nothing.
    pub note: String,
    /// Of whom it speaks.
    pub holds: Extent,
}

/// Of whom a file speaks in each of its groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Of everybody: who is not named is not in the group.
    #[default]
    Everybody,
    /// Of some, as they were searched or selected: of the others it says nothing.
    Some,
}

impl Extent {
    /// What the field `part` of a file says. Whatever it is but nothing or `false` says that somebody is left out: to
    /// take a part for the whole is the worse mistake.
    #[must_use]
    pub fn said(part: Option<&Value>) -> Self {
        match part {
            None | Some(Value::Null | Value::Bool(false)) => Self::Everybody,
            Some(_) => Self::Some,
        }
    }
}

/// The beginning of a file, up to its first group.
#[must_use]
pub fn head(about: &About) -> String {
    let mut out = format!("{{\"muster\":{VERSION}");
    field(&mut out, "connection", &about.connection);
    field(&mut out, "system", &about.system);
    if !about.server.is_empty() {
        field(&mut out, "server", &about.server);
    }
    field(&mut out, "read", &about.read);
    if !about.note.is_empty() {
        field(&mut out, "note", &about.note);
    }
    if about.holds == Extent::Some {
        out.push_str(",\"part\":true");
    }
    out.push_str(",\"groups\":[");
    out
}

/// Where a group stands among those of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nth {
    /// It is the first.
    First,
    /// Others were written before it.
    Later,
}

/// Writes a group behind what is written already.
pub fn group(out: &mut String, group: &Group, nth: Nth) {
    out.push_str(if nth == Nth::First { "\n" } else { ",\n" });
    out.push_str("{\"key\":");
    text(out, group.key.as_str());
    field(out, "display_name", &group.display_name);
    for (name, value) in [("description", &group.description), ("photo", &group.photo)] {
        if let Some(value) = value {
            field(out, name, value);
        }
    }
    out.push_str(",\"people\":");
    match &group.members {
        Members::NotListed => out.push_str("null"),
        Members::Listed(members) => {
            out.push('[');
            for (place, member) in members.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                self::member(out, member);
            }
            out.push(']');
        }
    }
    out.push('}');
}

fn member(out: &mut String, member: &Member) {
    out.push_str("{\"person\":");
    text(out, member.person.as_str());
    if member.label != member.person.as_str() {
        field(out, "name", &member.label);
    }
    if let Some(email) = member.emails.first() {
        field(out, "email", &email.address);
    }
    if let MemberKind::Other(kind) = &member.kind {
        field(out, "kind", kind);
    }
    out.push_str(",\"roles\":[");
    for (place, role) in member.roles.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        text(out, role.as_str());
    }
    out.push(']');
    if let Some(joined) = member.joined.and_then(Timestamp::to_text) {
        field(out, "joined", &joined);
    }
    out.push('}');
}

/// The end of a file.
#[must_use]
pub const fn tail() -> &'static str {
    "\n]}\n"
}

fn field(out: &mut String, name: &str, value: &str) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    text(out, value);
}

/// Writes a text as JSON. By hand, for a value made of each text would be copied twice.
pub fn text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                out.push_str("\\u00");
                for digit in [u32::from(c) >> 4, u32::from(c) & 15] {
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not JSON, or not one of Muster's files of groups.
    NotOurs,
    /// It is of a later form, of this number.
    Later(u64),
    /// It ends before its end.
    CutOff,
    /// What it says of itself is not as it has to be: this is missing or is no text.
    Head(&'static str),
    /// One of its groups is not as it has to be.
    Group {
        /// Which of them, from 1.
        nth: usize,
        /// Its key, as far as that can be read.
        key: Option<String>,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOurs => f.write_str("This is not a file of groups that Muster wrote."),
            Self::Later(version) => write!(
                f,
                "This file is of a later form ({version}): a newer Muster reads it."
            ),
            Self::CutOff => f.write_str("This file is not complete: it ends in the middle."),
            Self::Head(name) => {
                write!(
                    f,
                    "This file is damaged: at its beginning “{name}” is missing or is no text."
                )
            }
            Self::Group { nth, key, what } => {
                write!(f, "This file is damaged: group {nth}")?;
                if let Some(key) = key {
                    write!(f, " (“{key}”)")?;
                }
                write!(f, ": {what}.")
            }
        }
    }
}

/// Reads a file that comes in pieces.
#[derive(Debug)]
pub struct Reader {
    splitter: Splitter,
    known: HashSet<GroupKey>,
    count: usize,
    fault: Option<Fault>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            splitter: Splitter::new(ArrayAt::Field("groups")),
            known: HashSet::new(),
            count: 0,
            fault: None,
        }
    }
}

impl Reader {
    /// Takes the next piece, and hands on each group that ends in it.
    ///
    /// # Errors
    /// What is wrong with the first group that cannot be read: a file of which a part is missing would show
    /// groups as gone.
    pub fn feed(&mut self, piece: &[u8], put: &mut dyn FnMut(Group)) -> Result<(), Fault> {
        let Self {
            splitter,
            known,
            count,
            fault,
        } = self;
        splitter.feed(piece, &mut |event: Event<'_>| {
            if fault.is_some() {
                return;
            }
            *count += 1;
            let read = match event {
                Event::Element(bytes) => read_group(bytes),
                Event::TooLong => Err((None, "it is longer than 16 MB")),
            };
            let problem = match read {
                Ok(group) if known.insert(group.key.clone()) => return put(group),
                Ok(group) => (Some(group.key.to_string()), "it stands there twice"),
                Err(problem) => problem,
            };
            let (key, what) = problem;
            *fault = Some(Fault::Group {
                nth: *count,
                key,
                what,
            });
        });
        fault.clone().map_or(Ok(()), Err)
    }

    /// Takes the end, and says what the file says of itself.
    ///
    /// # Errors
    /// Why it is no file of groups, or not a whole one.
    pub fn finish(self) -> Result<About, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let envelope = self.splitter.envelope();
        let whole = self.splitter.is_whole();
        let json: Value = match serde_json::from_slice(envelope) {
            Ok(json) => json,
            Err(_) if self.splitter.found_array() && !whole => return Err(Fault::CutOff),
            Err(_) => return Err(Fault::NotOurs),
        };
        match json.get("muster").and_then(Value::as_u64) {
            None => return Err(Fault::NotOurs),
            Some(VERSION) => {}
            Some(version) => return Err(Fault::Later(version)),
        }
        if !self.splitter.found_array() {
            return Err(Fault::NotOurs);
        }
        if !whole {
            return Err(Fault::CutOff);
        }
        let word = |name: &'static str| {
            let word = json.get(name).and_then(Value::as_str);
            word.map(str::to_owned).ok_or(Fault::Head(name))
        };
        Ok(About {
            connection: word("connection")?,
            system: word("system")?,
            server: word("server").unwrap_or_default(),
            read: word("read")?,
            note: word("note").unwrap_or_default(),
            holds: Extent::said(json.get("part")),
        })
    }
}

type Problem = (Option<String>, &'static str);

fn read_group(bytes: &[u8]) -> Result<Group, Problem> {
    let json: Value = serde_json::from_slice(bytes).map_err(|_| (None, "it is no JSON"))?;
    let key = json.get("key").and_then(Value::as_str);
    let wrong = |what| (key.map(str::to_owned), what);
    let group_key = key.and_then(|key| GroupKey::new(key).ok());
    let group_key = group_key.ok_or_else(|| wrong("it has no key that can be one"))?;
    let display_name = json.get("display_name").and_then(Value::as_str);
    let display_name = display_name.ok_or_else(|| wrong("it has no display name"))?;
    let members = match json.get("people") {
        Some(Value::Null) => Members::NotListed,
        Some(Value::Array(people)) => {
            let mut members: Vec<Member> = Vec::with_capacity(people.len());
            let mut seen = HashSet::new();
            for person in people {
                let member = read_member(person).map_err(wrong)?;
                if !seen.insert(member.person.clone()) {
                    return Err(wrong("somebody stands in it twice"));
                }
                members.push(member);
            }
            Members::Listed(members)
        }
        _ => return Err(wrong("it does not say who is in it")),
    };
    Ok(Group {
        display_name: display_name.to_owned(),
        description: optional(&json, "description").map_err(wrong)?,
        photo: optional(&json, "photo").map_err(wrong)?,
        created: None,
        updated: None,
        members,
        key: group_key,
    })
}

fn read_member(json: &Value) -> Result<Member, &'static str> {
    let key = json.get("person").and_then(Value::as_str);
    let person = key.and_then(|key| PersonKey::new(key).ok());
    let person = person.ok_or("somebody in it has no name that can be one")?;
    let roles = json.get("roles").and_then(Value::as_array);
    let roles = roles.ok_or("it does not say what somebody in it holds")?;
    let roles: Option<Roles> = roles
        .iter()
        .map(|role| Some(Role::from_wire(role.as_str()?)))
        .collect();
    let roles = roles.filter(|roles| !roles.is_empty());
    let joined = optional(json, "joined")?;
    Ok(Member {
        label: optional(json, "name")?.unwrap_or_else(|| person.as_str().to_owned()),
        kind: optional(json, "kind")?.map_or(MemberKind::User, MemberKind::Other),
        roles: roles.ok_or("a role in it is no text, or somebody holds none")?,
        joined: joined.as_deref().and_then(Timestamp::parse),
        emails: optional(json, "email")?
            .map(|address| Email {
                address,
                verified: None,
            })
            .into_iter()
            .collect(),
        is_self: false,
        person,
    })
}

/// What may be left out or null.
fn optional(json: &Value, name: &str) -> Result<Option<String>, &'static str> {
    match json.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err("what should be text is something else"),
    }
}
