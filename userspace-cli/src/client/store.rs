// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A store: grants, instances, memory and calls.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use wasmk_uapi::{
    device::StoreEntry,
    grant::{self, GrantKind},
    run::{Run, ValueType, ANSWER},
    store::{Fuel, Info, Kill, StringsKind},
    VALUES_MAX,
};

use super::{
    run::{step, trap_code, value_type},
    Address, Call, Denial, Error, Function, InstantiateError, Module, Outcome, Step, Thread,
};
use crate::sys::calls;
use wasmk_abi::Rights;

/// What is granted.
#[derive(Clone, Copy, Debug)]
pub enum GrantSource<'a> {
    /// A file, used as the kind says.
    File(GrantKind, BorrowedFd<'a>),
    /// Addresses to connect to.
    Dialer(&'a [Address]),
}

/// A descriptor for the guest.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// Name that the guest may look it up by; may be empty.
    pub name: &'a str,
    /// The wanted number; `None` for the lowest free one from 3.
    pub number: Option<u32>,
    /// What it is.
    pub source: GrantSource<'a>,
}

/// A store; what lives in it ends when it is dropped.
#[derive(Debug)]
pub struct Store {
    fd: OwnedFd,
    id: u64,
}

impl Store {
    pub(super) fn new(fd: OwnedFd, id: u64) -> Self {
        Self { fd, id }
    }

    /// The id, unique until the kernel module is unloaded.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Grants a descriptor with all rights that its kind allows; returns its number.
    pub fn grant(&self, grant: &Grant<'_>) -> Result<u32, Error> {
        self.grant_limited(grant, None)
    }

    /// Grants a descriptor with these rights only, for itself and for what is derived from it, as far as its kind allows them; `None`
    /// is all. Fails with `EINVAL` for no rights.
    pub fn grant_limited(&self, grant: &Grant<'_>, rights: Option<Rights>) -> Result<u32, Error> {
        if rights.is_some_and(|rights| rights.is_empty()) {
            return Err(Error {
                operation: "grant a descriptor",
                errno: libc::EINVAL,
                message: "there are no rights in the grant".into(),
                offset: None,
            });
        }
        // Zero means all.
        let rights = rights.map_or(0, |rights| rights.bits());
        let number = grant.number.unwrap_or(u32::MAX);
        let (kind, file, addresses) = match grant.source {
            GrantSource::File(kind, file) => (kind, Some(file), Vec::new()),
            GrantSource::Dialer(addresses) => {
                let addresses = addresses
                    .iter()
                    .map(Address::to_kernel)
                    .collect::<Option<Vec<_>>>();
                let Some(addresses) = addresses else {
                    let message = "a unix socket's path is empty or too long".into();
                    return Err(Error {
                        operation: "grant a descriptor",
                        errno: libc::ENAMETOOLONG,
                        message,
                        offset: None,
                    });
                };
                (GrantKind::Dialer, None, addresses)
            }
        };
        let message = grant::Grant {
            kind: kind as u32,
            number,
            rights,
            rights_inheriting: rights,
            ..grant::Grant::default()
        };
        calls::grant(self.as_fd(), message, file, &addresses, grant.name)
            .map_err(|error| Error::new("grant a descriptor", &error))
    }

    /// Sets the program's arguments, its name first.
    pub fn set_args<S: AsRef<[u8]>>(&self, args: &[S]) -> Result<(), Error> {
        self.strings("set the arguments", StringsKind::Args, args)
    }

    /// Sets the environment, each `NAME=VALUE`.
    pub fn set_environ<S: AsRef<[u8]>>(&self, environ: &[S]) -> Result<(), Error> {
        self.strings("set the environment", StringsKind::Environ, environ)
    }

    fn strings<S: AsRef<[u8]>>(
        &self,
        operation: &'static str,
        kind: StringsKind,
        strings: &[S],
    ) -> Result<(), Error> {
        let mut data = Vec::new();
        for string in strings {
            let string = string.as_ref();
            if string.contains(&0) {
                return Err(Error {
                    operation,
                    errno: libc::EINVAL,
                    message: "a string contains a NUL byte".into(),
                    offset: None,
                });
            }
            data.extend_from_slice(string);
            data.push(0);
        }
        let count = u32::try_from(strings.len()).unwrap_or(u32::MAX);
        calls::strings(self.as_fd(), kind as u32, count, &data)
            .map_err(|error| Error::new(operation, &error))
    }

    /// Makes an instance, importable by later ones as `name` unless that is empty; returns its number. The start function
    /// is not run: call [`Function::Start`].
    pub fn instantiate(&self, module: &Module, name: &str) -> Result<u32, InstantiateError> {
        let (result, message) = calls::instantiate(self.as_fd(), module.as_fd(), name);
        match result {
            Ok(()) => Ok(message.instance),
            Err(error) => Err(InstantiateError {
                error: Error::new("instantiate the module", &error).with_message(&message.message),
                trap: trap_code(message.trap),
            }),
        }
    }

