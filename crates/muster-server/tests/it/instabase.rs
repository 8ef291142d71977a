//! Every call of the Instabase contract.

use crate::support::{ALICE, BOB, CAROL, DAVE, Server, demo, demo_with, names, reply};
use serde_json::{Value, json};

const ROOT: &str = "/api/v1/groups";

fn group(name: &str) -> String {
    format!("{ROOT}/group/{name}")
}

async fn read(server: &Server, name: &str) -> Value {
    let reply = server.get(&group(name), DAVE).await;
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert_eq!(body["status"], "OK", "{body}");
    body["group"].clone()
}

/// A refusal: HTTP 200, ERROR and these words.
fn refused(reply: &crate::support::Reply, words: &str) {
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    let body = reply.json();
    assert_eq!(body["status"], "ERROR");
    let msg = body["msg"].as_str().unwrap();
    assert!(msg.contains(words), "{msg:?} does not say {words:?}");
}

fn ok(reply: &crate::support::Reply) {
    assert_eq!((reply.status, reply.json()), (200, json!({"status": "OK"})));
}

#[tokio::test]
async fn list_is_sorted_and_without_people_unless_asked() {
    let server = demo().await;
    let reply = server.get(&format!("{ROOT}/list"), DAVE).await;
    assert_eq!(reply.header("content-type"), "application/json");
    let body = reply.json();
    assert_eq!(body["status"], "OK");
    let groups = body["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 36);
    let found: Vec<String> = groups
        .iter()
        .map(|g| g["name"].as_str().unwrap().to_lowercase())
        .collect();
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(found, sorted);
    for group in groups {
        assert!(group.get("admins").is_none() && group.get("members").is_none());
        assert!(group["full_name"].is_string() && group["description"].is_string());
        assert!(group.get("id").is_none());
    }
    let photos = groups
        .iter()
        .filter(|g| g.get("profile_photo_url").is_some())
        .count();
    assert!(photos > 3 && photos < groups.len());
}

#[tokio::test]
async fn list_with_people_and_by_person() {
    let server = demo().await;
    let body = server
        .get(&format!("{ROOT}/list?get_members=true"), ALICE)
        .await
        .json();
    let groups = body["groups"].as_array().unwrap();
    let of = |name: &str| groups.iter().find(|g| g["name"] == name).unwrap();
    assert_eq!(of("all_staff")["members"].as_array().unwrap().len(), 320);
    assert_eq!(of("new_project")["members"], json!([]));
    assert_eq!(of("new_project")["admins"], json!([]));
    assert_eq!(names(&of("data_science")["admins"]), ["carol", "priya"]);
    assert!(names(&of("data_science")["members"]).contains(&"carol"));
    assert_eq!(
        of("prod_data_eu_read")["full_name"],
        of("prod_data_eu_read2")["full_name"]
    );

    let body = server
        .get(
            &format!("{ROOT}/list?get_members=true&username=carol"),
            ALICE,
        )
        .await
        .json();
    let mine = body["groups"].as_array().unwrap();
    let expected: Vec<&Value> = groups
        .iter()
        .filter(|g| {
            names(&g["admins"]).contains(&"carol") || names(&g["members"]).contains(&"carol")
        })
        .collect();
    assert_eq!(mine.iter().collect::<Vec<_>>(), expected);
    assert!(mine.len() > 5);

    for (query, count) in [
        ("username=nobody", 0),
        ("get_members=false", 36),
        ("username=gru", 1),
        ("username=%6c%65a", 4),
        ("username=", 36),
    ] {
        let body = server
            .get(&format!("{ROOT}/list?{query}"), BOB)
            .await
            .json();
        let found = body["groups"].as_array().unwrap().len();
        if query == "username=%6c%65a" {
            assert!(found > 1);
        } else {
            assert_eq!(found, count, "{query}");
        }
    }
}

#[tokio::test]
async fn every_call_wants_a_token() {
    let server = demo().await;
    let words = "Invalid or missing token";
    for token in ["", "wrong", "demo-alice2"] {
        refused(&server.get(&format!("{ROOT}/list"), token).await, words);
        refused(&server.get(&group("design"), token).await, words);
        refused(&server.get(&group("no_such"), token).await, words);
        refused(&server.post(&group("xyz"), token, json!({})).await, words);
        refused(
            &server
                .patch(&group("design"), token, json!({"description": "x"}))
                .await,
            words,
        );
        refused(&server.delete(&group("design"), token).await, words);
        let path = format!("{}/members", group("design"));
        refused(
            &server
                .post(&path, token, json!({"member": {"dave": true}}))
                .await,
            words,
        );
        refused(
            &server.post(&path, token, json!("not an object")).await,
            words,
        );
    }
    let basic = server
        .client
        .get(server.url(&group("design")))
        .header("authorization", "Basic demo-alice");
    refused(&reply(basic).await, words);
    let lower = server
        .client
        .get(server.url(&group("design")))
        .header("authorization", "bearer demo-alice");
    assert_eq!(reply(lower).await.json()["status"], "OK");
}

#[tokio::test]
async fn create_update_delete() {
    let server = demo().await;
    let fields = json!({"full_name": "Engineering", "description": "All Instabase Engineers", "profile_photo_url": "https://photo.jpg"});
    ok(&server.post(&group("eng_2"), BOB, fields).await);
    assert_eq!(
        read(&server, "eng_2").await,
        json!({"name": "eng_2", "full_name": "Engineering", "description": "All Instabase Engineers",
               "profile_photo_url": "https://photo.jpg", "admins": [], "members": []})
    );
    refused(
        &server.post(&group("eng_2"), ALICE, json!({})).await,
        "Group (eng_2) already exists",
    );

    ok(&server
        .patch(&group("eng_2"), BOB, json!({"full_name": "E"}))
        .await);
    assert_eq!(read(&server, "eng_2").await["full_name"], "E");
    assert_eq!(
        read(&server, "eng_2").await["description"],
        "All Instabase Engineers"
    );
    ok(&server
        .patch(
            &group("eng_2"),
            BOB,
            json!({"description": "", "profile_photo_url": ""}),
        )
        .await);
    let cleared = read(&server, "eng_2").await;
    assert_eq!(cleared["description"], "");
    assert!(cleared.get("profile_photo_url").is_none());
    ok(&server.patch(&group("eng_2"), BOB, json!({"new_name": "eng_3", "full_name": "F", "description": "d", "profile_photo_url": "p"})).await);
    refused(
        &server.get(&group("eng_2"), BOB).await,
        "Group (eng_2) not found",
    );
    assert_eq!(
        read(&server, "eng_3").await,
        json!({"name": "eng_3", "full_name": "F", "description": "d", "profile_photo_url": "p", "admins": [], "members": []})
    );
    ok(&server
        .patch(&group("eng_3"), BOB, json!({"new_name": "eng_3"}))
        .await);
    refused(
        &server
            .patch(&group("eng_3"), BOB, json!({"new_name": "design"}))
            .await,
        "Group (design) already exists",
    );
    refused(
        &server
            .patch(&group("eng_3"), BOB, json!({"new_name": "a b c"}))
            .await,
        "Invalid group name (a b c)",
    );
    refused(
        &server.patch(&group("eng_3"), BOB, json!({})).await,
        "must provide a new group name",
    );
    refused(
        &server
            .patch(&group("eng_3"), BOB, json!({"other": 1}))
            .await,
        "must provide a new group name",
    );
    refused(
        &server
            .patch(&group("eng_3"), BOB, json!({"full_name": ""}))
            .await,
        "full_name must not be empty",
    );
    refused(
        &server
            .patch(&group("eng_3"), BOB, json!({"full_name": 7}))
            .await,
        "full_name must be a string",
    );

    ok(&server.delete(&group("eng_3"), BOB).await);
    refused(
        &server.delete(&group("eng_3"), BOB).await,
        "Group (eng_3) not found",
    );
    refused(
        &server.get(&group("eng_3"), BOB).await,
        "Group (eng_3) not found",
    );
}

#[tokio::test]
async fn names_follow_the_rule() {
    let server = demo().await;
    for name in [
        "ab",
        "a-b-c",
        "%C3%B6ko",
        "with%20space",
        "dots.are.not",
        "a%2Fb",
        &"x".repeat(101),
    ] {
        refused(
            &server.post(&group(name), ALICE, json!({})).await,
            "Invalid group name",
        );
    }
    for name in ["abc", "A_1", &"x".repeat(100)] {
        ok(&server.post(&group(name), ALICE, json!({})).await);
        assert_eq!(read(&server, name).await["full_name"], *name);
    }
    // Case counts.
    ok(&server.post(&group("ABC"), ALICE, json!({})).await);
    refused(&server.get(&group("%FF%FE"), ALICE).await, "not found");
}

#[tokio::test]
async fn bodies_in_any_type_and_bad_ones() {
    let server = demo().await;
    for (nth, content_type) in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json",
    ]
    .into_iter()
    .enumerate()
    {
        let mut request = server
            .client
            .post(server.url(&group(&format!("typed_{nth}"))))
            .header("authorization", "Bearer demo-bob")
            .body("{\"full_name\": \"Typed\"}");
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
        }
        ok(&reply(request).await);
    }
    let deep = "[".repeat(10_000);
    for (body, words) in [
        ("", "is empty"),
        ("{", "not JSON"),
        ("[]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ("\u{0}", "not JSON"),
        (deep.as_str(), "not JSON"),
    ] {
        let request = server
            .client
            .post(server.url(&group("typed_x")))
            .header("authorization", "Bearer demo-bob")
            .body(body.to_owned());
        refused(&reply(request).await, words);
    }
    let large = server
        .client
        .post(server.url(&group("typed_x")))
        .header("authorization", "Bearer demo-bob")
        .body(format!(
            "{{\"description\":\"{}\"}}",
            "x".repeat(1024 * 1024)
        ));
    let large = reply(large).await;
    assert_eq!(large.status, 413);
    assert!(large.json()["msg"].as_str().unwrap().contains("1 MiB"));
    refused(&server.get(&group("typed_x"), BOB).await, "not found");
}

