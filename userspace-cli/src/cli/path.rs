// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Paths on the command line: `--dir HOST[::GUEST][:RIGHTS]`, `--mapdir GUEST:HOST`, `--file [NAME=]PATH[:RIGHTS]`.
//!
//! A path may contain colons. `::` separates first. What follows the last colon is RIGHTS only when it reads as rights, else it
//! belongs to the path; so a directory called `a:ro` is written `a:ro:rw`, and one with `::` in its name goes with `--mapdir`.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
};

use libwasmk::uapi::grant::PATH_MAX;

use super::{
    address::split_name,
    rights::{suggestion, RightsSpec},
};

/// A directory to grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectorySpec {
    /// The flag that it was given with, for errors.
    pub flag: &'static str,
    /// Where it is.
    pub host: PathBuf,
    /// Where the guest sees it.
    pub guest: String,
    /// What may be done with it, and with what is beneath.
    pub rights: RightsSpec,
}

/// A file to grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSpec {
    /// Name for the guest; may be empty.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What may be done with it.
    pub rights: RightsSpec,
}

/// Splits a trailing `:RIGHTS` off.
fn split_rights(text: &[u8]) -> (&[u8], RightsSpec) {
    let colon = text.iter().rposition(|&byte| byte == b':');
    let parts = colon.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?)));
    let rights = parts.and_then(|(path, rights)| {
        let rights = std::str::from_utf8(rights).ok()?;
        Some((path, RightsSpec::parse(rights).ok()?))
    });
    rights.unwrap_or((text, RightsSpec::All))
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn path(bytes: &[u8]) -> PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
}

/// The guest's name of a directory.
fn guest(bytes: &[u8]) -> Result<String, String> {
    let text = String::from_utf8(bytes.to_vec())
        .map_err(|_| "the guest sees directories by UTF-8 names: add one as HOST::GUEST")?;
    if text.is_empty() {
        return Err("the guest's name of the directory is empty".into());
    }
    if text.len() > PATH_MAX {
        return Err(format!(
            "the guest's name of the directory has more than {PATH_MAX} bytes"
        ));
    }
    Ok(text)
}

/// Parses `--dir`.
pub fn directory(text: &OsStr) -> Result<DirectorySpec, String> {
    let text = text.as_bytes();
    let (host, seen, rights) = match find(text, b"::") {
        Some(at) => {
            let (host, rest) = text.split_at(at);
            let (seen, rights) = split_rights(rest.get(2..).unwrap_or_default());
            (host, seen, rights)
        }
        None => {
            let (host, rights) = split_rights(text);
            (host, host, rights)
        }
    };
    if host.is_empty() {
        return Err("there is no directory in it: expected HOST[::GUEST][:RIGHTS]".into());
    }
    Ok(DirectorySpec {
        flag: "--dir",
        host: path(host),
        guest: guest(seen)?,
        rights,
    })
}

/// Parses `--mapdir`.
pub fn mapped(text: &OsStr) -> Result<DirectorySpec, String> {
    let text = text.as_bytes();
    let colon = text.iter().position(|&byte| byte == b':');
    let parts = colon.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?)));
    let (seen, host) = parts.ok_or("expected GUEST:HOST")?;
    if host.is_empty() || seen.is_empty() {
        return Err("expected GUEST:HOST, and one of them is empty".into());
    }
    Ok(DirectorySpec {
        flag: "--mapdir",
        host: path(host),
        guest: guest(seen)?,
        rights: RightsSpec::All,
    })
}

/// Parses `--file`.
pub fn file(text: &OsStr) -> Result<FileSpec, String> {
    // A name is ASCII, so it is found in the lossy text as well.
    let lossy = text.to_string_lossy();
    let (name, _) = split_name(&lossy)?;
    let skip = if name.is_empty() { 0 } else { name.len() + 1 };
    let (file, rights) = split_rights(text.as_bytes().get(skip..).unwrap_or_default());
    if file.is_empty() {
        return Err("there is no file in it: expected [NAME=]PATH[:RIGHTS]".into());
    }
    if let RightsSpec::Only(only) = rights {
        if let Some(other) = super::rights::list(only)
            .iter()
            .find(|name| name.starts_with("path_") || *name == "fd_readdir")
        {
            return Err(format!(
                "`{other}` is a right of directories, which no file has"
            ));
        }
    }
    Ok(FileSpec {
        name: name.into(),
        path: path(file),
        rights,
    })
}

