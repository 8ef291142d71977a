//! A server of one's own for each test, and short words for calling it.

use muster_server::{Options, Running, start};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

pub const ALICE: &str = "demo-alice";
pub const BOB: &str = "demo-bob";
pub const CAROL: &str = "demo-carol";
pub const DAVE: &str = "demo-dave";

/// A running server with a folder that vanishes with it.
pub struct Server {
    pub running: Running,
    pub dir: TempDir,
    pub client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Options for a temporary folder.
pub fn options(dir: &Path) -> Options {
    Options {
        listen: "127.0.0.1:0".to_owned(),
        db: dir.join("muster.sqlite"),
        site: dir.join("dist"),
        ..Options::default()
    }
}

/// A server with the demo's people, after `adjust` had its say.
pub async fn demo_with(adjust: impl FnOnce(&mut Options)) -> Server {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(dir.path());
    options.demo = true;
    adjust(&mut options);
    let running = start(options).await.unwrap();
    Server {
        running,
        dir,
        client: client(),
    }
}

/// A server with the demo's people.
pub async fn demo() -> Server {
    demo_with(|_| {}).await
}

impl Server {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.addr)
    }

    /// A call with or without token and JSON body.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Reply {
        let mut request = self.client.request(method, self.url(path));
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        reply(request).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.call(Method::GET, path, token, None).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Reply {
        self.call(Method::POST, path, token, Some(body)).await
    }

    pub async fn patch(&self, path: &str, token: &str, body: Value) -> Reply {
        self.call(Method::PATCH, path, token, Some(body)).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Reply {
        self.call(Method::DELETE, path, token, None).await
    }
}

pub async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    Reply {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

/// The names in a list of Instabase people.
pub fn names(people: &Value) -> Vec<&str> {
    people
        .as_array()
        .unwrap()
        .iter()
        .map(|person| {
            assert_eq!(person["type"], "user");
            person["name"].as_str().unwrap()
        })
        .collect()
}
