//! What a browser is told about the app's page: what it may load, whom it may call, that nobody frames it.
//!
//! One policy for every host: `muster-server` sends it as headers, the build writes it into `_headers` and into the page for
//! hosts of static files. It is written from `config.json`, so that a page that is offered two servers and may add none can
//! call those two and nobody else, whatever runs in it.

#![forbid(unsafe_code)]

use serde_json::Value;

/// Hosts that a page may call unasked while others may be added: every one over TLS, and this machine. A policy has no
/// form for `[::1]`.
const ANYWHERE: [&str; 3] = ["https:", "http://127.0.0.1:*", "http://localhost:*"];

/// What a browser has that Muster has no use for, switched off; copying to the clipboard stays.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), \
    clipboard-read=(), clipboard-write=(self), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), \
    gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), \
    xr-spatial-tracking=()";

/// The name of the one policy by which text becomes markup (`muster-view`): markup that stands in the program, nothing else.
pub const TRUSTED: &str = "muster";

/// In what way a policy reaches the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As a header, which can say all of it.
    Header,
    /// Within the page, where a browser takes no word on who may frame it.
    Page,
}

/// The headers of the page and its files, names in lower case, from a parsed `config.json`. The error is a sentence for
/// whoever wrote that.
pub fn headers(config: &Value) -> Result<Vec<(&'static str, String)>, String> {
    Ok(vec![
        ("content-security-policy", policy(config, Way::Header)?),
        ("cross-origin-opener-policy", "same-origin".to_owned()),
        ("permissions-policy", PERMISSIONS.to_owned()),
        ("referrer-policy", "no-referrer".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
    ])
}

/// The policy for a `<meta http-equiv="Content-Security-Policy">`, from a parsed `config.json`; for hosts whose headers
/// nobody can set. The error is a sentence for whoever wrote that.
pub fn in_page(config: &Value) -> Result<String, String> {
    policy(config, Way::Page)
}

fn policy(config: &Value, way: Way) -> Result<String, String> {
    let calls = calls(config)?;
    let photos = if photos(config) {
        "'self' https:"
    } else {
        "'self'"
    };
    let mut directives = vec![
        "default-src 'none'".to_owned(),
        "script-src 'self' 'wasm-unsafe-eval'".to_owned(),
        "style-src 'self'".to_owned(),
        format!("img-src {photos}"),
        format!("connect-src {calls}"),
        "base-uri 'self'".to_owned(),
        // Every form is read by the program; none is sent by the browser.
        "form-action 'none'".to_owned(),
        "require-trusted-types-for 'script'".to_owned(),
        format!("trusted-types {TRUSTED}"),
    ];
    if way == Way::Header {
        directives.push("frame-ancestors 'none'".to_owned());
    }
    Ok(directives.join("; "))
}

/// Whether connections may be added that are not listed: so unless the configuration says no.
fn may_add(config: &Value) -> bool {
    config.get("add") != Some(&Value::Bool(false))
}

fn offered(config: &Value) -> impl Iterator<Item = &Value> {
    let list = config.get("connections").and_then(Value::as_array);
    list.into_iter().flatten()
}

/// Whom the page may call.
fn calls(config: &Value) -> Result<String, String> {
    let mut sources = vec!["'self'".to_owned()];
    let mut add = |source: String| {
        if !sources.contains(&source) {
            sources.push(source);
        }
    };
    if may_add(config) {
        for source in ANYWHERE {
            add(source.to_owned());
        }
    }
    for connection in offered(config) {
        let server = connection.get("server").and_then(Value::as_str);
        let server = server.ok_or("config.json: a connection without a server.")?;
        // A path of this host is 'self'.
        if server.starts_with('/') {
            continue;
        }
        let origin = origin(server)?;
        // Already among all of TLS.
        if !(may_add(config) && origin.starts_with("https:")) {
            add(origin);
        }
    }
    Ok(sources.join(" "))
}

/// Whether a photo can be shown at all: of the systems only Instabase has an address of one.
fn photos(config: &Value) -> bool {
    may_add(config)
        || offered(config).any(|connection| {
            let system = connection.get("system").and_then(Value::as_str);
            system.is_some_and(|system| system.eq_ignore_ascii_case("instabase"))
        })
}

/// The origin of an address, made of nothing that means something in a policy or a header.
fn origin(server: &str) -> Result<String, String> {
    let wrong = || {
        format!(
            "config.json: {server:?} cannot stand in the page's policy. Write https://host or https://host:port, or a path of \
             this host that begins with /."
        )
    };
    let lower = server.to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://").ok_or_else(wrong)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let plain = |host: &str| {
        host.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
    };
    let number = |port: &str| {
        !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit())
    };
    let legal = matches!(scheme, "http" | "https")
        && !host.is_empty()
        && plain(host)
        && port.is_none_or(number);
    legal
        .then(|| format!("{scheme}://{authority}"))
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::{headers, in_page, origin};
    use serde_json::{Value, json};

    fn directive(config: &Value, name: &str) -> String {
        let policy = in_page(config).unwrap_or_default();
        let found = policy
            .split("; ")
            .find_map(|one| one.strip_prefix(&format!("{name} ")).map(str::to_owned));
        found.unwrap_or_default()
    }

    #[test]
    fn without_a_configuration_everything_over_tls_and_this_machine() {
        assert_eq!(
            directive(&json!({}), "connect-src"),
            "'self' https: http://127.0.0.1:* http://localhost:*"
        );
        assert_eq!(directive(&json!({}), "img-src"), "'self' https:");
    }

    #[test]
    fn what_is_offered_and_nothing_else_where_nothing_may_be_added() {
        let config = json!({"add": false, "connections": [
            {"name": "a", "system": "snip", "server": "https://Lab.example.com:8443/prefix"},
            {"name": "b", "system": "snip", "server": "/up/b"},
            {"name": "c", "system": "snip", "server": "https://lab.example.com:8443"},
        ]});
        assert_eq!(
            directive(&config, "connect-src"),
            "'self' https://lab.example.com:8443"
        );
        assert_eq!(directive(&config, "img-src"), "'self'");
        assert_eq!(directive(&json!({"add": false}), "connect-src"), "'self'");
    }

    #[test]
    fn a_plain_http_server_is_called_only_where_it_is_listed() {
        let config = json!({"connections": [
            {"name": "a", "system": "instabase", "server": "http://groups.intranet"},
            {"name": "b", "system": "instabase", "server": "https://x.example.com"},
        ]});
        assert_eq!(
            directive(&config, "connect-src"),
            "'self' https: http://127.0.0.1:* http://localhost:* http://groups.intranet"
        );
    }

    #[test]
    fn nothing_of_a_configuration_becomes_a_directive_or_a_header() {
        for server in [
            "https://a; script-src *",
            "https://a b",
            "https://a,b",
            "https://a\r\nx: y",
            "https://'unsafe-inline'",
            "https://*",
            "https://",
            "https://user@host",
            "https://[::1]:80",
            "https://host:1:2",
            "https://host:x",
            "javascript://x",
            "data:x",
            "host",
            "",
        ] {
            assert!(origin(server).is_err(), "{server:?}");
            let config =
                json!({"connections": [{"name": "a", "system": "snip", "server": server}]});
            assert!(headers(&config).is_err(), "{server:?}");
        }
    }

    #[test]
    fn strict_in_every_configuration() {
        for config in [
            json!({}),
            json!({"add": false}),
            json!({"add": true}),
            json!(null),
        ] {
            let all = headers(&config).unwrap_or_default();
            let policy = all
                .first()
                .map(|(_, value)| value.clone())
                .unwrap_or_default();
            for must in [
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",
                "style-src 'self'",
                "form-action 'none'",
                "base-uri 'self'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
            ] {
                assert!(
                    policy.split("; ").any(|one| one == must),
                    "{must}: {policy}"
                );
            }
            for never in [
                "unsafe-inline",
                "'unsafe-eval'",
                "data:",
                "blob:",
                " * ",
                "strict-dynamic",
            ] {
                assert!(!policy.contains(never), "{never}: {policy}");
            }
            assert!(
                !in_page(&config)
                    .unwrap_or_default()
                    .contains("frame-ancestors")
            );
        }
    }
}
