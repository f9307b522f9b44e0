// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The supervisor: one thread per worker, each inside RUN of its own store.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Write},
    os::fd::AsFd,
    path::PathBuf,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc, Mutex,
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use libwasmk::{
    sys::process::{block_signals, raise_to_process, take_inherited, wait_signal},
    uapi::device::StoreState,
    Device, Outcome,
};
use serde_json::{json, Value};

use super::{
    directory::{tail, Claim},
    user::User,
    Ready,
};
use crate::{
    cli::LoadArgs,
    cmd::arguments,
    denials::Denials,
    grants::{Grants, Streams, Usual},
    hint,
    notes::Notes,
    problem::Problem,
    report::Report,
    session::{deadline, load, require_program, Plan, Session},
    wasm::{Description, Program},
};

/// How long `load` waits for the workers to enter their programs.
const START_LIMIT: Duration = Duration::from_secs(30);
/// A worker that ends within this time of its start fails the `load`.
const GRACE: Duration = Duration::from_millis(400);
const POLL: Duration = Duration::from_millis(2);
/// Most of a log that is quoted in an error, in bytes.
const QUOTE: u64 = 1024;
const SIGNALS: [i32; 3] = [libc::SIGTERM, libc::SIGINT, libc::SIGHUP];

/// Sets everything up, reports to `load`, and serves until all workers have ended.
pub fn supervise(args: &LoadArgs) -> Result<Report, Problem> {
    let ready = args.ready_fd.and_then(take_inherited);
    let Some(ready) = ready.map(File::from) else {
        return Err(Problem::usage("use `wasmctl load`"));
    };
    let tell = |answer: &Ready| tell(ready, answer);
    let deadline_ns = deadline(args.limits.timeout);
    let mut service = match prepare(args) {
        Ok(service) => service,
        Err(problem) => {
            return tell(&Ready::Failed {
                problem,
                left: None,
            })
        }
    };
    let shared = match service.start(deadline_ns) {
        Ok(shared) => shared,
        Err(problem) => {
            return tell(&Ready::Failed {
                problem,
                left: Some(service.name),
            });
        }
    };
    service.write_record("running", &shared);
    if let Err(problem) = shared.wait_until_serving(&service) {
        shared.end_all();
        return tell(&Ready::Failed {
            problem,
            left: Some(service.name),
        });
    }
    service
        .detach()
        .map_err(|error| Problem::io("log", &error))?;
    tell(&Ready::Serving {
        text: service.text(),
        record: service.record("running", &shared),
    })?;
    shared.serve();
    service.notes.end();
    remove(&service.socket_files);
    service.write_record("ended", &shared);
    Ok(Report::default())
}

/// Writes the one answer that `load` reads, and lets go of the pipe it came through.
fn tell(mut ready: File, answer: &Ready) -> Result<Report, Problem> {
    let text = serde_json::to_string(answer).unwrap_or_default();
    ready
        .write_all(text.as_bytes())
        .map_err(|error| Problem::io("load", &error))?;
    Ok(Report::default())
}

fn remove(files: &[PathBuf]) {
    for file in files {
        let _ = std::fs::remove_file(file);
    }
}

/// A service that is set up.
struct Service {
    name: String,
    file: String,
    user: User,
    claim: Claim,
    description: Arc<Description>,
    sessions: Vec<Arc<Session>>,
    /// All workers'.
    notes: Arc<Notes>,
    socket_files: Vec<PathBuf>,
    fixed: Value,
    hint: Option<String>,
}

