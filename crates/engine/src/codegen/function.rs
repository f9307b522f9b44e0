// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! One function body: the state of its compilation, and the loop over its operators.

use alloc::vec::Vec;

use wasmparser::{
    BinaryReader, FuncValidator, FunctionBody, Operator, OperatorsReader,
    OperatorsReaderAllocations, ValidatorResources,
};

use super::{
    checks::Fuel,
    cold::Cold,
    control::Control,
    env::ModuleEnv,
    fail::{check, push, Fail, R},
    frame::Frame,
    locals::Locals,
    registers::Registers,
    scan::Scan,
    value::{value_type, Entry},
};
use crate::{
    compile::Poll,
    config::Config,
    error::{CompileError, CompileErrorKind},
    isa::x64::{
        asm::{Assembler, Label},
        stubs::{uses_floats, StubLabels},
    },
    module::{parse::check_operator, FuncType, TrapSite, ValType},
};

/// How many operators are compiled between two polls.
const POLL_EVERY: u32 = 4096;

/// Vectors that live from function to function, so that they are allocated once.
pub(super) struct Scratch {
    pub stack: Vec<Entry>,
    pub regs: Registers,
    pub locals: Locals,
    pub frame: Frame,
    pub scan: Scan,
    pub cold: Vec<Cold>,
    pub reader: OperatorsReaderAllocations,
    /// Operators until the next poll.
    pub until_poll: u32,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self {
            stack: Vec::new(),
            regs: Registers::new(),
            locals: Locals::default(),
            frame: Frame::default(),
            scan: Scan::default(),
            cold: Vec::new(),
            reader: OperatorsReaderAllocations::default(),
            until_poll: POLL_EVERY,
        }
    }
}

/// What functions of a module share while they are compiled.
pub(super) struct Shared<'a> {
    pub asm: &'a mut Assembler,
    pub config: &'a Config,
    pub stubs: &'a StubLabels,
    /// Entry of each defined function.
    pub entries: &'a [Label],
    pub traps: &'a mut Vec<TrapSite>,
    pub scratch: &'a mut Scratch,
}

/// The state of one function's compilation.
pub(super) struct Compiler<'a> {
    pub asm: &'a mut Assembler,
    pub config: &'a Config,
    pub stubs: &'a StubLabels,
    pub entries: &'a [Label],
    pub traps: &'a mut Vec<TrapSite>,
    pub env: ModuleEnv<'a>,
    pub ty: &'a FuncType,
    /// May use float registers: its prologue makes sure of a floating-point section.
    pub floats: bool,
    pub stack: &'a mut Vec<Entry>,
    /// Entries below this one are settled, see [`super::stack`].
    pub settled: u32,
    pub regs: &'a mut Registers,
    pub locals: &'a mut Locals,
    pub frame: &'a mut Frame,
    pub scan: &'a mut Scan,
    pub control: Vec<Control<'a>>,
    pub cold: &'a mut Vec<Cold>,
    pub fuel: Fuel,
    /// Whether the next operator can be reached; nothing is emitted for one that cannot.
    pub reachable: bool,
    /// Blocks opened in unreachable code.
    pub skipped: u32,
    /// A condition is in the flags: only flag-keeping instructions until it is used.
    pub flags_live: bool,
    /// Branch tables so far.
    pub tables: u32,
    /// Where the prologue makes the frame.
    pub frame_at: u32,
    /// Where the last interruption check is.
    pub checked_at: u32,
    /// Offset of the operator in the wasm binary.
    pub offset: u32,
    /// The bytes that follow the operator.
    pub rest: &'a [u8],
    /// The type of the local that the operator names.
    pub local: Option<ValType>,
}

