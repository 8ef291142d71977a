//! A scripted server: runs a conversation against a list of requests that have to come, in this
//! order, and the answers they get; collects what a list brings.
#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use group_api::{
    ApiError, Done, Exchange, Group, GroupKey, GroupSink, Head, Input, Member, MemberKind, Members,
    MembershipChange, PersonChange, PersonKey, PersonStep, Request, Role, Roles, Step, Undone,
    Unreadable,
};
use serde_json::Value;

pub const ADMIN: Role = Role::known("admin");
pub const MEMBER: Role = Role::known("member");
pub const OWNER: Role = Role::known("owner");
pub const MODERATOR: Role = Role::known("moderator");

/// One request that has to come, and what is answered.
#[derive(Clone, Debug)]
pub struct Call {
    line: String,
    body: Option<Value>,
    answer: Answer,
}

#[derive(Clone, Debug)]
pub enum Answer {
    Reply(Head, Vec<u8>),
    Fails(ApiError),
}

/// A request line that has to come without a body, such as `GET /api/v1/groups/list`.
pub fn expect(line: &str) -> Call {
    Call {
        line: line.to_owned(),
        body: None,
        answer: Answer::Fails(ApiError::Cancelled),
    }
}

pub fn head(status: u16) -> Head {
    Head {
        status,
        ..Head::default()
    }
}

impl Call {
    /// The JSON body that has to come with it.
    pub fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub fn reply(mut self, status: u16, body: impl AsRef<[u8]>) -> Self {
        self.answer = Answer::Reply(head(status), body.as_ref().to_vec());
        self
    }

    pub fn reply_head(mut self, head: Head, body: impl AsRef<[u8]>) -> Self {
        self.answer = Answer::Reply(head, body.as_ref().to_vec());
        self
    }

    /// The same request with another's answer.
    pub fn answered_like(mut self, other: &Self) -> Self {
        self.answer = other.answer.clone();
        self
    }

    pub fn ok(self, body: impl AsRef<[u8]>) -> Self {
        self.reply(200, body)
    }

    pub fn fails(mut self, error: ApiError) -> Self {
        self.answer = Answer::Fails(error);
        self
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sink {
    pub groups: Vec<Group>,
    pub unreadable: Vec<Unreadable>,
}

impl GroupSink for Sink {
    fn group(&mut self, group: Group, _: &[u8]) {
        self.groups.push(group);
    }
    fn unreadable(&mut self, bad: Unreadable) {
        self.unreadable.push(bad);
    }
}

/// How a conversation ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran<T> {
    pub result: Result<Done<T>, ApiError>,
    pub sink: Sink,
}

impl<T: std::fmt::Debug> Ran<T> {
    #[track_caller]
    pub fn value(self) -> T {
        let done = self.result.unwrap_or_else(|error| panic!("{error:?}"));
        assert!(done.undone.is_empty(), "undone: {:?}", done.undone);
        done.value
    }

    #[track_caller]
    pub fn partly(self) -> (T, Vec<Undone>) {
        let done = self.result.unwrap_or_else(|error| panic!("{error:?}"));
        assert!(!done.undone.is_empty(), "nothing is undone");
        (done.value, done.undone)
    }

