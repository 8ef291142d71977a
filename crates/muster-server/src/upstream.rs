//! `/up/NAME/…`: a contract's calls, passed on to a real system.
//!
//! Most real systems answer a browser of another origin nothing, so the app reaches them through its own origin.
//! Only the paths and methods of the contract pass, and of the headers only those that the contract needs. Replies
//! stream; a request is passed on when all of it is here, so that one that breaks off half-way does nothing. No cookie passes, no redirect is followed (it could carry the token elsewhere), and the
//! token is neither kept nor written anywhere.

use crate::BODY_LIMIT;
use crate::reply;
use crate::{App, Limits};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use reqwest::{Client, Url, redirect};
use serde_json::json;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection is kept for the next call: shorter than servers close theirs, so that a write does not
/// run into one that is closing.
const IDLE: Duration = Duration::from_secs(4);

const REQUEST_HEADERS: [HeaderName; 5] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::IF_NONE_MATCH,
];
const RESPONSE_HEADERS: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::ETAG,
    header::RETRY_AFTER,
];

/// Which contract a system speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// `/api/v1/groups`
    Instabase,
    /// `/api/account/groups`
    Snip,
}

impl System {
    /// The word for it in configuration and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Instabase => "instabase",
            Self::Snip => "snip",
        }
    }

    /// The methods that the contract has for a path; none where the path is not the contract's.
    fn methods(self, path: &str) -> &'static [Method] {
        let parts: Vec<&str> = path.split('/').collect();
        match (self, parts.as_slice()) {
            (Self::Instabase, ["api", "v1", "groups", "list"]) => &[Method::GET],
            (Self::Instabase, ["api", "v1", "groups", "group", name]) if is_plain(name) => {
                &[Method::GET, Method::POST, Method::PATCH, Method::DELETE]
            }
            (Self::Instabase, ["api", "v1", "groups", "group", name, "members"])
                if is_plain(name) =>
            {
                &[Method::POST]
            }
            (Self::Snip, ["api", "account", "groups"]) => &[Method::GET, Method::POST],
            (Self::Snip, ["api", "account", "groups", id]) if is_number(id) => {
                &[Method::GET, Method::PATCH, Method::DELETE]
            }
            (Self::Snip, ["api", "account", "groups", id, "leave"]) if is_number(id) => {
                &[Method::POST]
            }
            _ => &[],
        }
    }
}

/// A segment that stays one segment however it is read: no dots alone, nothing escaped.
fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 255
        && part
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.~".contains(&b))
        && part.bytes().any(|b| b != b'.')
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.len() <= 19 && part.bytes().all(|b| b.is_ascii_digit())
}

/// A system to pass calls on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// The name in `/up/NAME/`.
    pub name: String,
    /// The contract it speaks.
    pub system: System,
    /// Its address, up to where the contract's paths begin.
    pub url: Url,
}

impl FromStr for Upstream {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "write it as NAME=SYSTEM,URL, as in acme=instabase,https://groups.example.com";
        let (name, rest) = text.split_once('=').ok_or(form)?;
        let (system, url) = rest.split_once(',').ok_or(form)?;
        if !is_plain(name) || name.len() > 64 {
            return Err(format!(
                "the name {name:?} may hold 1 to 64 letters, digits, '_', '-', '.' and '~'; {form}"
            ));
        }
        let system = match system {
            "instabase" => System::Instabase,
            "snip" => System::Snip,
            _ => {
                return Err(format!(
                    "the system {system:?} is neither instabase nor snip"
                ));
            }
        };
        let url = Url::parse(url).map_err(|e| format!("{url:?} is not an address: {e}"))?;
        if !matches!(url.scheme(), "http" | "https")
            || url.host_str().is_none()
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(
                "the address must be http or https, without user, password, query or fragment"
                    .to_owned(),
            );
        }
        Ok(Self {
            name: name.to_owned(),
            system,
            url,
        })
    }
}

/// All upstreams, each with its client.
pub(crate) struct Upstreams(Vec<(Upstream, Client)>);

impl Upstreams {
    /// Makes the clients. Two upstreams of one name are a mistake.
    pub fn new(given: &[Upstream], limits: &Limits) -> Result<Self, String> {
        let mut made: Vec<(Upstream, Client)> = Vec::new();
        for upstream in given {
            if made.iter().any(|(other, _)| other.name == upstream.name) {
                return Err(format!("--upstream {} is given twice.", upstream.name));
            }
            let client = client(&upstream.url, limits)
                .map_err(|e| format!("--upstream {} cannot be used: {e}.", upstream.name))?;
            made.push((upstream.clone(), client));
        }
        Ok(Self(made))
    }

