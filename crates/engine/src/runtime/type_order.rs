// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The recursion groups of a module's types in an order in which those of several modules can be merged.
//!
//! A group's level is 0 if it refers to no other group, else one more than the highest level that it refers to. Groups of one level
//! are compared by contents: references within the group by place in it, others by number.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::sys::SharedArray;
use crate::{
    module::{CompiledModule, FuncType, Heap, RefType, ValType},
    platform::PlatformError,
};

/// Groups by their first type, in order of levels, level 0 sorted; and where each level ends.
pub(super) type TypeOrder = (Vec<u32>, Vec<u32>);

/// A group of a module.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    types: &'a [FuncType],
    start: u32,
    /// Numbers of the module's types, those of lower levels at least. `None` for level 0.
    ids: Option<&'a SharedArray<u32>>,
}

impl<'a> Group<'a> {
    /// The group that begins with type `start`.
    pub(super) fn of(
        module: &'a CompiledModule,
        start: u32,
        ids: Option<&'a SharedArray<u32>>,
    ) -> Option<Self> {
        let (start, len) = module.groups.of(start);
        let end = start.checked_add(len)?;
        let types = module.types.get(start as usize..end as usize)?;
        Some(Self { types, start, ids })
    }

    /// What a value type is compared by.
    fn key(&self, ty: ValType) -> (ValType, bool, u32) {
        let ValType::Ref(reference) = ty else {
            return (ty, false, 0);
        };
        let Heap::Concrete(index) = reference.heap() else {
            return (ty, false, 0);
        };
        let concrete = ValType::Ref(RefType::new(reference.nullable(), Heap::Concrete(0)));
        let place = index.wrapping_sub(self.start);
        if (place as usize) < self.types.len() {
            return (concrete, false, place);
        }
        let number = self.ids.and_then(|ids| ids.get(index as usize));
        (concrete, true, number.unwrap_or(u32::MAX))
    }

    fn compare(&self, other: &Self) -> Ordering {
        let values = |a: &[ValType], b: &[ValType]| {
            let keys = a.iter().map(|&ty| self.key(ty));
            keys.cmp(b.iter().map(|&ty| other.key(ty)))
        };
        let mut order = self.types.len().cmp(&other.types.len());
        for (a, b) in self.types.iter().zip(other.types) {
            order = order
                .then_with(|| values(&a.params, &b.params))
                .then_with(|| values(&a.results, &b.results));
            if order.is_ne() {
                break;
            }
        }
        order
    }
}

/// Compares groups of the same level.
pub(super) fn compare(a: Option<Group<'_>>, b: Option<Group<'_>>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.compare(&b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// Concrete types that the types of a group refer to.
fn references<'a>(group: &'a Group<'_>) -> impl Iterator<Item = u32> + 'a {
    let values = group
        .types
        .iter()
        .flat_map(|ty| ty.params.iter().chain(&ty.results));
    values.filter_map(|&ty| match ty {
        ValType::Ref(ty) => match ty.heap() {
            Heap::Concrete(index) => Some(index),
            _ => None,
        },
        _ => None,
    })
}

/// Sorts `items`. The library's sort may end in a panic that the kernel's tools cannot follow in code as large as this comparison's.
pub(super) fn heap_sort(items: &mut [u32], order: &dyn Fn(u32, u32) -> Ordering) {
    for root in (0..items.len() / 2).rev() {
        sift_down(items, root, order);
    }
    let mut rest = items;
    while let Some((last, below)) = rest.split_last_mut() {
        if let Some(first) = below.first_mut() {
            core::mem::swap(first, last);
        }
        sift_down(below, 0, order);
        rest = below;
    }
}

/// Makes the part of a heap that begins at `at` one again, when only that item may be too small.
fn sift_down(heap: &mut [u32], mut at: usize, order: &dyn Fn(u32, u32) -> Ordering) {
    let larger = |heap: &[u32], a: usize, b: usize| match (heap.get(a), heap.get(b)) {
        (Some(&x), Some(&y)) if order(x, y).is_ge() => a,
        (_, Some(_)) => b,
        _ => a,
    };
    loop {
        let child = at.saturating_mul(2).saturating_add(1);
        let next = larger(heap, at, larger(heap, child, child.saturating_add(1)));
        if next == at || next >= heap.len() {
            return;
        }
        heap.swap(at, next);
        at = next;
    }
}

/// The order of a module's groups.
pub(super) fn order(module: &CompiledModule) -> Result<TypeOrder, PlatformError> {
    let oom = |_| PlatformError::OutOfMemory;
    let count = module.types.len();
    // Of each type. All are below the type itself, so one pass is enough.
    let mut levels: Vec<u32> = Vec::new();
    let mut starts: Vec<u32> = Vec::new();
    levels.try_reserve_exact(count).map_err(oom)?;
    starts.try_reserve_exact(count).map_err(oom)?;
    while let Some(group) = Group::of(module, levels.len() as u32, None) {
        let level = references(&group)
            .filter_map(|index| levels.get(index as usize))
            .map(|level| level.saturating_add(1))
            .max();
        starts.push(group.start);
        levels.resize(levels.len() + group.types.len().max(1), level.unwrap_or(0));
    }
    let level_of = |start: u32| levels.get(start as usize).copied().unwrap_or(0);
    starts.sort_unstable_by_key(|&start| (level_of(start), start));
    let mut ends: Vec<u32> = Vec::new();
    for (at, &start) in (1..).zip(&starts) {
        let level = level_of(start) as usize;
        while ends.len() <= level {
            ends.try_reserve(1).map_err(oom)?;
            ends.push(at);
        }
        if let Some(end) = ends.get_mut(level) {
            *end = at;
        }
    }
    let first = ends.first().map_or(0, |&end| end as usize);
    if let Some(lowest) = starts.get_mut(..first) {
        let group = |start: u32| Group::of(module, start, None);
        heap_sort(lowest, &|a, b| compare(group(a), group(b)));
    }
    Ok((starts, ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_sorted() {
        for len in 0..40u32 {
            let mut items: Vec<u32> = (0..len).map(|n| n * 7919 % 31).collect();
            let mut sorted = items.clone();
            sorted.sort_unstable();
            heap_sort(&mut items, &|a, b| a.cmp(&b));
            assert_eq!(items, sorted);
        }
    }
}
