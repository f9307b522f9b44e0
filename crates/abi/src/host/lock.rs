// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The process's locks.

use std::sync::{Mutex, PoisonError};

use crate::{Errno, Lock};

/// A mutex.
#[derive(Debug)]
pub struct HostLock<T>(Mutex<T>);

impl<T> Lock<T> for HostLock<T> {
    fn new(value: T) -> Result<Self, Errno> {
        Ok(Self(Mutex::new(value)))
    }

    fn with<R>(&self, look: impl FnOnce(&mut T) -> R) -> R {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
