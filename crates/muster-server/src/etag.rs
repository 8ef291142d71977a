//! ETags: one number for the whole database, which goes up with every write.
//!
//! A tag names the database, its revision and, where replies differ by person, the viewer. It is compared for one
//! address at a time, so the address needs no part in it.

use crate::fault::Fault;
use crate::pack::Coding;
use crate::quirks::Quirks;
use axum::http::{HeaderMap, HeaderValue, header};
use rusqlite::Connection;

/// The tag of everything that `viewer` may read now.
pub(crate) fn current(db: &Connection, quirks: Quirks, viewer: i64) -> Result<String, Fault> {
    Ok(db
        .prepare_cached("SELECT tag, revision FROM meta")?
        .query_row([], |row| {
            let (tag, revision): (String, i64) = (row.get(0)?, row.get(1)?);
            Ok(format!(
                "\"{tag}-{revision}-{viewer}{}\"",
                quirks.etag_mark()
            ))
        })?)
}

/// What the client has already, from `If-None-Match`.
pub(crate) fn had(headers: &HeaderMap) -> Option<String> {
    headers
        .get(header::IF_NONE_MATCH)?
        .to_str()
        .ok()
        .map(str::to_owned)
}

/// Whether the client has this state. Weak comparison: tags of compressed replies are weak, and proxies that
/// compress make them so.
pub(crate) fn same(had: Option<&str>, tag: &str) -> bool {
    had.is_some_and(|list| {
        list.split(',')
            .map(str::trim)
            .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
    })
}

/// Marks a reply with the tag: a weak one where it is compressed, for a strong one stands for the same bytes.
pub(crate) fn put(headers: &mut HeaderMap, tag: &str, coding: Coding) {
    let text = match coding {
        Coding::Plain => tag.to_owned(),
        Coding::Brotli => format!("W/{tag}"),
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(header::ETAG, value);
    }
}
