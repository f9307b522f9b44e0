// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Programs that are all about control: exceptions thrown through calls of all kinds, caught, kept in tables and thrown again; tail
//! calls between functions with parameters on the stack; typed references and branches on them; branches that carry many values. Among the values are vectors.
//! `wasm-smith` makes such operators, but hardly ever does a program of its throw.

mod statements;
mod values;
mod vectors;

use std::fmt::Write as _;

use wasmparser::WasmFeatures;
use wast::{
    parser::{self, ParseBuffer},
    Wat,
};

use crate::mutate::Mutator;

/// Calls that an export makes in all.
const CALLS: usize = 40;
/// Rounds of all loops of a call.
const ROUNDS: usize = 4;
const FUNCTIONS: usize = 9;
/// Function types. Typed references are to functions of these, and there is a function of each.
const TYPES: usize = 6;
/// So many of them, the first, have other results than the rest.
const SIMPLE: usize = 2;
const TAGS: usize = 4;
/// Slots of tables, a power of two.
const SLOTS: usize = 16;

/// A program from a seed, which ends.
pub(super) fn program(seed: u64, features: WasmFeatures) -> Option<Vec<u8>> {
    let mut maker = Maker::new(seed, features);
    let text = maker.module();
    let buffer = ParseBuffer::new(&text).ok()?;
    parser::parse::<Wat<'_>>(&buffer).ok()?.encode().ok()
}

/// A type of values. All have a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    I32,
    I64,
    F32,
    F64,
    V128,
    Extern,
    Func,
    /// A nullable reference to functions of a type.
    Typed(usize),
    Exn,
}

impl Type {
    /// As the text format writes it.
    fn text(self) -> String {
        match self {
            Self::I32 => "i32".into(),
            Self::I64 => "i64".into(),
            Self::F32 => "f32".into(),
            Self::F64 => "f64".into(),
            Self::V128 => "v128".into(),
            Self::Extern => "externref".into(),
            Self::Func => "funcref".into(),
            Self::Typed(ty) => format!("(ref null $t{ty})"),
            Self::Exn => "exnref".into(),
        }
    }

    /// As part of a name.
    fn name(self) -> String {
        match self {
            Self::Typed(ty) => format!("typed{ty}"),
            other => other.text(),
        }
    }

    /// Pushes the default.
    fn zero(self) -> String {
        match self {
            Self::I32 | Self::I64 | Self::F32 | Self::F64 => format!("{}.const 0", self.text()),
            Self::V128 => "v128.const i64x2 0 0".into(),
            Self::Extern => "ref.null extern".into(),
            Self::Func => "ref.null func".into(),
            Self::Typed(ty) => format!("ref.null $t{ty}"),
            Self::Exn => "ref.null exn".into(),
        }
    }
}

fn texts(types: &[Type]) -> String {
    types.iter().map(|ty| ty.text() + " ").collect()
}

fn results(types: &[Type]) -> String {
    match types {
        [] => String::new(),
        types => format!("(result {})", texts(types)),
    }
}

/// Types in which references are to functions of the types before `ty`.
fn before(types: Vec<Type>, ty: usize) -> Vec<Type> {
    let earlier = |of| match of {
        Type::Typed(to) => to.checked_rem(ty).map_or(Type::Func, Type::Typed),
        other => other,
    };
    types.into_iter().map(earlier).collect()
}

struct Signature {
    params: Vec<Type>,
    results: Vec<Type>,
}

struct Maker {
    random: Mutator,
    exceptions: bool,
    references: bool,
    tails: bool,
    relaxed: bool,
    /// What values there are.
    kinds: Vec<Type>,
    types: Vec<Signature>,
    tags: Vec<Vec<Type>>,
    /// Type of the function being made.
    current: usize,
}

impl Maker {
    fn new(seed: u64, features: WasmFeatures) -> Self {
        let on = |feature| features.contains(feature);
        let mut kinds = vec![Type::I32, Type::I64, Type::F32, Type::F64];
        if on(WasmFeatures::SIMD) {
            kinds.push(Type::V128);
        }
        kinds.extend([Type::Extern, Type::Func]);
        let references = on(WasmFeatures::FUNCTION_REFERENCES);
        if references {
            kinds.extend((0..TYPES).map(Type::Typed));
        }
        let exceptions = on(WasmFeatures::EXCEPTIONS);
        if exceptions {
            kinds.push(Type::Exn);
        }
        Self {
            random: Mutator::new(seed),
            exceptions,
            references,
            tails: on(WasmFeatures::TAIL_CALL),
            relaxed: on(WasmFeatures::RELAXED_SIMD),
            kinds,
            types: Vec::new(),
            tags: Vec::new(),
            current: 0,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.random.below(of.len()))
            .copied()
            .unwrap_or_default()
    }

    fn kind(&mut self) -> Type {
        // Numbers are half of all.
        let bound = match self.below(2) {
            0 => 5,
            _ => self.kinds.len(),
        };
        let at = self.below(bound.min(self.kinds.len()));
        self.kinds.get(at).copied().unwrap_or(Type::I32)
    }

