//! Instabase's Group API (contract: `instabase.md`). Marks in the contract: documented calls and
//! fields are taken as they stand, where it is silent every reasonable answer is understood.
//!
//! What shapes this file: a v1 call answers HTTP 200 also when it fails (`status: ERROR`), so any
//! failure is [`ApiError::Refused`] with the server's words, and what lies behind is found by reads.
//! Bodies of writes are not documented: an empty one counts as an answer, and the read after it as
//! the proof.

use std::collections::VecDeque;

use group_bytes::{ArrayAt, Shape, Spans, Usual, usual};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::backend::{Backend, ListAsk, Presence};
use crate::capability::{
    Action, Allowed, Capabilities, Field, KeyKind, ListScope, RoleHolding, RoleInfo, Support,
    WhoAmI, my_entry,
};
use crate::change::{
    Applied, MembershipChange, Outcome, PersonChange, PersonStep, nobody_listed, roles_now, sort_as,
};
use crate::error::{ApiError, Misread, REST_OF_LIST, ReadBack, Refusal, clean_words};
use crate::exchange::{After, Call, Exchange, Reply, Turn, Undone, UndoneStep};
use crate::http::{Method, Request};
use crate::key::{GroupKey, PersonKey, encode, is_key};
use crate::list::{ListEnd, ListRest, ListShape};
use crate::model::{Group, GroupEdit, Member, MemberKind, Members, NewGroup, Role, Roles};
use crate::name::{FieldFault, check_internal_name, check_length, check_photo};
use crate::plain::{PlainGroup, PlainPeople, Roll};
use crate::read::{check_status, filled, json as decode, misread, people_of, words_of};

/// Instabase's Group API.
#[derive(Clone, Copy, Debug)]
pub struct Instabase;

const ROOT: &str = "/api/v1/groups";
const ADMIN: Role = Role::known("admin");
const MEMBER: Role = Role::known("member");
/// The roles of a group's lists of people: `admins`, `members`.
static LISTS: [Role; 2] = [ADMIN, MEMBER];
/// Most people in one membership call: one lost answer leaves no more than these unknown.
const PEOPLE_A_CALL: usize = 100;
const NO_SUCH_ROLE: &str = "Instabase has no such role, so nothing was sent.";

static CAPABILITIES: Capabilities = Capabilities {
    system: "Instabase",
    roles: &[
        RoleInfo {
            role: ADMIN,
            label: "Admin",
            plural: "Admins",
            assignable: true,
        },
        RoleInfo {
            role: MEMBER,
            label: "Member",
            plural: "Members",
            assignable: true,
        },
    ],
    holding: RoleHolding::Set,
    key: KeyKind::ChosenName,
    fields: &[
        Field::DisplayName,
        Field::InternalName,
        Field::Description,
        Field::Photo,
    ],
    scope: ListScope::WholeSite,
    who_am_i: WhoAmI::UserSays,
    add: Support::Yes,
    leave: Support::Yes,
    transfer: Support::No(
        "Instabase has no owner to hand a group over: make somebody an admin instead.",
    ),
    times: Support::No("Instabase does not say when a group was changed."),
    plain_list: Support::Yes,
    person_list: Support::Yes,
    refused_removal: Some(
        "If the account no longer exists, the name stays until the server's operator takes it out.",
    ),
    list_path: "/api/v1/groups/list",
    token_hint: "On Instabase: your account menu, Settings, API tokens.",
    who_may_change: "On Instabase a group is changed by its admins, by site admins and by holders of “manage groups”.",
    who_may_create: "On Instabase groups are made by site admins and by holders of “manage groups”.",
};

#[derive(Deserialize)]
struct WireGroup {
    name: String,
    full_name: Option<String>,
    description: Option<String>,
    profile_photo_url: Option<String>,
    admins: Option<Vec<WirePerson>>,
    members: Option<Vec<WirePerson>>,
}

#[derive(Deserialize)]
struct WirePerson {
    #[serde(rename = "type")]
    kind: Option<String>,
    name: String,
}

/// What is there of an answer besides its groups; everything optional, for writes may answer nothing.
#[derive(Default, Deserialize)]
struct Envelope {
    status: Option<String>,
}

fn group_of(wire: WireGroup) -> Result<Group, &'static str> {
    let key =
        GroupKey::new(&wire.name).map_err(|_| "a group whose “name” can stand in an address")?;
    // Absent is not empty: with one of the lists missing nobody knows who is in the group.
    let members = match (wire.admins, wire.members) {
        (Some(admins), Some(members)) => Members::Listed(people_with_roles(admins, members)?),
        _ => Members::NotListed,
    };
    Ok(Group {
        display_name: filled(wire.full_name).unwrap_or(wire.name),
        description: filled(wire.description),
        photo: filled(wire.profile_photo_url),
        created: None,
        updated: None,
        key,
        members,
    })
}

