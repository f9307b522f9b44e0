/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Integer: the ChaCha20 block function; additions and rotations on sixteen live values. */
#include "kernel.h"
#define QUARTER(a, b, c, d)                     \
	(a += b, d = rotl(d ^ a, 16), c += d, b = rotl(b ^ c, 12), \
	 a += b, d = rotl(d ^ a, 8), c += d, b = rotl(b ^ c, 7))

EXPORT u32 run(u32 n)
{
	u32 state[16], sum = 0;
	for (u32 i = 0; i < 16; i++)
		state[i] = 0x61707865u * (i + 1);
	while (n--) {
		u32 x[16];
		for (u32 i = 0; i < 16; i++)
			x[i] = state[i];
		for (u32 round = 0; round < 10; round++) {
			QUARTER(x[0], x[4], x[8], x[12]);
			QUARTER(x[1], x[5], x[9], x[13]);
			QUARTER(x[2], x[6], x[10], x[14]);
			QUARTER(x[3], x[7], x[11], x[15]);
			QUARTER(x[0], x[5], x[10], x[15]);
			QUARTER(x[1], x[6], x[11], x[12]);
			QUARTER(x[2], x[7], x[8], x[13]);
			QUARTER(x[3], x[4], x[9], x[14]);
		}
		for (u32 i = 0; i < 16; i++)
			sum = rotl(sum, 1) ^ (x[i] + state[i]);
		state[12]++;
	}
	return sum;
}
