//! snip's account API (contract: `snip.md`).
//!
//! What shapes this file: no envelope, HTTP statuses tell; the body of a PATCH is not to be relied
//! on, so the group is read again; nobody can be added; my own entry is the one marked `self`.

use group_bytes::ArrayAt;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::backend::{Backend, ListAsk, Presence};
use crate::capability::{
    Action, Allowed, Capabilities, Field, KeyKind, ListScope, RoleHolding, RoleInfo, Support,
    WhoAmI, my_entry,
};
use crate::change::{
    Applied, MembershipChange, Outcome, PersonChange, PersonStep, nobody_listed, roles_now, sort_as,
};
use crate::error::{ApiError, Misread, REST_OF_LIST, ReadBack, clean_words};
use crate::exchange::{After, Call, Exchange, Reply, Turn, Undone, UndoneStep, Wanted};
use crate::http::{Method, Request, json_text};
use crate::key::{GroupKey, PersonKey};
use crate::list::{ListEnd, ListRest, ListShape};
use crate::model::{Email, Group, GroupEdit, Member, MemberKind, Members, NewGroup, Role, Roles};
use crate::name::{FieldFault, check_length};
use crate::read::{check_status, filled, json as decode, misread};
use crate::time::Timestamp;

/// snip's account API.
#[derive(Clone, Copy, Debug)]
pub struct Snip;

const ROOT: &str = "/api/account/groups";
const OWNER: Role = Role::known("owner");
const MODERATOR: Role = Role::known("moderator");
const MEMBER: Role = Role::known("member");
const NO_ADD: &str = "People cannot be added on snip through its API: there is no call for it. Invite them in snip itself.";
const OWNER_MOVES: &str = "The owner's role moves only by transfer of ownership.";
const NO_NUMBER: &str = "This member has no number that snip could be told.";

static CAPABILITIES: Capabilities = Capabilities {
    system: "snip",
    roles: &[
        RoleInfo {
            role: OWNER,
            label: "Owner",
            plural: "Owner",
            assignable: false,
        },
        RoleInfo {
            role: MODERATOR,
            label: "Moderator",
            plural: "Moderators",
            assignable: true,
        },
        RoleInfo {
            role: MEMBER,
            label: "Member",
            plural: "Members",
            assignable: true,
        },
    ],
    holding: RoleHolding::One,
    key: KeyKind::GivenId,
    fields: &[Field::DisplayName, Field::Description],
    scope: ListScope::OwnGroups,
    who_am_i: WhoAmI::RepliesTell,
    add: Support::No(NO_ADD),
    leave: Support::Yes,
    transfer: Support::Yes,
    times: Support::Yes,
    plain_list: Support::No("snip always lists its groups with their people."),
    person_list: Support::No(
        "On snip people are known by numbers, and only those in your own groups can be seen: search for their e-mail address.",
    ),
    refused_removal: None,
    list_path: "/api/account/groups",
    token_hint: "On snip: Account, API tokens. It has to be an account token, not one of a book.",
    who_may_change: "On snip the owner of a group may do everything; what moderators may do, the server decides.",
    who_may_create: "On snip anybody may make a group, and owns it then.",
};

#[derive(Deserialize)]
struct WireGroup {
    id: i64,
    name: Option<String>,
    description: Option<String>,
    created: Option<Value>,
    last_updated: Option<Value>,
    members: Option<Vec<WireMember>>,
}

#[derive(Deserialize)]
struct WireMember {
    user_id: i64,
    role: String,
    joined_at: Option<Value>,
    primary_credential_id: Option<i64>,
    emails: Option<Vec<Option<String>>>,
    emails_verified: Option<Vec<Option<bool>>>,
    credential_ids: Option<Vec<Option<i64>>>,
    #[serde(rename = "self")]
    is_self: Option<bool>,
}

/// A time in a form that is not understood is not shown; it spoils nothing else.
fn time(value: Option<&Value>) -> Option<Timestamp> {
    Timestamp::parse(value?.as_str()?)
}

fn role_of(word: &str) -> Role {
    let known = CAPABILITIES
        .roles
        .iter()
        .map(|info| &info.role)
        .find(|role| role.as_str() == word);
    known.cloned().unwrap_or_else(|| Role::from_wire(word))
}

