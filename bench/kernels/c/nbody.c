/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Float: five bodies that attract each other; square roots and divisions. */
#include "kernel.h"
struct body { double x[3], v[3], mass; };
static struct body bodies[5];

static void advance(double dt)
{
	for (u32 i = 0; i < 5; i++) {
		struct body *p = &bodies[i];
		for (u32 j = i + 1; j < 5; j++) {
			struct body *q = &bodies[j];
			double d[3], square = 0;
			for (u32 k = 0; k < 3; k++) {
				d[k] = p->x[k] - q->x[k];
				square += d[k] * d[k];
			}
			double magnitude = dt / (square * __builtin_sqrt(square));
			for (u32 k = 0; k < 3; k++) {
				p->v[k] -= d[k] * q->mass * magnitude;
				q->v[k] += d[k] * p->mass * magnitude;
			}
		}
	}
	for (u32 i = 0; i < 5; i++)
		for (u32 k = 0; k < 3; k++)
			bodies[i].x[k] += dt * bodies[i].v[k];
}

EXPORT u32 run(u32 n)
{
	for (u32 i = 0; i < 5; i++) {
		double at = (double)(i32)i;
		bodies[i] = (struct body){ { at * 5 + 1, at - 2, at * 0.5 }, { 0.1 * at, 0.3 - at * 0.1, 0.01 }, i ? 0.01 : 39.5 };
	}
	for (u32 i = 0; i < n; i++)
		advance(0.001);
	double sum = 0;
	for (u32 i = 0; i < 5; i++)
		sum += bodies[i].x[0] * (double)(i32)(i + 1);
	return (u32)(i64)(sum * 1000);
}
