// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Relaxed operators that other engines define in another way.

use wasmparser::{Operator, Parser, Payload, Result};

/// Replaces `relaxed_min` and `relaxed_max` by `min` and `max`, whose encodings are as long. Of two zeros, or of a number and a NaN, the
/// second operand is chosen here (docs/vectors.md), and the first one elsewhere.
pub(super) fn without_relaxed_min_and_max(wasm: &mut [u8]) -> Result<()> {
    for (offset, code) in places(wasm)? {
        // The prefix is followed by the number in LEB128.
        if let Some(bytes) = wasm.get_mut(offset + 1..offset + 3) {
            bytes.copy_from_slice(&[code, 1]);
        }
    }
    Ok(())
}

/// Offsets of such operators, and the first byte of what shall be there.
fn places(wasm: &[u8]) -> Result<Vec<(usize, u8)>> {
    let mut places = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CodeSectionEntry(body) = payload? else {
            continue;
        };
        for operator in body.get_operators_reader()?.into_iter_with_offsets() {
            let (operator, offset) = operator?;
            let code = match operator {
                Operator::F32x4RelaxedMin => 0xe8,
                Operator::F32x4RelaxedMax => 0xe9,
                Operator::F64x2RelaxedMin => 0xf4,
                Operator::F64x2RelaxedMax => 0xf5,
                _ => continue,
            };
            places.push((offset as usize, code));
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_by_operators_of_the_same_length() {
        let text = |name: [&str; 4]| {
            let [a, b, c, d] = name;
            let text = format!(
                "(module (func (param v128 v128 v128 v128 v128) (result v128)
                   local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 {a} {b} {c} {d}))"
            );
            let buffer = wast::parser::ParseBuffer::new(&text).unwrap();
            wast::parser::parse::<wast::Wat<'_>>(&buffer)
                .unwrap()
                .encode()
                .unwrap()
        };
        let mut wasm = text([
            "f32x4.relaxed_min",
            "f32x4.relaxed_max",
            "f64x2.relaxed_min",
            "f64x2.relaxed_max",
        ]);
        without_relaxed_min_and_max(&mut wasm).unwrap();
        assert_eq!(
            wasm,
            text(["f32x4.min", "f32x4.max", "f64x2.min", "f64x2.max"])
        );
    }
}
