// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The buffer that `dynasm!` emits into.
//!
//! `dynasm!` turns each instruction into calls of methods of the assembler it is given: `push*`, `extend`, and for dynamic labels
//! `dynamic_label` and `dynamic_reloc`. Only those that x64 output with dynamic labels (`=>label`) uses exist here; local and
//! global labels do not compile. Nothing here panics: the first failure is kept and reported by [`Assembler::error`].

mod bytes;

use alloc::vec::Vec;

use crate::module::Reloc;

/// A position in the code, bound once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(u32);

/// Labels from this number on are entries of functions.
const FUNCTIONS: u32 = 1 << 31;
/// Of those, labels with this bit are functions proper, behind their bridges (`codegen::bridge`).
pub const BODIES: u32 = 1 << 30;

impl Label {
    /// The entry of a function: number `function` of those that the module defines. It may be in another piece of the code
    /// (see [`Assembler::functions_from`]), so only fields of four bytes reach it unless it is bound already.
    pub const fn function(function: u32) -> Self {
        Self(function | FUNCTIONS)
    }

    /// Where that function begins behind its bridge, if it has one. Never bound: the field that leads there stays open, and holds
    /// the function's number and [`BODIES`].
    pub const fn body(function: u32) -> Self {
        Self(function | FUNCTIONS | BODIES)
    }
}

/// Why the code cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsmError {
    /// An allocation failed.
    OutOfMemory,
    /// The code is longer than the limit.
    TooLarge,
    /// A label is used but was never bound, or does not exist.
    Unbound,
    /// A label was bound twice.
    Rebound,
    /// A jump's target is too far for its field.
    Range,
    /// A patch outside the code.
    Patch,
}

/// A state to come back to with [`Assembler::release`].
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    labels: usize,
    fixups: usize,
}

#[derive(Clone, Copy, Debug)]
struct Fixup {
    /// Offset of the field.
    field: u32,
    label: Label,
    addend: i16,
    /// Where the displacement counts from: so many bytes behind the field's beginning.
    behind: u8,
    /// Bytes of the field: 1, 2, 4 or 8.
    size: u8,
}

const UNBOUND: u32 = u32::MAX;
/// Code being written. Offsets are from its start.
#[derive(Debug)]
pub struct Assembler {
    /// The bytes written, and zeros behind them to write over.
    code: Vec<u8>,
    /// Bytes written.
    len: usize,
    labels: Vec<u32>,
    fixups: Vec<Fixup>,
    relocs: Vec<Reloc>,
    /// The function whose entry is bound first, and the entries bound so far, of functions one after another.
    first: u32,
    entries: Vec<u32>,
    /// Fields that hold the number of a function, to be pointed at its entry.
    calls: Vec<u32>,
    limit: usize,
    error: Option<AsmError>,
}

/// Code whose calls of functions are open.
#[derive(Debug, Default)]
pub struct OpenCode {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Branches to absolute addresses.
    pub relocs: Vec<Reloc>,
    /// Offsets of four-byte fields. Each holds the number of a function; its entry's distance from behind the field belongs there.
    pub calls: Vec<u32>,
}

impl Assembler {
    /// An empty buffer that takes at most `limit` bytes (never more than 1 GiB, so that every displacement fits).
    pub fn new(limit: usize) -> Self {
        let limit = limit.min(1 << 30);
        Self {
            code: Vec::new(),
            len: 0,
            labels: Vec::new(),
            fixups: Vec::new(),
            relocs: Vec::new(),
            first: 0,
            entries: Vec::new(),
            calls: Vec::new(),
            limit,
            error: None,
        }
    }

    /// The functions whose entries are bound here are `first` and those that follow, `count` of them, in their order.
    pub fn functions_from(&mut self, first: u32, count: usize) {
        self.first = first;
        self.entries.clear();
        if self.entries.try_reserve_exact(count).is_err() {
            self.fail(AsmError::OutOfMemory);
        }
    }

    /// Allocates for `bytes` more bytes at once.
    pub fn reserve(&mut self, bytes: usize) {
        if self.code.try_reserve(bytes.min(self.limit)).is_err() {
            self.fail(AsmError::OutOfMemory);
        }
    }

    /// Keeps the first failure. Nothing is written after it.
    #[cold]
    pub fn fail(&mut self, error: AsmError) {
        self.error.get_or_insert(error);
        self.code.truncate(self.len);
    }

    /// The first failure, if any.
    pub fn error(&self) -> Option<AsmError> {
        self.error
    }

    /// Bytes written so far, which is the offset of the next instruction.
    pub fn offset(&self) -> u32 {
        self.len as u32
    }

