//! People, their credentials and their tokens.

use crate::auth;
use crate::fault::{Fault, Kind};
use rusqlite::{Connection, OptionalExtension, params};

/// A person to be added.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    /// The unique name.
    pub name: String,
    /// E-mail addresses with whether each is verified; the first is the primary one.
    pub emails: Vec<(String, bool)>,
    /// May do everything on the Instabase side.
    pub site_admin: bool,
    /// May create, change and delete every Instabase group.
    pub manage_groups: bool,
}

/// Adds a person and returns the new id.
pub(crate) fn add(db: &Connection, user: &NewUser) -> Result<i64, Fault> {
    let name = user.name.as_str();
    if name.is_empty() || name.len() > 200 || name.chars().any(|c| c.is_control() || c == '/') {
        return Err(Fault::bad(
            "A user name has 1 to 200 bytes, and no slash or control character.",
        ));
    }
    let there: Option<bool> = db
        .query_row("SELECT removed FROM users WHERE name = ?1", [name], |r| {
            r.get(0)
        })
        .optional()?;
    match there {
        Some(false) => {
            return Err(Fault::new(
                Kind::Conflict,
                format!("User ({name}) already exists"),
            ));
        }
        Some(true) => {
            return Err(Fault::new(
                Kind::Conflict,
                format!("User ({name}) was removed; the name is not given again"),
            ));
        }
        None => {}
    }
    db.execute(
        "INSERT INTO users (name, site_admin, manage_groups) VALUES (?1, ?2, ?3)",
        params![name, user.site_admin, user.manage_groups],
    )?;
    let id = db.last_insert_rowid();
    for (index, (email, verified)) in user.emails.iter().enumerate() {
        db.execute(
            "INSERT INTO credentials (user_id, email, verified, is_primary) VALUES (?1, ?2, ?3, ?4)",
            params![id, email, verified, index == 0],
        )?;
    }
    Ok(id)
}

/// The id of a person whose account exists.
pub(crate) fn find(db: &Connection, name: &str) -> Result<Option<i64>, Fault> {
    Ok(db
        .prepare_cached("SELECT id FROM users WHERE name = ?1 AND removed = 0")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

fn known(db: &Connection, name: &str) -> Result<i64, Fault> {
    find(db, name)?.ok_or_else(|| Fault::new(Kind::NotFound, format!("User ({name}) not found")))
}

/// Removes an account with its tokens. The name stays in its groups, as it does on real systems.
pub(crate) fn remove(db: &Connection, name: &str) -> Result<(), Fault> {
    let id = known(db, name)?;
    db.execute("DELETE FROM tokens WHERE user_id = ?1", [id])?;
    db.execute(
        "UPDATE users SET removed = 1, site_admin = 0, manage_groups = 0 WHERE id = ?1",
        [id],
    )?;
    Ok(())
}

/// Stores a token for a person.
pub(crate) fn add_token(db: &Connection, user: &str, token: &str) -> Result<(), Fault> {
    let id = known(db, user)?;
    db.execute(
        "INSERT INTO tokens (hash, user_id, created) VALUES (?1, ?2, ?3)",
        params![&auth::hash(token)[..], id, super::now()],
    )?;
    Ok(())
}
