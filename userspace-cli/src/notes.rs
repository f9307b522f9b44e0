// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What goes wrong while a program runs, for whoever runs it: each thing once, and at the end how often it came again. A program may
//! do the same in a loop, and must not fill a log with it.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

/// Most different texts; of what comes later only the number is told.
const TEXTS_MAX: usize = 32;

/// See the module. What is left to tell is told when it is dropped.
pub struct Notes {
    write: Box<dyn Fn(&str) + Send + Sync>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// What was told, and how often it came again.
    texts: Vec<(String, u64)>,
    /// How often something else came.
    others: u64,
}

impl Seen {
    /// Counts; true if this is to be told.
    fn is_new(&mut self, text: &str) -> bool {
        if let Some((_, again)) = self.texts.iter_mut().find(|(told, _)| told == text) {
            *again = again.saturating_add(1);
            return false;
        }
        if self.texts.len() == TEXTS_MAX {
            self.others = self.others.saturating_add(1);
            return false;
        }
        self.texts.push((text.into(), 0));
        true
    }
}

impl Notes {
    /// None yet; `write` writes a line.
    pub fn new(write: impl Fn(&str) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            write: Box::new(write),
            seen: Mutex::default(),
        })
    }

    /// On standard error.
    pub fn on_stderr() -> Arc<Self> {
        Self::new(|text| eprintln!("wasmctl: {text}"))
    }

    /// Notes something.
    pub fn note(&self, text: &str) {
        // Not written with the lock: that may wait.
        if self.with(|seen| seen.is_new(text)) {
            (self.write)(text);
        }
    }

    /// Tells what came more than once, and forgets everything.
    pub fn end(&self) {
        let seen = self.with(mem::take);
        for (text, again) in seen.texts {
            if again > 0 {
                (self.write)(&format!("{text} ({again} times more)"));
            }
        }
        if seen.others > 0 {
            (self.write)(&format!("{} failures of other kinds", seen.others));
        }
    }

    fn with<R>(&self, look: impl FnOnce(&mut Seen) -> R) -> R {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written when this is noted, and then at the end.
    fn written(texts: impl IntoIterator<Item = String>) -> (Vec<String>, Vec<String>) {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let notes = {
            let lines = Arc::clone(&lines);
            Notes::new(move |text| lines.lock().unwrap().push(text.to_owned()))
        };
        for text in texts {
            notes.note(&text);
        }
        let at_once = mem::take(&mut *lines.lock().unwrap());
        drop(notes);
        let at_end = mem::take(&mut *lines.lock().unwrap());
        (at_once, at_end)
    }

    #[test]
    fn each_thing_is_told_once_and_counted() {
        let texts = (0..1000).map(|n| ["none left", "too many"][n % 10 / 9].to_owned());
        let (at_once, at_end) = written(texts);
        assert_eq!(at_once, ["none left", "too many"]);
        let counted = ["none left (899 times more)", "too many (99 times more)"];
        assert_eq!(at_end, counted);
    }

    #[test]
    fn what_came_once_is_not_told_again() {
        let (at_once, at_end) = written(["none left".to_owned()]);
        assert_eq!((at_once.len(), at_end.len()), (1, 0));
    }

    #[test]
    fn texts_without_end_are_counted_only() {
        let (at_once, at_end) = written((0..1000).map(|n| n.to_string()));
        assert_eq!(at_once.len(), TEXTS_MAX);
        assert_eq!(at_end, ["968 failures of other kinds"]);
    }

    #[test]
    fn the_end_is_told_once() {
        let lines = Arc::new(Mutex::new(0));
        let notes = {
            let lines = Arc::clone(&lines);
            Notes::new(move |_| *lines.lock().unwrap() += 1)
        };
        notes.note("none left");
        notes.note("none left");
        notes.end();
        drop(notes);
        assert_eq!(*lines.lock().unwrap(), 2);
    }
}
