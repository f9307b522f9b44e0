// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators that take no more than a look, which most do: how long they are and which local they use, all in a word by their first byte,
//! without a branch by kind, as what comes next is what a processor predicts worst.

use alloc::vec::Vec;

use crate::codegen::fail::{Fail, R};

/// Uses of locals whose index takes one byte.
#[derive(Debug, Default)]
pub(super) struct Near {
    /// By local, the weight of its uses and [`WRITES`]. Those from [`NEAR`] on are no local's: of no meaning, and never cleared.
    uses: Vec<u64>,
    /// What all operators were.
    pub seen: Look,
}

/// One for each byte, so that none is out of bounds.
const PLACES: usize = 256;
/// So many of them are locals'.
pub(super) const NEAR: usize = 128;

impl Near {
    /// Forgets what was noted of the first `locals` locals.
    pub(super) fn clear(&mut self, locals: usize) -> R {
        self.seen = 0;
        if self.uses.is_empty() {
            if self.uses.try_reserve(PLACES).is_err() {
                return Err(Fail::OutOfMemory);
            }
            self.uses.resize(PLACES, 0);
        }
        for uses in self.uses.iter_mut().take(locals.min(NEAR)) {
            *uses = 0;
        }
        Ok(())
    }

    /// For each of the first locals, the weight of its uses, and whether it is written.
    pub(super) fn locals(&self) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.uses.iter().take(NEAR).map(|uses| {
            let weight = u32::try_from(uses & !WRITES).unwrap_or(u32::MAX);
            (weight, uses & WRITES != 0)
        })
    }

    /// Notes operators up to the first that takes more than a look, or to the last few bytes: what is left.
    // A function of its own, so that all it works with is in registers.
    #[inline(never)]
    pub(super) fn note<'c>(&mut self, mut code: &'c [u8], weight: u32) -> &'c [u8] {
        let Some(uses) = self.uses.first_chunk_mut::<PLACES>() else {
            return code;
        };
        let (mut seen, weight) = (self.seen, u64::from(weight));
        let mut note = |window: u64, look: Look| {
            let local = (window >> 8) as u8 | (look >> PLACE) as u8;
            let uses = &mut uses[usize::from(local)];
            // A body has less than 2^23 operators, and a weight less than 2^16: the highest bit is free.
            *uses = uses.wrapping_add(weight) | look & WRITES;
            seen |= look;
        };
        while let Some(window) = code.first_chunk::<8>() {
            let window = u64::from_le_bytes(*window);
            let look = LOOK[usize::from(window as u8)];
            let mut bits = look >> LENGTH & 0x3f;
            if is_short(window, look) {
                note(window, look);
                // It had three bytes at most, so here are five more: enough for another one.
                let window = window >> bits;
                let look = LOOK[usize::from(window as u8)];
                if is_short(window, look) {
                    note(window, look);
                    bits += look >> LENGTH & 0x3f;
                }
            } else {
                let Some(long) = long(window, look) else {
                    break;
                };
                note(window, look);
                bits = long;
            }
            let Some(rest) = code.get((bits / 8) as usize..) else {
                break;
            };
            code = rest;
        }
        self.seen = seen;
        code
    }
}

/// Whether the operator at the start of `window` is as long as its look says.
#[inline]
fn is_short(window: u64, look: Look) -> bool {
    window as u32 & look as u32 == 0
}

/// The bits of an operator whose last number takes several bytes; `None` if it has more than these, or takes more than a look.
#[inline]
fn long(window: u64, look: Look) -> Option<u64> {
    let (numbers, first) = (look >> NUMBERS & 3, (window >> 8) as u8);
    if numbers == 0 || first & (look >> UNUSUAL) as u8 != 0 {
        return None;
    }
    // The highest bit of each byte that is a number's last, from the last number on.
    let ends = !window & 0x8080_8080_8080_8080 & u64::MAX << (8 * numbers);
    (ends != 0).then(|| u64::from(ends.trailing_zeros()) + 1)
}

/// What the scan has to do for an operator, by its first byte. The low half says which bits its first four bytes do not have, if all numbers
/// that follow take a byte each and nothing is unusual.
pub(super) type Look = u64;

/// Where there is 0 if the byte that follows is a local's index, else the bit that makes it none's.
const PLACE: u32 = 32;
/// Where the length is, in bits.
const LENGTH: u32 = 40;
/// Where there are the bits of the byte that follows with which the operator takes more than a look, however long its numbers are.
const UNUSUAL: u32 = 46;
/// Where the count of the numbers is that follow, the last of which may be long.
const NUMBERS: u32 = 54;
/// The operator works with floats.
pub(super) const FLOAT: Look = 1 << 62;
/// A local is written.
const WRITES: Look = 1 << 63;

/// An operator with so many numbers, and the other bits.
const fn look(numbers: u64, unusual: u8, more: Look) -> Look {
    let continued = match numbers {
        0 => 0,
        1 => 0x8000,
        _ => 0x0080_8000,
    };
    continued
        | (unusual as u64) << 8
        | (NEAR as u64) << PLACE
        | (8 + 8 * numbers) << LENGTH
        | (unusual as u64) << UNUSUAL
        | numbers << NUMBERS
        | more
}

/// By the first byte.
pub(super) const LOOK: [Look; 256] = {
    let mut all = [0; 256];
    let mut opcode = 0;
    while opcode < 256 {
        let local = look(1, 0x80, 0) & !((NEAR as u64) << PLACE);
        all[opcode] = match opcode {
            // An index of more than one byte is unusual.
            0x20 => local,
            0x21 | 0x22 => local | WRITES,
            0x0c | 0x0d | 0x41 | 0x42 => look(1, 0, 0),
            // So are alignments of more than 63, which none has: flags, more bytes.
            0x2a | 0x2b | 0x38 | 0x39 => look(2, 0xc0, FLOAT),
            0x28..=0x3e => look(2, 0xc0, 0),
            0x00 | 0x01 | 0x05 | 0x0f | 0x1a | 0x1b => look(0, 0, 0),
            0x5b..=0x66 | 0x8b..=0xa6 | 0xa8..=0xab | 0xae..=0xbf => look(0, 0, FLOAT),
            0x45..=0xc4 => look(0, 0, 0),
            // Always more than a look: its first byte has its own bits.
            _ => opcode as Look,
        };
        opcode += 1;
    }
    all
};
