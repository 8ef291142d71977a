//! What a crash, a damaged file or somebody else's lock does to the data: nothing that was acknowledged is lost, and what
//! cannot be used is refused in words.
//!
//! `MUSTER_KILLS=200 cargo test -p muster-server --test it -- --nocapture kill` kills for longer and prints figures.

use crate::cli::{listening, run};
use crate::support::{client, options};
use muster_server::start;
use reqwest::Client;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const WRITERS: usize = 8;

/// How the three kinds of write are told apart in what the server holds afterwards.
#[derive(Debug, Default)]
struct Acknowledged {
    /// Groups that were made and not deleted.
    made: BTreeSet<String>,
    /// Groups that were deleted.
    deleted: BTreeSet<String>,
    /// Groups that dave was added to.
    joined: BTreeSet<String>,
    /// How many calls were answered with OK.
    calls: usize,
}

/// One call; whether the server said that it is done. A broken connection is no answer.
async fn done(client: &Client, method: reqwest::Method, url: String, body: &str) -> bool {
    let request = client
        .request(method, url)
        .header("authorization", "Bearer demo-alice")
        .body(body.to_owned());
    let Ok(reply) = request.send().await else {
        return false;
    };
    reply
        .text()
        .await
        .is_ok_and(|text| text == "{\"status\":\"OK\"}")
}

async fn write_until_killed(
    client: Client,
    root: String,
    stem: String,
    kept: Arc<Mutex<Acknowledged>>,
) {
    use reqwest::Method;
    for nth in 0.. {
        let name = format!("{stem}_{nth}");
        let group = format!("{root}/group/{name}");
        if !done(&client, Method::POST, group.clone(), "{}").await {
            return;
        }
        note(&kept, |all| all.made.insert(name.clone()));
        let people = "{\"member\":{\"dave\":true}}";
        if !done(&client, Method::POST, format!("{group}/members"), people).await {
            return;
        }
        note(&kept, |all| all.joined.insert(name.clone()));
        if nth % 3 == 0 {
            // Asked for: from now on it may be there or not, until the answer says so.
            note(&kept, |all| {
                all.made.remove(&name) | all.joined.remove(&name)
            });
            if !done(&client, Method::DELETE, group, "").await {
                return;
            }
            note(&kept, |all| all.deleted.insert(name.clone()));
        }
    }
}

fn note(kept: &Mutex<Acknowledged>, what: impl FnOnce(&mut Acknowledged) -> bool) {
    let mut all = kept.lock().unwrap();
    what(&mut all);
    all.calls += 1;
}

