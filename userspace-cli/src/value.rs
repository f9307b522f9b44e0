// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Wasm values on the command line and in output.

use serde_json::{json, Value as Json};
use wasmparser::ValType;
use wast::{
    parser::{self, Parse, ParseBuffer},
    token::{F32, F64},
};

/// A value with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// The type.
    pub ty: ValType,
    /// Bits as the kernel takes them: i32 zero-extended, f32 in the low half, an external reference plus one. Of a vector the low
    /// half.
    pub bits: u64,
    /// The high half of a vector, else 0.
    pub high: u64,
}

impl Value {
    /// Reads an argument of type `ty`: integers signed or not, decimal or hexadecimal; floats as in the text format;
    /// `null` for references, a number for an external one; a vector as a number of 128 bits, hexadecimal, lane 0 last.
    pub fn parse(text: &str, ty: ValType) -> Result<Self, String> {
        if ty == ValType::V128 {
            let digits = text.strip_prefix("0x").filter(|digits| digits.len() <= 32);
            return digits
                .and_then(|digits| u128::from_str_radix(digits, 16).ok())
                .map(|bits| Self {
                    ty,
                    bits: bits as u64,
                    high: (bits >> 64) as u64,
                })
                .ok_or_else(|| format!("`{text}` is not a v128 (0x and up to 32 digits)"));
        }
        let reason = || format!("`{text}` is not an {ty}");
        let bits = match ty {
            ValType::I32 => token::<i32>(text).map(|value| u64::from(value as u32)),
            ValType::I64 => token::<i64>(text).map(|value| value as u64),
            ValType::F32 => token::<F32>(text).map(|value| u64::from(value.bits)),
            ValType::F64 => token::<F64>(text).map(|value| value.bits),
            ValType::Ref(_) if text == "null" => Some(0),
            ValType::Ref(reference) if reference.is_extern_ref() => {
                text.parse::<u32>().ok().map(|value| u64::from(value) + 1)
            }
            ValType::Ref(_) => return Err(format!("`{text}`: only `null` can be passed as {ty}")),
            ValType::V128 => None,
        };
        bits.map(|bits| Self { ty, bits, high: 0 })
            .ok_or_else(reason)
    }

    /// The entries that the kernel takes for it.
    pub fn entries(self) -> impl Iterator<Item = u64> {
        let high = (self.ty == ValType::V128).then_some(self.high);
        std::iter::once(self.bits).chain(high)
    }

    /// The values of `types` from entries of the kernel, as far as there are any.
    pub fn from_entries(entries: &[u64], types: &[ValType]) -> Vec<Self> {
        let mut entries = entries.iter().copied();
        let mut next = || entries.next();
        types
            .iter()
            .map_while(|&ty| {
                let bits = next()?;
                let high = match ty {
                    ValType::V128 => next()?,
                    _ => 0,
                };
                Some(Self { ty, bits, high })
            })
            .collect()
    }

    /// The value as an unsigned integer: for offsets and lengths.
    pub fn unsigned(self) -> Option<u64> {
        match self.ty {
            ValType::I32 => Some(self.bits & u64::from(u32::MAX)),
            ValType::I64 => Some(self.bits),
            _ => None,
        }
    }

    /// As text that [`Value::parse`] reads.
    pub fn text(self) -> String {
        match self.ty {
            ValType::I32 => (self.bits as i32).to_string(),
            ValType::I64 => (self.bits as i64).to_string(),
            ValType::F32 => float(
                f32::from_bits(self.bits as u32).into(),
                self.bits & 0x7f_ffff,
                1 << 22,
                || f32::from_bits(self.bits as u32).to_string(),
            ),
            ValType::F64 => {
                let value = f64::from_bits(self.bits);
                float(value, self.bits & ((1 << 52) - 1), 1 << 51, || {
                    value.to_string()
                })
            }
            ValType::V128 => format!("0x{:016x}{:016x}", self.high, self.bits),
            _ if self.bits == 0 => "null".into(),
            ValType::Ref(reference) if reference.is_extern_ref() => (self.bits - 1).to_string(),
            _ => "ref".into(),
        }
    }

