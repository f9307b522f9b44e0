// SPDX-License-Identifier: GPL-2.0
//! `/dev/wasmk`.

use crate::{
    channel::End,
    codegen,
    load::Loads,
    module::{self, LoadedModule, Refusal},
    module_parameters, registry,
    store::{denials, Limits, Store},
    sys::{
        self, cpu,
        file::NewFd,
        task,
        user::{self, Message},
    },
    text::{self, Name},
};
use core::sync::atomic::Ordering::Relaxed;
use kernel::{
    fs::File,
    miscdevice::{MiscDevice, MiscDeviceRegistration},
    prelude::*,
};
use wasmk_engine::{config::Edition, features::Features};
use wasmk_uapi::{
    channel as channels, denial::STORE_DENIALS, device as api, Bytes, MODULE_MAX, NAME_MAX,
};

/// An opener of the device.
#[pin_data]
pub(crate) struct Device {
    #[pin]
    loads: Loads,
}

#[vtable]
impl MiscDevice for Device {
    type Ptr = Pin<KBox<Self>>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Pin<KBox<Self>>> {
        let device = pin_init!(Self {
            loads <- Loads::new(),
        });
        KBox::pin_init(device, GFP_KERNEL_ACCOUNT)
    }

    fn ioctl(device: Pin<&Self>, _file: &File, command: u32, argument: usize) -> Result<isize> {
        let loads = &device.get_ref().loads;
        match command {
            api::VERSION => version(argument),
            api::MODULE_LOAD => module_load(loads, argument),
            api::MODULE_LOAD_JOIN => loads.join(argument),
            api::MODULE_VALIDATE => module_validate(argument),
            api::STORE_CREATE => store_create(argument),
            api::STORE_LIST => store_list(argument),
            api::MODULE_OPEN => module_open(argument),
            api::STORE_KILL => store_kill(argument),
            api::STATS => stats(argument),
            STORE_DENIALS => store_denials(argument),
            channels::CHANNEL_CREATE => channel_create(argument),
            channels::CHANNEL_OPEN => channel_open(argument),
            _ => Err(ENOTTY),
        }
    }
}

/// Reads a message whose flags are among `flags`.
pub(crate) fn read<T: wasmk_uapi::Message>(
    argument: usize,
    flags: u32,
    header: impl Fn(&T) -> wasmk_uapi::Header,
) -> Result<Message<T>> {
    let message = Message::<T>::read(argument)?;
    if header(&message).flags & !flags != 0 {
        return Err(EINVAL);
    }
    Ok(message)
}

/// Copies a name of the caller's.
pub(crate) fn name(from: Bytes) -> Result<Name> {
    Name::new(user::bytes(from, NAME_MAX as u64, EINVAL)?)
}

/// The caller may load modules and make stores.
fn may_load() -> Result {
    if module_parameters::allow_group.value() || task::is_admin() {
        Ok(())
    } else {
        Err(EPERM)
    }
}

/// The caller may act on what `uid` made.
fn may_control(uid: u32) -> bool {
    task::euid() == uid || task::is_admin()
}

fn version(argument: usize) -> Result<isize> {
    let mut version = read::<api::Version>(argument, 0, |m| m.header)?;
    version.version = wasmk_uapi::VERSION;
    // Numbered alike, both.
    version.wasm_features = Features::accepted().bits();
    version.cpu_features = cpu::features().bits();
    version.mitigations = codegen::mitigations();
    version.write()?;
    Ok(0)
}

/// Tells the caller why its module was refused.
fn refuse(mut load: Message<api::ModuleLoad>, refusal: Refusal) -> Error {
    load.fd = -1;
    load.error_offset = refusal.offset.unwrap_or(u64::MAX);
    text::put(&mut load.message, format_args!("{}", refusal.why));
    match load.write() {
        Ok(()) => refusal.error,
        Err(error) => error,
    }
}

/// What a module may use.
fn edition(load: &api::ModuleLoad) -> Edition {
    if load.header.flags & api::LOAD_EDITION_2 != 0 {
        Edition::Two
    } else {
        Edition::Three
    }
}

fn module_load(loads: &Loads, argument: usize) -> Result<isize> {
    let flags = api::LOAD_FUEL | api::LOAD_JOINABLE | api::LOAD_EDITION_2;
    let mut load = read::<api::ModuleLoad>(argument, flags, |m| m.header)?;
    // Before anything else can fail: somebody may be waiting for it.
    let joinable = load.header.flags & api::LOAD_JOINABLE != 0;
    let announced = joinable.then(|| loads.announce()).transpose()?;
    may_load()?;
    let model = module::memory_model(load.memory_model)?;
    let fuel = load.header.flags & api::LOAD_FUEL != 0;
    let name = name(load.name)?;
    let wasm = user::bytes(load.wasm, MODULE_MAX, EFBIG)?;
    let edition = edition(&load);
    let loaded = match LoadedModule::load(wasm, name, model, (fuel, edition), announced) {
        Ok(loaded) => loaded,
        Err(refusal) => return Err(refuse(load, refusal)),
    };
    let fd = NewFd::new(loaded)?;
    load.fd = fd.number();
    load.error_offset = u64::MAX;
    load.message.fill(0);
    load.write()?;
    fd.install();
    Ok(0)
}

