/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Memory-bound: a hash table of 64-bit keys with open addressing, larger than the first-level caches. */
#include "kernel.h"
#define SLOTS (1u << 17)
static u64 keys[SLOTS];
static u32 values[SLOTS];

static u32 *find(u64 key)
{
	u32 at = (u32)(key * 0x9e3779b97f4a7c15ull >> 47);
	while (keys[at] && keys[at] != key)
		at = (at + 1) & (SLOTS - 1);
	keys[at] = key;
	return &values[at];
}

EXPORT u32 run(u32 n)
{
	u32 state = 88172645u, sum = 0;
	for (u32 i = 0; i < SLOTS; i++)
		keys[i] = 0, values[i] = 0;
	while (n--) {
		for (u32 i = 0; i < 1000; i++) {
			u64 key = (next_random(&state) & 0xffff) + 1;
			sum += ++*find(key * 0x100000001ull);
		}
	}
	return sum;
}
