// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Tries everything to reach Chandra, then waits for what Anitha sends.

#![deny(unsafe_code)]

#[cfg(target_family = "wasm")]
fn main() -> Result<(), wasmk_guest::Errno> {
    use wasmk_friends::{line, CALL, NUMBER};
    use wasmk_guest::{find, grants, Dialer, Errno, Receiver, Shutdown, Stream, MESSAGE_MAX};

    println!("Balu: is there a number: {:?}", find("chandra"));
    let given = grants();
    println!(
        "Balu: dialers: {}, listeners: {}, others: {}",
        given.dialers.len(),
        given.listeners.len(),
        given.others.len()
    );
    // All stays open.
    std::mem::forget(given);
    let guess = Dialer::find("balu")?;
    println!("Balu: ringing the channel: {:?}", guess.connect(0).err());
    std::mem::forget(guess);

    let channel = Receiver::find("balu")?;
    let mut text = [0; MESSAGE_MAX];
    loop {
        let (len, passed) = match channel.recv(&mut text) {
            Err(Errno::PIPE) => break println!("Balu: nobody sends any more"),
            message => message?,
        };
        let passed = passed.ok_or(Errno::NOENT)?;
        match text.get(..len) {
            Some(NUMBER) => {
                let stream = Dialer::from(passed).connect(0)?;
                stream.send_all(b"Balu\n")?;
                println!("Balu: Chandra says {:?}", line(&stream)?);
                println!(
                    "Balu: hanging up one side: {:?}",
                    stream.shutdown(Shutdown::Write)
                );
            }
            Some(CALL) => {
                let stream = Stream::from(passed);
                stream.send_all(b"Balu on Anitha's phone\n")?;
                println!("Balu: listening: {:?}", stream.recv(&mut [0]));
            }
            _ => println!("Balu: what is that?"),
        }
    }
    Ok(())
}

#[cfg(not(target_family = "wasm"))]
fn main() {}
