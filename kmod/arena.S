/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Room for generated code, and the exception table that covers it.
 *
 * The arena lies in the module's text, so the loader maps it read-only and executable, within rel32 of the kernel, and
 * faults in it consult the module's exception table. It is NOBITS: it takes no room in the .ko. objtool does not cope
 * with executable NOBITS sections, so this object is linked into the module at the very end only (see Kbuild).
 */
#ifndef WASMK_ARENA_MB
#define WASMK_ARENA_MB 32
#endif
/* Entries of the exception table per page of the arena; sys/extable.rs computes it from the table's size. */
#define WASMK_PAGE_SITES 96
#define WASMK_ENTRY_SIZE 12

	.section .wasmk_arena, "ax", @nobits
	.balign 4096
	.globl wasmk_arena
wasmk_arena:
	.skip (WASMK_ARENA_MB << 20)
	.globl wasmk_arena_end
wasmk_arena_end:

	.section .wasmk_extable, "aw", @nobits
	.balign 64
	.globl wasmk_extable
wasmk_extable:
	.skip (WASMK_ARENA_MB << 20) / 4096 * WASMK_PAGE_SITES * WASMK_ENTRY_SIZE
	.globl wasmk_extable_end
wasmk_extable_end:

	.section .note.GNU-stack, "", @progbits
