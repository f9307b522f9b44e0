// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A guest whose every call on files the test makes, with any bytes as paths.

use std::{fs::File, os::fd::AsFd, path::Path};

use anyhow::{bail, Context, Result};
use libwasmk::{
    uapi::grant::GrantKind, Call, Device, Grant, GrantSource, LoadOptions, Outcome, Store,
    StoreOptions,
};

use crate::guest::tool::wasm;

/// Error numbers of WASI.
pub mod errno {
    pub const ACCES: u64 = 2;
    pub const BUSY: u64 = 10;
    pub const EXIST: u64 = 20;
    pub const FBIG: u64 = 22;
    pub const ILSEQ: u64 = 25;
    pub const INVAL: u64 = 28;
    pub const ISDIR: u64 = 31;
    pub const LOOP: u64 = 32;
    pub const NAMETOOLONG: u64 = 37;
    pub const NOENT: u64 = 44;
    pub const NOSPC: u64 = 51;
    pub const NOTDIR: u64 = 54;
    pub const NOTEMPTY: u64 = 55;
    pub const NXIO: u64 = 60;
    pub const PERM: u64 = 63;
    pub const ROFS: u64 = 69;
    pub const XDEV: u64 = 75;
    pub const NOTCAPABLE: u64 = 76;
}

/// `oflags`.
pub const CREAT: u64 = 1;
pub const DIRECTORY: u64 = 2;
pub const EXCL: u64 = 4;
pub const TRUNC: u64 = 8;

/// Rights to ask for.
pub const READ: u64 = 1 << 1 | 1 << 2 | 1 << 21;
pub const WRITE: u64 = 1 << 6 | 1 << 2 | 1 << 8 | 1 << 21 | 1 << 22 | 1 << 23;
/// All but `FD_WRITE`, which no directory has.
pub const ALL: u64 = (u64::MAX >> 34) & !(1 << 6);

const OUT: u64 = 0x100;
const IOVEC: u64 = 0x110;
const STAT: u64 = 0x200;
const PATH: u64 = 0x1000;
const OTHER: u64 = 0x4000;
const DATA: u64 = 0x8000;
const ROOM: u64 = 0x8000;

/// What a call answers: an error number, or what it is for.
pub type Answer<T> = Result<std::result::Result<T, u64>>;

/// An error number where none was expected.
pub fn failed(errno: u64) -> anyhow::Error {
    anyhow::anyhow!("errno {errno}")
}

/// Attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub ino: u64,
    pub filetype: u8,
    pub size: u64,
    pub mtim: u64,
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub next: u64,
    pub ino: u64,
    pub filetype: u8,
    pub name: String,
}

/// The guest.
pub struct Probe {
    pub store: Store,
    pub instance: u32,
}

impl Probe {
    /// With these directories as 3, 4, …; each is opened and granted by the calling thread.
    pub fn new(directories: &[impl AsRef<Path>]) -> Result<Self> {
        let device = Device::open()?;
        let module = device.load(&wasm("paths.wat")?, &LoadOptions::default())?;
        let store = device.create_store(&StoreOptions::default())?;
        let instance = store.instantiate(&module, "")?;
        let probe = Self { store, instance };
        for directory in directories {
            probe.grant(directory.as_ref())?;
        }
        Ok(probe)
    }

    /// Grants one more.
    pub fn grant(&self, directory: &Path) -> Result<u32> {
        let file = File::open(directory)?;
        Ok(self.store.grant(&Grant {
            name: directory.to_str().context("not a text")?,
            number: None,
            source: GrantSource::File(GrantKind::Directory, file.as_fd()),
        })?)
    }

    pub fn call(&self, function: &str, args: &[u64]) -> Answer<()> {
        let call = Call::export(self.instance, function, args);
        match self.store.call(&call)? {
            Outcome::Returned(values) => match values.bits.first().copied().unwrap_or(0) {
                0 => Ok(Ok(())),
                errno => Ok(Err(errno)),
            },
            other => bail!("{function}{args:?}: {other:?}"),
        }
    }

