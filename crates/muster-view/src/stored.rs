//! Values that live as long as their page, outside of the reactive graph; as with signals, the code for them does not grow with
//! the number of types.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use leptos::prelude::{LocalStorage, ReadValue, SyncStorage, WriteValue};

type Held = Box<dyn Any>;
// Nothing here knows more than one thread, whatever a value could do.
type Plain = leptos::prelude::StoredValue<Held, LocalStorage>;
type Guard = <Plain as ReadValue>::Value;

#[inline(never)]
fn keep(value: Held) -> Plain {
    Plain::new_local(value)
}

#[inline(never)]
fn read(plain: Plain) -> Option<Guard> {
    plain.try_read_value()
}

#[inline(never)]
fn write(plain: Plain, with: &mut dyn FnMut(&mut dyn Any)) {
    if let Some(mut held) = plain.try_write_value() {
        with(&mut **held);
    }
}

/// A value, and a handle to it that can be copied. What is stored with [`Self::new_local`] is `LocalStorage`, as Leptos has it.
pub struct StoredValue<T, S = SyncStorage> {
    plain: Plain,
    kind: PhantomData<fn() -> (T, S)>,
}

impl<T, S> Clone for StoredValue<T, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S> Copy for StoredValue<T, S> {}

impl<T, S> fmt::Debug for StoredValue<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredValue")
    }
}

impl<T: Send + Sync + 'static> StoredValue<T> {
    /// Stores it for as long as whoever makes it.
    pub fn new(value: T) -> Self {
        Self::keep(value)
    }
}

impl<T: 'static> StoredValue<T, LocalStorage> {
    /// The same for what only one thread can have.
    pub fn new_local(value: T) -> Self {
        Self::keep(value)
    }
}

impl<T: 'static, S> StoredValue<T, S> {
    fn keep(value: T) -> Self {
        Self {
            plain: keep(Box::new(value)),
            kind: PhantomData,
        }
    }

    /// Looks at the value; none when it is gone.
    pub fn try_with_value<U>(self, with: impl FnOnce(&T) -> U) -> Option<U> {
        let held = read(self.plain)?;
        (**held).downcast_ref().map(with)
    }

    /// Looks at the value.
    pub fn with_value<U>(self, with: impl FnOnce(&T) -> U) -> U {
        live(self.try_with_value(with))
    }

    /// The value; none when it is gone.
    #[must_use]
    pub fn try_get_value(self) -> Option<T>
    where
        T: Clone,
    {
        self.try_with_value(T::clone)
    }

    /// The value.
    #[must_use]
    pub fn get_value(self) -> T
    where
        T: Clone,
    {
        self.with_value(T::clone)
    }

    /// Changes the value; none when it is gone.
    pub fn try_update_value<U>(self, with: impl FnOnce(&mut T) -> U) -> Option<U> {
        let (mut with, mut done) = (Some(with), None);
        write(self.plain, &mut |held| {
            if let (Some(value), Some(with)) = (held.downcast_mut(), with.take()) {
                done = Some(with(value));
            }
        });
        done
    }

    /// Changes the value, if it is still there.
    pub fn update_value(self, with: impl FnOnce(&mut T)) {
        // Nobody reads one that is gone.
        let _ = self.try_update_value(with);
    }

    /// Puts another in its place, if it is still there.
    pub fn set_value(self, value: T) {
        self.update_value(|held| *held = value);
    }
}

/// What is read of a value that is still there.
///
/// To read one that is gone is a fault of the program, as with Leptos: it ends with the overlay. No type rules it out; what may
/// outlive its page (an answer, a timer) reads with `try_…`.
fn live<T>(value: Option<T>) -> T {
    match value {
        Some(value) => value,
        None => unreachable!("a value was read after its page was gone"),
    }
}
