// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A store: the unit of lifetime, accounting and exclusive execution.

use alloc::vec::Vec;
use core::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{
    entity::{MemoryEntity, TableEntity},
    error::RuntimeError,
    exception::Exceptions,
    exports::hidden,
    instance::Instance,
    link::FuncHandle,
    run::Pending,
    sys::{prepare, StoreContext},
    types::Types,
    waiters::Registration,
};
use crate::{
    module::{Heap, ValType},
    platform::{Platform, PlatformError, Stack},
    vm::{INTERRUPT, STACK_RESERVE},
};

/// What a store may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreLimits {
    /// Bytes of wasm stack above the reserve; at least [`StoreLimits::MIN_STACK`].
    pub stack_size: usize,
    /// Most bytes of all memories and tables together, and of the upkeep of instances as far as it exceeds [`crate::module::FREE_UPKEEP`].
    pub max_memory: u64,
}

impl StoreLimits {
    /// Room for the largest trampoline frame (1000 parameters and 1000 results) and a few calls.
    pub const MIN_STACK: usize = 48 << 10;
}

impl Default for StoreLimits {
    /// 256 KiB of stack, 4 GiB of memory.
    fn default() -> Self {
        Self {
            stack_size: 256 << 10,
            max_memory: 4 << 30,
        }
    }
}

/// The meaningful half of an i32's or f32's slot.
const LOW_HALF: u64 = 0xffff_ffff;

/// A function to be called.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Target {
    /// Its record.
    entry: u64,
    trampoline: u64,
    /// The `switch` stub of its module.
    switch: u64,
    params: u32,
    pub(super) results: u32,
    /// Parameters are few and no references: `narrow` tells all that must be done to arguments.
    plain: bool,
    /// Of which parameters only the low half counts, as bits.
    narrow: u64,
}

/// See the module.
pub struct Store<P: Platform> {
    // Fields drop in order: what refers to others first.
    pub(super) context: StoreContext,
    pub(super) instances: Vec<Instance<P>>,
    pub(super) memories: Vec<MemoryEntity<P>>,
    pub(super) tables: Vec<TableEntity>,
    pub(super) stack: P::Stack,
    pub(super) types: Types,
    /// Type number of each tag.
    pub(super) tags: Vec<u32>,
    pub(super) exceptions: Exceptions,
    pub(super) limits: StoreLimits,
    /// Bytes of memories and tables.
    pub(super) used: u64,
    /// Argument and result slots of the call. Its address is known to the trampoline while a call is in progress.
    pub(super) values: Vec<u64>,
    /// Results of the last call, references hidden.
    results: Vec<u64>,
    pub(super) pending: Pending,
    pub(super) parked: bool,
    /// The function of the call in progress, or of the last one.
    called: Option<FuncHandle>,
    /// The function that `target` describes: for good, as records stay where they are and instances are not taken away.
    found: Option<FuncHandle>,
    pub(super) target: Target,
    /// The `switch` stub to enter by.
    pub(super) switch: u64,
    /// The instance that left last.
    pub(super) last_caller: u32,
    /// What the store's thread sleeps on; made when it first does.
    pub(super) waker: Option<P::Waker>,
    /// The wait in progress.
    pub(super) waiting: Option<Registration<P>>,
}

/// The type of the value in each slot of a row that holds values of `types`.
pub(super) fn slot_types(types: &[ValType]) -> impl Iterator<Item = ValType> + '_ {
    types
        .iter()
        .flat_map(|&ty| core::iter::repeat_n(ty, ty.slots()))
}

impl<P: Platform> fmt::Debug for Store<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("instances", &self.instances.len())
            .field("memory_bytes", &self.used)
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}

impl<P: Platform> Store<P> {
    /// An empty store with a stack.
    pub fn new(limits: StoreLimits) -> Result<Self, RuntimeError> {
        if limits.stack_size < StoreLimits::MIN_STACK {
            return Err(RuntimeError::StackTooSmall(StoreLimits::MIN_STACK));
        }
        let stack = P::stack(limits.stack_size)?;
        let limit = stack.bottom().saturating_add(STACK_RESERVE as u64);
        Ok(Self {
            context: StoreContext::new(limit)?,
            instances: Vec::new(),
            memories: Vec::new(),
            tables: Vec::new(),
            stack,
            types: Types::default(),
            tags: Vec::new(),
            exceptions: Exceptions::default(),
            limits,
            used: 0,
            values: Vec::new(),
            results: Vec::new(),
            pending: Pending::Idle,
            parked: false,
            called: None,
            found: None,
            target: Target::default(),
            switch: 0,
            last_caller: 0,
            waker: None,
            waiting: None,
        })
    }

