/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Integer: SHA-256 of a message of 4 KiB; rotations, many live values. */
#include "kernel.h"
static u32 constants[64];
static u8 message[4096];

/* The first 32 bits of the fractional part of the cube root of each prime, by Newton's iteration in integers. */
static void make_constants(void)
{
	u32 count = 0;
	for (u32 p = 2; count < 64; p++) {
		u32 prime = 1;
		for (u32 d = 2; d * d <= p; d++)
			if (p % d == 0)
				prime = 0;
		if (!prime)
			continue;
		double x = 2;
		for (u32 i = 0; i < 60; i++)
			x = x - (x * x * x - (double)(i32)p) / (3 * x * x);
		constants[count++] = (u32)(i64)((x - (double)(i64)x) * 4294967296.0);
	}
}

static void block(u32 h[8], const u8 *in)
{
	u32 w[64];
	for (u32 i = 0; i < 16; i++)
		w[i] = (u32)in[i * 4] << 24 | (u32)in[i * 4 + 1] << 16 | (u32)in[i * 4 + 2] << 8 | in[i * 4 + 3];
	for (u32 i = 16; i < 64; i++) {
		u32 s0 = rotl(w[i - 15], 25) ^ rotl(w[i - 15], 14) ^ w[i - 15] >> 3;
		u32 s1 = rotl(w[i - 2], 15) ^ rotl(w[i - 2], 13) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
	u32 a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
	for (u32 i = 0; i < 64; i++) {
		u32 s1 = rotl(e, 26) ^ rotl(e, 21) ^ rotl(e, 7);
		u32 t1 = k + s1 + ((e & f) ^ (~e & g)) + constants[i] + w[i];
		u32 s0 = rotl(a, 30) ^ rotl(a, 19) ^ rotl(a, 10);
		u32 t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
		k = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
	}
	h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += k;
}

EXPORT u32 run(u32 n)
{
	u32 h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	make_constants();
	for (u32 i = 0; i < sizeof(message); i++)
		message[i] = (u8)(i * 7);
	while (n--)
		for (u32 i = 0; i < sizeof(message); i += 64)
			block(h, message + i);
	return h[0] ^ h[7];
}
