// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A file system in memory, with the errors that Linux gives.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasmk_abi::{
    Advice, DirEntry, Errno, FdFlags, FileStat, FileType, Files, OpenFlags, Opened, SetTime,
};

use super::{
    sim::{Object, Sim, World},
    sim_tree::{look, Kind, Last, Node, Place},
};

/// Largest file, bytes.
pub const FILE_MAX: u64 = 1 << 20;

/// An open directory. Counts itself.
pub struct Directory {
    pub node: Rc<Node>,
    live: Rc<Cell<usize>>,
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.live.set(self.live.get() - 1);
    }
}

impl World {
    /// Opens a directory.
    pub fn directory(&self, node: &Rc<Node>) -> Directory {
        self.live.set(self.live.get() + 1);
        Directory {
            node: Rc::clone(node),
            live: Rc::clone(&self.live),
        }
    }
}

fn set_times(node: &Node, accessed: SetTime, modified: SetTime, now: u64) {
    for (cell, time) in [(&node.atim, accessed), (&node.mtim, modified)] {
        match time {
            SetTime::Omit => {}
            SetTime::Now => cell.set(now),
            SetTime::At(at) => cell.set(at),
        }
    }
    node.ctim.set(now);
}

/// The name of what is to be made at `place`.
fn free(place: &Place) -> Result<&[u8], Errno> {
    let Last::Name(name) = &place.last else {
        return Err(Errno::Exist);
    };
    match place.parent().get(name)? {
        Some(_) => Err(Errno::Exist),
        None => Ok(name),
    }
}

impl Sim {
    fn time(&self) -> u64 {
        self.0.now.get() + 1_000_000
    }

    /// The file that `open` opens, and whether it was made.
    fn find_or_create(
        &self,
        root: &Rc<Node>,
        path: &[u8],
        how: OpenFlags,
    ) -> Result<Rc<Node>, Errno> {
        if !how.contains(OpenFlags::CREATE) {
            let follow = how.contains(OpenFlags::FOLLOW);
            return look(root, path, follow, how.contains(OpenFlags::DIRECTORY));
        }
        let exclusive = how.contains(OpenFlags::EXCLUSIVE);
        let mut place = Place::of(root, path)?;
        if how.contains(OpenFlags::FOLLOW) && !exclusive && !place.slash {
            place = place.follow()?;
        }
        let Last::Name(name) = &place.last else {
            place.find()?;
            return Err(if exclusive {
                Errno::Exist
            } else {
                Errno::IsDir
            });
        };
        if place.slash {
            return Err(Errno::IsDir);
        }
        match place.find()? {
            Some(_) if exclusive => Err(Errno::Exist),
            Some(node) if node.is_directory() => Err(Errno::IsDir),
            Some(node) => Ok(node),
            None => {
                let node = Node::new(Kind::File(RefCell::default()), self.time());
                place.parent().add(name, &node)?;
                Ok(node)
            }
        }
    }
}

impl Files for Sim {
    type Object = Object;
    type Directory = Directory;

    fn directory_stat(&self, directory: &Directory) -> Result<FileStat, Errno> {
        Ok(directory.node.stat())
    }

    fn directory_set_times(
        &mut self,
        directory: &Directory,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        set_times(&directory.node, accessed, modified, self.time());
        Ok(())
    }

    fn directory_sync(&mut self, _: &Directory, _: bool) -> Result<(), Errno> {
        Ok(())
    }

    fn read_directory(
        &mut self,
        directory: &Directory,
        cookie: u64,
        entry: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        let node = &directory.node;
        let parent = node.parent.borrow().upgrade();
        let parent = parent.map_or(node.ino, |parent| parent.ino);
        let dots: [(u64, &[u8], u64); 2] = [(1, b".", node.ino), (2, b"..", parent)];
        for (next, name, ino) in dots {
            let filetype = FileType::Directory;
            let dot = DirEntry {
                next,
                ino,
                filetype,
                name,
            };
            if next > cookie && !entry(dot) {
                return Ok(());
            }
        }
        for (next, name, node) in node.entries()?.borrow().iter() {
            let found = DirEntry {
                next: *next,
                ino: node.ino,
                filetype: node.filetype(),
                name,
            };
            if *next > cookie && !entry(found) {
                break;
            }
        }
        Ok(())
    }

    fn open(
        &mut self,
        directory: &Directory,
        path: &[u8],
        how: OpenFlags,
        _: FdFlags,
    ) -> Result<Opened<Object, Directory>, Errno> {
        let node = self.find_or_create(&directory.node, path, how)?;
        match &node.kind {
            Kind::Link(_) => Err(Errno::Loop),
            Kind::Device => Err(Errno::NotCapable),
            Kind::Socket => Err(Errno::Nxio),
            Kind::Directory(_) if how.contains(OpenFlags::WRITE) => Err(Errno::IsDir),
            Kind::Directory(_) => Ok(Opened::Directory(self.0.directory(&node))),
            Kind::File(data) => {
                if how.contains(OpenFlags::TRUNCATE) {
                    data.borrow_mut().clear();
                }
                let mut object = self.0.object(FileType::RegularFile).0;
                object.readable = how.contains(OpenFlags::READ);
                object.writable = how.contains(OpenFlags::WRITE);
                object.file = Some(node);
                Ok(Opened::File(object))
            }
        }
    }

    fn path_stat(
        &mut self,
        directory: &Directory,
        path: &[u8],
        follow: bool,
    ) -> Result<FileStat, Errno> {
        Ok(look(&directory.node, path, follow, false)?.stat())
    }

