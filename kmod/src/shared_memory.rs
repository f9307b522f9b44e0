// SPDX-License-Identifier: GPL-2.0
//! Memories that several stores use at once.

use crate::sys::Kernel;
use core::ops::Deref;
use kernel::{prelude::*, sync::Arc};
use wasmk_engine::{platform::PlatformError, runtime::SharedMemory};

/// A reference to one, as the engine keeps them. It lives as long as a store, or whoever made it, has one.
#[derive(Clone)]
pub(crate) struct SharedRef(Arc<SharedMemory<Kernel>>);

impl SharedRef {
    /// The first reference to `memory`.
    pub(crate) fn new(memory: SharedMemory<Kernel>) -> Result<Self, PlatformError> {
        Arc::new(memory, GFP_KERNEL_ACCOUNT)
            .map(Self)
            .map_err(|_| PlatformError::OutOfMemory)
    }
}

impl Deref for SharedRef {
    type Target = SharedMemory<Kernel>;

    fn deref(&self) -> &SharedMemory<Kernel> {
        &self.0
    }
}