    pub fn get(&self, at: u64, len: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        self.store.read_memory(self.instance, at, &mut bytes)?;
        Ok(bytes)
    }

    pub fn put(&self, at: u64, bytes: &[u8]) -> Result<()> {
        Ok(self.store.write_memory(self.instance, at, bytes)?)
    }

    fn word(&self, at: u64) -> Result<u64> {
        let bytes = self.get(at, 4)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    }

    fn double(&self, at: u64) -> Result<u64> {
        Ok(self.word(at)? | self.word(at + 4)? << 32)
    }

    /// Puts a path where the first one goes.
    pub fn path(&self, path: &[u8]) -> Result<u64> {
        self.put(PATH, path)?;
        Ok(path.len() as u64)
    }

    fn on(&self, function: &str, fd: u64, path: &[u8]) -> Answer<()> {
        let len = self.path(path)?;
        self.call(function, &[fd, PATH, len])
    }

    /// Opens, following a link in the last component if `follow`, with all inheriting rights.
    pub fn open_with(
        &self,
        fd: u64,
        path: &[u8],
        (follow, oflags, rights, flags): (bool, u64, u64, u64),
    ) -> Answer<u64> {
        let len = self.path(path)?;
        let args = [
            fd,
            u64::from(follow),
            PATH,
            len,
            oflags,
            rights,
            u64::MAX >> 34,
            flags,
            OUT,
        ];
        Ok(match self.call("path_open", &args)? {
            Ok(()) => Ok(self.word(OUT)?),
            Err(errno) => Err(errno),
        })
    }

    /// Opens for reading, following.
    pub fn open(&self, fd: u64, path: &[u8]) -> Answer<u64> {
        self.open_with(fd, path, (true, 0, READ, 0))
    }

    /// Opens a directory, with all rights.
    pub fn open_directory(&self, fd: u64, path: &[u8]) -> Answer<u64> {
        self.open_with(fd, path, (true, DIRECTORY, ALL, 0))
    }

    /// Opens for writing, made if need be, following.
    pub fn create(&self, fd: u64, path: &[u8]) -> Answer<u64> {
        self.open_with(fd, path, (true, CREAT, WRITE, 0))
    }

    pub fn close(&self, fd: u64) -> Result<()> {
        match self.call("fd_close", &[fd])? {
            Ok(()) => Ok(()),
            Err(errno) => bail!("closing {fd}: {errno}"),
        }
    }

    fn stat_at(&self) -> Result<Stat> {
        Ok(Stat {
            ino: self.double(STAT + 8)?,
            filetype: self.word(STAT + 16)? as u8,
            size: self.double(STAT + 32)?,
            mtim: self.double(STAT + 48)?,
        })
    }

    pub fn stat(&self, fd: u64, path: &[u8], follow: bool) -> Answer<Stat> {
        let len = self.path(path)?;
        let args = [fd, u64::from(follow), PATH, len, STAT];
        Ok(match self.call("path_filestat_get", &args)? {
            Ok(()) => Ok(self.stat_at()?),
            Err(errno) => Err(errno),
        })
    }

    pub fn stat_of(&self, fd: u64) -> Answer<Stat> {
        Ok(match self.call("fd_filestat_get", &[fd, STAT])? {
            Ok(()) => Ok(self.stat_at()?),
            Err(errno) => Err(errno),
        })
    }

    pub fn set_times(&self, fd: u64, path: &[u8], ns: u64) -> Answer<()> {
        let len = self.path(path)?;
        self.call("path_filestat_set_times", &[fd, 1, PATH, len, ns, ns, 5])
    }

    pub fn mkdir(&self, fd: u64, path: &[u8]) -> Answer<()> {
        self.on("path_create_directory", fd, path)
    }

    pub fn rmdir(&self, fd: u64, path: &[u8]) -> Answer<()> {
        self.on("path_remove_directory", fd, path)
    }

    pub fn unlink(&self, fd: u64, path: &[u8]) -> Answer<()> {
        self.on("path_unlink_file", fd, path)
    }

