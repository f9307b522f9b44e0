// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the programs of a store can reach, and the state of their calls.

use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;

use crate::{
    address::Text,
    call::{Call, Fault, Outcome},
    descriptor::{Descriptor, FdFlags, Resource},
    functions, seal, Address, Errno, Memory, Os, QueueEvent, Refusal, Rights, Span, Stop, Table,
    PATH_MAX,
};

/// Most bytes of arguments, and of environment.
pub const STRINGS_MAX: usize = 1 << 20;

/// Longest name of a grant, bytes.
const NAME_MAX: usize = 255;

/// A grant: a descriptor from outside.
pub struct Grant<'a, O: Os> {
    /// What is granted.
    pub resource: Resource<O>,
    /// Name to find it by; may be empty. Of a directory, the path that the guest sees it at.
    pub name: &'a [u8],
    /// Wanted number; `None` for the lowest free one at or above 3.
    pub number: Option<u32>,
    /// Rights to keep; `None` for all that the resource allows.
    pub rights: Option<Rights>,
    /// Inheriting rights to keep; `None` for all.
    pub inheriting: Option<Rights>,
}

/// State of a call that parked, for its repetition.
pub(crate) enum Pending<O: Os> {
    /// The absolute deadline of a wait (`CLOCK_MONOTONIC`, ns).
    Deadline(Option<u64>),
    /// Bytes done.
    Progress(u32),
    /// Bytes of a directory's entries that are stored, and the cookie to go on with.
    Entries(u32, u64),
    /// A connection under way.
    Connecting(O::Object),
    /// What became of a thread that the program asked for: its number, or a negative error.
    Spawned(i32),
}

/// See the module.
pub struct Context<O: Os> {
    pub(crate) os: O,
    pub(crate) table: Table<O>,
    /// Arguments and environment: strings, each NUL-terminated.
    pub(crate) args: Vec<u8>,
    pub(crate) environ: Vec<u8>,
    pub(crate) pending: Option<Pending<O>>,
    /// The function whose state `pending` is.
    pending_function: u32,
    /// Key of sealed addresses, made when first needed.
    key: Option<seal::Key>,
    next_id: u64,
    /// Buffers that are used again from call to call.
    pub(crate) spans: Vec<Span>,
    pub(crate) events: Vec<QueueEvent>,
}

