//! How figures are written for people: one way everywhere, with a true minus sign.

/// Volts with at least four decimals and three significant digits: `0.0130`, `0.000512`.
pub fn volts(value: f64) -> String {
    fixed(value, decimals(value))
}

/// The same with its sign: `+0.0017`, `−0.0006`.
pub fn signed_volts(value: f64) -> String {
    let text = volts(value);
    if value >= 0.0 { format!("+{text}") } else { text }
}

/// A signed percentage with one decimal: `+11.6 %`.
pub fn percent(value: f64) -> String {
    let sign = if value >= 0.0 { "+" } else { "" };
    format!("{sign}{} %", fixed(value, 1))
}

/// Ohm without decimals: `980`.
pub fn ohms(value: f64) -> String {
    fixed(value, 0)
}

/// A position with three decimals at most: `−0.236`, `340`.
pub fn position(value: f64) -> String {
    bare(fixed(value, 3))
}

/// At most two decimals, none that say nothing: `12`, `3.75`.
pub fn short(value: f64) -> String {
    bare(fixed(value, 2))
}

fn bare(mut text: String) -> String {
    let kept = text.trim_end_matches('0').trim_end_matches('.').len();
    text.truncate(kept);
    text
}

fn decimals(value: f64) -> usize {
    match value.abs() {
        size if size >= 0.001 || size == 0.0 => 4,
        size if size >= 0.0001 => 5,
        size if size >= 0.000_01 => 6,
        _ => 7,
    }
}

fn fixed(value: f64, decimals: usize) -> String {
    let size = value.abs();
    let sign = if value.is_sign_negative() && !value.is_nan() { "−" } else { "" };
    match whole(size) {
        // A whole figure, as ohm and limits often are, is what the general way takes longest for.
        Some(size) if decimals == 0 => format!("{sign}{size}"),
        Some(size) => format!("{sign}{size}.{:0<decimals$}", ""),
        None => format!("{sign}{size:.decimals$}"),
    }
}

/// A figure without a fraction, as far as every whole number has a figure of its own.
fn whole(size: f64) -> Option<u64> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded in this line")]
    (size < MOST && size.fract() == 0.0).then_some(size as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_on_the_drawing_board() {
        assert_eq!(volts(0.013), "0.0130");
        assert_eq!(volts(0.000_512), "0.00051");
        assert_eq!(signed_volts(0.0017), "+0.0017");
        assert_eq!(signed_volts(-0.0006), "−0.00060");
        assert_eq!(percent(11.62), "+11.6 %");
        assert_eq!(position(-0.236_13), "−0.236");
        assert_eq!(position(340.0), "340");
    }

    #[test]
    fn a_whole_figure_is_written_as_any_other() {
        let wholes = [0.0, -0.0, 1.0, -12.0, 980.0, -1e15, 9_007_199_254_740_991.0, 9_007_199_254_740_992.0, -1e22];
        let others = [0.5, -0.4, 1.5, 2.5, -0.04, 12.34, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        for value in wholes.into_iter().chain(others) {
            for decimals in 0..8 {
                let plainly = format!("{value:.decimals$}").replace('-', "−");
                assert_eq!(fixed(value, decimals), plainly, "{value:?} with {decimals} decimals");
            }
        }
    }
}
