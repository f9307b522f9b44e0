// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A loaded module.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use wasmk_uapi::module::ModuleInfo;

use super::{text, Error, MemoryModel};
use crate::sys::calls;

/// A validated, compiled module; closed when dropped (stores keep what they use).
#[derive(Debug)]
pub struct Module {
    fd: OwnedFd,
}

impl Module {
    pub(super) fn new(fd: OwnedFd) -> Self {
        Self { fd }
    }

    /// Sizes and the memory model in force.
    pub fn info(&self) -> Result<ModuleInfo, Error> {
        calls::module_info(self.as_fd(), ModuleInfo::default())
            .map_err(|error| Error::new("ask about the module", &error))
    }

    /// The name given at load.
    pub fn name(&self) -> Result<String, Error> {
        Ok(text(&self.info()?.name))
    }

    /// The memory model in force.
    pub fn memory_model(&self) -> Result<MemoryModel, Error> {
        Ok(MemoryModel::from_kernel(self.info()?.memory_model).unwrap_or_default())
    }
}

impl AsFd for Module {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
