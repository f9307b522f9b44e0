// SPDX-License-Identifier: GPL-2.0
//! Guest buffers as `struct kvec`s: the kernel copies from and to them, and other threads of the program may change them meanwhile.

use kernel::{bindings, prelude::*};
use wasmk_abi::{Errno, Gather, Scatter, Span, IOV_MAX};

/// Most bytes of one operation: longer ones are done in pieces.
const BYTES_MAX: usize = 4 << 20;

/// Buffers that fit without allocation.
const INLINE: usize = 8;

/// The first buffers of a transfer.
pub(super) struct Buffers {
    inline: [bindings::kvec; INLINE],
    more: KVVec<bindings::kvec>,
    count: usize,
    len: usize,
}

/// How much of a transfer to take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// As many buffers and bytes as are convenient.
    No,
    /// All of them: a datagram.
    Yes,
}

impl Buffers {
    /// Buffers to be filled. Pointers stay valid while the scatter lives.
    pub(super) fn to_fill(scatter: &Scatter<'_>, whole: Whole) -> Result<Self, Errno> {
        Self::new(scatter.spans(), scatter.base(), scatter.limit(), whole)
    }

    /// Buffers to be read.
    pub(super) fn to_read(gather: &Gather<'_>, whole: Whole) -> Result<Self, Errno> {
        // Never written through: the kernel's vectors have no constant form.
        let base = gather.base().cast_mut();
        Self::new(gather.spans(), base, gather.limit(), whole)
    }

    fn new(
        spans: impl Iterator<Item = Span>,
        base: *mut u8,
        limit: usize,
        whole: Whole,
    ) -> Result<Self, Errno> {
        let empty = bindings::kvec {
            iov_base: core::ptr::null_mut(),
            iov_len: 0,
        };
        let mut buffers = Self {
            inline: [empty; INLINE],
            more: KVVec::new(),
            count: 0,
            len: 0,
        };
        for span in spans {
            let most = if whole == Whole::Yes {
                usize::MAX
            } else {
                BYTES_MAX
            };
            let room = most
                .saturating_sub(buffers.len)
                .min(limit.saturating_sub(span.offset()));
            let len = span.len().min(room);
            if len == 0 {
                break;
            }
            let vec = bindings::kvec {
                iov_base: base.wrapping_add(span.offset()).cast(),
                iov_len: len,
            };
            if !buffers.push(vec, whole)? {
                break;
            }
            if len < span.len() {
                break;
            }
        }
        Ok(buffers)
    }

    /// Adds a buffer; false when there is no room and no need.
    fn push(&mut self, vec: bindings::kvec, whole: Whole) -> Result<bool, Errno> {
        if let (true, Some(slot)) = (self.more.is_empty(), self.inline.get_mut(self.count)) {
            *slot = vec;
        } else if whole == Whole::No {
            return Ok(false);
        } else {
            if self.more.is_empty() {
                let room = IOV_MAX as usize;
                self.more
                    .reserve(room, GFP_KERNEL)
                    .map_err(|_| Errno::NoMem)?;
                self.more
                    .extend_from_slice(&self.inline, GFP_KERNEL)
                    .map_err(|_| Errno::NoMem)?;
            }
            self.more.push(vec, GFP_KERNEL).map_err(|_| Errno::NoMem)?;
        }
        self.count += 1;
        self.len = self.len.saturating_add(vec.iov_len);
        Ok(true)
    }

    /// Keeps the first `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        let mut left = len;
        let vecs = if self.more.is_empty() {
            &mut self.inline[..]
        } else {
            &mut self.more[..]
        };
        let mut count = 0;
        for vec in vecs.iter_mut().take(self.count) {
            if left == 0 {
                break;
            }
            vec.iov_len = vec.iov_len.min(left);
            left -= vec.iov_len;
            count += 1;
        }
        self.count = count;
        self.len = len - left;
    }

    /// The vectors.
    pub(super) fn as_mut_ptr(&mut self) -> *mut bindings::kvec {
        if self.more.is_empty() {
            self.inline.as_mut_ptr()
        } else {
            self.more.as_mut_ptr()
        }
    }

    /// Their number.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Their bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}
