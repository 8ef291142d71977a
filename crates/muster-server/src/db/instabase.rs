//! Instabase groups in the tables: found by name, with people as admins, members or both.

use super::people::{self, Known, People};
use super::{gone, now};
use crate::fault::{Fault, Kind};
use crate::quirks::Quirks;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};
use std::io::Write;
use std::sync::Arc;

/// The fields of a creation or a change; `None` is left as it is, an empty description or photo is cleared.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub new_name: Option<String>,
    pub full_name: Option<String>,
    pub description: Option<String>,
    pub photo: Option<String>,
}

/// The id of the group of that name.
pub(crate) fn find(db: &Connection, quirks: Quirks, name: &str) -> Result<Option<i64>, Fault> {
    let sql = format!(
        "SELECT id FROM groups WHERE system = 'instabase' AND name = ?1 COLLATE {}",
        quirks.instabase_name_collation()
    );
    Ok(db
        .prepare_cached(&sql)?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

/// As [`find`], with the contract's refusal.
pub(crate) fn known(db: &Connection, quirks: Quirks, name: &str) -> Result<i64, Fault> {
    find(db, quirks, name)?
        .ok_or_else(|| Fault::new(Kind::NotFound, format!("Group ({name}) not found")))
}

/// Whether the person is an admin of the group.
pub(crate) fn is_admin(db: &Connection, group: i64, user: i64) -> Result<bool, Fault> {
    Ok(db
        .prepare_cached(
            "SELECT 1 FROM memberships WHERE group_id = ?1 AND user_id = ?2 AND role = 'admin'",
        )?
        .exists([group, user])?)
}

/// The columns of a group, in the order in which [`Pen::group`] reads them.
const COLUMNS: &str = "id, name, full_name, description, photo";

/// Writes groups in the contract's form, straight from the tables.
struct Pen<'a> {
    quirks: Quirks,
    /// Where people are wanted: their names, and the memberships of one group.
    people: Option<(Arc<People>, CachedStatement<'a>)>,
    /// Places in the order of names, kept from group to group.
    admins: Vec<u32>,
    members: Vec<u32>,
}

impl<'a> Pen<'a> {
    fn new(db: &'a Connection, quirks: Quirks, people: Option<&Known>) -> Result<Self, Fault> {
        let people = match people {
            None => None,
            Some(known) => Some((
                known.at(db)?,
                db.prepare_cached("SELECT user_id, role FROM memberships WHERE group_id = ?1")?,
            )),
        };
        Ok(Self {
            quirks,
            people,
            admins: Vec::new(),
            members: Vec::new(),
        })
    }

    fn group(&mut self, row: &Row<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        out.extend_from_slice(b"{\"name\":");
        people::string(out, row.get_ref(1)?.as_str()?)?;
        out.extend_from_slice(b",\"full_name\":");
        people::string(out, row.get_ref(2)?.as_str()?)?;
        let empty = self.quirks.instabase_empty_description().then_some("");
        if let Some(text) = row.get_ref(3)?.as_str_or_null()?.or(empty) {
            out.extend_from_slice(b",\"description\":");
            people::string(out, text)?;
        }
        if let Some(text) = row.get_ref(4)?.as_str_or_null()? {
            out.extend_from_slice(b",\"profile_photo_url\":");
            people::string(out, text)?;
        }
        self.people_of(row.get(0)?, out)?;
        out.push(b'}');
        Ok(())
    }

    fn people_of(&mut self, group: i64, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Some((people, memberships)) = &mut self.people else {
            return Ok(());
        };
        self.admins.clear();
        self.members.clear();
        let mut rows = memberships.query([group])?;
        while let Some(row) = rows.next()? {
            let id = row.get_ref(0)?.as_i64()?;
            let place = people
                .place(id)
                .ok_or_else(|| Fault::internal(&format!("a membership of nobody ({id})")))?;
            if row.get_ref(1)?.as_bytes()? == b"admin" {
                self.admins.push(place);
                if self.quirks.instabase_admins_are_members() {
                    self.members.push(place);
                }
            } else {
                self.members.push(place);
            }
        }
        for (key, places) in [
            (&b",\"admins\":["[..], &mut self.admins),
            (b",\"members\":[", &mut self.members),
        ] {
            places.sort_unstable();
            places.dedup();
            out.extend_from_slice(key);
            for (nth, place) in places.iter().enumerate() {
                if nth > 0 {
                    out.push(b',');
                }
                people.write(*place, out);
            }
            out.push(b']');
        }
        Ok(())
    }
}

/// Writes one group with its people.
pub(crate) fn get(
    db: &Connection,
    quirks: Quirks,
    people: &Known,
    id: i64,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let mut pen = Pen::new(db, quirks, Some(people))?;
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM groups WHERE id = ?1"))?;
    let mut rows = statement.query([id])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    pen.group(row, out)
}

/// Writes every group by name, separated by commas: with `username`, those the person is admin or member of; with
/// `people`, who is in them.
pub(crate) fn list(
    db: &Connection,
    quirks: Quirks,
    username: Option<&str>,
    people: Option<&Known>,
    out: &mut impl Write,
) -> Result<(), Fault> {
    let filter = if username.is_some() {
        "AND id IN (SELECT m.group_id FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.name = ?1)"
    } else {
        "AND ?1 IS NULL"
    };
    let mut pen = Pen::new(db, quirks, people)?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM groups
         WHERE system = 'instabase' {filter} ORDER BY name COLLATE NOCASE, name"
    ))?;
    let mut rows = statement.query([username])?;
    let mut text = Vec::new();
    let mut first = true;
    while let Some(row) = rows.next()? {
        text.clear();
        if !first {
            text.push(b',');
        }
        first = false;
        pen.group(row, &mut text)?;
        // The only thing that can fail here is the reader going away.
        out.write_all(&text).map_err(|_| gone())?;
    }
    Ok(())
}

