// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Instructions that leave a vector, by operators on vectors. Of floats only such that no NaN comes of it: engines make different ones.

use super::{Maker, Type};

const BINARY: [&str; 79] = [
    "i8x16.swizzle",
    "i8x16.eq",
    "i8x16.ne",
    "i8x16.lt_s",
    "i8x16.lt_u",
    "i8x16.gt_s",
    "i8x16.gt_u",
    "i8x16.le_s",
    "i8x16.le_u",
    "i8x16.ge_s",
    "i8x16.ge_u",
    "i16x8.eq",
    "i16x8.ne",
    "i16x8.lt_s",
    "i16x8.lt_u",
    "i16x8.gt_s",
    "i16x8.gt_u",
    "i16x8.le_s",
    "i16x8.le_u",
    "i16x8.ge_s",
    "i16x8.ge_u",
    "i32x4.eq",
    "i32x4.ne",
    "i32x4.lt_s",
    "i32x4.lt_u",
    "i32x4.gt_s",
    "i32x4.gt_u",
    "i32x4.le_s",
    "i32x4.le_u",
    "i32x4.ge_s",
    "i32x4.ge_u",
    "i64x2.eq",
    "i64x2.ne",
    "i64x2.lt_s",
    "i64x2.gt_s",
    "i64x2.le_s",
    "i64x2.ge_s",
    "v128.and",
    "v128.andnot",
    "v128.or",
    "v128.xor",
    "i8x16.narrow_i16x8_s",
    "i8x16.narrow_i16x8_u",
    "i16x8.narrow_i32x4_s",
    "i16x8.narrow_i32x4_u",
    "i8x16.add",
    "i8x16.add_sat_s",
    "i8x16.add_sat_u",
    "i8x16.sub",
    "i8x16.sub_sat_s",
    "i8x16.sub_sat_u",
    "i8x16.min_s",
    "i8x16.min_u",
    "i8x16.max_s",
    "i8x16.max_u",
    "i8x16.avgr_u",
    "i16x8.add",
    "i16x8.add_sat_s",
    "i16x8.sub_sat_u",
    "i16x8.mul",
    "i16x8.min_u",
    "i16x8.max_s",
    "i16x8.avgr_u",
    "i16x8.q15mulr_sat_s",
    "i16x8.extmul_low_i8x16_s",
    "i16x8.extmul_high_i8x16_u",
    "i32x4.sub",
    "i32x4.mul",
    "i32x4.min_s",
    "i32x4.max_u",
    "i32x4.dot_i16x8_s",
    "i32x4.extmul_low_i16x8_u",
    "i32x4.extmul_high_i16x8_s",
    "i64x2.add",
    "i64x2.sub",
    "i64x2.mul",
    "i64x2.extmul_low_i32x4_s",
    "i64x2.extmul_low_i32x4_u",
    "i64x2.extmul_high_i32x4_u",
];

const SHIFTS: [&str; 12] = [
    "i8x16.shl",
    "i8x16.shr_s",
    "i8x16.shr_u",
    "i16x8.shl",
    "i16x8.shr_s",
    "i16x8.shr_u",
    "i32x4.shl",
    "i32x4.shr_s",
    "i32x4.shr_u",
    "i64x2.shl",
    "i64x2.shr_s",
    "i64x2.shr_u",
];

/// On numbers that are integers of 32 bits.
const FLOATS: [&str; 14] = [
    "add", "sub", "mul", "min", "max", "pmin", "pmax", "eq", "ne", "lt", "gt", "le", "ge", "add",
];

/// How many operands, what is done to each before, and the operator.
const RELAXED: [(usize, &str, &str); 16] = [
    (1, "", "i32x4.relaxed_trunc_f32x4_s"),
    (1, "", "i32x4.relaxed_trunc_f32x4_u"),
    (1, "", "i32x4.relaxed_trunc_f64x2_s_zero"),
    (1, "", "i32x4.relaxed_trunc_f64x2_u_zero"),
    (2, "", "i8x16.relaxed_swizzle"),
    (2, "", "i16x8.relaxed_q15mulr_s"),
    (2, "", "i16x8.relaxed_dot_i8x16_i7x16_s"),
    (3, "", "i32x4.relaxed_dot_i8x16_i7x16_add_s"),
    (3, "", "i8x16.relaxed_laneselect"),
    (3, "", "i16x8.relaxed_laneselect"),
    (3, "", "i32x4.relaxed_laneselect"),
    (3, "", "i64x2.relaxed_laneselect"),
    (3, "f32x4.convert_i32x4_s", "f32x4.relaxed_madd"),
    (3, "f32x4.convert_i32x4_s", "f32x4.relaxed_nmadd"),
    (3, "f64x2.convert_low_i32x4_s", "f64x2.relaxed_madd"),
    (3, "f64x2.convert_low_i32x4_s", "f64x2.relaxed_nmadd"),
];

impl Maker {
    pub(super) fn vector(&mut self, depth: usize) -> String {
        let ty = Type::V128;
        match self.below(10) {
            0 => format!("{} i32x4.splat", self.value(Type::I32, depth)),
            1 | 2 if self.relaxed => self.relaxed(depth),
            3 | 4 => {
                let (shape, convert) = match self.below(2) {
                    0 => ("f32x4", "f32x4.convert_i32x4_s"),
                    _ => ("f64x2", "f64x2.convert_low_i32x4_s"),
                };
                let (one, two) = (self.value(ty, depth), self.value(ty, depth));
                let op = self.one(&FLOATS);
                format!("{one} {convert} {two} {convert} {shape}.{op}")
            }
            5 | 6 => {
                let (one, by) = (self.value(ty, depth), self.value(Type::I32, depth));
                format!("{one} {by} {}", self.one(&SHIFTS))
            }
            _ => {
                let (one, two) = (self.value(ty, depth), self.value(ty, depth));
                format!("{one} {two} {}", self.one(&BINARY))
            }
        }
    }

    /// A relaxed operator, but for minimum and maximum (see `super::super::relaxed`).
    fn relaxed(&mut self, depth: usize) -> String {
        let at = self.below(RELAXED.len());
        let (operands, convert, op) = RELAXED.get(at).copied().unwrap_or_default();
        let operands: String = (0..operands)
            .map(|_| format!("{} {convert} ", self.value(Type::V128, depth)))
            .collect();
        operands + op
    }
}
