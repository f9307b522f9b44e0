// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The rows of the tables: engines and their configurations.

/// How a row's runner is started.
#[derive(Clone, Copy, Debug)]
pub enum Command {
    /// A program beside the driver, with its words.
    Runner(&'static str, &'static [&'static str]),
    /// V8, with its options.
    Node(&'static [&'static str]),
    /// The kernel itself as a program, compiled by the first of these that has it.
    Native(&'static [&'static str]),
}

/// How linear memory is contained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// By pages that fault.
    Guard,
    /// By comparisons.
    Bounds,
    /// Not at all, or not comparable.
    Other,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Short, for options and the report.
    pub name: &'static str,
    /// For readers.
    pub label: &'static str,
    /// See [`Command`].
    pub command: Command,
    /// See [`Model`].
    pub model: Model,
    /// A single-pass compiler that wasmk is held against.
    pub baseline: bool,
    /// Takes part in compilation: its configuration changes what is emitted, or it is an engine of its own.
    pub compiles: bool,
    /// Takes part in instances, calls and growth.
    pub micro: bool,
    /// Takes part in run time; otherwise that is another row's.
    pub runs: bool,
}

/// The row that ratios are taken of.
pub const REFERENCE: &str = "cranelift";
/// wasmk as it ships, with guard memories.
pub const GUARD: &str = "wasmk-guard";
/// wasmk as it ships, without.
pub const BOUNDS: &str = "wasmk-bounds";
/// wasmk, whose compilation two threads take part in.
pub const TWO: &str = "wasmk-guard-two";
/// What wasmk's compilation is held against.
pub const LIFTOFF: &str = "liftoff";

/// Rows of a quick look.
pub const QUICK: &[&str] = &[
    "cranelift",
    "winch",
    "winch-bounds",
    "liftoff",
    "liftoff-bounds",
    "wasmk-guard",
    "wasmk-bounds",
];

const BASELINE_ONLY: &[&str] = &[
    "--single-threaded",
    "--liftoff-only",
    "--no-wasm-dynamic-tiering",
    "--no-wasm-lazy-compilation",
    "--expose-gc",
];
const BASELINE_BOUNDS: &[&str] = &[
    "--single-threaded",
    "--liftoff-only",
    "--no-wasm-dynamic-tiering",
    "--no-wasm-lazy-compilation",
    "--expose-gc",
    "--wasm-enforce-bounds-checks",
];
const OPTIMISING_ONLY: &[&str] = &[
    "--single-threaded",
    "--no-liftoff",
    "--no-wasm-lazy-compilation",
    "--expose-gc",
];

const fn row(name: &'static str, label: &'static str, command: Command, model: Model) -> Row {
    Row {
        name,
        label,
        command,
        model,
        baseline: false,
        compiles: false,
        micro: false,
        runs: true,
    }
}

const fn wasmk(
    name: &'static str,
    label: &'static str,
    words: &'static [&'static str],
    model: Model,
) -> Row {
    row(name, label, Command::Runner("bench-wasmk", words), model)
}

const fn wasmtime(
    name: &'static str,
    label: &'static str,
    words: &'static [&'static str],
    model: Model,
) -> Row {
    row(name, label, Command::Runner("bench-wasmtime", words), model)
}

impl Row {
    const fn baseline(mut self) -> Self {
        self.baseline = true;
        self
    }

    const fn compiles(mut self) -> Self {
        self.compiles = true;
        self
    }

    const fn micro(mut self) -> Self {
        self.micro = true;
        self
    }

    const fn runs_not(mut self) -> Self {
        self.runs = false;
        self
    }
}

