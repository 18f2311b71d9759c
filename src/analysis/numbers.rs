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
    bare(&fixed(value, 3))
}

/// At most two decimals, none that say nothing: `12`, `3.75`.
pub fn short(value: f64) -> String {
    bare(&fixed(value, 2))
}

fn bare(text: &str) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
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
    format!("{value:.decimals$}").replace('-', "−")
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
}
