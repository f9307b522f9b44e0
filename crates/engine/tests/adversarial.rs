// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Inputs made to hurt a compiler. Each compiles in bounded time (the poll's deadline) to bounded code (`check_image`), twice the
//! input to about twice the code.

mod common;

use wasmk_engine::{compile::validate, error::CompileErrorKind};

use wasm_encoder::{
    BlockType, Catch, CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, Instruction as I, MemArg, MemorySection, MemoryType,
    Module, RefType, TableSection, TableType, TagKind, TagSection, TagType, TypeSection, ValType,
};

/// A module with one function of type `params -> results`, more types behind, a memory and a table.
fn module(
    params: &[ValType],
    results: &[ValType],
    types: &[(Vec<ValType>, Vec<ValType>)],
    body: &Function,
) -> Vec<u8> {
    let mut section = TypeSection::new();
    section
        .ty()
        .function(params.iter().copied(), results.iter().copied());
    for (params, results) in types {
        section
            .ty()
            .function(params.iter().copied(), results.iter().copied());
    }
    let memory = MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    let table = TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 1,
        maximum: None,
        shared: false,
    };
    Module::new()
        .section(&section)
        .section(FunctionSection::new().function(0))
        .section(TableSection::new().table(table))
        .section(MemorySection::new().memory(memory))
        .section(CodeSection::new().function(body))
        .clone()
        .finish()
}

/// Compiles `build(n)` and `build(2 n)`: the code grows at most in proportion, with 10 % to spare.
fn linear(n: usize, build: impl Fn(usize) -> Vec<u8>) {
    let len = |wasm: &[u8]| common::compile_all(wasm).unwrap().code.len();
    let empty = len(&wat::parse_str("(module)").unwrap());
    let (one, two) = (len(&build(n)) - empty, len(&build(2 * n)) - empty);
    assert!(
        two * 10 <= one * 22,
        "{n}: {one} bytes of code, {}: {two}",
        2 * n
    );
}

fn body(locals: &[(u32, ValType)], emit: impl FnOnce(&mut Function)) -> Function {
    let mut function = Function::new(locals.iter().copied());
    emit(&mut function);
    function.instruction(&I::End);
    function
}

fn nest(n: usize, open: &[I<'_>], inner: &[I<'_>], close: &[I<'_>], after: &[I<'_>]) -> Vec<u8> {
    let body = body(&[(4, ValType::I32)], |f| {
        (0..n).for_each(|_| {
            open.iter().for_each(|i| {
                f.instruction(i);
            })
        });
        inner.iter().for_each(|i| {
            f.instruction(i);
        });
        (0..n).for_each(|_| {
            close.iter().for_each(|i| {
                f.instruction(i);
            })
        });
        after.iter().for_each(|i| {
            f.instruction(i);
        });
    });
    module(&[], &[], &[], &body)
}

#[test]
fn deep_nesting() {
    linear(50_000, |n| {
        nest(n, &[I::Block(BlockType::Empty)], &[], &[I::End], &[])
    });
    linear(50_000, |n| {
        nest(n, &[I::Loop(BlockType::Empty)], &[], &[I::End], &[])
    });
    linear(20_000, |n| {
        nest(
            n,
            &[I::LocalGet(0), I::If(BlockType::Empty)],
            &[],
            &[I::Else, I::End],
            &[],
        )
    });
    let value = BlockType::Result(ValType::I32);
    let sum = [I::End, I::I32Add];
    linear(20_000, |n| {
        nest(
            n,
            &[I::I32Const(1), I::Block(value)],
            &[I::I32Const(2)],
            &sum,
            &[I::Drop],
        )
    });
    linear(20_000, |n| {
        nest(
            n,
            &[I::Block(BlockType::Empty), I::LocalGet(1), I::BrIf(0)],
            &[],
            &[I::End],
            &[],
        )
    });
}

