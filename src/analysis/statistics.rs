//! Median and standard deviation, as the rest of this room uses them.

/// Median; the mean of the two middle values when their number is even. `None` of nothing.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle).copied()?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    sorted.get(middle - 1).map(|lower| (lower + upper) / 2.0)
}

/// Sample standard deviation (n − 1), two passes with the correction of Chan, Golub & `LeVeque` (1983): the
/// textbook Σx² − (Σx)²/n loses every digit on gradients with a large mean. `None` below two values.
pub(super) fn sample_deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let drift: f64 = values.iter().map(|v| v - mean).sum();
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    Some(((squares - drift * drift / n) / (n - 1.0)).max(0.0).sqrt())
}

/// Root mean square. `None` of nothing.
pub(super) fn root_mean_square(values: &[f64]) -> Option<f64> {
    let squares: f64 = values.iter().map(|v| v * v).sum();
    (!values.is_empty()).then(|| (squares / values.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median([4.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median([4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median([]), None);
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        let values = [1_000_000_000.2, 1_000_000_000.1, 1_000_000_000.3];
        let deviation = sample_deviation(&values).expect("three values");
        assert!((deviation - 0.1).abs() < 1e-7, "{deviation}");
    }
}
