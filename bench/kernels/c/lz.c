/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Branchy, memory: compresses text-like data with a hash of three bytes, and expands it again. */
#include "kernel.h"
#define SIZE (1u << 15)
static u8 input[SIZE], packed[SIZE * 2], output[SIZE];
static u16 heads[4096];

static u32 compress(void)
{
	u32 out = 0, i = 0;
	for (u32 k = 0; k < 4096; k++)
		heads[k] = 0;
	while (i + 3 < SIZE) {
		u32 h = ((u32)input[i] << 8 ^ (u32)input[i + 1] << 4 ^ input[i + 2]) & 4095;
		u32 from = heads[h], length = 0;
		heads[h] = (u16)i;
		if (from < i)
			while (length < 127 && i + length < SIZE && input[from + length] == input[i + length])
				length++;
		if (length >= 4) {
			packed[out++] = (u8)(128 | length);
			packed[out++] = (u8)from;
			packed[out++] = (u8)(from >> 8);
			i += length;
		} else {
			packed[out++] = input[i++] & 127;
		}
	}
	return out;
}

static u32 expand(u32 len)
{
	u32 at = 0;
	for (u32 i = 0; i < len;) {
		u8 c = packed[i++];
		if (c & 128) {
			u32 from = packed[i] | (u32)packed[i + 1] << 8;
			i += 2;
			for (u32 k = c & 127; k; k--)
				output[at++] = output[from++];
		} else {
			output[at++] = c;
		}
	}
	return at;
}

EXPORT u32 run(u32 n)
{
	static const u8 words[] = "the quick brown fox jumps over a lazy dog and then it sleeps ";
	u32 state = 7, sum = 0;
	for (u32 i = 0; i < SIZE;) {
		u32 from = next_random(&state) % 40, length = 3 + next_random(&state) % 12;
		while (length-- && i < SIZE)
			input[i++] = words[from++];
	}
	while (n--) {
		u32 len = compress(), full = expand(len);
		for (u32 i = 0; i < full; i += 97)
			sum += output[i] == input[i];
		sum += len;
	}
	return sum;
}
