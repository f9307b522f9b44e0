// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A tree of files in memory, and lookups beneath one of its directories as Linux makes them.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use wasmk_abi::{Errno, FileStat, FileType};

/// Longest name, bytes.
const NAME_MAX: usize = 255;
/// Most links that one lookup follows.
const LINKS_MAX: u32 = 40;

/// An entry of a directory: its cookie, name and node.
pub type Entry = (u64, Vec<u8>, Rc<Node>);

/// What a node is.
pub enum Kind {
    File(RefCell<Vec<u8>>),
    Directory(RefCell<Vec<Entry>>),
    Link(Vec<u8>),
    Device,
    Socket,
}

/// A file, directory or link.
pub struct Node {
    pub ino: u64,
    pub kind: Kind,
    /// Names; of a directory, whether it is still there.
    pub names: Cell<u64>,
    pub parent: RefCell<Weak<Node>>,
    pub atim: Cell<u64>,
    pub mtim: Cell<u64>,
    pub ctim: Cell<u64>,
}

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(3) };
}

fn next() -> u64 {
    NEXT.replace(NEXT.get() + 1)
}

impl Node {
    pub fn new(kind: Kind, now: u64) -> Rc<Self> {
        Rc::new(Self {
            ino: next(),
            kind,
            names: Cell::new(1),
            parent: RefCell::default(),
            atim: Cell::new(now),
            mtim: Cell::new(now),
            ctim: Cell::new(now),
        })
    }

    pub fn directory(now: u64) -> Rc<Self> {
        Self::new(Kind::Directory(RefCell::default()), now)
    }

    pub fn file(data: &[u8]) -> Rc<Self> {
        Self::new(Kind::File(RefCell::new(data.to_vec())), 0)
    }

    pub fn filetype(&self) -> FileType {
        match self.kind {
            Kind::File(_) => FileType::RegularFile,
            Kind::Directory(_) => FileType::Directory,
            Kind::Link(_) => FileType::SymbolicLink,
            Kind::Device => FileType::CharacterDevice,
            Kind::Socket => FileType::SocketStream,
        }
    }

    pub fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory(_))
    }

    pub fn entries(&self) -> Result<&RefCell<Vec<Entry>>, Errno> {
        match &self.kind {
            Kind::Directory(entries) => Ok(entries),
            _ => Err(Errno::NotDir),
        }
    }

    pub fn get(&self, name: &[u8]) -> Result<Option<Rc<Self>>, Errno> {
        let entries = self.entries()?.borrow();
        if name.len() > NAME_MAX {
            return Err(Errno::NameTooLong);
        }
        let found = entries.iter().find(|(_, n, _)| n == name);
        Ok(found.map(|(_, _, node)| Rc::clone(node)))
    }

    /// Adds `node` under a name that is free.
    pub fn add(self: &Rc<Self>, name: &[u8], node: &Rc<Self>) -> Result<(), Errno> {
        if self.names.get() == 0 {
            return Err(Errno::NoEnt);
        }
        let entry = (next(), name.to_vec(), Rc::clone(node));
        self.entries()?.borrow_mut().push(entry);
        *node.parent.borrow_mut() = Rc::downgrade(self);
        Ok(())
    }

    pub fn take(&self, name: &[u8]) {
        let entries = self.entries().unwrap();
        entries.borrow_mut().retain(|(_, n, _)| n != name);
    }

    /// It is `other`, or beneath it.
    pub fn is_within(self: &Rc<Self>, other: &Rc<Self>) -> bool {
        let mut at = Some(Rc::clone(self));
        while let Some(node) = at {
            if Rc::ptr_eq(&node, other) {
                return true;
            }
            at = node.parent.borrow().upgrade();
        }
        false
    }

    pub fn stat(&self) -> FileStat {
        FileStat {
            filetype: self.filetype(),
            dev: 1,
            ino: self.ino,
            nlink: self.names.get(),
            size: match &self.kind {
                Kind::File(data) => data.borrow().len() as u64,
                Kind::Link(target) => target.len() as u64,
                _ => 0,
            },
            atim: self.atim.get(),
            mtim: self.mtim.get(),
            ctim: self.ctim.get(),
        }
    }
}

/// What the last component of a path is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Last {
    /// `.`
    Dot,
    /// `..`
    DotDot,
    Name(Vec<u8>),
}