    fn path_set_times(
        &mut self,
        directory: &Directory,
        path: &[u8],
        follow: bool,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        let node = look(&directory.node, path, follow, false)?;
        set_times(&node, accessed, modified, self.time());
        Ok(())
    }

    fn create_directory(&mut self, directory: &Directory, path: &[u8]) -> Result<(), Errno> {
        let place = Place::checked(&directory.node, path)?;
        let node = Node::directory(self.time());
        place.parent().add(free(&place)?, &node)
    }

    fn remove_directory(&mut self, directory: &Directory, path: &[u8]) -> Result<(), Errno> {
        let place = Place::checked(&directory.node, path)?;
        let name = match &place.last {
            Last::Name(name) => name,
            Last::Dot => return Err(Errno::Inval),
            Last::DotDot => return Err(Errno::NotEmpty),
        };
        let node = place.parent().get(name)?.ok_or(Errno::NoEnt)?;
        if !node.entries()?.borrow().is_empty() {
            return Err(Errno::NotEmpty);
        }
        node.names.set(0);
        place.parent().take(name);
        Ok(())
    }

    fn unlink(&mut self, directory: &Directory, path: &[u8]) -> Result<(), Errno> {
        let place = Place::checked(&directory.node, path)?;
        let Last::Name(name) = &place.last else {
            return Err(Errno::IsDir);
        };
        let node = place.parent().get(name)?.ok_or(Errno::NoEnt)?;
        if node.is_directory() {
            return Err(Errno::IsDir);
        }
        if place.slash {
            return Err(Errno::NotDir);
        }
        node.names.set(node.names.get() - 1);
        place.parent().take(name);
        Ok(())
    }

    fn link(
        &mut self,
        (from, old): (&Directory, &[u8]),
        (to, new): (&Directory, &[u8]),
    ) -> Result<(), Errno> {
        let source = Place::checked(&from.node, old)?;
        let slash = source.slash;
        let target = Place::checked(&to.node, new);
        let node = if slash {
            let node = look(&from.node, old, false, true)?;
            target.as_ref().map_err(|errno| *errno)?;
            node
        } else {
            target.as_ref().map_err(|errno| *errno)?;
            source.find()?.ok_or(Errno::NoEnt)?
        };
        let target = target?;
        let name = free(&target)?;
        if target.slash {
            return Err(Errno::NoEnt);
        }
        if node.is_directory() {
            return Err(Errno::Perm);
        }
        target.parent().add(name, &node)?;
        node.names.set(node.names.get() + 1);
        Ok(())
    }

    fn rename(
        &mut self,
        (from, old): (&Directory, &[u8]),
        (to, new): (&Directory, &[u8]),
    ) -> Result<(), Errno> {
        let source = Place::checked(&from.node, old)?;
        let target = Place::checked(&to.node, new)?;
        let (Last::Name(old), Last::Name(new)) = (&source.last, &target.last) else {
            return Err(Errno::Busy);
        };
        let node = source.parent().get(old)?.ok_or(Errno::NoEnt)?;
        let there = target.parent().get(new)?;
        if !node.is_directory() && (source.slash || target.slash) {
            return Err(Errno::NotDir);
        }
        if node.is_directory() && target.parent().is_within(&node) {
            return Err(Errno::Inval);
        }
        if let Some(there) = there {
            if source.parent().is_within(&there) {
                return Err(Errno::NotEmpty);
            }
            if Rc::ptr_eq(&there, &node) {
                return Ok(());
            }
            match (node.is_directory(), there.is_directory()) {
                (true, false) => return Err(Errno::NotDir),
                (false, true) => return Err(Errno::IsDir),
                (true, true) if !there.entries()?.borrow().is_empty() => {
                    return Err(Errno::NotEmpty)
                }
                _ => {}
            }
            there.names.set(there.names.get() - 1);
            target.parent().take(new);
        }
        source.parent().take(old);
        target.parent().add(new, &node)
    }

    fn symlink(&mut self, target: &[u8], directory: &Directory, path: &[u8]) -> Result<(), Errno> {
        let place = Place::checked(&directory.node, path)?;
        let name = free(&place)?;
        if place.slash {
            return Err(Errno::NoEnt);
        }
        let node = Node::new(Kind::Link(target.to_vec()), self.time());
        place.parent().add(name, &node)
    }

    fn read_link(
        &mut self,
        directory: &Directory,
        path: &[u8],
        into: &mut [u8],
    ) -> Result<usize, Errno> {
        let node = look(&directory.node, path, false, false)?;
        let Kind::Link(target) = &node.kind else {
            return Err(Errno::Inval);
        };
        let n = target.len().min(into.len());
        into[..n].copy_from_slice(&target[..n]);
        Ok(n)
    }

    fn set_size(&mut self, file: &Object, size: u64) -> Result<(), Errno> {
        assert!(
            file.writable,
            "abi lets size be set of what cannot be written"
        );
        if size > FILE_MAX {
            return Err(Errno::Fbig);
        }
        file.data(|data| data.resize(size as usize, 0));
        Ok(())
    }

    fn set_times(
        &mut self,
        file: &Object,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        if let Some(node) = &file.file {
            set_times(node, accessed, modified, self.time());
        }
        Ok(())
    }

    fn allocate(&mut self, file: &Object, offset: u64, len: u64) -> Result<(), Errno> {
        assert!(
            file.writable,
            "abi lets room be made in what cannot be written"
        );
        let end = offset + len;
        if end > FILE_MAX {
            return Err(Errno::NoSpc);
        }
        file.data(|data| data.resize(data.len().max(end as usize), 0));
        Ok(())
    }

    fn advise(&mut self, _: &Object, _: u64, _: u64, _: Advice) -> Result<(), Errno> {
        Ok(())
    }
}
