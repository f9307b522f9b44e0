// SPDX-License-Identifier: GPL-2.0
//! Ends of channels: what their file descriptors stand for.

use super::{Channel, Readiness};
use crate::{
    os::KernelOs,
    sys::file::{operations, FileObject, Operations},
    text::Name,
};
use kernel::{
    fs::File,
    prelude::*,
    sync::{poll::PollTable, Arc, ArcBorrow},
};
use wasmk_abi::{Errno, Passed, Take};

static OPERATIONS: Operations = operations::<End>();

/// One end of a channel.
pub(crate) struct End {
    channel: Arc<Channel>,
    receiving: bool,
}

impl End {
    /// The receiving end of a new channel.
    pub(crate) fn receiving(name: Name) -> Result<Arc<Self>> {
        let end = Self {
            channel: Channel::new(name)?,
            receiving: true,
        };
        Ok(Arc::new(end, GFP_KERNEL_ACCOUNT)?)
    }

    /// A sending end of the channel that the caller's user calls `name`.
    pub(crate) fn sending(name: &str) -> Result<Arc<Self>> {
        Self::sending_to(Channel::find(name)?)
    }

    /// A sending end of the channel whose receiving end this is. `EBADF` if it is not.
    pub(crate) fn opposite(&self) -> Result<Arc<Self>> {
        if !self.receiving {
            return Err(EBADF);
        }
        Self::sending_to(self.channel.clone())
    }

    fn sending_to(channel: Arc<Channel>) -> Result<Arc<Self>> {
        channel.add_sender()?;
        let end = Self {
            channel,
            receiving: false,
        };
        Ok(Arc::new(end, GFP_KERNEL_ACCOUNT)?)
    }

    /// It receives; else it sends.
    pub(crate) fn receives(&self) -> bool {
        self.receiving
    }

    /// A store was granted it.
    pub(crate) fn granted(&self) -> Result {
        if self.receiving {
            self.channel.join()?;
        }
        Ok(())
    }

    /// A store that was granted it lets it go.
    pub(crate) fn released(&self) {
        if self.receiving {
            self.channel.leave();
        }
    }

    /// See `Channels::channel_send`.
    pub(crate) fn send(
        &self,
        data: &[u8],
        passed: &mut Option<Passed<KernelOs>>,
    ) -> Result<(), Errno> {
        self.channel.send(data, passed)
    }

    /// See `Channels::channel_recv`.
    pub(crate) fn recv(&self, take: &mut Take<'_>) -> Result<Option<Passed<KernelOs>>, Errno> {
        self.channel.recv(take)
    }
}

impl FileObject for End {
    const NAME: &'static CStr = c"[wasmk-channel]";
    const POLLED: bool = true;

    fn operations() -> &'static Operations {
        &OPERATIONS
    }

    fn ioctl(_this: ArcBorrow<'_, Self>, _command: u32, _argument: usize) -> Result<isize> {
        Err(ENOTTY)
    }

    fn poll(this: ArcBorrow<'_, Self>, file: &File, table: &PollTable<'_>) -> Readiness {
        this.channel.poll(file, table, this.receiving)
    }

    fn closed(this: Arc<Self>) {
        drop(this);
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if self.receiving {
            self.channel.forget();
        } else {
            self.channel.remove_sender();
        }
    }
}
