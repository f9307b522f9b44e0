// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Bytes in a new order, known when compiled (`shuffle`) or not (`swizzle`).

use super::simple::{combine, splat};
use crate::{
    codegen::{fail::R, function::Compiler},
    isa::x64::{
        operand::Rm,
        vector::{table::*, VectorOp},
    },
    module::ValType,
};

/// `pshufb` gives 0 for bytes with the highest bit only: what is 16 or more gets it by an addition that saturates.
pub(super) fn swizzle(c: &mut Compiler<'_>) -> R {
    let (order, vector) = (c.pop()?, c.pop()?);
    let from = c.xmm(&vector)?;
    let order = c.xmm(&order)?;
    let more = c.constant(splat(0x70, 8))?;
    let (indices, to) = (c.alloc_xmm()?, c.result_over(&[from.into()])?);
    c.v3(PADDUSB, indices, order, Rm::from(more));
    c.v3(PSHUFB, to, from, indices);
    c.push_xmm(ValType::V128, to)
}

/// Orders that one instruction makes of two operands: those of `punpck…`.
const INTERLEAVED: [(VectorOp, [u8; 16]); 8] = [
    (PUNPCKLBW, interleaved(1, 0)),
    (PUNPCKHBW, interleaved(1, 8)),
    (PUNPCKLWD, interleaved(2, 0)),
    (PUNPCKHWD, interleaved(2, 8)),
    (PUNPCKLDQ, interleaved(4, 0)),
    (PUNPCKHDQ, interleaved(4, 8)),
    (PUNPCKLQDQ, interleaved(8, 0)),
    (PUNPCKHQDQ, interleaved(8, 8)),
];

/// Lanes of `size` bytes of both operands from byte `first` on, by turns.
const fn interleaved(size: usize, first: usize) -> [u8; 16] {
    let mut order = [0; 16];
    let mut at = 0;
    while at < 16 {
        let pair = at / (2 * size);
        let second = at / size % 2;
        order[at] = (first + pair * size + at % size + second * 16) as u8;
        at += 1;
    }
    order
}

/// If each lane of `lanes` is the low bits of the one before plus one: the first.
fn consecutive(lanes: &[u8; 16], modulus: u8) -> Option<u8> {
    let first = lanes[0];
    let follow = (0..)
        .zip(lanes)
        .all(|(at, &lane)| lane == (first + at) % modulus);
    follow.then_some(first)
}

/// The order of double words, as in `pshufd`, if whole ones are moved.
fn double_words(lanes: &[u8; 16]) -> Option<u8> {
    let mut order = 0;
    for (at, group) in (0..).zip(lanes.chunks_exact(4)) {
        let &[first, ..] = group else { return None };
        let whole = (first..)
            .zip(group)
            .all(|(expected, &lane)| lane == expected);
        if first % 4 != 0 || !whole {
            return None;
        }
        order |= (first / 4 & 3) << (2 * at);
    }
    Some(order)
}

/// For `pblendw`: which words come from the second operand, if every word stays where it is.
fn blended(lanes: &[u8; 16]) -> Option<u8> {
    let stays = (0..).zip(lanes).all(|(at, &lane)| lane % 16 == at);
    let pairs = lanes.chunks_exact(2);
    let whole = pairs.clone().all(|pair| {
        pair.iter()
            .all(|&lane| lane / 16 == pair.first().map_or(0, |&first| first / 16))
    });
    if !stays || !whole {
        return None;
    }
    Some((0..).zip(pairs).fold(0, |mask, (at, pair)| {
        mask | pair.first().map_or(0, |&lane| lane / 16) << at
    }))
}

