//! Colours, chart markers and spellings, on every screen and with every overlay.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::collections::BTreeSet;

use crossterm::event::KeyCode;
use ratatui::style::{Color, Modifier};
use support::drift_app::{answer, opened, type_in};
use support::{buffer, fail, key, text};
use trimwatch::config::{Marker, Theme};
use trimwatch::tui::{App, Depth, Symbols};

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 16), (40, 12)];

/// Keys to every screen, pane and overlay.
const EVERYWHERE: [&str; 33] = [
    "",
    "\tz",
    "e",
    "/9",
    "/9\n",
    " ",
    "!",
    "?",
    "?pass",
    ":",
    ":the",
    "\n",
    "\n→",
    "\nX",
    "\no",
    "\nop",
    "3",
    "3\n←",
    "3\t\t←",
    "3\t\t\t",
    "3\t\t\t\t",
    "3a",
    "3a\t\n",
    "3b",
    "4",
    "4\t",
    "4t",
    "5",
    "5f",
    "5fx:y",
    "5\t",
    "6",
    "6?",
];

/// Every screen and overlay at every size, with hostile names on them.
fn everywhere(symbols: Symbols, mut see: impl FnMut(&App, &str)) {
    for size in SIZES {
        let mut start = opened(size, symbols);
        fail(&mut start, "Größe\u{1b}[2J 中文.xls", "déjà vu → 5 Ω, “ink” №7 ▇ 😀", 40);
        type_in(&mut start, "1⎋⎋");
        for keys in EVERYWHERE {
            let mut app = start.clone();
            type_in(&mut app, keys);
            see(&app, keys);
        }
    }
}

#[test]
fn ascii_means_ascii_on_every_screen_and_overlay() {
    everywhere(Symbols::Ascii, |app, keys| {
        let drawn = text(app);
        let beyond: BTreeSet<char> = drawn.chars().filter(|&c| c > '~' || c < ' ' && c != '\n').collect();
        assert!(beyond.is_empty(), "{:?} {keys:?} {beyond:?}\n{drawn}", app.size);
    });
}

#[test]
fn a_console_is_sent_only_what_its_font_has() {
    // The classic PC font, as far as the screens use it, and letters that names may hold.
    let font = "─│┌┐└┘├┤┬┴┼═►◄▲▼↑↓←→•○·█▄▌▐▀░√±×≤Ωσ°éàößGü¯";
    let names = "Größe中文déjà“ink”№😀";
    everywhere(Symbols::Console, |app, keys| {
        let drawn = text(app);
        let odd: BTreeSet<char> =
            drawn.chars().filter(|c| !c.is_ascii() && !font.contains(*c) && !names.contains(*c)).collect();
        assert!(odd.is_empty(), "{:?} {keys:?} {odd:?}\n{drawn}", app.size);
    });
}

#[test]
fn charts_are_drawn_with_the_marker_that_was_chosen() {
    for (marker, keys) in [(Marker::Half, "p"), (Marker::Dot, "pp"), (Marker::Ascii, "ppp")] {
        for (screen, to) in [("unit", "\n"), ("drift_units", "3\t\t"), ("drift_lots", "3\t")] {
            let mut app = opened((120, 40), Symbols::Unicode);
            type_in(&mut app, "1⎋⎋");
            type_in(&mut app, keys);
            assert_eq!(app.look.marker, marker);
            type_in(&mut app, to);
            app.toast = None;
            let drawn = text(&app);
            assert!(!drawn.chars().any(|c| ('\u{2800}'..='\u{28FF}').contains(&c)), "{marker:?} {to:?}\n{drawn}");
            if screen != "drift_lots" {
                insta::assert_snapshot!(format!("{screen}_with_{}_120x40", marker.word()), drawn);
            }
        }
    }
    let mut app = opened((120, 40), Symbols::Unicode);
    type_in(&mut app, "pppp");
    assert_eq!(app.look.marker, Marker::Braille, "round the end");
    assert!(text(&app).contains("charts drawn with braille"), "{}", text(&app));
}

#[test]
fn a_spelled_screen_has_one_marker_and_says_so() {
    let mut app = opened((120, 40), Symbols::Ascii);
    type_in(&mut app, "p");
    assert_eq!(app.look.marker, Marker::Ascii);
    assert!(text(&app).contains("charts have no other marker"), "{}", text(&app));
}

#[test]
fn no_theme_sets_the_background_or_says_a_word_less() {
    let mut plain = opened((120, 40), Symbols::Unicode);
    plain.look.theme = Theme::Mono;
    let words = text(&plain);
    for theme in Theme::ALL {
        for depth in [Depth::None, Depth::Eight, Depth::Sixteen] {
            let mut app = opened((120, 40), Symbols::Unicode);
            (app.look.theme, app.look.depth) = (theme, depth);
            let drawn = buffer(&app);
            assert_eq!(text(&app), words, "{theme:?}");
            assert!(drawn.content.iter().all(|cell| cell.bg == Color::Reset), "{theme:?}");
            let none = depth == Depth::None || theme == Theme::Mono;
            assert_eq!(drawn.content.iter().all(|cell| cell.fg == Color::Reset), none, "{theme:?} {depth:?}");
        }
    }
}

#[test]
fn the_colour_blind_theme_shows_neither_red_nor_green_on_any_screen() {
    everywhere(Symbols::Unicode, |app, keys| {
        let mut app = app.clone();
        app.look.theme = Theme::ColourBlind;
        let confused = [Color::Red, Color::Green, Color::LightRed, Color::LightGreen];
        assert!(buffer(&app).content.iter().all(|cell| !confused.contains(&cell.fg)), "{keys:?}");
    });
}

#[test]
fn a_failure_is_the_only_block_in_every_theme() {
    for theme in Theme::ALL {
        let mut app = support::filled_app((120, 40), Symbols::Unicode);
        app.look.theme = theme;
        let drawn = buffer(&app);
        let loud = drawn.content.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED));
        let words: String = loud.map(ratatui::buffer::Cell::symbol).collect();
        assert!(words.contains("✗ FAIL") && !words.contains("✓ PASS   "), "{theme:?}: {words}");
    }
}

#[test]
fn every_size_is_drawn_with_every_overlay_and_marker() {
    for keys in [":", "?", "p", "3\t\tp", "\npp", "3:x"] {
        let mut app = opened((120, 40), Symbols::Unicode);
        type_in(&mut app, "1");
        type_in(&mut app, keys);
        for columns in (0..=200).step_by(9) {
            for rows in (0..=60).step_by(3) {
                app.size = (columns, rows);
                let _ = text(&app);
            }
        }
        let effects = key(&mut app, KeyCode::Esc);
        answer(&mut app, &effects);
    }
}
