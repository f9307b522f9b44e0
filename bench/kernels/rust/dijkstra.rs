// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Branchy, memory: shortest paths in a grid with a binary heap; bounds-checked slices.
#![no_std]

use core::panic::PanicInfo;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

const SIDE: usize = 64;
const NODES: usize = SIDE * SIDE;

/// A heap of (distance, node), smallest first.
struct Heap<'a> {
    items: &'a mut [(u32, u32)],
    len: usize,
}

impl Heap<'_> {
    fn push(&mut self, item: (u32, u32)) {
        let mut at = self.len;
        self.len += 1;
        while at > 0 {
            let parent = (at - 1) / 2;
            if self.items[parent] <= item {
                break;
            }
            self.items[at] = self.items[parent];
            at = parent;
        }
        self.items[at] = item;
    }

    fn pop(&mut self) -> Option<(u32, u32)> {
        self.len = self.len.checked_sub(1)?;
        let (top, last) = (self.items[0], self.items[self.len]);
        let mut at = 0;
        loop {
            let mut child = 2 * at + 1;
            if child >= self.len {
                break;
            }
            if child + 1 < self.len && self.items[child + 1] < self.items[child] {
                child += 1;
            }
            if last <= self.items[child] {
                break;
            }
            self.items[at] = self.items[child];
            at = child;
        }
        self.items[at] = last;
        Some(top)
    }
}

fn shortest(cost: &[u8], distance: &mut [u32], heap: &mut Heap<'_>, start: usize) -> u32 {
    distance.fill(u32::MAX);
    distance[start] = 0;
    heap.push((0, start as u32));
    let mut farthest = 0;
    while let Some((so_far, node)) = heap.pop() {
        let node = node as usize;
        if so_far > distance[node] {
            continue;
        }
        farthest = so_far;
        let (x, y) = (node % SIDE, node / SIDE);
        let mut visit = |next: usize| {
            let length = so_far + u32::from(cost[next]);
            if length < distance[next] {
                distance[next] = length;
                heap.push((length, next as u32));
            }
        };
        if x > 0 {
            visit(node - 1);
        }
        if x + 1 < SIDE {
            visit(node + 1);
        }
        if y > 0 {
            visit(node - SIDE);
        }
        if y + 1 < SIDE {
            visit(node + SIDE);
        }
    }
    farthest
}

/// `n` starting points.
#[no_mangle]
pub extern "C" fn run(n: u32) -> u32 {
    let mut cost = [0u8; NODES];
    let mut distance = [0u32; NODES];
    let mut items = [(0u32, 0u32); NODES * 4];
    let mut state = 2_463_534_242u32;
    for cell in &mut cost {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *cell = (state & 15) as u8 + 1;
    }
    let mut heap = Heap {
        items: &mut items,
        len: 0,
    };
    let mut sum = 0u32;
    for i in 0..n as usize {
        let start = i * 977 % NODES;
        sum = sum.wrapping_add(shortest(&cost, &mut distance, &mut heap, start));
    }
    sum
}
