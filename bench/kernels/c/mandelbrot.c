/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Float, branchy: escape times in the Mandelbrot set. */
#include "kernel.h"

EXPORT u32 run(u32 n)
{
	u32 total = 0;
	for (u32 row = 0; row < n; row++)
		for (u32 column = 0; column < 256; column++) {
			double cr = (double)(i32)column / 100 - 2, ci = (double)(i32)(row & 255) / 128 - 1;
			double zr = 0, zi = 0;
			u32 steps = 0;
			while (steps < 100 && zr * zr + zi * zi < 4) {
				double t = zr * zr - zi * zi + cr;
				zi = 2 * zr * zi + ci;
				zr = t;
				steps++;
			}
			total += steps;
		}
	return total;
}
