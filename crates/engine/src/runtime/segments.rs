// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Active segments, applied in order at instantiation: elements, then data (core specification, "Instantiation").

use super::{constant::compute, error::InstantiateError, store::Store};
use crate::{
    module::{ConstExpr, SegmentMode},
    platform::Platform,
    trap::TrapCode,
};

impl<P: Platform> Store<P> {
    /// Applies the active segments of instance `instance`. What was written before a failure stays.
    pub(super) fn apply_segments(&mut self, instance: u32) -> Result<(), InstantiateError> {
        const BAD: InstantiateError = InstantiateError::Internal("segment");
        let module = self
            .instances
            .get(instance as usize)
            .ok_or(BAD)?
            .module
            .clone();
        for (number, segment) in module.compiled().elements.iter().enumerate() {
            match segment.mode {
                SegmentMode::Active { index, offset } => {
                    // An i32 is zero-extended.
                    let offset = self.evaluate(instance, offset).ok_or(BAD)?;
                    let len = segment.items.len() as u64;
                    self.table_init(instance, index, number as u32, offset, 0, len)
                        .map_err(InstantiateError::Trap)?;
                }
                SegmentMode::Declared => {}
                SegmentMode::Passive => continue,
            }
            self.drop_element(instance, number as u32);
        }
        for (number, (mode, bytes)) in module.compiled().data.iter().enumerate() {
            let SegmentMode::Active { index, offset } = mode else {
                continue;
            };
            let offset = self.evaluate(instance, offset).ok_or(BAD)?;
            let memory = self.memory_number(instance, index).ok_or(BAD)?;
            self.view_of(memory)
                .write(offset, bytes)
                .ok_or(InstantiateError::Trap(TrapCode::MemoryOutOfBounds))?;
            self.drop_data(instance, number as u32);
        }
        Ok(())
    }

    /// The value of a constant expression in an instance.
    pub(super) fn evaluate(&self, instance: u32, expression: ConstExpr) -> Option<u64> {
        match expression {
            ConstExpr::Value(value) => Some(value),
            // Neither an offset nor an item is a vector.
            ConstExpr::Vector(_) => None,
            ConstExpr::Function(function) => self
                .instances
                .get(instance as usize)?
                .function_address(function),
            ConstExpr::Global(global) => self.global_value(self.global_owner(instance, global)?),
            ConstExpr::Computed { first, len } => {
                let compiled = self.instances.get(instance as usize)?.module.compiled();
                let global = |global| self.global_value(self.global_owner(instance, global)?);
                compute(compiled, first, len, global)
            }
        }
    }

    pub(super) fn drop_element(&mut self, instance: u32, segment: u32) {
        let instance = self.instances.get_mut(instance as usize);
        if let Some(flag) = instance.and_then(|at| at.dropped_elements.get_mut(segment as usize)) {
            *flag = true;
        }
    }

    pub(super) fn drop_data(&mut self, instance: u32, segment: u32) {
        let instance = self.instances.get_mut(instance as usize);
        if let Some(flag) = instance.and_then(|at| at.dropped_data.get_mut(segment as usize)) {
            *flag = true;
        }
    }
}
