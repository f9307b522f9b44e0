// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Programs that are all about the bounds of memories: indices made by masks, shifts and sums, near the ends of memories and of numbers,
//! kept in locals and in parameters of loops, with paths that part and meet between one access and the next. A compiler that
//! leaves checks out must know what it does here; programs of `wasm-smith` seldom come near.

use std::fmt::Write as _;

use wasmparser::WasmFeatures;
use wast::{
    parser::{self, ParseBuffer},
    Wat,
};

use crate::mutate::Mutator;

const PAGE: u64 = 65_536;
/// Parameters and further locals of each function, the rounds left not counted.
const LOCALS: usize = 6;
const PARAMETERS: usize = 4;
/// The local that counts rounds of all loops down.
const ROUNDS: usize = LOCALS;
const FUNCTIONS: usize = 4;
/// Loads, and what makes an i32 of the value.
const LOADS: [(&str, &str); 12] = [
    ("i32.load", ""),
    ("i32.load", ""),
    ("i32.load8_u", ""),
    ("i32.load8_u", ""),
    ("i32.load16_u", ""),
    ("i32.load16_u", ""),
    ("i32.load8_s", ""),
    ("i32.load16_s", ""),
    ("i64.load", "i32.wrap_i64"),
    ("i64.load32_s", "i32.wrap_i64"),
    ("f32.load", "i32.reinterpret_f32"),
    ("f64.load", "i64.reinterpret_f64 i32.wrap_i64"),
];
/// With vectors.
const VECTORS: [(&str, &str); 16] = [
    ("v128.load", "i32x4.extract_lane 3"),
    ("v128.load8x8_s", "i16x8.extract_lane_s 7"),
    ("v128.load8x8_u", "i16x8.extract_lane_u 6"),
    ("v128.load16x4_s", "i32x4.extract_lane 3"),
    ("v128.load16x4_u", "i32x4.extract_lane 0"),
    ("v128.load32x2_s", "i32x4.extract_lane 2"),
    ("v128.load32x2_u", "i32x4.extract_lane 3"),
    ("v128.load8_splat", "i8x16.extract_lane_s 15"),
    ("v128.load16_splat", "i16x8.extract_lane_u 5"),
    ("v128.load32_splat", "i32x4.extract_lane 1"),
    ("v128.load64_splat", "i32x4.extract_lane 2"),
    ("v128.load32_zero", "i32x4.extract_lane 0"),
    ("v128.load64_zero", "i32x4.extract_lane 1"),
    ("v128.load", "i8x16.bitmask"),
    ("v128.load", "i16x8.bitmask"),
    ("v128.load", "v128.any_true"),
];
/// Stores, and what makes a value for them of an i32.
const STORES: [(&str, &str); 8] = [
    ("i32.store", ""),
    ("i32.store8", ""),
    ("i32.store16", ""),
    ("i64.store", "i64.extend_i32_s"),
    ("i64.store8", "i64.extend_i32_u"),
    ("i64.store32", "i64.extend_i32_u"),
    ("f32.store", "f32.reinterpret_i32"),
    ("f64.store", "f64.convert_i32_s"),
];

/// A program from a seed, which ends. With several memories if there are such, the last with 64-bit indices.
pub(super) fn program(seed: u64, features: WasmFeatures) -> Option<Vec<u8>> {
    let two = features.contains(WasmFeatures::MULTI_MEMORY);
    let mut maker = Maker {
        random: Mutator::new(seed),
        two,
        wide: two && features.contains(WasmFeatures::MEMORY64),
        vectors: features.contains(WasmFeatures::SIMD),
    };
    let text = maker.module();
    let buffer = ParseBuffer::new(&text).ok()?;
    parser::parse::<Wat<'_>>(&buffer).ok()?.encode().ok()
}

struct Maker {
    random: Mutator,
    two: bool,
    wide: bool,
    vectors: bool,
}

