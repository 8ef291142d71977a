//! A snapshot that was read.

use std::rc::Rc;

use group_api::Timestamp;
use muster_changes::file::{About, Extent, Fault, Reader};
use muster_core::Directory;
use web_sys::Blob;

use crate::browser;
use crate::components::moment;
use crate::export;
use crate::pack::{self, More, Unread};
use crate::request::Stop;
use crate::store::Store;

/// A snapshot: what was so.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) about: Rc<About>,
    /// The groups as they were.
    pub(super) then: Rc<Directory>,
    /// Whose groups they are.
    pub(super) of: Whose,
}

/// Whose groups a snapshot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// This connection's.
    Ours,
    /// Those of another connection.
    Other,
}

impl Loaded {
    /// When it was read, as people read it.
    pub(super) fn when(&self) -> String {
        when(&self.about)
    }
}

/// When what a file holds was read, as people read it.
pub(super) fn when(about: &About) -> String {
    if about.read.is_empty() {
        return "an unknown time".to_owned();
    }
    Timestamp::parse(&about.read).map_or_else(|| about.read.clone(), |read| moment(read.unix_ms()))
}

/// Reads a snapshot.
///
/// # Errors
/// Why it cannot be, as a sentence.
pub(super) async fn load(store: Store, file: &Blob, stop: &Stop) -> Result<Loaded, String> {
    let mut then = Directory::new(store.capabilities(), browser::random());
    let mut reader = Reader::default();
    let mut fault: Option<Fault> = None;
    let mut take = |piece: &[u8]| {
        let fed = reader.feed(piece, &mut |group| then.put_listed(group, b""));
        match fed {
            Ok(()) => More::Wanted,
            Err(why) => {
                fault = Some(why);
                More::Enough
            }
        }
    };
    let read = pack::read(file, &mut take, stop).await;
    if let Some(fault) = fault {
        return Err(fault.to_string());
    }
    read.map_err(|why| match why {
        Unread::Packed => {
            "This file is packed, and this browser cannot unpack it: unpack it first (gzip)."
                .to_owned()
        }
        Unread::Broken => "This file is damaged: the browser cannot read it to its end.".to_owned(),
        Unread::Stopped => "It was stopped.".to_owned(),
    })?;
    let about = reader.finish().map_err(|fault| fault.to_string())?;
    if about.holds == Extent::Some {
        return Err(
            "This file holds some of the people of each group only: everybody else would be shown as having come since. Open a file of whole groups, or bring this one under Import."
                .to_owned(),
        );
    }
    let now = export::about(store, None);
    // Where a file does not say which server it is from, the connection's name has to do.
    let same = if about.server.is_empty() {
        about.connection == now.connection
    } else {
        about.server == now.server
    };
    Ok(Loaded {
        of: if same && about.system == now.system {
            Whose::Ours
        } else {
            Whose::Other
        },
        about: Rc::new(about),
        then: Rc::new(then),
    })
}