    #[track_caller]
    pub fn error(self) -> ApiError {
        match self.result {
            Err(error) => error,
            Ok(done) => panic!("an error was expected, and this came: {done:?}"),
        }
    }
}

#[track_caller]
fn check_request(number: usize, request: &Request, call: &Call) {
    let line = format!("{} {}", request.method.as_str(), request.target);
    assert_eq!(line, call.line, "request {number}");
    let body = request
        .body
        .as_deref()
        .map(|bytes| serde_json::from_slice::<Value>(bytes).expect("a body of JSON"));
    assert_eq!(body, call.body, "body of request {number}: {line}");
}

/// Runs a conversation; every request of the script has to come, and none besides.
#[track_caller]
pub fn run<T>(exchange: impl Into<Exchange<T>>, script: &[Call]) -> Ran<T> {
    run_cut(exchange, script, usize::MAX)
}

/// The same with every body fed in pieces of so many bytes.
#[track_caller]
pub fn run_cut<T>(exchange: impl Into<Exchange<T>>, script: &[Call], piece: usize) -> Ran<T> {
    let mut exchange = exchange.into();
    let mut sink = Sink::default();
    let mut calls = script.iter().enumerate();
    let mut step = exchange.next(Input::Start);
    loop {
        let request = match step {
            Step::Send(request) => request,
            Step::Done(result) => {
                let left: Vec<_> = calls.map(|(_, call)| call.line.as_str()).collect();
                assert!(left.is_empty(), "these never came: {left:?}");
                return Ran { result, sink };
            }
        };
        let Some((number, call)) = calls.next() else {
            panic!(
                "one request too many: {} {}",
                request.method.as_str(),
                request.target
            );
        };
        check_request(number + 1, &request, call);
        step = match &call.answer {
            Answer::Fails(error) => exchange.next(Input::Failed(error.clone())),
            Answer::Reply(head, body) => {
                exchange.head(head.clone());
                for bytes in body.chunks(piece.clamp(1, body.len().max(1))) {
                    exchange.feed(bytes, &mut sink);
                }
                exchange.next(Input::Finished)
            }
        };
    }
}

/// The first request of a conversation.
#[track_caller]
pub fn first_request<T>(mut exchange: Exchange<T>) -> Request {
    match exchange.next(Input::Start) {
        Step::Send(request) => request,
        Step::Done(_) => panic!("a request was expected"),
    }
}

pub fn key(text: &str) -> GroupKey {
    GroupKey::new(text).unwrap()
}

pub fn person(text: &str) -> PersonKey {
    PersonKey::new(text).unwrap()
}

pub fn step(who: &str, change: PersonChange) -> PersonStep {
    PersonStep {
        person: person(who),
        change,
    }
}

pub fn grant(who: &str, role: Role) -> PersonStep {
    step(who, PersonChange::Grant(role))
}

pub fn revoke(who: &str, role: Role) -> PersonStep {
    step(who, PersonChange::Revoke(Roles::one(role)))
}

pub fn restore(who: &str, role: Role) -> PersonStep {
    step(who, PersonChange::Restore(Roles::one(role)))
}

pub fn change_role(who: &str, from: Role, to: Role) -> PersonStep {
    step(
        who,
        PersonChange::Change {
            from: Roles::one(from),
            to,
        },
    )
}

pub fn change(group: &str, steps: Vec<PersonStep>) -> MembershipChange {
    MembershipChange {
        group: key(group),
        steps,
    }
}

pub fn member(who: &str, roles: &[Role]) -> Member {
    Member {
        person: person(who),
        label: who.to_owned(),
        kind: MemberKind::User,
        roles: roles.iter().cloned().collect(),
        joined: None,
        emails: Vec::new(),
        is_self: false,
    }
}

pub fn group_of(name: &str, members: Members) -> Group {
    Group {
        key: key(name),
        display_name: name.to_owned(),
        description: None,
        photo: None,
        created: None,
        updated: None,
        members,
    }
}

/// The people of a group with their roles, as one line each: `gru: admin+member`.
pub fn roster(group: &Group) -> Vec<String> {
    let members = group.members.listed().expect("a list of members");
    members
        .iter()
        .map(|m| {
            let roles: Vec<_> = m.roles.iter().map(Role::as_str).collect();
            format!("{}: {}", m.person, roles.join("+"))
        })
        .collect()
}

/// An Instabase reply to `get`, of a group with these people and no other fields.
pub fn ib_group(name: &str, admins: &[&str], members: &[&str]) -> String {
    let people = |names: &[&str]| -> Vec<Value> {
        names
            .iter()
            .map(|n| serde_json::json!({"type": "user", "name": n}))
            .collect()
    };
    serde_json::json!({"status": "OK", "group": {
        "name": name, "full_name": "Engineering", "description": "All Instabase Engineers",
        "admins": people(admins), "members": people(members),
    }})
    .to_string()
}

/// An Instabase list of groups of these names, without people.
pub fn ib_list(names: &[&str]) -> String {
    let groups: Vec<Value> = names
        .iter()
        .map(|n| serde_json::json!({"name": n}))
        .collect();
    serde_json::json!({"status": "OK", "groups": groups}).to_string()
}

/// An Instabase failure in HTTP 200.
pub fn ib_error(words: &str) -> String {
    serde_json::json!({"status": "ERROR", "msg": words}).to_string()
}

/// A snip group; the people are `(user id, role)`, the first of them is the token's own.
pub fn snip_group(
    id: i64,
    name: &str,
    description: Option<&str>,
    people: &[(i64, &str)],
) -> String {
    let members: Vec<Value> = people
        .iter()
        .enumerate()
        .map(|(place, (user, role))| {
            serde_json::json!({
                "user_id": user, "group_id": id, "role": role,
                "joined_at": "2025-10-14T13:08:20.000Z", "primary_credential_id": user,
                "emails": [format!("u{user}@example.org")], "emails_verified": [true],
                "credential_ids": [user], "credential_types": ["password"],
                "group_name": name, "group_description": description, "self": place == 0,
            })
        })
        .collect();
    serde_json::json!({
        "id": id, "name": name, "description": description,
        "created": "2025-10-14T13:08:20.000Z", "last_updated": "2025-10-14T13:08:20.000Z",
        "members": members,
    })
    .to_string()
}

/// A snip list of these groups.
pub fn snip_list(groups: &[String]) -> String {
    format!("[{}]", groups.join(","))
}

pub const NGINX: &str = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n";
