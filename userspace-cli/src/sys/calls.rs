// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The ioctls, one safe function each: slices in, the kernel's answer out. The structures' own pointer fields are filled here.

use std::{
    io,
    os::fd::{AsRawFd, BorrowedFd},
};

use wasmk_uapi::{
    denial::{Denial, Denials, KEPT},
    device::{
        LoadJoin, ModuleLoad, ModuleOpen, Stats, StoreCreate, StoreEntry, StoreKill, StoreList,
        Version, MODULE_LOAD,
    },
    grant::{DialAddress, Grant},
    module::ModuleInfo,
    run::Run,
    store::{
        Fuel, Global, Info, Instantiate, Kill, MemoryAccess, Register, Strings, Thread,
        MEMORY_WRITE,
    },
    Message,
};

use super::ioctl::{bytes, bytes_mut, header, ioctl};

/// Issues a call whose structure holds no address.
macro_rules! plain {
    ($(#[$doc:meta])* $name:ident, $t:ty) => {
        $(#[$doc])*
        pub fn $name(fd: BorrowedFd<'_>, mut message: $t) -> io::Result<$t> {
            message.header = header::<$t>(message.header.flags);
            // SAFETY: the structure has no address in it.
            unsafe { ioctl(fd, &mut message) }?;
            Ok(message)
        }
    };
}

plain!(/** `device::VERSION`. */ version, Version);
plain!(/** `device::STATS`. */ stats, Stats);
plain!(/** `module::INFO`. */ module_info, ModuleInfo);
plain!(/** `store::KILL`. */ kill, Kill);
plain!(/** `store::INFO`. */ store_info, Info);
plain!(/** `store::FUEL`. */ fuel, Fuel);

/// `device::MODULE_VALIDATE`: the same structure under another number.
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
struct ModuleValidate(ModuleLoad);

impl Message for ModuleValidate {
    const NR: u32 = wasmk_uapi::device::MODULE_VALIDATE;
}

/// `denial::DENIALS`: the same structure under another number.
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
struct OwnDenials(Denials);

impl Message for OwnDenials {
    const NR: u32 = wasmk_uapi::denial::DENIALS;
}

/// Room for all that a store keeps, and the message that asks for it.
fn denials_message(id: u64, from: u64) -> (Vec<Denial>, Denials) {
    let mut records = vec![Denial::default(); KEPT];
    let message = Denials {
        header: header::<Denials>(0),
        id,
        from,
        entries: records.as_mut_ptr() as u64,
        capacity: KEPT as u32,
        entry_size: size_of::<Denial>() as u32,
        ..Denials::default()
    };
    (records, message)
}

/// `denial::STORE_DENIALS`: what store `id` was refused, from denial number `from` on.
pub fn store_denials(fd: BorrowedFd<'_>, id: u64, from: u64) -> io::Result<Vec<Denial>> {
    let (mut records, mut message) = denials_message(id, from);
    // SAFETY: the kernel writes at most `capacity` records of `entry_size` bytes, which `records` has room for, and any bit
    // pattern is a valid record.
    unsafe { ioctl(fd, &mut message) }?;
    records.truncate(message.count as usize);
    Ok(records)
}

/// `denial::DENIALS`: the same of the store whose fd this is.
pub fn denials(fd: BorrowedFd<'_>, from: u64) -> io::Result<Vec<Denial>> {
    let (mut records, message) = denials_message(0, from);
    let mut message = OwnDenials(message);
    // SAFETY: as above.
    unsafe { ioctl(fd, &mut message) }?;
    records.truncate(message.0.count as usize);
    Ok(records)
}

/// `device::MODULE_LOAD`, or `MODULE_VALIDATE` when `only_validate`. The message comes back filled even on failure.
pub fn module_load(
    fd: BorrowedFd<'_>,
    wasm: &[u8],
    name: &str,
    mut message: ModuleLoad,
    only_validate: bool,
) -> (io::Result<()>, ModuleLoad) {
    const _: () = assert!(<ModuleLoad as Message>::NR == MODULE_LOAD);
    message.header = header::<ModuleLoad>(message.header.flags);
    message.wasm = bytes(wasm);
    message.name = bytes(name.as_bytes());
    let result = if only_validate {
        let mut validate = ModuleValidate(message);
        // SAFETY: both byte strings are only read, and outlive the call.
        let result = unsafe { ioctl(fd, &mut validate) };
        message = validate.0;
        result
    } else {
        // SAFETY: as above.
        unsafe { ioctl(fd, &mut message) }
    };
    (result, message)
}

/// `device::MODULE_LOAD_JOIN`.
pub fn load_join(fd: BorrowedFd<'_>, mut message: LoadJoin) -> io::Result<LoadJoin> {
    message.header = header::<LoadJoin>(0);
    // SAFETY: the message holds no address.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message)
}

/// `device::STORE_CREATE`.
pub fn store_create(
    fd: BorrowedFd<'_>,
    label: &str,
    mut message: StoreCreate,
) -> io::Result<StoreCreate> {
    message.header = header::<StoreCreate>(0);
    message.label = bytes(label.as_bytes());
    // SAFETY: the label is only read, and outlives the call.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message)
}

/// `device::STORE_LIST`: fills `entries`, returns how many stores there are.
pub fn store_list(fd: BorrowedFd<'_>, entries: &mut [StoreEntry]) -> io::Result<u32> {
    let mut message = StoreList {
        header: header::<StoreList>(0),
        entries: entries.as_mut_ptr() as u64,
        capacity: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        entry_size: size_of::<StoreEntry>() as u32,
        ..StoreList::default()
    };
    // SAFETY: the kernel writes at most `capacity` records of `entry_size` bytes, which `entries` has room for, and any
    // bit pattern is a valid record.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message.count)
}

/// `device::MODULE_OPEN`.
pub fn module_open(fd: BorrowedFd<'_>, label: &str) -> io::Result<ModuleOpen> {
    let mut message = ModuleOpen {
        header: header::<ModuleOpen>(0),
        label: bytes(label.as_bytes()),
        fd: -1,
        reserved: 0,
    };
    // SAFETY: the label is only read, and outlives the call.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message)
}

/// `device::STORE_KILL`, by label if it is not empty, else by id; returns how many stores were killed.
pub fn store_kill(fd: BorrowedFd<'_>, label: &str, id: u64) -> io::Result<u32> {
    let mut message = StoreKill {
        header: header::<StoreKill>(0),
        label: bytes(label.as_bytes()),
        id,
        ..StoreKill::default()
    };
    // SAFETY: the label is only read, and outlives the call.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message.killed)
}

/// `store::GRANT`: returns the descriptor number given.
pub fn grant(
    fd: BorrowedFd<'_>,
    mut message: Grant,
    file: Option<BorrowedFd<'_>>,
    addresses: &[DialAddress],
    name: &str,
) -> io::Result<u32> {
    message.header = header::<Grant>(0);
    message.fd = file.map_or(-1, |file| file.as_raw_fd());
    message.addresses = addresses.as_ptr() as u64;
    message.address_count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    message.name = bytes(name.as_bytes());
    // SAFETY: addresses and name are only read, and outlive the call; the kernel takes its own reference to the file.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message.number)
}

/// `store::STRINGS`: `data` holds `count` NUL-terminated strings.
pub fn strings(fd: BorrowedFd<'_>, kind: u32, count: u32, data: &[u8]) -> io::Result<()> {
    let mut message = Strings {
        header: header::<Strings>(0),
        kind,
        count,
        data: bytes(data),
    };
    // SAFETY: the data is only read, and outlives the call.
    unsafe { ioctl(fd, &mut message) }
}

/// `store::INSTANTIATE`. The message comes back filled even on failure.
pub fn instantiate(
    fd: BorrowedFd<'_>,
    module: BorrowedFd<'_>,
    name: &str,
) -> (io::Result<()>, Instantiate) {
    let mut message = Instantiate {
        header: header::<Instantiate>(0),
        module_fd: module.as_raw_fd(),
        name: bytes(name.as_bytes()),
        ..Instantiate::default()
    };
    // SAFETY: the name is only read, and outlives the call.
    let result = unsafe { ioctl(fd, &mut message) };
    (result, message)
}

/// `store::REGISTER`.
pub fn register(fd: BorrowedFd<'_>, instance: u32, name: &str) -> io::Result<()> {
    let mut message = Register {
        header: header::<Register>(0),
        instance,
        reserved: 0,
        name: bytes(name.as_bytes()),
    };
    // SAFETY: the name is only read, and outlives the call.
    unsafe { ioctl(fd, &mut message) }
}

/// `store::MEMORY`, out of linear memory; returns the memory's size.
pub fn memory_read(
    fd: BorrowedFd<'_>,
    instance: u32,
    offset: u64,
    data: &mut [u8],
) -> io::Result<u64> {
    let mut message = MemoryAccess {
        header: header::<MemoryAccess>(0),
        instance,
        offset,
        data: bytes_mut(data),
        ..MemoryAccess::default()
    };
    // SAFETY: the kernel writes `data.len()` bytes into the exclusively borrowed buffer.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message.memory_size)
}

/// `store::MEMORY`, into linear memory; returns the memory's size.
pub fn memory_write(
    fd: BorrowedFd<'_>,
    instance: u32,
    offset: u64,
    data: &[u8],
) -> io::Result<u64> {
    let mut message = MemoryAccess {
        header: header::<MemoryAccess>(MEMORY_WRITE),
        instance,
        offset,
        data: bytes(data),
        ..MemoryAccess::default()
    };
    // SAFETY: with MEMORY_WRITE the kernel only reads the buffer, which outlives the call.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message.memory_size)
}

/// `store::GLOBAL`.
pub fn global(fd: BorrowedFd<'_>, instance: u32, name: &str) -> io::Result<Global> {
    let mut message = Global {
        header: header::<Global>(0),
        instance,
        name: bytes(name.as_bytes()),
        ..Global::default()
    };
    // SAFETY: the name is only read, and outlives the call.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message)
}

/// `store::THREAD`. The message comes back filled even on failure.
pub fn thread(fd: BorrowedFd<'_>) -> (io::Result<()>, Thread) {
    let mut message = Thread {
        header: header::<Thread>(0),
        ..Thread::default()
    };
    // SAFETY: the structure has no address in it.
    let result = unsafe { ioctl(fd, &mut message) };
    (result, message)
}

/// `run::RUN`. The message comes back filled even on failure; `message` brings flags, instance and deadline.
pub fn run(
    fd: BorrowedFd<'_>,
    mut message: Run,
    function: &str,
    args: &[u64],
    results: &mut [u64],
) -> (io::Result<()>, Box<Run>) {
    message.header = header::<Run>(message.header.flags);
    message.function = bytes(function.as_bytes());
    message.arg_count = u32::try_from(args.len()).unwrap_or(u32::MAX);
    message.args = args.as_ptr() as u64;
    message.result_capacity = u32::try_from(results.len()).unwrap_or(u32::MAX);
    message.results = results.as_mut_ptr() as u64;
    let mut message = Box::new(message);
    // SAFETY: the name and the arguments are only read; the kernel writes at most `result_capacity` values to `results`.
    // All outlive the call.
    let result = unsafe { ioctl(fd, &mut *message) };
    (result, message)
}
