/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Branchy: quicksort of random numbers, small parts by insertion. */
#include "kernel.h"
#define N 20000
static u32 data[N];

static void sort(u32 *lo, u32 *hi)
{
	while (hi - lo > 12) {
		u32 pivot = lo[(hi - lo) / 2], *i = lo, *j = hi - 1;
		for (;;) {
			while (*i < pivot)
				i++;
			while (*j > pivot)
				j--;
			if (i >= j)
				break;
			u32 t = *i;
			*i++ = *j, *j-- = t;
		}
		sort(lo, i);
		lo = i;
	}
	for (u32 *p = lo + 1; p < hi; p++) {
		u32 value = *p, *q = p;
		for (; q > lo && q[-1] > value; q--)
			*q = q[-1];
		*q = value;
	}
}

EXPORT u32 run(u32 n)
{
	u32 state = 2463534242u, sum = 0;
	while (n--) {
		for (u32 i = 0; i < N; i++)
			data[i] = next_random(&state);
		sort(data, data + N);
		for (u32 i = 1; i < N; i++)
			sum += (data[i - 1] > data[i]) * 1000000 + (data[i] & i);
	}
	return sum;
}