/// All rows.
pub const ROWS: &[Row] = &[
    row(
        "gcc",
        "gcc (rustc) -O2, native",
        Command::Native(&["gcc", "rustc"]),
        Model::Other,
    ),
    row(
        "clang",
        "clang (rustc) -O2, native",
        Command::Native(&["clang", "rustc"]),
        Model::Other,
    ),
    row(
        "turbofan",
        "V8 TurboFan",
        Command::Node(OPTIMISING_ONLY),
        Model::Guard,
    )
    .compiles(),
    wasmtime("cranelift", "Cranelift", &["cranelift"], Model::Guard)
        .compiles()
        .micro(),
    wasmtime(
        "cranelift-epoch",
        "Cranelift, epoch",
        &["cranelift", "epoch"],
        Model::Guard,
    ),
    wasmtime(
        "cranelift-fuel",
        "Cranelift, fuel",
        &["cranelift", "fuel"],
        Model::Guard,
    ),
    wasmtime(
        "cranelift-bounds",
        "Cranelift, bounds, Spectre",
        &["cranelift", "bounds"],
        Model::Bounds,
    ),
    wasmtime(
        "cranelift-pooling",
        "Cranelift, pooling",
        &["cranelift", "pooling"],
        Model::Guard,
    )
    .micro()
    .runs_not(),
    row(
        "liftoff",
        "V8 Liftoff",
        Command::Node(BASELINE_ONLY),
        Model::Guard,
    )
    .baseline()
    .compiles()
    .micro(),
    row(
        "liftoff-bounds",
        "V8 Liftoff, bounds",
        Command::Node(BASELINE_BOUNDS),
        Model::Bounds,
    )
    .baseline()
    .compiles(),
    wasmtime("winch", "Winch", &["winch"], Model::Guard)
        .baseline()
        .compiles(),
    wasmtime(
        "winch-epoch",
        "Winch, epoch",
        &["winch", "epoch"],
        Model::Guard,
    ),
    wasmtime(
        "winch-bounds",
        "Winch, bounds",
        &["winch", "bounds"],
        Model::Bounds,
    )
    .baseline()
    .compiles(),
    row(
        "singlepass",
        "Wasmer singlepass",
        Command::Runner("bench-wasmer", &[]),
        Model::Guard,
    )
    .baseline()
    .compiles()
    .micro(),
    row(
        "wasmi",
        "wasmi (interpreter)",
        Command::Runner("bench-wasmi", &[]),
        Model::Other,
    )
    .compiles()
    .micro(),
    wasmk("wasmk-guard", "wasmk, guard", &["guard"], Model::Guard)
        .compiles()
        .micro(),
    wasmk(
        TWO,
        "wasmk, guard, 2 threads",
        &["guard", "two"],
        Model::Guard,
    )
    .compiles()
    .runs_not(),
    wasmk(
        "wasmk-guard-fuel",
        "wasmk, guard, fuel",
        &["guard", "fuel"],
        Model::Guard,
    )
    .compiles(),
    wasmk(
        "wasmk-guard-thunks",
        "wasmk, guard, thunks",
        &["guard", "thunks"],
        Model::Guard,
    )
    .compiles()
    .micro(),
    wasmk(
        "wasmk-bounds",
        "wasmk, bounds, safe",
        &["bounds"],
        Model::Bounds,
    )
    .compiles()
    .micro(),
    wasmk(
        "wasmk-bounds-fuel",
        "wasmk, bounds, safe, fuel",
        &["bounds", "fuel"],
        Model::Bounds,
    )
    .compiles(),
    wasmk(
        "wasmk-bounds-nospec",
        "wasmk, bounds, not safe",
        &["bounds", "nospec"],
        Model::Bounds,
    )
    .compiles(),
    wasmk(
        "wasmk-bounds-thunks",
        "wasmk, bounds, safe, thunks",
        &["bounds", "thunks"],
        Model::Bounds,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_known() {
        for (i, row) in ROWS.iter().enumerate() {
            assert!(
                ROWS[..i].iter().all(|other| other.name != row.name),
                "{}",
                row.name
            );
        }
        for name in QUICK
            .iter()
            .chain([&REFERENCE, &GUARD, &BOUNDS, &TWO, &LIFTOFF])
        {
            assert!(ROWS.iter().any(|row| row.name == *name), "{name}");
        }
    }
}
