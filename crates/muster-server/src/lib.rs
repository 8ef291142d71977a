//! A small, honest server for groups of users: two wire contracts over one SQLite file, and the built app.
//!
//! # One set of tables, two vocabularies
//!
//! People, their credentials and their tokens are shared. Every group belongs to one of two systems (the column
//! `groups.system`), and its memberships use that system's words alone, so names and roles never mix:
//!
//! | | Instabase | snip |
//! |---|---|---|
//! | key of a group | `name`, unique | `id`; names repeat |
//! | display name | `full_name` | `name` |
//! | photo | `photo` | never set |
//! | a person is known by | `users.name` | `users.id`, with e-mails from `credentials` |
//! | roles | `admin`, `member`: a person may hold both, as two rows | `owner` (exactly one), `moderator`, `member`: one row a person |
//! | who may do everything | `users.site_admin`, `users.manage_groups` | the owner of the group; the flags mean nothing |
//! | times | kept, never shown | `created`, `updated`, `joined` |
//!
//! A membership is a row (group, person, role). For Instabase a grant inserts a row and a revocation deletes one,
//! each by itself; for snip a change of role updates the one row. `users.removed` keeps the name of an account that
//! is gone in the groups it stood in, where no call can touch it: Instabase answers `User (x) not found` for it.
//!
//! # How it hangs together
//!
//! `instabase` and `snip` are the contracts; what they leave unknown is decided in `quirks`. Both ask `db`, which
//! does all work off the async threads, every write as one transaction. `upstream` passes the paths of either
//! contract on to a real system, `site` serves the built app, `config` tells the app what is there.

mod admin;
mod auth;
mod config;
mod cors;
mod db;
mod demo;
mod etag;
mod fault;
mod guesses;
mod instabase;
mod limits;
mod pack;
mod quirks;
mod reply;
pub mod seed;
mod serve;
mod site;
mod snip;
mod stall;
mod upstream;

pub mod cli;

pub use admin::{add_user, create_token, remove_user};
pub use db::users::NewUser;
pub use limits::Limits;
pub use quirks::Quirks;
pub use upstream::{System, Upstream};

use crate::db::Db;
use crate::fault::{Fault, Kind};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The largest request body.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;
/// What to serve, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address and port; port 0 takes any that is free.
    pub listen: String,
    /// The SQLite file, or `:memory:`.
    pub db: PathBuf,
    /// The folder of the built app.
    pub site: PathBuf,
    /// Fill an empty database with believable people and well-known tokens; loopback addresses only.
    pub demo: bool,
    /// Answer the unknowns of the contracts the other way.
    pub quirks: bool,
    /// Origins of other sites that may call.
    pub allow_origins: Vec<String>,
    /// Real systems to pass calls on to.
    pub upstreams: Vec<Upstream>,
    /// Whom the page may connect to.
    pub others: Others,
    /// How long anything may take, and how much of it there may be.
    pub limits: Limits,
}

/// Whom the page may connect to besides what it is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Others {
    /// Any server that the user names.
    #[default]
    Allowed,
    /// Nobody: the page's policy names this server and the upstreams alone.
    Refused,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            db: PathBuf::from("muster.sqlite"),
            site: PathBuf::from("dist"),
            demo: false,
            quirks: false,
            allow_origins: Vec::new(),
            upstreams: Vec::new(),
            others: Others::default(),
            limits: Limits::default(),
        }
    }
}

/// What every handler can reach.
pub(crate) struct App {
    pub db: Db,
    pub quirks: Quirks,
    pub site: site::Site,
    pub origins: cors::Origins,
    pub upstreams: upstream::Upstreams,
    pub limits: Limits,
    pub guesses: guesses::Guesses,
    /// What `/config.json` says.
    pub config: serde_json::Value,
    /// The headers of the page and its files.
    pub page: Vec<(HeaderName, HeaderValue)>,
}

