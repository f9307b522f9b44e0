// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Host functions with plain numbers, and a window of memory for their buffers.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;

/// Bytes of the window.
pub const WINDOW: usize = 1 << 17;

#[repr(align(16))]
struct Window(UnsafeCell<[u8; WINDOW]>);

// SAFETY: the program has one thread.
unsafe impl Sync for Window {}

static MEMORY: Window = Window(UnsafeCell::new([0; WINDOW]));

/// The address of byte `offset` of the window.
pub fn at(offset: usize) -> i32 {
    assert!(offset < WINDOW);
    (MEMORY.0.get() as usize + offset) as i32
}

/// Copies `bytes` into the window.
pub fn put(offset: usize, bytes: &[u8]) {
    // SAFETY: one thread, and no reference outlives this call.
    let window = unsafe { &mut *MEMORY.0.get() };
    window[offset..offset + bytes.len()].copy_from_slice(bytes);
}

/// Copies `len` bytes out of the window.
pub fn get(offset: usize, len: usize) -> Vec<u8> {
    // SAFETY: one thread, and no reference outlives this call.
    let window = unsafe { &*MEMORY.0.get() };
    window[offset..offset + len].to_vec()
}

/// Bytes of the program's memory: the first address that does not exist.
pub fn memory_size() -> u64 {
    #[cfg(target_family = "wasm")]
    return core::arch::wasm32::memory_size(0) as u64 * 65536;
    #[cfg(not(target_family = "wasm"))]
    unimplemented!("a wasm program")
}

/// Declares imports; each becomes a function of plain numbers that answers the error number.
///
/// The host writes only where it is told to: in the window, or nowhere at all.
macro_rules! imports {
    ($($module:literal { $(fn $name:ident($($arg:ident: $ty:ty),*);)* })*) => {
        $(
            #[cfg(target_family = "wasm")]
            #[link(wasm_import_module = $module)]
            // SAFETY: callers pass addresses in the window, or such as do not exist: nothing else is written.
            unsafe extern "C" {
                $(pub safe fn $name($($arg: $ty),*) -> i32;)*
            }
        )*
        $($(
            #[cfg(not(target_family = "wasm"))]
            #[allow(missing_docs, clippy::too_many_arguments)]
            pub fn $name($($arg: $ty),*) -> i32 {
                $(let _ = $arg;)*
                unimplemented!("a wasm program")
            }
        )*)*
    };
}

imports! {
    "wasi_snapshot_preview1" {
        fn clock_res_get(clock: i32, out: i32);
        fn clock_time_get(clock: i32, precision: i64, out: i32);
        fn fd_advise(fd: i32, offset: i64, len: i64, advice: i32);
        fn fd_allocate(fd: i32, offset: i64, len: i64);
        fn fd_close(fd: i32);
        fn fd_datasync(fd: i32);
        fn fd_fdstat_get(fd: i32, out: i32);
        fn fd_fdstat_set_flags(fd: i32, flags: i32);
        fn fd_fdstat_set_rights(fd: i32, base: i64, inheriting: i64);
        fn fd_filestat_get(fd: i32, out: i32);
        fn fd_filestat_set_size(fd: i32, size: i64);
        fn fd_filestat_set_times(fd: i32, atim: i64, mtim: i64, flags: i32);
        fn fd_prestat_get(fd: i32, out: i32);
        fn fd_prestat_dir_name(fd: i32, buf: i32, len: i32);
        fn fd_pread(fd: i32, iovs: i32, count: i32, offset: i64, out: i32);
        fn fd_pwrite(fd: i32, iovs: i32, count: i32, offset: i64, out: i32);
        fn fd_readdir(fd: i32, buf: i32, len: i32, cookie: i64, out: i32);
        fn fd_read(fd: i32, iovs: i32, count: i32, out: i32);
        fn fd_renumber(from: i32, to: i32);
        fn fd_seek(fd: i32, offset: i64, whence: i32, out: i32);
        fn fd_sync(fd: i32);
        fn fd_tell(fd: i32, out: i32);
        fn fd_write(fd: i32, iovs: i32, count: i32, out: i32);
        fn path_create_directory(fd: i32, path: i32, len: i32);
        fn path_filestat_get(fd: i32, lookup: i32, path: i32, len: i32, out: i32);
        fn path_filestat_set_times(fd: i32, lookup: i32, path: i32, len: i32, atim: i64, mtim: i64, flags: i32);
        fn path_link(old_fd: i32, lookup: i32, old: i32, old_len: i32, fd: i32, path: i32, len: i32);
        fn path_open(fd: i32, lookup: i32, path: i32, len: i32, oflags: i32, base: i64, inheriting: i64, flags: i32, out: i32);
        fn path_readlink(fd: i32, path: i32, len: i32, buf: i32, buf_len: i32, out: i32);
        fn path_remove_directory(fd: i32, path: i32, len: i32);
        fn path_rename(old_fd: i32, old: i32, old_len: i32, fd: i32, path: i32, len: i32);
        fn path_symlink(old: i32, old_len: i32, fd: i32, path: i32, len: i32);
        fn path_unlink_file(fd: i32, path: i32, len: i32);
        fn poll_oneoff(input: i32, output: i32, count: i32, out: i32);
        fn proc_raise(signal: i32);
        fn random_get(buf: i32, len: i32);
        fn sched_yield();
        fn sock_accept(fd: i32, flags: i32, out: i32);
        fn sock_recv(fd: i32, iovs: i32, count: i32, flags: i32, out: i32, flags_out: i32);
        fn sock_send(fd: i32, iovs: i32, count: i32, flags: i32, out: i32);
        fn sock_shutdown(fd: i32, how: i32);
    }
    "wasmk" {
        fn grant_find(name: i32, len: i32, out: i32);
        fn dialer_addresses(dialer: i32, out: i32);
        fn sock_connect(dialer: i32, index: i32, flags: i32, out: i32);
        fn sock_connect_status(fd: i32);
        fn sock_peer_address(fd: i32, buf: i32, len: i32, out: i32);
        fn sock_local_address(fd: i32, buf: i32, len: i32, out: i32);
        fn sock_recv_from(fd: i32, iovs: i32, count: i32, flags: i32, out: i32, flags_out: i32, addr: i32, cap: i32, len: i32);
        fn sock_send_to(fd: i32, iovs: i32, count: i32, addr: i32, len: i32, out: i32);
        fn queue_create(flags: i32, out: i32);
        fn queue_control(queue: i32, op: i32, fd: i32, events: i32, userdata: i64);
        fn queue_wait(queue: i32, events: i32, max: i32, timeout: i64, out: i32);
    }
}