fn member_of(wire: WireMember) -> Result<Member, &'static str> {
    let person =
        PersonKey::new(&wire.user_id.to_string()).map_err(|_| "people with a “user_id”")?;
    let verified = wire.emails_verified.unwrap_or_default();
    let credentials = wire.credential_ids.unwrap_or_default();
    let mut emails = Vec::new();
    // The lists run in parallel, one entry a credential; the primary one's address is the one to show.
    for (place, address) in wire.emails.unwrap_or_default().into_iter().enumerate() {
        let Some(address) = filled(address) else {
            continue;
        };
        let email = Email {
            address,
            verified: verified.get(place).copied().flatten(),
        };
        let credential = credentials.get(place).copied().flatten();
        if credential.is_some() && credential == wire.primary_credential_id {
            emails.insert(0, email);
        } else {
            emails.push(email);
        }
    }
    Ok(Member {
        label: emails
            .first()
            .map_or_else(|| format!("user {person}"), |email| email.address.clone()),
        person,
        kind: MemberKind::User,
        roles: Roles::one(role_of(&wire.role)),
        joined: time(wire.joined_at.as_ref()),
        emails,
        is_self: wire.is_self == Some(true),
    })
}

fn group_of(wire: WireGroup) -> Result<Group, &'static str> {
    let key = GroupKey::new(&wire.id.to_string()).map_err(|_| "a group with an “id”")?;
    let members = match wire.members {
        None => Members::NotListed,
        Some(wire_members) => {
            let mut members: Vec<Member> = Vec::with_capacity(wire_members.len());
            let mut places = std::collections::HashMap::with_capacity(wire_members.len());
            for member in wire_members {
                let member = member_of(member)?;
                let place = *places.entry(member.person.clone()).or_insert(members.len());
                match members.get_mut(place) {
                    Some(known) => member
                        .roles
                        .iter()
                        .for_each(|role| known.roles.insert(role.clone())),
                    None => members.push(member),
                }
            }
            Members::Listed(members)
        }
    };
    Ok(Group {
        display_name: filled(wire.name).unwrap_or_else(|| key.as_str().to_owned()),
        description: filled(wire.description),
        photo: None,
        created: time(wire.created.as_ref()),
        updated: time(wire.last_updated.as_ref()),
        key,
        members,
    })
}

/// Reads one element of the list; of a bad one at least the id, so that it can be pointed at.
fn read_element(bytes: &[u8]) -> Result<Group, (Option<String>, Misread)> {
    #[derive(Deserialize)]
    struct Named {
        id: Value,
    }
    let id = || {
        serde_json::from_slice::<Named>(bytes)
            .ok()
            .map(|named| clean_words(&json_text(&named.id)))
    };
    let wire: WireGroup = serde_json::from_slice(bytes)
        .map_err(|error| (id(), misread(&error, bytes, "a group as snip describes it")))?;
    group_of(wire).map_err(|expected| {
        (
            id(),
            Misread {
                expected,
                at: String::new(),
                excerpt: crate::excerpt(bytes),
            },
        )
    })
}

fn target(key: &GroupKey) -> String {
    format!("{ROOT}/{}", key.segment())
}

/// Which of the two the real server gives for a group that is not ours is unknown: both are "gone,
/// or not yours to see" (contract, "Answers").
fn read_group(reply: Result<Reply, ApiError>) -> Result<Group, ApiError> {
    decode_group(reply).map_err(|error| match error {
        ApiError::NotPermitted(words) => ApiError::NotFound(words),
        other => other,
    })
}

fn decode_group(reply: Result<Reply, ApiError>) -> Result<Group, ApiError> {
    let reply = reply?;
    check_status(&reply)?;
    let wire: WireGroup =
        decode(&reply.body, "a group as snip describes it").map_err(ApiError::NotUnderstood)?;
    group_of(wire).map_err(|expected| {
        ApiError::NotUnderstood(Misread {
            expected,
            at: "the whole reply".to_owned(),
            excerpt: crate::excerpt(&reply.body),
        })
    })
}

/// A write's answer: any success counts, whatever its body, but for a page of HTML, which comes
/// from something that stands before the server.
fn written(reply: Result<Reply, ApiError>) -> Result<(), ApiError> {
    let reply = reply?;
    check_status(&reply)?;
    let body = reply.body.trim_ascii();
    if body.first().is_some_and(|byte| *byte == b'<') {
        return Err(ApiError::NotUnderstood(Misread {
            expected: "an answer in JSON",
            at: "the whole reply".to_owned(),
            excerpt: crate::excerpt(body),
        }));
    }
    Ok(())
}

