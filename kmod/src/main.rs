// SPDX-License-Identifier: GPL-2.0
//! wasmk: WebAssembly inside the kernel.
//!
//! The device makes modules (validated, compiled, immutable) and stores (instances, descriptors, one running thread); both are file
//! descriptors. See `ARCHITECTURE.md`; the interface is `crates/uapi`.
#![deny(unsafe_code)]

mod channel;
mod codegen;
mod device;
mod load;
mod module;
mod os;
mod registry;
mod shared_memory;
mod store;
mod sys;
mod text;

use kernel::{
    miscdevice::{MiscDeviceOptions, MiscDeviceRegistration},
    prelude::*,
};

module! {
    type: Wasmk,
    name: "wasmk",
    authors: ["the wasmk authors"],
    description: "Runs sandboxed WebAssembly inside the kernel",
    license: "GPL",
    params: {
        guard_slots: u32 {
            default: 8,
            description: "Most linear memories with guard regions (16 MiB of page tables each, made on first use)",
        },
        allow_group: bool {
            default: false,
            description: "Let whoever can open the device load modules, not only CAP_SYS_ADMIN",
        },
    },
}

/// The loaded module. Fields are dropped in order.
#[pin_data]
struct Wasmk {
    #[pin]
    _device: MiscDeviceRegistration<device::Device>,
    _machinery: sys::Machinery,
}

impl kernel::InPlaceModule for Wasmk {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _machinery: start()?,
            _device <- MiscDeviceRegistration::register(MiscDeviceOptions { name: c"wasmk" }),
        })
    }
}

/// Sets everything up but the device.
fn start() -> Result<sys::Machinery> {
    let slots = module_parameters::guard_slots.value();
    let machinery = sys::Machinery::new(slots)?;
    codegen::check()?;
    let (arena, _) = sys::arena_usage();
    pr_info!(
        "ready, arena {} MiB, {} guard slots, {}\n",
        arena >> 20,
        slots,
        codegen::describe()
    );
    Ok(machinery)
}
