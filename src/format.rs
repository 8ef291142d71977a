//! Numbers, times and initials as people read them.

use group_api::Timestamp;
use leptos::prelude::window;
use wasm_bindgen::JsValue;

/// A whole number with narrow spaces between thousands: "12 000".
#[must_use]
pub fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// "1 person", "12 people".
#[must_use]
pub fn people(n: usize) -> String {
    if n == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", number(n))
    }
}

/// "1 group", "12 groups".
#[must_use]
pub fn groups(n: usize) -> String {
    if n == 1 {
        "1 group".to_owned()
    } else {
        format!("{} groups", number(n))
    }
}

/// The time of day, "14:02", in the user's own zone.
#[must_use]
pub fn time_of_day(ms: f64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(ms));
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

/// A date as the user's language writes it: "12 Mar 2024".
#[must_use]
#[allow(clippy::cast_precision_loss)] // no date that a browser can show needs more than 53 bits
pub fn date(at: Timestamp) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(at.unix_ms() as f64));
    let options = js_sys::Object::new();
    for (key, value) in [("day", "numeric"), ("month", "short"), ("year", "numeric")] {
        // Setting a plain object's own property does not fail.
        let _ = js_sys::Reflect::set(&options, &key.into(), &value.into());
    }
    let language = window()
        .navigator()
        .language()
        .unwrap_or_else(|| "en-GB".to_owned());
    date.to_locale_date_string(&language, &options).into()
}

/// The exact instant, for a machine and for whoever points at it.
#[must_use]
#[allow(clippy::cast_precision_loss)] // as above
pub fn instant(at: Timestamp) -> String {
    instant_ms(at.unix_ms() as f64)
}

/// The same of milliseconds since 1970.
#[must_use]
pub fn instant_ms(ms: f64) -> String {
    js_sys::Date::new(&JsValue::from_f64(ms))
        .to_iso_string()
        .into()
}

/// Up to two letters for an avatar: the first of the first two words.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name
        .split(|c: char| !in_word(c))
        .filter_map(|word| word.chars().next());
    let first = words.next();
    let mut out: String = first.into_iter().chain(words.next()).collect();
    if out.chars().count() < 2 {
        out = name.chars().filter(|c| in_word(*c)).take(2).collect();
    }
    // The browser has the tables for this anyway.
    js_sys::JsString::from(out).to_upper_case().into()
}

/// Whether it is part of a word: all but the signs and spaces of ASCII, Latin and the blocks of punctuation. What Unicode says
/// of each letter is two kilobytes of tables, of which an avatar has no need.
fn in_word(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric(),
        '\u{80}'..='\u{bf}' => matches!(c, 'ª' | 'µ' | 'º'),
        '×' | '÷' => false,
        '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => false,
        '\u{fe10}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff0f}' | '\u{1f000}'..='\u{1faff}' => false,
        _ => !group_api::is_unseen(c),
    }
}

/// A hue of its own for each name, 0 to 11, always the same.
#[must_use]
pub fn hue(name: &str) -> u8 {
    let hash = name.bytes().fold(5381_u32, |hash, byte| {
        hash.wrapping_mul(33) ^ u32::from(byte)
    });
    u8::try_from(hash % 12).unwrap_or(0)
}
