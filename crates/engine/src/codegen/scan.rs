// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A look ahead over the bytes of a body before it is compiled: does it use floats, does it leave its instance, which locals are
//! hot? It runs before validation, so it believes nothing: what it says only steers choices that are right either way, or
//! that the compiler checks again.

#[cfg(test)]
mod by_bytes;
mod near;

use alloc::vec::Vec;

use self::near::{Near, FLOAT, LOOK};
use super::{
    env::ModuleEnv,
    fail::{push, Fail, R},
    lookahead::{Bytes, ATOMIC, VECTOR},
};
use crate::{
    isa::x64::stubs::{uses_floats, uses_vectors},
    module::{FuncType, ValType},
};

/// Only the first so many locals can be hot.
pub(super) const CANDIDATES: usize = 512;
/// Each loop makes what is in it so many times hotter, as a power of two.
const LOOP_SHIFT: u32 = 3;
/// Loops deeper than this count as this deep.
const LOOP_DEPTH: u32 = 5;
/// So many values of signatures are looked at in a body, as nothing interrupts a scan; one with more is taken to use all registers.
const VALUES: usize = 1 << 22;

/// What a scan found. Its vectors are reused from body to body.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// An operator that works with floats.
    pub floats: bool,
    /// An operator that works with vectors.
    pub vectors: bool,
    /// A call through a function record.
    pub leaves: bool,
    /// A call, or an operator that is a library call.
    pub calls: bool,
    /// A tail call.
    pub tail_calls: bool,
    /// Weight of all calls.
    pub call_weight: u32,
    /// Weight of the uses of each of the first locals.
    pub uses: Vec<u32>,
    /// Whether each of them is written.
    pub written: Vec<bool>,
    /// How many values of signatures were looked at.
    looked: usize,
    /// For each open block, whether it is a loop.
    nesting: Vec<bool>,
    /// Where uses of locals are noted while the scan runs.
    near: Near,
}

impl Scan {
    /// Scans the operators of a body with `locals` locals.
    pub(super) fn run(&mut self, code: &[u8], locals: u32, env: &ModuleEnv<'_>) -> R {
        self.floats = false;
        self.vectors = false;
        self.leaves = false;
        self.tail_calls = false;
        self.calls = false;
        self.call_weight = 0;
        self.looked = 0;
        let candidates = (locals as usize).min(CANDIDATES);
        self.uses.clear();
        self.written.clear();
        self.nesting.clear();
        if self.uses.try_reserve(candidates).is_err()
            || self.written.try_reserve(candidates).is_err()
        {
            return Err(Fail::OutOfMemory);
        }
        self.uses.resize(candidates, 0);
        self.written.resize(candidates, false);
        self.near.clear(candidates)?;
        let mut bytes = Bytes(code);
        let (mut depth, mut weight) = (0u32, 1);
        loop {
            bytes.0 = self.near.note(bytes.0, weight);
            let Some(opcode) = bytes.byte() else {
                break;
            };
            self.near.seen |= LOOK[usize::from(opcode)];
            let more = match opcode {
                0x02..=0x04 => {
                    let is_loop = opcode == 0x03;
                    push(&mut self.nesting, is_loop)?;
                    depth += u32::from(is_loop);
                    weight = 1 << (LOOP_SHIFT * depth.min(LOOP_DEPTH));
                    bytes.skip_type()
                }
                0x0b => {
                    depth -= u32::from(self.nesting.pop() == Some(true));
                    weight = 1 << (LOOP_SHIFT * depth.min(LOOP_DEPTH));
                    continue;
                }
                _ => self.other(opcode, &mut bytes, weight, env),
            };
            if more.is_none() {
                break;
            }
        }
        self.floats |= self.near.seen & FLOAT != 0;
        let here = self.uses.iter_mut().zip(&mut self.written);
        for ((uses, written), near) in here.zip(self.near.locals()) {
            *uses = uses.saturating_add(near.0);
            *written |= near.1;
        }
        Ok(())
    }

