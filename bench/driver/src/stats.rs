// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Medians, spread, ratios.

use serde::Serialize;

/// Samples with the number of the round that each was taken in.
#[derive(Clone, Debug, Default)]
pub struct Series(Vec<(usize, f64)>);

impl Series {
    /// Appends a sample; rounds are numbered upwards.
    pub fn push(&mut self, round: usize, sample: f64) {
        self.0.push((round, sample));
    }

    /// What they come to, each multiplied by `factor`.
    pub fn stats(&self, factor: f64) -> Option<Stats> {
        Stats::of(self.0.iter().map(|(_, sample)| sample * factor).collect())
    }

    /// The median of the ratios to the samples that `other` has of the same rounds. What slows a whole round down, as a neighbour on the
    /// same processor does, cancels out.
    pub fn over(&self, other: &Self) -> Option<f64> {
        let of_round = |round| {
            let at = other.0.binary_search_by_key(&round, |&(round, _)| round);
            at.ok().map(|at| other.0[at].1)
        };
        let ratios = self
            .0
            .iter()
            .filter_map(|&(round, sample)| Some(sample / of_round(round)?));
        Some(Stats::of(ratios.collect())?.median)
    }
}

/// What many samples of one thing come to.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Stats {
    /// Median.
    pub median: f64,
    /// Lower quartile.
    pub q1: f64,
    /// Upper quartile.
    pub q3: f64,
    /// Least.
    pub min: f64,
    /// 99th percentile.
    pub p99: f64,
    /// How many there were.
    pub samples: usize,
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * at.fract()
}

impl Stats {
    /// Of at least one sample.
    pub fn of(mut samples: Vec<f64>) -> Option<Self> {
        samples.sort_by(f64::total_cmp);
        let min = *samples.first()?;
        Some(Self {
            median: quantile(&samples, 0.5),
            q1: quantile(&samples, 0.25),
            q3: quantile(&samples, 0.75),
            min,
            p99: quantile(&samples, 0.99),
            samples: samples.len(),
        })
    }

    /// The distance of the quartiles over the median.
    pub fn spread(&self) -> f64 {
        (self.q3 - self.q1) / self.median
    }
}

/// The geometric mean; `None` of nothing.
pub fn geomean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.into_iter().fold((0.0, 0u32), |(sum, count), value| {
        (sum + value.ln(), count + 1)
    });
    (count > 0).then(|| (sum / f64::from(count)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_of_five() {
        let stats = Stats::of(vec![5.0, 1.0, 3.0, 2.0, 4.0]).expect("samples");
        assert_eq!(
            (stats.min, stats.q1, stats.median, stats.q3),
            (1.0, 2.0, 3.0, 4.0)
        );
        assert!((stats.spread() - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let series = |samples: &[(usize, f64)]| Series(samples.to_vec());
        // All of round 1 took ten times as long.
        let own = series(&[(0, 1.0), (1, 10.0), (2, 1.0), (3, 1.5)]);
        let other = series(&[(0, 2.0), (1, 20.0), (3, 2.0), (4, 1.0)]);
        assert_eq!(own.over(&other), Some(0.5));
        assert_eq!(own.over(&Series::default()), None);
        assert_eq!(own.stats(2.0).map(|stats| stats.median), Some(2.5));
    }

    #[test]
    fn nothing_has_no_statistics() {
        assert!(Stats::of(Vec::new()).is_none());
        assert!(geomean([]).is_none());
        assert!((geomean([2.0, 8.0]).expect("values") - 4.0).abs() < 1e-12);
    }
}
