// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The machine code of a module, function after function.

use alloc::{boxed::Box, vec::Vec};

use wasmparser::{FuncValidator, FunctionBody, ValidatorResources};

use super::{
    fail::{check, push, Fail, MAX_CODE, R},
    function::{compile, Scratch, Shared},
    ModuleEnv,
};
use crate::{
    compile::Poll,
    config::Config,
    error::{CompileError, CompileErrorKind},
    isa::x64::{
        asm::{AsmError, Assembler, Label},
        stubs::{self, StubLabels},
    },
    module::{CodeImage, FuncType, FunctionCode, TrapSite},
};

/// Functions begin at multiples of this.
const ALIGNMENT: u32 = 16;
/// Filler between functions: `int3`.
const FILLER: u8 = 0xcc;
/// Bytes of code that a byte of wasm is expected to need, for the first allocation.
const EXPECTED_GROWTH: usize = 3;

/// Collects the code of a module: stubs, functions in index order, trampolines.
pub struct CodeBuilder {
    config: Config,
    asm: Assembler,
    stubs: StubLabels,
    /// Entries of the defined functions; made with the first of them.
    entries: Vec<Label>,
    functions: Vec<FunctionCode>,
    traps: Vec<TrapSite>,
    scratch: Scratch,
}

impl CodeBuilder {
    /// Begins an image with its stubs. `estimated_len` (bytes of the wasm code section) sizes the first allocation.
    ///
    /// # Errors
    ///
    /// Out of memory.
    pub fn new(config: Config, estimated_len: usize) -> Result<Self, CompileError> {
        let mut asm = Assembler::new(MAX_CODE);
        asm.reserve(estimated_len.saturating_mul(EXPECTED_GROWTH).min(MAX_CODE));
        let stubs = stubs::emit_prelude(&mut asm, &config);
        check(&asm).map_err(error)?;
        Ok(Self {
            config,
            asm,
            stubs,
            entries: Vec::new(),
            functions: Vec::new(),
            traps: Vec::new(),
            scratch: Scratch::new(),
        })
    }

    /// Validates and compiles the body of function `index` (imports counted); functions come in index order, each once.
    ///
    /// `validator` is the body's own, fresh from `into_validator`; the caller takes its allocations back afterwards.
    ///
    /// # Errors
    ///
    /// Any [`CompileErrorKind`], with function and offset.
    pub fn compile_function(
        &mut self,
        env: &ModuleEnv<'_>,
        index: u32,
        validator: &mut FuncValidator<ValidatorResources>,
        body: &FunctionBody<'_>,
        poll: &mut dyn Poll,
    ) -> Result<(), CompileError> {
        self.begin(env).map_err(error)?;
        self.asm.align(ALIGNMENT, FILLER);
        let offset = self.asm.offset();
        let mark = self.asm.mark();
        let shared = Shared {
            asm: &mut self.asm,
            config: &self.config,
            stubs: &self.stubs,
            entries: &self.entries,
            traps: &mut self.traps,
            scratch: &mut self.scratch,
        };
        compile(shared, env, index, validator, body, poll)?;
        self.asm.release(mark);
        let code = FunctionCode {
            offset,
            len: self.asm.offset().wrapping_sub(offset),
            wasm_offset: u32::try_from(body.range().start).unwrap_or(u32::MAX),
        };
        check(&self.asm)
            .and_then(|()| push(&mut self.functions, code))
            .map_err(|fail| CompileError {
                kind: fail.into(),
                offset: Some(body.range().start as usize),
                function: Some(index),
            })
    }

    /// Makes the entries that calls ahead refer to.
    fn begin(&mut self, env: &ModuleEnv<'_>) -> R {
        let defined = env
            .functions
            .len()
            .saturating_sub(env.imported_functions as usize);
        if self.entries.len() == defined {
            return Ok(());
        }
        let missing = defined.saturating_sub(self.entries.len());
        if self.entries.try_reserve_exact(missing).is_err()
            || self.functions.try_reserve_exact(missing).is_err()
        {
            return Err(Fail::OutOfMemory);
        }
        for _ in 0..missing {
            let label = self.asm.label();
            self.entries.push(label);
        }
        check(&self.asm)
    }

    /// Emits what the functions' types need (entry trampolines, host thunks, landing pads) and patches calls.
    ///
    /// # Errors
    ///
    /// Out of memory, or code larger than the limit.
    pub fn finish(mut self, env: &ModuleEnv<'_>) -> Result<CodeImage, CompileError> {
        self.image(env).map_err(error)
    }

    fn image(&mut self, env: &ModuleEnv<'_>) -> R<CodeImage> {
        let (config, stubs) = (self.config, self.stubs);
        let imported = env
            .functions
            .get(..env.imported_functions as usize)
            .unwrap_or(&[]);
        let trampolines = self.for_types(env, env.functions, |asm, ty| {
            stubs::emit_trampoline(asm, &config, &stubs, ty)
        })?;
        let host_thunks = self.for_types(env, imported, |asm, ty| {
            stubs::emit_host_thunk(asm, &config, &stubs, ty)
        })?;
        self.traps.sort_unstable_by_key(|site| site.offset);
        let pages = self
            .traps
            .iter()
            .rev()
            .find(|site| site.fault())
            .map_or(0, |site| site.offset / 4096 + 1);
        self.asm.align(ALIGNMENT, FILLER);
        let landing = stubs::emit_landing(&mut self.asm, &stubs, pages);
        let stubs = stubs.stubs(&self.asm);
        let asm = core::mem::replace(&mut self.asm, Assembler::new(0));
        let (bytes, relocs) = asm.finish().map_err(|error| match error {
            AsmError::OutOfMemory => Fail::OutOfMemory,
            AsmError::TooLarge => Fail::Limit(&("bytes of machine code", MAX_CODE as u64)),
            _ => Fail::Internal(&"machine code"),
        })?;
        Ok(CodeImage {
            bytes,
            relocs,
            functions: core::mem::take(&mut self.functions).into_boxed_slice(),
            trampolines,
            host_thunks,
            stubs,
            traps: core::mem::take(&mut self.traps).into_boxed_slice(),
            landing,
        })
    }

    /// Calls `emit` once for each type that one of `functions` has, in the order of type indices.
    fn for_types(
        &mut self,
        env: &ModuleEnv<'_>,
        functions: &[u32],
        emit: impl Fn(&mut Assembler, &FuncType) -> u32,
    ) -> R<Box<[(u32, u32)]>> {
        let mut used = Vec::new();
        if used.try_reserve_exact(env.types.len()).is_err() {
            return Err(Fail::OutOfMemory);
        }
        used.resize(env.types.len(), false);
        for &ty in functions {
            if let Some(used) = used.get_mut(ty as usize) {
                *used = true;
            }
        }
        let count = used.iter().filter(|&&used| used).count();
        let mut offsets = Vec::new();
        if offsets.try_reserve_exact(count).is_err() {
            return Err(Fail::OutOfMemory);
        }
        for (index, ty) in (0..).zip(env.types) {
            if used.get(index as usize) == Some(&true) {
                self.asm.align(ALIGNMENT, FILLER);
                offsets.push((index, emit(&mut self.asm, ty)));
                check(&self.asm)?;
            }
        }
        Ok(offsets.into_boxed_slice())
    }
}

fn error(fail: Fail) -> CompileError {
    CompileError {
        kind: CompileErrorKind::from(fail),
        offset: None,
        function: None,
    }
}
