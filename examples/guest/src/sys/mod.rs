// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The imported functions, each behind one that is safe to call.

#![allow(unsafe_code)]

mod imports;

use crate::queue::Event;
use crate::Errno;

fn check(errno: i32) -> Result<(), Errno> {
    match errno {
        0 => Ok(()),
        number => Err(Errno(number as u16)),
    }
}

#[repr(C)]
struct Buffer {
    start: *mut u8,
    len: usize,
}

#[repr(C)]
struct ConstBuffer {
    start: *const u8,
    len: usize,
}

/// The `fdstat` structure of WASI preview 1.
#[repr(C)]
#[derive(Default)]
struct Status {
    kind: u8,
    flags: u16,
    rights: u64,
    inheriting: u64,
}

const STREAM_SOCKET: u8 = 6;
const NONBLOCK: i32 = 4;
const RIGHT_ACCEPT: u64 = 1 << 29;
const CLOCK_MONOTONIC: i32 = 1;
/// In place of a descriptor's number.
const NO_DESCRIPTOR: u32 = u32::MAX;
const LONGEST_ADDRESS: usize = 128;

fn status(fd: u32) -> Result<Status, Errno> {
    let mut status = Status::default();
    // SAFETY: the pointer is to a writable structure of the layout that the function fills in.
    check(unsafe { imports::fd_fdstat_get(fd as i32, (&raw mut status).cast()) })?;
    Ok(status)
}

pub(crate) fn is_stream_socket(fd: u32) -> Option<bool> {
    status(fd).ok().map(|s| s.kind == STREAM_SOCKET)
}

pub(crate) fn may_accept(fd: u32) -> bool {
    status(fd).is_ok_and(|s| s.rights & RIGHT_ACCEPT != 0)
}

pub(crate) fn set_nonblocking(fd: u32) -> Result<(), Errno> {
    let flags = i32::from(status(fd)?.flags);
    // SAFETY: takes numbers only.
    check(unsafe { imports::fd_fdstat_set_flags(fd as i32, flags | NONBLOCK) })
}

pub(crate) fn close(fd: u32) {
    // SAFETY: takes a number only. A failure would mean that there is nothing to close.
    let _ = unsafe { imports::fd_close(fd as i32) };
}

pub(crate) fn monotonic() -> u64 {
    let mut time = 0u64;
    // SAFETY: the pointer is to a writable u64. The clock is always there; if not, time stands still.
    let _ = unsafe { imports::clock_time_get(CLOCK_MONOTONIC, 1, &mut time) };
    time
}

pub(crate) fn accept(listener: u32, nonblocking: bool) -> Result<u32, Errno> {
    let (mut fd, flags) = (0u32, if nonblocking { NONBLOCK } else { 0 });
    // SAFETY: the pointer is to a writable u32.
    check(unsafe { imports::sock_accept(listener as i32, flags, &mut fd) })?;
    Ok(fd)
}

pub(crate) fn recv(fd: u32, buffer: &mut [u8]) -> Result<usize, Errno> {
    let part = Buffer {
        start: buffer.as_mut_ptr(),
        len: buffer.len(),
    };
    let (mut count, mut flags) = (0usize, 0u16);
    let list = (&raw const part).cast();
    // SAFETY: the list has one part, which is the writable `buffer`; both results are writable.
    check(unsafe { imports::sock_recv(fd as i32, list, 1, 0, &mut count, &mut flags) })?;
    Ok(count)
}

pub(crate) fn send(fd: u32, parts: &[&[u8]]) -> Result<usize, Errno> {
    const EMPTY: ConstBuffer = ConstBuffer {
        start: core::ptr::null(),
        len: 0,
    };
    let mut list = [EMPTY; 4];
    let mut used = 0;
    let full = parts.iter().filter(|p| !p.is_empty());
    for (slot, part) in list.iter_mut().zip(full) {
        *slot = ConstBuffer {
            start: part.as_ptr(),
            len: part.len(),
        };
        used += 1;
    }
    let mut count = 0usize;
    let list = list.as_ptr().cast();
    // SAFETY: the first `used` parts of the list are readable slices; the result is writable.
    check(unsafe { imports::sock_send(fd as i32, list, used, 0, &mut count) })?;
    Ok(count)
}

pub(crate) fn shutdown(fd: u32, how: u8) -> Result<(), Errno> {
    // SAFETY: takes numbers only.
    check(unsafe { imports::sock_shutdown(fd as i32, i32::from(how)) })
}

pub(crate) fn find(name: &str) -> Result<u32, Errno> {
    let mut fd = 0u32;
    // SAFETY: the name is readable for its length, the result writable.
    check(unsafe { imports::grant_find(name.as_ptr(), name.len(), &mut fd) })?;
    Ok(fd)
}