/// Every acknowledged write stands in the file, and the file is whole.
fn check(db: &Path, all: &Acknowledged) {
    let db = rusqlite::Connection::open(db).unwrap();
    let word: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(word, "ok");
    let names = |sql: &str| -> BTreeSet<String> {
        let mut found = db.prepare(sql).unwrap();
        let rows = found.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let held = names("SELECT name FROM groups");
    let dave = names(
        "SELECT g.name FROM groups g JOIN memberships m ON m.group_id = g.id
         JOIN users u ON u.id = m.user_id WHERE u.name = 'dave'",
    );
    let lost: Vec<_> = all.made.difference(&held).collect();
    let back: Vec<_> = all.deleted.intersection(&held).collect();
    let left: Vec<_> = all.joined.difference(&dave).collect();
    assert!(
        lost.is_empty() && back.is_empty() && left.is_empty(),
        "lost: {lost:?}, came back: {back:?}, lost memberships: {left:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_mid_write_loses_nothing_that_was_acknowledged() {
    let rounds: u64 = std::env::var("MUSTER_KILLS").map_or(5, |n| n.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("m.sqlite");
    let kept = Arc::new(Mutex::new(Acknowledged::default()));
    let began = Instant::now();
    for round in 0..rounds {
        let (mut child, address) = listening(&["--demo", "--db", db.to_str().unwrap()]);
        let writers: Vec<_> = (0..WRITERS)
            .map(|nth| {
                let root = format!("http://{address}/api/v1/groups");
                let stem = format!("r{round}_{nth}");
                tokio::spawn(write_until_killed(client(), root, stem, Arc::clone(&kept)))
            })
            .collect();
        // At another moment each time, and always in the middle of many writes.
        tokio::time::sleep(Duration::from_millis(150 + round * 37 % 400)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        check(&db, &kept.lock().unwrap());
    }
    let all = kept.lock().unwrap();
    println!(
        "kill: {rounds} kills in {:.0} s, {} writes acknowledged, 0 lost",
        began.elapsed().as_secs_f64(),
        all.calls
    );
    assert!(
        all.calls as u64 > rounds * 10,
        "too few writes: {}",
        all.calls
    );
}

#[test]
fn a_damaged_file_is_refused_in_words_wherever_the_damage_is() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole.sqlite");
    let (ok, ..) = run(&[
        "seed",
        "--groups",
        "300",
        "--people",
        "200",
        "--large",
        "100",
        "--db",
        whole.to_str().unwrap(),
    ]);
    assert!(ok);
    // All of it in one file, as after an orderly end.
    rusqlite::Connection::open(&whole)
        .unwrap()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let bytes = std::fs::read(&whole).unwrap();
    let pages = bytes.len() / 4096;
    assert!(pages > 20, "{pages}");
    let hurt = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let file = dir.path().join(name);
        let mut bytes = bytes.clone();
        change(&mut bytes);
        std::fs::write(&file, bytes).unwrap();
        let db = file.to_str().unwrap();
        let (ok, out, err) = run(&["--db", db, "--listen", "127.0.0.1:0"]);
        assert!(!ok && out.is_empty(), "{name}: {out}");
        assert!(
            err.starts_with("muster-server: ")
                && err.contains("Restore it from a backup")
                && err.lines().count() == 1,
            "{name}: {err}"
        );
    };
    for page in [1, 2, pages / 2, pages - 1] {
        hurt(&format!("page-{page}"), &|bytes| {
            bytes[page * 4096..][..4096].fill(0xA5);
        });
    }
    hurt("short", &|bytes| bytes.truncate(pages / 2 * 4096));
}

#[tokio::test]
async fn damage_that_comes_while_it_runs_is_told_and_costs_one_call() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("m.sqlite");
    let (mut child, address) = listening(&["--demo", "--db", db.to_str().unwrap()]);
    let ask = async |path: &str| {
        let request = client()
            .get(format!("http://{address}{path}"))
            .header("authorization", "Bearer demo-alice");
        crate::support::reply(request).await
    };
    assert_eq!(ask("/api/account/groups").await.status, 200);
    // Every page but the first, under the server's hands.
    for file in [db.clone(), db.with_extension("sqlite-wal")] {
        let length = std::fs::metadata(&file).unwrap().len() as usize;
        let mut bytes = std::fs::read(&file).unwrap();
        if file == db {
            bytes[4096..].fill(0xA5);
        } else {
            bytes[100..].fill(0xA5);
        }
        assert_eq!(bytes.len(), length);
        std::fs::write(&file, bytes).unwrap();
    }
    // A connection that has read nothing yet sees it; none of them ends the server, and none tells what is in the file.
    let mut refused = 0;
    for _ in 0..40 {
        let reply = ask("/api/v1/groups/list?get_members=true").await;
        assert!(!reply.text.contains("malformed"), "{reply:?}");
        refused += usize::from(reply.status == 500);
    }
    assert_eq!(ask("/config.json").await.status, 200);
    child.kill().unwrap();
    let out = child.wait_with_output().unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert!(
        refused == 0 || err.contains("the database is damaged"),
        "{refused} refused: {err}"
    );
}

#[tokio::test]
async fn a_locked_file_is_waited_for_and_then_said_to_be_locked() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path());
    let running = start(options.clone()).await.unwrap();
    let other = rusqlite::Connection::open(&options.db).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // While it runs: a write waits, and is refused in words; reads go on.
    let client = client();
    let url = format!("http://{}/api/account/groups", running.addr);
    let reading = client.get(&url).header("authorization", "Bearer x");
    assert_eq!(reading.send().await.unwrap().status(), 401);
    let began = Instant::now();
    let writing = client
        .post(&url)
        .header("authorization", "Bearer x")
        .body("{}");
    let reply = crate::support::reply(writing).await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (503, "1"),
        "{reply:?}"
    );
    assert!(reply.text.contains("busy") && began.elapsed() > Duration::from_secs(1));
    // Freed, it goes on as if nothing had been.
    other.execute_batch("ROLLBACK").unwrap();
    let writing = client
        .post(&url)
        .header("authorization", "Bearer x")
        .body("{}");
    assert_eq!(writing.send().await.unwrap().status(), 401);
    running.stop().await;
    // At the start.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let db = options.db.to_str().unwrap().to_owned();
    let (ok, _, err) =
        tokio::task::spawn_blocking(move || run(&["--db", &db, "--listen", "127.0.0.1:0"]))
            .await
            .unwrap();
    assert!(!ok && err.contains("is locked by another program"), "{err}");
    assert_eq!(err.lines().count(), 1);
}

#[test]
fn another_version_of_the_tables_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("m.sqlite");
    let db = file.to_str().unwrap();
    let (ok, ..) = run(&["user", "add", "ann", "--email", "a@example.com", "--db", db]);
    assert!(ok);
    for version in [0, 2, 9999] {
        rusqlite::Connection::open(&file)
            .unwrap()
            .execute_batch(&format!("PRAGMA user_version = {version}"))
            .unwrap();
        for args in [
            &["--listen", "127.0.0.1:0", "--db", db][..],
            &["token", "create", "ann", "--db", db],
        ] {
            let (ok, out, err) = run(args);
            assert!(!ok && out.is_empty(), "{out}");
            assert!(
                err.contains(&format!("schema version {version}")) && err.lines().count() == 1,
                "{err}"
            );
        }
    }
    // Looked at, not changed.
    let number: i64 = rusqlite::Connection::open(&file)
        .unwrap()
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(number, 9999);
}
