// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Error numbers of WASI preview 1 (`errno` in its witx), and what they are called on Linux.

macro_rules! errnos {
    ($($(#[$doc:meta])* $name:ident = $wasi:literal $(, linux $linux:literal)?;)*) => {
        /// An error number of WASI preview 1.
        #[repr(u16)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Errno {
            $($(#[$doc])* $name = $wasi,)*
        }

        impl Errno {
            /// The error with the Linux number `n` (positive); [`Errno::Io`] for one that WASI does not know.
            pub fn from_linux(n: i32) -> Self {
                match n {
                    $($($linux => Self::$name,)?)*
                    // ERESTARTSYS and its kin: a signal came, inside the kernel.
                    512..=514 | 516 => Self::Intr,
                    _ => Self::Io,
                }
            }

            /// The name of Linux for the number, positive; `EIO` for those Linux does not know.
            pub fn to_linux(self) -> i32 {
                match self {
                    $($(Self::$name => $linux,)?)*
                    _ => 5,
                }
            }
        }
    };
}

errnos! {
    /// Argument list too long.
    TooBig = 1, linux 7;
    /// Permission denied.
    Acces = 2, linux 13;
    /// Address in use.
    AddrInUse = 3, linux 98;
    /// Address not available.
    AddrNotAvail = 4, linux 99;
    /// Address family not supported.
    AfNoSupport = 5, linux 97;
    /// Would block.
    Again = 6, linux 11;
    /// Connection already in progress.
    Already = 7, linux 114;
    /// Bad file descriptor.
    Badf = 8, linux 9;
    /// Bad message.
    BadMsg = 9, linux 74;
    /// Device or resource busy.
    Busy = 10, linux 16;
    /// Operation canceled.
    Canceled = 11, linux 125;
    /// No child processes.
    Child = 12, linux 10;
    /// Connection aborted.
    ConnAborted = 13, linux 103;
    /// Connection refused.
    ConnRefused = 14, linux 111;
    /// Connection reset.
    ConnReset = 15, linux 104;
    /// Resource deadlock would occur.
    Deadlk = 16, linux 35;
    /// Destination address required.
    DestAddrReq = 17, linux 89;
    /// Argument out of domain.
    Dom = 18, linux 33;
    /// Quota exceeded.
    Dquot = 19, linux 122;
    /// File exists.
    Exist = 20, linux 17;
    /// Bad address.
    Fault = 21, linux 14;
    /// File too large.
    Fbig = 22, linux 27;
    /// Host is unreachable.
    HostUnreach = 23, linux 113;
    /// Identifier removed.
    Idrm = 24, linux 43;
    /// Illegal byte sequence.
    Ilseq = 25, linux 84;
    /// Operation in progress.
    InProgress = 26, linux 115;
    /// Interrupted.
    Intr = 27, linux 4;
    /// Invalid argument.
    Inval = 28, linux 22;
    /// Input/output error.
    Io = 29, linux 5;
    /// Socket is connected.
    IsConn = 30, linux 106;
    /// Is a directory.
    IsDir = 31, linux 21;
    /// Too many levels of symbolic links.
    Loop = 32, linux 40;
    /// Too many descriptors.
    Mfile = 33, linux 24;
    /// Too many links.
    Mlink = 34, linux 31;
    /// Message too large.
    MsgSize = 35, linux 90;
    /// Reserved.
    Multihop = 36, linux 72;
    /// Name too long.
    NameTooLong = 37, linux 36;
    /// Network is down.
    NetDown = 38, linux 100;
    /// Connection aborted by network.
    NetReset = 39, linux 102;
    /// Network unreachable.
    NetUnreach = 40, linux 101;
    /// Too many files open in system.
    Nfile = 41, linux 23;
    /// No buffer space.
    NoBufs = 42, linux 105;
    /// No such device.
    NoDev = 43, linux 19;
    /// No such file.
    NoEnt = 44, linux 2;
    /// Executable format error.
    NoExec = 45, linux 8;
    /// No locks available.
    NoLck = 46, linux 37;
    /// Reserved.
    NoLink = 47, linux 67;
    /// Out of memory.
    NoMem = 48, linux 12;
    /// No message of the desired type.
    NoMsg = 49, linux 42;
    /// Protocol not available.
    NoProtoOpt = 50, linux 92;
    /// No space left on device.
    NoSpc = 51, linux 28;
    /// Function not supported.
    NoSys = 52, linux 38;
    /// Socket not connected.
    NotConn = 53, linux 107;
    /// Not a directory.
    NotDir = 54, linux 20;
    /// Directory not empty.
    NotEmpty = 55, linux 39;
    /// State not recoverable.
    NotRecoverable = 56, linux 131;
    /// Not a socket.
    NotSock = 57, linux 88;
    /// Not supported.
    NotSup = 58, linux 95;
    /// Inappropriate I/O control operation.
    NoTty = 59, linux 25;
    /// No such device or address.
    Nxio = 60, linux 6;
    /// Value too large.
    Overflow = 61, linux 75;
    /// Previous owner died.
    OwnerDead = 62, linux 130;
    /// Operation not permitted.
    Perm = 63, linux 1;
    /// Broken pipe.
    Pipe = 64, linux 32;
    /// Protocol error.
    Proto = 65, linux 71;
    /// Protocol not supported.
    ProtoNoSupport = 66, linux 93;
    /// Protocol wrong type for socket.
    Prototype = 67, linux 91;
    /// Result too large.
    Range = 68, linux 34;
    /// Read-only file system.
    Rofs = 69, linux 30;
    /// Invalid seek.
    Spipe = 70, linux 29;
    /// No such process.
    Srch = 71, linux 3;
    /// Stale file handle.
    Stale = 72, linux 116;
    /// Connection timed out.
    TimedOut = 73, linux 110;
    /// Text file busy.
    TxtBsy = 74, linux 26;
    /// Cross-device link.
    Xdev = 75, linux 18;
    /// Capabilities insufficient.
    NotCapable = 76;
}

impl Errno {
    /// The number the guest sees.
    pub fn wasi(self) -> u16 {
        self as u16
    }
}

impl From<alloc::collections::TryReserveError> for Errno {
    fn from(_: alloc::collections::TryReserveError) -> Self {
        Self::NoMem
    }
}
