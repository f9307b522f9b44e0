// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the threads of a program share: descriptors, arguments, environment.
//!
//! **The lock.** There is one, for the table, the queues that descriptors are in, and the few words besides. It is held for a look-up or a
//! change and never while anything waits: who works with a descriptor has a reference to it, and has let go of the lock. Under it nothing
//! is closed: what is taken out is dropped afterwards. A watch may be dropped under it when its descriptor stays in the table, as that
//! has the object, too; so locks of the system's queues and objects come after it, and none before it.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::{
    descriptor::{Descriptor, FdFlags, Resource},
    os::Lock,
    seal,
    sys::Room,
    table::{Entry, Table},
    Counted, Errno, Os, Rights,
};

/// Strings, each NUL-terminated.
pub(crate) type Strings = Option<Counted<Vec<u8>>>;

/// See the module.
pub(crate) struct Group<O: Os> {
    state: O::Lock<State<O>>,
    next_id: AtomicU64,
}

/// What the lock guards.
pub(crate) struct State<O: Os> {
    pub(crate) table: Table<O>,
    pub(crate) args: Strings,
    pub(crate) environ: Strings,
    /// Key of sealed addresses, made when first needed.
    pub(crate) key: Option<seal::Key>,
}

impl<O: Os> Group<O> {
    /// One with nothing in it.
    pub(crate) fn new() -> Result<Counted<Self>, Errno> {
        let state = State {
            table: Table::new(),
            args: None,
            environ: None,
            key: None,
        };
        Counted::new(Self {
            state: O::Lock::new(state)?,
            next_id: AtomicU64::new(1),
        })
    }

    /// Holds the lock for a moment.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut State<O>) -> R) -> R {
        self.state.with(look)
    }

    /// Descriptor `fd`, or `Badf`.
    pub(crate) fn descriptor(&self, fd: u32) -> Result<Counted<Descriptor<O>>, Errno> {
        self.with(|state| Ok(state.table.get(fd)?.descriptor.clone()))
    }

    /// Publishes the number of open descriptors.
    pub(crate) fn count(state: &State<O>, os: &O) {
        let open = state.table.len();
        os.counters().descriptors.store(open.into(), Relaxed);
    }
}

/// A number for a descriptor that does not exist yet, and all the memory that it needs. Given back when it is dropped.
pub(crate) struct Promise<O: Os> {
    group: Counted<Group<O>>,
    fd: u32,
    room: Option<Room<Descriptor<O>>>,
    /// What it will be derived from.
    parent: Option<Counted<Descriptor<O>>>,
}

impl<O: Os> Promise<O> {
    /// Of number `fd`, or of the lowest free one at or above `from`.
    ///
    /// # Errors
    ///
    /// As of [`Table::promise`] and [`Table::promise_at`].
    pub(crate) fn new(
        group: &Counted<Group<O>>,
        fd: Option<u32>,
        from: u32,
    ) -> Result<Self, Errno> {
        let room = Some(Room::new()?);
        let fd = group.with(|state| match fd {
            Some(fd) => state.table.promise_at(fd).map(|()| fd),
            None => state.table.promise(from),
        })?;
        Ok(Self {
            group: group.clone(),
            fd,
            room,
            parent: None,
        })
    }

    /// What is opened has no rights that `parent` does not let inherit when it is opened: rights that were given up while a call
    /// waited are gone.
    pub(crate) fn beneath(mut self, parent: &Counted<Descriptor<O>>) -> Self {
        self.parent = Some(parent.clone());
        self
    }

    /// Opens a descriptor under the number, with at most these rights (base, inheriting), and returns the number.
    pub(crate) fn keep(
        mut self,
        os: &O,
        resource: Resource<O>,
        most: (Rights, Rights),
        (flags, read_shut): (FdFlags, bool),
        name: Vec<u8>,
    ) -> u32 {
        let Some(room) = self.room.take() else {
            return self.fd;
        };
        let (all, all_inheriting) = resource.all_rights(os);
        let id = self.group.next_id.fetch_add(1, Relaxed);
        let rights = (all & most.0, all_inheriting & most.1);
        let descriptor = Descriptor::new(resource, id, rights, flags, name);
        descriptor.shut_read(read_shut);
        let entry = Entry {
            memberships: Vec::new(),
            descriptor: room.fill(descriptor),
        };
        let refused = self.group.with(|state| {
            if let Some(parent) = &self.parent {
                let (new, may) = (&entry.descriptor, parent.inheriting());
                new.set_rights(new.rights() & may, new.inheriting() & may);
            }
            let refused = state.table.put(self.fd, entry);
            Group::count(state, os);
            refused
        });
        drop(refused);
        self.fd
    }
}

impl<O: Os> Drop for Promise<O> {
    fn drop(&mut self) {
        if self.room.is_some() {
            self.group.with(|state| state.table.cancel(self.fd));
        }
    }
}
