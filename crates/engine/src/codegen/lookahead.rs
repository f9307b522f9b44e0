// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators as bytes, read before the validator has seen them: how long each is, and what the next one does.
//!
//! What cannot be read ends the look. Whoever uses this makes choices with it that are right either way, or that the compiler checks.

/// The prefix of vector operators.
pub(super) const VECTOR: u8 = 0xfd;

/// The prefix of atomic operators.
pub(super) const ATOMIC: u8 = 0xfe;

/// Flag of a memory argument: the index of a memory follows.
const INDEXED: u8 = 1 << 6;

/// Bytes not yet read.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    /// A LEB128 number; the sign is not extended.
    #[inline]
    pub(super) fn leb(&mut self) -> Option<u64> {
        let byte = self.byte()?;
        if byte & 0x80 == 0 {
            return Some(u64::from(byte));
        }
        self.long_leb(byte)
    }

    fn long_leb(&mut self, first: u8) -> Option<u64> {
        let mut value = u64::from(first & 0x7f);
        for shift in (7..70).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    #[inline]
    pub(super) fn skip_leb(&mut self) -> Option<()> {
        while self.byte()? & 0x80 != 0 {}
        Some(())
    }

    /// Skips a value type or a block's: one number, but for references that name what they refer to.
    #[inline]
    pub(super) fn skip_type(&mut self) -> Option<()> {
        let reference = matches!(self.0.first(), Some(0x63 | 0x64));
        self.skip_leb()?;
        if reference {
            self.skip_leb()?;
        }
        Some(())
    }

    /// Alignment and flags, the memory's index if a flag says that it is there, offset.
    #[inline]
    pub(super) fn skip_memory_argument(&mut self) -> Option<()> {
        let flags = self.byte()?;
        if flags >= INDEXED {
            self.skip_memory_index(flags)?;
        }
        self.skip_leb()
    }

    /// The last byte had more than an alignment: the flag [`INDEXED`], or it was the first of several that have the flag or not.
    #[cold]
    fn skip_memory_index(&mut self, first: u8) -> Option<()> {
        let flags = if first & 0x80 == 0 {
            u64::from(first)
        } else {
            self.long_leb(first)?
        };
        if flags & u64::from(INDEXED) != 0 {
            self.skip_leb()?;
        }
        Some(())
    }

    /// Skips what follows the first byte of an operator; `None` for one that does not exist.
    #[inline]
    pub(super) fn skip_immediates(&mut self, opcode: u8) -> Option<()> {
        match opcode {
            0x02..=0x04 => self.skip_type(),
            0x08 | 0x0c | 0x0d | 0x10 | 0x12 | 0x14 | 0x15 | 0x20..=0x26 | 0x3f..=0x42 => {
                self.skip_leb()
            }
            0xd0 | 0xd2 | 0xd5 | 0xd6 => self.skip_leb(),
            0x28..=0x3e => self.skip_memory_argument(),
            0x11 | 0x13 => {
                self.skip_leb()?;
                self.skip_leb()
            }
            0x0e => {
                for _ in 0..self.leb()? {
                    self.skip_leb()?;
                }
                self.skip_leb()
            }
            0x1c => {
                for _ in 0..self.leb()? {
                    self.skip_type()?;
                }
                Some(())
            }
            0x1f => {
                self.skip_type()?;
                for _ in 0..self.leb()? {
                    if self.byte()? < 2 {
                        self.skip_leb()?;
                    }
                    self.skip_leb()?;
                }
                Some(())
            }
            0x43 => self.skip(4),
            0x44 => self.skip(8),
            0xfc => {
                let immediates = match self.leb()? {
                    0..=7 => 0,
                    8 | 10 | 12 | 14 => 2,
                    _ => 1,
                };
                for _ in 0..immediates {
                    self.skip_leb()?;
                }
                Some(())
            }
            0x00..=0xd6 => Some(()),
            VECTOR => self.skip_vector_immediates(),
            ATOMIC => self.skip_atomic_immediates(),
            _ => None,
        }
    }

    /// Skips what follows the prefix of an atomic operator: a memory argument, but for the fence.
    #[cold]
    fn skip_atomic_immediates(&mut self) -> Option<()> {
        match self.leb()? {
            3 => self.skip(1),
            _ => self.skip_memory_argument(),
        }
    }

    /// Skips what follows the prefix of a vector operator.
    #[cold]
    fn skip_vector_immediates(&mut self) -> Option<()> {
        match self.leb()? {
            // Loads and stores.
            0..=11 | 92 | 93 => self.skip_memory_argument(),
            // Constant and shuffle.
            12 | 13 => self.skip(16),
            // A lane.
            21..=34 => self.skip(1),
            // Loads and stores of a lane.
            84..=91 => {
                self.skip_memory_argument()?;
                self.skip(1)
            }
            _ => Some(()),
        }
    }
}

