// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Flags that give a program something.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
    path::PathBuf,
};

use clap::{
    builder::{OsStringValueParser, TypedValueParser},
    Args,
};

use super::{
    address::{connect, listen, ConnectSpec, ListenSpec},
    path::{directory, file, mapped, DirectorySpec, FileSpec},
};

/// What a program is given.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Grants")]
pub struct GrantOptions {
    /// Give a directory, with all that is beneath it; may be repeated.
    ///
    /// GUEST is the path at which the program sees it [default: HOST as written]. RIGHTS are `ro`, `rw` [default], or a comma list of
    /// WASI's rights: fd_read,fd_readdir,path_open. `::` separates first; what follows the last colon belongs to the path unless it
    /// reads as rights. The program acts on files as you, with your umask, also after a service has become another user.
    #[arg(long, value_name = "HOST[::GUEST][:RIGHTS]", value_parser = paths(directory))]
    pub dir: Vec<DirectorySpec>,
    /// Give the directory HOST as GUEST: `--mapdir /tmp:./scratch`; may be repeated.
    #[arg(long, value_name = "GUEST:HOST", value_parser = paths(mapped))]
    pub mapdir: Vec<DirectorySpec>,
    /// Give an open file as a descriptor; may be repeated.
    ///
    /// It must exist, and is opened for reading, writing or both as RIGHTS need: `ro`, `rw` [default], or a comma list of WASI's
    /// rights. The program finds it by NAME, or by its number.
    #[arg(long, value_name = "[NAME=]PATH[:RIGHTS]", value_parser = paths(file))]
    pub file: Vec<FileSpec>,
    /// Bind and listen, and give the socket to the program; may be repeated.
    ///
    /// ADDR is [tcp:|udp:]HOST:PORT, [tcp:|udp:][V6]:PORT or unix:PATH.
    #[arg(long, value_name = "[NAME=]ADDR", value_parser = listen)]
    pub listen: Vec<ListenSpec>,
    /// Let the program connect to these addresses, and to no others; may be repeated. Names are resolved once, now.
    #[arg(long, value_name = "[NAME=]ADDR[,ADDR…]", value_parser = connect)]
    pub connect: Vec<ConnectSpec>,
    #[command(flatten)]
    pub channels: crate::channels::ChannelOptions,
    #[command(flatten)]
    pub streams: StreamOptions,
    /// Set an environment variable of the program; without a value, pass on ours. Nothing else is passed.
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = OsStringValueParser::new().try_map(|text| environment(&text)))]
    pub env: Vec<OsString>,
    /// Pass our whole environment on; --env adds to it, and wins.
    #[arg(long)]
    pub inherit_env: bool,
}

/// Standard streams.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Grants")]
pub struct StreamOptions {
    /// Standard input: a file, `null`, or `none` for no descriptor at all [default: ours; of a service, null].
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(StreamSpec::parse))]
    pub stdin: Option<StreamSpec>,
    /// Standard output: a file that is made or emptied, `null` or `none` [default: ours; of a service, its log].
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(StreamSpec::parse))]
    pub stdout: Option<StreamSpec>,
    /// Standard error, likewise.
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(StreamSpec::parse))]
    pub stderr: Option<StreamSpec>,
    /// Pass our standard input on, also to a service.
    #[arg(long, conflicts_with = "stdin")]
    pub inherit_stdin: bool,
    /// Pass our standard output on, also to a service.
    #[arg(long, conflicts_with = "stdout")]
    pub inherit_stdout: bool,
    /// Pass our standard error on, also to a service.
    #[arg(long, conflicts_with = "stderr")]
    pub inherit_stderr: bool,
    /// All three of them.
    #[arg(long, conflicts_with_all = ["stdin", "stdout", "stderr"])]
    pub inherit_stdio: bool,
}

/// A standard stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamSpec {
    /// No descriptor.
    Nothing,
    /// `/dev/null`.
    Null,
    /// A file.
    File(PathBuf),
}

