/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Vectors of small integers, memory: one picture over another by an alpha channel, widening and narrowing. */
#include "kernel.h"
typedef u8 u8x8 __attribute__((vector_size(8)));
typedef u16 u16x8 __attribute__((vector_size(16)));
#define N (1u << 14)
static u8x8 over[N / 8], under[N / 8], alpha[N / 8];

EXPORT u32 run(u32 n)
{
	u32 state = 12345, sum = 0;
	for (u32 i = 0; i < N / 8; i++)
		for (u32 lane = 0; lane < 8; lane++) {
			u32 r = next_random(&state);
			over[i][lane] = (u8)r;
			under[i][lane] = (u8)(r >> 8);
			alpha[i][lane] = (u8)(r >> 16);
		}
	while (n--) {
		for (u32 i = 0; i < N / 8; i++) {
			u16x8 a = __builtin_convertvector(alpha[i], u16x8);
			u16x8 x = __builtin_convertvector(over[i], u16x8), y = __builtin_convertvector(under[i], u16x8);
			u16x8 mixed = (x * a + y * (255 - a) + 128) >> 8;
			under[i] = __builtin_convertvector(mixed, u8x8);
		}
		sum += under[n & (N / 8 - 1)][n & 7];
		over[n & (N / 8 - 1)] += 77;
	}
	return sum;
}