fn get_then(key: &GroupKey, then: impl FnOnce(Result<Group, ApiError>) -> Turn + 'static) -> Turn {
    get_and(key, Box::new(then))
}

/// The same, compiled once and not for each continuation.
fn get_and(key: &GroupKey, then: After<Group>) -> Turn {
    Turn::send(Request::get(target(key)), move |reply| {
        then(read_group(reply))
    })
}

fn list_call(watch: Option<GroupKey>) -> Call {
    Call {
        request: Request::get(ROOT.to_owned()),
        list: Some(ListShape {
            at: ArrayAt::Root,
            read: read_element,
            read_plain: None,
            watch,
        }),
    }
}

fn list_end(reply: Result<Reply, ApiError>) -> Result<ListRest, ApiError> {
    let mut reply = reply?;
    check_status(&reply)?;
    let not_a_list = |expected, at: String, body: &[u8]| {
        Err(ApiError::NotUnderstood(Misread {
            expected,
            at,
            excerpt: crate::excerpt(body),
        }))
    };
    match reply.list.take() {
        Some(rest) if rest.found_array && rest.whole && rest.envelope.trim_ascii() == b"[]" => {
            Ok(rest)
        }
        Some(rest) if rest.found_array && !rest.whole => not_a_list(
            REST_OF_LIST,
            format!("it broke off after {} groups", rest.end.elements),
            b"",
        ),
        Some(rest) => not_a_list(
            "a list of groups",
            "the whole reply".to_owned(),
            &rest.envelope,
        ),
        None => not_a_list(
            "a list of groups",
            format!("HTTP {}", reply.head.status),
            &reply.body,
        ),
    }
}

/// Looks for a group among those the token's user is in.
fn presence_then(
    key: &GroupKey,
    then: impl FnOnce(Result<Presence, ApiError>) -> Turn + 'static,
) -> Turn {
    presence_and(key, Box::new(then))
}

/// The same, compiled once and not for each continuation.
fn presence_and(key: &GroupKey, then: After<Presence>) -> Turn {
    Turn::send(list_call(Some(key.clone())), move |reply| {
        then(list_end(reply).and_then(|rest| rest.presence()))
    })
}

fn finish<T: Wanted>(result: Result<T, ApiError>) -> Turn {
    match result {
        Ok(value) => Turn::ok(value),
        Err(error) => Turn::err(error),
    }
}

fn unconfirmed(cause: Option<ApiError>, read: ReadBack) -> Turn {
    Turn::err(ApiError::Unconfirmed {
        cause: cause.map(Box::new),
        read,
    })
}

/// The fields that a read does not show as they were sent.
fn fields_not_shown(edit: &GroupEdit, group: &Group) -> Vec<Field> {
    let description = group.description.as_deref().unwrap_or_default();
    [
        (Field::DisplayName, &edit.display_name, &*group.display_name),
        (Field::Description, &edit.description, description),
    ]
    .into_iter()
    .filter(|(_, sent, read)| sent.as_ref().is_some_and(|sent| sent.trim() != read.trim()))
    .map(|(field, ..)| field)
    .collect()
}

/// Sends a PATCH of fields and reads what came of it.
fn patch_then_read(group: Group, edit: GroupEdit) -> Turn {
    let mut body = serde_json::Map::new();
    if let Some(name) = &edit.display_name {
        body.insert("name".to_owned(), Value::from(name.as_str()));
    }
    if let Some(description) = &edit.description {
        body.insert("description".to_owned(), Value::from(description.as_str()));
    }
    let request = Request::with_json(Method::Patch, target(&group.key), &Value::Object(body));
    Turn::send(request, move |reply| {
        let answer = written(reply);
        if let Err(error) = &answer
            && !error.leaves_doubt()
        {
            return Turn::err(error.clone());
        }
        get_then(&group.key.clone(), move |read| match (answer, read) {
            (Ok(()), Ok(read)) => {
                let undone = fields_not_shown(&edit, &read)
                    .into_iter()
                    .map(|field| Undone {
                        step: UndoneStep::FieldAsSent(field),
                        why: ApiError::Unconfirmed {
                            cause: None,
                            read: ReadBack::NotShown,
                        },
                    });
                Turn::done(read, undone.collect())
            }
            (Ok(()), Err(why)) => {
                let mut value = group;
                if let Some(name) = edit.display_name {
                    value.display_name = name;
                }
                if let Some(description) = edit.description {
                    value.description = filled(Some(description));
                }
                Turn::done(
                    value,
                    vec![Undone {
                        step: UndoneStep::ReadAgain,
                        why,
                    }],
                )
            }
            (Err(_), Ok(read)) if fields_not_shown(&edit, &read).is_empty() => Turn::ok(read),
            (Err(error), Ok(_)) => unconfirmed(Some(error), ReadBack::NotShown),
            (Err(error), Err(_)) => unconfirmed(Some(error), ReadBack::Impossible),
        })
    })
}

