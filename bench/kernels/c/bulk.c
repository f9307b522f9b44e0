/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Memory: copies and fills of many lengths, by memory.copy and memory.fill in wasm. */
#include "kernel.h"
static u8 a[1u << 16], b[1u << 16];

EXPORT u32 run(u32 n)
{
	u32 state = 5, sum = 0;
	for (u32 i = 0; i < sizeof(a); i++)
		a[i] = (u8)(i * 5), b[i] = 0;
	while (n--) {
		u32 r = next_random(&state), length = (r & 7) ? r >> 8 & 127 : r >> 8 & 4095;
		u32 from = r >> 4 & 0x7fff, to = r >> 16 & 0x7fff;
		__builtin_memcpy(b + to, a + from, length);
		__builtin_memset(a + to, (int)(r & 255), length / 4);
		sum += b[to] + a[to];
	}
	return sum;
}