/// What follows the operator at the start of `code`.
pub(super) fn behind_operator(code: &[u8]) -> &[u8] {
    // Most loads and stores: alignment and offset take a byte each.
    if let [0x28..=0x3e, 0..=0x3f, 0..=0x7f, rest @ ..] = code {
        return rest;
    }
    let mut bytes = Bytes(code);
    match bytes
        .byte()
        .and_then(|opcode| bytes.skip_immediates(opcode))
    {
        Some(()) => bytes.0,
        None => &[],
    }
}

/// The value of the `i32.const` at the start of `code`, if it is one, and what follows it.
pub(super) fn constant(code: &[u8]) -> Option<(u32, &[u8])> {
    let mut bytes = Bytes(code.strip_prefix(&[0x41])?);
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes.byte()?;
        value |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            if byte & 0x40 != 0 {
                value |= u32::MAX.checked_shl(shift).unwrap_or(0);
            }
            return Some((value, bytes.0));
        }
    }
}

/// Whether the operator at the start of `code` loads from memory 0, as far as can be told from two bytes.
pub(super) fn is_load(code: &[u8]) -> bool {
    matches!(code, &[0x28..=0x35, flags, ..] if flags < INDEXED)
}

/// The local that the operator at the start of `code` sets, if it does: `local.set` or `local.tee`.
#[inline]
pub(super) fn sets_local(code: &[u8]) -> Option<u32> {
    match *code {
        [0x21 | 0x22, index @ 0..=0x7f, ..] => Some(index.into()),
        [0x21 | 0x22, ref index @ ..] => u32::try_from(Bytes(index).leb()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_operator_is_looked_at() {
        assert_eq!(sets_local(&[0x21, 0x83, 0x01]), Some(131));
        assert_eq!(sets_local(&[0x22, 5, 0x0b]), Some(5));
        assert_eq!(sets_local(&[0x20, 5]), None);
        assert_eq!(sets_local(&[0x21]), None);
        assert_eq!(sets_local(&[]), None);
    }

    #[test]
    fn constants_and_loads_are_recognised() {
        assert_eq!(constant(&[0x41, 0x05, 0x6a]), Some((5, &[0x6a][..])));
        assert_eq!(constant(&[0x41, 0x80, 0x08]), Some((1024, &[][..])));
        assert_eq!(constant(&[0x41, 0x7f]), Some((u32::MAX, &[][..])));
        assert_eq!(
            constant(&[0x41, 0x80, 0x80, 0x80, 0x80, 0x78]),
            Some((1 << 31, &[][..]))
        );
        assert_eq!(constant(&[0x41, 0x80]), None);
        assert_eq!(constant(&[0x42, 0x05]), None);
        assert!(
            is_load(&[0x2d, 0, 0])
                && !is_load(&[0x36, 2, 0])
                && !is_load(&[0x28, 0x42, 1, 0])
                && !is_load(&[])
        );
    }

    #[test]
    fn operators_are_skipped() {
        for code in [
            &[0x6a][..],
            &[0x28, 2, 0x80, 0x01],
            &[0x28, 0x42, 1, 0x80, 0x01],
            &[0x28, 0xc2, 0x00, 1, 0x80, 0x01],
            &[0x28, 0x82, 0x00, 0x80, 0x01],
            &[0x11, 0x83, 0x00, 0],
            &[0x0e, 2, 0, 0x80, 0x00, 1],
            &[0x1c, 1, 0x7f],
            &[0x43, 1, 2, 3, 4],
            &[0x44, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0xfc, 3],
            &[0xfc, 10, 0, 0],
            &[0xfc, 11, 0],
            &[0x23, 0xff, 0x00],
            &[0xfd, 0, 4, 0x80, 0x01],
            &[0xfd, 0, 0x44, 1, 0x80, 0x01],
            &[
                0xfd, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            ],
            &[0xfd, 21, 3],
            &[0xfd, 84, 0, 5, 3],
            &[0xfd, 0xae, 0x01],
            &[0xfe, 0x00, 2, 0x80, 0x01],
            &[0xfe, 0x03, 0],
            &[0xfe, 0x4e, 0x43, 1, 0x80, 0x01],
        ] {
            let mut more = code.to_vec();
            more.extend([0x21, 5]);
            assert_eq!(behind_operator(&more), [0x21, 5], "{code:x?}");
        }
        assert_eq!(behind_operator(&[0x23]), []);
        assert_eq!(behind_operator(&[0xff, 0x21, 5]), []);
        assert_eq!(behind_operator(&[]), []);
    }
}
