// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The command line.

use std::time::Duration;

use wasmk_engine::config::MemoryModel;

use crate::{
    address::Endpoint,
    paths::{DirectorySpec, FileSpec},
};

/// Help.
pub const USAGE: &str = "\
Usage: hostrun [OPTIONS] FILE [ARGS...]
  --dir HOST[::GUEST][:RIGHTS]  a directory, which the program sees as GUEST
  --file [NAME=]PATH[:RIGHTS]   a file
  --listen [NAME=]ADDR          a listening (or bound datagram) socket
  --connect [NAME=]ADDR[,ADDR]  addresses that may be connected to
  --env NAME=VALUE              environment
  --invoke FUNCTION             call this export (default _start)
  --memory guard|bounds         memory model (default guard)
  --timeout SECONDS             end the program after this time
RIGHTS: ro, rw, or WASI's names: fd_read,path_open
ADDR: [tcp:|udp:]HOST:PORT, [tcp:|udp:][V6]:PORT, unix:PATH
";

/// A grant: its name (may be empty) and addresses.
#[derive(Debug)]
pub struct NamedGrant {
    /// Name for `grant_find`.
    pub name: String,
    /// Where to listen (one), or what to connect to.
    pub endpoints: Vec<Endpoint>,
}

/// What was asked for.
#[derive(Debug)]
pub struct Options {
    /// The wasm file.
    pub file: String,
    /// Arguments, the program's name first.
    pub args: Vec<String>,
    /// Environment.
    pub env: Vec<String>,
    /// Directories.
    pub directories: Vec<DirectorySpec>,
    /// Files.
    pub files: Vec<FileSpec>,
    /// Listeners.
    pub listen: Vec<NamedGrant>,
    /// Dialers.
    pub connect: Vec<NamedGrant>,
    /// Function to call.
    pub invoke: String,
    /// Memory model.
    pub memory: MemoryModel,
    /// Time limit.
    pub timeout: Option<Duration>,
}

impl Options {
    /// Reads a command line; `None` when help was asked for.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Self {
            file: String::new(),
            args: Vec::new(),
            env: Vec::new(),
            directories: Vec::new(),
            files: Vec::new(),
            listen: Vec::new(),
            connect: Vec::new(),
            invoke: "_start".into(),
            memory: MemoryModel::Guard,
            timeout: None,
        };
        while let Some(word) = words.next() {
            if !word.starts_with("--") {
                options.file = word;
                break;
            }
            let (flag, value) = match word.split_once('=') {
                _ if word == "--help" => return Ok(None),
                // Where NAME= belongs to the value, that follows as a word of its own.
                Some((flag, value)) => (flag.to_owned(), value.to_owned()),
                None => {
                    let value = words
                        .next()
                        .ok_or_else(|| format!("{word} needs a value"))?;
                    (word, value)
                }
            };
            match flag.as_str() {
                "--dir" => options.directories.push(DirectorySpec::parse(&value)?),
                "--file" => options.files.push(FileSpec::parse(&value)?),
                "--listen" => options.listen.push(NamedGrant::parse(&value)?),
                "--connect" => options.connect.push(NamedGrant::parse(&value)?),
                "--env" => options.env.push(value),
                "--invoke" => options.invoke = value,
                "--memory" if value == "guard" => options.memory = MemoryModel::Guard,
                "--memory" if value == "bounds" => options.memory = MemoryModel::Bounds,
                "--timeout" => {
                    let seconds = value.parse().map_err(|_| format!("{value} is no time"))?;
                    let time = Duration::try_from_secs_f64(seconds);
                    options.timeout = Some(time.map_err(|_| format!("{value} is no time"))?);
                }
                _ => return Err(format!("unknown option {flag} {value}")),
            }
        }
        if options.file.is_empty() {
            return Err("no file given".into());
        }
        options.args.push(options.file.clone());
        options.args.extend(words);
        Ok(Some(options))
    }
}

impl NamedGrant {
    fn parse(value: &str) -> Result<Self, String> {
        let (name, addresses) = value.split_once('=').unwrap_or(("", value));
        let endpoints = addresses
            .split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            name: name.into(),
            endpoints,
        })
    }
}
