// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! wasm bytes -> [`CompiledModule`].
//!
//! One loop over the sections; then each function body is validated and compiled in one pass, by one thread or several
//! ([`CompileJob`]). Time is linear in the length of the binary, and [`Poll`] can end it at any point.

mod job;

pub use job::{CompileJob, Share};

use wasmparser::{
    FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, ValidPayload, Validator,
    ValidatorResources,
};

use crate::{
    codegen::ModuleEnv,
    config::{Config, Edition},
    error::{CompileError, CompileErrorKind},
    module::{
        parse::{
            each_operator,
            fallible::string,
            features,
            limits::{self, check},
            outside_bodies, Nothing, PollCounter, Sections,
        },
        CompiledModule,
    },
    vm::InstanceLayout,
};

/// Items of a segment between two polls.
pub const POLL_INTERVAL: usize = 4096;

/// Asked every few thousand operators; an error stops compilation with [`crate::error::CompileErrorKind::Interrupted`].
pub trait Poll {
    /// `Err` to stop.
    fn poll(&mut self) -> Result<(), Stop>;
}

/// See [`Poll`].
#[derive(Clone, Copy, Debug)]
pub struct Stop;

impl From<Stop> for CompileError {
    fn from(_: Stop) -> Self {
        Self::new(CompileErrorKind::Interrupted)
    }
}

/// Never stops.
impl Poll for () {
    fn poll(&mut self) -> Result<(), Stop> {
        Ok(())
    }
}

/// Validates and compiles `wasm` in one pass over each function body.
///
/// # Errors
///
/// Every [`CompileErrorKind`]; `offset` and `function` are set where they are known.
pub fn compile(
    wasm: &[u8],
    config: &Config,
    poll: &mut dyn Poll,
) -> Result<CompiledModule, CompileError> {
    let job = CompileJob::new(wasm, config, poll)?;
    let share = job.work(wasm, poll);
    job.finish([share], poll)
}

/// Validates `wasm` only, as a module of the newest edition.
///
/// # Errors
///
/// As [`compile`], but for [`CompileErrorKind::Cpu`].
pub fn validate(wasm: &[u8], poll: &mut dyn Poll) -> Result<(), CompileError> {
    validate_as(wasm, Edition::Three, poll)
}

/// Validates `wasm` only, as a module of `edition`.
///
/// # Errors
///
/// As [`validate`].
pub fn validate_as(wasm: &[u8], edition: Edition, poll: &mut dyn Poll) -> Result<(), CompileError> {
    let mut checker = Checker {
        polls: PollCounter::new(),
        allocations: FuncValidatorAllocations::default(),
    };
    walk(wasm, edition, &mut Sections::default(), &mut checker, poll)
}

/// What is done with function bodies.
trait Bodies {
    /// One body, in index order.
    fn body(
        &mut self,
        sections: &Sections,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        poll: &mut dyn Poll,
    ) -> Result<(), CompileError>;
}

/// The loop over sections.
fn walk(
    wasm: &[u8],
    edition: Edition,
    sections: &mut Sections,
    bodies: &mut dyn Bodies,
    poll: &mut dyn Poll,
) -> Result<(), CompileError> {
    check("bytes of a module", wasm.len() as u64, limits::MODULE_BYTES)?;
    // The validator would print both numbers over several lines.
    if wasm.get(..4).is_some_and(|magic| magic != b"\0asm") {
        return Err(CompileError::at(
            CompileErrorKind::Invalid(string("not a WebAssembly binary")?),
            0,
        ));
    }
    let mut validator = Validator::new_with_features(outside_bodies(edition));
    let mut parser = Parser::new(0);
    parser.set_features(features(edition));
    for payload in parser.parse_all(wasm) {
        let payload = payload?;
        poll.poll()?;
        sections.check(&payload)?;
        match validator.payload(&payload)? {
            ValidPayload::Func(mut function, body) => {
                function.features = features(edition);
                let index = function.index;
                bodies
                    .body(sections, function, &body, poll)
                    .map_err(|error| error.in_function(index))?;
            }
            _ => sections.read(payload, poll)?,
        }
    }
    Ok(())
}

/// Validates each body.
struct Checker {
    polls: PollCounter,
    allocations: FuncValidatorAllocations,
}

impl Bodies for Checker {
    fn body(
        &mut self,
        sections: &Sections,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        poll: &mut dyn Poll,
    ) -> Result<(), CompileError> {
        let mut validator = function.into_validator(core::mem::take(&mut self.allocations));
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        each_operator(
            body,
            reader,
            &mut validator,
            &sections.types,
            &mut Nothing,
            (&mut self.polls, poll),
        )?;
        self.allocations = validator.into_allocations();
        Ok(())
    }
}

/// The declarations that bodies refer to.
fn env(sections: &Sections) -> ModuleEnv<'_> {
    ModuleEnv {
        types: &sections.types,
        functions: &sections.functions,
        imported_functions: sections.imported_functions,
        tags: &sections.tags,
        tables: &sections.tables,
        memories: &sections.memories,
        globals: &sections.globals,
        imported_globals: sections.imported_globals,
        memory_minimum: sections
            .memories
            .first()
            .map_or(0, |memory| memory.minimum.saturating_mul(1 << 16)),
        layout: InstanceLayout {
            tables: sections.tables.len() as u32,
            memories: match &sections.memories[..] {
                [only] if !only.shared => 0,
                all => all.len() as u32,
            },
            globals: sections.globals.len() as u32,
        },
    }
}
