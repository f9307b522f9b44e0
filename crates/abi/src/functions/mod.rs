// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The host functions: their names, signatures and numbers, and the way from a number to its function.

mod channel;
mod clock;
mod fd;
mod file;
mod io;
mod path;
mod poll;
mod prestat;
mod process;
mod queue;
mod readdir;
mod socket;
mod splice;
mod stat;
mod strings;
mod thread;
mod wasmk;

use crate::call::{Argument, Call, Fault};
use crate::Os;

/// Type of a parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
}

/// A host function as an import sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostFunction {
    /// Number for [`crate::Context::call`].
    pub number: u32,
    /// Module name.
    pub module: &'static str,
    /// Function name.
    pub name: &'static str,
    /// Parameters.
    pub params: &'static [Type],
    /// Results.
    pub results: &'static [Type],
}

/// The host function that a module imports as `module`.`name`.
pub fn lookup(module: &str, name: &str) -> Option<HostFunction> {
    let at = TABLE
        .iter()
        .position(|f| f.module == module && f.name == name)?;
    let function = TABLE.get(at)?;
    Some(HostFunction {
        number: at as u32,
        ..*function
    })
}

/// The name of host function `number`, without its module.
pub(crate) fn name(number: u32) -> &'static str {
    TABLE
        .get(number as usize)
        .map_or("", |function| function.name)
}

macro_rules! wasm_type {
    (u32) => {
        Type::I32
    };
    (u64) => {
        Type::I64
    };
}

/// `module name(types) -> result = function;` one per line; the result is an errno, a thread's number or a negative errno, or
/// there is none.
macro_rules! host_functions {
    (@result errno) => { &[Type::I32] };
    (@result tid) => { &[Type::I32] };
    (@result never) => { &[] };
    ($($module:literal $name:literal ($($ty:tt),*) -> $result:ident = $path:path;)*) => {
        const TABLE: &[HostFunction] = &[$(HostFunction {
            number: 0,
            module: $module,
            name: $name,
            params: &[$(wasm_type!($ty)),*],
            results: host_functions!(@result $result),
        }),*];

        /// Calls function `number` with the arguments in `values`; `None` when there is none such.
        pub(crate) fn dispatch<O: Os>(
            call: &mut Call<'_, '_, O>,
            number: u32,
            values: &[u64],
        ) -> Option<Result<(), Fault>> {
            // The compiler sees that `n` counts up, and makes one jump table of it.
            let mut n = 0;
            $(
                if number == n {
                    #[allow(unused_mut, unused_variables, reason = "there may be no arguments")]
                    let mut slots = values.iter();
                    return Some($path(call, $(<$ty as Argument>::from_slot(*slots.next()?)),*));
                }
                n += 1;
            )*
            let _ = n;
            None
        }
    };
}

/// Number of host functions.
pub const FUNCTION_COUNT: u32 = TABLE.len() as u32;

