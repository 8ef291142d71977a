//! What has to hold for a site of any size: nothing read twice, nobody held up, lists that show one state.

use crate::support::{ALICE, BOB, CAROL, DAVE, Reply, Server, client, demo, names, options};
use muster_server::seed::{LARGE_GROUP, SITE_ADMIN, Size, seed};
use muster_server::{NewUser, add_user, create_token, remove_user, start};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read as _;
use std::time::{Duration, Instant};

const LIST: &str = "/api/v1/groups/list";
const FULL: &str = "/api/v1/groups/list?get_members=true";

fn group(name: &str) -> String {
    format!("/api/v1/groups/group/{name}")
}

fn members(name: &str) -> String {
    format!("/api/v1/groups/group/{name}/members")
}

fn ok(reply: &Reply) {
    assert_eq!((reply.status, reply.json()), (200, json!({"status": "OK"})));
}

/// A server over a generated site, and its site admin's token.
async fn generated(size: Size) -> (Server, String) {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path());
    seed(&options.db, size).unwrap();
    let token = create_token(&options.db, SITE_ADMIN).unwrap();
    let running = start(options).await.unwrap();
    let client = client();
    let server = Server {
        running,
        dir,
        client,
    };
    (server, token)
}

/// A read with these headers, as bytes.
async fn raw(
    server: &Server,
    path: &str,
    token: &str,
    headers: &[(&str, &str)],
) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
    let mut request = server
        .client
        .get(server.url(path))
        .header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.bytes().await.unwrap().to_vec())
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::Decompressor::new(bytes, 4096)
        .read_to_end(&mut out)
        .unwrap();
    out
}

#[tokio::test]
async fn every_kind_of_write_changes_the_tag_and_nothing_else_does() {
    let server = demo().await;
    let db = server.dir.path().join("muster.sqlite");
    let paths = [
        (LIST, DAVE),
        (FULL, DAVE),
        ("/api/v1/groups/group/design", DAVE),
        ("/api/account/groups", CAROL),
        ("/api/account/groups/5", CAROL),
    ];
    let mut tags: Vec<String> = Vec::new();
    for (path, token) in paths {
        tags.push(server.get(path, token).await.header("etag").to_owned());
    }
    let user = NewUser {
        name: "new".to_owned(),
        ..NewUser::default()
    };
    for step in 0..15 {
        match step {
            0 => ok(&server.post(&group("made"), BOB, json!({})).await),
            1 => ok(&server
                .patch(&group("made"), BOB, json!({"full_name": "M"}))
                .await),
            2 => ok(&server
                .post(&members("made"), BOB, json!({"member": {"dave": true}}))
                .await),
            3 => ok(&server
                .post(&members("made"), BOB, json!({"admin": {"dave": true}}))
                .await),
            4 => ok(&server
                .post(&members("made"), BOB, json!({"member": {"dave": false}}))
                .await),
            5 => {
                // Half of it is done, and said to have failed.
                let wish = json!({"member": {"erin": true, "mei": true}});
                let half = server.post(&members("made"), BOB, wish).await;
                assert_eq!(half.json()["status"], "ERROR");
            }
            6 => ok(&server.delete(&group("made"), BOB).await),
            7 => {
                let made = server
                    .post("/api/account/groups", CAROL, json!({"name": "snip"}))
                    .await;
                assert_eq!(made.status, 201);
            }
            8 => {
                let patch = json!({"description": "d"});
                let path = "/api/account/groups/5";
                assert_eq!(server.patch(path, ALICE, patch).await.status, 200);
            }
            9 => {
                let patch = json!({"update_member_roles": [{"user_id": 3, "role": "moderator"}]});
                let path = "/api/account/groups/5";
                assert_eq!(server.patch(path, ALICE, patch).await.status, 200);
            }
            10 => {
                let path = "/api/account/groups/4/leave";
                assert_eq!(server.post(path, DAVE, json!({})).await.status, 204);
            }
            11 => assert_eq!(
                server.delete("/api/account/groups/3", CAROL).await.status,
                204
            ),
            12 => add_user(&db, &user).unwrap(),
            13 => drop(create_token(&db, "new").unwrap()),
            _ => remove_user(&db, "new").unwrap(),
        }
        for (nth, (path, token)) in paths.into_iter().enumerate() {
            let had = tags[nth].clone();
            let (status, headers, body) =
                raw(&server, path, token, &[("if-none-match", &had)]).await;
            assert!(status == 200 && !body.is_empty(), "{step} {path}");
            let tag = headers["etag"].to_str().unwrap().to_owned();
            assert_ne!(tag, had, "{step} {path}");
            let (status, headers, body) =
                raw(&server, path, token, &[("if-none-match", &tag)]).await;
            assert_eq!((status, body.len()), (304, 0), "{step} {path}");
            assert_eq!(headers["cache-control"], "no-store");
            tags[nth] = tag;
        }
    }
    // What was refused changed nothing.
    let refused = server.delete(&group("design"), DAVE).await;
    assert_eq!(refused.json()["status"], "ERROR");
    let (status, ..) = raw(&server, FULL, DAVE, &[("if-none-match", &tags[1])]).await;
    assert_eq!(status, 304);
    // A tag opens nothing: who may not read is told so, as ever.
    let (_, _, body) = raw(&server, FULL, "wrong", &[("if-none-match", &tags[1])]).await;
    assert!(
        String::from_utf8(body)
            .unwrap()
            .contains("Invalid or missing token")
    );
}

