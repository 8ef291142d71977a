//! `--upstream`: two servers in a row, and systems that misbehave.

use crate::support::{ALICE, BOB, CAROL, DAVE, Server, demo, demo_with, reply};
use muster_server::Upstream;
use reqwest::Method;
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

async fn before(addr: std::net::SocketAddr) -> Server {
    demo_with(|o| {
        o.upstreams = vec![
            format!("ib=instabase,http://{addr}").parse().unwrap(),
            format!("lab=snip,http://{addr}/").parse().unwrap(),
        ];
    })
    .await
}

#[tokio::test]
async fn both_contracts_pass_through() {
    let real = demo().await;
    let front = before(real.running.addr).await;
    let ib = "/up/ib/api/v1/groups";
    let through = front
        .get(&format!("{ib}/list?get_members=true&username=dave"), DAVE)
        .await;
    let direct = real
        .get("/api/v1/groups/list?get_members=true&username=dave", DAVE)
        .await;
    assert_eq!((through.status, &through.text), (200, &direct.text));
    assert_eq!(through.header("etag"), direct.header("etag"));
    assert_eq!(through.header("cache-control"), "no-store");
    for reply in [
        front
            .post(
                &format!("{ib}/group/through"),
                BOB,
                json!({"full_name": "Through"}),
            )
            .await,
        front
            .patch(
                &format!("{ib}/group/through"),
                BOB,
                json!({"description": "D"}),
            )
            .await,
        front
            .post(
                &format!("{ib}/group/through/members"),
                BOB,
                json!({"member": {"dave": true}}),
            )
            .await,
    ] {
        assert_eq!(reply.json(), json!({"status": "OK"}));
    }
    let made = real.get("/api/v1/groups/group/through", DAVE).await.json();
    assert_eq!(
        made["group"]["members"],
        json!([{"type": "user", "name": "dave"}])
    );
    // It went there, not into the database in front.
    assert_eq!(
        front.get("/api/v1/groups/group/through", DAVE).await.json()["status"],
        "ERROR"
    );
    assert_eq!(
        front
            .delete(&format!("{ib}/group/through"), BOB)
            .await
            .json(),
        json!({"status": "OK"})
    );

    let lab = "/up/lab/api/account/groups";
    let made = front.post(lab, ALICE, json!({"name": "Through"})).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_i64().unwrap();
    assert_eq!(
        front.get(lab, ALICE).await.text,
        real.get("/api/account/groups", ALICE).await.text
    );
    assert_eq!(front.get(&format!("{lab}/{id}"), ALICE).await.status, 200);
    assert_eq!(
        front
            .patch(&format!("{lab}/{id}"), ALICE, json!({"name": "Passed"}))
            .await
            .json()["name"],
        "Passed"
    );
    assert_eq!(
        front.delete(&format!("{lab}/{id}"), ALICE).await.status,
        204
    );
    let leave = format!("{lab}/2/leave");
    assert_eq!(
        front.call(Method::POST, &leave, DAVE, None).await.status,
        204
    );
    assert_eq!(
        front.call(Method::POST, &leave, CAROL, None).await.status,
        400
    );
    assert_eq!(front.get(lab, "wrong").await.status, 401);

    let tag = front.get(lab, ALICE).await.header("etag").to_owned();
    let again = front
        .client
        .get(front.url(lab))
        .header("authorization", "Bearer demo-alice")
        .header("if-none-match", tag);
    assert_eq!(reply(again).await.status, 304);
}

#[tokio::test]
async fn only_the_calls_of_the_contract_pass() {
    let real = demo().await;
    let front = before(real.running.addr).await;
    for path in [
        "/up/ib/",
        "/up/ib/config.json",
        "/up/ib/api/account/groups",
        "/up/ib/api/v1/groups",
        "/up/ib/api/v1/groups/list/",
        "/up/ib/api/v1/groups/group/",
        "/up/ib/api/v1/groups/group/%2e%2e",
        "/up/ib/api/v1/groups/group/a%2Fb",
        "/up/ib/api/v1/groups/group/..%5c",
        "/up/ib//api/v1/groups/list",
        "/up/lab/api/v1/groups/list",
        "/up/lab/api/account/groups/abc",
        "/up/lab/api/account/groups/1/2",
        "/up/lab/api/account/groups/",
        "/up/other/api/v1/groups/list",
        "/up/ib",
        "/up/IB/api/v1/groups/list",
    ] {
        let reply = front.get(path, ALICE).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (404, "application/json"),
            "{path} {reply:?}"
        );
    }
    for (method, path) in [
        (Method::POST, "/up/ib/api/v1/groups/list"),
        (Method::PUT, "/up/ib/api/v1/groups/group/design"),
        (Method::GET, "/up/ib/api/v1/groups/group/design/members"),
        (Method::PATCH, "/up/lab/api/account/groups"),
        (Method::GET, "/up/lab/api/account/groups/2/leave"),
    ] {
        assert_eq!(
            front.call(method, path, ALICE, None).await.status,
            405,
            "{path}"
        );
    }
    let large = json!({"description": "x".repeat(1024 * 1024)});
    assert_eq!(
        front
            .patch("/up/ib/api/v1/groups/group/design", ALICE, large)
            .await
            .status,
        413
    );
}

