//! Views as data.

use std::any::TypeId;
use std::borrow::Cow;

use crate::element::Element;
use crate::lit::Lighting;
use crate::seen::shown;
use crate::signal::{Memo, RwSignal, Signal};

/// A view, before it is in the page.
pub enum Node {
    /// Nothing.
    Empty,
    /// A text.
    Text(Cow<'static, str>),
    /// A text in which something is highlighted; see [`crate::Lights`].
    Lit(String, Lighting),
    /// An element with all that is in it.
    Element(Element),
    /// An element that never changes, as HTML; the flag says whether it is part of an SVG.
    Inert(&'static str, bool),
    /// Several views that stand side by side in a `view!`: always as many.
    Row(Vec<Node>),
    /// Several views, as many as there are.
    Many(Vec<Node>),
    /// Made anew whenever a signal in it changes.
    Live(Box<dyn Make<Node>>),
    /// The view of a component, and which.
    Component(Box<(TypeId, Node)>),
    /// Numbered views of a list; see [`slots`].
    Slots(Box<Slots>),
}

impl Node {
    /// Used by `view!` in builds for development.
    #[doc(hidden)]
    #[must_use]
    pub fn with_view_marker(self, _: impl Into<Cow<'static, str>>) -> Self {
        self
    }
}

/// Which numbers of a list are shown, and what is made for each.
pub struct Slots {
    pub(crate) wanted: Box<dyn Make<Vec<i32>>>,
    pub(crate) make: Box<dyn Fn(RwSignal<i32>) -> Node>,
}

/// A closure without the parts of `FnMut` that are never called: a `dyn FnMut` keeps the code that
/// calls the closure once and drops it, for each closure.
pub trait Make<T> {
    /// Makes it, anew each time.
    fn make(&mut self) -> T;
}

/// A closure that makes something.
pub(crate) struct Making<F>(pub(crate) F);

impl<T, F: FnMut() -> T> Make<T> for Making<F> {
    fn make(&mut self) -> T {
        (self.0)()
    }
}

/// Every view has the same type.
pub type AnyView = Node;

/// The part of a list that is wanted: numbers that rise, and a view for each. A view is made once;
/// when its number is not wanted any more, it is given one that is and put in its place, so that a
/// window slides over a list of any length with the same few views. A view whose number stays wanted
/// is not touched.
pub fn slots<V: IntoView>(
    wanted: impl FnMut() -> Vec<i32> + 'static,
    slot: impl Fn(RwSignal<i32>) -> V + 'static,
) -> Node {
    Node::Slots(Box::new(Slots {
        wanted: Box::new(Making(wanted)),
        make: Box::new(move |number| slot(number).into_view()),
    }))
}

/// What can be shown.
pub trait IntoView: Sized {
    /// Makes it a view.
    fn into_view(self) -> Node;
}

impl IntoView for Node {
    fn into_view(self) -> Node {
        self
    }
}

impl IntoView for Element {
    fn into_view(self) -> Node {
        Node::Element(self)
    }
}

impl IntoView for () {
    fn into_view(self) -> Node {
        Node::Empty
    }
}

impl IntoView for &'static str {
    fn into_view(self) -> Node {
        Node::Text(Cow::Borrowed(self))
    }
}

impl IntoView for String {
    fn into_view(self) -> Node {
        Node::Text(Cow::Owned(shown(self)))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl IntoView for $number {
            fn into_view(self) -> Node {
                self.to_string().into_view()
            }
        }
    )*};
}

numbers!(i32, u32, usize);

impl<T: IntoView> IntoView for Option<T> {
    fn into_view(self) -> Node {
        self.map_or(Node::Empty, T::into_view)
    }
}

impl<T: IntoView> IntoView for Vec<T> {
    fn into_view(self) -> Node {
        self.collect_view()
    }
}

impl<F, V> IntoView for F
where
    F: FnMut() -> V + 'static,
    V: IntoView,
{
    fn into_view(mut self) -> Node {
        Node::Live(Box::new(Making(move || self().into_view())))
    }
}

macro_rules! signals {
    ($($signal:ident),*) => {$(
        impl<T> IntoView for $signal<T>
        where
            T: IntoView + Clone + Send + Sync + 'static,
        {
            fn into_view(self) -> Node {
                (move || self.get()).into_view()
            }
        }
    )*};
}

signals!(RwSignal, Memo, Signal);

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: IntoView),+> IntoView for ($($name,)+) {
            fn into_view(self) -> Node {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                Node::Row(vec![$($name.into_view()),+])
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
tuples!(A B C D E F G H I J K L M);
tuples!(A B C D E F G H I J K L M N);
tuples!(A B C D E F G H I J K L M N O);
tuples!(A B C D E F G H I J K L M N O P);

/// Gathers the views of a list.
pub trait CollectView {
    /// Gathers them.
    fn collect_view(self) -> Node;
}

impl<I> CollectView for I
where
    I: IntoIterator,
    I::Item: IntoView,
{
    fn collect_view(self) -> Node {
        Node::Many(self.into_iter().map(IntoView::into_view).collect())
    }
}

/// For the arms of a `match`, as Leptos calls it.
pub trait IntoAny {
    /// Makes it a view.
    fn into_any(self) -> AnyView;
}

impl<T: IntoView> IntoAny for T {
    fn into_any(self) -> AnyView {
        self.into_view()
    }
}

/// What `view!` calls for a block.
#[doc(hidden)]
pub trait IntoRender {
    fn into_render(self) -> Node;
}

impl<T: IntoView> IntoRender for T {
    fn into_render(self) -> Node {
        self.into_view()
    }
}

/// What `view!` puts around a view.
#[doc(hidden)]
pub struct View;

impl View {
    #[allow(clippy::new_ret_no_self)] // Leptos' name for it
    pub fn new(view: impl IntoView) -> Node {
        view.into_view()
    }
}

/// What `view!` makes of an element without anything that changes.
#[doc(hidden)]
pub struct InertElement;

impl InertElement {
    #[allow(clippy::new_ret_no_self)] // as above
    pub fn new(html: &'static str) -> Node {
        Node::Inert(html, false)
    }
}
