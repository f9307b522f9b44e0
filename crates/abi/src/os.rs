// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the host functions need from the system they run on.
//!
//! **Nothing here blocks but [`Os::wait`] and [`Os::queue_wait`].** Operations on objects answer [`Errno::Again`] when they would
//! have to wait (regular files are always ready, and may take as long as the medium takes). So there is one place where a store
//! sleeps, and signals, kills and deadlines are met there.

use core::sync::atomic::AtomicU64;

use crate::{Address, Channels, Denial, Errno, Gather, Scatter};

/// Why a store must stop waiting, or working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A signal, stop, freeze or other task work is pending: the call is repeated when the run is resumed.
    Park,
    /// The store was killed.
    Killed,
    /// The run's deadline passed.
    Deadline,
}

/// WASI file types (`filetype`), by their numbers.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// None of the others.
    Unknown = 0,
    /// Block device.
    BlockDevice = 1,
    /// Character device: terminals, `/dev/null`.
    CharacterDevice = 2,
    /// Directory.
    Directory = 3,
    /// Regular file.
    RegularFile = 4,
    /// Datagram socket.
    SocketDgram = 5,
    /// Stream socket.
    SocketStream = 6,
    /// Symbolic link.
    SymbolicLink = 7,
}

/// What an object is and can do at all: the upper limit of its rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its type.
    pub filetype: FileType,
    /// Open for reading.
    pub readable: bool,
    /// Open for writing.
    pub writable: bool,
    /// Has a position that can be moved: regular files, and devices such as `/dev/null`, which are no terminals by that.
    pub seekable: bool,
}

/// Attributes of a file. Times in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStat {
    /// Type.
    pub filetype: FileType,
    /// Device.
    pub dev: u64,
    /// Inode.
    pub ino: u64,
    /// Hard links.
    pub nlink: u64,
    /// Size, bytes.
    pub size: u64,
    /// Last access.
    pub atim: u64,
    /// Last change of the data.
    pub mtim: u64,
    /// Last change of the inode.
    pub ctim: u64,
}

/// Where a read or write takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// At the object's own position, which moves.
    Current,
    /// At this offset; the object's position stays. Regular files only.
    At(u64),
    /// At the end; a write moves the object's position there. Regular files only.
    End,
}

/// Origin of a seek.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// The file's start.
    Set,
    /// The current position.
    Current,
    /// The file's end.
    End,
}

/// Result of a receive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Bytes stored.
    pub bytes: usize,
    /// The datagram was longer than the buffers.
    pub truncated: bool,
}

/// Why nothing moved from one socket to another: the socket in whose way it is. With [`Errno::Again`] that one is to be waited
/// for, the first until it can be read, the second until it can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpliceError {
    /// Receiving from the first.
    From(Errno),
    /// Sending to the second.
    To(Errno),
}

/// State of a connection attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connecting {
    /// Connected.
    Done,
    /// Under way: the object becomes writable when it is over, then [`Os::connect_status`] says how.
    InProgress,
}

/// Which directions of a stream to shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Both.
    Both,
}

/// Clocks of WASI (`clockid`), by their numbers.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Wall clock, since 1970.
    Realtime = 0,
    /// Monotonic; deadlines are in it.
    Monotonic = 1,
    /// CPU time of the process.
    ProcessCpu = 2,
    /// CPU time of the thread.
    ThreadCpu = 3,
}

bitflags::bitflags! {
    /// Readiness. The numbers are those of the `wasmk` import module.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Events: u32 {
        /// Reading, or accepting, would not block.
        const READ = 1;
        /// Writing would not block, or a connection attempt is over.
        const WRITE = 2;
        /// The peer hung up. Always reported.
        const HANGUP = 4;
        /// The object has an error. Always reported.
        const ERROR = 8;
    }
}

/// One object in a [`Os::wait`].
#[derive(Debug)]
pub struct Interest<'a, T> {
    /// The object.
    pub object: &'a T,
    /// What is waited for, of [`Events::READ`] and [`Events::WRITE`].
    pub events: Events,
    /// Out: what is so; empty if nothing.
    pub ready: Events,
}

