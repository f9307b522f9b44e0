// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `path_*`: a directory's descriptor and a path beneath it. Here is what they have in common, and the three that make and remove
//! names.
//!
//! All check in this order: the descriptor exists, its path lies in memory, it is a directory, it has the rights, the path is one.

pub(super) mod link;
pub(super) mod open;
pub(super) mod stat;

use alloc::vec::Vec;

use crate::{
    call::{Call, Fault},
    descriptor::Descriptor,
    Counted, Errno, Os, Refusal, Rights, PATH_MAX,
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

/// Checks what can be said of a path without looking it up; `len` is its length where it was cut off.
fn check(path: &[u8], len: u32) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NoEnt);
    }
    if len as usize > PATH_MAX {
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
        call.cx.descriptor(self.fd)?;
        call.memory.check(self.path, self.len.into()).map(drop)
    }

    /// What is there if it is a directory with `rights`, and the path is one. What is missing is reported about the path.
    fn allows<O: Os>(self, call: &mut Call<'_, '_, O>, rights: Rights) -> Result<Found<O>, Fault> {
        let descriptor = call.cx.descriptor(self.fd)?;
        call.memory.check(self.path, self.len.into())?;
        descriptor.resource.directory().ok_or(Errno::NotDir)?;
        let text = text(call, self.path, self.len)?;
        if let Err(refusal) = descriptor.require(rights) {
            call.cx.subject = text;
            return Err(refusal.about_path().into());
        }
        check(&text, self.len)?;
        Ok(Found {
            fd: self.fd,
            descriptor,
            text,
        })
    }
}

/// A copy of a path, as much of it as could be one.
fn text<O: Os>(call: &Call<'_, '_, O>, at: u32, len: u32) -> Result<Vec<u8>, Errno> {
    let mut text = Vec::new();
    call.memory
        .append(at, len.min(PATH_MAX as u32), &mut text)?;
    Ok(text)
}

/// A place that was looked at: what the number stood for, and what the path was. Nothing of it is asked for again, as other threads may
/// change both.
struct Found<O: Os> {
    fd: u32,
    descriptor: Counted<Descriptor<O>>,
    text: Vec<u8>,
}

impl<O: Os> Found<O> {
    /// The directory.
    fn directory(&self) -> Result<&O::Directory, Errno> {
        self.descriptor.resource.directory().ok_or(Errno::NotDir)
    }

    /// The path leads to what the directory does not give away: `Perm` for the outside.
    fn refusal(self, call: &mut Call<'_, '_, O>, errno: Errno) -> Fault {
        call.cx.subject = self.text;
        Refusal::outside(errno, self.fd).about_path().into()
    }

    /// The path leads outside.
    fn outside(self, call: &mut Call<'_, '_, O>) -> Fault {
        self.refusal(call, Errno::Perm)
    }

    /// What becomes of an error of the system: `Perm` is reported when it is the path's, which a look at it tells.
    fn fault(self, call: &mut Call<'_, '_, O>, follow: bool, errno: Errno) -> Fault {
        match errno {
            Errno::NotCapable => self.refusal(call, errno),
            Errno::Perm if self.leads_outside(&mut call.cx.os, follow) => self.outside(call),
            _ => errno.into(),
        }
    }

    fn leads_outside(&self, os: &mut O, follow: bool) -> bool {
        let Ok(directory) = self.directory() else {
            return false;
        };
        // Nobody is ever forbidden to look at attributes but by `Acces`.
        os.path_stat(directory, &self.text, follow) == Err(Errno::Perm)
    }
}

/// Runs `operation` on a place that allows it.
fn at<O: Os, T>(
    call: &mut Call<'_, '_, O>,
    place: Found<O>,
    follow: bool,
    operation: impl FnOnce(&mut O, &O::Directory, &[u8]) -> Result<T, Errno>,
) -> Result<T, Fault> {
    let result = operation(&mut call.cx.os, place.directory()?, &place.text);
    result.map_err(|errno| place.fault(call, follow, errno))
}

pub(super) fn create_directory<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len).allows(call, Rights::PATH_CREATE_DIRECTORY)?;
    at(call, place, false, O::create_directory)
}

pub(super) fn remove_directory<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len).allows(call, Rights::PATH_REMOVE_DIRECTORY)?;
    at(call, place, false, O::remove_directory)
}

pub(super) fn unlink_file<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len).allows(call, Rights::PATH_UNLINK_FILE)?;
    at(call, place, false, O::unlink)
}
