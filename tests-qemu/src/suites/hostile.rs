// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Mutated modules and wild ioctls: errors, never more.

use std::{
    fs,
    os::fd::{AsFd, BorrowedFd},
    time::{Duration, Instant},
};

use libwasmk::{
    Call, Device, ErrorKind, LoadOptions, MemoryModel, Outcome as Ended, Store, StoreOptions,
};

use super::Suite;
use crate::{
    check, check_eq,
    guest::{module, tool::wasm, Cases, Outcome},
    sys::{raw_ioctl, wild_ioctl, Alarms},
};

pub const SUITE: Suite = Suite {
    name: "hostile",
    parameters: &[],
    memory: "1G",
    timeout: 1200,
    slabs: 4096,
    run,
};

/// Mutations per module; natively there are many more.
const MUTATIONS: u32 = 300;
/// Ioctls of the fuzzer.
const CALLS: u32 = 30_000;

fn run(cases: &mut Cases) {
    cases.case(
        "mutated modules are refused or accepted, and run or trap",
        mutated,
    );
    cases.case("truncated modules are refused", truncated);
    cases.case("sizes of structures", sizes);
    cases.case("unknown calls, flags, and pointers to nowhere", unknown);
    cases.case("random structures", fuzz);
    cases.case("limits of names, sizes and counts", limits);
    cases.case("a store is made and dropped ten thousand times", churn);
    cases.case(
        "a module is loaded and dropped a thousand times",
        load_churn,
    );
}

/// A small generator with a fixed seed (xorshift64*): failures can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Real modules: the test guests and the installed examples that are not too large for the emulator.
fn modules() -> anyhow::Result<Vec<Vec<u8>>> {
    let mut modules = Vec::new();
    for name in [
        "math.wat",
        "memory.wat",
        "traps.wat",
        "checksum.wat",
        "probe.wat",
    ] {
        modules.push(wasm(name)?);
    }
    for entry in fs::read_dir("/usr/share/wasmk/examples")? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "wasm") {
            let bytes = fs::read(path)?;
            if bytes.len() < 300_000 {
                modules.push(bytes);
            }
        }
    }
    Ok(modules)
}

fn mutated() -> Outcome {
    let device = Device::open()?;
    let mut random = Random(0x7761_736d_6b21);
    let (mut refused, mut accepted) = (0, 0);
    for original in modules()? {
        for round in 0..MUTATIONS {
            let mut bytes = original.clone();
            for _ in 0..=round % 4 {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes[at] ^= 1 << random.below(8),
                    1 => bytes[at] = random.next() as u8,
                    2 => {
                        let to = random.below(bytes.len());
                        bytes.swap(at, to);
                    }
                    _ => {
                        bytes.insert(at, random.next() as u8);
                    }
                }
            }
            let memory = if round % 2 == 0 {
                MemoryModel::Bounds
            } else {
                MemoryModel::Auto
            };
            match device.load(
                &bytes,
                &LoadOptions {
                    memory,
                    ..LoadOptions::default()
                },
            ) {
                Ok(module) => {
                    accepted += 1;
                    run_briefly(&device, &module)?;
                }
                Err(error) => {
                    refused += 1;
                    let clear = matches!(
                        error.kind(),
                        ErrorKind::Invalid | ErrorKind::Unsupported | ErrorKind::Exhausted
                    );
                    check!(
                        clear && !error.message.is_empty(),
                        "an unclear error: {error:?}"
                    );
                }
            }
        }
    }
    check!(
        refused > 100 && accepted > 10,
        "{refused} refused, {accepted} accepted: not much of a test"
    );
    module::expect_nothing_left()
}

/// Instantiates and starts; anything but a crash is right.
fn run_briefly(device: &Device, module: &libwasmk::Module) -> Outcome {
    let store = device.create_store(&StoreOptions {
        max_memory: 64 << 20,
        ..StoreOptions::default()
    })?;
    let Ok(instance) = store.instantiate(module, "") else {
        return Ok(());
    };
    let deadline = || Some(crate::guest::process::now_ns() + 50_000_000);
    for call in [
        Call::start(instance),
        Call::export(instance, "_start", &[]),
        Call::export(instance, "add", &[1, 2]),
    ] {
        match store.call(&call.until(deadline())) {
            Ok(Ended::Returned(_) | Ended::Trapped(_)) => {}
            _ => break,
        }
    }
    Ok(())
}

fn truncated() -> Outcome {
    let device = Device::open()?;
    let bytes = wasm("probe.wat")?;
    for length in 0..bytes.len() {
        // A cut between sections can leave a valid module.
        if let Err(error) = device.load(&bytes[..length], &LoadOptions::default()) {
            check_eq!(
                error.kind(),
                ErrorKind::Invalid,
                "kind of error at {length} bytes"
            );
        }
    }
    check!(
        device
            .load(&bytes[..bytes.len() - 1], &LoadOptions::default())
            .is_err(),
        "a cut function body was accepted"
    );
    module::expect_nothing_left()
}

