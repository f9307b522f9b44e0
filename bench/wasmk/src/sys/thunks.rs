// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A return thunk and a retpoline as the kernel has them, in a page near the code.
//!
//! The return thunk is the plain one (`ret; int3`): what a kernel patches in beyond that depends on the CPU. The
//! retpoline is the kernel's for `r11`.

use rustix::mm::{mmap_anonymous, mprotect, MapFlags, MprotectFlags, ProtFlags};

const RETPOLINE: usize = 64;
const CODE: [(usize, &[u8]); 2] = [
    (0, &[0xc3, 0xcc]),
    (
        RETPOLINE,
        &[
            0xe8, 0x07, 0x00, 0x00, 0x00, // call 1f
            0xf3, 0x90, // 2: pause
            0x0f, 0xae, 0xe8, // lfence
            0xeb, 0xf9, // jmp 2b
            0x4c, 0x89, 0x1c, 0x24, // 1: mov [rsp], r11
            0xc3, 0xcc, // ret
        ],
    ),
];

/// Addresses of the thunks.
pub struct Thunks {
    /// `jmp` here returns.
    pub ret: u64,
    /// `call` or `jmp` here goes to the address in `r11`.
    pub indirect: u64,
}

impl Thunks {
    /// Makes them, for the rest of the process. To be called before anything is compiled: then the region of code comes to
    /// lie next to them.
    pub fn new() -> Result<Self, String> {
        let len = 4096;
        // SAFETY: a new mapping at an address of the kernel's choice, never unmapped.
        let page = unsafe {
            mmap_anonymous(
                core::ptr::null_mut(),
                len,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE,
            )
        }
        .map_err(|error| error.to_string())?;
        for (offset, bytes) in CODE {
            // SAFETY: both pieces lie in the new page, which nothing else refers to.
            unsafe {
                core::ptr::copy_nonoverlapping(
                    bytes.as_ptr(),
                    page.cast::<u8>().add(offset),
                    bytes.len(),
                );
            }
        }
        // SAFETY: our own page, which nobody writes any more.
        unsafe { mprotect(page, len, MprotectFlags::READ | MprotectFlags::EXEC) }
            .map_err(|error| error.to_string())?;
        Ok(Self {
            ret: page as u64,
            indirect: page as u64 + RETPOLINE as u64,
        })
    }
}