impl StreamSpec {
    fn parse(text: OsString) -> Self {
        match text.to_str() {
            Some("none") => Self::Nothing,
            Some("null") => Self::Null,
            _ => Self::File(text.into()),
        }
    }
}

impl StreamOptions {
    /// What standard input, output and error are; `None` where no flag says.
    pub fn specs(&self) -> [Option<&StreamSpec>; 3] {
        [&self.stdin, &self.stdout, &self.stderr].map(Option::as_ref)
    }

    /// Whether standard input, output and error are to be ours.
    pub fn inherited(&self) -> [bool; 3] {
        [self.inherit_stdin, self.inherit_stdout, self.inherit_stderr]
            .map(|one| one || self.inherit_stdio)
    }
}

/// A parser of values that need not be UTF-8.
fn paths<T: Clone + Send + Sync + 'static>(
    parse: fn(&OsStr) -> Result<T, String>,
) -> impl TypedValueParser<Value = T> {
    OsStringValueParser::new().try_map(move |text| parse(&text))
}

/// `NAME=VALUE`, the value ours when it is not given.
fn environment(text: &OsStr) -> Result<OsString, String> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.starts_with(b"=") {
        return Err("the name is empty".into());
    }
    if bytes.contains(&b'=') {
        return Ok(text.to_owned());
    }
    let shown = text.to_string_lossy();
    let value = std::env::var_os(text)
        .ok_or_else(|| format!("`{shown}` is not set here: write {shown}=VALUE"))?;
    let mut out = text.to_owned();
    out.push("=");
    out.push(value);
    Ok(out)
}

impl GrantOptions {
    /// The program's environment, each `NAME=VALUE`.
    pub fn environ(&self) -> Vec<OsString> {
        self.environ_over(std::env::vars_os())
    }

    fn environ_over(&self, ours: impl Iterator<Item = (OsString, OsString)>) -> Vec<OsString> {
        let name = |entry: &OsString| -> Vec<u8> {
            let bytes = entry.as_bytes();
            bytes
                .split(|&byte| byte == b'=')
                .next()
                .unwrap_or_default()
                .to_vec()
        };
        let set: Vec<Vec<u8>> = self.env.iter().map(name).collect();
        let mut out: Vec<OsString> = Vec::new();
        if self.inherit_env {
            for (key, value) in ours {
                if !set.iter().any(|name| name == key.as_bytes()) {
                    let mut entry = key;
                    entry.push("=");
                    entry.push(value);
                    out.push(entry);
                }
            }
        }
        out.extend(self.env.iter().cloned());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Result<OsString, String> {
        environment(OsStr::new(text))
    }

    #[test]
    fn variables_are_passed_on_or_set() {
        assert_eq!(set("A=b=c"), Ok("A=b=c".into()));
        assert_eq!(set("A="), Ok("A=".into()));
        assert!(set("=x").is_err());
        assert!(set("").is_err());
        assert!(set("WASMCTL_SURELY_UNSET").is_err());
    }

    #[test]
    fn an_inherited_environment_gives_way_to_flags() {
        let ours = || {
            [("A", "1"), ("B", "2")]
                .map(|(k, v)| (k.into(), v.into()))
                .into_iter()
        };
        let mut options = GrantOptions {
            env: vec!["B=3".into(), "C=4".into()],
            ..GrantOptions::default()
        };
        assert_eq!(options.environ_over(ours()), ["B=3", "C=4"]);
        options.inherit_env = true;
        assert_eq!(options.environ_over(ours()), ["A=1", "B=3", "C=4"]);
    }

    #[test]
    fn streams_are_files_or_words() {
        let parse = |text: &str| StreamSpec::parse(text.into());
        assert_eq!(parse("null"), StreamSpec::Null);
        assert_eq!(parse("none"), StreamSpec::Nothing);
        assert_eq!(parse("./null"), StreamSpec::File("./null".into()));
        let options = StreamOptions {
            inherit_stdio: true,
            ..StreamOptions::default()
        };
        assert_eq!(options.inherited(), [true; 3]);
    }
}
