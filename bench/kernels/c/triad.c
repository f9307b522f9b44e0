/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Memory-bound: a + s * b over arrays larger than the second-level cache. */
#include "kernel.h"
#define N (1u << 18)
static double a[N], b[N], c[N];

EXPORT u32 run(u32 n)
{
	for (u32 i = 0; i < N; i++) {
		a[i] = (double)(i32)(i & 1023);
		b[i] = (double)(i32)(i % 97);
	}
	while (n--) {
		for (u32 i = 0; i < N; i++)
			c[i] = a[i] + 0.25 * b[i];
		for (u32 i = 0; i < N; i++)
			a[i] = c[i] - 0.125 * b[i];
	}
	double sum = 0;
	for (u32 i = 0; i < N; i += 511)
		sum += a[i];
	return (u32)(i64)sum;
}
