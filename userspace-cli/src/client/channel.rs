// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Channels: their ends are granted like other files.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::{device::adopted, Device, Error};
use crate::sys::channels;

impl Device {
    /// Makes a channel that others can open by `name` (unless that is empty) as long as its receiving end lives; returns that end.
    pub fn create_channel(&self, name: &str) -> Result<OwnedFd, Error> {
        const OPERATION: &str = "create the channel";
        let message =
            channels::create(self.as_fd(), name).map_err(|error| Error::new(OPERATION, &error))?;
        adopted(OPERATION, message.fd)
    }

    /// A sending end of the channel called `name`.
    pub fn open_channel(&self, name: &str) -> Result<OwnedFd, Error> {
        self.sender("open the channel", name, None)
    }

    /// A sending end of the channel whose receiving end this is.
    pub fn channel_sender(&self, receiver: BorrowedFd<'_>) -> Result<OwnedFd, Error> {
        self.sender("open the channel", "", Some(receiver))
    }

    fn sender(
        &self,
        operation: &'static str,
        name: &str,
        receiver: Option<BorrowedFd<'_>>,
    ) -> Result<OwnedFd, Error> {
        let message = channels::open(self.as_fd(), name, receiver)
            .map_err(|error| Error::new(operation, &error))?;
        adopted(operation, message.fd)
    }
}
