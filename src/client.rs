//! The only place that touches the network: runs an [`Exchange`] with the token of its connection.
//!
//! The token goes into the Authorization header and nowhere else; no cookies, no redirects
//! followed, nothing kept in the browser's cache. Reads may be sent again, writes never.

use std::borrow::Cow;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use group_api::{
    ApiError, Done, Exchange, GroupSink, Head, Input, Method, Misread, Pace, Request, Step,
};
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use muster_core::{QUIET_MS, retry_after_ms};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Headers, ReadableStream, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect, Response, ResponseType,
};

use crate::browser::{now, painted, turn};
use crate::request::Stop;
use crate::session::{Access, Token};

/// How many bytes of a reply are taken in at once: no piece keeps the page waiting, however the network cut them.
const PIECE: u32 = 64 << 10;

/// How long the buffer is that a reply is read into, in bytes.
const BUFFER: u32 = 256 << 10;

/// How long a piece of a long list may be worked on before the page gets a turn, in milliseconds.
const SLICE_MS: f64 = 8.0;

/// Whom to ask and as whom. Made anew for each conversation, so that it always has today's token.
#[derive(Clone, Debug)]
pub struct Client {
    server: String,
    token: Option<Token>,
    access: Access,
}

impl Client {
    /// A client for the server at this address: `https://host/prefix`, no slash at its end.
    #[must_use]
    pub const fn new(server: String, token: Option<Token>, access: Access) -> Self {
        Self {
            server,
            token,
            access,
        }
    }

    /// Runs a conversation to its end.
    ///
    /// # Errors
    /// What the conversation says, or that it was held back, cancelled or got no answer.
    pub async fn run<T>(
        &self,
        mut exchange: Exchange<T>,
        sink: &mut dyn GroupSink,
        stop: &Stop,
    ) -> Result<Done<T>, ApiError> {
        if let Some(token) = &self.token {
            exchange.hide(token.secret());
        }
        let mut talk = Talk {
            exchange,
            result: None,
        };
        let whole: Pin<Box<dyn Future<Output = ()> + '_>> =
            Box::pin(self.converse(&mut talk, sink, stop));
        whole.await;
        talk.result.unwrap_or(Err(ApiError::Cancelled))
    }

    async fn converse(
        &self,
        exchange: &mut dyn Conversation,
        sink: &mut dyn GroupSink,
        stop: &Stop,
    ) {
        let mut input = Input::Start;
        while let Some(request) = exchange.next(input) {
            input = match self.send(&request, exchange, sink, stop).await {
                Ok(()) => Input::Finished,
                Err(error) => Input::Failed(error),
            };
        }
    }

    async fn send(
        &self,
        request: &Request,
        exchange: &mut dyn Conversation,
        sink: &mut dyn GroupSink,
        stop: &Stop,
    ) -> Result<(), ApiError> {
        if self.access == Access::LookOnly && !request.method.is_read() {
            return Err(ApiError::LookOnly);
        }
        let mut attempt = 0;
        let mut request = Cow::Borrowed(request);
        loop {
            let error = match self.send_once(&request, exchange, sink, stop).await {
                Ok(status) => match busy(&status) {
                    // The exchange has the whole reply; it is only asked again where that may help.
                    Some(error) => error,
                    None => return Ok(()),
                },
                Err(Broken { error, began }) if began => return Err(error),
                Err(Broken { error, .. }) => error,
            };
            let pause = if request.method.is_read() {
                retry_after_ms(attempt, &error, js_sys::Math::random())
            } else {
                None
            };
            let Some(pause) = pause else {
                return match error {
                    ApiError::ServerFault { .. } | ApiError::RateLimited { .. } => Ok(()),
                    other => Err(other),
                };
            };
            attempt += 1;
            // A server of another origin may let its tag be read and not let it be sent back.
            request.to_mut().if_none_match = None;
            TimeoutFuture::new(pause).await;
            if stop.is_stopped() {
                return Err(ApiError::Cancelled);
            }
        }
    }

