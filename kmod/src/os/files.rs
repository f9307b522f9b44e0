// SPDX-License-Identifier: GPL-2.0
//! The kernel's file systems, to one store.
//!
//! Here is what is allowed; how it is done is in `sys`. The kernel resolves paths, beneath the directory or not at all
//! (`LOOKUP_BENEATH`, `LOOKUP_NO_MAGICLINKS`); nothing here takes a path apart but to tell its last component.

use super::{
    sys::{kind, Acting, Directory, Last, Listing, Lookup, Object, Parent, Place, Text},
    KernelOs,
};
use core::ffi::c_int;
use wasmk_abi::{
    Advice, DirEntry, Errno, FdFlags, FileStat, Files, OpenFlags, Opened, Os, SetTime,
};

type Result<T, E = Errno> = core::result::Result<T, E>;

/// Most symbolic links that making a file goes through, as in the kernel.
const LINKS_MAX: usize = 40;

/// Flags of open(2).
mod o {
    use core::ffi::c_int;
    pub(super) const WRONLY: c_int = 1;
    pub(super) const RDWR: c_int = 2;
    pub(super) const TRUNC: c_int = 0o1000;
    pub(super) const APPEND: c_int = 0o2000;
    pub(super) const NONBLOCK: c_int = 0o4000;
    pub(super) const DSYNC: c_int = 0o10000;
    pub(super) const LARGEFILE: c_int = 0o100000;
    pub(super) const DIRECTORY: c_int = 0o200000;
    pub(super) const SYNC: c_int = 0o4000000 | DSYNC;
}

/// What the kernel is asked for.
fn open_flags(how: OpenFlags, flags: FdFlags) -> c_int {
    let mut bits = o::LARGEFILE;
    bits |= match (
        how.contains(OpenFlags::READ),
        how.contains(OpenFlags::WRITE),
    ) {
        (true, true) => o::RDWR,
        (false, true) => o::WRONLY,
        (_, false) => 0,
    };
    if how.contains(OpenFlags::TRUNCATE) {
        bits |= o::TRUNC;
    }
    if flags.contains(FdFlags::APPEND) {
        bits |= o::APPEND;
    }
    if flags.contains(FdFlags::DSYNC) {
        bits |= o::DSYNC;
    }
    if flags.intersects(FdFlags::SYNC | FdFlags::RSYNC) {
        bits |= o::SYNC;
    }
    bits
}

/// One open.
struct Opening<'a> {
    acting: &'a Acting<'a>,
    directory: &'a Directory,
    how: OpenFlags,
    flags: c_int,
}

