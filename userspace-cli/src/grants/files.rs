// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Directories and files.

use std::{
    fs::{File, OpenOptions},
    io,
    os::{
        fd::AsFd,
        unix::fs::{FileTypeExt, OpenOptionsExt},
    },
    path::Path,
};

use libwasmk::{uapi::grant::GrantKind, Grant, GrantSource, Store};
use serde_json::{json, Value};

use super::with_flag;
use crate::{
    cli::{misspelt_rights, DirectorySpec, FileSpec},
    problem::Problem,
};

/// A directory, open.
#[derive(Debug)]
pub(super) struct OpenDirectory {
    spec: DirectorySpec,
    file: File,
}

/// A file, open.
#[derive(Debug)]
pub(super) struct OpenFile {
    spec: FileSpec,
    file: File,
}

/// Says what could not be opened and what may have been meant.
fn failed(flag: &str, path: &Path, error: &io::Error) -> Problem {
    let problem = Problem::io(format!("{flag} {}: cannot open", path.display()), error);
    match error.raw_os_error() {
        Some(libc::ENOENT) => match misspelt_rights(path) {
            Some(hint) => problem.hint(hint),
            None => problem,
        },
        Some(libc::ENOTDIR) if flag != "--file" && path.is_file() => {
            problem.hint(format!("it is a file: use --file {}", path.display()))
        }
        Some(libc::EISDIR) => problem.hint(format!("use --dir {}", path.display())),
        Some(libc::EACCES | libc::EROFS) if flag == "--file" && File::open(path).is_ok() => {
            problem.hint(format!("it can be read: --file {}:ro", path.display()))
        }
        _ => problem,
    }
}

fn absolute(path: &Path) -> String {
    let absolute = std::path::absolute(path);
    absolute.as_deref().unwrap_or(path).display().to_string()
}

impl OpenDirectory {
    pub(super) fn open(spec: &DirectorySpec) -> Result<Self, Problem> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_DIRECTORY)
            .open(&spec.host)
            .map_err(|error| failed(spec.flag, &spec.host, &error))?;
        Ok(Self {
            spec: spec.clone(),
            file,
        })
    }

    pub(super) fn grant(&self, store: &Store) -> Result<(), Problem> {
        let grant = Grant {
            name: &self.spec.guest,
            number: None,
            source: GrantSource::File(GrantKind::Directory, self.file.as_fd()),
        };
        store
            .grant_limited(&grant, self.spec.rights.rights())
            .map(drop)
            .map_err(|error| with_flag(error, self.spec.flag, &self.spec.host.display()))
    }

    pub(super) fn record(&self) -> Value {
        json!({
            "host": absolute(&self.spec.host),
            "guest": self.spec.guest,
            "rights": self.spec.rights.text(),
        })
    }
}

impl OpenFile {
    pub(super) fn open(spec: &FileSpec) -> Result<Self, Problem> {
        let (read, write) = spec.rights.access();
        let opened = OpenOptions::new()
            .read(read)
            .write(write)
            .custom_flags(libc::O_NOCTTY)
            .open(&spec.path);
        let file = opened.map_err(|error| match spec.path.metadata() {
            Ok(data) if data.file_type().is_socket() => failed("--file", &spec.path, &error).hint(
                format!("it is a socket: use --connect unix:{}", spec.path.display()),
            ),
            _ => failed("--file", &spec.path, &error),
        })?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            let error = io::Error::from_raw_os_error(libc::EISDIR);
            return Err(failed("--file", &spec.path, &error));
        }
        Ok(Self {
            spec: spec.clone(),
            file,
        })
    }

    pub(super) fn grant(&self, store: &Store) -> Result<(), Problem> {
        let grant = Grant {
            name: &self.spec.name,
            number: None,
            source: GrantSource::File(GrantKind::Stream, self.file.as_fd()),
        };
        store
            .grant_limited(&grant, self.spec.rights.rights())
            .map(drop)
            .map_err(|error| {
                let unusable = error.errno == libc::EINVAL;
                let problem = with_flag(error, "--file", &self.spec.path.display());
                if unusable {
                    return problem.hint("regular files, pipes and terminals can be given");
                }
                problem
            })
    }

    pub(super) fn record(&self) -> Value {
        json!({
            "name": self.spec.name,
            "path": absolute(&self.spec.path),
            "rights": self.spec.rights.text(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, fs};

    use super::*;
    use crate::cli::{directory, named_file};

    fn dir(text: &str) -> Result<OpenDirectory, Problem> {
        OpenDirectory::open(&directory(OsStr::new(text)).unwrap())
    }

    fn open(text: &str) -> Result<OpenFile, Problem> {
        OpenFile::open(&named_file(OsStr::new(text)).unwrap())
    }

    #[test]
    fn what_cannot_be_opened_is_named_with_its_flag() {
        let base = tempfile::tempdir().unwrap();
        let base = base.path().display().to_string();
        let path = format!("{base}/f");
        fs::write(&path, "x").unwrap();
        dir(&base).unwrap();
        let problem = dir(&format!("{base}/none")).unwrap_err();
        assert_eq!(
            problem.message,
            format!("--dir {base}/none: cannot open: No such file or directory")
        );
        assert_eq!((problem.kind.as_str(), problem.status), ("not-found", 1));
        let problem = dir(&format!("{base}:r0")).unwrap_err();
        assert!(
            problem.hint.as_deref().unwrap().contains("`ro`"),
            "{problem}"
        );
        let problem = dir(&path).unwrap_err();
        assert!(problem.message.ends_with("Not a directory"), "{problem}");
        assert_eq!(
            problem.hint,
            Some(format!("it is a file: use --file {path}"))
        );
        for way in [base.clone(), format!("{base}:ro")] {
            let problem = open(&way).unwrap_err();
            assert_eq!(problem.hint, Some(format!("use --dir {base}")), "{way}");
        }
        assert_eq!(open(&format!("{base}/none")).unwrap_err().kind, "not-found");
        open(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x", "not emptied");
    }

    #[test]
    fn a_file_is_opened_as_its_rights_need() {
        use std::io::{Read, Write};
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("f").display().to_string();
        fs::write(&path, "x").unwrap();
        for (rights, reads, writes) in [
            ("ro", true, false),
            ("rw", true, true),
            ("fd_write", false, true),
        ] {
            let mut file = open(&format!("{path}:{rights}")).unwrap().file;
            assert_eq!(file.read(&mut [0]).is_ok(), reads, "{rights}");
            assert_eq!(
                file.write(b"").and_then(|_| file.set_len(1)).is_ok(),
                writes,
                "{rights}"
            );
        }
    }
}