    async fn send_once(
        &self,
        request: &Request,
        exchange: &mut dyn Conversation,
        sink: &mut dyn GroupSink,
        stop: &Stop,
    ) -> Result<Head, Broken> {
        let token = self.token.as_ref().ok_or(ApiError::NotSignedIn(None))?;
        if stop.is_stopped() {
            return Err(ApiError::Cancelled.into());
        }
        // One signal for the fetch, fired by the user's stop or by silence.
        let quiet = Quiet::new(stop.part());
        let init = RequestInit::new();
        init.set_method(match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        });
        init.set_credentials(RequestCredentials::Omit);
        init.set_redirect(RequestRedirect::Manual);
        init.set_cache(RequestCache::NoStore);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        init.set_signal(quiet.stop.signal().as_ref());
        let headers = Headers::new().map_err(|_| ApiError::NoConnection)?;
        let set = |name, value: &str| headers.set(name, value).map_err(|_| ApiError::NoConnection);
        set("Accept", "application/json")?;
        set("Authorization", &token.header())?;
        if let Some(etag) = &request.if_none_match {
            set("If-None-Match", etag)?;
        }
        if let Some(body) = &request.body {
            set("Content-Type", "application/json")?;
            init.set_body(&js_sys::Uint8Array::from(body.as_slice()));
        }
        init.set_headers(&headers);
        let url = format!("{}{}", self.server, request.target);
        let response: Response = JsFuture::from(window().fetch_with_str_and_init(&url, &init))
            .await
            .map_err(|_| quiet.why())?
            .unchecked_into();
        if response.type_() == ResponseType::Opaqueredirect {
            return Err(ApiError::NotUnderstood(Misread {
                expected: "an answer at this address",
                at: "a redirect to another one, which is not followed with a token".to_owned(),
                excerpt: "…".to_owned(),
            })
            .into());
        }
        quiet.heard();
        let told = |name| response.headers().get(name).ok().flatten();
        let head = Head {
            status: response.status(),
            retry_after: told("Retry-After"),
            content_type: told("Content-Type"),
            etag: told("ETag"),
        };
        exchange.head(head.clone());
        receive(&response, exchange, sink, stop, &quiet).await?;
        Ok(head)
    }
}

/// An exchange, whatever it is for: what talks to the network is compiled once and not for each.
trait Conversation {
    /// The next request; none when it is over.
    fn next(&mut self, input: Input) -> Option<Request>;
    fn head(&mut self, head: Head);
    fn feed(&mut self, bytes: &[u8], sink: &mut dyn GroupSink);
}

struct Talk<T> {
    exchange: Exchange<T>,
    result: Option<Result<Done<T>, ApiError>>,
}

impl<T> Conversation for Talk<T> {
    fn next(&mut self, input: Input) -> Option<Request> {
        match self.exchange.next(input) {
            Step::Send(request) => Some(request),
            Step::Done(result) => {
                self.result = Some(result);
                None
            }
        }
    }

    fn head(&mut self, head: Head) {
        self.exchange.head(head);
    }

    fn feed(&mut self, bytes: &[u8], sink: &mut dyn GroupSink) {
        self.exchange.feed(bytes, sink);
    }
}

/// A request that got no whole reply, and whether part of it had come.
struct Broken {
    error: ApiError,
    began: bool,
}

impl From<ApiError> for Broken {
    fn from(error: ApiError) -> Self {
        Self {
            error,
            began: false,
        }
    }
}

/// What of a reply's head may be mended by asking again.
fn busy(head: &Head) -> Option<ApiError> {
    match head.status {
        status @ 502..=504 => Some(ApiError::ServerFault {
            status,
            words: None,
        }),
        429 => Some(ApiError::RateLimited {
            retry_after: head
                .retry_after
                .as_deref()
                .and_then(|text| text.trim().parse().ok()),
        }),
        _ => None,
    }
}

