//! The program itself: its command line, its one line, how it ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster-server"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts it and waits for its line.
pub fn listening(args: &[&str]) -> (Child, String) {
    let mut child = program()
        .args(["--listen", "127.0.0.1:0"])
        .args(args)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .trim_end()
        .strip_prefix("listening on http://")
        .unwrap()
        .to_owned();
    (child, address)
}

pub fn run(args: &[&str]) -> (bool, String, String) {
    let out = program().args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.success(), text(out.stdout), text(out.stderr))
}

#[tokio::test]
async fn people_tokens_and_a_start_from_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("m.sqlite");
    let db = db.to_str().unwrap();
    let (ok, out, err) = run(&[
        "user",
        "add",
        "ann",
        "--email",
        "ann@example.com",
        "--site-admin",
        "--db",
        db,
    ]);
    assert!(ok && out.is_empty() && err.is_empty(), "{out}{err}");
    let (ok, _, err) = run(&["--db", db, "user", "add", "ann", "--email", "a@example.com"]);
    assert!(!ok && err.contains("User (ann) already exists"), "{err}");
    let (ok, token, _) = run(&["token", "create", "ann", "--db", db]);
    let token = token.trim_end();
    assert!(ok && token.starts_with("muster_") && token.len() == 71);

    let (mut child, address) = listening(&["--db", db]);
    let client = crate::support::client();
    let list = |path: &str| {
        client
            .get(format!("http://{address}{path}"))
            .header("authorization", format!("Bearer {token}"))
            .send()
    };
    assert_eq!(
        list("/api/v1/groups/list")
            .await
            .unwrap()
            .text()
            .await
            .unwrap(),
        "{\"status\":\"OK\",\"groups\":[]}"
    );
    assert_eq!(
        list("/api/account/groups")
            .await
            .unwrap()
            .text()
            .await
            .unwrap(),
        "[]"
    );
    // Readers who go away are nothing to report.
    let head = client
        .head(format!("http://{address}/api/v1/groups/list"))
        .header("authorization", format!("Bearer {token}"));
    assert_eq!(head.send().await.unwrap().status(), 200);
    let (ok, ..) = run(&["user", "remove", "ann", "--db", db]);
    assert!(ok);
    assert_eq!(list("/api/account/groups").await.unwrap().status(), 401);

    #[cfg(unix)]
    {
        let told = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
        assert!(child.wait().unwrap().success());
        let (mut out, mut err) = (String::new(), String::new());
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut out)
            .unwrap();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert_eq!((out.as_str(), err.as_str()), ("", ""));
    }
    #[cfg(not(unix))]
    child.kill().unwrap();
}

#[test]
fn mistakes_are_told_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("text");
    std::fs::write(&file, "no database, ".repeat(200)).unwrap();
    let (ok, out, err) = run(&["--db", file.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert!(!ok && out.is_empty());
    assert!(
        err.starts_with("muster-server: ")
            && err.contains("is not a database")
            && err.lines().count() == 1,
        "{err}"
    );
    let (ok, _, err) = run(&["--demo", "--db", ":memory:", "--listen", "0.0.0.0:0"]);
    assert!(!ok && err.contains("loopback"), "{err}");
    let missing = dir.path().join("missing.sqlite");
    let (ok, _, err) = run(&["token", "create", "ann", "--db", missing.to_str().unwrap()]);
    assert!(
        !ok && err.contains("does not exist") && !missing.exists(),
        "{err}"
    );
    let (ok, _, err) = run(&["--upstream", "x=ldap,http://x", "--db", ":memory:"]);
    assert!(!ok && err.contains("neither instabase nor snip"), "{err}");
}
