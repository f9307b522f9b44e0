/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Float: the spectral norm of a matrix that is computed as it goes; integer to float conversions, divisions. */
#include "kernel.h"
#define N 100
static double u[N], v[N], t[N];

static NOINLINE double element(u32 i, u32 j)
{
	return 1.0 / (double)(i32)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(const double *in, double *out, int transposed)
{
	for (u32 i = 0; i < N; i++) {
		double sum = 0;
		for (u32 j = 0; j < N; j++)
			sum += (transposed ? element(j, i) : element(i, j)) * in[j];
		out[i] = sum;
	}
}

EXPORT u32 run(u32 n)
{
	for (u32 i = 0; i < N; i++)
		u[i] = 1;
	while (n--) {
		times(u, t, 0);
		times(t, v, 1);
		times(v, t, 0);
		times(t, u, 1);
	}
	double uv = 0, vv = 0;
	for (u32 i = 0; i < N; i++) {
		uv += u[i] * v[i];
		vv += v[i] * v[i];
	}
	return (u32)(i64)(__builtin_sqrt(uv / vv) * 1e6);
}
