//! Reading the two small documents of a session, the host's configuration and the kept connections.
//!
//! By hand, for serde's derived code for them was 25 kB of the app. As strict as that: a document of
//! which one part has another form is not read at all.

use serde_json::Value;

/// A text.
pub(super) fn text(json: &Value) -> Option<String> {
    json.as_str().map(str::to_owned)
}

/// What may be absent or null; none when it is there in another form.
#[allow(clippy::option_option)] // not readable, or readable and absent
pub(super) fn optional<T>(
    json: Option<&Value>,
    read: impl Fn(&Value) -> Option<T>,
) -> Option<Option<T>> {
    match json {
        None | Some(Value::Null) => Some(None),
        Some(json) => read(json).map(Some),
    }
}

/// All of a list.
pub(super) fn each<T>(json: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    json.as_array()?.iter().map(read).collect()
}

/// What a word stands for.
pub(super) fn word<T: Copy>(json: &Value, known: &[(&str, T)]) -> Option<T> {
    let word = json.as_str()?;
    known
        .iter()
        .find_map(|(name, value)| (*name == word).then_some(*value))
}
