//! The snip contract at `/api/account/groups`.
//!
//! Where the real server's rules are unknown: an owner does everything; a moderator changes name and description
//! and takes plain members out; a member reads and leaves; an owner hands the group over before leaving. Who is
//! not in a group cannot tell whether it exists. A PATCH is checked as a whole before any of it is applied.

use crate::App;
use crate::auth;
use crate::db::gone;
use crate::db::snip as rows;
use crate::db::snip::Role;
use crate::etag;
use crate::fault::{Fault, Kind};
use crate::pack;
use crate::quirks::Quirks;
use crate::reply::{self, RawBody};
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Arc;

type Id = Result<Path<String>, PathRejection>;

/// The routes of the contract.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/account/groups", get(list).post(create))
        .route(
            "/api/account/groups/{id}",
            get(read).patch(modify).delete(delete),
        )
        .route("/api/account/groups/{id}/leave", post(leave))
}

/// The contract's form of a refusal.
pub(crate) fn refusal(quirks: Quirks, fault: &Fault) -> Response {
    let mut body = json!({ "message": fault.words });
    if let (Some(object), Some(details)) = (body.as_object_mut(), &fault.details) {
        object.insert("details".to_owned(), Value::Object(details.clone()));
    }
    let mut response = reply::json(quirks.snip_status(fault.kind), &body);
    response.extensions_mut().insert(fault.kind);
    response
}

/// The id of the path; what is no id belongs to no group, and no group has the id 0.
fn id_of(path: Id) -> i64 {
    path.ok().and_then(|Path(id)| id.parse().ok()).unwrap_or(0)
}

async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let token = auth::bearer(&headers);
    let accepted = pack::accepted(&headers);
    let quirks = app.quirks;
    if let Some(had) = etag::had(&headers) {
        // Told without waiting for a turn among the lists.
        let same = app.db.read(move |db| {
            let caller = auth::caller(db, token)?;
            let tag = etag::current(db, quirks, caller.id)?;
            Ok(etag::same(Some(&had), &tag).then_some(tag))
        });
        match same.await {
            Ok(Some(tag)) => return reply::unchanged(&tag, accepted),
            Err(fault) => return refusal(quirks, &fault),
            Ok(None) => {}
        }
    }
    let sent = app
        .db
        .stream(accepted, move |db, out| {
            let caller = auth::caller(db, token)?;
            out.head(etag::current(db, quirks, caller.id)?);
            out.write_all(b"[").map_err(|_| gone())?;
            rows::list(db, quirks, caller.id, out)?;
            out.write_all(b"]").map_err(|_| gone())
        })
        .await;
    match sent {
        Ok(sent) => reply::tagged_json(sent.body, sent.coding, &sent.head),
        Err(fault) => refusal(quirks, &fault),
    }
}

async fn read(State(app): State<Arc<App>>, id: Id, headers: HeaderMap) -> Response {
    let token = auth::bearer(&headers);
    let accepted = pack::accepted(&headers);
    let had = etag::had(&headers);
    let id = id_of(id);
    let quirks = app.quirks;
    let result = app
        .db
        .read(move |db| {
            let caller = auth::caller(db, token)?;
            rows::known(db, id, caller.id)?;
            let tag = etag::current(db, quirks, caller.id)?;
            if etag::same(had.as_deref(), &tag) {
                return Ok((tag, None));
            }
            let group = rows::get(db, quirks, id, caller.id)?;
            let text = serde_json::to_vec(&group).map_err(|e| Fault::internal(&e))?;
            Ok((tag, Some(text)))
        })
        .await;
    match result {
        Ok((tag, None)) => reply::unchanged(&tag, accepted),
        Ok((tag, Some(text))) => reply::packed(text, accepted, &tag).await,
        Err(fault) => refusal(quirks, &fault),
    }
}

/// The rule for names: 3 to 255 characters.
fn check_name(name: &str) -> Result<(), Fault> {
    if (3..=255).contains(&name.chars().count()) {
        Ok(())
    } else {
        Err(Fault::bad("A group name has 3 to 255 characters.").detail("field", "name"))
    }
}