#[tokio::test]
async fn who_may_change_what() {
    let server = demo().await;
    refused(
        &server.post(&group("mine"), CAROL, json!({})).await,
        "not permitted to create",
    );
    refused(
        &server.post(&group("mine"), DAVE, json!({})).await,
        "not permitted to create",
    );
    // carol is admin of Team_2, dave its member, neither has a say in `design`.
    for (token, name, allowed) in [
        (ALICE, "design", true),
        (BOB, "design", true),
        (CAROL, "design", false),
        (DAVE, "design", false),
        (CAROL, "Team_2", true),
        (DAVE, "Team_2", false),
    ] {
        let members = format!("{}/members", group(name));
        let replies = [
            server
                .patch(&group(name), token, json!({"description": token}))
                .await,
            server
                .post(&members, token, json!({"member": {"zoe": true}}))
                .await,
        ];
        for reply in replies {
            if allowed {
                ok(&reply)
            } else {
                refused(&reply, "not permitted to change group")
            }
        }
    }
    refused(
        &server.delete(&group("Team_2"), DAVE).await,
        "not permitted",
    );
    assert_eq!(read(&server, "Team_2").await["description"], CAROL);
    ok(&server.delete(&group("Team_2"), CAROL).await);
    // A group of the other system is not found here.
    refused(
        &server.get(&group("whatagroup"), ALICE).await,
        "Group (whatagroup) not found",
    );
}

