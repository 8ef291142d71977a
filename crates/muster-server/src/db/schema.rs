//! The tables, and opening a file that may or may not hold them.

use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// The version of the tables below, kept in `PRAGMA user_version`.
const VERSION: i64 = 1;

/// "MSTR" in `PRAGMA application_id`: tells our files from every other SQLite file.
const APPLICATION: i64 = 0x4d53_5452;

/// How long it waits for one at the start: whoever starts a program by hand looks on.
const BUSY_AT_START: Duration = Duration::from_secs(3);

/// How long a connection waits for another's lock.
const BUSY: Duration = Duration::from_secs(10);

const TABLES: &str = "
CREATE TABLE meta (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    tag      TEXT    NOT NULL,             -- tells this database from any other, for ETags
    revision INTEGER NOT NULL DEFAULT 0,   -- goes up with every write, for ETags
    demo     INTEGER NOT NULL DEFAULT 0    -- filled by --demo: its tokens are known to everybody
) STRICT;

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE,
    site_admin    INTEGER NOT NULL DEFAULT 0,
    manage_groups INTEGER NOT NULL DEFAULT 0,
    removed       INTEGER NOT NULL DEFAULT 0 -- the account is gone, the name may still stand in groups
) STRICT;

CREATE TABLE credentials (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    kind       TEXT    NOT NULL DEFAULT 'password',
    email      TEXT    NOT NULL,
    verified   INTEGER NOT NULL DEFAULT 0,
    is_primary INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX credentials_by_user ON credentials (user_id, id);
CREATE UNIQUE INDEX one_primary_credential ON credentials (user_id) WHERE is_primary = 1;

CREATE TABLE tokens (
    hash    BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    user_id INTEGER NOT NULL REFERENCES users (id),
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- an id is never given twice, so ids have gaps
    system      TEXT    NOT NULL CHECK (system IN ('instabase', 'snip')),
    name        TEXT    NOT NULL,
    full_name   TEXT    NOT NULL DEFAULT '',
    description TEXT,
    photo       TEXT,
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX instabase_names ON groups (name) WHERE system = 'instabase';
CREATE INDEX instabase_order ON groups (name COLLATE NOCASE, name) WHERE system = 'instabase';

CREATE TABLE memberships (
    group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES users (id),
    role     TEXT    NOT NULL CHECK (role IN ('admin', 'member', 'owner', 'moderator')),
    joined   INTEGER NOT NULL,
    PRIMARY KEY (group_id, user_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_user ON memberships (user_id, group_id);
CREATE UNIQUE INDEX one_owner ON memberships (group_id) WHERE role = 'owner';
";

/// Opens a connection and sets what every connection needs.
pub(super) fn connect(path: &Path) -> Result<Connection, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    owned(path);
    let open = || -> rusqlite::Result<Connection> {
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(BUSY)?;
        db.set_prepared_statement_cache_capacity(64);
        // FULL: what was acknowledged is on the disk, also when the power fails.
        db.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")?;
        Ok(db)
    };
    open().map_err(|e| words(path, &e))
}

/// Makes a file that is not there yet for its owner alone: it holds e-mail addresses and the hashes of tokens. What SQLite puts
/// beside it takes over its rights. Where this fails, opening it says why.
#[cfg(unix)]
fn owned(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    if path.as_os_str() != ":memory:" {
        let mut options = std::fs::OpenOptions::new();
        let _ = options.write(true).create_new(true).mode(0o600).open(path);
    }
}

/// Elsewhere a folder says who may read what is made in it.
#[cfg(not(unix))]
fn owned(_path: &Path) {}

/// Opens a connection for reading. There may be many, and a list goes through the file once: what is worth keeping
/// are the upper pages of its trees, and the system keeps the file.
pub(super) fn connect_reader(path: &Path) -> Result<Connection, String> {
    let db = connect(path)?;
    db.execute_batch("PRAGMA cache_size = -1000;")
        .map_err(|e| words(path, &e))?;
    Ok(db)
}

/// Makes the tables in a new file, or checks that a file that is there is ours and of this version.
pub(super) fn prepare(db: &mut Connection, path: &Path, tag: &str) -> Result<(), String> {
    let shown = path.display();
    let fail = |e: rusqlite::Error| words(path, &e);
    db.busy_timeout(BUSY_AT_START).map_err(fail)?;
    let number = |db: &Connection, sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0));
    // One transaction, so that two programs started at once do not both make the tables.
    let tx = db
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(fail)?;
    let version = number(&tx, "PRAGMA user_version").map_err(fail)?;
    let application = number(&tx, "PRAGMA application_id").map_err(fail)?;
    let tables = number(&tx, "SELECT count(*) FROM sqlite_schema").map_err(fail)?;
    if tables == 0 && version == 0 && application == 0 {
        tx.execute_batch(TABLES).map_err(fail)?;
        tx.execute("INSERT INTO meta (id, tag) VALUES (1, ?1)", [tag])
            .map_err(fail)?;
        tx.execute_batch(&format!(
            "PRAGMA user_version = {VERSION}; PRAGMA application_id = {APPLICATION};"
        ))
        .map_err(fail)?;
    } else if application != APPLICATION {
        return Err(format!(
            "{shown} is a SQLite database of another program. Choose another file with --db."
        ));
    } else if version != VERSION {
        return Err(format!(
            "{shown} has schema version {version}, and this muster-server knows version {VERSION}. \
             Use the muster-server that made it, or another file with --db."
        ));
    }
    tx.commit().map_err(fail)?;
    // What is damaged is known before anybody relies on it.
    let whole: String = db
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(fail)?;
    if whole != "ok" {
        return Err(damaged(path, &whole));
    }
    db.busy_timeout(BUSY).map_err(fail)?;
    // Readers go on while somebody writes. In memory this has no effect, and none is needed.
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
        .map_err(fail)
}

/// What a damaged file is called; the cause on one line, however SQLite breaks it.
fn damaged(path: &Path, cause: &str) -> String {
    let cause: Vec<&str> = cause.split_whitespace().collect();
    format!(
        "{} is damaged ({}). Restore it from a backup.",
        path.display(),
        cause.join(" ")
    )
}

/// What went wrong with a file, for a person.
fn words(path: &Path, error: &rusqlite::Error) -> String {
    let shown = path.display();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            format!("{shown} is not a database. Choose another file with --db.")
        }
        Some(ErrorCode::DatabaseCorrupt) => damaged(path, &error.to_string()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("{shown} is locked by another program.")
        }
        Some(ErrorCode::CannotOpen) => format!(
            "{shown} cannot be opened: {error}. Does its folder exist, and may this program write there?"
        ),
        Some(ErrorCode::ReadOnly) => format!("{shown} cannot be written."),
        _ => format!("{shown} cannot be used as a database: {error}."),
    }
}
