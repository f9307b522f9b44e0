// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Damages modules: bit flips, truncations, splices, section swaps. Deterministic for a seed.

/// A generator of damaged modules.
#[derive(Clone, Debug)]
pub struct Mutator {
    state: u64,
}

impl Mutator {
    /// Begins a sequence.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number (SplitMix64).
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 if there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.number() % (bound.max(1) as u64)) as usize
    }

    /// One of `modules`, damaged in one or two ways. Empty if there are none.
    pub fn mutate(&mut self, modules: &[Vec<u8>]) -> Vec<u8> {
        let pick = self.below(modules.len());
        let Some(module) = modules.get(pick) else {
            return Vec::new();
        };
        let mut bytes = module.clone();
        for _ in 0..=self.below(4) / 2 {
            match self.below(8) {
                0 | 1 => self.flip(&mut bytes),
                2 => self.set(&mut bytes),
                3 => {
                    let len = self.below(bytes.len() + 1);
                    bytes.truncate(len);
                }
                4 => {
                    let donor = self.below(modules.len());
                    self.splice(&mut bytes, &modules[donor]);
                }
                5 => self.sections(&mut bytes),
                6 => self.insert(&mut bytes),
                _ => self.remove(&mut bytes),
            }
        }
        bytes
    }

    fn flip(&mut self, bytes: &mut [u8]) {
        let (at, bit) = (self.below(bytes.len()), self.below(8));
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << bit;
        }
    }

    /// Overwrites a byte with one that often matters: ends and continuations of numbers, opcodes, or anything.
    fn set(&mut self, bytes: &mut [u8]) {
        const TELLING: [u8; 12] = [
            0x00, 0x01, 0x7f, 0x80, 0xff, 0x0b, 0x40, 0x6f, 0x70, 0xfc, 0x11, 0x0e,
        ];
        let at = self.below(bytes.len());
        let value = TELLING
            .get(self.below(2 * TELLING.len()))
            .copied()
            .unwrap_or(self.number() as u8);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
    }

    /// Replaces a range by a range of another module.
    fn splice(&mut self, bytes: &mut Vec<u8>, donor: &[u8]) {
        let (from, to) = self.range(bytes.len(), 64);
        let (donor_from, donor_to) = self.range(donor.len(), 64);
        bytes.splice(from..to, donor[donor_from..donor_to].iter().copied());
    }

    fn insert(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let count = 1 + self.below(8);
        let new: Vec<u8> = (0..count).map(|_| self.number() as u8).collect();
        bytes.splice(at..at, new);
    }

    fn remove(&mut self, bytes: &mut Vec<u8>) {
        let (from, to) = self.range(bytes.len(), 16);
        bytes.drain(from..to);
    }

    /// Swaps, doubles or drops whole sections.
    fn sections(&mut self, bytes: &mut Vec<u8>) {
        let Some((header, mut sections)) = split(bytes) else {
            return;
        };
        let (a, b) = (self.below(sections.len()), self.below(sections.len()));
        match self.below(3) {
            _ if sections.is_empty() => return,
            0 => sections.swap(a, b),
            1 => sections.insert(b, sections[a].clone()),
            _ => drop(sections.remove(a)),
        }
        *bytes = header;
        bytes.extend(sections.into_iter().flatten());
    }

    /// A range of at most `most` within `len`.
    fn range(&mut self, len: usize, most: usize) -> (usize, usize) {
        let from = self.below(len + 1);
        (from, from + self.below((len - from).min(most) + 1))
    }
}

/// Header and sections (each with its head), if the sections' lengths add up.
fn split(bytes: &[u8]) -> Option<(Vec<u8>, Vec<Vec<u8>>)> {
    let (header, mut rest) = (bytes.get(..8)?, bytes.get(8..)?);
    let mut sections = Vec::new();
    while !rest.is_empty() {
        let mut len: usize = 0;
        let mut head = 1;
        loop {
            let byte = *rest.get(head)?;
            len |= usize::from(byte & 0x7f) << (7 * (head - 1));
            head += 1;
            match byte & 0x80 {
                0 => break,
                _ if head > 5 => return None,
                _ => {}
            }
        }
        let section = rest.get(..head.checked_add(len)?)?;
        sections.push(section.to_vec());
        rest = rest.get(section.len()..)?;
    }
    Some((header.to_vec(), sections))
}
