//! Figures of a track as the lines that say them.

use super::pen::{Span, span};
use crate::analysis::{JudgedTrack, RiskCategory, Status, position, short, volts};
use crate::history::{FileFacts, LogOutcome};
use crate::trim::PositionUnit;
use crate::tui::search::test_word;
use crate::tui::symbols::Symbols;
use crate::tui::theme::{Role, Theme};

/// `✗ FAIL`.
pub(super) fn status(symbols: Symbols, status: Status) -> Span {
    span(format!("{} {}", symbols.status(status), status.word()), Theme::status(status))
}

/// Sigma with its threshold and who gave it.
pub(super) fn sigma(track: &JudgedTrack, unit: PositionUnit) -> Vec<Span> {
    let Some(value) = track.figures.and_then(|figures| figures.sigma) else {
        return vec![span("sigma not known", Role::Quiet)];
    };
    let mut line = vec![span(format!("{} V/{}", four(value), unit.symbol()), Role::Text)];
    if let Some(threshold) = &track.threshold {
        let said = match threshold.source.word() {
            "formula" => "formula 12·spec/L".to_owned(),
            _ => threshold.source.label(),
        };
        line.push(span(format!("   limit {}  {said}", four(threshold.value)), Role::Quiet));
    }
    line
}

/// Three significant digits at least.
pub(super) fn four(value: f64) -> String {
    if value.abs() >= 0.01 { format!("{value:.4}") } else { format!("{value:.6}") }
}

/// r as a bar that is full at its limit.
pub(super) fn roughness(track: &JudgedTrack, width: usize) -> Vec<Span> {
    let Some(r) = track.figures.and_then(|figures| figures.r) else { return Vec::new() };
    let Some(limit) = track.r_limit() else { return vec![span(format!("r {r:.1}"), Role::Text)] };
    let share = (r / limit).clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the width")]
    let full = (share * width as f64).round() as usize;
    let role = if r > limit { Role::Warning } else { Role::Text };
    vec![
        span(format!("r {r:.1} "), role),
        span("▕", Role::Quiet),
        span("█".repeat(full), role),
        span(" ".repeat(width - full.min(width)), Role::Quiet),
        span("▏", Role::Quiet),
        span(format!(" {}", short(limit)), Role::Quiet),
    ]
}

/// `r before the cut 22.1`.
pub(super) fn roughness_before(track: &JudgedTrack) -> Option<String> {
    let r = track.untrimmed.as_ref()?.r?;
    track.trimmed.then(|| format!("r before the cut {r:.1}"))
}

/// Probability, category and who says so.
pub(super) fn risk(track: &JudgedTrack) -> Vec<Span> {
    match &track.risk {
        Some(risk) => vec![
            span(format!("{:.2} {}", risk.probability, risk.category.word()), risk_role(risk.category)),
            span(format!("   {}", risk.method.word()), Role::Quiet),
        ],
        None => vec![span("no risk without a graded trim", Role::Quiet)],
    }
}

/// The role of a risk.
pub(super) fn risk_role(category: RiskCategory) -> Role {
    match category {
        RiskCategory::Low => Role::Text,
        RiskCategory::Medium => Role::Warning,
        RiskCategory::High => Role::Outside,
    }
}

/// Position, error and limits of a point under the cursor.
pub(super) fn readout(at: (f64, f64), limits: Option<(f64, f64)>, unit: PositionUnit) -> Vec<Span> {
    let (x, e) = at;
    let mut line = vec![span(
        format!("x {} {}  e {}", position(x), unit.symbol(), crate::analysis::signed_volts(e)),
        Role::Cursor,
    )];
    match limits {
        Some((lower, upper)) => {
            line.push(span(format!("  limits {} … {}", volts(lower), volts(upper)), Role::Text));
            let outside = e > upper || e < lower;
            line.push(if outside { span("  outside", Role::Outside) } else { span("  inside", Role::Pass) });
        }
        None => line.push(span("  not graded here", Role::Quiet)),
    }
    line
}

/// How a file ended, for the log: word, role and the reason.
pub(super) fn outcome(symbols: Symbols, outcome: &LogOutcome) -> (String, Role, String) {
    match outcome {
        LogOutcome::Run { status, .. } => {
            let role = match status.as_str() {
                "FAIL" | "ERROR" => Role::Outside,
                "PASS" => Role::Pass,
                "UNTRIMMED" => Role::Untrimmed,
                _ => Role::Warning,
            };
            (status.clone(), role, "new run".to_owned())
        }
        LogOutcome::Revision { what, .. } => ("revision".to_owned(), Role::Text, what.clone()),
        LogOutcome::Duplicate { .. } => {
            ("duplicate".to_owned(), Role::Quiet, "the very same content is there already".to_owned())
        }
        LogOutcome::Skipped { reason } => ("skipped".to_owned(), Role::Quiet, reason.clone()),
        LogOutcome::Failed { cause } => {
            (format!("{} ERROR", symbols.status(Status::Error)), Role::Outside, cause.clone())
        }
        LogOutcome::Excluded { reason, by, .. } => ("excluded".to_owned(), Role::Text, format!("{reason} ({by})")),
        LogOutcome::Included { reason, by, .. } => ("counts again".to_owned(), Role::Text, format!("{reason} ({by})")),
        LogOutcome::Learning { what, failed, by } => {
            ("model".to_owned(), if *failed { Role::Warning } else { Role::Text }, format!("{what} ({by})"))
        }
        LogOutcome::Alarmed { sentence, .. } => ("alarm".to_owned(), Role::Outside, sentence.clone()),
        LogOutcome::Acknowledged { sentence, cause, note, by, .. } => {
            let note = if note.is_empty() { String::new() } else { format!(", {note}") };
            ("acknowledged".to_owned(), Role::Text, format!("{cause}{note} ({by}): {sentence}"))
        }
        LogOutcome::Regraded { what, .. } => ("rules".to_owned(), Role::Warning, what.clone()),
        LogOutcome::NewBaseline { of, from, reason, by } => {
            ("baseline".to_owned(), Role::Text, format!("new for {of} from {from}: {reason} ({by})"))
        }
        LogOutcome::Tested { passed, note, by, .. } => {
            let role = match passed {
                Some(true) => Role::Pass,
                Some(false) => Role::Outside,
                None => Role::Text,
            };
            (test_word(*passed).to_owned(), role, format!("{note} ({by})").trim_start().to_owned())
        }
    }
}

/// The file's name.
pub(super) fn file_name(file: &FileFacts) -> &str {
    file.name()
}

/// `100,000`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1_000, 12_345, 100_000].map(thousands).join(" "), "0 999 1,000 12,345 100,000");
    }
}
