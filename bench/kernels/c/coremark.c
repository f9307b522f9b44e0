/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* The mix that CoreMark made familiar, written anew: a linked list that is searched and sorted, a matrix of integers, a state
 * machine over text, and a CRC of everything. */
#include "kernel.h"

static u16 crc16(u16 crc, u16 value)
{
	for (u32 i = 0; i < 16; i++) {
		u32 carry = (value ^ crc) & 1;
		crc >>= 1;
		value >>= 1;
		if (carry)
			crc ^= 0xa001;
	}
	return crc;
}

/* The list. */
#define ITEMS 128
struct item { struct item *next; i32 key; i32 index; };
static struct item items[ITEMS];

static i32 by_key(const struct item *a, const struct item *b) { return a->key - b->key; }
static i32 by_index(const struct item *a, const struct item *b) { return a->index - b->index; }

static struct item *sort(struct item *list, i32 (*compare)(const struct item *, const struct item *))
{
	for (u32 size = 1;; size *= 2) {
		struct item *p = list, *head = 0, **tail = &head;
		u32 merges = 0;
		while (p) {
			struct item *q = p;
			u32 left = 0, right = size;
			merges++;
			while (left < size && q)
				left++, q = q->next;
			while (left || (right && q)) {
				struct item *least;
				if (left && (!right || !q || compare(p, q) <= 0))
					least = p, p = p->next, left--;
				else
					least = q, q = q->next, right--;
				*tail = least;
				tail = &least->next;
			}
			p = q;
		}
		*tail = 0;
		list = head;
		if (merges <= 1)
			return list;
	}
}

static struct item *reverse(struct item *list)
{
	struct item *out = 0;
	while (list) {
		struct item *next = list->next;
		list->next = out;
		out = list;
		list = next;
	}
	return out;
}

static u16 lists(u32 seed, u16 crc)
{
	struct item *list = 0;
	for (u32 i = 0; i < ITEMS; i++) {
		items[i] = (struct item){ list, (i32)(next_random(&seed) & 0x7fff), (i32)i };
		list = &items[i];
	}
	for (u32 round = 0; round < 4; round++) {
		for (i32 wanted = 0; wanted < 24; wanted++) {
			const struct item *p = list;
			while (p && p->index != wanted * 5)
				p = p->next;
			crc = crc16(crc, p ? (u16)p->key : 0xffff);
			list = reverse(list);
		}
		list = sort(list, round & 1 ? by_index : by_key);
		crc = crc16(crc, (u16)list->key);
	}
	return crc;
}

/* The matrices. */
#define N 12
static short a[N][N], b[N][N];
static i32 c[N][N];

static u16 matrices(u32 seed, u16 crc)
{
	for (u32 i = 0; i < N; i++)
		for (u32 j = 0; j < N; j++) {
			a[i][j] = (short)(next_random(&seed) & 0xff);
			b[i][j] = (short)(next_random(&seed) & 0x7f);
		}
	for (i32 add = 1; add <= 3; add++) {
		for (u32 i = 0; i < N; i++)
			for (u32 j = 0; j < N; j++)
				a[i][j] = (short)(a[i][j] + add);
		for (u32 i = 0; i < N; i++)
			for (u32 j = 0; j < N; j++) {
				i32 sum = 0;
				for (u32 k = 0; k < N; k++) {
					i32 product = a[i][k] * b[k][j];
					sum += add == 2 ? (product >> 2 & 15) * (product >> 5 & 127) : product;
				}
				c[i][j] = sum;
			}
		i32 last = 0, total = 0;
		for (u32 i = 0; i < N; i++)
			for (u32 j = 0; j < N; j++) {
				total += c[i][j] > last ? 10 : c[i][j] & 7;
				last = c[i][j];
			}
		crc = crc16(crc, (u16)total);
	}
	return crc;
}

/* The state machine: which of the words, separated by commas, are numbers, and of what kind. */
enum state { START, INVALID, SIGN, INTEGER, FLOAT, EXPONENT, SCIENTIFIC, STATES };
static u8 text[640];

static enum state scan(const u8 **at, u32 *transitions)
{
	enum state state = START;
	for (; **at; ++*at) {
		u8 ch = **at;
		u32 digit = ch >= '0' && ch <= '9';
		enum state next = state;
		if (ch == ',') {
			++*at;
			break;
		}
		switch (state) {
		case START:
			next = digit ? INTEGER : ch == '+' || ch == '-' ? SIGN : ch == '.' ? FLOAT : INVALID;
			break;
		case SIGN: next = digit ? INTEGER : ch == '.' ? FLOAT : INVALID; break;
		case INTEGER: next = ch == '.' ? FLOAT : digit ? INTEGER : INVALID; break;
		case FLOAT: next = ch == 'e' || ch == 'E' ? EXPONENT : digit ? FLOAT : INVALID; break;
		case EXPONENT: next = digit || ch == '+' || ch == '-' ? SCIENTIFIC : INVALID; break;
		case SCIENTIFIC: next = digit ? SCIENTIFIC : INVALID; break;
		default: break;
		}
		if (next != state)
			transitions[next]++;
		state = next;
	}
	return state;
}

static u16 states(u32 seed, u16 crc)
{
	static const u8 words[16][9] = { "5012", "1234", "-874", "+122", "35.54400", ".1234500", "-110.700", "+0.64400",
					 "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^" };
	u32 counts[STATES] = { 0 }, transitions[STATES] = { 0 }, len = 0;
	while (len < sizeof(text) - 12) {
		const u8 *word = words[next_random(&seed) & 15];
		while (*word)
			text[len++] = *word++;
		text[len++] = ',';
	}
	text[len] = 0;
	for (u32 flip = 0; flip < 2; flip++) {
		for (const u8 *at = text; *at;)
			counts[scan(&at, transitions)]++;
		for (u32 i = 0; i < len; i += 11)
			if (text[i] != ',')
				text[i] ^= 1;
	}
	for (u32 i = 0; i < STATES; i++)
		crc = crc16(crc16(crc, (u16)counts[i]), (u16)transitions[i]);
	return crc;
}

EXPORT u32 run(u32 n)
{
	u16 crc = 0;
	for (u32 i = 0; i < n; i++) {
		crc = lists(i * 77 + 1, crc);
		crc = matrices(i * 33 + 5, crc);
		crc = states(i * 55 + 9, crc);
	}
	return crc;
}
