# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
"""Runs one command in the guest and carries its streams over virtio-serial ports.

Ports (see scripts/lib/vm/driver.py): 1 control (lines out), 2 stdin, 3 stdout,
4 stderr, 5 fetched files (a tar stream). The command's own stdout and stderr
are pipes, or one pseudo-terminal, so that it may open, dup and poll them.
"""

# Imports are few on purpose: each costs a tenth of a second in an emulator.
import os
import select
import signal
import sys
import time

CALL = "/run-wasmk"
CHUNK = 65536


def port(number, flags):
    path = f"/dev/vport{PORTS}p{number}"
    return os.open(path, flags | os.O_CLOEXEC)


def write_all(fd, data):
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view):]
        except BlockingIOError:
            select.select([], [fd], [])


def serial_device():
    """The first number in the names of the virtio-serial ports."""
    for _ in range(200):
        for name in sorted(os.listdir("/dev")):
            if name.startswith("vport") and name.endswith("p5"):
                return name[5:-2]
        time.sleep(0.05)
    sys.exit("agent: the serial ports did not appear")


def read_words(name):
    """A file of NUL-terminated words of this call."""
    with open(f"{CALL}/{name}", "rb") as f:
        return f.read().decode(errors="surrogateescape").split("\0")[:-1]


def module_problem():
    """What init noted when wasmk.ko could not be loaded."""
    try:
        with open(f"{CALL}/problem") as f:
            return " ".join(f.read().split()) or "insmod failed"
    except FileNotFoundError:
        return None


def exec_command(argv):
    """In the child: becomes the command, or answers as a shell would."""
    # Python ignores SIGPIPE; the command must find the default.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)
    except FileNotFoundError:
        os.write(2, f"{argv[0]}: not found\n".encode())
        os._exit(127)
    except OSError as e:
        os.write(2, f"{argv[0]}: {e.strerror}\n".encode())
        os._exit(126)


def spawn_piped(argv):
    """Starts the command with three pipes; returns pid and our ends."""
    stdin_r, stdin_w = os.pipe()
    out_r, out_w = os.pipe()
    err_r, err_w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for fd, number in ((stdin_r, 0), (out_w, 1), (err_w, 2)):
            os.dup2(fd, number)
        exec_command(argv)
    for fd in (stdin_r, out_w, err_w):
        os.close(fd)
    os.set_blocking(stdin_w, False)
    return pid, stdin_w, [(out_r, 3), (err_r, 4)]


def spawn_tty(argv, rows, cols):
    """Starts the command on a pseudo-terminal of the given size."""
    import fcntl
    import struct
    import termios

    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for number in (0, 1, 2):
            os.dup2(slave, number)
        exec_command(argv)
    os.close(slave)
    return pid, os.dup(master), [(master, 3)]


class Pump:
    """Moves bytes between the command and the ports until it has ended."""

    def __init__(self, stdin_fd, outputs):
        self.stdin_fd = stdin_fd
        self.stdin_port = port(2, os.O_RDONLY | os.O_NONBLOCK)
        self.pending = b""
        self.outputs = {fd: port(number, os.O_WRONLY) for fd, number in outputs}

    def close_stdin(self):
        if self.stdin_fd is not None:
            os.close(self.stdin_fd)
            self.stdin_fd = None

    def copy(self, fd):
        """One chunk of output; false at its end."""
        try:
            data = os.read(fd, CHUNK)
        except OSError:  # a pseudo-terminal whose last user has gone
            data = b""
        if data:
            write_all(self.outputs[fd], data)
        else:
            del self.outputs[fd]
        return bool(data)

    def feed(self):
        """Takes framed standard input: a length in 4 bytes, data; 0 is the end."""
        try:
            data = os.read(self.stdin_port, CHUNK)
        except OSError:
            data = b""
        if data:
            self.pending += data

    def give(self):
        """Hands what can be handed to the command's standard input."""
        while self.stdin_fd is not None and len(self.pending) >= 4:
            length = int.from_bytes(self.pending[:4], "little")
            if length == 0:
                self.close_stdin()
                return
            ready = self.pending[4:4 + length]
            if not ready:
                return
            try:
                n = os.write(self.stdin_fd, ready)
            except BlockingIOError:
                return
            except OSError:  # the command closed it
                self.close_stdin()
                return
            rest = length - n
            self.pending = (rest.to_bytes(4, "little") if rest else b"") + self.pending[4 + n:]

    def blocked(self):
        """True if bytes wait for room in the command's standard input."""
        return len(self.pending) > 4

    def step(self, wake, timeout):
        reads = [*self.outputs, wake]
        writes = []
        if self.stdin_fd is not None:
            if self.blocked():
                writes.append(self.stdin_fd)
            else:
                reads.append(self.stdin_port)
        r, w, _ = select.select(reads, writes, [], timeout)
        for fd in r:
            if fd == self.stdin_port:
                self.feed()
            elif fd in self.outputs:
                self.copy(fd)
        if self.stdin_fd is not None and self.pending:
            self.give()
        return bool([fd for fd in r if fd in self.outputs])


def run(argv, size):
    """Runs the command to its end; returns its exit status as a shell has it."""
    wake, wake_w = os.pipe()
    os.set_blocking(wake_w, False)
    os.set_inheritable(wake_w, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_w, warn_on_full_buffer=False)
    if size:
        pid, stdin_fd, outputs = spawn_tty(argv, *map(int, size))
    else:
        pid, stdin_fd, outputs = spawn_piped(argv)
    pump = Pump(stdin_fd, outputs)
    status = None
    while status is None:
        pump.step(wake, None)
        os.set_blocking(wake, False)
        try:
            os.read(wake, 4096)
        except BlockingIOError:
            pass
        done, raw = os.waitpid(pid, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(raw)
    # What it wrote last is still in the pipes. Others may hold them open, so
    # the end is an empty pipe, not a closed one.
    while pump.outputs and pump.step(wake, 0):
        pass
    return 128 - status if status < 0 else status


def fetch(names):
    """Sends files as tar streams, each under its last name; absent ones are left out."""
    fd = port(5, os.O_WRONLY)
    for name in names:
        if os.path.lexists(name):
            path = os.path.abspath(name)
            words = ["tar", "-C", os.path.dirname(path), "-cf", "-", "--", os.path.basename(path)]
            pid = os.posix_spawnp("tar", words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, fd, 1)])
            os.waitpid(pid, 0)
    os.close(fd)


def main():
    control = port(1, os.O_WRONLY)
    os.chdir("/root/work")
    problem = module_problem()
    if problem:
        write_all(control, f"fail wasmk.ko does not load: {problem}\n".encode())
        return
    write_all(control, b"start\n")
    status = run(read_words("argv"), read_words("terminal"))
    names = read_words("get")
    if names:
        fetch(names)
    write_all(control, f"exit {status}\n".encode())


PORTS = serial_device()
main()
