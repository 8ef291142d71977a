//! The kit: small accessible parts on native elements, named by what a person sees.

mod alert;
mod avatar;
mod check;
mod clash;
mod dialog;
mod export_dialog;
mod field;
mod freshness;
mod group_box;
mod heading;
mod icon;
mod idle;
mod key;
mod marked;
mod name;
mod people_box;
mod radios;
mod reconnect;
mod reread;
mod review;
mod review_changes;
mod role_select;
mod rows;
mod run_view;
mod search;
mod selection;
mod sort_header;
mod state;
mod top_bar;

pub use alert::{Alert, Kind};
pub use avatar::{Avatar, AvatarOf};
pub use check::Check;
pub use clash::Clash;
pub use dialog::Dialog;
pub use export_dialog::{ExportButton, ExportDialog};
pub use field::{Field, FieldKind};
pub use freshness::Freshness;
pub use group_box::GroupBox;
pub use heading::Heading;
pub use icon::Icon;
pub use idle::{IdleChoice, IdleWatch};
pub use key::Key;
pub use marked::marking;
pub use name::{Doubts, Name, marked_name, sentence, shown_name};
pub use people_box::{PeopleBox, people_named};
pub use radios::Radios;
pub use reconnect::{Disconnected, Reconnect, TokenForm, token_fault, try_token};
pub use reread::Reread;
pub use review::{Review, ReviewDialog};
pub use review_changes::{Names, ReviewChanges};
pub use role_select::{RoleSelect, plain_role};
pub use rows::{InPages, Pager, Question, Rows};
pub use run_view::{CopyButton, RunView, moment};
pub use search::Search;
pub use selection::{Keys, SelectMode, Selection, SelectionBar, pick};
pub use sort_header::{SortHeader, Sorted};
pub use state::{Empty, Failed, NotRead};
pub use top_bar::{SwitchMenu, TopBar, UnderWay};

/// An id that no other element of the page has.
#[must_use]
pub fn unique_id(prefix: &str) -> String {
    use std::cell::Cell;
    thread_local!(static NEXT: Cell<u32> = const { Cell::new(0) });
    NEXT.with(|next| {
        next.set(next.get().wrapping_add(1));
        format!("{prefix}-{}", next.get())
    })
}