fn module_validate(argument: usize) -> Result<isize> {
    let flags = api::LOAD_FUEL | api::LOAD_EDITION_2;
    let mut load = read::<api::ModuleLoad>(argument, flags, |m| m.header)?;
    let wasm = user::bytes(load.wasm, MODULE_MAX, EFBIG)?;
    if let Err(refusal) = module::check(&wasm, edition(&load)) {
        return Err(refuse(load, refusal));
    }
    load.fd = -1;
    load.error_offset = u64::MAX;
    load.message.fill(0);
    load.write()?;
    Ok(0)
}

fn store_create(argument: usize) -> Result<isize> {
    may_load()?;
    let mut create = read::<api::StoreCreate>(argument, 0, |m| m.header)?;
    let label = name(create.label)?;
    if create.reserved != 0 {
        return Err(EINVAL);
    }
    let limits = Limits::new(create.max_memory, create.stack_size, create.max_threads)?;
    let store = Store::new(label, create.worker, limits)?;
    let fd = NewFd::new(store.clone())?;
    create.fd = fd.number();
    create.id = store.id();
    create.write()?;
    // A file that is not installed is closed, which takes its store off the lists.
    store.begin_group()?;
    registry::add(store)?;
    fd.install();
    Ok(0)
}

fn store_list(argument: usize) -> Result<isize> {
    let mut list = read::<api::StoreList>(argument, 0, |m| m.header)?;
    if list.reserved != 0 || (list.entry_size == 0 && list.capacity != 0) || list.entry_size > 65536
    {
        return Err(EINVAL);
    }
    let stores = registry::select(|store| !store.label().is_empty())?;
    let size = list.entry_size as usize;
    for (at, store) in stores.iter().take(list.capacity as usize).enumerate() {
        let entry = store.entry()?;
        user::write_record(list.entries, (at * size) as u64, &*entry, size)?;
    }
    list.count = stores.len() as u32;
    list.write()?;
    Ok(0)
}

fn module_open(argument: usize) -> Result<isize> {
    let mut open = read::<api::ModuleOpen>(argument, 0, |m| m.header)?;
    let label = name(open.label)?;
    if label.is_empty() || open.reserved != 0 {
        return Err(EINVAL);
    }
    let stores = registry::select(|store| store.label().as_str() == label.as_str())?;
    let mut error = ENOENT;
    for store in &stores {
        if !may_control(store.uid()) {
            error = EPERM;
        } else if let Some(loaded) = store.newest_module() {
            let fd = NewFd::new(loaded)?;
            open.fd = fd.number();
            open.write()?;
            fd.install();
            return Ok(0);
        }
    }
    Err(error)
}

fn store_kill(argument: usize) -> Result<isize> {
    let mut kill = read::<api::StoreKill>(argument, 0, |m| m.header)?;
    if kill.reserved != 0 {
        return Err(EINVAL);
    }
    let label = name(kill.label)?;
    let id = kill.id;
    let stores = registry::select(|store| {
        if label.is_empty() {
            store.id() == id
        } else {
            store.label().as_str() == label.as_str()
        }
    })?;
    if stores.is_empty() {
        return Err(ENOENT);
    }
    if stores.iter().any(|store| !may_control(store.uid())) {
        return Err(EPERM);
    }
    for store in &stores {
        store.kill();
    }
    kill.killed = stores.len() as u32;
    kill.write()?;
    Ok(0)
}

fn store_denials(argument: usize) -> Result<isize> {
    let request = denials::request(argument)?;
    let id = request.id;
    let stores = registry::select(|store| store.id() == id)?;
    let store = stores.first().ok_or(ENOENT)?;
    if !may_control(store.uid()) {
        return Err(EPERM);
    }
    store.denials(request)
}

fn stats(argument: usize) -> Result<isize> {
    let mut stats = read::<api::Stats>(argument, 0, |m| m.header)?;
    let stores = registry::select(|_| true)?;
    stats.modules = registry::MODULES.load(Relaxed);
    stats.stores = registry::LIVE_STORES.load(Relaxed);
    stats.instances = stores.iter().map(|store| store.instances()).sum();
    stats.descriptors = stores.iter().map(|store| store.descriptors()).sum();
    let (used, made, most, tables) = sys::slots();
    stats.slots_used = used;
    stats.slots_made = made;
    stats.slots_max = most;
    stats.slot_table_bytes = tables;
    (stats.arena_bytes, stats.arena_used) = sys::arena_usage();
    stats.memory_bytes = sys::memory_bytes();
    stats.stack_bytes = sys::stack_bytes();
    stats.heap_bytes = sys::heap_bytes();
    stats.write()?;
    Ok(0)
}

fn channel_create(argument: usize) -> Result<isize> {
    may_load()?;
    let mut create = read::<channels::ChannelCreate>(argument, 0, |m| m.header)?;
    if create.reserved != 0 {
        return Err(EINVAL);
    }
    // A file that is not installed is closed, which makes its channel forgotten.
    let fd = NewFd::new(End::receiving(name(create.name)?)?)?;
    create.fd = fd.number();
    create.write()?;
    fd.install();
    Ok(0)
}

fn channel_open(argument: usize) -> Result<isize> {
    let mut open = read::<channels::ChannelOpen>(argument, 0, |m| m.header)?;
    let name = name(open.name)?;
    let end = if name.is_empty() {
        sys::file::object::<End>(open.receiver)?.opposite()?
    } else {
        End::sending(name.as_str())?
    };
    let fd = NewFd::new(end)?;
    open.fd = fd.number();
    open.write()?;
    fd.install();
    Ok(0)
}