/// Validates and compiles `body`; binds `entries[index - imported]`.
pub(super) fn compile<'a>(
    shared: Shared<'a>,
    env: &'a ModuleEnv<'a>,
    index: u32,
    validator: &mut FuncValidator<ValidatorResources>,
    body: &FunctionBody<'a>,
    poll: &mut dyn Poll,
) -> Result<(), CompileError> {
    let failed = |kind: CompileErrorKind, offset: u64| CompileError {
        kind,
        offset: Some(offset as usize),
        function: Some(index),
    };
    let mut reader = body.get_binary_reader();
    let invalid = |error: wasmparser::BinaryReaderError| {
        let mut error = CompileError::from(error);
        error.function = Some(index);
        error
    };
    let float_locals = read_locals(validator, &mut reader).map_err(invalid)?;
    reader.set_features(*validator.features());
    let begin = reader.original_position();
    let Shared {
        asm,
        config,
        stubs,
        entries,
        traps,
        scratch,
    } = shared;
    let Scratch {
        stack,
        regs,
        locals,
        frame,
        scan,
        cold,
        reader: allocations,
        until_poll,
    } = scratch;
    let code = rest(begin, body);
    let mut reader = OperatorsReader::new_with_allocs(reader, core::mem::take(allocations));
    let Some(ty) = env.function_type(index) else {
        return Err(failed(
            CompileErrorKind::Internal("type of the function"),
            begin,
        ));
    };
    stack.clear();
    cold.clear();
    let mut compiler = Compiler {
        asm,
        config,
        stubs,
        entries,
        traps,
        env: *env,
        ty,
        floats: float_locals,
        stack,
        settled: 0,
        regs,
        locals,
        frame,
        scan,
        control: Vec::new(),
        cold,
        fuel: Fuel::default(),
        reachable: true,
        skipped: 0,
        flags_live: false,
        tables: 0,
        frame_at: 0,
        checked_at: 0,
        offset: begin as u32,
        rest: code,
        local: None,
    };
    let entry = entries.get(index.wrapping_sub(env.imported_functions) as usize);
    let started = match entry {
        Some(&entry) => compiler.begin(entry, validator),
        None => Err(Fail::Internal("index of the function")),
    };
    if let Err(fail) = started {
        return Err(failed(fail.into(), begin));
    }
    let result = (|| {
        while !reader.eof() {
            let offset = reader.original_position();
            let operator = reader.read().map_err(invalid)?;
            let cost = check_operator(&operator, validator, env.types)
                .map_err(|error| error.placed(offset as usize))?;
            *until_poll = until_poll.saturating_sub(cost as u32);
            if *until_poll == 0 {
                *until_poll = POLL_EVERY;
                poll.poll()
                    .map_err(|_| failed(CompileErrorKind::Interrupted, begin))?;
            }
            validator.op(offset, &operator).map_err(invalid)?;
            compiler.offset = offset as u32;
            compiler.rest = rest(reader.original_position(), body);
            if let Operator::LocalGet { local_index }
            | Operator::LocalSet { local_index }
            | Operator::LocalTee { local_index } = operator
            {
                compiler.local = validator.get_local_type(local_index).and_then(value_type);
            }
            compiler
                .operator(&operator)
                .map_err(|fail| failed(fail.into(), offset))?;
        }
        let end = reader.original_position();
        reader.finish().map_err(invalid)?;
        compiler.finish().map_err(|fail| failed(fail.into(), end))
    })();
    if result.is_err() {
        compiler.locals.forget_entries();
    }
    *allocations = reader.into_allocations();
    result
}

/// Reads the declarations of locals; true if one is a float.
fn read_locals(
    validator: &mut FuncValidator<ValidatorResources>,
    reader: &mut BinaryReader<'_>,
) -> wasmparser::Result<bool> {
    let mut floats = false;
    for _ in 0..reader.read_var_u32()? {
        let offset = reader.original_position();
        let count = reader.read()?;
        let ty: wasmparser::ValType = reader.read()?;
        floats |= matches!(ty, wasmparser::ValType::F32 | wasmparser::ValType::F64);
        validator.define_locals(offset, count, ty)?;
    }
    Ok(floats)
}

/// The bytes of `body` from `position` in the binary on.
fn rest<'a>(position: u64, body: &FunctionBody<'a>) -> &'a [u8] {
    let read = position.saturating_sub(body.range().start);
    body.as_bytes().get(read as usize..).unwrap_or(&[])
}

impl Compiler<'_> {
    /// Chooses registers and emits the prologue.
    fn begin(&mut self, entry: Label, validator: &FuncValidator<ValidatorResources>) -> R {
        let count = validator.len_locals();
        self.scan.run(self.rest, count, &self.env)?;
        self.locals
            .reset(count, self.scan, |index| validator.get_local_type(index))?;
        self.floats |= self.scan.floats || uses_floats(self.ty);
        self.regs.reset(self.locals.mask());
        self.frame.reset(self.scan.leaves, count)?;
        self.open_function()?;
        self.prologue(entry)
    }

    /// Compiles one valid operator.
    fn operator(&mut self, operator: &Operator<'_>) -> R {
        if !self.reachable {
            return self.skip(operator);
        }
        self.settle_if_due()?;
        self.check_if_due()?;
        self.charge(operator);
        super::ops::dispatch(self, operator)?;
        self.regs.release_temps();
        Ok(())
    }

    /// The body is complete: everything that was put off.
    fn finish(&mut self) -> R {
        if !self.control.is_empty() {
            return Err(Fail::Internal("open block at the end of a body"));
        }
        self.finish_prologue()?;
        self.emit_cold()?;
        check(self.asm)
    }

    /// Records that a trap at `offset` of the code is `code` at the current operator.
    pub(super) fn trap_site(&mut self, offset: u32, code: crate::trap::TrapCode, fault: bool) -> R {
        let wasm_offset = self.offset;
        push(
            self.traps,
            TrapSite {
                offset,
                wasm_offset,
                code,
                fault,
            },
        )
    }
}
