// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Store-wide numbers of function types: equal types have equal numbers, so an indirect call compares one word.
//!
//! Types are equal if their recursion groups are, and they stand at the same place in them (core specification, "Type
//! Equivalence"). Groups are kept as references into the modules of instances, in order of their levels (see [`super::type_order`])
//! and then of their contents, and merged with a module's groups level by level, each level sorted once the levels below
//! have their numbers. So an instantiation costs time linear in both, but for that sorting, however a module chooses its types.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{
    instance::Instance,
    sys::SharedArray,
    type_order::{compare, heap_sort, Group},
    Module,
};
use crate::{
    module::{Heap, RefType, ValType},
    platform::{Platform, PlatformError},
};

/// A value type in the words of the store: comparable across modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoreType {
    /// Not a reference.
    Number(ValType),
    /// A reference.
    Ref(StoreRef),
}

/// A reference type in the words of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StoreRef {
    pub(super) nullable: bool,
    /// Concrete types by number.
    pub(super) heap: Heap<u32>,
}

impl StoreRef {
    /// `ty` of a module whose types have the numbers `ids`.
    pub(super) fn new(ty: RefType, ids: &SharedArray<u32>) -> Self {
        let heap = match ty.heap() {
            Heap::Concrete(index) => Heap::Concrete(ids.get(index as usize).unwrap_or(u32::MAX)),
            other => other,
        };
        Self {
            nullable: ty.nullable(),
            heap,
        }
    }

    /// Whether every value of this type is one of `other`.
    pub(super) fn is_subtype(&self, other: &Self) -> bool {
        (other.nullable || !self.nullable) && self.heap.is_subtype(&other.heap)
    }
}

impl StoreType {
    /// `ty` of a module whose types have the numbers `ids`.
    pub(super) fn new(ty: ValType, ids: &SharedArray<u32>) -> Self {
        match ty {
            ValType::Ref(ty) => Self::Ref(StoreRef::new(ty, ids)),
            number => Self::Number(number),
        }
    }

    /// Whether every value of this type is one of `other`.
    pub(super) fn is_subtype(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ref(a), Self::Ref(b)) => a.is_subtype(b),
            (a, b) => a == b,
        }
    }
}

/// Where the representative of a number is.
#[derive(Clone, Copy, Debug)]
struct Representative {
    instance: u32,
    ty: u32,
}

/// The numbering.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// By number. The types of a group have consecutive numbers.
    representatives: Vec<Representative>,
    /// Level and first number of each group, in order.
    sorted: Vec<(u32, u32)>,
}

/// What adding a module's types would change; kept apart until nothing can fail any more.
#[derive(Debug)]
pub(super) struct Addition {
    representatives: Vec<Representative>,
    /// `None` if there are no new types.
    sorted: Option<Vec<(u32, u32)>>,
    /// Number of each type index of the module.
    pub(super) ids: SharedArray<u32>,
}

impl Types {
    /// The group whose first number is `number`.
    fn group<'a, P: Platform>(
        &self,
        instances: &'a [Instance<P>],
        number: u32,
    ) -> Option<Group<'a>> {
        let at = self.representatives.get(number as usize)?;
        let instance = instances.get(at.instance as usize)?;
        Group::of(instance.module.compiled(), at.ty, Some(&instance.type_ids))
    }

    /// Numbers for the types of `module`, which will be instance `instance`. Changes nothing yet.
    pub(super) fn prepare<P: Platform>(
        &mut self,
        instances: &[Instance<P>],
        module: &Module<P>,
        instance: u32,
    ) -> Result<Addition, PlatformError> {
        let compiled = module.compiled();
        let (order, levels) = module.type_order();
        let count = compiled.types.len();
        let mut ids = SharedArray::new(count, 0)?;
        let oom = |_| PlatformError::OutOfMemory;
        let mut representatives = Vec::new();
        let mut sorted = Vec::new();
        let mut level_order: Vec<u32> = Vec::new();
        sorted
            .try_reserve_exact(self.sorted.len() + order.len())
            .map_err(oom)?;
        representatives.try_reserve(count).map_err(oom)?;
        self.representatives.try_reserve(count).map_err(oom)?;
        let mut existing = self.sorted.iter().copied().peekable();
        let mut begin = 0;
        for (level, &end) in (0u32..).zip(levels) {
            let range = order.get(begin as usize..end as usize).unwrap_or(&[]);
            begin = end;
            level_order.clear();
            level_order.try_reserve(range.len()).map_err(oom)?;
            level_order.extend(range);
            // Those of level 0 are sorted already.
            if level != 0 {
                heap_sort(&mut level_order, &|a, b| {
                    compare(
                        Group::of(compiled, a, Some(&ids)),
                        Group::of(compiled, b, Some(&ids)),
                    )
                });
            }
            let mut last: Option<(u32, u32)> = None;
            for &start in &level_order {
                let group = Group::of(compiled, start, Some(&ids));
                let mut found = last
                    .filter(|&(_, same)| {
                        compare(Group::of(compiled, same, Some(&ids)), group).is_eq()
                    })
                    .map(|(number, _)| number);
                while let (None, Some(&(other, number))) = (found, existing.peek()) {
                    let order = other
                        .cmp(&level)
                        .then_with(|| compare(self.group(instances, number), group));
                    if order == Ordering::Greater {
                        break;
                    }
                    existing.next();
                    sorted.push((other, number));
                    if order == Ordering::Equal {
                        found = Some(number);
                    }
                }
                let (_, len) = compiled.groups.of(start);
                let number = found.unwrap_or_else(|| {
                    let number = (self.representatives.len() + representatives.len()) as u32;
                    representatives.extend(
                        (start..start.saturating_add(len))
                            .map(|ty| Representative { instance, ty }),
                    );
                    sorted.push((level, number));
                    number
                });
                for offset in 0..len {
                    ids.set((start + offset) as usize, number + offset);
                }
                last = Some((number, start));
            }
        }
        sorted.extend(existing);
        let sorted = (!representatives.is_empty()).then_some(sorted);
        Ok(Addition {
            representatives,
            sorted,
            ids,
        })
    }

    /// Applies what [`Types::prepare`] found (room was made there); the numbers of the module's types.
    pub(super) fn commit(&mut self, addition: Addition) -> SharedArray<u32> {
        self.representatives.extend(addition.representatives);
        if let Some(sorted) = addition.sorted {
            self.sorted = sorted;
        }
        addition.ids
    }
}
