// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Descriptors 0 to 2.

use std::{
    fs::{File, OpenOptions},
    os::fd::{AsFd, BorrowedFd},
    path::Path,
};

use libwasmk::{uapi::grant::GrantKind, Grant, GrantSource, Store};

use crate::{
    cli::{StreamOptions, StreamSpec},
    problem::Problem,
};

const STDIN: &str = "--stdin";
const NULL: &str = "/dev/null";

/// What a stream is that no flag opens.
#[derive(Clone, Copy, Debug)]
pub struct Usual<'a> {
    /// Without any flag.
    pub stream: BorrowedFd<'a>,
    /// With `--inherit-…`.
    pub inherited: BorrowedFd<'a>,
}

impl<'a> Usual<'a> {
    /// The same with and without `--inherit-…`.
    pub fn ours(stream: BorrowedFd<'a>) -> Self {
        Self {
            stream,
            inherited: stream,
        }
    }
}

/// A standard stream.
#[derive(Debug)]
enum Stream<'a> {
    Nothing,
    Given(BorrowedFd<'a>),
    Opened(File),
}

/// The three of them, open.
#[derive(Debug)]
pub struct Streams<'a>([Stream<'a>; 3]);

impl<'a> Stream<'a> {
    fn open(
        flag: &str,
        spec: Option<&StreamSpec>,
        inherited: bool,
        usual: Usual<'a>,
    ) -> Result<Self, Problem> {
        Ok(match spec {
            Some(StreamSpec::Nothing) => Self::Nothing,
            Some(StreamSpec::Null) => Self::Opened(open(flag, Path::new(NULL))?),
            Some(StreamSpec::File(path)) => Self::Opened(open(flag, path)?),
            None if inherited => Self::Given(usual.inherited),
            None => Self::Given(usual.stream),
        })
    }
}

impl<'a> Streams<'a> {
    /// Opens what the flags name. Errors name the flag.
    pub fn open(options: &StreamOptions, usual: [Usual<'a>; 3]) -> Result<Self, Problem> {
        let [input, output, error] = options.specs();
        let ([in_ours, out_ours, err_ours], [in_usual, out_usual, err_usual]) =
            (options.inherited(), usual);
        let stdin = Stream::open(STDIN, input, in_ours, in_usual)?;
        let stdout = Stream::open("--stdout", output, out_ours, out_usual)?;
        // Two flags may name one file: then it is one open file, as with `2>&1`, and neither overwrites the other.
        let stderr = match (&stdout, output, error) {
            (Stream::Opened(file), Some(StreamSpec::File(out)), Some(StreamSpec::File(err)))
                if is_same(out, err) =>
            {
                let file = file.try_clone();
                Stream::Opened(file.map_err(|error| Problem::io("--stderr", &error))?)
            }
            _ => Stream::open("--stderr", error, err_ours, err_usual)?,
        };
        Ok(Self([stdin, stdout, stderr]))
    }

    /// Hands them to the store as descriptors 0 to 2. One of ours of a kind that cannot be granted is left out, with a word about it.
    pub fn grant(&self, store: &Store) -> Result<(), Problem> {
        for (number, stream) in (0..).zip(&self.0) {
            let (file, opened) = match stream {
                Stream::Nothing => continue,
                Stream::Given(stream) => (*stream, false),
                Stream::Opened(file) => (file.as_fd(), true),
            };
            let Ok(status) = rustix::fs::fstat(file) else {
                continue;
            };
            let socket =
                rustix::fs::FileType::from_raw_mode(status.st_mode) == rustix::fs::FileType::Socket;
            let kind = if socket {
                GrantKind::Socket
            } else {
                GrantKind::Stream
            };
            let grant = Grant {
                name: "",
                number: Some(number),
                source: GrantSource::File(kind, file),
            };
            match store.grant(&grant) {
                Ok(_) => {}
                Err(error) if error.errno == libc::EINVAL && !opened => {
                    eprintln!(
                        "wasmctl: descriptor {number} is of a kind that cannot be given to the program"
                    );
                }
                Err(error) => return Err(Problem::from(error).about("standard streams")),
            }
        }
        Ok(())
    }
}

/// One file, under whatever names. One that does not exist yet is compared by its name.
fn is_same(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (a.metadata(), b.metadata()) {
        (Ok(x), Ok(y)) => (x.dev(), x.ino()) == (y.dev(), y.ino()),
        _ => a == b,
    }
}

fn open(flag: &str, path: &Path) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    if flag == STDIN {
        options.read(true);
    } else {
        options.write(true).create(true).truncate(true);
    }
    options.open(path).map_err(|error| {
        let problem = Problem::io(format!("{flag} {}: cannot open", path.display()), &error);
        if path.is_dir() {
            return problem.hint("it is a directory: programs are given those with --dir");
        }
        problem
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    fn options(
        stdin: Option<&Path>,
        stdout: Option<&Path>,
        stderr: Option<&Path>,
    ) -> StreamOptions {
        let spec = |path: Option<&Path>| path.map(|path| StreamSpec::File(path.into()));
        StreamOptions {
            stdin: spec(stdin),
            stdout: spec(stdout),
            stderr: spec(stderr),
            ..StreamOptions::default()
        }
    }

    #[test]
    fn output_is_made_or_emptied_and_one_file_is_opened_once() {
        let base = tempfile::tempdir().unwrap();
        let (input, out) = (base.path().join("in"), base.path().join("out"));
        fs::write(&input, "input").unwrap();
        fs::write(&out, "old").unwrap();
        let null = File::open(NULL).unwrap();
        let usual = [Usual::ours(null.as_fd()); 3];
        let chosen = options(Some(&input), Some(&out), Some(&out));
        let streams = Streams::open(&chosen, usual).unwrap();
        let [Stream::Opened(_), Stream::Opened(mut first), Stream::Opened(mut second)] = streams.0
        else {
            panic!("not opened")
        };
        first.write_all(b"ab").unwrap();
        second.write_all(b"cd").unwrap();
        assert_eq!(fs::read(&out).unwrap(), b"abcd");
        assert_eq!(fs::read(&input).unwrap(), b"input");
        let none = base.path().join("none/x");
        for (chosen, flag) in [
            (options(Some(&none), None, None), "--stdin"),
            (options(None, Some(&none), None), "--stdout"),
            (options(None, None, Some(base.path())), "--stderr"),
        ] {
            let problem = Streams::open(&chosen, usual).unwrap_err();
            assert!(problem.message.starts_with(flag), "{problem}");
        }
    }
}
