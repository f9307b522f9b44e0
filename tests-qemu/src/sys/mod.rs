// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What needs `unsafe`: raw ioctls with arguments of any kind, timers and CPU clocks.
#![allow(unsafe_code)]

use std::{
    io,
    os::fd::{AsRawFd, BorrowedFd},
    ptr,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Issues an ioctl with a buffer that is as long as any structure of the interface, whatever its contents say.
///
/// The contents may hold wild addresses: the kernel must check them, and what it is told to write to by a fuzzer it may
/// only do where this process has such memory mapped; the caller passes addresses of its own buffers or unmapped ones.
pub fn raw_ioctl(fd: BorrowedFd<'_>, number: u32, buffer: &mut [u8; 8192]) -> io::Result<i32> {
    // SAFETY: the buffer is live and longer than every structure; addresses inside it are the caller's own or unmapped.
    let result = unsafe {
        libc::ioctl(
            fd.as_raw_fd(),
            libc::c_ulong::from(number),
            buffer.as_mut_ptr(),
        )
    };
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Issues an ioctl with a plain number, or an address that is not mapped, as its argument.
pub fn wild_ioctl(fd: BorrowedFd<'_>, number: u32, argument: u64) -> io::Result<i32> {
    // SAFETY: the argument is an address at which this process has nothing mapped (see the callers), so that a kernel which
    // checks its arguments answers EFAULT; one that does not is what the test looks for.
    let result = unsafe { libc::ioctl(fd.as_raw_fd(), libc::c_ulong::from(number), argument) };
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

static ALARMS: AtomicU64 = AtomicU64::new(0);

extern "C" fn count_alarm(_signal: libc::c_int) {
    ALARMS.fetch_add(1, Ordering::Relaxed);
}

/// Sends SIGALRM, which is handled, to this process every `period`, until dropped.
#[derive(Debug)]
pub struct Alarms(());

impl Alarms {
    /// Starts.
    pub fn every(period: Duration) -> io::Result<Self> {
        ALARMS.store(0, Ordering::Relaxed);
        // SAFETY: all-zero is a valid sigaction: no flags, an empty mask.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = count_alarm as extern "C" fn(libc::c_int) as usize;
        // SAFETY: the handler only touches an atomic.
        if unsafe { libc::sigaction(libc::SIGALRM, &action, ptr::null_mut()) } < 0 {
            return Err(io::Error::last_os_error());
        }
        set_timer(period)?;
        Ok(Self(()))
    }

    /// How many were handled.
    pub fn handled(&self) -> u64 {
        ALARMS.load(Ordering::Relaxed)
    }
}

impl Drop for Alarms {
    fn drop(&mut self) {
        let _ = set_timer(Duration::ZERO);
    }
}

fn set_timer(period: Duration) -> io::Result<()> {
    let time = libc::timeval {
        tv_sec: period.as_secs() as libc::time_t,
        tv_usec: libc::suseconds_t::from(period.subsec_micros()),
    };
    let timer = libc::itimerval {
        it_interval: time,
        it_value: time,
    };
    // SAFETY: the structure is initialised; the old one is not asked for.
    if unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, ptr::null_mut()) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Resources of a child that has ended: its wait status and the CPU time it used.
pub fn wait_with_usage(pid: i32) -> io::Result<(i32, Duration)> {
    let mut status = 0;
    // SAFETY: all-zero is a valid rusage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both point to live objects of the right types.
    if unsafe { libc::wait4(pid, &mut status, 0, &mut usage) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let time = |t: libc::timeval| {
        Duration::new(t.tv_sec.unsigned_abs(), 0) + Duration::from_micros(t.tv_usec.unsigned_abs())
    };
    Ok((status, time(usage.ru_utime) + time(usage.ru_stime)))
}

/// Closes a descriptor that only the caller knows of.
pub fn close(fd: i32) {
    // SAFETY: closing a number that is not open fails; the caller has just been given this one by the kernel.
    unsafe { libc::close(fd) };
}

/// Runs `work` on a thread of its own that has `root` as its root directory; the other threads keep theirs.
pub fn in_other_root<T: Send>(
    root: &std::path::Path,
    work: impl FnOnce() -> T + Send,
) -> io::Result<T> {
    std::thread::scope(|scope| {
        let jailed = scope.spawn(|| {
            // SAFETY: takes no pointers; only this thread's root and working directories become its own.
            if unsafe { libc::unshare(libc::CLONE_FS) } < 0 {
                return Err(io::Error::last_os_error());
            }
            std::os::unix::fs::chroot(root)?;
            std::env::set_current_dir("/")?;
            Ok(work())
        });
        jailed
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("panicked")))
    })
}