    /// Prepares a call of `function`; [`Store::run`] makes it. i32 and f32 arguments use the low half of their slot; a
    /// funcref is 0 or what [`Store::reference`] says; an externref is any number, 0 for null. A v128 takes two slots, the low half first.
    pub fn begin(&mut self, function: FuncHandle, args: &[u64]) -> Result<(), RuntimeError> {
        if self.pending != Pending::Idle {
            return Err(RuntimeError::Busy);
        }
        if self.found != Some(function) {
            self.target = self.find(function)?;
            self.found = Some(function);
        }
        let target = &self.target;
        if args.len() != target.params as usize {
            return Err(RuntimeError::ArgumentCount(target.params as usize));
        }
        // Most calls need no more room than the one before.
        let slots = target.params.max(target.results) as usize;
        if self.values.len() < slots || self.results.capacity() < target.results as usize {
            make_slots(&mut self.values, &mut self.results, target)?;
        }
        if target.plain {
            let mut narrow = target.narrow;
            for (slot, &arg) in self.values.iter_mut().zip(args) {
                *slot = if narrow & 1 != 0 { arg & LOW_HALF } else { arg };
                narrow >>= 1;
            }
        } else {
            self.set_arguments(function, args)?;
        }
        self.results.clear();
        let target = &self.target;
        let rsp = prepare(&mut self.stack, target.trampoline).ok_or(RuntimeError::NoFunction)?;
        self.context.set_wasm_rsp(rsp);
        self.context.set_entry(target.entry as *const _);
        self.context.set_values(self.values.as_mut_ptr());
        self.context.set_fp_open(0);
        self.switch = target.switch;
        self.called = Some(function);
        self.pending = Pending::Enter;
        Ok(())
    }

    /// What there is to know of a function that is called for the first time.
    #[cold]
    fn find(&self, function: FuncHandle) -> Result<Target, RuntimeError> {
        let instance = self
            .instances
            .get(function.instance as usize)
            .ok_or(RuntimeError::NoFunction)?;
        let record = self.record(function).ok_or(RuntimeError::NoFunction)?;
        if record.host != u32::MAX {
            return Err(RuntimeError::HostFunction);
        }
        let ty = instance
            .function_type(function.function)
            .ok_or(RuntimeError::NoFunction)?;
        let narrow = |mask, (index, &ty): (u32, &ValType)| match ty {
            ValType::I32 | ValType::F32 => mask | 1u64.checked_shl(index).unwrap_or(0),
            _ => mask,
        };
        let numbers = |&ty: &ValType| {
            matches!(
                ty,
                ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64
            )
        };
        Ok(Target {
            entry: instance
                .function_address(function.function)
                .ok_or(RuntimeError::NoFunction)?,
            trampoline: record.trampoline,
            switch: instance
                .module
                .address(instance.module.compiled().code.stubs.switch),
            params: ValType::slots_of(&ty.params) as u32,
            results: ValType::slots_of(&ty.results) as u32,
            plain: ty.params.len() <= 64 && ty.params.iter().all(numbers),
            narrow: (0..).zip(&ty.params).fold(0, narrow),
        })
    }

    /// Checks the arguments and puts them into their slots, for which there is room.
    #[inline(never)]
    fn set_arguments(&mut self, function: FuncHandle, args: &[u64]) -> Result<(), RuntimeError> {
        // The parameter, and whether its first slot is done.
        let (mut param, mut begun) = (0, false);
        for (index, &arg) in args.iter().enumerate() {
            let ty = self
                .function_type(function)
                .and_then(|ty| ty.params.get(param));
            let ty = *ty.ok_or(RuntimeError::NoFunction)?;
            let value = self
                .checked(function.instance, ty, arg)
                .ok_or(RuntimeError::BadReference)?;
            if let Some(slot) = self.values.get_mut(index) {
                *slot = value;
            }
            begun = ty.slots() == 2 && !begun;
            param += usize::from(!begun);
        }
        Ok(())
    }

