// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Open blocks, and code that cannot be reached.

use wasmparser::BlockType;

use super::{
    fail::{push, Fail, R},
    function::Compiler,
    value::{value_type, Loc},
};
use crate::{
    isa::x64::asm::Label,
    module::{FuncType, ValType},
};

/// What opened a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Function,
    Block,
    Loop,
    /// Before `else`; where a false condition goes.
    If(Label),
    Else,
    /// A `try_table`; its catches begin at this number among those that are open.
    Try(u32),
}

/// A clause of a `try_table` that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenCatch {
    /// The tag, or [`crate::module::ANY_TAG`].
    pub tag: u32,
    /// Where it goes, counted from outside the `try_table`.
    pub depth: u32,
    /// It takes the exception itself along.
    pub reference: bool,
}

/// What an operator does to the nesting of blocks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Nesting {
    Same,
    Open,
    Else,
    End,
}

/// An open block that can be reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Control<'a> {
    pub kind: Kind,
    /// Where a branch goes: the start of a loop, the end of anything else.
    pub label: Label,
    /// Entries below the block's parameters.
    pub base: u32,
    pub params: &'a [ValType],
    pub results: &'a [ValType],
    /// Some branch goes to the end.
    pub targeted: bool,
    /// Offset of the code where the block began.
    pub opened_at: u32,
    /// Where the last check was when the block began: all that is known of the last check where its paths meet.
    pub checked_at: u32,
    /// For the `br_table` being compiled: its number, and where its branch to this block is.
    pub pad: (u32, u32),
}

impl<'a> Control<'a> {
    /// Types of the values that a branch takes along.
    pub(super) fn branch_types(&self) -> &'a [ValType] {
        match self.kind {
            Kind::Loop => self.params,
            _ => self.results,
        }
    }
}

/// One type, as a slice that lives for ever.
fn single(ty: ValType) -> &'static [ValType] {
    match ty {
        ValType::I32 => &[ValType::I32],
        ValType::I64 => &[ValType::I64],
        ValType::F32 => &[ValType::F32],
        ValType::F64 => &[ValType::F64],
        ValType::V128 => &[ValType::V128],
        // To generated code all references are the same.
        ValType::Ref(_) => &[ValType::FUNCREF],
    }
}

impl<'a> Compiler<'a> {
    /// Parameters and results of a block.
    pub(super) fn block_type(&self, ty: BlockType) -> R<(&'a [ValType], &'a [ValType])> {
        match ty {
            BlockType::Empty => Ok((&[], &[])),
            BlockType::Type(ty) => Ok((&[], single(value_type(ty).ok_or(Fail::Unsupported)?))),
            BlockType::FuncType(index) => {
                let ty: &'a FuncType = self
                    .env
                    .type_at(index)
                    .ok_or(Fail::Internal(&"type of a block"))?;
                Ok((&ty.params, &ty.results))
            }
        }
    }

    /// The function itself is the outermost block; a branch to it returns.
    pub(super) fn open_function(&mut self) -> R {
        let label = self.asm.label();
        let ty = self.ty;
        self.open(Kind::Function, label, (&[], &ty.results))
    }

    /// Opens a block whose parameters are on the stack.
    pub(super) fn open(
        &mut self,
        kind: Kind,
        label: Label,
        (params, results): (&'a [ValType], &'a [ValType]),
    ) -> R {
        let base = self
            .height()
            .checked_sub(params.len() as u32)
            .ok_or(Fail::Internal(&"parameters of a block"))?;
        let control = Control {
            kind,
            label,
            base,
            params,
            results,
            targeted: false,
            opened_at: self.asm.offset(),
            checked_at: self.checked_at,
            pad: (0, 0),
        };
        push(&mut self.control, control)
    }

    /// The block that a branch to `depth` goes to; notes that it is targeted.
    pub(super) fn target(&mut self, depth: u32) -> R<Control<'a>> {
        let block = self.target_mut(depth)?;
        block.targeted = true;
        Ok(*block)
    }

    /// Likewise, to change it.
    pub(super) fn target_mut(&mut self, depth: u32) -> R<&mut Control<'a>> {
        let index = self.control.len().checked_sub(1 + depth as usize);
        index
            .and_then(|index| self.control.get_mut(index))
            .ok_or(Fail::Internal(&"depth of a branch"))
    }

    /// What follows cannot be reached until the block ends or its `else` comes.
    pub(super) fn unreachable(&mut self) -> R {
        let base = self.target_mut(0)?.base;
        self.truncate(base)?;
        self.reachable = false;
        self.skipped = 0;
        Ok(())
    }

    /// An operator that cannot be reached: only the nesting of blocks matters.
    #[cold]
    pub(super) fn skip(&mut self, nesting: Nesting) -> R {
        match nesting {
            Nesting::Same => Ok(()),
            Nesting::Open => {
                self.skipped += 1;
                Ok(())
            }
            Nesting::Else if self.skipped == 0 => self.else_(),
            Nesting::Else => Ok(()),
            Nesting::End if self.skipped == 0 => self.end(),
            Nesting::End => {
                self.skipped -= 1;
                Ok(())
            }
        }
    }

    /// Pushes `types` as entries that are in their slots.
    pub(super) fn push_slots(&mut self, types: &[ValType]) -> R {
        for &ty in types {
            self.has_room(ty)?;
            self.push(ty, Loc::Slot)?;
        }
        Ok(())
    }
}
