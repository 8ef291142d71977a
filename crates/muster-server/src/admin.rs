//! What the command line does to a database: adding and removing people, making tokens.

use crate::auth;
use crate::db::Db;
use crate::db::users::{self, NewUser};
use crate::fault::Fault;
use std::path::Path;

fn change<T>(path: &Path, job: impl FnOnce(&Db) -> Result<T, Fault>) -> Result<T, String> {
    let db = Db::open(path)?;
    job(&db).map_err(|fault| fault.words)
}

/// As [`change`], in a file that has to be there: a mistyped name must not make a new one.
fn change_known<T>(path: &Path, job: impl FnOnce(&Db) -> Result<T, Fault>) -> Result<T, String> {
    if path.exists() {
        change(path, job)
    } else {
        Err(format!(
            "{} does not exist. Name the server's file with --db.",
            path.display()
        ))
    }
}

/// Adds a person to the database at `path`.
pub fn add_user(path: &Path, user: &NewUser) -> Result<(), String> {
    change(path, |db| db.write_now(|tx| users::add(tx, user).map(drop)))
}

/// Removes an account and its tokens; the name stays in the groups it stands in.
pub fn remove_user(path: &Path, name: &str) -> Result<(), String> {
    change_known(path, |db| db.write_now(|tx| users::remove(tx, name)))
}

/// Makes a token for a person and returns it. It is kept as a hash, so this is the only time it can be seen.
pub fn create_token(path: &Path, user: &str) -> Result<String, String> {
    change_known(path, |db| {
        let token = auth::new_token()?;
        db.write_now(|tx| users::add_token(tx, user, &token))?;
        Ok(token)
    })
}
