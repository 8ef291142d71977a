//! The one map from a system's name to its backend. Nothing else knows which systems there are.

use group_api::{Backend, Capabilities, Exchange, Instabase, ListAsk, ListEnd, Snip};
use serde_json::Value;

use super::json::word;

/// A system that Muster speaks to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum System {
    /// Instabase's Group API.
    #[default]
    Instabase,
    /// snip's account API.
    Snip,
}

impl System {
    /// Every system, in the order of the form.
    pub const ALL: [Self; 2] = [Self::Instabase, Self::Snip];

    /// The system that a document names.
    pub(super) fn from_json(json: &Value) -> Option<Self> {
        word(json, &Self::ALL.map(|system| (system.word(), system)))
    }

    /// As a document names it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Instabase => "instabase",
            Self::Snip => "snip",
        }
    }

    /// What it can do.
    #[must_use]
    pub fn capabilities(self) -> &'static Capabilities {
        match self {
            Self::Instabase => Instabase.capabilities(),
            Self::Snip => Snip.capabilities(),
        }
    }

    /// Reads the groups. This and what it can do are all that the first page asks of it: what else an
    /// adapter has is behind [`Self::backend`], and need not be there yet.
    #[must_use]
    pub fn list(self, ask: &ListAsk) -> Exchange<ListEnd> {
        match self {
            Self::Instabase => Instabase.list(ask),
            Self::Snip => Snip.list(ask),
        }
    }

    /// Its adapter, for pages of the second part (`src/rest.rs`).
    #[must_use]
    pub fn backend(self) -> &'static dyn Backend {
        match self {
            Self::Instabase => &Instabase,
            Self::Snip => &Snip,
        }
    }

    /// What it is called on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.capabilities().system
    }

    /// The system of this name, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|system| system.label().eq_ignore_ascii_case(word))
    }
}
