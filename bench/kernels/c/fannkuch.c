/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Integer, branchy: the most flips of a prefix over all permutations of eight numbers. */
#include "kernel.h"
#define N 8

static u32 search(u32 *checksum)
{
	u32 p[N], q[N], count[N], most = 0, r = N, parity = 0;
	for (u32 i = 0; i < N; i++)
		p[i] = i;
	for (;;) {
		for (; r != 1; r--)
			count[r - 1] = r;
		for (u32 i = 0; i < N; i++)
			q[i] = p[i];
		u32 flips = 0;
		for (u32 k = q[0]; k; k = q[0]) {
			for (u32 lo = 0, hi = k; lo < hi; lo++, hi--) {
				u32 t = q[lo];
				q[lo] = q[hi], q[hi] = t;
			}
			flips++;
		}
		if (flips > most)
			most = flips;
		*checksum += parity++ & 1 ? -flips : flips;
		for (;;) {
			if (r == N)
				return most;
			u32 first = p[0];
			for (u32 i = 0; i < r; i++)
				p[i] = p[i + 1];
			p[r] = first;
			if (--count[r])
				break;
			r++;
		}
		r = r ? r : 1;
	}
}

EXPORT u32 run(u32 n)
{
	u32 checksum = 0;
	while (n--)
		checksum += search(&checksum);
	return checksum;
}
