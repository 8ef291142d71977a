//! Who waits for which answer: the newest question wins, and what nobody waits for is aborted.
//!
//! Leptos' own `Action` lets an older answer overwrite a newer one, and neither it nor a resource
//! aborts a request; so each place that asks has a [`Latest`].

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use web_sys::{AbortController, AbortSignal};

/// On whose account something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The user's.
    ByUser,
    /// Nobody's: nothing that comes of it may get in anybody's way.
    ByItself,
}

/// A way to stop what is under way.
#[derive(Clone, Debug)]
pub struct Stop(Rc<StopState>);

#[derive(Debug)]
struct StopState {
    controller: Option<AbortController>,
    stopped: Cell<bool>,
    asked: Asked,
    /// What stops with it.
    parts: RefCell<Vec<Weak<StopState>>>,
}

impl StopState {
    fn stop(&self) {
        self.stopped.set(true);
        if let Some(controller) = &self.controller {
            controller.abort();
        }
        for part in self.parts.take() {
            if let Some(part) = part.upgrade() {
                part.stop();
            }
        }
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::of(Asked::ByUser)
    }
}

impl Stop {
    fn of(asked: Asked) -> Self {
        Self(Rc::new(StopState {
            controller: AbortController::new().ok(),
            stopped: Cell::new(false),
            asked,
            parts: RefCell::default(),
        }))
    }

    /// On whose account that is which it stops.
    #[must_use]
    pub fn asked(&self) -> Asked {
        self.0.asked
    }

    /// Aborts the request that holds this signal, now or before it begins.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// A part of it: stops with the whole, and can be stopped alone.
    #[must_use]
    pub fn part(&self) -> Self {
        let part = Self::of(self.0.asked);
        if self.is_stopped() {
            part.stop();
        } else {
            let mut parts = self.0.parts.borrow_mut();
            parts.retain(|known| known.strong_count() > 0);
            parts.push(Rc::downgrade(&part.0));
        }
        part
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.get()
    }

    /// The signal for a fetch.
    #[must_use]
    pub fn signal(&self) -> Option<AbortSignal> {
        self.0.controller.as_ref().map(AbortController::signal)
    }
}

/// A place that asks one question at a time.
#[derive(Clone, Debug, Default)]
pub struct Latest(Rc<RefCell<Option<Stop>>>);

impl Latest {
    /// Begins a question; the one before is aborted and its answer will not count.
    #[must_use]
    pub fn begin(&self) -> Ticket {
        self.begin_as(Asked::ByUser)
    }

    /// The same, and on whose account.
    #[must_use]
    pub fn begin_as(&self, asked: Asked) -> Ticket {
        let stop = Stop::of(asked);
        if let Some(before) = self.0.borrow_mut().replace(stop.clone()) {
            before.stop();
        }
        Ticket {
            stop,
            place: Rc::downgrade(&self.0),
        }
    }

    /// Nobody waits any more: what is under way is aborted.
    pub fn cancel(&self) {
        if let Some(stop) = self.0.borrow_mut().take() {
            stop.stop();
        }
    }
}

/// One question.
#[derive(Clone, Debug)]
pub struct Ticket {
    stop: Stop,
    place: Weak<RefCell<Option<Stop>>>,
}

impl Ticket {
    /// What stops it.
    #[must_use]
    pub const fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Whether its answer still counts: it is the newest, and somebody waits for it.
    #[must_use]
    pub fn is_current(&self) -> bool {
        !self.stop.is_stopped() && self.place.strong_count() > 0
    }
}
