//! Where a rising function crosses zero.

/// Steps after which the bracket is taken as it is; each about halves it at worst.
const STEPS: usize = 60;

/// The place between `low` and `high` where `f`, which rises, crosses zero, to within `tolerance` of the argument.
///
/// `None` when it does not cross there, or is not a number. Source: the Illinois variant of the false position, M. Dowell
/// and P. Jarratt, BIT 11 (1971).
pub fn crossing(mut f: impl FnMut(f64) -> f64, low: f64, high: f64, tolerance: f64) -> Option<f64> {
    let (mut low, mut high) = (low, high);
    let (mut at_low, mut at_high) = (f(low), f(high));
    if at_low.is_nan() || at_high.is_nan() || at_low > 0.0 || at_high < 0.0 {
        return None;
    }
    let mut last = 0;
    for _ in 0..STEPS {
        if high - low < tolerance || at_high - at_low <= 0.0 {
            break;
        }
        let middle = (low * at_high - high * at_low) / (at_high - at_low);
        let at_middle = f(middle);
        if at_middle.abs() < 1e-10 {
            return Some(middle);
        }
        if at_middle < 0.0 {
            at_high = if last == -1 { at_high / 2.0 } else { at_high };
            (low, at_low, last) = (middle, at_middle, -1);
        } else {
            at_low = if last == 1 { at_low / 2.0 } else { at_low };
            (high, at_high, last) = (middle, at_middle, 1);
        }
    }
    Some(if at_high.abs() < at_low.abs() { high } else { low })
}

/// As [`crossing`], looked for upwards from `low` in strides; `None` when nothing crosses before `most`.
pub fn crossing_above(mut f: impl FnMut(f64) -> f64, low: f64, stride: f64, most: f64, tolerance: f64) -> Option<f64> {
    let mut from = low;
    while from < most {
        let to = from + stride;
        if f(to) >= 0.0 {
            return crossing(f, from, to, tolerance);
        }
        from = to;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_is_found_and_a_missing_one_is_said_to_be_missing() {
        let found = crossing(|x| x.exp() - 5.0, 0.0, 4.0, 1e-9).expect("ln 5");
        assert!((found - 5_f64.ln()).abs() < 1e-8, "{found}");
        assert_eq!(crossing(|x| x + 1.0, 0.0, 4.0, 1e-9), None);
        let far = crossing_above(|x| x * x - 50.0, 1.0, 0.5, 20.0, 1e-9).expect("√50");
        assert!((far - 50_f64.sqrt()).abs() < 1e-8, "{far}");
    }
}
