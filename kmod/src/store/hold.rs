// SPDX-License-Identifier: GPL-2.0
//! Holding a store's state, and what a kill meanwhile leaves to do.

use super::{Inner, Store};
use crate::sys::cell::Held;
use core::{
    ops::{Deref, DerefMut},
    sync::atomic::{fence, Ordering::SeqCst},
};
use kernel::prelude::*;

/// The state, held. Fields are dropped in order.
pub(super) struct Hold<'a> {
    held: Held<'a, Inner>,
    _after: After<'a>,
}

/// When the state has been let go of, a kill that could not have it is carried out.
struct After<'a>(&'a Store);

impl Drop for After<'_> {
    fn drop(&mut self) {
        // Who kills sets the mark, then tries to hold; here it is the other way round. One of the two sees the other.
        fence(SeqCst);
        if self.0.shared.is_killed() {
            self.0.bury();
        }
    }
}

impl Deref for Hold<'_> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.held
    }
}

impl DerefMut for Hold<'_> {
    fn deref_mut(&mut self) -> &mut Inner {
        &mut self.held
    }
}

impl Store {
    /// Holds the state; `EBUSY` if somebody else does.
    pub(super) fn hold(&self) -> Result<Hold<'_>> {
        let held = self.inner.hold().ok_or(EBUSY)?;
        Ok(Hold {
            held,
            _after: After(self),
        })
    }

    /// Ends a killed store that nobody holds; who holds it does so afterwards.
    pub(super) fn bury(&self) {
        fence(SeqCst);
        if let Some(mut inner) = self.inner.hold() {
            self.bury_held(&mut inner);
        }
    }

    /// As [`Store::bury`], for who holds it.
    pub(super) fn bury_held(&self, inner: &mut Inner) {
        if !inner.dead {
            // Of a program that another thread ended, the first one's next caller is told, too.
            let by_thread = || self.group.ending().is_some_and(|ending| !ending.is_kill());
            inner.untold = inner.machine.is_parked() || (self.thread == 0 && by_thread());
            self.die(inner);
        }
    }
}
