// SPDX-License-Identifier: GPL-2.0
//! All stores, and how many objects live.
//!
//! The list's lock is a leaf but for a store's control block (see `sys/globals.rs`); stores leave the list when their descriptor is
//! closed, and are freed outside of the lock.

use crate::{store::Store, sys::globals::STORES};
use core::sync::atomic::AtomicU32;
use kernel::{prelude::*, sync::Arc};

/// Live modules.
pub(crate) static MODULES: AtomicU32 = AtomicU32::new(0);
/// Live stores.
pub(crate) static LIVE_STORES: AtomicU32 = AtomicU32::new(0);

/// Lists a store.
pub(crate) fn add(store: Arc<Store>) -> Result {
    Ok(STORES.lock().push(store, GFP_KERNEL_ACCOUNT)?)
}

/// Takes a store off the list.
pub(crate) fn remove(store: &Arc<Store>) {
    let mut stores = STORES.lock();
    let at = stores.iter().position(|other| Arc::ptr_eq(other, store));
    let removed = at.and_then(|at| stores.remove(at).ok());
    drop(stores);
    drop(removed);
}

/// Copies of the references to all stores that `wanted` says.
pub(crate) fn select(wanted: impl Fn(&Store) -> bool) -> Result<KVVec<Arc<Store>>> {
    loop {
        let room = STORES.lock().len();
        let mut found = KVVec::with_capacity(room, GFP_KERNEL)?;
        let stores = STORES.lock();
        if stores.len() > room {
            continue;
        }
        for store in stores.iter().filter(|store| wanted(store)) {
            // There is room for all.
            found.push(store.clone(), GFP_NOWAIT)?;
        }
        return Ok(found);
    }
}
