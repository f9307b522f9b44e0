// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Guest-chosen numbers after a bounds check that the processor may have mispredicted (Spectre variant 1), as the kernel's
//! `array_index_nospec` treats them.

use core::hint::black_box;

/// `value` if `index` is below `limit`, else 0, without a branch. Both are below 2^63.
pub(crate) fn guarded(value: usize, index: usize, limit: usize) -> usize {
    // All ones if the difference is negative. The compiler must not conclude from an earlier check that it is.
    let mask = (index.wrapping_sub(black_box(limit)) as isize) >> (isize::BITS - 1);
    value & mask as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_the_limit_only() {
        for (index, limit) in [(0, 1), (5, 6), (65535, 65536), (0, usize::MAX / 2)] {
            assert_eq!(guarded(7, index, limit), 7);
        }
        for (index, limit) in [(0, 0), (6, 6), (u32::MAX as usize, 6), (usize::MAX / 2, 1)] {
            assert_eq!(guarded(7, index, limit), 0);
        }
    }
}
