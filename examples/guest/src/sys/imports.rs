// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Declarations of the imports. Signatures as in docs/abi.md; all answer an error number.

use core::ffi::c_void;

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    pub fn fd_close(fd: i32) -> i32;
    pub fn fd_fdstat_get(fd: i32, status: *mut c_void) -> i32;
    pub fn fd_fdstat_set_flags(fd: i32, flags: i32) -> i32;
    pub fn clock_time_get(clock: i32, precision: i64, time: *mut u64) -> i32;
    pub fn sock_accept(fd: i32, flags: i32, fd_out: *mut u32) -> i32;
    pub fn sock_recv(
        fd: i32,
        list: *const c_void,
        parts: usize,
        flags: i32,
        count: *mut usize,
        flags_out: *mut u16,
    ) -> i32;
    pub fn sock_send(
        fd: i32,
        list: *const c_void,
        parts: usize,
        flags: i32,
        count: *mut usize,
    ) -> i32;
    pub fn sock_shutdown(fd: i32, how: i32) -> i32;
}

#[link(wasm_import_module = "wasmk")]
extern "C" {
    pub fn grant_find(name: *const u8, len: usize, fd: *mut u32) -> i32;
    pub fn dialer_addresses(dialer: i32, count: *mut u32) -> i32;
    pub fn sock_connect(dialer: i32, index: i32, flags: i32, fd: *mut u32) -> i32;
    pub fn sock_connect_status(fd: i32) -> i32;
    pub fn sock_peer_address(fd: i32, text: *mut u8, room: usize, len: *mut usize) -> i32;
    pub fn sock_splice(from: i32, to: i32, max: usize, flags: i32, moved: *mut usize) -> i32;
    pub fn queue_create(flags: i32, fd: *mut u32) -> i32;
    pub fn queue_control(queue: i32, op: i32, fd: i32, events: i32, userdata: i64) -> i32;
    pub fn queue_wait(
        queue: i32,
        events: *mut c_void,
        room: usize,
        timeout: i64,
        count: *mut usize,
    ) -> i32;
    pub fn channel_send(
        channel: i32,
        fd: i32,
        rights: i64,
        inheriting: i64,
        data: *const u8,
        len: usize,
    ) -> i32;
    pub fn channel_recv(
        channel: i32,
        data: *mut u8,
        room: usize,
        len: *mut usize,
        fd: *mut u32,
    ) -> i32;
    pub fn log(level: i32, text: *const u8, len: usize) -> i32;
}
