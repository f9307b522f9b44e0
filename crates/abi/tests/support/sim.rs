// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! An `Os` in memory: objects do what the test says, time passes when somebody waits, and waits can be interrupted.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use wasmk_abi::{
    Address, Clock, Connecting, Counters, Denial, Description, Errno, Events, FileStat, FileType,
    Gather, Interest, Lock, Memory, Os, Position, QueueEvent, Received, Rights, Scatter, Shutdown,
    Span, SpliceError, Stop, WaitError, WatchSpec, Whence,
};

use super::{
    sim_files::FILE_MAX,
    sim_tree::{Kind, Node},
};

/// What an object is made of; the test holds another reference.
#[derive(Default)]
pub struct State {
    /// Bytes (streams) or messages (datagrams: one entry each) to be received.
    pub inbox: VecDeque<Vec<u8>>,
    /// The end of the stream follows.
    pub eof: bool,
    pub hangup: bool,
    /// Says that it is ready whether it is or not.
    pub liar: bool,
    /// What was written or sent.
    pub outbox: Vec<u8>,
    /// Bytes that can be written before it blocks.
    pub room: usize,
    /// Connections that can be accepted.
    pub backlog: VecDeque<Object>,
    /// A connection attempt: `None` when there is none or it is over well.
    pub connecting: Option<Errno>,
    /// Content and position of a regular file.
    pub data: Vec<u8>,
    pub position: usize,
    pub shut: Option<Shutdown>,
}

/// An object. Counts itself.
pub struct Object {
    pub state: Rc<RefCell<State>>,
    pub filetype: FileType,
    /// A file of the tree: its content is there.
    pub file: Option<Rc<Node>>,
    pub readable: bool,
    pub writable: bool,
    live: Rc<Cell<usize>>,
}

impl Drop for Object {
    fn drop(&mut self) {
        self.live.set(self.live.get() - 1);
    }
}

impl Object {
    /// The same object once more.
    pub fn share(&self) -> Self {
        self.live.set(self.live.get() + 1);
        Self {
            state: Rc::clone(&self.state),
            filetype: self.filetype,
            file: self.file.clone(),
            readable: self.readable,
            writable: self.writable,
            live: Rc::clone(&self.live),
        }
    }

    /// Looks at the content of a regular file, or changes it.
    pub fn data<R>(&self, look: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        match self.file.as_ref().map(|node| &node.kind) {
            Some(Kind::File(data)) => look(&mut data.borrow_mut()),
            _ => look(&mut self.state.borrow_mut().data),
        }
    }

    fn ready(&self, wanted: Events) -> Events {
        let state = self.state.borrow();
        let regular = self.filetype == FileType::RegularFile;
        let connecting = state.connecting == Some(Errno::InProgress);
        let readable = !state.inbox.is_empty() || state.eof || !state.backlog.is_empty();
        let mut ready = Events::empty();
        ready.set(Events::READ, regular || readable || state.liar);
        ready.set(
            Events::WRITE,
            regular || state.liar || (state.room > 0 && !connecting),
        );
        ready &= wanted;
        ready.set(Events::HANGUP, state.hangup);
        ready
    }
}

/// A step that happens when somebody would sleep.
pub type Step = Box<dyn FnOnce()>;

