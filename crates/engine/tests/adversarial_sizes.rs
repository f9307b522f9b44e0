// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! How much code a byte of wasm can become: constructs whose operators are short and whose code is long. Each is compiled once and with
//! twice as many operators; what these add is held to the bound, in every configuration. (`--nocapture` prints how much it is.)

mod common;

use std::borrow::Cow;

use wasm_encoder::{
    BlockType, Catch, CodeSection, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, HeapType, ImportSection, Instruction as I, MemArg, MemorySection, MemoryType,
    Module, RefType, TableSection, TableType, TagKind, TagSection, TagType, TypeSection, ValType,
};
use wasmk_engine::{
    compile::compile,
    config::{BranchForm, Config, CpuFeatures},
};

/// Values of a huge signature.
const HUGE: usize = 1000;

/// Types, tags and the one function of a module. It has two tables and three memories, the last two with 64-bit indices.
struct Build<'a> {
    types: &'a [(Vec<ValType>, Vec<ValType>)],
    tags: &'a [u32],
    locals: &'a [(u32, ValType)],
}

impl Build<'_> {
    /// The function is of type 0 and imported nowhere.
    fn module(&self, emit: impl FnOnce(&mut Function)) -> Vec<u8> {
        let mut types = TypeSection::new();
        for (params, results) in self.types {
            types
                .ty()
                .function(params.iter().copied(), results.iter().copied());
        }
        let mut tags = TagSection::new();
        for &func_type_idx in self.tags {
            tags.tag(TagType {
                kind: TagKind::Exception,
                func_type_idx,
            });
        }
        let mut memories = MemorySection::new();
        for memory64 in [false, true, true] {
            memories.memory(MemoryType {
                minimum: 1,
                maximum: None,
                memory64,
                shared: false,
                page_size_log2: None,
            });
        }
        let table = TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 1,
            maximum: None,
            shared: false,
        };
        let mut body = Function::new(self.locals.iter().copied());
        emit(&mut body);
        body.instruction(&I::End);
        Module::new()
            .section(&types)
            .section(FunctionSection::new().function(0))
            .section(TableSection::new().table(table))
            .section(&memories)
            .section(&tags)
            .section(CodeSection::new().function(&body))
            .clone()
            .finish()
    }
}

fn configs() -> Vec<Config> {
    let mut configs = common::configs().to_vec();
    let [_, bounds, _] = common::configs();
    let thunk = BranchForm::Thunk {
        call: 0x1000,
        jump: 0x2000,
    };
    configs.push(Config {
        fuel: true,
        returns: thunk,
        indirect: thunk,
        cpu: CpuFeatures::SSE41,
        ..bounds
    });
    configs
}

/// Bytes of code that `build(2 n)` has more than `build(n)`, for each byte of wasm that it has more: at most the bound.
fn bounded(name: &str, n: usize, build: impl Fn(usize) -> Vec<u8>) {
    let (small, large) = (build(n), build(2 * n));
    common::compile_all(&large).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut worst = 0.0_f64;
    for config in configs() {
        let len = |wasm: &[u8]| compile(wasm, &config, &mut ()).unwrap().code.len() as f64;
        let ratio = (len(&large) - len(&small)) / (large.len() - small.len()) as f64;
        worst = worst.max(ratio);
    }
    println!("{worst:7.1} {name}");
    assert!(worst <= common::CODE_PER_BYTE as f64, "{name}: {worst}");
}

