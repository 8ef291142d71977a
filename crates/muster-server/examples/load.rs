//! Load on a server of its own: starts `muster-server` over a database, calls it over HTTP as many clients do, and
//! prints one JSON document of what it saw. `cargo xtask bench --server` builds, fills and calls; by hand:
//!
//! ```text
//! muster-server seed --db site.sqlite
//! load --server target/native/muster-server --db site.sqlite --token "$(muster-server token create site.admin --db site.sqlite)"
//! ```
//!
//! The clients share the machine with the server, so what is printed is what both can do together. A reply that is
//! not what it should be is counted, shown, and makes the run fail.

use clap::Parser;
use muster_server::seed::LARGE_GROUP;
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH,
};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const LIST: &str = "/api/v1/groups/list?get_members=true";
/// Clients that change memberships, one call after the other, in the runs with writers.
const WRITERS: usize = 4;
/// Failures that are shown; all are counted.
const SHOWN: usize = 10;

/// Puts load on a muster-server of its own.
#[derive(Debug, Parser)]
struct Arguments {
    /// The program to start
    #[arg(long)]
    server: PathBuf,
    /// A database that `muster-server seed` has filled
    #[arg(long)]
    db: PathBuf,
    /// A token of its site admin
    #[arg(long)]
    token: String,
    /// How long new calls are made in each run; those under way are waited for
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// How many clients call at once, in turn
    #[arg(long, value_delimiter = ',', default_value = "8,64")]
    clients: Vec<usize>,
}

/// The server; it ends when this goes.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(arguments: &Arguments) -> Result<Self, Failure> {
        let child = Command::new(&arguments.server)
            .arg("--db")
            .arg(&arguments.db)
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        // From here on it ends also when something below fails.
        let mut server = Self {
            child,
            address: String::new(),
        };
        let output = server.child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on ");
        server.address = address.ok_or("the server did not start")?.to_owned();
        Ok(server)
    }

    /// From now on the peak is counted anew.
    fn forget_peak(&self) {
        // Linux alone has this; elsewhere no peak is told.
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }

    /// The largest resident memory, in bytes.
    fn peak(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a client does, again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ListPlain,
    ListBrotli,
    Unchanged,
    GetSmall,
    GetLarge,
    ChangeSmall,
    ChangeLarge,
}

impl Kind {
    /// The cheap ones first: memory that the others take is not all given back.
    const ALL: [Self; 7] = [
        Self::Unchanged,
        Self::GetSmall,
        Self::GetLarge,
        Self::ChangeSmall,
        Self::ChangeLarge,
        Self::ListPlain,
        Self::ListBrotli,
    ];

    const fn words(self) -> &'static str {
        match self {
            Self::ListPlain => "list with members",
            Self::ListBrotli => "list with members, brotli",
            Self::Unchanged => "list, unchanged (304)",
            Self::GetSmall => "get a group",
            Self::GetLarge => "get the large group",
            Self::ChangeSmall => "change a membership",
            Self::ChangeLarge => "the same in the large group",
        }
    }

    const fn is_list(self) -> bool {
        matches!(self, Self::ListPlain | Self::ListBrotli)
    }

    /// A write is measured by itself, and with writers nothing stays unchanged.
    const fn beside_writers(self) -> bool {
        !matches!(
            self,
            Self::Unchanged | Self::ChangeSmall | Self::ChangeLarge
        )
    }
}

/// What all clients know.
struct Site {
    client: reqwest::Client,
    address: String,
    token: HeaderValue,
    /// Names of groups but for the large one, spread over the site.
    groups: Vec<String>,
    /// People whose membership is changed: one for each client.
    people: Vec<String>,
    failures: Mutex<Vec<String>>,
    failed: AtomicU64,
}

/// One call, timed.
struct Timed {
    first: Duration,
    whole: Duration,
    bytes: u64,
}

