//! Signals whose code does not grow with the number of types that they hold.
//!
//! They are Leptos' signals, each over one boxed type, and know only here what is in the box.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::{Get, GetUntracked, ReadUntracked, Set, Track, Update, untrack};
use leptos::prelude::{Memo as PlainMemo, RwSignal as PlainSignal};

use crate::child::{Make, Making};
use crate::effect::Running;
use crate::stored::StoredValue;

type Value = dyn Any + Send + Sync;
type Held = Box<Value>;

/// What can be in a signal.
pub trait Holds: Send + Sync + 'static {}
impl<T: Send + Sync + 'static> Holds for T {}

/// What a memo computed, and how to tell whether it changed.
#[derive(Clone)]
struct Computed {
    value: Arc<Value>,
    same: fn(&Value, &Value) -> bool,
}

impl PartialEq for Computed {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}

fn same<T: Holds + PartialEq>(a: &Value, b: &Value) -> bool {
    matches!((a.downcast_ref::<T>(), b.downcast_ref::<T>()), (Some(a), Some(b)) if a == b)
}

#[inline(never)]
fn plain_memo(compute: Box<dyn Compute + Send + Sync>) -> PlainMemo<Computed> {
    PlainMemo::new(move |before| compute.compute(before))
}

/// As [`crate::Make`], with the value before.
trait Compute {
    fn compute(&self, before: Option<&Computed>) -> Computed;
}

struct Computing<F, T>(F, PhantomData<fn() -> T>);

impl<F: Fn(Option<&T>) -> T, T: Holds + PartialEq> Compute for Computing<F, T> {
    fn compute(&self, before: Option<&Computed>) -> Computed {
        Computed {
            value: Arc::new((self.0)(
                before.and_then(|before| before.value.downcast_ref()),
            )),
            same: same::<T>,
        }
    }
}

#[inline(never)]
fn read_memo(memo: PlainMemo<Computed>, tracked: bool) -> Option<Arc<Value>> {
    if tracked {
        memo.try_get()
    } else {
        memo.try_get_untracked()
    }
    .map(|computed| computed.value)
}

/// A value computed from signals; whoever reads it hears only of changes.
pub struct Memo<T> {
    plain: PlainMemo<Computed>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

impl<T: Holds> Memo<T> {
    /// A memo. It is computed when it is read.
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self
    where
        T: PartialEq,
    {
        Self {
            plain: plain_memo(Box::new(Computing(compute, PhantomData))),
            kind: PhantomData,
        }
    }

    fn try_read<U>(self, tracked: bool, with: impl FnOnce(&T) -> U) -> Option<U> {
        let value = read_memo(self.plain, tracked)?;
        value.downcast_ref().map(with)
    }

    /// Looks at the value. Reactive.
    pub fn with<U>(self, with: impl FnOnce(&T) -> U) -> U {
        live(self.try_read(true, with))
    }

    /// Looks at the value, once.
    pub fn with_untracked<U>(self, with: impl FnOnce(&T) -> U) -> U {
        live(self.try_read(false, with))
    }

    /// The value. Reactive.
    #[must_use]
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// The value, once.
    #[must_use]
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// The value, once; none when the memo is gone.
    #[must_use]
    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        self.try_read(false, T::clone)
    }
}

/// What is read of a signal that is still there.
///
/// To read one that is gone is a fault of the program, as with Leptos: it ends with the overlay. No type rules it out; what may
/// outlive its page (an answer, a timer) reads with `try_…`.
fn live<T>(value: Option<T>) -> T {
    match value {
        Some(value) => value,
        None => unreachable!("a signal was read after its page was gone"),
    }
}

#[inline(never)]
fn read_signal(signal: PlainSignal<Held>, tracked: bool) -> Option<Guard> {
    if tracked {
        signal.track();
    }
    signal.try_read_untracked()
}

type Guard = <PlainSignal<Held> as ReadUntracked>::Value;

#[inline(never)]
fn new_signal(value: Held) -> PlainSignal<Held> {
    PlainSignal::new(value)
}

#[inline(never)]
fn set_signal(signal: PlainSignal<Held>, value: Held) {
    // Nobody reads a signal that is gone.
    let _ = signal.try_set(value);
}

#[inline(never)]
fn write_signal(signal: PlainSignal<Held>, with: &mut dyn FnMut(&mut Value)) {
    signal.try_update(|held| with(&mut **held));
}

/// A value that can be read and written; whoever reads it hears of each write.
pub struct RwSignal<T> {
    plain: PlainSignal<Held>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

impl<T> std::fmt::Debug for RwSignal<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RwSignal")
    }
}