/// Why a step cannot be sent at all.
fn no_call(step: &PersonStep) -> Option<&'static str> {
    match &step.change {
        PersonChange::Grant(_) | PersonChange::Restore(_) => Some(NO_ADD),
        PersonChange::Change { to, .. } if *to == OWNER => Some(OWNER_MOVES),
        PersonChange::Change { to, .. } if CAPABILITIES.rank(to).is_none() => {
            Some("snip has no such role, so nothing was sent.")
        }
        _ if step.person.as_str().parse::<i64>().is_err() => Some(NO_NUMBER),
        _ => None,
    }
}

/// Whether a read shows a step done. A removal takes the person out, whatever role they hold by now.
fn is_shown(change: &PersonChange, now: &Roles) -> bool {
    match change {
        PersonChange::Revoke(_) => now.is_empty(),
        change => change.is_shown_by(now),
    }
}

/// The body that changes members, of steps that [`no_call`] lets through.
fn membership_body(steps: &[PersonStep]) -> Value {
    let (mut roles, mut removals) = (Vec::new(), Vec::new());
    for step in steps {
        let Ok(user_id) = step.person.as_str().parse::<i64>() else {
            continue;
        };
        match &step.change {
            PersonChange::Change { to, .. } => {
                roles.push(json!({"user_id": user_id, "role": to.as_str()}))
            }
            PersonChange::Revoke(_) => removals.push(Value::from(user_id)),
            PersonChange::Grant(_) | PersonChange::Restore(_) => {}
        }
    }
    let mut body = serde_json::Map::new();
    if !roles.is_empty() {
        body.insert("update_member_roles".to_owned(), Value::from(roles));
    }
    if !removals.is_empty() {
        body.insert("remove_members".to_owned(), Value::from(removals));
    }
    Value::Object(body)
}

/// Sends the steps and says of each person what a read afterwards shows.
fn send_steps(
    key: GroupKey,
    steps: Vec<PersonStep>,
    mut outcomes: Vec<(PersonKey, Outcome)>,
    order: Vec<PersonKey>,
) -> Turn {
    let request = Request::with_json(Method::Patch, target(&key), &membership_body(&steps));
    Turn::send(request, move |reply| {
        let answer = written(reply);
        if let Err(
            error @ (ApiError::NotSignedIn(_) | ApiError::RateLimited { .. } | ApiError::LookOnly),
        ) = answer
        {
            return Turn::err(error);
        }
        get_then(&key, move |read| {
            for step in steps {
                let shown = read
                    .as_ref()
                    .ok()
                    .and_then(|group| roles_now(group, &step.person))
                    .map(|now| is_shown(&step.change, &now));
                let outcome = match (shown, &answer) {
                    (Some(true), _) => Outcome::Done { note: None },
                    (Some(false), Ok(())) => Outcome::NotShown,
                    (None, Ok(())) => Outcome::Unknown(ApiError::Unconfirmed {
                        cause: read.as_ref().err().cloned().map(Box::new),
                        read: ReadBack::Impossible,
                    }),
                    (None, Err(error)) if error.leaves_doubt() => Outcome::Unknown(error.clone()),
                    // Nobody refused anything: there was no answer, or none that says so.
                    (Some(false), Err(error)) if error.leaves_doubt() => {
                        Outcome::Unknown(ApiError::Unconfirmed {
                            cause: Some(Box::new(error.clone())),
                            read: ReadBack::NotShown,
                        })
                    }
                    (_, Err(error)) => Outcome::Refused {
                        words: error
                            .words()
                            .map_or_else(|| error.to_string(), str::to_owned),
                    },
                };
                outcomes.push((step.person, outcome));
            }
            sort_as(&order, &mut outcomes);
            Turn::ok(Applied {
                outcomes,
                group: read.ok(),
            })
        })
    })
}

