// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `path_open`.

use alloc::vec::Vec;

use super::{at, follows, Place};
use crate::{
    call::{Call, Fault},
    descriptor::{FdFlags, Resource},
    Errno, OpenFlags, Opened, Os, Refusal, Rights,
};

bitflags::bitflags! {
    /// `oflags`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct OFlags: u32 {
        const CREAT = 1 << 0;
        const DIRECTORY = 1 << 1;
        const EXCL = 1 << 2;
        const TRUNC = 1 << 3;
    }
}

/// Rights that decide how a file is opened.
const ACCESS: Rights = Rights::FD_READ.union(Rights::FD_WRITE);

/// Rights that only files opened for writing have.
const WRITING: Rights = Rights::FD_WRITE
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_SET_SIZE);

/// The rights that the directory itself needs.
fn needed(oflags: OFlags) -> Rights {
    let mut rights = Rights::PATH_OPEN;
    rights.set(Rights::PATH_CREATE_FILE, oflags.contains(OFlags::CREAT));
    rights.set(
        Rights::PATH_FILESTAT_SET_SIZE,
        oflags.contains(OFlags::TRUNC),
    );
    rights
}

/// The rights that what is opened must be able to inherit.
fn needed_inheriting(base: Rights, fdflags: FdFlags) -> Rights {
    let mut rights = base & ACCESS;
    rights.set(Rights::FD_DATASYNC, fdflags.contains(FdFlags::DSYNC));
    let sync = FdFlags::RSYNC | FdFlags::SYNC;
    rights.set(Rights::FD_SYNC, fdflags.intersects(sync));
    rights
}

/// How to open for `base`.
fn how(follow: bool, oflags: OFlags, base: Rights) -> OpenFlags {
    let mut how = OpenFlags::empty();
    how.set(OpenFlags::FOLLOW, follow);
    how.set(OpenFlags::CREATE, oflags.contains(OFlags::CREAT));
    how.set(OpenFlags::DIRECTORY, oflags.contains(OFlags::DIRECTORY));
    how.set(OpenFlags::EXCLUSIVE, oflags.contains(OFlags::EXCL));
    let truncate = oflags.contains(OFlags::TRUNC);
    how.set(OpenFlags::TRUNCATE, truncate);
    how.set(OpenFlags::WRITE, truncate || base.intersects(WRITING));
    // One or the other: what is opened for nothing is opened for reading, without the right to.
    let read = base.contains(Rights::FD_READ) || !how.contains(OpenFlags::WRITE);
    how.set(OpenFlags::READ, read);
    how
}

/// Opens a file or directory.
///
/// To read and to write must be among what the directory's descriptor lets inherit, and so must what the flags need; of all
/// else that is asked for, the new descriptor gets what may be inherited and applies to it. (Language runtimes ask for all that they
/// could ever use, whatever the directory allows.)
#[allow(clippy::too_many_arguments)]
pub(in crate::functions) fn open<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    lookup: u32,
    path: u32,
    len: u32,
    oflags: u32,
    base: u64,
    inheriting: u64,
    fdflags: u32,
    out: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len);
    place.exists(call)?;
    call.memory.check(out, 4)?;
    let follow = follows(lookup)?;
    let oflags = OFlags::from_bits(oflags).ok_or(Errno::Inval)?;
    let fdflags = u16::try_from(fdflags).ok().and_then(FdFlags::from_bits);
    let fdflags = fdflags.ok_or(Errno::Inval)?;
    let base = Rights::from_bits_truncate(base);
    let inheriting = Rights::from_bits_truncate(inheriting);

    let place = place.allows(call, needed(oflags))?;
    let may = place.descriptor.inheriting();
    let missing = needed_inheriting(base, fdflags).difference(may);
    if !missing.is_empty() {
        call.cx.subject = place.text;
        return Err(Refusal::missing(fd, missing).about_path().into());
    }
    if oflags.contains(OFlags::DIRECTORY)
        && oflags.intersects(OFlags::CREAT | OFlags::EXCL | OFlags::TRUNC)
    {
        return Err(Errno::Inval.into());
    }
    // Before anything is made, so that nothing is for want of a number.
    let promise = call.cx.promise()?.beneath(&place.descriptor);
    let (base, inheriting) = (base & may, inheriting & may);
    let how = how(follow, oflags, base);
    let opened = at(call, place, follow, |os, directory, path| {
        match os.open(directory, path, how, fdflags) {
            // Directories have none of the rights that were asked for besides.
            Err(Errno::IsDir)
                if !base.contains(Rights::FD_WRITE) && !how.contains(OpenFlags::TRUNCATE) =>
            {
                let how = how.difference(OpenFlags::WRITE) | OpenFlags::READ;
                os.open(directory, path, how, fdflags)
            }
            result => result,
        }
    })?;
    let (resource, rights, flags) = match opened {
        Opened::File(file) => (Resource::Stream(file), (base, Rights::empty()), fdflags),
        Opened::Directory(directory) => {
            let resource = Resource::Directory(directory);
            (resource, (base, inheriting), FdFlags::empty())
        }
    };
    let new = promise.keep(&call.cx.os, resource, rights, (flags, false), Vec::new());
    Ok(call.memory.put_u32(out, new)?)
}
