// SPDX-License-Identifier: GPL-2.0
//! Declarations of `kmod/os.c` and of kernel functions that the bindings leave out.
//!
//! Pointers are to live objects unless said otherwise; all but `wasmk_poll` with a null table may sleep.

use kernel::{bindings, prelude::*};

/// `WASMK_*` of `kmod/os.h`.
pub(super) mod traits {
    pub(in super::super) const TYPE: u32 = 0xf000;
    pub(in super::super) const READABLE: u32 = 1 << 16;
    pub(in super::super) const WRITABLE: u32 = 1 << 17;
    pub(in super::super) const NOWAIT: u32 = 1 << 18;
    pub(in super::super) const SEEKABLE: u32 = 1 << 20;
    pub(in super::super) const REFUSED: u32 = 1 << 19;
    pub(in super::super) const LISTENING: u32 = 1 << 16;
    pub(in super::super) const CONNECTING: u32 = 1 << 17;
}

/// `struct wasmk_root` of `kmod/os.h`.
#[repr(C)]
pub(super) struct Root {
    pub(super) mnt: *mut c_void,
    pub(super) dentry: *mut c_void,
}

#[allow(
    improper_ctypes,
    reason = "the bindings' own structures; empty lock classes are part of them"
)]
extern "C" {
    /// The calling task's network namespace, referenced.
    pub(super) fn wasmk_net_get() -> *mut bindings::net;
    /// Gives the reference back.
    pub(super) fn wasmk_net_put(net: *mut bindings::net);
    /// The calling task's root directory, referenced.
    pub(super) fn wasmk_root_get(root: *mut Root);
    /// Gives the references back; nothing for no directory.
    pub(super) fn wasmk_root_put(root: *const Root);
    /// It is the calling task's root directory.
    pub(super) fn wasmk_root_is_current(root: *const Root) -> bool;
    /// The calling task's credentials, referenced; given back by `put_cred`.
    pub(super) fn wasmk_cred_get() -> *const bindings::cred;
    /// See [`traits`].
    pub(super) fn wasmk_file_traits(file: *mut bindings::file) -> u32;
    /// Reads or writes `len` bytes in the `count` buffers `vec`, at `*at`, or at the file's own position (null), with `RWF_*` flags.
    pub(super) fn wasmk_file_io(
        file: *mut bindings::file,
        vec: *mut bindings::kvec,
        count: u32,
        len: usize,
        at: *mut i64,
        write: bool,
        flags: u32,
    ) -> isize;
    /// Moves the position of a file that has one.
    pub(super) fn wasmk_file_seek(file: *mut bindings::file, offset: i64, whence: c_int) -> i64;
    /// `vfs_poll`.
    pub(super) fn wasmk_poll(
        file: *mut bindings::file,
        table: *mut bindings::poll_table_struct,
    ) -> u32;
    /// Sleeps, interruptibly, until a wake-up or until `*expires` (`CLOCK_MONOTONIC`; null: for ever).
    pub(super) fn wasmk_poll_sleep(queues: *mut bindings::poll_wqueues, expires: *mut i64);
    /// CPU time of the calling thread or its process, ns, as of the last tick.
    pub(super) fn wasmk_cpu_time(process: bool) -> u64;
    /// See `kmod/os.h`.
    pub(super) fn wasmk_sock_traits(sock: *mut bindings::socket) -> u32;
    /// Takes the socket's pending error: negative, or zero.
    pub(super) fn wasmk_sock_error(sock: *mut bindings::socket) -> c_int;
    /// Sets `TCP_NODELAY` if it is a TCP socket.
    pub(super) fn wasmk_sock_nodelay(sock: *mut bindings::socket);
}