/// Does everything that needs privileges or can go wrong.
fn prepare(args: &LoadArgs) -> Result<Service, Problem> {
    let user = User::parse(&args.user)?;
    let program = Program::read(args.file())?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => crate::cli::service_name(&Program::stem(args.file())).map_err(|why| {
            Problem::usage(format!(
                "the file's name is no name for a service ({why}); use --name"
            ))
        })?,
    };
    let device = Device::open()?;
    let module = load(&device, &program, &name, &args.limits)?;
    let description = program.describe()?;
    require_program(&description, &program.file)?;
    let claim = Claim::take(&name)?;
    let grants = match Grants::open(&args.grants) {
        Ok(grants) => grants,
        Err(problem) => {
            claim.abandon();
            return Err(problem);
        }
    };
    let socket_files: Vec<PathBuf> = grants.socket_files().map(Into::into).collect();
    let sessions = claim.write_module(&program.bytes).and_then(|()| {
        let null = File::open("/dev/null").map_err(|error| Problem::io("/dev/null", &error))?;
        let arguments: Vec<OsString> = arguments(args.file(), args.args());
        let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
        let usual = [
            (null.as_fd(), stdin.as_fd()),
            (claim.log.as_fd(), stdout.as_fd()),
            (claim.log.as_fd(), stderr.as_fd()),
        ];
        let usual = usual.map(|(stream, inherited)| Usual { stream, inherited });
        let streams = Streams::open(&args.grants.streams, usual)?;
        let log = claim.log.try_clone();
        let log = log.map_err(|error| Problem::io("log", &error))?;
        let notes = Notes::new(move |text| note(&log, text));
        let sessions: Result<Vec<_>, Problem> = (0..args.workers)
            .map(|worker| {
                Session::new(&Plan {
                    device: &device,
                    module: &module,
                    file: &program.file,
                    label: &name,
                    worker,
                    limits: &args.limits,
                    grants: &grants,
                    args: &arguments,
                    streams: &streams,
                    notes: Arc::clone(&notes),
                })
                .map(Arc::new)
            })
            .collect();
        Ok((sessions?, notes))
    });
    let (sessions, notes) = match sessions {
        Ok(sessions) => sessions,
        Err(problem) => {
            remove(&socket_files);
            claim.abandon();
            return Err(problem);
        }
    };
    let mut fixed = json!({
        "name": name,
        "file": std::path::absolute(args.file()).unwrap_or_else(|_| args.file().to_owned()).display().to_string(),
        "pid": std::process::id(),
        "workers": args.workers,
        "user": args.user,
        "listen": grants.listening(),
        "connect": grants.dialing(),
        "args": args.args().iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>(),
        "ids": sessions.iter().map(|session| session.store.id()).collect::<Vec<_>>(),
        "started": SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
        "socket_files": socket_files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
    });
    if let (Some(fixed), Value::Object(paths)) = (fixed.as_object_mut(), grants.paths()) {
        fixed.extend(paths);
    }
    let hint = hint::missing(&description, &args.grants, args.args());
    Ok(Service {
        name,
        file: program.file,
        user,
        claim,
        description: Arc::new(description),
        sessions,
        notes,
        socket_files,
        fixed,
        hint,
    })
}

impl Service {
    /// Gives up privileges and starts the workers.
    fn start(&mut self, deadline_ns: Option<u64>) -> Result<Arc<Shared>, Problem> {
        // Fails only if we lead a session already, which is as good.
        let _ = rustix::process::setsid();
        std::env::set_current_dir("/").map_err(|error| Problem::io("/", &error))?;
        self.user.become_now()?;
        block_signals(&SIGNALS).map_err(|error| Problem::io("signals", &error))?;
        let log = self
            .claim
            .log
            .try_clone()
            .map_err(|error| Problem::io("log", &error))?;
        let shared = Arc::new(Shared {
            sessions: self.sessions.clone(),
            ended: Mutex::new(Vec::new()),
            running: AtomicUsize::new(self.sessions.len()),
            log,
        });
        for (worker, session) in self.sessions.iter().enumerate() {
            let (shared, session, description, file) = (
                Arc::clone(&shared),
                Arc::clone(session),
                Arc::clone(&self.description),
                self.file.clone(),
            );
            let work = move || {
                let outcome = session.run_program(&description, deadline_ns);
                shared.ended(worker, ending(outcome, &file));
            };
            thread::Builder::new()
                .name(format!("worker-{worker}"))
                .spawn(work)
                .map_err(|error| Problem::io("cannot start a worker", &error))?;
        }
        Ok(shared)
    }

    fn record(&self, state: &str, shared: &Shared) -> Value {
        let mut record = self.fixed.clone();
        if let Some(object) = record.as_object_mut() {
            object.insert("state".into(), json!(state));
            object.insert("ended".into(), json!(shared.endings()));
        }
        record
    }

    /// What each worker was refused.
    fn denials(&self) -> Vec<Denials> {
        (0..)
            .zip(&self.sessions)
            .map(|(worker, session)| session.denials(&self.name, worker))
            .collect()
    }

    fn write_record(&mut self, state: &str, shared: &Shared) {
        if state == "ended" {
            // The stores end with us, and what they know with them.
            let denied = self.denials().into_iter().flat_map(|denials| denials.list);
            let denied = json!(denied.collect::<Vec<_>>());
            if let Err(error) = self.claim.write_denied(&denied) {
                shared.note(&format!("cannot write what was refused: {error}"));
            }
        }
        let record = self.record(state, shared);
        if let Err(error) = self.claim.write_record(&record) {
            shared.note(&format!("cannot write the record: {error}"));
        }
    }

