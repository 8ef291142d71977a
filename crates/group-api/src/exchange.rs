//! Conversations with a server, without the network.
//!
//! Many intentions take more than one request: create, then describe; write, then read what came of
//! it. An [`Exchange`] is that conversation as a state machine. Whoever owns the network runs it:
//!
//! ```text
//! step = exchange.next(Input::Start)
//! while let Step::Send(request) = step {
//!     // send it; then, as it comes:
//!     exchange.head(head); exchange.feed(bytes, sink)…
//!     step = exchange.next(Input::Finished)      // or Input::Failed(error)
//! }
//! ```

use std::fmt;

use crate::backend::Presence;
use crate::capability::Field;
use crate::change::Applied;
use crate::error::{ApiError, Misread};
use crate::http::{Head, Request};
use crate::list::{GroupSink, ListEnd, ListReceiver, ListRest, ListShape};
use crate::model::Group;

/// The longest body that is kept, in bytes; lists are not kept.
const LONGEST_BODY: usize = 64 << 20;
/// How much of the body of an error's reply is kept, in bytes.
const LONGEST_ERROR: usize = 256 << 10;

/// What happened since the last step.
#[derive(Debug)]
pub enum Input {
    /// Nothing yet.
    Start,
    /// The reply to the last request came to its end.
    Finished,
    /// There was no reply, or it broke off.
    Failed(ApiError),
}

/// What to do next.
#[derive(Debug)]
pub enum Step<T> {
    /// Send this, and report what comes.
    Send(Request),
    /// The conversation is over. Comes once.
    Done(Result<Done<T>, ApiError>),
}

/// What a conversation achieved.
#[derive(Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// What was wanted.
    pub value: T,
    /// The parts of it that were not done although the main thing was.
    pub undone: Vec<Undone>,
}

/// A part that was not done.
#[derive(Debug, PartialEq, Eq)]
pub struct Undone {
    /// Which.
    pub step: UndoneStep,
    /// Why.
    pub why: ApiError,
}

/// The parts of a conversation that can fail by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoneStep {
    /// The group is made, and its description could not be set.
    Describe,
    /// The group is made, and the person was not made an admin of it.
    AddAdmin,
    /// The write was accepted, and reading it again failed: what is shown is what was sent.
    ReadAgain,
    /// The write was accepted, and a read does not show this field as it was sent.
    FieldAsSent(Field),
}

/// A reply that came whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    /// Set where a list was asked for and the status was a success.
    pub(crate) list: Option<ListRest>,
}

/// A request and how its reply is received.
pub(crate) struct Call {
    pub(crate) request: Request,
    pub(crate) list: Option<ListShape>,
}

impl From<Request> for Call {
    fn from(request: Request) -> Self {
        Self {
            request,
            list: None,
        }
    }
}

/// What follows a reply.
///
/// Not generic over what is wanted in the end, and its continuations not either: a browser downloads
/// each instance of this machinery, so there is one. An [`Exchange`] alone knows its type.
pub(crate) enum Turn {
    Send(Call, Then),
    Done(Result<Done<Value>, ApiError>),
}

pub(crate) type Then = Box<dyn FnOnce(Result<Reply, ApiError>) -> Turn>;

/// What follows something that was read of a reply.
pub(crate) type After<T> = Box<dyn FnOnce(Result<T, ApiError>) -> Turn>;

impl Turn {
    /// Sends a request and goes on with its reply.
    pub(crate) fn send(
        call: impl Into<Call>,
        then: impl FnOnce(Result<Reply, ApiError>) -> Self + 'static,
    ) -> Self {
        Self::Send(call.into(), Box::new(then))
    }

    pub(crate) fn ok(value: impl Wanted) -> Self {
        Self::done(value, Vec::new())
    }

    pub(crate) fn done(value: impl Wanted, undone: Vec<Undone>) -> Self {
        let value = value.wrap();
        Self::Done(Ok(Done { value, undone }))
    }

    pub(crate) const fn err(error: ApiError) -> Self {
        Self::Done(Err(error))
    }
}

/// Anything that a conversation may be for.
pub(crate) enum Value {
    Nothing,
    Group(Group),
    Applied(Applied),
    ListEnd(ListEnd),
    Presence(Presence),
}

/// One thing that a conversation may be for.
pub(crate) trait Wanted: Sized {
    fn wrap(self) -> Value;
    fn unwrap(value: Value) -> Option<Self>;
}

impl Wanted for () {
    fn wrap(self) -> Value {
        Value::Nothing
    }

    fn unwrap(value: Value) -> Option<Self> {
        matches!(value, Value::Nothing).then_some(())
    }
}

macro_rules! wanted {
    ($($kind:ident),*) => {$(
        impl Wanted for $kind {
            fn wrap(self) -> Value {
                Value::$kind(self)
            }

            fn unwrap(value: Value) -> Option<Self> {
                match value {
                    Value::$kind(value) => Some(value),
                    _ => None,
                }
            }
        }
    )*};
}

wanted!(Group, Applied, ListEnd, Presence);

enum State {
    Ready(Turn),
    Receiving {
        list: Option<ListShape>,
        head: Head,
        body: Vec<u8>,
        overlong: bool,
        receiver: Option<Box<ListReceiver>>,
        /// Whether only what differs was asked for.
        conditional: bool,
        then: Then,
    },
    Over,
}

/// One conversation: see the module's text.
pub struct Exchange<T> {
    machine: Machine,
    unwrap: fn(Value) -> Option<T>,
}

struct Machine {
    state: State,
    hidden: Option<Box<[u8]>>,
    unless: Option<String>,
}

