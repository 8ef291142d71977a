//! Slowing those down who try tokens.
//!
//! A token of this server has 256 random bits, so nobody finds one by trying; a short one that somebody else wrote into the
//! database may be found. Refusals are counted for each address: the first few are answered at once, later ones
//! in turn, a few a second. A token that is right is looked at first and never waits, whatever came before from its address:
//! behind a proxy everybody may have the same one.

use crate::fault::{Fault, Kind};
use crate::refusal;
use crate::{App, Limits};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What each refusal costs of those that are answered at once: five a second come back.
const STEP: Duration = Duration::from_millis(200);
/// Addresses that are remembered at one time; more share one place.
const ADDRESSES: usize = 4096;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub IpAddr);

/// What is remembered of addresses that tried tokens.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<HashMap<IpAddr, Instant>>);

impl Guesses {
    /// Notes a refusal; gives how long its answer has to wait, or that it would be longer than anybody has patience.
    fn wait(&self, from: IpAddr, now: Instant, limits: &Limits) -> Option<Duration> {
        let free = STEP * limits.guesses;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES {
            known.retain(|_, until| *until > now);
        }
        // All that find no place share one, so that a flood of addresses neither fills the memory nor goes free.
        let key = if known.len() < ADDRESSES || known.contains_key(&network(from)) {
            network(from)
        } else {
            IpAddr::from([0; 16])
        };
        let until = known.entry(key).or_insert(now);
        let next = (*until).max(now) + STEP;
        let wait = next.saturating_duration_since(now).saturating_sub(free);
        if wait > limits.patience {
            return None;
        }
        *until = next;
        Some(wait)
    }
}

/// The part of an address that one client cannot change at will: of IPv6 the first half.
fn network(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

/// Lets the answer to a wrong token wait for its turn.
pub(crate) async fn slow(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let tried = request.headers().contains_key(header::AUTHORIZATION);
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let refused = response.extensions().get::<Kind>() == Some(&Kind::BadToken);
    let Some(Peer(from)) = peer.filter(|_| tried && refused) else {
        return response;
    };
    match app.guesses.wait(from, Instant::now(), &app.limits) {
        Some(wait) => {
            tokio::time::sleep(wait).await;
            response
        }
        None => {
            let words =
                "Too many tokens that are not known came from your address. Try again in a moment.";
            let mut response = refusal(&app, &path, &Fault::new(Kind::TooMany, words));
            let pause = HeaderValue::from(app.limits.patience.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, pause);
            response
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_first_are_free_then_they_wait_then_they_are_sent_away() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for _ in 0..Limits::default().guesses {
            assert_eq!(
                guesses.wait(address(1), now, &Limits::default()),
                Some(Duration::ZERO)
            );
        }
        assert_eq!(
            guesses.wait(address(1), now, &Limits::default()),
            Some(STEP)
        );
        let mut given = 0;
        while guesses.wait(address(1), now, &Limits::default()).is_some() {
            given += 1;
        }
        assert_eq!(given, 9);
        // Another address pays nothing for it, and time heals.
        assert_eq!(
            guesses.wait(address(2), now, &Limits::default()),
            Some(Duration::ZERO)
        );
        assert_eq!(
            guesses.wait(address(1), now + STEP, &Limits::default()),
            Some(Limits::default().patience)
        );
        let later = now + STEP * 50;
        assert_eq!(
            guesses.wait(address(1), later, &Limits::default()),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn a_network_is_one_address_and_a_flood_of_them_is_bounded() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), address(1));
        for n in 0..20_000_u32 {
            guesses.wait(IpAddr::from(n.to_be_bytes()), now, &Limits::default());
        }
        assert!(guesses.0.lock().unwrap().len() <= ADDRESSES + 1);
        let late = IpAddr::from([203, 0, 113, 9]);
        assert_eq!(guesses.wait(late, now, &Limits::default()), None);
    }
}
