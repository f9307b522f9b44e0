// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! All functions exist, with the types of the specification (WASI preview 1's witx, and ARCHITECTURE.md for `wasmk`).

use wasmk_abi::{lookup, Type, FUNCTION_COUNT};

/// Name, parameters (`i`: i32, `I`: i64), whether there is a result.
const WASI: &[(&str, &str, bool)] = &[
    ("args_get", "ii", true),
    ("args_sizes_get", "ii", true),
    ("environ_get", "ii", true),
    ("environ_sizes_get", "ii", true),
    ("clock_res_get", "ii", true),
    ("clock_time_get", "iIi", true),
    ("fd_advise", "iIIi", true),
    ("fd_allocate", "iII", true),
    ("fd_close", "i", true),
    ("fd_datasync", "i", true),
    ("fd_fdstat_get", "ii", true),
    ("fd_fdstat_set_flags", "ii", true),
    ("fd_fdstat_set_rights", "iII", true),
    ("fd_filestat_get", "ii", true),
    ("fd_filestat_set_size", "iI", true),
    ("fd_filestat_set_times", "iIIi", true),
    ("fd_pread", "iiiIi", true),
    ("fd_prestat_get", "ii", true),
    ("fd_prestat_dir_name", "iii", true),
    ("fd_pwrite", "iiiIi", true),
    ("fd_read", "iiii", true),
    ("fd_readdir", "iiiIi", true),
    ("fd_renumber", "ii", true),
    ("fd_seek", "iIii", true),
    ("fd_sync", "i", true),
    ("fd_tell", "ii", true),
    ("fd_write", "iiii", true),
    ("path_create_directory", "iii", true),
    ("path_filestat_get", "iiiii", true),
    ("path_filestat_set_times", "iiiiIIi", true),
    ("path_link", "iiiiiii", true),
    ("path_open", "iiiiiIIii", true),
    ("path_readlink", "iiiiii", true),
    ("path_remove_directory", "iii", true),
    ("path_rename", "iiiiii", true),
    ("path_symlink", "iiiii", true),
    ("path_unlink_file", "iii", true),
    ("poll_oneoff", "iiii", true),
    ("proc_exit", "i", false),
    ("proc_raise", "i", true),
    ("sched_yield", "", true),
    ("random_get", "ii", true),
    ("sock_accept", "iii", true),
    ("sock_recv", "iiiiii", true),
    ("sock_send", "iiiii", true),
    ("sock_shutdown", "ii", true),
];

const WASMK: &[(&str, &str, bool)] = &[
    ("grant_find", "iii", true),
    ("dialer_addresses", "ii", true),
    ("sock_connect", "iiii", true),
    ("sock_connect_status", "i", true),
    ("sock_peer_address", "iiii", true),
    ("sock_local_address", "iiii", true),
    ("sock_recv_from", "iiiiiiiii", true),
    ("sock_send_to", "iiiiii", true),
    ("sock_splice", "iiiii", true),
    ("queue_create", "ii", true),
    ("queue_control", "iiiiI", true),
    ("queue_wait", "iiiIi", true),
    ("channel_send", "iiIIii", true),
    ("channel_recv", "iiiii", true),
    ("log", "iii", true),
];

/// Of wasi-threads; `nothing_else_is_found` looks under the other modules' names.
const THREADS: &[(&str, &str, bool)] = &[("thread-spawn", "i", true)];

#[test]
fn all_functions_have_their_types() {
    let mut numbers = Vec::new();
    for (module, list) in [
        ("wasi_snapshot_preview1", WASI),
        ("wasi", THREADS),
        ("wasmk", WASMK),
    ] {
        for (name, params, result) in list {
            let function = lookup(module, name).unwrap_or_else(|| panic!("{module}.{name}"));
            let types: String = function
                .params
                .iter()
                .map(|t| if *t == Type::I32 { 'i' } else { 'I' })
                .collect();
            assert_eq!(types, *params, "{name}");
            assert_eq!(!function.results.is_empty(), *result, "{name}");
            numbers.push(function.number);
        }
    }
    assert_eq!(WASI.len(), 46);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), FUNCTION_COUNT as usize);
}

#[test]
fn nothing_else_is_found() {
    for (module, name) in [
        ("wasi_snapshot_preview1", "queue_wait"),
        ("wasmk", "fd_read"),
        ("wasi", "fd_read"),
        ("wasi_snapshot_preview1", "thread-spawn"),
        ("wasi_unstable", "fd_read"),
        ("", ""),
        ("wasi_snapshot_preview1", "fd_read "),
    ] {
        assert!(lookup(module, name).is_none(), "{module}.{name}");
    }
}
