// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The single-pass compiler: one walk over a function body validates each operator and emits x86-64 for it.
//!
//! How it works, in the order in which a reader should open the files:
//!
//! - [`builder`]: pieces of code, each of some functions; [`mod@link`]: the image of a module. [`function`]: one body; its loop over operators.
//! - [`scan`]: a cheap look ahead over the bytes of a body (floats? calls? which locals are hot?). [`lookahead`]: operators as bytes.
//! - [`value`], [`stack`]: the abstract value stack. An entry is a constant, a local not yet read, a register, a condition in
//!   the flags, or its own slot in the frame. Nothing is moved before it must be;
//!   [`operands`] moves it.
//! - [`registers`]: which entry owns which register. [`frame`]: where slots are. [`locals`]: hot locals live in registers for the whole function.
//! - [`control`], [`merge`]: blocks and what is where when paths meet.
//! - [`constants`]: vectors that stand behind a function's code.
//! - [`prologue`]: entry and exit. [`checks`]: stack, interruption, fuel. [`cold`]: code off the fast path.
//! - [`ops`]: one file for each family of operators.
//!
//! # Bounds
//!
//! Time and code are linear in the body: an entry is moved to its slot at most once, moves of many values at merges and calls
//! become a loop of constant size, and every other operator emits at most a constant number of bytes (below 400).

mod bridge;
mod builder;
mod checks;
mod cold;
mod constants;
mod control;
mod env;
mod fail;
mod frame;
mod function;
mod link;
mod locals;
mod lookahead;
mod merge;
mod operands;
mod ops;
mod parallel;
mod prologue;
mod registers;
mod scan;
mod stack;
mod value;

pub use builder::{CodeBuilder, Piece};
pub use env::ModuleEnv;
pub use link::link;
