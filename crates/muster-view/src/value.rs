//! Values of attributes and properties.

use std::borrow::Cow;

use crate::child::{Make, Making};
use crate::signal::{MaybeProp, Memo, RwSignal, Signal};

/// What an attribute or a property is set to.
pub enum Value {
    /// Nothing: there is no such attribute.
    None,
    /// As an attribute: there, and empty, or not there.
    Flag(bool),
    /// A text.
    Text(Cow<'static, str>),
    /// Read anew whenever a signal in it changes.
    Live(Box<dyn Make<Value>>),
}

impl Value {
    /// Whether setting one after the other changes nothing.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Flag(a), Self::Flag(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => false,
        }
    }
}

/// What can be the value of an attribute or a property.
pub trait IntoAttributeValue {
    /// Makes it one.
    fn into_attribute_value(self) -> Value;
}

impl IntoAttributeValue for Value {
    fn into_attribute_value(self) -> Value {
        self
    }
}

impl IntoAttributeValue for bool {
    fn into_attribute_value(self) -> Value {
        Value::Flag(self)
    }
}

impl IntoAttributeValue for &'static str {
    fn into_attribute_value(self) -> Value {
        Value::Text(Cow::Borrowed(self))
    }
}

impl IntoAttributeValue for String {
    fn into_attribute_value(self) -> Value {
        Value::Text(Cow::Owned(self))
    }
}

impl<T: IntoAttributeValue> IntoAttributeValue for Option<T> {
    fn into_attribute_value(self) -> Value {
        self.map_or(Value::None, T::into_attribute_value)
    }
}

impl<F, T> IntoAttributeValue for F
where
    F: FnMut() -> T + 'static,
    T: IntoAttributeValue,
{
    fn into_attribute_value(mut self) -> Value {
        Value::Live(Box::new(Making(move || self().into_attribute_value())))
    }
}

macro_rules! signals {
    ($($signal:ident),*) => {$(
        impl<T> IntoAttributeValue for $signal<T>
        where
            T: IntoAttributeValue + Clone + Send + Sync + 'static,
        {
            fn into_attribute_value(self) -> Value {
                (move || self.get()).into_attribute_value()
            }
        }
    )*};
}

signals!(RwSignal, Memo, Signal);

impl<T> IntoAttributeValue for MaybeProp<T>
where
    T: IntoAttributeValue + Clone + Send + Sync + 'static,
{
    fn into_attribute_value(self) -> Value {
        (move || self.get()).into_attribute_value()
    }
}
