// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The runtime's unsafe code: memory that generated code shares, behind safe accessors.
//!
//! Wasm runs only inside [`enter`], which needs the store exclusively, so between calls of it everything here but shared memories
//! (`guest`, `shared`) is ordinary memory. What generated code holds addresses of is allocated once, reached through raw pointers only, and freed
//! with the store.
#![allow(unsafe_code)]

mod array;
mod context;
mod guest;
mod shared;
mod store_context;
mod view;

pub use array::SharedArray;
pub use context::Context;
pub use guest::GuestMemory;
pub use shared::SharedDefinition;
pub use store_context::StoreContext;
pub use view::{enter, prepare, slots};
