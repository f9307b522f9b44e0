// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The least program that still shows something.

use wasmparser::{Operator, Parser, Payload};

/// Opcodes of `unreachable` and `end`.
const TRAP: [u8; 2] = [0x00, 0x0b];

/// `wasm` with as many function bodies emptied, data and element segments left out, and instructions taken away as `shows` allows. What is
/// invalid does not show anything, so `shows` must say so.
pub fn shrink(wasm: &[u8], mut shows: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut least = wasm.to_vec();
    loop {
        let before = least.len();
        for body in 0..bodies(&least).len() {
            empty(&mut least, body, &mut shows);
        }
        for body in 0..bodies(&least).len() {
            thin(&mut least, body, &mut shows);
        }
        if least.len() >= before {
            return least;
        }
    }
}

/// A function body: where its size is written, where its operators begin, and where it ends.
#[derive(Clone, Copy, Debug)]
struct Body {
    size: usize,
    start: usize,
    operators: usize,
    end: usize,
}

fn bodies(wasm: &[u8]) -> Vec<Body> {
    let mut found = Vec::new();
    let mut at = None;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload {
            Ok(Payload::CodeSectionStart { range, .. }) => {
                let count = leb_len(wasm, range.start as usize);
                at = Some(range.start as usize + count);
            }
            Ok(Payload::CodeSectionEntry(body)) => {
                let range = body.range();
                let Ok(mut operators) = body.get_operators_reader() else {
                    return Vec::new();
                };
                let begin = operators.original_position();
                while operators.read().is_ok() {}
                found.push(Body {
                    size: at.unwrap_or(range.start as usize),
                    start: range.start as usize,
                    operators: begin as usize,
                    end: range.end as usize,
                });
                at = Some(range.end as usize);
            }
            _ => {}
        }
    }
    found
}

fn leb_len(wasm: &[u8], at: usize) -> usize {
    let rest = wasm.get(at..).unwrap_or_default();
    rest.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1
}

/// The module with the bytes `from..to` of a body replaced; lengths adjusted.
fn replaced(wasm: &[u8], body: Body, from: usize, to: usize, new: &[u8]) -> Vec<u8> {
    let mut content = wasm[body.start..from].to_vec();
    content.extend_from_slice(new);
    content.extend_from_slice(&wasm[to..body.end]);
    let mut entry = leb(content.len());
    entry.extend(content);
    let mut sections = wasm[..8].to_vec();
    let mut at = 8;
    // Section by section, so that the code section's length is the new one.
    while at < wasm.len() {
        let head = at + 1 + leb_len(wasm, at + 1);
        let len = read_leb(wasm, at + 1);
        let end = head + len;
        sections.push(wasm[at]);
        if (head..end).contains(&body.size) {
            let mut section = wasm[head..body.size].to_vec();
            section.extend_from_slice(&entry);
            section.extend_from_slice(&wasm[body.end..end]);
            sections.extend(leb(section.len()));
            sections.extend(section);
        } else {
            sections.extend_from_slice(&wasm[at + 1..end]);
        }
        at = end;
    }
    sections
}

fn leb(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn read_leb(wasm: &[u8], at: usize) -> usize {
    let mut value = 0;
    for index in 0..leb_len(wasm, at) {
        value |= usize::from(wasm[at + index] & 0x7f) << (7 * index);
    }
    value
}

fn empty(least: &mut Vec<u8>, number: usize, shows: &mut impl FnMut(&[u8]) -> bool) {
    let Some(&body) = bodies(least).get(number) else {
        return;
    };
    if body.end - body.operators <= TRAP.len() {
        return;
    }
    let candidate = replaced(least, body, body.operators, body.end, &TRAP);
    if shows(&candidate) {
        *least = candidate;
    }
}

/// Takes away runs of operators, long ones first, and ends early where the rest does not matter.
fn thin(least: &mut Vec<u8>, number: usize, shows: &mut impl FnMut(&[u8]) -> bool) {
    let mut run = operators(least, number).len() / 2;
    while run > 0 {
        let mut at = 0;
        loop {
            let places = operators(least, number);
            let (Some(&from), Some(&to)) = (places.get(at), places.get(at + run)) else {
                break;
            };
            let Some(&body) = bodies(least).get(number) else {
                return;
            };
            let candidate = replaced(least, body, from, to, &[]);
            if shows(&candidate) {
                *least = candidate;
            } else {
                at += run;
            }
        }
        run /= 2;
    }
}

/// Where each operator of a body begins, but for its last `end`.
fn operators(wasm: &[u8], number: usize) -> Vec<usize> {
    let body = Parser::new(0)
        .parse_all(wasm)
        .filter_map(|payload| match payload {
            Ok(Payload::CodeSectionEntry(body)) => Some(body),
            _ => None,
        })
        .nth(number);
    let Some(Ok(reader)) = body.map(|body| body.get_operators_reader()) else {
        return Vec::new();
    };
    let mut places: Vec<usize> = reader
        .into_iter_with_offsets()
        .map_while(Result::ok)
        .map(|(operator, offset)| {
            let _: &Operator<'_> = &operator;
            offset as usize
        })
        .collect();
    places.pop();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_shows() {
        let text = r#"(module
            (func (export "a") (result i32) i32.const 1 i32.const 2 i32.add)
            (func (export "b") (param i32) (result i32) nop nop local.get 0 i32.popcnt nop))"#;
        let buffer = wast::parser::ParseBuffer::new(text).unwrap();
        let mut module = wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap();
        let wasm = module.encode().unwrap();
        let valid = |wasm: &[u8]| wasmk_engine::compile::validate(wasm, &mut ()).is_ok();
        // i32.popcnt
        let shows = |wasm: &[u8]| valid(wasm) && wasm.contains(&0x69);
        let least = shrink(&wasm, shows);
        assert!(shows(&least));
        assert!(
            least.len() < wasm.len() - 4,
            "{} of {}",
            least.len(),
            wasm.len()
        );
    }
}