pub(crate) fn dialer_addresses(dialer: u32) -> Result<u32, Errno> {
    let mut count = 0u32;
    // SAFETY: the pointer is to a writable u32.
    check(unsafe { imports::dialer_addresses(dialer as i32, &mut count) })?;
    Ok(count)
}

/// The new descriptor and how connecting went so far; no descriptor if it failed at once.
pub(crate) fn connect(
    dialer: u32,
    index: u32,
    nonblocking: bool,
) -> Result<(u32, Result<(), Errno>), Errno> {
    let mut fd = 0u32;
    // SAFETY: the pointer is to a writable u32.
    let errno = unsafe {
        imports::sock_connect(dialer as i32, index as i32, i32::from(nonblocking), &mut fd)
    };
    match check(errno) {
        Ok(()) => Ok((fd, Ok(()))),
        Err(Errno::INPROGRESS) => Ok((fd, Err(Errno::INPROGRESS))),
        Err(error) => Err(error),
    }
}

pub(crate) fn connect_status(fd: u32) -> Result<(), Errno> {
    // SAFETY: takes a number only.
    check(unsafe { imports::sock_connect_status(fd as i32) })
}

pub(crate) fn peer_address(fd: u32) -> Result<String, Errno> {
    let mut text = [0u8; LONGEST_ADDRESS];
    let mut len = 0usize;
    // SAFETY: the text is writable for the length given, and so is the result.
    check(unsafe {
        imports::sock_peer_address(fd as i32, text.as_mut_ptr(), text.len(), &mut len)
    })?;
    let text = text.get(..len).unwrap_or(&[]);
    Ok(String::from_utf8_lossy(text).into_owned())
}

/// Whether it went, and how many bytes were moved; if it would have to wait, for what: 1 to receive, 2 to send.
pub(crate) fn splice(
    from: u32,
    to: u32,
    max: usize,
    nonblocking: bool,
) -> Result<(bool, usize), Errno> {
    let (mut moved, flags) = (0usize, i32::from(nonblocking));
    // SAFETY: the pointer is to a writable usize.
    match check(unsafe { imports::sock_splice(from as i32, to as i32, max, flags, &mut moved) }) {
        Ok(()) => Ok((true, moved)),
        Err(Errno::AGAIN) => Ok((false, moved)),
        Err(error) => Err(error),
    }
}

pub(crate) fn queue_create() -> Result<u32, Errno> {
    let mut fd = 0u32;
    // SAFETY: the pointer is to a writable u32.
    check(unsafe { imports::queue_create(0, &mut fd) })?;
    Ok(fd)
}

pub(crate) fn queue_control(
    queue: u32,
    op: i32,
    fd: u32,
    events: u32,
    userdata: u64,
) -> Result<(), Errno> {
    let (queue, fd, events) = (queue as i32, fd as i32, events as i32);
    // SAFETY: takes numbers only.
    check(unsafe { imports::queue_control(queue, op, fd, events, userdata as i64) })
}

pub(crate) fn queue_wait(queue: u32, events: &mut [Event], timeout: i64) -> Result<usize, Errno> {
    let mut count = 0usize;
    let (start, room) = (events.as_mut_ptr().cast(), events.len());
    // SAFETY: `events` is writable for `room` structures of the layout that the function writes; so is the result.
    check(unsafe { imports::queue_wait(queue as i32, start, room, timeout, &mut count) })?;
    Ok(count)
}

/// Passes a descriptor with these base and inheriting rights, if there is one.
pub(crate) fn channel_send(
    channel: u32,
    data: &[u8],
    passing: Option<(u32, u64, u64)>,
) -> Result<(), Errno> {
    let (fd, rights, inheriting) = passing.unwrap_or((NO_DESCRIPTOR, 0, 0));
    let (channel, fd, rights, inheriting) =
        (channel as i32, fd as i32, rights as i64, inheriting as i64);
    // SAFETY: the data is readable for its length.
    check(unsafe {
        imports::channel_send(channel, fd, rights, inheriting, data.as_ptr(), data.len())
    })
}

pub(crate) fn channel_recv(channel: u32, data: &mut [u8]) -> Result<(usize, Option<u32>), Errno> {
    let (mut len, mut fd) = (0usize, NO_DESCRIPTOR);
    let (start, room) = (data.as_mut_ptr(), data.len());
    // SAFETY: the data is writable for its length, and so are both results.
    check(unsafe { imports::channel_recv(channel as i32, start, room, &mut len, &mut fd) })?;
    Ok((len, Some(fd).filter(|fd| *fd != NO_DESCRIPTOR)))
}

pub(crate) fn log(level: u32, text: &str) -> Result<(), Errno> {
    // SAFETY: the text is readable for its length.
    check(unsafe { imports::log(level as i32, text.as_ptr(), text.len()) })
}