impl Site {
    fn fail(&self, what: String) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() < SHOWN {
            eprintln!("failed: {what}");
            failures.push(what);
        }
    }

    async fn send(
        &self,
        path: &str,
        headers: HeaderMap,
        body: Option<String>,
    ) -> Result<(u16, HeaderMap, Vec<u8>, Timed), Failure> {
        let url = format!("{}{path}", self.address);
        let request = match body {
            Some(body) => self.client.post(url).body(body),
            None => self.client.get(url),
        };
        let since = Instant::now();
        let mut response = request
            .header(AUTHORIZATION, self.token.clone())
            .headers(headers)
            .send()
            .await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let (mut begin, mut first, mut bytes) = (Vec::new(), None, 0);
        let mut end = [0_u8; 2];
        while let Some(piece) = response.chunk().await? {
            first.get_or_insert_with(|| since.elapsed());
            bytes += piece.len() as u64;
            if begin.len() < 4096 {
                begin.extend_from_slice(piece.get(..4096).unwrap_or(&piece));
            }
            if let [.., a, b] = piece[..] {
                end = [a, b];
            } else if let [b] = piece[..] {
                end = [end[1], b];
            }
        }
        let whole = since.elapsed();
        begin.extend_from_slice(&end);
        let timed = Timed {
            first: first.unwrap_or(whole),
            whole,
            bytes,
        };
        Ok((status, headers, begin, timed))
    }

    /// One call of a kind, checked.
    async fn call(
        &self,
        kind: Kind,
        client: usize,
        nth: usize,
        tag: &HeaderValue,
    ) -> Result<Timed, Failure> {
        let mut headers = HeaderMap::new();
        // A role is given and then taken away in the same group.
        let turn = if matches!(kind, Kind::ChangeSmall | Kind::ChangeLarge) {
            nth / 2
        } else {
            nth
        };
        let pick = (client * 7919 + turn * 104_729) % self.groups.len();
        let small = self.groups.get(pick).map_or(LARGE_GROUP, String::as_str);
        let name = match kind {
            Kind::GetLarge | Kind::ChangeLarge => LARGE_GROUP,
            _ => small,
        };
        let (path, body) = match kind {
            Kind::ListPlain | Kind::ListBrotli | Kind::Unchanged => (LIST.to_owned(), None),
            Kind::GetSmall | Kind::GetLarge => (format!("/api/v1/groups/group/{name}"), None),
            Kind::ChangeSmall | Kind::ChangeLarge => {
                let person = self.people.get(client % self.people.len()).cloned();
                let wish = json!({"admin": {person.unwrap_or_default(): nth.is_multiple_of(2)}});
                (
                    format!("/api/v1/groups/group/{name}/members"),
                    Some(wish.to_string()),
                )
            }
        };
        if matches!(
            kind,
            Kind::ListBrotli | Kind::GetSmall | Kind::GetLarge | Kind::Unchanged
        ) {
            headers.insert(
                ACCEPT_ENCODING,
                HeaderValue::from_static("gzip, deflate, br"),
            );
        }
        if kind == Kind::Unchanged {
            headers.insert(IF_NONE_MATCH, tag.clone());
        }
        let (status, headers, text, timed) = self.send(&path, headers, body).await?;
        let packed = headers.get("content-encoding").is_some_and(|v| v == "br");
        let right = match kind {
            Kind::ListPlain => {
                status == 200
                    && text.starts_with(b"{\"status\":\"OK\",\"groups\":[")
                    && text.ends_with(b"]}")
            }
            // That it unpacks to the same bytes is checked once, before: doing so each time would measure the client.
            Kind::ListBrotli | Kind::GetLarge => status == 200 && packed && timed.bytes > 1000,
            Kind::Unchanged => status == 304 && timed.bytes == 0,
            Kind::GetSmall => {
                status == 200 && (packed || text.starts_with(b"{\"status\":\"OK\",\"group\":{"))
            }
            Kind::ChangeSmall | Kind::ChangeLarge => {
                status == 200 && text.starts_with(b"{\"status\":\"OK\"}")
            }
        };
        if right {
            Ok(timed)
        } else {
            let text = String::from_utf8_lossy(text.get(..200).unwrap_or(&text)).into_owned();
            Err(format!("HTTP {status}: {text}").into())
        }
    }
}

/// Calls until the time is over, and gives what each call took.
async fn client(
    site: Arc<Site>,
    kind: Kind,
    number: usize,
    tag: HeaderValue,
    stop: Arc<AtomicBool>,
) -> Vec<Timed> {
    let mut all = Vec::new();
    let mut nth = 0;
    while !stop.load(Ordering::Relaxed) {
        match site.call(kind, number, nth, &tag).await {
            Ok(timed) => all.push(timed),
            Err(error) => site.fail(format!("{}: {error}", kind.words())),
        }
        nth += 1;
    }
    all
}

