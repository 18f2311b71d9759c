//! What is sent is what a terminal shows, and no more than it takes.
#![allow(clippy::expect_used, reason = "a test may stop at the first thing that is wrong")]

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::*;

const SIZE: Rect = Rect { x: 0, y: 0, width: 24, height: 5 };

/// The bytes from one drawing to another.
fn change(before: &Buffer, after: &Buffer) -> String {
    let mut shown = Shown::nothing(SIZE.width, SIZE.height);
    shown.change(&canvas(before));
    shown.change(&canvas(after))
}

/// The same drawing, as the program holds it.
fn canvas(drawing: &Buffer) -> Canvas {
    let mut canvas = Canvas::blank(SIZE.width, SIZE.height);
    for (x, y) in (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (x, y))) {
        let cell = drawing.cell((x, y)).expect("a cell");
        match cell.symbol().chars().collect::<Vec<_>>()[..] {
            [letter] => canvas.set(x, y, letter, cell.style()),
            _ => canvas.set_marked(x, y, cell.symbol(), cell.style()),
        }
    }
    assert_eq!(Buffer::from(&canvas), *drawing);
    canvas
}

fn drawing(texts: &[(u16, u16, String, u8)]) -> Buffer {
    let mut buffer = Buffer::empty(SIZE);
    for (x, y, text, style) in texts {
        let styles = [
            Style::new(),
            Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
            Style::new().add_modifier(Modifier::REVERSED),
            Style::new().fg(Color::LightYellow),
        ];
        let style = styles.get(usize::from(*style)).copied().unwrap_or_default();
        buffer.set_string(x % SIZE.width, y % SIZE.height, text, style);
    }
    buffer
}

fn shown(terminal: &vt100::Parser, buffer: &Buffer) -> Result<(), TestCaseError> {
    for y in 0..SIZE.height {
        for x in 0..SIZE.width {
            let (cell, wanted) = (terminal.screen().cell(y, x), buffer.cell((x, y)));
            let (Some(cell), Some(wanted)) = (cell, wanted) else { continue };
            let symbol = if cell.contents().is_empty() { " " } else { cell.contents() };
            if cell.is_wide_continuation() {
                continue;
            }
            prop_assert_eq!(symbol, wanted.symbol(), "at {} {}", x, y);
            prop_assert_eq!(cell.inverse(), wanted.modifier.contains(Modifier::REVERSED));
            if symbol != " " {
                prop_assert_eq!(cell.bold(), wanted.modifier.contains(Modifier::BOLD));
                prop_assert_eq!(cell.fgcolor() == vt100::Color::Idx(1), wanted.fg == Color::Red);
                prop_assert_eq!(cell.fgcolor() == vt100::Color::Idx(11), wanted.fg == Color::LightYellow);
            }
        }
    }
    Ok(())
}

/// Lines moved down or up, and nothing in their place, as lists do it.
fn moved(drawing: &Buffer, first: u16, end: u16, by: i16) -> Buffer {
    let mut moved = drawing.clone();
    for (x, y) in (first..end).flat_map(|y| (0..SIZE.width).map(move |x| (x, y))) {
        let from = y.checked_add_signed(-by).filter(|from| (first..end).contains(from));
        let cell = from.and_then(|from| drawing.cell((x, from))).cloned().unwrap_or_default();
        *moved.cell_mut((x, y)).expect("a cell") = cell;
    }
    moved
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_that_moved_are_where_they_should_be(
        texts in prop::collection::vec((0u16..24, 0u16..5, "[ a-z✓中]{6,22}", 0u8..4), 0..8),
        more in prop::collection::vec((0u16..24, 0u16..5, "[ a-z]{0,9}", 0u8..4), 0..2),
        (first, lines, by) in (0u16..4, 2u16..6, -4i16..5),
    ) {
        let before = drawing(&texts);
        let mut after = moved(&before, first, (first + lines).min(SIZE.height), by);
        for (x, y, text, _) in &more {
            after.set_string(*x, *y, text, Style::new());
        }
        let mut terminal = vt100::Parser::new(SIZE.height, SIZE.width, 0);
        terminal.process(change(&Buffer::empty(SIZE), &before).as_bytes());
        terminal.process(change(&before, &after).as_bytes());
        shown(&terminal, &after)?;
    }

    #[test]
    fn a_terminal_shows_exactly_the_drawing(
        one in prop::collection::vec((0u16..24, 0u16..5, "[ a-z✓░]{0,12}", 0u8..4), 0..8),
        two in prop::collection::vec((0u16..24, 0u16..5, "[ a-z✓中]{0,12}", 0u8..4), 0..8),
    ) {
        let mut terminal = vt100::Parser::new(SIZE.height, SIZE.width, 0);
        let (empty, one, two) = (Buffer::empty(SIZE), drawing(&one), drawing(&two));
        terminal.process(change(&empty, &one).as_bytes());
        shown(&terminal, &one)?;
        terminal.process(change(&one, &two).as_bytes());
        shown(&terminal, &two)?;
    }
}

