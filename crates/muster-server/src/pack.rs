//! Compressing replies with brotli, fast: a long list shrinks to a sixth for little more time than it takes to make.
//!
//! Quality 1 is what one core makes at some 200 MB a second; what goes in comes out at once, without flushing. gzip
//! and zstd are not offered: every browser that can run the app takes brotli.

use axum::http::{HeaderMap, header};
use std::io::{self, Write as _};

/// Below this many bytes a reply is sent as it is: it fits into one packet either way.
pub(crate) const TINY: usize = 1024;

const QUALITY: u32 = 1;
/// The window's size as a power of two: as much as goes in at once. Four times as much makes a list 4 % smaller and
/// takes twice the memory for each reader.
const WINDOW: u32 = 16;
/// What comes out of a piece, with room to spare.
const BUFFER: usize = 32 * 1024;

/// In what form a body goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Plain,
    /// Compressed.
    Brotli,
}

/// The form that a client takes.
pub(crate) fn accepted(headers: &HeaderMap) -> Coding {
    let brotli = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            name.eq_ignore_ascii_case("br") && weight.is_some_and(|q| q > 0.0)
        });
    if brotli {
        Coding::Brotli
    } else {
        Coding::Plain
    }
}

/// Compresses piece by piece.
pub(crate) struct Packer(brotli::CompressorWriter<Vec<u8>>);

impl Packer {
    pub fn new() -> Self {
        Self(brotli::CompressorWriter::new(
            Vec::new(),
            BUFFER,
            QUALITY,
            WINDOW,
        ))
    }

    /// Takes a piece in and gives what can leave now.
    pub fn pack(&mut self, piece: &[u8]) -> io::Result<Vec<u8>> {
        self.0.write_all(piece)?;
        Ok(std::mem::take(self.0.get_mut()))
    }

    /// The end, without which the rest is not whole.
    pub fn end(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

/// A whole body in the form that the client takes, unless it is tiny.
pub(crate) fn whole(bytes: Vec<u8>, accepted: Coding) -> io::Result<(Vec<u8>, Coding)> {
    if accepted == Coding::Plain || bytes.len() < TINY {
        return Ok((bytes, Coding::Plain));
    }
    let mut packer = Packer::new();
    let mut packed = packer.pack(&bytes)?;
    packed.extend(packer.end());
    Ok((packed, Coding::Brotli))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn brotli_only_where_it_is_taken() {
        let with = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            }
            accepted(&headers)
        };
        for yes in [
            &["br"][..],
            &["gzip, deflate, br, zstd"],
            &["gzip;q=1.0, BR ; q=0.1"],
            &["gzip", "br"],
        ] {
            assert_eq!(with(yes), Coding::Brotli, "{yes:?}");
        }
        for no in [
            &[][..],
            &[""],
            &["gzip"],
            &["br;q=0"],
            &["br; q=0.000"],
            &["br;q=x"],
            &["brotli"],
            &["*"],
        ] {
            assert_eq!(with(no), Coding::Plain, "{no:?}");
        }
    }

    #[test]
    fn every_piece_brings_bytes_at_once() {
        let mut packer = Packer::new();
        let piece: Vec<u8> = (0..32 * 1024_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        for _ in 0..4 {
            assert!(!packer.pack(&piece).unwrap().is_empty());
        }
    }
}