    pub fn rename(&self, from: (u64, &[u8]), to: (u64, &[u8])) -> Answer<()> {
        let len = self.path(from.1)?;
        self.put(OTHER, to.1)?;
        let args = [from.0, PATH, len, to.0, OTHER, to.1.len() as u64];
        self.call("path_rename", &args)
    }

    pub fn link(&self, from: (u64, &[u8]), to: (u64, &[u8])) -> Answer<()> {
        let len = self.path(from.1)?;
        self.put(OTHER, to.1)?;
        let args = [from.0, 0, PATH, len, to.0, OTHER, to.1.len() as u64];
        self.call("path_link", &args)
    }

    pub fn symlink(&self, target: &[u8], fd: u64, path: &[u8]) -> Answer<()> {
        let len = self.path(path)?;
        self.put(OTHER, target)?;
        self.call("path_symlink", &[OTHER, target.len() as u64, fd, PATH, len])
    }

    pub fn readlink(&self, fd: u64, path: &[u8]) -> Answer<Vec<u8>> {
        let len = self.path(path)?;
        let args = [fd, PATH, len, DATA, ROOM, OUT];
        Ok(match self.call("path_readlink", &args)? {
            Ok(()) => Ok(self.get(DATA, self.word(OUT)? as usize)?),
            Err(errno) => Err(errno),
        })
    }

    /// Reads at most 1000 bytes.
    pub fn read(&self, fd: u64) -> Answer<Vec<u8>> {
        self.iovec(1000)?;
        Ok(match self.call("fd_read", &[fd, IOVEC, 1, OUT])? {
            Ok(()) => Ok(self.get(DATA, self.word(OUT)? as usize)?),
            Err(errno) => Err(errno),
        })
    }

    pub fn write(&self, fd: u64, bytes: &[u8]) -> Answer<usize> {
        self.put(DATA, bytes)?;
        self.iovec(bytes.len() as u32)?;
        Ok(match self.call("fd_write", &[fd, IOVEC, 1, OUT])? {
            Ok(()) => Ok(self.word(OUT)? as usize),
            Err(errno) => Err(errno),
        })
    }

    fn iovec(&self, len: u32) -> Result<()> {
        let words = [DATA as u32, len].map(u32::to_le_bytes);
        self.put(IOVEC, words.as_flattened())
    }

    /// The content of a file.
    pub fn content(&self, fd: u64, path: &[u8]) -> Answer<Vec<u8>> {
        let file = match self.open(fd, path)? {
            Ok(file) => file,
            Err(errno) => return Ok(Err(errno)),
        };
        let content = self.read(file)?;
        self.close(file)?;
        Ok(content)
    }

    /// All entries, read `room` bytes at a time.
    pub fn list(&self, fd: u64, room: u64) -> Answer<Vec<Entry>> {
        let (mut entries, mut cookie) = (Vec::new(), 0);
        loop {
            let args = [fd, DATA, room, cookie, OUT];
            if let Err(errno) = self.call("fd_readdir", &args)? {
                return Ok(Err(errno));
            }
            let used = self.word(OUT)?;
            let bytes = self.get(DATA, used as usize)?;
            let (mut at, before) = (0, entries.len());
            while let Some(head) = bytes.get(at..at + 24) {
                let number = |range: std::ops::Range<usize>| {
                    head[range]
                        .iter()
                        .rev()
                        .fold(0, |sum, &b| sum << 8 | u64::from(b))
                };
                let len = number(16..20) as usize;
                let Some(name) = bytes.get(at + 24..at + 24 + len) else {
                    break;
                };
                cookie = number(0..8);
                entries.push(Entry {
                    next: cookie,
                    ino: number(8..16),
                    filetype: head[20],
                    name: String::from_utf8_lossy(name).into_owned(),
                });
                at += 24 + len;
            }
            if used < room {
                return Ok(Ok(entries));
            }
            if entries.len() == before {
                bail!("no entry fits in {room} bytes");
            }
        }
    }
}
