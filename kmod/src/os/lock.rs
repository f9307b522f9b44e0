// SPDX-License-Identifier: GPL-2.0
//! The lock of what the threads of a program share: descriptors. See `wasmk_abi`'s `group.rs` for what is done under it.

use core::pin::Pin;
use kernel::{new_mutex, prelude::*, sync::Mutex};
use wasmk_abi::{Errno, Lock};

/// The value. It is never pinned: it may be moved whatever it is.
struct Guarded<T>(T);

impl<T> Unpin for Guarded<T> {}

/// A mutex of the kernel's.
pub(crate) struct KernelLock<T>(Pin<KBox<Mutex<Guarded<T>>>>);

impl<T> Lock<T> for KernelLock<T> {
    fn new(value: T) -> Result<Self, Errno> {
        let mutex = new_mutex!(Guarded(value), "wasmk_program");
        let mutex = KBox::pin_init(mutex, GFP_KERNEL_ACCOUNT);
        mutex.map(Self).map_err(|_| Errno::NoMem)
    }

    fn with<R>(&self, look: impl FnOnce(&mut T) -> R) -> R {
        look(&mut self.0.lock().0)
    }
}
