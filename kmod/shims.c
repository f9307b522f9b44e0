// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel interfaces that are macros or inline functions, or that the kernel's Rust bindings leave out. Each of these is
 * declared, with its contract, in src/sys/ffi.rs.
 */
#include <linux/cred.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>
#include <asm/cpufeature.h>
#include <asm/extable.h>
#include <asm/fpu/api.h>
#include <asm/sync_core.h>
#include <asm/tlbflush.h>
#include <xen/xen.h>

#include "shims.h"

/* Pages of linear memory: charged to the caller; a full cgroup makes growth fail instead of killing somebody. */
#define MEMORY_GFP (GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

const gfp_t wasmk_heap_gfp = GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;

/* Weak: arena.o joins at the last link only. */
extern u8 wasmk_arena[] __weak, wasmk_arena_end[] __weak;
extern struct exception_table_entry wasmk_extable[] __weak, wasmk_extable_end[] __weak;

const struct wasmk_layout wasmk_layout = {
	.arena = wasmk_arena,
	.arena_end = wasmk_arena_end,
	.extable = wasmk_extable,
	.extable_end = wasmk_extable_end,
};

unsigned int wasmk_cpu(void)
{
	unsigned int bits = 0;

	bits |= (boot_cpu_has(X86_FEATURE_XMM4_1) && boot_cpu_has(X86_FEATURE_SSSE3)) << 0;
	bits |= boot_cpu_has(X86_FEATURE_POPCNT) << 1;
	bits |= boot_cpu_has(X86_FEATURE_ABM) << 2;
	bits |= boot_cpu_has(X86_FEATURE_BMI1) << 3;
	/* Cleared by the kernel itself where it does not save the registers' upper halves. */
	bits |= (boot_cpu_has(X86_FEATURE_AVX) && boot_cpu_has(X86_FEATURE_XMM4_2)) << 4;
	bits |= (boot_cpu_has(X86_FEATURE_AVX2) && boot_cpu_has(X86_FEATURE_AVX)) << 5;
	bits |= boot_cpu_has(X86_FEATURE_IBT) << 8;
	bits |= boot_cpu_has(X86_FEATURE_RETPOLINE_LFENCE) << 9;
	bits |= (xen_pv_domain() ? 1u : 0u) << 16;
	bits |= (boot_cpu_has(X86_FEATURE_FXSR) && boot_cpu_has(X86_FEATURE_XMM2) ? 0u : 1u) << 17;
	return bits;
}

static void sync_one(void *unused)
{
	sync_core();
}

void wasmk_sync_cores(void)
{
	on_each_cpu(sync_one, NULL, 1);
}

static void flush_one(void *unused)
{
	unsigned long flags, cr4;

	raw_local_irq_save(flags);
	if (boot_cpu_has(X86_FEATURE_INVPCID)) {
		struct { u64 d[2]; } all = { { 0, 0 } };

		/* Type 2: every context, global translations included. */
		asm volatile("invpcid %0, %1" :: "m"(all), "r"(2UL) : "memory");
	} else {
		asm volatile("mov %%cr4, %0" : "=r"(cr4));
		asm volatile("mov %0, %%cr4" :: "r"(cr4 ^ X86_CR4_PGE) : "memory");
		asm volatile("mov %0, %%cr4" :: "r"(cr4) : "memory");
	}
	raw_local_irq_restore(flags);
}

void wasmk_flush_tlb(void)
{
	on_each_cpu(flush_one, NULL, 1);
}

void *wasmk_alias(const void *text, unsigned long pages)
{
	struct page **array = kvmalloc_array(pages, sizeof(*array), GFP_KERNEL);
	void *alias = NULL;
	unsigned long i;

	if (!array)
		return NULL;
	for (i = 0; i < pages; i++) {
		array[i] = vmalloc_to_page(text + i * PAGE_SIZE);
		if (!array[i])
			goto out;
	}
	alias = vmap(array, pages, VM_MAP, PAGE_KERNEL);
out:
	kvfree(array);
	return alias;
}

void *wasmk_reserve(unsigned long pages)
{
	unsigned long per = PAGE_SIZE / sizeof(struct page *), blocks = DIV_ROUND_UP(pages, per), i;
	struct page *dummy, *table, **repeat;
	void *array, *base = NULL;

	dummy = alloc_page(GFP_KERNEL);
	table = alloc_page(GFP_KERNEL);
	repeat = kvmalloc_array(blocks, sizeof(*repeat), GFP_KERNEL);
	if (!dummy || !table || !repeat)
		goto out;
	for (i = 0; i < per; i++)
		((struct page **)page_address(table))[i] = dummy;
	for (i = 0; i < blocks; i++)
		repeat[i] = table;
	array = vmap(repeat, blocks, VM_MAP, PAGE_KERNEL_RO);
	if (!array)
		goto out;
	base = vm_map_ram(array, pages, NUMA_NO_NODE);
	vunmap(array);
	if (!base)
		goto out;
	if (wasmk_depopulate((unsigned long)base, pages, NULL)) {
		/* Not 4 KiB mappings: not what this was written for. */
		vm_unmap_ram(base, pages);
		vm_unmap_aliases();
		base = NULL;
	}
	wasmk_flush_tlb();
out:
	kvfree(repeat);
	if (table)
		__free_page(table);
	if (dummy)
		__free_page(dummy);
	return base;
}