/// Refuses fields that the contract does not have, rather than leaving the caller to believe in them.
fn only(object: &Map<String, Value>, known: &[&str]) -> Result<(), Fault> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => {
            Err(Fault::bad(format!("Unknown field: {key}.")).detail("field", key.as_str()))
        }
        None => Ok(()),
    }
}

fn text(object: &Map<String, Value>, key: &str) -> Result<Option<String>, Fault> {
    match object.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => {
            Err(Fault::bad(format!("The field {key} must be a string.")).detail("field", key))
        }
    }
}

async fn create(State(app): State<Arc<App>>, headers: HeaderMap, body: RawBody) -> Response {
    let token = auth::bearer(&headers);
    let name = reply::object(body).and_then(|object| {
        only(&object, &["name"])?;
        let name = text(&object, "name")?
            .ok_or_else(|| Fault::bad("The field name is missing.").detail("field", "name"))?;
        check_name(&name)?;
        Ok(name)
    });
    let quirks = app.quirks;
    let result = app
        .db
        .write(move |db| {
            let caller = auth::caller(db, token)?;
            let id = rows::create(db, &name?, caller.id)?;
            rows::get(db, quirks, id, caller.id)
        })
        .await;
    match result {
        Ok(group) => reply::json(quirks.snip_created(), &group),
        Err(fault) => refusal(quirks, &fault),
    }
}

/// A PATCH as it was sent.
#[derive(Debug, Default)]
struct Patch {
    name: Option<String>,
    description: Option<String>,
    roles: BTreeMap<i64, Role>,
    removals: BTreeSet<i64>,
    new_owner: Option<i64>,
}

impl Patch {
    fn parse(body: RawBody) -> Result<Self, Fault> {
        let object = reply::object(body)?;
        only(
            &object,
            &[
                "name",
                "description",
                "update_member_roles",
                "remove_members",
                "transfer_ownership",
            ],
        )?;
        let wrong = |key: &str, what: &str| {
            Fault::bad(format!("The field {key} must be {what}.")).detail("field", key)
        };
        let twice = |user: i64| {
            Fault::bad(format!("User {user} is named more than once.")).detail("user_id", user)
        };
        let mut patch = Self {
            name: text(&object, "name")?,
            description: text(&object, "description")?,
            ..Self::default()
        };
        if let Some(name) = &patch.name {
            check_name(name)?;
        }
        if let Some(roles) = object.get("update_member_roles") {
            let form = || {
                wrong(
                    "update_member_roles",
                    "a list of {user_id, role}, with the role moderator or member",
                )
            };
            for entry in roles.as_array().ok_or_else(form)? {
                let user = entry
                    .get("user_id")
                    .and_then(Value::as_i64)
                    .ok_or_else(form)?;
                let role = match entry.get("role").and_then(Value::as_str) {
                    Some("moderator") => Role::Moderator,
                    Some("member") => Role::Member,
                    _ => return Err(form()),
                };
                if patch.roles.insert(user, role).is_some() {
                    return Err(twice(user));
                }
            }
        }
        if let Some(removals) = object.get("remove_members") {
            let form = || wrong("remove_members", "a list of user ids");
            for entry in removals.as_array().ok_or_else(form)? {
                let user = entry.as_i64().ok_or_else(form)?;
                if !patch.removals.insert(user) || patch.roles.contains_key(&user) {
                    return Err(twice(user));
                }
            }
        }
        if let Some(owner) = object.get("transfer_ownership") {
            let user = owner
                .as_i64()
                .ok_or_else(|| wrong("transfer_ownership", "a user id"))?;
            if patch.removals.contains(&user) || patch.roles.contains_key(&user) {
                return Err(twice(user));
            }
            patch.new_owner = Some(user);
        }
        Ok(patch)
    }

