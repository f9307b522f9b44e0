// SPDX-License-Identifier: GPL-2.0
//! A cell that one thread at a time holds; others are told that it is busy, and never wait.

use core::{
    cell::UnsafeCell,
    ops::{Deref, DerefMut},
    sync::atomic::{AtomicBool, Ordering},
};

/// See the module.
pub(crate) struct BusyCell<T> {
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: only the holder reaches the value, and it may be a thread other than the one that made it.
unsafe impl<T: Send> Sync for BusyCell<T> {}

impl<T> BusyCell<T> {
    /// A free cell.
    pub(crate) const fn new(value: T) -> Self {
        Self {
            held: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Holds it; `None` if somebody else does.
    pub(crate) fn hold(&self) -> Option<Held<'_, T>> {
        let free = self
            .held
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed);
        // Not `then_some`: its argument would be made, and dropped, also when the cell is busy.
        free.is_ok().then(|| Held(self))
    }
}

/// The value, held.
pub(crate) struct Held<'a, T>(&'a BusyCell<T>);

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this is the only holder.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this is the only holder.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for Held<'_, T> {
    fn drop(&mut self) {
        self.0.held.store(false, Ordering::Release);
    }
}
