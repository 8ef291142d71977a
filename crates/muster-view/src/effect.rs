//! What runs again when a signal that it read has changed.
//!
//! Leptos' effects have a task and a channel each, and miss a change: one that reads a memo, and after
//! it what that memo is computed from, is not run when the memo's value stays the same. These here
//! are plain nodes of the same graph, run in turn from one queue, and gone as soon as they are dropped.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use any_spawner::Executor;
use leptos::prelude::Owner;
use leptos::reactive::graph::{
    AnySource, AnySubscriber, ReactiveNode, Source, Subscriber, ToAnySubscriber, WithObserver,
};
use send_wrapper::SendWrapper;

use crate::child::Make;

thread_local! {
    static QUEUE: RefCell<VecDeque<Weak<Watch>>> = const { RefCell::new(VecDeque::new()) };
}

/// An effect; it ends with this.
pub(crate) struct Running(Arc<Watch>);

impl Running {
    /// Runs it at once, and then whenever a signal in it changes.
    pub(crate) fn now(run: Box<dyn Make<()>>) -> Self {
        let running = Self(Watch::new(run));
        running.0.run();
        running
    }

    /// Runs it after what is being made now is made.
    pub(crate) fn soon(run: Box<dyn Make<()>>) -> Self {
        let running = Self(Watch::new(run));
        running.0.mark_dirty();
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.clear_sources(&self.0.to_any_subscriber());
    }
}

/// A node of the graph.
struct Watch {
    /// For the queue.
    this: Weak<Watch>,
    state: Mutex<State>,
    owner: Owner,
    run: SendWrapper<RefCell<Box<dyn Make<()>>>>,
}

#[derive(Default)]
struct State {
    dirty: bool,
    queued: bool,
    sources: Vec<AnySource>,
}

impl Watch {
    fn new(run: Box<dyn Make<()>>) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            state: Mutex::default(),
            owner: Owner::new(),
            run: SendWrapper::new(RefCell::new(run)),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let subscriber = self.to_any_subscriber();
        self.clear_sources(&subscriber);
        self.state().dirty = false;
        self.owner.with_cleanup(|| {
            subscriber.with_observer(|| {
                // It is never run while it runs.
                if let Ok(mut run) = self.run.try_borrow_mut() {
                    run.make();
                }
            });
        });
    }

    fn queue(&self) {
        if std::mem::replace(&mut self.state().queued, true) {
            return;
        }
        let first = QUEUE.with_borrow_mut(|queue| {
            queue.push_back(Weak::clone(&self.this));
            queue.len() == 1
        });
        if first {
            Executor::spawn_local(async { run_queue() });
        }
    }
}

/// Runs what is queued, and what is queued by that.
fn run_queue() {
    // The one that runs stays in the queue, so that nobody orders a second run of it.
    while let Some(next) = QUEUE.with_borrow(|queue| queue.front().cloned()) {
        if let Some(watch) = next.upgrade() {
            watch.state().queued = false;
            if watch.update_if_necessary() {
                watch.run();
            }
        }
        QUEUE.with_borrow_mut(VecDeque::pop_front);
    }
}

impl ToAnySubscriber for Watch {
    fn to_any_subscriber(&self) -> AnySubscriber {
        AnySubscriber(
            self.this.as_ptr() as usize,
            Weak::clone(&self.this) as Weak<dyn Subscriber + Send + Sync>,
        )
    }
}

impl ReactiveNode for Watch {
    fn mark_dirty(&self) {
        self.state().dirty = true;
        self.queue();
    }

    fn mark_check(&self) {
        self.queue();
    }

    fn mark_subscribers_check(&self) {}

    /// Whether it has to run. Nobody observes meanwhile: a source that finds itself changed, by
    /// whatever way it came to look, says so to this one too.
    fn update_if_necessary(&self) -> bool {
        let sources = match &*self.state() {
            state if state.dirty => return true,
            state => state.sources.clone(),
        };
        sources
            .iter()
            .any(|source| source.update_if_necessary() || self.state().dirty)
    }
}

impl Subscriber for Watch {
    fn add_source(&self, source: AnySource) {
        let sources = &mut self.state().sources;
        if !sources.contains(&source) {
            sources.push(source);
        }
    }

    fn clear_sources(&self, subscriber: &AnySubscriber) {
        let sources = std::mem::take(&mut self.state().sources);
        for source in sources {
            source.remove_subscriber(subscriber);
        }
    }
}
