// SPDX-License-Identifier: GPL-2.0
//! Open files.

use super::{
    attributes::{set_times, stat, Time},
    authority::Acting,
    check, done, events,
    ffi::{self, traits},
    ffi_files,
    iovec::{Buffers, Whole},
};
use core::ptr::NonNull;
use kernel::bindings;
use wasmk_abi::{
    Description, Errno, Events, FileStat, FileType, Gather, Position, Scatter, Whence,
};

const RWF_NOWAIT: u32 = 0x08;
const RWF_APPEND: u32 = 0x10;
const RWF_NOSIGNAL: u32 = 0x100;

/// Most bytes written at once to a file that is not known to answer instead of waiting: so much fits when it says that it is
/// writable (`PIPE_BUF`).
const SURE_WRITE: usize = 4096;

/// A reference to an open file. Dropping the last one closes the file before it returns: there is no return to user space
/// that would do it soon.
pub(crate) struct Object {
    file: NonNull<bindings::file>,
    description: Description,
    /// Takes `RWF_NOWAIT`.
    nowait: bool,
}

// SAFETY: files are shared by design; what is not constant in one is locked by the kernel functions used here.
unsafe impl Send for Object {}
// SAFETY: as above.
unsafe impl Sync for Object {}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: gives this reference up, in process context, with no lock held.
        unsafe { bindings::__fput_sync(self.file.as_ptr()) };
    }
}

impl Object {
    /// The file behind descriptor `fd` of the caller.
    ///
    /// # Errors
    ///
    /// `Badf`; `Inval` for kinds that are never granted: directories, anonymous files but eventfds, `O_DIRECT`, `O_PATH`.
    pub(crate) fn from_fd(fd: i32) -> Result<Self, Errno> {
        let fd = u32::try_from(fd).map_err(|_| Errno::Badf)?;
        // SAFETY: process context.
        let file = NonNull::new(unsafe { bindings::fget(fd) }).ok_or(Errno::Badf)?;
        // SAFETY: `fget` gave the reference.
        unsafe { Self::from_raw(file) }
    }

    /// Takes over a reference.
    ///
    /// # Safety
    ///
    /// The caller owns one reference to `file`, which this function takes, also when it fails.
    pub(super) unsafe fn from_raw(file: NonNull<bindings::file>) -> Result<Self, Errno> {
        // SAFETY: the file lives, by contract.
        let bits = unsafe { ffi::wasmk_file_traits(file.as_ptr()) };
        let mut object = Self {
            file,
            description: Description {
                filetype: FileType::Unknown,
                readable: bits & traits::READABLE != 0,
                writable: bits & traits::WRITABLE != 0,
                seekable: false,
            },
            nowait: bits & traits::NOWAIT != 0,
        };
        if bits & traits::REFUSED != 0 {
            return Err(Errno::Inval);
        }
        object.description.filetype = match bits & traits::TYPE {
            0o010000 => FileType::Unknown,
            0o020000 => FileType::CharacterDevice,
            0o100000 => FileType::RegularFile,
            0o140000 => match object.socket().map(super::SocketTraits::of) {
                Some(socket) if socket.is_datagram() => FileType::SocketDgram,
                Some(_) => FileType::SocketStream,
                None => return Err(Errno::Inval),
            },
            _ => return Err(Errno::Inval),
        };
        let has_position = matches!(
            object.description.filetype,
            FileType::RegularFile | FileType::CharacterDevice
        );
        object.description.seekable = has_position && bits & traits::SEEKABLE != 0;
        Ok(object)
    }

    /// Takes over a reference to the file of a channel's end.
    ///
    /// # Safety
    ///
    /// The caller owns one reference to `file`, which this function takes.
    pub(super) unsafe fn of_channel(file: NonNull<bindings::file>, receiving: bool) -> Self {
        Self {
            file,
            description: Description {
                filetype: FileType::Unknown,
                readable: receiving,
                writable: !receiving,
                seekable: false,
            },
            nowait: false,
        }
    }

    /// Another reference to the same file.
    pub(crate) fn share(&self) -> Self {
        // SAFETY: the file is referenced here.
        unsafe { bindings::get_file(self.as_ptr()) };
        Self {
            file: self.file,
            description: self.description,
            nowait: self.nowait,
        }
    }

    pub(super) fn as_ptr(&self) -> *mut bindings::file {
        self.file.as_ptr()
    }

    /// What it is.
    pub(crate) fn description(&self) -> Description {
        self.description
    }

    /// Its socket, if it is one; lives as long as the file.
    pub(super) fn socket(&self) -> Option<NonNull<bindings::socket>> {
        // SAFETY: the file is referenced here.
        NonNull::new(unsafe { bindings::sock_from_file(self.as_ptr()) })
    }

    fn is_regular(&self) -> bool {
        self.description.filetype == FileType::RegularFile
    }

    /// What is ready now, of `wanted`, errors and hang-ups.
    pub(super) fn poll(&self, wanted: Events) -> Events {
        // SAFETY: the file is referenced here; without a table nothing is queued.
        let poll = unsafe { ffi::wasmk_poll(self.as_ptr(), core::ptr::null_mut()) };
        events::from_poll(poll, wanted)
    }

    /// Flags by which an operation does not wait; `Again` if it would and there are none.
    fn no_wait(&self, wanted: Events) -> Result<u32, Errno> {
        if self.is_regular() {
            return Ok(0);
        }
        if self.nowait {
            return Ok(RWF_NOWAIT);
        }
        if self.poll(wanted).is_empty() {
            return Err(Errno::Again);
        }
        Ok(0)
    }

