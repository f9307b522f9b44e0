// SPDX-License-Identifier: GPL-2.0
//! The locks that the engine asks for: the kernel's mutexes, on a heap of their own, as they must not move.

use core::pin::Pin;
use kernel::{new_mutex, prelude::*, sync::Mutex};
use wasmk_engine::platform::{self, PlatformError};

/// See the module. Leaves, but for what a memory's growth takes.
pub(crate) struct Lock<T>(Pin<KBox<Mutex<T>>>);

impl<T: Unpin> platform::Lock<T> for Lock<T> {
    fn new(value: T) -> Result<Self, PlatformError> {
        KBox::pin_init(new_mutex!(value, "wasmk_shared"), GFP_KERNEL_ACCOUNT)
            .map(Self)
            .map_err(|_| PlatformError::OutOfMemory)
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.0.lock())
    }
}
