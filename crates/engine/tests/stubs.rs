// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The stubs and the run loop with hand-written code: what every function of the compiler relies on.
// `dynasm!` writes a conversion around every register number.
#![allow(clippy::useless_conversion)]

mod by_hand;

use by_hand::{Function, Image, Recorder};
use dynasm::dynasm;
use std::time::Duration;
use wasmk_engine::{
    config::Config,
    isa::x64::branch,
    module::ValType,
    platform::Code,
    runtime::{HostOutcome, Interruption, RunExit, Store, StoreLimits, Trap},
    sys::host::{run_interrupted, HostPlatform},
    trap::TrapCode,
    vm::{LibCall, StoreCtx},
};
use ValType::{F32, F64, I32, I64};

fn store_of(image: Image) -> Store<HostPlatform> {
    let mut store = Store::new(StoreLimits::default()).unwrap();
    store
        .instantiate(image.publish(), &mut by_hand::HostFunctions)
        .unwrap();
    store
}

fn call(
    store: &mut Store<HostPlatform>,
    host: &mut Recorder,
    function: u32,
    args: &[u64],
) -> RunExit {
    store.begin(by_hand::function(function), args).unwrap();
    store.run(host)
}

#[test]
fn parameters_and_results_of_every_kind() {
    // Eight integers, nine floats: the last ones of each on the stack. Results: the first of a kind in a register.
    let mut params = vec![I64; 8];
    params.extend([F64; 9]);
    let mut image = Image::new(Config::default());
    image.function(
        Function::new(&params, &[I64, F64, I64, F64, F32, I32]),
        |asm, stubs, config| {
            let float = asm.label();
            dynasm!(asm
                ; .arch x64
                ; cmp DWORD r15 => StoreCtx.fp_open, 0
                ; jne =>float
                ; call =>stubs.fp_open
                ; =>float
                // Results: 1st and 8th integer, 1st and 9th float, xmm7 as f32 bits, r9 as i32.
                ; mov rax, [rsp + 8] // 7th integer
                ; mov rcx, [rsp + 16] // 8th integer
                ; mov [rsp + 32], rcx // 1st stack result: after 3 stack parameters
                ; mov rcx, [rsp + 24] // 9th float
                ; mov [rsp + 40], rcx
                ; movd ecx, xmm7
                ; mov [rsp + 48], rcx
                ; mov [rsp + 56], r9
                ; addsd xmm0, xmm1
            );
            branch::ret_removing(asm, config, 3 * 8);
        },
    );
    let mut store = store_of(image);
    let mut args: Vec<u64> = (10..18).collect();
    args.extend((0..9).map(|n| f64::to_bits(f64::from(n) + 0.5)));
    let before = HostPlatform::float_sections();
    assert_eq!(
        call(&mut store, &mut Recorder::default(), 0, &args),
        RunExit::Returned
    );
    let low = 7.5f64.to_bits() & 0xffff_ffff;
    assert_eq!(
        store.results(),
        [16, 2.0f64.to_bits(), 17, 8.5f64.to_bits(), low, 15]
    );
    assert_eq!(
        HostPlatform::float_sections(),
        before + 1,
        "the trampoline opened the section, once"
    );
}

#[test]
fn thousand_parameters_and_results() {
    let mut image = Image::new(Config::default());
    let types = vec![I32; 1000];
    image.function(Function::new(&types, &types), |asm, _, config| {
        dynasm!(asm
            ; .arch x64
            ; mov rax, rdi
            // Result k (from 1) is at 8 * (1 + 994 + k - 1), parameter k (from 6) at 8 * (1 + k - 6).
            ; mov rcx, [rsp + 8]
            ; mov [rsp + 8 * (1 + 994)], rcx
            ; mov rcx, [rsp + 8 * (1 + 993)]
            ; mov [rsp + 8 * (1 + 994 + 998)], rcx
        );
        branch::ret_removing(asm, config, 994 * 8);
    });
    let mut store = store_of(image);
    let args: Vec<u64> = (0..1000).map(|n| n + 0xffff_0000_0000).collect();
    assert_eq!(
        call(&mut store, &mut Recorder::default(), 0, &args),
        RunExit::Returned
    );
    let results = store.results();
    assert_eq!(
        (results.len(), results[0], results[1], results[999]),
        (1000, 0, 6, 999)
    );
}

