// SPDX-License-Identifier: GPL-2.0
//! The kernel behind the host functions: struct files, sockets, wait queues, clocks.
//!
//! Nothing here waits but `wait` and `queue_wait`: sockets are asked with `MSG_DONTWAIT`, other files with `RWF_NOWAIT`, or are
//! polled first where they know no such flag (terminals). Regular files take as long as their medium does. The memory of a
//! program is handed to the kernel as it is, in place.

mod channels;
mod files;
mod grant;
mod lock;
mod sys;

pub(crate) use grant::resource;

use crate::{
    store::Shared,
    sys::task::{give_way, monotonic_ns},
};
use kernel::sync::Arc;
use lock::KernelLock;
use sys::{Dialer, Object, Queue, SpliceBuffer, Watch};
use wasmk_abi::{
    Address, Clock, Connecting, Counters, Denial, Description, Errno, FileStat, Gather, Interest,
    Os, Position, QueueEvent, Received, Scatter, Shutdown, SpliceError, Stop, WaitError, WatchSpec,
    Whence,
};

type Result<T, E = Errno> = core::result::Result<T, E>;

/// CPU times are as of the last tick: nanoseconds between two (`CONFIG_HZ` is at least 100).
const TICK_NS: u64 = 10_000_000;

/// The kernel, to one store, which is one thread of a program.
pub(crate) struct KernelOs {
    shared: Arc<Shared>,
    /// Where calls and denials are counted: with threads, at the first one's.
    account: Arc<Shared>,
    splice_buffer: SpliceBuffer,
}

impl KernelOs {
    /// For the store that `shared` tells about, which is counted in `account`.
    pub(crate) fn new(shared: Arc<Shared>, account: Arc<Shared>) -> Self {
        Self {
            shared,
            account,
            splice_buffer: SpliceBuffer::new(),
        }
    }
}

impl Os for KernelOs {
    type Dialer = Dialer;
    type Queue = Queue;
    type Watch = Watch;
    type Lock<T> = KernelLock<T>;

    fn counters(&self) -> &Counters {
        &self.account.counters
    }

    fn denied(&mut self, denial: &Denial<'_>) {
        self.account.denials.push(denial);
    }

    fn describe(&self, object: &Object) -> Description {
        object.description()
    }

    fn stat(&self, object: &Object) -> Result<FileStat> {
        object.stat()
    }

    fn read(&mut self, object: &Object, into: &mut Scatter<'_>, at: Position) -> Result<usize> {
        object.read(into, at)
    }

    fn write(&mut self, object: &Object, from: &Gather<'_>, at: Position) -> Result<usize> {
        object.write(from, at)
    }

    fn seek(&mut self, object: &Object, offset: i64, whence: Whence) -> Result<u64> {
        object.seek(offset, whence)
    }

    fn sync(&mut self, object: &Object, data_only: bool) -> Result<()> {
        object.sync(data_only)
    }

    fn accept(&mut self, listener: &Object) -> Result<Object> {
        sys::accept(listener)
    }

    fn recv(
        &mut self,
        socket: &Object,
        into: &mut Scatter<'_>,
        peek: bool,
        from: Option<&mut Address>,
    ) -> Result<Received> {
        sys::recv(socket, into, peek, from)
    }

    fn send(&mut self, socket: &Object, from: &Gather<'_>, to: Option<&Address>) -> Result<usize> {
        sys::send(socket, from, to)
    }

    fn splice(&mut self, from: &Object, to: &Object, max: usize) -> Result<usize, SpliceError> {
        sys::splice(&mut self.splice_buffer, from, to, max)
    }

    fn shutdown(&mut self, socket: &Object, how: Shutdown) -> Result<()> {
        sys::shutdown(socket, how)
    }

    fn address(&self, socket: &Object, peer: bool) -> Result<Address> {
        sys::address(socket, peer)
    }

    fn dialer_addresses(&self, dialer: &Dialer) -> u32 {
        dialer.len()
    }

    fn connect(&mut self, dialer: &Dialer, index: u32) -> Result<(Object, Connecting)> {
        dialer.connect(index)
    }

    fn connect_status(&mut self, socket: &Object) -> Result<()> {
        sys::connect_status(socket)
    }

    fn wait(
        &mut self,
        interests: &mut [Interest<'_, Object>],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError> {
        sys::wait(&self.shared, interests, deadline)
    }

    fn queue(&mut self) -> Result<Queue> {
        Queue::new()
    }

    fn watch(&mut self, queue: &Queue, object: &Object, spec: WatchSpec) -> Result<Watch> {
        queue.watch(object, spec)
    }

    fn rewatch(
        &mut self,
        _queue: &Queue,
        _object: &Object,
        watch: &Watch,
        spec: WatchSpec,
    ) -> Result<()> {
        watch.change(spec);
        Ok(())
    }

    fn queue_wait(
        &mut self,
        queue: &Queue,
        events: &mut [QueueEvent],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError> {
        queue.wait(&self.shared, events, deadline)
    }

    fn resolution(&self, clock: Clock) -> Result<u64> {
        Ok(match clock {
            Clock::Realtime | Clock::Monotonic => 1,
            Clock::ProcessCpu | Clock::ThreadCpu => TICK_NS,
        })
    }

    fn now(&self, clock: Clock) -> Result<u64> {
        Ok(match clock {
            Clock::Realtime => sys::realtime(),
            Clock::Monotonic => monotonic_ns(),
            Clock::ProcessCpu => sys::cpu_time(true),
            Clock::ThreadCpu => sys::cpu_time(false),
        })
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<()> {
        sys::random(bytes);
        Ok(())
    }

    fn breathe(&mut self) -> Result<(), Stop> {
        give_way();
        match self.shared.stop() {
            Some(stop) => Err(stop),
            None => Ok(()),
        }
    }
}