#[test]
fn wide_br_table() {
    let table = |n: usize, depth: u32| {
        let targets: Vec<u32> = (0..n as u32).map(|k| k % depth).collect();
        let body = body(&[], |f| {
            (0..depth).for_each(|_| {
                f.instruction(&I::Block(BlockType::Empty));
            });
            f.instruction(&I::LocalGet(0))
                .instruction(&I::BrTable(targets.into(), 0));
            (0..depth).for_each(|_| {
                f.instruction(&I::End);
            });
        });
        module(&[ValType::I32], &[], &[], &body)
    };
    linear(100_000, |n| table(n, 1));
    linear(100_000, |n| table(n, 1_000));
    linear(3, |n| table(n, 2));
    // Targets that carry a thousand values each would keep the validator busy: the product is limited.
    let thousand = vec![ValType::I32; 1000];
    let heavy = |n: usize| {
        let body = body(&[], |f| {
            f.instruction(&I::Unreachable)
                .instruction(&I::BrTable(vec![0; n].into(), 0));
        });
        module(&[], &thousand, &[], &body)
    };
    common::compile_all(&heavy(4_000)).unwrap();
    let error = common::compile_all(&heavy(5_000)).unwrap_err();
    assert!(matches!(error.kind, CompileErrorKind::Limit(..)), "{error}");
    assert_eq!(error.function, Some(0));
}

/// A module with tags of a thousand values, and a body of `tables` times a `try_table` of `clauses` clauses.
fn wide_try_tables(clauses: usize, tables: usize) -> Vec<u8> {
    let thousand = vec![ValType::FUNCREF; 1000];
    let mut types = TypeSection::new();
    types.ty().function([], thousand.iter().copied());
    types.ty().function(thousand.iter().copied(), []);
    let tag = TagType {
        kind: TagKind::Exception,
        func_type_idx: 1,
    };
    let clauses = vec![Catch::One { tag: 0, label: 0 }; clauses];
    let body = body(&[], |f| {
        f.instruction(&I::Unreachable);
        for _ in 0..tables {
            f.instruction(&I::TryTable(BlockType::Empty, clauses.clone().into()))
                .instruction(&I::End);
        }
        f.instruction(&I::Unreachable);
    });
    Module::new()
        .section(&types)
        .section(FunctionSection::new().function(0))
        .section(TagSection::new().tag(tag))
        .section(CodeSection::new().function(&body))
        .clone()
        .finish()
}

/// Clauses of tags with a thousand values each would keep the validator busy: the product is limited, and counts as many operators.
#[test]
fn wide_try_table() {
    common::compile_all(&wide_try_tables(4_000, 1)).unwrap();
    let error = common::compile_all(&wide_try_tables(5_000, 1)).unwrap_err();
    assert!(matches!(error.kind, CompileErrorKind::Limit(..)), "{error}");
    assert_eq!(error.function, Some(0));
    let mut counter = common::Deadline::new();
    validate(&wide_try_tables(4_000, 10), &mut counter).unwrap();
    assert!(
        counter.polls >= 10,
        "40 million values, {} polls",
        counter.polls
    );
}

/// Many tables with a value: each target must move it.
#[test]
fn br_tables_with_results() {
    let build = |n: usize| {
        let block = BlockType::FunctionType(1);
        let body = body(&[], |f| {
            for _ in 0..n {
                f.instruction(&I::Block(block))
                    .instruction(&I::Block(block));
                (0..8).for_each(|k| {
                    f.instruction(&I::I32Const(k));
                });
                f.instruction(&I::LocalGet(0))
                    .instruction(&I::BrTable(vec![0, 1, 0, 1].into(), 1));
                f.instruction(&I::End).instruction(&I::End);
                (0..8).for_each(|_| {
                    f.instruction(&I::Drop);
                });
            }
        });
        module(
            &[ValType::I32],
            &[],
            &[(vec![], vec![ValType::I32; 8])],
            &body,
        )
    };
    linear(1_000, build);
}

