// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! From the address of a trap to its function and operator.

use super::{error::Trap, store::Store};
use crate::{platform::Platform, trap::TrapCode};

impl<P: Platform> Store<P> {
    /// Describes the trap at the last exit. `code` is known but for faults, where the site tells it.
    pub(super) fn locate(&self, code: Option<TrapCode>) -> Trap {
        let address = self.context.trap_pc();
        let mut trap = Trap::from(code.unwrap_or(TrapCode::HostFailure));
        trap.instance = self.caller();
        // The code need not be the instance's own only if registers were mixed up; then search them all.
        let own = trap
            .instance
            .and_then(|index| self.instances.get(index as usize));
        let found = own
            .into_iter()
            .chain(&self.instances)
            .find_map(|at| Some((at, at.module.offset_of(address)?)));
        let Some((at, offset)) = found else {
            return trap;
        };
        // A return address may be the first byte of what follows the function; the call is before it.
        let inside = if code.is_some() {
            offset.saturating_sub(1)
        } else {
            offset
        };
        if let Some((function, start)) = at.module.function_at(inside) {
            trap.function = Some(function);
            trap.offset = Some(start);
        }
        if let Some(site) = at.module.trap_site(offset, code) {
            trap.offset = Some(site.wasm_offset());
            if code.is_none() {
                trap.code = site.code();
            }
        }
        trap
    }
}
