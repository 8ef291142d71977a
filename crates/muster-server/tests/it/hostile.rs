//! Clients and upstreams that mean harm or know no better: slow, endless, nested, crooked. Each costs what it is, one request,
//! and never the server.

use crate::cli::listening;
use crate::support::{ALICE, DAVE, Server, client, demo, demo_with, options, reply};
use muster_server::{Limits, start};
use reqwest::Method;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Time-outs that a test can wait for.
fn short() -> Limits {
    Limits {
        head: Duration::from_millis(600),
        request: Duration::from_millis(600),
        silence: Duration::from_millis(600),
        ..Limits::default()
    }
}

/// Sends bytes as they are and gives all that comes back before the end, or nothing in ten seconds.
async fn raw(addr: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    // It may be closed before all is sent.
    let _ = stream.write_all(bytes).await;
    let mut got = Vec::new();
    let read = stream.read_to_end(&mut got);
    // A reset after an answer that was not waited for is an end too.
    let _ = tokio::time::timeout(Duration::from_secs(10), read)
        .await
        .unwrap();
    String::from_utf8_lossy(&got).into_owned()
}

fn request(line: &str, headers: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

async fn well(server: &Server) {
    let list = server.get("/api/v1/groups/list", DAVE).await;
    assert_eq!(list.json()["status"], "OK");
}

#[tokio::test]
async fn slow_heads_and_bodies_are_cut_off() {
    let server = demo_with(|o| o.limits = short()).await;
    let addr = server.running.addr;
    let post =
        "POST /api/account/groups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo-alice\r\n";
    for (what, first, again) in [
        ("nothing", String::new(), ""),
        (
            "a head without an end",
            "GET / HTTP/1.1\r\n".to_owned(),
            "a: b\r\n",
        ),
        ("half a line", "GET /".to_owned(), "a"),
        (
            "a body without an end",
            format!("{post}Content-Length: 1000\r\n\r\n{{"),
            " ",
        ),
        (
            "a chunked one",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n"),
            "1\r\n \r\n",
        ),
    ] {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(first.as_bytes()).await.unwrap();
        let began = Instant::now();
        let mut got = Vec::new();
        let mut piece = [0; 1024];
        loop {
            // A byte now and then, so that it is never silent.
            let _ = stream.write_all(again.as_bytes()).await;
            match tokio::time::timeout(Duration::from_millis(50), stream.read(&mut piece)).await {
                Ok(Ok(0) | Err(_)) => break,
                Ok(Ok(n)) => got.extend_from_slice(&piece[..n]),
                Err(_) => {}
            }
            assert!(
                began.elapsed() < Duration::from_secs(8),
                "{what}: still open"
            );
        }
        let text = String::from_utf8_lossy(&got);
        assert!(text.is_empty() || text.contains(" 408 "), "{what}: {text}");
        well(&server).await;
    }
}

#[tokio::test]
async fn a_slow_body_for_an_upstream_is_cut_off_and_reaches_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let up = format!("lab=snip,http://{}", listener.local_addr().unwrap());
    let server = demo_with(|o| {
        o.limits = short();
        o.upstreams = vec![up.parse().unwrap()];
    })
    .await;
    let head = "POST /up/lab/api/account/groups HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{\"name\"";
    let text = raw(server.running.addr, head.as_bytes()).await;
    assert!(text.contains(" 408 "), "{text}");
    let nobody = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await;
    assert!(nobody.is_err(), "half a write was passed on");
}