    /// Makes an instance importable under a further name.
    pub fn register(&self, instance: u32, name: &str) -> Result<(), Error> {
        calls::register(self.as_fd(), instance, name)
            .map_err(|error| Error::new("register the instance", &error))
    }

    /// Copies `data.len()` bytes out of memory 0.
    pub fn read_memory(&self, instance: u32, offset: u64, data: &mut [u8]) -> Result<(), Error> {
        calls::memory_read(self.as_fd(), instance, offset, data)
            .map(drop)
            .map_err(|error| Error::new("read the memory", &error))
    }

    /// Copies `data` into memory 0.
    pub fn write_memory(&self, instance: u32, offset: u64, data: &[u8]) -> Result<(), Error> {
        calls::memory_write(self.as_fd(), instance, offset, data)
            .map(drop)
            .map_err(|error| Error::new("write the memory", &error))
    }

    /// Bytes of memory 0.
    pub fn memory_size(&self, instance: u32) -> Result<u64, Error> {
        calls::memory_read(self.as_fd(), instance, 0, &mut [])
            .map_err(|error| Error::new("read the memory", &error))
    }

    /// Type and bits of an exported global, the low half of a v128 first.
    pub fn global(
        &self,
        instance: u32,
        name: &str,
    ) -> Result<(Option<ValueType>, [u64; 2]), Error> {
        let message = calls::global(self.as_fd(), instance, name)
            .map_err(|error| Error::new("read the global", &error))?;
        let value_type = u8::try_from(message.value_type).ok().and_then(value_type);
        Ok((value_type, [message.value, message.high]))
    }

    /// Ends what runs here, from any thread.
    pub fn kill(&self) -> Result<(), Error> {
        calls::kill(self.as_fd(), Kill::default())
            .map(drop)
            .map_err(|error| Error::new("kill the store", &error))
    }

    /// The store's record.
    pub fn info(&self) -> Result<StoreEntry, Error> {
        calls::store_info(self.as_fd(), Info::default())
            .map(|info| info.entry)
            .map_err(|error| Error::new("ask about the store", &error))
    }

    /// What it was refused, from denial number `from` on: the last 64 at most.
    pub fn denials(&self, from: u64) -> Result<Vec<Denial>, Error> {
        calls::denials(self.as_fd(), from)
            .map(|records| records.iter().map(Denial::from_kernel).collect())
            .map_err(|error| Error::new("ask what the store was refused", &error))
    }

    /// Sets the fuel; returns what was left.
    pub fn set_fuel(&self, fuel: u64) -> Result<u64, Error> {
        calls::fuel(
            self.as_fd(),
            Fuel {
                fuel,
                ..Fuel::default()
            },
        )
        .map(|message| message.fuel)
        .map_err(|error| Error::new("set the fuel", &error))
    }

    /// Calls, and resumes for as long as the call is parked. Threads are not served ([`Threads::call`](super::Threads::call) does that):
    /// a program that asks for one is told that there are none.
    pub fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        let mut step = self.begin(call)?;
        loop {
            match step {
                Step::Ended(outcome) => return Ok(outcome),
                Step::Parked => step = self.resume(call)?,
                Step::Spawn => step = self.answer(call, Err(libc::ENOSYS))?,
            }
        }
    }

    /// Enters a call once.
    pub fn begin(&self, call: &Call<'_>) -> Result<Step, Error> {
        self.enter(call, call.message(false), call.args)
    }

    /// Continues a parked call; `call` is the one that began it.
    pub fn resume(&self, call: &Call<'_>) -> Result<Step, Error> {
        self.enter(call, call.message(true), call.args)
    }

    /// Continues a call that asked for a thread, with the number of that, or an errno.
    pub fn answer(&self, call: &Call<'_>, thread: Result<u32, i32>) -> Result<Step, Error> {
        let mut message = call.message(true);
        message.header.flags |= ANSWER;
        let answer = match thread {
            Ok(number) => i64::from(number),
            Err(errno) => -i64::from(errno),
        };
        self.enter(call, message, &[answer as u64])
    }

    /// Makes the thread that a call in this store asks for. Dropping its store gives it up, and its number.
    pub fn thread(&self) -> Result<Thread, Error> {
        const OPERATION: &str = "create a thread";
        let (result, message) = calls::thread(self.as_fd());
        if let Err(error) = result {
            return Err(Error::new(OPERATION, &error).with_message(&message.message));
        }
        let fd = super::device::adopted(OPERATION, message.fd)?;
        Ok(Thread {
            store: Self::new(fd, message.id),
            number: message.number,
            instance: message.instance,
            argument: message.argument,
        })
    }

    fn enter(&self, call: &Call<'_>, message: Run, args: &[u64]) -> Result<Step, Error> {
        let mut results = vec![0; VALUES_MAX as usize];
        let name = match call.function {
            Function::Export(name) => name,
            Function::Start => "",
        };
        let (result, run) = calls::run(self.as_fd(), message, name, args, &mut results);
        match result {
            Ok(()) => step(&run, results),
            Err(error) => Err(Error::new("run", &error).with_message(&run.message)),
        }
    }
}

impl AsFd for Store {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
