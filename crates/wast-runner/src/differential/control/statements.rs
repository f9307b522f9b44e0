// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Instructions that leave nothing, and calls.

use super::{Maker, Type, FUNCTIONS, SIMPLE, TYPES};

impl Maker {
    pub(super) fn statements(&mut self, depth: usize) -> String {
        (0..self.below(2 + depth))
            .map(|_| self.statement(depth) + "\n")
            .collect()
    }

    fn statement(&mut self, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        let ty = self.kind();
        match self.below(if depth == 0 { 4 } else { 12 }) {
            0 => format!("{} global.set $g_{}", self.value(ty, inner), ty.name()),
            1 => format!(
                "{} local.set $l_{}{}",
                self.value(ty, 1),
                ty.name(),
                self.below(2)
            ),
            2 | 3 => {
                let Some(ty) = self.kept() else {
                    return String::new();
                };
                let slot = self.slot(0);
                format!(
                    "{slot} {} table.set $s_{}",
                    self.value(ty, inner),
                    ty.name()
                )
            }
            4 => {
                let (condition, then) = (self.condition(inner), self.statements(inner));
                format!("{condition} if {then} else {} end", self.statements(inner))
            }
            5 => format!(
                "loop {} {} br_if 0 end",
                self.statements(inner),
                Self::again()
            ),
            6 => {
                let (before, condition) = (self.statements(inner), self.condition(inner));
                format!(
                    "block {before} {condition} br_if 0 {} end",
                    self.statements(inner)
                )
            }
            7 | 8 => self.throwing(inner),
            9 if self.tails => {
                let condition = self.condition(inner);
                format!(
                    "{condition} i32.const 1 i32.and if {} end",
                    self.tail_call(inner)
                )
            }
            _ => {
                let ty = self.typed();
                let mut text = self.call(ty, inner);
                let results = self.types.get(ty).map(|ty| ty.results.clone());
                for result in results.unwrap_or_default().iter().rev() {
                    text += &format!(" local.set $l_{}{}", result.name(), self.below(2));
                }
                text
            }
        }
    }

    /// A type that there is a table of.
    fn kept(&mut self) -> Option<Type> {
        let kept: Vec<Type> = self
            .kinds
            .iter()
            .copied()
            .filter(|ty| matches!(ty, Type::Typed(_) | Type::Exn | Type::Extern))
            .collect();
        kept.get(self.below(kept.len())).copied()
    }

    /// May throw something.
    pub(super) fn throwing(&mut self, depth: usize) -> String {
        if !self.exceptions {
            return String::new();
        }
        if self.below(4) == 0 {
            let exception = format!("local.get $l_exnref{}", self.below(2));
            return match self.below(12) {
                0 => format!("{} if {exception} throw_ref end", self.condition(depth)),
                _ => format!("{exception} ref.is_null if else {exception} throw_ref end"),
            };
        }
        let tag = self.below(self.tags.len());
        let values: String = self
            .tags
            .get(tag)
            .cloned()
            .unwrap_or_default()
            .iter()
            .map(|ty| self.value(*ty, depth.min(1)) + " ")
            .collect();
        match self.below(6) {
            0 => format!("{values} throw $e{tag}"),
            _ => format!(
                "{} if {values} throw $e{tag} end",
                self.condition(depth.min(1))
            ),
        }
    }

    fn arguments(&mut self, ty: usize, depth: usize) -> String {
        let params = self.types.get(ty).map(|ty| ty.params.clone());
        // Of many parameters not all are as deep.
        params
            .unwrap_or_default()
            .iter()
            .enumerate()
            .map(|(at, ty)| self.value(*ty, if at < 3 { depth } else { 0 }) + " ")
            .collect()
    }

    /// A call of a function of a type, by its name, a table or a reference.
    pub(super) fn call(&mut self, ty: usize, depth: usize) -> String {
        self.call_as(ty, depth, "")
    }

    /// A tail call of a function with the same results.
    pub(super) fn tail_call(&mut self, depth: usize) -> String {
        let same = match self.current {
            0..SIMPLE => self.below(SIMPLE),
            _ => SIMPLE + self.below(TYPES - SIMPLE),
        };
        self.call_as(same, depth, "return_")
    }

    fn call_as(&mut self, ty: usize, depth: usize, prefix: &str) -> String {
        let arguments = self.arguments(ty, depth);
        match self.below(3) {
            0 => {
                let slot = match self.below(16) {
                    0 => self.slot(depth),
                    _ => format!("i32.const {}", self.function_of(ty)),
                };
                format!("{arguments} {slot} {prefix}call_indirect $s_funcref (type $t{ty})")
            }
            1 if self.references => {
                let reference = match self.below(3) {
                    0 => self.value(Type::Typed(ty), depth.min(1)),
                    1 => format!("ref.func $f{} ref.as_non_null", self.function_of(ty)),
                    _ => format!("ref.func $f{}", self.function_of(ty)),
                };
                format!("{arguments} {reference} {prefix}call_ref $t{ty}")
            }
            _ => {
                let function = self.function_of(ty).min(FUNCTIONS - 1);
                format!("{arguments} {prefix}call $f{function}")
            }
        }
    }
}
