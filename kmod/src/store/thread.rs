// SPDX-License-Identifier: GPL-2.0
//! THREAD: a store for a further thread of a program.
//!
//! The thread is a task of the caller's, which runs it as any store: the module has no threads of its own. So there are never more than the
//! caller makes, whatever a program asks for.

use super::{
    grant::number as errno, group::Place, instantiate, memories, runtime_error, Inner, Parts,
    Shared, Store,
};
use crate::{
    device,
    module::{platform_error, LoadedModule},
    os::KernelOs,
    sys::{file::NewFd, machine::Machine, user::Message},
    text::{self, Name},
};
use kernel::{prelude::*, sync::Arc};
use wasmk_engine::{module::ValType, runtime::Extern};
use wasmk_uapi::store::Thread;

/// Where a thread begins, by wasi-threads.
const ENTRY: &str = "wasi_thread_start";

/// A call that asks for a thread.
pub(super) struct Spawn {
    /// The instance that asks.
    pub(super) instance: u32,
    /// What its entry is called with.
    pub(super) argument: u32,
}

impl Store {
    pub(super) fn thread(&self, argument: usize) -> Result<isize> {
        let mut request = device::read::<Thread>(argument, 0, |m| m.header)?;
        let mut inner = self.hold()?;
        if inner.dead || self.shared.is_killed() {
            return Err(ESHUTDOWN);
        }
        request.fd = -1;
        request.message.fill(0);
        let fuel = inner.machine.fuel();
        let made = self.install(&mut inner, &mut request);
        if made.is_err() {
            // What the thread was to get is its maker's again.
            inner.machine.set_fuel(fuel);
        }
        made
    }

    fn install(&self, inner: &mut Inner, request: &mut Message<Thread>) -> Result<isize> {
        let (store, place) = match self.make_thread(inner, request) {
            Ok(made) => made,
            Err(error) => {
                request.write()?;
                return Err(error);
            }
        };
        request.number = place.thread();
        request.id = store.id();
        let fd = NewFd::new(store.clone())?;
        request.fd = fd.number();
        request.write()?;
        // A file that is not installed is closed, which takes its store out of the group.
        place.take(store)?;
        fd.install();
        Ok(0)
    }

    /// The store, and its place in the group. Failures are explained in the message.
    fn make_thread(
        &self,
        inner: &mut Inner,
        request: &mut Message<Thread>,
    ) -> Result<(Arc<Self>, Place)> {
        let (instance, argument) = match &inner.spawn {
            Some(spawn) => (spawn.instance, spawn.argument),
            None => return Err(refuse(request, "no call asks for a thread")),
        };
        request.argument = argument;
        if !begins(inner, instance) {
            let why = "the module exports no function wasi_thread_start that takes two i32";
            return Err(refuse(request, why));
        }
        let module = inner.module_of(instance).ok_or(ENOENT)?;
        if module.has_memories() {
            // Each thread would have another one, from pools that all programs share.
            let why = "the module has a memory of its own: with threads, memories are imported";
            return Err(refuse(request, why));
        }
        let place = match self.group.place() {
            Ok(place) => place,
            Err(EAGAIN) => {
                text::put(
                    &mut request.message,
                    format_args!("there are {} threads already", self.group.threads()),
                );
                return Err(EAGAIN);
            }
            Err(error) => return Err(error),
        };
        let shared = Arc::pin_init(Shared::new(), GFP_KERNEL_ACCOUNT)?;
        let mut machine =
            Machine::new(shared.clone(), self.group.limits()).map_err(runtime_error)?;
        let memories =
            memories::of_thread(inner, instance, &module, &mut machine).map_err(platform_error)?;
        if memories.is_empty() {
            return Err(refuse(request, "the module imports no shared memory"));
        }
        let os = KernelOs::new(shared.clone(), self.account.clone());
        let context = inner.context.thread(os).map_err(errno)?;
        request.instance = instantiate::instance(&mut machine, &module, &[], &memories)
            .map_err(|error| instantiate::explain(&mut request.message, &module, error))?;
        // Nothing is made of nothing: what the thread gets its maker has no more.
        let fuel = inner.machine.fuel();
        machine.set_fuel(fuel / 2);
        inner.machine.set_fuel(fuel - fuel / 2);
        let mut inner = Inner::new(machine, context);
        // A thread may ask for threads, too; see `module_of`.
        inner.modules.push(module.clone(), GFP_KERNEL_ACCOUNT)?;
        let parts = Parts {
            inner,
            shared,
            account: self.account.clone(),
            group: self.group.clone(),
            thread: place.thread(),
        };
        let store = Self::from_parts(parts, Name::default(), self.worker)?;
        store.note_module(module);
        Ok((store, place))
    }
}

fn refuse(request: &mut Message<Thread>, why: &'static str) -> Error {
    text::put(&mut request.message, format_args!("{why}"));
    EINVAL
}

impl Inner {
    /// The module of an instance.
    fn module_of(&self, instance: u32) -> Option<Arc<LoadedModule>> {
        let module = self.machine.module(instance)?;
        let mut modules = self.modules.iter();
        modules.find(|other| other.is(module)).cloned()
    }
}

/// The instance has an entry for threads.
fn begins(inner: &Inner, instance: u32) -> bool {
    let Some(Extern::Function(function)) = inner.machine.export(instance, ENTRY) else {
        return false;
    };
    inner
        .machine
        .function_type(function)
        .is_some_and(|ty| *ty.params == [ValType::I32, ValType::I32] && ty.results.is_empty())
}