    /// The bytes written so far; branches to labels are filled in by [`Assembler::release`] and [`Assembler::finish`].
    pub fn code(&self) -> &[u8] {
        self.code.get(..self.len).unwrap_or(&[])
    }

    /// A new label.
    pub fn label(&mut self) -> Label {
        let label = Label(self.labels.len() as u32);
        self.reserve_one_label();
        if self.error.is_none() {
            self.labels.push(UNBOUND);
        }
        label
    }

    fn reserve_one_label(&mut self) {
        if self.labels.len() == self.labels.capacity() && self.labels.try_reserve(1).is_err() {
            self.fail(AsmError::OutOfMemory);
        }
    }

    /// Binds `label` here.
    pub fn bind(&mut self, label: Label) {
        let here = self.offset();
        match self.labels.get_mut(label.0 as usize) {
            Some(at) if *at == UNBOUND => *at = here,
            Some(_) => self.fail(AsmError::Rebound),
            None => self.bind_entry(label, here),
        }
    }

    fn bind_entry(&mut self, label: Label, here: u32) {
        let next = self.first.checked_add(self.entries.len() as u32);
        if next.map(Label::function) != Some(label) {
            return self.fail(AsmError::Unbound);
        }
        if self.entries.try_reserve(1).is_err() {
            return self.fail(AsmError::OutOfMemory);
        }
        self.entries.push(here);
    }

    /// A new label, bound here.
    pub fn here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    /// Where `label` is bound.
    pub fn label_offset(&self, label: Label) -> Option<u32> {
        match self.labels.get(label.0 as usize) {
            Some(&at) => (at != UNBOUND).then_some(at),
            None => self.entry_offset(label),
        }
    }

    fn entry_offset(&self, label: Label) -> Option<u32> {
        let function = label.0.checked_sub(FUNCTIONS)?;
        let at = function.checked_sub(self.first)?;
        self.entries.get(at as usize).copied()
    }

    /// Writes `bytes` over the code at `at`.
    #[inline]
    pub fn patch(&mut self, at: u32, bytes: &[u8]) {
        let at = at as usize;
        let written = self.len;
        match at
            .checked_add(bytes.len())
            .filter(|&end| end <= written)
            .and_then(|end| self.code.get_mut(at..end))
        {
            Some(field) => field.copy_from_slice(bytes),
            None => self.fail(AsmError::Patch),
        }
    }

    /// Drops everything from offset `at` on, with the fixups and relocations in it. Labels bound there stay where they were:
    /// the caller owns none of them.
    pub fn truncate(&mut self, at: u32) {
        self.len = self.len.min(at as usize);
        while self.fixups.last().is_some_and(|fixup| fixup.field >= at) {
            self.fixups.pop();
        }
        while self.relocs.last().is_some_and(|reloc| reloc.offset >= at) {
            self.relocs.pop();
        }
        while self.calls.last().is_some_and(|&field| field >= at) {
            self.calls.pop();
        }
    }

    /// Writes a 4-byte displacement to the absolute address `target`, filled in when the code is placed.
    pub fn absolute(&mut self, target: u64) {
        let offset = self.offset();
        if self.relocs.try_reserve(1).is_err() {
            return self.fail(AsmError::OutOfMemory);
        }
        self.relocs.push(Reloc { offset, target });
        self.push_i32(0);
    }

    /// Remembers the labels and open branches of now.
    pub fn mark(&self) -> Mark {
        Mark {
            labels: self.labels.len(),
            fixups: self.fixups.len(),
        }
    }

    /// Fills in the branches made since `mark`, and forgets the labels made since. Branches to older labels that are not bound yet
    /// stay open. Keeps the tables small over many functions.
    pub fn release(&mut self, mark: Mark) {
        let mut kept = mark.fixups;
        for next in mark.fixups..self.fixups.len() {
            let Some(&fixup) = self.fixups.get(next) else {
                break;
            };
            if self.label_offset(fixup.label).is_some() {
                self.apply(fixup);
            } else if (fixup.label.0 as usize) < mark.labels {
                if let Some(slot) = self.fixups.get_mut(kept) {
                    *slot = fixup;
                }
                kept += 1;
            } else {
                self.fail(AsmError::Unbound);
            }
        }
        self.fixups.truncate(kept);
        self.labels.truncate(mark.labels);
    }

    /// Fills in all branches to labels, and frees what only the code so far needed. The labels of now can still be used.
    pub fn rest(&mut self) {
        self.entries = Vec::new();
        for fixup in core::mem::take(&mut self.fixups) {
            self.apply(fixup);
        }
        exact(&mut self.labels);
        self.code.truncate(self.len);
        exact(&mut self.code);
        exact(&mut self.calls);
    }

