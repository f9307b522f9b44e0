// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! What the proxy needs of a network.

use std::fmt;

/// Why a socket operation did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetError {
    /// It would have to wait; readiness will be reported.
    WouldBlock,
    /// The other side refused or cannot be reached.
    Unreachable,
    /// The connection broke.
    Reset,
    /// The other side did not answer in time.
    TimedOut,
    /// Descriptors or memory are used up for the moment.
    Exhausted,
    /// Anything else, by the platform's error number.
    Other(i32),
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WouldBlock => f.write_str("would block"),
            Self::Unreachable => f.write_str("cannot be reached"),
            Self::Reset => f.write_str("connection broken"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Exhausted => f.write_str("out of descriptors or memory"),
            Self::Other(number) => write!(f, "error {number}"),
        }
    }
}

/// What came of passing bytes on from one connection to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// So many went.
    Moved(usize),
    /// The first one has ended.
    End,
    /// Nothing is there to be passed on; readiness will be reported.
    Empty,
    /// The second one has no room; readiness will be reported.
    Full,
    /// This network cannot do that.
    Unable,
}

/// On which side passing bytes on has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassError {
    /// Receiving.
    Source(NetError),
    /// Sending.
    Sink(NetError),
}

/// What has become possible on a watched handle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The token given when the handle was watched.
    pub token: u64,
    /// Reading will not block.
    pub readable: bool,
    /// Writing will not block.
    pub writable: bool,
    /// The connection is gone in both directions, or broke.
    pub gone: bool,
}

/// Non-blocking sockets and one queue of readiness events.
pub trait Net {
    /// An open connection; dropping it closes it and ends its watch.
    type Handle;

    /// Number of listening sockets.
    fn listeners(&self) -> usize;
    /// Number of upstream addresses.
    fn upstreams(&self) -> usize;

    /// Takes a connection from listener number `index`.
    fn accept(&mut self, index: usize) -> Result<Self::Handle, NetError>;
    /// Starts to connect to upstream address number `index`. The flag tells whether the connection is there already;
    /// else it becomes writable, and then [`Self::connected`] tells how it went.
    fn connect(&mut self, index: usize) -> Result<(Self::Handle, bool), NetError>;
    /// How a connection attempt went; `WouldBlock` while it goes on.
    fn connected(&mut self, handle: &Self::Handle) -> Result<(), NetError>;
    /// Appends the peer's address, without its port, to `out`.
    fn peer(&mut self, handle: &Self::Handle, out: &mut String);

    /// Receives into `buffer`; 0 at the end of the stream.
    fn recv(&mut self, handle: &Self::Handle, buffer: &mut [u8]) -> Result<usize, NetError>;
    /// Sends the parts one after the other; answers how many bytes were taken.
    fn send(&mut self, handle: &Self::Handle, parts: &[&[u8]]) -> Result<usize, NetError>;
    /// Passes up to `most` bytes on that `from` has received and nobody has read, without their coming here. None is lost.
    fn pass(
        &mut self,
        from: &Self::Handle,
        to: &Self::Handle,
        most: usize,
    ) -> Result<Passed, PassError> {
        let _ = (from, to, most);
        Ok(Passed::Unable)
    }
    /// Tells the peer that nothing more will be sent.
    fn shutdown_write(&mut self, handle: &Self::Handle) -> Result<(), NetError>;

    /// Reports under `token` whenever the handle *becomes* readable or writable.
    fn watch(&mut self, handle: &Self::Handle, token: u64) -> Result<(), NetError>;
    /// Reports under `token` as long as listener `index` has connections waiting, or stops doing so.
    fn watch_listener(&mut self, index: usize, token: u64, on: bool) -> Result<(), NetError>;
    /// Waits for events, at most `timeout` milliseconds if given, and puts them in `events`.
    fn wait(&mut self, events: &mut Vec<Event>, timeout: Option<u64>) -> Result<(), NetError>;

    /// Milliseconds on a clock that never goes back.
    fn now(&mut self) -> u64;
}

/// The host part of an address in text, for X-Forwarded-For: without port and brackets; `unknown` for peers that have
/// none (RFC 7239 §6).
pub fn without_port(text: &str) -> &str {
    let host = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None if text.starts_with("unix:") => "",
        None => text.rsplit_once(':').map_or(text, |(host, _)| host),
    };
    if host.is_empty() {
        "unknown"
    } else {
        host
    }
}

#[cfg(test)]
mod tests {
    use super::without_port;

    #[test]
    fn takes_the_host_of_every_kind_of_address() {
        assert_eq!(without_port("192.0.2.1:80"), "192.0.2.1");
        assert_eq!(without_port("[2001:db8::1]:80"), "2001:db8::1");
        assert_eq!(without_port("unix:/run/x"), "unknown");
        assert_eq!(without_port("unix:"), "unknown");
        assert_eq!(without_port(""), "unknown");
    }
}
