# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
"""The emulated machine: QEMU's arguments, and which accelerator really works."""

import os
import signal
import socket
import subprocess
import tempfile

import tsc
from call import Problem

IMAGE = "/image"
TREE = "/out/tree.tar"
# Ports of the virtio-serial device, in the order of their numbers from 1.
PORTS = ("control", "stdin", "stdout", "stderr", "files")


class Guest:
    def __init__(self, process, sockets, errors):
        self.process = process
        self.sockets = sockets
        self.errors = errors

    def stop(self):
        for s in self.sockets.values():
            s.close()
        self.process.kill()
        self.process.wait()


def arguments(accel, run_dir, log, options, fds):
    drive = "if=none,format=raw,readonly=on,file.locking=off"
    counted = options.icount is not None
    threads = "tcg,thread=single" if counted else "tcg,thread=multi"
    clock = tsc.kernel_arguments(counted) if accel == "tcg" else []
    # A busy host is late with the first timer interrupts; the kernel would take the wiring for broken and panic.
    append = " ".join(["console=ttyS0", "loglevel=5", "panic=-1", "oops=panic", "no_timer_check", *clock, *options.append])
    words = [
        "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-bios", "qboot.rom",
        "-machine", "q35,i8042=off,hpet=off", "-accel", threads if accel == "tcg" else accel,
        "-cpu", options.cpu, "-smp", str(options.cpus), "-m", options.mem,
        "-kernel", f"{IMAGE}/vmlinuz", "-initrd", f"{IMAGE}/initrd", "-append", append,
        "-chardev", f"file,id=log,path={log}", "-serial", "chardev:log",
        "-device", "virtio-serial-pci,id=ports",
    ]
    if counted:
        words += ["-icount", f"shift={options.icount},sleep=off"]
    for n, path in enumerate((f"{IMAGE}/base.erofs", TREE, f"{run_dir}/call.tar")):
        words += ["-drive", f"{drive},id=d{n},file={path}", "-device", f"virtio-blk-pci,drive=d{n}"]
    for n, name in enumerate(PORTS, 1):
        words += ["-chardev", f"socket,id={name},fd={fds[name]}",
                  "-device", f"virtserialport,bus=ports.0,nr={n},chardev={name},name=wasmk.{name}"]
    return words


def spawn(accel, run_dir, log, options):
    ours, theirs = {}, {}
    for name in PORTS:
        ours[name], theirs[name] = socket.socketpair()
    errors = tempfile.TemporaryFile(dir=run_dir)
    words = arguments(accel, run_dir, log, options, {n: s.fileno() for n, s in theirs.items()})
    # ^C is for us to handle; the emulator must not see it before we do.
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, start_new_session=True,
                               pass_fds=[s.fileno() for s in theirs.values()], preexec_fn=die_with_parent)
    for s in theirs.values():
        s.close()
    return Guest(process, ours, errors)


def die_with_parent():
    """No emulator outlives its caller, however that one ends."""
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def start(run_dir, log, options):
    for path in (f"{IMAGE}/vmlinuz", TREE):
        if not os.path.exists(path):
            raise Problem(f"{path} is missing; run scripts/setup")
    return spawn(accelerator(run_dir, options), run_dir, log, options)


def accelerator(run_dir, options):
    """Hardware virtualisation if a guest has really booted with it here, else TCG."""
    if options.icount is not None:
        return "tcg"
    wanted = os.environ.get("WASMK_ACCEL")
    if wanted in ("kvm", "tcg"):
        return wanted
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    # A verdict holds for this boot of this machine.
    with open("/proc/sys/kernel/random/boot_id") as f:
        verdict_file = f"/out/accel-{f.read().strip()}"
    try:
        with open(verdict_file) as f:
            return f.read()
    except FileNotFoundError:
        pass
    verdict = "kvm" if boots_with_kvm(run_dir, options) else "tcg"
    part = f"{verdict_file}.{os.getpid()}"
    with open(part, "w") as f:
        f.write(verdict)
    os.rename(part, verdict_file)
    return verdict


def boots_with_kvm(run_dir, options):
    """Boots the guest with KVM and waits for its first word."""
    guest = spawn("kvm", run_dir, os.devnull, options)
    control = guest.sockets["control"]
    control.settimeout(20)
    try:
        return bool(control.recv(1))
    except OSError:
        return False
    finally:
        guest.stop()