    /// Fills in all branches and hands out code and relocations. There must be no calls of functions that are elsewhere.
    pub fn finish(self) -> Result<(Vec<u8>, Vec<Reloc>), AsmError> {
        let open = self.finish_open()?;
        match open.calls.first() {
            Some(_) => Err(AsmError::Unbound),
            None => Ok((open.bytes, open.relocs)),
        }
    }

    /// Fills in the branches to labels and hands the code out.
    pub fn finish_open(mut self) -> Result<OpenCode, AsmError> {
        for fixup in core::mem::take(&mut self.fixups) {
            self.apply(fixup);
        }
        self.code.truncate(self.len);
        match self.error {
            Some(error) => Err(error),
            None => Ok(OpenCode {
                bytes: self.code,
                relocs: self.relocs,
                calls: self.calls,
            }),
        }
    }

    fn apply(&mut self, fixup: Fixup) {
        let Some(target) = self.label_offset(fixup.label) else {
            return self.fail(AsmError::Unbound);
        };
        // All three are below 2^31 in magnitude, so the sum cannot overflow.
        let from = i64::from(fixup.field) + i64::from(fixup.behind);
        let value = i64::from(target) + i64::from(fixup.addend) - from;
        let at = fixup.field;
        match fixup.size {
            1 => match i8::try_from(value) {
                Ok(value) => self.patch(at, &value.to_le_bytes()),
                Err(_) => self.fail(AsmError::Range),
            },
            2 => match i16::try_from(value) {
                Ok(value) => self.patch(at, &value.to_le_bytes()),
                Err(_) => self.fail(AsmError::Range),
            },
            // The same bound on the sum.
            4 => self.patch(at, &(value as i32).to_le_bytes()),
            _ => self.patch(at, &value.to_le_bytes()),
        }
    }
}

/// What `dynasm!` calls for labels.
impl Assembler {
    /// `=>label`: binds.
    pub fn dynamic_label(&mut self, label: Label) {
        self.bind(label);
    }

    /// A use of `=>label`, reported after the bytes of its field: the field begins `field_offset` bytes ago, the displacement
    /// counts from `ref_offset` bytes ago. `kind` is the size of the field as a power of two; its two high bits would
    /// say that it is not relative, which x64 never does for labels.
    pub fn dynamic_reloc(
        &mut self,
        label: Label,
        target_offset: isize,
        field_offset: u8,
        ref_offset: u8,
        kind: u8,
    ) {
        let field = self.offset().checked_sub(u32::from(field_offset));
        let behind = field_offset.checked_sub(ref_offset);
        let (Some(field), Some(behind), Ok(addend), 0..=3) =
            (field, behind, i16::try_from(target_offset), kind)
        else {
            return self.fail(AsmError::Range);
        };
        let fixup = Fixup {
            field,
            label,
            addend,
            behind,
            size: 1 << kind,
        };
        if self.label_offset(label).is_some() {
            return self.apply(fixup);
        }
        self.leave_open(fixup);
    }

    /// A field that is filled in when its label is bound.
    fn leave_open(&mut self, fixup: Fixup) {
        if let Some(function) = fixup.label.0.checked_sub(FUNCTIONS) {
            return self.call_elsewhere(function, fixup);
        }
        if self.fixups.len() == self.fixups.capacity() && self.fixups.try_reserve(1).is_err() {
            return self.fail(AsmError::OutOfMemory);
        }
        self.fixups.push(fixup);
    }

    /// The last four bytes written are the distance of `label`, which is not bound yet, from behind them.
    pub(super) fn ends_open(&mut self, label: Label) {
        let Some(field) = self.offset().checked_sub(4) else {
            return self.fail(AsmError::Range);
        };
        self.leave_open(Fixup {
            field,
            label,
            addend: 0,
            behind: 4,
            size: 4,
        });
    }

    /// Leaves the number of a function in the field that will lead to its entry.
    fn call_elsewhere(&mut self, function: u32, fixup: Fixup) {
        if fixup.behind != 4 || fixup.addend != 0 || fixup.size != 4 {
            return self.fail(AsmError::Range);
        }
        if self.calls.try_reserve(1).is_err() {
            return self.fail(AsmError::OutOfMemory);
        }
        self.patch(fixup.field, &function.to_le_bytes());
        self.calls.push(fixup.field);
    }
}

