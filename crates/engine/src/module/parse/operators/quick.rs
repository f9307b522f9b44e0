// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A decoder of the operators that are met most: those of one byte, and those whose immediates are as short as they mostly are.
//!
//! What takes more is left to wasmparser's, which is a call and a second table of jumps away. The encodings are those of the
//! specification's chapter 5.4; a test holds them to wasmparser.

use wasmparser::{BlockType, MemArg, VisitOperator};

/// A number of one or two bytes, not sign-extended, with how many bits it has, and its length.
#[inline]
fn short(code: &[u8]) -> Option<(u32, u32, u32)> {
    match *code {
        [low @ 0..=0x7f, ..] => Some((low.into(), 7, 1)),
        [low, high @ 0..=0x7f, ..] => {
            let value = u32::from(low & 0x7f) | u32::from(high) << 7;
            Some((value, 14, 2))
        }
        _ => None,
    }
}

/// An index.
#[inline]
fn index(code: &[u8]) -> Option<(u32, u32)> {
    short(code).map(|(value, _, len)| (value, 1 + len))
}

/// A number with a sign.
#[inline]
fn signed(code: &[u8]) -> Option<(i32, u32)> {
    short(code).map(|(value, bits, len)| {
        let unused = 32 - bits;
        ((value << unused) as i32 >> unused, 1 + len)
    })
}

/// A memory argument for memory 0, of an access whose natural alignment is 2 to the power of `max_align`.
#[inline]
fn memory(code: &[u8], max_align: u8) -> Option<(MemArg, u32)> {
    let (&align, rest) = code.split_first()?;
    let (offset, _, len) = short(rest)?;
    let argument = MemArg {
        align,
        max_align,
        offset: offset.into(),
        memory: 0,
    };
    // Flags, or more than any access has.
    (align < 8).then_some((argument, 2 + len))
}

/// Who is told how long an operator is before it is visited.
pub(super) trait Lengths {
    /// The operator visited next has `len` bytes.
    fn length(&mut self, len: u32);
}

macro_rules! quick {
    ($visitor:ident, $code:ident, $opcode:expr;
     plain { $($plain:literal $visit_plain:ident)* }
     index { $($index:literal $visit_index:ident)* }
     block { $($block:literal $visit_block:ident)* }
     memory { $($memory:literal $visit_memory:ident $align:literal)* }) => {
        match $opcode {
            $($plain => {
                $visitor.length(1);
                (1, $visitor.$visit_plain())
            })*
            $($index => {
                let (index, len) = index($code)?;
                $visitor.length(len);
                (len, $visitor.$visit_index(index))
            })*
            $($block => match $code {
                [0x40, ..] => {
                    $visitor.length(2);
                    (2, $visitor.$visit_block(BlockType::Empty))
                }
                _ => return None,
            },)*
            $($memory => {
                let (argument, len) = memory($code, $align)?;
                $visitor.length(len);
                (len, $visitor.$visit_memory(argument))
            })*
            0x41 => {
                let (value, len) = signed($code)?;
                $visitor.length(len);
                (len, $visitor.visit_i32_const(value))
            }
            0x42 => {
                let (value, len) = signed($code)?;
                $visitor.length(len);
                (len, $visitor.visit_i64_const(value.into()))
            }
            _ => return None,
        }
    };
}

