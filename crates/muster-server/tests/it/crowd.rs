//! Two hundred clients at once, a third of them writing, straight and through another server's `--upstream`.
//!
//! `MUSTER_CROWD_SECONDS=60 cargo test --profile native -p muster-server --test it -- --nocapture crowd` for a minute each.

use crate::support::{ALICE, DAVE, Server, demo, demo_with};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 200;
/// Of three clients one writes.
const WRITERS: usize = 3;

/// What a client did: how long each call took, and what it left behind.
#[derive(Default)]
struct Done {
    reads: Vec<Duration>,
    writes: Vec<Duration>,
    /// The last description that was acknowledged, by group.
    described: BTreeMap<String, String>,
}

async fn timed(
    server: &Server,
    times: &mut Vec<Duration>,
    (method, path): (Method, &str),
    body: Option<serde_json::Value>,
) -> String {
    let began = Instant::now();
    let token = if body.is_some() { ALICE } else { DAVE };
    let reply = server.call(method, path, token, body).await;
    times.push(began.elapsed());
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.text
}

/// Changes what is its own and, in turns with everybody, one group that is not.
async fn write(
    server: &Server,
    root: &str,
    nth: usize,
    until: Instant,
    shared: &AtomicUsize,
) -> Done {
    let mut done = Done::default();
    let name = format!("own_{nth}");
    let group = format!("{root}/group/{name}");
    let ok = |text: String| assert_eq!(text, "{\"status\":\"OK\"}");
    ok(timed(
        server,
        &mut done.writes,
        (Method::POST, &group),
        Some(json!({})),
    )
    .await);
    for turn in 0.. {
        if Instant::now() >= until {
            break;
        }
        let text = format!("{nth}.{turn}");
        let body = Some(json!({ "description": text }));
        ok(timed(server, &mut done.writes, (Method::PATCH, &group), body).await);
        done.described.insert(name.clone(), text);
        // A difference each: lost if two of them had read the same state and written it whole.
        let one = shared.fetch_add(1, Ordering::Relaxed);
        let path = format!("{root}/group/crowd_{one}");
        ok(timed(
            server,
            &mut done.writes,
            (Method::POST, &path),
            Some(json!({})),
        )
        .await);
        let people = Some(json!({"member": {"dave": true}, "admin": {"carol": true}}));
        let path = format!("{path}/members");
        ok(timed(server, &mut done.writes, (Method::POST, &path), people).await);
    }
    done
}

async fn read(server: &Server, root: &str, nth: usize, until: Instant) -> Done {
    let mut done = Done::default();
    let paths = [
        "list",
        "list?username=dave",
        "group/new_project",
        "list?get_members=true",
    ];
    for turn in nth.. {
        if Instant::now() >= until {
            break;
        }
        let path = format!("{root}/{}", paths[turn % paths.len()]);
        let text = timed(server, &mut done.reads, (Method::GET, &path), None).await;
        assert!(
            text.starts_with("{\"status\":\"OK\"") && text.ends_with('}'),
            "{path}: {} bytes",
            text.len()
        );
    }
    done
}

fn figures(name: &str, mut times: Vec<Duration>, seconds: f64) -> String {
    times.sort_unstable();
    let at = |share: usize| {
        let place = (times.len() * share / 100).min(times.len() - 1);
        times[place].as_secs_f64() * 1000.0
    };
    format!(
        "{} {name} ({:.0}/s; median {:.1} ms, 99 of 100 within {:.0} ms, longest {:.0} ms)",
        times.len(),
        times.len() as f64 / seconds,
        at(50),
        at(99),
        at(100)
    )
}

/// Two hundred clients of `front`, whose calls land in `real`.
async fn crowd(what: &str, front: Arc<Server>, root: &str, real: &Server) {
    let seconds: f64 = std::env::var("MUSTER_CROWD_SECONDS").map_or(2.0, |n| n.parse().unwrap());
    let before = real.get("/api/v1/groups/list", DAVE).await.json();
    let before = before["groups"].as_array().unwrap().len();
    let shared = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let until = began + Duration::from_secs_f64(seconds);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|nth| {
            let (front, shared, root) = (Arc::clone(&front), Arc::clone(&shared), root.to_owned());
            tokio::spawn(async move {
                if nth % WRITERS == 0 {
                    write(&front, &root, nth, until, &shared).await
                } else {
                    read(&front, &root, nth, until).await
                }
            })
        })
        .collect();
    let mut all = Done::default();
    for client in clients {
        let done = client.await.unwrap();
        all.reads.extend(done.reads);
        all.writes.extend(done.writes);
        all.described.extend(done.described);
    }
    let took = began.elapsed().as_secs_f64();
    // Every acknowledged change is there, and nothing else.
    let shared = shared.load(Ordering::Relaxed);
    let own = CLIENTS.div_ceil(WRITERS);
    let list = real
        .get("/api/v1/groups/list?get_members=true", DAVE)
        .await
        .json();
    let groups = list["groups"].as_array().unwrap();
    assert_eq!(groups.len(), before + own + shared);
    let mut full = 0;
    for group in groups {
        let name = group["name"].as_str().unwrap();
        if let Some(text) = all.described.get(name) {
            assert_eq!(group["description"], *text, "{name}");
        }
        if name.starts_with("crowd_") {
            assert_eq!(crate::support::names(&group["members"]), ["dave"], "{name}");
            assert_eq!(crate::support::names(&group["admins"]), ["carol"], "{name}");
            full += 1;
        }
    }
    assert_eq!(full, shared);
    println!(
        "crowd, {what}: {CLIENTS} clients for {took:.0} s, no error, no lost update; {}; {}",
        figures("reads", all.reads, took),
        figures("writes", all.writes, took)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crowd_straight() {
    let server = Arc::new(demo().await);
    crowd("straight", Arc::clone(&server), "/api/v1/groups", &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crowd_through_an_upstream() {
    let real = demo().await;
    let up = format!("ib=instabase,http://{}", real.running.addr);
    let front = Arc::new(demo_with(|o| o.upstreams = vec![up.parse().unwrap()]).await);
    crowd("through an upstream", front, "/up/ib/api/v1/groups", &real).await;
}
