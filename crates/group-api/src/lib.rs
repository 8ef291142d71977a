//! The domain of Muster (groups, members, roles) and the wire contracts of the systems that own
//! them, without I/O: no browser, no sockets, no clock, no async.
//!
//! A [`Backend`] turns an intention ("rename this group") into an [`Exchange`]: a conversation of
//! requests and replies that whoever owns the network runs. Every byte that goes out or comes in is
//! made or read here, and tested natively.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod backend;
mod capability;
mod change;
mod deceptive;
mod error;
mod exchange;
mod guard;
mod http;
mod instabase;
mod key;
mod list;
mod model;
mod name;
mod plain;
mod read;
mod snip;
mod time;

pub use group_bytes::{fold, fold_char, fold_into, sort_by};

pub use backend::{Backend, ListAsk, Presence};
pub use capability::{
    Action, Allowed, Capabilities, Field, KeyKind, ListScope, RoleHolding, RoleInfo, Support,
    WhoAmI,
};
pub use change::{Applied, MembershipChange, Outcome, PersonChange, PersonStep};
pub use deceptive::{
    Deceit, Run, Script, code_of, doubt, is_plain, is_unseen, runs, unseen_words, visible,
};
pub use error::{ApiError, Misread, PersonNote, ReadBack, Refusal, excerpt};
pub use exchange::{Done, Exchange, Input, Step, Undone, UndoneStep};
pub use guard::{Guard, guards};
pub use http::{Head, Method, Request, json_text};
pub use instabase::Instabase;
pub use key::{GroupKey, KeyFault, PersonKey};
pub use list::{GroupSink, ListEnd, NoSink, Pace, Unreadable};
pub use model::{Email, Group, GroupEdit, Member, MemberKind, Members, NewGroup, Role, Roles};
pub use name::{FieldFault, propose_internal_name};
pub use plain::{PlainGroup, PlainPeople};
pub use snip::Snip;
pub use time::Timestamp;
