//! Medians and quantiles, as the learners use them: of a column with gaps, and of a growing set.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Median of the finite values; `None` without one.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut known: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    known.sort_unstable_by(f64::total_cmp);
    quantile(&known, 0.5)
}

/// Quantile of sorted values by linear interpolation between order statistics (Hyndman & Fan, 1996, type 7).
/// `None` of nothing.
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last index")]
    let below = place.floor() as usize;
    let low = *sorted.get(below)?;
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    Some(low + (place - below as f64) * (high - low))
}

/// Orders finite numbers in a heap.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The median of everything taken so far, in two heaps: a row costs O(log n).
#[derive(Debug, Default)]
pub(super) struct RunningMedian {
    /// The lower half, its largest on top; as many as above, or one more.
    lower: BinaryHeap<Ordered>,
    upper: BinaryHeap<Reverse<Ordered>>,
}

impl RunningMedian {
    /// Takes a value; one that is not finite is left out.
    pub(super) fn take(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.lower.push(Ordered(value));
        if let Some(most) = self.lower.pop() {
            self.upper.push(Reverse(most));
        }
        if self.upper.len() > self.lower.len()
            && let Some(Reverse(least)) = self.upper.pop()
        {
            self.lower.push(least);
        }
    }

    /// How many values were taken.
    pub(super) fn len(&self) -> usize {
        self.lower.len() + self.upper.len()
    }

    /// The median; `None` before the first value.
    pub(super) fn median(&self) -> Option<f64> {
        let below = self.lower.peek()?.0;
        match self.upper.peek() {
            Some(Reverse(above)) if self.upper.len() == self.lower.len() => Some(f64::midpoint(below, above.0)),
            _ => Some(below),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_values_do_not_move_the_median() {
        assert_eq!(median([f64::NAN, 3.0, 1.0, f64::NAN]), Some(2.0));
        assert_eq!(median([f64::NAN]), None);
    }

    #[test]
    fn a_quantile_lies_between_its_neighbours() {
        let sorted = [1.0, 2.0, 4.0];
        assert_eq!(quantile(&sorted, 0.75), Some(3.0));
        assert_eq!(quantile(&sorted, 1.0), Some(4.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn the_running_median_is_the_median_of_what_came_so_far() {
        let values: Vec<f64> = (0..300).map(|i| f64::from((i * 7919) % 101)).collect();
        let mut running = RunningMedian::default();
        for (i, value) in values.iter().enumerate() {
            running.take(*value);
            assert_eq!(running.median(), median(values[..=i].iter().copied()));
        }
        running.take(f64::NAN);
        assert_eq!(running.len(), 300);
    }
}
