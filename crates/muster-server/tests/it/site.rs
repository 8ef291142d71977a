//! The built app as files, and `/config.json`.

use crate::support::{Server, demo, demo_with, options, reply};
use serde_json::json;
use std::fs;

const INDEX: &str = "<!doctype html><title>Muster</title>";

async fn built() -> Server {
    let server = demo().await;
    let dist = server.dir.path().join("dist");
    fs::create_dir_all(dist.join("img")).unwrap();
    for (name, bytes) in [
        ("index.html", INDEX),
        ("index.html.br", "br of index"),
        ("muster-0123456789abcdef.js", "js"),
        ("muster-0123456789abcdef.js.gz", "gz of js"),
        ("muster-0123456789abcdef.js.br", "br of js"),
        ("muster-0123456789abcdef_bg.wasm", "\0asm"),
        ("style.css", "css"),
        ("img/mark.svg", "<svg/>"),
        ("config.json", "{}"),
    ] {
        fs::write(dist.join(name), bytes).unwrap();
    }
    fs::write(server.dir.path().join("secret.txt"), "secret").unwrap();
    server
}

#[tokio::test]
async fn files_have_type_and_age() {
    let server = built().await;
    let forever = "public, max-age=31536000, immutable";
    for (path, kind, age, body) in [
        (
            "/muster-0123456789abcdef.js",
            "text/javascript",
            forever,
            "js",
        ),
        (
            "/muster-0123456789abcdef_bg.wasm",
            "application/wasm",
            forever,
            "\0asm",
        ),
        ("/style.css", "text/css", "no-cache", "css"),
        ("/img/mark.svg", "image/svg+xml", "no-cache", "<svg/>"),
        ("/index.html", "text/html", "no-cache", INDEX),
        ("/", "text/html", "no-cache", INDEX),
        ("/c/acme/groups", "text/html", "no-cache", INDEX),
        (
            "/c/acme/groups/eng_group/settings?q=%41",
            "text/html",
            "no-cache",
            INDEX,
        ),
        ("/apis", "text/html", "no-cache", INDEX),
    ] {
        let reply = server.get(path, "").await;
        assert_eq!((reply.status, reply.text.as_str()), (200, body), "{path}");
        assert_eq!(
            (reply.header("content-type"), reply.header("cache-control")),
            (kind, age),
            "{path}"
        );
        assert!(
            reply
                .header("vary")
                .to_lowercase()
                .contains("accept-encoding")
        );
    }
}

#[tokio::test]
async fn precompressed_files_are_preferred() {
    let server = built().await;
    let ask = |path: &str, encoding: &str| {
        reply(
            server
                .client
                .get(server.url(path))
                .header("accept-encoding", encoding.to_owned()),
        )
    };
    let js = "/muster-0123456789abcdef.js";
    for (path, encoding, got, body) in [
        (js, "gzip, deflate, br, zstd", "br", "br of js"),
        (js, "gzip", "gzip", "gz of js"),
        (js, "identity", "", "js"),
        ("/", "br", "br", "br of index"),
        ("/style.css", "br", "", "css"),
    ] {
        let reply = ask(path, encoding).await;
        assert_eq!(
            (reply.header("content-encoding"), reply.text.as_str()),
            (got, body),
            "{path} {encoding}"
        );
    }
    assert_eq!(
        ask(js, "br").await.header("content-type"),
        "text/javascript"
    );
}

#[tokio::test]
async fn what_is_missing_is_no_html() {
    let server = built().await;
    for path in [
        "/muster-ffffffffffffffff.js",
        "/gone.wasm",
        "/c/acme/muster.js",
        "/img/none.png",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/c/%2e%2e/%2e%2e/secret.txt",
    ] {
        let reply = server.get(path, "").await;
        assert_eq!(reply.status, 404, "{path}: {reply:?}");
        assert_eq!(
            reply.header("content-type"),
            "text/plain; charset=utf-8",
            "{path}"
        );
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    // A person's name with a dot is a page when a browser opens it as one.
    let page = server
        .client
        .get(server.url("/c/acme/people/ann.lee"))
        .header("accept", "text/html,*/*;q=0.8");
    let page = reply(page).await;
    assert_eq!((page.status, page.text.as_str()), (200, INDEX));
    assert_eq!(server.get("/c/acme/people/ann.lee", "").await.status, 404);
    let post = server.post("/c/acme/groups", "", json!({})).await;
    assert_eq!(post.status, 405);
}

#[tokio::test]
async fn before_the_app_is_built_the_page_says_so() {
    let server = demo().await;
    let reply = server.get("/", "").await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    assert!(reply.text.contains("cargo xtask build"));
}

#[tokio::test]
async fn config_tells_what_is_there() {
    let server = demo_with(|o| {
        o.upstreams = vec![
            "acme=instabase,https://groups.example.com".parse().unwrap(),
            "lab=snip,http://127.0.0.1:1/x/".parse().unwrap(),
        ];
    })
    .await;
    let reply = server.get("/config.json", "").await;
    assert_eq!(
        (reply.header("content-type"), reply.header("cache-control")),
        ("application/json", "no-cache")
    );
    let config = reply.json();
    assert_eq!(
        config["connections"],
        json!([{"name": "acme", "system": "instabase", "server": "/up/acme"}, {"name": "lab", "system": "snip", "server": "/up/lab"}])
    );
    assert_eq!(config["add"], true);
    let people = config["demo"]["people"].as_array().unwrap();
    assert_eq!(people.len(), 4);
    for person in people {
        let token = person["token"].as_str().unwrap();
        assert_eq!(token, format!("demo-{}", person["user"].as_str().unwrap()));
        assert_eq!(server.get("/api/account/groups", token).await.status, 200);
    }

    let dir = tempfile::tempdir().unwrap();
    let running = muster_server::start(options(dir.path())).await.unwrap();
    let server = Server {
        running,
        dir,
        client: crate::support::client(),
    };
    assert_eq!(
        server.get("/config.json", "").await.json(),
        json!({"connections": [], "add": true})
    );
    assert_eq!(
        server.get("/api/v1/groups/list", "demo-alice").await.json()["status"],
        "ERROR"
    );
}
