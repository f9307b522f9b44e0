// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Compilation that several threads take part in.
//!
//! A binary is read once, function bodies only skipped. They are divided into batches, each of which becomes one piece of code
//! ([`crate::module::CodePiece`]). Whoever works on a job takes the next batch until there is none; the division depends on the
//! binary alone, so the result does not depend on who works, or how many. No thread waits for another here.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use wasmparser::{
    BinaryReader, FuncToValidate, FuncValidatorAllocations, FunctionBody, ValidatorResources,
};

use super::{env, walk, Bodies, Poll};
use crate::{
    codegen::{link, CodeBuilder, Piece},
    config::Config,
    error::{CompileError, CompileErrorKind},
    module::{
        parse::{
            fallible::{boxed, push, with_capacity},
            features, Sections,
        },
        CompiledModule, TypeGroups,
    },
};

/// Bytes of bodies in a batch, unless a single one has more. Each piece of code fills its last page and has stubs of its own, which
/// should not count; and a module that takes a noticeable time should have work for several threads.
const BATCH_BYTES: usize = 128 << 10;

/// Bodies that follow one another.
#[derive(Clone, Copy, Debug)]
struct Batch {
    /// The first one's number among the functions that the module defines.
    first: u32,
    /// How many.
    count: u32,
    /// Where the first one begins, and its length. The others follow, each behind its length.
    start: u32,
    len: u32,
    /// Bytes of all.
    bytes: usize,
}

/// A module whose function bodies are to be compiled. Every method that takes `wasm` wants the same bytes.
pub struct CompileJob {
    config: Config,
    sections: Sections,
    resources: Option<ValidatorResources>,
    batches: Vec<Batch>,
    /// The next batch that nobody has taken.
    next: AtomicUsize,
    /// The first batch that need not be compiled: all are before it, or it failed.
    end: AtomicUsize,
    /// What is wrong behind the last body; errors in bodies come first.
    behind: Option<CompileError>,
}

/// What one thread made of a job's batches.
#[derive(Default)]
pub struct Share {
    pieces: Vec<(usize, Piece)>,
    error: Option<(usize, CompileError)>,
}

impl Share {
    /// How many batches it compiled.
    pub fn batches(&self) -> usize {
        self.pieces.len()
    }
}

impl CompileJob {
    /// Validates all of `wasm` but its function bodies.
    ///
    /// # Errors
    ///
    /// As [`super::compile`], if there are no function bodies before what is wrong: otherwise [`CompileJob::finish`] tells.
    pub fn new(wasm: &[u8], config: &Config, poll: &mut dyn Poll) -> Result<Self, CompileError> {
        let mut sections = Sections::default();
        let mut plan = Plan::default();
        let behind = match walk(wasm, config.edition, &mut sections, &mut plan, poll) {
            Err(error)
                if plan.batches.is_empty() || error.kind == CompileErrorKind::Interrupted =>
            {
                return Err(error)
            }
            result => result.err(),
        };
        Ok(Self {
            config: *config,
            sections,
            resources: plan.resources,
            next: AtomicUsize::new(0),
            end: AtomicUsize::new(plan.batches.len()),
            batches: plan.batches,
            behind,
        })
    }

    /// How many batches there are: more threads have nothing to do.
    pub fn batches(&self) -> usize {
        self.batches.len()
    }

    /// Whether each batch was taken by somebody, or need not be.
    pub fn is_taken(&self) -> bool {
        self.next.load(Relaxed) >= self.end.load(Relaxed)
    }

    /// Compiles batches until all are taken. Any number of threads may do so at once.
    pub fn work(&self, wasm: &[u8], poll: &mut dyn Poll) -> Share {
        let mut share = Share::default();
        let mut builder = CodeBuilder::new(self.config);
        let mut allocations = FuncValidatorAllocations::default();
        while !self.is_taken() {
            let index = self.next.fetch_add(1, Relaxed);
            // Batches are taken in their order: whatever is before one that failed is being compiled.
            if index >= self.end.load(Relaxed) {
                break;
            }
            let result = self
                .batch(index, wasm, &mut builder, &mut allocations, poll)
                .and_then(|piece| push(&mut share.pieces, (index, piece)));
            if let Err(error) = result {
                self.end.fetch_min(index, Relaxed);
                share.error = Some((index, error));
                break;
            }
        }
        share
    }

