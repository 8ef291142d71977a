//! Who may do what, as a table: every call, by every kind of person, in both contracts and both ways of answering what they
//! leave open. Each cell is tried on a fresh server and held against what came back and what the server holds afterwards;
//! whoever may not see a group is told nothing that stands in it.

use crate::support::{Reply, Server, demo_with, options};
use muster_server::{NewUser, add_user, create_token};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What stands in the group that is tried on, and nowhere else: none of it may reach those who may not see it.
const SECRETS: [&str; 4] = ["sekret_name", "sekret text", "sekret.photo", "sekret-mail"];

/// A call and what it says; `{g}` is the group.
struct Call {
    name: &'static str,
    method: Method,
    path: &'static str,
    body: Option<Value>,
}

fn call(name: &'static str, method: Method, path: &'static str, body: Option<Value>) -> Call {
    Call {
        name,
        method,
        path,
        body,
    }
}

/// The people of the table and their tokens; those of no account are last.
async fn people(quirks: bool) -> (Server, BTreeMap<&'static str, String>) {
    let mut tokens = BTreeMap::new();
    let dir = tempfile::tempdir().unwrap();
    let mut given = options(dir.path());
    given.quirks = quirks;
    // The refusals of a whole table come from one address.
    given.limits.guesses = u32::MAX / 1000;
    for (name, site_admin, manage_groups) in [
        ("site_admin", true, false),
        ("manage_groups", false, true),
        ("group_admin", false, false),
        ("member", false, false),
        ("stranger", false, false),
        ("owner", false, false),
        ("moderator", false, false),
        ("removed", false, false),
    ] {
        let user = NewUser {
            name: name.to_owned(),
            emails: vec![(format!("{name}@sekret-mail.example"), true)],
            site_admin,
            manage_groups,
        };
        add_user(&given.db, &user).unwrap();
        tokens.insert(name, create_token(&given.db, name).unwrap());
    }
    muster_server::remove_user(&given.db, "removed").unwrap();
    tokens.insert("wrong_token", "muster_0000".to_owned());
    tokens.insert("no_token", String::new());
    let running = muster_server::start(given).await.unwrap();
    let server = Server {
        running,
        dir,
        client: crate::support::client(),
    };
    (server, tokens)
}

/// The whole of what the server holds, past its calls.
fn state(server: &Server) -> String {
    let db = rusqlite::Connection::open(server.dir.path().join("muster.sqlite")).unwrap();
    let mut text = String::new();
    for sql in [
        "SELECT id || system || name || full_name || ifnull(description, '-') || ifnull(photo, '-') FROM groups ORDER BY id",
        "SELECT group_id || ' ' || user_id || role FROM memberships ORDER BY group_id, user_id, role",
        "SELECT name || site_admin || manage_groups || removed FROM users ORDER BY id",
        "SELECT hex(hash) FROM tokens ORDER BY hash",
    ] {
        let mut rows = db.prepare(sql).unwrap();
        let rows = rows.query_map([], |row| row.get::<_, String>(0)).unwrap();
        for row in rows {
            text.push_str(&row.unwrap());
            text.push('\n');
        }
    }
    text
}

/// Whether the answer says yes.
fn granted(reply: &Reply) -> bool {
    let refused = serde_json::from_str::<Value>(&reply.text).is_ok_and(|body| {
        body["status"]
            .as_str()
            .is_some_and(|word| word.eq_ignore_ascii_case("error"))
    });
    (200..300).contains(&reply.status) && !refused
}

fn silent(reply: &Reply, cell: &str) {
    for secret in SECRETS {
        // A name that the caller wrote in the address may be written back.
        let said = reply.text.replace("(sekret_name)", "").contains(secret);
        assert!(!said, "{cell} tells {secret}: {reply:?}");
    }
    assert!(
        !reply.text.contains("muster_"),
        "{cell} tells a token: {reply:?}"
    );
}

async fn try_cell(server: &Server, call: &Call, group: &str, who: &str, token: &str, may: bool) {
    let cell = format!("{} by {who}", call.name);
    let before = state(server);
    let path = call.path.replace("{g}", group);
    let reply = server
        .call(call.method.clone(), &path, token, call.body.clone())
        .await;
    assert_eq!(granted(&reply), may, "{cell}: {reply:?}");
    let after = state(server);
    if may {
        let wrote = call.method != Method::GET;
        assert_eq!(wrote, before != after, "{cell}: written or not: {reply:?}");
    } else {
        assert_eq!(before, after, "{cell} was refused and changed something");
        silent(&reply, &cell);
    }
}

