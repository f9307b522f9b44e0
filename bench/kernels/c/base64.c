/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Branchy, memory: base64 there and back, with checks of each character. */
#include "kernel.h"
#define SIZE 12288u
static u8 input[SIZE], text[SIZE / 3 * 4], output[SIZE];
static const u8 alphabet[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static i32 value(u8 c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

EXPORT u32 run(u32 n)
{
	u32 state = 31, sum = 0;
	for (u32 i = 0; i < SIZE; i++)
		input[i] = (u8)next_random(&state);
	while (n--) {
		u8 *out = text;
		for (u32 i = 0; i < SIZE; i += 3) {
			u32 bits = (u32)input[i] << 16 | (u32)input[i + 1] << 8 | input[i + 2];
			for (i32 shift = 18; shift >= 0; shift -= 6)
				*out++ = alphabet[bits >> shift & 63];
		}
		u32 at = 0;
		for (u32 i = 0; i < sizeof(text); i += 4) {
			u32 bits = 0;
			for (u32 k = 0; k < 4; k++) {
				i32 v = value(text[i + k]);
				if (v < 0)
					return 0;
				bits = bits << 6 | (u32)v;
			}
			output[at++] = (u8)(bits >> 16);
			output[at++] = (u8)(bits >> 8);
			output[at++] = (u8)bits;
		}
		sum += output[n % SIZE];
		input[n % SIZE] ^= (u8)sum;
	}
	return sum;
}