    /// What `load` prints.
    fn text(&self) -> String {
        let mut text = format!(
            "{}: {} worker{}",
            self.name,
            self.sessions.len(),
            if self.sessions.len() == 1 { "" } else { "s" }
        );
        for (key, what) in [("listen", "listening on"), ("connect", "may connect to")] {
            let grants = self
                .fixed
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let addresses: Vec<&str> = grants
                .flat_map(|grant| {
                    grant
                        .get("addresses")
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten()
                })
                .filter_map(Value::as_str)
                .collect();
            if !addresses.is_empty() {
                text.push_str(&format!(", {what} {}", addresses.join(" ")));
            }
        }
        let directories = self.fixed.get("directories").and_then(Value::as_array);
        for directory in directories.into_iter().flatten() {
            let field = |key: &str| {
                directory
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            text.push_str(&format!(
                ", with {} as {} ({})",
                field("host"),
                field("guest"),
                field("rights")
            ));
        }
        text
    }

    /// Moves our own streams away from `load`'s; what the guests were given of them they keep.
    fn detach(&self) -> io::Result<()> {
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        rustix::stdio::dup2_stdout(&self.claim.log)?;
        rustix::stdio::dup2_stderr(&self.claim.log)?;
        Ok(())
    }
}

/// Writes a line of ours to a service's log.
fn note(mut log: &File, text: &str) {
    let _ = log.write_all(format!("wasmctl: {text}\n").as_bytes());
}

/// How a worker ended, for the log and the record.
struct Ending {
    text: String,
    problem: Option<Problem>,
}

fn ending(outcome: Result<Outcome, Problem>, file: &str) -> Ending {
    let problem = match outcome {
        Ok(Outcome::Returned(_) | Outcome::Exited(0)) => {
            return Ending {
                text: "ended".into(),
                problem: None,
            }
        }
        Ok(Outcome::Exited(code)) => Problem::new("exit", format!("exit code {code}"))
            .about(file)
            .with_status((code & 255) as u8),
        Ok(Outcome::Trapped(trap)) => Problem::trap(&trap, file),
        Ok(Outcome::Deadline) => Problem::deadline(file),
        Ok(Outcome::Killed) => Problem::killed(file),
        Err(problem) if problem.kind == "dead" => Problem::killed(file),
        Err(problem) => problem,
    };
    Ending {
        text: problem.message.clone(),
        problem: Some(problem),
    }
}

/// What the workers and the main thread share.
struct Shared {
    sessions: Vec<Arc<Session>>,
    ended: Mutex<Vec<(usize, Ending)>>,
    running: AtomicUsize,
    log: File,
}

impl Shared {
    fn note(&self, text: &str) {
        note(&self.log, text);
    }

    /// A worker has ended; the last one wakes the main thread.
    fn ended(&self, worker: usize, ending: Ending) {
        self.note(&format!("worker {worker}: {}", ending.text));
        self.endings_mut().push((worker, ending));
        if self.running.fetch_sub(1, Ordering::AcqRel) == 1 {
            let _ = raise_to_process(libc::SIGTERM);
        }
    }

    fn endings_mut(&self) -> std::sync::MutexGuard<'_, Vec<(usize, Ending)>> {
        self.ended
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn endings(&self) -> Vec<Value> {
        self.endings_mut()
            .iter()
            .map(|(worker, ending)| json!({ "worker": worker, "how": ending.text }))
            .collect()
    }

    /// Returns once every worker is inside its program, and stays there for a moment.
    fn wait_until_serving(&self, service: &Service) -> Result<(), Problem> {
        let begin = Instant::now();
        let mut all_since = None;
        loop {
            // Asked before the endings: who has ended by now has said how.
            let over = self.running.load(Ordering::Acquire) == 0;
            let failed = self
                .endings_mut()
                .iter_mut()
                .find_map(|(_, ending)| ending.problem.clone());
            if let Some(mut problem) = failed {
                let log = tail(&service.claim.log, QUOTE);
                let log = log
                    .lines()
                    .filter(|line| !line.starts_with("wasmctl: "))
                    .collect::<Vec<_>>()
                    .join("\n");
                if !log.is_empty() {
                    problem.message = format!("{}; it wrote:\n{log}", problem.message);
                }
                let refused = service.denials();
                let refused = refused.iter().flat_map(|denials| &denials.list).last();
                return Err(match hint::with_denial(service.hint.clone(), refused) {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                });
            }
            let all = self.sessions.iter().all(|session| {
                // A parked store is inside its program, too; an idle one may have ended well already.
                session
                    .store
                    .info()
                    .is_ok_and(|entry| entry.state != StoreState::Idle as u32)
            });
            if all || over {
                let since = *all_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= GRACE || over {
                    return Ok(());
                }
            }
            if begin.elapsed() > START_LIMIT {
                return Err(
                    Problem::new("busy", "the workers did not start in time").about(&service.file)
                );
            }
            thread::sleep(POLL);
        }
    }

    /// Waits for the last worker; a signal ends all of them.
    fn serve(&self) {
        while self.running.load(Ordering::Acquire) > 0 {
            match wait_signal(&SIGNALS) {
                Ok(signal) if self.running.load(Ordering::Acquire) > 0 => {
                    self.note(&format!("signal {signal}: ending"));
                    self.kill_all();
                }
                Ok(_) => {}
                Err(error) => {
                    self.note(&format!("cannot wait for signals: {error}"));
                    self.kill_all();
                    thread::sleep(GRACE);
                }
            }
        }
    }

    fn kill_all(&self) {
        for session in &self.sessions {
            if let Err(error) = session.store.kill() {
                self.note(&format!("cannot kill a worker: {error}"));
            }
        }
    }

    /// Kills everything and waits until it is over.
    fn end_all(&self) {
        self.kill_all();
        let begin = Instant::now();
        while self.running.load(Ordering::Acquire) > 0 && begin.elapsed() < START_LIMIT {
            thread::sleep(POLL);
        }
    }
}
