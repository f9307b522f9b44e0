/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Empty: for sources that include setjmp.h and do not use it. One that does is refused by the compiler. */