#[tokio::test]
async fn membership_grants_and_revokes_in_both_roles() {
    let server = demo().await;
    ok(&server.post(&group("crew"), ALICE, json!({})).await);
    let members = format!("{}/members", group("crew"));
    ok(&server
        .post(
            &members,
            ALICE,
            json!({"admin": {"carol": true}, "member": {"dave": true, "bob": true, "björn": true}}),
        )
        .await);
    let now = read(&server, "crew").await;
    assert_eq!(names(&now["admins"]), ["carol"]);
    assert_eq!(
        names(&now["members"]),
        ["björn", "bob", "dave"]
            .iter()
            .copied()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );

    // The roles are independent; a change of role is one call; revoking what is not held is fine.
    ok(&server
        .post(&members, CAROL, json!({"admin": {"dave": true}}))
        .await);
    let now = read(&server, "crew").await;
    assert!(names(&now["admins"]).contains(&"dave") && names(&now["members"]).contains(&"dave"));
    ok(&server
        .post(
            &members,
            CAROL,
            json!({"admin": {"dave": false, "bob": true}, "member": {"bob": false, "zoe": false}}),
        )
        .await);
    let now = read(&server, "crew").await;
    assert_eq!(names(&now["admins"]), ["bob", "carol"]);
    assert_eq!(
        names(&now["members"]),
        ["björn", "dave"]
            .iter()
            .copied()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );

    // An admin may step down, and has no say afterwards.
    ok(&server
        .post(&members, CAROL, json!({"admin": {"carol": false}}))
        .await);
    refused(
        &server
            .post(&members, CAROL, json!({"admin": {"carol": true}}))
            .await,
        "not permitted",
    );

    refused(
        &server.post(&members, BOB, json!({})).await,
        "admin or member",
    );
    refused(
        &server.post(&members, BOB, json!({"admin": ["bob"]})).await,
        "must be an object of usernames",
    );
    refused(
        &server
            .post(
                &members,
                BOB,
                json!({"member": {"lea": true, "bob": "yes"}}),
            )
            .await,
        "must be true or false",
    );
    assert!(!names(&read(&server, "crew").await["members"]).contains(&"lea"));
    refused(
        &server
            .post(
                &format!("{}/members", group("none_such")),
                BOB,
                json!({"member": {}}),
            )
            .await,
        "Group (none_such) not found",
    );
}

