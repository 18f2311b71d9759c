//! Reliability: what a model said against what came, ten bars.

use super::card::Line;
use super::pen::{Span, right, span};
use crate::learning::Card;
use crate::tui::symbols::Symbols;
use crate::tui::theme::Role;

/// Columns beside a bar: two shares and a count.
const FIGURES: usize = 23;

/// The bars with their figures; nothing where nothing is predicted.
pub(super) fn lines(symbols: Symbols, card: &Card, width: usize) -> Vec<Line> {
    if card.reliability.is_empty() {
        return Vec::new();
    }
    let room = width.saturating_sub(FIGURES).clamp(6, 42);
    let mut lines = vec![
        vec![span("Reliability: │ said, █ came", Role::Title)],
        vec![
            span(right(symbols, "SAID", 6), Role::Quiet),
            span(" ".repeat(room + 1), Role::Quiet),
            span(right(symbols, "CAME", 6), Role::Quiet),
            span(right(symbols, "TRACKS", 9), Role::Quiet),
        ],
    ];
    for (index, bin) in card.reliability.iter().enumerate() {
        let mut line = Vec::new();
        if bin.count == 0 {
            let from = index as f64 / card.reliability.len() as f64;
            line.push(span(right(symbols, &format!("{from:.1}+"), 6), Role::Quiet));
            line.push(span(" never said", Role::Quiet));
        } else {
            line.push(span(right(symbols, &format!("{:.2}", bin.predicted), 6), Role::Text));
            line.push(span(" ", Role::Text));
            line.extend(bar(bin.observed, Some(bin.predicted), room));
            line.push(span(right(symbols, &format!("{:.2}", bin.observed), 6), Role::Text));
            line.push(span(right(symbols, &super::words::thousands(bin.count), 9), Role::Quiet));
        }
        lines.push(line);
    }
    lines
}

/// A share of a width between its ends, with a mark at another share.
pub(super) fn bar(share: f64, mark: Option<f64>, width: usize) -> Vec<Span> {
    let inside = width.saturating_sub(2);
    let cells = |share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the width")]
        let cells = (share.clamp(0.0, 1.0) * inside as f64).round() as usize;
        cells.min(inside)
    };
    let full = cells(share);
    let mark = mark.map(|mark| cells(mark).min(inside.saturating_sub(1)));
    let filled = |from: usize, to: usize| {
        let ink = full.clamp(from, to.max(from)) - from;
        "█".repeat(ink) + &" ".repeat(to.saturating_sub(from + ink))
    };
    let mut spans = vec![span("▕", Role::Quiet)];
    match mark {
        Some(mark) => {
            spans.push(span(filled(0, mark), Role::Curve));
            spans.push(span("│", Role::Key));
            spans.push(span(filled(mark + 1, inside), Role::Curve));
        }
        None => spans.push(span(filled(0, inside), Role::Curve)),
    }
    spans.push(span("▏", Role::Quiet));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_has_its_width_whatever_it_shows() {
        for share in [0.0, 0.31, 0.5, 1.0, 7.0, f64::NAN] {
            for mark in [None, Some(0.0), Some(0.5), Some(1.0)] {
                for width in [2, 3, 12, 40] {
                    let text: String = bar(share, mark, width).into_iter().map(|(text, _)| text).collect();
                    assert!(text.chars().count() == width || width == 2, "{text} {share} {mark:?}");
                }
            }
        }
        let text: String = bar(0.5, Some(0.2), 12).into_iter().map(|(text, _)| text).collect();
        assert_eq!(text, "▕██│██     ▏");
    }
}