fn repeat(f: &mut Function, n: usize, operators: &[I<'_>]) {
    for _ in 0..n {
        for operator in operators {
            f.instruction(operator);
        }
    }
}

fn gets(f: &mut Function, count: usize) {
    (0..count).for_each(|k| {
        f.instruction(&I::LocalGet(k as u32));
    });
}

/// Short operators with long code, on values that are at hand.
#[test]
fn operators() {
    let arg = |memory_index, offset| MemArg {
        offset,
        align: 0,
        memory_index,
    };
    let f64_to_i64 = [I::I64TruncF64U, I::F64ConvertI64U];
    let sat = [I::I64TruncSatF64U, I::F64ConvertI64U];
    let cases: Vec<(&str, ValType, Vec<I<'_>>)> = vec![
        ("trunc", ValType::F64, f64_to_i64.to_vec()),
        ("trunc_sat", ValType::F64, sat.to_vec()),
        ("f64.nearest", ValType::F64, vec![I::F64Nearest]),
        ("f64.min", ValType::F64, vec![I::LocalGet(1), I::F64Min]),
        (
            "f64.copysign",
            ValType::F64,
            vec![I::LocalGet(1), I::F64Copysign],
        ),
        ("i64.div_s", ValType::I64, vec![I::LocalGet(0), I::I64DivS]),
        ("i64.rem_s", ValType::I64, vec![I::LocalGet(0), I::I64RemS]),
        ("i32.rem_u", ValType::I32, vec![I::LocalGet(0), I::I32RemU]),
        ("i64.popcnt", ValType::I64, vec![I::I64Popcnt]),
        ("i64.clz", ValType::I64, vec![I::I64Clz]),
        ("i64.rotl", ValType::I64, vec![I::LocalGet(0), I::I64Rotl]),
        ("i32.load", ValType::I32, vec![I::I32Load(arg(0, 0))]),
        (
            "i32.load far",
            ValType::I32,
            vec![I::I32Load(arg(0, 0xffff_fff0))],
        ),
        (
            "i64.load, 64-bit index",
            ValType::I64,
            vec![I::I64Load(arg(1, 0))],
        ),
        (
            "i64.load, 64-bit index and offset",
            ValType::I64,
            vec![I::I64Load(arg(2, u64::MAX - 9))],
        ),
        (
            "i64.load8_s alternating",
            ValType::I64,
            vec![I::I64Load8S(arg(1, 1)), I::I64Load8S(arg(2, 1))],
        ),
        ("memory.grow", ValType::I32, vec![I::MemoryGrow(0)]),
        ("memory.grow, 64-bit", ValType::I64, vec![I::MemoryGrow(2)]),
        (
            "memory.fill",
            ValType::I32,
            vec![
                I::LocalGet(0),
                I::LocalGet(0),
                I::MemoryFill(0),
                I::LocalGet(0),
            ],
        ),
        (
            "table.get",
            ValType::I32,
            vec![I::TableGet(0), I::RefIsNull],
        ),
        (
            "ternaries",
            ValType::I32,
            vec![I::LocalGet(0), I::LocalGet(0), I::Select],
        ),
        (
            "if without code",
            ValType::I32,
            vec![I::LocalGet(0), I::If(BlockType::Empty), I::End],
        ),
        (
            "if",
            ValType::I32,
            vec![
                I::If(BlockType::Result(ValType::I32)),
                I::LocalGet(0),
                I::Else,
                I::LocalGet(1),
                I::End,
            ],
        ),
        (
            "loop",
            ValType::I32,
            vec![I::Loop(BlockType::Empty), I::End],
        ),
        (
            "loop with a branch",
            ValType::I32,
            vec![
                I::Loop(BlockType::Empty),
                I::LocalGet(0),
                I::BrIf(0),
                I::End,
            ],
        ),
        ("call", ValType::I32, vec![I::Call(0)]),
        (
            "local.tee",
            ValType::I64,
            vec![I::LocalTee(1), I::LocalGet(0), I::I64Add],
        ),
    ];
    for (name, ty, operators) in &cases {
        for many in [0, 40] {
            let build = |n| {
                Build {
                    types: &[(vec![*ty], vec![*ty])],
                    tags: &[],
                    locals: &[(1, *ty)],
                }
                .module(|f| {
                    // Values below that stay.
                    repeat(f, many, &[I::LocalGet(0)]);
                    f.instruction(&I::LocalGet(0));
                    repeat(f, n, operators);
                    let local = I::LocalSet(0);
                    f.instruction(&local);
                    repeat(f, many, &[I::Drop]);
                    f.instruction(&I::LocalGet(0));
                })
            };
            bounded(&format!("{name}, above {many}"), 400, build);
        }
    }
}

/// Vectors: short operators, constants, locals.
#[test]
fn vectors() {
    let cases: Vec<(&str, Vec<I<'_>>)> = vec![
        ("constants", vec![I::V128Const(0x1234), I::V128Xor]),
        ("i8x16.shl", vec![I::LocalGet(1), I::I8x16Shl]),
        ("i8x16.shr_s", vec![I::LocalGet(1), I::I8x16ShrS]),
        ("i64x2.mul", vec![I::LocalGet(0), I::I64x2Mul]),
        ("i8x16.popcnt", vec![I::I8x16Popcnt]),
        ("i8x16.neg", vec![I::I8x16Neg]),
        ("i64x2.abs", vec![I::I64x2Abs]),
        ("f32x4.min", vec![I::LocalGet(0), I::F32x4Min]),
        ("f64x2.max", vec![I::LocalGet(0), I::F64x2Max]),
        ("i32x4.trunc_sat_f32x4_u", vec![I::I32x4TruncSatF32x4U]),
        (
            "i32x4.trunc_sat_f64x2_u_zero",
            vec![I::I32x4TruncSatF64x2UZero],
        ),
        ("f32x4.convert_i32x4_u", vec![I::F32x4ConvertI32x4U]),
        ("f64x2.nearest", vec![I::F64x2Nearest]),
        (
            "i32x4.relaxed_dot",
            vec![
                I::LocalGet(0),
                I::LocalGet(0),
                I::I32x4RelaxedDotI8x16I7x16AddS,
            ],
        ),
        ("call", vec![I::LocalGet(1), I::Call(0)]),
    ];
    for (name, operators) in &cases {
        for many in [0, 40] {
            let build = |n| {
                Build {
                    types: &[(vec![ValType::V128, ValType::I32], vec![ValType::V128])],
                    tags: &[],
                    locals: &[],
                }
                .module(|f| {
                    repeat(f, many, &[I::LocalGet(0)]);
                    f.instruction(&I::LocalGet(0));
                    repeat(f, n, operators);
                    f.instruction(&I::LocalSet(0));
                    repeat(f, many, &[I::Drop]);
                    f.instruction(&I::LocalGet(0));
                })
            };
            bounded(&format!("v128: {name}, above {many}"), 400, build);
        }
    }
}

#[test]
fn locals() {
    for ty in [ValType::I64, ValType::F64, ValType::V128] {
        let count = 50_000;
        let build = |n: usize| {
            Build {
                types: &[(vec![], vec![])],
                tags: &[],
                locals: &[(count, ty)],
            }
            .module(|f| {
                for k in 0..n as u32 {
                    f.instruction(&I::LocalGet(k * 31 % count))
                        .instruction(&I::LocalSet(k * 17 % count));
                }
            })
        };
        bounded(&format!("{count} locals of {ty:?}"), 25_000, build);
        // As many, in many functions that do nothing.
        let build = |n: usize| {
            let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
            for _ in 0..n {
                functions.function(0);
                let mut body = Function::new([(count, ty)]);
                body.instruction(&I::End);
                code.function(&body);
            }
            let mut types = TypeSection::new();
            types.ty().function([], []);
            Module::new()
                .section(&types)
                .section(&functions)
                .section(&code)
                .clone()
                .finish()
        };
        bounded(
            &format!("functions with {count} locals of {ty:?}"),
            500,
            build,
        );
    }
    // All in registers, homes and back, at joins.
    let build = |n: usize| {
        Build {
            types: &[(vec![], vec![])],
            tags: &[],
            locals: &[(100, ValType::I64)],
        }
        .module(|f| {
            for k in 0..n as u32 {
                f.instruction(&I::Loop(BlockType::Empty));
                for local in 0..8 {
                    f.instruction(&I::LocalGet((k * 8 + local) % 100))
                        .instruction(&I::LocalSet((k * 8 + local + 8) % 100));
                }
                f.instruction(&I::End);
            }
        })
    };
    bounded("loops, each with locals of its own", 2_000, build);
    let build = |n: usize| {
        Build {
            types: &[(vec![ValType::I32], vec![])],
            tags: &[],
            locals: &[(60, ValType::I64)],
        }
        .module(|f| {
            repeat(f, n, &[I::Loop(BlockType::Empty)]);
            for local in 1..60 {
                f.instruction(&I::LocalGet(local))
                    .instruction(&I::LocalSet((local + 1) % 60 + 1));
            }
            repeat(f, n, &[I::LocalGet(0), I::BrIf(0), I::End]);
        })
    };
    bounded("loops in loops", 2_000, build);
}

/// Each type with what it means for a thousand values.
fn huge_types() -> Vec<(&'static str, Vec<ValType>)> {
    let mixed = [ValType::I32, ValType::F64, ValType::I64, ValType::V128].repeat(HUGE / 4);
    vec![("i64", vec![ValType::I64; HUGE]), ("mixed", mixed)]
}

/// A thousand values that each of many short operators has to move.
#[test]
fn huge_signatures() {
    for (name, huge) in huge_types() {
        let types = [
            (huge.clone(), huge.clone()),
            (vec![], huge.clone()),
            (huge.clone(), vec![]),
        ];
        let build = Build {
            types: &types,
            tags: &[2],
            locals: &[],
        };
        // Values one slot too high for the label, so that each branch moves all.
        let case = |what: &str, operators: &[I<'_>]| {
            let displaced = |n: usize| {
                build.module(|f| {
                    f.instruction(&I::Block(BlockType::FunctionType(1)))
                        .instruction(&I::LocalGet(0))
                        .instruction(&I::LocalGet(0));
                    gets(f, HUGE);
                    repeat(f, n, operators);
                    f.instruction(&I::Br(0)).instruction(&I::End);
                })
            };
            bounded(&format!("{what}, {HUGE} of {name}"), 40, displaced);
        };
        let size = I::MemorySize(0);
        case("br_if displaced", &[size.clone(), I::BrIf(0)]);
        case(
            "br_table displaced",
            &[
                size.clone(),
                I::If(BlockType::FunctionType(0)),
                size.clone(),
                I::BrTable(Cow::Borrowed(&[1, 1, 1, 1]), 1),
                I::End,
            ],
        );
        case(
            "if with br",
            &[
                size.clone(),
                I::If(BlockType::FunctionType(0)),
                I::Br(1),
                I::End,
            ],
        );
        case(
            "br_on_null displaced",
            &[I::RefNull(HeapType::FUNC), I::BrOnNull(0), I::Drop],
        );
        case(
            "table.get br_on_null displaced",
            &[size.clone(), I::TableGet(0), I::BrOnNull(0), I::Drop],
        );
        case("call", &[I::Call(0)]);
        case(
            "call_indirect",
            &[
                size.clone(),
                I::CallIndirect {
                    type_index: 0,
                    table_index: 0,
                },
            ],
        );
        case(
            "call_ref",
            &[I::RefNull(HeapType::Concrete(0)), I::CallRef(0)],
        );
        case(
            "if with return_call",
            &[
                size.clone(),
                I::If(BlockType::FunctionType(0)),
                I::ReturnCall(0),
                I::End,
            ],
        );
        case(
            "if with return_call_ref",
            &[
                size.clone(),
                I::If(BlockType::FunctionType(0)),
                I::RefNull(HeapType::Concrete(0)),
                I::ReturnCallRef(0),
                I::End,
            ],
        );
        case(
            "if with return_call_indirect",
            &[
                size.clone(),
                I::If(BlockType::FunctionType(0)),
                size.clone(),
                I::ReturnCallIndirect {
                    type_index: 0,
                    table_index: 0,
                },
                I::End,
            ],
        );
        case(
            "if with return",
            &[
                size.clone(),
                I::If(BlockType::FunctionType(0)),
                I::Return,
                I::End,
            ],
        );
        case(
            "if with throw",
            &[
                size.clone(),
                I::If(BlockType::FunctionType(0)),
                I::Throw(0),
                I::End,
            ],
        );
        case("block", &[I::Block(BlockType::FunctionType(0)), I::End]);
        case("loop", &[I::Loop(BlockType::FunctionType(0)), I::End]);
        case(
            "loop with br_if",
            &[
                I::Loop(BlockType::FunctionType(0)),
                size.clone(),
                I::BrIf(0),
                I::End,
            ],
        );
        case(
            "if",
            &[
                size.clone(),
                I::If(BlockType::FunctionType(0)),
                I::Else,
                I::End,
            ],
        );
        case(
            "try_table",
            &[
                I::TryTable(
                    BlockType::FunctionType(0),
                    Cow::Owned(vec![Catch::One { tag: 0, label: 0 }]),
                ),
                I::End,
            ],
        );
        let clauses = |n: usize| {
            build.module(|f| {
                let clauses = vec![Catch::One { tag: 0, label: 0 }; n];
                f.instruction(&I::Block(BlockType::FunctionType(1)))
                    .instruction(&I::LocalGet(0))
                    .instruction(&I::TryTable(BlockType::Empty, clauses.into()))
                    .instruction(&I::Unreachable)
                    .instruction(&I::End)
                    .instruction(&I::Unreachable)
                    .instruction(&I::End);
            })
        };
        bounded(&format!("clauses, {HUGE} of {name}"), 40, clauses);
    }
}

/// A hundred thousand targets, all of labels that want their values elsewhere.
#[test]
fn targets() {
    const LABELS: usize = 200;
    for values in [0, 1, 8, 20] {
        let carried = vec![ValType::I64; values];
        let types = [(vec![ValType::I32], vec![]), (vec![], carried)];
        let build = Build {
            types: &types,
            tags: &[],
            locals: &[],
        };
        let table = |n: usize| {
            build.module(|f| {
                // Each block one slot higher.
                repeat(
                    f,
                    LABELS,
                    &[I::I64Const(7), I::Block(BlockType::FunctionType(1))],
                );
                repeat(f, values, &[I::I64Const(3)]);
                let targets: Vec<u32> = (0..n).map(|k| (k * 7 % LABELS) as u32).collect();
                f.instruction(&I::LocalGet(0))
                    .instruction(&I::BrTable(targets.into(), 0));
                for _ in 0..LABELS {
                    f.instruction(&I::End);
                    repeat(f, values + 1, &[I::Drop]);
                    // What the next block is to leave.
                    repeat(f, values, &[I::I64Const(5)]);
                }
                repeat(f, values, &[I::Drop]);
            })
        };
        bounded(&format!("targets with {values} values"), 50_000, table);
        // Many short tables, each with the labels' moves of its own.
        let tables = |n: usize| {
            build.module(|f| {
                for _ in 0..n {
                    repeat(
                        f,
                        3,
                        &[I::I64Const(7), I::Block(BlockType::FunctionType(1))],
                    );
                    repeat(f, values, &[I::MemorySize(1)]);
                    f.instruction(&I::LocalGet(0))
                        .instruction(&I::BrTable(Cow::Borrowed(&[0, 1, 2, 0, 2]), 1));
                    for _ in 0..3 {
                        f.instruction(&I::End);
                        repeat(f, values + 1, &[I::Drop]);
                        repeat(f, values, &[I::I64Const(5)]);
                    }
                    repeat(f, values, &[I::Drop]);
                }
            })
        };
        bounded(&format!("tables with {values} values"), 400, tables);
    }
}

/// Functions and types that hardly are anything.
#[test]
fn functions() {
    let bodies: [(&str, &[I<'_>]); 5] = [
        ("empty", &[]),
        ("call", &[I::Call(0)]),
        ("tail call", &[I::ReturnCall(0)]),
        (
            "tail call of a reference",
            &[I::RefNull(HeapType::Concrete(0)), I::ReturnCallRef(0)],
        ),
        ("loop", &[I::Loop(BlockType::Empty), I::Br(0), I::End]),
    ];
    for (name, operators) in bodies {
        for imported in [false, true] {
            let build = |n: usize| {
                let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
                let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
                let mut exports = ExportSection::new();
                for k in 0..n as u32 {
                    types.ty().function([], []);
                    if imported {
                        imports.import("", "", EntityType::Function(k));
                    }
                    functions.function(k);
                    let mut body = Function::new([]);
                    repeat(&mut body, 1, operators);
                    body.instruction(&I::End);
                    code.function(&body);
                    exports.export(&format!("{k:x}"), ExportKind::Func, k);
                }
                Module::new()
                    .section(&types)
                    .section(&imports)
                    .section(&functions)
                    .section(&exports)
                    .section(&code)
                    .clone()
                    .finish()
            };
            let with = if imported { "with an import" } else { "alone" };
            bounded(&format!("functions: {name}, each {with}"), 500, build);
        }
    }
}
