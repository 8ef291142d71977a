//! The accept loop: connections with limits, and an orderly end.
//!
//! A client that sends its request head slowly, or none at all, is cut off; so is what asks for more connections
//! than there is room for, until others end, and whose client has stopped reading. Request bodies and replies have limits of their own elsewhere.

use crate::Limits;
use crate::guesses::Peer;
use crate::stall::Stalling;
use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tower::ServiceExt as _;

/// The largest request head, in bytes.
const HEAD_SIZE: usize = 64 * 1024;

/// Serves until `stop` is told or dropped, then lets requests under way end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stop: oneshot::Receiver<()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_SIZE);
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits.connections));
    loop {
        let accept = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accept => accepted,
            _ = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, Peer(peer.ip())),
            Err(error) => {
                // One client that went away, or no more file handles: the next may do better.
                eprintln!("muster-server: a connection was not taken: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Small replies leave at once; where that cannot be set, they leave a little later.
        let _ = stream.set_nodelay(true);
        let service = router
            .clone()
            .map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(peer);
                request
            });
        let service = TowerToHyperService::new(service);
        let connection = graceful.watch(
            http.serve_connection(TokioIo::new(Stalling::new(stream, limits.stall)), service),
        );
        tokio::spawn(async move {
            let _place = place;
            // An error here is the client's: gone, too slow, or not speaking HTTP.
            let _ = connection.await;
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(limits.grace, graceful.shutdown()).await;
}
