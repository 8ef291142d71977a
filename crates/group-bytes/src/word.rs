//! Eight bytes looked at as one number. What the compiler would make sixteen at a time elsewhere it leaves one by one in the
//! app, and to compare a few is a call there.

/// The lowest bit of each byte; times a byte, that byte eight times.
pub const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte.
pub const HIGH: u64 = ONES * 0x80;

/// Whether eight bytes are the same as eight others.
#[must_use]
#[inline]
pub const fn is_same_word(a: &[u8; 8], b: &[u8; 8]) -> bool {
    u64::from_le_bytes(*a) == u64::from_le_bytes(*b)
}
