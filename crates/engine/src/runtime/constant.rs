// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Constant expressions that compute.

use crate::module::{CompiledModule, ConstExpr, ConstOp};

/// The number that the `len` operators from `first` on leave, `global` being the value of a global; `None` if they contradict
/// what the compiler promised.
pub(super) fn compute(
    module: &CompiledModule,
    first: u32,
    len: u32,
    global: impl Fn(u32) -> Option<u64>,
) -> Option<u64> {
    let operators = module.const_operators.get(first as usize..)?;
    let mut stack = [0; ConstExpr::DEPTH];
    let mut height: usize = 0;
    for &operator in operators.get(..len as usize)? {
        let value = match operator {
            ConstOp::Value(value) => value,
            ConstOp::Global(index) => global(index)?,
            ConstOp::Binary(binary) => {
                let below = height.checked_sub(2)?;
                let &[a, b] = stack.get(below..height)? else {
                    return None;
                };
                height = below;
                binary.compute(a, b)
            }
        };
        *stack.get_mut(height)? = value;
        height += 1;
    }
    (height == 1).then_some(*stack.first()?)
}
