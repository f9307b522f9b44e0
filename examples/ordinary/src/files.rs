// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Files and directories.

use std::{
    fs::{self, File, FileTimes, OpenOptions},
    io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write},
    path::Path,
    time::{Duration, SystemTime},
};

use crate::{ensure, Outcome};

/// Everything `std::fs` does on this target, in the directory `dir`, which is empty before and after.
pub fn run(dir: &Path) -> Outcome {
    contents(dir)?;
    names(dir)?;
    directories(dir)?;
    errors(dir)?;
    ensure!(fs::read_dir(dir)?.count() == 0);
    println!("nothing is left");
    Ok(())
}

/// What is written is read; positions, appending, lengths, times.
fn contents(dir: &Path) -> Outcome {
    let path = dir.join("a file");
    let mut file = File::create_new(&path)?;
    file.write_all(b"one\ntwo\nthree\n")?;
    file.sync_all()?;
    drop(file);
    ensure!(fs::read_to_string(&path)? == "one\ntwo\nthree\n");
    let lines: Result<Vec<String>, _> = BufReader::new(File::open(&path)?).lines().collect();
    ensure!(lines? == ["one", "two", "three"]);
    println!("written and read");

    let mut file = OpenOptions::new().append(true).open(&path)?;
    file.write_all(b"four\n")?;
    drop(file);
    let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
    ensure!(file.seek(SeekFrom::End(-5))? == 14);
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    ensure!(text == "four\n");
    file.seek(SeekFrom::Start(4))?;
    file.write_all(b"TWO")?;
    ensure!(file.stream_position()? == 7);
    file.set_len(8)?;
    file.rewind()?;
    text.clear();
    file.read_to_string(&mut text)?;
    ensure!(text == "one\nTWO\n");
    println!("appended, sought, overwritten, cut");

    let time = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 123_456_789);
    file.set_times(FileTimes::new().set_modified(time).set_accessed(time))?;
    let metadata = file.metadata()?;
    ensure!(metadata.is_file() && metadata.len() == 8);
    ensure!(metadata.modified()? == time);
    println!("as long and as old as it was made");

    let block: Vec<u8> = (0u32..1 << 20).map(|i| (i % 251) as u8).collect();
    fs::write(&path, &block)?;
    ensure!(fs::read(&path)? == block);
    println!("a megabyte comes back");
    fs::remove_file(&path)?;
    Ok(())
}

/// Renaming, linking, copying.
fn names(dir: &Path) -> Outcome {
    let [first, second, third] = ["first", "second", "third"].map(|name| dir.join(name));
    fs::write(&first, "text")?;
    fs::write(&second, "is replaced")?;
    fs::rename(&first, &second)?;
    ensure!(!first.try_exists()? && fs::read(&second)? == b"text");
    fs::hard_link(&second, &third)?;
    OpenOptions::new()
        .append(true)
        .open(&third)?
        .write_all(b" more")?;
    ensure!(fs::read(&second)? == b"text more");
    ensure!(fs::copy(&second, &first)? == 9);
    fs::remove_file(&second)?;
    ensure!(fs::read(&third)? == b"text more");
    println!("renamed, linked, copied");
    fs::remove_file(&first)?;
    fs::remove_file(&third)?;
    Ok(())
}

/// Directories, many entries, and whole trees.
fn directories(dir: &Path) -> Outcome {
    let tree = dir.join("tree");
    fs::create_dir_all(tree.join("a/b/c"))?;
    for number in 0..500 {
        File::create(tree.join(format!("a/entry {number}")))?;
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(tree.join("a"))? {
        let entry = entry?;
        ensure!(entry.file_type()?.is_dir() == (entry.file_name() == "b"));
        names.push(entry.file_name().into_string().map_err(|_| "not UTF-8")?);
    }
    names.sort();
    names.dedup();
    ensure!(names.len() == 501);
    println!("500 files and a directory are listed once each");
    ensure!(fs::remove_dir(&tree).is_err_and(|e| e.kind() == ErrorKind::DirectoryNotEmpty));
    ensure!(fs::metadata(tree.join("a/b/../b/./c"))?.is_dir());
    fs::remove_dir_all(&tree)?;
    println!("a tree is removed");
    Ok(())
}

/// What must fail, fails as it should.
fn errors(dir: &Path) -> Outcome {
    let file = dir.join("file");
    fs::write(&file, "")?;
    let kind = |result: std::io::Result<()>| result.err().map(|error| error.kind());
    let missing = File::open(dir.join("missing")).map(drop);
    ensure!(kind(missing) == Some(ErrorKind::NotFound));
    ensure!(kind(File::create_new(&file).map(drop)) == Some(ErrorKind::AlreadyExists));
    ensure!(kind(fs::read_dir(&file).map(drop)) == Some(ErrorKind::NotADirectory));
    ensure!(File::open(file.join("below")).is_err());
    fs::remove_file(&file)?;
    println!("mistakes are refused");
    Ok(())
}

/// A path that was not granted can be neither read nor listed nor made.
pub fn outside(path: &Path) -> Outcome {
    ensure!(File::open(path).is_err());
    ensure!(fs::metadata(path).is_err());
    ensure!(fs::read_dir(path).is_err());
    ensure!(File::create(path).is_err());
    ensure!(fs::create_dir(path).is_err());
    println!("it cannot be reached");
    Ok(())
}
