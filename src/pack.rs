//! Files read a piece at a time, packed where the browser can.
//!
//! Through `Reflect`, for not every browser has compression streams.

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStream, ReadableStreamDefaultReader, Response};

use crate::browser;
use crate::request::Stop;

/// What a packed file begins with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// How long to work before the page gets its turn, in milliseconds.
const TURN_MS: f64 = 8.0;
/// How many bytes are taken in at once.
const PIECE: u32 = 64 << 10;

/// A file, packed; none where the browser cannot.
pub async fn packed(file: &Blob) -> Option<Blob> {
    whole(&through(&file.stream(), "CompressionStream")?).await
}

/// Sends a stream through another of this name.
fn through(stream: &ReadableStream, name: &str) -> Option<ReadableStream> {
    let class = Reflect::get(&js_sys::global(), &name.into()).ok()?;
    let class: Function = class.dyn_into().ok()?;
    let packer = Reflect::construct(&class, &Array::of1(&"gzip".into())).ok()?;
    let pipe = Reflect::get(stream, &"pipeThrough".into()).ok()?;
    let pipe: Function = pipe.dyn_into().ok()?;
    pipe.call1(stream, &packer).ok()?.dyn_into().ok()
}

/// Why a file could not be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is packed, and this browser cannot unpack it.
    Packed,
    /// The browser could not read it, or it is damaged.
    Broken,
    /// Whoever takes the pieces wants no more, or it was stopped.
    Stopped,
}

/// Whether whoever takes pieces wants more of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// The next one.
    Wanted,
    /// None.
    Enough,
}

/// Reads a file, packed or not, and hands on its pieces; the page gets its turns.
///
/// # Errors
/// Why it was not read to its end.
pub async fn read(
    file: &Blob,
    take: &mut dyn FnMut(&[u8]) -> More,
    stop: &Stop,
) -> Result<(), Unread> {
    let start = file
        .slice_with_i32_and_i32(0, 2)
        .map_err(|_| Unread::Broken)?;
    let start = JsFuture::from(start.array_buffer())
        .await
        .map_err(|_| Unread::Broken)?;
    let stream = if Uint8Array::new(&start).to_vec() == MAGIC {
        through(&file.stream(), "DecompressionStream").ok_or(Unread::Packed)?
    } else {
        file.stream()
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut began = browser::now();
    let mut bytes = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await;
        let piece = piece.map_err(|_| Unread::Broken)?;
        if Reflect::get(&piece, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            return Ok(());
        }
        let value = Reflect::get(&piece, &"value".into()).unwrap_or(JsValue::NULL);
        let value: Uint8Array = value.dyn_into().map_err(|_| Unread::Broken)?;
        let mut from = 0;
        while from < value.length() {
            let to = value.length().min(from.saturating_add(PIECE));
            bytes.resize(usize::try_from(to - from).unwrap_or_default(), 0);
            value.subarray(from, to).copy_to(&mut bytes);
            from = to;
            if take(&bytes) == More::Enough || stop.is_stopped() {
                return Err(Unread::Stopped);
            }
            if browser::now() - began > TURN_MS {
                browser::turn().await;
                began = browser::now();
            }
        }
    }
}

/// A file as it was before it was packed; none where the browser cannot unpack it.
pub async fn unpacked(file: &Blob) -> Option<Blob> {
    let start = file.slice_with_i32_and_i32(0, 2).ok()?;
    let start = JsFuture::from(start.array_buffer()).await.ok()?;
    if Uint8Array::new(&start).to_vec() != MAGIC {
        return Some(file.clone());
    }
    whole(&through(&file.stream(), "DecompressionStream")?).await
}

/// All that comes out of a stream.
async fn whole(stream: &ReadableStream) -> Option<Blob> {
    let response = Response::new_with_opt_readable_stream(Some(stream)).ok()?;
    let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
    blob.dyn_into().ok()
}