const INSTABASE: &[(&str, &[&str])] = &[
    (
        "list",
        &[
            "site_admin",
            "manage_groups",
            "group_admin",
            "member",
            "stranger",
            "owner",
            "moderator",
        ],
    ),
    (
        "list with people",
        &[
            "site_admin",
            "manage_groups",
            "group_admin",
            "member",
            "stranger",
            "owner",
            "moderator",
        ],
    ),
    (
        "get",
        &[
            "site_admin",
            "manage_groups",
            "group_admin",
            "member",
            "stranger",
            "owner",
            "moderator",
        ],
    ),
    ("create", &["site_admin", "manage_groups"]),
    ("update", &["site_admin", "manage_groups", "group_admin"]),
    ("rename", &["site_admin", "manage_groups", "group_admin"]),
    (
        "add a member",
        &["site_admin", "manage_groups", "group_admin"],
    ),
    (
        "make oneself admin",
        &["site_admin", "manage_groups", "group_admin"],
    ),
    (
        "remove a member",
        &["site_admin", "manage_groups", "group_admin"],
    ),
    ("delete", &["site_admin", "manage_groups", "group_admin"]),
];

#[tokio::test]
async fn who_may_do_what_on_instabase() {
    let root = "/api/v1/groups/group";
    let calls = [
        call("list", Method::GET, "/api/v1/groups/list", None),
        call(
            "list with people",
            Method::GET,
            "/api/v1/groups/list?get_members=true&username=member",
            None,
        ),
        call("get", Method::GET, "/api/v1/groups/group/{g}", None),
        call(
            "create",
            Method::POST,
            "/api/v1/groups/group/another",
            Some(json!({})),
        ),
        call(
            "update",
            Method::PATCH,
            "/api/v1/groups/group/{g}",
            Some(json!({"description": "other"})),
        ),
        call(
            "rename",
            Method::PATCH,
            "/api/v1/groups/group/{g}",
            Some(json!({"new_name": "renamed"})),
        ),
        call(
            "add a member",
            Method::POST,
            "/api/v1/groups/group/{g}/members",
            Some(json!({"member": {"stranger": true}})),
        ),
        call(
            "make oneself admin",
            Method::POST,
            "/api/v1/groups/group/{g}/members",
            Some(json!({"admin": {"stranger": true}})),
        ),
        call(
            "remove a member",
            Method::POST,
            "/api/v1/groups/group/{g}/members",
            Some(json!({"member": {"member": false}})),
        ),
        call("delete", Method::DELETE, "/api/v1/groups/group/{g}", None),
    ];
    let mut cells = 0;
    for quirks in [false, true] {
        let (server, tokens) = people(quirks).await;
        let admin = &tokens["site_admin"];
        for call in &calls {
            let (_, may) = INSTABASE
                .iter()
                .find(|(name, _)| *name == call.name)
                .unwrap();
            for (who, token) in &tokens {
                let group = format!("{root}/sekret_name");
                let fields = json!({"full_name": "sekret text", "description": "sekret text", "profile_photo_url": "https://sekret.photo/a"});
                let made = server.post(&group, admin, fields).await;
                assert!(granted(&made), "{made:?}");
                let people = json!({"admin": {"group_admin": true}, "member": {"member": true}});
                assert!(granted(
                    &server
                        .post(&format!("{group}/members"), admin, people)
                        .await
                ));
                try_cell(&server, call, "sekret_name", who, token, may.contains(who)).await;
                for name in ["sekret_name", "renamed", "another"] {
                    server.delete(&format!("{root}/{name}"), admin).await;
                }
                cells += 1;
            }
        }
    }
    println!("rights, instabase: {cells} cells held");
}

const SNIP: &[(&str, &[&str])] = &[
    ("get", &["owner", "moderator", "member"]),
    ("rename", &["owner", "moderator"]),
    ("describe", &["owner", "moderator"]),
    ("change a role", &["owner"]),
    ("make oneself moderator", &["owner"]),
    ("remove a member", &["owner", "moderator"]),
    ("remove a moderator", &["owner"]),
    ("remove the owner", &[]),
    ("transfer", &["owner"]),
    ("delete", &["owner"]),
    ("leave", &["moderator", "member"]),
];