/// Each person once, with the roles of both lists: nothing says that they are disjoint.
fn people_with_roles(
    admins: Vec<WirePerson>,
    members: Vec<WirePerson>,
) -> Result<Vec<Member>, &'static str> {
    let mut roll = Roll::default();
    for (role, list) in LISTS.iter().zip([admins, members]) {
        for wire in list {
            let person =
                PersonKey::new(&wire.name).map_err(|_| "people whose “name” can be a username")?;
            let kind = match wire.kind {
                Some(kind) if kind != "user" && !kind.is_empty() => MemberKind::Other(kind),
                _ => MemberKind::User,
            };
            roll.add(person, &wire.name, kind, role.clone());
        }
    }
    Ok(roll.members)
}

/// The usual shape of a group in the list.
static USUAL: Shape = Shape {
    texts: ["name", "full_name", "description", "profile_photo_url"],
    lists: ["admins", "members"],
    person: r#"{"type":"user","name":""#,
    kind: ("type", "user"),
    name: "name",
    is_name: is_key,
};

/// Reads one element of the list in one pass, if it has the usual shape. What [`read_element`] makes
/// of it is the same.
fn read_plain<'a>(bytes: &'a [u8], spans: &'a mut Spans) -> Option<PlainGroup<'a>> {
    let Usual {
        element,
        texts: [key, full_name, description, photo],
        listed,
    } = usual(bytes, &USUAL, spans)?;
    let people = PlainPeople {
        roles: &LISTS,
        spans,
    };
    Some(PlainGroup {
        element,
        key,
        display_name: if full_name.is_empty() { key } else { full_name },
        description,
        photo,
        people: (listed == [true; 2]).then_some(people),
    })
}

/// Reads one element of the list; of a bad one at least the name, so that it can be pointed at.
fn read_element(bytes: &[u8]) -> Result<Group, (Option<String>, Misread)> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let name = || {
        serde_json::from_slice::<Named>(bytes)
            .ok()
            .map(|named| clean_words(&named.name))
    };
    let wire: WireGroup = serde_json::from_slice(bytes).map_err(|error| {
        (
            name(),
            misread(&error, bytes, "a group as Instabase describes it"),
        )
    })?;
    group_of(wire).map_err(|expected| {
        (
            name(),
            Misread {
                expected,
                at: String::new(),
                excerpt: crate::excerpt(bytes),
            },
        )
    })
}

/// Reads an answer's status, in HTTP and in the body. An empty body counts as an answer where the
/// contract leaves it open, that is, after writes.
fn check(reply: &Reply, body: &[u8], may_be_empty: bool) -> Result<(), ApiError> {
    check_status(reply)?;
    let trimmed = body.trim_ascii();
    if trimmed.is_empty() && may_be_empty {
        return Ok(());
    }
    let envelope: Envelope =
        decode(trimmed, "an answer with a “status”").map_err(ApiError::NotUnderstood)?;
    let status = envelope.status.as_deref().unwrap_or("ok");
    if status.eq_ignore_ascii_case("ok") {
        return Ok(());
    }
    let words = words_of(trimmed);
    // A word that is neither, with nothing said of it, leaves open whether anything was done.
    if words.is_none() && !status.eq_ignore_ascii_case("error") {
        return Err(ApiError::NotUnderstood(Misread {
            expected: "a “status” that is OK or ERROR",
            at: "the whole reply".to_owned(),
            excerpt: crate::excerpt(body),
        }));
    }
    Err(ApiError::Refused(Refusal {
        words: words.unwrap_or_default(),
        people: people_of(trimmed),
    }))
}

fn written(reply: Result<Reply, ApiError>) -> Result<(), ApiError> {
    let reply = reply?;
    check(&reply, &reply.body, true)
}

fn group_target(key: &GroupKey) -> String {
    format!("{ROOT}/group/{}", key.segment())
}

fn read_group(reply: Result<Reply, ApiError>) -> Result<Group, ApiError> {
    #[derive(Deserialize)]
    struct Answer {
        group: WireGroup,
    }
    let reply = reply?;
    check(&reply, &reply.body, false)?;
    let answer: Answer = decode(&reply.body, "a “group” as Instabase describes it")
        .map_err(ApiError::NotUnderstood)?;
    group_of(answer.group).map_err(|expected| {
        ApiError::NotUnderstood(Misread {
            expected,
            at: "the whole reply".to_owned(),
            excerpt: crate::excerpt(&reply.body),
        })
    })
}

/// Reads a group and goes on with it.
fn get_then(key: &GroupKey, then: impl FnOnce(Result<Group, ApiError>) -> Turn + 'static) -> Turn {
    get_and(key, Box::new(then))
}

/// The same, compiled once and not for each continuation.
fn get_and(key: &GroupKey, then: After<Group>) -> Turn {
    Turn::send(Request::get(group_target(key)), move |reply| {
        then(read_group(reply))
    })
}

fn list_call(target: String, watch: Option<GroupKey>) -> Call {
    Call {
        request: Request::get(target),
        list: Some(ListShape {
            at: ArrayAt::Field("groups"),
            read: read_element,
            read_plain: Some(read_plain),
            watch,
        }),
    }
}

