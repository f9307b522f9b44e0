/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Call-heavy, branchy: all solutions of the eight queens' problem by recursion over bit sets. */
#include "kernel.h"

static u32 place(u32 all, u32 columns, u32 left, u32 right)
{
	if (columns == all)
		return 1;
	u32 found = 0;
	u32 free = all & ~(columns | left | right);
	while (free) {
		u32 bit = free & -free;
		free ^= bit;
		found += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
	}
	return found;
}

EXPORT u32 run(u32 n)
{
	u32 sum = 0;
	while (n--)
		sum += place(255, 0, sum & 1, 0);
	return sum;
}
