//! Other origins, and the headers of every reply.

use crate::support::{Reply, Server, demo, demo_with, reply};
use reqwest::Method;

const FRIEND: &str = "https://muster.example.com";

async fn from(server: &Server, method: Method, path: &str, origin: &str) -> Reply {
    reply(
        server
            .client
            .request(method, server.url(path))
            .header("origin", origin)
            .header("access-control-request-method", "PATCH")
            .header("authorization", "Bearer demo-alice"),
    )
    .await
}

fn no_cors(reply: &Reply) {
    assert!(
        !reply
            .headers
            .keys()
            .any(|name| name.as_str().starts_with("access-control")),
        "{reply:?}"
    );
}

#[tokio::test]
async fn without_permission_there_are_no_cors_headers() {
    let server = demo().await;
    for path in [
        "/api/v1/groups/list",
        "/api/account/groups",
        "/api/account/groups/2/leave",
        "/up/x/api/v1/groups/list",
        "/config.json",
    ] {
        let preflight = from(&server, Method::OPTIONS, path, FRIEND).await;
        assert_eq!(
            (preflight.status, preflight.text.as_str()),
            (204, ""),
            "{path}"
        );
        no_cors(&preflight);
        no_cors(&from(&server, Method::GET, path, FRIEND).await);
    }
}

#[tokio::test]
async fn named_origins_alone_are_let_in() {
    let server = demo_with(|o| {
        o.allow_origins = vec![format!("{FRIEND}/"), "http://localhost:3000".to_owned()]
    })
    .await;
    for path in [
        "/api/v1/groups/list",
        "/api/v1/groups/group/design/members",
        "/api/account/groups/2",
        "/config.json",
    ] {
        for origin in [FRIEND, "http://localhost:3000"] {
            let preflight = from(&server, Method::OPTIONS, path, origin).await;
            assert_eq!(preflight.status, 204);
            assert_eq!(preflight.header("access-control-allow-origin"), origin);
            assert_eq!(
                preflight.header("access-control-allow-methods"),
                "GET, POST, PATCH, DELETE"
            );
            assert_eq!(
                preflight.header("access-control-allow-headers"),
                "authorization, content-type, if-none-match"
            );
            assert_eq!(preflight.header("access-control-max-age"), "600");
            assert_eq!(preflight.header("access-control-allow-credentials"), "");
            let read = from(&server, Method::GET, path, origin).await;
            assert_eq!(read.header("access-control-allow-origin"), origin);
            assert_eq!(
                read.header("access-control-expose-headers"),
                "ETag, Retry-After"
            );
            assert!(read.headers.get_all("vary").iter().any(|v| v == "Origin"));
        }
        for origin in [
            "https://evil.example.com",
            "https://muster.example.com.evil.com",
            "http://muster.example.com",
            "null",
            "",
        ] {
            no_cors(&from(&server, Method::OPTIONS, path, origin).await);
            no_cors(&from(&server, Method::GET, path, origin).await);
        }
    }
}

#[tokio::test]
async fn an_origin_has_to_be_one() {
    for wrong in [
        "*",
        "null",
        "example.com",
        "https://example.com/path",
        "ftp://example.com",
        "https://u:p@example.com",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let mut options = crate::support::options(dir.path());
        options.allow_origins = vec![wrong.to_owned()];
        let error = muster_server::start(options).await.unwrap_err();
        assert!(error.contains("is not an origin"), "{error}");
    }
}

#[tokio::test]
async fn every_reply_has_the_safe_headers() {
    let server = demo().await;
    for path in [
        "/",
        "/config.json",
        "/api/v1/groups/list",
        "/api/nothing",
        "/up/nothing/x",
        "/missing.js",
    ] {
        let reply = server.get(path, "demo-alice").await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert!(
            ["no-store", "no-cache"].contains(&reply.header("cache-control")),
            "{path}"
        );
        assert!(reply.headers.get("set-cookie").is_none());
        let call = path.starts_with("/api") || path.starts_with("/up");
        assert_eq!(
            reply.header("content-security-policy").contains("sandbox"),
            call,
            "{path}"
        );
    }
}
