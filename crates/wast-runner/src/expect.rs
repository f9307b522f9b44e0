// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Arguments and expectations of scripts, and when an outcome meets one.

use wast::{
    core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore},
    token::{F32, F64},
    WastArg, WastRet,
};

use crate::Value;

/// The value of an argument.
pub fn argument(argument: &WastArg<'_>) -> Result<Value, String> {
    match argument {
        WastArg::Core(WastArgCore::I32(n)) => Ok(Value::I32(*n as u32)),
        WastArg::Core(WastArgCore::I64(n)) => Ok(Value::I64(*n as u64)),
        WastArg::Core(WastArgCore::F32(x)) => Ok(Value::F32(x.bits)),
        WastArg::Core(WastArgCore::F64(x)) => Ok(Value::F64(x.bits)),
        WastArg::Core(WastArgCore::V128(x)) => {
            Ok(Value::V128(u128::from_le_bytes(x.to_le_bytes())))
        }
        WastArg::Core(WastArgCore::RefNull(ty)) => match heap(ty) {
            Some(Heap::Func) => Ok(Value::FuncRef(false)),
            Some(Heap::Extern) => Ok(Value::ExternRef(None)),
            Some(Heap::Exn) => Ok(Value::ExnRef(false)),
            None => Err(format!("argument of unknown type: {argument:?}")),
        },
        WastArg::Core(WastArgCore::RefExtern(n)) => Ok(Value::ExternRef(Some(*n))),
        _ => Err(format!("argument of unknown type: {argument:?}")),
    }
}

enum Heap {
    Func,
    Extern,
    Exn,
}

fn heap(ty: &HeapType<'_>) -> Option<Heap> {
    match ty {
        HeapType::Abstract {
            shared: false,
            ty: AbstractHeapType::Func | AbstractHeapType::NoFunc,
        }
        | HeapType::Concrete(_) => Some(Heap::Func),
        HeapType::Abstract {
            shared: false,
            ty: AbstractHeapType::Extern | AbstractHeapType::NoExtern,
        } => Some(Heap::Extern),
        HeapType::Abstract {
            shared: false,
            ty: AbstractHeapType::Exn | AbstractHeapType::NoExn,
        } => Some(Heap::Exn),
        _ => None,
    }
}

/// Whether results are what is expected.
pub fn results(expected: &[WastRet<'_>], got: &[Value]) -> Result<(), String> {
    let equal = expected.len() == got.len()
        && expected
            .iter()
            .zip(got)
            .all(|(expected, got)| match expected {
                WastRet::Core(expected) => result(expected, *got),
                _ => false,
            });
    if equal {
        return Ok(());
    }
    let got: Vec<String> = got.iter().map(ToString::to_string).collect();
    Err(format!("expected {expected:?}, got [{}]", got.join(" ")))
}

/// Whether one result is what is expected: same type, and bits that match exactly or a NaN of the class asked for.
fn result(expected: &WastRetCore<'_>, got: Value) -> bool {
    match (expected, got) {
        (WastRetCore::I32(n), Value::I32(bits)) => bits == *n as u32,
        (WastRetCore::I64(n), Value::I64(bits)) => bits == *n as u64,
        (WastRetCore::F32(pattern), Value::F32(bits)) => single(pattern, bits),
        (WastRetCore::F64(pattern), Value::F64(bits)) => double(pattern, bits),
        (WastRetCore::V128(pattern), Value::V128(bits)) => vector(pattern, bits),
        (WastRetCore::RefNull(None), Value::FuncRef(false) | Value::ExternRef(None)) => true,
        (WastRetCore::RefNull(Some(ty)), Value::FuncRef(false)) => {
            matches!(heap(ty), Some(Heap::Func))
        }
        (WastRetCore::RefNull(Some(ty)), Value::ExternRef(None)) => {
            matches!(heap(ty), Some(Heap::Extern))
        }
        (WastRetCore::RefNull(None), Value::ExnRef(false)) => true,
        (WastRetCore::RefNull(Some(ty)), Value::ExnRef(false)) => {
            matches!(heap(ty), Some(Heap::Exn))
        }
        (WastRetCore::RefExtern(None), Value::ExternRef(Some(_))) => true,
        (WastRetCore::RefExtern(Some(n)), Value::ExternRef(Some(got))) => *n == got,
        (WastRetCore::RefFunc(None), Value::FuncRef(true)) => true,
        (WastRetCore::Either(cases), got) => cases.iter().any(|case| result(case, got)),
        _ => false,
    }
}

fn single(pattern: &NanPattern<F32>, bits: u32) -> bool {
    match pattern {
        NanPattern::Value(x) => bits == x.bits,
        NanPattern::CanonicalNan => bits & 0x7fff_ffff == 0x7fc0_0000,
        NanPattern::ArithmeticNan => bits & 0x7fc0_0000 == 0x7fc0_0000,
    }
}

fn double(pattern: &NanPattern<F64>, bits: u64) -> bool {
    match pattern {
        NanPattern::Value(x) => bits == x.bits,
        NanPattern::CanonicalNan => bits & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000,
        NanPattern::ArithmeticNan => bits & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
    }
}

/// Lane by lane.
fn vector(pattern: &V128Pattern, bits: u128) -> bool {
    let lane = |index: usize, size: usize| (bits >> (index * size)) as u64;
    match pattern {
        V128Pattern::I8x16(lanes) => (0..)
            .zip(lanes)
            .all(|(at, &n)| lane(at, 8) as u8 == n as u8),
        V128Pattern::I16x8(lanes) => (0..)
            .zip(lanes)
            .all(|(at, &n)| lane(at, 16) as u16 == n as u16),
        V128Pattern::I32x4(lanes) => (0..)
            .zip(lanes)
            .all(|(at, &n)| lane(at, 32) as u32 == n as u32),
        V128Pattern::I64x2(lanes) => (0..).zip(lanes).all(|(at, &n)| lane(at, 64) == n as u64),
        V128Pattern::F32x4(lanes) => (0..)
            .zip(lanes)
            .all(|(at, x)| single(x, lane(at, 32) as u32)),
        V128Pattern::F64x2(lanes) => (0..).zip(lanes).all(|(at, x)| double(x, lane(at, 64))),
    }
}

/// Whether a trap is the one expected: the suite's message and ours begin alike (older scripts say more than newer ones, as
/// in "uninitialized element 2").
pub fn trap(expected: &str, got: &str) -> Result<(), String> {
    if !got.is_empty() && (expected.starts_with(got) || got.starts_with(expected)) {
        return Ok(());
    }
    Err(format!("expected trap \"{expected}\", got trap \"{got}\""))
}
