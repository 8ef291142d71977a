//! `/config.json`: what the app learns from the server that delivers it.

use crate::upstream::Upstreams;
use crate::{App, Others, demo, reply};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;

/// The connections offered, whether others may be added, and in demo mode the people to try as.
pub(crate) fn of(upstreams: &Upstreams, others: Others, demo: bool) -> Value {
    let connections: Vec<Value> = upstreams
        .iter()
        .map(|up| {
            json!({
                "name": up.name,
                "system": up.system.word(),
                "server": format!("/up/{}", up.name),
            })
        })
        .collect();
    let mut config = json!({ "connections": connections, "add": others == Others::Allowed });
    if demo && let Some(object) = config.as_object_mut() {
        let people: Vec<Value> = demo::PEOPLE
            .iter()
            .map(|(user, token, about)| json!({ "user": user, "token": token, "about": about }))
            .collect();
        object.insert("demo".to_owned(), json!({ "people": people }));
    }
    config
}

/// Answers with it.
pub(crate) async fn config(State(app): State<Arc<App>>) -> Response {
    let mut response = reply::json(StatusCode::OK, &app.config);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
