//! Texts in which something is highlighted, by the browser's own highlights: the DOM stays as it is,
//! so that another search lays nothing out anew and makes no elements.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::{Rc, Weak};

use any_spawner::Executor;
use js_sys::{Array, Function, Map, Reflect, Set, global};
use leptos::prelude::{LocalStorage, document};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Node as DomNode, Range as DomRange};

use crate::child::Node;
use crate::seen::shown;
use crate::signal::Effect;
use crate::stored::StoredValue;

/// What the stylesheet calls it: `::highlight(found)`.
const NAME: &str = "found";

thread_local! {
    /// The browser's set of ranges; none where it has no highlights.
    static HIGHLIGHT: Option<Set> = highlight();
}

fn highlight() -> Option<Set> {
    let of = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let make: Function = of(&global(), "Highlight")?.dyn_into().ok()?;
    let registry = of(&of(&global(), "CSS")?, "highlights")?;
    // It has a set's methods, and the registry those of a map.
    let highlight: Set = Reflect::construct(&make, &Array::new())
        .ok()?
        .unchecked_into();
    registry
        .unchecked_into::<Map>()
        .set(&NAME.into(), &highlight);
    Some(highlight)
}

/// Finds what is to be highlighted in a text: ranges of its bytes.
pub type Find = Box<dyn Fn(&str) -> Vec<Range<usize>>>;

/// What is highlighted in some texts: a handle that can be copied everywhere.
#[derive(Clone, Copy)]
pub struct Lights(StoredValue<Rc<Inner>, LocalStorage>);

struct Inner {
    find: RefCell<Find>,
    texts: RefCell<Vec<Weak<Lit>>>,
    /// Whether they are to be looked through after what is being done now.
    waits: Cell<bool>,
}

impl Lights {
    /// Highlights what `find` says. It is asked again whenever a signal in it changes.
    pub fn new(find: impl Fn() -> Find + 'static) -> Self {
        let inner = Rc::new(Inner {
            find: RefCell::new(Box::new(|_| Vec::new())),
            texts: RefCell::default(),
            waits: Cell::default(),
        });
        let held = Rc::clone(&inner);
        Effect::new(move |_| {
            *held.find.borrow_mut() = find();
            held.look_soon();
        });
        Self(StoredValue::new_local(inner))
    }

    /// A text in which that is highlighted.
    #[must_use]
    pub fn text(self, text: String) -> Node {
        let text = shown(text);
        match self.0.try_get_value() {
            Some(inner) => Node::Lit(text, Lighting(inner)),
            None => Node::Text(text.into()),
        }
    }
}

/// What is highlighted in a text.
#[derive(Clone)]
pub struct Lighting(Rc<Inner>);

impl Inner {
    /// Looks through all texts, once for all that changes in one go.
    fn look_soon(self: &Rc<Self>) {
        if !self.waits.replace(true) {
            let inner = Rc::clone(self);
            Executor::spawn_local(async move {
                inner.waits.set(false);
                inner.look();
            });
        }
    }

    fn look(&self) {
        let find = self.find.borrow();
        self.texts.borrow_mut().retain(|text| {
            let text = text.upgrade();
            if let Some(text) = &text {
                text.light(&find);
            }
            text.is_some()
        });
    }
}

/// A text in the page.
pub(crate) struct Lit {
    pub(crate) node: DomNode,
    text: RefCell<String>,
    lighting: Lighting,
    /// What of it is highlighted: from where to where, as the DOM counts, and the range that does it.
    ranges: RefCell<Vec<(u32, u32, DomRange)>>,
}

impl Lit {
    pub(crate) fn new(text: String, lighting: Lighting) -> Rc<Self> {
        let lit = Rc::new(Self {
            node: document().create_text_node(&text).into(),
            text: RefCell::new(text),
            lighting,
            ranges: RefCell::default(),
        });
        let inner = &lit.lighting.0;
        inner.texts.borrow_mut().push(Rc::downgrade(&lit));
        inner.look_soon();
        lit
    }

    /// Whether another text with this lighting can take its place.
    pub(crate) fn fits(&self, lighting: &Lighting) -> bool {
        Rc::ptr_eq(&self.lighting.0, &lighting.0)
    }

    /// Says another text.
    pub(crate) fn say(&self, text: String) {
        if *self.text.borrow() != text {
            self.node.set_node_value(Some(&text));
            *self.text.borrow_mut() = text;
            // The browser has moved its ranges to the beginning.
            for (from, to, _) in &mut *self.ranges.borrow_mut() {
                (*from, *to) = (0, 0);
            }
            self.lighting.0.look_soon();
        }
    }

    fn light(&self, find: &Find) {
        let text = self.text.borrow();
        let mut ranges = self.ranges.borrow_mut();
        let mut lit = 0;
        let mut counted = (0, 0);
        // Bytes to what the DOM counts in, which no text has more of.
        let mut units = |to: usize| {
            let (at, before) = counted;
            let more = text
                .get(at..to)
                .map_or(0, |part| part.encode_utf16().count());
            counted = (to, before + u32::try_from(more).unwrap_or_default());
            counted.1
        };
        HIGHLIGHT.with(|highlight| {
            let Some(highlight) = highlight else { return };
            for found in find(&text) {
                let (from, to) = (units(found.start), units(found.end));
                if ranges.get(lit).is_none() {
                    let Ok(range) = document().create_range() else {
                        return;
                    };
                    ranges.push((0, 0, range));
                }
                if let Some(known) = ranges
                    .get_mut(lit)
                    .filter(|known| (known.0, known.1) != (from, to))
                {
                    (known.0, known.1) = (from, to);
                    let range = &known.2;
                    // Both are places of this text. Put in anew, for a range that has only moved is not painted.
                    let _ = range.set_start(&self.node, from);
                    let _ = range.set_end(&self.node, to);
                    highlight.delete(range);
                    highlight.add(range);
                }
                lit += 1;
            }
            for (_, _, range) in ranges.drain(lit..) {
                highlight.delete(&range);
            }
        });
    }
}

impl Drop for Lit {
    fn drop(&mut self) {
        HIGHLIGHT.with(|highlight| {
            if let Some(highlight) = highlight {
                for (_, _, range) in &*self.ranges.borrow() {
                    highlight.delete(range);
                }
            }
        });
    }
}
