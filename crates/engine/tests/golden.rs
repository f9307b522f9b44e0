// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Golden disassembly: the code of each function of `golden/NAME.wat` is compared with `golden/NAME.MODEL.asm`, and what stands before
//! the functions of every module with `golden/stubs.VARIANT.asm`.
//!
//! After a deliberate change, `BLESS=1 cargo test -p wasmk-engine --test golden` writes the files anew: read the difference.

use std::{fmt::Write, fs, path::Path};

use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};
use wasmk_engine::{
    compile::compile,
    config::{BranchForm, Config, MemoryModel},
    module::CompiledModule,
};

/// The code of all functions of a module, one instruction a line. Offsets are from the function's start; addresses
/// outside it are named.
fn disassemble(module: &CompiledModule) -> String {
    let image = &module.code;
    let bytes = image.to_bytes();
    let mut text = String::new();
    for (index, function) in (module.imported_functions..).zip(&image.functions) {
        let name = module
            .names
            .iter()
            .find(|(named, _)| *named == index)
            .map_or("", |(_, name)| name);
        writeln!(text, "; function {index} {name}").unwrap();
        let (start, end) = (
            function.offset as usize,
            (function.offset + function.len) as usize,
        );
        let data = jump_tables(&bytes[start..end]);
        let mut decoder =
            Decoder::with_ip(64, &bytes[start..end], start as u64, DecoderOptions::NONE);
        let mut formatter = IntelFormatter::new();
        while decoder.can_decode() {
            let at = decoder.ip() as usize - start;
            if let Some(&(_, end)) = data.iter().find(|&&(from, to)| (from..to).contains(&at)) {
                writeln!(text, "{at:5x}  ({} bytes of table)", end - at).unwrap();
                decoder.set_position(end).unwrap();
                decoder.set_ip((start + end) as u64);
                continue;
            }
            let instruction = decoder.decode();
            let mut line = String::new();
            formatter.format(&instruction, &mut line);
            if instruction.near_branch_target() != 0 {
                let target = instruction.near_branch_target() as usize;
                let mnemonic = line.split(' ').next().unwrap().to_owned();
                let callee = image
                    .functions
                    .iter()
                    .position(|function| function.offset as usize == target);
                line = match callee {
                    _ if (start + 1..end).contains(&target) => {
                        format!("{mnemonic} {:x}", target - start)
                    }
                    Some(callee) => format!(
                        "{mnemonic} function {}",
                        callee as u32 + module.imported_functions
                    ),
                    None => format!("{mnemonic} stub"),
                };
            } else if instruction.is_ip_rel_memory_operand() {
                let target = instruction.ip_rel_memory_address() as usize;
                if instruction.mnemonic() == iced_x86::Mnemonic::Lea {
                    line = format!("lea r11, [{:x}]", target - start);
                } else {
                    let (before, rest) = line.split_once('[').unwrap();
                    let (_, after) = rest.split_once(']').unwrap();
                    let value = bytes[target..target + 16].try_into().unwrap();
                    let value = u128::from_le_bytes(value);
                    line = format!("{before}[{value:#034x}]{after}");
                }
            }
            let sites = image.traps().filter(|site| {
                let next = decoder.ip() as u32;
                if site.fault() {
                    site.offset as usize == start + at
                } else {
                    site.offset == next
                }
            });
            for site in sites {
                write!(line, "  ; {}", site.code()).unwrap();
            }
            writeln!(text, "{at:5x}  {line}").unwrap();
        }
    }
    text
}

/// The stubs before the functions, one instruction a line, `; switch` and `; fault` where the runtime enters.
fn disassemble_stubs(module: &CompiledModule) -> String {
    let image = &module.code;
    let bytes = image.to_bytes();
    let end = image.functions[0].offset as usize;
    let mut text = String::new();
    let mut decoder = Decoder::new(64, &bytes[..end], DecoderOptions::NONE);
    let mut formatter = IntelFormatter::new();
    while decoder.can_decode() {
        let at = decoder.ip() as u32;
        if at == image.stubs.switch {
            text.push_str("; switch\n");
        } else if at == image.stubs.trap {
            text.push_str("; fault\n");
        }
        let instruction = decoder.decode();
        let mut line = String::new();
        formatter.format(&instruction, &mut line);
        if instruction.near_branch_target() != 0 {
            let mnemonic = line.split(' ').next().unwrap();
            line = format!("{mnemonic} {:x}", instruction.near_branch_target());
        }
        writeln!(text, "{at:5x}  {line}").unwrap();
    }
    text
}