    /// Operators that are seldom, or take more than a look.
    fn other(
        &mut self,
        opcode: u8,
        bytes: &mut Bytes<'_>,
        weight: u32,
        env: &ModuleEnv<'_>,
    ) -> Option<()> {
        match opcode {
            0x20..=0x22 => {
                let index = bytes.leb()? as usize;
                if let Some(uses) = self.uses.get_mut(index) {
                    *uses = uses.saturating_add(weight);
                }
                if let Some(written) = self.written.get_mut(index) {
                    *written |= opcode != 0x20;
                }
            }
            0x10 => {
                let callee = bytes.leb()? as u32;
                self.call(weight, env.function_type(callee));
                self.leaves |= callee < env.imported_functions;
            }
            0x08 => {
                let tag = bytes.leb()? as u32;
                self.call(weight, env.tag_type(tag));
            }
            0x0a => self.call(weight, None),
            0x1f => {
                bytes.skip_type()?;
                for _ in 0..bytes.leb()? {
                    if bytes.byte()? < 2 {
                        // A handler begins with the values of the tag.
                        let tag = bytes.leb()? as u32;
                        self.call(0, env.tag_type(tag));
                    }
                    bytes.skip_leb()?;
                }
                push(&mut self.nesting, false).ok()?;
                // Handlers find their instance in the frame, and locals in their homes.
                self.call(0, None);
                self.leaves = true;
            }
            0x12 => {
                let callee = bytes.leb()? as u32;
                self.tail_call(env.function_type(callee));
            }
            0x13 => {
                let ty = bytes.leb()? as u32;
                bytes.skip_leb()?;
                self.tail_call(env.type_at(ty));
            }
            0x15 => {
                let ty = bytes.leb()? as u32;
                self.tail_call(env.type_at(ty));
            }
            0x11 => {
                let ty = bytes.leb()? as u32;
                bytes.skip_leb()?;
                self.call(weight, env.type_at(ty));
                self.leaves = true;
            }
            0x14 => {
                let ty = bytes.leb()? as u32;
                self.call(weight, env.type_at(ty));
                self.leaves = true;
            }
            0x23 | 0x24 => {
                let global = env.globals.get(bytes.leb()? as usize);
                self.floats |= global
                    .is_some_and(|global| matches!(global.value, ValType::F32 | ValType::F64));
                self.vectors |= global.is_some_and(|global| global.value == ValType::V128);
            }
            0x2a | 0x2b | 0x38 | 0x39 | 0x43 | 0x44 => {
                self.floats = true;
                bytes.skip_immediates(opcode)?;
            }
            0x40 => {
                bytes.skip_leb()?;
                self.call(weight, None);
            }
            0xfc => {
                let code = bytes.0;
                let plain = env.has_bulk_stubs();
                match bytes.leb()? {
                    0..=7 => self.floats = true,
                    // Within a plain memory 0: a stub that keeps registers.
                    10 if plain && bytes.leb()? == 0 && bytes.leb()? == 0 => {}
                    11 if plain && bytes.leb()? == 0 => {}
                    _ => self.call(weight, None),
                }
                *bytes = Bytes(code);
                bytes.skip_immediates(opcode)?;
            }
            VECTOR => {
                self.vectors = true;
                bytes.skip_immediates(opcode)?;
            }
            ATOMIC => {
                let code = bytes.0;
                // Notify and wait are the runtime's.
                if bytes.leb()? <= 2 {
                    self.call(weight, None);
                }
                *bytes = Bytes(code);
                bytes.skip_immediates(opcode)?;
            }
            _ => bytes.skip_immediates(opcode)?,
        }
        Some(())
    }

    fn tail_call(&mut self, ty: Option<&FuncType>) {
        self.tail_calls = true;
        self.signature(ty);
    }

    fn call(&mut self, weight: u32, ty: Option<&FuncType>) {
        self.calls = true;
        self.call_weight = self.call_weight.saturating_add(weight);
        self.signature(ty);
    }

