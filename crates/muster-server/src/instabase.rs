//! The Instabase contract at `/api/v1/groups`.
//!
//! A call that fails is answered with HTTP 200 and `{"status":"ERROR","msg":…}`. Everybody with a token reads;
//! site admins and holders of `manage_groups` create; these and the admins of a group change it.

use crate::App;
use crate::auth::{self, Caller, TokenHash};
use crate::db::{gone, instabase as rows, users};
use crate::etag;
use crate::fault::{Fault, Kind};
use crate::pack;
use crate::quirks::Quirks;
use crate::reply::{self, RawBody};
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

type Name = Result<Path<String>, PathRejection>;

/// The routes of the contract.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/groups/list", get(list))
        .route(
            "/api/v1/groups/group/{name}",
            get(read).post(create).patch(update).delete(delete),
        )
        .route("/api/v1/groups/group/{name}/members", post(membership))
}

/// The contract's form of a refusal.
pub(crate) fn refusal(quirks: Quirks, fault: &Fault) -> Response {
    let mut body = json!({ "status": quirks.instabase_error(), "msg": fault.words });
    if let (Some(object), Some(details)) = (body.as_object_mut(), &fault.details) {
        object.insert("error_details".to_owned(), Value::Object(details.clone()));
    }
    let mut response = reply::json(quirks.instabase_status(fault.kind), &body);
    response.extensions_mut().insert(fault.kind);
    response
}

fn written(app: &App, result: Result<(), Fault>) -> Response {
    match result {
        Ok(()) if app.quirks.instabase_writes_answer() => reply::json(
            StatusCode::OK,
            &json!({ "status": app.quirks.instabase_ok() }),
        ),
        Ok(()) => reply::empty(StatusCode::OK),
        Err(fault) => refusal(app.quirks, &fault),
    }
}

fn name_of(path: Name) -> String {
    // A name that is not even text cannot be a group's: "not found" is the right answer to the empty name too.
    path.map(|Path(name)| name).unwrap_or_default()
}

/// The contract's rule for names.
fn check_name(name: &str) -> Result<(), Fault> {
    let legal = (3..=100).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if legal {
        Ok(())
    } else {
        Err(Fault::bad(format!(
            "Invalid group name ({name}): a name has 3 to 100 letters, digits and underscores"
        )))
    }
}

/// Who may change this group: site admins, holders of `manage_groups`, its admins.
fn may_change(db: &Connection, caller: &Caller, group: i64, name: &str) -> Result<(), Fault> {
    if caller.site_admin || caller.manage_groups || rows::is_admin(db, group, caller.id)? {
        Ok(())
    } else {
        Err(Fault::new(
            Kind::NotPermitted,
            format!("You are not permitted to change group ({name})"),
        ))
    }
}

/// One text field. `null` counts as absent.
fn text(object: &Map<String, Value>, key: &str) -> Result<Option<String>, Fault> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Fault::bad(format!("The field {key} must be a string"))),
    }
}

fn fields(body: RawBody) -> Result<rows::Fields, Fault> {
    let object = reply::object(body)?;
    Ok(rows::Fields {
        new_name: text(&object, "new_name")?,
        full_name: text(&object, "full_name")?,
        description: text(&object, "description")?,
        photo: text(&object, "profile_photo_url")?,
    })
}

/// Whether the client of a list has it already: told without waiting for a turn among the lists.
async fn unchanged(
    app: &App,
    token: Option<TokenHash>,
    had: String,
) -> Option<Result<String, Fault>> {
    let quirks = app.quirks;
    app.db
        .read(move |db| {
            auth::caller(db, token)?;
            let tag = etag::current(db, quirks, 0)?;
            Ok(etag::same(Some(&had), &tag).then_some(tag))
        })
        .await
        .transpose()
}

async fn list(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    let token = auth::bearer(&headers);
    let accepted = pack::accepted(&headers);
    let query = Query::<Vec<(String, String)>>::try_from_uri(&uri);
    let quirks = app.quirks;
    if query.is_ok()
        && let Some(had) = etag::had(&headers)
    {
        match unchanged(&app, token, had).await {
            Some(Ok(tag)) => return reply::unchanged(&tag, accepted),
            Some(Err(fault)) => return refusal(quirks, &fault),
            None => {}
        }
    }
    let known = app.db.people();
    let sent = app
        .db
        .stream(accepted, move |db, out| {
            auth::caller(db, token)?;
            let Query(query) =
                query.map_err(|_| Fault::bad("The query of the address cannot be read"))?;
            let last = |key: &str| {
                query
                    .iter()
                    .rev()
                    .find(|(k, _)| k == key)
                    .map(|(_, v)| v.as_str())
            };
            let with_people = last("get_members").is_some_and(|v| v.eq_ignore_ascii_case("true"));
            let username = last("username").filter(|name| !name.is_empty());
            // What is listed is the same for everybody: no viewer in the tag.
            out.head(etag::current(db, quirks, 0)?);
            write!(
                out,
                "{{\"status\":\"{}\",\"groups\":[",
                quirks.instabase_ok()
            )
            .map_err(|_| gone())?;
            let known = with_people.then_some(&*known);
            rows::list(db, quirks, username, known, out)?;
            write!(out, "]}}").map_err(|_| gone())
        })
        .await;
    match sent {
        Ok(sent) => reply::tagged_json(sent.body, sent.coding, &sent.head),
        Err(fault) => refusal(quirks, &fault),
    }
}

