// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Store-wide numbers of function types: equal types have equal numbers, so an indirect call compares one word.
//!
//! Types are kept as references into the modules of instances, sorted, and merged with a module's sorted types: an
//! instantiation costs time linear in both, however a module chooses its types.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{instance::Instance, sys::SharedArray, Module};
use crate::{
    module::FuncType,
    platform::{Platform, PlatformError},
};

/// Where the representative of a number is.
#[derive(Clone, Copy, Debug)]
struct Representative {
    instance: u32,
    ty: u32,
}

/// The numbering.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// By number.
    representatives: Vec<Representative>,
    /// Numbers in the order of their types.
    sorted: Vec<u32>,
}

/// What adding a module's types would change; kept apart until nothing can fail any more.
#[derive(Debug)]
pub(super) struct Addition {
    representatives: Vec<Representative>,
    /// `None` if there are no new types.
    sorted: Option<Vec<u32>>,
    /// Number of each type index of the module.
    pub(super) ids: SharedArray<u32>,
}

impl Types {
    fn get<'a, P: Platform>(
        &self,
        instances: &'a [Instance<P>],
        number: u32,
    ) -> Option<&'a FuncType> {
        let at = self.representatives.get(number as usize)?;
        instances
            .get(at.instance as usize)?
            .module
            .compiled()
            .types
            .get(at.ty as usize)
    }

    /// Numbers for the types of `module`, which will be instance `instance`. Changes nothing yet.
    pub(super) fn prepare<P: Platform>(
        &mut self,
        instances: &[Instance<P>],
        module: &Module<P>,
        instance: u32,
    ) -> Result<Addition, PlatformError> {
        let types = &module.compiled().types;
        let order = module.type_order();
        let mut ids = SharedArray::new(types.len(), 0)?;
        let oom = |_| PlatformError::OutOfMemory;
        let mut representatives = Vec::new();
        let mut sorted = Vec::new();
        sorted
            .try_reserve_exact(self.sorted.len() + order.len())
            .map_err(oom)?;
        representatives.try_reserve(order.len()).map_err(oom)?;
        self.representatives.try_reserve(order.len()).map_err(oom)?;
        let mut existing = self.sorted.iter().copied().peekable();
        let mut last: Option<(u32, &FuncType)> = None;
        for &index in order {
            let Some(ty) = types.get(index as usize) else {
                continue;
            };
            if let Some((number, same)) = last {
                if same == ty {
                    ids.set(index as usize, number);
                    continue;
                }
            }
            let mut found = None;
            while let Some(&number) = existing.peek() {
                let order = self
                    .get(instances, number)
                    .map_or(Ordering::Less, |other| other.cmp(ty));
                if order == Ordering::Greater {
                    break;
                }
                existing.next();
                sorted.push(number);
                if order == Ordering::Equal {
                    found = Some(number);
                    break;
                }
            }
            let number = found.unwrap_or_else(|| {
                let number = (self.representatives.len() + representatives.len()) as u32;
                representatives.push(Representative {
                    instance,
                    ty: index,
                });
                sorted.push(number);
                number
            });
            ids.set(index as usize, number);
            last = Some((number, ty));
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
