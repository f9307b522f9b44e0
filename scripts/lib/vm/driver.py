# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
"""Boots one guest, runs one command in it, and is its standard streams.

Runs inside the build root, started by scripts/vm, which documents the options.
"""

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile

import call
import machine
import relay

USAGE = ("./scripts/vm [--put FILE[:NAME]]... [--get FILE]... [--cpus N] [--mem SIZE] [--cpu MODEL] [--icount SHIFT] [--append ARGS]\n"
         "       [--timeout S] [--no-module] [--log FILE] [--tty] -- COMMAND...")


def parse(argv):
    p = argparse.ArgumentParser(prog="./scripts/vm", usage=USAGE, allow_abbrev=False, add_help=False)
    p.add_argument("-h", "--help", action="store_true")
    p.add_argument("--put", action="append", default=[])
    p.add_argument("--get", action="append", default=[])
    p.add_argument("--cpus", type=int, default=2)
    p.add_argument("--mem", default="2G")
    p.add_argument("--cpu", default="max")
    p.add_argument("--icount", type=int, choices=range(0, 11), metavar="SHIFT")
    p.add_argument("--append", action="append", default=[])
    p.add_argument("--timeout", type=float)
    p.add_argument("--no-module", action="store_true")
    p.add_argument("--log")
    p.add_argument("--tty", action="store_true")
    p.error = lambda message: refuse(f"{message}\nvm: usage: {USAGE}", 2)
    if "--" in argv:
        at = argv.index("--")
        options, command = p.parse_args(argv[:at]), argv[at + 1:]
    else:
        options, command = p.parse_args(argv), []
    if options.help:
        print(f"usage: {USAGE}")
        sys.exit(0)
    if not command:
        p.error("no COMMAND after --")
    if not re.fullmatch(r"\d+[KMGkmg]?", options.mem):
        p.error(f"--mem wants a size as 512M or 4G, not {options.mem}")
    if options.cpus < 1 or (options.timeout is not None and options.timeout <= 0):
        p.error("--cpus and --timeout want positive numbers")
    return options, command


def refuse(message, status=125):
    sys.stderr.write(f"vm: {message}\n")
    sys.stderr.flush()
    os._exit(status)


def host_path(path):
    """A path as the caller wrote it, seen from inside the build root."""
    return os.environ.get("WASMK_HOST", "") + path if os.path.isabs(path) else path


def main():
    options, command = parse(sys.argv[1:])
    run_dir = tempfile.mkdtemp(prefix="vm-", dir="/out")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    status = 125
    try:
        log = host_path(options.log) if options.log else os.path.join(run_dir, "console")
        open(log, "wb").close()
        call.write_archive(os.path.join(run_dir, "call.tar"), options, command, host_path)
        guest = machine.start(run_dir, log, options)
        try:
            status = relay.serve(guest, options, log)
        finally:
            guest.stop()
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        status = 141
    except call.Problem as e:
        refuse_after = str(e)
        shutil.rmtree(run_dir, ignore_errors=True)
        refuse(refuse_after)
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)
    # Not sys.exit(): a closed stdout must not make Python speak at its end.
    os._exit(status)


main()
