/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Indirect calls: objects of several classes behind one interface, in an order that cannot be foreseen. */
#include "kernel.h"
struct shape { u32 (*area)(const struct shape *); void (*scale)(struct shape *, u32); u32 a, b; };

static u32 square_area(const struct shape *s) { return s->a * s->a; }
static u32 oblong_area(const struct shape *s) { return s->a * s->b; }
static u32 wedge_area(const struct shape *s) { return s->a * s->b / 2; }
static u32 frame_area(const struct shape *s) { return s->a * s->a - s->b * s->b; }
static void scale_one(struct shape *s, u32 by) { s->a += by; }
static void scale_both(struct shape *s, u32 by) { s->a += by, s->b ^= by; }

#define N 512
static struct shape shapes[N];

EXPORT u32 run(u32 n)
{
	static u32 (*const areas[4])(const struct shape *) = { square_area, oblong_area, wedge_area, frame_area };
	static void (*const scales[2])(struct shape *, u32) = { scale_one, scale_both };
	u32 state = 99991, sum = 0;
	for (u32 i = 0; i < N; i++) {
		u32 r = next_random(&state);
		shapes[i] = (struct shape){ areas[r & 3], scales[r >> 2 & 1], r >> 8 & 255, r >> 16 & 255 };
	}
	while (n--)
		for (u32 i = 0; i < N; i++) {
			sum += shapes[i].area(&shapes[i]);
			shapes[i].scale(&shapes[i], i & 3);
		}
	return sum;
}
