//! Views in the page: the only code that makes, changes and removes elements.

use std::any::TypeId;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::{Owner, document, untrack};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::child::{Make, Making, Node, Slots};
use crate::effect::Running;
use crate::element::{Element, Handler, Kind, Part, load};
use crate::lit::Lit;
use crate::seen::shown_in;
use crate::signal::RwSignal;
use crate::trusted::{self, Within};
use crate::value::Value;

/// A view that was made: what of it is in the page, and what keeps it up to date.
pub(crate) enum State {
    /// A place for nothing, as a comment.
    Empty(web_sys::Node),
    Text(web_sys::Node, Cow<'static, str>),
    Lit(Rc<Lit>),
    Inert(web_sys::Node, &'static str),
    Element(Box<Held>),
    /// Several, and a comment after the last.
    Many(Vec<State>, web_sys::Node),
    Live(Rc<RefCell<Option<State>>>, Running),
    Component(TypeId, Box<State>),
    Slots(
        Rc<RefCell<Vec<Slot>>>,
        web_sys::Node,
        #[allow(dead_code)] // it lives as long as this
        Running,
    ),
}

/// One of a list's views.
pub(crate) struct Slot {
    at: i32,
    number: RwSignal<i32>,
    owner: Owner,
    state: State,
}

/// An element that was made.
pub(crate) struct Held {
    node: web_sys::Element,
    tag: &'static str,
    parts: Vec<HeldPart>,
    children: Vec<State>,
}

enum HeldPart {
    Fixed(Kind, &'static str, Value),
    Live(Kind, &'static str, Rc<RefCell<Value>>, Running),
    On(Listener),
    Ref,
}

/// An event listener; it ends with this.
struct Listener {
    node: web_sys::Element,
    name: Cow<'static, str>,
    handler: Rc<RefCell<(Handler, Owner)>>,
    called: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    fn new(
        node: &web_sys::Element,
        name: Cow<'static, str>,
        handler: Handler,
        owner: Owner,
    ) -> Self {
        let handler = Rc::new(RefCell::new((handler, owner)));
        let now = Rc::clone(&handler);
        let called = Closure::<dyn FnMut(web_sys::Event)>::new(move |event| {
            let (handler, owner) = now.borrow().clone();
            owner.with(|| {
                // An event that a handler causes while it runs is not its own to handle.
                if let Ok(mut handler) = handler.try_borrow_mut() {
                    handler.handle(event);
                }
            });
        });
        // An element takes any listener.
        let _ = node.add_event_listener_with_callback(&name, called.as_ref().unchecked_ref());
        Self {
            node: node.clone(),
            name,
            handler,
            called,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // It was added, so it can be removed.
        let _ = self
            .node
            .remove_event_listener_with_callback(&self.name, self.called.as_ref().unchecked_ref());
    }
}

fn comment() -> web_sys::Node {
    document().create_comment("").into()
}

fn create(tag: &str, svg: bool) -> Option<web_sys::Element> {
    if svg {
        document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag)
    } else {
        document().create_element(tag)
    }
    .ok()
}

fn inert(html: &'static str, svg: bool) -> Option<web_sys::Node> {
    let template: web_sys::HtmlTemplateElement = create("template", false)?.unchecked_into();
    if svg {
        trusted::fill(&template, html, Within::Svg);
        template.content().first_child()?.first_child()
    } else {
        trusted::fill(&template, html, Within::Html);
        template.content().first_child()
    }
}

/// Makes a view, not yet in the page.
pub(crate) fn build(node: Node) -> State {
    match node {
        Node::Empty => State::Empty(comment()),
        Node::Text(text) => State::Text(document().create_text_node(&text).into(), text),
        Node::Lit(text, lighting) => State::Lit(Lit::new(text, lighting)),
        Node::Element(element) => build_element(element),
        Node::Inert(html, svg) => match inert(html, svg) {
            Some(node) => State::Inert(node, html),
            None => State::Empty(comment()),
        },
        Node::Row(nodes) | Node::Many(nodes) => {
            State::Many(nodes.into_iter().map(build).collect(), comment())
        }
        Node::Live(make) => build_live(make, None),
        Node::Component(component) => State::Component(component.0, Box::new(build(component.1))),
        Node::Slots(slots) => build_slots(*slots),
    }
}

fn build_live(mut make: Box<dyn Make<Node>>, before: Option<State>) -> State {
    let place = Rc::new(RefCell::new(before));
    // Weak: what is in the page holds the effect.
    let held = Rc::downgrade(&place);
    let effect = Running::now(Box::new(Making(move || {
        let Some(held) = held.upgrade() else { return };
        let node = make.make();
        let before = held.borrow_mut().take();
        let state = untrack(|| match before {
            Some(before) => patch(before, node),
            None => build(node),
        });
        *held.borrow_mut() = Some(state);
    })));
    State::Live(place, effect)
}

fn build_slots(drawn: Slots) -> State {
    let Slots { mut wanted, make } = drawn;
    // The slots outlive each run of the effect, so what they own is not the effect's.
    let owner = Owner::current().unwrap_or_default();
    let end = comment();
    let slots = Rc::new(RefCell::new(Vec::<Slot>::new()));
    // Weak for the same reason as above.
    let (held, last) = (Rc::downgrade(&slots), end.clone());
    let effect = Running::now(Box::new(Making(move || {
        let Some(held) = held.upgrade() else { return };
        let wanted = wanted.make();
        let mut slots = held.borrow_mut();
        let (mut kept, mut free): (Vec<Slot>, Vec<Slot>) = slots
            .drain(..)
            .partition(|slot| wanted.binary_search(&slot.at).is_ok());
        // From the last to the first: each stands before the one that was filled before it.
        let mut next = last.clone();
        for at in wanted.into_iter().rev() {
            let slot = match kept.pop_if(|slot| slot.at == at) {
                Some(slot) => slot,
                None => {
                    let slot = match free.pop() {
                        Some(mut slot) => {
                            slot.at = at;
                            slot.number.set(at);
                            slot
                        }
                        None => {
                            let owner = owner.child();
                            let (number, state) = owner.with(|| {
                                let number = RwSignal::new(at);
                                (number, untrack(|| build(make(number))))
                            });
                            Slot {
                                at,
                                number,
                                owner,
                                state,
                            }
                        }
                    };
                    if let Some(parent) = next.parent_node() {
                        slot.state.put_before(&parent, &next);
                    }
                    slot
                }
            };
            next = slot.state.first().unwrap_or(next);
            slots.push(slot);
        }
        slots.reverse();
        for slot in free {
            slot.state.unmount();
            slot.owner.cleanup();
        }
    })));
    State::Slots(slots, end, effect)
}

fn build_element(element: Element) -> State {
    let element = *element.0;
    let Some(node) = create(element.tag, element.svg) else {
        return State::Empty(comment());
    };
    let children: Vec<State> = element.children.into_iter().map(build).collect();
    for child in &children {
        child.mount(&node, None);
    }
    let parts = element
        .parts
        .into_iter()
        .map(|part| build_part(&node, part))
        .collect();
    State::Element(Box::new(Held {
        node,
        tag: element.tag,
        parts,
        children,
    }))
}

fn build_part(node: &web_sys::Element, part: Part) -> HeldPart {
    match part {
        Part::Set(kind, name, value) => build_value(node, kind, name, value, Value::None),
        Part::On(name, handler, owner) => HeldPart::On(Listener::new(node, name, handler, owner)),
        Part::Ref(place) => {
            load(place, node);
            HeldPart::Ref
        }
    }
}

fn build_value(
    node: &web_sys::Element,
    kind: Kind,
    name: &'static str,
    value: Value,
    before: Value,
) -> HeldPart {
    match value {
        Value::Live(mut make) => {
            let last = Rc::new(RefCell::new(before));
            let (held, node) = (Rc::clone(&last), node.clone());
            let effect = Running::now(Box::new(Making(move || {
                let value = make.make();
                if !value.same(&held.borrow()) {
                    set(&node, kind, name, &value);
                    *held.borrow_mut() = value;
                }
            })));
            HeldPart::Live(kind, name, last, effect)
        }
        value => {
            if !value.same(&before) {
                set(node, kind, name, &value);
            }
            HeldPart::Fixed(kind, name, value)
        }
    }
}

fn set(node: &web_sys::Element, kind: Kind, name: &str, value: &Value) {
    if kind == Kind::Attribute {
        // The names are well formed.
        let _ = match value {
            Value::Text(text) => node.set_attribute(name, &shown_in(name, text)),
            Value::Flag(true) => node.set_attribute(name, ""),
            _ => node.remove_attribute(name),
        };
        return;
    }
    let place = match kind {
        Kind::Style => js_sys::Reflect::get(node, &JsValue::from_str("style")),
        _ => Ok(node.into()),
    };
    let value = match value {
        Value::Text(text) => JsValue::from_str(text),
        Value::Flag(flag) => JsValue::from_bool(*flag),
        _ if kind == Kind::Style => JsValue::from_str(""),
        _ => JsValue::UNDEFINED,
    };
    // A property that cannot be set stays; a style that the browser does not know is left out.
    if let Ok(place) = place {
        let _ = js_sys::Reflect::set(&place, &JsValue::from_str(name), &value);
    }
}

/// Turns a view in the page into another: what has the same shape is kept, all else made anew.
fn patch(state: State, node: Node) -> State {
    match (state, node) {
        (State::Empty(place), Node::Empty) => State::Empty(place),
        (State::Text(place, before), Node::Text(text)) => {
            if before != text {
                place.set_node_value(Some(&text));
            }
            State::Text(place, text)
        }
        (State::Lit(lit), Node::Lit(text, lighting)) if lit.fits(&lighting) => {
            lit.say(text);
            State::Lit(lit)
        }
        (State::Inert(place, before), Node::Inert(html, _)) if before == html => {
            State::Inert(place, html)
        }
        (State::Live(place, effect), Node::Live(make)) => {
            let before = place.borrow_mut().take();
            drop(effect);
            build_live(make, before)
        }
        (State::Component(before, state), Node::Component(component)) if before == component.0 => {
            State::Component(before, Box::new(patch(*state, component.1)))
        }
        (State::Many(states, end), Node::Row(nodes) | Node::Many(nodes)) => {
            State::Many(patch_many(states, nodes, &end), end)
        }
        (State::Element(held), Node::Element(element)) if fits(&held, &element) => {
            patch_element(*held, element)
        }
        (state, node) => {
            let new = build(node);
            if let Some(first) = state.first()
                && let Some(parent) = first.parent_node()
            {
                new.mount(&parent, Some(&first));
            }
            state.unmount();
            new
        }
    }
}

fn patch_many(states: Vec<State>, nodes: Vec<Node>, end: &web_sys::Node) -> Vec<State> {
    let mut states = states.into_iter();
    let mut kept = Vec::with_capacity(nodes.len());
    for node in nodes {
        kept.push(match states.next() {
            Some(state) => patch(state, node),
            None => {
                let state = build(node);
                if let Some(parent) = end.parent_node() {
                    state.mount(&parent, Some(end));
                }
                state
            }
        });
    }
    states.for_each(State::unmount);
    kept
}

/// Whether an element can become another: the same tag, the same things set on it, and no words of
/// the `view!` itself that differ.
fn fits(held: &Held, element: &Element) -> bool {
    let element = &element.0;
    held.tag == element.tag
        && held.children.len() == element.children.len()
        && held.parts.len() == element.parts.len()
        && held
            .parts
            .iter()
            .zip(&element.parts)
            .all(|pair| match pair {
                (HeldPart::Fixed(kind, a, before), Part::Set(other, b, value)) => {
                    kind == other
                        && a == b
                        && match (before, value) {
                            (_, Value::Live(_)) => false,
                            (
                                Value::Text(Cow::Borrowed(before)),
                                Value::Text(Cow::Borrowed(value)),
                            ) if *kind == Kind::Attribute => before == value,
                            _ => true,
                        }
                }
                (HeldPart::Live(kind, a, ..), Part::Set(other, b, Value::Live(_))) => {
                    kind == other && a == b
                }
                (HeldPart::On(a), Part::On(b, ..)) => a.name == *b,
                (HeldPart::Ref, Part::Ref(_)) => true,
                _ => false,
            })
}

fn patch_element(held: Held, element: Element) -> State {
    let element = *element.0;
    let Held {
        node,
        tag,
        parts,
        children,
    } = held;
    let children = children
        .into_iter()
        .zip(element.children)
        .map(|(state, child)| patch(state, child))
        .collect();
    let parts = parts
        .into_iter()
        .zip(element.parts)
        .map(|(before, part)| patch_part(&node, before, part))
        .collect();
    State::Element(Box::new(Held {
        node,
        tag,
        parts,
        children,
    }))
}

fn patch_part(node: &web_sys::Element, before: HeldPart, part: Part) -> HeldPart {
    match (before, part) {
        (HeldPart::Fixed(kind, name, before), Part::Set(_, _, value)) => {
            build_value(node, kind, name, value, before)
        }
        (HeldPart::Live(kind, name, last, effect), Part::Set(_, _, value)) => {
            let before = last.replace(Value::None);
            drop(effect);
            build_value(node, kind, name, value, before)
        }
        (HeldPart::On(listener), Part::On(_, handler, owner)) => {
            *listener.handler.borrow_mut() = (handler, owner);
            HeldPart::On(listener)
        }
        // The shapes were compared before.
        (_, part) => build_part(node, part),
    }
}

impl State {
    /// Puts it into the page, before a node or as the last.
    pub(crate) fn mount(&self, parent: &web_sys::Node, before: Option<&web_sys::Node>) {
        self.each(&mut |node| {
            // A node made here and a parent that is in a page fit together.
            let _ = parent.insert_before(node, before);
        });
    }

    /// Puts it right before a node, unless it stands there.
    fn put_before(&self, parent: &web_sys::Node, next: &web_sys::Node) {
        let last = Cell::new(None);
        self.each(&mut |node| last.set(Some(node.clone())));
        let stands = last.take().and_then(|last| last.next_sibling());
        if stands.as_ref() != Some(next) {
            self.mount(parent, Some(next));
        }
    }

    /// Takes it out of the page, for good.
    pub(crate) fn unmount(self) {
        self.each(&mut |node| {
            if let Some(parent) = node.parent_node() {
                // It is this parent's child.
                let _ = parent.remove_child(node);
            }
        });
    }

    fn first(&self) -> Option<web_sys::Node> {
        let first = Cell::new(None);
        self.each(&mut |node| {
            let known = first.take();
            first.set(known.or_else(|| Some(node.clone())));
        });
        first.take()
    }

    /// Calls for each of its outermost nodes, in order. Every view has at least one.
    fn each(&self, call: &mut dyn FnMut(&web_sys::Node)) {
        match self {
            Self::Empty(node) | Self::Text(node, _) | Self::Inert(node, _) => call(node),
            Self::Lit(lit) => call(&lit.node),
            Self::Element(held) => call(&held.node),
            Self::Many(states, end) => {
                states.iter().for_each(|state| state.each(call));
                call(end);
            }
            Self::Live(place, _) => {
                if let Some(state) = &*place.borrow() {
                    state.each(call);
                }
            }
            Self::Component(_, state) => state.each(call),
            Self::Slots(slots, end, _) => {
                slots.borrow().iter().for_each(|slot| slot.state.each(call));
                call(end);
            }
        }
    }
}