fn taken(name: &str) -> Fault {
    Fault::new(Kind::Conflict, format!("Group ({name}) already exists"))
}

/// Creates a group. Nobody is in it yet.
pub(crate) fn create(
    db: &Connection,
    quirks: Quirks,
    name: &str,
    fields: &Fields,
) -> Result<i64, Fault> {
    if find(db, quirks, name)?.is_some() {
        return Err(taken(name));
    }
    let set = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    db.prepare_cached(
        "INSERT INTO groups (system, name, full_name, description, photo, created, updated)
         VALUES ('instabase', ?1, ?2, ?3, ?4, ?5, ?5)",
    )?
    .execute(params![
        name,
        set(&fields.full_name).as_deref().unwrap_or(name),
        set(&fields.description),
        set(&fields.photo),
        now()
    ])?;
    Ok(db.last_insert_rowid())
}

/// Changes the fields that are given.
pub(crate) fn update(
    db: &Connection,
    quirks: Quirks,
    id: i64,
    fields: &Fields,
) -> Result<(), Fault> {
    if let Some(name) = &fields.new_name
        && find(db, quirks, name)?.is_some_and(|other| other != id)
    {
        return Err(taken(name));
    }
    db.prepare_cached(
        "UPDATE groups SET name = coalesce(?2, name), full_name = coalesce(?3, full_name),
             description = CASE WHEN ?4 IS NULL THEN description ELSE nullif(?4, '') END,
             photo = CASE WHEN ?5 IS NULL THEN photo ELSE nullif(?5, '') END,
             updated = ?6
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        fields.new_name,
        fields.full_name,
        fields.description,
        fields.photo,
        now()
    ])?;
    Ok(())
}

/// Deletes a group of either system, with its memberships.
pub(crate) fn delete(db: &Connection, id: i64) -> Result<(), Fault> {
    db.execute("DELETE FROM groups WHERE id = ?1", [id])?;
    Ok(())
}

/// Gives a role or takes it away. Either is fine where it is so already.
pub(crate) fn set_role(
    db: &Connection,
    group: i64,
    user: i64,
    role: &str,
    held: bool,
) -> Result<(), Fault> {
    if held {
        db.prepare_cached(
            "INSERT INTO memberships (group_id, user_id, role, joined) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![group, user, role, now()])?;
    } else {
        db.prepare_cached(
            "DELETE FROM memberships WHERE group_id = ?1 AND user_id = ?2 AND role = ?3",
        )?
        .execute(params![group, user, role])?;
    }
    Ok(())
}

/// Notes that the group was changed just now.
pub(crate) fn touch(db: &Connection, group: i64) -> Result<(), Fault> {
    db.prepare_cached("UPDATE groups SET updated = ?2 WHERE id = ?1")?
        .execute([group, now()])?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::db::{Db, users};
    use crate::seed::{LARGE_GROUP, Size, seed};

    /// A role given and taken away: one row of the group each, and the group's own.
    #[test]
    fn a_change_in_a_large_group_changes_two_rows() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("m.sqlite");
        let size = Size {
            groups: 3,
            people: 5000,
            large: 4999,
            seed: 1,
        };
        seed(&path, size).unwrap();
        let db = Db::open(&path).unwrap();
        db.write_now(|tx| {
            let group = known(tx, Quirks::default(), LARGE_GROUP)?;
            let user = users::find(tx, "ada.adler")?.unwrap();
            for held in [true, true, false, false] {
                let before = tx.total_changes();
                set_role(tx, group, user, "member", held)?;
                touch(tx, group)?;
                assert!(tx.total_changes() - before <= 2);
            }
            for sql in [
                "DELETE FROM memberships WHERE group_id = ?1 AND user_id = ?2 AND role = ?3",
                "SELECT 1 FROM memberships WHERE group_id = ?1 AND user_id = ?2 AND role = 'admin'",
            ] {
                let plan: String = tx
                    .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?
                    .query_row(
                        rusqlite::params_from_iter(
                            ["1", "1", "member"].iter().take(sql.matches('?').count()),
                        ),
                        |row| row.get(3),
                    )?;
                assert!(
                    plan.contains("group_id=? AND user_id=? AND role=?"),
                    "{plan}"
                );
            }
            Ok(())
        })
        .unwrap();
    }
}
