/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* 64-bit integers: greatest common divisors, and numbers in decimal; divisions and remainders. */
#include "kernel.h"

static NOINLINE u64 gcd(u64 a, u64 b)
{
	while (b) {
		u64 t = a % b;
		a = b, b = t;
	}
	return a;
}

static NOINLINE u32 digits(u32 x)
{
	u32 sum = 0;
	do {
		sum += x % 10;
		x /= 10;
	} while (x);
	return sum;
}

EXPORT u32 run(u32 n)
{
	u32 state = 31337, sum = 0;
	while (n--) {
		u64 a = (u64)next_random(&state) << 12 | 6, b = (u64)next_random(&state) << 8 | 9;
		sum += (u32)gcd(a, b) + digits((u32)a ^ (u32)(b >> 4));
	}
	return sum;
}
