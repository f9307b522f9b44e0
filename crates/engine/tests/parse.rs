// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What compilation keeps of a module's sections.

mod common;

use wasmk_engine::{
    error::CompileErrorKind,
    module::{
        CompiledModule, ConstBinary, ConstExpr, ConstOp, ExternKind, FuncType, GlobalType,
        HeapType, ImportType, MemoryType, RefType, SegmentMode, TableType, ValType,
    },
};

fn module(text: &str) -> CompiledModule {
    common::compile_all(&wat::parse_str(text).unwrap()).unwrap()
}

#[test]
fn an_empty_module() {
    let module = module("(module)");
    assert!(module.types.is_empty() && module.functions.is_empty() && module.exports.is_empty());
    assert_eq!(module.start, None);
    assert!(!module.code.is_empty(), "the stubs are always there");
}

#[test]
fn types_and_multiple_values() {
    let module =
        module("(module (type (func (param i32 i64 f32 f64 funcref externref) (result f64 i32))))");
    let expected = FuncType {
        params: [
            ValType::I32,
            ValType::I64,
            ValType::F32,
            ValType::F64,
            ValType::FUNCREF,
            ValType::EXTERNREF,
        ]
        .into(),
        results: [ValType::F64, ValType::I32].into(),
    };
    assert_eq!(*module.types, [expected]);
}

#[test]
fn imports_come_first() {
    let module = module(
        r#"(module
            (import "a" "f" (func (param i32)))
            (import "a" "t" (table 1 2 externref))
            (import "b" "m" (memory 3 4))
            (import "b" "g" (global (mut i64)))
            (import "" "h" (func))
            (func) (func (param i32))
            (table 5 funcref)
            (global f32 (f32.const 1)))"#,
    );
    let names: Vec<_> = module
        .imports
        .iter()
        .map(|import| (&*import.module, &*import.name))
        .collect();
    assert_eq!(
        names,
        [("a", "f"), ("a", "t"), ("b", "m"), ("b", "g"), ("", "h")]
    );
    assert_eq!(
        module.imports[1].kind,
        ImportType::Table(TableType {
            element: RefType::new(true, HeapType::Extern),
            minimum: 1,
            maximum: Some(2),
            index64: false
        })
    );
    assert_eq!(
        module.imports[2].kind,
        ImportType::Memory(MemoryType {
            minimum: 3,
            maximum: Some(4),
            index64: false,
            shared: false
        })
    );
    assert_eq!(
        module.imports[3].kind,
        ImportType::Global(GlobalType {
            value: ValType::I64,
            mutable: true
        })
    );
    assert_eq!((module.imported_functions, module.functions.len()), (2, 4));
    assert_eq!((module.imported_tables, module.tables.len()), (1, 2));
    assert_eq!((module.imported_memories, module.memories.len()), (1, 1));
    assert_eq!((module.imported_globals, module.globals.len()), (1, 2));
    assert_eq!(
        *module.global_inits,
        [ConstExpr::Value(1f32.to_bits().into())]
    );
    assert_eq!(module.code.functions.len(), 2);
    assert_eq!((module.layout.tables, module.layout.globals), (2, 2));
}

#[test]
fn constants() {
    let module = module(
        r#"(module
            (import "" "g" (global i32))
            (func)
            (global i32 (i32.const -1))
            (global i64 (i64.const -1))
            (global f32 (f32.const nan:0x200000))
            (global f64 (f64.const -0))
            (global funcref (ref.null func))
            (global funcref (ref.func 0))
            (global i32 (global.get 0)))"#,
    );
    let expected = [
        ConstExpr::Value(0xffff_ffff),
        ConstExpr::Value(u64::MAX),
        ConstExpr::Value(0x7fa0_0000),
        ConstExpr::Value(1 << 63),
        ConstExpr::Value(0),
        ConstExpr::Function(0),
        ConstExpr::Global(0),
    ];
    assert_eq!(*module.global_inits, expected);
}

#[test]
fn constants_that_compute() {
    let module = module(
        r#"(module
            (import "" "g" (global i32))
            (global i32 (i32.sub (i32.mul (i32.const 3) (i32.const -5)) (i32.const 1)))
            (global i64 (i64.mul (i64.add (i64.const -1) (i64.const 2)) (i64.const 7)))
            (global i32 (i32.add (i32.add (i32.const 1) (i32.const 2)) (global.get 1)))
            (global i32 (global.get 3)))"#,
    );
    let expected = [
        ConstExpr::Value(-16i32 as u32 as u64),
        ConstExpr::Value(7),
        ConstExpr::Computed { first: 0, len: 3 },
        ConstExpr::Global(3),
    ];
    assert_eq!(*module.global_inits, expected);
    // What is made of constants alone is folded.
    let operators = [
        ConstOp::Value(3),
        ConstOp::Global(1),
        ConstOp::Binary(ConstBinary::I32Add),
    ];
    assert_eq!(*module.const_operators, operators);
}

#[test]
fn constants_have_a_limit_of_depth() {
    let nested = |depth: usize| {
        let (open, close) = ("(i32.add (global.get 0) ".repeat(depth), ")".repeat(depth));
        let text = format!(
            "(module (import \"\" \"\" (global i32)) (global i32 {open}(i32.const 1){close}))"
        );
        common::compile_all(&wat::parse_str(text).unwrap())
    };
    assert!(nested(ConstExpr::DEPTH - 1).is_ok());
    let error = nested(ConstExpr::DEPTH).unwrap_err();
    assert_eq!(
        error.kind,
        CompileErrorKind::Limit("values of a constant expression", 64)
    );
    assert!(error.offset.is_some());
}

