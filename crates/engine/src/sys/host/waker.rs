// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a thread that waits for a notification sleeps on.

use std::{
    sync::{Arc, Condvar, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    platform::{PlatformError, Waker},
    runtime::Sleeper,
};

/// See the module.
#[derive(Clone, Debug)]
pub struct HostWaker(Arc<(Mutex<bool>, Condvar)>);

/// Where the clock begins.
static EPOCH: OnceLock<Instant> = OnceLock::new();

impl HostWaker {
    fn with<R>(&self, work: impl FnOnce(&mut bool) -> R) -> R {
        let lock = self.0 .0.lock();
        work(&mut lock.unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sleeper for HostWaker {
    fn is_notified(&self) -> bool {
        self.with(|notified| *notified)
    }

    fn now(&self) -> u64 {
        let since = EPOCH.get_or_init(Instant::now).elapsed();
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }

    fn sleep(&self, until: Option<u64>) {
        let (lock, changed) = &*self.0;
        let notified = lock.lock().unwrap_or_else(PoisonError::into_inner);
        match until {
            None => drop(changed.wait_while(notified, |notified| !*notified)),
            Some(until) => {
                let left = Duration::from_nanos(until.saturating_sub(self.now()));
                drop(changed.wait_timeout_while(notified, left, |notified| !*notified));
            }
        }
    }
}

impl Waker for HostWaker {
    fn new() -> Result<Self, PlatformError> {
        Ok(Self(Arc::default()))
    }

    fn wake(&self) {
        self.with(|notified| *notified = true);
        self.0 .1.notify_all();
    }

    fn reset(&self) {
        self.with(|notified| *notified = false);
    }
}