#[test]
fn many_locals() {
    for ty in [
        ValType::I32,
        ValType::I64,
        ValType::F32,
        ValType::F64,
        ValType::FUNCREF,
    ] {
        let build = |n: usize| {
            let body = body(&[(n as u32, ty)], |f| {
                for local in 0..n as u32 {
                    f.instruction(&I::LocalGet(local))
                        .instruction(&I::LocalSet((local * 7 + 1) % n as u32));
                }
            });
            module(&[], &[], &[], &body)
        };
        linear(24_999, build);
    }
    // Declared one by one, of changing types; none used.
    let locals: Vec<_> = (0..49_999)
        .map(|k| {
            (
                1,
                if k % 2 == 0 {
                    ValType::I32
                } else {
                    ValType::F64
                },
            )
        })
        .collect();
    common::compile_all(&module(&[], &[], &[], &body(&locals, |_| ()))).unwrap();
    let one_too_many = body(&[(50_001, ValType::I32)], |_| ());
    common::compile_all(&module(&[], &[], &[], &one_too_many)).unwrap_err();
}

#[test]
fn huge_signatures() {
    let mixed: Vec<ValType> = [ValType::I32, ValType::F64, ValType::I64, ValType::F32].repeat(250);
    // The function calls itself with its own parameters and returns what it got.
    let identity = body(&[], |f| {
        (0..1000).for_each(|k| {
            f.instruction(&I::LocalGet(k));
        });
        f.instruction(&I::Call(0));
        f.instruction(&I::Call(0));
    });
    common::compile_all(&module(&mixed, &mixed, &[], &identity)).unwrap();
    let too_many = vec![ValType::I32; 1001];
    common::compile_all(&module(&too_many, &[], &[], &body(&[], |_| ()))).unwrap_err();
}

/// A thousand values cost one byte of wasm to name, by a block's type: code must not grow with both.
#[test]
fn blocks_with_a_thousand_values() {
    let thousand = vec![ValType::I32; 1000];
    let types = [(thousand.clone(), thousand.clone())];
    let build = |operators: &'static [I<'static>]| {
        let (thousand, types) = (thousand.clone(), types.clone());
        move |n: usize| {
            let body = body(&[], |f| {
                (0..1000).for_each(|k| {
                    f.instruction(&I::LocalGet(k));
                });
                for _ in 0..n {
                    operators.iter().for_each(|i| {
                        f.instruction(i);
                    });
                }
            });
            module(&thousand, &thousand, &types, &body)
        }
    };
    const BLOCK: BlockType = BlockType::FunctionType(1);
    linear(300, build(&[I::Block(BLOCK), I::End]));
    linear(300, build(&[I::Loop(BLOCK), I::End]));
    linear(300, build(&[I::Block(BLOCK), I::Br(0), I::End]));
    linear(
        300,
        build(&[I::Block(BLOCK), I::LocalGet(0), I::BrIf(0), I::End]),
    );
    linear(300, build(&[I::LocalGet(0), I::If(BLOCK), I::Else, I::End]));
    linear(
        300,
        build(&[I::Loop(BLOCK), I::LocalGet(0), I::BrIf(0), I::End]),
    );
    linear(
        300,
        build(&[
            I::Block(BLOCK),
            I::LocalGet(0),
            I::BrTable(std::borrow::Cow::Borrowed(&[0, 1, 0]), 1),
            I::End,
        ]),
    );
    linear(300, build(&[I::Call(0)]));
    linear(
        300,
        build(&[
            I::I32Const(0),
            I::CallIndirect {
                type_index: 1,
                table_index: 0,
            },
        ]),
    );
}