impl<T> fmt::Debug for Exchange<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.machine.state {
            State::Ready(_) => "Exchange(ready)",
            State::Receiving { .. } => "Exchange(receiving)",
            State::Over => "Exchange(over)",
        })
    }
}

impl<T: Wanted> From<Turn> for Exchange<T> {
    fn from(turn: Turn) -> Self {
        Self {
            machine: Machine {
                state: State::Ready(turn),
                hidden: None,
                unless: None,
            },
            unwrap: T::unwrap,
        }
    }
}

/// The bytes with every occurrence of a secret left out.
fn without(secret: &[u8], bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.windows(secret.len()).any(|window| window == secret) {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while let Some(byte) = rest.first() {
        rest = match rest.strip_prefix(secret) {
            Some(behind) => {
                out.extend_from_slice("[…]".as_bytes());
                behind
            }
            None => {
                out.push(*byte);
                rest.get(1..).unwrap_or_default()
            }
        };
    }
    out
}

impl<T> Exchange<T> {
    /// Leaves a secret out of everything that is read from here on, but for the groups of a list,
    /// for a server may echo the token that it was sent. One of less than 8 bytes is ignored: it
    /// may be part of any word.
    pub fn hide(&mut self, secret: &str) {
        self.machine.hidden = Some(secret.as_bytes())
            .filter(|secret| secret.len() >= 8)
            .map(Into::into);
    }

    /// Asks only for what differs from the state of this name, which an earlier reply gave
    /// ([`ListEnd::etag`]). If nothing does, the end is [`ApiError::Unchanged`]. It goes with the
    /// first request.
    pub fn unless(&mut self, etag: &str) {
        self.machine.unless = Some(etag.to_owned());
    }

    /// Goes on after what happened. Before the first request only [`Input::Start`] makes sense, and
    /// after a request only the two others; a conversation that is over answers "cancelled".
    pub fn next(&mut self, input: Input) -> Step<T> {
        match self.machine.next(input) {
            Step::Send(request) => Step::Send(request),
            Step::Done(Err(error)) => Step::Done(Err(error)),
            Step::Done(Ok(Done { value, undone })) => Step::Done(match (self.unwrap)(value) {
                Some(value) => Ok(Done { value, undone }),
                // Never: the conversation began with a function of a backend that promises its kind.
                None => Err(ApiError::Cancelled),
            }),
        }
    }

    /// The status and headers of the reply to the last request.
    pub fn head(&mut self, received: Head) {
        self.machine.head(received);
    }

    /// The next piece of the reply's body; groups of a list go to `sink` as they are complete.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut dyn GroupSink) {
        self.machine.feed(bytes, sink);
    }
}

impl Machine {
    fn next(&mut self, input: Input) -> Step<Value> {
        let turn = match (std::mem::replace(&mut self.state, State::Over), input) {
            (State::Ready(turn), _) => turn,
            (State::Receiving { then, .. }, Input::Failed(error)) => then(Err(error)),
            (
                State::Receiving {
                    head: Head { status: 304, .. },
                    conditional: true,
                    ..
                },
                _,
            ) => return Step::Done(Err(ApiError::Unchanged)),
            (
                State::Receiving {
                    then,
                    overlong: true,
                    head,
                    ..
                },
                _,
            ) if head.status < 400 => then(Err(ApiError::NotUnderstood(Misread {
                expected: "a reply of less than 64 MB",
                at: "the whole reply".to_owned(),
                excerpt: String::new(),
            }))),
            (
                State::Receiving {
                    head,
                    mut body,
                    receiver,
                    then,
                    ..
                },
                _,
            ) => {
                let mut list = receiver.map(|receiver| receiver.finish());
                if let Some(rest) = &mut list {
                    rest.end.etag.clone_from(&head.etag);
                }
                if let Some(secret) = self.hidden.as_deref() {
                    body = without(secret, body);
                    if let Some(rest) = &mut list {
                        rest.envelope = without(secret, std::mem::take(&mut rest.envelope));
                    }
                }
                then(Ok(Reply { head, body, list }))
            }
            (State::Over, _) => return Step::Done(Err(ApiError::Cancelled)),
        };
        match turn {
            Turn::Send(Call { mut request, list }, then) => {
                request.if_none_match = self.unless.take();
                let conditional = request.if_none_match.is_some();
                self.state = State::Receiving {
                    list,
                    head: Head::default(),
                    body: Vec::new(),
                    overlong: false,
                    receiver: None,
                    conditional,
                    then,
                };
                Step::Send(request)
            }
            Turn::Done(result) => Step::Done(result),
        }
    }

    fn head(&mut self, received: Head) {
        if let State::Receiving {
            list,
            head,
            body,
            overlong,
            receiver,
            ..
        } = &mut self.state
        {
            body.clear();
            *overlong = false;
            *receiver = list
                .clone()
                .filter(|_| (200..300).contains(&received.status))
                .map(|shape| Box::new(ListReceiver::new(shape)));
            *head = received;
        }
    }

    fn feed(&mut self, bytes: &[u8], sink: &mut dyn GroupSink) {
        if let State::Receiving {
            head,
            body,
            overlong,
            receiver,
            ..
        } = &mut self.state
        {
            if let Some(receiver) = receiver {
                receiver.feed(bytes, sink);
                return;
            }
            let room = if head.status >= 400 {
                LONGEST_ERROR
            } else {
                LONGEST_BODY
            }
            .saturating_sub(body.len());
            *overlong |= bytes.len() > room;
            body.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        }
    }
}