impl Backend for Snip {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn allowed(&self, me: Option<&PersonKey>, group: &Group, action: &Action) -> Allowed {
        let mine = my_entry(me, group);
        let i_own_it = mine.is_some_and(|member| member.roles.contains(&OWNER));
        let is_owner = |person: &PersonKey| {
            group
                .members
                .find(person)
                .is_some_and(|m| m.roles.contains(&OWNER))
        };
        match action {
            Action::Add => Allowed::No(NO_ADD.to_owned()),
            Action::Remove(person) | Action::ChangeRole(person) if is_owner(person) => {
                Allowed::No(OWNER_MOVES.to_owned())
            }
            Action::Leave if i_own_it => {
                Allowed::No("You own this group: transfer it first, then leave.".to_owned())
            }
            Action::Leave if mine.is_some() => Allowed::Yes,
            Action::Transfer if mine.is_some() && !i_own_it => {
                Allowed::No("Only the owner can transfer a group.".to_owned())
            }
            _ if i_own_it => Allowed::Yes,
            _ => Allowed::AskServer,
        }
    }

    fn check(&self, field: Field, text: &str) -> Result<(), String> {
        match field {
            Field::DisplayName => check_length(text, 3, 255),
            Field::Description => check_length(text, 0, 20_000),
            Field::InternalName | Field::Photo => Ok(()),
        }
    }

    /// The list holds only the token's own groups, always with their people; there is no query.
    fn list(&self, _: &ListAsk) -> Exchange<ListEnd> {
        Turn::send(list_call(None), |reply| {
            finish(list_end(reply).map(|rest| rest.end))
        })
        .into()
    }

    fn get(&self, key: &GroupKey) -> Exchange<Group> {
        get_then(key, finish).into()
    }

    fn create(&self, new: &NewGroup) -> Result<Exchange<Group>, Vec<FieldFault>> {
        let faults: Vec<FieldFault> = [
            (Field::DisplayName, &new.display_name),
            (Field::Description, &new.description),
        ]
        .into_iter()
        .filter_map(|(field, text)| {
            Some(FieldFault {
                field,
                why: self.check(field, text).err()?,
            })
        })
        .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let description = new.description.clone();
        let request = Request::with_json(
            Method::Post,
            ROOT.to_owned(),
            &json!({"name": new.display_name}),
        );
        Ok(Turn::send(request, move |reply| {
            let group = match decode_group(reply) {
                Ok(group) => group,
                // Names repeat and the id was in the lost answer: no read can tell which one is ours.
                Err(error) if error.leaves_doubt() => {
                    return unconfirmed(Some(error), ReadBack::Impossible);
                }
                Err(error) => return Turn::err(error),
            };
            if description.is_empty() {
                return Turn::ok(group);
            }
            let made = group.clone();
            let edit = GroupEdit {
                description: Some(description),
                ..GroupEdit::default()
            };
            describe(patch_then_read(group, edit), made)
        })
        .into())
    }

    fn update(&self, group: &Group, edit: &GroupEdit) -> Result<Exchange<Group>, Vec<FieldFault>> {
        let faults: Vec<FieldFault> = [
            (Field::DisplayName, &edit.display_name),
            (Field::Description, &edit.description),
        ]
        .into_iter()
        .filter_map(|(field, text)| {
            Some(FieldFault {
                field,
                why: self.check(field, text.as_deref()?).err()?,
            })
        })
        .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        if edit.display_name.is_none() && edit.description.is_none() {
            return Ok(self.get(&group.key));
        }
        Ok(patch_then_read(group.clone(), edit.clone()).into())
    }

    fn delete(&self, key: &GroupKey) -> Exchange<()> {
        let key = key.clone();
        let request = Request {
            method: Method::Delete,
            target: target(&key),
            body: None,
            if_none_match: None,
        };
        Turn::send(request, move |reply| match written(reply) {
            Err(error) if !error.leaves_doubt() => Turn::err(error),
            answer => gone_then(&key, answer.err()),
        })
        .into()
    }