void wasmk_unreserve(void *base, unsigned long pages)
{
	vm_unmap_ram(base, pages);
}

int wasmk_depopulate(unsigned long va, unsigned long pages, struct wasmk_pages *out)
{
	unsigned long i = 0;

	while (i < pages) {
		unsigned int level;
		unsigned long n;
		pte_t *pte = lookup_address(va + i * PAGE_SIZE, &level);

		if (!pte || level != PG_LEVEL_4K)
			return -EIO;
		/* The entries that are in the same table. */
		n = min(pages - i, PTRS_PER_PTE - ((unsigned long)pte & ~PAGE_MASK) / sizeof(*pte));
		for (unsigned long at = 0; out && at < n; at++) {
			if (!pte_none(pte[at])) {
				struct page *page = pte_page(pte[at]);

				page->private = (unsigned long)out->first;
				out->first = page;
			}
		}
		/* One by one: other processors may be walking them (a shared memory whose growth failed), and memset promises no order. */
		for (unsigned long at = 0; at < n; at++)
			native_set_pte(pte + at, __pte(0));
		i += n;
		if (!(i & 0xffff))
			cond_resched();
	}
	return 0;
}

unsigned long wasmk_populate(unsigned long va, unsigned long pages)
{
	unsigned long i = 0;

	while (i < pages) {
		unsigned int level;
		pte_t *pte = lookup_address(va + i * PAGE_SIZE, &level);

		if (!pte || level != PG_LEVEL_4K)
			return i;
		do {
			struct page *page = alloc_page(MEMORY_GFP);

			if (!page)
				return i;
			/* Not present before, so no translation can be cached. */
			native_set_pte(pte, mk_pte(page, PAGE_KERNEL));
			pte++;
			i++;
		} while (i < pages && ((unsigned long)pte & ~PAGE_MASK));
	}
	return i;
}

void wasmk_free_pages(struct wasmk_pages *pages)
{
	struct page *page = pages->first;
	unsigned long freed = 0;

	while (page) {
		struct page *next = (struct page *)page->private;

		page->private = 0;
		__free_page(page);
		page = next;
		if (!(++freed & 0x3ff))
			cond_resched();
	}
	pages->first = NULL;
}

unsigned int wasmk_task_pending(struct task_struct *task)
{
	return (signal_pending(task) ? 1 : 0) | (fatal_signal_pending(task) ? 2 : 0) |
	       (test_tsk_thread_flag(task, TIF_NOTIFY_RESUME) ? 4 : 0) | (test_tsk_need_resched(task) ? 8 : 0);
}

void wasmk_task_notify(struct task_struct *task)
{
	/* As set_notify_signal(), whose wake_up_state() is not exported. */
	set_tsk_thread_flag(task, TIF_NOTIFY_SIGNAL);
	smp_mb__after_atomic();
	if (READ_ONCE(task->__state) & TASK_INTERRUPTIBLE)
		wake_up_process(task);
}

void wasmk_yield(void)
{
	if (need_resched())
		schedule();
}

bool wasmk_on_task_stack(void)
{
	return (unsigned long)__builtin_frame_address(0) - (unsigned long)current->stack < THREAD_SIZE;
}

unsigned int wasmk_extable_type(void)
{
	return EX_TYPE_IMM_REG | EX_DATA_REG(2);
}

struct exception_table_entry *wasmk_extable_get(unsigned int *count)
{
	*count = THIS_MODULE->num_exentries;
	return THIS_MODULE->extable;
}

void wasmk_extable_set(struct exception_table_entry *table, unsigned int count)
{
	/* A lookup between the two stores must see a table at least as long as its count. */
	if (count > THIS_MODULE->num_exentries) {
		smp_store_release(&THIS_MODULE->extable, table);
		synchronize_rcu();
		smp_store_release(&THIS_MODULE->num_exentries, count);
	} else {
		smp_store_release(&THIS_MODULE->num_exentries, count);
		synchronize_rcu();
		smp_store_release(&THIS_MODULE->extable, table);
	}
	synchronize_rcu();
}

bool wasmk_capable_admin(void)
{
	return ns_capable(&init_user_ns, CAP_SYS_ADMIN);
}

void wasmk_bug(void)
{
	pr_emerg("wasmk: a panic outside of containment\n");
	BUG();
}
