// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Modules written by hand, without the compiler.
#![allow(dead_code)]

use std::{collections::VecDeque, sync::Arc};

use dynasm::dynasm;
use wasmk_engine::{
    config::{BranchForm, Config},
    isa::x64::{
        asm::Assembler,
        branch,
        stubs::{self, StubLabels},
    },
    module::{
        CodeImage, CodePiece, CompiledModule, DataSegments, FuncType, FunctionCode, Import,
        ImportType, MemoryType, TrapSite, TypeGroups, ValType,
    },
    platform::Code,
    runtime::{
        Caller, Exports, Extern, FuncHandle, Host, HostOutcome, Interruption, ItemType, Module,
        Resolver,
    },
    sys::host::HostPlatform,
    trap::TrapCode,
    vm::{FuncRecord, InstanceCtx, InstanceLayout},
};

pub fn function(function: u32) -> FuncHandle {
    FuncHandle {
        instance: 0,
        function,
    }
}

/// A function's signature.
pub struct Function(FuncType);

impl Function {
    pub fn new(params: &[ValType], results: &[ValType]) -> Self {
        Self(FuncType {
            params: params.into(),
            results: results.into(),
        })
    }
}

/// A module being written: imports first, then functions, each with its sites.
pub struct Image {
    config: Config,
    asm: Assembler,
    stubs: StubLabels,
    types: Vec<FuncType>,
    imports: Vec<Import>,
    functions: Vec<FunctionCode>,
    traps: Vec<TrapSite>,
    memories: Vec<MemoryType>,
}

impl Image {
    pub fn new(config: Config) -> Self {
        let mut asm = Assembler::new(1 << 20);
        let stubs = stubs::emit_prelude(&mut asm, &config);
        Self {
            config,
            asm,
            stubs,
            types: Vec::new(),
            imports: Vec::new(),
            functions: Vec::new(),
            traps: Vec::new(),
            memories: Vec::new(),
        }
    }

    /// An import; its name is the number of the host function.
    pub fn host_function(&mut self, host: u32, params: &[ValType], results: &[ValType]) {
        assert!(self.functions.is_empty());
        let kind = ImportType::Function(self.types.len() as u32);
        self.imports.push(Import {
            module: "host".into(),
            name: host.to_string(),
            kind,
        });
        self.types.push(Function::new(params, results).0);
    }

    pub fn memory(&mut self, minimum: u32, maximum: Option<u32>) {
        self.memories.push(MemoryType {
            minimum: minimum.into(),
            maximum: maximum.map(u64::from),
            index64: false,
            shared: false,
        });
    }

    pub fn function(
        &mut self,
        signature: Function,
        body: impl FnOnce(&mut Assembler, &StubLabels, &Config),
    ) {
        let offset = self.asm.offset();
        // What indirect branches reach.
        branch::endbr(&mut self.asm, &self.config);
        body(&mut self.asm, &self.stubs, &self.config);
        let len = self.asm.offset() - offset;
        let wasm_offset = 10_000 + self.functions.len() as u32;
        self.functions.push(FunctionCode {
            offset,
            len,
            wasm_offset,
            bridge: 0,
            frame: 0,
        });
        self.types.push(signature.0);
    }

    /// Offset of the body of function `index`, imports counted, behind its `endbr64`.
    pub fn function_offset(&self, index: usize) -> u32 {
        self.functions[index - self.imports.len()].offset + 4
    }

    /// A trap site in the last function, at `offset` from its body.
    pub fn site(&mut self, offset: u32, wasm_offset: u32, code: TrapCode, fault: bool) {
        let start = self.function_offset(self.types.len() - 1);
        self.traps
            .push(TrapSite::new(start + offset, wasm_offset, code, fault));
    }