#[test]
fn what_terminals_measure_differently_moves_nothing_beside_it_and_no_line_below() {
    let drawing = drawing(&[(0, 1, "a👍e\u{301}b".to_owned(), 0), (22, 2, "👍".to_owned(), 0)]);
    let sent = change(&Buffer::empty(SIZE), &drawing);
    assert!(sent.contains("a  \x1b[2;2H👍\x1b[2;4H \x1b[2;4He\u{301}\x1b[2;5Hb"), "{sent:?}");
    assert!(sent.ends_with("\x1b[3;23H  \x1b[3;23H?"), "{sent:?}");
}

/// What texts of their own styles take on an empty terminal.
fn sent(texts: &[(u16, u16, &str, Style)]) -> String {
    let mut drawing = Buffer::empty(SIZE);
    for (x, y, text, style) in texts {
        drawing.set_string(*x, *y, text, *style);
    }
    change(&Buffer::empty(SIZE), &drawing)
}

#[test]
fn what_is_on_already_is_not_said_again() {
    let (bold, red) = (Style::new().add_modifier(Modifier::BOLD), Style::new().fg(Color::Red));
    let sent = sent(&[(0, 1, "ab", bold), (2, 1, "cd", bold.fg(Color::Red)), (4, 1, "ef", red)]);
    assert_eq!(sent, "\x1b[2H\x1b[1mab\x1b[31mcd\x1b[;31mef\x1b[m");
}

#[test]
fn a_short_gap_is_written_in_the_style_that_follows_and_the_next_line_reached_from_the_one_above() {
    let (reversed, red) = (Style::new().add_modifier(Modifier::REVERSED), Style::new().fg(Color::Red));
    let sent = sent(&[(0, 0, "ab", reversed), (3, 0, "c", red), (9, 1, "d", red)]);
    assert_eq!(sent, "\x1b[H\x1b[7mab\x1b[;31m c\r\n\t d\x1b[m");
}

#[test]
fn tab_stops_are_the_short_way_to_what_stands_near_them() {
    let mut drawing = Buffer::empty(SIZE);
    for (x, y, letter) in [(0, 0, "a"), (15, 0, "b"), (0, 1, "c"), (21, 2, "d"), (9, 4, "e")] {
        drawing.set_string(x, y, letter, Style::new());
    }
    let sent = change(&Buffer::empty(SIZE), &drawing);
    assert_eq!(sent, "\x1b[Ha\t\t\x08b\r\nc\x1b[3;22Hd\r\n\r\n\t e", "behind the last stop there is no way back");
    let mut ink = drawing.clone();
    ink.set_string(8, 4, "ff", Style::new().add_modifier(Modifier::REVERSED));
    let without = ink.clone();
    ink.set_string(10, 4, "g", Style::new());
    assert_eq!(change(&without, &ink), "\x1b[5;11Hg", "no blank is written over ink");
}

#[test]
fn a_list_under_a_new_line_is_moved_and_so_is_one_that_scrolls_on() {
    let runs = ["8340-1 246 PASS", "6607 1102 FAIL 3/210", "7280-1 19 WARN", "1844202 7 UNTR", "9000 88123 ERR"];
    let row = |(y, run): (u16, &&str)| (0, y, (*run).to_owned(), 0);
    let list = |runs: &[&str]| drawing(&(1..).zip(runs).map(row).collect::<Vec<_>>());
    let (before, after) = (list(&runs[1..]), list(&runs[..4]));
    assert_eq!(change(&before, &after), "\x1b[2;5r\x1b[2H\x1bM\x1b[r\x1b[2H8340-1 246 PASS");
    assert_eq!(change(&after, &before), "\x1b[2;5r\x1b[5H\n\x1b[r\x1b[5H9000 88123 ERR");
    let other = list(&[runs[4], runs[1], runs[0], runs[2]]);
    assert!(!change(&before, &other).contains('r'), "one line is not worth it");
}

#[test]
fn nothing_changed_is_no_byte() {
    let drawing = drawing(&[(3, 2, "8340-1".to_owned(), 1)]);
    assert_eq!(change(&drawing, &drawing), "");
}
