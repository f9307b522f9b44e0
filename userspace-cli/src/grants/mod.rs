// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Opening what the flags grant, and handing it to a store.

mod files;
mod sockets;
mod streams;

use std::{ffi::OsString, os::unix::ffi::OsStrExt, path::Path};

use libwasmk::{Address, Store};
use serde::Serialize;
use serde_json::{json, Value};

pub use streams::{Streams, Usual};

use self::{
    files::{OpenDirectory, OpenFile},
    sockets::{Dialer, Listener},
};
use crate::{channels::Channels, cli::GrantOptions, problem::Problem};

/// Everything that the flags grant, open.
#[derive(Debug, Default)]
pub struct Grants {
    directories: Vec<OpenDirectory>,
    files: Vec<OpenFile>,
    listeners: Vec<Listener>,
    dialers: Vec<Dialer>,
    channels: Channels,
    environ: Vec<OsString>,
}

/// Addresses that were granted, for people and programs.
#[derive(Debug, Serialize)]
pub struct Granted {
    /// Name for the guest.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Addresses, with the port that was found for port 0.
    pub addresses: Vec<String>,
}

impl Grants {
    /// Opens directories and files, resolves names, binds and listens. Errors name the flag.
    pub fn open(options: &GrantOptions) -> Result<Self, Problem> {
        let directories = options.dir.iter().chain(&options.mapdir);
        Ok(Self {
            directories: directories
                .map(OpenDirectory::open)
                .collect::<Result<_, _>>()?,
            files: options
                .file
                .iter()
                .map(OpenFile::open)
                .collect::<Result<_, _>>()?,
            listeners: options
                .listen
                .iter()
                .map(Listener::open)
                .collect::<Result<_, _>>()?,
            dialers: options
                .connect
                .iter()
                .map(Dialer::resolve)
                .collect::<Result<_, _>>()?,
            channels: Channels::open(&options.channels)?,
            environ: options.environ(),
        })
    }

    /// Grants everything to `store`, from descriptor 3 on, and the environment. Directories come first: C libraries look for them
    /// from 3 up to the first number that is none.
    ///
    /// What the guest does in a directory it does as whoever calls this, with its umask.
    pub fn apply(&self, store: &Store) -> Result<(), Problem> {
        self.directories
            .iter()
            .try_for_each(|directory| directory.grant(store))?;
        self.files.iter().try_for_each(|file| file.grant(store))?;
        self.listeners
            .iter()
            .try_for_each(|listener| listener.grant(store))?;
        self.dialers
            .iter()
            .try_for_each(|dialer| dialer.grant(store))?;
        self.channels.grant(store)?;
        let environ: Vec<&[u8]> = self.environ.iter().map(|entry| entry.as_bytes()).collect();
        store.set_environ(&environ)?;
        Ok(())
    }

    /// Where it listens.
    pub fn listening(&self) -> Vec<Granted> {
        self.listeners.iter().map(Listener::granted).collect()
    }

    /// Where it may connect to.
    pub fn dialing(&self) -> Vec<Granted> {
        self.dialers.iter().map(Dialer::granted).collect()
    }

    /// Directories and files, for a service's record.
    pub fn paths(&self) -> Value {
        json!({
            "directories": self.directories.iter().map(OpenDirectory::record).collect::<Vec<_>>(),
            "files": self.files.iter().map(OpenFile::record).collect::<Vec<_>>(),
        })
    }

    /// Paths of listening unix sockets, to be removed at the end.
    pub fn socket_files(&self) -> impl Iterator<Item = &Path> {
        self.listeners
            .iter()
            .filter_map(|listener| match listener.address() {
                Address::Unix(path) => Some(path.as_path()),
                _ => None,
            })
    }
}

/// The kernel refused a grant: says which.
fn with_flag(error: libwasmk::Error, flag: &str, value: &dyn std::fmt::Display) -> Problem {
    let mut problem = Problem::from(error);
    problem.message = format!("{flag} {value}: {}", problem.message);
    problem
}
