// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What programs were refused, for people and programs: which call, on what, which right was missing, which flag grants it.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use libwasmk::{Denial, Error, Rights};
use rustix::time::{clock_gettime, ClockId};
use serde::{Deserialize, Serialize};

use crate::cli::rights_list;

/// A refused call, with whose it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// Service or program.
    pub name: String,
    /// Worker.
    pub worker: u32,
    /// The store's id.
    pub id: u64,
    /// Number of the denial in its store, from 0.
    pub number: u64,
    /// The host function.
    pub function: String,
    /// The descriptor.
    pub fd: u32,
    /// WASI's names of the missing rights; none when the path or address lies outside of what was granted.
    pub missing: Vec<String>,
    /// The path or address; may be empty.
    pub subject: String,
    /// The end of the subject is missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// What to do about it, with the flag.
    pub advice: String,
}

/// Whose denials are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// Service or program.
    pub name: &'a str,
    /// Worker.
    pub worker: u32,
    /// The store's id.
    pub id: u64,
}

/// Denials of one store, and how many came before that are not kept any more.
#[derive(Debug, Default)]
pub struct Denials {
    /// The oldest first.
    pub list: Vec<Refused>,
    /// How many are missing.
    pub lost: u64,
}

impl Denials {
    /// What `answer` (the kernel's, to a question for denial `from` and those after it) means.
    pub fn new(
        owner: Owner<'_>,
        from: u64,
        answer: Result<Vec<Denial>, Error>,
    ) -> Result<Self, Error> {
        let clock = Clock::now();
        let list: Vec<Refused> = answer?
            .iter()
            .map(|denial| Refused::new(owner, denial, clock))
            .collect();
        let next = list
            .last()
            .map_or(from, |last| last.number.saturating_add(1));
        let lost = next.saturating_sub(from).saturating_sub(list.len() as u64);
        Ok(Self { list, lost })
    }

    /// One line each, with a word about those that are not kept.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.lost > 0 {
            text.push_str(&format!("({} earlier ones are not kept)\n", self.lost));
        }
        for refused in &self.list {
            text.push_str(&format!("{}\n", refused.line()));
        }
        text
    }
}

/// Relates the kernel's stamps to the time of day.
#[derive(Clone, Copy)]
struct Clock {
    boot: Duration,
    day: SystemTime,
}

impl Clock {
    fn now() -> Self {
        let now = clock_gettime(ClockId::Boottime);
        let nanoseconds = u32::try_from(now.tv_nsec).unwrap_or(0);
        Self {
            boot: Duration::new(now.tv_sec.unsigned_abs(), nanoseconds),
            day: SystemTime::now(),
        }
    }

    fn text(self, time_ns: u64) -> String {
        let age = self.boot.saturating_sub(Duration::from_nanos(time_ns));
        let time = self.day.checked_sub(age).unwrap_or(self.day);
        humantime::format_rfc3339_millis(time).to_string()
    }
}

impl Refused {
    fn new(owner: Owner<'_>, denial: &Denial, clock: Clock) -> Self {
        Self {
            time: clock.text(denial.time_ns),
            name: owner.name.into(),
            worker: owner.worker,
            id: owner.id,
            number: denial.number,
            function: denial.function.clone(),
            fd: denial.fd,
            missing: names(denial.missing),
            subject: denial.subject.clone(),
            cut: denial.cut,
            advice: advice(denial),
        }
    }

    /// `path_open fd 3 "../out.c" — leads out of its directory: …`.
    pub fn what(&self) -> String {
        let mut text = format!("{} fd {}", self.function, self.fd);
        if !self.subject.is_empty() {
            // As a literal: control characters of a program must not reach a terminal.
            let more = if self.cut { "…" } else { "" };
            text.push_str(&format!(" {:?}{more}", self.subject));
        }
        let why = match self.missing.as_slice() {
            [] => String::new(),
            [one] => format!("missing right {one}: "),
            all => format!("missing rights {}: ", all.join(", ")),
        };
        format!("{text} — {why}{}", self.advice)
    }

    /// With time and worker.
    pub fn line(&self) -> String {
        format!(
            "{} {}/{} {}",
            self.time,
            self.name,
            self.worker,
            self.what()
        )
    }
}

fn names(missing: Rights) -> Vec<String> {
    let mut names = rights_list(missing);
    let unknown = missing.difference(Rights::all()).bits();
    if unknown != 0 {
        names.push(format!("{unknown:#x}"));
    }
    names
}

