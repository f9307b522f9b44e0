// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the programs of a store can reach, and the state of their calls.

use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;

use crate::{
    address::Text,
    call::{Call, Fault, Outcome},
    descriptor::{Descriptor, FdFlags, Resource},
    functions,
    group::{Group, Promise},
    seal, Address, Counted, Errno, Memory, Os, QueueEvent, Refusal, Rights, Span, Stop, PATH_MAX,
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

/// See the module. It is one thread's; [`Context::thread`] makes those of the others.
pub struct Context<O: Os> {
    pub(crate) os: O,
    pub(crate) group: Counted<Group<O>>,
    pub(crate) pending: Option<Pending<O>>,
    /// The function whose state `pending` is.
    pending_function: u32,
    /// The path that a refusal is about.
    pub(crate) subject: Vec<u8>,
    /// Buffers that are used again from call to call.
    pub(crate) spans: Vec<Span>,
    pub(crate) events: Vec<QueueEvent>,
}

impl<O: Os> Context<O> {
    /// A context with nothing in it; `NoMem`.
    pub fn new(os: O) -> Result<Self, Errno> {
        Ok(Self::of(os, Group::new()?))
    }

    fn of(os: O, group: Counted<Group<O>>) -> Self {
        Self {
            os,
            group,
            pending: None,
            pending_function: 0,
            subject: Vec::new(),
            spans: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The context of a further thread of the same program, which runs on `os`: it has the same descriptors, arguments and environment,
    /// and calls of its own. What they share lives as long as one of them. Each publishes the number of open descriptors in
    /// the counters of its own `os`.
    ///
    /// # Errors
    ///
    /// None yet; `NoMem` is possible.
    pub fn thread(&self, os: O) -> Result<Self, Errno> {
        Ok(Self::of(os, self.group.clone()))
    }

    /// The system.
    pub fn os(&self) -> &O {
        &self.os
    }

    /// The system.
    pub fn os_mut(&mut self) -> &mut O {
        &mut self.os
    }

    /// Number of open descriptors.
    pub fn descriptors(&self) -> u32 {
        self.group.with(|state| state.table.len())
    }

    /// Descriptor `fd`, which stays what it is when another thread closes the number.
    ///
    /// # Errors
    ///
    /// `Badf`.
    pub fn descriptor(&self, fd: u32) -> Result<Counted<Descriptor<O>>, Errno> {
        self.group.descriptor(fd)
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
        let promise = Promise::new(&self.group, grant.number, 3)?;
        let most = (
            grant.rights.unwrap_or(Rights::all()),
            grant.inheriting.unwrap_or(Rights::all()),
        );
        let flags = (FdFlags::empty(), false);
        Ok(promise.keep(&self.os, grant.resource, most, flags, name))
    }

    /// A number for a descriptor that is derived from another: the lowest free one.
    pub(crate) fn promise(&self) -> Result<Promise<O>, Errno> {
        Promise::new(&self.group, None, 0)
    }

    /// Sets the program's arguments: strings one after another, each NUL-terminated.
    ///
    /// # Errors
    ///
    /// `TooBig` above [`STRINGS_MAX`]; `Inval` when the last is not terminated; `NoMem`.
    pub fn set_args(&mut self, strings: &[u8]) -> Result<(), Errno> {
        let strings = checked_strings(strings)?;
        let before = self.group.with(|state| state.args.replace(strings));
        drop(before);
        Ok(())
    }

    /// Sets the environment, in the same form, each `NAME=VALUE`. Errors as [`Context::set_args`].
    pub fn set_environ(&mut self, strings: &[u8]) -> Result<(), Errno> {
        let strings = checked_strings(strings)?;
        let before = self.group.with(|state| state.environ.replace(strings));
        drop(before);
        Ok(())
    }

    /// Makes host call `function` (see [`crate::lookup`]) with `memory`, the memory of the calling instance. `values` holds the
    /// arguments and takes the results; [`Outcome::Park`] leaves it as it is.
    pub fn call(&mut self, function: u32, memory: Memory<'_>, values: &mut [u64]) -> Outcome {
        if self.pending_function != function {
            self.pending = None;
        }
        self.pending_function = function;
        self.os.counters().calls.fetch_add(1, Relaxed);
        let mut call = Call { cx: self, memory };
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
                    self.refused(function, Refusal::outside(errno, fd));
                }
                errno.wasi()
            }
            Err(Fault::Refused(refusal)) => {
                self.refused(function, refusal);
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
    fn refused(&mut self, function: u32, refusal: Refusal) {
        let address = if refusal.is_about_path {
            Address::none()
        } else {
            self.address_of(refusal.fd)
        };
        let text = Text::of(&address);
        let subject = if refusal.is_about_path {
            self.subject.as_slice()
        } else {
            text.as_bytes()
        };
        refusal.report(&mut self.os, functions::name(function), subject);
        self.subject = Vec::new();
    }

    /// Whom a socket is connected to, or where it listens; none for anything else.
    fn address_of(&self, fd: u32) -> Address {
        let address = self.descriptor(fd).and_then(|d| match &d.resource {
            Resource::Socket(socket) | Resource::Datagram(socket) => self
                .os
                .address(socket, true)
                .or_else(|_| self.os.address(socket, false)),
            Resource::Listener(socket) => self.os.address(socket, false),
            _ => Err(Errno::NotSock),
        });
        address.unwrap_or(Address::none())
    }

    /// Closes all descriptors, of all threads and for good, and forgets a parked call of this one. Operations of other threads that are under way
    /// keep what they work with until they end.
    pub fn close_all(&mut self) {
        self.pending = None;
        let os = &self.os;
        let table = self.group.with(|state| {
            let table = state.table.close();
            Group::count(state, os);
            table
        });
        drop(table);
    }

    /// The thread has ended while others go on: forgets its parked call. What it shares with them stays as it is, and goes with the last
    /// context.
    pub fn leave(&mut self) {
        self.pending = None;
    }

    /// The key of sealed addresses.
    pub(crate) fn key(&mut self) -> Result<seal::Key, Errno> {
        if let Some(key) = self.group.with(|state| state.key) {
            return Ok(key);
        }
        let mut random = [0; 16];
        self.os.random(&mut random)?;
        let key = seal::Key::new(random);
        // Another thread may have been faster.
        Ok(self.group.with(|state| *state.key.get_or_insert(key)))
    }
}

fn checked_strings(strings: &[u8]) -> Result<Counted<Vec<u8>>, Errno> {
    if strings.len() > STRINGS_MAX {
        return Err(Errno::TooBig);
    }
    if strings.last().is_some_and(|last| *last != 0) {
        return Err(Errno::Inval);
    }
    let mut copy = Vec::new();
    copy.try_reserve_exact(strings.len())?;
    copy.extend_from_slice(strings);
    Counted::new(copy)
}
