//! Light or dark: as the device says, until the user says otherwise.

use leptos::prelude::{document, window};

use super::storage::{Area, get, remove, set};

const KEY: &str = "muster.theme";

/// What the page looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the device says.
    Device,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    const fn word(self) -> Option<&'static str> {
        match self {
            Self::Device => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// What the user chose.
#[must_use]
pub fn saved() -> Theme {
    match get(KEY).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Device,
    }
}

/// Puts the choice on the page, before anything is painted.
pub fn apply_saved() {
    apply(saved());
}

/// Chooses and keeps the choice.
pub fn choose(theme: Theme) {
    match theme.word() {
        Some(word) => set(Area::Device, KEY, word),
        None => remove(Area::Device, KEY),
    }
    apply(theme);
}

/// The choice that looks different from what is seen now.
#[must_use]
pub fn other() -> Theme {
    let dark_device = window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches());
    match (saved(), dark_device) {
        (Theme::Dark, _) | (Theme::Device, true) => Theme::Light,
        (Theme::Light, _) | (Theme::Device, false) => Theme::Dark,
    }
}

fn apply(theme: Theme) {
    let Some(root) = document().document_element() else {
        return;
    };
    // An attribute of a name that is well formed can be set and removed.
    let _ = match theme.word() {
        Some(word) => root.set_attribute("data-theme", word),
        None => root.remove_attribute("data-theme"),
    };
}
