// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `path_*`: a directory's descriptor and a path beneath it. Here is what they have in common, and the three that make and remove
//! names.
//!
//! All check in this order: the descriptor exists, its path lies in memory, it is a directory, it has the rights, the path is one.

pub(super) mod link;
pub(super) mod open;
pub(super) mod stat;

use crate::{
    call::{Call, Fault},
    Errno, Os, Refusal, Rights, Table, PATH_MAX,
};

/// `lookupflags`: follow a symbolic link in the last component.
const FOLLOW: u32 = 1 << 0;

/// Whether a last component is followed; `Inval` for flags that do not exist.
fn follows(lookup: u32) -> Result<bool, Errno> {
    match lookup {
        0 => Ok(false),
        FOLLOW => Ok(true),
        _ => Err(Errno::Inval),
    }
}

/// Checks what can be said of a path without looking it up.
fn check(path: &[u8]) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NoEnt);
    }
    if path.len() > PATH_MAX {
        return Err(Errno::NameTooLong);
    }
    if path.contains(&0) {
        return Err(Errno::Inval);
    }
    core::str::from_utf8(path)
        .map(drop)
        .map_err(|_| Errno::Ilseq)
}

/// A directory and a path beneath it, as the arguments of a call name them.
#[derive(Clone, Copy, Debug)]
struct Place {
    fd: u32,
    path: u32,
    len: u32,
}

impl Place {
    fn new(fd: u32, path: u32, len: u32) -> Self {
        Self { fd, path, len }
    }

    /// Checks that descriptor and memory exist: of two places, both before anything else.
    fn exists<O: Os>(self, call: &Call<'_, '_, O>) -> Result<(), Errno> {
        call.cx.table.get(self.fd)?;
        call.memory.check(self.path, self.len.into()).map(drop)
    }

    /// Checks that it is a directory with `rights`, and that the path is one. What is missing is reported about the path.
    fn allows<O: Os>(self, call: &Call<'_, '_, O>, rights: Rights) -> Result<(), Fault> {
        self.exists(call)?;
        let descriptor = call.cx.table.get(self.fd)?;
        descriptor.resource.directory().ok_or(Errno::NotDir)?;
        descriptor
            .require(rights)
            .map_err(|refusal| refusal.about(self.path, self.len))?;
        Ok(check(call.memory.bytes(self.path, self.len)?)?)
    }

    /// The directory.
    fn directory<O: Os>(self, table: &Table<O>) -> Result<&O::Directory, Errno> {
        table
            .get(self.fd)?
            .resource
            .directory()
            .ok_or(Errno::NotDir)
    }

    /// The path leads to what the directory does not give away: `Perm` for the outside.
    fn refusal(self, errno: Errno) -> Fault {
        Refusal::outside(errno, self.fd)
            .about(self.path, self.len)
            .into()
    }

    /// The path leads outside.
    fn outside(self) -> Fault {
        self.refusal(Errno::Perm)
    }

    /// What becomes of an error of the system: `Perm` is reported when it is the path's, which a look at it tells.
    fn fault<O: Os>(self, call: &mut Call<'_, '_, O>, follow: bool, errno: Errno) -> Fault {
        match errno {
            Errno::NotCapable => self.refusal(errno),
            Errno::Perm if self.leads_outside(call, follow) => self.outside(),
            _ => errno.into(),
        }
    }

    fn leads_outside<O: Os>(self, call: &mut Call<'_, '_, O>, follow: bool) -> bool {
        let Ok(path) = call.memory.bytes(self.path, self.len) else {
            return false;
        };
        let Ok(directory) = self.directory(&call.cx.table) else {
            return false;
        };
        // Nobody is ever forbidden to look at attributes but by `Acces`.
        call.cx.os.path_stat(directory, path, follow) == Err(Errno::Perm)
    }
}

/// Runs `operation` on a place that allows it.
fn at<O: Os, T>(
    call: &mut Call<'_, '_, O>,
    place: Place,
    follow: bool,
    operation: impl FnOnce(&mut O, &O::Directory, &[u8]) -> Result<T, Errno>,
) -> Result<T, Fault> {
    let path = call.memory.bytes(place.path, place.len)?;
    let directory = place.directory(&call.cx.table)?;
    operation(&mut call.cx.os, directory, path).map_err(|errno| place.fault(call, follow, errno))
}

pub(super) fn create_directory<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len);
    place.allows(call, Rights::PATH_CREATE_DIRECTORY)?;
    at(call, place, false, O::create_directory)
}

pub(super) fn remove_directory<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len);
    place.allows(call, Rights::PATH_REMOVE_DIRECTORY)?;
    at(call, place, false, O::remove_directory)
}

pub(super) fn unlink_file<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len);
    place.allows(call, Rights::PATH_UNLINK_FILE)?;
    at(call, place, false, O::unlink)
}
