//! Markup that stands in the program, under a page's policy that lets no text become markup ("Trusted Types").
//!
//! The page's policy names one that may: this one. It is given what was compiled in (`&'static str`) and nothing
//! else, so that no text of a server can reach it, whatever the rest of the program does.

use js_sys::{Function, Object, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlTemplateElement;

/// What the page's policy calls it.
const NAME: &str = "muster";

thread_local! {
    /// A page may make it once. None where the browser has no such thing, and takes texts.
    static POLICY: Option<(JsValue, Function)> = policy();
}

fn policy() -> Option<(JsValue, Function)> {
    let of = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let types = of(&global(), "trustedTypes")?;
    let create: Function = of(&types, "createPolicy")?.dyn_into().ok()?;
    // As it is: `String` gives a text back unchanged, and is there already.
    let rules = Object::new();
    Reflect::set(&rules, &"createHTML".into(), &of(&global(), "String")?).ok()?;
    let policy = create.call2(&types, &NAME.into(), &rules).ok()?;
    let html: Function = of(&policy, "createHTML")?.dyn_into().ok()?;
    Some((policy, html))
}

/// What the markup of an element of the program stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// A page.
    Html,
    /// A drawing, whose elements are others.
    Svg,
}

/// Fills a template with markup of the program.
pub(crate) fn fill(template: &HtmlTemplateElement, html: &'static str, within: Within) {
    let text: JsValue = match within {
        Within::Html => html.into(),
        Within::Svg => ["<svg>", html, "</svg>"].concat().into(),
    };
    let trusted = POLICY.with(|policy| {
        let (policy, html) = policy.as_ref()?;
        html.call1(policy, &text).ok()
    });
    // A template takes its markup, unless a policy forbids it, and then the console says so.
    let _ = Reflect::set(template, &"innerHTML".into(), &trusted.unwrap_or(text));
}
