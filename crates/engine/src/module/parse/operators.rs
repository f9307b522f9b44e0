// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators whose validation takes longer than their length tells.

use wasmparser::{BlockType, FuncValidator, Operator, ValidatorResources};

use super::limits::{check, BR_TABLE_VALUES};
use crate::{error::CompileError, module::FuncType};

/// Refuses an operator that would keep the validator busy too long between two polls. Called before it is validated; answers for
/// how many ordinary operators it counts.
pub fn check_operator(
    operator: &Operator<'_>,
    validator: &FuncValidator<ValidatorResources>,
    types: &[FuncType],
) -> Result<usize, CompileError> {
    let Operator::BrTable { targets } = operator else {
        return Ok(1);
    };
    let block = validator
        .get_control_frame(targets.default() as usize)
        .map(|frame| frame.block_type);
    let values = match block {
        None | Some(BlockType::Empty) => 0,
        Some(BlockType::Type(_)) => 1,
        Some(BlockType::FuncType(index)) => types
            .get(index as usize)
            .map_or(0, |ty| ty.params.len().max(ty.results.len())),
    };
    let total = u64::from(targets.len()).saturating_mul(values as u64 + 1);
    check(
        "values of a br_table, over all targets",
        total,
        BR_TABLE_VALUES,
    )?;
    // The validator pops and pushes each value once; an operator of average cost does some sixteen times that.
    Ok(1 + (total / 16) as usize)
}
