// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Where parameters and results of a function of generated code are (ARCHITECTURE.md, "Calling convention").

use crate::module::{FuncType, ValType};

/// Integer and reference parameters in registers: rdi rsi rdx rcx r8 r9, by hardware number.
pub const INTEGER_PARAMS: [u8; 6] = [7, 6, 2, 1, 8, 9];
/// Float parameters in registers: xmm0 to xmm7.
pub const FLOAT_PARAMS: u8 = 8;

/// Where a value is at the call instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// An integer register, by hardware number.
    Integer(u8),
    /// An xmm register.
    Float(u8),
    /// The n-th stack slot: a parameter at `[rsp + n * param_stride]`, a result at
    /// `[rsp + (bytes of stack parameters) + n * result_stride]`.
    Stack(u32),
}

/// Hands out locations in order.
#[derive(Clone, Copy, Debug)]
pub struct Assignment {
    integers: usize,
    floats: u8,
    stack: u32,
    results: bool,
}

impl Assignment {
    /// For parameters.
    pub const fn params() -> Self {
        Self {
            integers: 0,
            floats: 0,
            stack: 0,
            results: false,
        }
    }

    /// For results.
    pub const fn results() -> Self {
        Self {
            integers: 0,
            floats: 0,
            stack: 0,
            results: true,
        }
    }

    /// The location of the next value, of type `ty`.
    pub fn next(&mut self, ty: ValType) -> Location {
        if is_float(ty) {
            let most = if self.results { 1 } else { FLOAT_PARAMS };
            if self.floats < most {
                self.floats += 1;
                return Location::Float(self.floats - 1);
            }
        } else {
            // The only integer register of results is rax, number 0.
            let registers: &[u8] = if self.results { &[0] } else { &INTEGER_PARAMS };
            if let Some(&register) = registers.get(self.integers) {
                self.integers += 1;
                return Location::Integer(register);
            }
        }
        self.stack += 1;
        Location::Stack(self.stack - 1)
    }

    /// Stack slots handed out so far.
    pub const fn stack_slots(&self) -> u32 {
        self.stack
    }

    /// Bytes of each stack slot of parameters: 16 if one of them is a vector, so that they fit.
    pub fn param_stride(ty: &FuncType) -> u32 {
        stride(&ty.params)
    }

    /// Bytes of each stack slot of results, likewise. (Functions that call each other's tail have results alike, but not parameters.)
    pub fn result_stride(ty: &FuncType) -> u32 {
        stride(&ty.results)
    }

    /// Bytes of stack parameters and stack results of `ty`.
    pub fn areas(ty: &FuncType) -> (u32, u32) {
        let (params, results) = Self::slots_of(ty);
        if (params, results) == (0, 0) {
            return (0, 0);
        }
        (
            params * Self::param_stride(ty),
            results * Self::result_stride(ty),
        )
    }

    /// Stack slots that the parameters of `ty` take, and those that its results take.
    pub fn slots_of(ty: &FuncType) -> (u32, u32) {
        // As most do: so few that all are in registers, whatever they are.
        if ty.params.len() <= INTEGER_PARAMS.len() && ty.results.len() <= 1 {
            return (0, 0);
        }
        let (mut params, mut results) = (Self::params(), Self::results());
        for &param in &ty.params {
            params.next(param);
        }
        for &result in &ty.results {
            results.next(result);
        }
        (params.stack_slots(), results.stack_slots())
    }
}

fn stride(types: &[ValType]) -> u32 {
    if types.contains(&ValType::V128) {
        16
    } else {
        8
    }
}

/// The values of `types` with the offset of each one's first slot in a row of 8-byte slots.
pub fn value_slots(types: &[ValType]) -> impl Iterator<Item = (i32, ValType)> + '_ {
    let mut offset = 0i32;
    types.iter().map(move |&ty| {
        let at = offset;
        offset = offset.wrapping_add(ty.slots() as i32 * 8);
        (at, ty)
    })
}

/// True for types in xmm registers: f32, f64 and v128.
pub const fn is_float(ty: ValType) -> bool {
    matches!(ty, ValType::F32 | ValType::F64 | ValType::V128)
}

/// True if a parameter or a result of `ty` is a vector.
pub fn uses_vectors(ty: &FuncType) -> bool {
    stride(&ty.params) == 16 || stride(&ty.results) == 16
}

/// True if a parameter or a result of `ty` is in an xmm register.
pub fn uses_floats(ty: &FuncType) -> bool {
    ty.params
        .iter()
        .chain(&ty.results)
        .any(|&value| is_float(value))
}
