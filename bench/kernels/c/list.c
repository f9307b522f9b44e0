/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Memory-bound, latency: a linked list in random order is walked and reversed. */
#include "kernel.h"
#define N (1u << 14)
struct node { struct node *next; u32 value; u32 padding[2]; };
static struct node nodes[N];
static u32 order[N];

EXPORT u32 run(u32 n)
{
	u32 state = 12345, sum = 0;
	for (u32 i = 0; i < N; i++)
		order[i] = i;
	for (u32 i = N - 1; i; i--) {
		u32 j = next_random(&state) % (i + 1), t = order[i];
		order[i] = order[j], order[j] = t;
	}
	struct node *head = 0;
	for (u32 i = 0; i < N; i++) {
		struct node *node = &nodes[order[i]];
		node->value = i;
		node->next = head;
		head = node;
	}
	while (n--) {
		struct node *reversed = 0;
		for (struct node *p = head; p;) {
			struct node *next = p->next;
			sum = sum * 3 + p->value;
			p->next = reversed;
			reversed = p;
			p = next;
		}
		head = reversed;
	}
	return sum;
}
