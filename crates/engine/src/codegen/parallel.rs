// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Moves between registers that happen at once.

use super::fail::{Fail, R};

/// Register parameters of one class are at most this many.
const MOST: usize = 8;

/// Moves of one class, by hardware number. Destinations are distinct; a source may be read more than once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moves {
    items: [(u8, u8); MOST],
    len: usize,
}

impl Moves {
    /// `to` gets what `from` holds now.
    pub(super) fn add(&mut self, to: u8, from: u8) -> R {
        if to != from {
            *self
                .items
                .get_mut(self.len)
                .ok_or(Fail::Internal(&"too many moves"))? = (to, from);
            self.len += 1;
        }
        Ok(())
    }

    /// Emits the moves in an order that reads every source before it changes; cycles go through `scratch`.
    pub(super) fn emit(mut self, scratch: u8, mut mov: impl FnMut(u8, u8)) {
        while self.len != 0 {
            let pending = self.items.get(..self.len).unwrap_or(&[]);
            let bit = |reg: u8| 1u32 << (reg & 31);
            let sources = pending.iter().fold(0, |all, &(_, from)| all | bit(from));
            let ready = pending.iter().position(|&(to, _)| sources & bit(to) == 0);
            match ready {
                Some(at) => {
                    if let Some(&(to, from)) = self.items.get(at) {
                        mov(to, from);
                    }
                    self.len -= 1;
                    self.items.swap(at, self.len);
                }
                None => {
                    // Only cycles are left: free the first one's destination by saving what it holds.
                    let Some(&(to, _)) = self.items.first() else {
                        return;
                    };
                    mov(scratch, to);
                    for item in self.items.iter_mut().take(self.len) {
                        if item.1 == to {
                            item.1 = scratch;
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(moves: &[(u8, u8)]) -> [u8; 16] {
        let mut all = Moves::default();
        for &(to, from) in moves {
            all.add(to, from).unwrap();
        }
        let mut registers = core::array::from_fn(|number| number as u8);
        all.emit(11, |to, from| {
            registers[usize::from(to)] = registers[usize::from(from)]
        });
        registers
    }

    #[test]
    fn chains_cycles_and_fans() {
        for moves in [
            &[(7, 6), (6, 2)][..],
            &[(7, 6), (6, 7)],
            &[(7, 6), (6, 2), (2, 7), (1, 7)],
            &[(7, 6), (6, 7), (2, 1), (1, 2), (8, 8)],
            &[(7, 3), (6, 3), (2, 3)],
        ] {
            let registers = run(moves);
            for &(to, from) in moves {
                assert_eq!(registers[usize::from(to)], from, "{moves:?}");
            }
        }
    }
}