async fn receive(
    response: &Response,
    exchange: &mut dyn Conversation,
    sink: &mut dyn GroupSink,
    stop: &Stop,
    quiet: &Quiet,
) -> Result<(), Broken> {
    let Some(body) = response.body() else {
        return Ok(());
    };
    let broken = |began| {
        move |_| Broken {
            error: ApiError::NoConnection,
            began,
        }
    };
    let (reader, read) = reader_of(&body).map_err(broken(false))?;
    let mut buffer = js_sys::ArrayBuffer::new(BUFFER);
    let (done_key, value_key) = (JsValue::from_str("done"), JsValue::from_str("value"));
    let mut room = Vec::new();
    let mut began = false;
    let mut slice_began = now();
    loop {
        // A reader that brings its own buffers does not look at this one.
        let into = js_sys::Uint8Array::new(&buffer);
        let reading = read.call1(&reader, &into).map_err(broken(began))?;
        let reading: Promise = reading.unchecked_into();
        let piece = JsFuture::from(reading).await.map_err(|_| Broken {
            error: quiet.why(),
            began,
        })?;
        quiet.heard();
        if Reflect::get(&piece, &done_key).is_ok_and(|done| done.is_truthy()) {
            return Ok(());
        }
        let value = Reflect::get(&piece, &value_key).map_err(broken(began))?;
        let value: js_sys::Uint8Array = value.unchecked_into();
        began = true;
        buffer = value.buffer();
        let mut from = 0;
        while from < value.length() {
            let to = value.length().min(from + PIECE);
            let length = usize::try_from(to - from).unwrap_or_default();
            // Written over and over, and made once: to empty it each time takes as long as to copy.
            if room.len() < length {
                room.resize(length, 0);
            }
            let bytes = room.get_mut(..length).unwrap_or_default();
            value.subarray(from, to).copy_to(bytes);
            exchange.feed(bytes, sink);
            let pace = sink.piece();
            from = to;
            if pace == Pace::LetBeSeen || now() - slice_began > SLICE_MS {
                match pace {
                    Pace::LetBeSeen => painted().await,
                    Pace::GoOn => turn().await,
                }
                slice_began = now();
                if stop.is_stopped() {
                    return Err(Broken {
                        error: ApiError::Cancelled,
                        began,
                    });
                }
            }
        }
    }
}

/// What reads a body, and its method that does. If the browser can, it fills the same buffer again and again: to get a new one
/// for each piece takes a quarter of the time.
fn reader_of(body: &ReadableStream) -> Result<(JsValue, Function), JsValue> {
    let method = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).map(Function::from);
    let get = method(body, "getReader")?;
    // Any object can be given another property.
    let options = js_sys::Object::new();
    let _ = Reflect::set(&options, &"mode".into(), &"byob".into());
    let reader = get.call1(body, &options).or_else(|_| get.call0(body))?;
    let read = method(&reader, "read")?;
    Ok((reader, read))
}

/// Watches for silence: aborts the request when nothing has come for [`QUIET_MS`].
struct Quiet {
    stop: Stop,
    timed_out: Rc<Cell<bool>>,
    timer: Cell<Option<Timeout>>,
}

impl Quiet {
    fn new(stop: Stop) -> Self {
        let quiet = Self {
            stop,
            timed_out: Rc::new(Cell::new(false)),
            timer: Cell::new(None),
        };
        quiet.heard();
        quiet
    }

    fn heard(&self) {
        let (stop, timed_out) = (self.stop.clone(), Rc::clone(&self.timed_out));
        self.timer.set(Some(Timeout::new(QUIET_MS, move || {
            timed_out.set(true);
            stop.stop();
        })));
    }

    /// Why the request broke.
    fn why(&self) -> ApiError {
        if self.timed_out.get() {
            ApiError::TimedOut {
                seconds: QUIET_MS / 1000,
            }
        } else if self.stop.is_stopped() {
            ApiError::Cancelled
        } else {
            ApiError::NoConnection
        }
    }
}
