// SPDX-License-Identifier: GPL-2.0
//! Ends of channels as they are granted.

use super::file::Object;
use crate::{channel::End, sys::file};
use kernel::{prelude::*, sync::Arc};

/// An end of a channel that a store was granted.
pub(crate) struct ChannelEnd {
    end: Arc<End>,
    /// Its file.
    object: Object,
}

impl ChannelEnd {
    /// The end behind descriptor `fd` of the caller.
    ///
    /// # Errors
    ///
    /// `EBADF` for what is no channel's end; `EINVAL` for the other end.
    pub(crate) fn from_fd(fd: i32, receiving: bool) -> Result<Self> {
        let (end, file) = file::object_and_file::<End>(fd)?;
        // SAFETY: the reference is a fresh one.
        let object = unsafe { Object::of_channel(file, end.receives()) };
        if end.receives() != receiving {
            return Err(EINVAL);
        }
        end.granted()?;
        Ok(Self { end, object })
    }

    /// What to send to, or receive from.
    pub(crate) fn end(&self) -> &End {
        &self.end
    }
}

impl AsRef<Object> for ChannelEnd {
    fn as_ref(&self) -> &Object {
        &self.object
    }
}

impl Drop for ChannelEnd {
    fn drop(&mut self) {
        self.end.released();
    }
}
