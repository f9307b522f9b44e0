// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `--receive` and `--send`: channels between programs.

use std::os::fd::{AsFd, OwnedFd};

use clap::Args;
use libwasmk::{uapi::grant::GrantKind, Device, Grant, GrantSource, Store};

use crate::{cli::service_name, problem::Problem};

/// Channels that a program is given an end of.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Grants")]
pub struct ChannelOptions {
    /// Make a channel and let the program receive from it, under this name; may be repeated.
    #[arg(long, value_name = "NAME", value_parser = service_name)]
    pub receive: Vec<String>,
    /// Let the program send to the channel that another one receives from; may be repeated.
    #[arg(long, value_name = "[NAME=]CHANNEL", value_parser = send)]
    pub send: Vec<SendSpec>,
}

/// `--send`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendSpec {
    /// Name for the program.
    pub name: String,
    /// The channel's name.
    pub channel: String,
}

fn send(text: &str) -> Result<SendSpec, String> {
    let (name, channel) = text.split_once('=').unwrap_or((text, text));
    Ok(SendSpec {
        name: service_name(name)?,
        channel: service_name(channel)?,
    })
}

/// An end that is granted.
#[derive(Debug)]
struct End {
    flag: &'static str,
    name: String,
    kind: GrantKind,
    file: OwnedFd,
}

/// Open ends.
#[derive(Debug, Default)]
pub struct Channels(Vec<End>);

impl Channels {
    /// Makes and opens what the flags say. Errors name the flag.
    pub fn open(options: &ChannelOptions) -> Result<Self, Problem> {
        if options.receive.is_empty() && options.send.is_empty() {
            return Ok(Self::default());
        }
        let device = Device::open()?;
        let mut ends = Vec::new();
        for name in &options.receive {
            let file = device
                .create_channel(name)
                .map_err(|error| about("--receive", name, error))?;
            ends.push(End {
                flag: "--receive",
                name: name.clone(),
                kind: GrantKind::Receiver,
                file,
            });
        }
        for spec in &options.send {
            let file = device
                .open_channel(&spec.channel)
                .map_err(|error| about("--send", &spec.channel, error))?;
            ends.push(End {
                flag: "--send",
                name: spec.name.clone(),
                kind: GrantKind::Sender,
                file,
            });
        }
        Ok(Self(ends))
    }

    /// Grants them to `store`, in the order of the flags, receiving ends first.
    pub fn grant(&self, store: &Store) -> Result<(), Problem> {
        for end in &self.0 {
            store
                .grant(&Grant {
                    name: &end.name,
                    number: None,
                    source: GrantSource::File(end.kind, end.file.as_fd()),
                })
                .map_err(|error| about(end.flag, &end.name, error))?;
        }
        Ok(())
    }
}

fn about(flag: &str, name: &str, error: libwasmk::Error) -> Problem {
    let mut problem = Problem::from(error);
    problem.message = format!("{flag} {name}: {}", problem.message);
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_named_as_such_or_otherwise() {
        let spec = |name: &str, channel: &str| SendSpec {
            name: name.into(),
            channel: channel.into(),
        };
        assert_eq!(send("balu"), Ok(spec("balu", "balu")));
        assert_eq!(send("friend=balu"), Ok(spec("friend", "balu")));
        for bad in ["", "=balu", "friend=", "a=b=c", "a/b"] {
            assert!(send(bad).is_err(), "{bad}");
        }
    }
}
