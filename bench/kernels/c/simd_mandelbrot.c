/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Vectors of floats, branchy: escape times in the Mandelbrot set, four points at a time. */
#include "kernel.h"
typedef float f32x4 __attribute__((vector_size(16)));
typedef i32 i32x4 __attribute__((vector_size(16)));

EXPORT u32 run(u32 n)
{
	i32x4 total = { 0 };
	for (u32 row = 0; row < n; row++)
		for (u32 column = 0; column < 256; column += 4) {
			float r = (float)(i32)column, i = (float)(i32)(row & 255) / 128 - 1;
			f32x4 cr = (f32x4){ r, r + 1, r + 2, r + 3 } / 100 - 2, ci = { i, i, i, i };
			f32x4 zr = { 0 }, zi = { 0 };
			i32x4 steps = { 0 };
			for (u32 step = 0; step < 100; step++) {
				f32x4 r2 = zr * zr, i2 = zi * zi;
				i32x4 inside = r2 + i2 < 4;
				if (!(inside[0] | inside[1] | inside[2] | inside[3]))
					break;
				/* True is -1. */
				steps -= inside;
				zi = 2 * zr * zi + ci;
				zr = r2 - i2 + cr;
			}
			total += steps;
		}
	return (u32)(total[0] + total[1] + total[2] + total[3]);
}