#[test]
fn host_calls_pass_values_both_ways_and_park() {
    let mut image = Image::new(Config::default());
    let mut params = vec![I32; 7];
    params.extend([F32, F64]);
    image.host_function(77, &params, &[I32, F32, I64]);
    image.function(
        Function::new(&params, &[I32, F32, I64]),
        |asm, _, config| {
            // Pass everything on: the one stack parameter, and room for the one stack result.
            dynasm!(asm
                ; .arch x64
                ; push r14
                ; sub rsp, 16
                ; mov rax, [rsp + 32]
                ; mov [rsp], rax
            );
            by_hand::load_import(asm, 0);
            branch::call_r11(asm, config);
            dynasm!(asm
                ; .arch x64
                // The stack parameter is gone.
                ; mov rcx, [rsp]
                ; add rsp, 8
                ; pop r14
                ; mov [rsp + 16], rcx
            );
            branch::ret_removing(asm, config, 8);
        },
    );
    let mut store = store_of(image);
    let mut host = Recorder::default();
    host.outcomes
        .extend([HostOutcome::Park, HostOutcome::Park, HostOutcome::Done]);
    host.results = vec![
        0xffff_ffff_0000_0005,
        u64::from(1.5f32.to_bits()) | 7 << 40,
        u64::MAX,
    ];
    let mut args: Vec<u64> = (1..8).collect();
    args.extend([u64::from(2.5f32.to_bits()), 3.5f64.to_bits()]);
    assert_eq!(call(&mut store, &mut host, 1, &args), RunExit::Parked);
    assert!(store.is_parked());
    assert!(
        store.begin(by_hand::function(1), &args).is_err(),
        "a parked call is in progress"
    );
    assert_eq!(store.run(&mut host), RunExit::Parked);
    assert_eq!(store.run(&mut host), RunExit::Returned);
    assert_eq!(
        host.calls,
        vec![(77, args.clone()); 3],
        "repeated with the same arguments"
    );
    // i32 and f32 are cut to their width, whatever the host wrote.
    assert_eq!(store.results(), [5, u64::from(1.5f32.to_bits()), u64::MAX]);

    for (outcome, exit) in [
        (HostOutcome::Exit(9), RunExit::Exited(9)),
        (HostOutcome::Killed, RunExit::Killed),
        (HostOutcome::Deadline, RunExit::Deadline),
    ] {
        host.outcomes.push_back(outcome);
        assert_eq!(call(&mut store, &mut host, 1, &args), exit);
        assert_eq!(store.run(&mut host), RunExit::Idle);
    }
    host.outcomes
        .push_back(HostOutcome::Trap(TrapCode::HostFailure));
    let RunExit::Trapped(trap) = call(&mut store, &mut host, 1, &args) else {
        panic!("no trap")
    };
    assert_eq!((trap.code, trap.function), (TrapCode::HostFailure, Some(1)));
}