    fn some(&mut self, most: usize) -> Vec<Type> {
        (0..self.below(most + 1)).map(|_| self.kind()).collect()
    }

    /// The type of a function.
    fn type_of(function: usize) -> usize {
        function % TYPES
    }

    /// A function of a type.
    fn function_of(&mut self, ty: usize) -> usize {
        match self.below(FUNCTIONS.div_ceil(TYPES)) * TYPES + ty {
            function if function < FUNCTIONS => function,
            _ => ty,
        }
    }

    fn module(&mut self) -> String {
        // Two kinds of results, so that tail calls fit. A type may refer to those before it only.
        let outcomes = [before(self.some(1), 0), before(self.some(5), SIMPLE)];
        for ty in 0..TYPES {
            let most = [2, 6, 20][self.below(3)];
            let params = before(self.some(most), ty);
            let results = outcomes[usize::from(ty >= SIMPLE)].clone();
            self.types.push(Signature { params, results });
        }
        let mut text = String::from("(module\n");
        for (ty, signature) in self.types.iter().enumerate() {
            let params = texts(&signature.params);
            let results = results(&signature.results);
            let _ = writeln!(text, "(type $t{ty} (func (param {params}) {results}))");
        }
        if self.exceptions {
            for tag in 0..TAGS {
                let most = [2, 5, 14][self.below(3)];
                let params = self.some(most);
                let _ = writeln!(text, "(tag $e{tag} (param {}))", texts(&params));
                self.tags.push(params);
            }
        }
        self.tables(&mut text);
        for function in 0..FUNCTIONS {
            self.function(function, &mut text);
        }
        text.push(')');
        text
    }

    /// Globals and tables of each type, all exported.
    fn tables(&mut self, text: &mut String) {
        let functions: String = (0..FUNCTIONS).map(|k| format!("$f{k} ")).collect();
        text.push_str("(global $calls (mut i32) (i32.const 0))\n");
        for ty in self.kinds.clone() {
            let (name, zero) = (ty.name(), ty.zero());
            let _ = writeln!(
                text,
                "(global $g_{name} (export \"g_{name}\") (mut {}) ({zero}))",
                ty.text()
            );
            if matches!(ty, Type::Typed(_) | Type::Exn | Type::Extern) {
                let _ = writeln!(
                    text,
                    "(table $s_{name} (export \"s_{name}\") {SLOTS} {SLOTS} {})",
                    ty.text()
                );
            }
        }
        let _ = writeln!(
            text,
            "(table $s_funcref (export \"s_funcref\") {SLOTS} {SLOTS} funcref)\n(elem (table $s_funcref) (i32.const 0) func {functions})"
        );
    }

    /// A function, and an export that calls it.
    fn function(&mut self, number: usize, text: &mut String) {
        self.current = Self::type_of(number);
        let Some(signature) = self.types.get(self.current) else {
            return;
        };
        let (params, outcome) = (signature.params.clone(), signature.results.clone());
        let zeros: String = outcome.iter().map(|ty| ty.zero() + " ").collect();
        let locals: String = self
            .kinds
            .iter()
            .flat_map(|ty| (0..2).map(move |k| (ty, k)))
            .map(|(ty, k)| format!("(local $l_{}{k} {})", ty.name(), ty.text()))
            .collect();
        // Parameters come into locals of their types, so that all are seen.
        let copies: String = params
            .iter()
            .enumerate()
            .map(|(k, ty)| format!("local.get {k} local.set $l_{}{} ", ty.name(), k % 2))
            .collect();
        let (statements, end) = (self.statements(3), self.end(&outcome));
        let _ = writeln!(
            text,
            "(func $f{number} (type $t{}) {locals} (local $rounds i32)
global.get $calls i32.eqz if {zeros} return end
global.get $calls i32.const 1 i32.sub global.set $calls
i32.const {ROUNDS} local.set $rounds {copies}
{statements}{end})",
            self.current,
        );
        let gets: String = (0..params.len())
            .map(|k| format!("local.get {k} "))
            .collect();
        let _ = writeln!(
            text,
            "(func (export \"f{number}\") (type $t{}) i32.const {CALLS} global.set $calls {gets} call $f{number})",
            self.current
        );
    }

    /// The end of a function: its results, or a tail call.
    fn end(&mut self, results: &[Type]) -> String {
        if self.tails && self.below(2) == 0 {
            return self.tail_call(2);
        }
        results.iter().map(|ty| self.value(*ty, 2) + "\n").collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_gives_a_program() {
        let all = wasmk_engine::features::Features::accepted().flags();
        let few = all.difference(
            WasmFeatures::EXCEPTIONS
                .union(WasmFeatures::FUNCTION_REFERENCES)
                .union(WasmFeatures::SIMD)
                .union(WasmFeatures::TAIL_CALL),
        );
        for seed in 0..300 {
            for features in [all, few] {
                let wasm = program(seed, features).unwrap();
                wasmk_engine::compile::validate(&wasm, &mut ()).unwrap();
            }
        }
    }
}
