// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Writing bytes of code, and making room for them.

use super::{AsmError, Assembler};

/// Bytes that are made ready to be written at once.
const CHUNK: usize = 16 << 10;
/// Most bytes that [`Assembler::emit`] takes: no instruction is longer.
const WIDEST: usize = 16;

/// What `dynasm!` calls, and the encoder of single instructions.
impl Assembler {
    /// Emits one byte.
    pub fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    /// Emits one byte.
    pub fn push_i8(&mut self, value: i8) {
        self.extend(&value.to_le_bytes());
    }

    /// Emits two bytes.
    pub fn push_i16(&mut self, value: i16) {
        self.extend(&value.to_le_bytes());
    }

    /// Emits four bytes.
    pub fn push_i32(&mut self, value: i32) {
        self.extend(&value.to_le_bytes());
    }

    /// Emits eight bytes.
    pub fn push_i64(&mut self, value: i64) {
        self.extend(&value.to_le_bytes());
    }

    /// Emits two bytes.
    pub fn push_u16(&mut self, value: u16) {
        self.extend(&value.to_le_bytes());
    }

    /// Emits four bytes.
    pub fn push_u32(&mut self, value: u32) {
        self.extend(&value.to_le_bytes());
    }

    /// Emits eight bytes.
    pub fn push_u64(&mut self, value: u64) {
        self.extend(&value.to_le_bytes());
    }

    /// Emits `bytes`.
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) {
        let room = self.code.get_mut(self.len..);
        match room.and_then(|room| room.get_mut(..bytes.len())) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len += bytes.len();
            }
            None => self.extend_slowly(bytes),
        }
    }

    #[cold]
    fn extend_slowly(&mut self, bytes: &[u8]) {
        if self.make_room(bytes.len()) {
            self.extend(bytes);
        }
    }

    /// Emits the low `len` bytes (at most [`WIDEST`]) of `bits`, the lowest first. Always writes all of them, which is quicker than a
    /// copy of so many bytes as there are; the next ones are written over the rest.
    #[inline]
    pub fn emit(&mut self, bits: u128, len: u32) {
        let room = self.code.get_mut(self.len..);
        match room.and_then(|room| room.first_chunk_mut::<WIDEST>()) {
            Some(room) => {
                *room = bits.to_le_bytes();
                self.len += len as usize;
            }
            None => self.emit_slowly(bits, len),
        }
    }

    /// Emits the low `head_len` bytes (at most 7) of `head`, then the low `tail_len` bytes of `tail`, in the same way.
    #[inline]
    pub fn emit_two(&mut self, (head, head_len): (u64, u32), (tail, tail_len): (u64, u32)) {
        let room = self.code.get_mut(self.len..);
        match room.and_then(|room| room.first_chunk_mut::<WIDEST>()) {
            Some(room) => {
                let at = head_len as usize & 7;
                room[..8].copy_from_slice(&head.to_le_bytes());
                room[at..at + 8].copy_from_slice(&tail.to_le_bytes());
                self.len += (head_len + tail_len) as usize;
            }
            None => self.emit_two_slowly((head, head_len), (tail, tail_len)),
        }
    }

    #[cold]
    fn emit_two_slowly(&mut self, head: (u64, u32), tail: (u64, u32)) {
        if self.make_room(WIDEST) {
            self.emit_two(head, tail);
        }
    }

    #[cold]
    fn emit_slowly(&mut self, bits: u128, len: u32) {
        if self.make_room(WIDEST) {
            self.emit(bits, len.min(WIDEST as u32));
        }
    }

    /// Makes room for `bytes` more; false after a failure.
    fn make_room(&mut self, bytes: usize) -> bool {
        if self.error.is_some() {
            return false;
        }
        if self.len.saturating_add(bytes) > self.limit {
            self.fail(AsmError::TooLarge);
            return false;
        }
        let more = bytes.max(CHUNK).min(self.limit - self.code.len());
        // By an eighth: little is reserved in vain, and moves stay linear.
        if self.code.capacity() - self.code.len() < more {
            let room = more.max(self.code.len() / 8);
            if self.code.try_reserve_exact(room).is_err() {
                self.fail(AsmError::OutOfMemory);
                return false;
            }
        }
        self.code.resize(self.code.len() + more, 0);
        true
    }

    /// Fills with `with` up to a multiple of `to`.
    pub fn align(&mut self, to: u32, with: u8) {
        while self.error.is_none() && self.offset().checked_rem(to).unwrap_or(0) != 0 {
            self.push(with);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_of_any_length_are_written_one_behind_the_other() {
        let mut asm = Assembler::new(1 << 20);
        let mut expected = std::vec::Vec::new();
        for number in 0..3 * CHUNK as u32 {
            let len = number % 17;
            let bits = u128::from(number).wrapping_mul(0x0123_4567_89ab_cdef_0246_8ace_1357_9bdf);
            asm.emit(bits, len);
            expected.extend(&bits.to_le_bytes()[..len as usize]);
        }
        let (code, _) = asm.finish().unwrap();
        assert!(code == expected);
    }
}
