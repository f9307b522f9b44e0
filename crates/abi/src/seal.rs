// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Sealed addresses: a guest may answer who wrote to it and nobody else, so the address of a datagram's sender is given to it
//! with a tag that it cannot make itself, bound to the descriptor that received the datagram.
//!
//! The tag is SipHash-2-4 (Aumasson and Bernstein, 2012) under a random key of the store.

use crate::{Address, Errno};

/// Bytes of the tag.
const TAG: usize = 8;

/// Most bytes of a sealed address.
pub(crate) const SEALED_MAX: usize = Address::MAX + TAG;

/// The store's key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key(u64, u64);

impl Key {
    /// A key of 16 random bytes.
    pub(crate) fn new(random: [u8; 16]) -> Self {
        let n = u128::from_le_bytes(random);
        Self(n as u64, (n >> 64) as u64)
    }

    /// Appends the tag of `address` for descriptor `id`; returns the bytes and their number.
    pub(crate) fn seal(&self, id: u64, address: &Address) -> ([u8; SEALED_MAX], usize) {
        let tag = self.hash(id, address.as_bytes()).to_le_bytes();
        let mut sealed = [0; SEALED_MAX];
        let mut len = 0;
        for (to, from) in sealed.iter_mut().zip(address.as_bytes().iter().chain(&tag)) {
            *to = *from;
            len += 1;
        }
        (sealed, len)
    }

    /// The address in `sealed`.
    ///
    /// # Errors
    ///
    /// `NotCapable` when this store did not seal it for descriptor `id`.
    pub(crate) fn open(&self, id: u64, sealed: &[u8]) -> Result<Address, Errno> {
        let at = sealed.len().checked_sub(TAG).ok_or(Errno::NotCapable)?;
        let (bytes, tag) = sealed.split_at(at);
        let tag: [u8; TAG] = tag.try_into().map_err(|_| Errno::NotCapable)?;
        // One comparison of words: its time does not depend on where they differ.
        if bytes.is_empty() || self.hash(id, bytes) != u64::from_le_bytes(tag) {
            return Err(Errno::NotCapable);
        }
        Address::from_bytes(bytes).ok_or(Errno::NotCapable)
    }

    fn hash(&self, id: u64, bytes: &[u8]) -> u64 {
        let mut state = [
            self.0 ^ 0x736f_6d65_7073_6575,
            self.1 ^ 0x646f_7261_6e64_6f6d,
            self.0 ^ 0x6c79_6765_6e65_7261,
            self.1 ^ 0x7465_6462_7974_6573,
        ];
        compress(&mut state, id);
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            compress(&mut state, word(chunk));
        }
        let last = word(chunks.remainder()) | ((bytes.len() as u64 + 8) << 56);
        compress(&mut state, last);
        state[2] ^= 0xff;
        for _ in 0..4 {
            round(&mut state);
        }
        state[0] ^ state[1] ^ state[2] ^ state[3]
    }
}

/// At most eight bytes, little-endian.
fn word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, byte| (word << 8) | u64::from(*byte))
}

fn compress(state: &mut [u64; 4], message: u64) {
    state[3] ^= message;
    round(state);
    round(state);
    state[0] ^= message;
}

fn round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference's vector: key 00..0f, message 00..0e (whose first eight bytes are the id here).
    #[test]
    fn reference_vector() {
        let key = Key::new(core::array::from_fn(|i| i as u8));
        let message: [u8; 15] = core::array::from_fn(|i| i as u8);
        let (id, rest) = message.split_at(8);
        let id = u64::from_le_bytes(id.try_into().unwrap());
        assert_eq!(key.hash(id, rest), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn only_what_was_sealed_opens() {
        let key = Key::new([7; 16]);
        let address = Address::v4([192, 0, 2, 1].into(), 53);
        let (bytes, len) = key.seal(3, &address);
        assert_eq!(
            key.open(3, &bytes[..len]).unwrap().as_bytes(),
            address.as_bytes()
        );
        assert_eq!(key.open(4, &bytes[..len]).unwrap_err(), Errno::NotCapable);
        for bit in 0..len * 8 {
            let mut forged = bytes;
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.open(3, &forged[..len]).unwrap_err(), Errno::NotCapable);
        }
        for short in 0..len {
            assert!(key.open(3, &bytes[..short]).is_err());
        }
    }
}
