# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
"""The archive that carries one call into the guest: the command and the put files."""

import io
import os
import shutil
import tarfile


class Problem(Exception):
    """Why the guest could not be set up, in one sentence."""


def split_put(spec, host_path):
    """FILE[:NAME] -> (path to read, name in the guest)."""
    path, colon, name = spec.rpartition(":")
    if colon and name and "/" not in name and not os.path.exists(host_path(spec)):
        return host_path(path), name
    return host_path(spec), os.path.basename(spec.rstrip("/"))


def command_words(command):
    """One word is a shell line, several are a program and its arguments."""
    return ["sh", "-c", command[0]] if len(command) == 1 else command


def words_file(words):
    return b"".join(w.encode(errors="surrogateescape") + b"\0" for w in words)


def write_archive(path, options, command, host_path):
    size = shutil.get_terminal_size((80, 24))
    files = {
        "argv": words_file(command_words(command)),
        "get": words_file(options.get),
        "terminal": words_file([str(size.lines), str(size.columns)] if options.tty else []),
    }
    if not options.no_module:
        files["module"] = b""
    with tarfile.open(path, "w", dereference=True) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"run-wasmk/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for name in ("root", "root/work"):
            info = tarfile.TarInfo(name)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        for spec in options.put:
            source, name = split_put(spec, host_path)
            if not os.path.exists(source):
                raise Problem(f"--put {spec}: there is no such file")
            tar.add(source, f"root/work/{name}", filter=as_root)


def as_root(info):
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    return info


def take_files(archive):
    """Unpacks fetched files into the current directory."""
    with tarfile.open(fileobj=archive, ignore_zeros=True) as tar:
        tar.extractall(".", filter=lambda member, _: as_mine(member))


def as_mine(member):
    """Modes as they were, the caller's own files, nothing outside of here."""
    name = os.path.normpath(member.name)
    if name.startswith(("/", "..")) or not (member.isreg() or member.isdir()):
        return None
    return member.replace(name=name, uid=os.getuid(), gid=os.getgid(), uname=None, gname=None, deep=False)
