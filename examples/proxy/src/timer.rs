// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Deadlines of many sessions on a wheel: setting a later one costs nothing, expiring one is O(1).

/// Width of a slot in milliseconds: the precision of all deadlines.
const TICK: u64 = 64;
/// Slots on the wheel. Deadlines beyond one turn are looked at once a turn.
const SLOTS: u64 = 512;

/// Keys by the time at which they are to be looked at.
#[derive(Debug)]
pub struct Wheel {
    slots: Vec<Vec<(u64, u64)>>,
    /// Tick up to which all slots have been emptied.
    tick: u64,
    entries: usize,
}

impl Wheel {
    /// A wheel that starts to turn at `now` milliseconds.
    pub fn new(now: u64) -> Self {
        let slots = (0..SLOTS).map(|_| Vec::new()).collect();
        Self {
            slots,
            tick: now / TICK,
            entries: 0,
        }
    }

    /// Has `key` looked at when `time` milliseconds have come.
    pub fn add(&mut self, time: u64, key: u64) {
        let tick = (time / TICK + 1).max(self.tick + 1);
        self.slots[(tick % SLOTS) as usize].push((tick, key));
        self.entries += 1;
    }

    /// Moves the keys whose time has come by `now` to `due`.
    pub fn turn(&mut self, now: u64, due: &mut Vec<u64>) {
        let target = now / TICK;
        let steps = (target.saturating_sub(self.tick)).min(SLOTS);
        for step in 1..=steps {
            let slot = &mut self.slots[((self.tick + step) % SLOTS) as usize];
            let before = slot.len();
            slot.retain(|&(tick, key)| {
                if tick <= target {
                    due.push(key);
                }
                tick > target
            });
            self.entries -= before - slot.len();
        }
        self.tick = self.tick.max(target);
    }

    /// Milliseconds from `now` until the wheel should be turned next; `None` when it is empty.
    pub fn wait(&self, now: u64) -> Option<u64> {
        if self.entries == 0 {
            return None;
        }
        let mut step = 1;
        while step < SLOTS && self.slots[((self.tick + step) % SLOTS) as usize].is_empty() {
            step += 1;
        }
        Some(((self.tick + step) * TICK).saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_comes_up_once_and_never_early() {
        let mut wheel = Wheel::new(1000);
        let times = [1000, 1001, 1064, 5000, 33_000, 34_000, 100_000];
        for (key, &time) in times.iter().enumerate() {
            wheel.add(time, key as u64);
        }
        let (mut now, mut seen) = (1000, vec![0; times.len()]);
        while let Some(wait) = wheel.wait(now) {
            now += wait.max(1);
            let mut due = Vec::new();
            wheel.turn(now, &mut due);
            for key in due {
                let time = times[key as usize];
                assert!(
                    now >= time && now <= time + 2 * TICK,
                    "{time} came up at {now}"
                );
                seen[key as usize] += 1;
            }
        }
        assert!(seen.iter().all(|&n| n == 1), "{seen:?}");
    }
}
