//! Run lengths of any chart on seeded streams of values.

use std::ops::Range;

use super::chance::Chance;

/// What the values of a stream are like, in chart sigmas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Values {
    /// Independent, normal, of standard deviation 1.
    Normal {
        /// Their mean; 0 in control.
        shift: f64,
    },
    /// Independent, exponential, with mean 0 and standard deviation 1: skewed to the right.
    Exponential,
    /// Normal of mean 0 and standard deviation 1, each resembling the one before.
    Autocorrelated {
        /// Lag-1 autocorrelation, 0 … 1.
        phi: f64,
    },
}

/// A stream of values.
struct Stream {
    values: Values,
    chance: Chance,
    before: Option<f64>,
}

impl Stream {
    fn next(&mut self) -> f64 {
        match self.values {
            Values::Normal { shift } => shift + self.chance.normal(),
            Values::Exponential => self.chance.exponential() - 1.0,
            Values::Autocorrelated { phi } => {
                let new = self.chance.normal();
                let value = self.before.map_or(new, |before| phi * before + (1.0 - phi * phi).sqrt() * new);
                self.before = Some(value);
                value
            }
        }
    }
}

/// Run lengths of some streams, summed so that parts can be put together in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunLengths {
    /// Streams.
    pub streams: u64,
    /// Streams that did not signal in the time they were given; their length counts as that time.
    pub cut: u64,
    sum: u64,
    squares: u128,
}

impl RunLengths {
    /// Runs the streams of these numbers until they signal, `longest` values at most.
    ///
    /// `start` gives a chart in its first state, a function from a value to whether it signals. A stream's values depend
    /// on the seed and its number alone, so parts of the numbers can be run anywhere.
    pub fn simulate<C: FnMut(f64) -> bool>(
        start: impl Fn() -> C,
        values: Values,
        numbers: Range<u64>,
        seed: u64,
        longest: u64,
    ) -> Self {
        let mut lengths = Self::default();
        for number in numbers {
            let mut stream = Stream { values, chance: Chance::new(seed, number), before: None };
            let mut chart = start();
            let length = (1..=longest).find(|_| chart(stream.next()));
            lengths.cut += u64::from(length.is_none());
            let length = length.unwrap_or(longest);
            lengths.streams += 1;
            lengths.sum += length;
            lengths.squares += u128::from(length) * u128::from(length);
        }
        lengths
    }

    /// These and others.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            streams: self.streams + other.streams,
            cut: self.cut + other.cut,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }

    /// Average run length, values; not a number of no stream.
    pub fn average(&self) -> f64 {
        self.sum as f64 / self.streams as f64
    }

    /// Standard error of the average, values.
    pub fn standard_error(&self) -> f64 {
        let n = self.streams as f64;
        let variance = (self.squares as f64 / n - self.average().powi(2)).max(0.0);
        (variance / n).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_that_signals_by_a_known_share_runs_its_reciprocal() {
        let chart = || |x: f64| x > 1.0;
        let lengths = RunLengths::simulate(chart, Values::Normal { shift: 0.0 }, 0..4_000, 1, 10_000);
        let expected = 1.0 / 0.158_655_25;
        assert!((lengths.average() - expected).abs() < 4.0 * lengths.standard_error(), "{}", lengths.average());
        assert_eq!(lengths.cut, 0);
    }

    #[test]
    fn parts_put_together_are_the_whole() {
        let run = |numbers| RunLengths::simulate(|| |x: f64| x > 1.0, Values::Exponential, numbers, 7, 50);
        assert_eq!(run(0..30).and(run(30..100)), run(0..100));
    }

    #[test]
    fn an_autocorrelated_stream_has_the_correlation_it_should_have() {
        let values = Values::Autocorrelated { phi: 0.6 };
        let mut stream = Stream { values, chance: Chance::new(1, 1), before: None };
        let values: Vec<f64> = (0..20_000).map(|_| stream.next()).collect();
        let product: f64 = values.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / 20_000.0;
        let square: f64 = values.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
        assert!((product / square - 0.6).abs() < 0.03 && (square - 1.0).abs() < 0.06);
    }
}