/// A server that is listening. It stops when this is dropped; [`Running::stop`] also waits until it has.
#[derive(Debug)]
pub struct Running {
    /// Where it listens, with the real port.
    pub addr: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Running {
    /// Stops taking connections, lets requests under way end (for some seconds at most), and returns.
    pub async fn stop(self) {
        // Either fails only where the server has ended already.
        let _ = self.stop.send(());
        let _ = self.ended.await;
    }
}

/// Opens the database, binds the address and serves in the background. The error is a sentence for a person.
pub async fn start(options: Options) -> Result<Running, String> {
    let listener = bind(&options.listen, options.demo).await?;
    let addr = listener
        .local_addr()
        .map_err(|e| format!("The address of the server is unknown: {e}."))?;
    let origins = cors::Origins::new(&options.allow_origins)?;
    let limits = options.limits.clone();
    let upstreams = upstream::Upstreams::new(&options.upstreams, &limits)?;
    let config = config::of(&upstreams, options.others, options.demo);
    let page = page_headers(&config)?;
    let (path, demo) = (options.db.clone(), options.demo);
    let db = tokio::task::spawn_blocking(move || {
        let db = Db::open(&path)?;
        demo::settle(&db, &path, demo)?;
        Ok::<_, String>(db)
    })
    .await
    .map_err(|e| format!("The database could not be opened: {e}."))??;
    let app = Arc::new(App {
        db,
        quirks: Quirks::new(options.quirks),
        site: site::Site::new(&options.site),
        origins,
        upstreams,
        limits: limits.clone(),
        guesses: guesses::Guesses::default(),
        config,
        page,
    });
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve::serve(listener, router(app), limits, stopped));
    Ok(Running { addr, stop, ended })
}

async fn bind(listen: &str, demo: bool) -> Result<TcpListener, String> {
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host(listen)
        .await
        .map_err(|e| format!("{listen} is not an address to listen on (HOST:PORT): {e}."))?
        .collect();
    if demo && let Some(open) = addresses.iter().find(|a| !a.ip().is_loopback()) {
        return Err(format!(
            "--demo has tokens that everybody knows, so it listens on loopback addresses only \
             (127.0.0.1 or [::1]), and {} is not one.",
            open.ip()
        ));
    }
    TcpListener::bind(addresses.as_slice())
        .await
        .map_err(|e| format!("Cannot listen on {listen}: {e}."))
}

/// The headers of the page, as its configuration has them.
fn page_headers(config: &serde_json::Value) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    page_policy::headers(config)?
        .into_iter()
        .map(|(name, value)| {
            let value = HeaderValue::try_from(value)
                .map_err(|e| format!("The page's header {name} cannot be sent: {e}."))?;
            Ok((HeaderName::from_static(name), value))
        })
        .collect()
}

fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(instabase::routes())
        .merge(snip::routes())
        .route("/config.json", get(config::config))
        .route("/up/{*path}", any(upstream::pass))
        .fallback(elsewhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), in_size))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), in_time))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            guesses::slow,
        ))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), cors::cors))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), headers))
        .with_state(app)
}

/// Whether an address belongs to the calls, not to the app.
fn is_call(path: &str) -> bool {
    ["/api", "/up"].iter().any(|root| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// A refusal by the server itself, in the form of the contract whose address it is.
fn refusal(app: &App, path: &str, fault: &Fault) -> Response {
    let mut response = if path.starts_with("/api/v1/") {
        instabase::refusal(app.quirks, fault)
    } else {
        reply::message(fault)
    };
    // These are faults of the address or the line, which no contract hides behind a 200.
    *response.status_mut() = quirks::http_status(fault.kind);
    response
}

async fn elsewhere(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path();
    if is_call(path) {
        let fault = Fault::new(Kind::NotFound, "There is no such call here.");
        refusal(&app, path, &fault)
    } else {
        app.site.serve(request).await
    }
}

async fn wrong_method(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let fault = Fault::new(Kind::WrongMethod, "This address does not take that method.");
    refusal(&app, uri.path(), &fault)
}

/// Refuses what says by itself that it is too large, before a byte of it is waited for.
async fn in_size(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > BODY_LIMIT) {
        let fault = Fault::new(Kind::TooLarge, reply::TOO_LARGE);
        return refusal(&app, request.uri().path(), &fault);
    }
    next.run(request).await
}

/// Ends requests that take too long to be answered. What goes to an upstream has time-outs of its own.
async fn in_time(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/up/") {
        return next.run(request).await;
    }
    match tokio::time::timeout(app.limits.request, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let fault = Fault::new(Kind::TimedOut, "The request took too long.");
            refusal(&app, &path, &fault)
        }
    }
}

/// Headers of every reply. Replies of calls are stored nowhere.
async fn headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let call = is_call(request.uri().path());
    let ours = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let busy = ours && response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    if call {
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        headers.insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // A page that an upstream answers with must not run as one of ours when somebody opens it.
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
        );
    } else {
        for (name, value) in &app.page {
            headers.insert(name.clone(), value.clone());
        }
    }
    if busy {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