/// Hands the operator that begins with `opcode`, and goes on with `code`, to `visitor`: its length, and what the visitor says. `None` if it
/// is not one of these; then the visitor was not called.
#[inline(always)]
pub(super) fn visit<'a, V: VisitOperator<'a> + Lengths>(
    visitor: &mut V,
    opcode: u8,
    code: &[u8],
) -> Option<(u32, V::Output)> {
    Some(quick!(visitor, code, opcode;
        plain {
            0x00 visit_unreachable
            0x0b visit_end
            0x0f visit_return
            0x1a visit_drop
            0x1b visit_select
            0x45 visit_i32_eqz
            0x46 visit_i32_eq
            0x47 visit_i32_ne
            0x48 visit_i32_lt_s
            0x49 visit_i32_lt_u
            0x4a visit_i32_gt_s
            0x4b visit_i32_gt_u
            0x4c visit_i32_le_s
            0x4d visit_i32_le_u
            0x4e visit_i32_ge_s
            0x4f visit_i32_ge_u
            0x50 visit_i64_eqz
            0x51 visit_i64_eq
            0x52 visit_i64_ne
            0x53 visit_i64_lt_s
            0x54 visit_i64_lt_u
            0x55 visit_i64_gt_s
            0x56 visit_i64_gt_u
            0x57 visit_i64_le_s
            0x58 visit_i64_le_u
            0x59 visit_i64_ge_s
            0x5a visit_i64_ge_u
            0x5b visit_f32_eq
            0x5c visit_f32_ne
            0x5d visit_f32_lt
            0x5e visit_f32_gt
            0x5f visit_f32_le
            0x60 visit_f32_ge
            0x61 visit_f64_eq
            0x62 visit_f64_ne
            0x63 visit_f64_lt
            0x64 visit_f64_gt
            0x65 visit_f64_le
            0x66 visit_f64_ge
            0x67 visit_i32_clz
            0x68 visit_i32_ctz
            0x69 visit_i32_popcnt
            0x6a visit_i32_add
            0x6b visit_i32_sub
            0x6c visit_i32_mul
            0x6d visit_i32_div_s
            0x6e visit_i32_div_u
            0x6f visit_i32_rem_s
            0x70 visit_i32_rem_u
            0x71 visit_i32_and
            0x72 visit_i32_or
            0x73 visit_i32_xor
            0x74 visit_i32_shl
            0x75 visit_i32_shr_s
            0x76 visit_i32_shr_u
            0x77 visit_i32_rotl
            0x78 visit_i32_rotr
            0x79 visit_i64_clz
            0x7a visit_i64_ctz
            0x7b visit_i64_popcnt
            0x7c visit_i64_add
            0x7d visit_i64_sub
            0x7e visit_i64_mul
            0x7f visit_i64_div_s
            0x80 visit_i64_div_u
            0x81 visit_i64_rem_s
            0x82 visit_i64_rem_u
            0x83 visit_i64_and
            0x84 visit_i64_or
            0x85 visit_i64_xor
            0x86 visit_i64_shl
            0x87 visit_i64_shr_s
            0x88 visit_i64_shr_u
            0x89 visit_i64_rotl
            0x8a visit_i64_rotr
            0x8b visit_f32_abs
            0x8c visit_f32_neg
            0x8d visit_f32_ceil
            0x8e visit_f32_floor
            0x8f visit_f32_trunc
            0x90 visit_f32_nearest
            0x91 visit_f32_sqrt
            0x92 visit_f32_add
            0x93 visit_f32_sub
            0x94 visit_f32_mul
            0x95 visit_f32_div
            0x96 visit_f32_min
            0x97 visit_f32_max
            0x98 visit_f32_copysign
            0x99 visit_f64_abs
            0x9a visit_f64_neg
            0x9b visit_f64_ceil
            0x9c visit_f64_floor
            0x9d visit_f64_trunc
            0x9e visit_f64_nearest
            0x9f visit_f64_sqrt
            0xa0 visit_f64_add
            0xa1 visit_f64_sub
            0xa2 visit_f64_mul
            0xa3 visit_f64_div
            0xa4 visit_f64_min
            0xa5 visit_f64_max
            0xa6 visit_f64_copysign
            0xa7 visit_i32_wrap_i64
            0xa8 visit_i32_trunc_f32_s
            0xa9 visit_i32_trunc_f32_u
            0xaa visit_i32_trunc_f64_s
            0xab visit_i32_trunc_f64_u
            0xac visit_i64_extend_i32_s
            0xad visit_i64_extend_i32_u
            0xae visit_i64_trunc_f32_s
            0xaf visit_i64_trunc_f32_u
            0xb0 visit_i64_trunc_f64_s
            0xb1 visit_i64_trunc_f64_u
            0xb2 visit_f32_convert_i32_s
            0xb3 visit_f32_convert_i32_u
            0xb4 visit_f32_convert_i64_s
            0xb5 visit_f32_convert_i64_u
            0xb6 visit_f32_demote_f64
            0xb7 visit_f64_convert_i32_s
            0xb8 visit_f64_convert_i32_u
            0xb9 visit_f64_convert_i64_s
            0xba visit_f64_convert_i64_u
            0xbb visit_f64_promote_f32
            0xbc visit_i32_reinterpret_f32
            0xbd visit_i64_reinterpret_f64
            0xbe visit_f32_reinterpret_i32
            0xbf visit_f64_reinterpret_i64
            0xc0 visit_i32_extend8_s
            0xc1 visit_i32_extend16_s
            0xc2 visit_i64_extend8_s
            0xc3 visit_i64_extend16_s
            0xc4 visit_i64_extend32_s
        }
        index {
            0x0c visit_br
            0x0d visit_br_if
            0x10 visit_call
            0x20 visit_local_get
            0x21 visit_local_set
            0x22 visit_local_tee
            0x23 visit_global_get
            0x24 visit_global_set
        }
        block {
            0x02 visit_block
            0x03 visit_loop
            0x04 visit_if
        }
        memory {
            0x28 visit_i32_load 2
            0x29 visit_i64_load 3
            0x2a visit_f32_load 2
            0x2b visit_f64_load 3
            0x2c visit_i32_load8_s 0
            0x2d visit_i32_load8_u 0
            0x2e visit_i32_load16_s 1
            0x2f visit_i32_load16_u 1
            0x30 visit_i64_load8_s 0
            0x31 visit_i64_load8_u 0
            0x32 visit_i64_load16_s 1
            0x33 visit_i64_load16_u 1
            0x34 visit_i64_load32_s 2
            0x35 visit_i64_load32_u 2
            0x36 visit_i32_store 2
            0x37 visit_i64_store 3
            0x38 visit_f32_store 2
            0x39 visit_f64_store 3
            0x3a visit_i32_store8 0
            0x3b visit_i32_store16 1
            0x3c visit_i64_store8 0
            0x3d visit_i64_store16 1
            0x3e visit_i64_store32 2
        }
    ))
}

