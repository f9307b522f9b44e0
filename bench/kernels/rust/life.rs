// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Integer, memory: Conway's game of life on a torus, one byte a cell.
#![no_std]

use core::panic::PanicInfo;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

const SIDE: usize = 64;
type Board = [[u8; SIDE]; SIDE];

fn step(from: &Board, to: &mut Board) {
    for y in 0..SIDE {
        let rows = [
            &from[(y + SIDE - 1) % SIDE],
            &from[y],
            &from[(y + 1) % SIDE],
        ];
        for x in 0..SIDE {
            let (left, right) = ((x + SIDE - 1) % SIDE, (x + 1) % SIDE);
            let mut around = 0;
            for row in rows {
                around += row[left] + row[x] + row[right];
            }
            let alive = from[y][x];
            to[y][x] = u8::from(around == 3 || alive == 1 && around == 4);
        }
    }
}

/// `n` pairs of generations.
#[no_mangle]
pub extern "C" fn run(n: u32) -> u32 {
    let (mut a, mut b): (Board, Board) = ([[0; SIDE]; SIDE], [[0; SIDE]; SIDE]);
    let mut state = 1u32;
    for cell in a.iter_mut().flatten() {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
        *cell = (state >> 16) as u8 & 1;
    }
    for _ in 0..n {
        step(&a, &mut b);
        step(&b, &mut a);
    }
    let mut sum = 0u32;
    for (i, &cell) in (0u32..).zip(a.iter().flatten()) {
        sum = sum.wrapping_mul(31).wrapping_add(i * u32::from(cell));
    }
    sum
}
