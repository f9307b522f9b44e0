// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! One function body: the state of its compilation, and the loop over its operators.

use alloc::vec::Vec;

use wasmparser::{BinaryReader, FuncValidator, FunctionBody, ValidatorResources};

use super::{
    checks::Fuel,
    cold::Cold,
    constants::Constants,
    control::{Control, OpenCatch},
    env::ModuleEnv,
    fail::{check, push, Fail, R},
    frame::Frame,
    locals::Locals,
    lookahead::behind_operator,
    registers::Registers,
    scan::Scan,
    value::{class, value_type, Class, Entry},
};
use crate::{
    compile::Poll,
    config::{Config, CpuFeatures},
    error::{CompileError, CompileErrorKind},
    isa::x64::{
        asm::{Assembler, Label},
        regs::{Gpr, Width, RAX},
        stubs::{uses_floats, uses_vectors, StubLabels},
    },
    module::{
        parse::{each_operator, PollCounter, Sink},
        CatchSite, FuncType, TrapSite, ValType,
    },
};

/// Vectors that live from function to function, so that they are allocated once.
pub(super) struct Scratch {
    pub stack: Vec<Entry>,
    pub regs: Registers,
    pub locals: Locals,
    pub frame: Frame,
    pub scan: Scan,
    pub cold: Vec<Cold>,
    pub constants: Constants,
    pub polls: PollCounter,
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
            constants: Constants::default(),
            polls: PollCounter::new(),
        }
    }
}

/// What functions of a module share while they are compiled.
pub(super) struct Shared<'a> {
    pub asm: &'a mut Assembler,
    pub config: &'a Config,
    pub stubs: &'a StubLabels,
    pub traps: &'a mut Vec<TrapSite>,
    pub catch_sites: &'a mut Vec<CatchSite>,
    pub scratch: &'a mut Scratch,
}

/// The state of one function's compilation.
pub(super) struct Compiler<'a> {
    pub asm: &'a mut Assembler,
    pub config: &'a Config,
    pub stubs: &'a StubLabels,
    pub traps: &'a mut Vec<TrapSite>,
    pub catch_sites: &'a mut Vec<CatchSite>,
    /// Clauses of open `try_table`s.
    pub catches: Vec<OpenCatch>,
    pub env: ModuleEnv<'a>,
    /// 0 if there is a memory 0 with 32-bit indices, else no memory's index.
    pub plain_memory: u32,
    pub ty: &'a FuncType,
    /// May use float registers: its prologue makes sure of a floating-point section.
    pub floats: bool,
    /// May have values of 128 bits: its frame has room for them, and the CPU can work with them.
    pub vectors: bool,
    pub stack: &'a mut Vec<Entry>,
    /// Entries below this one are settled, see [`super::stack`].
    pub settled: u32,
    pub regs: &'a mut Registers,
    pub locals: &'a mut Locals,
    pub frame: &'a mut Frame,
    pub scan: &'a mut Scan,
    pub control: Vec<Control<'a>>,
    pub cold: &'a mut Vec<Cold>,
    pub constants: &'a mut Constants,
    pub fuel: Fuel,
    /// Whether the next operator can be reached; nothing is emitted for one that cannot.
    pub reachable: bool,
    /// Blocks opened in unreachable code.
    pub skipped: u32,
    /// A condition is in the flags: only flag-keeping instructions until it is used.
    pub flags_live: bool,
    /// The flags at this offset of the code say whether this register is zero, with this width.
    pub zero_flag: (u32, Width, Gpr),
    /// Branch tables so far.
    pub tables: u32,
    /// Where the prologue makes the frame.
    pub frame_at: u32,
    /// Where the last interruption check is.
    pub checked_at: u32,
    /// Offset of the operator in the wasm binary.
    pub offset: u32,
    /// The bytes of the body, and where they begin in the binary.
    pub code: &'a [u8],
    pub code_start: u32,
    /// Where the next one begins in `code`; beyond its end if that is not known.
    pub next: u32,
    /// Its first byte.
    pub opcode: u8,
    /// Why the last operator was refused.
    refusal: Fail,
}

/// What others must know of a function's code.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// Bytes of its bridge, see [`super::bridge`].
    pub bridge: u32,
    /// Bytes of its frame.
    pub frame: u32,
}

