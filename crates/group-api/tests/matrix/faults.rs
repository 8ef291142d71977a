//! What can go wrong with one reply.

use group_api::{ApiError, Head};
use serde_json::{Map, Value, json};

use crate::systems::Healthy;

/// Stands in what servers echo; must never come out again.
pub const TOKEN: &str = "sk-4f9a7c2e51d84b60a3e1";

/// Whether a server that answered so may have done what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It may or may not.
    Either,
    /// It has not.
    None,
}

/// Whether what a reply says can be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It says nothing, or says it of itself.
    Nothing,
    /// It is well formed and says something else than what is so.
    Other,
    /// Everything, only in an odd way.
    All,
}

/// What comes over the wire.
#[derive(Clone, Debug)]
pub struct Wire {
    /// None where not even a head comes.
    pub head: Option<Head>,
    pub bytes: Vec<u8>,
    /// In pieces of so many bytes.
    pub piece: usize,
    /// What ends it before its end.
    pub breaks: Option<ApiError>,
}

/// One way to go wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The row of the table.
    pub kind: &'static str,
    /// Which of its kind.
    pub which: String,
    pub wire: Wire,
    pub effect: Effect,
    pub says: Says,
}

fn head(status: u16, content_type: &str) -> Head {
    Head {
        status,
        content_type: Some(content_type.to_owned()),
        ..Head::default()
    }
}

const JSON: &str = "application/json";
const HTML: &[u8] =
    b"<!doctype html><html><head><title>Bad Gateway</title></head><body><h1>502</h1></body></html>";
const GARBAGE: usize = 10 << 20;
const DEEP: usize = 10_000;
const WHOLE: usize = usize::MAX;

impl Wire {
    fn reply(head: Head, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            head: Some(head),
            bytes: bytes.into(),
            piece: WHOLE,
            breaks: None,
        }
    }

    /// The reply of a healthy server.
    pub fn healthy(healthy: &Healthy) -> Self {
        let bytes = healthy.body.as_ref().map(Value::to_string);
        Self::reply(head(healthy.status, JSON), bytes.unwrap_or_default())
    }
}

/// Every fault that can befall this reply.
pub fn faults(healthy: &Healthy) -> Vec<Fault> {
    let mut all = Vec::new();
    let whole = Wire::healthy(healthy);
    let half = whole.bytes[..whole.bytes.len() / 2].to_vec();
    let no = format!("no: {TOKEN}\u{7} \u{202e}on");
    let words = json!({"status": "ERROR", "msg": no, "message": no}).to_string();
    let mut put = |kind, which: &str, wire, effect, says| {
        let which = which.to_owned();
        all.push(Fault {
            kind,
            which,
            wire,
            effect,
            says,
        });
    };
    let fails = |error| Wire {
        head: None,
        bytes: Vec::new(),
        piece: WHOLE,
        breaks: Some(error),
    };
    let broken = |error| Wire {
        bytes: half.clone(),
        breaks: Some(error),
        ..whole.clone()
    };
    let silence = ApiError::TimedOut { seconds: 15 };
    put(
        "connection refused",
        "",
        fails(ApiError::NoConnection),
        Effect::None,
        Says::Nothing,
    );
    put(
        "reset before an answer",
        "",
        fails(ApiError::NoConnection),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "reset in mid-body",
        "",
        broken(ApiError::NoConnection),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "time-out",
        "",
        fails(silence.clone()),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "time-out",
        "in mid-body",
        broken(silence),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "byte by byte",
        "",
        Wire {
            piece: 1,
            ..whole.clone()
        },
        Effect::Either,
        Says::All,
    );
    for (kind, status) in [("401", 401), ("403", 403), ("404", 404), ("409", 409)] {
        put(
            kind,
            "",
            Wire::reply(head(status, JSON), words.clone()),
            Effect::None,
            Says::Nothing,
        );
        put(
            kind,
            "empty",
            Wire::reply(head(status, JSON), ""),
            Effect::None,
            Says::Nothing,
        );
    }
    for (which, after) in [
        ("Retry-After: 1", Some("1")),
        ("Retry-After: soon", Some("soon")),
        ("", None),
    ] {
        let head = Head {
            retry_after: after.map(str::to_owned),
            ..head(429, JSON)
        };
        put(
            "429",
            which,
            Wire::reply(head, words.clone()),
            Effect::None,
            Says::Nothing,
        );
    }
    put(
        "200 with a refusal",
        "",
        Wire::reply(head(200, JSON), words.clone()),
        Effect::None,
        Says::Nothing,
    );
    put(
        "500",
        "",
        Wire::reply(head(500, JSON), words.clone()),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "500",
        "empty",
        Wire::reply(head(500, JSON), ""),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "502 with HTML",
        "",
        Wire::reply(head(502, "text/html"), HTML),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "200 with HTML",
        "",
        Wire::reply(head(200, "text/html"), HTML),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "empty body",
        "",
        Wire::reply(head(200, JSON), ""),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "redirect",
        "",
        Wire::reply(head(302, JSON), ""),
        Effect::Either,
        Says::Nothing,
    );
    put(
        "10 MB of garbage",
        "",
        Wire::reply(head(200, JSON), vec![0xfe; GARBAGE]),
        Effect::Either,
        Says::Nothing,
    );
    for (which, open, close) in [("arrays", "[", "]"), ("objects", "{\"status\":", "}")] {
        let deep = format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP));
        put(
            "10 000 deep",
            which,
            Wire::reply(head(200, JSON), deep),
            Effect::Either,
            Says::Nothing,
        );
    }
    if let Some(body) = &healthy.body {
        put(
            "truncated JSON",
            "",
            Wire::reply(head(200, JSON), half.clone()),
            Effect::Either,
            Says::Nothing,
        );
        let text = body.to_string();
        put(
            "truncated JSON",
            "last byte",
            Wire::reply(head(200, JSON), &text.as_bytes()[..text.len() - 1]),
            Effect::Either,
            Says::Nothing,
        );
        for (kind, which, text) in mutated(body) {
            put(
                kind,
                &which,
                Wire::reply(head(200, JSON), text),
                Effect::Either,
                Says::Other,
            );
        }
    }
    all
}