#[tokio::test]
async fn compressed_replies_hold_the_same_bytes() {
    let size = Size {
        groups: 3000,
        people: 400,
        large: 300,
        seed: 7,
    };
    let (server, token) = generated(size).await;
    for path in [
        FULL,
        LIST,
        &group(LARGE_GROUP),
        "/api/v1/groups/list?username=ada.adler",
    ] {
        let (_, plain_headers, plain) = raw(&server, path, &token, &[]).await;
        let (status, headers, packed) =
            raw(&server, path, &token, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(
            (status, &headers["content-encoding"]),
            (200, &"br".parse().unwrap()),
            "{path}"
        );
        assert_eq!(headers["content-type"], "application/json");
        assert!(packed.len() * 3 < plain.len(), "{path}: {}", packed.len());
        assert!(unpacked(&packed) == plain, "{path}");
        for headers in [&plain_headers, &headers] {
            assert!(
                headers
                    .get_all("vary")
                    .iter()
                    .any(|v| v == "accept-encoding")
            );
        }
        assert!(!plain_headers.contains_key("content-encoding"));
        // Other bytes, so not the same strong tag; the same state, so either finds it unchanged.
        let (strong, weak) = (
            plain_headers["etag"].to_str().unwrap(),
            headers["etag"].to_str().unwrap(),
        );
        assert_eq!(weak, format!("W/{strong}"));
        for tag in [strong, weak] {
            let (status, headers, body) = raw(
                &server,
                path,
                &token,
                &[("accept-encoding", "br"), ("if-none-match", tag)],
            )
            .await;
            assert_eq!((status, body.len()), (304, 0));
            assert!(!headers.contains_key("content-encoding"));
        }
    }
    // What fits into a packet goes as it is, and so do refusals.
    for path in [
        "/api/v1/groups/list?username=nobody",
        "/api/v1/groups/group/none",
    ] {
        let (status, headers, body) =
            raw(&server, path, &token, &[("accept-encoding", "br")]).await;
        assert!(status == 200 && !headers.contains_key("content-encoding"));
        serde_json::from_slice::<Value>(&body).unwrap();
    }
}

#[tokio::test]
async fn a_generated_site_is_the_same_every_time_and_fills_empty_files_only() {
    let size = Size {
        groups: 500,
        people: 300,
        large: 200,
        seed: 3,
    };
    let (one, token) = generated(size).await;
    let (two, other) = generated(size).await;
    let list = one.get(FULL, &token).await;
    assert!(list.text == two.get(FULL, &other).await.text);
    let body = list.json();
    let groups = body["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 500);
    let people = |group: &Value| -> usize {
        let mut all: BTreeSet<&str> = names(&group["admins"]).into_iter().collect();
        all.extend(names(&group["members"]));
        all.len()
    };
    let count = |group: &&Value| group["name"] == LARGE_GROUP;
    assert_eq!(people(groups.iter().find(count).unwrap()), 200);
    let others: usize = groups
        .iter()
        .filter(|group| !count(group))
        .map(people)
        .sum();
    assert!((10.0..14.0).contains(&(others as f64 / 499.0)), "{others}");
    let names: BTreeSet<&str> = groups.iter().map(|g| g["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 500);
    assert!(names.iter().all(|name| {
        (3..=100).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    }));
    let again = seed(&one.dir.path().join("muster.sqlite"), size).unwrap_err();
    assert!(again.contains("an empty database only"), "{again}");
}

/// The time of the middle one of many changes of one membership.
async fn change_time(server: &Server, token: &str, group: &str, user: &str) -> Duration {
    let mut times = Vec::new();
    for nth in 0..60 {
        let wish = json!({"member": {user: nth % 2 == 0}});
        let since = Instant::now();
        ok(&server.post(&members(group), token, wish).await);
        times.push(since.elapsed());
    }
    times.sort();
    times[times.len() / 2]
}

#[tokio::test]
async fn a_change_in_a_group_of_twenty_thousand_is_as_small_as_in_a_small_one() {
    let size = Size {
        groups: 20,
        people: 20_001,
        large: 20_000,
        seed: 1,
    };
    let (server, token) = generated(size).await;
    ok(&server.post(&group("small"), &token, json!({})).await);
    let large = server.get(&group(LARGE_GROUP), &token).await.json();
    let in_it = names(&large["group"]["members"]);
    assert_eq!(in_it.len(), 20_000 - 3);
    let some: serde_json::Map<String, Value> = in_it
        .iter()
        .take(20)
        .map(|name| ((*name).to_owned(), json!(true)))
        .collect();
    ok(&server
        .post(&members("small"), &token, json!({"member": some}))
        .await);

    // What a call writes, in pages of the log. The first thousand of them are only ever appended.
    let log = server.dir.path().join("muster.sqlite-wal");
    let pages = || std::fs::metadata(&log).unwrap().len() / (4096 + 24);
    let mut written = Vec::new();
    for group in ["small", LARGE_GROUP] {
        for held in [true, false] {
            let before = pages();
            ok(&server
                .post(
                    &members(group),
                    &token,
                    json!({"admin": {in_it[500]: held}}),
                )
                .await);
            written.push(pages() - before);
        }
    }
    assert!(
        written.iter().all(|&pages| (1..=8).contains(&pages)),
        "{written:?}"
    );

    // Reading through twenty thousand rows takes some hundred times as long as finding one.
    let small = change_time(&server, &token, "small", in_it[1]).await;
    let large = change_time(&server, &token, LARGE_GROUP, in_it[1]).await;
    assert!(large < small * 4, "{large:?} against {small:?}");
}

#[tokio::test]
async fn a_list_read_during_writes_shows_one_state() {
    let size = Size {
        groups: 1500,
        people: 100,
        large: 50,
        seed: 5,
    };
    let (server, token) = generated(size).await;
    let server = std::sync::Arc::new(server);
    let mut order = Vec::new();
    for nth in 0..40 {
        // Before and after all others in the list.
        let name = format!("{}_{nth:02}", if nth % 2 == 0 { "aaa" } else { "zzz" });
        ok(&server.post(&group(&name), &token, json!({})).await);
        order.push(name);
    }
    let writer = {
        let (server, token, order) = (server.clone(), token.clone(), order.clone());
        tokio::spawn(async move {
            for name in &order {
                let wish = json!({"member": {SITE_ADMIN: true}});
                ok(&server.post(&members(name), &token, wish).await);
            }
        })
    };
    let mut between = 0;
    loop {
        let last = writer.is_finished();
        let body = server.get(FULL, &token).await.json();
        let groups = body["groups"].as_array().unwrap();
        let joined = |name: &String| {
            let group = groups.iter().find(|g| g["name"] == **name).unwrap();
            names(&group["members"]).contains(&SITE_ADMIN)
        };
        let count = order.iter().take_while(|name| joined(name)).count();
        // One after the other was joined: none is missing before the last that is there.
        assert!(!order.iter().skip(count).any(joined), "after {count}");
        if count > 0 && count < order.len() {
            between += 1;
        }
        if last {
            assert_eq!(count, order.len());
            break;
        }
    }
    writer.await.unwrap();
    assert!(between > 0, "no list fell between two writes");
}

#[tokio::test]
async fn a_reader_who_stops_holds_neither_writers_nor_the_log() {
    for coding in ["identity", "br"] {
        let server = demo().await;
        // More than sockets and buffers hold, also when it is compressed.
        let mut noise = 1_u64;
        for nth in 0..32 {
            let text: String = (0..900_000)
                .map(|_| {
                    noise ^= noise << 13;
                    noise ^= noise >> 7;
                    noise ^= noise << 17;
                    char::from(b'!' + (noise % 90) as u8)
                })
                .collect();
            let made = json!({"description": text});
            ok(&server
                .post(&group(&format!("big_{nth:02}")), ALICE, made)
                .await);
        }
        let slow = server
            .client
            .get(server.url(LIST))
            .header("authorization", "Bearer demo-dave")
            .header("accept-encoding", coding)
            .send()
            .await
            .unwrap();
        ok(&server.post(&group("meanwhile"), ALICE, json!({})).await);
        // The log can only be emptied when no reader is left in an older state: this waits until there is none.
        let path = server.dir.path().join("muster.sqlite");
        let busy = tokio::task::spawn_blocking(move || {
            let db = rusqlite::Connection::open(path).unwrap();
            db.busy_timeout(Duration::from_secs(20)).unwrap();
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap()
        })
        .await
        .unwrap();
        assert_eq!(
            busy, 0,
            "{coding}: the list of a client who reads nothing is still being read"
        );
        let files: Vec<_> = std::fs::read_dir(server.dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| !name.to_string_lossy().starts_with("muster.sqlite"))
            .collect();
        assert!(files.is_empty(), "{files:?}");
        let bytes = slow.bytes().await.unwrap();
        let bytes = match coding {
            "br" => unpacked(&bytes),
            _ => bytes.to_vec(),
        };
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(body["groups"].as_array().unwrap().len(), 36 + 32);
    }
}
