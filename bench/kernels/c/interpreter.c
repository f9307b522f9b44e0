/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Branchy: a switch over the opcodes of a small register machine (a jump table in wasm). */
#include "kernel.h"
enum { ADD, SUB, MUL, XOR, SHR, LOAD, STORE, MOVE, IMMEDIATE, JUMP_IF, HALT };
struct op { u8 code, a, b, c; };
#define LIMIT 200
static const struct op program[] = {
	{ IMMEDIATE, 0, 0, 0 },   { IMMEDIATE, 1, 1, 0 },   { IMMEDIATE, 2, LIMIT, 0 }, { IMMEDIATE, 7, 13, 0 },
	/* 4: */ { ADD, 0, 0, 1 }, { MUL, 3, 0, 7 },        { XOR, 4, 4, 3 },           { STORE, 4, 0, 0 },
	{ LOAD, 5, 3, 0 },        { SHR, 5, 5, 1 },         { SUB, 4, 4, 5 },           { MOVE, 6, 4, 0 },
	{ SUB, 3, 2, 0 },         { JUMP_IF, 3, 4, 0 },     { HALT, 0, 0, 0 },
};
static u32 memory[256];

static NOINLINE u32 execute(void)
{
	u32 r[8] = { 0 };
	for (const struct op *op = program;; op++) {
		switch (op->code) {
		case ADD: r[op->a] = r[op->b] + r[op->c]; break;
		case SUB: r[op->a] = r[op->b] - r[op->c]; break;
		case MUL: r[op->a] = r[op->b] * r[op->c]; break;
		case XOR: r[op->a] = r[op->b] ^ r[op->c]; break;
		case SHR: r[op->a] = r[op->b] >> (r[op->c] & 31); break;
		case LOAD: r[op->a] = memory[r[op->b] & 255]; break;
		case STORE: memory[r[op->b] & 255] = r[op->a]; break;
		case MOVE: r[op->a] = r[op->b]; break;
		case IMMEDIATE: r[op->a] = op->b; break;
		case JUMP_IF:
			if (r[op->a])
				op = program + op->b - 1;
			break;
		default: return r[6];
		}
	}
}

EXPORT u32 run(u32 n)
{
	u32 sum = 0;
	for (u32 i = 0; i < 256; i++)
		memory[i] = i;
	while (n--)
		sum += execute();
	return sum;
}
