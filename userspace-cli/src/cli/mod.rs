// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The command line.

mod address;
mod grants;
mod options;
mod path;
mod rights;
mod size;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{Args, CommandFactory, Parser, Subcommand};

#[cfg(test)]
pub use address::{connect, listen};
pub use address::{ConnectSpec, ListenSpec};
pub use grants::{GrantOptions, StreamOptions, StreamSpec};
pub use options::{service_name, LimitOptions, MemoryOption};
#[cfg(test)]
pub use path::{directory, file as named_file, mapped};
pub use path::{misspelt_rights, DirectorySpec, FileSpec};
pub use rights::list as rights_list;

use crate::problem::{Problem, STATUS_USAGE};

/// Loads and runs WebAssembly inside the Linux kernel.
#[derive(Debug, Parser)]
#[command(name = "wasmctl", version, propagate_version = true, after_help = EXIT_STATUS, arg_required_else_help = true)]
pub struct Cli {
    /// Print one JSON object on standard output, errors included.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "Exit status: the guest's exit code & 255; 128 + the signal that ended it; 134 for a trap; 124 when \
--timeout is over; 2 for wrong usage; 1 for what is denied, invalid or failed.";

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a service: its workers run in the background.
    Load(LoadArgs),
    /// Run a program in the foreground.
    Run(RunArgs),
    /// List services and instances with their counters.
    Ps,
    /// Show imports, exports and memories of a module, and which grants its imports can use.
    Inspect(TargetArgs),
    /// Call functions of a module and print their results, one a line.
    Invoke(InvokeArgs),
    /// Show what a service wrote.
    Logs(LogsArgs),
    /// End instances: by id, by NAME, or by NAME/WORKER.
    Kill(KillArgs),
    /// End a service and remove what it left.
    Unload(UnloadArgs),
    /// Check modules in the kernel without keeping them.
    Validate(ValidateArgs),
    /// Show what the kernel module and the CPU support, and what is in use.
    Features {
        /// Ask the engine in this process instead of the kernel.
        #[arg(long)]
        host: bool,
    },
    /// Run scripts of the official test format (.wast) in the kernel, and report every assertion that fails.
    Wast(WastArgs),
    /// Print shell completions.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual pages to a directory.
    Man {
        /// The directory.
        directory: PathBuf,
    },
    /// The supervisor of a service; started by `load`.
    #[command(hide = true, name = crate::service::SUPERVISE)]
    Supervise(LoadArgs),
}

/// `load`.
#[derive(Debug, Args)]
#[command(override_usage = "wasmctl load [OPTIONS] <FILE> [ARGS]...")]
pub struct LoadArgs {
    /// The descriptor that the supervisor reports to `load` on.
    #[arg(long, hide = true, value_name = "N")]
    pub ready_fd: Option<i32>,
    /// Name of the service [default: the file's name without its extension].
    #[arg(long, value_name = "NAME", value_parser = options::service_name)]
    pub name: Option<String>,
    /// Threads that serve, each with an instance of its own; they share the listeners.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub workers: u32,
    /// User to become once everything is set up, as NAME or UID[:GID]; when started as root.
    #[arg(long, value_name = "USER", default_value = "nobody")]
    pub user: String,
    #[command(flatten)]
    pub grants: GrantOptions,
    #[command(flatten)]
    pub limits: LimitOptions,
    /// The module, .wasm or .wat, and the arguments of the program.
    #[arg(
        value_name = "FILE [ARGS…]",
        required = true,
        trailing_var_arg = true,
        help_heading = "Arguments"
    )]
    program: Vec<OsString>,
}

/// `run`.
#[derive(Debug, Args)]
#[command(override_usage = "wasmctl run [OPTIONS] <FILE> [ARGS]...")]
pub struct RunArgs {
    /// Name in listings [default: the file's name without its extension].
    #[arg(long, value_name = "NAME", value_parser = options::service_name)]
    pub name: Option<String>,
    /// At the end, list on standard error what the program was refused.
    #[arg(long)]
    pub denied: bool,
    #[command(flatten)]
    pub grants: GrantOptions,
    #[command(flatten)]
    pub limits: LimitOptions,
    /// The module, .wasm or .wat; `-` is standard input, and the arguments of the program.
    #[arg(
        value_name = "FILE [ARGS…]",
        required = true,
        trailing_var_arg = true,
        help_heading = "Arguments"
    )]
    program: Vec<OsString>,
}

