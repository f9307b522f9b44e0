// SPDX-License-Identifier: GPL-2.0
//! Open directories.

/// An open directory, with the authority of whoever granted it.
pub(crate) struct Directory(());