impl Maker {
    fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.random.below(of.len()))
            .copied()
            .unwrap_or_default()
    }

    fn module(&mut self) -> String {
        let mut text = String::from("(module (memory (export \"m\") 1 2)\n");
        if self.two {
            text.push_str("(memory (export \"n\") 1 2)\n");
        }
        if self.wide {
            text.push_str("(memory (export \"w\") i64 1 2)\n");
        }
        let bytes: String = (0..256)
            .map(|_| format!("\\{:02x}", self.below(256)))
            .collect();
        let _ = writeln!(text, "(data (i32.const 0) \"{bytes}\")");
        text.push_str("(func $same (param i32) (result i32) local.get 0)\n");
        for number in 0..FUNCTIONS {
            let (head, body, end) = (self.head(), self.statements(3), self.value(3));
            let _ = writeln!(
                text,
                "(func (export \"f{number}\") (param {}) (result i32) (local {})\n{head} {body} {end})",
                "i32 ".repeat(PARAMETERS),
                "i32 ".repeat(LOCALS + 1 - PARAMETERS),
            );
        }
        text.push(')');
        text
    }

    /// Rounds, and parameters that are mostly inside the memory.
    fn head(&mut self) -> String {
        let mut text = format!("i32.const 5 local.set {ROUNDS}");
        for local in 0..PARAMETERS {
            let (mask, plus) = match self.below(8) {
                0 => continue,
                1 | 2 => (15, PAGE - 24 + self.below(8) as u64),
                3 | 4 => (0xffff, 0),
                _ => (0x3fff, 0),
            };
            let _ = write!(
                text,
                " local.get {local} i32.const {mask} i32.and i32.const {plus} i32.add local.set {local}"
            );
        }
        text
    }

    fn constant(&mut self) -> String {
        let near = self.below(20) as u64;
        let value = match self.below(14) {
            0..=4 => near,
            5 => self.random.number() % PAGE,
            6 => PAGE - near,
            7 => 2 * PAGE - near,
            8 => (1 << 31) - near,
            9 => (1 << 31) + near,
            10 => (1 << 32) - 1 - near,
            11 => 0xe000_0000 + near,
            12 => 1 << self.below(32),
            _ => 0x3fff,
        };
        format!("i32.const {}", value as u32 as i32)
    }

    fn offset(&mut self) -> u64 {
        let near = self.below(20) as u64;
        match self.below(40) {
            0 => PAGE - near,
            1 => 2 * PAGE - near,
            2 => (1 << 31) - 1 + near,
            3 => (1 << 32) - 1 - near,
            4..=7 => near * 7,
            8..=14 => near,
            _ => 0,
        }
    }

    /// What follows the name of a load or store, and what is done to the index before.
    fn argument(&mut self) -> (String, &'static str) {
        let offset = self.offset();
        match self.below(8) {
            0 if self.two => (format!("1 offset={offset}"), ""),
            1 | 2 if self.wide => match self.below(16) {
                // Up to the end of numbers.
                0 => (
                    format!("2 offset={}", u64::MAX - offset),
                    "i64.extend_i32_s",
                ),
                1 => (
                    format!("2 offset={offset}"),
                    "i64.extend_i32_u i64.const 0x100000000 i64.or",
                ),
                2 | 3 => (format!("2 offset={offset}"), "i64.extend_i32_s"),
                _ => (format!("2 offset={offset}"), "i64.extend_i32_u"),
            },
            _ => (format!("offset={offset}"), ""),
        }
    }

    /// i32 to i32: a load.
    fn load(&mut self) -> String {
        let (argument, index) = self.argument();
        let loads: &[_] = match self.vectors && self.below(4) == 0 {
            true => &VECTORS,
            false => &LOADS,
        };
        let at = self.below(loads.len());
        let (name, then) = loads.get(at).copied().unwrap_or_default();
        if self.vectors && self.below(32) == 0 {
            let lane = self.one(&["8_lane", "16_lane", "32_lane", "64_lane"]);
            return format!(
                "{index} v128.const i32x4 1 2 3 4 v128.load{lane} {argument} 1 i32x4.extract_lane 1"
            );
        }
        format!("{index} {name} {argument} {then}")
    }

    /// A store to the index in a local of a value.
    fn store(&mut self, local: usize, value: &str) -> String {
        let (argument, index) = self.argument();
        if self.vectors && self.below(4) == 0 {
            let lane = match self.below(6) {
                0 => format!("8_lane {argument} 13"),
                1 => format!("16_lane {argument} 7"),
                2 => format!("32_lane {argument} 1"),
                3 => format!("64_lane {argument} 1"),
                _ => format!(" {argument}"),
            };
            return format!("local.get {local} {index} {value} i16x8.splat v128.store{lane}");
        }
        let (name, make) = STORES[self.random.below(STORES.len())];
        format!("local.get {local} {index} {value} {make} {name} {argument}")
    }

    fn mask(&mut self) -> String {
        let mask = self.one(&["7", "15", "255", "0x1fff", "0x3fff", "0xffff", "0x1fffffff"]);
        format!("i32.const {mask} i32.and")
    }

    /// i32 to i32: some steps of what addresses are made of, and accesses.
    fn chain(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(3) {
            let step = match self.below(7) {
                0 => self.load(),
                1 => self.mask(),
                2 => format!("i32.const {} i32.shl", self.below(4)),
                3 => format!("i32.const {} i32.shr_u", self.below(20)),
                4 => format!("{} i32.add", self.constant()),
                5 => format!("i32.const {} i32.shl {}", self.below(4), self.load()),
                _ => format!("local.tee {}", self.below(LOCALS)),
            };
            text.push(' ');
            text.push_str(&step);
        }
        text
    }

    /// Whether there are rounds left; takes one.
    fn again() -> String {
        format!("local.get {ROUNDS} i32.const 1 i32.sub local.tee {ROUNDS} i32.const 0 i32.gt_s")
    }

    fn simple(&mut self) -> String {
        match self.below(4) {
            0 => self.constant(),
            _ => format!("local.get {}", self.below(LOCALS)),
        }
    }

    /// One i32.
    fn value(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.simple();
        }
        let mut first = self.value(depth - 1);
        // Else hardly any program would come far.
        if self.below(4) != 0 {
            let _ = write!(first, " {}", self.mask());
        }
        match self.below(16) {
            0..=3 => format!("{first} {}", self.load()),
            4..=6 => format!("{first}{} {}", self.chain(), self.load()),
            7 => format!("{first} {} {}", self.mask(), self.load()),
            8 => {
                let op = self.one(&["add", "sub", "and", "or", "xor", "lt_u", "eq"]);
                format!("{first} {} i32.{op}", self.value(depth - 1))
            }
            9 => {
                let (other, condition) = (self.value(depth - 1), self.value(depth - 1));
                format!("{first} {other} {condition} select")
            }
            // A loop whose parameter is another one in the next round.
            10 | 11 => {
                let (load, chain) = (self.load(), self.chain());
                let (next, again) = (self.simple(), Self::again());
                format!("{first} loop (param i32) (result i32) {load}{chain} drop {next} {again} br_if 0 end")
            }
            12 => {
                let (then, otherwise) = (self.chain(), self.chain());
                let condition = self.value(depth - 1);
                format!("{first} {condition} if (param i32) (result i32){then} else{otherwise} end")
            }
            13 => {
                let (condition, chain) = (self.value(depth - 1), self.chain());
                format!("block (result i32) {first} {condition} br_if 0{chain} end")
            }
            14 => format!("{first} call $same"),
            _ => format!("{first} i64.extend_i32_s i32.wrap_i64"),
        }
    }

    fn statements(&mut self, depth: usize) -> String {
        (0..=self.below(4))
            .map(|_| self.statement(depth) + "\n")
            .collect()
    }

    fn statement(&mut self, depth: usize) -> String {
        let local = self.below(LOCALS);
        let kind = self.below(if depth == 0 { 4 } else { 10 });
        let inner = depth.saturating_sub(1);
        match kind {
            0 => {
                let value = self.value(1);
                self.store(local, &value)
            }
            1 | 2 => format!("local.get {local} {} drop", self.load()),
            3 | 4 => format!("{} local.set {local}", self.value(2)),
            5 => {
                let (condition, then) = (self.value(1), self.statements(inner));
                let otherwise = match self.below(3) {
                    0 => String::new(),
                    _ => format!("else {}", self.statements(inner)),
                };
                format!("{condition} if {then} {otherwise} end")
            }
            6 => format!(
                "loop {} {} br_if 0 end",
                self.statements(inner),
                Self::again()
            ),
            7 => {
                let labels: String = (0..=self.below(12))
                    .map(|_| format!("{} ", self.below(3)))
                    .collect();
                let (one, two) = (self.statements(inner), self.statements(inner));
                let index = self.value(1);
                format!("block block block {index} i32.const 15 i32.and br_table {labels} end {one} end {two} end")
            }
            8 => {
                let (before, condition) = (self.statements(inner), self.value(1));
                format!(
                    "block {before} {condition} br_if 0 {} end",
                    self.statements(inner)
                )
            }
            _ => match self.below(3) {
                0 => format!("i32.const {} memory.grow drop", self.below(2)),
                1 => format!(
                    "local.get {local} local.get 0 {} memory.copy",
                    self.length()
                ),
                _ => format!(
                    "local.get {local} local.get 0 {} memory.fill",
                    self.length()
                ),
            },
        }
    }

    fn length(&mut self) -> String {
        match self.below(3) {
            0 => self.value(1),
            _ => format!("i32.const {}", self.below(400)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_gives_a_program() {
        let all = wasmk_engine::features::Features::accepted().flags();
        let few = all.difference(
            WasmFeatures::MULTI_MEMORY
                .union(WasmFeatures::MEMORY64)
                .union(WasmFeatures::SIMD),
        );
        for seed in 0..500 {
            for features in [all, few] {
                let wasm = program(seed, features).unwrap();
                wasmk_engine::compile::validate(&wasm, &mut ()).unwrap();
            }
        }
    }
}