#[cfg(test)]
mod tests {
    use std::{format, string::String, vec::Vec};

    use wasmparser::{
        BinaryReader, FrameKind, FrameStack, Operator, VisitSimdOperator, WasmFeatures,
    };

    use super::*;

    /// Says what it was called with; knows how long that is.
    struct Name(u32);

    macro_rules! name {
        ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
            $(
                fn $visit(&mut self $($(, $arg: $argty)*)?) -> String {
                    format!("{:?}", Operator::$op $({ $($arg),* })?)
                }
            )*
        };
    }

    impl<'a> VisitOperator<'a> for Name {
        type Output = String;

        fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = String>> {
            Some(self)
        }

        wasmparser::for_each_visit_operator!(name);
    }

    impl VisitSimdOperator<'_> for Name {
        wasmparser::for_each_visit_simd_operator!(name);
    }

    impl Lengths for Name {
        fn length(&mut self, len: u32) {
            self.0 = len;
        }
    }

    impl FrameStack for Name {
        fn current_frame(&self) -> Option<FrameKind> {
            Some(FrameKind::If)
        }
    }

    /// Length and name by wasmparser's decoder.
    fn decoded(code: &[u8]) -> Option<(u32, String)> {
        let mut reader = BinaryReader::new_features(code, 0, WasmFeatures::all());
        let name = reader.visit_operator(&mut Name(0)).ok()?;
        Some((reader.original_position() as u32, name))
    }

    #[test]
    fn what_is_decoded_here_is_decoded_alike_elsewhere() {
        let tails: [&[u8]; 14] = [
            &[],
            &[0],
            &[0x3f],
            &[0x40],
            &[0x40, 0],
            &[0x7f],
            &[0x80, 0x01],
            &[0xff, 0x7f],
            &[0xc0, 0x3f],
            &[0x80],
            &[2, 0x80, 0x01],
            &[2, 0xff, 0xff, 0x03],
            &[0x42, 1, 5],
            &[8, 0],
        ];
        let mut known = Vec::new();
        for opcode in 0..=0xff {
            for tail in tails {
                let mut name = Name(0);
                let Some(quick) = visit(&mut name, opcode, tail) else {
                    continue;
                };
                assert_eq!(quick.0, name.0);
                let whole: Vec<u8> = [&[opcode], tail].concat();
                assert_eq!(Some(quick), decoded(&whole), "{whole:x?}");
                known.push(opcode);
            }
        }
        known.dedup();
        // All integer and float operators of one byte, all accesses to memory, and what else there is a lot of.
        assert!((0x28..=0x3e)
            .chain(0x45..=0xc4)
            .all(|op| known.contains(&op)));
        assert_eq!(known.len(), 169);
    }
}
