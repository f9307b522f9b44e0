// SPDX-License-Identifier: GPL-2.0
//! The caller's memory: messages by the rule of extensible structures (`wasmk_uapi`), byte strings and arrays. Everything is copied
//! once, and its size is checked before room is made for it.

use ::alloc::vec::Vec;
use core::mem::MaybeUninit;
use kernel::{
    alloc::allocator::Kmalloc,
    prelude::*,
    uaccess::{UserPtr, UserSlice},
};
use wasmk_uapi::{Bytes, Header};

/// A message, and where it came from.
pub(crate) struct Message<T: wasmk_uapi::Message> {
    /// The message; what the caller did not know of is zero.
    pub(crate) body: KBox<T>,
    address: usize,
    size: usize,
}

/// Largest structure that a caller may know of.
const SIZE_MAX: usize = 4096;

fn slice(address: usize, len: usize) -> UserSlice {
    UserSlice::new(UserPtr::from_addr(address), len)
}

fn address(pointer: u64, offset: u64) -> Result<usize> {
    let sum = pointer.checked_add(offset).ok_or(EFAULT)?;
    usize::try_from(sum).map_err(|_| EFAULT)
}

impl<T: wasmk_uapi::Message> Message<T> {
    /// Reads the message at `address`. `E2BIG` if the caller knows of more, and uses it; `EINVAL` if it is no message.
    pub(crate) fn read(address: usize) -> Result<Self> {
        let mut size = [0; 4];
        slice(address, 4).reader().read_slice(&mut size)?;
        let size = u32::from_ne_bytes(size) as usize;
        if size < size_of::<Header>() {
            return Err(EINVAL);
        }
        if size > SIZE_MAX {
            return Err(E2BIG);
        }
        let known = size.min(size_of::<T>());
        let mut reader = slice(address, size).reader();
        let mut body: KBox<MaybeUninit<T>> =
            Box::<T, Kmalloc>::new_uninit(GFP_KERNEL | __GFP_ZERO)?;
        // SAFETY: the box's bytes, zeroed by the allocation.
        let bytes = unsafe {
            core::slice::from_raw_parts_mut(body.as_mut_ptr().cast::<u8>(), size_of::<T>())
        };
        reader.read_slice(bytes.get_mut(..known).ok_or(EINVAL)?)?;
        // The size may have changed between the two reads; the first one counts.
        bytes
            .get_mut(..4)
            .ok_or(EINVAL)?
            .copy_from_slice(&(size as u32).to_ne_bytes());
        let mut rest = [0; 64];
        while !reader.is_empty() {
            let part = rest.get_mut(..reader.len().min(64)).ok_or(EINVAL)?;
            reader.read_slice(part)?;
            if part.iter().any(|&byte| byte != 0) {
                return Err(E2BIG);
            }
        }
        // SAFETY: all bytes are initialised, and messages take any (the trait's contract).
        let body = unsafe { body.assume_init() };
        Ok(Self {
            body,
            address,
            size,
        })
    }

    /// Writes the message back, as far as the caller knows it.
    pub(crate) fn write(&self) -> Result {
        let known = self.size.min(size_of::<T>());
        // SAFETY: messages have no padding (the trait's contract).
        let bytes = unsafe {
            core::slice::from_raw_parts((&raw const *self.body).cast::<u8>(), size_of::<T>())
        };
        let bytes = bytes.get(..known).ok_or(EINVAL)?;
        slice(self.address, known).writer().write_slice(bytes)
    }
}

impl<T: wasmk_uapi::Message> core::ops::Deref for Message<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T: wasmk_uapi::Message> core::ops::DerefMut for Message<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.body
    }
}

/// Copies a byte string of at most `most` bytes; `too_long` if it is longer.
///
/// As everything that a caller's numbers decide, it fails rather than have the OOM killer make room (see `alloc.rs`).
pub(crate) fn bytes(from: Bytes, most: u64, too_long: Error) -> Result<Vec<u8>> {
    if from.len > most {
        return Err(too_long);
    }
    let len = from.len as usize;
    let mut copy = Vec::new();
    copy.try_reserve_exact(len).map_err(|_| ENOMEM)?;
    copy.resize(len, 0);
    slice(address(from.ptr, 0)?, len)
        .reader()
        .read_slice(&mut copy)?;
    Ok(copy)
}

/// Copies `into.len()` bytes from `offset` of a byte string.
pub(crate) fn read(from: Bytes, offset: u64, into: &mut [u8]) -> Result {
    slice(address(from.ptr, offset)?, into.len())
        .reader()
        .read_slice(into)
}

/// Copies `bytes` to `offset` of a byte string.
pub(crate) fn write(to: Bytes, offset: u64, bytes: &[u8]) -> Result {
    slice(address(to.ptr, offset)?, bytes.len())
        .writer()
        .write_slice(bytes)
}

/// Copies an array of `count` words.
pub(crate) fn words(pointer: u64, count: usize) -> Result<KVVec<u64>> {
    let mut reader = slice(address(pointer, 0)?, count.checked_mul(8).ok_or(EFAULT)?).reader();
    let mut copy = KVVec::with_capacity(count, GFP_KERNEL)?;
    for _ in 0..count {
        copy.push(reader.read::<u64>()?, GFP_KERNEL)?;
    }
    Ok(copy)
}

/// Copies an array of words out.
pub(crate) fn write_words(pointer: u64, words: &[u64]) -> Result {
    let mut writer = slice(address(pointer, 0)?, size_of_val(words)).writer();
    words.iter().try_for_each(|word| writer.write(word))
}

/// Copies the first `len` bytes of `value` to `pointer + offset`; zeroes what lies beyond it.
pub(crate) fn write_record<T: Copy>(pointer: u64, offset: u64, value: &T, len: usize) -> Result {
    let known = len.min(size_of::<T>());
    // SAFETY: used for structures of the interface, which have no padding.
    let bytes =
        unsafe { core::slice::from_raw_parts(core::ptr::from_ref(value).cast::<u8>(), known) };
    let mut writer = slice(address(pointer, offset)?, len).writer();
    writer.write_slice(bytes)?;
    while !writer.is_empty() {
        let zeroes = [0; 64];
        writer.write_slice(zeroes.get(..writer.len().min(64)).ok_or(EINVAL)?)?;
    }
    Ok(())
}

/// An array of plain structures of the interface, copied one by one.
pub(crate) fn record<T: Copy + Default>(pointer: u64, index: usize) -> Result<T> {
    let mut value = MaybeUninit::<T>::uninit();
    let offset = index.checked_mul(size_of::<T>()).ok_or(EFAULT)? as u64;
    // SAFETY: the value's own bytes; `read_raw` initialises all of them or fails.
    let bytes = unsafe {
        core::slice::from_raw_parts_mut(
            value.as_mut_ptr().cast::<MaybeUninit<u8>>(),
            size_of::<T>(),
        )
    };
    slice(address(pointer, offset)?, size_of::<T>())
        .reader()
        .read_raw(bytes)?;
    // SAFETY: initialised; structures of the interface take any bytes.
    Ok(unsafe { value.assume_init() })
}
