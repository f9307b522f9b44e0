// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The guest's memory as host functions see it: every pointer and length is the guest's word and is checked here.
//!
//! Addresses and lengths are 32 bits wide and are added in 64, so nothing wraps. No alignment is assumed.

use alloc::vec::Vec;

use crate::{
    speculation::guarded,
    sys::{Bytes, BytesMut},
    Errno,
};

/// Most buffers in one scattered read or gathered write, as in Linux.
pub const IOV_MAX: u32 = 1024;

/// Bytes of one `iovec` / `ciovec` of WASI: pointer and length.
const IOVEC_SIZE: u64 = 8;

/// The calling instance's memory during one host call. Its other threads may change it at any time: what is in it is copied, once,
/// and never referenced.
#[derive(Clone, Copy, Debug)]
pub struct Memory<'a>(BytesMut<'a>);

impl<'a> Memory<'a> {
    /// Memory that nobody else has.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self::of(BytesMut::new(bytes))
    }

    pub(crate) fn of(bytes: BytesMut<'a>) -> Self {
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

    /// `N` bytes at `at`, copied.
    pub fn get<const N: usize>(&self, at: u32) -> Result<[u8; N], Errno> {
        let mut bytes = [0; N];
        self.load(at, &mut bytes)?;
        Ok(bytes)
    }

    /// Copies what is at `at` into `into`.
    pub fn load(&self, at: u32, into: &mut [u8]) -> Result<(), Errno> {
        let span = self.check(at, into.len() as u64)?;
        let into = into.get_mut(..span.len).ok_or(Errno::Fault)?;
        let there = self.0.as_bytes().load(span.offset, into);
        there.then_some(()).ok_or(Errno::Fault)
    }

    /// Appends a copy of the `len` bytes at `at` to `into`. The caller has limited `len`.
    ///
    /// # Errors
    ///
    /// `Fault`, `NoMem`.
    pub fn append(&self, at: u32, len: u32, into: &mut Vec<u8>) -> Result<(), Errno> {
        let before = into.len();
        let span = self.check(at, len.into())?;
        into.try_reserve_exact(span.len)?;
        into.resize(before.saturating_add(span.len), 0);
        self.load(at, into.get_mut(before..).unwrap_or_default())
    }

    /// Stores `bytes` at `at`.
    pub fn put(&self, at: u32, bytes: &[u8]) -> Result<(), Errno> {
        let span = self.check(at, bytes.len() as u64)?;
        let bytes = bytes.get(..span.len).ok_or(Errno::Fault)?;
        let there = self.0.store(span.offset, bytes);
        there.then_some(()).ok_or(Errno::Fault)
    }

    /// Loads a little-endian word.
    pub fn u32(&self, at: u32) -> Result<u32, Errno> {
        self.get(at).map(u32::from_le_bytes)
    }

    /// Stores a little-endian word.
    pub fn put_u32(&self, at: u32, value: u32) -> Result<(), Errno> {
        self.put(at, &value.to_le_bytes())
    }

    /// Stores a little-endian double word.
    pub fn put_u64(&self, at: u32, value: u64) -> Result<(), Errno> {
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
        self.check(at, u64::from(count) * IOVEC_SIZE)?;
        spans.try_reserve(count as usize)?;
        let mut total = 0u64;
        for index in 0..count {
            // Cannot overflow: the array lies in memory. Both halves are read at once, and only here.
            let iovec = self.get(at.wrapping_add(index * IOVEC_SIZE as u32))?;
            let iovec = u64::from_le_bytes(iovec);
            let span = self.check(iovec as u32, iovec >> 32)?;
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
    pub fn scatter<'b>(&'b self, spans: &'b [Span]) -> Scatter<'b> {
        Scatter {
            memory: self.0,
            cursor: Cursor { spans, skip: 0 },
        }
    }

    /// The buffers `spans` of this memory, to be read.
    pub fn gather<'b>(&'b self, spans: &'b [Span]) -> Gather<'b> {
        Gather {
            memory: self.0.as_bytes(),
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
    memory: BytesMut<'a>,
    cursor: Cursor<'a>,
}

impl Scatter<'_> {
    /// The ranges left, in order, none empty; all lie below [`Scatter::limit`].
    pub fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.cursor.spans()
    }

    /// Where the memory that the spans lie in begins. It can be written while the scatter lives, by copies only: others may do so
    /// too.
    pub fn base(&self) -> *mut u8 {
        self.memory.base()
    }

    /// The length of that memory.
    pub fn limit(&self) -> usize {
        self.memory.len()
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
            let (now, later) = left.split_at(span.len.min(left.len()));
            if !self.memory.store(span.offset, now) {
                break;
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
    memory: Bytes<'a>,
    cursor: Cursor<'a>,
}

impl<'a> Gather<'a> {
    /// The buffers `spans` of `memory`; parts outside are left out.
    pub fn new(memory: &'a [u8], spans: &'a [Span]) -> Self {
        Self {
            memory: Bytes::new(memory),
            cursor: Cursor { spans, skip: 0 },
        }
    }

    /// The ranges left, in order, none empty.
    pub fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.cursor.spans()
    }

    /// Where the memory that the spans lie in begins. It can be read while the gather lives, by copies only: others may change it
    /// meanwhile.
    pub fn base(&self) -> *const u8 {
        self.memory.base()
    }

    /// The length of that memory.
    pub fn limit(&self) -> usize {
        self.memory.len()
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
        for span in self.cursor.spans() {
            let room = into.get_mut(done..).unwrap_or_default();
            let n = span.len.min(room.len());
            let room = room.get_mut(..n).unwrap_or_default();
            if n == 0 || !self.memory.load(span.offset, room) {
                break;
            }
            done += n;
        }
        done
    }
}