    /// As JSON: numbers where JSON has them, else text.
    pub fn json(self) -> Json {
        let value = match self.ty {
            ValType::I32 => json!(self.bits as i32),
            ValType::I64 => json!(self.bits as i64),
            ValType::F32 if f32::from_bits(self.bits as u32).is_finite() => {
                json!(f32::from_bits(self.bits as u32))
            }
            ValType::F64 if f64::from_bits(self.bits).is_finite() => {
                json!(f64::from_bits(self.bits))
            }
            _ => json!(self.text()),
        };
        json!({ "type": self.ty.to_string(), "value": value })
    }
}

fn float(value: f64, payload: u64, canonical: u64, finite: impl Fn() -> String) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_nan() {
        let payload = if payload == canonical {
            String::new()
        } else {
            format!(":{payload:#x}")
        };
        format!("{sign}nan{payload}")
    } else if value.is_infinite() {
        format!("{sign}inf")
    } else {
        finite()
    }
}

/// Parses one token of the text format.
fn token<T: for<'a> Parse<'a>>(text: &str) -> Option<T> {
    // Floats written as integers are integers to the lexer, which the float parser takes too.
    let buffer = ParseBuffer::new(text).ok()?;
    parser::parse::<T>(&buffer).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str, ty: ValType) -> String {
        Value::parse(text, ty).unwrap().text()
    }

    #[test]
    fn integers() {
        assert_eq!(round("-1", ValType::I32), "-1");
        assert_eq!(
            Value::parse("0xffffffff", ValType::I32).unwrap().bits,
            0xffff_ffff
        );
        assert_eq!(
            Value::parse("4294967295", ValType::I32).unwrap().unsigned(),
            Some(0xffff_ffff)
        );
        assert_eq!(
            round("-0x8000000000000000", ValType::I64),
            i64::MIN.to_string()
        );
        for bad in ["", "4294967296", "1.5", "x", "1 2", "-2147483649"] {
            assert!(Value::parse(bad, ValType::I32).is_err(), "{bad}");
        }
    }

    #[test]
    fn floats() {
        assert_eq!(round("3", ValType::F64), "3");
        assert_eq!(round("1.5e3", ValType::F64), "1500");
        assert_eq!(round("0x1.8p1", ValType::F32), "3");
        assert_eq!(round("-0.0", ValType::F64), "-0");
        assert_eq!(round("-inf", ValType::F32), "-inf");
        assert_eq!(round("nan", ValType::F64), "nan");
        assert_eq!(round("-nan:0x1", ValType::F32), "-nan:0x1");
        assert_eq!(
            Value::parse("0.1", ValType::F32).unwrap().bits,
            u64::from(0.1f32.to_bits())
        );
        assert_eq!(
            Value::parse("nan", ValType::F64)
                .unwrap()
                .json()
                .to_string(),
            r#"{"type":"f64","value":"nan"}"#
        );
        assert_eq!(
            Value::parse("5", ValType::F64).unwrap().json().to_string(),
            r#"{"type":"f64","value":5.0}"#
        );
        assert!(Value::parse("five", ValType::F64).is_err());
    }

    #[test]
    fn vectors() {
        let text = "0x0123456789abcdef0011223344556677";
        assert_eq!(round(text, ValType::V128), text);
        let value = Value::parse("0x1", ValType::V128).unwrap();
        assert_eq!(value.entries().collect::<Vec<_>>(), [1, 0]);
        let types = [ValType::V128, ValType::I32];
        let values = Value::from_entries(&[1, 2, 3], &types);
        assert_eq!((values[0].bits, values[0].high), (1, 2));
        assert_eq!((values[1].bits, values[1].high), (3, 0));
        for bad in ["1", "0x", "0x123456789012345678901234567890123", "0xg"] {
            assert!(Value::parse(bad, ValType::V128).is_err(), "{bad}");
        }
    }

    #[test]
    fn references() {
        assert_eq!(round("null", ValType::FUNCREF), "null");
        assert_eq!(Value::parse("7", ValType::EXTERNREF).unwrap().bits, 8);
        assert_eq!(round("7", ValType::EXTERNREF), "7");
        assert!(Value::parse("7", ValType::FUNCREF).is_err());
    }
}