/// A call that was refused: function, descriptor, missing rights, subject.
pub type Denied = (&'static str, u32, Rights, Vec<u8>);

/// The world: shared by the test and the `Os`.
#[derive(Default)]
pub struct World {
    pub now: Cell<u64>,
    /// What the next sleeps do, in order.
    pub script: RefCell<VecDeque<Result<Step, Stop>>>,
    /// Answers of the next `breathe` calls.
    pub breaths: RefCell<VecDeque<Stop>>,
    pub live: Rc<Cell<usize>>,
    pub sleeps: Cell<usize>,
    /// Calls that were refused.
    pub denials: RefCell<Vec<Denied>>,
    counters: Counters,
}

impl World {
    /// A new object and its state.
    pub fn object(&self, filetype: FileType) -> (Object, Rc<RefCell<State>>) {
        let state = Rc::new(RefCell::new(State {
            room: usize::MAX,
            ..State::default()
        }));
        self.live.set(self.live.get() + 1);
        let live = Rc::clone(&self.live);
        (
            Object {
                state: Rc::clone(&state),
                filetype,
                file: None,
                readable: true,
                writable: true,
                live,
            },
            state,
        )
    }

    /// The next sleep ends with `stop`.
    pub fn interrupt(&self, stop: Stop) {
        self.script.borrow_mut().push_back(Err(stop));
    }

    /// During the next sleep this happens.
    pub fn then(&self, step: impl FnOnce() + 'static) {
        self.script.borrow_mut().push_back(Ok(Box::new(step)));
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Sleeps; false when the deadline passed.
    fn sleep(&self, deadline: Option<u64>) -> Result<bool, WaitError> {
        self.sleeps.set(self.sleeps.get() + 1);
        if deadline.is_some_and(|deadline| deadline <= self.now.get()) {
            return Ok(false);
        }
        match (self.script.borrow_mut().pop_front(), deadline) {
            (Some(Ok(step)), _) => step(),
            (Some(Err(stop)), _) => return Err(WaitError::Stop(stop)),
            (None, Some(deadline)) => self.now.set(deadline),
            (None, None) => panic!("would sleep for ever"),
        }
        Ok(true)
    }
}

/// The `Os`.
#[derive(Default)]
pub struct Sim(pub Rc<World>);

/// A dialer: the states that its addresses connect to.
pub type Dialer = Vec<(Object, Connecting)>;

type Entry = Rc<(RefCell<WatchSpec>, Rc<RefCell<State>>, FileType, Cell<bool>)>;

/// A queue: its watches, each with whether it is armed.
#[derive(Default)]
pub struct Queue(Rc<RefCell<Vec<Entry>>>);

pub struct Watch(Entry, Rc<RefCell<Vec<Entry>>>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.1
            .borrow_mut()
            .retain(|entry| !Rc::ptr_eq(entry, &self.0));
    }
}

/// A lock of one thread's: whoever takes it while it is held, be it in what happens during a sleep, has found a mistake.
pub struct SimLock<T>(RefCell<T>);

impl<T> Lock<T> for SimLock<T> {
    fn new(value: T) -> Result<Self, Errno> {
        Ok(Self(RefCell::new(value)))
    }

    fn with<R>(&self, look: impl FnOnce(&mut T) -> R) -> R {
        look(&mut self.0.try_borrow_mut().expect("the lock is held"))
    }
}

impl Os for Sim {
    type Dialer = RefCell<Dialer>;
    type Queue = Queue;
    type Watch = Watch;
    type Lock<T> = SimLock<T>;

    fn counters(&self) -> &Counters {
        &self.0.counters
    }

    fn denied(&mut self, denial: &Denial<'_>) {
        self.0.denials.borrow_mut().push((
            denial.function,
            denial.fd,
            denial.missing,
            denial.subject.to_vec(),
        ));
    }

    fn describe(&self, object: &Object) -> Description {
        Description {
            filetype: object.filetype,
            readable: object.readable,
            writable: object.writable,
            seekable: object.filetype == FileType::RegularFile,
        }
    }

    fn stat(&self, object: &Object) -> Result<FileStat, Errno> {
        if let Some(node) = &object.file {
            return Ok(node.stat());
        }
        let size = object.data(|data| data.len()) as u64;
        Ok(FileStat {
            filetype: object.filetype,
            dev: 1,
            ino: 2,
            nlink: 3,
            size,
            atim: 5,
            mtim: 6,
            ctim: 7,
        })
    }

    fn read(&mut self, o: &Object, into: &mut Scatter<'_>, at: Position) -> Result<usize, Errno> {
        if o.filetype != FileType::RegularFile {
            return self
                .recv(o, into, false, None)
                .map(|received| received.bytes);
        }
        let from = match at {
            Position::At(offset) => offset as usize,
            _ => o.state.borrow().position,
        };
        let n = o.data(|data| into.store(data.get(from..).unwrap_or_default()));
        if at == Position::Current {
            o.state.borrow_mut().position += n;
        }
        Ok(n)
    }

    fn write(&mut self, o: &Object, from: &Gather<'_>, at: Position) -> Result<usize, Errno> {
        if o.filetype != FileType::RegularFile {
            return self.send(o, from, None);
        }
        let to = match at {
            Position::At(offset) => offset as usize,
            Position::End => o.data(|data| data.len()),
            Position::Current => o.state.borrow().position,
        };
        let mut bytes = vec![0; from.len()];
        from.load(&mut bytes);
        let end = to.saturating_add(bytes.len());
        if end as u64 > FILE_MAX {
            return Err(Errno::Fbig);
        }
        o.data(|data| {
            data.resize(data.len().max(end), 0);
            data[to..end].copy_from_slice(&bytes);
        });
        if !matches!(at, Position::At(_)) {
            o.state.borrow_mut().position = end;
        }
        Ok(bytes.len())
    }

    fn seek(&mut self, o: &Object, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let base = match whence {
            Whence::Set => 0,
            Whence::Current => o.state.borrow().position,
            Whence::End => o.data(|data| data.len()),
        };
        let to = (base as i64)
            .checked_add(offset)
            .filter(|to| *to >= 0)
            .ok_or(Errno::Inval)?;
        o.state.borrow_mut().position = to as usize;
        Ok(to as u64)
    }

    fn sync(&mut self, _: &Object, _: bool) -> Result<(), Errno> {
        Ok(())
    }

    fn accept(&mut self, listener: &Object) -> Result<Object, Errno> {
        listener
            .state
            .borrow_mut()
            .backlog
            .pop_front()
            .ok_or(Errno::Again)
    }

    fn recv(
        &mut self,
        o: &Object,
        into: &mut Scatter<'_>,
        peek: bool,
        from: Option<&mut Address>,
    ) -> Result<Received, Errno> {
        let mut state = o.state.borrow_mut();
        let Some(mut message) = state.inbox.pop_front() else {
            return if state.eof {
                Ok(Received::default())
            } else {
                Err(Errno::Again)
            };
        };
        if let Some(from) = from {
            *from = Address::v4([192, 0, 2, 1].into(), 9);
        }
        let n = into.store(&message);
        let left = message.split_off(n);
        let datagram = o.filetype == FileType::SocketDgram;
        let truncated = datagram && !left.is_empty();
        if peek {
            message.extend(left);
            state.inbox.push_front(message);
        } else if !left.is_empty() && !datagram {
            state.inbox.push_front(left);
        }
        Ok(Received {
            bytes: n,
            truncated,
        })
    }

    fn send(
        &mut self,
        o: &Object,
        from: &Gather<'_>,
        _to: Option<&Address>,
    ) -> Result<usize, Errno> {
        let mut state = o.state.borrow_mut();
        if state.hangup {
            return Err(Errno::Pipe);
        }
        if state.room == 0 {
            return Err(Errno::Again);
        }
        let mut bytes = vec![0; from.len().min(state.room)];
        let n = from.load(&mut bytes);
        state.room -= n;
        state.outbox.extend(bytes);
        Ok(n)
    }

    fn splice(&mut self, from: &Object, to: &Object, max: usize) -> Result<usize, SpliceError> {
        let mut buffer = vec![0; max.min(1000)];
        let spans = [Span::whole(buffer.len())];
        let n = self
            .recv(
                from,
                &mut Memory::new(&mut buffer).scatter(&spans),
                true,
                None,
            )
            .map_err(SpliceError::From)?
            .bytes;
        if n == 0 {
            return Ok(0);
        }
        let spans = [Span::whole(n)];
        let n = self
            .send(to, &Gather::new(&buffer, &spans), None)
            .map_err(SpliceError::To)?;
        let spans = [Span::whole(n)];
        let taken = self.recv(
            from,
            &mut Memory::new(&mut buffer).scatter(&spans),
            false,
            None,
        );
        assert_eq!(taken.unwrap().bytes, n);
        Ok(n)
    }

    fn shutdown(&mut self, o: &Object, how: Shutdown) -> Result<(), Errno> {
        o.state.borrow_mut().shut = Some(how);
        Ok(())
    }

    fn address(&self, _: &Object, peer: bool) -> Result<Address, Errno> {
        Ok(Address::v4(
            [192, 0, 2, if peer { 1 } else { 2 }].into(),
            80,
        ))
    }

    fn dialer_addresses(&self, dialer: &Self::Dialer) -> u32 {
        dialer.borrow().len() as u32
    }

    fn connect(
        &mut self,
        dialer: &Self::Dialer,
        index: u32,
    ) -> Result<(Object, Connecting), Errno> {
        let mut dialer = dialer.borrow_mut();
        if index as usize >= dialer.len() {
            return Err(Errno::Inval);
        }
        Ok(dialer.remove(index as usize))
    }

    fn connect_status(&mut self, o: &Object) -> Result<(), Errno> {
        match o.state.borrow().connecting {
            Some(errno) => Err(errno),
            None => Ok(()),
        }
    }

    fn wait(
        &mut self,
        interests: &mut [Interest<'_, Object>],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError> {
        loop {
            let mut count = 0;
            for interest in interests.iter_mut() {
                interest.ready = interest.object.ready(interest.events);
                count += usize::from(!interest.ready.is_empty());
            }
            if count > 0 || !self.0.sleep(deadline)? {
                return Ok(count);
            }
        }
    }

    fn queue(&mut self) -> Result<Queue, Errno> {
        Ok(Queue::default())
    }

    fn watch(&mut self, queue: &Queue, o: &Object, spec: WatchSpec) -> Result<Watch, Errno> {
        let state = Rc::clone(&o.state);
        let entry = Rc::new((RefCell::new(spec), state, o.filetype, Cell::new(true)));
        queue.0.borrow_mut().push(Rc::clone(&entry));
        Ok(Watch(entry, Rc::clone(&queue.0)))
    }

    fn rewatch(
        &mut self,
        _: &Queue,
        _: &Object,
        watch: &Watch,
        spec: WatchSpec,
    ) -> Result<(), Errno> {
        *watch.0 .0.borrow_mut() = spec;
        watch.0 .3.set(true);
        Ok(())
    }

    fn queue_wait(
        &mut self,
        queue: &Queue,
        events: &mut [QueueEvent],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError> {
        loop {
            let mut count = 0;
            for entry in queue.0.borrow().iter() {
                let spec = *entry.0.borrow();
                self.0.live.set(self.0.live.get() + 1);
                let live = Rc::clone(&self.0.live);
                let o = Object {
                    state: Rc::clone(&entry.1),
                    filetype: entry.2,
                    file: None,
                    readable: true,
                    writable: true,
                    live,
                };
                let ready = o.ready(spec.events);
                if ready.is_empty() || !entry.3.get() || count == events.len() {
                    continue;
                }
                entry.3.set(!spec.edge);
                events[count] = QueueEvent {
                    userdata: spec.userdata,
                    events: ready,
                    fd: spec.fd,
                };
                count += 1;
            }
            if count > 0 || !self.0.sleep(deadline)? {
                return Ok(count);
            }
        }
    }

    fn resolution(&self, _: Clock) -> Result<u64, Errno> {
        Ok(1)
    }

    fn now(&self, clock: Clock) -> Result<u64, Errno> {
        let offset = if clock == Clock::Realtime {
            1_000_000
        } else {
            0
        };
        Ok(self.0.now.get() + offset)
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Errno> {
        assert!(bytes.len() <= 64 << 10);
        bytes.fill(0x5a);
        Ok(())
    }

    fn breathe(&mut self) -> Result<(), Stop> {
        match self.0.breaths.borrow_mut().pop_front() {
            Some(stop) => Err(stop),
            None => Ok(()),
        }
    }
}
