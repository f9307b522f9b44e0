// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Giving up privileges.

use libwasmk::sys::process::{become_user, find_user, no_new_privileges};

use crate::problem::Problem;

/// The user and group that Debian, and most others, call nobody and nogroup; for systems without a user database.
const NOBODY: (u32, u32) = (65534, 65534);

/// Who a supervisor becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// Reads `--user`: NAME, UID or UID:GID.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let number = |text: &str| text.parse::<u32>().ok().filter(|&id| id != u32::MAX);
        if let Some((uid, gid)) = text.split_once(':') {
            if let (Some(uid), Some(gid)) = (number(uid), number(gid)) {
                return Ok(Self { uid, gid });
            }
        }
        if let Some(uid) = number(text) {
            return Ok(Self { uid, gid: uid });
        }
        match find_user(text).or_else(|| (text == "nobody").then_some(NOBODY)) {
            Some((uid, gid)) => Ok(Self { uid, gid }),
            None => Err(Problem::usage(format!(
                "--user {text}: there is no such user"
            ))),
        }
    }

    /// Becomes that user, for good, when we are root; then, in any case, nothing this process starts gains privileges.
    pub fn become_now(self) -> Result<(), Problem> {
        if rustix::process::geteuid().is_root() {
            become_user(self.uid, self.gid)
                .map_err(|error| Problem::io("cannot give up privileges", &error))?;
        }
        no_new_privileges().map_err(|error| Problem::io("cannot set no_new_privs", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_names_or_numbers() {
        assert_eq!(User::parse("12").unwrap(), User { uid: 12, gid: 12 });
        assert_eq!(User::parse("12:13").unwrap(), User { uid: 12, gid: 13 });
        assert_eq!(User::parse("root").unwrap(), User { uid: 0, gid: 0 });
        assert_eq!(User::parse("nobody").unwrap().uid, 65534);
        for bad in ["", "no-such-user", "1:", ":1", "-1", "4294967295"] {
            assert_eq!(User::parse(bad).unwrap_err().status, 2, "{bad}");
        }
    }
}
