// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Programs that know nothing of wasmk: third parties' (docs/programs.md), and ordinary ones of our own.

use std::{
    fs,
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use anyhow::{bail, Context, Result};

use super::Suite;
use crate::{
    check, check_eq,
    guest::{Cases, Outcome},
};

pub const SUITE: Suite = Suite {
    name: "programs",
    parameters: &[],
    memory: "2G",
    timeout: 1800,
    slabs: 8192,
    run,
};

/// Where the guest has its programs.
const EXAMPLES: &str = "/usr/share/wasmk/examples";

fn run(cases: &mut Cases) {
    cases.case("Rust's std: files, times, environment", rust_files);
    cases.case("Rust's std: what is not granted", rust_outside);
    cases.case("Rust's std: a listener by its number", rust_server);
    cases.case("wasi-libc: stdio, descriptors, links, directories", posix);
    cases.case("bzip2: its own vectors, and files", || {
        third_party("bzip2", 14)
    });
    cases.case("QuickJS: its own tests, and files", || {
        third_party("quickjs", 8)
    });
    cases.case("SQLite: a database, crashes, its own speedtest1", || {
        third_party("sqlite3", 10)
    });
}

/// Runs the script that checks a program; it says `ok` for each of `checks` things, and ends at the first that is not.
fn third_party(name: &str, checks: usize) -> Outcome {
    let output = Command::new("sh")
        .arg(format!("{EXAMPLES}/checks/{name}/check"))
        .stdin(Stdio::null())
        .output()
        .context("sh")?;
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    check!(
        output.status.success(),
        "{}: {text}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let passed = text.lines().filter(|line| line.starts_with("ok ")).count();
    check_eq!(passed, checks, "checks that passed");
    Ok(())
}

/// An empty directory of its own for a case.
fn directory(name: &str) -> Result<PathBuf> {
    let path = std::env::temp_dir().join(name);
    if path.exists() {
        fs::remove_dir_all(&path)?;
    }
    fs::create_dir(&path)?;
    Ok(path)
}

fn wasmctl(options: &[&str], program: &str, args: &[&str]) -> Command {
    let mut command = Command::new("wasmctl");
    command
        .arg("run")
        .args(options)
        .arg(format!("{EXAMPLES}/{program}.wasm"))
        .args(args);
    command
}

/// Runs a program that says that all is as it should be; its directory is `/data`.
fn well(dir: &Path, program: &str, args: &[&str]) -> Outcome {
    let grant = format!("{}::/data", dir.display());
    let options = ["--dir", &grant, "--env", "WHO=anybody"];
    let output = wasmctl(&options, program, args).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    check!(
        output.status.success() && text.ends_with("all as it should be\n"),
        "{}: {text}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn rust_files() -> Outcome {
    let dir = directory("ordinary")?;
    well(&dir, "ordinary", &["files", "/data"])?;
    check_eq!(fs::read_dir(&dir)?.count(), 0, "what is left");
    Ok(())
}

fn rust_outside() -> Outcome {
    let dir = directory("outside")?;
    for path in ["/etc/passwd", "/data/../etc/passwd", "/", "/data/.."] {
        well(&dir, "ordinary", &["outside", path]).context(path)?;
    }
    Ok(())
}

fn rust_server() -> Outcome {
    const ADDRESS: &str = "127.0.0.1:9105";
    let mut server = wasmctl(&["--listen", ADDRESS], "ordinary", &["serve", "3", "3"])
        .stdout(Stdio::piped())
        .spawn()?;
    let outcome = (0..3).try_for_each(|number| echo(ADDRESS, number * 50_000 + 1));
    if outcome.is_err() {
        server.kill()?;
    }
    let output = server.wait_with_output()?;
    outcome?;
    check_eq!(
        String::from_utf8_lossy(&output.stdout),
        "connection 1: 1 bytes\nconnection 2: 50001 bytes\nconnection 3: 100001 bytes\nall as it should be\n",
        "what it says"
    );
    Ok(())
}

/// Sends `size` bytes and expects them back.
fn echo(address: &str, size: usize) -> Outcome {
    let mut stream = connect(address)?;
    let sent: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
    let mut writer = stream.try_clone()?;
    let back = std::thread::scope(|scope| -> Result<Vec<u8>> {
        let thread = scope.spawn(|| {
            writer.write_all(&sent)?;
            writer.shutdown(Shutdown::Write)
        });
        let mut back = Vec::new();
        stream.read_to_end(&mut back)?;
        thread.join().expect("no panic")?;
        Ok(back)
    })?;
    check!(back == sent, "{} of {size} bytes come back", back.len());
    Ok(())
}

/// The listener is there a moment after the program is started.
fn connect(address: &str) -> Result<TcpStream> {
    for _ in 0..100 {
        if let Ok(stream) = TcpStream::connect(address) {
            return Ok(stream);
        }
        sleep(Duration::from_millis(100));
    }
    bail!("nobody listens on {address}")
}

fn posix() -> Outcome {
    let dir = directory("posix")?;
    well(&dir, "posix", &["/data"])?;
    check_eq!(fs::read_dir(&dir)?.count(), 0, "what is left");
    Ok(())
}