/// Validates and compiles `body`; binds its [`Label::function`].
pub(super) fn compile<'a>(
    shared: Shared<'a>,
    env: &'a ModuleEnv<'a>,
    index: u32,
    validator: &mut FuncValidator<ValidatorResources>,
    body: &FunctionBody<'a>,
    poll: &mut dyn Poll,
) -> Result<Shape, CompileError> {
    let failed = |kind: CompileErrorKind, offset: u64| CompileError {
        kind,
        offset: Some(offset as usize),
        function: Some(index),
    };
    let mut reader = body.get_binary_reader();
    let begin = reader.original_position();
    let Shared {
        asm,
        config,
        stubs,
        traps,
        catch_sites,
        scratch,
    } = shared;
    let Scratch {
        stack,
        regs,
        locals,
        frame,
        scan,
        cold,
        constants,
        polls,
    } = scratch;
    let code = body.as_bytes();
    let Some(ty) = env.function_type(index) else {
        return Err(failed(
            CompileErrorKind::Internal("type of the function"),
            begin,
        ));
    };
    stack.clear();
    cold.clear();
    constants.clear();
    let mut compiler = Compiler {
        asm,
        config,
        stubs,
        traps,
        catch_sites,
        catches: Vec::new(),
        env: *env,
        plain_memory: env.plain_memory(),
        ty,
        floats: false,
        vectors: false,
        stack,
        settled: 0,
        regs,
        locals,
        frame,
        scan,
        control: Vec::new(),
        cold,
        constants,
        fuel: Fuel::default(),
        reachable: true,
        skipped: 0,
        flags_live: false,
        zero_flag: (u32::MAX, Width::W32, RAX),
        tables: 0,
        frame_at: 0,
        checked_at: 0,
        offset: begin as u32,
        code,
        code_start: body.range().start as u32,
        next: u32::MAX,
        opcode: 0,
        refusal: Fail::Unsupported,
    };
    compiler
        .read_locals(validator, &mut reader)
        .map_err(|error| error.in_function(index))?;
    let begin = reader.original_position();
    compiler.offset = begin as u32;
    let entry = Label::function(index.wrapping_sub(env.imported_functions));
    let bridge = match compiler.begin(entry) {
        Ok(bridge) => bridge,
        Err(fail) => return Err(failed(fail.into(), begin)),
    };
    let result = each_operator(
        body,
        reader,
        validator,
        env.types,
        &mut compiler,
        (polls, poll),
    )
    .and_then(|()| {
        let end = body.range().end;
        compiler.finish().map_err(|fail| failed(fail.into(), end))
    });
    if result.is_err() {
        compiler.locals.forget_entries();
    }
    result.map_err(|error| error.in_function(index))?;
    let frame = compiler.frame.size();
    let frame = frame.map_err(|fail| failed(fail.into(), begin))?;
    Ok(Shape { bridge, frame })
}

impl Sink<'_> for Compiler<'_> {
    #[inline]
    fn begin(&mut self, at: u64, opcode: u8) {
        self.offset = at as u32;
        self.opcode = opcode;
    }

    #[inline]
    fn length(&mut self, len: Option<u32>) {
        self.next = match len {
            Some(len) => self.offset.wrapping_sub(self.code_start).wrapping_add(len),
            None => u32::MAX,
        };
    }

    fn refusal(&self) -> CompileErrorKind {
        self.refusal.into()
    }
}

impl<'a> Compiler<'a> {
    /// Reads the declarations of locals.
    fn read_locals(
        &mut self,
        validator: &mut FuncValidator<ValidatorResources>,
        reader: &mut BinaryReader<'_>,
    ) -> Result<(), CompileError> {
        let failed = |fail: Fail| CompileError::new(fail.into());
        self.locals.begin(&self.ty.params).map_err(failed)?;
        for _ in 0..reader.read_var_u32()? {
            let offset = reader.original_position();
            let count = reader.read()?;
            let ty = reader.read()?;
            validator.define_locals(offset, count, ty)?;
            let ty = value_type(ty).ok_or(failed(Fail::Unsupported))?;
            self.floats |= class(ty) == Class::Float;
            self.vectors |= ty == ValType::V128;
            self.locals.declare(count, ty).map_err(failed)?;
        }
        Ok(())
    }

    /// Chooses registers and emits the prologue; bytes of the bridge before it.
    fn begin(&mut self, entry: Label) -> R<u32> {
        let count = self.locals.count;
        self.scan.run(self.code_here(), count, &self.env)?;
        self.locals.assign(self.ty, self.scan)?;
        self.vectors |= self.scan.vectors || uses_vectors(self.ty);
        self.floats |= self.vectors || self.scan.floats || uses_floats(self.ty);
        if self.vectors && !self.config.cpu.contains(CpuFeatures::SSE41) {
            return Err(Fail::Cpu(&"SSE4.1 (vectors)"));
        }
        self.regs.reset(self.locals.mask());
        self.frame.reset(self.scan.leaves, count, self.vectors)?;
        self.open_function()?;
        if !self.scan.tail_calls {
            self.prologue(entry)?;
            return Ok(0);
        }
        let (start, body) = (self.asm.offset(), self.asm.label());
        self.bridge(entry, body)?;
        let end = self.asm.offset();
        self.prologue(body)?;
        Ok(end.wrapping_sub(start))
    }

    /// What is due before an operator that costs `fuel`.
    #[inline]
    pub(super) fn before(&mut self, fuel: u32) -> R {
        if self.housekeeping_is_due() {
            self.settle_if_due()?;
            self.check_if_due()?;
        }
        self.fuel.operators = self.fuel.operators.wrapping_add(fuel);
        Ok(())
    }

    /// After an operator. False if it is refused.
    #[inline]
    pub(super) fn done(&mut self, result: R) -> bool {
        self.regs.release_temps();
        match result {
            Ok(()) => true,
            Err(fail) => {
                self.refusal = fail;
                false
            }
        }
    }

    /// The bytes of the operator and all that follows.
    fn code_here(&self) -> &'a [u8] {
        let at = self.offset.wrapping_sub(self.code_start);
        self.code.get(at as usize..).unwrap_or(&[])
    }

    /// The bytes that follow the operator.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        match self.code.get(self.next as usize..) {
            Some(rest) => rest,
            None => self.rest_unknown(),
        }
    }

    #[cold]
    fn rest_unknown(&self) -> &'a [u8] {
        behind_operator(self.code_here())
    }

    /// The body is complete: everything that was put off.
    fn finish(&mut self) -> R {
        if !self.control.is_empty() {
            return Err(Fail::Internal(&"open block at the end of a body"));
        }
        self.finish_prologue()?;
        self.emit_cold()?;
        check(self.asm)
    }

    /// Records that a trap at `offset` of the code is `code` at the current operator.
    pub(super) fn trap_site(&mut self, offset: u32, code: crate::trap::TrapCode, fault: bool) -> R {
        let wasm_offset = self.offset;
        push(self.traps, TrapSite::new(offset, wasm_offset, code, fault))
    }
}
