//! The built app as files.
//!
//! The app routes in the browser, so an address of its own (`/c/acme/groups`) is answered with `index.html`. A
//! file that is missing is a 404 and never HTML: a script or a module in HTML's clothes fails in a way that tells
//! nobody anything.

use crate::fault::{Fault, Kind};
use crate::reply;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use std::path::{Path, PathBuf};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

const NOT_BUILT: &str = "The app is not built yet: run `cargo xtask build`, or point --site at the folder of a \
                         built one.\nThe API is here all the same, under /api/.\n";

/// The folder of the built app.
pub(crate) struct Site {
    index: PathBuf,
    files: ServeDir,
}

impl Site {
    /// Looks at the folder when it is asked for a file, so it may be built later.
    pub fn new(dir: &Path) -> Self {
        Self {
            index: dir.join("index.html"),
            files: ServeDir::new(dir)
                .append_index_html_on_directories(false)
                .precompressed_br()
                .precompressed_gzip(),
        }
    }

    /// Answers a request that is no call.
    pub async fn serve(&self, request: Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return reply::message(&Fault::new(
                Kind::WrongMethod,
                "This address does not take that method.",
            ));
        }
        let path = request.uri().path().to_owned();
        let last = path.rsplit('/').next().unwrap_or_default();
        if !last.contains('.') {
            return self.index(request).await;
        }
        // A person's name may hold a dot (`/c/acme/people/ann.lee`): what a browser opens as a page is a page.
        let page = path.starts_with("/c/") && wants_page(request.headers());
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let file = self.file(request).await;
        if file.status() == StatusCode::NOT_FOUND {
            if page {
                let mut request = Request::new(Body::empty());
                *request.method_mut() = method;
                *request.headers_mut() = headers;
                return self.index(request).await;
            }
            return text(StatusCode::NOT_FOUND, "There is no such file.\n");
        }
        let kept = if is_hashed(last) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        cached(file, kept)
    }

    async fn index(&self, mut request: Request) -> Response {
        if !tokio::fs::try_exists(&self.index).await.unwrap_or(false) {
            return text(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT);
        }
        *request.uri_mut() = Uri::from_static("/index.html");
        cached(self.file(request).await, "no-cache")
    }

    async fn file(&self, request: Request) -> Response {
        match self.files.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }
}

fn text(status: StatusCode, words: &'static str) -> Response {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn cached(mut response: Response, kept: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    // The same address has a plain and two compressed forms.
    if !headers.contains_key(header::VARY) {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

/// Whether a browser asks for this to show it as a page: only then does it name HTML.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Whether a file's name holds a hash of its content: a hyphen and eight or more hexadecimal digits.
fn is_hashed(name: &str) -> bool {
    name.split('-').skip(1).any(|part| {
        part.bytes()
            .take_while(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
            .count()
            >= 8
    })
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn hashes_in_names() {
        for name in [
            "muster-0123abcd.js",
            "muster-52f0c0de9a_bg.wasm",
            "a-b-00000000.css.br",
        ] {
            assert!(is_hashed(name), "{name}");
        }
        for name in [
            "index.html",
            "muster-0123abc.js",
            "muster-notahash.js",
            "0123abcd.js",
        ] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
