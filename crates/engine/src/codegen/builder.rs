// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The machine code of a module, piece after piece: some functions that follow one another, behind stubs of their own.
//!
//! A piece needs nothing of the others: calls of functions elsewhere stay open until [`super::link()`]. So threads can write pieces
//! at once, and what is in one does not depend on who writes it.

use alloc::{boxed::Box, vec::Vec};

use wasmparser::{FuncValidator, FunctionBody, ValidatorResources};

use super::{
    fail::{check, push, Fail, MAX_CODE},
    function::{compile, Scratch, Shared},
    ModuleEnv,
};
use crate::{
    compile::Poll,
    config::{Config, MemoryModel},
    error::{CompileError, CompileErrorKind},
    isa::x64::{
        asm::Assembler,
        stubs::{self, StubLabels},
    },
    module::{parse::fallible::boxed, CatchSite, FunctionCode, TrapSite},
};

/// Functions begin at multiples of this.
pub(super) const ALIGNMENT: u32 = 16;
/// Filler between functions: `int3`.
pub(super) const FILLER: u8 = 0xcc;
/// Bytes of code that a byte of wasm is expected to need, in sixteenths, as long as there is no experience. What is reserved in vain is
/// moved at the end, what lacks is added: then there are two copies for a moment.
const fn expected_growth(model: MemoryModel) -> usize {
    match model {
        MemoryModel::Guard => 36,
        MemoryModel::Bounds => 52,
    }
}
/// The most that experience may tell.
const MOST_GROWTH: usize = 6 * 16;

/// Code of some functions. Offsets are from its start, which will be at a page boundary.
pub struct Piece {
    pub(super) asm: Assembler,
    pub(super) stubs: StubLabels,
    pub(super) functions: Box<[FunctionCode]>,
    pub(super) traps: Box<[TrapSite]>,
    pub(super) catches: Box<[CatchSite]>,
}

/// Writes pieces, one after another, with what they need in common.
pub struct CodeBuilder {
    config: Config,
    scratch: Scratch,
    functions: Vec<FunctionCode>,
    traps: Vec<TrapSite>,
    catch_sites: Vec<CatchSite>,
    /// Bytes of code for a byte of wasm in the last piece, in sixteenths.
    growth: usize,
}

/// A piece being written.
pub struct PieceBuilder<'b> {
    builder: &'b mut CodeBuilder,
    asm: Assembler,
    stubs: StubLabels,
    wasm_len: usize,
}

impl CodeBuilder {
    /// Nothing is written yet.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            scratch: Scratch::new(),
            functions: Vec::new(),
            traps: Vec::new(),
            catch_sites: Vec::new(),
            growth: expected_growth(config.memory_model),
        }
    }

    /// Begins a piece with its stubs: for `count` functions, the first of which is number `first` of those that the module defines,
    /// with `wasm_len` bytes of bodies.
    ///
    /// # Errors
    ///
    /// Out of memory.
    pub fn piece(
        &mut self,
        first: u32,
        count: usize,
        wasm_len: usize,
    ) -> Result<PieceBuilder<'_>, CompileError> {
        let mut asm = Assembler::new(MAX_CODE);
        asm.reserve((wasm_len.saturating_mul(self.growth + 1) / 16).min(MAX_CODE));
        asm.functions_from(first, count);
        let stubs = stubs::emit_prelude(&mut asm, &self.config);
        check(&asm).map_err(unplaced)?;
        self.functions.clear();
        self.functions.try_reserve_exact(count)?;
        self.traps.clear();
        self.catch_sites.clear();
        Ok(PieceBuilder {
            builder: self,
            asm,
            stubs,
            wasm_len,
        })
    }
}

impl PieceBuilder<'_> {
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
        self.asm.align(ALIGNMENT, FILLER);
        let offset = self.asm.offset();
        let mark = self.asm.mark();
        let builder = &mut *self.builder;
        let shared = Shared {
            asm: &mut self.asm,
            config: &builder.config,
            stubs: &self.stubs,
            traps: &mut builder.traps,
            catch_sites: &mut builder.catch_sites,
            scratch: &mut builder.scratch,
        };
        let shape = compile(shared, env, index, validator, body, poll)?;
        let len = self.asm.offset().wrapping_sub(offset);
        builder.scratch.constants.emit(&mut self.asm);
        self.asm.release(mark);
        let code = FunctionCode {
            offset,
            len,
            wasm_offset: u32::try_from(body.range().start).unwrap_or(u32::MAX),
            bridge: shape.bridge,
            frame: shape.frame,
        };
        check(&self.asm)
            .and_then(|()| push(&mut builder.functions, code))
            .map_err(|fail| CompileError {
                kind: fail.into(),
                offset: Some(body.range().start as usize),
                function: Some(index),
            })
    }

    /// All its functions are there.
    ///
    /// # Errors
    ///
    /// Out of memory.
    pub fn finish(mut self) -> Result<Piece, CompileError> {
        let len = self.asm.offset() as usize;
        self.asm.rest();
        check(&self.asm).map_err(unplaced)?;
        let builder = self.builder;
        builder.growth = (len.saturating_mul(16) / self.wasm_len.max(1)).min(MOST_GROWTH);
        builder.traps.sort_unstable_by_key(|site| site.offset);
        Ok(Piece {
            asm: self.asm,
            stubs: self.stubs,
            functions: copied(&builder.functions)?,
            traps: copied(&builder.traps)?,
            catches: copied(&builder.catch_sites)?,
        })
    }
}

/// A copy of its own of what the next piece will write over.
fn copied<T: Copy>(items: &[T]) -> Result<Box<[T]>, CompileError> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(items.len())?;
    copy.extend_from_slice(items);
    boxed(copy)
}

/// An error that is no function's.
pub(super) fn unplaced(fail: Fail) -> CompileError {
    CompileError::new(CompileErrorKind::from(fail))
}
