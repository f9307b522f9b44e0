// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Data segments.

use alloc::{collections::TryReserveError, vec::Vec};

use super::SegmentMode;

/// A data segment.
#[derive(Debug)]
struct DataSegment {
    /// When it is applied.
    mode: SegmentMode,
    /// Where its bytes are among those of all, and how many.
    start: u32,
    len: u32,
}

/// All data segments. Their bytes are together: programs of some languages have 100,000 segments of a few bytes.
#[derive(Debug, Default)]
pub struct DataSegments {
    segments: Vec<DataSegment>,
    bytes: Vec<u8>,
}

impl DataSegments {
    /// Makes room for so many segments with so many bytes, and no more.
    ///
    /// # Errors
    ///
    /// No memory.
    pub(crate) fn reserve(&mut self, segments: usize, bytes: usize) -> Result<(), TryReserveError> {
        self.segments.try_reserve_exact(segments)?;
        self.bytes.try_reserve_exact(bytes)
    }

    /// Appends a segment.
    ///
    /// # Errors
    ///
    /// No memory.
    pub(crate) fn push(&mut self, mode: SegmentMode, bytes: &[u8]) -> Result<(), TryReserveError> {
        self.segments.try_reserve(1)?;
        self.bytes.try_reserve(bytes.len())?;
        // A binary has less than 4 GiB.
        let (start, len) = (self.bytes.len() as u32, bytes.len() as u32);
        self.segments.push(DataSegment { mode, start, len });
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The bytes of segment `index`, if there is one.
    pub fn bytes(&self, index: u32) -> Option<&[u8]> {
        self.bytes_of(self.segments.get(index as usize)?)
    }

    fn bytes_of(&self, segment: &DataSegment) -> Option<&[u8]> {
        let rest = self.bytes.get(segment.start as usize..)?;
        rest.get(..segment.len as usize)
    }

    /// All of them, in order: when each is applied, and its bytes.
    pub fn iter(&self) -> impl Iterator<Item = (SegmentMode, &[u8])> {
        let bytes = |segment| self.bytes_of(segment).unwrap_or(&[]);
        (self.segments.iter()).map(move |segment| (segment.mode, bytes(segment)))
    }
}
