// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Upstream addresses in turn, and idle connections to them.

use crate::stream::Stream;

/// Most upstream addresses one proxy uses.
pub const MAX_ADDRESSES: usize = 64;

/// A connection to an upstream.
#[derive(Debug)]
pub struct Upstream<H> {
    /// The connection.
    pub stream: Stream<H>,
    /// The token its events come under.
    pub token: u64,
    /// Number of its address.
    pub address: usize,
    /// Whether it has served an exchange before.
    pub reused: bool,
}

#[derive(Debug)]
struct Address<H> {
    /// Idle connections and when they became so, in milliseconds; the one used last comes last.
    idle: Vec<(u64, Upstream<H>)>,
    /// Passed over until this time, in milliseconds.
    down_until: u64,
}

/// All upstream addresses.
#[derive(Debug)]
pub struct Upstreams<H> {
    addresses: Vec<Address<H>>,
    next: usize,
    keep: usize,
}

/// The addresses that one exchange has tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tried(u64);

impl Tried {
    fn has(self, address: usize) -> bool {
        (self.0 >> address) & 1 == 1
    }
}

impl<H> Upstreams<H> {
    /// `count` addresses (of which [`MAX_ADDRESSES`] are used), with up to `keep` idle connections each.
    pub fn new(count: usize, keep: usize) -> Self {
        let count = count.min(MAX_ADDRESSES);
        let addresses = (0..count)
            .map(|_| Address {
                idle: Vec::new(),
                down_until: 0,
            })
            .collect();
        Self {
            addresses,
            next: 0,
            keep,
        }
    }

    /// The next address in turn that `tried` does not have, and notes it there. Addresses that could not be reached lately
    /// come last.
    pub fn pick(&mut self, tried: &mut Tried, now: u64) -> Option<usize> {
        let count = self.addresses.len();
        let turn = |i| (self.next + i) % count;
        let left = |&address: &usize| !tried.has(address);
        let up = |&address: &usize| self.addresses[address].down_until <= now;
        let found = (0..count).map(turn).filter(left).find(up);
        let found = found.or_else(|| (0..count).map(turn).find(left))?;
        tried.0 |= 1 << found;
        self.next = (found + 1) % count;
        Some(found)
    }

    /// Passes over `address` until `time`.
    pub fn mark_down(&mut self, address: usize, time: u64) {
        self.addresses[address].down_until = time;
    }

    /// Notes that `address` could be reached.
    pub fn mark_up(&mut self, address: usize) {
        self.addresses[address].down_until = 0;
    }

    /// The idle connection to `address` that was used last.
    pub fn take_idle(&mut self, address: usize) -> Option<Upstream<H>> {
        self.addresses[address]
            .idle
            .pop()
            .map(|(_, upstream)| upstream)
    }

    /// Keeps a connection that is idle from `now` on, or answers it back when there are enough.
    pub fn give_idle(&mut self, upstream: Upstream<H>, now: u64) -> Option<Upstream<H>> {
        let idle = &mut self.addresses[upstream.address].idle;
        if idle.len() >= self.keep {
            return Some(upstream);
        }
        idle.push((now, upstream));
        None
    }

    /// The idle connection to `address` with events under `token`.
    pub fn remove_idle(&mut self, address: usize, token: u64) -> Option<Upstream<H>> {
        let idle = &mut self.addresses.get_mut(address)?.idle;
        let at = idle
            .iter()
            .position(|(_, upstream)| upstream.token == token)?;
        Some(idle.remove(at).1)
    }

    /// Since when the connection that has been idle longest is so.
    pub fn oldest(&self) -> Option<u64> {
        self.addresses
            .iter()
            .filter_map(|a| Some(a.idle.first()?.0))
            .min()
    }

    /// Takes the connections that have been idle since `time` or longer.
    pub fn take_older(&mut self, time: u64) -> Vec<Upstream<H>> {
        let mut old = Vec::new();
        for address in &mut self.addresses {
            let count = address.idle.partition_point(|&(since, _)| since <= time);
            old.extend(address.idle.drain(..count).map(|(_, upstream)| upstream));
        }
        old
    }

    /// Number of idle connections.
    pub fn idle(&self) -> usize {
        self.addresses.iter().map(|a| a.idle.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_turns_and_passes_over_what_is_down() {
        let mut upstreams = Upstreams::<()>::new(3, 1);
        let mut pick = |now, down: Option<usize>| {
            if let Some(address) = down {
                upstreams.mark_down(address, now + 10);
            }
            upstreams.pick(&mut Tried::default(), now)
        };
        assert_eq!(
            [pick(0, None), pick(0, None), pick(0, None)],
            [Some(0), Some(1), Some(2)]
        );
        assert_eq!(
            [pick(0, Some(0)), pick(0, None), pick(0, None)],
            [Some(1), Some(2), Some(1)]
        );
        assert_eq!([pick(10, None), pick(10, None)], [Some(2), Some(0)]);
    }

    #[test]
    fn each_address_is_tried_once_even_if_all_are_down() {
        let mut upstreams = Upstreams::<()>::new(2, 1);
        upstreams.mark_down(0, 100);
        upstreams.mark_down(1, 100);
        let mut tried = Tried::default();
        assert!(upstreams.pick(&mut tried, 0).is_some());
        assert!(upstreams.pick(&mut tried, 0).is_some());
        assert_eq!(upstreams.pick(&mut tried, 0), None);
        assert_eq!(
            Upstreams::<()>::new(0, 1).pick(&mut Tried::default(), 0),
            None
        );
    }
}