#[tokio::test]
async fn who_may_do_what_on_snip() {
    let mut cells = 0;
    for quirks in [false, true] {
        let (server, tokens) = people(quirks).await;
        let db = rusqlite::Connection::open(server.dir.path().join("muster.sqlite")).unwrap();
        db.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        let id = |name: &str| -> i64 {
            db.query_row("SELECT id FROM users WHERE name = ?1", [name], |row| {
                row.get(0)
            })
            .unwrap()
        };
        let (owner, moderator, member) = (id("owner"), id("moderator"), id("member"));
        let path = "/api/account/groups/{g}";
        let calls = [
            call("get", Method::GET, path, None),
            call(
                "rename",
                Method::PATCH,
                path,
                Some(json!({"name": "other"})),
            ),
            call(
                "describe",
                Method::PATCH,
                path,
                Some(json!({"description": ""})),
            ),
            call(
                "change a role",
                Method::PATCH,
                path,
                Some(json!({"update_member_roles": [{"user_id": moderator, "role": "member"}]})),
            ),
            call(
                "make oneself moderator",
                Method::PATCH,
                path,
                Some(json!({"update_member_roles": [{"user_id": member, "role": "moderator"}]})),
            ),
            call(
                "remove a member",
                Method::PATCH,
                path,
                Some(json!({"remove_members": [member]})),
            ),
            call(
                "remove a moderator",
                Method::PATCH,
                path,
                Some(json!({"remove_members": [moderator]})),
            ),
            call(
                "remove the owner",
                Method::PATCH,
                path,
                Some(json!({"remove_members": [owner]})),
            ),
            call(
                "transfer",
                Method::PATCH,
                path,
                Some(json!({"transfer_ownership": moderator})),
            ),
            call("delete", Method::DELETE, path, None),
            call("leave", Method::POST, "/api/account/groups/{g}/leave", None),
        ];
        for call in &calls {
            let (_, may) = SNIP.iter().find(|(name, _)| *name == call.name).unwrap();
            for (who, token) in &tokens {
                // snip has no call that adds people, so they are put there past it.
                db.execute(
                    "INSERT INTO groups (system, name, description, created, updated) VALUES ('snip', 'sekret_name', 'sekret text', 0, 0)",
                    [],
                )
                .unwrap();
                let group = db.last_insert_rowid();
                for (user, role) in [
                    (owner, "owner"),
                    (moderator, "moderator"),
                    (member, "member"),
                ] {
                    db.execute(
                        "INSERT INTO memberships VALUES (?1, ?2, ?3, 0)",
                        (group, user, role),
                    )
                    .unwrap();
                }
                let group = group.to_string();
                try_cell(&server, call, &group, who, token, may.contains(who)).await;
                db.execute("DELETE FROM memberships", []).unwrap();
                db.execute("DELETE FROM groups", []).unwrap();
                cells += 1;
            }
        }
        // The list holds one's own; everybody with a token may create.
        let made = server
            .post(
                "/api/account/groups",
                &tokens["owner"],
                json!({"name": "sekret_name"}),
            )
            .await;
        assert!(granted(&made));
        for (who, token) in &tokens {
            let list = server.get("/api/account/groups", token).await;
            let known = !["wrong_token", "no_token", "removed"].contains(who);
            assert_eq!(granted(&list), known, "list by {who}: {list:?}");
            if *who != "owner" {
                silent(&list, &format!("list by {who}"));
            }
            let before = state(&server);
            let made = server
                .post("/api/account/groups", token, json!({"name": "mine"}))
                .await;
            assert_eq!(granted(&made), known, "create by {who}: {made:?}");
            assert_eq!(before != state(&server), known);
            cells += 2;
        }
    }
    println!("rights, snip: {cells} cells held");
}

/// What is not there and what is not yours look the same, byte for byte and in every call: whether a group exists is told to
/// nobody outside of it.
#[tokio::test]
async fn on_snip_not_there_and_not_yours_are_the_same_answer() {
    let server = demo_with(|_| {}).await;
    for (method, tail, body) in [
        (Method::GET, "", None),
        (Method::PATCH, "", Some(json!({"name": "abc"}))),
        (Method::PATCH, "", Some(json!({"nonsense": 1}))),
        (Method::DELETE, "", None),
        (Method::POST, "/leave", None),
    ] {
        let mut answers = Vec::new();
        for id in [1, 999_999] {
            // 1 is an Instabase group, 999 999 is none.
            let path = format!("/api/account/groups/{id}{tail}");
            let reply = server
                .call(method.clone(), &path, "demo-alice", body.clone())
                .await;
            answers.push((reply.status, reply.text));
        }
        assert_eq!(answers[0], answers[1], "{method} {tail}");
    }
}
