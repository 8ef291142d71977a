//! What the page and its files say to a browser.

use crate::support::{demo, demo_with};
use muster_server::Others;

#[tokio::test]
async fn the_page_and_its_files_carry_the_policy() {
    let server = demo_with(|o| {
        std::fs::create_dir_all(&o.site).unwrap();
        std::fs::write(o.site.join("index.html"), "<!doctype html><p>app").unwrap();
        std::fs::write(o.site.join("a-0123456789abcdef.js"), "let a").unwrap();
    })
    .await;
    for path in [
        "/",
        "/connect",
        "/c/acme/groups",
        "/a-0123456789abcdef.js",
        "/config.json",
        "/missing.js",
    ] {
        let reply = server.get(path, "").await;
        let policy = reply.header("content-security-policy");
        for must in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "connect-src 'self' https: http://127.0.0.1:* http://localhost:*",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(must), "{path}: {policy}");
        }
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin");
        assert!(reply.header("permissions-policy").contains("camera=()"));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn a_page_that_may_add_nobody_calls_nobody_else() {
    let server = demo_with(|o| {
        o.others = Others::Refused;
        o.upstreams = vec!["a=instabase,https://groups.example.com".parse().unwrap()];
    })
    .await;
    let reply = server.get("/", "").await;
    let policy = reply.header("content-security-policy");
    assert!(policy.contains("; connect-src 'self';"), "{policy}");
    assert_eq!(server.get("/config.json", "").await.json()["add"], false);
}

#[tokio::test]
async fn what_a_call_answers_is_no_page() {
    let server = demo().await;
    for path in ["/api/v1/groups/list", "/up/none/x", "/api/nothing"] {
        let reply = server.get(path, "demo-alice").await;
        assert_eq!(
            reply.header("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'; sandbox",
            "{path}"
        );
    }
}
