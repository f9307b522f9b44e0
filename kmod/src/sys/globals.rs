// SPDX-License-Identifier: GPL-2.0
//! The module's global locks.
//!
//! Order: none is taken while another is held, but that `STORES` may be held when a store's own lock (`Control`) is taken. So may the
//! lock of a group of stores (`store/group.rs`), which is not global.

use super::{arena::Bitmap, memory::Slots, stack::Pool};
use crate::{channel::Channel, store::Store};
use kernel::{prelude::*, sync::Arc};

kernel::sync::global_lock! {
    // SAFETY: initialised by `init` before anything else of the module runs.
    pub(super) unsafe(uninit) static ARENA: Mutex<Bitmap> = Bitmap::new();
}
kernel::sync::global_lock! {
    // SAFETY: initialised by `init` before anything else of the module runs.
    pub(super) unsafe(uninit) static STACKS: Mutex<Pool> = Pool::new();
}
kernel::sync::global_lock! {
    // SAFETY: initialised by `init` before anything else of the module runs.
    pub(super) unsafe(uninit) static SLOTS: Mutex<Slots> = Slots::new();
}
kernel::sync::global_lock! {
    // SAFETY: initialised by `init` before anything else of the module runs.
    pub(crate) unsafe(uninit) static STORES: Mutex<KVec<Arc<Store>>> = KVec::new();
}
kernel::sync::global_lock! {
    // SAFETY: initialised by `init` before anything else of the module runs.
    pub(crate) unsafe(uninit) static CHANNELS: Mutex<KVec<Arc<Channel>>> = KVec::new();
}

/// Makes the locks usable; once, first of all.
pub(super) fn init() {
    // SAFETY: called once, from the module's init.
    unsafe {
        ARENA.init();
        STACKS.init();
        SLOTS.init();
        STORES.init();
        CHANNELS.init();
    }
}
