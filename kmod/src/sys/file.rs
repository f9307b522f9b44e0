// SPDX-License-Identifier: GPL-2.0
//! Objects that are file descriptors: modules and stores.

use super::ffi;
use crate::channel::Readiness;
use core::ptr::NonNull;
use kernel::{
    bindings,
    error::from_err_ptr,
    fs::file::{flags, File, FileDescriptorReservation},
    prelude::*,
    sync::{aref::ARef, poll::PollTable, Arc, ArcBorrow},
    ModuleMetadata,
};

/// `struct file_operations`, shareable.
#[repr(transparent)]
pub(crate) struct Operations(bindings::file_operations);

// SAFETY: never written.
unsafe impl Sync for Operations {}

/// An object that a file descriptor stands for.
pub(crate) trait FileObject: Send + Sync + Sized + 'static {
    /// Name in `/proc/PID/fd`.
    const NAME: &'static CStr;
    /// Its operations: one static made by [`operations`].
    fn operations() -> &'static Operations;
    /// An ioctl.
    fn ioctl(this: ArcBorrow<'_, Self>, command: u32, argument: usize) -> Result<isize>;
    /// It can be polled.
    const POLLED: bool = false;
    /// What is so now; `table` is told when that changes.
    fn poll(_this: ArcBorrow<'_, Self>, _file: &File, _table: &PollTable<'_>) -> Readiness {
        Readiness::default()
    }
    /// The last descriptor was closed.
    fn closed(this: Arc<Self>);
}

/// The file operations of `T`. The module stays as long as a file lives.
pub(crate) const fn operations<T: FileObject>() -> Operations {
    Operations(bindings::file_operations {
        owner: <crate::LocalModule as ModuleMetadata>::THIS_MODULE.as_ptr(),
        release: Some(release::<T>),
        unlocked_ioctl: Some(ioctl::<T>),
        compat_ioctl: Some(ioctl::<T>),
        poll: if T::POLLED { Some(poll::<T>) } else { None },
        ..pin_init::zeroed()
    })
}

/// # Safety
///
/// `file` is a file of `T`'s operations.
unsafe extern "C" fn ioctl<T: FileObject>(
    file: *mut bindings::file,
    command: c_uint,
    argument: c_ulong,
) -> c_long {
    // SAFETY: the private data is an `Arc<T>` turned raw, which the file owns until its release.
    let this = unsafe { ArcBorrow::from_raw((*file).private_data.cast::<T>()) };
    match T::ioctl(this, command, argument) {
        Ok(value) => value as c_long,
        Err(error) => error.to_errno() as c_long,
    }
}

/// # Safety
///
/// `file` is a file of `T`'s operations; `table` is null or a poll table.
unsafe extern "C" fn poll<T: FileObject>(
    file: *mut bindings::file,
    table: *mut bindings::poll_table_struct,
) -> bindings::__poll_t {
    // SAFETY: as in `ioctl`; the file and the table live until the call returns.
    let ready = unsafe {
        let this = ArcBorrow::from_raw((*file).private_data.cast::<T>());
        T::poll(this, File::from_raw_file(file), &PollTable::from_raw(table))
    };
    let mut events = 0;
    for (so, bits) in [
        (ready.readable, bindings::POLLIN | bindings::POLLRDNORM),
        (ready.writable, bindings::POLLOUT | bindings::POLLWRNORM),
        (ready.hangup, bindings::POLLHUP),
    ] {
        if so {
            events |= bits;
        }
    }
    events
}

/// # Safety
///
/// `file` is a file of `T`'s operations, being released.
unsafe extern "C" fn release<T: FileObject>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: the file gives its reference up.
    T::closed(unsafe { Arc::from_raw((*file).private_data.cast::<T>()) });
    0
}

/// A new descriptor, close-on-exec, of which the caller does not know yet.
pub(crate) struct NewFd {
    number: FileDescriptorReservation,
    file: ARef<File>,
}

impl NewFd {
    /// Makes a descriptor for `object`.
    pub(crate) fn new<T: FileObject>(object: Arc<T>) -> Result<Self> {
        let number = FileDescriptorReservation::get_unused_fd_flags(flags::O_CLOEXEC)?;
        let raw = Arc::into_raw(object);
        // SAFETY: the operations are static and theirs is the private data.
        let file = from_err_ptr(unsafe {
            ffi::anon_inode_getfile(
                T::NAME.as_ptr().cast(),
                &raw const T::operations().0,
                raw.cast_mut().cast(),
                (flags::O_RDWR | flags::O_CLOEXEC) as c_int,
            )
        });
        let file = match file {
            Ok(file) => file,
            Err(error) => {
                // SAFETY: no file took the reference.
                drop(unsafe { Arc::from_raw(raw) });
                return Err(error);
            }
        };
        let file = NonNull::new(file.cast::<File>()).ok_or(ENOMEM)?;
        // SAFETY: a fresh reference.
        let file = unsafe { ARef::from_raw(file) };
        Ok(Self { number, file })
    }

    /// Its number.
    pub(crate) fn number(&self) -> i32 {
        self.number.reserved_fd() as i32
    }

    /// Makes it usable; it cannot be taken back.
    pub(crate) fn install(self) {
        self.number.fd_install(self.file);
    }
}

/// The object behind descriptor `fd` of the caller; `EBADF` if there is none of this type.
pub(crate) fn object<T: FileObject>(fd: i32) -> Result<Arc<T>> {
    let (object, file) = object_and_file(fd)?;
    // SAFETY: gives back the reference.
    unsafe { bindings::fput(file.as_ptr()) };
    Ok(object)
}

/// As [`object`], with the file, of which the caller owns a reference.
pub(crate) fn object_and_file<T: FileObject>(fd: i32) -> Result<(Arc<T>, NonNull<bindings::file>)> {
    // SAFETY: process context.
    let file = NonNull::new(unsafe { bindings::fget(fd as u32) }).ok_or(EBADF)?;
    let raw = file.as_ptr();
    // SAFETY: the file is referenced here.
    let object = unsafe {
        core::ptr::eq((*raw).f_op, &raw const T::operations().0)
            .then(|| Arc::from(ArcBorrow::from_raw((*raw).private_data.cast::<T>())))
    };
    object.map(|object| (object, file)).ok_or_else(|| {
        // SAFETY: gives back the reference of `fget`.
        unsafe { bindings::fput(raw) };
        EBADF
    })
}