    fn batch(
        &self,
        index: usize,
        wasm: &[u8],
        builder: &mut CodeBuilder,
        allocations: &mut FuncValidatorAllocations,
        poll: &mut dyn Poll,
    ) -> Result<Piece, CompileError> {
        let internal = |why| CompileError::new(CompileErrorKind::Internal(why));
        let batch = self
            .batches
            .get(index)
            .ok_or(internal("number of a batch"))?;
        let resources = self
            .resources
            .as_ref()
            .ok_or(internal("a body without a validator"))?;
        let (env, features) = (env(&self.sections), features(self.config.edition));
        let mut piece = builder.piece(batch.first, batch.count as usize, batch.bytes)?;
        let (mut start, mut len) = (batch.start as usize, batch.len as usize);
        for number in 0..batch.count {
            if number != 0 {
                let end = start.saturating_add(len);
                let mut reader = BinaryReader::new(wasm.get(end..).unwrap_or(&[]), end as u64);
                len = reader.read_var_u32()? as usize;
                start = reader.original_position() as usize;
            }
            let bytes = wasm
                .get(start..)
                .and_then(|rest| rest.get(..len))
                .ok_or(internal("a body that was there"))?;
            let body = FunctionBody::new(BinaryReader::new_features(bytes, start as u64, features));
            let index = (self.sections.imported_functions)
                .saturating_add(batch.first)
                .saturating_add(number);
            let ty = self.sections.functions.get(index as usize);
            let function = FuncToValidate {
                resources: resources.clone(),
                index,
                ty: *ty.ok_or(internal("type of a function"))?,
                features,
            };
            let mut validator = function.into_validator(core::mem::take(allocations));
            piece.compile_function(&env, index, &mut validator, &body, poll)?;
            *allocations = validator.into_allocations();
        }
        piece.finish()
    }

    /// Puts together what all threads that worked on the job made.
    ///
    /// # Errors
    ///
    /// As [`super::compile`]: the first thing that is wrong with the binary, unless somebody was interrupted or ran out of memory.
    pub fn finish(
        self,
        shares: impl IntoIterator<Item = Share>,
        poll: &mut dyn Poll,
    ) -> Result<CompiledModule, CompileError> {
        let mut pieces = with_capacity(self.batches.len().max(1))?;
        pieces.resize_with(self.batches.len(), || None);
        let mut first: Option<(usize, CompileError)> = None;
        for share in shares {
            if let Some((index, error)) = share.error {
                if first.as_ref().is_none_or(|&(before, _)| index < before) {
                    first = Some((index, error));
                }
            }
            for (index, piece) in share.pieces {
                if let Some(place) = pieces.get_mut(index) {
                    *place = Some(piece);
                }
            }
        }
        if let Some(error) = first.map(|(_, error)| error).or(self.behind) {
            return Err(error);
        }
        if pieces.is_empty() {
            let stubs = CodeBuilder::new(self.config).piece(0, 0, 0)?.finish()?;
            push(&mut pieces, Some(stubs))?;
        }
        let mut all = with_capacity(pieces.len())?;
        for piece in pieces {
            let missing = CompileErrorKind::Internal("a batch that nobody compiled");
            push(&mut all, piece.ok_or(CompileError::new(missing))?)?;
        }
        let env = env(&self.sections);
        let (layout, code) = (env.layout, link(&self.config, &env, all, poll)?);
        let sections = self.sections;
        Ok(CompiledModule {
            config: self.config,
            types: boxed(sections.types)?,
            groups: TypeGroups(boxed(sections.groups)?),
            imports: boxed(sections.imports)?,
            functions: boxed(sections.functions)?,
            imported_functions: sections.imported_functions,
            tables: boxed(sections.tables)?,
            imported_tables: sections.imported_tables,
            table_inits: boxed(sections.table_inits)?,
            memories: boxed(sections.memories)?,
            imported_memories: sections.imported_memories,
            tags: boxed(sections.tags)?,
            imported_tags: sections.imported_tags,
            globals: boxed(sections.globals)?,
            imported_globals: sections.imported_globals,
            global_inits: boxed(sections.global_inits)?,
            const_operators: boxed(sections.const_operators)?,
            vectors: boxed(sections.vectors)?,
            exports: boxed(sections.exports)?,
            start: sections.start,
            elements: boxed(sections.elements)?,
            data: sections.data,
            names: sections.names,
            layout,
            code,
        })
    }
}

/// Divides the bodies into batches.
#[derive(Default)]
struct Plan {
    batches: Vec<Batch>,
    resources: Option<ValidatorResources>,
    bodies: u32,
}

impl Bodies for Plan {
    fn body(
        &mut self,
        _: &Sections,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        _: &mut dyn Poll,
    ) -> Result<(), CompileError> {
        let (start, end) = (body.range().start, body.range().end);
        let len = end.saturating_sub(start) as usize;
        let number = self.bodies;
        self.bodies = number.saturating_add(1);
        self.resources.get_or_insert(function.resources);
        match self.batches.last_mut() {
            Some(batch) if batch.bytes.saturating_add(len) <= BATCH_BYTES => {
                batch.count = batch.count.saturating_add(1);
                batch.bytes = batch.bytes.saturating_add(len);
                Ok(())
            }
            _ => push(
                &mut self.batches,
                Batch {
                    first: number,
                    count: 1,
                    start: start as u32,
                    len: len as u32,
                    bytes: len,
                },
            ),
        }
    }
}
