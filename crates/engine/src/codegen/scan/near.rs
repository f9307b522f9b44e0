// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators that take no more than a look, which most do: how long they are and which local they use, without a branch for either, as
//! what comes next is what a processor predicts worst.

use alloc::vec::Vec;

use crate::codegen::{
    fail::{Fail, R},
    lookahead::INDEXED,
};

/// Uses of locals whose index takes one byte. The last of the [`PLACES`] is for operators that use none.
#[derive(Debug, Default)]
pub(super) struct Near {
    pub uses: Vec<u32>,
    pub written: Vec<u8>,
    /// What all operators were, see [`Look`].
    pub seen: u8,
}

/// One for each byte, so that none is out of bounds.
const PLACES: usize = 256;
/// So many of them are locals'.
pub(super) const NEAR: usize = 128;
/// The place that is no local's.
const NOWHERE: u8 = 0xff;

impl Near {
    pub(super) fn clear(&mut self) -> R {
        self.seen = 0;
        self.uses.clear();
        self.written.clear();
        if self.uses.try_reserve(PLACES).is_err() || self.written.try_reserve(PLACES).is_err() {
            return Err(Fail::OutOfMemory);
        }
        self.uses.resize(PLACES, 0);
        self.written.resize(PLACES, 0);
        Ok(())
    }

    /// Notes operators up to the first that takes more than a look, or to the last few bytes: what is left.
    // A function of its own, so that all it works with is in registers.
    #[inline(never)]
    pub(super) fn note<'c>(&mut self, mut code: &'c [u8], weight: u32) -> &'c [u8] {
        let (Some(uses), Some(written)) = (
            self.uses.first_chunk_mut::<PLACES>(),
            self.written.first_chunk_mut::<PLACES>(),
        ) else {
            return code;
        };
        let mut seen = self.seen;
        while let Some(window) = code.first_chunk::<8>() {
            let window = u64::from_le_bytes(*window);
            let look = LOOK[usize::from(window as u8)];
            let first = (window >> 8) as u8;
            // The highest bit of the opcode, and of each byte that is a number's last; as many of the lowest as there are numbers
            // go, and the next one is where the operator ends.
            let mut ends = !window & 0x8080_8080_8080_8080 | 0x80;
            ends &= ends.wrapping_sub(u64::from(look.what & ONE));
            ends &= ends.wrapping_sub(u64::from(look.what >> 1 & ONE));
            let len = ends.trailing_zeros() / 8 + 1;
            // No end: it has more bytes than these.
            if first & look.unusual | look.what & SELDOM != 0 || ends == 0 {
                break;
            }
            let Some(rest) = code.get(len as usize..) else {
                break;
            };
            code = rest;
            seen |= look.what;
            let local = usize::from(first | look.place);
            uses[local] = uses[local].saturating_add(weight);
            written[local] |= look.what & WRITES;
        }
        self.seen = seen;
        code
    }
}

/// What the scan has to do for an operator.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// What follows, and what it does, see below.
    pub what: u8,
    /// Bits of the first byte that follows: with one of them, the operator takes more than a look.
    unusual: u8,
    /// 0 if that byte is a local's index, else [`NOWHERE`].
    place: u8,
}

/// A number follows.
const ONE: u8 = 1;
/// Another one follows.
const TWO: u8 = 1 << 1;
/// The operator works with floats.
pub(super) const FLOAT: u8 = 1 << 2;
/// A local is written.
const WRITES: u8 = 1 << 3;
/// The operator always takes more than a look.
const SELDOM: u8 = 1 << 7;

/// By the first byte.
pub(super) const LOOK: [Look; 256] = {
    let mut look = [Look {
        what: SELDOM,
        unusual: 0,
        place: NOWHERE,
    }; 256];
    let mut opcode = 0;
    while opcode < 256 {
        let place = if matches!(opcode, 0x20..=0x22) {
            0
        } else {
            NOWHERE
        };
        let (what, unusual) = match opcode {
            // An index of more than one byte.
            0x20 => (ONE, 0x80),
            0x21 | 0x22 => (ONE | WRITES, 0x80),
            0x0c | 0x0d | 0x41 | 0x42 => (ONE, 0),
            0x2a | 0x2b | 0x38 | 0x39 => (ONE | TWO | FLOAT, INDEXED),
            0x28..=0x3e => (ONE | TWO, INDEXED),
            0x00 | 0x01 | 0x05 | 0x0f | 0x1a | 0x1b => (0, 0),
            0x5b..=0x66 | 0x8b..=0xa6 | 0xa8..=0xab | 0xae..=0xbf => (FLOAT, 0),
            0x45..=0xc4 => (0, 0),
            _ => (SELDOM, 0),
        };
        look[opcode] = Look {
            what,
            unusual,
            place,
        };
        opcode += 1;
    }
    look
};