#[test]
fn exports_and_start() {
    let module = module(
        r#"(module (memory (export "m") 1) (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 0))
            (func) (func (export "f") (export "") ) (start 0))"#,
    );
    let exports: Vec<_> = module
        .exports
        .iter()
        .map(|export| (&*export.name, export.kind, export.index))
        .collect();
    let expected = [
        ("m", ExternKind::Memory, 0),
        ("t", ExternKind::Table, 0),
        ("g", ExternKind::Global, 0),
        ("f", ExternKind::Function, 1),
        ("", ExternKind::Function, 1),
    ];
    assert_eq!(exports, expected);
    assert_eq!(module.start, Some(0));
}

/// All eight encodings of an element segment (core specification, "Element Section"), by hand: text writes only some.
#[test]
fn element_segments_of_all_forms() {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    wasm.extend(b"\x01\x04\x01\x60\x00\x00"); // a type
    wasm.extend(b"\x03\x02\x01\x00"); // a function
    wasm.extend(b"\x04\x07\x02\x70\x00\x08\x70\x00\x08"); // two tables
    let segments: [&[u8]; 8] = [
        b"\x00\x41\x01\x0b\x01\x00",                 // active, table 0, functions
        b"\x01\x00\x01\x00",                         // passive, functions
        b"\x02\x01\x41\x02\x0b\x00\x01\x00",         // active, table 1, functions
        b"\x03\x00\x01\x00",                         // declared, functions
        b"\x04\x41\x03\x0b\x01\xd2\x00\x0b",         // active, table 0, expressions
        b"\x05\x6f\x01\xd0\x6f\x0b",                 // passive, expressions
        b"\x06\x01\x41\x04\x0b\x70\x01\xd0\x70\x0b", // active, table 1, expressions
        b"\x07\x70\x01\xd2\x00\x0b",                 // declared, expressions
    ];
    let body: Vec<u8> = segments.concat();
    wasm.extend([9, body.len() as u8 + 1, 8]);
    wasm.extend(body);
    wasm.extend(b"\x0a\x04\x01\x02\x00\x0b"); // its body
    let module = common::compile_all(&wasm).unwrap();
    let active = |index, offset| SegmentMode::Active {
        index,
        offset: ConstExpr::Value(offset),
    };
    let functions = RefType::new(false, HeapType::Func);
    let funcref = RefType::new(true, HeapType::Func);
    let externref = RefType::new(true, HeapType::Extern);
    let expected = [
        (active(0, 1), functions, ConstExpr::Function(0)),
        (SegmentMode::Passive, functions, ConstExpr::Function(0)),
        (active(1, 2), functions, ConstExpr::Function(0)),
        (SegmentMode::Declared, functions, ConstExpr::Function(0)),
        (active(0, 3), funcref, ConstExpr::Function(0)),
        (SegmentMode::Passive, externref, ConstExpr::Value(0)),
        (active(1, 4), funcref, ConstExpr::Value(0)),
        (SegmentMode::Declared, funcref, ConstExpr::Function(0)),
    ];
    let got: Vec<_> = module
        .elements
        .iter()
        .map(|it| (it.mode, it.element, it.items[0]))
        .collect();
    assert_eq!(got, expected);
    assert!(module
        .elements
        .iter()
        .all(|segment| segment.items.len() == 1));
}

#[test]
fn data_segments() {
    let module = module(
        r#"(module (memory 1) (data (i32.const 7) "seven") (data "passive") (data (i32.const 0) ""))"#,
    );
    let segments: Vec<_> = module.data.iter().collect();
    let active = |offset| SegmentMode::Active {
        index: 0,
        offset: ConstExpr::Value(offset),
    };
    let expected: [(_, &[u8]); 3] = [
        (active(7), b"seven"),
        (SegmentMode::Passive, b"passive"),
        (active(0), b""),
    ];
    assert_eq!(segments, expected);
    for (index, (_, bytes)) in (0..).zip(expected) {
        assert_eq!(module.data.bytes(index), Some(bytes));
    }
    assert_eq!(module.data.bytes(3), None);
}

#[test]
fn names() {
    let module = module("(module (func $first) (func) (func $third))");
    assert_eq!(module.names, [(0, "first".into()), (2, "third".into())]);
}

fn with_names(subsections: &[u8]) -> CompiledModule {
    let mut wasm = wat::parse_str("(module (func) (func))").unwrap();
    wasm.extend([0, subsections.len() as u8 + 5, 4]);
    wasm.extend(b"name");
    wasm.extend(subsections);
    common::compile_all(&wasm).unwrap()
}

#[test]
fn bad_names_are_ignored() {
    // Unsorted, doubled, and out of range.
    let module = with_names(b"\x01\x10\x05\x01\x01b\x00\x01a\x00\x01A\x09\x01x\x7f\x01y");
    assert_eq!(module.names, [(0, "a".into()), (1, "b".into())]);
    // Not UTF-8, after one that is good.
    assert_eq!(
        with_names(b"\x01\x07\x02\x00\x01a\x01\x01\xff").names,
        [(0, "a".into())]
    );
    // Cut off in a subsection's length, in a name's length, and a count without names.
    assert!(with_names(b"\x01\xff").names.is_empty());
    assert!(with_names(b"\x01\x04\x01\x00\x7fa").names.is_empty());
    assert!(with_names(b"\x01\x01\x02").names.is_empty());
}

#[test]
fn long_names_are_cut_at_a_character() {
    let module = module(&format!("(module (func $\"a{}\"))", "ä".repeat(200)));
    assert_eq!(module.names[0].1, format!("a{}", "ä".repeat(127)));
}