    /// See `Os::read`.
    pub(crate) fn read(&self, into: &mut Scatter<'_>, at: Position) -> Result<usize, Errno> {
        let flags = self.no_wait(Events::READ)?;
        let mut buffers = Buffers::to_fill(into, Whole::No)?;
        let mut offset = offset(at)?;
        let at = offset
            .as_mut()
            .map_or(core::ptr::null_mut(), |at| &raw mut *at);
        // Quotas, space kept for root, set-user-id bits: the opener's affair.
        let _acting = self.is_regular().then(|| self.act());
        // SAFETY: the buffers are guest memory, there while `into` lives, and only copied to.
        check(unsafe {
            ffi::wasmk_file_io(
                self.as_ptr(),
                buffers.as_mut_ptr(),
                buffers.count() as u32,
                buffers.len(),
                at,
                false,
                flags,
            )
        })
    }

    /// See `Os::write`.
    pub(crate) fn write(&self, from: &Gather<'_>, at: Position) -> Result<usize, Errno> {
        let mut flags = self.no_wait(Events::WRITE)? | RWF_NOSIGNAL;
        if at == Position::End {
            flags |= RWF_APPEND;
        }
        let mut buffers = Buffers::to_read(from, Whole::No)?;
        if !self.is_regular() && flags & RWF_NOWAIT == 0 {
            buffers.truncate(SURE_WRITE);
        }
        let mut offset = offset(at)?;
        let at = offset
            .as_mut()
            .map_or(core::ptr::null_mut(), |at| &raw mut *at);
        // Quotas, space kept for root, set-user-id bits: the opener's affair.
        let _acting = self.is_regular().then(|| self.act());
        // SAFETY: the buffers are guest memory, there while `from` lives, and only copied from.
        check(unsafe {
            ffi::wasmk_file_io(
                self.as_ptr(),
                buffers.as_mut_ptr(),
                buffers.count() as u32,
                buffers.len(),
                at,
                true,
                flags,
            )
        })
    }

    /// See `Os::seek`.
    pub(crate) fn seek(&self, offset: i64, whence: Whence) -> Result<u64, Errno> {
        if !self.description.seekable {
            return Err(Errno::Spipe);
        }
        let whence = match whence {
            Whence::Set => 0,
            Whence::Current => 1,
            Whence::End => 2,
        };
        // SAFETY: the file is referenced here, and has a position.
        let at = unsafe { ffi::wasmk_file_seek(self.as_ptr(), offset, whence) };
        check(at as isize).map(|at| at as u64)
    }

    /// See `Os::sync`.
    pub(crate) fn sync(&self, data_only: bool) -> Result<(), Errno> {
        // SAFETY: the file is referenced here.
        let result = unsafe { bindings::vfs_fsync(self.as_ptr(), data_only.into()) };
        check(result as isize).map(drop)
    }

    /// See `Os::stat`.
    pub(crate) fn stat(&self) -> Result<FileStat, Errno> {
        // SAFETY: the file is referenced here, and holds its path.
        let stat = unsafe { stat(ffi_files::wasmk_file_path(self.as_ptr())) }?;
        Ok(FileStat {
            filetype: self.description.filetype,
            ..stat
        })
    }

    /// The calling task acts with the credentials that the file was opened with: for what was opened beneath a granted directory,
    /// the grantor's.
    fn act(&self) -> Acting<'_> {
        // SAFETY: the file is referenced here, for longer than the guard lives.
        unsafe { Acting::as_opener(self.as_ptr()) }
    }

    /// See `Files::set_size`.
    pub(crate) fn set_size(&self, size: u64) -> Result<(), Errno> {
        let size = i64::try_from(size).map_err(|_| Errno::Inval)?;
        let _acting = self.act();
        // SAFETY: the file is referenced here.
        done(unsafe { ffi_files::wasmk_file_truncate(self.as_ptr(), size) })
    }

    /// See `Files::set_times`.
    pub(crate) fn set_times(&self, times: &[Time; 2]) -> Result<(), Errno> {
        let _acting = self.act();
        // SAFETY: the file is referenced here, and holds its path.
        unsafe { set_times(ffi_files::wasmk_file_path(self.as_ptr()), times) }
    }

    /// See `Files::allocate`.
    pub(crate) fn allocate(&self, offset: u64, len: u64) -> Result<(), Errno> {
        let offset = i64::try_from(offset).map_err(|_| Errno::Inval)?;
        let len = i64::try_from(len).map_err(|_| Errno::Inval)?;
        let _acting = self.act();
        // SAFETY: the file is referenced here.
        done(unsafe { ffi_files::wasmk_file_allocate(self.as_ptr(), offset, len) })
    }

    /// See `Files::advise`. `advice` is one of `POSIX_FADV_*`.
    pub(crate) fn advise(&self, offset: u64, len: u64, advice: i32) -> Result<(), Errno> {
        let offset = i64::try_from(offset).map_err(|_| Errno::Inval)?;
        let len = i64::try_from(len).map_err(|_| Errno::Inval)?;
        // SAFETY: the file is referenced here.
        done(unsafe { ffi_files::vfs_fadvise(self.as_ptr(), offset, len, advice) })
    }
}

fn offset(at: Position) -> Result<Option<i64>, Errno> {
    match at {
        Position::At(offset) => i64::try_from(offset).map(Some).map_err(|_| Errno::Inval),
        Position::Current | Position::End => Ok(None),
    }
}
