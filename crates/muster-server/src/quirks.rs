//! The unknowns of the contracts, each answered in one of two ways.
//!
//! Where a contract marks something as unknown, a client must cope with every reasonable answer. Without
//! `--quirks` this server answers as the contract expects; with it, the other way. Every such choice is one
//! function here, so that the handlers read as the contract does.

use crate::fault::Kind;
use axum::http::StatusCode;

/// Which of the two ways the unknowns are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quirks {
    odd: bool,
}

impl Quirks {
    /// `odd` turns every unknown the other way.
    #[must_use]
    pub const fn new(odd: bool) -> Self {
        Self { odd }
    }

    /// Tells the two ways apart in ETags: a database may be served in one and then in the other.
    pub(crate) const fn etag_mark(self) -> &'static str {
        if self.odd { "q" } else { "" }
    }

    // ---- Instabase ----

    /// The word in `status` of a call that worked.
    pub(crate) const fn instabase_ok(self) -> &'static str {
        if self.odd { "ok" } else { "OK" }
    }

    /// The word in `status` of a call that failed.
    pub(crate) const fn instabase_error(self) -> &'static str {
        if self.odd { "error" } else { "ERROR" }
    }

    /// The HTTP status of a refusal: 200 for every one that the contract knows, or one that tells.
    pub(crate) const fn instabase_status(self, kind: Kind) -> StatusCode {
        match kind {
            Kind::BadToken
            | Kind::NotPermitted
            | Kind::NotFound
            | Kind::Conflict
            | Kind::Bad
            | Kind::Partial
                if !self.odd =>
            {
                StatusCode::OK
            }
            _ => http_status(kind),
        }
    }

    /// Whether a write that worked is answered with a body at all.
    pub(crate) const fn instabase_writes_answer(self) -> bool {
        !self.odd
    }

    /// The key of a person in `error_details`.
    pub(crate) fn instabase_detail_key(self, user: &str) -> String {
        if self.odd {
            format!("User {user}")
        } else {
            user.to_owned()
        }
    }

    /// Whether admins are listed among the members as well.
    pub(crate) const fn instabase_admins_are_members(self) -> bool {
        self.odd
    }

    /// Whether a group without description still has the key `description`.
    pub(crate) const fn instabase_empty_description(self) -> bool {
        !self.odd
    }

    /// How group names are compared, as SQL.
    pub(crate) const fn instabase_name_collation(self) -> &'static str {
        if self.odd { "NOCASE" } else { "BINARY" }
    }

    // ---- snip ----

    /// The HTTP status of a refusal.
    pub(crate) const fn snip_status(self, kind: Kind) -> StatusCode {
        match kind {
            Kind::NotFound if self.odd => StatusCode::FORBIDDEN,
            Kind::Conflict | Kind::Partial => StatusCode::BAD_REQUEST,
            _ => http_status(kind),
        }
    }

    /// The status of a creation.
    pub(crate) const fn snip_created(self) -> StatusCode {
        if self.odd {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        }
    }

    /// Whether a change is answered with the group.
    pub(crate) const fn snip_patch_answers(self) -> bool {
        !self.odd
    }

    /// Whether deleting and leaving are answered with a body.
    pub(crate) const fn snip_ends_answer(self) -> bool {
        self.odd
    }

    /// What an owner becomes who hands the group over.
    pub(crate) const fn snip_old_owner(self) -> &'static str {
        if self.odd { "member" } else { "moderator" }
    }

    /// The form of a datetime for SQLite's `strftime`, and by how many seconds it is shifted for its offset.
    pub(crate) const fn snip_datetime(self) -> (&'static str, i64) {
        if self.odd {
            ("%Y-%m-%dT%H:%M:%S+02:00", 7200)
        } else {
            ("%Y-%m-%dT%H:%M:%S.000Z", 0)
        }
    }
}

/// The plain HTTP meaning of a refusal.
pub(crate) const fn http_status(kind: Kind) -> StatusCode {
    match kind {
        Kind::BadToken => StatusCode::UNAUTHORIZED,
        Kind::NotPermitted => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Bad | Kind::Partial => StatusCode::BAD_REQUEST,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::TimedOut => StatusCode::REQUEST_TIMEOUT,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
