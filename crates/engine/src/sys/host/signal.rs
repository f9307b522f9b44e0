// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Faults of generated code: a handler moves the faulting thread to the trap stub. Any other fault goes to whoever was there
//! before.

use core::{mem::MaybeUninit, ptr};
use std::{
    cell::RefCell,
    sync::{Once, OnceLock},
};

use super::{region::trap_stub, reservation::Reservation};

const SIGNALS: [libc::c_int; 3] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE];
const STACK: usize = 64 << 10;

/// Handlers that were there before, in the order of `SIGNALS`.
static PREVIOUS: [OnceLock<libc::sigaction>; SIGNALS.len()] =
    [const { OnceLock::new() }; SIGNALS.len()];

std::thread_local! {
    /// A signal stack of ours, for threads that came without one.
    static SIGNAL_STACK: RefCell<Option<SignalStack>> = const { RefCell::new(None) };
    static PREPARED: core::cell::Cell<bool> = const { core::cell::Cell::new(false) };
}

/// The thread's signal stack while it lives.
struct SignalStack {
    _memory: Reservation,
}

impl Drop for SignalStack {
    fn drop(&mut self) {
        let off = libc::stack_t {
            ss_sp: ptr::null_mut(),
            ss_flags: libc::SS_DISABLE,
            ss_size: STACK,
        };
        // SAFETY: takes the thread's signal stack away before its memory goes.
        unsafe { libc::sigaltstack(&off, ptr::null_mut()) };
    }
}

/// Installs the handlers, once per process.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (&signal, previous) in SIGNALS.iter().zip(&PREVIOUS) {
            let mut old = MaybeUninit::zeroed();
            // SAFETY: all-zero is a valid `sigaction`, filled in below; the handler is async-signal-safe.
            let old = unsafe {
                let mut new: libc::sigaction = MaybeUninit::zeroed().assume_init();
                new.sa_sigaction = handle as *const () as usize;
                new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
                libc::sigemptyset(&mut new.sa_mask);
                // The old action is known before the first fault of ours can happen: no code is published yet.
                if libc::sigaction(signal, &new, old.as_mut_ptr()) != 0 {
                    continue;
                }
                old.assume_init()
            };
            let _ = previous.set(old);
        }
    });
}

/// Gives the calling thread a signal stack if it has none: wasm's own stack may be used up when it faults.
#[inline]
pub(super) fn prepare_thread() {
    if !PREPARED.get() {
        prepare_new_thread();
    }
}

#[cold]
fn prepare_new_thread() {
    // SAFETY: asks and sets the calling thread's signal stack; ours lives until it is taken back.
    unsafe {
        let mut old: libc::stack_t = MaybeUninit::zeroed().assume_init();
        libc::sigaltstack(ptr::null(), &mut old);
        if old.ss_flags & libc::SS_DISABLE != 0 {
            let stack = Reservation::new(STACK).expect("memory for a signal stack");
            let access = rustix::mm::MprotectFlags::READ | rustix::mm::MprotectFlags::WRITE;
            stack
                .protect(0, STACK, access)
                .expect("memory for a signal stack");
            let new = libc::stack_t {
                ss_sp: stack.base().cast(),
                ss_flags: 0,
                ss_size: STACK,
            };
            libc::sigaltstack(&new, ptr::null_mut());
            SIGNAL_STACK.with(|slot| *slot.borrow_mut() = Some(SignalStack { _memory: stack }));
        }
    }
    PREPARED.set(true);
}

extern "C" fn handle(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel gives a valid `ucontext_t` to a handler with SA_SIGINFO.
    let registers = unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    let pc = registers[libc::REG_RIP as usize];
    if let Some(stub) = trap_stub(pc as u64) {
        registers[libc::REG_RAX as usize] = pc;
        registers[libc::REG_RIP as usize] = stub as i64;
        return;
    }
    let previous = SIGNALS
        .iter()
        .position(|&known| known == signal)
        .and_then(|at| PREVIOUS[at].get());
    match previous {
        Some(action)
            if action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN =>
        {
            let handler = action.sa_sigaction as *const ();
            if action.sa_flags & libc::SA_SIGINFO != 0 {
                // SAFETY: installed with SA_SIGINFO: a function of this type.
                let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) =
                    unsafe { core::mem::transmute(handler) };
                handler(signal, info, context);
            } else {
                // SAFETY: installed without SA_SIGINFO: a function of this type.
                let handler: extern "C" fn(libc::c_int) = unsafe { core::mem::transmute(handler) };
                handler(signal);
            }
        }
        _ => {
            // Nobody: the default action, which the instruction meets when it is repeated.
            // SAFETY: `signal` and `sigaction` are async-signal-safe.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
    }
}