/// The value below which so many hundredths are.
fn quantile(sorted: &[Duration], hundredths: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = (sorted.len() * hundredths)
        .div_ceil(100)
        .saturating_sub(1)
        .min(last);
    sorted
        .get(place)
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

/// One line of the table.
async fn measure(
    server: &Server,
    site: &Arc<Site>,
    kind: Kind,
    clients: usize,
    writers: usize,
    seconds: f64,
) -> Result<Value, Failure> {
    let failed_before = site.failed.load(Ordering::Relaxed);
    let (_, headers, ..) = site
        .send(
            "/api/v1/groups/list?username=nobody",
            HeaderMap::new(),
            None,
        )
        .await?;
    let tag = headers.get(ETAG).ok_or("a list without a tag")?.clone();
    server.forget_peak();
    let (stop, stop_writers) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let began = Instant::now();
    let writing: Vec<_> = (0..writers)
        .map(|n| {
            let kind = if n % 2 == 0 {
                Kind::ChangeSmall
            } else {
                Kind::ChangeLarge
            };
            tokio::spawn(client(
                site.clone(),
                kind,
                n,
                tag.clone(),
                stop_writers.clone(),
            ))
        })
        .collect();
    let reading: Vec<_> = (0..clients)
        .map(|n| tokio::spawn(client(site.clone(), kind, n, tag.clone(), stop.clone())))
        .collect();
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let (mut whole, mut first, mut bytes) = (Vec::new(), Vec::new(), 0);
    for task in reading {
        for timed in task.await? {
            whole.push(timed.whole);
            first.push(timed.first);
            bytes += timed.bytes;
        }
    }
    let took = began.elapsed().as_secs_f64();
    stop_writers.store(true, Ordering::Relaxed);
    let mut written = Vec::new();
    for task in writing {
        written.extend(task.await?.into_iter().map(|timed| timed.whole));
    }
    let wrote = began.elapsed().as_secs_f64();
    for times in [&mut whole, &mut first, &mut written] {
        times.sort_unstable();
    }
    if whole.is_empty() {
        site.fail(format!("{}: no call came back", kind.words()));
    }
    let row = json!({
        "kind": kind.words(),
        "list": kind.is_list(),
        "clients": clients,
        "writers": writers,
        "calls": whole.len(),
        "per_second": whole.len() as f64 / took,
        "p50_ms": quantile(&whole, 50),
        "p99_ms": quantile(&whole, 99),
        "first_p50_ms": quantile(&first, 50),
        "first_p99_ms": quantile(&first, 99),
        "megabytes_per_second": bytes as f64 / 1e6 / took,
        "writes_per_second": written.len() as f64 / wrote,
        "write_p50_ms": quantile(&written, 50),
        "write_p99_ms": quantile(&written, 99),
        "peak_bytes": server.peak(),
        "failed": site.failed.load(Ordering::Relaxed) - failed_before,
    });
    eprintln!(
        "{:<28} {clients:>3} clients {writers} writers: {:>8.1}/s  p50 {:>8.2} ms  p99 {:>8.2} ms",
        kind.words(),
        whole.len() as f64 / took,
        quantile(&whole, 50),
        quantile(&whole, 99),
    );
    Ok(row)
}

/// Reads the site once: names for the calls, and that the compressed list is the same list.
async fn look(arguments: &Arguments, server: &Server) -> Result<(Site, Value), Failure> {
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let read = async |coding: &'static str| -> Result<Vec<u8>, Failure> {
        let response = client
            .get(format!("{}{LIST}", server.address))
            .header(AUTHORIZATION, format!("Bearer {}", arguments.token))
            .header(ACCEPT_ENCODING, coding)
            .send()
            .await?;
        Ok(response.error_for_status()?.bytes().await?.to_vec())
    };
    let plain = read("identity").await?;
    let packed = read("br").await?;
    let mut unpacked = Vec::new();
    brotli::Decompressor::new(packed.as_slice(), 64 * 1024).read_to_end(&mut unpacked)?;
    if unpacked != plain {
        return Err("the compressed list is not the list".into());
    }
    let list: Value = serde_json::from_slice(&plain)?;
    let groups = list.get("groups").and_then(Value::as_array);
    let groups = groups.ok_or("the list is no list")?;
    let names: Vec<&str> = groups
        .iter()
        .filter_map(|group| group["name"].as_str())
        .collect();
    let members = |group: &Value| {
        group["members"].as_array().map_or(0, Vec::len)
            + group["admins"].as_array().map_or(0, Vec::len)
    };
    let large = groups
        .iter()
        .find(|group| group["name"] == LARGE_GROUP)
        .ok_or("the site has no large group")?;
    let people = large["members"].as_array().into_iter().flatten();
    let site = Site {
        address: server.address.clone(),
        token: format!("Bearer {}", arguments.token).parse()?,
        groups: names
            .iter()
            .filter(|name| **name != LARGE_GROUP)
            .step_by((names.len() / 1000).max(1))
            .map(|name| (*name).to_owned())
            .collect(),
        people: people
            .filter_map(|person| person["name"].as_str())
            .take(64)
            .map(str::to_owned)
            .collect(),
        failures: Mutex::default(),
        failed: AtomicU64::new(0),
        client,
    };
    if site.groups.is_empty() || site.people.is_empty() {
        return Err("the site is too small".into());
    }
    let about = json!({
        "groups": groups.len(),
        "memberships": groups.iter().map(members).sum::<usize>(),
        "large": members(large),
        "list_bytes": plain.len(),
        "list_brotli_bytes": packed.len(),
    });
    Ok((site, about))
}

async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let server = Server::start(arguments)?;
    let (site, about) = look(arguments, &server).await?;
    let site = Arc::new(site);
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        for &clients in &arguments.clients {
            // The whole list takes half a minute when many read it: in one form, and without writers, is enough.
            let few = Some(&clients) == arguments.clients.iter().min();
            if kind == Kind::ListPlain && !few {
                continue;
            }
            let both: &[usize] = if kind.beside_writers() && (few || !kind.is_list()) {
                &[0, WRITERS]
            } else {
                &[0]
            };
            for &writers in both {
                rows.push(
                    measure(&server, &site, kind, clients, writers, arguments.seconds).await?,
                );
            }
        }
    }
    let failed = site.failed.load(Ordering::Relaxed);
    let failures = site
        .failures
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    println!(
        "{}",
        json!({
            "site": about,
            "sqlite": rusqlite::version(),
            "rows": rows,
            "failed": failed,
            "failures": failures,
        })
    );
    Ok(failed == 0)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Fails only where one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(run(&arguments)));
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}
