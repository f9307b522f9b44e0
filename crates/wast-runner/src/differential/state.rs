// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What an instance looks like from outside.

use super::{Inspect, Item};
use crate::{Failure, InstanceId, Value};

/// Values of globals, digests of memories, and which slots of tables are used, by name of export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    globals: Vec<(String, Result<Value, Failure>)>,
    memories: Vec<(String, usize, u64)>,
    tables: Vec<(String, Vec<bool>)>,
}

impl State {
    /// The state of an instance that exports `items`.
    pub fn of<I: Inspect>(engine: &mut I, instance: InstanceId, items: &[Item]) -> Self {
        let mut state = Self {
            globals: Vec::new(),
            memories: Vec::new(),
            tables: Vec::new(),
        };
        for item in items {
            match item {
                Item::Global(name) => {
                    let value = engine.global(instance, name);
                    state.globals.push((name.clone(), value));
                }
                Item::Memory(name) => {
                    let bytes = engine.memory(instance, name);
                    state
                        .memories
                        .push((name.clone(), bytes.len(), digest(&bytes)));
                }
                Item::Table(name) => {
                    let slots = engine.table(instance, name);
                    state.tables.push((name.clone(), slots));
                }
                Item::Function(..) => {}
            }
        }
        state
    }

    /// Where `self` (expected) and `other` differ, in words.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let pairs = self.globals.iter().zip(&other.globals);
        if let Some((one, two)) = pairs.into_iter().find(|(one, two)| one != two) {
            return Some(format!(
                "global {}: expected {:?}, got {:?}",
                one.0, one.1, two.1
            ));
        }
        let pairs = self.memories.iter().zip(&other.memories);
        if let Some((one, two)) = pairs.into_iter().find(|(one, two)| one != two) {
            return Some(format!(
                "memory {}: expected {} bytes with digest {:#x}, got {} with {:#x}",
                one.0, one.1, one.2, two.1, two.2
            ));
        }
        let pairs = self.tables.iter().zip(&other.tables);
        if let Some((one, two)) = pairs.into_iter().find(|(one, two)| one != two) {
            let at = one.1.iter().zip(&two.1).position(|(one, two)| one != two);
            return Some(format!(
                "table {}: expected {} slots, got {}; first difference at {at:?}",
                one.0,
                one.1.len(),
                two.1.len()
            ));
        }
        (self != other).then(|| "the exports differ".into())
    }
}

/// A digest of bytes: eight at a time, zeros nearly free, positions counted.
pub fn digest(bytes: &[u8]) -> u64 {
    let mut hash: u64 = bytes.len() as u64;
    for (at, chunk) in bytes.chunks(8).enumerate() {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        if word != 0 {
            hash = (hash ^ word ^ (at as u64).rotate_left(32))
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29);
        }
    }
    hash
}
