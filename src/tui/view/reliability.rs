//! Reliability: what a model said against what came, ten bars.

use super::card::Line;
use super::pen::{right, span};
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
            let said = right(symbols, &format!("{:.2}", bin.predicted), 6);
            let bar = bar(bin.observed, Some(bin.predicted), room);
            let came = right(symbols, &format!("{:.2}", bin.observed), 6);
            let tracks = right(symbols, &super::words::thousands(bin.count), 9);
            line.push(span(format!("{said} {bar}{came}{tracks}"), Role::Text));
        }
        lines.push(line);
    }
    lines
}

/// A share of a width between its ends, with a mark at another share. Its ends are no quieter than the rest: every change of
/// style costs a slow line as much as a figure.
pub(super) fn bar(share: f64, mark: Option<f64>, width: usize) -> String {
    let inside = width.saturating_sub(2);
    let full = cells(share, inside);
    let mark = mark.map(|mark| cells(mark, inside).min(inside.saturating_sub(1)));
    let cell = |at: usize| match mark {
        Some(mark) if mark == at => '│',
        _ if at < full => '█',
        _ => ' ',
    };
    ["▕".to_owned(), (0..inside).map(cell).collect(), "▏".to_owned()].concat()
}

/// A share of a width as a bar without ends.
pub(super) fn ink(share: f64, width: usize) -> String {
    "█".repeat(cells(share, width))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the width")]
fn cells(share: f64, width: usize) -> usize {
    ((share.clamp(0.0, 1.0) * width as f64).round() as usize).min(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_has_its_width_whatever_it_shows() {
        for share in [0.0, 0.31, 0.5, 1.0, 7.0, f64::NAN] {
            for mark in [None, Some(0.0), Some(0.5), Some(1.0)] {
                for width in [2, 3, 12, 40] {
                    let text = bar(share, mark, width);
                    assert!(text.chars().count() == width || width == 2, "{text} {share} {mark:?}");
                }
            }
        }
        assert_eq!(bar(0.5, Some(0.2), 12), "▕██│██     ▏");
    }
}