/// `wast`.
#[derive(Debug, Args)]
pub struct WastArgs {
    /// Memory model of the modules.
    #[arg(long, value_enum, default_value_t)]
    pub memory: MemoryOption,
    /// Compile fuel accounting in.
    #[arg(long)]
    pub fuel: bool,
    /// Run them in this process, on the same engine, instead of in the kernel.
    #[arg(long)]
    pub host: bool,
    /// Edition of WebAssembly that modules may use: the scripts of 2.0 demand refusals of what is newer.
    #[arg(long, value_name = "2|3", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=3))]
    pub edition: u8,
    /// Show every directive, not only those that fail.
    #[arg(short, long)]
    pub verbose: bool,
    /// Scripts.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

impl LoadArgs {
    /// The module.
    pub fn file(&self) -> &Path {
        file(&self.program)
    }

    /// The program's arguments, without its name.
    pub fn args(&self) -> &[OsString] {
        self.program.get(1..).unwrap_or_default()
    }
}

impl RunArgs {
    /// The module.
    pub fn file(&self) -> &Path {
        file(&self.program)
    }

    /// The program's arguments, without its name.
    pub fn args(&self) -> &[OsString] {
        self.program.get(1..).unwrap_or_default()
    }
}

fn file(program: &[OsString]) -> &Path {
    // clap sees to it that there is one.
    program.first().map_or(Path::new(""), Path::new)
}

/// A file or a service.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// A module, .wasm or .wat, or the name of a service.
    #[arg(value_name = "FILE|NAME")]
    pub target: OsString,
}

/// `invoke`.
#[derive(Debug, Args)]
#[command(
    after_long_help = INVOKE_HELP,
    override_usage = "wasmctl invoke [OPTIONS] <FILE|NAME> <FUNC> [ARG]... [--then <FUNC> [ARG]...]..."
)]
pub struct InvokeArgs {
    #[command(flatten)]
    pub grants: GrantOptions,
    #[command(flatten)]
    pub limits: LimitOptions,
    /// A module, .wasm or .wat, or the name of a service (whose module gets a fresh instance).
    #[arg(value_name = "FILE|NAME", help_heading = "Arguments")]
    pub target: OsString,
    /// FUNC ARG…, more calls after --then, --write OFF=FILE and --read OFF:LEN in between.
    #[arg(
        value_name = "FUNC ARG…",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        help_heading = "Arguments"
    )]
    pub steps: Vec<String>,
}

const INVOKE_HELP: &str = "Steps are done from left to right:

  FUNC ARG…          calls an export; its results are printed one a line. Arguments are read by the types of its
                     parameters: decimal or 0x integers, signed or not; floats as 1.5, 1e3, 0x1.8p1, inf, nan, nan:0x1.
  --then FUNC ARG…   calls the next.
  --write OFF=FILE   copies a file into memory. Written among the arguments of a call it is done before that call.
  --read OFF:LEN     prints bytes of memory as hexadecimal, 32 a line. It is done after the call before it.

$1, $2 … stand for the first, second … result printed so far, in ARG, OFF and LEN; OFF may add a number: $1+8.

Example, the distance of two vectors that the module's own malloc holds:
  wasmctl invoke vec_distance.wasm malloc 24 --then malloc 24 \\
    --then vec_distance '$1' '$2' 3 --write '$1=a.bin' --write '$2=b.bin'";

/// `logs`.
#[derive(Debug, Args)]
pub struct LogsArgs {
    /// Go on as the log grows, until the service ends.
    #[arg(long, short)]
    pub follow: bool,
    /// Show which host calls were refused for want of a grant or right, instead of what was written; the last 64 of each worker.
    #[arg(long)]
    pub denied: bool,
    /// The service; with --denied also an id, NAME/WORKER, or nothing for all that runs.
    #[arg(value_name = "NAME", required_unless_present = "denied")]
    pub name: Option<String>,
}

