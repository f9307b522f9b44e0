// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Directories and files on the command line: `HOST[::GUEST][:RIGHTS]`, `[NAME=]PATH[:RIGHTS]`, as `wasmctl` has them.

use std::{fs, os::fd::OwnedFd};

use wasmk_abi::Rights;

/// Rights that need a file that is open for writing.
const WRITING: Rights = Rights::FD_WRITE
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_SET_SIZE);

/// A directory to grant.
#[derive(Debug, PartialEq, Eq)]
pub struct DirectorySpec {
    /// Where it is.
    pub host: String,
    /// Where the guest sees it.
    pub guest: String,
    /// What may be done with it, and beneath; `None` for everything.
    pub rights: Option<Rights>,
}

/// A file to grant.
#[derive(Debug, PartialEq, Eq)]
pub struct FileSpec {
    /// Name for `grant_find`; may be empty.
    pub name: String,
    /// Where it is.
    pub path: String,
    /// What may be done with it; `None` for everything.
    pub rights: Option<Rights>,
}

/// `ro`, `rw`, or names of rights with commas between; `None` when it is something else.
fn rights(text: &str) -> Option<Option<Rights>> {
    match text {
        "ro" => return Some(Some(Rights::READ_ONLY)),
        "rw" => return Some(None),
        _ => {}
    }
    let mut rights = Rights::empty();
    for word in text.split(',') {
        rights |= Rights::from_name(&word.to_ascii_uppercase())?;
    }
    Some(Some(rights))
}

/// Splits a trailing `:RIGHTS` off; what does not read as rights belongs to the path.
fn split_rights(text: &str) -> (&str, Option<Rights>) {
    let split = text.rsplit_once(':');
    let split = split.and_then(|(path, word)| Some((path, rights(word)?)));
    split.unwrap_or((text, None))
}

impl DirectorySpec {
    /// Reads `HOST[::GUEST][:RIGHTS]`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (host, guest, rights) = match text.split_once("::") {
            Some((host, rest)) => {
                let (guest, rights) = split_rights(rest);
                (host, guest, rights)
            }
            None => {
                let (host, rights) = split_rights(text);
                (host, host, rights)
            }
        };
        if host.is_empty() || guest.is_empty() {
            return Err(format!("{text}: expected HOST[::GUEST][:RIGHTS]"));
        }
        Ok(Self {
            host: host.into(),
            guest: guest.into(),
            rights,
        })
    }

    /// Opens it.
    pub fn open(&self) -> Result<OwnedFd, String> {
        let file = fs::File::open(&self.host);
        Ok(file
            .map_err(|error| format!("{}: {error}", self.host))?
            .into())
    }
}

impl FileSpec {
    /// Reads `[NAME=]PATH[:RIGHTS]`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once('=').unwrap_or(("", text));
        let (path, rights) = split_rights(rest);
        if path.is_empty() {
            return Err(format!("{text}: expected [NAME=]PATH[:RIGHTS]"));
        }
        Ok(Self {
            name: name.into(),
            path: path.into(),
            rights,
        })
    }

    /// Opens it as the rights need it.
    pub fn open(&self) -> Result<OwnedFd, String> {
        let rights = self.rights.unwrap_or(Rights::all());
        let write = rights.intersects(WRITING);
        let read = rights.contains(Rights::FD_READ) || !write;
        let file = fs::OpenOptions::new()
            .read(read)
            .write(write)
            .open(&self.path);
        Ok(file
            .map_err(|error| format!("{}: {error}", self.path))?
            .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories() {
        let ro = Some(Rights::READ_ONLY);
        let some = Some(Rights::FD_READ | Rights::PATH_OPEN);
        for (text, host, guest, rights) in [
            ("/x", "/x", "/x", None),
            ("/x:ro", "/x", "/x", ro),
            ("/x::/y", "/x", "/y", None),
            ("/x::/y:rw", "/x", "/y", None),
            ("/x::/y:fd_read,path_open", "/x", "/y", some),
            ("/x:y", "/x:y", "/x:y", None),
            (".::/:ro", ".", "/", ro),
        ] {
            let got = DirectorySpec::parse(text).unwrap();
            assert_eq!(
                (got.host.as_str(), got.guest.as_str(), got.rights),
                (host, guest, rights),
                "{text}"
            );
        }
        for text in ["", "::/", "x::", ":ro"] {
            assert!(DirectorySpec::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn files() {
        let got = FileSpec::parse("in=a:b:ro").unwrap();
        assert_eq!((got.name.as_str(), got.path.as_str()), ("in", "a:b"));
        assert_eq!(got.rights, Some(Rights::READ_ONLY));
        assert!(FileSpec::parse("name=").is_err());
    }
}
