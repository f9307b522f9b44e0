// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Instructions that leave one value of a given type.

use super::{results, Maker, Type, SLOTS};

impl Maker {
    /// One value.
    pub(super) fn value(&mut self, ty: Type, depth: usize) -> String {
        let Some(inner) = depth.checked_sub(1) else {
            return self.simple(ty);
        };
        let text = ty.text();
        match self.below(16) {
            0 | 1 => self.simple(ty),
            2 => {
                let (one, condition) = (self.value(ty, inner), self.condition(inner));
                let other = self.value(ty, inner);
                format!("block (result {text}) {one} {condition} br_if 0 drop {other} end")
            }
            3 => {
                let (condition, one) = (self.condition(inner), self.value(ty, inner));
                let other = self.value(ty, inner);
                format!("{condition} if (result {text}) {one} else {other} end")
            }
            4 => {
                let (one, other) = (self.value(ty, inner), self.value(ty, inner));
                format!(
                    "{one} {other} {} select (result {text})",
                    self.condition(inner)
                )
            }
            5 => {
                let (one, between) = (self.value(ty, inner), self.statements(inner));
                format!(
                    "{one} loop (param {text}) (result {text}) {between} {} br_if 0 end",
                    Self::again()
                )
            }
            6 => {
                let (one, index) = (self.value(ty, inner), self.value(Type::I32, inner));
                let (between, after) = (self.statements(inner), self.statements(inner));
                format!(
                    "block (result {text}) block (result {text}) block (result {text}) {one} {index} i32.const 3 i32.and \
                     br_table 0 1 2 1 end {between} end {after} end"
                )
            }
            7 if self.references => {
                let (one, to) = (self.value(ty, inner), self.typed());
                let reference = self.value(Type::Typed(to), inner);
                format!("block (result {text}) {one} {reference} br_on_null 0 drop end")
            }
            8 if self.references => {
                let (one, to) = (self.value(ty, inner), self.typed());
                let reference = self.value(Type::Typed(to), inner);
                let function = self.function_of(to);
                format!(
                    "block (result {text} (ref $t{to})) {one} {reference} br_on_non_null 0 ref.func $f{function} end drop"
                )
            }
            9..=11 if self.exceptions => self.handled(ty, inner),
            12 => format!(
                "{} local.tee $l_{}{}",
                self.value(ty, inner),
                ty.name(),
                self.below(2)
            ),
            _ => self
                .called(ty, inner)
                .unwrap_or_else(|| self.made(ty, inner)),
        }
    }

    /// An i32 that is often zero and often not.
    pub(super) fn condition(&mut self, depth: usize) -> String {
        let value = self.value(Type::I32, depth);
        match self.below(3) {
            0 => value,
            _ => format!("{value} i32.const {} i32.and", 1 << self.below(3)),
        }
    }

