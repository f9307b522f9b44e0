/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WASMK_SHIMS_H
#define WASMK_SHIMS_H

#include <linux/types.h>

struct page;
struct task_struct;
struct exception_table_entry;

/* A list of pages, linked through page->private. */
struct wasmk_pages {
	struct page *first;
};

/* Where kmod/arena.S put things. */
struct wasmk_layout {
	u8 *arena, *arena_end;
	struct exception_table_entry *extable, *extable_end;
};

extern const struct wasmk_layout wasmk_layout;
extern const gfp_t wasmk_heap_gfp;

unsigned int wasmk_cpu(void);
void wasmk_sync_cores(void);
void wasmk_flush_tlb(void);
void *wasmk_alias(const void *text, unsigned long pages);
void *wasmk_reserve(unsigned long pages);
void wasmk_unreserve(void *base, unsigned long pages);
int wasmk_depopulate(unsigned long va, unsigned long pages, struct wasmk_pages *out);
unsigned long wasmk_populate(unsigned long va, unsigned long pages);
void wasmk_free_pages(struct wasmk_pages *pages);
unsigned int wasmk_task_pending(struct task_struct *task);
void wasmk_task_notify(struct task_struct *task);
void wasmk_yield(void);
bool wasmk_on_task_stack(void);
unsigned int wasmk_extable_type(void);
struct exception_table_entry *wasmk_extable_get(unsigned int *count);
void wasmk_extable_set(struct exception_table_entry *table, unsigned int count);
bool wasmk_capable_admin(void);
void __noreturn wasmk_bug(void);

#endif
