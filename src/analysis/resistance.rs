//! Resistance before and after the trim.

/// Resistances are believed between nothing and this, ohm.
const MAX_OHM: f64 = 1e7;

/// 100 (after − before)/before, percent; only when both are in (0, 1e7) ohm.
pub fn change_percent(before: Option<f64>, after: Option<f64>) -> Option<f64> {
    let (before, after) = (before.filter(|&r| is_believable(r))?, after.filter(|&r| is_believable(r))?);
    Some(100.0 * (after - before) / before)
}

/// Whether a resistance is a reading at all.
pub(super) fn is_believable(ohm: f64) -> bool {
    ohm > 0.0 && ohm < MAX_OHM
}

/// A change no laser makes: resistance only rises when material is cut, and never by half.
pub(super) fn is_flagged(change: f64) -> bool {
    !(0.0..=50.0).contains(&change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resistance_that_was_not_measured_has_no_change() {
        assert_eq!(change_percent(Some(1000.0), Some(1080.0)), Some(8.0));
        assert_eq!(change_percent(Some(0.0), Some(1080.0)), None);
        assert_eq!(change_percent(Some(1000.0), Some(1e7)), None);
        assert_eq!(change_percent(None, Some(1080.0)), None);
    }
}