/// The files that take ioctls, with the numbers of their calls.
/// What makes a descriptor, which a structure that ends before its field does not tell.
const MAKERS: [u32; 3] = [0x03, 0x10, 0x11];

/// Files with the numbers of their calls, but for RUN.
fn targets<'a>(
    device: &'a Device,
    module: &'a libwasmk::Module,
    store: &'a Store,
) -> [(BorrowedFd<'a>, Vec<u32>); 3] {
    [
        (device.as_fd(), (0x00..0x0a).chain(0x10..0x12).collect()),
        (module.as_fd(), vec![0x20]),
        (store.as_fd(), (0x40..0x4b).collect()),
    ]
}

fn with_objects(test: impl FnOnce(&Device, &libwasmk::Module, &Store) -> Outcome) -> Outcome {
    let device = Device::open()?;
    let module = device.load(&wasm("math.wat")?, &LoadOptions::default())?;
    let store = device.create_store(&StoreOptions::default())?;
    test(&device, &module, &store)?;
    drop((store, module, device));
    module::expect_nothing_left()
}

const RUN: u32 = 0x60;

fn number(nr: u32) -> u32 {
    libwasmk::uapi::io(nr)
}

fn sizes() -> Outcome {
    with_objects(|device, module, store| {
        for (fd, numbers) in targets(device, module, store) {
            for nr in numbers.into_iter().chain([RUN]) {
                for size in [0u32, 1, 4, 7, 4097, 8192, 1 << 20, u32::MAX] {
                    let mut buffer = [0; 8192];
                    buffer[..4].copy_from_slice(&size.to_ne_bytes());
                    let result = raw_ioctl(fd, number(nr), &mut buffer);
                    check!(result.is_err(), "call {nr:#x} accepted a size of {size}");
                }
                // What lies behind the structure that the kernel knows must be zero.
                let mut buffer = [0; 8192];
                buffer[..4].copy_from_slice(&4096u32.to_ne_bytes());
                buffer[4095] = 1;
                let error = raw_ioctl(fd, number(nr), &mut buffer)
                    .err()
                    .and_then(|error| error.raw_os_error());
                let expected = [Some(libc::E2BIG), Some(libc::ENOTTY)];
                check!(
                    expected.contains(&error),
                    "call {nr:#x} with something behind its structure: {error:?}"
                );
            }
        }
        Ok(())
    })
}

fn unknown() -> Outcome {
    with_objects(|device, module, store| {
        for (fd, numbers) in targets(device, module, store) {
            for nr in 0..=255u32 {
                if numbers.contains(&nr) || nr == RUN {
                    continue;
                }
                let error = raw_ioctl(fd, number(nr), &mut [0; 8192])
                    .err()
                    .and_then(|error| error.raw_os_error());
                check_eq!(error, Some(libc::ENOTTY), "unknown call {nr:#x}");
            }
            for nr in numbers {
                // Nothing is mapped in the first page, nor at the end of the address space.
                for address in [
                    0,
                    8,
                    0xfff,
                    u64::MAX - 4095,
                    0x7fff_ffff_f000,
                    0xffff_8000_0000_0000,
                    0xffff_ffff_8100_0000,
                ] {
                    let error = wild_ioctl(fd, number(nr), address)
                        .err()
                        .and_then(|error| error.raw_os_error());
                    check_eq!(
                        error,
                        Some(libc::EFAULT),
                        "call {nr:#x} with its structure at {address:#x}"
                    );
                }
                let mut buffer = [0; 8192];
                buffer[..4].copy_from_slice(&1024u32.to_ne_bytes());
                buffer[4..8].copy_from_slice(&0x8000_0000u32.to_ne_bytes());
                check!(
                    raw_ioctl(fd, number(nr), &mut buffer).is_err(),
                    "call {nr:#x} accepted an unknown flag"
                );
            }
        }
        Ok(())
    })
}

/// Structures of random words, some of them addresses of kernel memory, of nothing, or of the buffer itself.
fn fuzz() -> Outcome {
    let mut random = Random(0x696f_6374_6c21);
    let begin = Instant::now();
    // A call may be one that waits for another thread (MODULE_LOAD_JOIN for a load that nobody will begin).
    let alarms = Alarms::every(Duration::from_millis(20))?;
    with_objects(|device, module, store| {
        let targets = targets(device, module, store);
        let known = open_descriptors()?;
        let mut made = 0;
        for _ in 0..CALLS {
            if begin.elapsed() > Duration::from_secs(180) {
                break;
            }
            let (fd, numbers) = &targets[random.below(targets.len())];
            let nr = if random.below(8) == 0 {
                RUN
            } else {
                numbers[random.below(numbers.len())]
            };
            // The one call that ends other people's programs; there are none here, but the store is needed.
            if nr == 0x44 || nr == 0x06 {
                continue;
            }
            let mut buffer = [0u8; 8192];
            let size = [
                8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 544, 560, 568, 576, 584, 872, 904, 928,
                936,
            ][random.below(20)];
            for word in buffer[8..size.max(8)].chunks_mut(8) {
                let value = match random.below(8) {
                    0 => random.next(),
                    1 => u64::MAX,
                    2 => 0xffff_ffff_8100_0000 | random.next() >> 40,
                    3 => 0xffff_8880_0000_0000 | random.next() >> 30,
                    4 => random.next() >> 56,
                    // Never a mapped address that the kernel may write to: only the first page and the hole behind user space.
                    5 => random.next() & 0xfff,
                    _ => 0,
                };
                word.copy_from_slice(&value.to_ne_bytes()[..word.len()]);
            }
            buffer[..4].copy_from_slice(&(size as u32).to_ne_bytes());
            if random.below(4) == 0 {
                buffer[4] = random.next() as u8;
            }
            if raw_ioctl(*fd, number(nr), &mut buffer).is_ok() && MAKERS.contains(&nr) {
                made += 1;
                if made % 100 == 0 {
                    close_others(&known)?;
                }
            }
        }
        drop(alarms);
        check!(
            made > 0,
            "no random structure made anything: not much of a test"
        );
        close_others(&known)
    })
}

/// Descriptors that are open.
fn open_descriptors() -> anyhow::Result<Vec<i32>> {
    let mut open = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        open.extend(entry?.file_name().to_string_lossy().parse::<i32>());
    }
    // Without the one that listed them, which is closed by now: its number is free for others.
    open.retain(|fd| fs::read_link(format!("/proc/self/fd/{fd}")).is_ok());
    Ok(open)
}