/// A system that answers every request with the same bytes and notes what it was sent.
async fn canned(answer: Vec<u8>) -> (std::net::SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (answer, notes) = (answer.clone(), Arc::clone(&notes));
            tokio::spawn(async move {
                let mut got = Vec::new();
                let mut piece = [0; 4096];
                while !got.windows(4).any(|w| w == b"\r\n\r\n") {
                    match stream.read(&mut piece).await {
                        Ok(n) if n > 0 => got.extend_from_slice(&piece[..n]),
                        _ => break,
                    }
                }
                notes
                    .lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&got).into_owned());
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (addr, seen)
}

#[tokio::test]
async fn no_cookie_and_no_stray_header_passes_either_way() {
    let answer = "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 7\r\nETag: \"t\"\r\nSet-Cookie: a=b\r\n\
                  WWW-Authenticate: Basic\r\nServer: secret\r\nAccess-Control-Allow-Origin: *\r\nCache-Control: public\r\nContent-Length: 2\r\n\r\n{}";
    let (addr, seen) = canned(answer.into()).await;
    let front = before(addr).await;
    let request = front
        .client
        .get(front.url("/up/ib/api/v1/groups/list?get_members=true"))
        .header("authorization", "Bearer T0ken")
        .header("cookie", "session=1")
        .header("origin", "https://page.example.com")
        .header("referer", "https://page.example.com/x")
        .header("x-forwarded-for", "1.2.3.4")
        .header("accept", "application/json")
        .header("if-none-match", "\"t\"");
    let got = reply(request).await;
    assert_eq!((got.status, got.text.as_str()), (429, "{}"));
    assert_eq!(
        (
            got.header("retry-after"),
            got.header("etag"),
            got.header("content-type")
        ),
        ("7", "\"t\"", "application/json")
    );
    assert_eq!(got.header("cache-control"), "no-store");
    for name in [
        "set-cookie",
        "www-authenticate",
        "server",
        "access-control-allow-origin",
    ] {
        assert!(got.headers.get(name).is_none(), "{name}");
    }
    let sent = seen.lock().unwrap().join("").to_lowercase();
    assert!(
        sent.starts_with("get /api/v1/groups/list?get_members=true http/1.1\r\n"),
        "{sent}"
    );
    assert!(
        sent.contains("authorization: bearer t0ken\r\n")
            && sent.contains("if-none-match: \"t\"\r\n")
    );
    assert!(sent.contains(&format!("host: {addr}\r\n")));
    for name in [
        "cookie:",
        "origin:",
        "referer:",
        "x-forwarded-for:",
        "transfer-encoding:",
    ] {
        assert!(!sent.contains(name), "{sent}");
    }
}

#[tokio::test]
async fn a_write_keeps_its_length_and_an_empty_one_says_so() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let (addr, seen) = canned(answer.into()).await;
    let front = before(addr).await;
    front
        .patch(
            "/up/ib/api/v1/groups/group/abc",
            ALICE,
            json!({"description": "é"}),
        )
        .await;
    front
        .call(
            Method::POST,
            "/up/lab/api/account/groups/2/leave",
            ALICE,
            None,
        )
        .await;
    let sent = seen.lock().unwrap().join("\n").to_lowercase();
    assert!(
        sent.contains("content-length: 20") && sent.contains("content-length: 0"),
        "{sent}"
    );
    assert!(!sent.contains("transfer-encoding"));
}

#[tokio::test]
async fn a_system_that_misbehaves_costs_one_call() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let mut cases: Vec<(std::net::SocketAddr, &str)> = vec![(closed, "cannot be reached")];
    for (answer, words) in [
        ("HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example.com/\r\nContent-Length: 0\r\n\r\n".to_owned(), "redirect"),
        (String::new(), "broke off"),
        ("not http at all\r\n\r\n".to_owned(), "broke off"),
        (format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(1 << 20)), "broke off"),
    ] {
        cases.push((canned(answer.into_bytes()).await.0, words));
    }
    for (addr, words) in cases {
        let front = before(addr).await;
        let reply = front.get("/up/lab/api/account/groups", ALICE).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (502, "application/json"),
            "{words}"
        );
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(words), "{message} / {words}");
        assert!(!message.contains("elsewhere.example") && reply.header("location").is_empty());
        assert_eq!(front.get("/api/account/groups", ALICE).await.status, 200);
    }
    // A body that breaks off must not pass for whole.
    let (addr, _) = canned(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[1,"
            .to_vec(),
    )
    .await;
    let front = before(addr).await;
    let cut = front
        .client
        .get(front.url("/up/lab/api/account/groups"))
        .send()
        .await
        .unwrap();
    assert!(cut.bytes().await.is_err());
}

#[test]
fn how_an_upstream_is_written() {
    let up: Upstream = "acme=instabase,https://groups.example.com/prefix"
        .parse()
        .unwrap();
    assert_eq!(
        (up.name.as_str(), up.system.word(), up.url.as_str()),
        ("acme", "instabase", "https://groups.example.com/prefix")
    );
    for wrong in [
        "acme",
        "acme=instabase",
        "acme=ldap,https://x",
        "a b=snip,https://x",
        "=snip,https://x",
        "a=snip,ftp://x",
        "a=snip,https://u:p@x",
        "a=snip,https://x?q",
        "a=snip,x",
        "..=snip,https://x",
    ] {
        assert!(wrong.parse::<Upstream>().is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn two_of_one_name_are_a_mistake() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = crate::support::options(dir.path());
    options.upstreams = vec![
        "a=snip,http://x".parse().unwrap(),
        "a=snip,http://y".parse().unwrap(),
    ];
    assert!(
        muster_server::start(options)
            .await
            .unwrap_err()
            .contains("given twice")
    );
}
