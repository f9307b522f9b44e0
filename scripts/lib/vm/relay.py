# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
"""Carries the command's streams between the guest and the caller, to the end."""

import os
import selectors
import sys
import termios
import time
import tty

import call

# A guest that has not started its command by then is dead (emulated boots take
# seconds, but several may share one processor).
BOOT_SECONDS = 300
CHUNK = 65536


class Relay:
    def __init__(self, guest, options):
        self.guest, self.options = guest, options
        self.ports = guest.sockets
        self.started = False
        self.spoken = False
        self.result = None
        self.failure = None
        self.control = b""
        self.files = None
        self.loop = selectors.DefaultSelector()
        self.stdin_open = False

    def watch(self):
        for name in ("control", "stdout", "stderr", "files"):
            self.ports[name].setblocking(False)
            self.loop.register(self.ports[name], selectors.EVENT_READ, name)

    def watch_stdin(self):
        """Standard input goes to the command, but for a terminal without --tty."""
        if os.isatty(0) and not self.options.tty:
            self.end_stdin()
            return
        try:
            self.loop.register(0, selectors.EVENT_READ, "input")
            self.stdin_open = True
        except PermissionError:  # a plain file: always ready, read as it is asked for
            self.send_file()
        except (ValueError, OSError):
            self.end_stdin()

    def send_file(self):
        """A regular file cannot be waited for: a thread hands it over."""
        import threading

        def copy():
            try:
                while data := os.read(0, CHUNK):
                    self.frame(data)
                self.end_stdin()
            except OSError:
                pass

        threading.Thread(target=copy, daemon=True).start()

    def frame(self, data):
        self.ports["stdin"].sendall(len(data).to_bytes(4, "little") + data)

    def end_stdin(self):
        try:
            self.ports["stdin"].sendall(bytes(4))
        except OSError:
            pass

    def on_input(self):
        data = os.read(0, CHUNK)
        if data:
            self.frame(data)
        else:
            self.loop.unregister(0)
            self.end_stdin()

    def on_control(self, data):
        self.control += data
        *lines, self.control = self.control.split(b"\n")
        for line in lines:
            word, _, rest = line.decode(errors="replace").partition(" ")
            if word == "start":
                self.started = True
                if self.options.timeout:
                    self.deadline = time.monotonic() + self.options.timeout
                else:
                    self.deadline = None
                self.watch_stdin()
            elif word == "exit":
                self.result = int(rest)
            elif word == "fail":
                self.failure = rest

    def on_data(self, name, data):
        if name == "control":
            self.on_control(data)
        elif name == "files":
            if self.files is None:
                import tempfile

                self.files = tempfile.TemporaryFile(dir="/out")
            self.files.write(data)
        else:
            self.spoken = True
            fd = 1 if name == "stdout" else 2
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view):]

    def receive(self, name):
        """Takes what has come in on a port; false at its end."""
        try:
            data = self.ports[name].recv(CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        if not data:
            self.loop.unregister(self.ports[name])
            return False
        self.on_data(name, data)
        return True

    def drain(self):
        """All that was sent before the last word is in the sockets already."""
        for name in ("stdout", "stderr", "files"):
            while True:
                try:
                    data = self.ports[name].recv(CHUNK)
                except OSError:
                    break
                if not data:
                    break
                self.on_data(name, data)

    def run(self):
        """Until the command has ended, the guest has died or time is up."""
        self.watch()
        self.deadline = time.monotonic() + BOOT_SECONDS
        while self.result is None and self.failure is None:
            left = None if self.deadline is None else self.deadline - time.monotonic()
            if left is not None and left <= 0:
                return "timeout"
            for key, _ in self.loop.select(left):
                if key.data == "input":
                    self.on_input()
                elif not self.receive(key.data) and key.data == "control" and self.result is None:
                    return "died"
        self.drain()
        return "done"


def raw_terminal(options):
    """Hands the terminal to the guest; returns how to take it back."""
    if not (options.tty and os.isatty(0)):
        return lambda: None
    before = termios.tcgetattr(0)
    tty.setraw(0)
    return lambda: termios.tcsetattr(0, termios.TCSADRAIN, before)


def say(message):
    sys.stderr.write(f"vm: {message}\n")
    sys.stderr.flush()


def last_lines(log, count=15):
    try:
        with open(log, "rb") as f:
            f.seek(max(0, os.fstat(f.fileno()).st_size - 8192))
            lines = f.read().decode(errors="replace").replace("\r", "").splitlines()
    except OSError:
        return
    for line in lines[-count:]:
        say(f"  | {line}")


def serve(guest, options, log):
    """Runs the guest's command and returns the exit status of this call."""
    relay = Relay(guest, options)
    restore = raw_terminal(options)
    try:
        end = relay.run()
    finally:
        restore()
    if relay.files is not None:
        relay.files.seek(0)
        call.take_files(relay.files)
    if relay.result is not None:
        return relay.result & 255
    # Nothing of ours may follow the command's output.
    quiet = relay.spoken
    if relay.failure is not None:
        say(relay.failure)
        last_lines(log)
        return 125
    if not relay.started:
        guest.process.poll()
        guest.errors.seek(0)
        words = guest.errors.read().decode(errors="replace").strip()
        say(f"the guest did not start its command: {words or end}. The end of its console:")
        last_lines(log)
        return 125
    if end == "timeout":
        return 124
    if not quiet:
        say("the guest died. The end of its console:")
        last_lines(log)
    return 126