/// The place of a path: the directories from the root of the lookup on, and the last component.
#[derive(Clone)]
pub struct Place {
    pub way: Vec<Rc<Node>>,
    pub last: Last,
    /// A slash follows.
    pub slash: bool,
    links: u32,
}

impl Place {
    /// Looks up all of `path` beneath `root` but its last component.
    pub fn of(root: &Rc<Node>, path: &[u8]) -> Result<Self, Errno> {
        walk(vec![Rc::clone(root)], path, 0)
    }

    pub fn parent(&self) -> &Rc<Node> {
        self.way.last().unwrap()
    }

    /// As the callers of `mkdirat` and its like: a last `..` must not lead outside.
    pub fn checked(root: &Rc<Node>, path: &[u8]) -> Result<Self, Errno> {
        let place = Self::of(root, path)?;
        if place.last == Last::DotDot && place.way.len() == 1 {
            return Err(Errno::Perm);
        }
        Ok(place)
    }

    /// What is there, if the last component is not followed.
    pub fn find(&self) -> Result<Option<Rc<Node>>, Errno> {
        match &self.last {
            Last::Dot => Ok(Some(Rc::clone(self.parent()))),
            Last::DotDot => match self.way.len() {
                1 => Err(Errno::Perm),
                n => Ok(Some(Rc::clone(&self.way[n - 2]))),
            },
            Last::Name(name) => self.parent().get(name),
        }
    }

    /// The place that the link there leads to; itself when it is none.
    pub fn follow(mut self) -> Result<Self, Errno> {
        while let Some(node) = self.find()? {
            let Kind::Link(target) = &node.kind else {
                break;
            };
            if self.links >= LINKS_MAX {
                return Err(Errno::Loop);
            }
            let slash = self.slash;
            self = walk(self.way, target, self.links + 1)?;
            self.slash |= slash;
        }
        Ok(self)
    }
}

/// What is at `path`.
pub fn look(
    root: &Rc<Node>,
    path: &[u8],
    follow: bool,
    only_directory: bool,
) -> Result<Rc<Node>, Errno> {
    let mut place = Place::of(root, path)?;
    if follow || place.slash {
        place = place.follow()?;
    }
    let node = place.find()?.ok_or(Errno::NoEnt)?;
    if (only_directory || place.slash) && !node.is_directory() {
        return Err(Errno::NotDir);
    }
    Ok(node)
}

fn walk(mut way: Vec<Rc<Node>>, path: &[u8], mut links: u32) -> Result<Place, Errno> {
    // Checked by whoever asks, and not changed since by anybody.
    assert!(!path.is_empty() && !path.contains(&0) && std::str::from_utf8(path).is_ok());
    if path.starts_with(b"/") {
        return Err(Errno::Perm);
    }
    // Components that are left, the next one last.
    let mut left: Vec<Vec<u8>> = Vec::new();
    let push = |left: &mut Vec<Vec<u8>>, path: &[u8]| {
        let components = path.split(|b| *b == b'/').filter(|c| !c.is_empty());
        let at = left.len();
        left.extend(components.map(<[u8]>::to_vec));
        left[at..].reverse();
    };
    push(&mut left, path);
    let slash = path.ends_with(b"/");
    loop {
        let component = left.pop().ok_or(Errno::NoEnt)?;
        let last = match component.as_slice() {
            b"." => Last::Dot,
            b".." => Last::DotDot,
            _ => Last::Name(component),
        };
        if left.is_empty() {
            return Ok(Place {
                way,
                last,
                slash,
                links,
            });
        }
        match last {
            Last::Dot => {}
            Last::DotDot if way.len() == 1 => return Err(Errno::Perm),
            Last::DotDot => drop(way.pop()),
            Last::Name(name) => {
                let node = way.last().unwrap().get(&name)?.ok_or(Errno::NoEnt)?;
                match &node.kind {
                    Kind::Directory(_) => way.push(node),
                    Kind::Link(target) => {
                        links += 1;
                        if links > LINKS_MAX {
                            return Err(Errno::Loop);
                        }
                        if target.starts_with(b"/") {
                            return Err(Errno::Perm);
                        }
                        push(&mut left, target);
                    }
                    _ => return Err(Errno::NotDir),
                }
            }
        }
    }
}
