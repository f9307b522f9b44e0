// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The guest's memory as host functions see it: every pointer and length is the guest's word and is checked here.
//!
//! Addresses and lengths are 32 bits wide and are added in 64, so nothing wraps. No alignment is assumed.

use alloc::vec::Vec;

use crate::{speculation::guarded, Errno};

/// Most buffers in one scattered read or gathered write, as in Linux.
pub const IOV_MAX: u32 = 1024;

/// Bytes of one `iovec` / `ciovec` of WASI: pointer and length.
const IOVEC_SIZE: u64 = 8;

/// The calling instance's memory during one host call.
#[derive(Debug)]
pub struct Memory<'a>(&'a mut [u8]);

impl<'a> Memory<'a> {
    /// Wraps the memory.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self(bytes)
    }

    /// Checks that `len` bytes at `at` exist.
    pub fn check(&self, at: u32, len: u64) -> Result<Span, Errno> {
        let end = u64::from(at).checked_add(len).ok_or(Errno::Fault)?;
        let size = self.0.len();
        if end > size as u64 {
            return Err(Errno::Fault);
        }
        // The last address plus one is within the size, so also on this side of a mispredicted branch.
        let safe = |value: usize| guarded(value, end as usize, size.wrapping_add(1));
        Ok(Span {
            offset: safe(at as usize),
            len: safe(len as usize),
        })
    }

    /// `len` bytes at `at`.
    pub fn bytes(&self, at: u32, len: u32) -> Result<&[u8], Errno> {
        let span = self.check(at, len.into())?;
        self.0.get(span.range()).ok_or(Errno::Fault)
    }

    /// `len` bytes at `at`, to be written.
    pub fn bytes_mut(&mut self, at: u32, len: u32) -> Result<&mut [u8], Errno> {
        let span = self.check(at, len.into())?;
        self.0.get_mut(span.range()).ok_or(Errno::Fault)
    }

    /// `N` bytes at `at`, copied.
    pub fn get<const N: usize>(&self, at: u32) -> Result<[u8; N], Errno> {
        let span = self.check(at, N as u64)?;
        let bytes = self.0.get(span.range()).ok_or(Errno::Fault)?;
        bytes.try_into().map_err(|_| Errno::Fault)
    }

    /// Stores `bytes` at `at`.
    pub fn put(&mut self, at: u32, bytes: &[u8]) -> Result<(), Errno> {
        let span = self.check(at, bytes.len() as u64)?;
        self.0
            .get_mut(span.range())
            .ok_or(Errno::Fault)?
            .copy_from_slice(bytes);
        Ok(())
    }

    /// Loads a little-endian word.
    pub fn u32(&self, at: u32) -> Result<u32, Errno> {
        self.get(at).map(u32::from_le_bytes)
    }

    /// Stores a little-endian word.
    pub fn put_u32(&mut self, at: u32, value: u32) -> Result<(), Errno> {
        self.put(at, &value.to_le_bytes())
    }

    /// Stores a little-endian double word.
    pub fn put_u64(&mut self, at: u32, value: u64) -> Result<(), Errno> {
        self.put(at, &value.to_le_bytes())
    }

    /// Reads the `count` buffers described at `at` into `spans`; their total is below 4 GiB.
    ///
    /// # Errors
    ///
    /// `Inval` for more than [`IOV_MAX`] buffers or a total of 2^32 and above; `Fault` for one outside the memory.
    pub fn iovecs(&self, at: u32, count: u32, spans: &mut Vec<Span>) -> Result<(), Errno> {
        spans.clear();
        if count > IOV_MAX {
            return Err(Errno::Inval);
        }
        let array = self.check(at, u64::from(count) * IOVEC_SIZE)?;
        let array = self.0.get(array.range()).ok_or(Errno::Fault)?;
        spans.try_reserve(count as usize)?;
        let mut total = 0u64;
        for iovec in array.chunks_exact(IOVEC_SIZE as usize) {
            let [a, b, c, d, e, f, g, h] = *iovec else {
                return Err(Errno::Fault);
            };
            let span = self.check(
                u32::from_le_bytes([a, b, c, d]),
                u32::from_le_bytes([e, f, g, h]).into(),
            )?;
            total += span.len as u64;
            if span.len > 0 {
                spans.push(span);
            }
        }
        if total > u64::from(u32::MAX) {
            return Err(Errno::Inval);
        }
        Ok(())
    }

    /// The buffers `spans` of this memory, to be filled.
    pub fn scatter<'b>(&'b mut self, spans: &'b [Span]) -> Scatter<'b> {
        Scatter {
            memory: self.0,
            cursor: Cursor { spans, skip: 0 },
        }
    }

    /// The buffers `spans` of this memory, to be read.
    pub fn gather<'b>(&'b self, spans: &'b [Span]) -> Gather<'b> {
        Gather {
            memory: self.0,
            cursor: Cursor { spans, skip: 0 },
        }
    }
}