#[tokio::test]
async fn who_stops_reading_is_cut_off() {
    let addr = system(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b' '; 64 * 1024]).await.is_ok() {}
    })
    .await;
    let server = demo_with(|o| {
        o.limits.stall = Duration::from_millis(600);
        o.limits.connections = 8;
        o.upstreams = vec![format!("lab=snip,http://{addr}").parse().unwrap()];
        std::fs::create_dir_all(&o.site).unwrap();
        std::fs::write(o.site.join("large.js"), vec![b' '; 64 << 20]).unwrap();
    })
    .await;
    // More of them than there is room for, a file and an upstream's reply, and they hold up nobody for long.
    let mut idle = Vec::new();
    for path in ["/large.js", "/up/lab/api/account/groups"].repeat(10) {
        let mut stream = TcpStream::connect(server.running.addr).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        idle.push(stream);
    }
    let began = Instant::now();
    well(&server).await;
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let server = demo().await;
    let addr = server.running.addr;
    let token = "Authorization: Bearer demo-alice\r\n";
    let many: String = (0..5000).map(|n| format!("x-{n}: y\r\n")).collect();
    for (what, bytes) in [
        (
            "a head of a megabyte",
            request("GET /", &format!("x: {}\r\n", "x".repeat(1 << 20))),
        ),
        (
            "an address of a megabyte",
            request(&format!("GET /{}", "x".repeat(1 << 20)), ""),
        ),
        ("thousands of headers", request("GET /", &many)),
        (
            "a declared terabyte",
            request(
                "POST /api/account/groups",
                &format!("{token}Content-Length: 1000000000000\r\n"),
            ),
        ),
    ] {
        let text = raw(addr, &bytes).await;
        let status = text.split(' ').nth(1).unwrap_or_default();
        assert!(
            text.is_empty() || ["400", "413", "414", "431"].contains(&status),
            "{what}: {text}"
        );
        well(&server).await;
    }
    // Without a length: as much as it may, and a little more.
    for path in ["/api/account/groups", "/api/v1/groups/group/abc"] {
        let stream =
            tokio_stream::iter((0..40).map(|_| Ok::<_, std::io::Error>(vec![b' '; 32 * 1024])));
        let body = reqwest::Body::wrap_stream(stream);
        let post = server
            .client
            .post(server.url(path))
            .bearer_auth(ALICE)
            .body(body);
        if let Ok(reply) = post.send().await {
            assert_eq!(reply.status(), 413, "{path}");
        }
        well(&server).await;
    }
}

#[tokio::test]
async fn what_is_nested_or_no_json_is_refused_in_words() {
    let server = demo().await;
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    for body in [
        deep("[", "]"),
        deep("{\"a\":", "1}"),
        "[".repeat(500_000),
        format!("{{\"name\":{}", "9".repeat(100_000)),
        "{\"name\":\"\\ud800\"}".to_owned(),
        "{\"name\":1e999999}".to_owned(),
        "\u{feff}{}".to_owned(),
        "null".to_owned(),
    ] {
        let post = |path: &str| {
            server
                .client
                .post(server.url(path))
                .bearer_auth(ALICE)
                .body(body.clone())
                .send()
        };
        let snip = post("/api/account/groups").await.unwrap();
        assert_eq!(snip.status(), 400, "{:.40}", body);
        let made = post("/api/v1/groups/group/nested").await.unwrap();
        assert!(
            made.text().await.unwrap().contains("\"ERROR\""),
            "{:.40}",
            body
        );
        let people = post("/api/v1/groups/group/design/members").await.unwrap();
        assert!(
            people.text().await.unwrap().contains("\"ERROR\""),
            "{:.40}",
            body
        );
    }
    // The last of two equal keys counts, as everywhere; a name of a hundred thousand letters is none.
    let twice = server
        .client
        .post(server.url("/api/account/groups"))
        .bearer_auth(ALICE);
    let twice = reply(twice.body("{\"name\":\"first\",\"name\":\"second\"}")).await;
    assert_eq!(twice.json()["name"], "second");
    let long = json!({"name": "x".repeat(100_000)});
    assert_eq!(
        server.post("/api/account/groups", ALICE, long).await.status,
        400
    );
}

#[tokio::test]
async fn no_path_leads_out() {
    let server = demo_with(|o| {
        std::fs::create_dir_all(&o.site).unwrap();
        std::fs::write(o.site.join("index.html"), "<!doctype html>app").unwrap();
        std::fs::write(o.site.join("a.js"), "app").unwrap();
        std::fs::write(o.site.with_file_name("secret.txt"), "sekret").unwrap();
    })
    .await;
    let mut paths: Vec<String> = Vec::new();
    for up in [
        "..",
        "%2e%2e",
        ".%2e",
        "%2e.",
        "%252e%252e",
        "..%00",
        "..;",
        "....//..",
    ] {
        for slash in ["/", "%2f", "%5c", "\\", "//", "%252f"] {
            for target in ["secret.txt", "muster.sqlite", "etc/passwd"] {
                for root in ["", "/a.js", "/c/acme", "/up/x", "/api/v1/groups/group"] {
                    paths.push(format!("{root}/{up}{slash}{target}"));
                    paths.push(format!("{root}/{up}{slash}{up}{slash}{up}{slash}{target}"));
                }
            }
        }
    }
    paths.extend(
        [
            "//etc/passwd",
            "/%00",
            "/a.js%00.txt",
            "/a.js/",
            "/C:%5cwindows",
            "/file:///etc/passwd",
            "/a.js?../secret.txt",
        ]
        .map(str::to_owned),
    );
    let tried = paths.len();
    for path in paths {
        let text = raw(server.running.addr, &request(&format!("GET {path}"), "")).await;
        for secret in ["sekret", "SQLite format", "root:"] {
            assert!(!text.contains(secret), "{path}: {text}");
        }
        let status = text.split(' ').nth(1).unwrap_or_default();
        assert!(
            ["200", "400", "404", "405"].contains(&status),
            "{path}: {text}"
        );
        assert!(
            status != "200" || text.ends_with("app") || text.ends_with("\"status\":\"ERROR\"}"),
            "{path}: {text}"
        );
    }
    println!("paths that lead nowhere: {tried}");
    well(&server).await;
}

