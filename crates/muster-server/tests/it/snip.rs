//! Every call of the snip contract.

use crate::support::{ALICE, BOB, CAROL, DAVE, Reply, Server, demo};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ROOT: &str = "/api/account/groups";

// The demo's ids: alice 1, bob 2, carol 3, dave 4.

fn group(id: i64) -> String {
    format!("{ROOT}/{id}")
}

fn refused(reply: &Reply, status: u16, words: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/json");
    let body = reply.json();
    let message = body["message"].as_str().unwrap();
    assert!(
        message.contains(words),
        "{message:?} does not say {words:?}"
    );
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|g| g["id"].as_i64().unwrap())
        .collect()
}

fn roles(group: &Value) -> BTreeMap<i64, String> {
    group["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| {
            (
                m["user_id"].as_i64().unwrap(),
                m["role"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

async fn read(server: &Server, id: i64, token: &str) -> Value {
    let reply = server.get(&group(id), token).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

#[tokio::test]
async fn list_holds_the_groups_of_the_token() {
    let server = demo().await;
    for (token, expected) in [
        (ALICE, vec![2, 5, 7, 8, 12]),
        (BOB, vec![2, 4, 7, 8, 13, 21]),
        (CAROL, vec![2, 3, 4, 5, 7, 12, 21]),
        (DAVE, vec![2, 4, 7, 8, 12, 13]),
    ] {
        let list = server.get(ROOT, token).await;
        assert_eq!(list.header("content-type"), "application/json");
        let list = list.json();
        assert_eq!(ids(&list), expected);
        for group in list.as_array().unwrap() {
            assert_eq!(
                *group,
                read(&server, group["id"].as_i64().unwrap(), token).await
            );
            let me = group["members"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|m| m["self"] == true);
            assert_eq!(me.count(), 1);
        }
    }
}

#[tokio::test]
async fn a_group_has_the_form_of_the_contract() {
    let server = demo().await;
    let group = read(&server, 4, DAVE).await;
    assert_eq!(group["name"], "Test Group");
    assert_eq!(group["description"], Value::Null);
    let keys: Vec<&str> = group
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "created",
            "description",
            "id",
            "last_updated",
            "members",
            "name"
        ]
    );
    let dave = group["members"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["user_id"] == 4)
        .unwrap();
    let keys: Vec<&str> = dave
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "credential_ids",
            "credential_types",
            "emails",
            "emails_verified",
            "group_description",
            "group_id",
            "group_name",
            "joined_at",
            "primary_credential_id",
            "role",
            "self",
            "user_id"
        ]
    );
    assert_eq!(
        dave["emails"],
        json!(["dave@example.com", "dave@lab.example.org"])
    );
    assert_eq!(dave["emails_verified"], json!([true, false]));
    assert_eq!(dave["credential_types"], json!(["password", "password"]));
    assert_eq!(dave["primary_credential_id"], dave["credential_ids"][0]);
    assert_eq!(dave["self"], true);
    for time in [
        &group["created"],
        &group["last_updated"],
        &dave["joined_at"],
    ] {
        let time = time.as_str().unwrap();
        assert!(
            time.len() == 24 && time.ends_with(".000Z") && time.as_bytes()[10] == b'T',
            "{time}"
        );
    }
}

#[tokio::test]
async fn every_call_wants_a_token() {
    let server = demo().await;
    for token in ["", "wrong"] {
        let words = "Invalid or missing token";
        refused(&server.get(ROOT, token).await, 401, words);
        refused(&server.get(&group(2), token).await, 401, words);
        refused(
            &server.post(ROOT, token, json!({"name": "abc"})).await,
            401,
            words,
        );
        refused(&server.post(ROOT, token, json!(1)).await, 401, words);
        refused(
            &server.patch(&group(2), token, json!({"name": "abc"})).await,
            401,
            words,
        );
        refused(&server.delete(&group(2), token).await, 401, words);
        refused(
            &server
                .call(Method::POST, &format!("{}/leave", group(2)), token, None)
                .await,
            401,
            words,
        );
    }
}

#[tokio::test]
async fn create() {
    let server = demo().await;
    let reply = server.post(ROOT, DAVE, json!({"name": "Test Group"})).await;
    assert_eq!(reply.status, 201);
    let made = reply.json();
    assert_eq!(
        (made["name"].as_str(), &made["description"]),
        (Some("Test Group"), &Value::Null)
    );
    assert_eq!(roles(&made), BTreeMap::from([(4, "owner".to_owned())]));
    assert_eq!(
        made,
        read(&server, made["id"].as_i64().unwrap(), DAVE).await
    );
    for (body, words) in [
        (json!({"name": "ab"}), "3 to 255"),
        (json!({"name": "x".repeat(256)}), "3 to 255"),
        (json!({}), "name is missing"),
        (json!({"name": 5}), "must be a string"),
        (json!([]), "JSON object"),
        (
            json!({"name": "abc", "description": "d"}),
            "Unknown field: description",
        ),
    ] {
        refused(&server.post(ROOT, DAVE, body).await, 400, words);
    }
    assert_eq!(
        server.post(ROOT, DAVE, json!({"name": "öäü"})).await.status,
        201
    );
    assert_eq!(
        server
            .post(ROOT, DAVE, json!({"name": "ö".repeat(255)}))
            .await
            .status,
        201
    );
    // Ids are never given twice.
    let id = made["id"].as_i64().unwrap();
    assert_eq!(server.delete(&group(id), DAVE).await.status, 204);
    let next = server
        .post(ROOT, DAVE, json!({"name": "Test Group"}))
        .await
        .json();
    assert!(next["id"].as_i64().unwrap() > id);
}

#[tokio::test]
async fn not_there_and_not_yours_look_the_same() {
    let server = demo().await;
    for path in [
        group(3),
        group(999),
        group(0),
        format!("{ROOT}/abc"),
        format!("{ROOT}/99999999999999999999"),
        format!("{ROOT}/-1"),
    ] {
        refused(&server.get(&path, DAVE).await, 404, "Group not found");
        refused(
            &server.patch(&path, DAVE, json!({"name": "abc"})).await,
            404,
            "Group not found",
        );
        refused(&server.delete(&path, DAVE).await, 404, "Group not found");
        refused(
            &server
                .call(Method::POST, &format!("{path}/leave"), DAVE, None)
                .await,
            404,
            "Group not found",
        );
    }
    // An Instabase group has an id too, and is not found by it; a site admin has no right here.
    for id in 22..70 {
        refused(&server.get(&group(id), ALICE).await, 404, "Group not found");
    }
    refused(&server.get(&group(3), ALICE).await, 404, "Group not found");
}

#[tokio::test]
async fn modify_name_and_description() {
    let server = demo().await;
    let before = read(&server, 2, CAROL).await;
    let reply = server
        .patch(
            &group(2),
            CAROL,
            json!({"name": "Beam", "description": "D"}),
        )
        .await;
    assert_eq!(reply.status, 200);
    let after = reply.json();
    assert_eq!(after, read(&server, 2, CAROL).await);
    assert_eq!(
        (after["name"].as_str(), after["description"].as_str()),
        (Some("Beam"), Some("D"))
    );
    assert_eq!(after["members"][0]["group_name"], "Beam");
    assert_eq!(after["members"][0]["group_description"], "D");
    assert_eq!(after["created"], before["created"]);
    assert!(after["last_updated"].as_str() > before["last_updated"].as_str());
    let after = server
        .patch(&group(2), CAROL, json!({"description": ""}))
        .await
        .json();
    assert_eq!(
        (after["name"].as_str(), &after["description"]),
        (Some("Beam"), &Value::Null)
    );
    // What the published client sends where nothing is asked for.
    assert_eq!(server.patch(&group(2), CAROL, json!({})).await.status, 200);
    for (body, words) in [
        (json!({"name": "ab"}), "3 to 255"),
        (json!({"name": null}), "must be a string"),
        (json!({"description": null}), "must be a string"),
        (json!({"nam": "abc"}), "Unknown field: nam"),
        (json!(7), "JSON object"),
    ] {
        refused(&server.patch(&group(2), CAROL, body).await, 400, words);
    }
}

#[tokio::test]
async fn the_owner_does_everything() {
    let server = demo().await;
    // Group 2: carol owner, dave moderator, alice, bob and two others members.
    let body = json!({"update_member_roles": [{"user_id": 1, "role": "moderator"}, {"user_id": 4, "role": "member"}], "remove_members": [2]});
    let after = server.patch(&group(2), CAROL, body).await;
    assert_eq!(after.status, 200);
    let now = roles(&after.json());
    assert_eq!(
        (now[&1].as_str(), now[&4].as_str(), now.get(&2)),
        ("moderator", "member", None)
    );
    assert_eq!(server.get(&group(2), BOB).await.status, 404);

    let after = server
        .patch(
            &group(2),
            CAROL,
            json!({"transfer_ownership": 4, "name": "Dave's"}),
        )
        .await
        .json();
    let now = roles(&after);
    assert_eq!((now[&4].as_str(), now[&3].as_str()), ("owner", "moderator"));
    assert_eq!(after["name"], "Dave's");
    refused(
        &server.delete(&group(2), CAROL).await,
        403,
        "Only the owner may delete",
    );
    assert_eq!(server.delete(&group(2), DAVE).await.status, 204);
    assert_eq!(server.get(&group(2), CAROL).await.status, 404);
}

#[tokio::test]
async fn a_patch_is_applied_whole_or_not_at_all() {
    let server = demo().await;
    let before = read(&server, 2, CAROL).await;
    for (body, words) in [
        (
            json!({"name": "changed", "remove_members": [1, 999]}),
            "User 999 is not a member",
        ),
        (
            json!({"name": "changed", "remove_members": [3]}),
            "owner cannot be removed",
        ),
        (
            json!({"name": "changed", "update_member_roles": [{"user_id": 3, "role": "member"}]}),
            "owner's role",
        ),
        (
            json!({"name": "changed", "update_member_roles": [{"user_id": 1, "role": "owner"}]}),
            "role moderator or member",
        ),
        (
            json!({"name": "changed", "update_member_roles": [{"user_id": 1}]}),
            "role moderator or member",
        ),
        (
            json!({"name": "changed", "update_member_roles": {"1": "member"}}),
            "must be a list",
        ),
        (
            json!({"name": "changed", "update_member_roles": [{"user_id": 77, "role": "member"}]}),
            "User 77 is not a member",
        ),
        (
            json!({"name": "changed", "update_member_roles": [{"user_id": 1, "role": "member"}], "remove_members": [1]}),
            "more than once",
        ),
        (
            json!({"name": "changed", "remove_members": [1, 1]}),
            "more than once",
        ),
        (
            json!({"name": "changed", "remove_members": ["1"]}),
            "a list of user ids",
        ),
        (
            json!({"name": "changed", "remove_members": 1}),
            "a list of user ids",
        ),
        (
            json!({"name": "changed", "remove_members": [1], "transfer_ownership": 1}),
            "more than once",
        ),
        (
            json!({"name": "changed", "transfer_ownership": 3}),
            "owner already",
        ),
        (
            json!({"name": "changed", "transfer_ownership": 999}),
            "User 999 is not a member",
        ),
        (
            json!({"name": "changed", "transfer_ownership": true}),
            "must be a user id",
        ),
    ] {
        refused(&server.patch(&group(2), CAROL, body).await, 400, words);
        assert_eq!(read(&server, 2, CAROL).await, before);
    }
}

#[tokio::test]
async fn a_moderator_edits_and_removes_plain_members() {
    let server = demo().await;
    assert_eq!(
        server
            .patch(
                &group(2),
                DAVE,
                json!({"description": "by dave", "remove_members": [1]})
            )
            .await
            .status,
        200
    );
    assert!(!roles(&read(&server, 2, DAVE).await).contains_key(&1));
    let before = read(&server, 2, DAVE).await;
    for (body, words) in [
        (
            json!({"name": "nono", "remove_members": [3]}),
            "plain members only",
        ),
        (
            json!({"name": "nono", "remove_members": [4]}),
            "plain members only",
        ),
        (
            json!({"name": "nono", "update_member_roles": [{"user_id": 2, "role": "moderator"}]}),
            "Only the owner may change roles",
        ),
        (
            json!({"name": "nono", "transfer_ownership": 4}),
            "Only the owner may transfer",
        ),
    ] {
        refused(&server.patch(&group(2), DAVE, body).await, 403, words);
    }
    refused(&server.delete(&group(2), DAVE).await, 403, "Only the owner");
    assert_eq!(read(&server, 2, DAVE).await, before);
}

#[tokio::test]
async fn a_member_reads_and_leaves_and_an_owner_does_not_leave() {
    let server = demo().await;
    refused(
        &server.patch(&group(4), DAVE, json!({"name": "nono"})).await,
        403,
        "read and leave",
    );
    refused(
        &server.patch(&group(4), DAVE, json!({})).await,
        403,
        "read and leave",
    );
    refused(&server.delete(&group(4), DAVE).await, 403, "Only the owner");
    let leave = |id: i64| format!("{}/leave", group(id));
    let left = server.call(Method::POST, &leave(4), DAVE, None).await;
    assert_eq!((left.status, left.text.as_str()), (204, ""));
    assert_eq!(server.get(&group(4), DAVE).await.status, 404);
    refused(
        &server.call(Method::POST, &leave(3), CAROL, None).await,
        400,
        "Transfer ownership first",
    );
    // A moderator leaves freely; an owner after handing over.
    assert_eq!(
        server.call(Method::POST, &leave(4), BOB, None).await.status,
        204
    );
    assert_eq!(
        server
            .patch(&group(5), ALICE, json!({"transfer_ownership": 3}))
            .await
            .status,
        200
    );
    assert_eq!(
        server
            .call(Method::POST, &leave(5), ALICE, None)
            .await
            .status,
        204
    );
    assert_eq!(
        roles(&read(&server, 5, CAROL).await),
        BTreeMap::from([(3, "owner".to_owned())])
    );
}
