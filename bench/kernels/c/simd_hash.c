/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Vectors of integers: a hash of four lanes with multiplication and rotation, and a shuffle at the end of each block. */
#include "kernel.h"
typedef u32 u32x4 __attribute__((vector_size(16)));
#define N (1u << 12)
static u32x4 data[N];

static inline u32x4 turn(u32x4 x, u32 k) { return x << k | x >> (32 - k); }

EXPORT u32 run(u32 n)
{
	u32 state = 777;
	for (u32 i = 0; i < N; i++)
		for (u32 lane = 0; lane < 4; lane++)
			data[i][lane] = next_random(&state);
	u32x4 hash = { 0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f };
	while (n--)
		for (u32 i = 0; i < N; i += 4) {
			for (u32 word = 0; word < 4; word++) {
				hash += data[i + word] * 0x85ebca77;
				hash = turn(hash, 13) * 0x9e3779b1;
			}
			hash ^= __builtin_shufflevector(hash, hash, 1, 2, 3, 0);
		}
	return hash[0] + 3 * hash[1] + 5 * hash[2] + 7 * hash[3];
}
