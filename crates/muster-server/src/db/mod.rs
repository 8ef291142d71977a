//! One SQLite file, off the async threads: one connection that writes, a few that read.
//!
//! Every write is one transaction, every read too, so that a reply shows one state. Long lists leave as they are
//! read ([`Db::stream`]), so that memory does not grow with the site.

pub(crate) mod instabase;
pub(crate) mod people;
mod schema;
pub(crate) mod snip;
mod stream;
pub(crate) mod users;

pub(crate) use stream::{Out, Sent};

use crate::auth;
use crate::fault::{Fault, Kind};
use crate::pack::Coding;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use stream::Room;
use tokio::sync::{Semaphore, oneshot};

/// How many short reads run at once; more wait their turn.
const READS: usize = 16;
/// How many lists are read at once. Counted apart, so that lists hold up nobody else; many, so that each begins at
/// once and goes on, however slowly: a client takes silence for a broken line.
const STREAMS: usize = 128;
/// How long a list waits for its turn.
const STREAM_TURN: Duration = Duration::from_secs(10);
/// How many lists wait in files for their slow clients.
const FILES: usize = 64;
/// Connections for reading that are kept open.
const KEPT: usize = 16;

/// A handle on the database; clones share it.
#[derive(Clone)]
pub(crate) struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None`: in memory, where the one connection both reads and writes.
    path: Option<PathBuf>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    write_turn: Arc<Semaphore>,
    read_turns: Arc<Semaphore>,
    stream_turns: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    files: Arc<Semaphore>,
    people: Arc<people::Known>,
}

/// The time now, in whole seconds.
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

/// How many lists are worked on at one moment: as many as there are cores.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

impl Db {
    /// Opens `path` (or `:memory:`), making the tables where there are none. The error is one sentence for a person.
    pub fn open(path: &Path) -> Result<Self, String> {
        let in_memory = path.as_os_str() == ":memory:";
        let tag = auth::new_token().map_err(|f| f.words)?;
        let tag: String = tag.chars().rev().take(12).collect();
        let mut writer = schema::connect(path)?;
        schema::prepare(&mut writer, path, &tag)?;
        Ok(Self {
            inner: Arc::new(Inner {
                path: (!in_memory).then(|| path.to_owned()),
                writer: Mutex::new(writer),
                readers: Mutex::new(Vec::new()),
                write_turn: Arc::new(Semaphore::new(1)),
                read_turns: Arc::new(Semaphore::new(READS)),
                stream_turns: Arc::new(Semaphore::new(STREAMS)),
                workers: Arc::new(Semaphore::new(workers())),
                files: Arc::new(Semaphore::new(FILES)),
                people: Arc::default(),
            }),
        })
    }

    /// Runs `job` in a read transaction.
    pub async fn read<T, F>(&self, job: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let turn = Arc::clone(&inner.read_turns).acquire_owned().await;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            inner.reading(job)
        })
        .await
        .map_err(|e| Fault::internal(&e))?
    }

    /// Runs `job` in a write transaction: all of it happens, or, where it returns a fault, nothing.
    pub async fn write<T, F>(&self, job: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let turn = Arc::clone(&inner.write_turn).acquire_owned().await;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            inner.writing(job)
        })
        .await
        .map_err(|e| Fault::internal(&e))?
    }

    /// As [`Db::write`], for callers without a runtime.
    pub fn write_now<T>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.inner.writing(job)
    }

    /// As [`Db::read`], for callers without a runtime.
    pub fn read_now<T>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.inner.reading(job)
    }

    /// The names of everybody, read once for all who list groups with their people.
    pub fn people(&self) -> Arc<people::Known> {
        Arc::clone(&self.inner.people)
    }

    /// Runs `job` in a read transaction and sends what it writes as it is written. `job` gives the head first;
    /// a fault before the first piece is the answer, one after it cuts the body off, so that it cannot pass for whole.
    pub async fn stream<H, F>(&self, accepted: Coding, job: F) -> Result<Sent<H>, Fault>
    where
        H: Send + 'static,
        F: FnOnce(&Connection, &mut Out<H>) -> Result<(), Fault> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let turn = Arc::clone(&inner.stream_turns).acquire_owned();
        let turn = tokio::time::timeout(STREAM_TURN, turn).await.map_err(|_| {
            let words = "Too many lists are being read. Try again in a moment.";
            Fault::new(Kind::Busy, words)
        })?;
        let (answer, answered) = oneshot::channel();
        let runtime = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let workers = Arc::clone(&inner.workers);
            let mut out = Out::new(answer, accepted, workers, inner.room(), runtime);
            out.work();
            let result = inner.reading(|db| job(db, &mut out));
            out.end(result);
        });
        answered
            .await
            .unwrap_or_else(|_| Err(Fault::internal(&"a list gave no answer")))
    }
}

impl Inner {
    /// Where lists wait for slow clients.
    fn room(&self) -> Room {
        match &self.path {
            None => Room::Memory,
            Some(path) => {
                let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty());
                Room::Folder(
                    folder.unwrap_or(Path::new(".")).to_owned(),
                    Arc::clone(&self.files),
                )
            }
        }
    }

    fn reading<T>(&self, job: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let Some(path) = &self.path else {
            let mut db = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            let tx = db.transaction()?;
            return job(&tx);
        };
        let kept = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut db = match kept {
            Some(db) => db,
            None => schema::connect_reader(path).map_err(|e| Fault::internal(&e))?,
        };
        let result = {
            let tx = db.transaction()?;
            job(&tx)
        };
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < KEPT {
            readers.push(db);
        }
        result
    }

    fn writing<T>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut db = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = job(&tx)?;
        tx.execute("UPDATE meta SET revision = revision + 1", [])?;
        tx.commit()?;
        Ok(value)
    }
}

/// The reader of a list went away, or took nothing for too long.
pub(crate) fn gone() -> Fault {
    Fault::new(Kind::TimedOut, "The reader of a list went away.")
}