const INJECTIONS: [&str; 8] = [
    "' OR '1'='1",
    "x'; DROP TABLE groups; --",
    "\" OR \"\"=\"",
    "1 UNION SELECT hash FROM tokens",
    "%' OR name LIKE '%",
    "\0",
    "a\r\nSet-Cookie: x=y",
    "<script>alert(1)</script>",
];

#[tokio::test]
async fn what_looks_like_sql_or_headers_is_text() {
    let server = demo().await;
    let all = server.get("/api/v1/groups/list", ALICE).await.json();
    let count = all["groups"].as_array().unwrap().len();
    for text in INJECTIONS {
        // As a value it is kept as it is.
        let made = server
            .post(
                "/api/v1/groups/group/injected",
                ALICE,
                json!({"full_name": text, "description": text, "profile_photo_url": text}),
            )
            .await;
        assert_eq!(made.json()["status"], "OK");
        let group = server
            .get("/api/v1/groups/group/injected", DAVE)
            .await
            .json();
        for field in ["full_name", "description", "profile_photo_url"] {
            assert_eq!(group["group"][field], text);
        }
        server.delete("/api/v1/groups/group/injected", ALICE).await;
        let made = server
            .post(
                "/api/account/groups",
                ALICE,
                json!({"name": format!("abc{text}")}),
            )
            .await;
        assert_eq!(made.json()["name"], format!("abc{text}"));
        let id = made.json()["id"].clone();
        server
            .delete(&format!("/api/account/groups/{id}"), ALICE)
            .await;
        // As a name, a person, a query, an id, a token it finds nothing and nobody.
        let mut url = reqwest::Url::parse(&server.url("/api/v1/groups/list")).unwrap();
        url.query_pairs_mut()
            .append_pair("username", text)
            .append_pair("get_members", text);
        let list = reply(server.client.get(url).bearer_auth(ALICE)).await;
        assert_eq!(list.json()["groups"], json!([]), "{text:?}");
        let mut url = reqwest::Url::parse(&server.url("/api/v1/groups/group/x")).unwrap();
        url.path_segments_mut().unwrap().pop().push(text);
        for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
            let request = server
                .client
                .request(method, url.clone())
                .bearer_auth(ALICE)
                .body("{\"description\":\"x\"}");
            let got = reply(request).await;
            assert!(got.headers.get("set-cookie").is_none());
            assert_eq!(got.json()["status"], "ERROR", "{text:?}");
        }
        let mut url = reqwest::Url::parse(&server.url("/api/account/groups/x")).unwrap();
        url.path_segments_mut().unwrap().pop().push(text);
        assert_eq!(
            reply(server.client.get(url).bearer_auth(ALICE))
                .await
                .status,
            404
        );
        let person = server
            .post(
                "/api/v1/groups/group/design/members",
                ALICE,
                json!({"member": {text: true}}),
            )
            .await;
        assert_eq!(
            person.json()["error_details"][text],
            format!("User ({text}) not found")
        );
        if let Ok(value) = reqwest::header::HeaderValue::from_str(&format!("Bearer {text}")) {
            let got = reply(
                server
                    .client
                    .get(server.url("/api/account/groups"))
                    .header("authorization", value),
            )
            .await;
            assert_eq!(got.status, 401);
        }
    }
    let all = server.get("/api/v1/groups/list", ALICE).await.json();
    assert_eq!(all["groups"].as_array().unwrap().len(), count);
}

/// A system that answers each request by what this does with the connection.
async fn system<F, R>(behave: F) -> SocketAddr
where
    F: Fn(TcpStream) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let behave = Arc::new(behave);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let behave = Arc::clone(&behave);
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                behave(stream).await;
            });
        }
    });
    addr
}