/// Loads every register with a number of its own, loops until it was interrupted often, and adds what it finds.
fn spinning_image(float: bool) -> Image {
    let mut image = Image::new(Config::default());
    image.function(Function::new(&[I64], &[I64]), |asm, stubs, config| {
        if float {
            let open = asm.label();
            dynasm!(asm
                ; .arch x64
                ; cmp DWORD r15 => StoreCtx.fp_open, 0
                ; jne =>open
                ; call =>stubs.fp_open
                ; =>open
            );
        }
        dynasm!(asm ; .arch x64 ; push r14 ; push r13 ; push rdi);
        let registers = [0u8, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
        for register in registers {
            dynasm!(asm ; .arch x64 ; mov Rq(register), i32::from(register) + 1);
        }
        if float {
            for register in 0..16u8 {
                let bits = f64::from(register) + 1.0;
                dynasm!(asm ; .arch x64 ; mov rax, QWORD bits.to_bits() as i64 ; movq Rx(register), rax);
            }
            dynasm!(asm ; .arch x64 ; mov eax, 1);
        }
        let (top, slow) = (asm.label(), asm.label());
        dynasm!(asm
            ; .arch x64
            ; =>top
            ; cmp rsp, r15 => StoreCtx.interrupt
            ; jb =>slow
            ; dec QWORD [rsp]
            ; jnz =>top
        );
        for register in &registers[1..] {
            dynasm!(asm ; .arch x64 ; add rax, Rq(*register));
        }
        if float {
            for register in 1..16u8 {
                dynasm!(asm ; .arch x64 ; addsd xmm0, Rx(register));
            }
            dynasm!(asm ; .arch x64 ; cvttsd2si rcx, xmm0 ; shl rcx, 16 ; add rax, rcx);
        }
        dynasm!(asm ; .arch x64 ; pop rdi ; pop r13 ; pop r14);
        branch::ret(asm, config);
        dynasm!(asm ; .arch x64 ; =>slow ; call =>stubs.interrupt ; jmp =>top);
    });
    image
}

#[test]
fn interruptions_keep_all_registers() {
    for float in [false, true] {
        let mut store = store_of(spinning_image(float));
        let registers: u64 = 1 + 2 + 3 + 4 + (6..=15).sum::<u64>();
        let floats = if float { 136 << 16 } else { 0 };
        // As often as a busy machine needs until it was disturbed enough.
        let (mut interruptions, mut parks) = (0, 0);
        while interruptions < 10 || parks < 3 {
            let mut host = Recorder {
                park_every: 3,
                ..Recorder::default()
            };
            store.begin(by_hand::function(0), &[50_000_000]).unwrap();
            let tick = Duration::from_micros(200);
            let before = HostPlatform::float_sections();
            let exit = loop {
                match run_interrupted(&mut store, &mut host, tick, Some(tick)) {
                    RunExit::Parked => parks += 1,
                    exit => break exit,
                }
            };
            assert_eq!(exit, RunExit::Returned);
            assert_eq!(store.results(), [registers + floats]);
            let sections = HostPlatform::float_sections() - before;
            let expected = if float { host.interruptions + 1 } else { 0 };
            assert_eq!(
                sections, expected,
                "a section ends at every exit and is opened again"
            );
            interruptions += host.interruptions;
        }
    }
}

#[test]
fn interruptions_end_runs() {
    for (answer, exit) in [
        (Interruption::Killed, RunExit::Killed),
        (Interruption::Deadline, RunExit::Deadline),
    ] {
        let mut store = store_of(spinning_image(true));
        let mut host = Recorder {
            answer: Some(answer),
            ..Recorder::default()
        };
        store.begin(by_hand::function(0), &[0]).unwrap();
        assert_eq!(
            run_interrupted(&mut store, &mut host, Duration::from_millis(5), None),
            exit
        );
        // The store works on.
        assert_eq!(
            call(&mut store, &mut Recorder::default(), 0, &[1]),
            RunExit::Returned
        );
    }
}

#[test]
fn traps_know_their_place() {
    let mut image = Image::new(Config::default());
    for code in TrapCode::ALL {
        image.function(Function::new(&[], &[]), |asm, stubs, config| {
            dynasm!(asm ; .arch x64 ; call =>stubs.trap(code));
            branch::ret(asm, config);
        });
        image.site(5, 100 + code as u32, code, false);
    }
    let mut store = store_of(image);
    for code in TrapCode::ALL {
        let exit = call(&mut store, &mut Recorder::default(), code as u32, &[]);
        let function = Some(code as u32);
        assert_eq!(
            exit,
            RunExit::Trapped(Trap {
                code,
                instance: Some(0),
                function,
                offset: Some(100 + code as u32)
            })
        );
    }
}

#[test]
fn faults_become_traps() {
    let mut image = Image::new(Config::default());
    image.memory(1, Some(2));
    image.function(Function::new(&[I32], &[I32]), |asm, _, config| {
        dynasm!(asm ; .arch x64 ; mov eax, [r13 + rdi]);
        branch::ret(asm, config);
    });
    image.site(0, 1000, TrapCode::MemoryOutOfBounds, true);
    image.function(Function::new(&[I32, I32], &[I32]), |asm, _, config| {
        dynasm!(asm ; .arch x64 ; mov eax, edi ; xor edx, edx ; div esi);
        branch::ret(asm, config);
    });
    image.site(4, 2000, TrapCode::DivisionByZero, true);
    image.function(Function::new(&[], &[I32]), |asm, stubs, config| {
        dynasm!(asm
            ; .arch x64
            ; sub rsp, 16
            ; mov QWORD [rsp], 0
            ; mov QWORD [rsp + 8], 1
            ; mov rax, rsp
            ; mov ecx, LibCall::MemoryGrow as i32
            ; call =>stubs.libcall
            ; mov eax, [rsp]
            ; add rsp, 16
        );
        branch::ret(asm, config);
    });
    let mut store = store_of(image);
    store.memory(0)[65532..].copy_from_slice(&[1, 2, 3, 4]);
    let host = &mut Recorder::default();
    assert_eq!(call(&mut store, host, 0, &[65532]), RunExit::Returned);
    assert_eq!(store.results(), [0x0403_0201]);
    let outside = |offset, code, function| {
        RunExit::Trapped(Trap {
            code,
            instance: Some(0),
            function: Some(function),
            offset: Some(offset),
        })
    };
    for index in [65533, 65536, 0xffff_ffff] {
        assert_eq!(
            call(&mut store, host, 0, &[index]),
            outside(1000, TrapCode::MemoryOutOfBounds, 0)
        );
    }
    assert_eq!(call(&mut store, host, 1, &[7, 2]), RunExit::Returned);
    assert_eq!(store.results(), [3]);
    assert_eq!(
        call(&mut store, host, 1, &[7, 0]),
        outside(2000, TrapCode::DivisionByZero, 1)
    );
    // By one page, to the maximum; then no more.
    for expected in [1, 0xffff_ffff, 0xffff_ffff] {
        assert_eq!(call(&mut store, host, 2, &[]), RunExit::Returned);
        assert_eq!(store.results(), [expected]);
    }
    assert_eq!(call(&mut store, host, 0, &[65536]), RunExit::Returned);
    assert_eq!(store.memory(0).len(), 2 << 16);
}

#[test]
fn runaway_recursion_is_a_trap() {
    let mut image = Image::new(Config::default());
    image.function(Function::new(&[I64], &[I64]), |asm, stubs, config| {
        let (check, slow) = (asm.here(), asm.label());
        dynasm!(asm
            ; .arch x64
            ; cmp rsp, r15 => StoreCtx.interrupt
            ; jb =>slow
            ; sub rsp, 104
            ; call =>check
            ; add rsp, 104
        );
        branch::ret(asm, config);
        dynasm!(asm ; .arch x64 ; =>slow ; call =>stubs.interrupt ; jmp =>check);
    });
    let mut store = store_of(image);
    for interrupted in [false, true] {
        let mut host = Recorder::default();
        store.begin(by_hand::function(0), &[1]).unwrap();
        let tick = Duration::from_micros(if interrupted { 1 } else { 1_000_000 });
        let exit = run_interrupted(&mut store, &mut host, tick, interrupted.then_some(tick));
        let RunExit::Trapped(trap) = exit else {
            panic!("{exit:?}")
        };
        assert_eq!(
            (trap.code, trap.function),
            (TrapCode::StackOverflow, Some(0))
        );
    }
}

#[test]
fn thunked_branches_and_landing_pads() {
    // A thunk module gives addresses near the code; the other branches through it.
    let mut thunks = Image::new(Config::default());
    thunks.function(
        Function::new(&[], &[]),
        |asm, _, _| dynasm!(asm ; .arch x64 ; ret),
    );
    thunks.function(
        Function::new(&[], &[]),
        |asm, _, _| dynasm!(asm ; .arch x64 ; jmp r11),
    );
    let thunks = thunks.publish();
    let config = by_hand::thunked(&thunks, 0, 1);
    let mut image = Image::new(config);
    image.host_function(5, &[I32], &[I32]);
    image.function(Function::new(&[I32], &[I32]), |asm, _, config| {
        dynasm!(asm ; .arch x64 ; push r14);
        by_hand::load_import(asm, 0);
        branch::call_r11(asm, config);
        dynasm!(asm ; .arch x64 ; pop r14 ; add eax, 1);
        branch::ret(asm, config);
    });
    image.function(Function::new(&[I64], &[]), |asm, _, _| {
        for _ in 0..5000 {
            asm.push(0x90);
        }
        // Enters a landing pad as the exception table would: offset in the page, sign-extended from 16 bits.
        dynasm!(asm ; .arch x64 ; mov rdx, -4096 + 7 ; jmp rdi);
    });
    let far = image.function_offset(2) & !4095;
    image.site(
        4096 + 7 - (image.function_offset(2) - far),
        3000,
        TrapCode::Unreachable,
        true,
    );
    let published = image.publish();
    let landing = published.compiled().code.landing;
    assert!(landing.count >= 2);
    let pad = published.code().base() + u64::from(landing.offset + landing.stride);
    let mut store = Store::<HostPlatform>::new(StoreLimits::default()).unwrap();
    store
        .instantiate(published, &mut by_hand::HostFunctions)
        .unwrap();
    let mut host = Recorder {
        results: vec![41],
        ..Recorder::default()
    };
    assert_eq!(call(&mut store, &mut host, 1, &[3]), RunExit::Returned);
    assert_eq!(store.results(), [42]);
    assert_eq!(host.calls, [(5, vec![3])]);
    let exit = call(&mut store, &mut host, 2, &[pad]);
    let trap = Trap {
        code: TrapCode::Unreachable,
        instance: Some(0),
        function: Some(2),
        offset: Some(3000),
    };
    assert_eq!(exit, RunExit::Trapped(trap));
}
