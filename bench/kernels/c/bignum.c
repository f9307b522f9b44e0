/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* 64-bit integers: modular exponentiation of a number of 512 bits; multiplications with carries. */
#include "kernel.h"
#define N 16
static u32 base[N], modulus[N], result[N];

/* Montgomery's product, by words of 32 bits. */
static void product(u32 *out, const u32 *a, const u32 *b, u32 inverse)
{
	u32 t[N + 2] = { 0 };
	for (u32 i = 0; i < N; i++) {
		u64 carry = 0;
		for (u32 j = 0; j < N; j++) {
			carry += (u64)a[j] * b[i] + t[j];
			t[j] = (u32)carry;
			carry >>= 32;
		}
		carry += t[N];
		t[N] = (u32)carry;
		t[N + 1] = (u32)(carry >> 32);
		u32 m = t[0] * inverse;
		carry = ((u64)m * modulus[0] + t[0]) >> 32;
		for (u32 j = 1; j < N; j++) {
			carry += (u64)m * modulus[j] + t[j];
			t[j - 1] = (u32)carry;
			carry >>= 32;
		}
		carry += t[N];
		t[N - 1] = (u32)carry;
		t[N] = t[N + 1] + (u32)(carry >> 32);
	}
	for (u32 j = 0; j < N; j++)
		out[j] = t[j];
}

EXPORT u32 run(u32 n)
{
	u32 state = 4711, inverse = 1;
	for (u32 i = 0; i < N; i++) {
		base[i] = next_random(&state);
		modulus[i] = next_random(&state) | (i == 0);
		result[i] = base[i] ^ i;
	}
	for (u32 i = 0; i < 5; i++)
		inverse *= 2 - modulus[0] * inverse;
	inverse = -inverse;
	while (n--) {
		product(result, result, result, inverse);
		if (n & 1)
			product(result, result, base, inverse);
	}
	return result[0] ^ result[N - 1];
}
