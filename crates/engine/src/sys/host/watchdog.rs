// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Interruptions from another thread.

use core::{sync::atomic::AtomicU64, time::Duration};
use std::{
    sync::{atomic::Ordering, Condvar, Mutex},
    thread,
};

use super::HostPlatform;
use crate::{
    runtime::{Host, RunExit, Store},
    vm::INTERRUPT,
};

/// The interruption word, for a thread that ends before the store does.
struct Word(*const AtomicU64);

// SAFETY: the word is atomic; `run_interrupted` keeps the store alive until the thread has ended.
unsafe impl Send for Word {}

/// Ends the other thread when dropped.
struct Finish<'a>(&'a (Mutex<bool>, Condvar));

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        *self
            .0
             .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner()) = true;
        self.0 .1.notify_one();
    }
}

/// Runs `store` while another thread asks for interruptions: first after `first`, then every `period`, if any.
pub fn run_interrupted(
    store: &mut Store<HostPlatform>,
    host: &mut dyn Host,
    first: Duration,
    period: Option<Duration>,
) -> RunExit {
    let word = Word(store.interrupt_word());
    let done = (Mutex::new(false), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            let word = word;
            let mut wait = Some(first);
            let mut finished = done
                .0
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            while let Some(time) = wait {
                let waited = done
                    .1
                    .wait_timeout_while(finished, time, |finished| !*finished);
                finished = waited.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
                if *finished {
                    return;
                }
                // SAFETY: the store is borrowed until this thread is joined.
                unsafe { &*word.0 }.store(INTERRUPT, Ordering::Release);
                wait = period;
            }
        });
        // Also if the host panics: the scope waits for the thread.
        let _finish = Finish(&done);
        store.run(host)
    })
}
