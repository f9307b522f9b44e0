// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Rights of descriptors: the 30 of WASI preview 1 (`rights` in its witx), and one of ours.

use crate::{Description, FileType};

bitflags::bitflags! {
    /// What may be done with a descriptor (base rights), or with those derived from it (inheriting rights). They only shrink.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Rights: u64 {
        /// `fd_datasync`; inherited, `path_open` with `DSYNC`.
        const FD_DATASYNC = 1 << 0;
        /// `fd_read`, `sock_recv`, `sock_recv_from`, `sock_splice` from, `channel_recv`; with `FD_SEEK`, `fd_pread`.
        const FD_READ = 1 << 1;
        /// `fd_seek`; implies `fd_tell`.
        const FD_SEEK = 1 << 2;
        /// `fd_fdstat_set_flags`.
        const FD_FDSTAT_SET_FLAGS = 1 << 3;
        /// `fd_sync`; inherited, `path_open` with `RSYNC` or `SYNC`.
        const FD_SYNC = 1 << 4;
        /// `fd_tell`, and `fd_seek` that does not move.
        const FD_TELL = 1 << 5;
        /// `fd_write`, `sock_send`, `sock_send_to`, `sock_splice` to, `channel_send`; with `FD_SEEK`, `fd_pwrite`.
        const FD_WRITE = 1 << 6;
        /// `fd_advise`.
        const FD_ADVISE = 1 << 7;
        /// `fd_allocate`.
        const FD_ALLOCATE = 1 << 8;
        /// `path_create_directory`.
        const PATH_CREATE_DIRECTORY = 1 << 9;
        /// `path_open` that makes a file.
        const PATH_CREATE_FILE = 1 << 10;
        /// `path_link` from here.
        const PATH_LINK_SOURCE = 1 << 11;
        /// `path_link` to here.
        const PATH_LINK_TARGET = 1 << 12;
        /// `path_open`.
        const PATH_OPEN = 1 << 13;
        /// `fd_readdir`.
        const FD_READDIR = 1 << 14;
        /// `path_readlink`.
        const PATH_READLINK = 1 << 15;
        /// `path_rename` from here.
        const PATH_RENAME_SOURCE = 1 << 16;
        /// `path_rename` to here.
        const PATH_RENAME_TARGET = 1 << 17;
        /// `path_filestat_get`.
        const PATH_FILESTAT_GET = 1 << 18;
        /// `path_open` that makes a file empty.
        const PATH_FILESTAT_SET_SIZE = 1 << 19;
        /// `path_filestat_set_times`.
        const PATH_FILESTAT_SET_TIMES = 1 << 20;
        /// `fd_filestat_get`.
        const FD_FILESTAT_GET = 1 << 21;
        /// `fd_filestat_set_size`.
        const FD_FILESTAT_SET_SIZE = 1 << 22;
        /// `fd_filestat_set_times`.
        const FD_FILESTAT_SET_TIMES = 1 << 23;
        /// `path_symlink`.
        const PATH_SYMLINK = 1 << 24;
        /// `path_remove_directory`.
        const PATH_REMOVE_DIRECTORY = 1 << 25;
        /// `path_unlink_file`.
        const PATH_UNLINK_FILE = 1 << 26;
        /// `poll_oneoff` and readiness queues.
        const POLL_FD_READWRITE = 1 << 27;
        /// `sock_shutdown`.
        const SOCK_SHUTDOWN = 1 << 28;
        /// `sock_accept`.
        const SOCK_ACCEPT = 1 << 29;
        /// `sock_connect`: not in WASI, of dialers only.
        const SOCK_CONNECT = 1 << 30;
    }
}

impl Rights {
    /// What every descriptor over an object allows.
    const OBJECT: Self = Self::FD_FDSTAT_SET_FLAGS
        .union(Self::FD_FILESTAT_GET)
        .union(Self::POLL_FD_READWRITE);

    /// All that a connected stream or datagram socket allows.
    pub const SOCKET: Self = Self::OBJECT
        .union(Self::FD_READ)
        .union(Self::FD_WRITE)
        .union(Self::SOCK_SHUTDOWN);

