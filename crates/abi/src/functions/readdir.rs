// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_readdir`.

use crate::{
    call::{Call, Fault},
    context::Pending,
    DirEntry, Errno, Memory, Os, Rights,
};

/// Entries between two looks at whether to stop.
const ENTRIES_MAX: u32 = 1024;

/// Bytes of a `dirent`, before its name.
const DIRENT_SIZE: usize = 24;

/// Where entries go.
struct Buffer<'a> {
    memory: Memory<'a>,
    at: u32,
    len: u32,
    used: u32,
}

impl Buffer<'_> {
    /// Stores as much of `bytes` as there is room for.
    fn put(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        let room = self.len.saturating_sub(self.used) as usize;
        let now = bytes.get(..room).unwrap_or(bytes);
        // Cannot overflow: the buffer lies in memory.
        self.memory.put(self.at.wrapping_add(self.used), now)?;
        self.used += now.len() as u32;
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.used >= self.len
    }

    /// Stores a `dirent` and its name, cut off where the buffer ends.
    fn entry(&mut self, entry: &DirEntry<'_>, ino: u64) -> Result<(), Errno> {
        let mut dirent = [0; DIRENT_SIZE];
        let kind = entry.name.len() as u64 | (entry.filetype as u64) << 32;
        for (to, word) in dirent.chunks_exact_mut(8).zip([entry.next, ino, kind]) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        self.put(&dirent)?;
        self.put(entry.name)
    }
}

/// Stores the entries from `cookie` on, each a `dirent` (next cookie, inode, length of the name, type; 24 bytes) and its name, until
/// the buffer is full: the last entry is cut off there, and less than the whole buffer used means that there are no more.
///
/// The inode told for `..` is that of the directory itself, as is that of `.`, which file systems in layers tell differently:
/// nothing is told about what is outside.
pub(super) fn readdir<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    buf: u32,
    len: u32,
    cookie: u64,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    call.memory.check(buf, len.into())?;
    call.memory.check(out, 4)?;
    let (used, mut cookie) = match call.cx.pending.take() {
        Some(Pending::Entries(used, cookie)) => (used, cookie),
        _ => (0, cookie),
    };
    let os = &mut call.cx.os;
    let directory = descriptor.resource.directory().ok_or(Errno::NotDir)?;
    descriptor.require(Rights::FD_READDIR)?;
    let own = os.directory_stat(directory)?.ino;
    let mut buffer = Buffer {
        memory: call.memory,
        at: buf,
        len,
        used,
    };
    loop {
        let mut left = ENTRIES_MAX;
        let mut stored = Ok(());
        os.read_directory(directory, cookie, &mut |entry| {
            if left == 0 || buffer.is_full() {
                return false;
            }
            let dots = entry.name == b"." || entry.name == b"..";
            let ino = if dots { own } else { entry.ino };
            stored = buffer.entry(&entry, ino);
            if stored.is_err() {
                return false;
            }
            cookie = entry.next;
            left -= 1;
            true
        })?;
        stored?;
        if left > 0 || buffer.is_full() {
            break;
        }
        if let Err(stop) = os.breathe() {
            call.cx.pending = Some(Pending::Entries(buffer.used, cookie));
            return Err(stop.into());
        }
    }
    let used = buffer.used;
    Ok(call.memory.put_u32(out, used)?)
}
