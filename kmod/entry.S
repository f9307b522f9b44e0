/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>

	.text

/*
 * Templates of a return and of indirect branches through r11. The module loader patches them for this CPU's mitigations;
 * sys/thunks.rs reads what it left. Each in the low half of a cache line, as the kernel's ITS mitigation looks at that.
 */
	.balign 64
SYM_CODE_START(wasmk_template_ret)
	UNWIND_HINT_FUNC
	ANNOTATE_NOENDBR
	RET
SYM_CODE_END(wasmk_template_ret)

	.balign 64
SYM_CODE_START(wasmk_template_call)
	UNWIND_HINT_FUNC
	ANNOTATE_NOENDBR
	CALL_NOSPEC r11
	RET
SYM_CODE_END(wasmk_template_call)

	.balign 64
SYM_CODE_START(wasmk_template_jmp)
	UNWIND_HINT_FUNC
	ANNOTATE_NOENDBR
	JMP_NOSPEC r11
SYM_CODE_END(wasmk_template_jmp)

/*
 * int wasmk_contain_enter(void *stack_top, void (*f)(void *), void *arg, unsigned long *saved)
 *
 * Calls f(arg) on another stack; returns 0 when it returned, 1 when wasmk_contain_leave() abandoned it. The task's stack
 * pointer is in *saved meanwhile.
 */
SYM_FUNC_START(wasmk_contain_enter)
	push %rbp
	mov %rsp, %rbp
	push %rbx
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, (%rcx)
	mov %rcx, %rbx
	mov %rsi, %r11
	mov %rdi, %rsp
	mov %rdx, %rdi
	CALL_NOSPEC r11
	mov (%rbx), %rsp
	xor %eax, %eax
.Lleave:
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbx
	pop %rbp
	RET
/* void wasmk_contain_leave(unsigned long saved): never returns; the caller's stack is abandoned. */
SYM_INNER_LABEL(wasmk_contain_leave, SYM_L_GLOBAL)
	ANNOTATE_NOENDBR
	mov %rdi, %rsp
	mov $1, %eax
	jmp .Lleave
SYM_FUNC_END(wasmk_contain_enter)
STACK_FRAME_NON_STANDARD wasmk_contain_enter
