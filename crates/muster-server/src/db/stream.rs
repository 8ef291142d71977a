//! A long list on its way out: written by a read transaction, taken by a client at the client's own pace.
//!
//! Between the two stands a channel of a few pieces, so that a list takes little memory however long it is. A client
//! that is slower than the list is made would keep the transaction open (and the log of later writes growing): after
//! [`PATIENCE`] the rest goes into a file without a name, beside the database and as private, and the transaction ends.

use crate::fault::Fault;
use crate::pack::{Coding, Packer, whole};
use axum::body::{Body, Bytes};
use std::fs::File;
use std::io::{self, Seek as _, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

/// The first piece is small, so that it leaves at once; each is larger than the one before, up to [`PIECE`].
const FIRST: usize = 16 * 1024;
/// The largest piece, before compressing.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for the client.
const WAITING: usize = 2;
/// How long, in all, a list waits for its client before the rest of it goes into a file.
const PATIENCE: Duration = Duration::from_secs(1);
/// A client that takes nothing for this long has gone.
const STALL: Duration = Duration::from_secs(30);

/// The beginning of a reply, as soon as it can leave.
pub(crate) struct Sent<H> {
    pub head: H,
    pub body: Body,
    pub coding: Coding,
}

/// Where the rest of a list may wait for a slow client.
pub(super) enum Room {
    /// In memory: the one connection is everybody's, so every list is gathered first.
    Memory,
    /// In a file in this folder, if there is a place left.
    Folder(PathBuf, Arc<Semaphore>),
}

/// What waits for a slow client.
enum Kept {
    Memory(Vec<Bytes>),
    File(File, OwnedSemaphorePermit),
}

/// Where a streaming job writes: a head once, then bytes.
pub(crate) struct Out<H> {
    answer: Option<oneshot::Sender<Result<Sent<H>, Fault>>>,
    head: Option<H>,
    accepted: Coding,
    packer: Option<Packer>,
    buffer: Vec<u8>,
    piece: usize,
    pieces: Option<mpsc::Sender<io::Result<Bytes>>>,
    waited: Duration,
    /// One of the few that work on lists at this moment, while the next piece is being made.
    working: Option<OwnedSemaphorePermit>,
    workers: Arc<Semaphore>,
    room: Room,
    kept: Option<Kept>,
    runtime: Handle,
}

impl<H> Out<H> {
    pub(super) fn new(
        answer: oneshot::Sender<Result<Sent<H>, Fault>>,
        accepted: Coding,
        workers: Arc<Semaphore>,
        room: Room,
        runtime: Handle,
    ) -> Self {
        let kept = matches!(room, Room::Memory).then(|| Kept::Memory(Vec::new()));
        Self {
            answer: Some(answer),
            head: None,
            accepted,
            packer: None,
            buffer: Vec::with_capacity(FIRST * 2),
            piece: FIRST,
            pieces: None,
            waited: Duration::ZERO,
            working: None,
            workers,
            room,
            kept,
            runtime,
        }
    }

    /// Waits until this list may be worked on: lists take turns, piece by piece, so that many of them neither crowd
    /// the cores nor wait for one another's ends.
    pub(super) fn work(&mut self) {
        // In memory a list keeps the one connection to its end: whoever waits for that must not keep a turn from it.
        if self.working.is_none() && matches!(self.room, Room::Folder(..)) {
            let turn = Arc::clone(&self.workers).acquire_owned();
            // It is never closed; without it there would only be less order.
            self.working = self.runtime.block_on(turn).ok();
        }
    }

    /// Gives the head; the body follows.
    pub fn head(&mut self, head: H) {
        self.head = Some(head);
    }

    /// The reply begins: there is more of it than one piece.
    fn begin(&mut self) {
        if let Some(head) = self.head.take()
            && let Some(answer) = self.answer.take()
        {
            let (pieces, incoming) = mpsc::channel(WAITING);
            self.pieces = Some(pieces);
            if self.accepted == Coding::Brotli {
                self.packer = Some(Packer::new());
            }
            // Nobody waits for it any more: the first piece finds that out.
            let _ = answer.send(Ok(Sent {
                head,
                body: Body::from_stream(ReceiverStream::new(incoming)),
                coding: self.accepted,
            }));
        }
    }

    /// Sends what was written, if that is a piece.
    fn send(&mut self) -> io::Result<()> {
        self.begin();
        let next = (self.piece * 2).min(PIECE);
        let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(next + next / 4));
        self.piece = next;
        let ready = match &mut self.packer {
            Some(packer) => packer.pack(&full)?,
            None => full,
        };
        self.working = None;
        self.push(ready.into())?;
        self.work();
        Ok(())
    }

    fn push(&mut self, piece: Bytes) -> io::Result<()> {
        if piece.is_empty() {
            return Ok(());
        }
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        match &mut self.kept {
            Some(Kept::Memory(all)) => {
                all.push(piece);
                return Ok(());
            }
            Some(Kept::File(file, _)) => return file.write_all(&piece),
            None => {}
        }
        let pieces = self.pieces.as_ref().ok_or_else(gone)?;
        let piece = match pieces.try_send(Ok(piece)) {
            Ok(()) => return Ok(()),
            Err(mpsc::error::TrySendError::Full(Ok(piece))) => piece,
            Err(_) => return Err(gone()),
        };
        let since = Instant::now();
        let left = PATIENCE.saturating_sub(self.waited);
        let place = self
            .runtime
            .block_on(async { tokio::time::timeout(left, pieces.reserve()).await });
        self.waited += since.elapsed();
        match place {
            Ok(Ok(place)) => {
                place.send(Ok(piece));
                return Ok(());
            }
            Ok(Err(_)) => return Err(gone()),
            Err(_slow) => {}
        }
        if let Some(mut kept) = self.room.file()? {
            kept.0.write_all(&piece)?;
            self.kept = Some(Kept::File(kept.0, kept.1));
            return Ok(());
        }
        // No place for another file: wait as before.
        self.runtime
            .block_on(async { tokio::time::timeout(STALL, pieces.send(Ok(piece))).await })
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
            .map_err(|_| gone())
    }

    /// The transaction is over. Sends what is left, and lets the body break off where the job failed, so that it
    /// cannot pass for whole.
    pub(super) fn end(mut self, result: Result<(), Fault>) {
        if let Some(answer) = self.answer.take() {
            // Nobody may be waiting any more.
            let _ = answer.send(result.and_then(|()| self.whole()));
            return;
        }
        let result = match result {
            Ok(()) => self.last().map_err(|e| io::Error::new(e.kind(), e)),
            Err(fault) => Err(io::Error::other(fault.words)),
        };
        let Some(pieces) = self.pieces.take() else {
            return;
        };
        let kept = self.kept.take();
        self.runtime.spawn(async move {
            let sent = match kept {
                None => Some(()),
                Some(Kept::Memory(all)) => from_memory(all, &pieces).await,
                Some(Kept::File(file, place)) => {
                    let sent = from_file(file, &pieces).await;
                    drop(place);
                    sent
                }
            };
            if sent.is_some()
                && let Err(cut) = result
            {
                give(&pieces, Err(cut)).await;
            }
        });
    }

    /// A reply that is one piece.
    fn whole(&mut self) -> Result<Sent<H>, Fault> {
        let head = self
            .head
            .take()
            .ok_or_else(|| Fault::internal(&"a list gave no head"))?;
        let bytes = std::mem::take(&mut self.buffer);
        let (bytes, coding) = whole(bytes, self.accepted).map_err(|e| Fault::internal(&e))?;
        Ok(Sent {
            head,
            body: Body::from(bytes),
            coding,
        })
    }

    fn last(&mut self) -> io::Result<()> {
        self.send()?;
        let end = self.packer.take().map(Packer::end);
        self.working = None;
        end.map_or(Ok(()), |end| self.push(end.into()))
    }
}

