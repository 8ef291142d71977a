//! What holds for the whole server: data survives, databases are not mixed up, the demo is the same every time.

use crate::support::{ALICE, BOB, Server, client, demo, options};
use muster_server::{NewUser, add_user, create_token, remove_user, start};
use serde_json::json;

#[tokio::test]
async fn a_restart_keeps_everything() {
    let server = demo().await;
    let made = server
        .post(
            "/api/v1/groups/group/kept",
            BOB,
            json!({"full_name": "Kept"}),
        )
        .await;
    assert_eq!(made.json()["status"], "OK");
    let list = server
        .get("/api/v1/groups/list?get_members=true", ALICE)
        .await;
    let Server { running, dir, .. } = server;
    running.stop().await;
    let mut again = options(dir.path());
    again.demo = true;
    let running = start(again).await.unwrap();
    let server = Server {
        running,
        dir,
        client: client(),
    };
    let after = server
        .get("/api/v1/groups/list?get_members=true", ALICE)
        .await;
    assert_eq!(
        (list.text.as_str(), list.header("etag")),
        (after.text.as_str(), after.header("etag"))
    );
}

#[tokio::test]
async fn the_demo_is_the_same_every_time() {
    let (one, two) = (demo().await, demo().await);
    for path in [
        "/api/v1/groups/list?get_members=true",
        "/api/account/groups",
        "/config.json",
    ] {
        assert_eq!(
            one.get(path, ALICE).await.text,
            two.get(path, ALICE).await.text
        );
    }
}

#[tokio::test]
async fn people_and_tokens() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path());
    let db = options.db.clone();
    let user = |name: &str, site_admin: bool| NewUser {
        name: name.to_owned(),
        emails: vec![(format!("{name}@example.com"), true)],
        site_admin,
        manage_groups: false,
    };
    add_user(&db, &user("ann", true)).unwrap();
    add_user(&db, &user("ben", false)).unwrap();
    assert!(
        add_user(&db, &user("ann", false))
            .unwrap_err()
            .contains("User (ann) already exists")
    );
    assert!(add_user(&db, &user("", false)).is_err());
    assert!(
        create_token(&db, "nobody")
            .unwrap_err()
            .contains("User (nobody) not found")
    );
    let (ann, ben) = (
        create_token(&db, "ann").unwrap(),
        create_token(&db, "ben").unwrap(),
    );
    assert_ne!(ann, create_token(&db, "ann").unwrap());

    let running = start(options).await.unwrap();
    let server = Server {
        running,
        dir,
        client: client(),
    };
    let group = "/api/v1/groups/group/pair";
    assert_eq!(
        server.post(group, &ann, json!({})).await.json()["status"],
        "OK"
    );
    let both = json!({"admin": {"ann": true}, "member": {"ben": true}});
    assert_eq!(
        server
            .post(&format!("{group}/members"), &ann, both)
            .await
            .json()["status"],
        "OK"
    );
    assert_eq!(server.get(group, &ben).await.json()["status"], "OK");

    // While it runs: an account goes, its token with it; its name stays and cannot be taken out.
    remove_user(&db, "ben").unwrap();
    assert!(
        remove_user(&db, "ben")
            .unwrap_err()
            .contains("User (ben) not found")
    );
    assert!(
        add_user(&db, &user("ben", false))
            .unwrap_err()
            .contains("was removed")
    );
    assert_eq!(
        server.get(group, &ben).await.json()["msg"],
        "Invalid or missing token."
    );
    let reply = server
        .post(
            &format!("{group}/members"),
            &ann,
            json!({"member": {"ben": false}}),
        )
        .await;
    assert_eq!(
        reply.json()["error_details"],
        json!({"ben": "User (ben) not found"})
    );
    assert_eq!(
        server.get(group, &ann).await.json()["group"]["members"],
        json!([{"type": "user", "name": "ben"}])
    );

    // Neither token stands in the file.
    let mut bytes = std::fs::read(&db).unwrap();
    bytes.extend(std::fs::read(db.with_extension("sqlite-wal")).unwrap_or_default());
    for token in [&ann, &ben] {
        assert!(!bytes.windows(token.len()).any(|w| w == token.as_bytes()));
    }
}

#[tokio::test]
async fn files_that_are_not_ours_are_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let base = options(dir.path());
    let refused = async |options, words: &str| {
        let error = start(options).await.unwrap_err();
        assert!(error.contains(words), "{error} / {words}");
    };

    let mut text = base.clone();
    text.db = dir.path().join("text.sqlite");
    std::fs::write(
        &text.db,
        "this is not a database at all, but it is long enough to be read as one. ".repeat(20),
    )
    .unwrap();
    refused(text, "is not a database").await;

    let mut other = base.clone();
    other.db = dir.path().join("other.sqlite");
    rusqlite::Connection::open(&other.db)
        .unwrap()
        .execute_batch("CREATE TABLE t (x)")
        .unwrap();
    refused(other, "of another program").await;

    let mut newer = base.clone();
    newer.db = dir.path().join("newer.sqlite");
    start(newer.clone()).await.unwrap().stop().await;
    rusqlite::Connection::open(&newer.db)
        .unwrap()
        .execute_batch("PRAGMA user_version = 7")
        .unwrap();
    refused(newer, "schema version 7").await;

    let mut nowhere = base.clone();
    nowhere.db = dir.path().join("none/such/folder.sqlite");
    refused(nowhere, "cannot be opened").await;

    let mut taken = base.clone();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    taken.listen = listener.local_addr().unwrap().to_string();
    refused(taken, "Cannot listen on").await;
}

#[tokio::test]
async fn the_demo_stays_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let base = options(dir.path());
    let mut public = base.clone();
    (public.demo, public.listen) = (true, "0.0.0.0:0".to_owned());
    assert!(
        start(public)
            .await
            .unwrap_err()
            .contains("loopback addresses only")
    );
    // Refused before a file was made.
    assert!(!base.db.exists());

    add_user(
        &base.db,
        &NewUser {
            name: "ann".to_owned(),
            ..NewUser::default()
        },
    )
    .unwrap();
    let mut demo = base.clone();
    demo.demo = true;
    assert!(
        start(demo.clone())
            .await
            .unwrap_err()
            .contains("an empty database only")
    );

    demo.db = dir.path().join("demo.sqlite");
    start(demo.clone()).await.unwrap().stop().await;
    start(demo.clone()).await.unwrap().stop().await;
    demo.demo = false;
    assert!(
        start(demo)
            .await
            .unwrap_err()
            .contains("was filled by --demo")
    );
}
