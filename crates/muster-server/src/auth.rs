//! Tokens: how they are made, how they are kept, and who stands behind one.
//!
//! A token is shown once, when it is made; the database holds its SHA-256 alone. A token of this server is 256
//! random bits, so a plain hash without salt or stretching is enough, and looking the hash up by its index tells
//! an attacker nothing about the token through timing.

use crate::fault::{Fault, Kind};
use axum::http::{HeaderMap, header};
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

/// The hash of a token; what is stored and looked up.
pub(crate) type TokenHash = [u8; 32];

/// The person behind a token.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub id: i64,
    pub site_admin: bool,
    pub manage_groups: bool,
}

/// Hashes a token for storing or looking up.
pub(crate) fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// A new token: `muster_` and 64 hexadecimal digits.
pub(crate) fn new_token() -> Result<String, Fault> {
    use std::fmt::Write as _;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Fault::internal(&e))?;
    let mut token = String::from("muster_");
    for byte in bytes {
        let _ = write!(token, "{byte:02x}");
    }
    Ok(token)
}

/// The hash of the bearer token of a request, if it has one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<TokenHash> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| hash(token))
}

/// The person behind a token, or the refusal that both contracts give.
pub(crate) fn caller(db: &Connection, token: Option<TokenHash>) -> Result<Caller, Fault> {
    let refused = || Fault::new(Kind::BadToken, "Invalid or missing token.");
    let hash = token.ok_or_else(refused)?;
    db.prepare_cached(
        "SELECT u.id, u.site_admin, u.manage_groups FROM tokens t JOIN users u ON u.id = t.user_id
         WHERE t.hash = ?1 AND u.removed = 0",
    )?
    .query_row([&hash[..]], |row| {
        Ok(Caller {
            id: row.get(0)?,
            site_admin: row.get(1)?,
            manage_groups: row.get(2)?,
        })
    })
    .optional()?
    .ok_or_else(refused)
}
