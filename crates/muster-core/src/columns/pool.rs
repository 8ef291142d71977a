//! Storage in pages: nothing is copied when it grows, an address has 32 bits, and what is given up
//! is won back by moving the rest together, page by page.

/// Entries a page, as a power of two.
const SHIFT: u32 = 16;
const PAGE: usize = 1 << SHIFT;

/// Slices of copyable things. One slice never crosses a page; one longer than a page has its own.
#[derive(Debug)]
pub(crate) struct Pool<T> {
    pages: Vec<Vec<T>>,
    /// How many entries were given up.
    dead: usize,
    live: usize,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            pages: Vec::new(),
            dead: 0,
            live: 0,
        }
    }
}

/// Where a slice begins.
pub(crate) type Address = u32;

/// The page in which a slice begins.
pub(crate) const fn page_of(at: Address) -> u32 {
    at >> SHIFT
}

impl<T: Copy> Pool<T> {
    /// Puts parts down one behind the other, as one slice.
    pub(crate) fn push(&mut self, parts: &[&[T]]) -> Address {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if length == 0 {
            return 0;
        }
        let fits = self
            .pages
            .last()
            .is_some_and(|page| page.len() < PAGE && page.len() + length <= PAGE);
        if !fits {
            self.pages.push(Vec::with_capacity(length.max(PAGE)));
        }
        let at = self.pages.len().saturating_sub(1);
        let mut offset = 0;
        if let Some(page) = self.pages.last_mut() {
            offset = page.len();
            let parts = parts.iter().filter(|part| !part.is_empty());
            parts.for_each(|part| page.extend_from_slice(part));
        }
        self.live += length;
        // 2^32 entries do not fit into a browser's memory.
        u32::try_from((at << SHIFT) | offset).unwrap_or(u32::MAX)
    }

    /// The slice of this length that begins there.
    #[inline]
    pub(crate) fn get(&self, at: Address, length: u32) -> &[T] {
        let offset = at as usize & (PAGE - 1);
        self.pages
            .get(at as usize >> SHIFT)
            .and_then(|page| page.get(offset..offset + length as usize))
            .unwrap_or_default()
    }

    /// What stands in a page from there on, as far as so many entries.
    pub(crate) fn ahead(&self, at: Address, most: u32) -> &[T] {
        let offset = at as usize & (PAGE - 1);
        let page = self.pages.get(at as usize >> SHIFT).map(Vec::as_slice);
        let behind = page.and_then(|page| page.get(offset..)).unwrap_or_default();
        behind.get(..most as usize).unwrap_or(behind)
    }

    /// Puts other parts in place of a slice, where it is or somewhere else.
    pub(crate) fn replace(&mut self, at: Address, length: u32, parts: &[&[T]]) -> Address {
        let new: usize = parts.iter().map(|part| part.len()).sum();
        let old = length as usize;
        if new == 0 || new > old {
            self.give_up(length);
            return self.push(parts);
        }
        let offset = at as usize & (PAGE - 1);
        let room = self
            .pages
            .get_mut(at as usize >> SHIFT)
            .and_then(|page| page.get_mut(offset..offset + new));
        if let Some(mut room) = room {
            for part in parts {
                let (here, behind) = room.split_at_mut(part.len().min(room.len()));
                here.copy_from_slice(part.get(..here.len()).unwrap_or_default());
                room = behind;
            }
        }
        self.dead += old - new;
        self.live -= old - new;
        at
    }

    /// A slice is not needed any more.
    pub(crate) fn give_up(&mut self, length: u32) {
        self.dead += length as usize;
        self.live = self.live.saturating_sub(length as usize);
    }

    /// Whether so much was given up that moving the rest together is worth it.
    pub(crate) const fn is_loose(&self) -> bool {
        self.dead > PAGE && self.dead * 4 > self.live
    }

    /// Moves the slices together. `slices` are all that are in use, in the order of their
    /// addresses, which are changed in place. Of the old pages and the new ones there are never
    /// more than one or two at once beside each other.
    pub(crate) fn pack<'a>(&mut self, slices: impl Iterator<Item = (&'a mut Address, u32)>) {
        let mut old = std::mem::take(&mut self.pages);
        self.dead = 0;
        self.live = 0;
        let mut passed = 0;
        for (at, length) in slices {
            let page = *at as usize >> SHIFT;
            while passed < page {
                if let Some(page) = old.get_mut(passed) {
                    *page = Vec::new();
                }
                passed += 1;
            }
            let offset = *at as usize & (PAGE - 1);
            let slice = old
                .get(page)
                .and_then(|page| page.get(offset..offset + length as usize))
                .unwrap_or_default();
            *at = self.push(&[slice]);
        }
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        let entries: usize = self.pages.iter().map(Vec::capacity).sum();
        entries * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_longer_than_a_page_has_its_own() {
        let mut pool = Pool::default();
        let long = vec![7u8; PAGE + 5];
        let first = pool.push(&[b"ab", b"c"]);
        let second = pool.push(&[&long]);
        let third = pool.push(&[b"de"]);
        assert_eq!(pool.get(first, 3), b"abc");
        assert_eq!(pool.get(second, u32::try_from(long.len()).unwrap()), long);
        assert_eq!(pool.get(third, 2), b"de");
        assert_eq!(pool.push(&[]), 0);
        assert_eq!(pool.get(third, 0), b"");
    }

    proptest! {
        #[test]
        fn slices_stay_what_they_are(
            steps in proptest::collection::vec((0usize..12, 0usize..40_000, any::<u8>(), 0u8..4), 1..60)
        ) {
            let mut pool = Pool::default();
            let mut known: Vec<(Address, Vec<u8>)> = Vec::new();
            for (place, length, byte, kind) in steps {
                let new = vec![byte; length];
                match (kind, known.get_mut(place)) {
                    (0, Some((at, old))) => {
                        *at = pool.replace(*at, u32::try_from(old.len()).unwrap(), &[&new]);
                        *old = new;
                    }
                    (1, Some(_)) => {
                        let (_, old) = known.swap_remove(place);
                        pool.give_up(u32::try_from(old.len()).unwrap());
                    }
                    (2, Some(_)) => {
                        known.sort_by_key(|(at, _)| *at);
                        pool.pack(known.iter_mut().map(|(at, old)| (at, u32::try_from(old.len()).unwrap())));
                        prop_assert!(!pool.is_loose());
                    }
                    _ => known.push((pool.push(&[&new]), new)),
                }
                for (at, slice) in &known {
                    prop_assert_eq!(pool.get(*at, u32::try_from(slice.len()).unwrap()), slice.as_slice());
                }
            }
        }
    }
}