/// What a readiness queue watches an object for, and how it reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchSpec {
    /// Descriptor number to report.
    pub fd: u32,
    /// The guest's word to report.
    pub userdata: u64,
    /// Of [`Events::READ`] and [`Events::WRITE`]; hang-ups and errors always count.
    pub events: Events,
    /// Report when something becomes so (edge), else while it is so (level).
    pub edge: bool,
}

/// A report of a readiness queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueEvent {
    /// [`WatchSpec::userdata`].
    pub userdata: u64,
    /// What is so.
    pub events: Events,
    /// [`WatchSpec::fd`].
    pub fd: u32,
}

/// Counters of a store, readable while it runs.
#[derive(Debug, Default)]
pub struct Counters {
    /// Host calls made; a call that parked and was resumed counts once per attempt.
    pub calls: AtomicU64,
    /// Host calls refused for want of a right, or because they ask for what lies outside of what was granted.
    pub denied: AtomicU64,
    /// Connections accepted.
    pub accepted: AtomicU64,
    /// Connections opened by dialers.
    pub connected: AtomicU64,
    /// Bytes received from sockets, pipes and files.
    pub bytes_in: AtomicU64,
    /// Bytes sent to sockets, pipes and files.
    pub bytes_out: AtomicU64,
    /// Open descriptors.
    pub descriptors: AtomicU64,
}

/// A lock of the system's. Whoever waits for it may sleep; it is held for moments only.
pub trait Lock<T>: Sized {
    /// Guards `value`; `NoMem`.
    fn new(value: T) -> Result<Self, Errno>;
    /// Calls `look` with the value, and nobody else meanwhile. It does not nest.
    fn with<R>(&self, look: impl FnOnce(&mut T) -> R) -> R;
}

/// The system. One value serves one store, which is to say one thread of a program; all methods are called by the thread that runs it.
/// What it gives away (objects, directories, dialers, queues, watches, ends of channels) is used by all threads of the program, at the
/// same time.
///
/// Buffers of guest memory ([`Scatter`], [`Gather`]) may overlap one another; a transfer may stop at any byte and report what it
/// did. `Errno::Intr` from an operation makes the call park.
pub trait Os: Channels {
    /// Addresses that may be connected to, with the grantor's credentials and network namespace.
    type Dialer;
    /// A readiness queue.
    type Queue;
    /// An object in a queue. Dropping it removes it; it may outlive the queue (then nothing is reported any more).
    type Watch;
    /// What guards the things that threads of a program share.
    type Lock<T>: Lock<T>;

    /// Where this store's counters are.
    fn counters(&self) -> &Counters;
    /// Takes note of a call that was refused for want of a right, or because it asks for what lies outside of what was granted.
    /// It is counted already. Whoever keeps no record need not do anything.
    fn denied(&mut self, denial: &Denial<'_>) {
        let _ = denial;
    }

    /// What `object` is.
    fn describe(&self, object: &Self::Object) -> Description;
    /// Attributes of `object`.
    fn stat(&self, object: &Self::Object) -> Result<FileStat, Errno>;
    /// Reads. 0 is the end of the stream or file (or empty buffers).
    fn read(
        &mut self,
        object: &Self::Object,
        into: &mut Scatter<'_>,
        at: Position,
    ) -> Result<usize, Errno>;
    /// Writes. A broken pipe or connection is `Errno::Pipe`, never a signal.
    fn write(
        &mut self,
        object: &Self::Object,
        from: &Gather<'_>,
        at: Position,
    ) -> Result<usize, Errno>;
    /// Moves the position of a regular file; returns the new one. `Errno::Spipe` on streams.
    fn seek(&mut self, object: &Self::Object, offset: i64, whence: Whence) -> Result<u64, Errno>;
    /// Writes a regular file's data (and, unless `data_only`, attributes) to its medium.
    fn sync(&mut self, object: &Self::Object, data_only: bool) -> Result<(), Errno>;

