//! Replies and request bodies that both contracts share.

use crate::etag;
use crate::fault::{Fault, Kind};
use crate::pack::{self, Coding};
use crate::quirks::http_status;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Over the limit of bodies.
pub(crate) const TOO_LARGE: &str = "The body is larger than 1 MiB.";

/// What is compressed apart from the threads that serve everybody.
const LARGE: usize = 32 * 1024;

/// A body as axum hands it over: whole, or why not.
pub(crate) type RawBody = Result<Bytes, BytesRejection>;

/// A reply without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A JSON reply from a body that is JSON already.
pub(crate) fn json_body(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// A JSON reply, compressed or not, that may have been the other, with the tag of the state it shows.
pub(crate) fn tagged_json(body: impl Into<Body>, coding: Coding, tag: &str) -> Response {
    let mut response = json_body(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if coding == Coding::Brotli {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    etag::put(headers, tag, coding);
    response
}

/// As [`tagged_json`], of a whole text that is compressed where that helps.
pub(crate) async fn packed(text: Vec<u8>, accepted: Coding, tag: &str) -> Response {
    // A group of thousands keeps a core busy for some milliseconds: not one that serves everybody.
    let packed = if text.len() > LARGE {
        tokio::task::spawn_blocking(move || pack::whole(text, accepted))
            .await
            .unwrap_or_else(|e| Err(std::io::Error::other(e)))
    } else {
        pack::whole(text, accepted)
    };
    match packed {
        Ok((text, coding)) => tagged_json(text, coding, tag),
        Err(e) => message(&Fault::internal(&e)),
    }
}

/// The client has this state already.
pub(crate) fn unchanged(tag: &str, accepted: Coding) -> Response {
    let mut response = empty(StatusCode::NOT_MODIFIED);
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    etag::put(headers, tag, accepted);
    response
}

/// A JSON reply.
pub(crate) fn json<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => json_body(status, bytes),
        Err(e) => message(&Fault::internal(&e)),
    }
}

/// A refusal outside both contracts: an unknown path, an upstream that does not answer.
pub(crate) fn message(fault: &Fault) -> Response {
    json(http_status(fault.kind), &json!({ "message": fault.words }))
}

/// The JSON object that a request carries. Its declared content type does not matter.
pub(crate) fn object(body: RawBody) -> Result<Map<String, Value>, Fault> {
    let bytes = body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Fault::new(Kind::TooLarge, TOO_LARGE)
        } else {
            Fault::bad("The body did not arrive whole.")
        }
    })?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Fault::bad("The body must be a JSON object.")),
        Err(_) if bytes.is_empty() => Err(Fault::bad(
            "The body must be a JSON object, and it is empty.",
        )),
        Err(e) => Err(Fault::bad(format!("The body is not JSON: {e}."))),
    }
}