impl Room {
    fn file(&self) -> io::Result<Option<(File, OwnedSemaphorePermit)>> {
        match self {
            Self::Memory => Ok(None),
            Self::Folder(folder, places) => match Arc::clone(places).try_acquire_owned() {
                Ok(place) => Ok(Some((tempfile::tempfile_in(folder)?, place))),
                Err(_) => Ok(None),
            },
        }
    }
}

/// Hands one piece over; `None` where the client has gone.
async fn give(pieces: &mpsc::Sender<io::Result<Bytes>>, piece: io::Result<Bytes>) -> Option<()> {
    tokio::time::timeout(STALL, pieces.send(piece))
        .await
        .ok()?
        .ok()
}

async fn from_memory(all: Vec<Bytes>, pieces: &mpsc::Sender<io::Result<Bytes>>) -> Option<()> {
    for piece in all {
        give(pieces, Ok(piece)).await?;
    }
    Some(())
}

async fn from_file(mut file: File, pieces: &mpsc::Sender<io::Result<Bytes>>) -> Option<()> {
    if let Err(error) = file.rewind() {
        give(pieces, Err(error)).await?;
        return None;
    }
    let mut file = tokio::fs::File::from_std(file);
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        match file.read_buf(&mut piece).await {
            Ok(0) => return Some(()),
            Ok(_) => give(pieces, Ok(piece.into())).await?,
            Err(error) => {
                give(pieces, Err(error)).await?;
                return None;
            }
        }
    }
}

