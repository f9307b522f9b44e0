// SPDX-License-Identifier: GPL-2.0
//! Objects that are file descriptors: modules and stores.

use super::ffi;
use kernel::{
    bindings,
    error::from_err_ptr,
    fs::file::{flags, File, FileDescriptorReservation},
    prelude::*,
    sync::{aref::ARef, Arc, ArcBorrow},
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
        let file = core::ptr::NonNull::new(file.cast::<File>()).ok_or(ENOMEM)?;
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
    // SAFETY: process context.
    let file = unsafe { bindings::fget(fd as u32) };
    if file.is_null() {
        return Err(EBADF);
    }
    // SAFETY: the file is referenced here.
    let object = unsafe {
        core::ptr::eq((*file).f_op, &raw const T::operations().0)
            .then(|| Arc::from(ArcBorrow::from_raw((*file).private_data.cast::<T>())))
    };
    // SAFETY: gives back the reference of `fget`.
    unsafe { bindings::fput(file) };
    object.ok_or(EBADF)
}