/// Judges the end of a list: refused, not a list at all, broken off, or whole.
fn list_end(reply: Result<Reply, ApiError>) -> Result<ListRest, ApiError> {
    let mut reply = reply?;
    let Some(rest) = reply.list.take() else {
        check_status(&reply)?;
        return Err(ApiError::NotUnderstood(Misread {
            expected: "a list of groups",
            at: format!("HTTP {}", reply.head.status),
            excerpt: String::new(),
        }));
    };
    if rest.found_array && !rest.whole {
        return Err(ApiError::NotUnderstood(Misread {
            expected: REST_OF_LIST,
            at: format!("it broke off after {} groups", rest.end.elements),
            excerpt: String::new(),
        }));
    }
    check(&reply, &rest.envelope, false)?;
    if !rest.found_array {
        return Err(ApiError::NotUnderstood(Misread {
            expected: "a list of groups under “groups”",
            at: "the whole reply".to_owned(),
            excerpt: crate::excerpt(&rest.envelope),
        }));
    }
    Ok(rest)
}

/// Looks for a group in the whole list, which is the only proof that it is gone.
fn presence_then(
    key: &GroupKey,
    then: impl FnOnce(Result<Presence, ApiError>) -> Turn + 'static,
) -> Turn {
    presence_and(key, Box::new(then))
}

/// The same, compiled once and not for each continuation.
fn presence_and(key: &GroupKey, then: After<Presence>) -> Turn {
    Turn::send(
        list_call(format!("{ROOT}/list"), Some(key.clone())),
        move |reply| then(list_end(reply).and_then(|rest| rest.presence())),
    )
}

/// The fields of a create or update call, only those that are given.
fn fields(entries: [(&str, Option<&str>); 4]) -> Value {
    // Put in one by one: collecting would bring a sort of its own.
    let mut given = Map::new();
    for (key, text) in entries {
        if let Some(text) = text {
            given.insert(key.to_owned(), Value::from(text));
        }
    }
    Value::Object(given)
}

fn not_empty(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}

