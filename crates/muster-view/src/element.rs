//! Elements as data.

use std::borrow::Cow;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use leptos::prelude::{Get, GetUntracked, LocalStorage, Owner, RwSignal, Set, Track};
use leptos::tachys::html::element::ElementType;
use leptos::tachys::html::event::EventDescriptor;
use wasm_bindgen::JsCast;

use crate::child::{IntoView, Node};
use crate::value::{IntoAttributeValue, Value};

/// Called for each event.
pub(crate) type Handler = Rc<RefCell<dyn Handle>>;

/// As [`crate::Make`], with an event.
pub(crate) trait Handle {
    fn handle(&mut self, event: web_sys::Event);
}

struct Handling<F>(F);

impl<F: FnMut(web_sys::Event)> Handle for Handling<F> {
    fn handle(&mut self, event: web_sys::Event) {
        (self.0)(event);
    }
}

type Ref = RwSignal<Option<web_sys::Element>, LocalStorage>;

/// What a value of an element is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An attribute.
    Attribute,
    /// A property of the DOM object.
    Property,
    /// A style, set through the DOM: as an attribute a content security policy forbids it.
    Style,
}

/// One of the things set on an element.
pub(crate) enum Part {
    /// A value of the element, by name.
    Set(Kind, &'static str, Value),
    /// An event handler, and the owner of what it makes.
    On(Cow<'static, str>, Handler, Owner),
    /// Whoever wants to know the element.
    Ref(Ref),
}

/// An element, before it is in the page.
pub struct Element(pub(crate) Box<Drawn>);

/// What an element is to be.
pub(crate) struct Drawn {
    pub(crate) tag: &'static str,
    pub(crate) svg: bool,
    pub(crate) parts: Vec<Part>,
    pub(crate) children: Vec<Node>,
}

impl Element {
    #[inline(never)]
    fn new(tag: &'static str, svg: bool) -> Self {
        Self(Box::new(Drawn {
            tag,
            svg,
            parts: Vec::new(),
            children: Vec::new(),
        }))
    }

    // The functions that views call are kept whole: a call is shorter than what it does.

    /// Puts a view into it, after those already there.
    #[must_use]
    #[inline(never)]
    pub fn child(mut self, child: impl IntoView) -> Self {
        self.push(child.into_view());
        self
    }

    #[inline(never)]
    fn push(&mut self, child: Node) {
        match child {
            // What stands side by side in a `view!` is always as many.
            Node::Row(row) => row.into_iter().for_each(|child| self.push(child)),
            child => self.0.children.push(child),
        }
    }

    /// Sets an attribute.
    #[must_use]
    #[inline(never)]
    pub fn attr(self, name: &'static str, value: impl IntoAttributeValue) -> Self {
        self.part(Part::Set(
            Kind::Attribute,
            name,
            value.into_attribute_value(),
        ))
    }

    /// Sets a property of the DOM object.
    #[must_use]
    #[inline(never)]
    pub fn prop(self, name: &'static str, value: impl IntoAttributeValue) -> Self {
        self.part(Part::Set(
            Kind::Property,
            name,
            value.into_attribute_value(),
        ))
    }

    /// Sets a style.
    #[must_use]
    #[inline(never)]
    pub fn style(self, (name, value): (&'static str, impl IntoAttributeValue)) -> Self {
        self.part(Part::Set(Kind::Style, name, value.into_attribute_value()))
    }

    /// Listens for an event.
    #[must_use]
    pub fn on<E>(self, event: E, mut handler: impl FnMut(E::EventType) + 'static) -> Self
    where
        E: EventDescriptor,
        E::EventType: JsCast,
    {
        self.listen(
            event.name(),
            Rc::new(RefCell::new(Handling(move |event: web_sys::Event| {
                handler(event.unchecked_into());
            }))),
        )
    }

    /// Listens for an event whose target is a control of a form.
    #[must_use]
    pub fn on_target<E>(self, event: E, mut handler: impl FnMut(Targeted) + 'static) -> Self
    where
        E: EventDescriptor,
    {
        self.listen(
            event.name(),
            Rc::new(RefCell::new(Handling(move |event| {
                handler(Targeted(event));
            }))),
        )
    }

    #[inline(never)]
    fn listen(self, name: Cow<'static, str>, handler: Handler) -> Self {
        let owner = Owner::current().unwrap_or_default();
        self.part(Part::On(name, handler, owner))
    }

    /// Lets somebody know the element once it is made.
    #[must_use]
    pub fn node_ref<E>(self, node: NodeRef<E>) -> Self {
        self.part(Part::Ref(node.element))
    }

    #[inline(never)]
    fn part(mut self, part: Part) -> Self {
        self.0.parts.push(part);
        self
    }
}

/// An event at a control of a form.
pub struct Targeted(web_sys::Event);

impl Targeted {
    /// The control. Text areas and selects have the same `value` as inputs.
    #[must_use]
    pub fn target(&self) -> web_sys::HtmlInputElement {
        self.0
            .target()
            .map_or(wasm_bindgen::JsValue::UNDEFINED, Into::into)
            .unchecked_into()
    }
}

/// A place for an element of the page. Reactive: it changes when the element is made.
#[derive(Debug)]
pub struct NodeRef<E> {
    element: Ref,
    kind: PhantomData<fn() -> E>,
}

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

impl<E> Default for NodeRef<E> {
    fn default() -> Self {
        Self {
            element: RwSignal::new_local(None),
            kind: PhantomData,
        }
    }
}

impl<E> NodeRef<E>
where
    E: ElementType,
    E::Output: JsCast,
{
    /// A place without an element.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The element. Reactive.
    #[must_use]
    pub fn get(&self) -> Option<E::Output> {
        self.element.get().map(JsCast::unchecked_into)
    }

    /// The element, once.
    #[must_use]
    pub fn get_untracked(&self) -> Option<E::Output> {
        self.element.get_untracked().map(JsCast::unchecked_into)
    }

    /// Runs whoever asks again when the element is made.
    pub fn track(&self) {
        self.element.track();
    }
}

pub(crate) fn load(place: Ref, element: &web_sys::Element) {
    place.set(Some(element.clone()));
}

macro_rules! attributes {
    ($($method:ident = $name:literal),* $(,)?) => {
        impl Element {
            $(
                #[doc = concat!("Sets the attribute `", $name, "`.")]
                #[must_use]
                #[inline(never)]
                pub fn $method(self, value: impl IntoAttributeValue) -> Self {
                    self.attr($name, value)
                }
            )*
        }
    };
}

attributes! {
    alt = "alt",
    autocapitalize = "autocapitalize",
    autocomplete = "autocomplete",
    autofocus = "autofocus",
    checked = "checked",
    class = "class",
    colspan = "colspan",
    datetime = "datetime",
    disabled = "disabled",
    r#for = "for",
    hidden = "hidden",
    href = "href",
    id = "id",
    inputmode = "inputmode",
    loading = "loading",
    name = "name",
    novalidate = "novalidate",
    max = "max",
    placeholder = "placeholder",
    popover = "popover",
    popovertarget = "popovertarget",
    referrerpolicy = "referrerpolicy",
    rel = "rel",
    role = "role",
    rows = "rows",
    scope = "scope",
    selected = "selected",
    spellcheck = "spellcheck",
    src = "src",
    tabindex = "tabindex",
    target = "target",
    title = "title",
    r#type = "type",
    value = "value",
    aria_activedescendant = "aria-activedescendant",
    aria_autocomplete = "aria-autocomplete",
    aria_busy = "aria-busy",
    aria_checked = "aria-checked",
    aria_controls = "aria-controls",
    aria_current = "aria-current",
    aria_describedby = "aria-describedby",
    aria_description = "aria-description",
    aria_disabled = "aria-disabled",
    aria_expanded = "aria-expanded",
    aria_hidden = "aria-hidden",
    aria_invalid = "aria-invalid",
    aria_label = "aria-label",
    aria_labelledby = "aria-labelledby",
    aria_live = "aria-live",
    aria_pressed = "aria-pressed",
    aria_rowcount = "aria-rowcount",
    aria_rowindex = "aria-rowindex",
    aria_selected = "aria-selected",
    aria_sort = "aria-sort",
    aria_valuemax = "aria-valuemax",
    aria_valuenow = "aria-valuenow",
}

macro_rules! elements {
    ($svg:literal: $($tag:ident)*) => {
        use super::Element;
        $(
            #[must_use]
            #[inline(never)]
            pub fn $tag() -> Element {
                Element::new(stringify!($tag), $svg)
            }
        )*
    };
}

#[doc(hidden)]
#[allow(missing_docs)]
pub mod html {
    elements! { false:
        a article aside b bdi blockquote br button caption code col colgroup dd details dialog div dl dt em
        fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr i img input kbd label legend li
        main mark menu meter nav ol optgroup option output p pre progress s samp section select small span
        strong sub summary sup table tbody td textarea tfoot th thead time tr u ul var wbr
    }
}

#[doc(hidden)]
#[allow(missing_docs)]
pub mod svg {
    elements! { true: circle ellipse g line path polygon polyline rect svg text }

    #[must_use]
    pub fn r#use() -> Element {
        Element::new("use", true)
    }

    /// As its namesake in HTML.
    pub struct InertElement;

    impl InertElement {
        #[allow(clippy::new_ret_no_self)] // Leptos' name for it
        pub const fn new(html: &'static str) -> crate::Node {
            crate::Node::Inert(html, true)
        }
    }
}
