// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Branchy: a recursive parser of JSON text, with Rust's bounds checks and enums.
#![no_std]

use core::panic::PanicInfo;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

const TEXT: &[u8] = br#"{"name": "engine", "version": [0, 1, 12], "size": 48213.75, "tags": ["fast", "single \"pass\"", null],
 "nested": {"a": {"b": {"c": [true, false, {"d": -1e3}]}}}, "values": [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610],
 "text": "Caf\u00e9, t\u00e9l\u00e9phone\n", "empty": {}, "none": [], "long": "the quick brown fox jumps over the lazy dog"}"#;

/// Why text is no JSON, and where.
enum Error {
    End,
    Unexpected(usize),
    Deep,
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    hash: u32,
}

impl Parser<'_> {
    fn peek(&self) -> Result<u8, Error> {
        self.text.get(self.at).copied().ok_or(Error::End)
    }

    fn mix(&mut self, value: u32) {
        self.hash = self.hash.rotate_left(5) ^ value.wrapping_mul(0x9e37_79b9);
    }

    fn space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Error> {
        if self.peek()? != wanted {
            return Err(Error::Unexpected(self.at));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &[u8], value: u32) -> Result<(), Error> {
        for &byte in word {
            self.expect(byte)?;
        }
        self.mix(value);
        Ok(())
    }

    fn string(&mut self) -> Result<(), Error> {
        self.expect(b'"')?;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Ok(()),
                b'\\' => match self.peek()? {
                    b'u' => {
                        let mut code = 0;
                        for _ in 0..4 {
                            self.at += 1;
                            let digit = (self.peek()? as char).to_digit(16);
                            code = code << 4 | digit.ok_or(Error::Unexpected(self.at))?;
                        }
                        self.at += 1;
                        self.mix(code);
                    }
                    escaped => {
                        self.at += 1;
                        self.mix(u32::from(escaped));
                    }
                },
                _ => self.mix(u32::from(byte)),
            }
        }
    }

    fn number(&mut self) -> Result<(), Error> {
        let negative = self.peek()? == b'-';
        if negative {
            self.at += 1;
        }
        let (mut value, mut scale) = (0.0f64, 1.0f64);
        let mut fraction = false;
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'0'..=b'9' => {
                    value = value * 10.0 + f64::from(byte - b'0');
                    if fraction {
                        scale *= 10.0;
                    }
                }
                b'.' => fraction = true,
                b'e' => scale /= 100.0,
                _ => break,
            }
            self.at += 1;
        }
        let value = if negative { -value } else { value } / scale;
        self.mix(value.to_bits() as u32 ^ (value.to_bits() >> 32) as u32);
        Ok(())
    }

    fn value(&mut self, depth: u32) -> Result<(), Error> {
        if depth > 32 {
            return Err(Error::Deep);
        }
        self.space();
        match self.peek()? {
            b'{' => self.items(b'}', true, depth),
            b'[' => self.items(b']', false, depth),
            b'"' => self.string(),
            b't' => self.word(b"true", 1),
            b'f' => self.word(b"false", 2),
            b'n' => self.word(b"null", 3),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(Error::Unexpected(self.at)),
        }
    }

    fn items(&mut self, close: u8, keys: bool, depth: u32) -> Result<(), Error> {
        self.at += 1;
        self.space();
        while self.peek()? != close {
            if keys {
                self.space();
                self.string()?;
                self.space();
                self.expect(b':')?;
            }
            self.value(depth + 1)?;
            self.space();
            if self.peek()? == b',' {
                self.at += 1;
                self.space();
            }
        }
        self.at += 1;
        self.mix(u32::from(close));
        Ok(())
    }
}

/// `n` rounds.
#[no_mangle]
pub extern "C" fn run(n: u32) -> u32 {
    let mut hash = 0;
    for _ in 0..n {
        let mut parser = Parser {
            text: TEXT,
            at: 0,
            hash,
        };
        hash = match parser.value(0) {
            Ok(()) => parser.hash,
            Err(Error::End) => 1,
            Err(Error::Deep) => 2,
            Err(Error::Unexpected(at)) => 100 + at as u32,
        };
    }
    hash
}
