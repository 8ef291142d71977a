//! The pages. Each asks the store and shows what it says; none asks which system it talks to.

mod activity;
mod compare;
mod connect;
mod connect_more;
mod exports;
mod fields;
mod group;
mod groups;
mod groups_bulk;
mod import;
mod like;
mod new_group;
mod not_found;
mod people;
mod person;
mod person_bulk;
mod probe;
mod snapshots;
mod worklists;

pub use activity::Activity;
pub use compare::Compare;
pub use connect::{Connect, Form as ConnectForm};
pub use connect_more::ConnectMore;
pub use exports::GroupsTools;
pub use group::{GroupFrame, GroupMembers, GroupSettings};
pub use groups::{Groups, NoGroups, Oddities, group_href};
pub use groups_bulk::GroupsBar;
pub use import::Import;
pub use new_group::NewGroupPage;
pub use not_found::NotFound;
pub use people::People;
pub use person::{Person, person_href};
pub use probe::why_not;
pub use snapshots::Snapshots;
pub use worklists::WorkLists;
