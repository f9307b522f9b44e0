// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the tests of compilation share.
#![allow(dead_code)]

use std::time::{Duration, Instant};

use wasmk_engine::{
    compile::{compile, validate, Poll, Stop},
    config::{Config, MemoryModel},
    error::{CompileError, CompileErrorKind},
    module::CompiledModule,
};

/// Counts polls, and stops after a minute: far more than anything linear needs.
pub struct Deadline {
    end: Instant,
    /// Polls so far.
    pub polls: usize,
}

impl Deadline {
    pub fn new() -> Self {
        Self {
            end: Instant::now() + Duration::from_secs(60),
            polls: 0,
        }
    }
}

impl Poll for Deadline {
    fn poll(&mut self) -> Result<(), Stop> {
        self.polls += 1;
        if Instant::now() > self.end {
            return Err(Stop);
        }
        Ok(())
    }
}

/// The configurations that tests go through.
pub fn configs() -> [Config; 3] {
    let guard = Config::default();
    let bounds = Config {
        memory_model: MemoryModel::Bounds,
        ..guard
    };
    let plain = Config {
        fuel: true,
        speculation_safe: false,
        endbr: false,
        ..bounds
    };
    [guard, bounds, plain]
}

/// Compiles with every configuration, within the deadline, and checks what must hold of every result: validation and
/// compilation agree, the compiler is not at odds with itself, and the image is well-formed and of bounded size.
pub fn compile_all(wasm: &[u8]) -> Result<CompiledModule, CompileError> {
    let validated = validate(wasm, &mut Deadline::new());
    let mut last = None;
    for config in configs() {
        let compiled = compile(wasm, &config, &mut Deadline::new());
        assert_eq!(
            validated.as_ref().err(),
            compiled.as_ref().err(),
            "validation and compilation differ"
        );
        if let Ok(module) = &compiled {
            check_image(module, wasm.len());
        }
        last = Some(compiled);
    }
    let result = last.expect("there are configurations");
    if let Err(error) = &result {
        assert!(
            !matches!(
                error.kind,
                CompileErrorKind::Internal(_)
                    | CompileErrorKind::OutOfMemory
                    | CompileErrorKind::Interrupted
            ),
            "{error}"
        );
    }
    result
}

/// Bytes of code for stubs, trampolines and landing pads that a module of any size has.
const FIXED_CODE: usize = 64 << 10;
/// Most bytes of code for one byte of wasm.
pub const CODE_PER_BYTE: usize = 200;

/// Panics if the image is malformed or too large.
pub fn check_image(module: &CompiledModule, wasm_len: usize) {
    let code = &module.code;
    let len = code.len();
    let traps: Vec<_> = code.traps().copied().collect();
    assert!(
        len <= FIXED_CODE + CODE_PER_BYTE * wasm_len,
        "{len} bytes of code for {wasm_len} bytes of wasm"
    );
    let defined = module.functions.len() - module.imported_functions as usize;
    assert_eq!(code.functions.len(), defined);
    for pair in code.functions.windows(2) {
        assert!(
            pair[0].offset + pair[0].len <= pair[1].offset,
            "functions overlap"
        );
    }
    for function in code.functions.iter() {
        assert!((function.offset + function.len) as usize <= len && function.len > 0);
        assert!((function.wasm_offset as usize) < wasm_len);
    }
    for pair in traps.windows(2) {
        assert!(
            pair[0].offset <= pair[1].offset,
            "trap sites are not sorted"
        );
    }
    for site in traps {
        assert!((site.offset as usize) <= len && (site.wasm_offset() as usize) < wasm_len);
        assert!(
            !site.fault() || site.offset % 4096 != 4095,
            "a fault site at the end of a page"
        );
    }
    for table in [&code.trampolines, &code.host_thunks] {
        assert!(
            table.windows(2).all(|pair| pair[0].0 < pair[1].0),
            "not sorted by type"
        );
        assert!(table
            .iter()
            .all(|&(ty, at)| (ty as usize) < module.types.len() && (at as usize) < len));
    }
}
