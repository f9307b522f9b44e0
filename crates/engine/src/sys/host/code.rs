// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Placed code: written while writable, then executable and never both.

use std::boxed::Box;

use rustix::mm::MprotectFlags;

use super::{
    region::{region, Region, Registration, PAGE},
    signal,
};
use crate::{
    module::CodeImage,
    platform::{Code, PlatformError},
};

/// A module's code in the process's code region.
#[derive(Debug)]
pub struct HostCode {
    first: usize,
    pages: usize,
    base: u64,
    registration: *mut Registration,
}

// SAFETY: it owns its pages and its registration; neither is tied to a thread.
unsafe impl Send for HostCode {}
// SAFETY: nothing can be changed through `&self`.
unsafe impl Sync for HostCode {}

impl HostCode {
    pub(super) fn new(image: &CodeImage) -> Result<Self, PlatformError> {
        signal::install();
        let region = region()?;
        let pages = image.len().max(1).div_ceil(PAGE);
        let first = region.take(pages)?;
        let base = region.reservation.base() as u64 + (first * PAGE) as u64;
        let registration = Registration {
            base,
            trap: base + u64::from(image.stubs.trap),
            sites: image
                .traps()
                .filter(|site| site.fault())
                .map(|site| site.offset)
                .collect(),
        };
        let code = Self {
            first,
            pages,
            base,
            registration: Box::into_raw(Box::new(registration)),
        };
        // From here on dropping `code` gives everything back.
        code.write(region, image)?;
        region.own(first, pages, code.registration);
        Ok(code)
    }

    fn write(&self, region: &Region, image: &CodeImage) -> Result<(), PlatformError> {
        let (start, len) = (self.first * PAGE, self.pages * PAGE);
        region
            .reservation
            .protect(start, len, MprotectFlags::READ | MprotectFlags::WRITE)?;
        // SAFETY: these pages are ours alone and writable.
        let bytes = unsafe { core::slice::from_raw_parts_mut(self.base as *mut u8, len) };
        bytes.fill(0xcc);
        for piece in &image.pieces {
            bytes[piece.offset as usize..][..piece.bytes.len()].copy_from_slice(&piece.bytes);
        }
        for reloc in image.relocs() {
            let from = self.base + u64::from(reloc.offset) + 4;
            let distance = i32::try_from(reloc.target.wrapping_sub(from) as i64);
            let field = bytes
                .get_mut(reloc.offset as usize..)
                .and_then(|rest| rest.get_mut(..4));
            // A target out of reach: there is no room for code near it.
            let (Ok(distance), Some(field)) = (distance, field) else {
                return Err(PlatformError::CodeSpace {
                    needed: len as u64,
                    free: 0,
                });
            };
            field.copy_from_slice(&distance.to_le_bytes());
        }
        region
            .reservation
            .protect(start, len, MprotectFlags::READ | MprotectFlags::EXEC)
    }
}

// SAFETY: `new` placed the image and registered its sites with the signal handler.
unsafe impl Code for HostCode {
    fn base(&self) -> u64 {
        self.base
    }

    fn size(&self) -> usize {
        self.pages * PAGE
    }
}

impl Drop for HostCode {
    fn drop(&mut self) {
        if let Ok(region) = region() {
            region.own(self.first, self.pages, core::ptr::null_mut());
            // If it fails the pages stay executable, with what nobody calls, until they are used again.
            let _ = region
                .reservation
                .discard(self.first * PAGE, self.pages * PAGE);
            region.give(self.first, self.pages);
        }
        // SAFETY: from `Box::into_raw`; no page names it any more, and no thread runs the code.
        drop(unsafe { Box::from_raw(self.registration) });
    }
}
