// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What is told of an operator by its bytes is what the decoder tells: the compiler relies on lengths, and on who uses a local.

use std::format;

use wasmparser::{BinaryReader, Operator, OperatorsReader};

use super::near::{Near, NEAR};
use crate::{codegen::lookahead::behind_operator, config::Edition, module::parse::features};

const ROUNDS: u32 = 300_000;
const END: u8 = 0x0b;

/// Numbers from a seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn one<const N: usize>(&mut self, of: [u8; N]) -> u8 {
        of[self.next() as usize % N]
    }

    /// The bytes of an operator, perhaps, with what immediates are made of behind it: numbers longer than they need be, bits that
    /// announce a memory's index, types.
    fn bytes(&mut self) -> [u8; 40] {
        let mut bytes = [0; 40];
        for byte in &mut bytes {
            *byte = match self.next() % 6 {
                0 => 0x80,
                1 => (self.next() % 8) as u8,
                2 => 0x80 | self.next() as u8,
                3 => 0x40 | (self.next() % 8) as u8,
                4 => self.one([0x7f, 0x7e, 0x63, 0x64, 0x70, 0x6f, 0x41, 0x20]),
                _ => self.next() as u8,
            };
        }
        bytes[0] = self.next() as u8;
        if bytes[0] >= 0xe0 {
            bytes[0] = self.one([0xfc, 0xfd, 0xfe, 0x28]);
        }
        bytes
    }
}

/// The decoder reads it whatever the features are, the validator refuses it before anybody looks ahead.
fn refused(operator: &Operator<'_>) -> bool {
    let text = format!("{operator:?}").to_lowercase();
    let names = [
        "i64add128",
        "i64sub128",
        "i64mulwide",
        "rethrow",
        "struct",
        "array",
        "i31",
        "shared",
        "exact",
    ];
    names.iter().any(|name| text.contains(name))
}

#[test]
fn lengths_and_locals_are_the_decoders() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut near = Near::default();
    let (mut compared, mut noted) = (0, 0);
    for _ in 0..ROUNDS {
        let bytes = random.bytes();
        for edition in [Edition::Two, Edition::Three] {
            let mut reader = BinaryReader::new(&bytes, 0);
            reader.set_features(features(edition));
            let mut operators = OperatorsReader::new(reader);
            let Ok(operator) = operators.read() else {
                continue;
            };
            if refused(&operator) {
                continue;
            }
            let end = operators.original_position() as usize;
            let len = bytes.len() - behind_operator(&bytes).len();
            assert_eq!(len, end, "{operator:?} {bytes:x?}");
            compared += 1;

            let mut code = bytes[..end].to_vec();
            code.extend([END; 16]);
            assert!(near.clear(NEAR).is_ok());
            let len = code.len() - near.note(&code, 1).len();
            if len == 0 {
                // One that takes more than a look.
                continue;
            }
            assert_eq!(len, end, "{operator:?} {bytes:x?}");
            noted += 1;
            let (used, written) = match operator {
                Operator::LocalGet { local_index } => (Some(local_index), false),
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    (Some(local_index), true)
                }
                _ => (None, false),
            };
            for (local, (weight, writes)) in (0..).zip(near.locals()) {
                let uses = used == Some(local);
                assert_eq!(weight, u32::from(uses), "{operator:?}");
                assert_eq!(writes, uses && written, "{operator:?}");
            }
        }
    }
    assert!(
        compared > ROUNDS / 2 && noted > ROUNDS / 10,
        "{compared} {noted}"
    );
}