/// The fields that a read does not show as they were sent.
fn fields_not_shown(edit: &GroupEdit, group: &Group) -> Vec<Field> {
    let differs = |sent: &Option<String>, read: Option<&str>| {
        sent.as_deref()
            .is_some_and(|sent| sent.trim() != read.unwrap_or_default().trim())
    };
    // Without a display name the key is shown, whether it was cleared or never given.
    let cleared_name = edit.display_name.as_deref() == Some("");
    [
        (
            Field::InternalName,
            differs(&edit.internal_name, Some(group.key.as_str())),
        ),
        (
            Field::DisplayName,
            !cleared_name && differs(&edit.display_name, Some(&group.display_name)),
        ),
        (
            Field::Description,
            differs(&edit.description, group.description.as_deref()),
        ),
        (Field::Photo, differs(&edit.photo, group.photo.as_deref())),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

fn not_shown(field: Field) -> Undone {
    Undone {
        step: UndoneStep::FieldAsSent(field),
        why: ApiError::Unconfirmed {
            cause: None,
            read: ReadBack::NotShown,
        },
    }
}

fn unconfirmed(cause: ApiError, read: ReadBack) -> Turn {
    Turn::err(ApiError::Unconfirmed {
        cause: Some(Box::new(cause)),
        read,
    })
}

/// After a write whose answer was lost and a read that was refused: a refusal may mean anything, so
/// only the whole list proves that the group is not there and the write not done.
fn refused_read(key: &GroupKey, lost: ApiError) -> Turn {
    presence_then(key, move |presence| {
        unconfirmed(
            lost,
            match presence {
                Ok(Presence::Gone) => ReadBack::NotShown,
                Ok(Presence::There) | Err(_) => ReadBack::Impossible,
            },
        )
    })
}

/// The body of a membership call: a grant is `true`, a revoke `false`, under the role's name.
fn membership_body(steps: &[PersonStep]) -> Value {
    let mut roles = [(ADMIN, Map::new()), (MEMBER, Map::new())];
    for step in steps {
        for (role, people) in &mut roles {
            let wish = match &step.change {
                PersonChange::Grant(granted) => (granted == role).then_some(true),
                PersonChange::Restore(taken) => taken.contains(role).then_some(true),
                PersonChange::Revoke(taken) => taken.contains(role).then_some(false),
                PersonChange::Change { to, .. } if to == role => Some(true),
                PersonChange::Change { from, .. } => from.contains(role).then_some(false),
            };
            if let Some(wish) = wish {
                people.insert(step.person.as_str().to_owned(), Value::Bool(wish));
            }
        }
    }
    let mut body = Map::new();
    for (role, people) in roles {
        if !people.is_empty() {
            body.insert(role.as_str().to_owned(), Value::Object(people));
        }
    }
    Value::Object(body)
}

/// Whether a role change may still be sent. The higher role is the one that counts: nothing says
/// that admins are not listed as members too.
fn still_fits(change: &PersonChange, now: &Roles) -> bool {
    match change {
        PersonChange::Change { from, .. } => {
            now.is_empty() == from.is_empty() && now.contains(&ADMIN) == from.contains(&ADMIN)
        }
        other => other.still_fits(now),
    }
}

/// Whether a read shows a step done: an admin is one, listed as a member too or not.
fn is_shown(change: &PersonChange, now: &Roles) -> bool {
    match change {
        PersonChange::Change { to, .. } if *to == ADMIN => now.contains(&ADMIN),
        other => other.is_shown_by(now),
    }
}

/// A membership change under way: calls of at most [`PEOPLE_A_CALL`] people, one after the other.
struct Run {
    group: GroupKey,
    waiting: VecDeque<Vec<PersonStep>>,
    sent: Vec<(PersonStep, Result<(), ApiError>)>,
    /// What is known already of people for whom nothing is sent.
    outcomes: Vec<(PersonKey, Outcome)>,
    /// The order that the outcomes are told in.
    order: Vec<PersonKey>,
}

impl Run {
    fn start(change: &MembershipChange) -> Turn {
        let order = change
            .steps
            .iter()
            .map(|step| step.person.clone())
            .collect();
        let mut run = Self {
            group: change.group.clone(),
            waiting: VecDeque::new(),
            sent: Vec::new(),
            outcomes: Vec::new(),
            order,
        };
        let (steps, empty): (Vec<_>, Vec<_>) = change.steps.iter().cloned().partition(|step| {
            membership_body(std::slice::from_ref(step)) != fields([("", None); 4])
        });
        run.outcomes = empty
            .into_iter()
            .map(|step| {
                (
                    step.person,
                    Outcome::Refused {
                        words: NO_SUCH_ROLE.to_owned(),
                    },
                )
            })
            .collect();
        if steps.is_empty() && !run.outcomes.is_empty() {
            return Turn::ok(Applied {
                outcomes: run.outcomes,
                group: None,
            });
        }
        if !steps.iter().any(|step| step.change.needs_fresh_read()) {
            run.queue(&steps);
            return run.send_next();
        }
        let key = run.group.clone();
        get_then(&key, move |read| {
            let group = match read {
                Ok(group) => group,
                Err(error) => return Turn::err(error),
            };
            let mut fits = Vec::new();
            for step in steps {
                match roles_now(&group, &step.person) {
                    Some(now) if still_fits(&step.change, &now) => fits.push(step),
                    Some(now) => run.outcomes.push((step.person, Outcome::Overtaken { now })),
                    None => return Turn::err(nobody_listed()),
                }
            }
            run.queue(&fits);
            if run.waiting.is_empty() {
                run.settle(Ok(group))
            } else {
                run.send_next()
            }
        })
    }

    fn queue(&mut self, steps: &[PersonStep]) {
        self.waiting = steps.chunks(PEOPLE_A_CALL).map(<[_]>::to_vec).collect();
    }

    fn send_next(mut self) -> Turn {
        let Some(steps) = self.waiting.pop_front() else {
            let key = self.group.clone();
            return get_then(&key, move |read| self.settle(read));
        };
        let body = membership_body(&steps);
        let target = format!("{}/members", group_target(&self.group));
        Turn::send(
            Request::with_json(Method::Post, target, &body),
            move |reply| {
                let answer = written(reply);
                let held_back = matches!(
                    answer,
                    Err(ApiError::NotSignedIn(_)
                        | ApiError::RateLimited { .. }
                        | ApiError::LookOnly)
                );
                // Nothing was begun and nothing will be otherwise: the whole is refused at once.
                if held_back
                    && self.sent.is_empty()
                    && let Err(error) = answer
                {
                    return Turn::err(error);
                }
                self.sent
                    .extend(steps.into_iter().map(|step| (step, answer.clone())));
                if held_back || matches!(answer, Err(ApiError::Cancelled)) {
                    let rest = std::mem::take(&mut self.waiting);
                    self.sent.extend(
                        rest.into_iter()
                            .flatten()
                            .map(|step| (step, answer.clone())),
                    );
                }
                self.send_next()
            },
        )
    }

    /// Says of each person what the read after the calls shows.
    fn settle(self, read: Result<Group, ApiError>) -> Turn {
        let now = |person: &PersonKey| {
            read.as_ref()
                .ok()
                .and_then(|group| roles_now(group, person))
        };
        let mut outcomes = self.outcomes;
        for (step, answer) in self.sent {
            let shown = now(&step.person).map(|roles| is_shown(&step.change, &roles));
            let outcome = match (shown, answer) {
                (Some(true), answer) => Outcome::Done {
                    note: note_for(&step.person, answer.as_ref().err()),
                },
                (Some(false), Ok(())) => Outcome::NotShown,
                // Nobody refused anything: there was no answer, or none that says so.
                (Some(false), Err(error)) if error.leaves_doubt() => {
                    Outcome::Unknown(ApiError::Unconfirmed {
                        cause: Some(Box::new(error)),
                        read: ReadBack::NotShown,
                    })
                }
                (Some(false), Err(error)) => Outcome::Refused {
                    words: words_for(&step.person, &error),
                },
                (None, Ok(())) => Outcome::Unknown(ApiError::Unconfirmed {
                    cause: read.as_ref().err().cloned().map(Box::new),
                    read: ReadBack::Impossible,
                }),
                (None, Err(error))
                    if error.leaves_doubt()
                        || matches!(&error, ApiError::Refused(r) if !r.people.is_empty()) =>
                {
                    Outcome::Unknown(error)
                }
                (None, Err(error)) => Outcome::Refused {
                    words: words_for(&step.person, &error),
                },
            };
            outcomes.push((step.person, outcome));
        }
        sort_as(&self.order, &mut outcomes);
        Turn::ok(Applied {
            outcomes,
            group: read.ok(),
        })
    }
}

fn note_for(person: &PersonKey, error: Option<&ApiError>) -> Option<String> {
    let ApiError::Refused(refusal) = error? else {
        return None;
    };
    refusal
        .people
        .iter()
        .find(|note| note.person == *person)
        .map(|note| note.words.clone())
}

/// What to show beside a person who was not served. The sample of the contract names people under
/// keys that are not theirs, so where nothing stands under the person's own key everything is shown.
fn words_for(person: &PersonKey, error: &ApiError) -> String {
    if let Some(words) = note_for(person, Some(error)) {
        return words;
    }
    match error {
        ApiError::Refused(refusal) if !refusal.people.is_empty() => {
            let notes: Vec<String> = refusal
                .people
                .iter()
                .take(5)
                .map(|note| format!("{}: {}", note.person, note.words))
                .collect();
            let more = if refusal.people.len() > 5 {
                "; …"
            } else {
                ""
            };
            format!("{} ({}{more})", refusal.words, notes.join("; "))
        }
        ApiError::Refused(refusal) if !refusal.words.is_empty() => refusal.words.clone(),
        other => other
            .words()
            .map_or_else(|| other.to_string(), str::to_owned),
    }
}

/// The group as it was sent, for where it could not be read again.
fn as_sent(new: &NewGroup, key: GroupKey) -> Group {
    Group {
        display_name: if new.display_name.is_empty() {
            key.as_str().to_owned()
        } else {
            new.display_name.clone()
        },
        description: filled(Some(new.description.clone())),
        photo: filled(Some(new.photo.clone())),
        created: None,
        updated: None,
        members: Members::NotListed,
        key,
    }
}

/// After the group is made: the admin, then the read that shows both.
fn after_create(new: NewGroup, key: GroupKey) -> Turn {
    let Some(admin) = new.add_admin.clone() else {
        return read_created(new, key, None);
    };
    let steps = [PersonStep {
        person: admin,
        change: PersonChange::Grant(ADMIN),
    }];
    let target = format!("{}/members", group_target(&key));
    Turn::send(
        Request::with_json(Method::Post, target, &membership_body(&steps)),
        move |reply| {
            let answer = written(reply);
            read_created(new, key, Some(answer))
        },
    )
}

fn read_created(new: NewGroup, key: GroupKey, adding: Option<Result<(), ApiError>>) -> Turn {
    get_then(&key.clone(), move |read| {
        let mut undone = Vec::new();
        let admin_shown = |group: &Group| {
            new.add_admin
                .as_ref()
                .is_none_or(|admin| roles_now(group, admin).is_some_and(|now| now.contains(&ADMIN)))
        };
        match (adding, &read) {
            (Some(_), Ok(group)) if admin_shown(group) => {}
            (Some(Err(why)), _) => undone.push(Undone {
                step: UndoneStep::AddAdmin,
                why,
            }),
            (Some(Ok(())), Ok(_)) => undone.push(Undone {
                step: UndoneStep::AddAdmin,
                why: ApiError::Unconfirmed {
                    cause: None,
                    read: ReadBack::NotShown,
                },
            }),
            _ => {}
        }
        let value = match read {
            Ok(group) => {
                let missing = fields_not_shown(&as_edit(&new), &group);
                undone.extend(missing.into_iter().map(not_shown));
                group
            }
            // A refusal does not say whether the group is there: the list does.
            Err(why @ (ApiError::Refused(_) | ApiError::NotFound(_))) => {
                return presence_then(&key.clone(), move |presence| {
                    if presence == Ok(Presence::Gone) {
                        return Turn::err(ApiError::Unconfirmed {
                            cause: None,
                            read: ReadBack::NotShown,
                        });
                    }
                    made_unread(&new, key, undone, why)
                });
            }
            Err(why) => return made_unread(&new, key, undone, why),
        };
        Turn::done(value, undone)
    })
}

/// The group was made, and could not be read again.
fn made_unread(new: &NewGroup, key: GroupKey, mut undone: Vec<Undone>, why: ApiError) -> Turn {
    undone.push(Undone {
        step: UndoneStep::ReadAgain,
        why,
    });
    Turn::done(as_sent(new, key), undone)
}

impl Instabase {
    fn faults(self, entries: &[(Field, Option<&str>)]) -> Vec<FieldFault> {
        let fault = |&(field, text): &(Field, Option<&str>)| {
            Some(FieldFault {
                field,
                why: self.check(field, text?).err()?,
            })
        };
        entries.iter().filter_map(fault).collect()
    }
}

impl Backend for Instabase {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn allowed(&self, me: Option<&PersonKey>, group: &Group, action: &Action) -> Allowed {
        let mine = my_entry(me, group);
        match action {
            Action::Transfer => CAPABILITIES.transfer.into(),
            Action::Leave if me.is_none() => {
                Allowed::No("Say who you are first: this connection has no username, and Instabase does not tell.".to_owned())
            }
            Action::Leave if group.members.listed().is_some() && mine.is_none() => {
                Allowed::No("You are not in this group.".to_owned())
            }
            Action::Remove(person) | Action::ChangeRole(person)
                if let Some(MemberKind::Other(kind)) = group.members.find(person).map(|m| &m.kind) =>
            {
                Allowed::No(format!("This is no user but a “{}”: Instabase's API changes the roles of users alone.", clean_words(kind)))
            }
            _ if mine.is_some_and(|member| member.roles.contains(&ADMIN)) => Allowed::Yes,
            _ => Allowed::AskServer,
        }
    }

    fn check(&self, field: Field, text: &str) -> Result<(), String> {
        match field {
            Field::InternalName => check_internal_name(text),
            Field::Photo => check_photo(text),
            // No rule is documented; the bound keeps a pasted file from being sent.
            Field::DisplayName => check_length(text, 0, 1000),
            Field::Description => check_length(text, 0, 20_000),
        }
    }

    fn list(&self, ask: &ListAsk) -> Exchange<ListEnd> {
        let target = match ask {
            ListAsk::Plain => format!("{ROOT}/list"),
            ListAsk::WithMembers => format!("{ROOT}/list?get_members=true"),
            ListAsk::OfPerson(person) => format!(
                "{ROOT}/list?get_members=true&username={}",
                encode(person.as_str())
            ),
        };
        Turn::send(list_call(target, None), |reply| match list_end(reply) {
            Ok(rest) => Turn::ok(rest.end),
            Err(error) => Turn::err(error),
        })
        .into()
    }

    fn get(&self, key: &GroupKey) -> Exchange<Group> {
        get_then(key, |read| match read {
            Ok(group) => Turn::ok(group),
            Err(error) => Turn::err(error),
        })
        .into()
    }

    fn create(&self, new: &NewGroup) -> Result<Exchange<Group>, Vec<FieldFault>> {
        let faults = self.faults(&[
            (Field::DisplayName, Some(&new.display_name)),
            (Field::InternalName, Some(&new.internal_name)),
            (Field::Description, Some(&new.description)),
            (Field::Photo, Some(&new.photo)),
        ]);
        if !faults.is_empty() {
            return Err(faults);
        }
        let key = GroupKey::new(&new.internal_name).map_err(|fault| {
            vec![FieldFault {
                field: Field::InternalName,
                why: fault.to_string(),
            }]
        })?;
        let body = fields([
            ("full_name", not_empty(&new.display_name)),
            ("description", not_empty(&new.description)),
            ("profile_photo_url", not_empty(&new.photo)),
            ("", None),
        ]);
        let new = new.clone();
        Ok(Turn::send(
            Request::with_json(Method::Post, group_target(&key), &body),
            move |reply| match written(reply) {
                Ok(()) => after_create(new, key),
                Err(error) if !error.leaves_doubt() => Turn::err(error),
                Err(error) => get_then(&key.clone(), move |read| match read {
                    // Only a group that looks like what was sent and has nobody in it is ours; with
                    // people in it, it may be ours or somebody else's.
                    Ok(group) if fields_not_shown(&as_edit(&new), &group).is_empty() => {
                        if group.members.listed().is_some_and(<[_]>::is_empty) {
                            after_create(new, key)
                        } else {
                            unconfirmed(error, ReadBack::Impossible)
                        }
                    }
                    Ok(_) | Err(ApiError::NotFound(_)) => unconfirmed(error, ReadBack::NotShown),
                    Err(ApiError::Refused(_)) => refused_read(&key, error),
                    Err(_) => unconfirmed(error, ReadBack::Impossible),
                }),
            },
        )
        .into())
    }

    fn update(&self, group: &Group, edit: &GroupEdit) -> Result<Exchange<Group>, Vec<FieldFault>> {
        let faults = self.faults(&[
            (Field::DisplayName, edit.display_name.as_deref()),
            (Field::InternalName, edit.internal_name.as_deref()),
            (Field::Description, edit.description.as_deref()),
            (Field::Photo, edit.photo.as_deref()),
        ]);
        if !faults.is_empty() {
            return Err(faults);
        }
        if edit.is_empty() {
            return Ok(self.get(&group.key));
        }
        let new_key = match &edit.internal_name {
            Some(name) => GroupKey::new(name).map_err(|fault| {
                vec![FieldFault {
                    field: Field::InternalName,
                    why: fault.to_string(),
                }]
            })?,
            None => group.key.clone(),
        };
        let body = fields([
            ("new_name", edit.internal_name.as_deref()),
            ("full_name", edit.display_name.as_deref()),
            ("description", edit.description.as_deref()),
            ("profile_photo_url", edit.photo.as_deref()),
        ]);
        let (group, edit) = (group.clone(), edit.clone());
        let call = Request::with_json(Method::Patch, group_target(&group.key), &body);
        Ok(Turn::send(call, move |reply| {
            let answer = written(reply);
            if let Err(error) = &answer
                && !error.leaves_doubt()
            {
                return Turn::err(error.clone());
            }
            get_then(&new_key.clone(), move |read| match (answer, read) {
                (Ok(()), Ok(read)) => {
                    let missing = fields_not_shown(&edit, &read);
                    Turn::done(read, missing.into_iter().map(not_shown).collect())
                }
                (Ok(()), Err(why)) => Turn::done(
                    edited(&group, &edit, new_key),
                    vec![Undone {
                        step: UndoneStep::ReadAgain,
                        why,
                    }],
                ),
                (Err(error), Ok(read)) if fields_not_shown(&edit, &read).is_empty() => {
                    // Under a new name there may have been another group all along: the rename is
                    // done only if the old name is free. Names that differ in case may be one.
                    if read.key.as_str().eq_ignore_ascii_case(group.key.as_str()) {
                        return Turn::ok(read);
                    }
                    get_then(&group.key, move |old| match old {
                        Ok(_) => unconfirmed(error, ReadBack::NotShown),
                        Err(ApiError::Refused(_) | ApiError::NotFound(_)) => Turn::ok(read),
                        Err(_) => unconfirmed(error, ReadBack::Impossible),
                    })
                }
                (Err(error), Ok(_) | Err(ApiError::NotFound(_))) => {
                    unconfirmed(error, ReadBack::NotShown)
                }
                (Err(error), Err(ApiError::Refused(_))) => refused_read(&new_key, error),
                (Err(error), Err(_)) => unconfirmed(error, ReadBack::Impossible),
            })
        })
        .into())
    }

    fn delete(&self, key: &GroupKey) -> Exchange<()> {
        let key = key.clone();
        let request = Request {
            method: Method::Delete,
            target: group_target(&key),
            body: None,
            if_none_match: None,
        };
        Turn::send(request, move |reply| match written(reply) {
            Ok(()) => get_then(&key, |read| match read {
                Ok(_) => Turn::err(ApiError::Unconfirmed {
                    cause: None,
                    read: ReadBack::NotShown,
                }),
                Err(ApiError::Refused(_) | ApiError::NotFound(_)) => Turn::ok(()),
                Err(why) => Turn::done(
                    (),
                    vec![Undone {
                        step: UndoneStep::ReadAgain,
                        why,
                    }],
                ),
            }),
            Err(error) if !error.leaves_doubt() => Turn::err(error),
            Err(error) => presence_then(&key, move |presence| match presence {
                Ok(Presence::Gone) => Turn::ok(()),
                Ok(Presence::There) => unconfirmed(error, ReadBack::NotShown),
                Err(_) => unconfirmed(error, ReadBack::Impossible),
            }),
        })
        .into()
    }

    fn apply(&self, change: &MembershipChange) -> Exchange<Applied> {
        Run::start(change).into()
    }

    /// Instabase has no such call: it is the removal of oneself, from every role.
    fn is_shown(&self, change: &PersonChange, now: &Roles) -> bool {
        is_shown(change, now)
    }

    fn leave(&self, key: &GroupKey, me: Option<&PersonKey>) -> Exchange<()> {
        let Some(me) = me.cloned() else {
            return Turn::err(ApiError::Unsupported(
                "Leaving needs your username, which this connection does not know.",
            ))
            .into();
        };
        let change = MembershipChange {
            group: key.clone(),
            steps: vec![PersonStep {
                person: me,
                change: PersonChange::Revoke([ADMIN, MEMBER].into_iter().collect()),
            }],
        };
        let body = membership_body(&change.steps);
        let target = format!("{}/members", group_target(key));
        let key = key.clone();
        Turn::send(
            Request::with_json(Method::Post, target, &body),
            move |reply| {
                let answer = written(reply);
                get_then(&key, move |read| {
                    let shown = read.as_ref().ok().and_then(|group| {
                        let step = change.steps.first()?;
                        Some(step.change.is_shown_by(&roles_now(group, &step.person)?))
                    });
                    match (shown, answer) {
                        (Some(true), _) => Turn::ok(()),
                        (_, Err(error)) if !error.leaves_doubt() => Turn::err(error),
                        (shown, answer) => Turn::err(ApiError::Unconfirmed {
                            cause: answer.err().map(Box::new),
                            read: if shown.is_some() {
                                ReadBack::NotShown
                            } else {
                                ReadBack::Impossible
                            },
                        }),
                    }
                })
            },
        )
        .into()
    }

    fn transfer(&self, _: &GroupKey, _: &PersonKey) -> Exchange<Group> {
        let Support::No(reason) = CAPABILITIES.transfer else {
            return Turn::err(ApiError::Cancelled).into();
        };
        Turn::err(ApiError::Unsupported(reason)).into()
    }

    fn presence(&self, key: &GroupKey) -> Exchange<Presence> {
        presence_then(key, |presence| match presence {
            Ok(presence) => Turn::ok(presence),
            Err(error) => Turn::err(error),
        })
        .into()
    }
}

/// The fields that were sent for a new group, to compare a read with.
fn as_edit(new: &NewGroup) -> GroupEdit {
    GroupEdit {
        display_name: Some(new.display_name.clone()),
        internal_name: None,
        description: Some(new.description.clone()),
        photo: Some(new.photo.clone()),
    }
}

/// The group with the edits, for where it could not be read again.
fn edited(group: &Group, edit: &GroupEdit, key: GroupKey) -> Group {
    let mut group = group.clone();
    if let Some(name) = &edit.display_name {
        group.display_name = if name.is_empty() {
            key.as_str().to_owned()
        } else {
            name.clone()
        };
    }
    if let Some(description) = &edit.description {
        group.description = filled(Some(description.clone()));
    }
    if let Some(photo) = &edit.photo {
        group.photo = filled(Some(photo.clone()));
    }
    group.key = key;
    group
}

impl From<Support> for Allowed {
    fn from(support: Support) -> Self {
        match support {
            Support::Yes => Self::AskServer,
            Support::No(reason) => Self::No(reason.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::Index;

    const USUAL: &str = r#"{"name":"eng_group","full_name":"Engineering Équipe","description":null,"profile_photo_url":"","admins":[{"type":"user","name":"ann"},{"type":"user","name":"bo.long_name@example.org"}],"members":[{"type":"user","name":"cy"},{"name":"ann","type":"user"}]}"#;
    const SPACED: &str = r#"{ "members" : [ ] , "full_name" : "x" ,
        "name" : "spaced" , "admins" : [ { "type" : "user" , "name" : "ann" } ] }"#;

    fn quickly(bytes: &[u8]) -> Option<(crate::Group, usize)> {
        let mut spans = Spans::default();
        let group = read_plain(bytes, &mut spans)?;
        Some((group.to_group().unwrap(), group.element.len()))
    }

    #[test]
    fn the_usual_shape_is_read_with_or_without_spaces_and_members() {
        for element in [
            USUAL,
            SPACED,
            r#"{"name":"a"}"#,
            r#"{"admins":null,"members":[],"name":"a","full_name":""}"#,
        ] {
            let (group, length) = quickly(element.as_bytes()).unwrap();
            assert_eq!(length, element.len());
            assert_eq!(read_element(element.as_bytes()).unwrap(), group);
        }
        let followed = format!("{USUAL},{SPACED}]}}");
        assert_eq!(quickly(followed.as_bytes()).unwrap().1, USUAL.len());
    }

    #[test]
    fn what_is_unusual_is_left_to_the_thorough_reader() {
        for element in [
            r#"{"name":"a","full_name":"\u00e9"}"#,
            r#"{"name":"a","x":1}"#,
            r#"{"name":"a","name":"b"}"#,
            r#"{"name":""}"#,
            r#"{"name":null}"#,
            r#"{"full_name":"a"}"#,
            r#"{"name":"a","admins":[{"type":"robot","name":"r"}],"members":[]}"#,
            r#"{"name":"a","admins":[{"type":"user","name":" "}],"members":[]}"#,
            r#"{"name":"a","full_name":"b"#,
            "{\"name\":\"a\tb\"}",
            "[]",
            "",
        ] {
            assert_eq!(quickly(element.as_bytes()), None, "{element}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn both_readers_read_the_same(
            seed in 0usize..2,
            edits in proptest::collection::vec((any::<Index>(), 0u8..5, any::<u8>()), 0..4),
        ) {
            let mut bytes = [USUAL, SPACED][seed].as_bytes().to_vec();
            for (at, kind, byte) in edits {
                let at = at.index(bytes.len().max(1)).min(bytes.len());
                match kind {
                    0 => bytes.insert(at, byte),
                    1 if at < bytes.len() => drop(bytes.remove(at)),
                    2 => bytes.insert(at, b"{}[]\",:\\ "[usize::from(byte % 9)]),
                    3 => { bytes.splice(at..at, *b"null"); }
                    _ if at < bytes.len() => bytes[at] = byte,
                    _ => {}
                }
            }
            if let Some((group, length)) = quickly(&bytes) {
                prop_assert_eq!(read_element(&bytes[..length]).unwrap(), group);
            }
        }
    }
}