    /// `value`, which comes from outside, as a slot of type `ty` of an instance may hold it; `None` if it is no reference of
    /// this store, or none that has the type.
    pub(super) fn checked(&self, instance: u32, ty: ValType, value: u64) -> Option<u64> {
        let ty = match ty {
            ValType::I32 | ValType::F32 => return Some(value & LOW_HALF),
            ValType::I64 | ValType::F64 | ValType::V128 => return Some(value),
            ValType::Ref(ty) => ty,
        };
        if value == 0 {
            return ty.nullable().then_some(0);
        }
        let fits = match ty.heap() {
            Heap::Func => self.referenced(value).is_some(),
            Heap::Concrete(index) => {
                let ids = &self.instances.get(instance as usize)?.type_ids;
                let record = self.record(self.referenced(value)?)?;
                ids.get(index as usize) == Some(record.type_id)
            }
            Heap::Extern => true,
            // No embedder has an exception.
            Heap::NoFunc | Heap::NoExtern | Heap::Exn | Heap::NoExn => false,
        };
        fits.then_some(value)
    }

    /// Types of the results of the last call.
    pub fn result_types(&self) -> &[ValType] {
        match self
            .called
            .and_then(|function| self.function_type(function))
        {
            Some(ty) => &ty.results,
            None => &[],
        }
    }

    /// Results of the last call that returned, one slot each, two for a v128. A funcref is 0 for null, else 1: see [`Store::result_function`].
    pub fn results(&self) -> &[u64] {
        &self.results
    }

    /// Takes the results over from the slots, addresses hidden. Room was made by `begin`.
    #[inline(never)]
    pub(super) fn take_results(&mut self) {
        let mut results = core::mem::take(&mut self.results);
        for (ty, &value) in slot_types(self.result_types()).zip(&self.values) {
            results.push(hidden(ty, value));
        }
        self.results = results;
    }

    /// True if a run returned [`super::RunExit::Parked`] and was not continued.
    pub fn is_parked(&self) -> bool {
        self.parked
    }

    /// True while a call is begun, running or parked.
    pub fn is_busy(&self) -> bool {
        self.pending != Pending::Idle
    }

    /// Gives up the call in progress. Its instance stays as it is.
    pub fn cancel(&mut self) {
        self.end_call();
    }

    #[inline]
    pub(super) fn end_call(&mut self) {
        self.pending = Pending::Idle;
        self.parked = false;
        self.context.set_fp_open(0);
        if self.waiting.is_some() {
            self.waiting = None;
        }
    }

    /// The interruption word: whoever wants running wasm to ask [`super::Host::interrupted`] stores [`crate::vm::INTERRUPT`] there. Valid as long as
    /// the store lives.
    pub fn interrupt_word(&self) -> *const AtomicU64 {
        self.context.interrupt_word()
    }

    /// Makes running wasm, or the next run, ask [`super::Host::interrupted`] at its next check.
    pub fn request_interrupt(&self) {
        self.context
            .interrupt_word()
            .store(INTERRUPT, Ordering::Release);
    }

    /// The store's context, for a platform's timer: it may read `fp_open` and write the interruption word. Valid as long as
    /// the store lives.
    pub fn context(&self) -> *const crate::vm::StoreCtx {
        self.context.as_ptr()
    }

    /// Fuel left, for code that was compiled with fuel.
    pub fn fuel(&self) -> u64 {
        u64::try_from(self.context.fuel()).unwrap_or(0)
    }

    /// Sets the fuel left; more than `i64::MAX` counts as that.
    pub fn set_fuel(&mut self, fuel: u64) {
        self.context
            .set_fuel(i64::try_from(fuel).unwrap_or(i64::MAX));
    }

    /// The limits given at creation.
    pub fn limits(&self) -> StoreLimits {
        self.limits
    }
}

/// Makes room for a call.
#[cold]
fn make_slots(
    values: &mut Vec<u64>,
    results: &mut Vec<u64>,
    target: &Target,
) -> Result<(), RuntimeError> {
    let oom = |_| RuntimeError::Platform(PlatformError::OutOfMemory);
    let slots = target.params.max(target.results) as usize;
    let more = slots.saturating_sub(values.len());
    values.try_reserve(more).map_err(oom)?;
    values.resize(values.len().saturating_add(more), 0);
    results.clear();
    results.try_reserve(target.results as usize).map_err(oom)
}