impl Opening<'_> {
    /// Opens what exists.
    fn open(&self, place: &Place) -> Result<Opened<Object, Directory>> {
        let (acting, create) = (self.acting, self.how.contains(OpenFlags::CREATE));
        let flags = match place.kind() {
            kind::LINK => return Err(Errno::Loop),
            kind::DIRECTORY if create || self.how.contains(OpenFlags::WRITE) => {
                return Err(Errno::IsDir)
            }
            kind::DIRECTORY => {
                let flags = o::DIRECTORY | o::LARGEFILE;
                let directory = place.open_directory(acting, self.directory, flags)?;
                return Ok(Opened::Directory(directory));
            }
            kind::REGULAR => self.flags,
            kind::FIFO => self.flags & !o::TRUNC | o::NONBLOCK,
            kind::SOCKET => return Err(Errno::Nxio),
            _ => return Err(Errno::NotCapable),
        };
        if create && place.is_planted(acting) {
            return Err(Errno::Acces);
        }
        place.open(acting, flags).map(Opened::File)
    }

    /// Opens what exists, or makes it. Somebody may make or remove it meanwhile, so it is asked in turns.
    fn open_or_create(&self, mut text: Text) -> Result<Opened<Object, Directory>> {
        let follow = self.how.contains(OpenFlags::FOLLOW);
        let exclusive = self.how.contains(OpenFlags::EXCLUSIVE);
        for _ in 0..=LINKS_MAX {
            let is_name = text.last() == Last::Name;
            if is_name && text.has_slash() {
                Parent::find(self.acting, self.directory, &text)?;
                return Err(Errno::IsDir);
            }
            if !(exclusive && is_name) {
                match self.find(&text, follow) {
                    Ok(_) if exclusive => return Err(Errno::Exist),
                    Ok(place) => return self.open(&place),
                    Err(Errno::NoEnt) if is_name => {}
                    Err(errno) => return Err(errno),
                }
            }
            let parent = Parent::find(self.acting, self.directory, &text)?;
            match parent.create(self.acting, self.flags & !o::TRUNC & !o::APPEND) {
                Err(Errno::Exist) if !exclusive => {}
                answer => return answer.map(Opened::File),
            }
            // Something is there after all: a symbolic link to nothing, in whose stead what it names is made?
            match self.find(&text, false) {
                Ok(place) if place.kind() == kind::LINK && follow => {
                    text = self.through(&text, &place)?;
                }
                Ok(_) | Err(Errno::NoEnt) => {}
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::Loop)
    }

    fn find(&self, text: &Text, follow: bool) -> Result<Place> {
        Place::find(self.acting, self.directory, text, Lookup::new(follow))
    }

    /// Where `text` leads through `link`. This may be another link than the one that the kernel followed to nothing before, or there may
    /// have been none: so whose it is, is asked here.
    fn through(&self, text: &Text, link: &Place) -> Result<Text> {
        if link.is_planted(self.acting) {
            return Err(Errno::Acces);
        }
        let mut buffer = Text::buffer()?;
        let len = link.read_link(self.acting, &mut buffer)?;
        text.through(buffer.get(..len).unwrap_or(&[]))
    }
}

/// Of `text`, whose last component must be a name; else the answer is `otherwise`, if it leads beneath the directory.
fn parent(
    acting: &Acting<'_>,
    directory: &Directory,
    text: &Text,
    otherwise: Errno,
) -> Result<Parent> {
    if text.last() == Last::Name {
        return Parent::find(acting, directory, text);
    }
    Place::find(acting, directory, text, Lookup::new(true).directory(true))?;
    Err(otherwise)
}

impl Files for KernelOs {
    type Object = Object;
    type Directory = Directory;

    fn directory_stat(&self, directory: &Directory) -> Result<FileStat> {
        directory.stat(&directory.act())
    }

