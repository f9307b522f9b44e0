/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */

/* Terminals: no descriptor of WASI is one whose modes can be set. */

#ifndef WASMK_TERMIOS_H
#define WASMK_TERMIOS_H

enum {
	BRKINT = 1, ICRNL = 2, IGNBRK = 4, IGNCR = 8, INLCR = 16, ISTRIP = 32, IXON = 64, PARMRK = 128,
	OPOST = 1,
	CSIZE = 1, CS8 = 2, PARENB = 4,
	ECHO = 1, ECHONL = 2, ICANON = 4, IEXTEN = 8, ISIG = 16,
	VMIN = 0, VTIME = 1, NCCS = 2,
	TCSANOW = 0,
};

/* For ioctl, which refuses it. */
#define TIOCGWINSZ 0x5413

struct winsize {
	unsigned short ws_row, ws_col;
};

struct termios {
	unsigned int c_iflag, c_oflag, c_cflag, c_lflag;
	unsigned char c_cc[NCCS];
};

static inline int tcgetattr(int fd, struct termios *attributes)
{
	(void)fd, (void)attributes;
	return wasmk_absent();
}

static inline int tcsetattr(int fd, int when, const struct termios *attributes)
{
	(void)fd, (void)when, (void)attributes;
	return wasmk_absent();
}

#endif