pub(super) fn shuffle(c: &mut Compiler<'_>, lanes: [u8; 16]) -> R {
    let same = match (c.stack.last(), c.stack.iter().rev().nth(1)) {
        (Some(b), Some(a)) => same_local(a.loc, b.loc),
        _ => false,
    };
    let lanes = if same {
        lanes.map(|lane| lane % 16)
    } else {
        lanes
    };
    if lanes.iter().all(|&lane| lane < 16) {
        c.pop()?;
        return permute(c, lanes);
    }
    if lanes.iter().all(|&lane| lane >= 16) {
        let (b, a) = (c.pop()?, c.pop()?);
        c.release_value(c.place(&a));
        return permute_value(c, b, lanes.map(|lane| lane % 16));
    }
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let swapped = lanes.map(|lane| lane ^ 16);
    let to = if let Some(&(op, _)) = INTERLEAVED.iter().find(|known| known.1 == lanes) {
        combine(c, op, lhs, rhs, false)?
    } else if let Some(&(op, _)) = INTERLEAVED.iter().find(|known| known.1 == swapped) {
        combine(c, op, rhs, lhs, false)?
    } else {
        let left = c.xmm(&lhs)?;
        if let Some(first) = consecutive(&lanes, 32) {
            // The operands behind one another, from byte `first` on: the instruction's first operand is the upper one.
            let right = c.xmm(&rhs)?;
            let (upper, lower) = if first < 16 {
                (right, left)
            } else {
                (left, right)
            };
            let to = c.result_beside(&[left.into(), right.into()])?;
            c.v3_imm(PALIGNR, to, upper, lower, first % 16);
            to
        } else if let Some(mask) = blended(&lanes) {
            let right = c.vector_operand(&rhs)?;
            let to = c.result_beside(&[right])?;
            c.v3_imm(PBLENDW, to, left, right, mask);
            to
        } else if let Some(order) = double_words(&lanes).filter(|_| halves(&lanes)) {
            let right = c.vector_operand(&rhs)?;
            let to = c.result_beside(&[right])?;
            c.v3_imm(SHUFPS, to, left, right, order);
            to
        } else {
            let right = c.xmm(&rhs)?;
            let from_left = c.constant(u128::from_le_bytes(lanes.map(zero_from_16)))?;
            let from_right = c.constant(u128::from_le_bytes(swapped.map(zero_from_16)))?;
            let (to, other) = (c.alloc_xmm()?, c.alloc_xmm()?);
            c.v3(PSHUFB, to, left, Rm::from(from_left));
            c.v3(PSHUFB, other, right, Rm::from(from_right));
            c.v3(POR, to, to, other);
            to
        }
    };
    c.push_xmm(ValType::V128, to)
}

/// Whether both entries are the same unchanged local.
fn same_local(a: crate::codegen::value::Loc, b: crate::codegen::value::Loc) -> bool {
    use crate::codegen::value::Loc::Local;
    matches!((a, b), (Local { index: a, .. }, Local { index: b, .. }) if a == b)
}

/// The lower half comes from the first operand, the upper one from the second.
fn halves(lanes: &[u8; 16]) -> bool {
    (0..).zip(lanes).all(|(at, &lane)| (lane < 16) == (at < 8))
}

/// What `pshufb` makes 0 for a byte of the other operand.
const fn zero_from_16(lane: u8) -> u8 {
    if lane < 16 {
        lane
    } else {
        0x80
    }
}

/// The bytes of the vector on top in another order.
fn permute(c: &mut Compiler<'_>, lanes: [u8; 16]) -> R {
    let value = c.pop()?;
    permute_value(c, value, lanes)
}

fn permute_value(c: &mut Compiler<'_>, value: crate::codegen::value::Value, lanes: [u8; 16]) -> R {
    if let Some(order) = double_words(&lanes) {
        let from = c.vector_operand(&value)?;
        let to = c.result_over(&[from])?;
        c.v2_imm(PSHUFD, to.0, from, order);
        return c.push_xmm(ValType::V128, to);
    }
    let from = c.xmm(&value)?;
    let to = c.result_over(&[from.into()])?;
    if let Some(first) = consecutive(&lanes, 16) {
        c.v3_imm(PALIGNR, to, from, from, first);
    } else {
        let order = c.constant(u128::from_le_bytes(lanes))?;
        c.v3(PSHUFB, to, from, Rm::from(order));
    }
    c.push_xmm(ValType::V128, to)
}