    /// All that a listening socket allows; what it accepts inherits [`Rights::SOCKET`].
    pub const LISTENER: Self = Self::OBJECT.union(Self::SOCK_ACCEPT);

    /// All that a dialer allows; what it connects inherits [`Rights::SOCKET`].
    pub const DIALER: Self = Self::SOCK_CONNECT;

    /// All that a regular file allows.
    pub const FILE: Self = Self::OBJECT
        .union(Self::FD_READ)
        .union(Self::FD_WRITE)
        .union(Self::FD_SEEK)
        .union(Self::FD_TELL)
        .union(Self::FD_SYNC)
        .union(Self::FD_DATASYNC)
        .union(Self::FD_ADVISE)
        .union(Self::FD_ALLOCATE)
        .union(Self::FD_FILESTAT_SET_SIZE)
        .union(Self::FD_FILESTAT_SET_TIMES);

    /// All that a directory allows.
    pub const DIRECTORY: Self = Self::FD_SYNC
        .union(Self::FD_DATASYNC)
        .union(Self::FD_READDIR)
        .union(Self::FD_FILESTAT_GET)
        .union(Self::FD_FILESTAT_SET_TIMES)
        .union(Self::PATH_CREATE_DIRECTORY)
        .union(Self::PATH_CREATE_FILE)
        .union(Self::PATH_LINK_SOURCE)
        .union(Self::PATH_LINK_TARGET)
        .union(Self::PATH_OPEN)
        .union(Self::PATH_READLINK)
        .union(Self::PATH_RENAME_SOURCE)
        .union(Self::PATH_RENAME_TARGET)
        .union(Self::PATH_FILESTAT_GET)
        .union(Self::PATH_FILESTAT_SET_SIZE)
        .union(Self::PATH_FILESTAT_SET_TIMES)
        .union(Self::PATH_SYMLINK)
        .union(Self::PATH_REMOVE_DIRECTORY)
        .union(Self::PATH_UNLINK_FILE);

    /// All that can be inherited from a directory: by the files and the directories beneath.
    pub const BENEATH: Self = Self::DIRECTORY.union(Self::FILE);

    /// What changes nothing, of [`Rights::BENEATH`]: a directory to read from has these, base and inheriting.
    pub const READ_ONLY: Self = Self::OBJECT
        .union(Self::FD_READ)
        .union(Self::FD_SEEK)
        .union(Self::FD_TELL)
        .union(Self::FD_ADVISE)
        .union(Self::FD_READDIR)
        .union(Self::PATH_OPEN)
        .union(Self::PATH_READLINK)
        .union(Self::PATH_FILESTAT_GET);

    /// All that an end of a channel allows: receiving is reading, sending is writing.
    pub fn of_channel(description: Description) -> Self {
        let mut rights = Self::FD_FDSTAT_SET_FLAGS | Self::POLL_FD_READWRITE;
        rights.set(Self::FD_READ, description.readable);
        rights.set(Self::FD_WRITE, description.writable);
        rights
    }

    /// All that a byte stream or regular file allows.
    pub fn of_stream(description: Description) -> Self {
        let mut rights = Self::OBJECT;
        rights.set(Self::FD_READ, description.readable);
        rights.set(Self::FD_WRITE, description.writable);
        match description.filetype {
            FileType::RegularFile => {
                let mut cannot = Self::empty();
                cannot.set(Self::FD_READ, !description.readable);
                cannot.set(Self::FD_WRITE, !description.writable);
                cannot.set(Self::FD_ALLOCATE, !description.writable);
                cannot.set(Self::FD_FILESTAT_SET_SIZE, !description.writable);
                return Self::FILE.difference(cannot);
            }
            FileType::SocketStream | FileType::SocketDgram => rights |= Self::SOCK_SHUTDOWN,
            // A C library takes a character device without these for a terminal.
            _ if description.seekable => rights |= Self::FD_SEEK | Self::FD_TELL,
            _ => {}
        }
        rights
    }
}
