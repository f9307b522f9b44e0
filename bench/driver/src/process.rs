// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A runner's process, and how to talk to it.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command as Process, Stdio},
};

use crate::{
    options::Options,
    rows::{Command, Row},
};

/// A runner that is running. Ends with its input, when dropped.
pub struct Runner {
    /// Its row.
    pub row: &'static Row,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// The process that serves `row`; `kernel` is what native rows are about. `None` if there is none such.
fn process(options: &Options, row: &Row, kernel: Option<&str>) -> Option<Process> {
    let existing = |path: &Path| path.exists().then(|| Process::new(path));
    match row.command {
        Command::Runner(program, words) => {
            let mut process = existing(&options.runners.join(program))?;
            process.args(words).env("RAYON_NUM_THREADS", "1");
            Some(process)
        }
        Command::Node(words) => {
            let (program, script) = options.node.split_first()?;
            let mut process = Process::new(program);
            process.args(words).args(script);
            Some(process)
        }
        Command::Native(suffixes) => suffixes
            .iter()
            .find_map(|suffix| existing(&options.kernels.join(format!("{}.{suffix}", kernel?)))),
    }
}

impl Runner {
    /// Starts the runner of `row`. `Ok(None)` if the row cannot be had here.
    pub fn start(
        options: &Options,
        row: &'static Row,
        kernel: Option<&str>,
    ) -> Result<Option<Self>, String> {
        let Some(mut process) = process(options, row, kernel) else {
            return Ok(None);
        };
        process.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = process
            .spawn()
            .map_err(|error| format!("{}: {error}", row.name))?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or("a runner without output")?;
        Ok(Some(Self {
            row,
            child,
            input,
            output: BufReader::new(output),
        }))
    }

    /// Gives one command; the values of the answer.
    pub fn ask(&mut self, command: &str) -> Result<Vec<u64>, String> {
        let name = self.row.name;
        let gone = |error| format!("{name}: the runner is gone ({error}) after: {command}");
        let input = self.input.as_mut().ok_or("a runner without input")?;
        writeln!(input, "{command}").map_err(gone)?;
        input.flush().map_err(gone)?;
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(gone)?;
        let mut words = line.split_whitespace();
        match words.next() {
            Some("ok") => words
                .map(|word| {
                    word.parse()
                        .map_err(|_| format!("{name}: no number: {word}"))
                })
                .collect(),
            Some(_) => Err(format!("{name}: {command}: {}", line.trim())),
            None => Err(format!("{name}: the runner ended after: {command}")),
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        drop(self.input.take());
        // It ends by itself now; there is nobody to tell about failures.
        let _ = self.child.wait();
    }
}