/// Closes all descriptors but those in `known`.
fn close_others(known: &[i32]) -> Outcome {
    open_descriptors()?
        .into_iter()
        .filter(|fd| !known.contains(fd))
        .for_each(close);
    Ok(())
}

fn close(fd: i32) {
    crate::sys::close(fd);
}

fn limits() -> Outcome {
    let device = Device::open()?;
    let long = "x".repeat(256);
    let bytes = wasm("math.wat")?;
    check!(
        device
            .load(
                &bytes,
                &LoadOptions {
                    name: &long,
                    ..LoadOptions::default()
                }
            )
            .is_err(),
        "a name of 256 bytes"
    );
    check!(
        device
            .create_store(&StoreOptions {
                label: &long,
                ..StoreOptions::default()
            })
            .is_err(),
        "a label of 256 bytes"
    );
    let big = vec![0; (64 << 20) + 1];
    let error = device
        .load(&big, &LoadOptions::default())
        .err()
        .map(|error| error.errno);
    check_eq!(error, Some(libc::EFBIG), "a module above 64 MiB");
    let store = device.create_store(&StoreOptions::default())?;
    let many = vec!["x".repeat(1 << 16); 17];
    check!(
        store.set_args(&many).is_err(),
        "more than 1 MiB of arguments"
    );
    store.set_args(&vec![""; 1000])?;
    let module = device.load(&bytes, &LoadOptions::default())?;
    let instance = store.instantiate(&module, "")?;
    for (name, args) in [
        ("none", &[][..]),
        ("add", &[1]),
        ("add", &[1, 2, 3]),
        (&long, &[]),
        ("", &[]),
    ] {
        check!(
            store.call(&Call::export(instance, name, args)).is_err(),
            "a call of {name:?} with {} arguments",
            args.len()
        );
    }
    check!(
        store
            .call(&Call::export(instance, "add", &[0; 1001]))
            .is_err(),
        "1001 arguments"
    );
    check!(
        store.call(&Call::export(7, "add", &[1, 2])).is_err(),
        "a call of no instance"
    );
    check!(
        store
            .resume(&Call::export(instance, "add", &[1, 2]))
            .is_err(),
        "a resume of nothing"
    );
    check!(store.global(instance, "none").is_err(), "no such global");
    drop((store, module));
    module::expect_nothing_left()
}

fn churn() -> Outcome {
    let device = Device::open()?;
    let module = device.load(&wasm("memory.wat")?, &LoadOptions::default())?;
    let begin = Instant::now();
    for round in 0..10_000 {
        let store = device.create_store(&StoreOptions::default())?;
        let instance = store.instantiate(&module, "")?;
        if round % 100 == 0 {
            check_eq!(
                store.call(&Call::export(instance, "grow", &[1]))?,
                Ended::Returned(values(1)),
                "grow"
            );
        }
        check!(
            begin.elapsed() < Duration::from_secs(240),
            "only {round} rounds in four minutes"
        );
    }
    drop((module, device));
    module::expect_nothing_left()
}

fn values(bits: u64) -> libwasmk::Values {
    libwasmk::Values {
        bits: vec![bits],
        types: vec![libwasmk::uapi::run::ValueType::I32],
    }
}

fn load_churn() -> Outcome {
    let device = Device::open()?;
    let bytes = wasm("traps.wat")?;
    for _ in 0..1000 {
        device.load(&bytes, &LoadOptions::default())?;
    }
    check_eq!(device.stats()?.arena_used, 0, "arena in use");
    drop(device);
    module::expect_nothing_left()
}
