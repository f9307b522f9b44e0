# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
"""How fast the time-stamp counter runs that an emulated CPU hands on from ours.

A guest kernel finds that out by timing loops. On a host that takes the CPU away meanwhile it is wrong by any factor, and
then so is every clock of the guest. It believes what it is told instead (tsc_early_khz, Documentation/admin-guide/
kernel-parameters.txt).
"""

import ctypes
import mmap
import platform
import time

# rdtsc; shl rdx, 32; or rax, rdx; ret
READ = bytes.fromhex("0f31 48c1e220 4809d0 c3")
INTERVAL = 0.05


def kernel_arguments(counted):
    """What to put on the guest's command line; nothing where the counter cannot be read. A machine whose clock is made of
    counted instructions has a counter of nanoseconds."""
    khz = 1_000_000 if counted else frequency()
    return [f"tsc_early_khz={khz}"] if khz else []


def frequency():
    """In kHz, or None."""
    if platform.machine() != "x86_64":
        return None
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except OSError:
        return None
    page.write(READ)
    read = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    first = sample(read)
    time.sleep(INTERVAL)
    last = sample(read)
    return round((last[1] - first[1]) * 1_000_000 / (last[0] - first[0]))


def sample(read):
    """A moment (ns) and the counter at it: of several readings the one that took least."""
    best = None
    for _ in range(200):
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
        counter = read()
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
        if best is None or after - before < best[0]:
            best = (after - before, (before + after) // 2, counter)
    return best[1:]