    /// The upstreams in the order given.
    pub fn iter(&self) -> impl Iterator<Item = &Upstream> {
        self.0.iter().map(|(upstream, _)| upstream)
    }
}

fn client(url: &Url, limits: &Limits) -> reqwest::Result<Client> {
    // Fails only where one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("muster-server/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(limits.connect)
        .read_timeout(limits.silence)
        .pool_idle_timeout(IDLE)
        .referer(false);
    if url.scheme() == "http" {
        // Nothing to verify, so the machine's certificates are not needed.
        builder = builder.tls_certs_only([]);
    }
    let local = match url.host() {
        Some(host) => match host.to_string().as_str() {
            "localhost" => true,
            text => text
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback()),
        },
        None => false,
    };
    if local {
        builder = builder.no_proxy();
    }
    builder.build()
}

fn refusal(status: StatusCode, words: &str) -> Response {
    reply::json(status, &json!({ "message": words }))
}

fn copy(from: &HeaderMap, to: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        if let Some(value) = from.get(name) {
            to.insert(name.clone(), value.clone());
        }
    }
}

/// Passes one call on.
pub(crate) async fn pass(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path();
    let Some((upstream, client, rest)) = path
        .strip_prefix("/up/")
        .and_then(|rest| rest.split_once('/'))
        .and_then(|(name, rest)| {
            let (upstream, client) = app.upstreams.0.iter().find(|(up, _)| up.name == name)?;
            Some((upstream, client, rest))
        })
    else {
        return refusal(StatusCode::NOT_FOUND, "There is no upstream of this name.");
    };
    let methods = upstream.system.methods(rest);
    if methods.is_empty() {
        return refusal(
            StatusCode::NOT_FOUND,
            "This path is not one of the calls that are passed on.",
        );
    }
    if !methods.contains(request.method()) {
        return refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            "This address does not take that method.",
        );
    }
    let mut url = upstream.url.clone();
    let base = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{base}/{rest}"));
    // Only one call has a query.
    url.set_query(request.uri().query().filter(|_| rest.ends_with("/list")));

    let (name, secure) = (upstream.name.clone(), url.scheme() == "https");
    let (parts, body) = request.into_parts();
    let whole = tokio::time::timeout(app.limits.request, Limited::new(body, BODY_LIMIT).collect());
    let body = match whole.await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, reply::TOO_LARGE);
        }
        Ok(Err(_)) => {
            return refusal(StatusCode::BAD_REQUEST, "The body did not arrive whole.");
        }
        Err(_) => {
            return refusal(StatusCode::REQUEST_TIMEOUT, "The request took too long.");
        }
    };
    let mut headers = HeaderMap::new();
    copy(&parts.headers, &mut headers, &REQUEST_HEADERS);
    let mut outgoing = client.request(parts.method.clone(), url);
    if parts.method != Method::GET {
        // With its length, none too: many systems do not take a chunked request.
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        outgoing = outgoing.body(body);
    }
    match outgoing.headers(headers).send().await {
        Ok(incoming) => answer(&name, incoming),
        Err(error) if error.is_timeout() => refusal(
            StatusCode::BAD_GATEWAY,
            &format!("The system behind \"{name}\" did not answer in time."),
        ),
        Err(error) if error.is_connect() => refusal(
            StatusCode::BAD_GATEWAY,
            &if secure {
                format!(
                    "The system behind \"{name}\" cannot be reached, or this machine does not trust its certificate."
                )
            } else {
                format!("The system behind \"{name}\" cannot be reached.")
            },
        ),
        Err(_) => refusal(
            StatusCode::BAD_GATEWAY,
            &format!("The system behind \"{name}\" broke off before it answered."),
        ),
    }
}

fn answer(name: &str, incoming: reqwest::Response) -> Response {
    let status = incoming.status();
    if (status.is_redirection() && status != StatusCode::NOT_MODIFIED) || status.is_informational()
    {
        return refusal(
            StatusCode::BAD_GATEWAY,
            &format!(
                "The system behind \"{name}\" answered with a redirect, which is not followed: it could take \
                 the token elsewhere. Check the address given to --upstream."
            ),
        );
    }
    let mut headers = HeaderMap::new();
    copy(incoming.headers(), &mut headers, &RESPONSE_HEADERS);
    let mut response = Response::new(Body::from_stream(incoming.bytes_stream()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
