// SPDX-License-Identifier: GPL-2.0
//! An engine store together with the control block that interrupts it.

use super::{control::Control, platform::Kernel};
use core::ops::{Deref, DerefMut};
use kernel::sync::Arc;
use wasmk_engine::runtime::{RuntimeError, Store, StoreLimits};

/// What has a control block.
pub(crate) trait Controlled {
    /// The control block; always the same one.
    fn control(&self) -> core::pin::Pin<&Control>;
}

/// See the module.
pub(crate) struct Machine<S: Controlled> {
    store: Store<Kernel>,
    shared: Arc<S>,
}

impl<S: Controlled> Machine<S> {
    /// An empty store, attached to the control block of `shared`.
    pub(crate) fn new(shared: Arc<S>, limits: StoreLimits) -> Result<Self, RuntimeError> {
        let store = Store::new(limits)?;
        // SAFETY: the context lives as long as the store, which detaches it before it goes.
        unsafe { shared.control().attach(store.context()) };
        Ok(Self { store, shared })
    }
}

impl<S: Controlled> Deref for Machine<S> {
    type Target = Store<Kernel>;

    fn deref(&self) -> &Self::Target {
        &self.store
    }
}

impl<S: Controlled> DerefMut for Machine<S> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.store
    }
}

impl<S: Controlled> Drop for Machine<S> {
    fn drop(&mut self) {
        // SAFETY: null is allowed; nobody can be inside RUN, which borrows this.
        unsafe { self.shared.control().attach(core::ptr::null()) };
    }
}
