// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Pieces of code -> the image of a module: each gets its place, and calls between functions their distances. Behind the last
//! function stands what the functions' types need: entry trampolines, host thunks, landing pads.

use alloc::{boxed::Box, vec::Vec};

use super::{
    builder::{unplaced, Piece, ALIGNMENT, FILLER},
    fail::{check, Fail, MAX_CODE, R},
    ModuleEnv,
};
use crate::{
    compile::Poll,
    config::Config,
    error::CompileError,
    isa::x64::{
        asm::{AsmError, Assembler, BODIES},
        stubs,
    },
    module::{
        parse::fallible::{boxed, push, with_capacity},
        CodeImage, CodePiece, FuncType, FunctionCode,
    },
};

/// Pieces begin at multiples of this.
const PAGE: u32 = 4096;

/// Puts `pieces` together, which hold all functions in their order, and at least the stubs.
///
/// # Errors
///
/// Out of memory, code larger than the limit, or interrupted.
pub fn link(
    config: &Config,
    env: &ModuleEnv<'_>,
    pieces: Vec<Piece>,
    poll: &mut dyn Poll,
) -> Result<CodeImage, CompileError> {
    let bases = bases(&pieces)?;
    let count = pieces.iter().map(|piece| piece.functions.len()).sum();
    let mut functions = with_capacity(count)?;
    for (piece, &base) in pieces.iter().zip(&bases) {
        functions.extend(piece.functions.iter().map(|function| FunctionCode {
            offset: function.offset.wrapping_add(base),
            ..*function
        }));
    }
    let pages = pieces
        .iter()
        .zip(&bases)
        .rev()
        .find_map(|(piece, &base)| {
            let last = piece.traps.iter().rev().find(|site| site.fault())?;
            Some(last.moved(base).offset / PAGE + 1)
        })
        .unwrap_or(0);
    let mut image = CodeImage {
        stubs: pieces
            .first()
            .map_or_else(Default::default, |piece| piece.stubs.stubs(&piece.asm)),
        functions: boxed(functions)?,
        ..CodeImage::default()
    };
    let last = bases.len().saturating_sub(1);
    let mut placed = with_capacity(bases.len())?;
    for (index, (mut piece, base)) in pieces.into_iter().zip(bases).enumerate() {
        poll.poll()?;
        if index == last {
            finish_last(&mut image, config, env, &mut piece, (base, pages)).map_err(unplaced)?;
        }
        push(
            &mut placed,
            place(piece, base, &image.functions).map_err(unplaced)?,
        )?;
    }
    image.pieces = boxed(placed)?;
    Ok(image)
}

/// Where each piece begins.
fn bases(pieces: &[Piece]) -> Result<Vec<u32>, CompileError> {
    let mut bases = with_capacity(pieces.len())?;
    let mut next = 0u32;
    for piece in pieces {
        push(&mut bases, next)?;
        next = next
            .checked_add(piece.asm.offset())
            .and_then(|end| end.checked_next_multiple_of(PAGE))
            .filter(|&end| end as usize <= MAX_CODE)
            .ok_or(unplaced(TOO_LARGE))?;
    }
    Ok(bases)
}

const TOO_LARGE: Fail = Fail::Limit(&("bytes of machine code", MAX_CODE as u64));

/// Writes behind the last function what the functions' types need. The piece begins at `base`, and the first `pages` of the image
/// have fault sites.
fn finish_last(
    image: &mut CodeImage,
    config: &Config,
    env: &ModuleEnv<'_>,
    piece: &mut Piece,
    (base, pages): (u32, u32),
) -> R {
    let imported = env
        .functions
        .get(..env.imported_functions as usize)
        .unwrap_or(&[]);
    let stubs = piece.stubs;
    let asm = &mut piece.asm;
    image.trampolines = for_types(asm, base, env, env.functions, |asm, ty| {
        stubs::emit_trampoline(asm, config, &stubs, ty)
    })?;
    image.host_thunks = for_types(asm, base, env, imported, |asm, ty| {
        stubs::emit_host_thunk(asm, config, &stubs, ty)
    })?;
    asm.align(ALIGNMENT, FILLER);
    image.landing = stubs::emit_landing(asm, &stubs, base, pages);
    check(asm)
}

/// Calls `emit` once for each type that one of `functions` has, in the order of type indices; offsets are those in the image.
fn for_types(
    asm: &mut Assembler,
    base: u32,
    env: &ModuleEnv<'_>,
    functions: &[u32],
    emit: impl Fn(&mut Assembler, &FuncType) -> u32,
) -> R<Box<[(u32, u32)]>> {
    let mut used = Vec::new();
    if used.try_reserve_exact(env.types.len()).is_err() {
        return Err(Fail::OutOfMemory);
    }
    used.resize(env.types.len(), false);
    for &ty in functions {
        if let Some(used) = used.get_mut(ty as usize) {
            *used = true;
        }
    }
    let count = used.iter().filter(|&&used| used).count();
    let mut offsets = Vec::new();
    if offsets.try_reserve_exact(count).is_err() {
        return Err(Fail::OutOfMemory);
    }
    for (index, ty) in (0..).zip(env.types) {
        if used.get(index as usize) == Some(&true) {
            asm.align(ALIGNMENT, FILLER);
            offsets.push((index, base.wrapping_add(emit(asm, ty))));
            check(asm)?;
        }
    }
    Ok(offsets.into_boxed_slice())
}

/// The piece at `base`, its calls directed to `functions`.
fn place(piece: Piece, base: u32, functions: &[FunctionCode]) -> R<CodePiece> {
    let Piece {
        asm,
        mut traps,
        mut catches,
        ..
    } = piece;
    let mut code = asm.finish_open().map_err(|error| match error {
        AsmError::OutOfMemory => Fail::OutOfMemory,
        AsmError::TooLarge => TOO_LARGE,
        _ => Fail::Internal(&"machine code"),
    })?;
    for &field in &code.calls {
        call(&mut code.bytes, field, base, functions)
            .ok_or(Fail::Internal(&"call of a function"))?;
    }
    for reloc in &mut code.relocs {
        reloc.offset = reloc.offset.wrapping_add(base);
    }
    if base != 0 {
        for site in &mut traps {
            *site = site.moved(base);
        }
        for site in &mut catches {
            *site = site.moved(base);
        }
    }
    Ok(CodePiece {
        offset: base,
        bytes: code.bytes,
        relocs: code.relocs,
        traps,
        catches,
    })
}

/// Points `field`, which holds the number of a function, at its entry.
fn call(bytes: &mut [u8], field: u32, base: u32, functions: &[FunctionCode]) -> Option<()> {
    let bytes = bytes.get_mut(field as usize..)?.first_chunk_mut::<4>()?;
    let number = u32::from_le_bytes(*bytes);
    let function = functions.get((number & !BODIES) as usize)?;
    let target = match number & BODIES {
        0 => function.offset,
        _ => function.body(),
    };
    // Offsets are below 2^30.
    let behind = base.wrapping_add(field).wrapping_add(4);
    *bytes = target.wrapping_sub(behind).to_le_bytes();
    Some(())
}