    /// Whether there are rounds left; takes one.
    pub(super) fn again() -> &'static str {
        "local.get $rounds i32.const 1 i32.sub local.tee $rounds i32.const 0 i32.gt_s"
    }

    /// Index of one of the types.
    pub(super) fn typed(&mut self) -> usize {
        self.below(super::TYPES)
    }

    fn simple(&mut self, ty: Type) -> String {
        match self.below(5) {
            0..=2 => format!("local.get $l_{}{}", ty.name(), self.below(2)),
            3 => self.constant(ty),
            _ => format!("global.get $g_{}", ty.name()),
        }
    }

    fn constant(&mut self, ty: Type) -> String {
        let number = match self.below(3) {
            0 => self.random.number() as i64,
            _ => self.below(20) as i64,
        };
        match ty {
            Type::I32 => format!("i32.const {}", number as i32),
            Type::I64 => format!("i64.const {number}"),
            Type::F32 | Type::F64 => format!("{}.const {}.5", ty.text(), number as i16),
            Type::V128 => format!("v128.const i64x2 {number} {}", self.random.number() as i64),
            Type::Typed(to) if self.below(4) != 0 => format!("ref.func $f{}", self.function_of(to)),
            Type::Func if self.below(4) != 0 => {
                format!("ref.func $f{}", self.below(super::FUNCTIONS))
            }
            other => other.zero(),
        }
    }

    /// By an operator of the type's own.
    fn made(&mut self, ty: Type, depth: usize) -> String {
        let vectors = self.kinds.contains(&Type::V128);
        match ty {
            Type::I32 => match self.below(5) {
                0 => format!("{} i32.wrap_i64", self.value(Type::I64, depth)),
                1 if vectors => format!(
                    "{} i32x4.extract_lane {}",
                    self.value(Type::V128, depth),
                    self.below(4)
                ),
                2 => {
                    let references = self
                        .kinds
                        .get(4 + usize::from(vectors)..)
                        .unwrap_or_default();
                    let at = self.random.below(references.len());
                    let of = references.get(at).copied().unwrap_or(Type::Func);
                    format!("{} ref.is_null", self.value(of, depth))
                }
                3 => format!(
                    "{} {} f64.lt",
                    self.value(Type::F64, depth),
                    self.value(Type::F64, depth)
                ),
                _ => {
                    let op = self.one(&["add", "sub", "mul", "xor", "and", "eq", "lt_s", "shl"]);
                    format!(
                        "{} {} i32.{op}",
                        self.value(ty, depth),
                        self.value(ty, depth)
                    )
                }
            },
            Type::I64 => match self.below(3) {
                0 => format!("{} i64.extend_i32_s", self.value(Type::I32, depth)),
                1 if vectors => format!(
                    "{} i64x2.extract_lane {}",
                    self.value(Type::V128, depth),
                    self.below(2)
                ),
                _ => {
                    let op = self.one(&["add", "sub", "mul", "xor", "rotl"]);
                    format!(
                        "{} {} i64.{op}",
                        self.value(ty, depth),
                        self.value(ty, depth)
                    )
                }
            },
            // Nothing that makes a NaN.
            Type::F32 => format!("{} f32.convert_i32_s", self.value(Type::I32, depth)),
            Type::F64 => match self.below(2) {
                0 => format!("{} f64.promote_f32", self.value(Type::F32, depth)),
                _ => format!("{} f64.convert_i64_u", self.value(Type::I64, depth)),
            },
            Type::V128 => self.vector(depth),
            Type::Extern | Type::Func | Type::Typed(_) | Type::Exn => {
                format!("{} table.get $s_{}", self.slot(depth), ty.name())
            }
        }
    }

    /// An index inside the tables, mostly.
    pub(super) fn slot(&mut self, depth: usize) -> String {
        let value = self.value(Type::I32, depth);
        match self.below(24) {
            0 => value,
            _ => format!("{value} i32.const {} i32.and", SLOTS - 1),
        }
    }

    /// One of the results of a call.
    fn called(&mut self, ty: Type, depth: usize) -> Option<String> {
        let of = self.typed();
        let results = self.types.get(of)?.results.clone();
        let at = results.iter().rposition(|result| *result == ty)?;
        let keep = format!("$l_{}0", ty.name());
        let mut text = self.call(of, depth);
        for later in results.iter().skip(at + 1).rev() {
            text += &format!(" local.set $l_{}1", later.name());
        }
        text += &format!(" local.set {keep}{} local.get {keep}", " drop".repeat(at));
        Some(text)
    }

    /// A value that may be thrown over: the handlers go on with what they caught.
    fn handled(&mut self, ty: Type, depth: usize) -> String {
        let text = ty.text();
        let clauses: Vec<_> = (0..=self.below(3))
            .map(|_| {
                let tag = self.below(self.tags.len() + 1);
                (
                    self.tags.get(tag).cloned().map(|params| (tag, params)),
                    self.below(2) == 0,
                )
            })
            .collect();
        let (mut opening, mut catches, mut handlers) =
            (String::new(), String::new(), String::new());
        let outside = clauses.len();
        for (label, (tag, reference)) in clauses.into_iter().enumerate() {
            let mut caught = tag
                .as_ref()
                .map(|(_, params)| params.clone())
                .unwrap_or_default();
            if reference {
                caught.push(Type::Exn);
            }
            let suffix = if reference { "_ref" } else { "" };
            catches += &match tag {
                Some((tag, _)) => format!("(catch{suffix} $e{tag} {label})"),
                None => format!("(catch_all{suffix} {label})"),
            };
            opening = format!("block {} {opening}", results(&caught));
            let sets: String = caught
                .iter()
                .rev()
                .map(|ty| format!(" local.set $l_{}{}", ty.name(), self.random.below(2)))
                .collect();
            handlers += &format!(
                " end{sets} {} {} br {}\n",
                self.statements(depth.min(1)),
                self.value(ty, depth),
                outside - label - 1
            );
        }
        let body = self.statements(depth) + &self.throwing(depth) + " " + &self.value(ty, depth);
        format!(
            "block (result {text}) {opening} try_table (result {text}) {catches} {body} end br {outside}\n{handlers} end"
        )
    }
}