host_functions! {
    "wasi_snapshot_preview1" "args_get"(u32, u32) -> errno = strings::args_get;
    "wasi_snapshot_preview1" "args_sizes_get"(u32, u32) -> errno = strings::args_sizes_get;
    "wasi_snapshot_preview1" "environ_get"(u32, u32) -> errno = strings::environ_get;
    "wasi_snapshot_preview1" "environ_sizes_get"(u32, u32) -> errno = strings::environ_sizes_get;
    "wasi_snapshot_preview1" "clock_res_get"(u32, u32) -> errno = clock::res_get;
    "wasi_snapshot_preview1" "clock_time_get"(u32, u64, u32) -> errno = clock::time_get;
    "wasi_snapshot_preview1" "fd_advise"(u32, u64, u64, u32) -> errno = file::advise;
    "wasi_snapshot_preview1" "fd_allocate"(u32, u64, u64) -> errno = file::allocate;
    "wasi_snapshot_preview1" "fd_close"(u32) -> errno = fd::close;
    "wasi_snapshot_preview1" "fd_datasync"(u32) -> errno = file::datasync;
    "wasi_snapshot_preview1" "fd_fdstat_get"(u32, u32) -> errno = fd::fdstat_get;
    "wasi_snapshot_preview1" "fd_fdstat_set_flags"(u32, u32) -> errno = fd::fdstat_set_flags;
    "wasi_snapshot_preview1" "fd_fdstat_set_rights"(u32, u64, u64) -> errno = fd::fdstat_set_rights;
    "wasi_snapshot_preview1" "fd_filestat_get"(u32, u32) -> errno = stat::filestat_get;
    "wasi_snapshot_preview1" "fd_filestat_set_size"(u32, u64) -> errno = stat::filestat_set_size;
    "wasi_snapshot_preview1" "fd_filestat_set_times"(u32, u64, u64, u32) -> errno = stat::filestat_set_times;
    "wasi_snapshot_preview1" "fd_pread"(u32, u32, u32, u64, u32) -> errno = io::pread;
    "wasi_snapshot_preview1" "fd_prestat_get"(u32, u32) -> errno = prestat::get;
    "wasi_snapshot_preview1" "fd_prestat_dir_name"(u32, u32, u32) -> errno = prestat::dir_name;
    "wasi_snapshot_preview1" "fd_pwrite"(u32, u32, u32, u64, u32) -> errno = io::pwrite;
    "wasi_snapshot_preview1" "fd_read"(u32, u32, u32, u32) -> errno = io::read;
    "wasi_snapshot_preview1" "fd_readdir"(u32, u32, u32, u64, u32) -> errno = readdir::readdir;
    "wasi_snapshot_preview1" "fd_renumber"(u32, u32) -> errno = fd::renumber;
    "wasi_snapshot_preview1" "fd_seek"(u32, u64, u32, u32) -> errno = file::seek;
    "wasi_snapshot_preview1" "fd_sync"(u32) -> errno = file::sync;
    "wasi_snapshot_preview1" "fd_tell"(u32, u32) -> errno = file::tell;
    "wasi_snapshot_preview1" "fd_write"(u32, u32, u32, u32) -> errno = io::write;
    "wasi_snapshot_preview1" "path_create_directory"(u32, u32, u32) -> errno = path::create_directory;
    "wasi_snapshot_preview1" "path_filestat_get"(u32, u32, u32, u32, u32) -> errno = path::stat::get;
    "wasi_snapshot_preview1" "path_filestat_set_times"(u32, u32, u32, u32, u64, u64, u32) -> errno = path::stat::set_times;
    "wasi_snapshot_preview1" "path_link"(u32, u32, u32, u32, u32, u32, u32) -> errno = path::link::link;
    "wasi_snapshot_preview1" "path_open"(u32, u32, u32, u32, u32, u64, u64, u32, u32) -> errno = path::open::open;
    "wasi_snapshot_preview1" "path_readlink"(u32, u32, u32, u32, u32, u32) -> errno = path::link::readlink;
    "wasi_snapshot_preview1" "path_remove_directory"(u32, u32, u32) -> errno = path::remove_directory;
    "wasi_snapshot_preview1" "path_rename"(u32, u32, u32, u32, u32, u32) -> errno = path::link::rename;
    "wasi_snapshot_preview1" "path_symlink"(u32, u32, u32, u32, u32) -> errno = path::link::symlink;
    "wasi_snapshot_preview1" "path_unlink_file"(u32, u32, u32) -> errno = path::unlink_file;
    "wasi_snapshot_preview1" "poll_oneoff"(u32, u32, u32, u32) -> errno = poll::oneoff;
    "wasi_snapshot_preview1" "proc_exit"(u32) -> never = process::exit;
    "wasi_snapshot_preview1" "proc_raise"(u32) -> errno = process::raise;
    "wasi_snapshot_preview1" "sched_yield"() -> errno = process::sched_yield;
    "wasi_snapshot_preview1" "random_get"(u32, u32) -> errno = process::random_get;
    "wasi_snapshot_preview1" "sock_accept"(u32, u32, u32) -> errno = socket::accept;
    "wasi_snapshot_preview1" "sock_recv"(u32, u32, u32, u32, u32, u32) -> errno = socket::recv;
    "wasi_snapshot_preview1" "sock_send"(u32, u32, u32, u32, u32) -> errno = socket::send;
    "wasi_snapshot_preview1" "sock_shutdown"(u32, u32) -> errno = socket::shutdown;
    "wasi" "thread-spawn"(u32) -> tid = thread::spawn;
    "wasmk" "grant_find"(u32, u32, u32) -> errno = wasmk::grant_find;
    "wasmk" "dialer_addresses"(u32, u32) -> errno = wasmk::dialer_addresses;
    "wasmk" "sock_connect"(u32, u32, u32, u32) -> errno = wasmk::sock_connect;
    "wasmk" "sock_connect_status"(u32) -> errno = wasmk::sock_connect_status;
    "wasmk" "sock_peer_address"(u32, u32, u32, u32) -> errno = wasmk::sock_peer_address;
    "wasmk" "sock_local_address"(u32, u32, u32, u32) -> errno = wasmk::sock_local_address;
    "wasmk" "sock_recv_from"(u32, u32, u32, u32, u32, u32, u32, u32, u32) -> errno = socket::recv_from;
    "wasmk" "sock_send_to"(u32, u32, u32, u32, u32, u32) -> errno = socket::send_to;
    "wasmk" "sock_splice"(u32, u32, u32, u32, u32) -> errno = splice::sock_splice;
    "wasmk" "queue_create"(u32, u32) -> errno = queue::create;
    "wasmk" "queue_control"(u32, u32, u32, u32, u64) -> errno = queue::control;
    "wasmk" "queue_wait"(u32, u32, u32, u64, u32) -> errno = queue::wait;
    "wasmk" "channel_send"(u32, u32, u64, u64, u32, u32) -> errno = channel::send;
    "wasmk" "channel_recv"(u32, u32, u32, u32, u32) -> errno = channel::recv;
    "wasmk" "log"(u32, u32, u32) -> errno = wasmk::log;
}
