//! The words on the screen that more than one place needs or that have to be weighed together.

/// The overlay's heading.
pub const OVERLAY_TITLE: &str = "Muster has stopped";
/// What it says.
pub const OVERLAY_TEXT: &str = "Something in this page failed, and its buttons no longer do anything. What the server had \
     confirmed is done; look again at anything that was still under way.";
/// Its button.
pub const OVERLAY_BUTTON: &str = "Load the page again";
