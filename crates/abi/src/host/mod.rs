// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! [`Os`] over file descriptors of a Linux process: for tests and native tools.

mod channel;
mod control;
mod files;
mod lock;
mod net;
mod object;
mod queue;
mod splice;
mod stream;
mod wait;

use std::sync::Arc;

use rustix::time::{clock_getres, clock_gettime, ClockId, Timespec};

pub use channel::Channel;
pub use control::Control;
pub use files::Directory;
pub use lock::HostLock;
pub use net::{Dialer, Target};
pub use object::Object;
pub use queue::{Queue, Watch};

use crate::{
    Address, Clock, Connecting, Counters, Description, Errno, FileStat, Gather, Interest, Os,
    Position, QueueEvent, Received, Scatter, Shutdown, SpliceError, Stop, WaitError, WatchSpec,
    Whence,
};

/// The process as an [`Os`]: one for each thread, with a control of its own.
#[derive(Debug)]
pub struct HostOs {
    control: Arc<Control>,
}

impl HostOs {
    /// With `control`, by which other threads stop the store.
    pub fn new(control: Arc<Control>) -> Self {
        Self { control }
    }

    /// The control it was made with.
    pub fn control(&self) -> &Arc<Control> {
        &self.control
    }
}

impl From<rustix::io::Errno> for Errno {
    fn from(errno: rustix::io::Errno) -> Self {
        Self::from_linux(errno.raw_os_error())
    }
}

impl From<rustix::io::Errno> for WaitError {
    /// An interrupted system call is a signal: the store parks.
    fn from(errno: rustix::io::Errno) -> Self {
        match Errno::from(errno) {
            Errno::Intr => Self::Stop(Stop::Park),
            errno => Self::Errno(errno),
        }
    }
}

fn clock_id(clock: Clock) -> ClockId {
    match clock {
        Clock::Realtime => ClockId::Realtime,
        Clock::Monotonic => ClockId::Monotonic,
        Clock::ProcessCpu => ClockId::ProcessCPUTime,
        Clock::ThreadCpu => ClockId::ThreadCPUTime,
    }
}

fn nanoseconds(t: Timespec) -> u64 {
    (t.tv_sec as u64)
        .saturating_mul(1_000_000_000)
        .saturating_add(t.tv_nsec as u64)
}

/// `CLOCK_MONOTONIC`, ns.
fn monotonic() -> u64 {
    nanoseconds(clock_gettime(ClockId::Monotonic))
}

impl Os for HostOs {
    type Dialer = Dialer;
    type Queue = Queue;
    type Watch = Watch;
    type Lock<T> = HostLock<T>;

    fn counters(&self) -> &Counters {
        self.control.counters()
    }

    fn describe(&self, object: &Object) -> Description {
        object.description()
    }

    fn stat(&self, object: &Object) -> Result<FileStat, Errno> {
        stream::stat(object)
    }

    fn read(
        &mut self,
        object: &Object,
        into: &mut Scatter<'_>,
        at: Position,
    ) -> Result<usize, Errno> {
        stream::read(object, into, at)
    }

    fn write(&mut self, object: &Object, from: &Gather<'_>, at: Position) -> Result<usize, Errno> {
        stream::write(object, from, at)
    }

    fn seek(&mut self, object: &Object, offset: i64, whence: Whence) -> Result<u64, Errno> {
        stream::seek(object, offset, whence)
    }

    fn sync(&mut self, object: &Object, data_only: bool) -> Result<(), Errno> {
        stream::sync(object, data_only)
    }

    fn accept(&mut self, listener: &Object) -> Result<Object, Errno> {
        net::accept(listener)
    }

    fn recv(
        &mut self,
        socket: &Object,
        into: &mut Scatter<'_>,
        peek: bool,
        from: Option<&mut Address>,
    ) -> Result<Received, Errno> {
        net::recv(socket, into, peek, from)
    }

    fn send(
        &mut self,
        socket: &Object,
        from: &Gather<'_>,
        to: Option<&Address>,
    ) -> Result<usize, Errno> {
        net::send(socket, from, to)
    }

    fn splice(&mut self, from: &Object, to: &Object, max: usize) -> Result<usize, SpliceError> {
        splice::splice(from, to, max)
    }

    fn shutdown(&mut self, socket: &Object, how: Shutdown) -> Result<(), Errno> {
        net::shutdown(socket, how)
    }

    fn address(&self, socket: &Object, peer: bool) -> Result<Address, Errno> {
        net::address(socket, peer)
    }

    fn dialer_addresses(&self, dialer: &Dialer) -> u32 {
        dialer.len()
    }

    fn connect(&mut self, dialer: &Dialer, index: u32) -> Result<(Object, Connecting), Errno> {
        net::connect(dialer, index)
    }

    fn connect_status(&mut self, socket: &Object) -> Result<(), Errno> {
        net::connect_status(socket)
    }

    fn wait(
        &mut self,
        interests: &mut [Interest<'_, Object>],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError> {
        wait::wait(&self.control, interests, deadline)
    }

    fn queue(&mut self) -> Result<Queue, Errno> {
        Queue::new()
    }

    fn watch(&mut self, queue: &Queue, object: &Object, spec: WatchSpec) -> Result<Watch, Errno> {
        queue.watch(object, spec)
    }

    fn rewatch(
        &mut self,
        _queue: &Queue,
        _object: &Object,
        watch: &Watch,
        spec: WatchSpec,
    ) -> Result<(), Errno> {
        watch.change(spec)
    }

    fn queue_wait(
        &mut self,
        queue: &Queue,
        events: &mut [QueueEvent],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError> {
        queue.wait(&self.control, events, deadline)
    }

    fn resolution(&self, clock: Clock) -> Result<u64, Errno> {
        Ok(nanoseconds(clock_getres(clock_id(clock))))
    }

    fn now(&self, clock: Clock) -> Result<u64, Errno> {
        Ok(nanoseconds(clock_gettime(clock_id(clock))))
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Errno> {
        let mut left = bytes;
        while !left.is_empty() {
            let n = rustix::rand::getrandom(&mut *left, rustix::rand::GetRandomFlags::empty())?;
            left = left.get_mut(n..).unwrap_or_default();
        }
        Ok(())
    }

    fn breathe(&mut self) -> Result<(), Stop> {
        std::thread::yield_now();
        self.control.check()
    }
}