/// What may be wrong with a path that does not exist: rights that were not read as such.
pub fn misspelt_rights(path: &std::path::Path) -> Option<String> {
    let text = path.to_str()?;
    let (_, word) = text.rsplit_once(':')?;
    let last = word.rsplit(',').next().unwrap_or(word);
    let known = RightsSpec::parse(word).is_ok();
    if known {
        return Some(format!(
            "`:{word}` was taken for a part of the path: only --dir and --file take rights"
        ));
    }
    let close = suggestion(last).map(|close| format!("; did you mean `{close}`?"));
    (close.is_some() || word.contains('_')).then(|| {
        format!(
            "`{last}` is not a right, so `:{word}` was taken for a part of the path{}",
            close.unwrap_or_default()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use libwasmk::Rights;

    fn dir(text: &str) -> (String, String, RightsSpec) {
        let spec = directory(OsStr::new(text)).unwrap();
        (spec.host.display().to_string(), spec.guest, spec.rights)
    }

    fn expect(text: &str, host: &str, guest: &str, rights: RightsSpec) {
        assert_eq!(dir(text), (host.into(), guest.into(), rights), "{text}");
    }

    #[test]
    fn directories() {
        use RightsSpec::{All, Only, ReadOnly};
        expect(".", ".", ".", All);
        expect("/srv/www:ro", "/srv/www", "/srv/www", ReadOnly);
        expect("/srv:RW", "/srv", "/srv", All);
        expect("./x::/tmp", "./x", "/tmp", All);
        expect("./x::/tmp:ro", "./x", "/tmp", ReadOnly);
        expect(
            "a:fd_readdir,path_open",
            "a",
            "a",
            Only(Rights::FD_READDIR | Rights::PATH_OPEN),
        );
        // Colons that separate nothing.
        expect("a:b", "a:b", "a:b", All);
        expect("a:b:ro", "a:b", "a:b", ReadOnly);
        expect("a:ro:rw", "a:ro", "a:ro", All);
        expect("a:ro::b", "a:ro", "b", All);
        expect("a::b:c", "a", "b:c", All);
        expect("a::b::c:ro", "a", "b::c", ReadOnly);
        expect("a::ro", "a", "ro", All);
        expect("a::b:", "a", "b:", All);
        for bad in ["", "::b", ":ro", "a::", "a:::ro"] {
            assert!(directory(OsStr::new(bad)).is_err(), "{bad}");
        }
        let long = format!("a::{}", "x".repeat(PATH_MAX + 1));
        assert!(directory(OsStr::new(&long)).is_err());
    }

    #[test]
    fn hosts_are_any_bytes_and_guests_text() {
        let raw = OsStr::from_bytes(b"/\xff::/x");
        assert_eq!(
            directory(raw).unwrap().host.as_os_str().as_bytes(),
            b"/\xff"
        );
        let why = directory(OsStr::from_bytes(b"/\xff")).unwrap_err();
        assert!(why.contains("HOST::GUEST"), "{why}");
    }

    #[test]
    fn mapped_directories_are_the_other_way_round() {
        let spec = mapped(OsStr::new("/tmp:./a:b::c:ro")).unwrap();
        assert_eq!(
            (spec.guest.as_str(), spec.host.to_str(), spec.rights),
            ("/tmp", Some("./a:b::c:ro"), RightsSpec::All)
        );
        for bad in ["", "/tmp", ":/x", "/tmp:"] {
            assert!(mapped(OsStr::new(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn files() {
        let parse = |text: &str| {
            file(OsStr::new(text)).map(|f| (f.name, f.path.display().to_string(), f.rights))
        };
        let ok = |name: &str, path: &str, rights| Ok((name.into(), path.into(), rights));
        assert_eq!(
            parse("/etc/motd:ro"),
            ok("", "/etc/motd", RightsSpec::ReadOnly)
        );
        assert_eq!(parse("log=a.log"), ok("log", "a.log", RightsSpec::All));
        assert_eq!(parse("./a=b"), ok("", "./a=b", RightsSpec::All));
        assert_eq!(
            parse("x=a:b:fd_write"),
            ok("x", "a:b", RightsSpec::Only(Rights::FD_WRITE))
        );
        for bad in [
            "",
            "x=",
            "=a",
            "a b=c",
            ":ro",
            "a:path_open",
            "a:fd_read,fd_readdir",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn misspelt_rights_are_noticed() {
        let hint = |text: &str| misspelt_rights(std::path::Path::new(text));
        assert!(hint("/x:r0").unwrap().contains("did you mean"));
        assert!(hint("/x:fd_read,path_opne").unwrap().contains("path_open"));
        assert!(hint("/x:ro").unwrap().contains("only --dir and --file"));
        assert!(hint("/x:no_such_thing").is_some());
        assert_eq!(hint("/x:/y"), None);
        assert_eq!(hint("/x"), None);
    }
}
