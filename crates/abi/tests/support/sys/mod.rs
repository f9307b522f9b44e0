// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Memory of a program with threads.

use std::sync::atomic::{AtomicU64, AtomicU8, Ordering::Relaxed};

use wasmk_abi::Memory;

/// Bytes of the memory.
pub const SIZE: usize = 1 << 16;

/// Bytes before and behind it that nobody may touch.
const MARGIN: usize = 4096;

/// Memory that several threads use at the same time, between bytes that nobody touches.
pub struct SharedMemory(Vec<AtomicU64>);

impl Default for SharedMemory {
    fn default() -> Self {
        let words = (SIZE + 2 * MARGIN) / 8;
        Self((0..words).map(|_| AtomicU64::new(0)).collect())
    }
}

impl SharedMemory {
    fn base(&self) -> *mut u8 {
        self.0.as_ptr().cast::<u8>().wrapping_add(MARGIN).cast_mut()
    }

    /// For a host call.
    pub fn memory(&self) -> Memory<'_> {
        // SAFETY: these bytes of the vector live as long as it is borrowed, and are atomics.
        unsafe { Memory::from_raw(self.base(), SIZE) }
    }

    fn byte(&self, at: usize) -> &AtomicU8 {
        assert!(at < SIZE);
        // SAFETY: within the vector, whose bytes are atomics.
        unsafe { AtomicU8::from_ptr(self.base().add(at)) }
    }

    /// Stores bytes one by one, as a program may.
    pub fn put(&self, at: usize, bytes: &[u8]) {
        for (i, byte) in bytes.iter().enumerate() {
            self.byte(at + i).store(*byte, Relaxed);
        }
    }

    /// Stores a word at once.
    pub fn put_word(&self, at: usize, word: u64) {
        assert!(at % 8 == 0);
        self.0[(MARGIN + at) / 8].store(word, Relaxed);
    }

    pub fn get(&self, at: usize, len: usize) -> Vec<u8> {
        (at..at + len)
            .map(|at| self.byte(at).load(Relaxed))
            .collect()
    }

    pub fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.get(at, 4).try_into().unwrap())
    }

    /// Nobody touched what is before and behind.
    pub fn is_whole_outside(&self) -> bool {
        let (before, rest) = self.0.split_at(MARGIN / 8);
        let behind = &rest[SIZE / 8..];
        before
            .iter()
            .chain(behind)
            .all(|word| word.load(Relaxed) == 0)
    }
}
