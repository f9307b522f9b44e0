// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Everything comes back.

use crate::{Service, Step};

/// Sends back what it receives.
#[derive(Debug, Default)]
pub struct Echo;

impl Service for Echo {
    type State = ();

    fn step(&self, _: &mut (), input: &[u8], output: &mut Vec<u8>) -> Step {
        if input.is_empty() {
            return Step::More;
        }
        output.extend_from_slice(input);
        Step::Took(input.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_in_order() {
        assert_eq!(crate::talk(&Echo, b"hello", 2), (b"hello".to_vec(), false));
    }
}
