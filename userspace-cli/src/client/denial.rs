// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Denials: what a program was refused, and why.

use wasmk_abi::Rights;
use wasmk_uapi::denial;

use super::text;

/// A host call that was refused for want of a capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Its number within the store, from 0.
    pub number: u64,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub time_ns: u64,
    /// The host function, without its module.
    pub function: String,
    /// The descriptor.
    pub fd: u32,
    /// The missing rights; none when the path leads out of its directory, or the address was not granted.
    pub missing: Rights,
    /// The path or address as the program gave it; may be empty.
    pub subject: String,
    /// The end of the subject is cut off.
    pub cut: bool,
}

impl Denial {
    pub(super) fn from_kernel(record: &denial::Denial) -> Self {
        let len = record.subject_len as usize;
        let kept = record.subject.get(..len).unwrap_or(&record.subject);
        Self {
            number: record.number,
            time_ns: record.time_ns,
            function: text(&record.function),
            fd: record.fd,
            missing: Rights::from_bits_retain(record.missing),
            subject: String::from_utf8_lossy(kept).into_owned(),
            cut: len > kept.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_become_text() {
        let mut record = denial::Denial {
            missing: Rights::PATH_OPEN.bits() | 1 << 60,
            fd: 3,
            subject_len: 4,
            ..denial::Denial::default()
        };
        record.function[..9].copy_from_slice(b"path_open");
        record.subject[..4].copy_from_slice(b"a\0\xffb");
        let denial = Denial::from_kernel(&record);
        assert_eq!(denial.function, "path_open");
        assert_eq!(denial.subject, "a\0\u{fffd}b");
        assert!(denial.missing.contains(Rights::PATH_OPEN) && !denial.cut);
        // Rights of a newer kernel are kept.
        assert_eq!(denial.missing.bits() >> 60, 1);
        record.subject_len = 300;
        let denial = Denial::from_kernel(&record);
        assert!(denial.cut);
        assert_eq!(denial.subject.chars().count(), 256);
    }
}
