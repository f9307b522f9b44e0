// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A module whose code is in place.

use alloc::vec::Vec;

use super::type_order::{self, TypeOrder};
use crate::{
    module::{CompiledModule, Export, ExternKind, TrapSite},
    platform::{Code, Platform, PlatformError},
    trap::TrapCode,
};

/// The indices of `items`, in the order of their keys.
fn sorted_by<'a, T, K: Ord + ?Sized + 'a>(
    items: &'a [T],
    key: impl Fn(&'a T) -> &'a K,
) -> Result<Vec<u32>, PlatformError> {
    let mut order = Vec::new();
    order
        .try_reserve_exact(items.len())
        .map_err(|_| PlatformError::OutOfMemory)?;
    order.extend(0..items.len() as u32);
    order.sort_unstable_by(|&a, &b| {
        items
            .get(a as usize)
            .map(&key)
            .cmp(&items.get(b as usize).map(&key))
    });
    Ok(order)
}

/// A compiled module, published: immutable, shared by its instances.
#[derive(Debug)]
pub struct Module<P: Platform> {
    compiled: CompiledModule,
    code: P::Code,
    /// The order of its recursion groups.
    type_order: TypeOrder,
    /// Export numbers in the order of their names.
    export_order: Vec<u32>,
}

impl<P: Platform> Module<P> {
    /// Places the code of `compiled`, and drops the unplaced copy.
    pub fn new(mut compiled: CompiledModule) -> Result<Self, PlatformError> {
        let type_order = type_order::order(&compiled)?;
        let export_order = sorted_by(&compiled.exports, |export| export.name.as_str())?;
        let code = P::publish(&compiled.code)?;
        for piece in &mut compiled.code.pieces {
            piece.bytes = Vec::new();
            piece.relocs = Vec::new();
        }
        Ok(Self {
            compiled,
            code,
            type_order,
            export_order,
        })
    }

    /// What compilation left behind; without the bytes of the code, which are in their place now.
    pub fn compiled(&self) -> &CompiledModule {
        &self.compiled
    }

    /// The placed code.
    pub fn code(&self) -> &P::Code {
        &self.code
    }

    /// First types of its recursion groups in the order of [`super::type_order`], and where each level ends.
    pub(super) fn type_order(&self) -> (&[u32], &[u32]) {
        (&self.type_order.0, &self.type_order.1)
    }

    /// The export `name`.
    pub fn export(&self, name: &str) -> Option<&Export> {
        let exports = &self.compiled.exports;
        let name_of = |&index: &u32| {
            exports
                .get(index as usize)
                .map(|export| export.name.as_str())
        };
        let at = self
            .export_order
            .binary_search_by(|index| name_of(index).cmp(&Some(name)))
            .ok()?;
        exports.get(*self.export_order.get(at)? as usize)
    }

    /// Name of function `index`: from the name section, else an export of it.
    pub fn function_name(&self, index: u32) -> Option<&str> {
        let names = &self.compiled.names;
        if let Some((_, name)) = names
            .binary_search_by_key(&index, |named| named.0)
            .ok()
            .and_then(|at| names.get(at))
        {
            return Some(name);
        }
        let exported =
            |export: &&Export| export.kind == ExternKind::Function && export.index == index;
        self.compiled
            .exports
            .iter()
            .find(exported)
            .map(|export| export.name.as_str())
    }

    /// The address of an offset in the code.
    pub(super) fn address(&self, offset: u32) -> u64 {
        self.code.base().wrapping_add(u64::from(offset))
    }

    /// The offset of an address in the code.
    pub(super) fn offset_of(&self, address: u64) -> Option<u32> {
        let offset = address.checked_sub(self.code.base())?;
        u32::try_from(offset)
            .ok()
            .filter(|_| offset < self.code.size() as u64)
    }

    /// The site at `offset` with that meaning, if the exit said one.
    pub(super) fn trap_site(&self, offset: u32, code: Option<TrapCode>) -> Option<&TrapSite> {
        let sites = self.compiled.code.traps_near(offset);
        let first = sites.partition_point(|site| site.offset < offset);
        let same = sites
            .get(first..)?
            .iter()
            .take_while(|site| site.offset == offset);
        let mut same = same.filter(|site| code.is_none() == site.fault());
        same.clone()
            .find(|site| Some(site.code()) == code)
            .or_else(|| same.next())
    }

    /// The index of the function that has `offset`, and where its body is in the binary.
    pub(super) fn function_at(&self, offset: u32) -> Option<(u32, u32)> {
        let functions = &self.compiled.code.functions;
        let next = functions.partition_point(|function| function.offset <= offset);
        let at = next.checked_sub(1)?;
        let function = functions.get(at)?;
        let inside = offset < function.offset.saturating_add(function.len);
        inside.then_some((
            self.compiled.imported_functions.checked_add(at as u32)?,
            function.wasm_offset,
        ))
    }
}
