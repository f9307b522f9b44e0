// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Process-wide calls: adopting descriptors, giving up privileges, signals.

use std::{
    ffi::CString,
    io,
    os::fd::{FromRawFd, OwnedFd},
    ptr,
    sync::atomic::{AtomicBool, Ordering},
};

/// Adopts a descriptor that the kernel has just created for us.
///
/// `None` when it is negative. The caller hands over the only owner.
pub(crate) fn adopt(fd: i32) -> Option<OwnedFd> {
    if fd < 0 {
        return None;
    }
    // SAFETY: an ioctl that succeeded has installed this descriptor for the caller, and nothing else knows of it.
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Takes over descriptor `fd`, which the process that started this one has left open for it. Close-on-exec from now on.
///
/// `None` if there is no such descriptor, if it is a standard stream, or at any call but the first. To be called before anything
/// else is opened, so that nothing else in the process can own it.
pub fn take_inherited(fd: i32) -> Option<OwnedFd> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if fd <= libc::STDERR_FILENO || TAKEN.swap(true, Ordering::Relaxed) {
        return None;
    }
    // SAFETY: plain system call on a number; it fails if that is no descriptor.
    if unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
        return None;
    }
    // SAFETY: it is open, and not ours by any other way: nothing was opened before, and this is done once.
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// Becomes user `uid` and group `gid` with no supplementary groups, for good. To be called while there is one thread.
pub fn become_user(uid: u32, gid: u32) -> io::Result<()> {
    // SAFETY: no groups are passed, so nothing is read.
    check(unsafe { libc::setgroups(0, ptr::null()) })?;
    // SAFETY: plain system call.
    check(unsafe { libc::setresgid(gid, gid, gid) })?;
    // SAFETY: plain system call.
    check(unsafe { libc::setresuid(uid, uid, uid) })
}

/// Sets `no_new_privs`: no execve() of this process or its children gains privileges.
pub fn no_new_privileges() -> io::Result<()> {
    let zero: libc::c_ulong = 0;
    let one: libc::c_ulong = 1;
    // SAFETY: PR_SET_NO_NEW_PRIVS takes integers only.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, one, zero, zero, zero) })
}

/// Looks a user up: `(uid, gid)`.
pub fn find_user(name: &str) -> Option<(u32, u32)> {
    let name = CString::new(name).ok()?;
    // SAFETY: the name is a C string; the answer is read at once, and only the main thread of a starting program asks.
    let entry = unsafe { libc::getpwnam(name.as_ptr()) };
    if entry.is_null() {
        return None;
    }
    // SAFETY: a non-null answer points to a valid record until the next call.
    let entry = unsafe { &*entry };
    Some((entry.pw_uid, entry.pw_gid))
}

/// Blocks `signals` in the calling thread, and in threads that it starts from now on.
pub fn block_signals(signals: &[i32]) -> io::Result<()> {
    let set = signal_set(signals);
    // SAFETY: `set` is initialised; the old mask is not asked for.
    let result = unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &set, ptr::null_mut()) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(result))
    }
}

/// Waits for one of `signals` (blocked before), and returns it.
pub fn wait_signal(signals: &[i32]) -> io::Result<i32> {
    let set = signal_set(signals);
    let mut signal = 0;
    // SAFETY: both point to live, initialised objects.
    let result = unsafe { libc::sigwait(&set, &mut signal) };
    if result == 0 {
        Ok(signal)
    } else {
        Err(io::Error::from_raw_os_error(result))
    }
}

/// Sends `signal` to this process.
pub fn raise_to_process(signal: i32) -> io::Result<()> {
    // SAFETY: plain system calls.
    check(unsafe { libc::kill(libc::getpid(), signal) })
}

fn signal_set(signals: &[i32]) -> libc::sigset_t {
    // SAFETY: an all-zero sigset_t is valid on Linux, and is the empty set that sigemptyset makes.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    for &signal in signals {
        // SAFETY: `set` is initialised; an invalid number is refused and changes nothing.
        unsafe { libc::sigaddset(&mut set, signal) };
    }
    set
}
