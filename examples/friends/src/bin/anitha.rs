// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Rings Chandra, then hands Balu a call that she has begun, on which he may only speak, and after that the number.

#![deny(unsafe_code)]

#[cfg(target_family = "wasm")]
fn main() -> Result<(), wasmk_guest::Errno> {
    use wasmk_friends::{line, CALL, NUMBER};
    use wasmk_guest::{Dialer, Passing, Rights, Sender};

    let chandra = Dialer::find("chandra")?;
    let balu = Sender::find("balu")?;
    let own = chandra.connect(0)?;
    own.send_all(b"Anitha\n")?;
    println!("Anitha: Chandra says {:?}", line(&own)?);

    // What she has not got she cannot give.
    let all = Passing {
        descriptor: chandra.descriptor(),
        rights: Rights::CONNECT | Rights::ACCEPT,
        inheriting: Rights::NONE,
    };
    println!(
        "Anitha: more than she has: {:?}",
        balu.send(NUMBER, Some(all))
    );
    let begun = chandra.connect(0)?;
    let call = Passing {
        descriptor: begun.descriptor(),
        rights: Rights::WRITE,
        inheriting: Rights::NONE,
    };
    balu.send(CALL, Some(call))?;
    println!("Anitha: Chandra says {:?}", line(&begun)?);
    // He may ring, speak and listen, but not hang up one side only.
    let number = Passing {
        rights: Rights::CONNECT,
        inheriting: Rights::READ | Rights::WRITE,
        ..all
    };
    balu.send(NUMBER, Some(number))?;
    Ok(())
}

#[cfg(not(target_family = "wasm"))]
fn main() {}