#[tokio::test]
async fn partial_failure_applies_the_rest_and_names_the_others() {
    let server = demo().await;
    let members = format!("{}/members", group("movie_night"));
    let body = json!({"admin": {"stuart": true, "carol": true}, "member": {"gru": false, "fred": false, "liam": false, "bob": true}});
    let reply = server.post(&members, BOB, body).await;
    refused(&reply, "Failed to add all members.");
    assert_eq!(
        reply.json()["error_details"],
        json!({"stuart": "User (stuart) not found", "gru": "User (gru) not found", "fred": "User (fred) not found"})
    );
    let now = read(&server, "movie_night").await;
    assert_eq!(names(&now["admins"]), ["carol", "yara"]);
    assert_eq!(names(&now["members"]), ["alice", "bob", "dave", "gru"]);
}

#[tokio::test]
async fn lists_say_when_nothing_changed() {
    let server = demo().await;
    for path in [
        format!("{ROOT}/list?get_members=true"),
        group("design"),
        "/api/account/groups".to_owned(),
        "/api/account/groups/2".to_owned(),
    ] {
        let tag = server.get(&path, CAROL).await.header("etag").to_owned();
        assert!(!tag.is_empty());
        let again = |tag: String| {
            server
                .client
                .get(server.url(&path))
                .header("authorization", "Bearer demo-carol")
                .header("if-none-match", tag)
        };
        let same = reply(again(format!("\"other\", W/{tag}"))).await;
        assert_eq!((same.status, same.text.as_str()), (304, ""));
        assert_eq!(same.header("etag"), tag);
        ok(&server
            .patch(&group("design"), ALICE, json!({"description": path}))
            .await);
        assert_eq!(reply(again(tag)).await.status, 200);
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_json() {
    let server = demo().await;
    for path in [
        "/api",
        "/api/",
        "/api/v1/groups",
        "/api/v1/groups/group/a/b/c",
        "/api/other.js",
        "/up/",
        "/up/none/api/v1/groups/list",
    ] {
        let reply = server.get(path, ALICE).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (404, "application/json"),
            "{path}"
        );
        reply.json();
    }
    let reply = server
        .call(reqwest::Method::PUT, &group("design"), ALICE, None)
        .await;
    assert_eq!(
        (reply.status, reply.json()["status"].as_str()),
        (405, Some("ERROR"))
    );
    let reply = server
        .call(reqwest::Method::PUT, "/api/account/groups", ALICE, None)
        .await;
    assert_eq!(reply.status, 405);
    assert!(reply.json()["message"].is_string());
}

#[tokio::test]
async fn a_long_list_arrives_whole_and_writers_go_on_meanwhile() {
    for memory in [false, true] {
        let server = demo_with(|options| {
            if memory {
                options.db = ":memory:".into();
            }
        })
        .await;
        let text = "x".repeat(900_000);
        for nth in 0..8 {
            ok(&server
                .post(
                    &group(&format!("big_{nth}")),
                    ALICE,
                    json!({"description": text}),
                )
                .await);
        }
        // A reader who takes the head and then waits.
        let slow = server
            .client
            .get(server.url(&format!("{ROOT}/list")))
            .header("authorization", "Bearer demo-dave")
            .send()
            .await
            .unwrap();
        ok(&server.post(&group("meanwhile"), ALICE, json!({})).await);
        let body: Value = serde_json::from_slice(&slow.bytes().await.unwrap()).unwrap();
        // One state: the group made meanwhile is not in it.
        assert_eq!(body["groups"].as_array().unwrap().len(), 44);
        let body = server.get(&format!("{ROOT}/list"), DAVE).await.json();
        assert_eq!(body["groups"].as_array().unwrap().len(), 45);
    }
}

#[tokio::test]
async fn many_at_once_lose_nothing() {
    let server = std::sync::Arc::new(demo().await);
    let tasks: Vec<_> = (0..40)
        .map(|nth| {
            let server = std::sync::Arc::clone(&server);
            tokio::spawn(async move {
                ok(&server
                    .post(&group(&format!("many_{nth:02}")), ALICE, json!({}))
                    .await);
                let path = format!("{}/members", group("new_project"));
                let user = format!("ada.{}", ["adler", "brandt", "costa", "dubois"][nth % 4]);
                ok(&server
                    .post(&path, BOB, json!({"member": {user: true}}))
                    .await);
                assert_eq!(server.get(&format!("{ROOT}/list"), DAVE).await.status, 200);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let body = server.get(&format!("{ROOT}/list"), DAVE).await.json();
    assert_eq!(body["groups"].as_array().unwrap().len(), 76);
    assert_eq!(
        names(&read(&server, "new_project").await["members"]).len(),
        4
    );
}