/// `kill`.
#[derive(Debug, Args)]
pub struct KillArgs {
    /// Ids as `ps` shows them, names, or NAME/WORKER.
    #[arg(required = true, value_name = "ID|NAME[/WORKER]")]
    pub targets: Vec<String>,
}

/// `unload`.
#[derive(Debug, Args)]
pub struct UnloadArgs {
    /// The services.
    #[arg(required = true)]
    pub names: Vec<String>,
}

/// `validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Modules, .wasm or .wat; `-` is standard input.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// Parses the command line. What clap answers itself (help, versions, mistakes) is printed; `Err` is the exit status then.
pub fn parse() -> Result<(Command, bool), u8> {
    match Cli::try_parse_from(arrange(std::env::args_os().collect())) {
        Ok(cli) => Ok((cli.command, cli.json)),
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            Err(0)
        }
        Err(error) => {
            if std::env::args_os().any(|arg| arg == "--json") {
                let text = error.render().to_string();
                let message = text
                    .trim_start_matches("error: ")
                    .split("\n\nUsage:")
                    .next()
                    .unwrap_or(&text)
                    .trim();
                Problem::usage(message).into_report().print(true);
            } else {
                let _ = error.print();
            }
            Err(STATUS_USAGE)
        }
    }
}

/// Flags of `invoke` that take a value; its steps have flags of their own.
const INVOKE_FLAGS: [&str; 18] = [
    "--dir",
    "--mapdir",
    "--file",
    "--listen",
    "--connect",
    "--receive",
    "--send",
    "--stdin",
    "--stdout",
    "--stderr",
    "--env",
    "--memory",
    "--fuel",
    "--timeout",
    "--max-memory",
    "--max-stack",
    "--threads",
    "--jobs",
];

/// Flags of `invoke` without a value.
const INVOKE_SWITCHES: [&str; 8] = [
    "--json",
    "--help",
    "-h",
    "--inherit-env",
    "--inherit-stdin",
    "--inherit-stdout",
    "--inherit-stderr",
    "--inherit-stdio",
];

/// Lets the flags of `invoke` stand anywhere: those among the steps are moved to where clap expects them, and steps that
/// were written before FILE (`--write`, `--read`) behind it.
fn arrange(args: Vec<OsString>) -> Vec<OsString> {
    let Some(verb) = args
        .iter()
        .skip(1)
        .position(|arg| arg != "--json")
        .map(|index| index + 1)
    else {
        return args;
    };
    if args.get(verb).is_none_or(|arg| arg != "invoke") {
        return args;
    }
    let mut args = args.into_iter();
    let mut front: Vec<OsString> = args.by_ref().take(verb + 1).collect();
    let (mut words, mut early) = (Vec::new(), Vec::new());
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        let (name, inline) = text
            .split_once('=')
            .map_or((text.as_str(), false), |(name, _)| (name, true));
        let into = match name {
            _ if INVOKE_SWITCHES.contains(&name) => {
                front.push(arg);
                continue;
            }
            _ if INVOKE_FLAGS.contains(&name) => &mut front,
            "--write" | "--read" if words.is_empty() => &mut early,
            _ => {
                words.push(arg);
                continue;
            }
        };
        into.push(arg);
        if !inline {
            into.extend(args.next());
        }
    }
    let mut words = words.into_iter();
    front.extend(words.next());
    front.extend(early);
    front.extend(words);
    front
}

