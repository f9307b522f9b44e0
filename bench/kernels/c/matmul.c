/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Float: a product of two matrices of doubles. */
#include "kernel.h"
#define N 128
static double a[N][N], b[N][N], c[N][N];

EXPORT u32 run(u32 n)
{
	for (u32 i = 0; i < N; i++)
		for (u32 j = 0; j < N; j++) {
			a[i][j] = (double)(i32)(i * 3 + j) / 7;
			b[i][j] = (double)(i32)(i - j * 2) / 5;
		}
	while (n--)
		for (u32 i = 0; i < N; i++)
			for (u32 j = 0; j < N; j++) {
				double sum = 0;
				for (u32 k = 0; k < N; k++)
					sum += a[i][k] * b[k][j];
				c[i][j] = sum;
			}
	double trace = 0;
	for (u32 i = 0; i < N; i++)
		trace += c[i][i];
	return (u32)(i64)trace;
}
