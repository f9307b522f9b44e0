// SPDX-License-Identifier: GPL-2.0
//! The kernel's channels, to one store.

use super::{
    sys::{ChannelEnd, Dialer, Directory, Object},
    KernelOs,
};
use wasmk_abi::{Channels, Errno, Passed, Take};

impl Channels for KernelOs {
    type Channel = ChannelEnd;

    fn share(&mut self, object: &Object) -> Result<Object, Errno> {
        Ok(object.share())
    }

    fn share_directory(&mut self, directory: &Directory) -> Result<Directory, Errno> {
        directory.share()
    }

    fn share_dialer(&mut self, dialer: &Dialer) -> Result<Dialer, Errno> {
        Ok(dialer.clone())
    }

    fn channel_send(
        &mut self,
        channel: &ChannelEnd,
        data: &[u8],
        passed: &mut Option<Passed<Self>>,
    ) -> Result<(), Errno> {
        channel.end().send(data, passed)
    }

    fn channel_recv(
        &mut self,
        channel: &ChannelEnd,
        take: &mut Take<'_>,
    ) -> Result<Option<Passed<Self>>, Errno> {
        channel.end().recv(take)
    }
}