    /// Values of these types are passed.
    fn signature(&mut self, ty: Option<&FuncType>) {
        // Vectors are among what uses float registers.
        let Some(ty) = ty.filter(|_| !self.vectors) else {
            return;
        };
        self.looked = self
            .looked
            .saturating_add(ty.params.len() + ty.results.len());
        let many = self.looked > VALUES;
        if many || uses_floats(ty) {
            self.floats = true;
            self.vectors |= many || uses_vectors(ty);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{module::MemoryType, vm::InstanceLayout};

    fn scan(code: &[u8], locals: u32) -> Scan {
        scan_with(&[], code, locals)
    }

    /// With functions of the first type.
    fn scan_with(types: &[FuncType], code: &[u8], locals: u32) -> Scan {
        let env = ModuleEnv {
            types,
            functions: &[0, 0],
            imported_functions: 1,
            tags: &[],
            tables: &[],
            memories: &[MemoryType {
                minimum: 0,
                maximum: None,
                index64: false,
                shared: false,
            }],
            globals: &[],
            imported_globals: 0,
            memory_minimum: 0,
            layout: InstanceLayout::default(),
        };
        let mut scan = Scan::default();
        assert!(scan.run(code, locals, &env).is_ok());
        scan
    }

    #[test]
    fn uses_in_loops_weigh_more() {
        // local.get 0; loop; local.get 1; local.set 2; loop; local.tee 3; end; end; local.get 0; end
        let code = [
            0x20, 0, 0x03, 0x40, 0x20, 1, 0x21, 2, 0x03, 0x40, 0x22, 3, 0x0b, 0x0b, 0x20, 0, 0x0b,
        ];
        let scan = scan(&code, 4);
        assert_eq!(scan.uses, [2, 8, 8, 64]);
        assert_eq!(scan.written, [false, false, true, true]);
        assert!(!scan.floats && !scan.calls && !scan.leaves);
    }

    #[test]
    fn numbers_of_any_length_are_skipped() {
        // local.get 130 (two bytes); i64.const of nine bytes; local.set 1 (two bytes); i32.load of another memory; local.tee 127
        let code = [
            0x20, 0x82, 0x01, 0x42, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x21,
            0x81, 0x00, 0x28, 0x42, 0x20, 0x20, 0x22, 0x7f, 0x0b,
        ];
        let scan = scan(&code, 200);
        let used: std::vec::Vec<_> = (0..).zip(&scan.uses).filter(|&(_, &n)| n != 0).collect();
        assert_eq!(used, [(1, &1), (127, &1), (130, &1)]);
        assert!(scan.written[1] && scan.written[127] && !scan.written[130]);
    }

    #[test]
    fn what_ends_an_instance_or_needs_floats_is_seen() {
        assert!(scan(&[0x10, 0], 0).leaves);
        assert!(!scan(&[0x10, 1], 0).leaves && scan(&[0x10, 1], 0).calls);
        assert!(scan(&[0x11, 0, 0], 0).leaves);
        assert!(scan(&[0x40, 0], 0).calls);
        assert!(scan(&[0xfc, 8, 0, 0], 0).calls && !scan(&[0xfc, 8, 0, 0], 0).floats);
        assert!(scan(&[0xfc, 10, 0, 1], 0).calls && !scan(&[0xfc, 10, 0, 0], 0).calls);
        assert!(scan(&[0xfc, 11, 1], 0).calls && !scan(&[0xfc, 11, 0], 0).calls);
        assert!(scan(&[0xfc, 3], 0).floats);
        assert!(scan(&[0x2a, 2, 0x80, 0x80, 4], 0).floats);
        // The bytes of a constant are not operators; those of a float constant neither, but it is a float.
        assert!(!scan(&[0x41, 0xc3, 0x00], 0).floats);
        assert!(scan(&[0x44, 0, 0, 0, 0, 0, 0, 0, 0], 0).floats);
        assert!(scan(&[0xfd, 0xae, 0x01], 0).vectors);
        assert!(!scan(&[0x41, 0xfd, 0x00], 0).vectors);
    }

    #[test]
    fn few_values_of_signatures_are_looked_at() {
        let types = [FuncType {
            params: [ValType::I32; 1000].into(),
            results: [].into(),
        }];
        let calls = |n: usize| scan_with(&types, &[0x10, 1].repeat(n), 0);
        let (some, many) = (calls(4_000), calls(2_000_000));
        assert!(!some.floats && !some.vectors && many.floats && many.vectors);
        assert_eq!(many.looked, VALUES.next_multiple_of(1000));
    }

    #[test]
    fn garbage_ends_the_scan() {
        scan(&[0xff; 100], 3);
        scan(&[0x20], 3);
        scan(&[0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 1], 3);
        scan(&[0x0b; 10], 3);
        scan(
            &[
                0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ],
            3,
        );
    }
}