/// The body with each of its fields once of another type, once null, and the odd texts.
fn mutated(body: &Value) -> Vec<(&'static str, String, String)> {
    let mut all = Vec::new();
    let mut paths = Vec::new();
    walk(body, &mut String::new(), &mut paths);
    let others = [
        json!(true),
        json!(-7),
        json!("odd"),
        json!([]),
        json!({}),
        json!([[{}]]),
        json!(1e300),
    ];
    for path in &paths {
        let mut with = |kind, value: &Value| {
            let mut changed = body.clone();
            *changed.pointer_mut(path).unwrap() = value.clone();
            if changed != *body {
                all.push((kind, format!("{path} is {value}"), changed.to_string()));
            }
        };
        for value in &others {
            with("wrong type at a field", value);
        }
        with("null for a field", &Value::Null);
        if path.ends_with("/role") {
            with("unknown role", &json!("emperor"));
        }
        if path.ends_with("/type") {
            with("unknown role", &json!("robot"));
        }
    }
    for path in paths.iter().chain([&String::new()]) {
        if body.pointer(path).is_some_and(|value| value.is_array()) {
            for (place, bad) in [
                (0, json!(17)),
                (1, json!({"name": 3})),
                (usize::MAX, json!(null)),
            ] {
                let mut changed = body.clone();
                let items = changed.pointer_mut(path).unwrap().as_array_mut().unwrap();
                items.insert(place.min(items.len()), bad.clone());
                all.push((
                    "list with one bad item",
                    format!("{path}, {bad}"),
                    changed.to_string(),
                ));
            }
        }
    }
    for (kind, odd) in [
        ("lone surrogates", "\\ud83d"),
        (
            "control and bidirectional characters",
            "\\u0000\\u0007\\u202e\\u2066",
        ),
    ] {
        all.push((
            kind,
            String::new(),
            printed(body, &|text| text.replace('\u{1}', odd)),
        ));
    }
    all.push((
        "duplicate keys",
        String::new(),
        printed(body, &|text| text.replace('\u{1}', "")),
    ));
    all
}

fn walk(value: &Value, path: &mut String, paths: &mut Vec<String>) {
    if !path.is_empty() {
        paths.push(path.clone());
    }
    let mut into = |part: &str, value: &Value| {
        let length = path.len();
        path.push('/');
        path.push_str(part);
        walk(value, path, paths);
        path.truncate(length);
    };
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(place, item)| into(&place.to_string(), item)),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| into(name, field)),
        _ => {}
    }
}

/// The value as text in which each text ends in U+0001, for `odd` to put something else there; and each key stands twice
/// where that is nothing.
fn printed(value: &Value, odd: &dyn Fn(&str) -> String) -> String {
    match value {
        Value::String(text) => {
            let quoted = json!(text).to_string();
            odd(&format!("{}\u{1}\"", &quoted[..quoted.len() - 1]))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| printed(item, odd)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => object(fields, odd),
        other => other.to_string(),
    }
}

fn object(fields: &Map<String, Value>, odd: &dyn Fn(&str) -> String) -> String {
    let twice = odd("\u{1}").is_empty();
    let field = |(name, value): (&String, &Value)| {
        let text = format!("{}:{}", json!(name), printed(value, odd));
        if twice {
            format!("{}:17,{text}", json!(name))
        } else {
            text
        }
    };
    let fields: Vec<String> = fields.iter().map(field).collect();
    format!("{{{}}}", fields.join(","))
}
