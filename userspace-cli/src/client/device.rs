// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The device: loading modules, making stores, listing and killing.

use std::{
    fs::{File, OpenOptions},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::{Mutex, PoisonError},
    thread,
};

use wasmk_uapi::device::{
    LoadJoin, ModuleLoad, Stats, StoreCreate, StoreEntry, Version, LOAD_EDITION_2, LOAD_FUEL,
    LOAD_JOINABLE,
};

use super::{Denial, Error, Module, Store};
use crate::sys::{calls, process::adopt};

pub(super) const OPEN: &str = "open the device";
const LOAD: &str = "load the module";

/// How memories of a module's instances are contained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemoryModel {
    /// Guard if a slot is free, else bounds.
    #[default]
    Auto,
    /// A reservation of 8 GiB.
    Guard,
    /// Checks on every access.
    Bounds,
}

impl MemoryModel {
    /// The model that the kernel calls `number`.
    pub fn from_kernel(number: u32) -> Option<Self> {
        [Self::Auto, Self::Guard, Self::Bounds]
            .into_iter()
            .find(|model| *model as u32 == number)
    }

    /// Lower-case name, as in `--memory`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Guard => "guard",
            Self::Bounds => "bounds",
        }
    }
}

/// How a module is loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadOptions<'a> {
    /// Name for listings and traps.
    pub name: &'a str,
    /// Memory model.
    pub memory: MemoryModel,
    /// Compile fuel accounting in.
    pub fuel: bool,
    /// Accept WebAssembly 2.0 and nothing newer.
    pub edition_2: bool,
}

/// How a store is made; zero means the kernel's default.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoreOptions<'a> {
    /// Service name; an unlabelled store is not listed.
    pub label: &'a str,
    /// Worker number.
    pub worker: u32,
    /// Most bytes of linear memory.
    pub max_memory: u64,
    /// Bytes of wasm stack.
    pub stack_size: u64,
    /// Most threads of the program at a time, the first included.
    pub max_threads: u32,
}

/// An open `/dev/wasmk`.
#[derive(Debug)]
pub struct Device {
    file: File,
    /// Loads that threads joined, so far: the kernel counts them too.
    loads: Mutex<u64>,
}