impl<T: Holds + Default> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Holds> RwSignal<T> {
    /// A signal with a first value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self {
            plain: new_signal(Box::new(value)),
            kind: PhantomData,
        }
    }

    fn try_read<U>(self, tracked: bool, with: impl FnOnce(&T) -> U) -> Option<U> {
        let held = read_signal(self.plain, tracked)?;
        let value: &Value = &**held;
        value.downcast_ref().map(with)
    }

    /// Changes the value, and says so; none when the signal is gone.
    pub fn try_update<U>(self, with: impl FnOnce(&mut T) -> U) -> Option<U> {
        let (mut with, mut result) = (Some(with), None);
        write_signal(self.plain, &mut |held| {
            if let Some(with) = with.take() {
                result = held.downcast_mut().map(with);
            }
        });
        result
    }

    /// Changes the value, and says so.
    pub fn update(self, with: impl FnOnce(&mut T)) {
        let _ = self.try_update(with);
    }

    /// Writes the value.
    pub fn set(self, value: T) {
        set_signal(self.plain, Box::new(value));
    }

    /// Writes the value, unless the signal is gone.
    pub fn try_set(self, value: T) {
        self.set(value);
    }

    /// Looks at the value. Reactive.
    pub fn with<U>(self, with: impl FnOnce(&T) -> U) -> U {
        live(self.try_read(true, with))
    }

    /// Looks at the value, once.
    pub fn with_untracked<U>(self, with: impl FnOnce(&T) -> U) -> U {
        live(self.try_read(false, with))
    }

    /// Looks at the value, once; none when the signal is gone.
    pub fn try_with_untracked<U>(self, with: impl FnOnce(&T) -> U) -> Option<U> {
        self.try_read(false, with)
    }

    /// The value. Reactive.
    #[must_use]
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// The value, once.
    #[must_use]
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// The value, once; none when the signal is gone.
    #[must_use]
    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        self.try_read(false, T::clone)
    }

    /// Hears of each write from here on.
    pub fn track(self) {
        self.plain.track();
    }
}

/// Something to be read, wherever it comes from.
pub struct Signal<T> {
    /// A `Source<T>`.
    source: StoredValue<Arc<Value>>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

type Source<T> = Box<dyn Give<T> + Send + Sync>;

/// As [`crate::Make`], for many at once.
trait Give<T> {
    fn give(&self) -> T;
}

struct Giving<F>(F);

impl<T, F: Fn() -> T> Give<T> for Giving<F> {
    fn give(&self) -> T {
        (self.0)()
    }
}

impl<T: 'static> Signal<T> {
    /// Computed from other signals at each reading.
    pub fn derive(source: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let source: Source<T> = Box::new(Giving(source));
        Self {
            source: StoredValue::new(Arc::new(source)),
            kind: PhantomData,
        }
    }

    /// One that never changes.
    pub fn stored(value: T) -> Self
    where
        T: Holds + Clone,
    {
        Self::from(value)
    }

    /// The value; none when the signal is gone. Reactive.
    #[must_use]
    pub fn try_get(self) -> Option<T> {
        let source = self.source.try_get_value()?;
        source
            .downcast_ref::<Source<T>>()
            .map(|source| source.give())
    }

    /// The value. Reactive.
    #[must_use]
    pub fn get(self) -> T {
        live(self.try_get())
    }

    /// The value, once.
    #[must_use]
    pub fn get_untracked(self) -> T {
        untrack(|| self.get())
    }

    /// Looks at the value. Reactive.
    pub fn with<U>(self, with: impl FnOnce(&T) -> U) -> U {
        with(&self.get())
    }
}

impl<T: Holds + Default> Default for Signal<T> {
    fn default() -> Self {
        Self::derive(T::default)
    }
}

impl<T: Holds + Clone> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::derive(move || value.clone())
    }
}

impl From<&'static str> for Signal<String> {
    fn from(value: &'static str) -> Self {
        Self::derive(move || value.to_owned())
    }
}

impl<T: Holds + Clone> From<RwSignal<T>> for Signal<T> {
    fn from(value: RwSignal<T>) -> Self {
        Self::derive(move || value.get())
    }
}

impl<T: Holds + Clone> From<Memo<T>> for Signal<T> {
    fn from(value: Memo<T>) -> Self {
        Self::derive(move || value.get())
    }
}

/// A property of a component that may be left out.
pub struct MaybeProp<T>(Option<Signal<Option<T>>>);

impl<T> Clone for MaybeProp<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for MaybeProp<T> {}

impl<T> Default for MaybeProp<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: 'static> MaybeProp<T> {
    /// The value, if there is one. Reactive.
    #[must_use]
    pub fn get(self) -> Option<T> {
        self.0?.get()
    }
}

macro_rules! maybe_text {
    ($($from:ty: $value:ident => $get:expr;)*) => {$(
        impl From<$from> for MaybeProp<String> {
            fn from($value: $from) -> Self {
                Self(Some(Signal::derive(move || $get)))
            }
        }
    )*};
}

maybe_text! {
    &'static str: value => Some(value.to_owned());
    String: value => Some(value.clone());
    Option<String>: value => value.clone();
    Signal<String>: value => Some(value.get());
    Signal<Option<String>>: value => value.get();
    RwSignal<Option<String>>: value => value.get();
    Memo<Option<String>>: value => value.get();
}

/// Runs whenever a signal in it changes, after the page was painted anew.
pub struct Effect;

impl Effect {
    /// An effect; it is handed what it gave the time before, and ends with the page that made it.
    #[allow(clippy::new_ret_no_self)] // nobody needs a handle
    pub fn new<T: 'static>(mut run: impl FnMut(Option<T>) -> T + 'static) {
        let mut before = None;
        plain_effect(Box::new(Making(move || before = Some(run(before.take())))));
    }
}

#[inline(never)]
fn plain_effect(run: Box<dyn Make<()>>) {
    // It lives as long as its page.
    StoredValue::new_local(Running::soon(run));
}
