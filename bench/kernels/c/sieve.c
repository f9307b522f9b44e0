/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Integer, branchy: the sieve of Eratosthenes over bytes. */
#include "kernel.h"
#define SIZE (1u << 18)
static u8 composite[SIZE];

EXPORT u32 run(u32 n)
{
	u32 count = 0;
	while (n--) {
		count = 0;
		for (u32 i = 0; i < SIZE; i++)
			composite[i] = 0;
		for (u32 i = 2; i < SIZE; i++) {
			if (composite[i])
				continue;
			count++;
			for (u32 j = i + i; j < SIZE; j += i)
				composite[j] = 1;
		}
	}
	return count;
}
