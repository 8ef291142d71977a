//! Other origins: let in by name alone, preflights answered without a token.

use crate::App;
use crate::reply;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, if-none-match");
const EXPOSED: HeaderValue = HeaderValue::from_static("ETag, Retry-After");
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The origins that may call.
pub(crate) struct Origins(Vec<HeaderValue>);

impl Origins {
    /// Checks that each is an origin: scheme, host and port, no wildcard.
    pub fn new(given: &[String]) -> Result<Self, String> {
        given
            .iter()
            .map(|text| {
                reqwest::Url::parse(text)
                    .ok()
                    .filter(|url| {
                        matches!(url.scheme(), "http" | "https")
                            && url.path() == "/"
                            && url.query().is_none()
                            && url.fragment().is_none()
                            && url.username().is_empty()
                            && url.password().is_none()
                    })
                    .and_then(|url| {
                        HeaderValue::from_str(&url.origin().ascii_serialization()).ok()
                    })
                    .ok_or_else(|| {
                        format!(
                            "--allow-origin {text} is not an origin. Write it as https://host or http://host:port."
                        )
                    })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The origin of a request, where it is one of ours.
    fn of(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        self.0.contains(origin).then(|| origin.clone())
    }
}

/// Answers preflights and marks the replies that another origin may read.
pub(crate) async fn cors(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let origin = app.origins.of(request.headers());
    let mut response = if request.method() == Method::OPTIONS {
        let mut response = reply::empty(StatusCode::NO_CONTENT);
        if origin.is_some() {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        }
        response
    } else {
        next.run(request).await
    };
    if !app.origins.0.is_empty() {
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
    response
}