/// A checked range of guest memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    offset: usize,
    len: usize,
}

impl Span {
    /// All of a buffer that is `len` bytes long, for a [`Gather::new`] over memory of the host's own.
    pub fn whole(len: usize) -> Self {
        Self { offset: 0, len }
    }

    /// Offset of the first byte.
    pub fn offset(self) -> usize {
        self.offset
    }

    /// Length, bytes; not zero.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        self.len
    }

    fn range(self) -> core::ops::Range<usize> {
        self.offset..self.offset.saturating_add(self.len)
    }
}

/// What is left of a list of buffers.
#[derive(Clone, Copy, Debug)]
struct Cursor<'a> {
    spans: &'a [Span],
    /// Bytes of the first span that are done.
    skip: usize,
}

impl Cursor<'_> {
    fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.spans.iter().enumerate().map(|(i, span)| {
            let skip = if i == 0 { self.skip.min(span.len) } else { 0 };
            Span {
                offset: span.offset.saturating_add(skip),
                len: span.len - skip,
            }
        })
    }

    fn advance(&mut self, mut bytes: usize) {
        while let Some((first, rest)) = self.spans.split_first() {
            let left = first.len.saturating_sub(self.skip);
            if bytes < left {
                self.skip += bytes;
                return;
            }
            bytes -= left;
            (self.spans, self.skip) = (rest, 0);
        }
    }

    fn len(&self) -> usize {
        self.spans()
            .fold(0, |sum, span| sum.saturating_add(span.len))
    }
}

/// Buffers in guest memory to be filled in order. They may overlap: later bytes win.
#[derive(Debug)]
pub struct Scatter<'a> {
    memory: &'a mut [u8],
    cursor: Cursor<'a>,
}

impl Scatter<'_> {
    /// The ranges left, in order, none empty; all lie within [`Scatter::memory`].
    pub fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.cursor.spans()
    }

    /// The memory that the spans lie in.
    pub fn memory(&mut self) -> &mut [u8] {
        self.memory
    }

    /// The first buffer left.
    pub fn first(&mut self) -> Option<&mut [u8]> {
        let span = self.cursor.spans().next()?;
        self.memory.get_mut(span.range())
    }

    /// Bytes left.
    pub fn len(&self) -> usize {
        self.cursor.len()
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.cursor.spans.is_empty()
    }

    /// Counts the next `bytes` as filled.
    pub fn advance(&mut self, bytes: usize) {
        self.cursor.advance(bytes);
    }

    /// Stores `bytes` from the first byte left on, as far as there is room, and returns how many. Does not advance.
    pub fn store(&mut self, bytes: &[u8]) -> usize {
        let mut left = bytes;
        for span in self.cursor.spans() {
            let n = span.len.min(left.len());
            let (now, later) = left.split_at(n);
            if let Some(to) = self
                .memory
                .get_mut(span.offset..span.offset.saturating_add(n))
            {
                to.copy_from_slice(now);
            }
            left = later;
            if left.is_empty() {
                break;
            }
        }
        bytes.len() - left.len()
    }
}

/// Buffers in guest memory to be read in order.
#[derive(Clone, Copy, Debug)]
pub struct Gather<'a> {
    memory: &'a [u8],
    cursor: Cursor<'a>,
}

impl<'a> Gather<'a> {
    /// The buffers `spans` of `memory`; parts outside are left out.
    pub fn new(memory: &'a [u8], spans: &'a [Span]) -> Self {
        Self {
            memory,
            cursor: Cursor { spans, skip: 0 },
        }
    }

    /// The ranges left, in order, none empty.
    pub fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.cursor.spans()
    }

    /// The memory that the spans lie in.
    pub fn memory(&self) -> &'a [u8] {
        self.memory
    }

    /// The buffers left, in order, none empty.
    pub fn slices(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        let memory = self.memory;
        self.cursor
            .spans()
            .filter_map(move |span| memory.get(span.range()))
    }

    /// Bytes left.
    pub fn len(&self) -> usize {
        self.cursor.len()
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.cursor.spans.is_empty()
    }

    /// Counts the next `bytes` as done.
    pub fn advance(&mut self, bytes: usize) {
        self.cursor.advance(bytes);
    }

    /// Copies the next bytes into `into`, as many as there are and fit, and returns their number. Does not advance.
    pub fn load(&self, into: &mut [u8]) -> usize {
        let mut done = 0;
        for slice in self.slices() {
            let Some(room) = into.get_mut(done..) else {
                break;
            };
            let n = slice.len().min(room.len());
            for (to, from) in room.iter_mut().zip(slice) {
                *to = *from;
            }
            done += n;
            if n < slice.len() {
                break;
            }
        }
        done
    }
}
