//! Requests out and the head of replies in, as plain values.

/// The methods that the contracts use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; may be sent again without harm.
    Get,
    /// Creates, or changes membership.
    Post,
    /// Changes fields.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether it only reads, so that it may be sent again when no answer came.
    #[must_use]
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Get)
    }
}

/// A request, but for the server's address and the token, which only the sender knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query from the server's address on: begins with `/`, percent-encoded.
    pub target: String,
    /// A JSON body, to be sent as `application/json`.
    pub body: Option<Vec<u8>>,
    /// To be sent as `If-None-Match`: answer with 304 if this is still how things stand.
    pub if_none_match: Option<String>,
}

impl Request {
    pub(crate) fn get(target: String) -> Self {
        Self {
            method: Method::Get,
            target,
            body: None,
            if_none_match: None,
        }
    }

    pub(crate) fn with_json(method: Method, target: String, body: &serde_json::Value) -> Self {
        Self {
            method,
            target,
            body: Some(json_text(body).into_bytes()),
            if_none_match: None,
        }
    }
}

/// A JSON value as a text.
///
/// Its `Display` is the same for as long as nobody wants it indented, and brings the code for that along.
#[must_use]
pub fn json_text(value: &serde_json::Value) -> String {
    // Nothing can go wrong: its keys are texts, and a text takes all that is written to it.
    serde_json::to_string(value).unwrap_or_default()
}

/// What of a reply's head matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The HTTP status, 100 to 599.
    pub status: u16,
    /// `Retry-After` as sent: seconds, or an HTTP date that is not understood here.
    pub retry_after: Option<String>,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// `ETag` as sent.
    pub etag: Option<String>,
}