/// What would have let the call through.
fn advice(denial: &Denial) -> String {
    let missing = denial.missing;
    if missing.is_empty() {
        return outside(denial);
    }
    if missing.contains(Rights::SOCK_ACCEPT) {
        return "grant with --listen ADDR".into();
    }
    if missing.contains(Rights::SOCK_CONNECT) {
        return "grant with --connect ADDR".into();
    }
    let list = rights_list(missing).join(",");
    let beneath = denial.function.starts_with("path_") || Rights::DIRECTORY.contains(missing);
    if beneath && !Rights::FILE.contains(missing) {
        return if Rights::READ_ONLY.contains(missing) {
            format!("grant with --dir DIR:ro, or add {list} to its rights")
        } else {
            format!("grant with --dir DIR:rw, or add {list} to its rights")
        };
    }
    match (denial.fd, Rights::FILE.contains(missing)) {
        (0..=2, true) => {
            "grant a stream that can do this: --stdin, --stdout or --stderr FILE".into()
        }
        (_, true) => {
            format!("grant with --dir DIR:rw or --file PATH:rw, or add {list} to its rights")
        }
        _ => "no flag grants this: the program gave it up, or the descriptor is of another kind"
            .into(),
    }
}

/// Nothing was missing, but what is asked for lies elsewhere.
fn outside(denial: &Denial) -> String {
    let subject = Path::new(&denial.subject);
    if denial.function.starts_with("path_") && !denial.subject.is_empty() {
        return match subject.parent() {
            Some(parent) if subject.is_absolute() && !denial.cut => {
                format!(
                    "leads out of its directory: grant with --dir {}",
                    parent.display()
                )
            }
            _ => "leads out of its directory: grant the one that it leads to with --dir DIR".into(),
        };
    }
    match denial.function.as_str() {
        name if name.starts_with("path_") => {
            "no directory gives this away: grant with --file PATH".into()
        }
        "sock_send_to" => {
            "nothing was received from this address: grant with --connect ADDR".into()
        }
        name if name.starts_with("sock_") => "the address was not granted: --connect ADDR".into(),
        _ => "not among what was granted".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denial(function: &str, missing: Rights, subject: &str) -> Denial {
        Denial {
            number: 70,
            time_ns: 0,
            function: function.into(),
            fd: 3,
            missing,
            subject: subject.into(),
            cut: false,
        }
    }

    const OWNER: Owner<'static> = Owner {
        name: "ucase",
        worker: 0,
        id: 9,
    };

    fn what(function: &str, missing: Rights, subject: &str) -> String {
        Refused::new(OWNER, &denial(function, missing, subject), Clock::now()).what()
    }

    #[test]
    fn a_line_names_call_descriptor_subject_right_and_flag() {
        for (line, expected) in [
            (
                what("path_open", Rights::empty(), "../out.c"),
                r#"path_open fd 3 "../out.c" — leads out of its directory: grant the one that it leads to with --dir DIR"#,
            ),
            (
                what("path_open", Rights::empty(), "/etc/passwd"),
                r#"path_open fd 3 "/etc/passwd" — leads out of its directory: grant with --dir /etc"#,
            ),
            (
                what("path_open", Rights::PATH_CREATE_FILE | Rights::FD_WRITE, "a\u{1b}"),
                r#"path_open fd 3 "a\u{1b}" — missing rights fd_write, path_create_file: grant with --dir DIR:rw, or add fd_write,path_create_file to its rights"#,
            ),
            (
                what("fd_write", Rights::FD_WRITE, ""),
                "fd_write fd 3 — missing right fd_write: grant with --dir DIR:rw or --file PATH:rw, or add fd_write to its rights",
            ),
            (
                what("fd_readdir", Rights::FD_READDIR, ""),
                "fd_readdir fd 3 — missing right fd_readdir: grant with --dir DIR:ro, or add fd_readdir to its rights",
            ),
            (
                what("sock_accept", Rights::SOCK_ACCEPT, ""),
                "sock_accept fd 3 — missing right sock_accept: grant with --listen ADDR",
            ),
        ] {
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn those_that_are_not_kept_are_counted() {
        let two = || {
            let mut second = denial("path_open", Rights::empty(), "");
            second.number = 71;
            vec![denial("path_open", Rights::empty(), ""), second]
        };
        let denials = Denials::new(OWNER, 0, Ok(two())).unwrap();
        assert_eq!((denials.lost, denials.list.len()), (70, 2));
        assert!(denials
            .text()
            .starts_with("(70 earlier ones are not kept)\n"));
        assert_eq!(Denials::new(OWNER, 70, Ok(two())).unwrap().lost, 0);
        assert_eq!(Denials::new(OWNER, 70, Ok(Vec::new())).unwrap().lost, 0);
        let line = denials.list[0].line();
        assert!(line.contains("Z ucase/0 path_open fd 3 — "), "{line}");
    }

    #[test]
    fn a_record_survives_json() {
        let refused = Refused::new(
            OWNER,
            &denial(
                "path_open",
                Rights::PATH_OPEN | Rights::from_bits_retain(1 << 60),
                "a",
            ),
            Clock::now(),
        );
        assert_eq!(refused.missing, ["path_open", "0x1000000000000000"]);
        let text = serde_json::to_string(&refused).unwrap();
        assert_eq!(serde_json::from_str::<Refused>(&text).unwrap(), refused);
    }
}