    pub fn publish(mut self) -> Arc<Module<HostPlatform>> {
        let asm = &mut self.asm;
        let imported = self.imports.len();
        let mut host_thunks = Vec::new();
        let mut trampolines = Vec::new();
        for (index, ty) in self.types.iter().enumerate() {
            if index < imported {
                let thunk = stubs::emit_host_thunk(asm, &self.config, &self.stubs, ty);
                host_thunks.push((index as u32, thunk));
            }
            trampolines.push((
                index as u32,
                stubs::emit_trampoline(asm, &self.config, &self.stubs, ty),
            ));
        }
        let pages = asm.offset().div_ceil(4096);
        let landing = stubs::emit_landing(asm, &self.stubs, 0, pages);
        let stubs = self.stubs.stubs(asm);
        let (bytes, relocs) = self.asm.finish().unwrap();
        let code = CodeImage {
            pieces: [CodePiece {
                offset: 0,
                bytes,
                relocs,
                traps: self.traps.into(),
                catches: Box::default(),
            }]
            .into(),
            functions: self.functions.into(),
            trampolines: trampolines.into(),
            host_thunks: host_thunks.into(),
            stubs,
            landing,
        };
        let functions = (0..self.types.len() as u32).collect();
        let compiled = CompiledModule {
            config: self.config,
            types: self.types.into(),
            imports: self.imports.into(),
            functions,
            imported_functions: imported as u32,
            tables: Box::default(),
            groups: TypeGroups::default(),
            table_inits: Box::default(),
            tags: Box::default(),
            imported_tags: 0,
            imported_tables: 0,
            memories: self.memories.into(),
            imported_memories: 0,
            globals: Box::default(),
            imported_globals: 0,
            vectors: Box::default(),
            const_operators: Box::default(),
            global_inits: Box::default(),
            exports: Box::default(),
            start: None,
            elements: Box::default(),
            data: DataSegments::default(),
            names: Vec::new(),
            layout: InstanceLayout::default(),
            code,
        };
        Arc::new(Module::new(compiled).unwrap())
    }
}

/// Loads `rax`, `r11`, `r13`, `r14` for a call of import `index`.
pub fn load_import(asm: &mut Assembler, index: usize) {
    let record = (index * core::mem::size_of::<FuncRecord>()) as i32;
    dynasm!(asm
        ; .arch x64
        ; mov rax, r14 => InstanceCtx.functions
        ; add rax, record
        ; mov r14, rax => FuncRecord.instance
        ; mov r13, r14 => InstanceCtx.memory_base
        ; mov r11, rax => FuncRecord.code
    );
}

/// A configuration whose returns and indirect branches go through functions of `thunks`.
pub fn thunked(thunks: &Module<HostPlatform>, ret: usize, jump: usize) -> Config {
    let address = |function: usize| {
        thunks.code().base() + u64::from(thunks.compiled().code.functions[function].offset)
    };
    Config {
        returns: BranchForm::Thunk {
            call: address(ret),
            jump: 0,
        },
        // A call through a thunk that jumps is a call.
        indirect: BranchForm::Thunk {
            call: address(jump),
            jump: address(jump),
        },
        ..Config::default()
    }
}

/// Resolves imports of host functions.
pub struct HostFunctions;

impl Resolver for HostFunctions {
    fn resolve(&mut self, _: &dyn Exports, import: &Import, _: ItemType<'_>) -> Option<Extern> {
        import.name.parse().ok().map(Extern::HostFunction)
    }
}

/// A host that writes down what it is asked.
#[derive(Default)]
pub struct Recorder {
    /// Function and slots of each call.
    pub calls: Vec<(u32, Vec<u64>)>,
    /// Answers, in order; `Done` after the last.
    pub outcomes: VecDeque<HostOutcome>,
    /// Slots to leave when `Done`.
    pub results: Vec<u64>,
    /// Times it was asked about an interruption.
    pub interruptions: u64,
    /// Parks at every so many interruptions, if not zero.
    pub park_every: u64,
    /// What to answer to interruptions, if always the same.
    pub answer: Option<Interruption>,
}

impl Host for Recorder {
    fn call(&mut self, function: u32, _: &mut Caller<'_>, values: &mut [u64]) -> HostOutcome {
        self.calls.push((function, values.to_vec()));
        let outcome = self.outcomes.pop_front().unwrap_or(HostOutcome::Done);
        if outcome == HostOutcome::Done {
            for (slot, &result) in values.iter_mut().zip(&self.results) {
                *slot = result;
            }
        }
        outcome
    }

    fn interrupted(&mut self) -> Interruption {
        self.interruptions += 1;
        if self.park_every != 0 && self.interruptions % self.park_every == 0 {
            return Interruption::Park;
        }
        self.answer.unwrap_or(Interruption::Continue)
    }
}
