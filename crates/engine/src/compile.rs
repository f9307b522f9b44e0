// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! wasm bytes -> [`CompiledModule`].
//!
//! One loop over the sections; each function body is validated and compiled in one pass. Time is linear in the length of the
//! binary, and [`Poll`] can end it at any point.

use wasmparser::{
    FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, Payload, ValidPayload,
    Validator, ValidatorResources,
};

use crate::{
    codegen::{CodeBuilder, ModuleEnv},
    config::{Config, Edition},
    error::{CompileError, CompileErrorKind},
    module::{
        parse::{
            each_operator,
            fallible::{boxed, string},
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
    let mut compiler = Compiler { config, code: None };
    let sections = walk(wasm, config.edition, &mut compiler, poll)?;
    let code = match compiler.code.take() {
        Some(code) => code,
        None => CodeBuilder::new(*config, 0)?,
    };
    let env = env(&sections);
    let layout = env.layout;
    let code = code.finish(&env)?;
    Ok(CompiledModule {
        config: *config,
        types: boxed(sections.types)?,
        imports: boxed(sections.imports)?,
        functions: boxed(sections.functions)?,
        imported_functions: sections.imported_functions,
        tables: boxed(sections.tables)?,
        imported_tables: sections.imported_tables,
        memories: boxed(sections.memories)?,
        imported_memories: sections.imported_memories,
        globals: boxed(sections.globals)?,
        imported_globals: sections.imported_globals,
        global_inits: boxed(sections.global_inits)?,
        const_operators: boxed(sections.const_operators)?,
        exports: boxed(sections.exports)?,
        start: sections.start,
        elements: boxed(sections.elements)?,
        data: boxed(sections.data)?,
        names: sections.names,
        layout,
        code,
    })
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
    };
    walk(wasm, edition, &mut checker, poll).map(drop)
}

/// What is done with function bodies.
trait Bodies {
    /// The code section begins: `len` bytes.
    fn start(&mut self, len: u32) -> Result<(), CompileError>;

    /// One body, in index order. Gives `allocations` back for the next.
    fn body(
        &mut self,
        sections: &Sections,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        allocations: FuncValidatorAllocations,
        poll: &mut dyn Poll,
    ) -> Result<FuncValidatorAllocations, CompileError>;
}

/// The loop over sections.
fn walk(
    wasm: &[u8],
    edition: Edition,
    bodies: &mut dyn Bodies,
    poll: &mut dyn Poll,
) -> Result<Sections, CompileError> {
    check("bytes of a module", wasm.len() as u64, limits::MODULE_BYTES)?;
    // The validator would print both numbers over several lines.
    if wasm.get(..4).is_some_and(|magic| magic != b"\0asm") {
        return Err(CompileError::at(
            CompileErrorKind::Invalid(string("not a WebAssembly binary")?),
            0,
        ));
    }
    let mut sections = Sections::default();
    let mut allocations = FuncValidatorAllocations::default();
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
                allocations = bodies
                    .body(&sections, function, &body, allocations, poll)
                    .map_err(|error| error.in_function(index))?;
            }
            _ => {
                if let Payload::CodeSectionStart { size, .. } = payload {
                    bodies.start(size)?;
                }
                sections.read(payload, poll)?;
            }
        }
    }
    Ok(sections)
}

/// Validates and compiles each body.
struct Compiler<'a> {
    config: &'a Config,
    code: Option<CodeBuilder>,
}

impl Bodies for Compiler<'_> {
    fn start(&mut self, len: u32) -> Result<(), CompileError> {
        self.code = Some(CodeBuilder::new(*self.config, len as usize)?);
        Ok(())
    }

    fn body(
        &mut self,
        sections: &Sections,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        allocations: FuncValidatorAllocations,
        poll: &mut dyn Poll,
    ) -> Result<FuncValidatorAllocations, CompileError> {
        let code = self
            .code
            .as_mut()
            .ok_or(CompileError::new(CompileErrorKind::Internal(
                "a body outside the code section",
            )))?;
        let index = function.index;
        let mut validator = function.into_validator(allocations);
        code.compile_function(&env(sections), index, &mut validator, body, poll)?;
        Ok(validator.into_allocations())
    }
}

/// Validates each body.
struct Checker {
    polls: PollCounter,
}

impl Bodies for Checker {
    fn start(&mut self, _: u32) -> Result<(), CompileError> {
        Ok(())
    }

    fn body(
        &mut self,
        sections: &Sections,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        allocations: FuncValidatorAllocations,
        poll: &mut dyn Poll,
    ) -> Result<FuncValidatorAllocations, CompileError> {
        let mut validator = function.into_validator(allocations);
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
        Ok(validator.into_allocations())
    }
}

/// The declarations that bodies refer to.
fn env(sections: &Sections) -> ModuleEnv<'_> {
    ModuleEnv {
        types: &sections.types,
        functions: &sections.functions,
        imported_functions: sections.imported_functions,
        tables: &sections.tables,
        globals: &sections.globals,
        imported_globals: sections.imported_globals,
        layout: InstanceLayout {
            tables: sections.tables.len() as u32,
            globals: sections.globals.len() as u32,
        },
    }
}
