// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators by family. [`table`] says where each is compiled; what is done around each is here.

mod atomic;
mod atomic_wait;
mod branch_table;
mod bulk;
mod call;
mod call_indirect;
mod call_ref;
mod compare;
mod control;
mod convert;
mod division;
mod exception;
mod float;
mod integer;
mod locals;
mod memory;
mod moves;
mod null;
mod reference;
mod select;
mod shift;
mod table;
mod tail_call;
mod truncate;
mod vector;

use alloc::vec::Vec;

use wasmparser::{Operator, VisitOperator, VisitSimdOperator};

use self::{atomic::Modify, table::compile};
use super::{control::Nesting, fail::Fail, function::Compiler, value::Cond};
use crate::{
    isa::x64::{
        float::{FloatBits, FloatOp, Round},
        int::{
            Alu,
            Extend::{self, Sign16, Sign32, Sign8, Zero16, Zero8},
            Shift,
        },
        regs::{
            Cc,
            Precision::{Double, Single},
            Width::{W32, W64},
        },
    },
    module::ValType::{self, F32, F64, I32, I64},
    vm::LibCall,
};

/// What an operator does to the nesting of blocks.
macro_rules! nesting {
    (Block) => {
        Nesting::Open
    };
    (Loop) => {
        Nesting::Open
    };
    (If) => {
        Nesting::Open
    };
    (TryTable) => {
        Nesting::Open
    };
    (Else) => {
        Nesting::Else
    };
    (End) => {
        Nesting::End
    };
    ($other:ident) => {
        Nesting::Same
    };
}

/// Units of fuel that an operator costs, see [`super::checks`].
macro_rules! fuel {
    (Block) => {
        0
    };
    (Loop) => {
        0
    };
    (TryTable) => {
        0
    };
    (Else) => {
        0
    };
    (End) => {
        0
    };
    (Nop) => {
        0
    };
    ($other:ident) => {
        1
    };
}

macro_rules! operators {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(
            fn $visit(&mut self $($(, $arg: $argty)*)?) -> bool {
                if !self.reachable {
                    let result = self.skip(nesting!($op));
                    return self.done(result);
                }
                let result = match self.before(fuel!($op)) {
                    Ok(()) => compile!($op self $($($arg)*)?),
                    Err(fail) => Err(fail),
                };
                self.done(result)
            }
        )*
    };
}

/// Compiles one valid operator; false if it is refused.
#[allow(unused_variables, reason = "operands that say nothing new")]
impl<'a> VisitOperator<'a> for Compiler<'_> {
    type Output = bool;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = bool>> {
        Some(self)
    }

    wasmparser::for_each_visit_operator!(operators);
}

/// Vector operators are told apart once more, by family.
macro_rules! vectors {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(
            fn $visit(&mut self $($(, $arg: $argty)*)?) -> bool {
                self.vector(&Operator::$op $({ $($arg),* })?)
            }
        )*
    };
}

impl VisitSimdOperator<'_> for Compiler<'_> {
    wasmparser::for_each_visit_simd_operator!(vectors);
}

impl Compiler<'_> {
    fn vector(&mut self, operator: &Operator<'_>) -> bool {
        let result = if self.reachable {
            self.before(1)
                .and_then(|()| vector::compile(self, operator))
        } else {
            self.skip(Nesting::Same)
        };
        self.done(result)
    }
}
