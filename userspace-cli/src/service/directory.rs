// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A service's directory: claiming, finding and removing it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::{
        fd::OwnedFd,
        unix::fs::{MetadataExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use libwasmk::{uapi::device::StoreEntry, Device};
use rustix::{
    event::{poll, PollFd, PollFlags, Timespec},
    fs::{flock, FlockOperation},
    process::{kill_process, pidfd_open, Pid, PidfdFlags, Signal},
};
use serde_json::Value;

use crate::problem::Problem;

/// Environment variable that names another directory than [`DEFAULT_BASE`], for tests and unprivileged use.
const BASE_VARIABLE: &str = "WASMK_RUN_DIR";
const DEFAULT_BASE: &str = "/run/wasmk";
/// How long `unload` waits for a supervisor before it kills it.
const PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(5);

fn base() -> PathBuf {
    std::env::var_os(BASE_VARIABLE).map_or_else(|| DEFAULT_BASE.into(), PathBuf::from)
}

/// A service that exists, running or ended.
#[derive(Clone, Debug)]
pub struct Service {
    name: String,
    path: PathBuf,
}

/// The supervisor's hold on a service; while it is open, the name is taken.
#[derive(Debug)]
pub struct Claim {
    /// The service.
    pub service: Service,
    pid: File,
    record: File,
    /// What was refused, written at the end. Only for whoever loaded the service, as the kernel has it.
    denied: File,
    /// The log, for appending.
    pub log: File,
}

impl Service {
    /// Finds a service by name. `not-found` if there is none.
    pub fn find(name: &str) -> Result<Self, Problem> {
        let missing = || {
            Problem::new("not-found", "there is no such service")
                .about(name)
                .hint("see: wasmctl ps")
        };
        if name.is_empty() || name.contains('/') || name.starts_with('.') {
            return Err(missing());
        }
        let path = base().join(name);
        if !path.join("pid").exists() {
            return Err(missing());
        }
        Ok(Self {
            name: name.into(),
            path,
        })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its log is.
    pub fn log_path(&self) -> PathBuf {
        self.path.join("log")
    }

    /// Where its module is.
    pub fn module_path(&self) -> PathBuf {
        self.path.join("module.wasm")
    }

    /// Its record.
    pub fn record(&self) -> Result<Value, Problem> {
        self.json("service.json")
    }

    /// What it was refused, once it has ended; else nothing.
    pub fn denied(&self) -> Result<Value, Problem> {
        self.json("denied.json")
    }

    /// What a file of its says; nothing if it is empty.
    fn json(&self, file: &str) -> Result<Value, Problem> {
        let path = self.path.join(file);
        let text =
            fs::read_to_string(&path).map_err(|error| Problem::io(path.display(), &error))?;
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text)
            .map_err(|error| Problem::new("io", format!("{}: {error}", path.display())))
    }

    /// Whether its supervisor lives.
    pub fn is_alive(&self) -> bool {
        File::open(self.path.join("pid"))
            .is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared).is_err())
    }

    /// The supervisor's process id.
    fn pid(&self) -> Option<Pid> {
        fs::read_to_string(self.path.join("pid"))
            .ok()?
            .trim()
            .parse()
            .ok()
            .and_then(Pid::from_raw)
    }

    /// Ends the service, waits until it is gone, and removes its directory and sockets.
    pub fn unload(self) -> Result<(), Problem> {
        // Taken before anything ends, so that the number cannot mean another process; it may be too late already.
        let process = self
            .pid()
            .filter(|_| self.is_alive())
            .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        if self.is_alive() {
            self.end()?;
        }
        if let Some(process) = process {
            wait_for_exit(&process);
        }
        let sockets = self.record().ok();
        let sockets = sockets
            .iter()
            .filter_map(|record| record.get("socket_files")?.as_array())
            .flatten()
            .filter_map(Value::as_str);
        for socket in sockets {
            let _ = fs::remove_file(socket);
        }
        fs::remove_dir_all(&self.path).map_err(|error| Problem::io(self.path.display(), &error))
    }

    fn end(&self) -> Result<(), Problem> {
        let pid = self.pid();
        self.kill_stores(pid)?;
        if let Some(pid) = pid {
            // The supervisor ends when its workers have; the signal is for one that is still setting up.
            let _ = kill_process(pid, Signal::TERM);
        }
        let begin = Instant::now();
        let mut killed = false;
        while self.is_alive() {
            let waited = begin.elapsed();
            if waited > PATIENCE && !killed {
                killed = true;
                if let Some(pid) = pid {
                    kill_process(pid, Signal::KILL).map_err(|error| {
                        Problem::io("kill the supervisor", &error.into()).about(&self.name)
                    })?;
                }
            }
            if waited > 2 * PATIENCE {
                return Err(Problem::new("busy", "its supervisor does not end").about(&self.name));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    fn kill_stores(&self, pid: Option<Pid>) -> Result<(), Problem> {
        let Some(pid) = pid else { return Ok(()) };
        let device = Device::open()?;
        let ours = |entry: &StoreEntry| {
            let label = entry
                .label
                .split(|&byte| byte == 0)
                .next()
                .unwrap_or_default();
            label == self.name.as_bytes()
                && i32::try_from(entry.pid) == Ok(pid.as_raw_nonzero().get())
        };
        for entry in device.list()?.iter().filter(|entry| ours(entry)) {
            match device.kill_id(entry.id) {
                Ok(_) => {}
                Err(error) if error.errno == libc::ENOENT => {}
                Err(error) => return Err(Problem::from(error).about(&self.name)),
            }
        }
        Ok(())
    }
}

/// Waits until a process has let go of all its files. The lock goes first, the stores a moment later: only after the last thread's
/// exit can the kernel module be unloaded.
fn wait_for_exit(process: &OwnedFd) {
    let limit = Timespec::try_from(PATIENCE).ok();
    // An error or a timeout changes nothing: the service has ended.
    let _ = poll(&mut [PollFd::new(process, PollFlags::IN)], limit.as_ref());
}

/// Names of services that have ended and were not unloaded.
pub fn ended() -> Vec<String> {
    let Ok(entries) = fs::read_dir(base()) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Service::find(name).is_ok_and(|service| !service.is_alive()))
        .collect();
    names.sort();
    names
}

impl Claim {
    /// Takes the name for this process, replacing what an ended service left. `busy` if the service runs.
    pub fn take(name: &str) -> Result<Self, Problem> {
        let path = base().join(name);
        let service = Service {
            name: name.into(),
            path: path.clone(),
        };
        let failed =
            |path: &Path, error: &io::Error| Problem::io(path.display(), error).about(name);
        fs::create_dir_all(&path).map_err(|error| failed(&path, &error))?;
        let pid_path = path.join("pid");
        let pid = loop {
            let file = open(&pid_path).map_err(|error| failed(&pid_path, &error))?;
            if !lock(&file) {
                let pid = service.pid().map_or_else(String::new, |pid| {
                    format!(" (process {})", pid.as_raw_nonzero())
                });
                let problem =
                    Problem::new("busy", format!("a service of this name runs already{pid}"))
                        .about(name);
                return Err(problem.hint(format!(
                    "choose another with --name, or end it: wasmctl unload {name}"
                )));
            }
            // An `unload` may have removed what we have just locked.
            if is_at(&file, &pid_path) {
                break file;
            }
            fs::create_dir_all(&path).map_err(|error| failed(&path, &error))?;
        };
        let create = |file: &str, mode: u32| {
            let path = path.join(file);
            let _ = fs::remove_file(&path);
            OpenOptions::new()
                .create_new(true)
                .read(true)
                .append(true)
                .mode(mode)
                .open(&path)
                .map_err(|error| failed(&path, &error))
        };
        let log = create("log", 0o644)?;
        let record = create("service.json", 0o644)?;
        let denied = create("denied.json", 0o600)?;
        let mut claim = Self {
            service,
            pid,
            record,
            denied,
            log,
        };
        claim
            .write_pid()
            .map_err(|error| failed(&pid_path, &error))?;
        Ok(claim)
    }

    fn write_pid(&mut self) -> io::Result<()> {
        self.pid.set_len(0)?;
        self.pid.rewind()?;
        writeln!(self.pid, "{}", std::process::id())
    }

    /// Keeps the module for `inspect` and `invoke`.
    pub fn write_module(&self, wasm: &[u8]) -> Result<(), Problem> {
        let path = self.service.module_path();
        fs::write(&path, wasm).map_err(|error| Problem::io(path.display(), &error))
    }

    /// Replaces the record. Works after privileges are dropped, too.
    pub fn write_record(&mut self, record: &Value) -> io::Result<()> {
        self.record.set_len(0)?;
        writeln!(self.record, "{record}")
    }

    /// Keeps what was refused; also after privileges are dropped.
    pub fn write_denied(&mut self, denied: &Value) -> io::Result<()> {
        self.denied.set_len(0)?;
        writeln!(self.denied, "{denied}")
    }

    /// Removes the directory: the service never came to be.
    pub fn abandon(self) {
        let _ = fs::remove_dir_all(&self.service.path);
    }
}

/// Locks for this process. Tries for a moment: whoever asks whether a service lives holds the lock briefly.
fn lock(file: &File) -> bool {
    (0..10).any(|attempt| {
        if attempt > 0 {
            thread::sleep(POLL);
        }
        flock(file, FlockOperation::NonBlockingLockExclusive).is_ok()
    })
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o644)
        .open(path)
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Reads a whole file that may be appended to meanwhile, at most `limit` bytes from its end.
pub fn tail(mut file: &File, limit: u64) -> String {
    let mut data = Vec::new();
    let length = file.metadata().map_or(0, |data| data.len());
    let _ = file.seek(io::SeekFrom::Start(length.saturating_sub(limit)));
    let _ = file.take(limit).read_to_end(&mut data);
    String::from_utf8_lossy(&data).into_owned()
}