/// Moves the vector to where it fits if much of its room is unused. Without memory it stays.
fn exact<T: Copy>(vec: &mut Vec<T>) {
    let unused = vec.capacity() - vec.len();
    let mut moved = Vec::new();
    if unused > vec.len() / 4 && moved.try_reserve_exact(vec.len()).is_ok() {
        moved.extend_from_slice(vec);
        *vec = moved;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dynasm::dynasm;

    fn nops(asm: &mut Assembler, count: usize) {
        for _ in 0..count {
            asm.push(0x90);
        }
    }

    #[test]
    fn near_and_far_branches() {
        let mut asm = Assembler::new(1 << 20);
        let (back, ahead) = (asm.label(), asm.label());
        dynasm!(asm ; .arch x64 ; =>back ; jmp BYTE =>ahead ; jmp =>ahead ; =>ahead ; jmp =>back ; lea rax, [=>back]);
        let (code, relocs) = asm.finish().unwrap();
        assert!(relocs.is_empty());
        assert_eq!(
            code,
            [
                0xeb, 5, 0xe9, 0, 0, 0, 0, 0xe9, 0xf4, 0xff, 0xff, 0xff, 0x48, 0x8d, 0x05, 0xed,
                0xff, 0xff, 0xff
            ]
        );
    }

    #[test]
    fn failures_are_kept() {
        let mut asm = Assembler::new(1 << 20);
        let ahead = asm.label();
        dynasm!(asm ; .arch x64 ; jmp BYTE =>ahead);
        nops(&mut asm, 128);
        asm.bind(ahead);
        asm.bind(ahead);
        assert_eq!(asm.error(), Some(AsmError::Rebound));
        assert_eq!(asm.finish().unwrap_err(), AsmError::Rebound);

        let mut asm = Assembler::new(1 << 20);
        let ahead = asm.label();
        dynasm!(asm ; .arch x64 ; jmp BYTE =>ahead);
        nops(&mut asm, 128);
        asm.bind(ahead);
        assert_eq!(asm.finish().unwrap_err(), AsmError::Range);

        let mut asm = Assembler::new(5000);
        nops(&mut asm, 20_000);
        assert_eq!(asm.error(), Some(AsmError::TooLarge));

        let mut asm = Assembler::new(1 << 20);
        let never = asm.label();
        dynasm!(asm ; .arch x64 ; call =>never);
        assert_eq!(asm.finish().unwrap_err(), AsmError::Unbound);
    }

    #[test]
    fn release_keeps_branches_ahead_open() {
        let mut asm = Assembler::new(1 << 20);
        let ahead = asm.label();
        let mark = asm.mark();
        let inner = asm.label();
        dynasm!(asm ; .arch x64 ; call =>ahead ; jmp =>inner ; =>inner);
        asm.release(mark);
        assert_eq!(asm.code()[5..10], [0xe9, 0, 0, 0, 0]);
        let next = asm.label();
        asm.bind(next);
        asm.bind(ahead);
        let (code, _) = asm.finish().unwrap();
        assert_eq!(code[..5], [0xe8, 5, 0, 0, 0]);
    }

    #[test]
    fn calls_of_functions_elsewhere_stay_open() {
        let mut asm = Assembler::new(1 << 20);
        asm.functions_from(7, 2);
        let (before, own, next) = (Label::function(6), Label::function(7), Label::function(8));
        asm.bind(own);
        asm.call(before);
        asm.call(own);
        asm.call(next);
        asm.bind(next);
        asm.call(next);
        assert_eq!(asm.error(), None);
        let code = asm.finish_open().unwrap();
        assert_eq!(
            code.bytes,
            [
                0xe8, 6, 0, 0, 0, 0xe8, 0xf6, 0xff, 0xff, 0xff, 0xe8, 8, 0, 0, 0, 0xe8, 0xfb, 0xff,
                0xff, 0xff
            ]
        );
        assert_eq!(code.calls, [1, 11]);
    }

    #[test]
    fn functions_are_bound_in_their_order() {
        let mut asm = Assembler::new(1 << 20);
        asm.functions_from(7, 2);
        asm.bind(Label::function(8));
        assert_eq!(asm.error(), Some(AsmError::Unbound));

        let mut asm = Assembler::new(1 << 20);
        asm.functions_from(0, 1);
        asm.jmp_near(Label::function(3));
        assert_eq!(asm.error(), Some(AsmError::Range));

        let mut asm = Assembler::new(1 << 20);
        asm.call(Label::function(3));
        assert_eq!(asm.finish().unwrap_err(), AsmError::Unbound);
    }

    #[test]
    fn release_refuses_an_unbound_inner_label() {
        let mut asm = Assembler::new(1 << 20);
        let mark = asm.mark();
        let inner = asm.label();
        dynasm!(asm ; .arch x64 ; jmp =>inner);
        asm.release(mark);
        assert_eq!(asm.error(), Some(AsmError::Unbound));
    }
}
