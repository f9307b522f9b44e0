// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Rights on the command line: `ro`, `rw`, or WASI's names.

use libwasmk::Rights;

/// Rights to keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RightsSpec {
    /// Everything that the resource allows: `rw`.
    #[default]
    All,
    /// Reading: `ro`.
    ReadOnly,
    /// These and no others.
    Only(Rights),
}

/// What needs a file that is open for writing.
const WRITING: Rights = Rights::FD_WRITE
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_SET_SIZE);

/// What only sockets have.
const SOCKETS: Rights = Rights::SOCK_SHUTDOWN
    .union(Rights::SOCK_ACCEPT)
    .union(Rights::SOCK_CONNECT);

/// The rights that files and directories have, and so what their flags take.
fn names() -> impl Iterator<Item = (&'static str, Rights)> {
    Rights::all().iter_names().filter(|(name, right)| {
        name.starts_with("FD_") || name.starts_with("PATH_") || *right == Rights::POLL_FD_READWRITE
    })
}

/// WASI's name of each right in `rights`, in order.
pub fn list(rights: Rights) -> Vec<String> {
    rights
        .iter_names()
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect()
}

impl RightsSpec {
    /// Reads a list; `Err` says what is wrong with it. Names are those of WASI in any case, also as `RIGHT_FD_READ` or
    /// `__WASI_RIGHTS_FD_READ`, separated by commas.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "ro" => return Ok(Self::ReadOnly),
            "rw" => return Ok(Self::All),
            _ => {}
        }
        let mut rights = Rights::empty();
        for word in text.split(',') {
            rights |= right(word)?;
        }
        Ok(Self::Only(rights))
    }

    /// The rights as the kernel takes them; `None` for all.
    pub fn rights(self) -> Option<Rights> {
        match self {
            Self::All => None,
            Self::ReadOnly => Some(Rights::READ_ONLY),
            Self::Only(rights) => Some(rights),
        }
    }

    /// How a file must be open: for reading, for writing. Reading when it need not be either.
    pub fn access(self) -> (bool, bool) {
        let rights = self.rights().unwrap_or(Rights::all());
        let write = rights.intersects(WRITING);
        (rights.contains(Rights::FD_READ) || !write, write)
    }

    /// As it is written.
    pub fn text(self) -> String {
        match self {
            Self::All => "rw".into(),
            Self::ReadOnly => "ro".into(),
            Self::Only(rights) => list(rights).join(","),
        }
    }
}

fn right(word: &str) -> Result<Rights, String> {
    let upper = word.trim().to_ascii_uppercase();
    let name = ["__WASI_RIGHTS_", "RIGHTS_", "RIGHT_"]
        .iter()
        .find_map(|prefix| upper.strip_prefix(prefix))
        .unwrap_or(&upper);
    if let Some((_, right)) = names().find(|(known, _)| *known == name) {
        return Ok(right);
    }
    match Rights::from_name(name) {
        Some(right) if SOCKETS.contains(right) => Err(format!(
            "`{word}` is a right of sockets, which no file or directory has"
        )),
        _ => {
            let close = suggestion(word).map_or_else(
                || "rights are ro, rw, or WASI's names: fd_read,path_open,…".into(),
                |close| format!("did you mean `{close}`?"),
            );
            Err(format!("`{word}` is not a right; {close}"))
        }
    }
}

/// What `word` was probably meant to be.
pub fn suggestion(word: &str) -> Option<String> {
    let word = word.trim().to_ascii_lowercase();
    let limit = (word.chars().count() / 3).max(1);
    let known = names().map(|(name, _)| name.to_ascii_lowercase());
    known
        .chain(["ro".into(), "rw".into()])
        .map(|name| (distance(&word, &name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Insertions, deletions and substitutions from `a` to `b` (Levenshtein's distance).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (pair, y) in row.windows(2).zip(&b) {
            left = (pair[0] + usize::from(x != *y))
                .min(pair[1] + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case_and_with_their_prefixes() {
        assert_eq!(RightsSpec::parse("ro"), Ok(RightsSpec::ReadOnly));
        assert_eq!(RightsSpec::parse("RW"), Ok(RightsSpec::All));
        let both = Ok(RightsSpec::Only(Rights::FD_READ | Rights::PATH_OPEN));
        for text in [
            "fd_read,path_open",
            "PATH_OPEN,Fd_Read",
            "RIGHT_FD_READ,rights_path_open",
            "__wasi_rights_fd_read,path_open",
        ] {
            assert_eq!(RightsSpec::parse(text), both, "{text}");
        }
        for (name, right) in names() {
            assert_eq!(RightsSpec::parse(name), Ok(RightsSpec::Only(right)));
        }
        assert_eq!(names().count(), 28);
    }

    #[test]
    fn mistakes_are_named_with_what_was_meant() {
        for (text, part) in [
            ("fd_raed", "did you mean `fd_read`?"),
            (
                "fd_read,path_opn",
                "`path_opn` is not a right; did you mean `path_open`?",
            ),
            ("r0", "did you mean `ro`?"),
            ("everything", "rights are ro, rw"),
            ("", "`` is not a right"),
            ("fd_read,", "`` is not a right"),
            ("ro,fd_write", "`ro` is not a right"),
            ("sock_accept", "a right of sockets"),
        ] {
            let why = RightsSpec::parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }

    #[test]
    fn a_file_is_opened_as_its_rights_need() {
        let access = |text| RightsSpec::parse(text).unwrap().access();
        assert_eq!(access("rw"), (true, true));
        assert_eq!(access("ro"), (true, false));
        assert_eq!(access("fd_write"), (false, true));
        assert_eq!(access("fd_read,fd_allocate"), (true, true));
        assert_eq!(access("fd_filestat_get"), (true, false));
    }

    #[test]
    fn distances() {
        for (a, b, steps) in [
            ("", "", 0),
            ("a", "", 1),
            ("kitten", "sitting", 3),
            ("ro", "rw", 1),
        ] {
            assert_eq!(distance(a, b), steps, "{a} {b}");
        }
    }
}