impl Device {
    /// Opens the device node. Fails with [`super::ErrorKind::NoDevice`] when the kernel module is not loaded.
    pub fn open() -> Result<Self, Error> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .open(wasmk_uapi::DEVICE)
            .map(|file| Self {
                file,
                loads: Mutex::new(0),
            })
            .map_err(|error| Error::new(OPEN, &error))
    }

    /// Interface version and features.
    pub fn version(&self) -> Result<Version, Error> {
        calls::version(self.as_fd(), Version::default())
            .map_err(|error| Error::new("ask for the version", &error))
    }

    /// Memory, slots and objects of the whole kernel module.
    pub fn stats(&self) -> Result<Stats, Error> {
        calls::stats(self.as_fd(), Stats::default())
            .map_err(|error| Error::new("ask for statistics", &error))
    }

    /// Validates and compiles a module.
    pub fn load(&self, wasm: &[u8], options: &LoadOptions<'_>) -> Result<Module, Error> {
        let message = self.submit(LOAD, wasm, options, 0, false)?;
        adopt(message.fd)
            .map(Module::new)
            .ok_or_else(|| bad_descriptor(LOAD))
    }

    /// As [`Device::load`], by `threads` threads, this one and others that live as long as the load.
    pub fn load_together(
        &self,
        wasm: &[u8],
        options: &LoadOptions<'_>,
        threads: usize,
    ) -> Result<Module, Error> {
        if threads <= 1 {
            return self.load(wasm, options);
        }
        let mut loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        *loads += 1;
        let number = *loads;
        thread::scope(|scope| {
            for _ in 1..threads {
                // Fewer threads will do. How the load ends is told to this one.
                let _ = thread::Builder::new().spawn_scoped(scope, || self.join_load(number));
            }
            self.load_joinable(wasm, options)
        })
    }

    /// As [`Device::load`], and other threads may join.
    pub fn load_joinable(&self, wasm: &[u8], options: &LoadOptions<'_>) -> Result<Module, Error> {
        let message = self.submit(LOAD, wasm, options, LOAD_JOINABLE, false)?;
        adopt(message.fd)
            .map(Module::new)
            .ok_or_else(|| bad_descriptor(LOAD))
    }

    /// Takes part in load `number` of those that are joinable, from 1, when it has begun; 0 is the one in progress. How many batches of
    /// function bodies this thread compiled.
    pub fn join_load(&self, number: u64) -> Result<u32, Error> {
        let message = LoadJoin {
            load: number,
            ..LoadJoin::default()
        };
        calls::load_join(self.as_fd(), message)
            .map(|message| message.batches)
            .map_err(|error| Error::new("join the load", &error))
    }

    /// Validates a module, keeping nothing.
    pub fn validate(&self, wasm: &[u8]) -> Result<(), Error> {
        let options = LoadOptions::default();
        self.submit("validate the module", wasm, &options, 0, true)
            .map(drop)
    }

    fn submit(
        &self,
        operation: &'static str,
        wasm: &[u8],
        options: &LoadOptions<'_>,
        flags: u32,
        validate: bool,
    ) -> Result<ModuleLoad, Error> {
        let mut message = ModuleLoad {
            memory_model: options.memory as u32,
            ..ModuleLoad::default()
        };
        message.header.flags = flags;
        if options.fuel {
            message.header.flags |= LOAD_FUEL;
        }
        if options.edition_2 {
            message.header.flags |= LOAD_EDITION_2;
        }
        let (result, message) =
            calls::module_load(self.as_fd(), wasm, options.name, message, validate);
        match result {
            Ok(()) => Ok(message),
            Err(error) => Err(Error::new(operation, &error)
                .with_message(&message.message)
                .with_offset(message.error_offset)),
        }
    }

    /// Makes an empty store.
    pub fn create_store(&self, options: &StoreOptions<'_>) -> Result<Store, Error> {
        const OPERATION: &str = "create a store";
        let message = StoreCreate {
            worker: options.worker,
            max_memory: options.max_memory,
            stack_size: options.stack_size,
            max_threads: options.max_threads,
            ..StoreCreate::default()
        };
        let message = calls::store_create(self.as_fd(), options.label, message)
            .map_err(|error| Error::new(OPERATION, &error))?;
        let id = message.id;
        adopt(message.fd)
            .map(|fd| Store::new(fd, id))
            .ok_or_else(|| bad_descriptor(OPERATION))
    }

    /// All labelled stores, by id.
    pub fn list(&self) -> Result<Vec<StoreEntry>, Error> {
        let mut entries = vec![StoreEntry::default(); 16];
        loop {
            let count = calls::store_list(self.as_fd(), &mut entries)
                .map_err(|error| Error::new("list the stores", &error))?
                as usize;
            if count <= entries.len() {
                entries.truncate(count);
                entries.sort_by_key(|entry| entry.id);
                return Ok(entries);
            }
            // Some room for stores made meanwhile.
            entries.resize(count + 16, StoreEntry::default());
        }
    }

    /// Opens the module of a service.
    pub fn open_module(&self, label: &str) -> Result<Module, Error> {
        const OPERATION: &str = "open the service's module";
        let message = calls::module_open(self.as_fd(), label)
            .map_err(|error| Error::new(OPERATION, &error))?;
        adopt(message.fd)
            .map(Module::new)
            .ok_or_else(|| bad_descriptor(OPERATION))
    }

    /// Kills every store called `label`; returns how many.
    pub fn kill_label(&self, label: &str) -> Result<u32, Error> {
        calls::store_kill(self.as_fd(), label, 0)
            .map_err(|error| Error::new("kill the stores", &error))
    }

    /// What the store with this id was refused, from denial number `from` on: the last 64 at most.
    pub fn denials(&self, id: u64, from: u64) -> Result<Vec<Denial>, Error> {
        calls::store_denials(self.as_fd(), id, from)
            .map(|records| records.iter().map(Denial::from_kernel).collect())
            .map_err(|error| Error::new("ask what the store was refused", &error))
    }

    /// Kills the labelled store with this id.
    pub fn kill_id(&self, id: u64) -> Result<u32, Error> {
        calls::store_kill(self.as_fd(), "", id)
            .map_err(|error| Error::new("kill the store", &error))
    }
}

/// The descriptor that the kernel answered.
pub(super) fn adopted(operation: &'static str, fd: i32) -> Result<OwnedFd, Error> {
    adopt(fd).ok_or_else(|| bad_descriptor(operation))
}

/// The kernel said yes and gave no descriptor: an interface mismatch.
fn bad_descriptor(operation: &'static str) -> Error {
    Error {
        operation,
        errno: libc::EPROTO,
        message: "the kernel module returned no descriptor".into(),
        offset: None,
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
