// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a guest points at, and what is copied out of its memory.

use std::{fs::File, os::fd::AsFd};

use libwasmk::{Device, ErrorKind, StoreOptions};

use crate::{
    check, check_eq,
    guest::{
        module,
        probe::{pipe, stream, Probe, FAULT, MEMORY, SUCCESS},
        Outcome,
    },
};

pub(super) fn edges() -> Outcome {
    let (_reader, writer) = pipe()?;
    let zero = File::open("/dev/zero")?;
    let probe = Probe::new(&[stream(0, zero.as_fd()), stream(1, writer.as_fd())])?;
    let top = i64::from(u32::MAX);
    // Where the array of buffers is.
    for at in [
        MEMORY as i64 - 7,
        MEMORY as i64,
        0x7fff_ffff,
        0x8000_0000,
        top - 7,
        top,
    ] {
        check_eq!(
            probe.call("fd_read", &[0, at, 1, 8])?,
            FAULT,
            "array of buffers at {at:#x}"
        );
        check_eq!(
            probe.call("fd_write", &[1, at, 1, 8])?,
            FAULT,
            "array of buffers at {at:#x}"
        );
        check_eq!(
            probe.call("random_get", &[at, 8])?,
            FAULT,
            "random_get at {at:#x}"
        );
        check_eq!(
            probe.call("clock", &[0, 1, at])?,
            FAULT,
            "clock_time_get to {at:#x}"
        );
        check_eq!(
            probe.call("poll", &[at, 256, 1, 128])?,
            FAULT,
            "poll_oneoff at {at:#x}"
        );
        check_eq!(
            probe.call("grant_find", &[at, 8, 128])?,
            FAULT,
            "grant_find at {at:#x}"
        );
    }
    // How many buffers there are.
    for count in [8193, 0x2000_0000, 0x1fff_ffff, top] {
        let errno = probe.call("fd_read", &[0, 0, count, 8])?;
        check!(errno != SUCCESS, "{count} buffers were accepted");
    }
    // What a buffer says.
    for (start, length) in [
        (65535, 2),
        (65536, 1),
        (0, 65537),
        (0xffff_ffff, 1),
        (0xffff_fff0, 0x20),
        (16, 0xffff_fff0),
        (0, 0xffff_ffff),
    ] {
        probe.poke(0, &[start, length])?;
        check_eq!(
            probe.call("fd_read", &[0, 0, 1, 8])?,
            FAULT,
            "buffer {start:#x}+{length:#x}"
        );
        check_eq!(
            probe.call("fd_write", &[1, 0, 1, 8])?,
            FAULT,
            "buffer {start:#x}+{length:#x}"
        );
    }
    // Where the answer goes.
    probe.poke(0, &[64, 16])?;
    for at in [MEMORY as i64 - 3, MEMORY as i64, top - 3, top] {
        check_eq!(
            probe.call("fd_read", &[0, 0, 1, at])?,
            FAULT,
            "length to {at:#x}"
        );
    }
    // The last byte is fine.
    probe.poke(0, &[65535, 1])?;
    check_eq!(
        probe.call("fd_read", &[0, 0, 1, 8])?,
        SUCCESS,
        "a buffer that ends with the memory"
    );
    check_eq!(
        probe.call("random_get", &[MEMORY as i64 - 8, 8])?,
        SUCCESS,
        "random_get up to the end"
    );
    check_eq!(
        probe.call("random_get", &[0, 0])?,
        SUCCESS,
        "random_get of nothing"
    );
    // Two buffers that overlap each other and the array itself.
    probe.poke(0, &[0, 16, 8, 16])?;
    let errno = probe.call("fd_read", &[0, 0, 2, 256])?;
    check!(
        errno == SUCCESS || errno == FAULT,
        "overlapping buffers: errno {errno}"
    );
    Ok(())
}

pub(super) fn memory_ioctl() -> Outcome {
    let probe = Probe::new(&[])?;
    for (offset, length) in [
        (MEMORY, 1),
        (MEMORY - 1, 2),
        (u64::MAX, 1),
        (u64::MAX - 7, 8),
        (1 << 32, 1),
        (0, MEMORY + 1),
    ] {
        let mut data = vec![0; length as usize];
        check!(
            probe
                .store
                .read_memory(probe.instance, offset, &mut data)
                .is_err(),
            "read of {length} at {offset:#x}"
        );
        check!(
            probe
                .store
                .write_memory(probe.instance, offset, &data)
                .is_err(),
            "write of {length} at {offset:#x}"
        );
    }
    check_eq!(probe.store.memory_size(probe.instance)?, MEMORY, "size");
    let missing = probe
        .store
        .read_memory(99, 0, &mut [0])
        .map_err(|error| error.kind());
    check_eq!(
        missing.err(),
        Some(ErrorKind::NotFound),
        "memory of no instance"
    );
    Ok(())
}

/// Reservations of bounds memories are limited in all, as nobody is charged for their page tables: 4 GiB each, 64 GiB together.
pub(super) fn reservations() -> Outcome {
    let device = Device::open()?;
    let module = module::wide(&device)?;
    let store = || {
        device.create_store(&StoreOptions {
            max_memory: 4 << 30,
            ..StoreOptions::default()
        })
    };
    let mut stores = Vec::new();
    let refusal = loop {
        let store = store()?;
        match store.instantiate(&module, "") {
            Ok(_) => stores.push(store),
            Err(error) => break error.error,
        }
        check!(
            stores.len() <= 16,
            "{} of 4 GiB were reserved",
            stores.len()
        );
    };
    check_eq!(stores.len(), 16, "reservations of 4 GiB");
    check!(
        refusal.errno == libc::ENOSPC
            || refusal.errno == libc::EDQUOT
            || refusal.errno == libc::ENOMEM,
        "the seventeenth: {refusal}"
    );
    // What one gives back another may have.
    stores.pop();
    let last = store()?;
    last.instantiate(&module, "")?;
    check!(store()?.instantiate(&module, "").is_err(), "one too many");
    drop((stores, last, module));
    module::expect_nothing_left()
}