#[test]
fn a_deep_operand_stack() {
    let tower = |n: usize, value: &I<'_>, between: &[I<'_>], fold: &I<'_>| {
        let body = body(&[(2, ValType::I32)], |f| {
            for _ in 0..n {
                f.instruction(value);
                between.iter().for_each(|i| {
                    f.instruction(i);
                });
            }
            (1..n).for_each(|_| {
                f.instruction(fold);
            });
            f.instruction(&I::Drop);
        });
        module(&[], &[], &[], &body)
    };
    let load = I::I32Load(MemArg {
        offset: 0,
        align: 0,
        memory_index: 0,
    });
    linear(50_000, |n| tower(n, &I::I32Const(3), &[], &I::I32Add));
    linear(50_000, |n| tower(n, &I::LocalGet(0), &[], &I::I32Mul));
    linear(30_000, |n| {
        tower(n, &I::LocalGet(0), std::slice::from_ref(&load), &I::I32Add)
    });
    linear(30_000, |n| {
        tower(n, &I::F64Const(1.5.into()), &[I::F64Sqrt], &I::F64Add)
    });
    // With many values on the stack, operators that touch all of them would be quadratic.
    linear(20_000, |n| {
        tower(
            n,
            &I::LocalGet(0),
            &[I::I32Const(1), I::LocalSet(0)],
            &I::I32Add,
        )
    });
    linear(20_000, |n| {
        tower(n, &I::LocalGet(0), &[I::Call(0)], &I::I32Add)
    });
    linear(20_000, |n| {
        tower(
            n,
            &I::LocalGet(0),
            &[I::Block(BlockType::Empty), I::End],
            &I::I32Add,
        )
    });
    linear(20_000, |n| {
        tower(
            n,
            &I::LocalGet(0),
            &[I::LocalGet(1), I::BrIf(0)],
            &I::I32Add,
        )
    });
    linear(20_000, |n| {
        tower(
            n,
            &I::LocalGet(0),
            &[I::LocalGet(1), I::If(BlockType::Empty), I::Else, I::End],
            &I::I32Add,
        )
    });
    linear(20_000, |n| {
        tower(
            n,
            &I::LocalGet(0),
            &[I::I32Const(1), I::MemoryGrow(0), I::Drop],
            &I::I32Add,
        )
    });
}

#[test]
fn many_functions() {
    let build = |n: usize| {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        let (mut functions, mut code, mut exports) = (
            FunctionSection::new(),
            CodeSection::new(),
            ExportSection::new(),
        );
        for k in 0..n {
            functions.function(0);
            // Calls forward, backward and to itself.
            let target = (k * 31 + 7) % n;
            code.function(&body(&[], |f| {
                f.instruction(&I::Call(target as u32));
            }));
        }
        exports.export("f", ExportKind::Func, n as u32 - 1);
        Module::new()
            .section(&types)
            .section(&functions)
            .section(&exports)
            .section(&code)
            .clone()
            .finish()
    };
    linear(50_000, build);
}

#[test]
fn many_types_imports_and_globals() {
    let build = |n: usize| {
        let (mut types, mut imports, mut globals) = (
            TypeSection::new(),
            ImportSection::new(),
            GlobalSection::new(),
        );
        for k in 0..n {
            // Distinct types, told apart by the binary digits of k.
            let digit = |bit: usize| {
                if k >> bit & 1 == 0 {
                    ValType::I32
                } else {
                    ValType::F32
                }
            };
            types.ty().function((0..16).map(digit), [ValType::I64]);
            imports.import("host", "f", wasm_encoder::EntityType::Function(k as u32));
            let ty = GlobalType {
                val_type: ValType::I32,
                mutable: true,
                shared: false,
            };
            globals.global(ty, &ConstExpr::i32_const(k as i32));
        }
        Module::new()
            .section(&types)
            .section(&imports)
            .section(&globals)
            .clone()
            .finish()
    };
    linear(10_000, build);
}

/// Only unreachable code: nothing is emitted for it, and stacks stay small.
#[test]
fn unreachable_code() {
    let build = |n: usize| {
        let body = body(&[], |f| {
            f.instruction(&I::Unreachable);
            for _ in 0..n {
                f.instruction(&I::I32Add)
                    .instruction(&I::BrIf(0))
                    .instruction(&I::Block(BlockType::Empty));
                f.instruction(&I::Br(0))
                    .instruction(&I::End)
                    .instruction(&I::Return);
            }
        });
        module(&[], &[], &[], &body)
    };
    let code = common::compile_all(&build(50_000)).unwrap().code.len();
    let empty = common::compile_all(&build(0)).unwrap().code.len();
    assert!(
        code - empty < 64 << 10,
        "{} bytes for code that cannot run",
        code - empty
    );
}
