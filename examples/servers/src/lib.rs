// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Small servers. Each is a [`Service`], which turns what comes in on a connection into what goes out and does no I/O;
//! the event loop in [`serve`] is the same for all.

#![forbid(unsafe_code)]

mod echo;
mod http;
mod http_echo;
#[cfg(target_family = "wasm")]
mod serve;

pub use echo::Echo;
pub use http::Http;
pub use http_echo::HttpEcho;
#[cfg(target_family = "wasm")]
pub use serve::serve;

/// What a service did with its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Took so many bytes and may do more.
    Took(usize),
    /// Needs more input.
    More,
    /// The connection is to be closed once all output is sent.
    Close,
}

/// A server's side of all its connections.
pub trait Service {
    /// What it remembers of one connection.
    type State: Default;

    /// Looks at the `input` of a connection that has not been taken yet, and appends to its `output`.
    fn step(&self, state: &mut Self::State, input: &[u8], output: &mut Vec<u8>) -> Step;
}

/// What is outside a program on the host: nothing to serve on.
#[cfg(not(target_family = "wasm"))]
pub fn serve<S: Service>(_name: &str, _service: S) -> std::process::ExitCode {
    eprintln!("this is a guest program; build it for wasm32-wasip1");
    std::process::ExitCode::from(2)
}

#[cfg(test)]
pub(crate) fn talk<S: Service>(service: &S, input: &[u8], piece: usize) -> (Vec<u8>, bool) {
    let (mut state, mut output, mut waiting) = (S::State::default(), Vec::new(), Vec::new());
    for piece in input.chunks(piece) {
        waiting.extend_from_slice(piece);
        loop {
            match service.step(&mut state, &waiting, &mut output) {
                Step::Took(count) => drop(waiting.drain(..count)),
                Step::More => break,
                Step::Close => return (output, true),
            }
        }
    }
    (output, false)
}
