// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the tests share: a guest that makes host calls, over any `Os`.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test uses a part"
)]

pub mod sim;
pub mod sim_channels;
pub mod sim_files;
pub mod sim_tree;
#[allow(unsafe_code)]
pub mod sys;
pub mod tree;

use wasmk_abi::{lookup, Context, Errno, Grant, Memory, Os, Outcome, Resource};

/// Module of the standard functions.
pub const WASI: &str = "wasi_snapshot_preview1";

/// A memory and a context: what host calls work on.
pub struct Guest<O: Os> {
    pub cx: Context<O>,
    pub memory: Vec<u8>,
}

impl<O: Os> Guest<O> {
    /// With 64 KiB of memory.
    pub fn new(os: O) -> Self {
        Self {
            cx: Context::new(os).unwrap(),
            memory: vec![0; 1 << 16],
        }
    }

    /// Makes a host call.
    pub fn outcome(&mut self, name: &str, args: &[u64]) -> (Outcome, u64) {
        let module = [WASI, "wasi", "wasmk"]
            .into_iter()
            .find(|module| lookup(module, name).is_some())
            .unwrap_or_default();
        let function = lookup(module, name).unwrap_or_else(|| panic!("no function {name}"));
        assert_eq!(function.params.len(), args.len(), "{name}");
        let mut values = vec![0; args.len().max(function.results.len()).max(1)];
        values[..args.len()].copy_from_slice(args);
        let before = values.clone();
        let outcome = self
            .cx
            .call(function.number, Memory::new(&mut self.memory), &mut values);
        if outcome == Outcome::Park {
            assert_eq!(before, values, "{name} changed its arguments and parked");
        }
        (outcome, values[0])
    }

    /// Makes a host call that answers an errno.
    pub fn call(&mut self, name: &str, args: &[u64]) -> u64 {
        let (outcome, errno) = self.outcome(name, args);
        assert_eq!(outcome, Outcome::Done, "{name}{args:?}");
        errno
    }

    /// Makes a host call that succeeds.
    #[track_caller]
    pub fn ok(&mut self, name: &str, args: &[u64]) {
        assert_eq!(self.call(name, args), 0, "{name}{args:?}");
    }

    /// Makes a host call that fails.
    #[track_caller]
    pub fn fails(&mut self, errno: Errno, name: &str, args: &[u64]) {
        assert_eq!(
            self.call(name, args),
            errno.wasi().into(),
            "{name}{args:?}: not {errno:?}"
        );
    }

    /// Grants something under a name; returns its number.
    pub fn grant(&mut self, resource: Resource<O>, name: &str) -> u64 {
        let name = name.as_bytes();
        let grant = Grant {
            resource,
            name,
            number: None,
            rights: None,
            inheriting: None,
        };
        self.cx.grant(grant).unwrap().into()
    }

    pub fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes(self.memory[at..at + 2].try_into().unwrap())
    }

    pub fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.memory[at..at + 4].try_into().unwrap())
    }

    pub fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.memory[at..at + 8].try_into().unwrap())
    }

    pub fn put(&mut self, at: usize, bytes: &[u8]) {
        self.memory[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Stores an array of buffers at `at`.
    pub fn iovecs(&mut self, at: usize, buffers: &[(u32, u32)]) {
        for (i, (pointer, len)) in buffers.iter().enumerate() {
            self.put(at + i * 8, &pointer.to_le_bytes());
            self.put(at + i * 8 + 4, &len.to_le_bytes());
        }
    }

    /// Writes `bytes` to `fd` by `fd_write`; returns how many were taken. Uses memory from 0x8000.
    pub fn write(&mut self, fd: u64, bytes: &[u8]) -> u32 {
        self.put(0x8100, bytes);
        self.iovecs(0x8000, &[(0x8100, bytes.len() as u32)]);
        self.ok("fd_write", &[fd, 0x8000, 1, 0x8010]);
        self.u32(0x8010)
    }

    /// Reads at most `len` bytes from `fd` by `fd_read`. Uses memory from 0x8000.
    pub fn read(&mut self, fd: u64, len: u32) -> Vec<u8> {
        self.iovecs(0x8000, &[(0x8100, len)]);
        self.ok("fd_read", &[fd, 0x8000, 1, 0x8010]);
        self.memory[0x8100..][..self.u32(0x8010) as usize].to_vec()
    }

    /// Waits on a queue; returns (userdata, events, fd) of each report. Uses memory from 0x9000.
    pub fn queue_wait(&mut self, queue: u64, max: u64, timeout: i64) -> Vec<(u64, u32, u32)> {
        self.ok("queue_wait", &[queue, 0x9000, max, timeout as u64, 0x8ff0]);
        (0..self.u32(0x8ff0) as usize)
            .map(|i| {
                let at = 0x9000 + i * 16;
                (self.u64(at), self.u32(at + 8), self.u32(at + 12))
            })
            .collect()
    }

    /// All entries of directory `fd`, read into a buffer of `room` bytes at a time. Uses memory from 0xa000.
    pub fn entries(&mut self, fd: u64, room: u64) -> Vec<Entry> {
        let mut found = Vec::new();
        let mut cookie = 0;
        loop {
            self.ok("fd_readdir", &[fd, 0xa000, room, cookie, 0x8ff0]);
            let used = self.u32(0x8ff0) as usize;
            let (mut at, end) = (0xa000, 0xa000 + used);
            let before = found.len();
            while at + 24 <= end {
                let len = self.u32(at + 16) as usize;
                if at + 24 + len > end {
                    break;
                }
                cookie = self.u64(at);
                found.push(Entry {
                    next: cookie,
                    ino: self.u64(at + 8),
                    kind: self.memory[at + 20],
                    name: String::from_utf8(self.memory[at + 24..at + 24 + len].to_vec()).unwrap(),
                });
                at += 24 + len;
            }
            if used < room as usize {
                return found;
            }
            assert!(found.len() > before, "no entry fits in {room} bytes");
        }
    }

    /// Makes a queue.
    pub fn queue(&mut self) -> u64 {
        self.ok("queue_create", &[0, 0x8ff0]);
        self.u32(0x8ff0).into()
    }
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub next: u64,
    pub ino: u64,
    pub kind: u8,
    pub name: String,
}

/// A clock subscription for `poll_oneoff`.
pub fn clock_subscription(userdata: u64, clock: u32, timeout: u64, flags: u16) -> [u8; 48] {
    let mut s = [0; 48];
    s[..8].copy_from_slice(&userdata.to_le_bytes());
    s[16..20].copy_from_slice(&clock.to_le_bytes());
    s[24..32].copy_from_slice(&timeout.to_le_bytes());
    s[40..42].copy_from_slice(&flags.to_le_bytes());
    s
}

/// A descriptor subscription for `poll_oneoff`: tag 1 to read, 2 to write.
pub fn fd_subscription(userdata: u64, tag: u8, fd: u32) -> [u8; 48] {
    let mut s = [0; 48];
    s[..8].copy_from_slice(&userdata.to_le_bytes());
    s[8] = tag;
    s[16..20].copy_from_slice(&fd.to_le_bytes());
    s
}
