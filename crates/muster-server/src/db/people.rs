//! Everybody's name, in order and ready to be written.
//!
//! A list with members names the same few thousand people a million times. Looked up, sorted and escaped each time
//! they are most of the work, so that is done once: a person becomes a place in the order of names.
//!
//! An account is never renamed and its id never given again, so what is known of an id stays true; only new ids
//! make it out of date.

use crate::fault::Fault;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};

/// The people up to some id.
pub(crate) struct People {
    last: i64,
    /// By id: the place in the order of names.
    places: Vec<(i64, u32)>,
    /// The contract's form of each person, one after the other in the order of names.
    text: Vec<u8>,
    /// Where each ends in `text`.
    ends: Vec<usize>,
}

/// What was read last, for everybody.
#[derive(Default)]
pub(crate) struct Known(Mutex<Option<Arc<People>>>);

impl Known {
    /// Everybody whom a reader of `db` can meet.
    pub fn at(&self, db: &Connection) -> Result<Arc<People>, Fault> {
        let last: i64 = db
            .prepare_cached("SELECT coalesce(max(id), 0) FROM users")?
            .query_row([], |row| row.get(0))?;
        // Held while reading: whoever else needs it would read the same.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(people) if people.last >= last => Ok(Arc::clone(people)),
            _ => Ok(Arc::clone(known.insert(Arc::new(People::read(db, last)?)))),
        }
    }
}

impl People {
    fn read(db: &Connection, last: i64) -> Result<Self, Fault> {
        let mut people = Self {
            last,
            places: Vec::new(),
            text: Vec::new(),
            ends: Vec::new(),
        };
        let mut statement = db.prepare("SELECT id, name FROM users ORDER BY name")?;
        let mut rows = statement.query([])?;
        let mut place = 0;
        while let Some(row) = rows.next()? {
            people.places.push((row.get(0)?, place));
            place += 1;
            people
                .text
                .extend_from_slice(b"{\"type\":\"user\",\"name\":");
            string(&mut people.text, row.get_ref(1)?.as_str()?)?;
            people.text.push(b'}');
            people.ends.push(people.text.len());
        }
        people.places.sort_unstable();
        Ok(people)
    }

    /// The place of a person in the order of names.
    pub fn place(&self, id: i64) -> Option<u32> {
        // Ids have no gaps unless somebody else wrote the file.
        let near = usize::try_from(id - 1)
            .ok()
            .and_then(|i| self.places.get(i));
        match near {
            Some(&(found, place)) if found == id => Some(place),
            _ => {
                let nth = self.places.binary_search_by_key(&id, |&(id, _)| id).ok()?;
                self.places.get(nth).map(|&(_, place)| place)
            }
        }
    }

    /// Writes the person at a place.
    pub fn write(&self, place: u32, out: &mut Vec<u8>) {
        let nth = place as usize;
        let start = nth
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let text = self
            .ends
            .get(nth)
            .and_then(|&end| self.text.get(start..end));
        out.extend_from_slice(text.unwrap_or_default());
    }
}

/// Writes a JSON string.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) -> Result<(), Fault> {
    serde_json::to_writer(out, text).map_err(|e| Fault::internal(&e))
}
