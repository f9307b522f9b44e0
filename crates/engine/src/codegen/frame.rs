// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The stack frame of a function, from `rsp` up:
//!
//! | offset | what |
//! |---|---|
//! | 0 | the function's own `r14` (only if it calls through function records) |
//! | … | one home for each local |
//! | … | one slot for each entry of the value stack, as far as used |
//! | size | return address |
//! | size + 8 | stack parameters, then stack results (see ARCHITECTURE.md, "Calling convention") |
//!
//! The size is known when the body ends; the few instructions that contain it are patched then. While a call with stack
//! parameters or results is made, `rsp` is lower by the size of their area (`pushed`).
//!
//! Homes and slots have 8 bytes, or 16 in functions that use vectors. Nothing is aligned to more than 8.
//!
//! The high half of a slot that holds an i32 or f32 is zero (of the first 8 bytes); that of a local's home means nothing.

use alloc::vec::Vec;

use super::fail::{push, Fail, R};
use crate::isa::x64::{
    operand::{mem, Mem},
    regs::RSP,
};

/// Most bytes of a frame.
pub(super) const MAX_FRAME: u32 = 64 << 20;

#[derive(Debug, Default)]
pub(super) struct Frame {
    /// Bytes of a home or slot: 8 or 16.
    stride: u32,
    /// Offset of the home of local 0.
    locals: u32,
    /// Offset of slot 0.
    slots: u32,
    /// Slots used.
    used: u32,
    /// Bytes that a call being made has taken below the frame.
    pushed: u32,
    /// The most that any call has taken.
    most_pushed: u32,
    /// Offsets of 4-byte fields to which the frame's size is added.
    patches: Vec<u32>,
}

impl Frame {
    /// A new function; `vectors` if it has values of 128 bits.
    pub(super) fn reset(&mut self, saves_instance: bool, locals: u32, vectors: bool) -> R {
        self.stride = if vectors { 16 } else { 8 };
        self.locals = if saves_instance { 8 } else { 0 };
        self.slots = locals
            .checked_mul(self.stride)
            .and_then(|bytes| bytes.checked_add(self.locals))
            .ok_or(TOO_LARGE)?;
        self.used = 0;
        self.pushed = 0;
        self.most_pushed = 0;
        self.patches.clear();
        self.size().map(drop)
    }

    /// Bytes of a home or slot.
    pub(super) fn stride(&self) -> u32 {
        self.stride
    }

    /// Whether homes and slots have room for vectors.
    pub(super) fn has_vectors(&self) -> bool {
        self.stride == 16
    }

    /// Where the function's own `r14` is.
    pub(super) fn instance(&self) -> Mem {
        mem(RSP, self.pushed as i32)
    }

    /// The home of a local. Frames are far smaller than 2 GiB, see [`Frame::size`].
    pub(super) fn local(&self, index: u32) -> Mem {
        let offset = self
            .locals
            .wrapping_add(index.wrapping_mul(self.stride))
            .wrapping_add(self.pushed);
        mem(RSP, offset as i32)
    }

    /// The slot of entry `index`, to read it.
    pub(super) fn slot(&self, index: u32) -> Mem {
        let offset = self
            .slots
            .wrapping_add(index.wrapping_mul(self.stride))
            .wrapping_add(self.pushed);
        mem(RSP, offset as i32)
    }

    /// The slot of entry `index`, to write it: makes it part of the frame.
    pub(super) fn slot_mut(&mut self, index: u32) -> Mem {
        self.used = self.used.max(index.saturating_add(1));
        self.slot(index)
    }

    /// Bytes of the frame so far.
    pub(super) fn size(&self) -> R<u32> {
        let size = self
            .used
            .checked_mul(self.stride)
            .and_then(|bytes| bytes.checked_add(self.slots))
            .ok_or(TOO_LARGE)?;
        if size > MAX_FRAME {
            return Err(TOO_LARGE);
        }
        Ok(size)
    }

    /// How far below its entry the function takes `rsp`: the frame, and the largest area of a call.
    pub(super) fn depth(&self) -> R<u32> {
        self.size()?.checked_add(self.most_pushed).ok_or(TOO_LARGE)
    }

    /// The 4-byte field at `offset` of the code needs the size added.
    pub(super) fn patch_later(&mut self, offset: u32) -> R {
        push(&mut self.patches, offset)
    }

    pub(super) fn patches(&self) -> &[u32] {
        &self.patches
    }

    /// `rsp` went down by `bytes`.
    pub(super) fn lower(&mut self, bytes: u32) {
        self.pushed = self.pushed.wrapping_add(bytes);
        self.most_pushed = self.most_pushed.max(self.pushed);
    }

    /// `rsp` went back up by `bytes`.
    pub(super) fn raise(&mut self, bytes: u32) {
        self.pushed = self.pushed.wrapping_sub(bytes);
    }
}

const TOO_LARGE: Fail = Fail::Limit(&("bytes of a stack frame", MAX_FRAME as u64));