    fn apply(&self, change: &MembershipChange) -> Exchange<Applied> {
        let key = change.group.clone();
        let order: Vec<PersonKey> = change
            .steps
            .iter()
            .map(|step| step.person.clone())
            .collect();
        let mut outcomes = Vec::new();
        let mut steps = Vec::new();
        for step in &change.steps {
            match no_call(step) {
                Some(why) => outcomes.push((
                    step.person.clone(),
                    Outcome::Refused {
                        words: why.to_owned(),
                    },
                )),
                None => steps.push(step.clone()),
            }
        }
        if steps.is_empty() {
            return Turn::ok(Applied {
                outcomes,
                group: None,
            })
            .into();
        }
        if !steps.iter().any(|step| step.change.needs_fresh_read()) {
            return send_steps(key, steps, outcomes, order).into();
        }
        get_then(&key.clone(), move |read| {
            let group = match read {
                Ok(group) => group,
                Err(error) => return Turn::err(error),
            };
            let mut fits = Vec::new();
            for step in steps {
                match roles_now(&group, &step.person) {
                    Some(now) if step.change.still_fits(&now) => fits.push(step),
                    Some(now) => outcomes.push((step.person, Outcome::Overtaken { now })),
                    None => return Turn::err(nobody_listed()),
                }
            }
            if fits.is_empty() {
                sort_as(&order, &mut outcomes);
                return Turn::ok(Applied {
                    outcomes,
                    group: Some(group),
                });
            }
            send_steps(key, fits, outcomes, order)
        })
        .into()
    }

    fn is_shown(&self, change: &PersonChange, now: &Roles) -> bool {
        is_shown(change, now)
    }

    fn leave(&self, key: &GroupKey, _: Option<&PersonKey>) -> Exchange<()> {
        let key = key.clone();
        let request = Request {
            method: Method::Post,
            target: format!("{}/leave", target(&key)),
            body: None,
            if_none_match: None,
        };
        Turn::send(request, move |reply| match written(reply) {
            Err(error) if !error.leaves_doubt() => Turn::err(error),
            answer => gone_then(&key, answer.err()),
        })
        .into()
    }

    fn transfer(&self, key: &GroupKey, to: &PersonKey) -> Exchange<Group> {
        let Ok(user_id) = to.as_str().parse::<i64>() else {
            return Turn::err(ApiError::Unsupported(NO_NUMBER)).into();
        };
        let (key, to) = (key.clone(), to.clone());
        let request = Request::with_json(
            Method::Patch,
            target(&key),
            &json!({"transfer_ownership": user_id}),
        );
        Turn::send(request, move |reply| {
            let answer = written(reply);
            if let Err(error) = &answer
                && !error.leaves_doubt()
            {
                return Turn::err(error.clone());
            }
            get_then(&key, move |read| match read {
                Ok(group)
                    if group
                        .members
                        .find(&to)
                        .is_some_and(|m| m.roles.contains(&OWNER)) =>
                {
                    Turn::ok(group)
                }
                Ok(group) => {
                    let read = match group.members {
                        Members::Listed(_) => ReadBack::NotShown,
                        Members::NotListed => ReadBack::Impossible,
                    };
                    unconfirmed(answer.err(), read)
                }
                Err(error) => {
                    unconfirmed(Some(answer.err().unwrap_or(error)), ReadBack::Impossible)
                }
            })
        })
        .into()
    }

    fn presence(&self, key: &GroupKey) -> Exchange<Presence> {
        presence_then(key, finish).into()
    }
}

/// Proves by the list that a group is gone from it, after a delete or a leave.
fn gone_then(key: &GroupKey, doubt: Option<ApiError>) -> Turn {
    presence_then(key, move |presence| match (presence, doubt) {
        (Ok(Presence::Gone), _) => Turn::ok(()),
        (Ok(Presence::There), doubt) => unconfirmed(doubt, ReadBack::NotShown),
        (Err(why), None) => Turn::done(
            (),
            vec![Undone {
                step: UndoneStep::ReadAgain,
                why,
            }],
        ),
        (Err(_), Some(error)) => unconfirmed(Some(error), ReadBack::Impossible),
    })
}

/// Runs the second half of a creation: its failure does not unmake the group.
fn describe(turn: Turn, made: Group) -> Turn {
    match turn {
        Turn::Send(call, then) => Turn::send(call, move |reply| describe(then(reply), made)),
        Turn::Done(Err(why)) => Turn::done(
            made,
            vec![Undone {
                step: UndoneStep::Describe,
                why,
            }],
        ),
        done @ Turn::Done(Ok(_)) => done,
    }
}