impl<H> Write for Out<H> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= self.piece {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::db::{Db, STREAMS};
    use crate::fault::Kind;
    use std::path::Path;
    use std::sync::mpsc::channel;
    use tokio_stream::StreamExt as _;

    /// The job waits, in the middle of its list, until the beginning has arrived.
    #[tokio::test]
    async fn the_beginning_leaves_before_the_end_is_made() {
        for accepted in [Coding::Plain, Coding::Brotli] {
            let dir = tempfile::tempdir().unwrap();
            let db = Db::open(&dir.path().join("m.sqlite")).unwrap();
            let (arrived, wait) = channel::<()>();
            let sent = db
                .stream(accepted, move |_, out| {
                    out.head(());
                    out.write_all(&[b'a'; FIRST]).unwrap();
                    wait.recv_timeout(STALL)
                        .map_err(|_| Fault::bad("nothing arrived"))?;
                    out.write_all(b"z").unwrap();
                    Ok(())
                })
                .await
                .unwrap();
            assert!(sent.coding == accepted);
            let mut body = sent.body.into_data_stream();
            let mut all = body.next().await.unwrap().unwrap().to_vec();
            assert!(!all.is_empty());
            arrived.send(()).unwrap();
            while let Some(piece) = body.next().await {
                all.extend(piece.unwrap());
            }
            if accepted == Coding::Brotli {
                let mut plain = Vec::new();
                brotli::BrotliDecompress(&mut all.as_slice(), &mut plain).unwrap();
                all = plain;
            }
            assert_eq!((all.len(), all.last()), (FIRST + 1, Some(&b'z')));
        }
    }

    #[tokio::test]
    async fn a_list_that_fails_on_its_way_is_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        for path in [Path::new(":memory:"), &dir.path().join("m.sqlite")] {
            let db = Db::open(path).unwrap();
            for accepted in [Coding::Plain, Coding::Brotli] {
                for length in [FIRST - 1, FIRST * 20] {
                    let sent = db
                        .stream(accepted, move |_, out| {
                            out.head(());
                            for _ in 0..length {
                                out.write_all(b"a").unwrap();
                            }
                            Err(Fault::bad("broken"))
                        })
                        .await;
                    match sent {
                        // Nothing had left, so the fault is the whole answer.
                        Err(fault) => assert!(length < FIRST && fault.words == "broken"),
                        Ok(sent) => {
                            assert!(length > FIRST);
                            let body = sent.body.into_data_stream();
                            let pieces: Vec<_> = body.collect().await;
                            assert!(pieces.len() > 1 && pieces.last().unwrap().is_err());
                        }
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn a_reader_who_stops_gives_its_turn_back() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("m.sqlite")).unwrap();
        let all_but_one = u32::try_from(STREAMS - 1).unwrap();
        let _others = db.inner.stream_turns.acquire_many(all_but_one).await;
        let list = |_: &rusqlite::Connection, out: &mut Out<()>| {
            out.head(());
            for _ in 0..100 {
                out.write_all(&[b'a'; PIECE]).unwrap();
            }
            Ok(())
        };
        let stopped = db.stream(Coding::Plain, list).await.unwrap();
        let next = db.stream(Coding::Plain, list).await.unwrap();
        for sent in [next, stopped] {
            let mut length = 0;
            let mut body = sent.body.into_data_stream();
            while let Some(piece) = body.next().await {
                length += piece.unwrap().len();
            }
            assert_eq!(length, 100 * PIECE);
        }
    }

    #[tokio::test]
    async fn many_lists_at_once_come_to_their_end() {
        let dir = tempfile::tempdir().unwrap();
        for path in [Path::new(":memory:"), &dir.path().join("m.sqlite")] {
            let db = Db::open(path).unwrap();
            let mut lists = tokio::task::JoinSet::new();
            for _ in 0..40 {
                let db = db.clone();
                lists.spawn(async move {
                    let sent = db.stream(Coding::Brotli, |_, out| {
                        out.head(());
                        for _ in 0..20 {
                            out.write_all(&[b'a'; PIECE]).unwrap();
                        }
                        Ok(())
                    });
                    let pieces: Vec<_> =
                        sent.await.unwrap().body.into_data_stream().collect().await;
                    pieces.len()
                });
            }
            let ended = tokio::time::timeout(STALL, lists.join_all()).await;
            assert!(ended.unwrap().iter().all(|&pieces| pieces > 1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_without_a_turn_is_told_so() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("m.sqlite")).unwrap();
        let all = u32::try_from(STREAMS).unwrap();
        let _others = db.inner.stream_turns.acquire_many(all).await;
        let answer = db.stream(Coding::Plain, |_, out| {
            out.head(());
            Ok(())
        });
        let fault = answer.await.err().unwrap();
        assert_eq!(fault.kind, Kind::Busy);
    }
}