/// The command's description, for completions and manual pages.
pub fn description() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
        let args = std::iter::once("wasmctl")
            .chain(words.iter().copied())
            .map(OsString::from)
            .collect();
        Cli::try_parse_from(arrange(args))
    }

    #[test]
    fn the_description_is_consistent() {
        description().debug_assert();
    }

    #[test]
    fn a_program_keeps_its_own_flags() {
        let cli = parse(&[
            "run",
            "--fuel",
            "7",
            "--timeout",
            "100ms",
            "a.wasm",
            "--json",
            "-x",
            "--fuel",
        ])
        .unwrap();
        assert!(!cli.json);
        let Command::Run(args) = cli.command else {
            panic!("not run")
        };
        assert_eq!(args.file(), Path::new("a.wasm"));
        assert_eq!(args.args(), ["--json", "-x", "--fuel"]);
        assert_eq!(args.limits.fuel, Some(7));
        assert!(parse(&["run", "--json", "a.wasm"]).unwrap().json);
        assert!(parse(&["--json", "ps"]).unwrap().json);
        assert!(parse(&["ps", "--json"]).unwrap().json);
    }

    #[test]
    fn flags_of_invoke_stand_anywhere() {
        let words = [
            "invoke",
            "--write",
            "0=a",
            "x.wasm",
            "f",
            "-1",
            "--timeout",
            "1s",
            "--then",
            "g",
            "--read",
            "0:4",
            "--json",
        ];
        let cli = parse(&words).unwrap();
        assert!(cli.json);
        let Command::Invoke(args) = cli.command else {
            panic!("not invoke")
        };
        assert_eq!(args.target, "x.wasm");
        assert!(args.limits.timeout.is_some());
        assert_eq!(
            args.steps,
            ["--write", "0=a", "f", "-1", "--then", "g", "--read", "0:4"]
        );
    }

    #[test]
    fn all_flags_of_invoke_may_stand_anywhere() {
        let command = description();
        let invoke = command.find_subcommand("invoke").unwrap();
        for flag in invoke.get_arguments().filter_map(|arg| {
            let switch = !arg.get_action().takes_values();
            arg.get_long().map(|long| (format!("--{long}"), switch))
        }) {
            let (name, switch) = flag;
            let list: &[&str] = if switch {
                &INVOKE_SWITCHES
            } else {
                &INVOKE_FLAGS
            };
            assert!(list.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn grants_of_every_kind() {
        for verb in ["run", "load", "invoke"] {
            let words = [
                verb,
                "--dir=.",
                "--dir",
                "/srv::/www:ro",
                "--mapdir=/tmp:./x",
                "--file",
                "log=a.log:fd_write",
                "--listen=udp:[::1]:53",
                "--connect=unix:/x",
                "--stdin=null",
                "--stdout",
                "out",
                "--inherit-stderr",
                "--inherit-env",
                "--env=A=1",
                "a.wasm",
                "f",
            ];
            let grants = match parse(&words).unwrap().command {
                Command::Run(args) => args.grants,
                Command::Load(args) => args.grants,
                Command::Invoke(args) => args.grants,
                _ => panic!("another verb"),
            };
            assert_eq!((grants.dir.len(), grants.mapdir.len()), (2, 1), "{verb}");
            assert_eq!(grants.dir[1].guest, "/www");
            assert_eq!(grants.mapdir[0].host, Path::new("./x"));
            assert_eq!(grants.file[0].name, "log");
            assert_eq!(grants.streams.stdin, Some(StreamSpec::Null));
            assert_eq!(grants.streams.inherited(), [false, false, true]);
            assert!(grants.inherit_env);
        }
    }

    #[test]
    fn mistakes_are_refused() {
        for bad in [
            &["run"][..],
            &["run", "--listen", "80", "a.wasm"],
            &["run", "--memory", "big", "a.wasm"],
            &["load", "--workers", "0", "a.wasm"],
            &["load", "--name", "a/b", "a.wasm"],
            &["run", "--no-such-flag", "a.wasm"],
            &["invoke", "a.wasm"],
            &["run", "--dir=", "a.wasm"],
            &["run", "--mapdir=/tmp", "a.wasm"],
            &["run", "--file=a:path_open", "a.wasm"],
            &["run", "--stdin=a", "--inherit-stdin", "a.wasm"],
            &["run", "--stdin=a", "--inherit-stdio", "a.wasm"],
            &["logs"],
            &["frobnicate"],
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
