//! snip groups in the tables: found by id, every person with exactly one of three roles.

use super::{gone, now};
use crate::fault::{Fault, Kind};
use crate::quirks::Quirks;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use std::io::Write;

/// What a person is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Owner,
    Moderator,
    Member,
}

impl Role {
    /// The contract's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Moderator => "moderator",
            Self::Member => "member",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "owner" => Self::Owner,
            "moderator" => Self::Moderator,
            _ => Self::Member,
        }
    }
}

/// A group in the contract's form.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    id: i64,
    name: String,
    description: Option<String>,
    created: String,
    last_updated: String,
    members: Vec<Member>,
}

/// A person of a group in the contract's form.
#[derive(Debug, Serialize)]
struct Member {
    user_id: i64,
    group_id: i64,
    role: String,
    joined_at: String,
    primary_credential_id: i64,
    emails: Vec<String>,
    emails_verified: Vec<bool>,
    credential_ids: Vec<i64>,
    credential_types: Vec<String>,
    group_name: String,
    group_description: Option<String>,
    #[serde(rename = "self")]
    is_self: bool,
}

/// The role of a person in a group; `None` where there is no such group or the person is not in it.
pub(crate) fn role(db: &Connection, group: i64, user: i64) -> Result<Option<Role>, Fault> {
    Ok(db
        .prepare_cached(
            "SELECT m.role FROM memberships m JOIN groups g ON g.id = m.group_id
             WHERE m.group_id = ?1 AND m.user_id = ?2 AND g.system = 'snip'",
        )?
        .query_row([group, user], |row| Ok(Role::of(row.get_ref(0)?.as_str()?)))
        .optional()?)
}

/// As [`role`], with the refusal that hides from others whether there is such a group.
pub(crate) fn known(db: &Connection, group: i64, user: i64) -> Result<Role, Fault> {
    role(db, group, user)?.ok_or_else(|| Fault::new(Kind::NotFound, "Group not found."))
}

/// One group as `viewer` sees it.
pub(crate) fn get(db: &Connection, quirks: Quirks, id: i64, viewer: i64) -> Result<Group, Fault> {
    let (form, shift) = quirks.snip_datetime();
    let mut group = db
        .prepare_cached(
            "SELECT id, name, description, strftime(?2, created + ?3, 'unixepoch'),
                    strftime(?2, updated + ?3, 'unixepoch')
             FROM groups WHERE id = ?1",
        )?
        .query_row(params![id, form, shift], |row| {
            Ok(Group {
                id: row.get(0)?,
                name: row.get(1)?,
                description: row.get(2)?,
                created: row.get(3)?,
                last_updated: row.get(4)?,
                members: Vec::new(),
            })
        })?;
    let mut statement = db.prepare_cached(
        "SELECT m.user_id, m.role, strftime(?2, m.joined + ?3, 'unixepoch'),
                c.id, c.kind, c.email, c.verified, c.is_primary
         FROM memberships m LEFT JOIN credentials c ON c.user_id = m.user_id
         WHERE m.group_id = ?1 ORDER BY m.user_id, c.id",
    )?;
    let mut rows = statement.query(params![id, form, shift])?;
    while let Some(row) = rows.next()? {
        let user_id: i64 = row.get(0)?;
        if group.members.last().is_none_or(|m| m.user_id != user_id) {
            group.members.push(Member {
                user_id,
                group_id: id,
                role: row.get(1)?,
                joined_at: row.get(2)?,
                primary_credential_id: row.get::<_, Option<i64>>(3)?.unwrap_or_default(),
                emails: Vec::new(),
                emails_verified: Vec::new(),
                credential_ids: Vec::new(),
                credential_types: Vec::new(),
                group_name: group.name.clone(),
                group_description: group.description.clone(),
                is_self: user_id == viewer,
            });
        }
        let Some(credential) = row.get::<_, Option<i64>>(3)? else {
            continue;
        };
        if let Some(member) = group.members.last_mut() {
            member.credential_ids.push(credential);
            member.credential_types.push(row.get(4)?);
            member.emails.push(row.get(5)?);
            member.emails_verified.push(row.get(6)?);
            if row.get(7)? {
                member.primary_credential_id = credential;
            }
        }
    }
    Ok(group)
}

/// Writes the groups that `viewer` is in by id, separated by commas.
pub(crate) fn list(
    db: &Connection,
    quirks: Quirks,
    viewer: i64,
    out: &mut impl Write,
) -> Result<(), Fault> {
    let mut statement = db.prepare_cached(
        "SELECT g.id FROM memberships m JOIN groups g ON g.id = m.group_id
         WHERE m.user_id = ?1 AND g.system = 'snip' ORDER BY g.id",
    )?;
    let mut rows = statement.query([viewer])?;
    let mut first = true;
    while let Some(row) = rows.next()? {
        let group = get(db, quirks, row.get(0)?, viewer)?;
        let separator: &[u8] = if first { b"" } else { b"," };
        first = false;
        out.write_all(separator)
            .and_then(|()| serde_json::to_writer(&mut *out, &group).map_err(Into::into))
            .map_err(|_| gone())?;
    }
    Ok(())
}

/// Creates a group with its creator as owner and only member.
pub(crate) fn create(db: &Connection, name: &str, owner: i64) -> Result<i64, Fault> {
    db.prepare_cached(
        "INSERT INTO groups (system, name, created, updated) VALUES ('snip', ?1, ?2, ?2)",
    )?
    .execute(params![name, now()])?;
    let id = db.last_insert_rowid();
    db.prepare_cached(
        "INSERT INTO memberships (group_id, user_id, role, joined) VALUES (?1, ?2, 'owner', ?3)",
    )?
    .execute([id, owner, now()])?;
    Ok(id)
}

/// Changes name and description where given; an empty description is cleared.
pub(crate) fn update(
    db: &Connection,
    id: i64,
    name: Option<&str>,
    description: Option<&str>,
) -> Result<(), Fault> {
    db.prepare_cached(
        "UPDATE groups SET name = coalesce(?2, name),
             description = CASE WHEN ?3 IS NULL THEN description ELSE nullif(?3, '') END,
             updated = ?4
         WHERE id = ?1",
    )?
    .execute(params![id, name, description, now()])?;
    Ok(())
}

/// Takes a person out.
pub(crate) fn remove(db: &Connection, group: i64, user: i64) -> Result<(), Fault> {
    db.prepare_cached("DELETE FROM memberships WHERE group_id = ?1 AND user_id = ?2")?
        .execute([group, user])?;
    Ok(())
}

/// Gives a person of the group another role; when they joined stays.
pub(crate) fn set_role(db: &Connection, group: i64, user: i64, role: &str) -> Result<(), Fault> {
    db.prepare_cached("UPDATE memberships SET role = ?3 WHERE group_id = ?1 AND user_id = ?2")?
        .execute(params![group, user, role])?;
    Ok(())
}