async fn read(State(app): State<Arc<App>>, name: Name, headers: HeaderMap) -> Response {
    let token = auth::bearer(&headers);
    let accepted = pack::accepted(&headers);
    let had = etag::had(&headers);
    let name = name_of(name);
    let quirks = app.quirks;
    let known = app.db.people();
    let result = app
        .db
        .read(move |db| {
            auth::caller(db, token)?;
            let id = rows::known(db, quirks, &name)?;
            let tag = etag::current(db, quirks, 0)?;
            if etag::same(had.as_deref(), &tag) {
                return Ok((tag, None));
            }
            let mut text =
                format!("{{\"status\":\"{}\",\"group\":", quirks.instabase_ok()).into_bytes();
            rows::get(db, quirks, &known, id, &mut text)?;
            text.push(b'}');
            Ok((tag, Some(text)))
        })
        .await;
    match result {
        Ok((tag, None)) => reply::unchanged(&tag, accepted),
        Ok((tag, Some(text))) => reply::packed(text, accepted, &tag).await,
        Err(fault) => refusal(quirks, &fault),
    }
}

async fn create(
    State(app): State<Arc<App>>,
    name: Name,
    headers: HeaderMap,
    body: RawBody,
) -> Response {
    let token = auth::bearer(&headers);
    let name = name_of(name);
    let fields = fields(body);
    let quirks = app.quirks;
    let result = app
        .db
        .write(move |db| {
            let caller = auth::caller(db, token)?;
            if !(caller.site_admin || caller.manage_groups) {
                return Err(Fault::new(
                    Kind::NotPermitted,
                    "You are not permitted to create groups",
                ));
            }
            check_name(&name)?;
            rows::create(db, quirks, &name, &fields?).map(drop)
        })
        .await;
    written(&app, result)
}

/// Runs a change of a group after what every change asks: who is it, is there such a group, may they.
async fn change(
    app: &App,
    token: Option<TokenHash>,
    name: String,
    job: impl FnOnce(&Connection, i64) -> Result<Option<Fault>, Fault> + Send + 'static,
) -> Response {
    let quirks = app.quirks;
    let result = app
        .db
        .write(move |db| {
            let caller = auth::caller(db, token)?;
            let id = rows::known(db, quirks, &name)?;
            may_change(db, &caller, id, &name)?;
            job(db, id)
        })
        .await;
    // A partial failure is committed and still told as a failure.
    written(app, result.and_then(|partial| partial.map_or(Ok(()), Err)))
}

async fn update(
    State(app): State<Arc<App>>,
    name: Name,
    headers: HeaderMap,
    body: RawBody,
) -> Response {
    let fields = fields(body);
    let quirks = app.quirks;
    change(&app, auth::bearer(&headers), name_of(name), move |db, id| {
        let fields = fields?;
        if fields.new_name.is_none()
            && fields.full_name.is_none()
            && fields.description.is_none()
            && fields.photo.is_none()
        {
            return Err(Fault::bad(
                "A request must provide a new group name, a new display name, a new description \
                 or a new profile photo URL",
            ));
        }
        if let Some(name) = &fields.new_name {
            check_name(name)?;
        }
        if fields.full_name.as_deref() == Some("") {
            return Err(Fault::bad("The field full_name must not be empty"));
        }
        rows::update(db, quirks, id, &fields)?;
        Ok(None)
    })
    .await
}

async fn delete(State(app): State<Arc<App>>, name: Name, headers: HeaderMap) -> Response {
    change(&app, auth::bearer(&headers), name_of(name), |db, id| {
        rows::delete(db, id)?;
        Ok(None)
    })
    .await
}

/// Who is granted (`true`) or revoked (`false`) which role.
type Wishes = BTreeMap<&'static str, BTreeMap<String, bool>>;

fn wishes(body: RawBody) -> Result<Wishes, Fault> {
    let object = reply::object(body)?;
    let mut wishes = Wishes::new();
    for role in ["admin", "member"] {
        let people = match object.get(role) {
            None | Some(Value::Null) => continue,
            Some(Value::Object(people)) => people,
            Some(_) => {
                return Err(Fault::bad(format!(
                    "The field {role} must be an object of usernames"
                )));
            }
        };
        let mut of_role = BTreeMap::new();
        for (user, held) in people {
            let held = held.as_bool().ok_or_else(|| {
                Fault::bad(format!("The field {role}.{user} must be true or false"))
            })?;
            of_role.insert(user.clone(), held);
        }
        wishes.insert(role, of_role);
    }
    if wishes.is_empty() {
        return Err(Fault::bad(
            "A request must provide admin or member, each an object of usernames",
        ));
    }
    Ok(wishes)
}

async fn membership(
    State(app): State<Arc<App>>,
    name: Name,
    headers: HeaderMap,
    body: RawBody,
) -> Response {
    let wishes = wishes(body);
    let quirks = app.quirks;
    change(
        &app,
        auth::bearer(&headers),
        name_of(name),
        move |db, id| {
            let mut failed = Fault::new(Kind::Partial, "Failed to add all members.");
            for (role, people) in wishes? {
                for (user, held) in people {
                    match users::find(db, &user)? {
                        Some(found) => rows::set_role(db, id, found, role, held)?,
                        None => {
                            failed = failed.detail(
                                &quirks.instabase_detail_key(&user),
                                format!("User ({user}) not found"),
                            );
                        }
                    }
                }
            }
            rows::touch(db, id)?;
            Ok(failed.details.is_some().then_some(failed))
        },
    )
    .await
}
