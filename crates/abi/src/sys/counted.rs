// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Counted values, as `alloc::sync::Arc`, whose allocation can fail.

use alloc::alloc::{alloc, dealloc};
use core::{
    alloc::Layout,
    mem::ManuallyDrop,
    ops::Deref,
    ptr::NonNull,
    sync::atomic::{
        fence, AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use crate::Errno;

struct Inner<T> {
    count: AtomicUsize,
    value: T,
}

/// Memory for a counted value: filling it cannot fail.
pub(crate) struct Room<T>(NonNull<Inner<T>>);

// SAFETY: it is memory without a value, which nobody else has.
unsafe impl<T> Send for Room<T> {}

impl<T> Room<T> {
    const LAYOUT: Layout = Layout::new::<Inner<T>>();

    /// Allocates it; `NoMem`.
    pub(crate) fn new() -> Result<Self, Errno> {
        // SAFETY: the layout has at least the counter's size.
        let memory = unsafe { alloc(Self::LAYOUT) };
        NonNull::new(memory.cast()).map(Self).ok_or(Errno::NoMem)
    }

    /// Puts the value there.
    pub(crate) fn fill(self, value: T) -> Counted<T> {
        let memory = ManuallyDrop::new(self).0;
        let count = AtomicUsize::new(1);
        // SAFETY: `new` allocated it with this layout, and nothing is there yet.
        unsafe { memory.write(Inner { count, value }) };
        Counted(memory)
    }
}

impl<T> Drop for Room<T> {
    fn drop(&mut self) {
        // SAFETY: `new` allocated it so, and `fill` did not take it.
        unsafe { dealloc(self.0.as_ptr().cast(), Self::LAYOUT) };
    }
}

/// A value that lives as long as one of its references.
pub struct Counted<T>(NonNull<Inner<T>>);

// SAFETY: references give others the value by reference, and whoever drops the last one drops the value.
unsafe impl<T: Send + Sync> Send for Counted<T> {}
// SAFETY: as above: a shared reference can be cloned.
unsafe impl<T: Send + Sync> Sync for Counted<T> {}

impl<T> Counted<T> {
    /// The first reference; `NoMem`.
    pub fn new(value: T) -> Result<Self, Errno> {
        Ok(Room::new()?.fill(value))
    }

    fn inner(&self) -> &Inner<T> {
        // SAFETY: filled, and alive as this reference is counted.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Clone for Counted<T> {
    fn clone(&self) -> Self {
        // Each reference takes memory of its own, so there are fewer than the counter can count. (None is ever leaked.)
        self.inner().count.fetch_add(1, Relaxed);
        Self(self.0)
    }
}

impl<T> Deref for Counted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner().value
    }
}

impl<T> Drop for Counted<T> {
    fn drop(&mut self) {
        if self.inner().count.fetch_sub(1, Release) != 1 {
            return;
        }
        // What others did with the value was before they let go of it.
        fence(Acquire);
        // SAFETY: this was the last reference. The room takes the memory over when the value has gone.
        unsafe {
            let room = Room(self.0);
            core::ptr::drop_in_place(&raw mut (*self.0.as_ptr()).value);
            drop(room);
        }
    }
}

impl<T> core::fmt::Debug for Counted<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Counted").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicU32;

    struct Dropped<'a>(&'a AtomicU32);

    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    #[test]
    fn the_last_reference_drops_the_value() {
        let drops = AtomicU32::new(0);
        let first = Counted::new(Dropped(&drops)).unwrap();
        let second = first.clone();
        drop(first);
        assert_eq!(drops.load(Relaxed), 0);
        drop(second);
        assert_eq!(drops.load(Relaxed), 1);
        drop(Room::<Dropped<'_>>::new().unwrap());
        assert_eq!(drops.load(Relaxed), 1);
    }

    #[test]
    fn threads_count() {
        let drops = AtomicU32::new(0);
        let value = Counted::new(Dropped(&drops)).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let mine = value.clone();
                scope.spawn(move || (0..10_000).for_each(|_| drop(mine.clone())));
            }
        });
        assert_eq!(drops.load(Relaxed), 0);
        drop(value);
        assert_eq!(drops.load(Relaxed), 1);
    }
}
