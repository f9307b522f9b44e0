// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The standard library, as it is.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Result, Seek, SeekFrom, Write},
};

use crate::{calls::errno::*, check::same};

fn errno<T>(result: Result<T>) -> Option<i32> {
    result.err().and_then(|error| error.raw_os_error())
}

/// Files.
pub fn files() {
    let result = (|| {
        let path = "/scratch/std.txt";
        fs::write(path, "hello\n")?;
        OpenOptions::new()
            .append(true)
            .open(path)?
            .write_all(b"there\n")?;
        same(
            "read",
            fs::read_to_string(path)?,
            "hello\nthere\n".to_owned(),
        );
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        file.seek(SeekFrom::Start(6))?;
        file.write_all(b"T")?;
        file.set_len(8)?;
        file.sync_all()?;
        file.sync_data()?;
        let mut rest = String::new();
        file.read_to_string(&mut rest)?;
        same("rest", rest, "h".to_owned());
        same("length", file.metadata()?.len(), 8);
        same("is a file", file.metadata()?.is_file(), true);
        same("is no directory", fs::metadata(path)?.is_dir(), false);
        let exists = OpenOptions::new().write(true).create_new(true).open(path);
        same(
            "exists",
            exists.map_err(|e| e.kind()).err(),
            Some(ErrorKind::AlreadyExists),
        );
        let missing = File::open("/scratch/nothing").map_err(|e| e.kind());
        same("missing", missing.err(), Some(ErrorKind::NotFound));
        fs::copy(path, "/scratch/copy")?;
        fs::rename("/scratch/copy", "/scratch/moved")?;
        fs::hard_link("/scratch/moved", "/scratch/linked")?;
        same(
            "linked",
            fs::read("/scratch/linked")?,
            b"hello\nTh".to_vec(),
        );
        same("not granted", File::open("/etc/passwd").is_err(), true);
        same(
            "up",
            errno(File::open("/scratch/../etc/passwd")),
            Some(PERM),
        );
        for name in [path, "/scratch/moved", "/scratch/linked"] {
            fs::remove_file(name)?;
        }
        Ok(())
    })();
    same("everything", errno::<()>(result), None);
}

/// Directories.
pub fn directories() {
    let result = (|| {
        fs::create_dir_all("/scratch/a/b/c")?;
        for name in ["one", "two", "three"] {
            fs::write(format!("/scratch/a/b/{name}"), name)?;
        }
        let list = fs::read_dir("/scratch/a/b")?.collect::<Result<Vec<_>>>()?;
        let names: BTreeSet<_> = list
            .iter()
            .map(|entry| {
                (
                    entry.file_name().into_string().unwrap_or_default(),
                    entry.file_type().is_ok_and(|t| t.is_dir()),
                )
            })
            .collect();
        let wanted = [
            ("one", false),
            ("two", false),
            ("three", false),
            ("c", true),
        ];
        same(
            "entries",
            names,
            wanted.map(|(n, d)| (n.to_owned(), d)).into(),
        );
        let full = fs::remove_dir("/scratch/a/b").map_err(|e| e.kind());
        same("not empty", full.err(), Some(ErrorKind::DirectoryNotEmpty));
        fs::remove_dir_all("/scratch/a")?;
        same("gone", fs::exists("/scratch/a")?, false);
        Ok(())
    })();
    same("everything", errno::<()>(result), None);
}

/// A directory to read only: what a program may do works, what it may not is refused.
pub fn read_only() {
    let result = (|| {
        fs::write("/scratch/std.txt", "hello")?;
        same(
            "read",
            fs::read_to_string("/readonly/std.txt")?,
            "hello".to_owned(),
        );
        same("list", fs::read_dir("/readonly")?.count(), 1);
        same(
            "write",
            errno(fs::write("/readonly/std.txt", "x")),
            Some(NOTCAPABLE),
        );
        same(
            "create",
            errno(File::create("/readonly/new")),
            Some(NOTCAPABLE),
        );
        let append = OpenOptions::new().append(true).open("/readonly/std.txt");
        same("append", errno(append), Some(NOTCAPABLE));
        same(
            "remove",
            errno(fs::remove_file("/readonly/std.txt")),
            Some(NOTCAPABLE),
        );
        same(
            "mkdir",
            errno(fs::create_dir("/readonly/dir")),
            Some(NOTCAPABLE),
        );
        let rename = fs::rename("/readonly/std.txt", "/scratch/moved");
        same("rename", errno(rename), Some(NOTCAPABLE));
        same(
            "unchanged",
            fs::read_to_string("/scratch/std.txt")?,
            "hello".to_owned(),
        );
        fs::remove_file("/scratch/std.txt")
    })();
    same("everything", errno(result), None);
}