impl<O: Os> Context<O> {
    /// A context with nothing in it. Does not allocate.
    pub const fn new(os: O) -> Self {
        Self {
            os,
            table: Table::new(),
            args: Vec::new(),
            environ: Vec::new(),
            pending: None,
            pending_function: 0,
            key: None,
            next_id: 1,
            spans: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The context of a further thread of the same program, which runs on `os`: it has the same descriptors, arguments and environment,
    /// and calls of its own.
    ///
    /// # Errors
    ///
    /// `NotSup`: what threads share cannot be shared yet.
    pub fn thread(&self, os: O) -> Result<Self, Errno> {
        drop(os);
        Err(Errno::NotSup)
    }

    /// The system.
    pub fn os(&self) -> &O {
        &self.os
    }

    /// The system.
    pub fn os_mut(&mut self) -> &mut O {
        &mut self.os
    }

    /// The descriptors.
    pub fn table(&self) -> &Table<O> {
        &self.table
    }

    /// Adds a descriptor and returns its number.
    ///
    /// # Errors
    ///
    /// `Exist` the wanted number is taken; `Mfile`; `NameTooLong` (above 255 bytes, of a directory above [`PATH_MAX`]); `Inval` a
    /// directory without a name, or one with a NUL; `NoMem`.
    pub fn grant(&mut self, grant: Grant<'_, O>) -> Result<u32, Errno> {
        let directory = grant.resource.directory().is_some();
        let longest = if directory { PATH_MAX } else { NAME_MAX };
        if grant.name.len() > longest {
            return Err(Errno::NameTooLong);
        }
        if directory && (grant.name.is_empty() || grant.name.contains(&0)) {
            return Err(Errno::Inval);
        }
        let mut name = Vec::new();
        name.try_reserve_exact(grant.name.len())?;
        name.extend_from_slice(grant.name);
        let number = match grant.number {
            Some(number) => {
                self.table.reserve_at(number)?;
                number
            }
            None => self.table.reserve(3)?,
        };
        let (all, all_inheriting) = grant.resource.all_rights(&self.os);
        let rights = all & grant.rights.unwrap_or(all);
        let inheriting = all_inheriting & grant.inheriting.unwrap_or(all_inheriting);
        self.insert(
            number,
            grant.resource,
            rights,
            inheriting,
            FdFlags::empty(),
            name,
        )
    }

    /// Adds a descriptor derived from another, at the lowest free number.
    pub(crate) fn derive(
        &mut self,
        resource: Resource<O>,
        rights: Rights,
        flags: FdFlags,
    ) -> Result<u32, Errno> {
        self.derive_with(resource, rights, rights, flags)
    }

    /// As [`Context::derive`], with at most the rights `base` and `inheriting`.
    pub(crate) fn derive_with(
        &mut self,
        resource: Resource<O>,
        base: Rights,
        inheriting: Rights,
        flags: FdFlags,
    ) -> Result<u32, Errno> {
        let number = self.table.reserve(0)?;
        let (all, all_inheriting) = resource.all_rights(&self.os);
        self.insert(
            number,
            resource,
            all & base,
            all_inheriting & inheriting,
            flags,
            Vec::new(),
        )
    }

    fn insert(
        &mut self,
        number: u32,
        resource: Resource<O>,
        rights: Rights,
        inheriting: Rights,
        flags: FdFlags,
        name: Vec<u8>,
    ) -> Result<u32, Errno> {
        let id = self.next_id;
        self.next_id += 1;
        let memberships = Vec::new();
        let descriptor = Descriptor {
            memberships,
            resource,
            number,
            id,
            rights,
            inheriting,
            flags,
            read_shut: false,
            name,
        };
        self.table.put(number, descriptor)?;
        self.count_descriptors();
        Ok(number)
    }

    /// Publishes the number of open descriptors.
    pub(crate) fn count_descriptors(&self) {
        self.os
            .counters()
            .descriptors
            .store(self.table.len().into(), Relaxed);
    }

    /// Sets the program's arguments: strings one after another, each NUL-terminated.
    ///
    /// # Errors
    ///
    /// `TooBig` above [`STRINGS_MAX`]; `Inval` when the last is not terminated; `NoMem`.
    pub fn set_args(&mut self, strings: &[u8]) -> Result<(), Errno> {
        self.args = checked_strings(strings)?;
        Ok(())
    }

    /// Sets the environment, in the same form, each `NAME=VALUE`. Errors as [`Context::set_args`].
    pub fn set_environ(&mut self, strings: &[u8]) -> Result<(), Errno> {
        self.environ = checked_strings(strings)?;
        Ok(())
    }

    /// Makes host call `function` (see [`crate::lookup`]) with `memory`, the memory of the calling instance. `values` holds the
    /// arguments and takes the results; [`Outcome::Park`] leaves it as it is.
    pub fn call(&mut self, function: u32, memory: &mut [u8], values: &mut [u64]) -> Outcome {
        if self.pending_function != function {
            self.pending = None;
        }
        self.pending_function = function;
        self.os.counters().calls.fetch_add(1, Relaxed);
        let mut call = Call {
            cx: self,
            memory: Memory::new(&mut *memory),
        };
        let Some(result) = functions::dispatch(&mut call, function, values) else {
            return Outcome::Unknown;
        };
        match result {
            Err(Fault::Stop(Stop::Park)) => return Outcome::Park,
            Err(Fault::Spawn(start_arg)) => return Outcome::Spawn { start_arg },
            _ => {}
        }
        self.pending = None;
        let errno = match result {
            Ok(()) => 0,
            Err(Fault::Errno(errno)) => {
                // From the system: what a grant does not give away.
                if errno == Errno::NotCapable {
                    let fd = values.first().map_or(0, |fd| *fd as u32);
                    self.refused(function, Refusal::outside(errno, fd), memory);
                }
                errno.wasi()
            }
            Err(Fault::Refused(refusal)) => {
                self.refused(function, refusal, memory);
                refusal.errno.wasi()
            }
            Err(Fault::Exit(code)) => return Outcome::Exit(code),
            Err(Fault::Answer(value)) => {
                let Some(slot) = values.first_mut() else {
                    return Outcome::Unknown;
                };
                *slot = value.into();
                return Outcome::Done;
            }
            // Answered above.
            Err(Fault::Spawn(start_arg)) => return Outcome::Spawn { start_arg },
            Err(Fault::Stop(Stop::Killed)) => return Outcome::Killed,
            Err(Fault::Stop(_)) => return Outcome::Deadline,
        };
        match values.first_mut() {
            Some(value) => *value = errno.into(),
            None => return Outcome::Unknown,
        }
        Outcome::Done
    }

    /// Says what became of the thread that [`Outcome::Spawn`] asked for: `Ok` with its number (1 to 2^29 - 1), or why there is
    /// none. The call that asked is to be made again, and answers so.
    pub fn spawned(&mut self, thread: Result<u32, Errno>) {
        let answer = thread.and_then(|tid| i32::try_from(tid).map_err(|_| Errno::Again));
        let answer = answer.unwrap_or_else(|errno| -i32::from(errno.wasi()));
        self.pending = Some(Pending::Spawned(answer));
    }

    /// Reports the refusal of a call: about the path that it named, else about the address of its socket.
    fn refused(&mut self, function: u32, refusal: Refusal, memory: &mut [u8]) {
        let memory = Memory::new(memory);
        let address = match refusal.subject {
            Some(_) => Address::none(),
            None => self.address_of(refusal.fd),
        };
        let text = Text::of(&address);
        let subject = refusal.subject.map_or(text.as_bytes(), |(at, len)| {
            memory.bytes(at, len).unwrap_or_default()
        });
        refusal.report(&mut self.os, functions::name(function), subject);
    }

    /// Whom a socket is connected to, or where it listens; none for anything else.
    fn address_of(&self, fd: u32) -> Address {
        let address = self.table.get(fd).and_then(|d| match d.resource() {
            Resource::Socket(socket) | Resource::Datagram(socket) => self
                .os
                .address(socket, true)
                .or_else(|_| self.os.address(socket, false)),
            Resource::Listener(socket) => self.os.address(socket, false),
            _ => Err(Errno::NotSock),
        });
        address.unwrap_or(Address::none())
    }

    /// Closes all descriptors and forgets a parked call.
    pub fn close_all(&mut self) {
        self.pending = None;
        self.table.clear();
        self.count_descriptors();
    }

    /// The key of sealed addresses.
    pub(crate) fn key(&mut self) -> Result<seal::Key, Errno> {
        if let Some(key) = self.key {
            return Ok(key);
        }
        let mut random = [0; 16];
        self.os.random(&mut random)?;
        Ok(*self.key.insert(seal::Key::new(random)))
    }
}

fn checked_strings(strings: &[u8]) -> Result<Vec<u8>, Errno> {
    if strings.len() > STRINGS_MAX {
        return Err(Errno::TooBig);
    }
    if strings.last().is_some_and(|last| *last != 0) {
        return Err(Errno::Inval);
    }
    let mut copy = Vec::new();
    copy.try_reserve_exact(strings.len())?;
    copy.extend_from_slice(strings);
    Ok(copy)
}