    /// Checks all of it against the rules and the group as it is.
    fn check(&self, db: &Connection, group: i64, caller: i64, mine: Role) -> Result<(), Fault> {
        let not_yours = |words: &str| Fault::new(Kind::NotPermitted, words);
        if mine == Role::Member {
            return Err(not_yours("A member may read and leave this group only."));
        }
        let held = |user: i64| {
            rows::role(db, group, user)?.ok_or_else(|| {
                Fault::bad(format!("User {user} is not a member of this group."))
                    .detail("user_id", user)
            })
        };
        if mine != Role::Owner && !self.roles.is_empty() {
            return Err(not_yours("Only the owner may change roles."));
        }
        if mine != Role::Owner && self.new_owner.is_some() {
            return Err(not_yours("Only the owner may transfer ownership."));
        }
        for &user in self.roles.keys() {
            if held(user)? == Role::Owner {
                return Err(
                    Fault::bad("The owner's role changes by transferring ownership only.")
                        .detail("user_id", user),
                );
            }
        }
        for &user in &self.removals {
            match (held(user)?, mine) {
                (Role::Owner, Role::Owner) => {
                    return Err(Fault::bad("The owner cannot be removed.").detail("user_id", user));
                }
                (Role::Member, _) | (_, Role::Owner) => {}
                _ => return Err(not_yours("A moderator may remove plain members only.")),
            }
        }
        if let Some(user) = self.new_owner {
            held(user)?;
            if user == caller {
                return Err(Fault::bad("You are the owner already.").detail("user_id", user));
            }
        }
        Ok(())
    }

    /// Applies what [`Patch::check`] has let through.
    fn apply(&self, db: &Connection, quirks: Quirks, group: i64, caller: i64) -> Result<(), Fault> {
        rows::update(db, group, self.name.as_deref(), self.description.as_deref())?;
        for &user in &self.removals {
            rows::remove(db, group, user)?;
        }
        for (&user, role) in &self.roles {
            rows::set_role(db, group, user, role.word())?;
        }
        if let Some(user) = self.new_owner {
            // The old owner first: a group never has two.
            rows::set_role(db, group, caller, quirks.snip_old_owner())?;
            rows::set_role(db, group, user, Role::Owner.word())?;
        }
        Ok(())
    }
}

async fn modify(
    State(app): State<Arc<App>>,
    id: Id,
    headers: HeaderMap,
    body: RawBody,
) -> Response {
    let token = auth::bearer(&headers);
    let id = id_of(id);
    let patch = Patch::parse(body);
    let quirks = app.quirks;
    let result = app
        .db
        .write(move |db| {
            let caller = auth::caller(db, token)?;
            let mine = rows::known(db, id, caller.id)?;
            let patch = patch?;
            patch.check(db, id, caller.id, mine)?;
            patch.apply(db, quirks, id, caller.id)?;
            rows::get(db, quirks, id, caller.id)
        })
        .await;
    match result {
        Ok(group) if quirks.snip_patch_answers() => reply::json(StatusCode::OK, &group),
        Ok(_) => reply::empty(StatusCode::NO_CONTENT),
        Err(fault) => refusal(quirks, &fault),
    }
}

fn ended(quirks: Quirks, result: Result<(), Fault>, words: &str) -> Response {
    match result {
        Ok(()) if quirks.snip_ends_answer() => {
            reply::json(StatusCode::OK, &json!({ "message": words }))
        }
        Ok(()) => reply::empty(StatusCode::NO_CONTENT),
        Err(fault) => refusal(quirks, &fault),
    }
}

async fn delete(State(app): State<Arc<App>>, id: Id, headers: HeaderMap) -> Response {
    let token = auth::bearer(&headers);
    let id = id_of(id);
    let result = app
        .db
        .write(move |db| {
            let caller = auth::caller(db, token)?;
            if rows::known(db, id, caller.id)? != Role::Owner {
                return Err(Fault::new(
                    Kind::NotPermitted,
                    "Only the owner may delete this group.",
                ));
            }
            crate::db::instabase::delete(db, id)
        })
        .await;
    ended(app.quirks, result, "Group deleted.")
}

async fn leave(State(app): State<Arc<App>>, id: Id, headers: HeaderMap) -> Response {
    let token = auth::bearer(&headers);
    let id = id_of(id);
    let result = app
        .db
        .write(move |db| {
            let caller = auth::caller(db, token)?;
            if rows::known(db, id, caller.id)? == Role::Owner {
                return Err(Fault::bad(
                    "The owner cannot leave. Transfer ownership first, or delete the group.",
                ));
            }
            rows::remove(db, id, caller.id)
        })
        .await;
    ended(app.quirks, result, "You left the group.")
}
