// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Locks.

use std::sync::{Mutex, PoisonError};

use crate::platform::{Lock, PlatformError};

/// The standard library's lock. A panic of whoever held it leaves it usable.
#[derive(Debug)]
pub struct HostLock<T>(Mutex<T>);

impl<T> Lock<T> for HostLock<T> {
    fn new(value: T) -> Result<Self, PlatformError> {
        Ok(Self(Mutex::new(value)))
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
