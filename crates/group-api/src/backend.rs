//! What every system's adapter offers. A third system is one new file that implements this.

use crate::capability::{Action, Allowed, Capabilities, Field};
use crate::change::{Applied, MembershipChange, PersonChange};
use crate::exchange::Exchange;
use crate::key::{GroupKey, PersonKey};
use crate::list::ListEnd;
use crate::model::{Group, GroupEdit, NewGroup, Roles};
use crate::name::FieldFault;

/// What of the groups a list is to bring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ListAsk {
    /// Every group in scope, with its people.
    #[default]
    WithMembers,
    /// Every group in scope; people only where the system cannot leave them out.
    Plain,
    /// Only the groups this person is in, with their people.
    OfPerson(PersonKey),
}

/// Whether a group is there, proved by reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The list was read whole, and it is in it.
    There,
    /// The list was read whole, and it is not.
    Gone,
}

/// A system that owns groups: turns intentions into conversations. It holds no state and no token.
pub trait Backend: Sync {
    /// What it can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// What I may do, by the documentation. `me` is who I am where the user says so.
    fn allowed(&self, me: Option<&PersonKey>, group: &Group, action: &Action) -> Allowed;

    /// Checks what was typed into one field.
    ///
    /// # Errors
    /// The reason in words, to stand beside the field.
    fn check(&self, field: Field, text: &str) -> Result<(), String>;

    /// Reads the groups; they go to the sink as they come.
    fn list(&self, ask: &ListAsk) -> Exchange<ListEnd>;

    /// Reads one group with its people.
    fn get(&self, key: &GroupKey) -> Exchange<Group>;

    /// Makes a group and reads it.
    ///
    /// # Errors
    /// What is wrong with its fields; nothing is sent then.
    fn create(&self, new: &NewGroup) -> Result<Exchange<Group>, Vec<FieldFault>>;

    /// Changes fields and reads the group, under its new key if that changed.
    ///
    /// # Errors
    /// What is wrong with the fields; nothing is sent then.
    fn update(&self, group: &Group, edit: &GroupEdit) -> Result<Exchange<Group>, Vec<FieldFault>>;

    /// Deletes a group and makes sure that it is gone.
    fn delete(&self, key: &GroupKey) -> Exchange<()>;

    /// Changes who is in a group, then reads it: each person's outcome is what that read shows.
    fn apply(&self, change: &MembershipChange) -> Exchange<Applied>;

    /// Whether these roles, read after a step, show it done.
    fn is_shown(&self, change: &PersonChange, now: &Roles) -> bool;

    /// Takes oneself out.
    fn leave(&self, key: &GroupKey, me: Option<&PersonKey>) -> Exchange<()>;

    /// Hands the group to another member and reads it.
    fn transfer(&self, key: &GroupKey, to: &PersonKey) -> Exchange<Group>;

    /// Finds out whether a group is there, where a refusal leaves that open.
    fn presence(&self, key: &GroupKey) -> Exchange<Presence>;
}