async fn before(addr: SocketAddr) -> Server {
    demo_with(|o| {
        o.limits = short();
        o.upstreams = vec![format!("lab=snip,http://{addr}").parse().unwrap()];
    })
    .await
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

#[tokio::test]
async fn an_upstream_that_hangs_costs_one_call() {
    let path = "/up/lab/api/account/groups";
    // Before its reply, in the middle of its head, in the middle of its body.
    for said in ["", "HTTP/1.1 200 OK\r\nContent-T", "body"] {
        let addr = system(move |mut stream| async move {
            if said == "body" {
                let _ = stream.write_all(OK).await;
                let _ = stream.write_all(b"Content-Length: 100\r\n\r\n[1,").await;
            } else {
                let _ = stream.write_all(said.as_bytes()).await;
            }
            tokio::time::sleep(Duration::from_secs(60)).await;
        })
        .await;
        let front = Arc::new(before(addr).await);
        let began = Instant::now();
        // Two dozen of them hold up nobody else.
        let hung: Vec<_> = (0..24)
            .map(|_| {
                let front = Arc::clone(&front);
                tokio::spawn(async move {
                    let sent = front.client.get(front.url(path)).send().await.unwrap();
                    (sent.status().as_u16(), sent.text().await)
                })
            })
            .collect();
        well(&front).await;
        assert!(began.elapsed() < Duration::from_millis(500));
        for call in hung {
            let (status, text) = call.await.unwrap();
            match text {
                Ok(text) => assert!(
                    status == 502 && text.contains("did not answer in time"),
                    "{status} {text}"
                ),
                // What had begun breaks off, so that it cannot pass for whole.
                Err(_) => assert_eq!((said, status), ("body", 200)),
            }
        }
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn an_upstream_that_lies_or_never_ends_costs_one_call() {
    let path = "/up/lab/api/account/groups";
    // Says less than it sends: the rest is nobody's reply.
    let less = system(|mut stream| async move {
        let _ = stream.write_all(OK).await;
        let _ = stream
            .write_all(
                b"Content-Length: 2\r\n\r\n[]HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsmuggl",
            )
            .await;
    })
    .await;
    let front = before(less).await;
    for _ in 0..3 {
        assert_eq!(front.get(path, ALICE).await.text, "[]");
    }
    // Two lengths, a length and chunks, a length that is no number: no reply at all, or one that breaks off.
    for lie in [
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
        "Content-Length: -1\r\n\r\n[]",
        "Content-Length: 99999999999999999999999\r\n\r\n[]",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n[]",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n[]",
        "Content-Length: 50\r\n\r\n[]",
    ] {
        let addr = system(move |mut stream| async move {
            let _ = stream.write_all(OK).await;
            let _ = stream.write_all(lie.as_bytes()).await;
        })
        .await;
        let front = before(addr).await;
        let sent = front.client.get(front.url(path)).send().await;
        if let Ok(sent) = sent {
            let (status, text) = (sent.status(), sent.text().await);
            assert!(status == 502 || text.is_err(), "{lie:?}: {status} {text:?}");
        }
        well(&front).await;
    }
    // Headers without an end are cut off, a body without an end goes on as long as its reader wants it, and no longer.
    let endless = system(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(&[b'x'; 16 * 1024]).await.is_ok() {}
    })
    .await;
    let front = before(endless).await;
    assert_eq!(front.get(path, ALICE).await.status, 502);
    let (gone, mut told) = tokio::sync::mpsc::channel(1);
    let endless = system(move |mut stream| {
        let gone = gone.clone();
        async move {
            let _ = stream.write_all(OK).await;
            let _ = stream.write_all(b"\r\n").await;
            while stream.write_all(&[b' '; 16 * 1024]).await.is_ok() {}
            let _ = gone.send(()).await;
        }
    })
    .await;
    let front = before(endless).await;
    let mut sent = front.client.get(front.url(path)).send().await.unwrap();
    for _ in 0..50 {
        assert!(sent.chunk().await.unwrap().is_some());
    }
    drop(sent);
    let told = tokio::time::timeout(Duration::from_secs(5), told.recv()).await;
    assert_eq!(told, Ok(Some(())), "it is still being read");
    well(&front).await;
}

#[tokio::test]
async fn wrong_tokens_are_slowed_and_the_right_one_never_is() {
    let server = Arc::new(
        demo_with(|o| {
            o.limits.guesses = 10;
            o.limits.patience = Duration::from_secs(1);
        })
        .await,
    );
    let paths = ["/api/account/groups", "/api/v1/groups/list"];
    let began = Instant::now();
    let tries: Vec<_> = (0..60)
        .map(|n| {
            let server = Arc::clone(&server);
            let path = paths[n % 2];
            tokio::spawn(async move { server.get(path, &format!("guess-{n}")).await })
        })
        .collect();
    // In the middle of it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    for path in paths {
        let began = Instant::now();
        assert_eq!(server.get(path, ALICE).await.status, 200);
        assert!(began.elapsed() < Duration::from_millis(500));
    }
    let (mut refused, mut sent_away) = (0, 0);
    for one in tries {
        let reply = one.await.unwrap();
        match reply.status {
            429 => {
                assert_eq!(reply.header("retry-after"), "1");
                assert!(reply.text.contains("Too many tokens"));
                sent_away += 1;
            }
            _ => {
                assert!(reply.text.contains("Invalid or missing token."));
                refused += 1;
            }
        }
    }
    // Ten at once, five more in the second that they may wait, and some that came back meanwhile.
    assert!(
        (15..=25).contains(&refused),
        "{refused} refused, {sent_away} sent away"
    );
    assert!(began.elapsed() > Duration::from_millis(800));
    // Whoever has no token at all guesses nothing.
    assert_eq!(server.get(paths[0], "").await.status, 401);
}

/// What a program said on its two outputs, and the files that it wrote, hold no token: neither its own nor those that it passed
/// on, in order, refused, or to a system that is not there.
#[tokio::test]
async fn no_token_is_kept_or_logged() {
    let real = demo().await;
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("m.sqlite");
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = nobody.local_addr().unwrap();
    drop(nobody);
    let (child, address) = listening(&[
        "--db",
        db.to_str().unwrap(),
        "--upstream",
        &format!("lab=snip,http://{}", real.running.addr),
        "--upstream",
        &format!("gone=snip,http://{gone}"),
    ]);
    let ask = client();
    for token in [ALICE, "sekret-token-of-nobody", "sekret\u{e9}"] {
        for path in [
            "/up/lab/api/account/groups",
            "/up/lab/api/account/groups/x",
            "/up/gone/api/account/groups",
            "/up/none/x",
            "/api/account/groups",
            "/api/v1/groups/list",
            "/nothing",
        ] {
            let request = ask.get(format!("http://{address}{path}"));
            let request = request.header("authorization", format!("Bearer {token}").into_bytes());
            let reply = reply(request).await;
            assert!(!reply.text.contains("sekret") && !reply.text.contains(ALICE));
        }
    }
    std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    let mut all = out.stdout;
    all.extend(out.stderr);
    for file in std::fs::read_dir(dir.path()).unwrap() {
        all.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let text = String::from_utf8_lossy(&all);
    assert!(!text.contains("sekret") && !text.contains(ALICE));
}

#[cfg(unix)]
#[tokio::test]
async fn told_to_stop_it_finishes_what_is_under_way_and_waits_for_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("m.sqlite");
    for finishes in [true, false] {
        let (mut child, address) = listening(&["--demo", "--db", db.to_str().unwrap()]);
        let body = "{\"name\":\"under way\"}";
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let head = format!(
            "POST /api/account/groups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo-alice\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body.as_bytes()[..5]).await.unwrap();
        // Connections that idle hold up nothing.
        let idle = TcpStream::connect(&address).await.unwrap();
        let list = client().get(format!("http://{address}/api/account/groups"));
        assert_eq!(reply(list.bearer_auth(ALICE)).await.status, 200);
        let began = Instant::now();
        let told = std::process::Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(
            TcpStream::connect(&address).await.is_err(),
            "it still takes connections"
        );
        if finishes {
            stream.write_all(&body.as_bytes()[5..]).await.unwrap();
            let mut got = Vec::new();
            stream.read_to_end(&mut got).await.unwrap();
            let text = String::from_utf8_lossy(&got);
            assert!(
                text.starts_with("HTTP/1.1 201 ") && text.contains("under way"),
                "{text}"
            );
        }
        let code = tokio::task::spawn_blocking(move || child.wait())
            .await
            .unwrap()
            .unwrap();
        assert!(code.success(), "{code}");
        let limit = if finishes { 3 } else { 8 };
        assert!(
            began.elapsed() < Duration::from_secs(limit),
            "{:?}",
            began.elapsed()
        );
        drop(idle);
    }
}

/// The server's own folder: other people of the machine read nothing there.
#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path());
    let running = start(options.clone()).await.unwrap();
    let mode = std::fs::metadata(&options.db).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    running.stop().await;
}
