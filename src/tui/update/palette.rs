//! Keys into the palette and the help: typing searches, arrows move, Enter does.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::action::Action;
use crate::tui::app::{App, Overlay};
use crate::tui::lookup;
use crate::tui::view;

/// Lines that a page key moves.
const PAGE: usize = 10;

/// Takes a key into the palette; what Enter chose is to be done, and the palette is gone.
pub(super) fn press(app: &mut App, event: KeyEvent, mut query: String, at: usize) -> Option<Action> {
    let found = lookup::found(&app.look.keys, app.screen, &query);
    let last = found.len().saturating_sub(1);
    let at = match event.code {
        KeyCode::Esc => return None,
        KeyCode::Enter => match found.get(at) {
            Some(bound) => return Some(bound.action()),
            None => at,
        },
        KeyCode::Backspace if query.is_empty() => return None,
        KeyCode::Up | KeyCode::BackTab => at.checked_sub(1).unwrap_or(last),
        KeyCode::Down | KeyCode::Tab => {
            if at < last {
                at + 1
            } else {
                0
            }
        }
        KeyCode::PageUp => at.saturating_sub(PAGE),
        KeyCode::PageDown => (at + PAGE).min(last),
        KeyCode::Home => 0,
        KeyCode::End => last,
        _ if typed(&mut query, event) => 0,
        _ => at,
    };
    app.overlay = Some(Overlay::Palette { query, at });
    None
}

/// Takes a key into the help.
pub(super) fn in_help(app: &mut App, event: KeyEvent, mut query: String, scroll: usize) {
    let scroll = match event.code {
        KeyCode::Esc | KeyCode::Enter => return,
        KeyCode::Char('?' | 'q') if query.is_empty() => return,
        KeyCode::Up => scroll.saturating_sub(1),
        KeyCode::Down => scroll + 1,
        KeyCode::PageUp => scroll.saturating_sub(PAGE),
        KeyCode::PageDown => scroll + PAGE,
        KeyCode::Home => 0,
        KeyCode::End => usize::MAX,
        _ if typed(&mut query, event) => 0,
        _ => scroll,
    };
    // Never past the last line, or the way back up would need as many presses as went too far.
    let scroll = scroll.min(view::help_scroll(app, &query));
    app.overlay = Some(Overlay::Help { query, scroll });
}

/// Whether a key changed what is typed.
fn typed(query: &mut String, event: KeyEvent) -> bool {
    match event.code {
        KeyCode::Backspace => query.pop().is_some(),
        KeyCode::Char(c) if !c.is_control() && !event.modifiers.contains(KeyModifiers::CONTROL) => {
            query.push(c);
            true
        }
        _ => false,
    }
}
