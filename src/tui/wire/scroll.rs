//! Lines that stand a little lower or higher than before, as those of a list do under a new one: the terminal moves them
//! itself, which takes a few bytes instead of a line's worth for each.
//!
//! DECSTBM, RI and a line feed, which a VT100 knows as well.

use std::fmt::Write as _;

use super::{Ink, Shown, Wire};
use crate::tui::canvas::Canvas;
use crate::tui::glyph::Glyph;

/// Furthest that lines are moved.
const FURTHEST: usize = 4;
/// So many lines that have changed say whether any has moved: as a rule none has.
const PROBES: usize = 6;
/// Bytes it takes, at most on a screen of less than a hundred lines: the margins, an address, steps of two bytes, and no
/// margins again.
const TAKEN: usize = 24;

/// Which way lines move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Down(usize),
    Up(usize),
}

impl Direction {
    fn lines(self) -> usize {
        match self {
            Self::Down(lines) | Self::Up(lines) => lines,
        }
    }

    /// Where a line stood that stands at `y` now.
    fn before(self, y: usize) -> Option<usize> {
        match self {
            Self::Down(lines) => y.checked_sub(lines),
            Self::Up(lines) => y.checked_add(lines),
        }
    }
}

/// Lines that move: those from `first` on, but for `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scroll {
    first: usize,
    end: usize,
    direction: Direction,
}

/// Two drawings, line by line.
struct Both<'a> {
    old: Vec<&'a [Glyph]>,
    new: Vec<&'a [Glyph]>,
}

impl Both<'_> {
    /// In how many cells a line differs from one that is shown, or from none.
    fn differing(&self, y: usize, shown: Option<usize>) -> usize {
        let new = self.new.get(y).copied().unwrap_or_default();
        match shown.and_then(|shown| self.old.get(shown)) {
            Some(old) => old.iter().zip(new).filter(|(old, new)| **old != new.as_seen()).count(),
            None => new.iter().filter(|glyph| !glyph.as_seen().is_blank()).count(),
        }
    }

    fn is_same(&self, y: usize, shown: Option<usize>) -> bool {
        let (Some(new), Some(old)) = (self.new.get(y), shown.and_then(|shown| self.old.get(shown))) else {
            return false;
        };
        old.iter().zip(*new).all(|(old, new)| *old == new.as_seen())
    }

    /// Lines with something on them that was not there before.
    fn changed(&self) -> Vec<usize> {
        let has_something =
            |y: usize| self.new.get(y).is_some_and(|new| new.iter().any(|glyph| !glyph.as_seen().is_blank()));
        let is_changed = |y: &usize| !self.is_same(*y, Some(*y)) && has_something(*y);
        (0..self.new.len()).filter(is_changed).collect()
    }

    /// What is worth moving.
    fn worth_moving(&self) -> Option<Scroll> {
        let changed = self.changed();
        let apart = (changed.len() / PROBES).max(1);
        let directions = (1..=FURTHEST).flat_map(|lines| [Direction::Down(lines), Direction::Up(lines)]);
        let has_moved = |direction: Direction, y: usize| self.is_same(y, direction.before(y));
        let direction = directions
            .into_iter()
            .find(|direction| changed.iter().step_by(apart).any(|y| has_moved(*direction, *y)))?;
        let moved = || changed.iter().copied().filter(|y| has_moved(direction, *y));
        let (first, last) = (moved().min()?, moved().max()?);
        let scroll = match direction {
            Direction::Down(lines) => Scroll { first: first - lines, end: last + 1, direction },
            Direction::Up(lines) => Scroll { first, end: last + 1 + lines, direction },
        };
        let all = scroll.first..scroll.end;
        let from = |y: usize| direction.before(y).filter(|before| all.contains(before));
        let without: usize = all.clone().map(|y| self.differing(y, Some(y))).sum();
        let with: usize = all.clone().map(|y| self.differing(y, from(y))).sum();
        (with + TAKEN < without).then_some(scroll)
    }
}

impl Shown {
    /// Moves lines that are to stand elsewhere, where that is worth it.
    pub(super) fn scroll(&mut self, drawing: &Canvas, wire: &mut Wire) {
        let width = usize::from(self.columns).max(1);
        let both = Both { old: self.glyphs.chunks(width).collect(), new: drawing.rows().collect() };
        let Some(scroll) = both.worth_moving() else { return };
        wire.scroll(scroll);
        let moved = scroll.direction.lines() * width;
        let lines = self.glyphs.get_mut(scroll.first * width..scroll.end * width).unwrap_or_default();
        let stay = lines.len().saturating_sub(moved);
        let bare = match scroll.direction {
            Direction::Down(_) => {
                lines.copy_within(..stay, moved);
                lines.get_mut(..moved)
            }
            Direction::Up(_) => {
                lines.copy_within(moved.., 0);
                lines.get_mut(stay..)
            }
        };
        bare.unwrap_or_default().fill(Glyph::BLANK);
    }
}

impl Wire {
    fn scroll(&mut self, Scroll { first, end, direction }: Scroll) {
        // A line that comes in from beyond the edge is erased in the style that is on.
        self.style(Ink::PLAIN);
        let _ = write!(self.out, "\x1b[{};{end}r", first + 1);
        let (line, step) = match direction {
            Direction::Down(_) => (first + 1, "\x1bM"),
            Direction::Up(_) => (end, "\n"),
        };
        let _ = write!(self.out, "\x1b[{line}H");
        self.out.extend(std::iter::repeat_n(step, direction.lines()));
        self.out.push_str("\x1b[r");
        // Terminals are not at one about where the cursor is now.
        self.at = None;
    }
}
