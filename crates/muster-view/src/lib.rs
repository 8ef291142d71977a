//! Leptos, with one small view layer in place of its generic one.
//!
//! Leptos gives every element, attribute and closure of a `view!` a type of its own, and the compiler
//! writes the code to build, change and remove it anew for each: with the router that goes by the
//! same types, 87 of the 340 kB that Muster's wasm was (brotli, types erased). Here
//! `view!` and `#[component]` are Leptos' own, and so are the signals; only the functions that
//! `view!` expands to are others: they put a view together as data ([`Node`]), which code that
//! exists once turns into DOM ([`mount`]). The app names this crate `leptos`, so that it stays a
//! plain Leptos app and the crate can be taken out again.
//!
//! A view that is made anew takes over the elements of the one before where both have the same
//! shape, so that the focus and what was typed stay; views of different components never do.
#![forbid(unsafe_code)]

mod child;
mod dom;
mod effect;
mod element;
mod lit;
pub mod mount;
mod seen;
mod signal;
mod stored;
mod trusted;
mod value;

pub use child::{AnyView, CollectView, IntoView, Make, Node, Slots, slots};
pub use element::{Element, Targeted};
pub use leptos::*;
pub use lit::{Find, Lights};
pub use seen::{Seen, show_texts_by};
pub use signal::{Effect, MaybeProp, Memo, RwSignal, Signal};
pub use stored::StoredValue;
pub use value::{IntoAttributeValue, Value};

/// What components are made of and called by.
pub mod component {
    pub use leptos::component::*;

    use crate::{IntoView, Node};

    /// Calls a component. Which one it was is kept with its view, so that no other takes it over.
    pub fn component_view<P, T: IntoView>(
        component: impl ComponentConstructor<P, T> + 'static,
        props: P,
    ) -> Node {
        let id = std::any::Any::type_id(&component);
        Node::Component(Box::new((id, component.construct(props).into_view())))
    }
}

/// Views handed to a component.
pub mod children {
    pub use leptos::children::ChildrenOptContainer;

    use crate::{IntoView, Node};

    /// What stands between a component's tags.
    pub type Children = Box<dyn FnOnce() -> Node>;

    /// Makes a component's children of what `view!` found there.
    pub trait ToChildren<F> {
        /// Makes them.
        fn to_children(f: F) -> Self;
    }

    impl<F, V> ToChildren<F> for Children
    where
        F: FnOnce() -> V + 'static,
        V: IntoView,
    {
        fn to_children(f: F) -> Self {
            Box::new(move || f().into_view())
        }
    }

    impl<T> ToChildren<ChildrenOptContainer<T>> for Children
    where
        T: IntoView + 'static,
    {
        fn to_children(f: ChildrenOptContainer<T>) -> Self {
            Box::new(move || f.0.into_view())
        }
    }
}

/// What every page needs.
pub mod prelude {
    pub use crate::child::{AnyView, CollectView, IntoAny, IntoRender, IntoView, View};
    pub use crate::children::{Children, ToChildren};
    pub use crate::component::component_view;
    pub use crate::element::NodeRef;
    pub use crate::signal::{Effect, MaybeProp, Memo, RwSignal, Signal};
    pub use crate::stored::StoredValue;
    pub use crate::value::IntoAttributeValue;
    pub use leptos::prelude::*;
}

/// The names that `view!` expands to.
#[doc(hidden)]
pub mod tachys {
    pub mod html {
        pub use crate::child::InertElement;
        pub use crate::element::html as element;
        pub use leptos::tachys::html::event;
    }
    pub use crate::element::svg;
}
