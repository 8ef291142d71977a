//! `--quirks`: the unknowns of the contracts, answered the other way.

use crate::support::{ALICE, BOB, CAROL, DAVE, Server, demo_with, names};
use reqwest::Method;
use serde_json::json;

async fn quirky() -> Server {
    demo_with(|options| options.quirks = true).await
}

#[tokio::test]
async fn instabase_the_other_way() {
    let server = quirky().await;
    let root = "/api/v1/groups/group";
    let list = server
        .get("/api/v1/groups/list?get_members=true", DAVE)
        .await
        .json();
    assert_eq!(list["status"], "ok");
    let found = server.get(&format!("{root}/ENG_Group"), DAVE).await.json();
    assert_eq!(found["group"]["name"], "eng_group");
    for admin in names(&found["group"]["admins"]) {
        assert!(names(&found["group"]["members"]).contains(&admin));
    }
    // A person with both roles is not listed twice.
    let both = server
        .get(&format!("{root}/data_science"), DAVE)
        .await
        .json();
    let members = names(&both["group"]["members"]);
    assert_eq!(members.iter().filter(|name| **name == "carol").count(), 1);
    let bare = server
        .get(&format!("{root}/new_project"), DAVE)
        .await
        .json();
    assert!(bare["group"].get("description").is_none());

    for (reply, status) in [
        (server.get(&format!("{root}/design"), "wrong").await, 401),
        (server.delete(&format!("{root}/design"), DAVE).await, 403),
        (server.get(&format!("{root}/no_such"), DAVE).await, 404),
        (
            server.post(&format!("{root}/DESIGN"), BOB, json!({})).await,
            409,
        ),
        (
            server.post(&format!("{root}/a-b"), BOB, json!({})).await,
            400,
        ),
        (
            server
                .patch(&format!("{root}/design"), BOB, json!({}))
                .await,
            400,
        ),
    ] {
        assert_eq!(reply.status, status, "{reply:?}");
        assert_eq!(reply.json()["status"], "error");
        assert!(reply.json()["msg"].is_string());
    }
    for reply in [
        server.post(&format!("{root}/fresh"), BOB, json!({})).await,
        server
            .patch(&format!("{root}/fresh"), BOB, json!({"new_name": "Fresh"}))
            .await,
        server
            .post(
                &format!("{root}/fresh/members"),
                BOB,
                json!({"member": {"dave": true}}),
            )
            .await,
        server.delete(&format!("{root}/fresh"), BOB).await,
    ] {
        assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    }
    let reply = server
        .post(
            &format!("{root}/movie_night/members"),
            BOB,
            json!({"member": {"gru": false, "bob": true}}),
        )
        .await;
    assert_eq!(reply.status, 400);
    assert_eq!(
        reply.json()["error_details"],
        json!({"User gru": "User (gru) not found"})
    );
    let now = server.get(&format!("{root}/movie_night"), BOB).await.json();
    assert!(names(&now["group"]["members"]).contains(&"bob"));
}

#[tokio::test]
async fn snip_the_other_way() {
    let server = quirky().await;
    let root = "/api/account/groups";
    let made = server.post(root, ALICE, json!({"name": "Quirky"})).await;
    assert_eq!(made.status, 200);
    let made = made.json();
    let created = made["created"].as_str().unwrap();
    assert!(
        created.ends_with("+02:00") && !created.contains('.'),
        "{created}"
    );
    let id = made["id"].as_i64().unwrap();
    let patched = server
        .patch(&format!("{root}/{id}"), ALICE, json!({"name": "Quirkier"}))
        .await;
    assert_eq!((patched.status, patched.text.as_str()), (204, ""));
    let deleted = server.delete(&format!("{root}/{id}"), ALICE).await;
    assert_eq!(deleted.status, 200);
    assert!(deleted.json()["message"].is_string());
    let gone = server.get(&format!("{root}/{id}"), ALICE).await;
    assert_eq!(gone.status, 403);

    assert_eq!(
        server
            .patch(
                &format!("{root}/2"),
                CAROL,
                json!({"transfer_ownership": 4})
            )
            .await
            .status,
        204
    );
    let now = server.get(&format!("{root}/2"), CAROL).await.json();
    let carol = now["members"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["user_id"] == 3)
        .unwrap();
    assert_eq!(carol["role"], "member");
    let left = server
        .call(Method::POST, &format!("{root}/2/leave"), CAROL, None)
        .await;
    assert_eq!(left.status, 200);
    assert!(left.json()["message"].is_string());
}
