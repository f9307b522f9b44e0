// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! wasm bytes -> [`CompiledModule`].

use crate::{config::Config, error::CompileError, module::CompiledModule};

/// Asked every few thousand operators; an error stops compilation with [`crate::error::CompileErrorKind::Interrupted`].
pub trait Poll {
    /// `Err` to stop.
    fn poll(&mut self) -> Result<(), Stop>;
}

/// See [`Poll`].
#[derive(Clone, Copy, Debug)]
pub struct Stop;

/// Never stops.
impl Poll for () {
    fn poll(&mut self) -> Result<(), Stop> {
        Ok(())
    }
}

/// Validates and compiles `wasm` in one pass over each function body.
pub fn compile(wasm: &[u8], config: &Config, poll: &mut dyn Poll) -> Result<CompiledModule, CompileError> {
    let _ = (wasm, config, poll);
    unimplemented!("being written")
}

/// Validates `wasm` only.
pub fn validate(wasm: &[u8], poll: &mut dyn Poll) -> Result<(), CompileError> {
    let _ = (wasm, poll);
    unimplemented!("being written")
}