    /// Takes a connection from a listener; TCP streams have `TCP_NODELAY` set.
    fn accept(&mut self, listener: &Self::Object) -> Result<Self::Object, Errno>;
    /// Receives from a socket; `peek` leaves the bytes there. When `from` is given, the sender's address is stored in it.
    fn recv(
        &mut self,
        socket: &Self::Object,
        into: &mut Scatter<'_>,
        peek: bool,
        from: Option<&mut Address>,
    ) -> Result<Received, Errno>;
    /// Sends to a socket: to its peer, or to `to`.
    fn send(
        &mut self,
        socket: &Self::Object,
        from: &Gather<'_>,
        to: Option<&Address>,
    ) -> Result<usize, Errno>;
    /// Moves at most `max` bytes (not 0) from one stream socket to another, as they are. What it does not report as moved is
    /// still there to be received. 0 is the end of the stream `from`.
    fn splice(
        &mut self,
        from: &Self::Object,
        to: &Self::Object,
        max: usize,
    ) -> Result<usize, SpliceError>;
    /// Shuts directions of a stream down.
    fn shutdown(&mut self, socket: &Self::Object, how: Shutdown) -> Result<(), Errno>;
    /// The address of the socket's own end, or of its peer.
    fn address(&self, socket: &Self::Object, peer: bool) -> Result<Address, Errno>;

    /// Number of addresses that `dialer` may reach.
    fn dialer_addresses(&self, dialer: &Self::Dialer) -> u32;
    /// Starts a connection to address `index` of `dialer` (`Errno::Inval` when there is none such), without waiting for it.
    fn connect(
        &mut self,
        dialer: &Self::Dialer,
        index: u32,
    ) -> Result<(Self::Object, Connecting), Errno>;
    /// How a connection attempt ended: `Errno::InProgress` when it has not.
    fn connect_status(&mut self, socket: &Self::Object) -> Result<(), Errno>;

    /// Waits until one of `interests` is ready, or `deadline` (`CLOCK_MONOTONIC`, ns; `None`: forever) passes. Fills in
    /// [`Interest::ready`] and returns how many are. With a deadline in the past it only looks.
    ///
    /// It looks before it sleeps, so a pending signal stops it only when nothing is ready.
    fn wait(
        &mut self,
        interests: &mut [Interest<'_, Self::Object>],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError>;

    /// Makes a readiness queue.
    fn queue(&mut self) -> Result<Self::Queue, Errno>;
    /// Begins to watch `object`; what is so already is reported.
    fn watch(
        &mut self,
        queue: &Self::Queue,
        object: &Self::Object,
        spec: WatchSpec,
    ) -> Result<Self::Watch, Errno>;
    /// Replaces the spec of a watch, whole, and arms it anew. Of two threads' the last one counts.
    fn rewatch(
        &mut self,
        queue: &Self::Queue,
        object: &Self::Object,
        watch: &Self::Watch,
        spec: WatchSpec,
    ) -> Result<(), Errno>;
    /// Waits as [`Os::wait`] does, in time proportional to what is ready; stores at most `events.len()` reports (at least one
    /// fits) and returns their number, 0 when the deadline passed. Several threads may wait on one queue: each report goes to
    /// one of them at least.
    fn queue_wait(
        &mut self,
        queue: &Self::Queue,
        events: &mut [QueueEvent],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError>;

    /// Resolution of `clock`, ns.
    fn resolution(&self, clock: Clock) -> Result<u64, Errno>;
    /// Time of `clock`, ns.
    fn now(&self, clock: Clock) -> Result<u64, Errno>;
    /// Fills `bytes` (at most 64 KiB) with random bytes of cryptographic quality.
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Errno>;
    /// Lets others run, and asks whether to stop: called between chunks of long work.
    fn breathe(&mut self) -> Result<(), Stop>;
}

/// Why a wait ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitError {
    /// Must stop.
    Stop(Stop),
    /// Failed, e.g. `Errno::NoMem`.
    Errno(Errno),
}