/// Where jump tables are: found by the `lea r11, [rip + …]` in front of each; they end at the next `int3` or cold code, so
/// their length is taken from the clamp before it.
fn jump_tables(code: &[u8]) -> Vec<(usize, usize)> {
    let mut tables = Vec::new();
    let mut decoder = Decoder::with_ip(64, code, 0, DecoderOptions::NONE);
    let mut most = 0;
    while decoder.can_decode() {
        let instruction = decoder.decode();
        if instruction.mnemonic() == iced_x86::Mnemonic::Mov
            && instruction.op0_register() == iced_x86::Register::R11D
        {
            most = instruction.immediate32() as usize;
        }
        if instruction.mnemonic() == iced_x86::Mnemonic::Lea
            && instruction.is_ip_rel_memory_operand()
        {
            let start = instruction.ip_rel_memory_address() as usize;
            tables.push((start, start + 4 * (most + 1)));
        }
    }
    tables
}

fn check(name: &str, model: MemoryModel, change: impl FnOnce(&mut Config)) {
    let mut config = Config {
        memory_model: model,
        ..Config::default()
    };
    change(&mut config);
    check_as(name, &format!("{model:?}").to_lowercase(), &config);
}

fn check_as(name: &str, variant: &str, config: &Config) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let wat = fs::read_to_string(golden.join(format!("{name}.wat"))).unwrap();
    let wasm = wat::parse_str(&wat).unwrap();
    let module = compile(&wasm, config, &mut ()).unwrap();
    compare(name, variant, &disassemble(&module));
}

fn compare(name: &str, variant: &str, text: &str) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = golden.join(format!("{name}.{variant}.asm"));
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == text,
        "{} differs; the code is now:\n{text}",
        path.display()
    );
}

/// With and without masks against speculation, which only the bounds model has there.
#[test]
fn stubs() {
    let wasm = wat::parse_str("(module (memory 1) (func))").unwrap();
    for (variant, memory_model) in [("safe", MemoryModel::Bounds), ("plain", MemoryModel::Guard)] {
        let config = Config {
            memory_model,
            ..Config::default()
        };
        let module = compile(&wasm, &config, &mut ()).unwrap();
        compare("stubs", variant, &disassemble_stubs(&module));
    }
}

#[test]
fn integers() {
    check("integers", MemoryModel::Guard, |_| {});
}

#[test]
fn integers_on_a_baseline_cpu() {
    let config = Config {
        cpu: wasmk_engine::config::CpuFeatures::empty(),
        ..Config::default()
    };
    check_as("integers", "baseline", &config);
}

#[test]
fn control() {
    check("control", MemoryModel::Guard, |_| {});
}

#[test]
fn control_with_fuel() {
    check_as(
        "control",
        "fuel",
        &Config {
            fuel: true,
            ..Config::default()
        },
    );
}

#[test]
fn memory_behind_guards() {
    check("memory", MemoryModel::Guard, |_| {});
}

#[test]
fn memory_with_checks() {
    check("memory", MemoryModel::Bounds, |_| {});
}

#[test]
fn several_memories() {
    check("memories", MemoryModel::Guard, |_| {});
    check("memories", MemoryModel::Bounds, |_| {});
}

#[test]
fn atomics() {
    check("atomics", MemoryModel::Guard, |_| {});
    check("atomics", MemoryModel::Bounds, |_| {});
}

#[test]
fn memory_with_64_bit_indices() {
    check("memory64", MemoryModel::Guard, |_| {});
    let plain = Config {
        memory_model: MemoryModel::Bounds,
        speculation_safe: false,
        ..Config::default()
    };
    check_as("memory64", "plain", &plain);
}

#[test]
fn calls() {
    check("calls", MemoryModel::Guard, |_| {});
}

#[test]
fn floats() {
    check("floats", MemoryModel::Guard, |_| {});
}

#[test]
fn references() {
    check("references", MemoryModel::Guard, |_| {});
}

#[test]
fn tail_calls() {
    check("tail_calls", MemoryModel::Guard, |_| {});
}

#[test]
fn tail_calls_through_thunks() {
    let thunk = BranchForm::Thunk { call: 0, jump: 0 };
    check_as(
        "tail_calls",
        "thunks",
        &Config {
            returns: thunk,
            indirect: thunk,
            ..Config::default()
        },
    );
}

#[test]
fn exceptions() {
    check("exceptions", MemoryModel::Guard, |_| {});
}

/// With AVX2, and without AVX.
#[test]
fn vectors() {
    check("vectors", MemoryModel::Guard, |_| {});
    let config = Config {
        cpu: wasmk_engine::config::CpuFeatures::SSE41,
        memory_model: MemoryModel::Bounds,
        ..Config::default()
    };
    check_as("vectors", "sse", &config);
}
