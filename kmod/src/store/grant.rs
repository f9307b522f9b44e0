// SPDX-License-Identifier: GPL-2.0
//! GRANT and STRINGS: what a store's programs are handed.

use super::Store;
use crate::{
    device, os,
    sys::{alloc::bounded_flags, user},
    text::Name,
};
use kernel::prelude::*;
use wasmk_abi::{Errno, Rights, STRINGS_MAX};
use wasmk_uapi::{
    grant::{DialAddress, Grant, GrantKind, DIAL_MAX, PATH_MAX},
    store::{Strings, StringsKind},
};

/// The error number of an error of the abi.
pub(super) fn number(error: Errno) -> Error {
    match error {
        Errno::Exist => EEXIST,
        Errno::Mfile => EMFILE,
        Errno::NoMem => ENOMEM,
        Errno::TooBig => E2BIG,
        Errno::NameTooLong => ENAMETOOLONG,
        _ => EINVAL,
    }
}

/// Rights in a message: zero means all.
fn rights(bits: u64) -> Result<Option<Rights>> {
    if bits == 0 {
        return Ok(None);
    }
    Rights::from_bits(bits).map(Some).ok_or(EINVAL)
}

impl Store {
    pub(super) fn grant(&self, argument: usize) -> Result<isize> {
        let mut grant = device::read::<Grant>(argument, 0, |m| m.header)?;
        let is_dialer = grant.kind == GrantKind::Dialer as u32;
        if grant.address_count > DIAL_MAX || is_dialer != (grant.address_count != 0) {
            return Err(EINVAL);
        }
        let flags = bounded_flags();
        let mut addresses = KVec::with_capacity(grant.address_count as usize, flags)?;
        for index in 0..grant.address_count as usize {
            let address = user::record::<DialAddress>(grant.addresses, index)?;
            addresses.push(address, flags)?;
        }
        let name = if grant.kind == GrantKind::Directory as u32 {
            Name::new(user::bytes(grant.name, PATH_MAX as u64, EINVAL)?)?
        } else {
            device::name(grant.name)?
        };
        let resource = os::resource(grant.kind, grant.fd, addresses)?;
        let mut inner = self.hold()?;
        if inner.dead || self.shared.is_killed() {
            return Err(ESHUTDOWN);
        }
        let given = inner.context.grant(wasmk_abi::Grant {
            resource,
            name: name.as_str().as_bytes(),
            number: Some(grant.number).filter(|&number| number != u32::MAX),
            rights: rights(grant.rights)?,
            inheriting: rights(grant.rights_inheriting)?,
        });
        drop(inner);
        grant.number = given.map_err(number)?;
        grant.write()?;
        Ok(0)
    }

    pub(super) fn strings(&self, argument: usize) -> Result<isize> {
        let strings = device::read::<Strings>(argument, 0, |m| m.header)?;
        let data = user::bytes(strings.data, STRINGS_MAX as u64, E2BIG)?;
        let count = data.iter().filter(|&&byte| byte == 0).count();
        if count != strings.count as usize || data.last().is_some_and(|&byte| byte != 0) {
            return Err(EINVAL);
        }
        let mut inner = self.hold()?;
        match strings.kind {
            kind if kind == StringsKind::Args as u32 => inner.context.set_args(&data),
            kind if kind == StringsKind::Environ as u32 => inner.context.set_environ(&data),
            _ => return Err(EINVAL),
        }
        .map_err(number)?;
        Ok(0)
    }
}
