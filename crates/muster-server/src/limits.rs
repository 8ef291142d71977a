//! How long anything may take, and how much of it there may be.

use std::time::Duration;

/// The time-outs and sizes of a server; tests set shorter ones.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a request head may take, and how long a connection may idle between requests.
    pub head: Duration,
    /// How long a request may take until its reply begins, its body included.
    pub request: Duration,
    /// How long a reader may take nothing of what it asked for.
    pub stall: Duration,
    /// How long requests under way may take to end when the server stops.
    pub grace: Duration,
    /// How long connecting to an upstream may take.
    pub connect: Duration,
    /// How long an upstream may be silent, before its reply and within it. A long list on a slow system is healthy.
    pub silence: Duration,
    /// Connections at once; more wait.
    pub connections: usize,
    /// Refused tokens of one address that are answered at once.
    pub guesses: u32,
    /// How long a refused token's answer waits at most, before the address is told to come back later.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(30),
            request: Duration::from_secs(30),
            stall: Duration::from_secs(60),
            grace: Duration::from_secs(5),
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(60),
            connections: 1024,
            guesses: 30,
            patience: Duration::from_secs(2),
        }
    }
}