    fn directory_set_times(
        &mut self,
        directory: &Directory,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<()> {
        directory.set_times(&directory.act(), &[accessed.into(), modified.into()])
    }

    fn directory_sync(&mut self, directory: &Directory, data_only: bool) -> Result<()> {
        directory.sync(&directory.act(), data_only)
    }

    fn read_directory(
        &mut self,
        directory: &Directory,
        mut cookie: u64,
        entry: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<()> {
        let own = self.directory_stat(directory)?.ino;
        let mut listing = Listing::new()?;
        loop {
            directory.list(&directory.act(), cookie, &mut listing)?;
            let before = cookie;
            for item in listing.entries(own) {
                cookie = item.next;
                if !entry(item) {
                    return Ok(());
                }
            }
            if cookie == before {
                return Ok(());
            }
            // What was told so far is the caller's; the call is repeated, or over.
            self.breathe().map_err(|_| Errno::Intr)?;
        }
    }

    fn open(
        &mut self,
        directory: &Directory,
        path: &[u8],
        how: OpenFlags,
        flags: FdFlags,
    ) -> Result<Opened<Object, Directory>> {
        let only_directory = how.contains(OpenFlags::DIRECTORY);
        let create = how.contains(OpenFlags::CREATE);
        let blind = how.contains(OpenFlags::TRUNCATE) && !how.contains(OpenFlags::WRITE);
        if blind || create && only_directory {
            return Err(Errno::Inval);
        }
        let text = Text::new(path)?;
        let acting = directory.act();
        let opening = Opening {
            acting: &acting,
            directory,
            how,
            flags: open_flags(how, flags),
        };
        if create {
            return opening.open_or_create(text);
        }
        let follow = how.contains(OpenFlags::FOLLOW);
        let lookup = Lookup::new(follow).directory(only_directory);
        opening.open(&Place::find(&acting, directory, &text, lookup)?)
    }

    fn path_stat(&mut self, directory: &Directory, path: &[u8], follow: bool) -> Result<FileStat> {
        let (text, acting) = (Text::new(path)?, directory.act());
        Place::find(&acting, directory, &text, Lookup::new(follow))?.stat(&acting)
    }

    fn path_set_times(
        &mut self,
        directory: &Directory,
        path: &[u8],
        follow: bool,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<()> {
        let (text, acting) = (Text::new(path)?, directory.act());
        Place::find(&acting, directory, &text, Lookup::new(follow))?
            .set_times(&acting, &[accessed.into(), modified.into()])
    }

    fn create_directory(&mut self, directory: &Directory, path: &[u8]) -> Result<()> {
        let (text, acting) = (Text::new(path)?, directory.act());
        parent(&acting, directory, &text, Errno::Exist)?.make_directory(&acting)
    }

    fn remove_directory(&mut self, directory: &Directory, path: &[u8]) -> Result<()> {
        let (text, acting) = (Text::new(path)?, directory.act());
        let otherwise = if text.last() == Last::Dot {
            Errno::Inval
        } else {
            Errno::NotEmpty
        };
        parent(&acting, directory, &text, otherwise)?.remove_directory(&acting)
    }

    fn unlink(&mut self, directory: &Directory, path: &[u8]) -> Result<()> {
        let (text, acting) = (Text::new(path)?, directory.act());
        parent(&acting, directory, &text, Errno::IsDir)?.unlink(&acting)
    }

    fn link(&mut self, from: (&Directory, &[u8]), to: (&Directory, &[u8])) -> Result<()> {
        let (old, new) = (Text::new(from.1)?, Text::new(to.1)?);
        let acting = both(from.0, to.0)?;
        let place = Place::find(&acting, from.0, &old, Lookup::new(false))?;
        place.link(&acting, &parent(&acting, to.0, &new, Errno::Exist)?)
    }

    fn rename(&mut self, from: (&Directory, &[u8]), to: (&Directory, &[u8])) -> Result<()> {
        let (old, new) = (Text::new(from.1)?, Text::new(to.1)?);
        let acting = both(from.0, to.0)?;
        let old = parent(&acting, from.0, &old, Errno::Busy)?;
        old.rename(&acting, &parent(&acting, to.0, &new, Errno::Busy)?)
    }

    fn symlink(&mut self, target: &[u8], directory: &Directory, path: &[u8]) -> Result<()> {
        let (target, text) = (Text::new(target)?, Text::new(path)?);
        let acting = directory.act();
        parent(&acting, directory, &text, Errno::Exist)?.make_link(&acting, &target)
    }

    fn read_link(&mut self, directory: &Directory, path: &[u8], into: &mut [u8]) -> Result<usize> {
        let (text, acting) = (Text::new(path)?, directory.act());
        Place::find(&acting, directory, &text, Lookup::new(false))?.read_link(&acting, into)
    }

    fn set_size(&mut self, file: &Object, size: u64) -> Result<()> {
        file.set_size(size)
    }

    fn set_times(&mut self, file: &Object, accessed: SetTime, modified: SetTime) -> Result<()> {
        file.set_times(&[accessed.into(), modified.into()])
    }

    fn allocate(&mut self, file: &Object, offset: u64, len: u64) -> Result<()> {
        file.allocate(offset, len)
    }

    fn advise(&mut self, file: &Object, offset: u64, len: u64, advice: Advice) -> Result<()> {
        // Linux numbers two of them the other way round.
        let advice = match advice {
            Advice::Normal => 0,
            Advice::Random => 1,
            Advice::Sequential => 2,
            Advice::WillNeed => 3,
            Advice::DontNeed => 4,
            Advice::NoReuse => 5,
        };
        file.advise(offset, len, advice)
    }
}

/// Acts for both directories. `Xdev` if different grantors gave them: no one of them has said yes to both ends, and programs that see two
/// file systems copy, each end by its own right.
fn both<'a>(from: &'a Directory, to: &Directory) -> Result<Acting<'a>> {
    if from.is_granted_as(to) {
        Ok(from.act())
    } else {
        Err(Errno::Xdev)
    }
}
