// SPDX-License-Identifier: GPL-2.0
//! Some entries of a directory, copied out while it was locked.

use super::{attributes::filetype, directory::Directory, ffi_files as ffi};
use core::pin::Pin;
use kernel::prelude::*;
use wasmk_abi::{DirEntry, Errno, PATH_MAX};

/// Most entries read at once.
const ENTRIES: usize = 256;
/// Room for names. One fits always.
const NAMES: usize = 2 * 4096;
/// The cookie after the last entry, for a file system that says 0, which is the first.
const END: u64 = u64::MAX;

struct Entry {
    offset: u64,
    ino: u64,
    /// As in `d_type`: type bits of the mode, shifted.
    kind: u8,
    begin: usize,
    end: usize,
}

/// See the module.
#[repr(C)]
pub(crate) struct Listing {
    /// First: the kernel knows this structure by it.
    context: ffi::DirContext,
    entries: KVec<Entry>,
    names: KVec<u8>,
    /// Where to go on after the last one.
    next: u64,
    /// A name was none.
    corrupt: bool,
}

/// Keeps an entry; false when there is no more room.
///
/// # Safety
///
/// Called by the kernel, with the context of a [`Listing`] that is being filled, and a name of `len` bytes.
unsafe extern "C" fn keep(
    context: *mut ffi::DirContext,
    name: *const u8,
    len: c_int,
    offset: i64,
    ino: u64,
    kind: c_uint,
) -> bool {
    let len = usize::try_from(len).unwrap_or(0);
    // SAFETY: by contract: the context is the first field, and `fill` lends the whole structure to this call only; the name
    // is that long, and not null when it is not empty.
    let (listing, name) = unsafe {
        let name: &[u8] = if len == 0 || name.is_null() {
            &[]
        } else {
            core::slice::from_raw_parts(name, len)
        };
        (&mut *context.cast::<Listing>(), name)
    };
    listing.keep(name, offset as u64, ino, kind as u8)
}

impl Listing {
    /// Of nothing yet.
    pub(crate) fn new() -> Result<Pin<KBox<Self>>, Errno> {
        let entries = KVec::with_capacity(ENTRIES, GFP_KERNEL_ACCOUNT);
        let names = KVec::with_capacity(NAMES, GFP_KERNEL_ACCOUNT);
        let listing = Self {
            context: ffi::DirContext {
                actor: keep,
                pos: 0,
                count: 0,
                flags: 0,
            },
            entries: entries.map_err(|_| Errno::NoMem)?,
            names: names.map_err(|_| Errno::NoMem)?,
            next: 0,
            corrupt: false,
        };
        KBox::pin(listing, GFP_KERNEL_ACCOUNT).map_err(|_| Errno::NoMem)
    }

    /// Allocates nothing: the directory is locked.
    fn keep(&mut self, name: &[u8], offset: u64, ino: u64, kind: u8) -> bool {
        if name.is_empty() || name.len() > PATH_MAX || name.contains(&b'/') {
            self.corrupt = true;
            return false;
        }
        let begin = self.names.len();
        let room = self.names.capacity().saturating_sub(begin);
        if room < name.len() || self.entries.len() == self.entries.capacity() {
            return false;
        }
        let entry = Entry {
            offset,
            ino,
            kind,
            begin,
            end: begin + name.len(),
        };
        self.names.extend_from_slice(name, GFP_NOWAIT).is_ok()
            && self.entries.push(entry, GFP_NOWAIT).is_ok()
    }

    /// See [`Directory::list`].
    pub(super) fn fill(&mut self, directory: &Directory, cookie: u64) -> Result<(), Errno> {
        self.entries.clear();
        self.names.clear();
        self.corrupt = false;
        if cookie == END {
            return Ok(());
        }
        let at = i64::try_from(cookie).map_err(|_| Errno::Inval)?;
        let context = (&raw mut *self).cast();
        self.next = directory.iterate(at, context)?;
        if self.corrupt && self.entries.is_empty() {
            return Err(Errno::Io);
        }
        Ok(())
    }

    /// The entries. Of the directory above only the name is told: `own` is the directory's inode.
    pub(crate) fn entries(&self, own: u64) -> impl Iterator<Item = DirEntry<'_>> {
        let nexts = self.entries.iter().skip(1).map(|entry| entry.offset);
        let nexts = Iterator::chain(nexts, [self.next]);
        self.entries.iter().zip(nexts).map(move |(entry, next)| {
            let name = self.names.get(entry.begin..entry.end).unwrap_or(&[]);
            DirEntry {
                next: if next == 0 { END } else { next },
                ino: if name == b".." { own } else { entry.ino },
                filetype: filetype(u16::from(entry.kind) << 12),
                name,
            }
        })
    }
}
