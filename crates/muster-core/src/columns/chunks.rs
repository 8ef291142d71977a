//! A list that grows without being copied.

const SHIFT: u32 = 10;
const CHUNK: usize = 1 << SHIFT;

/// Things by number, in chunks.
#[derive(Debug)]
pub(crate) struct Chunks<T> {
    chunks: Vec<Vec<T>>,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T> Chunks<T> {
    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.chunks
            .get(number as usize >> SHIFT)?
            .get(number as usize & (CHUNK - 1))
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.chunks
            .get_mut(number as usize >> SHIFT)?
            .get_mut(number as usize & (CHUNK - 1))
    }

    /// Adds one and says its number.
    pub(crate) fn push(&mut self, thing: T) -> u32 {
        if self.chunks.last().is_none_or(|last| last.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let before = (self.chunks.len().saturating_sub(1)) << SHIFT;
        let mut number = before;
        if let Some(last) = self.chunks.last_mut() {
            number += last.len();
            last.push(thing);
        }
        // Four thousand million rows do not fit into a browser's memory.
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    pub(crate) fn len(&self) -> u32 {
        let whole = self.chunks.len().saturating_sub(1) << SHIFT;
        u32::try_from(whole + self.chunks.last().map_or(0, Vec::len)).unwrap_or(u32::MAX)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten()
    }
}
